//! The output as a whole: the same bytes wherever and however it is made, and right under a base path.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The site of this repository, copied to a folder of its own.
fn copy_of_our_site(to: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = to.join("site");
    copy(&root.join("content"), &site.join("content"));
    copy(&root.join("themes"), &site.join("themes"));
    fs::copy(root.join("config.toml"), site.join("config.toml")).unwrap();
    site
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Builds a site with some environment variables and returns every file of the output.
pub fn built(
    site: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> BTreeMap<String, Vec<u8>> {
    let output = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("--root")
        .arg(site)
        .args(["build", "--now", "2026-06-01T12:00:00Z"])
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let mut files = BTreeMap::new();
    gather(&site.join("public"), "", &mut files);
    files
}

fn gather(folder: &Path, below: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            gather(&entry.path(), &name, into);
        } else {
            into.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn bytes_do_not_depend_on_folder_zone_locale_or_threads() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = built(
        &copy_of_our_site(one.path()),
        &[],
        &[("TZ", "UTC"), ("LC_ALL", "C"), ("RAYON_NUM_THREADS", "1")],
    );
    let second = built(
        &copy_of_our_site(&other.path().join("another folder")),
        &[],
        &[
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("RAYON_NUM_THREADS", "7"),
        ],
    );
    assert!(first.len() > 100, "{} files", first.len());
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
    let differing: Vec<&String> = first
        .keys()
        .filter(|name| first[*name] != second[*name])
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn addresses_in_static_files_are_under_the_base_path() {
    let folder = tempfile::tempdir().unwrap();
    let site = copy_of_our_site(folder.path());
    fs::create_dir_all(site.join("static/about")).unwrap();
    fs::write(
        site.join("static/own.css"),
        "a { background: url(/dot.png) }",
    )
    .unwrap();
    fs::write(
        site.join("static/about/index.html"),
        "<a href=\"/weekly/\">Weekly</a>",
    )
    .unwrap();
    fs::write(site.join("static/notes.txt"), "/weekly/").unwrap();
    let text = |files: &BTreeMap<String, Vec<u8>>, name: &str| {
        String::from_utf8(files[name].clone()).unwrap()
    };
    let plain = built(&site, &[], &[]);
    assert_eq!(text(&plain, "/own.css"), "a { background: url(/dot.png) }");
    let based = built(&site, &["--base-url", "https://user.github.io/repo"], &[]);
    assert_eq!(
        text(&based, "/own.css"),
        "a { background: url(/repo/dot.png) }"
    );
    assert_eq!(
        text(&based, "/about/index.html"),
        "<a href=\"/repo/weekly/\">Weekly</a>"
    );
    assert_eq!(text(&based, "/notes.txt"), "/weekly/");
}

#[test]
fn the_starter_builds_without_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("new");
    let init = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("init")
        .arg(&site)
        .output()
        .unwrap();
    assert!(
        init.status.success(),
        "{}",
        String::from_utf8_lossy(&init.stderr)
    );
    let check = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("--root")
        .arg(&site)
        .args(["check", "--strict", "--now", "2026-02-01"])
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
    let files = built(&site, &[], &[]);
    assert!(files.contains_key("/weekly/2026-w02/index.html"));
}
