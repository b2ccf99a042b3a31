//! The output folder is the old site or the new one, whatever fails; and nothing outside of a site is read.
#![allow(
    clippy::disallowed_methods,
    reason = "what is on the disk is what is tested"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dateline::address::Address;
use dateline::disk::{Fault, Faults, How, Options, Staging, Why, Written};
use dateline::input::FileBytes;
use dateline::render::{Output, OutputBody, Sink};
use tempfile::TempDir;

mod faults;
mod read;

/// A site as paths and contents; `@path` stands for the bytes of a file of the site.
type Pages<'a> = &'a [(&'a str, &'a str)];

const OLD: Pages<'_> = &[
    ("index.html", "home, old"),
    ("same/index.html", "the same"),
    ("style.css", "the same style"),
    ("gone/deep/index.html", "goes"),
    ("to-folder", "a file"),
    ("to-file/a.html", "a folder"),
    ("to-file/b/c.html", "a folder"),
    ("logo.svg", "@static/logo.svg"),
];

const NEW: Pages<'_> = &[
    ("index.html", "home, new"),
    ("same/index.html", "the same"),
    ("style.css", "the same style"),
    ("fresh/page/index.html", "comes"),
    ("to-folder/index.html", "a folder"),
    ("to-file", "a file"),
    ("logo.svg", "@static/logo.svg"),
    ("photo.jpg", "@static/photo.jpg"),
];

/// A site in a folder that vanishes after the test.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Bench {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let bench = Bench {
            folder: folder.unwrap(),
        };
        bench.file("site/static/logo.svg", "<svg/>");
        bench.file("site/static/photo.jpg", "a photo");
        bench
    }

    fn path(&self, path: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join(path)
    }

    fn site(&self) -> PathBuf {
        self.path("site")
    }

    fn public(&self) -> PathBuf {
        self.path("site/public")
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn options(&self) -> Options {
        Options {
            root: self.site(),
            force: false,
            // A fault that never comes: without real syncs the tests take seconds.
            faults: Faults::nth(Fault::Kill, usize::MAX, true),
        }
    }

    fn open(&self, output: &Path) -> io::Result<Staging> {
        Staging::open(output, self.options())
    }

    fn build(&self, pages: Pages<'_>) -> io::Result<Written> {
        write(&self.public(), pages, self.options())
    }

    fn force(&self, pages: Pages<'_>) -> io::Result<Written> {
        let force = true;
        write(
            &self.public(),
            pages,
            Options {
                force,
                ..self.options()
            },
        )
    }

    /// What a site must look like in the output.
    fn expected(&self, pages: Pages<'_>) -> BTreeMap<String, String> {
        let content = |text: &str| match text.strip_prefix('@') {
            Some(path) => fs::read_to_string(self.site().join(path)).unwrap(),
            None => text.to_owned(),
        };
        pages
            .iter()
            .map(|(path, text)| ((*path).to_owned(), content(text)))
            .collect()
    }
}

fn write(output: &Path, pages: Pages<'_>, options: Options) -> io::Result<Written> {
    let staging = Staging::open(output, options)?;
    for (path, text) in pages {
        staging.put(page(path, text))?;
    }
    staging.commit()
}

fn page(path: &str, text: &str) -> Output {
    let body = match text.strip_prefix('@') {
        Some(path) => OutputBody::File(FileBytes::OnDisk(path.into())),
        None => OutputBody::Made(text.as_bytes().to_vec()),
    };
    let address = match path.strip_suffix("index.html") {
        Some(folder) => Address::page(folder),
        None => Address::file(path),
    };
    Output { address, body }
}

/// Every file below a folder with its text.
fn snapshot(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        if !entry.file_type().is_dir() {
            let path = entry.path().strip_prefix(folder).unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            files.insert(path.to_str().unwrap().to_owned(), text);
        }
    }
    files
}

/// Folders in which something was staged.
fn left_over(folder: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.to_string_lossy().contains(".dateline-"))
        .collect()
}

fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

/// How one site takes the place of another.
fn swapped() -> How {
    if cfg!(any(target_os = "linux", target_vendor = "apple")) {
        How::Exchanged
    } else {
        How::InPlace(Why::NoExchange)
    }
}

/// Makes a file look as if it were written long ago, as it is when a person builds again.
fn age(path: &Path) {
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(long_ago).unwrap();
}

#[test]
fn a_site_is_written_and_replaced() {
    let bench = Bench::new();
    let written = bench.build(OLD).unwrap();
    assert_eq!(snapshot(&bench.public()), bench.expected(OLD));
    assert_eq!((written.written, written.how), (OLD.len(), How::Exchanged));

    let written = bench.build(NEW).unwrap();
    assert_eq!(snapshot(&bench.public()), bench.expected(NEW));
    let counts = (written.written, written.unchanged, written.deleted);
    assert_eq!(counts, (5, 3, 4));
    assert_eq!((written.how, written.note), (swapped(), None));
    assert_eq!(left_over(&bench.site()), [] as [PathBuf; 0]);
    let ignore = fs::read_to_string(bench.path("site/.dateline/.gitignore")).unwrap();
    assert_eq!(ignore, "*\n");
}

#[test]
fn nothing_is_touched_if_nothing_differs() {
    let bench = Bench::new();
    age(&bench.path("site/static/logo.svg"));
    bench.build(OLD).unwrap();
    let times = |bench: &Bench| {
        let files = snapshot(&bench.site()).into_keys();
        let times = files.map(|path| (modified(&bench.site().join(&path)), path));
        // Taking the lock is the one thing that a build always does.
        times
            .filter(|(_, path)| !path.ends_with("lock"))
            .collect::<Vec<_>>()
    };
    let before = (
        times(&bench),
        modified(&bench.public()),
        modified(&bench.site()),
    );
    let written = bench.build(OLD).unwrap();
    assert_eq!((written.how, written.note), (How::Untouched, None));
    assert_eq!((written.written, written.unchanged), (0, OLD.len()));
    assert_eq!(
        before,
        (
            times(&bench),
            modified(&bench.public()),
            modified(&bench.site())
        )
    );
}

#[test]
fn unchanged_files_keep_their_time() {
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    let before = modified(&bench.public().join("same/index.html"));
    bench.build(NEW).unwrap();
    assert_eq!(modified(&bench.public().join("same/index.html")), before);
}

#[test]
fn an_edit_by_hand_is_undone() {
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    bench.file("site/public/style.css", "THE SAME STYLE");
    let written = bench.build(OLD).unwrap();
    assert_eq!(written.written, 1);
    assert_eq!(snapshot(&bench.public()), bench.expected(OLD));

    fs::remove_file(bench.public().join("style.css")).unwrap();
    assert_eq!(bench.build(OLD).unwrap().written, 1);
    assert_eq!(snapshot(&bench.public()), bench.expected(OLD));
}

#[test]
fn a_static_file_of_the_same_length_is_seen_to_change() {
    let bench = Bench::new();
    // The clocks of some file systems stand still for long enough to write a file twice.
    let now = std::time::SystemTime::now();
    for text in ["<svg1>", "<svg2>", "<svg3>"] {
        bench.file("site/static/logo.svg", text);
        let logo = fs::File::options()
            .write(true)
            .open(bench.path("site/static/logo.svg"));
        logo.unwrap().set_modified(now).unwrap();
        bench.build(OLD).unwrap();
        assert_eq!(snapshot(&bench.public())["logo.svg"], text);
    }
    age(&bench.path("site/static/logo.svg"));
    assert_eq!(bench.build(OLD).unwrap().how, How::Untouched);
    bench.file("site/static/logo.svg", "<svg4>");
    assert_eq!(bench.build(OLD).unwrap().written, 1);
    assert_eq!(snapshot(&bench.public())["logo.svg"], "<svg4>");
}

#[cfg(unix)]
#[test]
fn a_static_file_gives_its_bytes_and_not_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let source = bench.path("site/static/logo.svg");
    fs::set_permissions(&source, fs::Permissions::from_mode(0o755)).unwrap();
    bench.build(OLD).unwrap();
    assert_eq!(mode(&bench.public().join("logo.svg")) & 0o111, 0);
    assert_eq!(
        mode(&bench.public().join("logo.svg")),
        mode(&bench.public().join("index.html"))
    );
}

#[cfg(unix)]
#[test]
fn no_file_of_the_old_site_is_written_through() {
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    let other_name = bench.path("kept.html");
    fs::hard_link(bench.public().join("index.html"), &other_name).unwrap();
    bench.build(NEW).unwrap();
    assert_eq!(fs::read_to_string(&other_name).unwrap(), "home, old");

    bench.file("site/public/CNAME", "example.org");
    bench.force(OLD).unwrap();
    fs::remove_file(&other_name).unwrap();
    fs::hard_link(bench.public().join("index.html"), &other_name).unwrap();
    let written = bench.force(NEW).unwrap();
    assert_eq!(written.how, How::InPlace(Why::Foreign));
    assert_eq!(fs::read_to_string(&other_name).unwrap(), "home, old");
}

#[test]
fn files_of_others_are_refused_and_three_named() {
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    for name in ["CNAME", "a/b.txt", "c.txt", "d.txt"] {
        bench.file(&format!("site/public/{name}"), "mine");
    }
    let before = snapshot(&bench.public());
    let error = bench.build(NEW).unwrap_err().to_string();
    assert!(
        error.contains("`CNAME`, `a/b.txt`, `c.txt` and 1 more"),
        "{error}"
    );
    assert!(
        error.contains("--force") && error.contains("public"),
        "{error}"
    );
    assert_eq!(snapshot(&bench.public()), before);
    assert_eq!(left_over(&bench.site()), [] as [PathBuf; 0]);

    let written = bench.force(NEW).unwrap();
    assert_eq!(written.how, How::InPlace(Why::Foreign));
    let mut expected = bench.expected(NEW);
    for name in ["CNAME", "a/b.txt", "c.txt", "d.txt"] {
        expected.insert(name.to_owned(), "mine".to_owned());
    }
    assert_eq!(snapshot(&bench.public()), expected);
}

#[test]
fn a_file_of_others_at_an_address_of_the_site_is_never_overwritten() {
    let bench = Bench::new();
    bench.build(&[("index.html", "home")]).unwrap();
    let pages: Pages<'_> = &[("index.html", "home"), ("about/index.html", "ours")];
    for (mine, named) in [("about/index.html", "about/index.html"), ("about", "about")] {
        bench.file(&format!("site/public/{mine}"), "mine");
        let error = bench.force(pages).unwrap_err().to_string();
        assert!(
            error.contains(named) && error.contains("move it away"),
            "{error}"
        );
        assert_eq!(snapshot(&bench.public())[mine], "mine");
        fs::remove_file(bench.public().join(mine)).unwrap();
        let _ = fs::remove_dir(bench.public().join("about"));
    }
    // The same content is nothing to quarrel about.
    bench.file("site/public/about/index.html", "ours");
    assert_eq!(bench.build(pages).unwrap().how, How::Untouched);
}

#[test]
fn without_a_list_a_file_at_an_address_of_the_site_is_its_own() {
    let bench = Bench::new();
    bench.file("site/public/index.html", "made by another tool");
    assert_eq!(bench.build(OLD).unwrap().how, swapped());
    assert_eq!(snapshot(&bench.public()), bench.expected(OLD));

    fs::remove_dir_all(bench.path("site/.dateline")).unwrap();
    let error = bench.build(NEW).unwrap_err().to_string();
    assert!(error.contains("`gone/deep/index.html`"), "{error}");

    // A list that was cut off counts as none.
    let list = bench.path("site/.dateline/output.list");
    bench.build(OLD).unwrap();
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, &text[..text.len() / 2]).unwrap();
    let written = bench.build(OLD).unwrap();
    assert_eq!((written.how, written.note), (How::Untouched, None));
    assert_eq!(fs::read_to_string(&list).unwrap(), text);
}

#[test]
fn folders_that_are_not_for_output_are_refused() {
    let bench = Bench::new();
    bench.file("site/content/x.md", "");
    bench.file("site/file", "");
    bench.file("site/clone/.git/HEAD", "");
    bench.file("site/worktree/.git", "gitdir: elsewhere");
    let site = bench.site();
    for output in [
        "",
        "..",
        "content",
        "content/deep",
        "static",
        "templates",
        "themes/x",
        "sass",
        "src",
        ".dateline",
        "file",
        "clone",
        "worktree",
        "missing/..",
        "file/below",
    ] {
        let output = site.join(output);
        let error = bench.open(&output).unwrap_err().to_string();
        let site = site.to_str().unwrap();
        assert!(
            error.contains(site) || error.contains(bench.folder.path().to_str().unwrap()),
            "{output:?}: {error}"
        );
    }
    for output in [".", "..", "/"] {
        let error = bench.open(Path::new(output)).unwrap_err().to_string();
        assert!(error.contains(&format!("`{output}`")), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn links_for_output_folders_are_judged_by_where_they_lead() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    bench.file("elsewhere/keep.txt", "mine");
    fs::remove_file(bench.path("elsewhere/keep.txt")).unwrap();
    symlink(bench.path("nowhere"), bench.path("site/dangling")).unwrap();
    symlink(bench.path("site/static"), bench.path("site/own")).unwrap();
    symlink(bench.path("elsewhere"), bench.public()).unwrap();
    for (output, reason) in [("dangling", "nowhere"), ("own", "site's own")] {
        let error = bench
            .open(&bench.site().join(output))
            .unwrap_err()
            .to_string();
        assert!(error.contains(reason), "{error}");
    }
    for pages in [OLD, NEW] {
        let written = bench.build(pages).unwrap();
        assert_eq!(written.how, How::InPlace(Why::SymbolicLink));
        assert_eq!(snapshot(&bench.path("elsewhere")), bench.expected(pages));
        assert!(fs::symlink_metadata(bench.public()).unwrap().is_symlink());
    }
    assert_eq!(bench.build(NEW).unwrap().how, How::Untouched);
    assert_eq!(left_over(bench.folder.path()), [] as [PathBuf; 0]);
}

#[cfg(unix)]
#[test]
fn a_link_inside_of_the_output_is_not_followed() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    bench.file("outside/index.html", "mine");
    fs::remove_dir_all(bench.public().join("same")).unwrap();
    symlink(bench.path("outside"), bench.public().join("same")).unwrap();
    for build in [Bench::build, Bench::force] {
        let error = build(&bench, NEW).unwrap_err().to_string();
        assert!(error.contains("same"), "{error}");
    }
    // Nor when a page below it is to be deleted.
    let without: Pages<'_> = &[("index.html", "home")];
    bench.force(without).unwrap();
    assert_eq!(snapshot(&bench.path("outside"))["index.html"], "mine");
    assert_eq!(
        fs::read_to_string(bench.public().join("index.html")).unwrap(),
        "home"
    );
}

#[cfg(unix)]
#[test]
fn the_output_may_lie_elsewhere_and_have_any_name() {
    let bench = Bench::new();
    for name in ["deep/er/out", "line\nbreak", "quo'te\"s", "ünï côde"] {
        let output = bench.path("elsewhere").join(name);
        for pages in [OLD, NEW] {
            let written = write(&output, pages, bench.options()).unwrap();
            assert_ne!(written.how, How::Untouched);
            assert_eq!(snapshot(&output), bench.expected(pages));
        }
    }
    // Each has a list of its own.
    for name in ["deep/er/out", "line\nbreak"] {
        let output = bench.path("elsewhere").join(name);
        let written = write(&output, NEW, bench.options()).unwrap();
        assert_eq!(written.how, How::Untouched);
    }
    let output = bench.path("elsewhere/line\nbreak");
    fs::write(output.join("mine\n.txt"), "").unwrap();
    let error = write(&output, NEW, bench.options())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(r"line\nbreak") && error.contains(r"mine\n.txt"),
        "{error}"
    );
    assert!(!error.contains('\n'), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_unicode_are_no_obstacle() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let output = bench
        .path("x")
        .with_file_name(OsStr::from_bytes(b"p\xffblic"));
    for pages in [OLD, NEW] {
        write(&output, pages, bench.options()).unwrap();
        assert_eq!(snapshot(&output), bench.expected(pages));
    }
    fs::write(output.join(OsStr::from_bytes(b"m\xffne")), "").unwrap();
    let error = write(&output, NEW, bench.options())
        .unwrap_err()
        .to_string();
    assert!(error.contains("`m\u{fffd}ne`"), "{error}");
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let bench = Bench::new();
    let first = bench.open(&bench.public()).unwrap();
    first.put(page("index.html", "first")).unwrap();
    let error = bench.open(&bench.public()).unwrap_err().to_string();
    assert!(error.contains("lock"), "{error}");
    // Windows does not let a locked file be read.
    let process = format!("process {}", std::process::id());
    assert!(cfg!(windows) || error.contains(&process), "{error}");
    first.commit().unwrap();
    assert_eq!(snapshot(&bench.public())["index.html"], "first");
    bench.build(NEW).unwrap();
}

#[test]
fn a_build_that_is_given_up_leaves_no_trace() {
    let bench = Bench::new();
    bench.build(OLD).unwrap();
    let staging = bench.open(&bench.public()).unwrap();
    staging.put(page("index.html", "other")).unwrap();
    assert_ne!(left_over(&bench.site()), [] as [PathBuf; 0]);
    drop(staging);
    assert_eq!(left_over(&bench.site()), [] as [PathBuf; 0]);
    assert_eq!(snapshot(&bench.public()), bench.expected(OLD));
}

#[test]
fn only_our_own_staging_folders_are_cleared_away() {
    let bench = Bench::new();
    bench.file("site/public.dateline-0123456789abcdef/x", "mine");
    bench.file("site/public/.dateline-0123456789abcdef/x", "mine");
    // A build that dies leaves its staging folder.
    let faults = Faults::nth(Fault::Kill, 20, true);
    let options = Options {
        force: true,
        faults,
        ..bench.options()
    };
    write(&bench.public(), OLD, options).unwrap_err();
    let folders = |bench: &Bench| {
        let mut folders = left_over(&bench.site());
        folders.retain(|path| path.is_dir());
        folders.len()
    };
    assert!(folders(&bench) > 2);
    bench.force(OLD).unwrap();
    assert_eq!(folders(&bench), 2);
}

/// The page of a site is never left half old and half new because its configuration broke since.
#[test]
fn a_killed_build_is_finished_under_a_broken_configuration() {
    let journal = |bench: &Bench| bench.path("site/.dateline/output.journal").exists();
    let half_done = (1..500).find_map(|at| {
        let bench = Bench::new();
        bench.build(OLD).unwrap();
        bench.file("site/public/CNAME", "mine");
        let options = Options {
            force: true,
            faults: Faults::nth(Fault::Kill, at, true),
            ..bench.options()
        };
        let _ = write(&bench.public(), NEW, options);
        journal(&bench).then_some(bench)
    });
    let bench = half_done.expect("some operation comes after the journal");
    bench.file("site/config.toml", "base_url = ");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("build")
        .current_dir(bench.site())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(!journal(&bench));
    let mut expected = bench.expected(NEW);
    expected.insert("CNAME".to_owned(), "mine".to_owned());
    assert_eq!(snapshot(&bench.public()), expected);
}

#[test]
fn a_file_and_a_folder_of_one_name_are_refused() {
    for pages in [
        ["a", "a/index.html"],
        ["a/index.html", "a"],
        ["a/b/c", "a"],
        ["a/b", "a/b/c/d"],
    ] {
        let bench = Bench::new();
        let staging = bench.open(&bench.public()).unwrap();
        staging.put(page(pages[0], "")).unwrap();
        let error = staging.put(page(pages[1], "")).unwrap_err().to_string();
        for path in pages {
            assert!(error.contains(&format!("`{path}`")), "{error}");
        }
        let error = staging.put(page(pages[0], "")).unwrap_err().to_string();
        assert!(error.contains(pages[0]), "{error}");
    }
}

#[test]
fn nothing_is_written_outside_of_the_output() {
    let bench = Bench::new();
    let before = snapshot(bench.folder.path());
    let staging = bench.open(&bench.public()).unwrap();
    for path in [
        "../escape",
        "a/../../escape",
        "a/./b",
        "..",
        "a//b",
        "/etc/x",
        "a\nb",
        "a\0b",
        ".",
    ] {
        // An address made by `join` is checked nowhere else.
        let output = Output {
            address: Address::root().join(path),
            body: OutputBody::Made(Vec::new()),
        };
        let error = staging.put(output).unwrap_err();
        assert_eq!(
            error.kind(),
            io::ErrorKind::InvalidInput,
            "{path:?}: {error}"
        );
    }
    drop(staging);
    let mut after = snapshot(bench.folder.path());
    after.retain(|path, _| !path.starts_with("site/.dateline/"));
    assert_eq!(after, before);
}

#[cfg(unix)]
#[test]
fn a_static_file_that_turned_into_a_link_out_of_the_site_is_not_copied() {
    let bench = Bench::new();
    bench.file("secret", "secret");
    std::os::unix::fs::symlink(bench.path("secret"), bench.path("site/static/link")).unwrap();
    let staging = bench.open(&bench.public()).unwrap();
    let error = staging.put(page("link", "@static/link")).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("static/link") && error.contains("out of the site"),
        "{error}"
    );
    // What could not be written is not left out of the site in silence.
    staging.commit().unwrap_err();
    assert!(!bench.public().exists());
}

#[test]
fn several_threads_write_one_site() {
    let bench = Bench::new();
    let paths: Vec<String> = (0..400)
        .map(|n| format!("a/{}/{n}/index.html", n % 7))
        .collect();
    let texts: Vec<String> = (0..400).map(|n| format!("page {n}")).collect();
    let pages: Vec<(&str, &str)> = paths
        .iter()
        .zip(&texts)
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let staging = bench.open(&bench.public()).unwrap();
    std::thread::scope(|scope| {
        for part in pages.chunks(100) {
            let staging = &staging;
            scope.spawn(move || {
                for (path, text) in part {
                    staging.put(page(path, text)).unwrap();
                }
            });
        }
    });
    assert_eq!(staging.commit().unwrap().written, 400);
    assert_eq!(snapshot(&bench.public()), bench.expected(&pages));
}

/// A repository of a stranger's may hold a link in the place of our records.
#[cfg(unix)]
#[test]
fn records_are_not_written_through_links() {
    use std::os::unix::fs::symlink;
    for name in ["lock", ".gitignore", "output.draft"] {
        let bench = Bench::new();
        bench.file("precious", "mine");
        fs::create_dir(bench.path("site/.dateline")).unwrap();
        symlink(
            bench.path("precious"),
            bench.site().join(".dateline").join(name),
        )
        .unwrap();
        // One with something in it is left alone.
        let refused = bench.build(OLD).err().map(|error| error.to_string());
        assert!(
            refused.is_none_or(|error| error.contains("is a link")),
            "{name}"
        );
        assert_eq!(fs::read_to_string(bench.path("precious")).unwrap(), "mine");
    }
    let bench = Bench::new();
    fs::create_dir(bench.path("elsewhere")).unwrap();
    symlink(bench.path("elsewhere"), bench.site().join(".dateline")).unwrap();
    let error = bench.build(OLD).unwrap_err().to_string();
    assert!(error.contains("symbolic link"), "{error}");
    assert_eq!(snapshot(&bench.path("elsewhere")), BTreeMap::new());
}
