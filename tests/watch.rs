//! What the preview takes for a change.
#![expect(
    clippy::disallowed_methods,
    reason = "this test writes the files that are watched"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use dateline::commands::watch::Watch;

/// A site that is watched in the background.
struct Watched {
    folder: tempfile::TempDir,
    changes: Receiver<Vec<PathBuf>>,
}

impl Watched {
    fn new(files: &[&str]) -> Watched {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        fs::write(root.join("config.toml"), "one").unwrap();
        for file in files {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "one").unwrap();
        }
        let (sender, changes) = mpsc::channel();
        let mut watch = Watch::new(&root, &root.join("config.toml"), &root.join("public"));
        assert!(watch.is_told());
        std::thread::spawn(move || while sender.send(watch.wait()).is_ok() {});
        Watched { folder, changes }
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The next change is of these files and no others.
    fn expect(&self, files: &[&str]) {
        let changed = self.changes.recv_timeout(Duration::from_secs(20)).unwrap();
        let root = self.folder.path();
        let changed: Vec<&Path> = changed
            .iter()
            .map(|path| path.strip_prefix(root).unwrap())
            .collect();
        let files: Vec<&Path> = files.iter().map(Path::new).collect();
        assert_eq!(changed, files);
    }

    fn expect_nothing(&self) {
        let change = self.changes.recv_timeout(Duration::from_millis(400));
        assert!(change.is_err(), "{change:?}");
    }
}

#[test]
fn saves_are_seen_however_an_editor_makes_them() {
    let site = Watched::new(&["content/a.md", "content/b.md", "static/deep/c.css"]);
    site.write("content/a.md", "two, in place");
    site.expect(&["content/a.md"]);

    let root = site.folder.path();
    site.write("elsewhere.tmp", "three, put in the place of the file");
    fs::rename(root.join("elsewhere.tmp"), root.join("content/a.md")).unwrap();
    site.expect(&["content/a.md"]);

    site.write("config.toml", "the configuration");
    site.expect(&["config.toml"]);

    site.write("content/a.md", "four");
    site.write("content/b.md", "four");
    fs::remove_file(root.join("static/deep/c.css")).unwrap();
    site.expect(&["content/a.md", "content/b.md", "static/deep/c.css"]);

    // The same bytes at the same moment are no change; the same bytes later may be one.
    let unchanged = fs::metadata(root.join("content/b.md")).unwrap();
    assert_eq!(unchanged.len(), 4);
    site.expect_nothing();
}

#[test]
fn half_saved_files_are_waited_for() {
    let site = Watched::new(&["content/a.md", "content/b.md"]);
    let path = site.folder.path().join("content/a.md");
    fs::remove_file(&path).unwrap();
    std::thread::sleep(Duration::from_millis(60));
    site.write("content/a.md", "back again, and changed");
    site.expect(&["content/a.md"]);
    assert!(path.exists());
    site.expect_nothing();
}

#[test]
fn folders_may_come_and_go() {
    let site = Watched::new(&["content/a.md"]);
    site.write("templates/page.html", "a folder that was not there");
    site.expect(&["templates/page.html"]);
    site.write("templates/page.html", "is watched from now on");
    site.expect(&["templates/page.html"]);
    site.write("content/new/deep/b.md", "and so is one below another");
    site.expect(&["content/new/deep/b.md"]);
    site.write("content/new/deep/b.md", "again");
    site.expect(&["content/new/deep/b.md"]);

    // As a version control system changes branches.
    let root = site.folder.path();
    fs::rename(root.join("content"), root.join("away")).unwrap();
    site.expect(&["content/a.md", "content/new/deep/b.md"]);
    site.write("content/c.md", "another content");
    site.expect(&["content/c.md"]);
    site.write("content/c.md", "which is watched");
    site.expect(&["content/c.md"]);
}

#[test]
fn what_no_build_reads_is_no_change() {
    let site = Watched::new(&["content/a.md", "themes/x/public/a.css"]);
    site.write("public/index.html", "the output");
    site.write(".git/index", "git");
    site.write(".dateline/output.list", "ours");
    site.write("content/.a.md.swp", "an editor's");
    site.write("static/.a.css.swp", "an editor's");
    site.write("content/a.md~", "an editor's");
    site.write("themes/x/node_modules/y/z.js", "a theme's tools");
    site.write("README.md", "not part of the site");
    site.expect_nothing();
    // Another `public` than the output is part of the site.
    site.write("themes/x/public/a.css", "changed");
    site.expect(&["themes/x/public/a.css"]);
    site.write("static/.well-known/security.txt", "goes out");
    site.expect(&["static/.well-known/security.txt"]);
}

#[cfg(unix)]
#[test]
fn a_theme_that_links_to_the_site_ends_nowhere_else() {
    let site = Watched::new(&["content/a.md"]);
    let root = site.folder.path();
    fs::create_dir(root.join("themes")).unwrap();
    std::os::unix::fs::symlink("..", root.join("themes/own")).unwrap();
    site.expect(&["themes/own/config.toml", "themes/own/content/a.md"]);
    site.write("content/a.md", "two");
    site.expect(&["content/a.md", "themes/own/content/a.md"]);
    site.write(
        "public/index.html",
        "the output is not looked at through the link",
    );
    site.expect_nothing();
}

#[test]
fn a_wait_ends_when_it_is_woken() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("config.toml"), "one").unwrap();
    let mut watch = Watch::new(root, &root.join("config.toml"), &root.join("public"));
    let waker = watch.waker();
    waker.wake();
    assert!(watch.wait().is_empty());
    let later = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        waker.wake();
    });
    assert!(watch.wait().is_empty());
    later.join().unwrap();
}
