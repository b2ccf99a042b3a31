//! `dateline build`: writes the site to the output folder.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use super::progress::{self, Progress};
use super::report::{self, grouped, plural};
use super::session::{self, Folder, Options, Summary};
use super::{Done, print_line, variable};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Builds, prints what was found, and says in one line what was done.
pub fn run(options: &Options, force: bool) -> anyhow::Result<Done> {
    let folder = session::find(&options.root, options.config.as_deref())?;
    let progress = Progress::start();
    let built = session::build(options, force, &progress);
    let took = progress.finish();
    let (summary, problems) = built?;
    let has_errors = problems.has_errors();
    print_problems(problems, &folder, report::in_short)?;
    match summary {
        Some(summary) if !has_errors => {
            print_line(&Line { summary, took }.to_string())?;
            Ok(Done::Clean)
        }
        _ => {
            eprintln!("nothing was written");
            Ok(Done::SiteHasErrors)
        }
    }
}

/// How diagnostics are worded for people.
type Words = fn(&[Diagnostic], report::Texts<'_>, bool) -> String;

/// Prints diagnostics to standard error, for people and, on GitHub Actions, for its annotations.
pub fn print_problems(problems: Diagnostics, folder: &Folder, words: Words) -> anyhow::Result<()> {
    let problems = problems.sorted();
    let texts = folder.texts();
    let stderr = std::io::stderr();
    let color = report::wants_color(stderr.is_terminal(), variable);
    let mut text = words(&problems, &texts, color);
    text.push_str(&annotations(&problems, folder));
    stderr.lock().write_all(text.as_bytes())?;
    Ok(())
}

/// The workflow commands for GitHub Actions; empty elsewhere.
pub fn annotations(problems: &[Diagnostic], folder: &Folder) -> String {
    if variable("GITHUB_ACTIONS").as_deref() != Some("true") {
        return String::new();
    }
    report::for_github(problems, &folder.texts(), &folder.from_repository())
}

/// The last line of a build.
struct Line {
    summary: Summary,
    took: Duration,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary {
            briefs,
            pages,
            scheduled,
            drafts,
            output_dir,
            written,
            unchanged,
            deleted,
            in_place,
        } = &self.summary;
        f.write_str("built ")?;
        if let Some(briefs) = briefs {
            write!(f, "{} into ", plural(*briefs, "brief"))?;
        }
        let (pages, took) = (plural(*pages, "page"), progress::duration(self.took));
        let folder = output_dir.trim_end_matches('/');
        let (written, unchanged) = (grouped(*written), grouped(*unchanged));
        write!(
            f,
            "{pages} in {folder}/ in {took} ({written} written, {unchanged} unchanged"
        )?;
        if *deleted > 0 {
            write!(f, ", {} deleted", grouped(*deleted))?;
        }
        if *scheduled > 0 {
            write!(f, ", {} scheduled", grouped(*scheduled))?;
        }
        if *drafts > 0 {
            write!(f, ", {}", plural(*drafts, "draft"))?;
        }
        f.write_str(")")?;
        match in_place {
            Some(reason) => write!(f, ", file by file: {reason}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(summary: Summary, milliseconds: u64, expected: &str) {
        let took = Duration::from_millis(milliseconds);
        assert_eq!(Line { summary, took }.to_string(), expected);
    }

    #[test]
    fn the_last_line_says_what_was_done() {
        let summary = Summary {
            briefs: Some(10_000),
            pages: 25_412,
            scheduled: 3,
            drafts: 1,
            output_dir: "public".into(),
            written: 12,
            unchanged: 25_400,
            ..Summary::default()
        };
        check(
            summary.clone(),
            2_100,
            "built 10,000 briefs into 25,412 pages in public/ in 2.1 s (12 written, 25,400 unchanged, 3 scheduled, 1 draft)",
        );
        check(
            Summary {
                briefs: None,
                scheduled: 0,
                drafts: 0,
                deleted: 2,
                in_place: Some("`public` is a mount point".into()),
                ..summary
            },
            200_400,
            "built 25,412 pages in public/ in 3 min 20 s (12 written, 25,400 unchanged, 2 deleted), file by file: `public` is a mount point",
        );
    }
}
