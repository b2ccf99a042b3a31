//! What is made after an edit is what a build from nothing makes, byte for byte, whatever came before.
//!
//! Histories of edits are made up from a seed. After each step what `serve` shows is compared with a
//! preview that begins anew, and `build` over its earlier output with a build into no folder. A
//! history that fails is made shorter and printed with its seed. `DATELINE_SEED` begins with
//! another history, `DATELINE_STEPS` takes so many steps for each test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use dateline::address::Address;
use dateline::commands::clock::Now;
use dateline::commands::progress::Progress;
use dateline::commands::server::Snapshot;
use dateline::commands::session::{self, Memo, Options};
use dateline::config::Mode;
use dateline::diagnostic::Diagnostic;
use dateline::disk::{Changes, Hints};
use rayon::prelude::*;

use crate::check::folder;

mod author;
mod edit;
mod folder;
mod last_good;
mod once;
mod save;
mod served;
mod shrink;

use author::Random;
use edit::{Edit, Files, Look, Step, World};
use folder::Folder;
use last_good::LastGood;
use served::{Served, Stage};

/// So long is a history: long enough for pages that were rendered long ago, short enough to shrink.
const HISTORY: usize = 40;

#[test]
fn serve_with_the_built_in_theme() {
    check(
        "serve_with_the_built_in_theme",
        || briefs("dateline"),
        400,
        serve,
    );
}

#[test]
fn serve_with_a_zola_theme() {
    check(
        "serve_with_a_zola_theme",
        || briefs("tera1-small"),
        160,
        serve,
    );
}

#[test]
fn serve_with_a_jinja_theme() {
    check(
        "serve_with_a_jinja_theme",
        || briefs("jinja-small"),
        80,
        serve,
    );
}

#[test]
fn serve_with_a_theme_that_calls_every_function() {
    check(
        "serve_with_a_theme_that_calls_every_function",
        || briefs("briefing"),
        120,
        serve,
    );
}

#[test]
fn serve_of_a_plain_site() {
    check("serve_of_a_plain_site", plain, 160, serve);
}

#[test]
fn serve_of_a_site_in_several_languages() {
    check("serve_of_a_site_in_several_languages", languages, 80, serve);
}

#[test]
fn build_over_the_output_of_briefs() {
    check(
        "build_over_the_output_of_briefs",
        || briefs("dateline"),
        120,
        build,
    );
}

#[test]
fn build_over_the_output_of_a_plain_site() {
    check("build_over_the_output_of_a_plain_site", plain, 80, build);
}

/// Half of `tests/sites/derived`: everything that is derived occurs, and nothing more often than
/// it must.
fn briefs(theme: &str) -> Files {
    const LEFT_OUT: &[&str] = &[
        "02-01-talks",
        "02-02",
        "02-03",
        "02-05",
        "02-11",
        "02-12",
        "02-13",
        "02-14",
        "02-15",
        "01-04",
        "12-23",
        "storage-prices",
        "elm.md",
        "gorse.md",
    ];
    let mut files = Files::new();
    gather(&folder("sites/derived/content"), "content", &mut files);
    files.retain(|file, _| !LEFT_OUT.iter().any(|part| file.contains(part)));
    let config = fs::read_to_string(folder("sites/derived/config.toml")).unwrap();
    let config = config.replace("theme = \"dateline\"", &format!("theme = \"{theme}\""));
    with_config_and_themes(files, &config)
}

/// A Zola site without briefs.
fn plain() -> Files {
    let mut files = site("sites/zola-small");
    let sass = author::SASS.iter();
    files.extend(sass.map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec())));
    files
}

/// A Zola site in three languages, with templates of its own.
fn languages() -> Files {
    site("sites/zola-languages")
}

fn site(name: &str) -> Files {
    let mut files = Files::new();
    gather(&folder(name), "", &mut files);
    let config = fs::read_to_string(folder(&format!("{name}/config.toml"))).unwrap();
    with_config_and_themes(files, &config)
}

fn with_config_and_themes(mut files: Files, config: &str) -> Files {
    let config = format!("{}\n{config}", author::TOP_OF_CONFIG);
    files.insert("config.toml".into(), config.into_bytes());
    for (name, text) in author::SHORTCODES {
        let file = format!("templates/shortcodes/{name}");
        files.insert(file, text.as_bytes().to_vec());
    }
    for file in author::PICTURES {
        files.insert((*file).into(), edit::picture(64, (6, 4)));
    }
    for theme in ["tera1-small", "jinja-small", "briefing"] {
        let name = format!("themes/{theme}");
        gather(&folder(&name), &name, &mut files);
    }
    files
}

/// All files of a folder, under a name.
fn gather(from: &Path, name: &str, into: &mut Files) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let below = entry.file_name().into_string().unwrap();
        let below = if name.is_empty() {
            below
        } else {
            format!("{name}/{below}")
        };
        if entry.file_type().unwrap().is_dir() {
            gather(&entry.path(), &below, into);
        } else {
            into.insert(below, fs::read(entry.path()).unwrap());
        }
    }
}

/// Everything is looked at before anything is done.
fn from_the_start(steps: &[Step]) -> impl Iterator<Item = Step> {
    let file = "config.toml".into();
    let first = Step {
        edit: Edit::Touch { file },
        then: Look::AtAll,
        chance: None,
    };
    std::iter::once(first).chain(steps.iter().cloned())
}

/// A law: what differs after a history, if it is broken.
type Law = fn(&World, &[Step], seed: u64) -> Result<(), String>;

/// Checks a law of a site in made-up histories, of so many steps unless it is said otherwise.
/// `name` is that of the test.
fn check(name: &str, files: fn() -> Files, steps: u64, law: Law) {
    let start = World::new(files(), "2026-05-01T12:00:00Z");
    let first = number("DATELINE_SEED").unwrap_or(1);
    let count = number("DATELINE_STEPS").unwrap_or(steps);
    let histories = count.div_ceil(HISTORY as u64);
    for seed in first..first + histories {
        let steps = author::steps(seed, &start, HISTORY);
        let differs = |steps: &[Step]| what_differs(law, &start, steps, seed);
        if differs(&steps).is_none() {
            continue;
        }
        let steps = shrink::shrink(steps, |steps| differs(steps).is_some());
        let what = differs(&steps).unwrap_or_else(|| "it does not fail every time".into());
        panic!("{}", report(name, seed, &steps, &what));
    }
}

fn report(name: &str, seed: u64, steps: &[Step], what: &str) -> String {
    let mut text = format!("seed {seed}, {} steps are enough:\n", steps.len());
    for (number, step) in (1..).zip(steps) {
        let Step { edit, then, chance } = step;
        let how = match chance {
            Some(_) => "saved oddly",
            None => "saved plainly",
        };
        writeln!(text, "{number:>3}. {edit:?}, {how}, look {then:?}").unwrap();
    }
    write!(
        text,
        "{what}\nagain: DATELINE_SEED={seed} DATELINE_STEPS=1 cargo test incremental::{name}"
    )
    .unwrap();
    text
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is `{text}`, not a number")))
}

/// A panic of the program is a failure like another, and is made shorter too.
fn what_differs(law: Law, start: &World, steps: &[Step], seed: u64) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| law(start, steps, seed)));
    match outcome {
        Ok(outcome) => outcome.err(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(format!("panicked: {}", text.unwrap_or("not with a text")))
        }
    }
}

/// What `serve` shows, however files are saved and whatever the watcher tells of it.
fn serve(start: &World, steps: &[Step], seed: u64) -> Result<(), String> {
    let mut world = start.clone();
    let (mut edited, mut reference) = (Folder::new(), Folder::new());
    edited.hold(world.files());
    let options = Options {
        drafts: seed.is_multiple_of(2),
        scheduled: seed.is_multiple_of(3),
        base_url: seed
            .is_multiple_of(4)
            .then(|| "http://127.0.0.1:1111/repo".into()),
        ..options(&edited, world.now)
    };
    let stage = Stage::new(&options);
    let mut served = Served::new(&stage, edited, world.now);
    let mut known = LastGood::default();
    for (number, step) in from_the_start(steps).enumerate() {
        world.apply(&step.edit);
        let mut compare = || {
            served.step(&world, &step)?;
            if step.then == Look::Away {
                return Ok(());
            }
            let expected = known.see(world.files());
            reference.hold(&expected.files);
            let shows = served.shows();
            let mut wanted = Shown::of(&Options {
                root: reference.root().to_owned(),
                drafts: shows.drafts,
                scheduled: shows.scheduled,
                ..at(&options, world.now)
            });
            wanted.problems = expected.problems(wanted.problems);
            let found = Shown {
                snapshot: served.snapshot(),
                problems: served.problems(),
            };
            found.compare(&wanted, step.then)
        };
        let compared: Result<(), String> = compare();
        compared.map_err(|what| format!("after step {number}: {what}\n{}", served.log()))?;
    }
    Ok(())
}

/// A site as a preview has it.
struct Shown {
    snapshot: Option<Arc<Snapshot>>,
    problems: Vec<Diagnostic>,
}

impl Shown {
    /// What a preview shows that begins now.
    fn of(options: &Options) -> Shown {
        let (memo, mut changes) = (&mut Memo::default(), Changes::default());
        let looked = session::look(options, memo, &Hints::All, &mut changes).unwrap();
        let (previewed, problems) = session::snapshot(looked, memo).unwrap();
        Shown {
            snapshot: previewed.map(|previewed| Arc::new(previewed.snapshot)),
            problems: problems.sorted(),
        }
    }

    fn compare(&self, wanted: &Shown, look: Look) -> Result<(), String> {
        if self.problems != wanted.problems {
            let list = |all: &[Diagnostic]| -> String {
                all.iter().map(|problem| format!("{problem:?}\n")).collect()
            };
            let difference = difference(&list(&self.problems), &list(&wanted.problems));
            return Err(format!("other problems are said{difference}"));
        }
        let (found, wanted) = match (&self.snapshot, &wanted.snapshot) {
            (Some(found), Some(wanted)) => (found, wanted),
            // The last one that there was stays.
            (_, None) => return Ok(()),
            (None, Some(_)) => return Err("the site is not shown".into()),
        };
        let list = |snapshot: &Snapshot| -> String {
            let pages = snapshot.plan.pages().iter();
            pages
                .map(|page| format!("{}\n", page.address.as_str()))
                .collect()
        };
        if list(found) != list(wanted) {
            let difference = difference(&list(found), &list(wanted));
            return Err(format!("there are other pages{difference}"));
        }
        let addresses = found.plan.pages().iter().map(|page| &page.address);
        let addresses: Vec<&Address> = addresses.collect();
        let asked = addresses.into_par_iter().filter(|address| match look {
            Look::Away => false,
            Look::AtSome(salt) => is_seen(address, salt),
            Look::AtAll => true,
        });
        let (found_in, wanted_in) = (found, wanted);
        let differing = asked.find_map_first(|address| {
            let [found, wanted] = [found_in, wanted_in].map(|snapshot| {
                let rendered = (snapshot.render)(address);
                rendered.unwrap_or_else(|problems| format!("{:#?}", problems.sorted()).into_bytes())
            });
            let [found_text, text] = [&found, &wanted].map(|bytes| String::from_utf8_lossy(bytes));
            if found != wanted {
                let difference = difference(&found_text, &text);
                return Some(format!("{} differs{difference}", address.as_str()));
            }
            let is_shown = |snapshot: &Snapshot, picture: &Address| (snapshot.render)(picture).ok();
            let mut pictures = pictures(&text).into_iter();
            let lost = pictures.find(|picture| {
                let shown = is_shown(found_in, picture);
                shown.is_none() || shown != is_shown(wanted_in, picture)
            });
            lost.map(|lost| format!("{} of {} differs", lost.as_str(), address.as_str()))
        });
        differing.map_or(Ok(()), Err)
    }
}

/// The addresses of pictures that are made of others, in a text.
fn pictures(text: &str) -> Vec<Address> {
    const FOLDER: &str = "processed_images/";
    let names = text.split(FOLDER).skip(1);
    let is_of_name = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    let names = names.map(|rest| {
        rest.split(|c| !is_of_name(c))
            .next()
            .expect("a text has a beginning")
    });
    names
        .map(|name| Address::file(&format!("{FOLDER}{name}")))
        .collect()
}

/// One address of three, other ones for another salt.
fn is_seen(address: &Address, salt: u64) -> bool {
    let bytes = address.as_str().bytes();
    let seed = bytes.fold(salt, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    Random::new(seed).next().is_multiple_of(3)
}

fn options(folder: &Folder, now: &str) -> Options {
    Options {
        root: folder.root().to_owned(),
        config: None,
        base_url: None,
        output_dir: None,
        minify: false,
        drafts: false,
        scheduled: false,
        mode: Mode::Build,
        now: Some(Now::parse(now).unwrap()),
        program: None,
    }
}

/// The same at another time.
fn at(options: &Options, now: &str) -> Options {
    Options {
        now: Some(Now::parse(now).unwrap()),
        ..options.clone()
    }
}

/// The first place where texts differ.
fn difference(found: &str, wanted: &str) -> String {
    let same = found.bytes().zip(wanted.bytes());
    let same = same.take_while(|(found, wanted)| found == wanted).count();
    let part = |text: &str| {
        let start = same.saturating_sub(80);
        let end = (same + 160).min(text.len());
        String::from_utf8_lossy(&text.as_bytes()[start.min(end)..end]).into_owned()
    };
    format!(
        ", first at byte {same}:\n  from nothing: {:?}\n  incremental:  {:?}",
        part(wanted),
        part(found)
    )
}

/// `build` over its earlier output, as a whole or file by file. What brings an error is taken back,
/// so that most steps write.
fn build(start: &World, steps: &[Step], seed: u64) -> Result<(), String> {
    let mut world = start.clone();
    let mut edited = Folder::new();
    let elsewhere = Folder::new();
    if seed.is_multiple_of(2) {
        edited.link("public", &elsewhere);
    }
    let mut last_built = start.clone();
    let mut before = BTreeMap::new();
    for (number, step) in from_the_start(steps).enumerate() {
        world.apply(&step.edit);
        edited.hold(world.files());
        if let Edit::Touch { file } = &step.edit {
            edited.touch(file);
        }
        if step.then == Look::Away {
            continue;
        }
        let mut fresh = Folder::new();
        fresh.hold(world.files());
        let [found, wanted] = [&edited, &fresh].map(|folder| {
            let options = options(folder, world.now);
            let built = session::build(&options, false, &Progress::start());
            let (summary, problems) = built.unwrap();
            (summary.is_some(), problems.sorted())
        });
        if found != wanted {
            let difference = difference(&format!("{found:#?}"), &format!("{wanted:#?}"));
            return Err(format!("after step {number}: other problems{difference}"));
        }
        let after = output(edited.root());
        let expected = if found.0 {
            output(fresh.root())
        } else {
            before.clone()
        };
        compare_outputs(&before, &after, &expected)
            .map_err(|what| format!("after step {number}: {what}"))?;
        before = after;
        if found.0 {
            last_built.clone_from(&world);
        } else {
            world.clone_from(&last_built);
        }
    }
    Ok(())
}

/// The files of an output, each with the time at which it was last changed.
type Output = BTreeMap<String, (Vec<u8>, SystemTime)>;

fn output(site: &Path) -> Output {
    let public = site.join("public");
    let mut files = Files::new();
    if public.exists() {
        gather(&public, "", &mut files);
    }
    let timed = files.into_iter().map(|(file, bytes)| {
        let changed = fs::metadata(public.join(&file)).unwrap().modified();
        (file, (bytes, changed.unwrap()))
    });
    timed.collect()
}

fn compare_outputs(before: &Output, after: &Output, expected: &Output) -> Result<(), String> {
    let names = |files: &Output| {
        files
            .keys()
            .fold(String::new(), |all, file| all + file + "\n")
    };
    let (found, wanted) = (names(after), names(expected));
    if found != wanted {
        return Err(format!("other files{}", difference(&found, &wanted)));
    }
    for (file, (found, changed)) in after {
        let (wanted, _) = &expected[file];
        if found != wanted {
            let [found, wanted] = [found, wanted].map(|bytes| String::from_utf8_lossy(bytes));
            return Err(format!("{file} differs{}", difference(&found, &wanted)));
        }
        if let Some((old, when)) = before.get(file)
            && old == found
            && when != changed
        {
            return Err(format!("{file} is the same, and was written"));
        }
    }
    Ok(())
}
