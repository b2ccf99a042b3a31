//! Every operation that changes the disk fails once, in every way, in every kind of build.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dateline::disk::{Fault, Faults, How, Options, Why, Written, finish_left_over};

use super::{Bench, NEW, OLD, Pages, left_over, snapshot, write};

/// What stands in the output folder before the build that fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scene {
    Nothing,
    OldSite,
    /// As another tool leaves it: files of the site, but no list of them.
    NoList,
    /// Built around with `--force`.
    Foreign,
    /// The output folder is a symbolic link.
    Link,
}

/// The file of somebody else, and what it says.
const FOREIGN: (&str, &str) = ("mine/CNAME", "example.org");

/// What comes after both sites: nothing of what they had may be taken for somebody else's.
const NEXT: Pages<'_> = &[("index.html", "home, next"), ("to-file/a.html", "back")];

impl Scene {
    fn set(self) -> Bench {
        let bench = Bench::new();
        if self == Scene::Link {
            fs::create_dir(bench.path("elsewhere")).unwrap();
            link(&bench);
        }
        if self != Scene::Nothing {
            bench.build(self.before()).unwrap();
        }
        if self == Scene::Foreign {
            bench.file(&format!("site/public/{}", FOREIGN.0), FOREIGN.1);
        }
        if self == Scene::NoList {
            fs::remove_file(bench.path("site/.dateline/output.list")).unwrap();
        }
        bench
    }

    fn before(self) -> Pages<'static> {
        match self {
            Scene::Nothing => &[],
            // Without a list, a file that the new site does not have is somebody else's.
            Scene::NoList => &[("index.html", "home, old"), ("style.css", "the same style")],
            _ => OLD,
        }
    }

    fn expected(self, bench: &Bench, pages: Pages<'_>) -> BTreeMap<String, String> {
        let mut expected = bench.expected(pages);
        if self == Scene::Foreign {
            expected.insert(FOREIGN.0.to_owned(), FOREIGN.1.to_owned());
        }
        expected
    }

    fn build(self, bench: &Bench, pages: Pages<'_>, faults: Faults) -> std::io::Result<Written> {
        let options = Options {
            force: self == Scene::Foreign,
            faults,
            ..bench.options()
        };
        write(&bench.public(), pages, options)
    }
}

#[cfg(unix)]
fn link(bench: &Bench) {
    std::os::unix::fs::symlink(bench.path("elsewhere"), bench.public()).unwrap();
}

#[cfg(not(unix))]
fn link(bench: &Bench) {
    fs::create_dir(bench.public()).unwrap();
}

/// Lets one operation fail and judges what is left. Says whether there was such an operation.
fn check(scene: Scene, fault: Fault, at: usize, lasting: bool) -> bool {
    let what = format!("{scene:?}, {fault:?} at {at}, lasting: {lasting}");
    let bench = scene.set();
    let old = scene.expected(&bench, scene.before());
    let new = scene.expected(&bench, NEW);
    let output = || {
        if !bench.public().exists() {
            return BTreeMap::new();
        }
        let mut files = snapshot(&bench.public());
        // A killed build has no chance to clear away; that the next one does is seen below.
        files.retain(|path, _| !path.starts_with(".dateline-"));
        files
    };

    let faults = Faults::nth(fault, at, lasting);
    let result = scene.build(&bench, NEW, faults.clone());
    let mut is_whole = true;
    match &result {
        Ok(_) => assert_eq!(output(), new, "{what}"),
        Err(error) => {
            let error = error.to_string();
            let root = bench.folder.path().to_str().unwrap();
            assert!(error.contains(root), "{what}: names no path: {error}");
            let admits = error.contains("the next build completes it");
            is_whole = output() == old || output() == new;
            assert!(is_whole || admits, "{what}: half a site: {error}");
            assert!(
                is_whole || lasting || fault == Fault::Kill,
                "{what}: {error}"
            );
        }
    }
    if !is_whole {
        // Whether or not the next build has anything to write.
        finish_left_over(&bench.public(), bench.options()).unwrap();
        assert_eq!(
            output(),
            new,
            "{what}: the next run did not complete the site"
        );
    }
    if scene == Scene::Foreign {
        let mine = fs::read_to_string(bench.public().join(FOREIGN.0)).unwrap();
        assert_eq!(mine, FOREIGN.1, "{what}");
    }

    // What comes next is right, be it the same site or another.
    let next = if at.is_multiple_of(2) { NEW } else { NEXT };
    let is_ours = scene != Scene::NoList || output() == new;
    if next == NEW || is_ours {
        let again = scene.build(&bench, next, Faults::nth(Fault::Kill, usize::MAX, true));
        let again = again.unwrap_or_else(|error| panic!("{what}: then {error}"));
        assert_eq!(again.note, None, "{what}");
        assert_eq!(output(), scene.expected(&bench, next), "{what}");
        assert_eq!(left_over(bench.folder.path()), [] as [PathBuf; 0], "{what}");
        let again = scene.build(&bench, next, Faults::nth(Fault::Kill, usize::MAX, true));
        assert_eq!(again.unwrap().how, How::Untouched, "{what}");
    }
    faults.reached()
}

fn check_all(scene: Scene) {
    for fault in [
        Fault::NoSpace,
        Fault::Device,
        Fault::Denied,
        Fault::OtherDevice,
        Fault::Kill,
    ] {
        for lasting in [false, true] {
            let mut at = 1;
            while check(scene, fault, at, lasting) {
                at += 1;
            }
            // As many operations as there are new files, at least.
            assert!(at > NEW.len(), "{scene:?}: only {at} operations");
        }
    }
}

#[test]
fn a_first_build_is_there_or_not() {
    check_all(Scene::Nothing);
}

#[test]
fn an_update_is_the_old_site_or_the_new_one() {
    check_all(Scene::OldSite);
}

#[test]
fn an_update_without_a_list_is_the_old_site_or_the_new_one() {
    check_all(Scene::NoList);
}

#[test]
fn a_build_around_files_of_others_is_completed_by_the_next() {
    check_all(Scene::Foreign);
}

#[test]
fn a_build_through_a_link_is_completed_by_the_next() {
    check_all(Scene::Link);
}

#[test]
fn what_the_file_system_does_not_permit_is_done_in_place() {
    let hows = (1..60).filter_map(|at| {
        let bench = Scene::OldSite.set();
        let faults = Faults::nth(Fault::Denied, at, false);
        let written = Scene::OldSite.build(&bench, NEW, faults).ok()?;
        assert_eq!(snapshot(&bench.public()), bench.expected(NEW));
        // An old site that could not be deleted is mentioned.
        let is_clear = left_over(bench.folder.path()).is_empty();
        assert_eq!(is_clear, written.note.is_none());
        Some(written.how)
    });
    let hows: Vec<How> = hows.collect();
    for why in [Why::Parent, Why::NoHardLinks, Why::NoExchange] {
        assert!(hows.contains(&How::InPlace(why)), "{why}: {hows:?}");
    }
}
