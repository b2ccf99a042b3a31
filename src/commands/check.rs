//! `dateline check`: everything that `build` does except writing, and `--fix`.

use std::io::Write;

use super::build::{annotations, print_problems};
use super::progress::{self, Progress};
use super::report::{self, plural};
use super::session::{self, Folder, Options};
use super::{Done, fix, print_line};
use crate::diagnostic::Diagnostics;

/// What was asked of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub fix: bool,
    pub strict: bool,
    pub json: bool,
}

/// Fixes what can be fixed, if asked to, then prints what is wrong.
pub fn run(options: &Options, wanted: Wanted) -> anyhow::Result<Done> {
    let folder = session::find(&options.root, options.config.as_deref())?;
    if wanted.fix {
        fix_all(&folder, options, wanted.json)?;
    }
    let progress = Progress::start();
    let checked = session::check(options, &progress);
    let took = progress.finish();
    let (summary, mut problems) = checked?;
    if wanted.strict {
        problems.make_strict();
    }
    let done = match problems.has_errors() {
        true => Done::SiteHasErrors,
        false => Done::Clean,
    };
    if wanted.json {
        print_json(problems, &folder)?;
        return Ok(done);
    }
    print_problems(problems, &folder, report::for_people)?;
    if let Some(summary) = summary {
        let briefs = summary.briefs.map(|briefs| plural(briefs, "brief"));
        let pages = plural(summary.pages, "page");
        let all: Vec<String> = briefs.into_iter().chain([pages]).collect();
        let took = progress::duration(took);
        print_line(&format!("checked {} in {took}", all.join(" and ")))?;
    }
    Ok(done)
}

fn print_json(problems: Diagnostics, folder: &Folder) -> anyhow::Result<()> {
    let problems = problems.sorted();
    let json = report::as_json(&problems, &folder.texts());
    // One document on standard output and nothing else.
    eprint!("{}", annotations(&problems, folder));
    let mut stdout = std::io::stdout();
    stdout.write_all(json.as_bytes())?;
    stdout.write_all(b"\n")?;
    Ok(())
}

/// Writes what is missing and says so on standard error if standard output holds JSON.
fn fix_all(folder: &Folder, options: &Options, json: bool) -> anyhow::Result<()> {
    let (articles, vocabulary) = session::articles(options)?;
    for fixed in fix::fix(&folder.root, &articles, &vocabulary)? {
        match json {
            true => eprintln!("{fixed}"),
            false => print_line(&fixed.to_string())?,
        }
    }
    Ok(())
}
