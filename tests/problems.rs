//! Sites with something wrong, and what `dateline check` says of them.
//!
//! Each `tests/sites/problems/NAME/` is a site; its file `problems` holds what is found on the
//! first of June 2026, a line for each: `file:line:column severity[code]: message`, without line
//! and column where the file as a whole is meant. `UPDATE=1 cargo test` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::check::{Fixtures, folder};

/// The moment at which all sites are checked.
const NOW: &str = "2026-06-01";

#[test]
fn sites_with_problems() {
    let mut failed = String::new();
    for site in sites() {
        let others = files_but_problems(&site);
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let mut fixtures = Fixtures::new(&site, &others);
        let (output, found) = check(&site, &[]);
        fixtures.expect(&site.join("problems"), "", shown(&found));
        let expected = i32::from(has(&found, "error"));
        if output.status.code() != Some(expected) {
            let name = site.file_name().unwrap().display();
            writeln!(failed, "{name}: exit status {:?}", output.status.code()).unwrap();
        }
        fixtures.finish();
    }
    assert_eq!(failed, "");
}

#[test]
fn problems_come_by_file_and_line() {
    for site in sites() {
        let (_, found) = check(&site, &[]);
        let places: Vec<(&str, u64, u64)> = found
            .iter()
            .map(|problem| {
                let number = |key: &str| problem[key].as_u64().unwrap_or(0);
                let file = problem["file"].as_str().unwrap();
                (file, number("line"), number("column"))
            })
            .collect();
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(places, sorted, "{}", site.display());
    }
}

#[test]
fn with_strict_every_warning_is_an_error() {
    let site = folder("sites/problems/weeks");
    let (output, found) = check(&site, &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(has(&found, "warning") && !has(&found, "error"));
    let (output, strict) = check(&site, &["--strict"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(has(&strict, "error") && !has(&strict, "warning"));
    assert_eq!(strict.len(), found.len());
}

/// Every site at once says as much as `check`, and leaves the folder and the output alone.
#[test]
fn a_site_with_errors_is_not_written() {
    for site in sites() {
        let (_, found) = check(&site, &[]);
        if !has(&found, "error") {
            continue;
        }
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&site, copy.path());
        let old = copy.path().join("public");
        fs::create_dir(&old).unwrap();
        fs::write(old.join("index.html"), "the site as it was").unwrap();
        let before = files_in(copy.path());
        let output = dateline(copy.path(), &["build", "--force", "--now", NOW]);
        let name = site.file_name().unwrap().display();
        assert_eq!(output.status.code(), Some(1), "{name}");
        // What fails only when it is made does so after the lock is taken.
        let mut after = files_in(copy.path());
        after.retain(|file| !file.starts_with(".dateline/"));
        assert_eq!(after, before, "{name}");
        let index = fs::read_to_string(old.join("index.html")).unwrap();
        assert_eq!(index, "the site as it was", "{name}");
        // What `check` finds, `build` has found too.
        let errors = String::from_utf8(output.stderr).unwrap();
        for problem in &found {
            let message = problem["message"].as_str().unwrap();
            assert!(errors.contains(message), "{name}: {message}\n{errors}");
        }
    }
}

/// No fixture, for it takes its time.
#[test]
fn a_style_sheet_that_never_ends_is_given_up() {
    let site = tempfile::tempdir().unwrap();
    copy_folder(&folder("sites/problems/sass-endless"), site.path());
    fs::remove_dir_all(site.path().join("sass")).unwrap();
    fs::create_dir(site.path().join("sass")).unwrap();
    fs::write(site.path().join("sass/loop.scss"), "@while true {}\n").unwrap();
    let (output, found) = check(site.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "sass/loop.scss error[sass-error]: the style sheet is not made after 10 seconds\n  \
                    hint: look for an `@while`, `@for` or `@function` that does not end\n";
    assert_eq!(shown(&found), expected);
}

/// No fixtures, for they would be large files.
#[test]
fn what_is_too_large_is_named() {
    let site = tempfile::tempdir().unwrap();
    copy_folder(&folder("sites/problems/views"), site.path());
    let config = "base_url = 'https://example.org'\n";
    fs::write(site.path().join("config.toml"), config).unwrap();
    let front_matter = "+++\ntitle = 'x'\ndate = 2026-01-01\n[extra.brief]\nid = 'h3w8kd'\n+++\n";
    let row = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(300));
    let table = format!(
        "## Competitor Analysis\n\n{}{}{}",
        row("x"),
        row("-"),
        row("x")
    );
    let briefs = site.path().join("content");
    let large = front_matter.to_owned() + &"x ".repeat(2 << 20);
    fs::write(briefs.join("large.md"), large).unwrap();
    fs::write(briefs.join("table.md"), front_matter.to_owned() + &table).unwrap();
    let (output, found) = check(site.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let errors: Vec<(&str, &str)> = found
        .iter()
        .filter(|problem| problem["severity"] == "error")
        .map(|p| (p["file"].as_str().unwrap(), p["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("content/large.md", "too-large"),
        ("content/table.md", "too-large-table"),
    ];
    assert_eq!(errors, expected);
}

fn sites() -> Vec<PathBuf> {
    let mut sites: Vec<PathBuf> = fs::read_dir(folder("sites/problems"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    sites.sort();
    assert!(!sites.is_empty());
    sites
}

/// What `check` finds in a site.
fn check(site: &Path, flags: &[&str]) -> (Output, Vec<Value>) {
    let arguments = ["check", "--format", "json", "--now", NOW];
    let output = dateline(site, &[&arguments, flags].concat());
    let found = serde_json::from_slice(&output.stdout);
    let found = found.unwrap_or_else(|error| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{}: {error}: {errors}", site.display())
    });
    (output, found)
}

fn dateline(site: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dateline"))
        .current_dir(site)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .unwrap()
}

fn has(found: &[Value], severity: &str) -> bool {
    found.iter().any(|problem| problem["severity"] == severity)
}

/// Problems in the form of the `problems` files.
fn shown(found: &[Value]) -> String {
    let mut lines = String::new();
    for problem in found {
        let text = |key: &str| problem[key].as_str().unwrap();
        lines.push_str(text("file"));
        if let (Some(line), Some(column)) = (problem["line"].as_u64(), problem["column"].as_u64()) {
            write!(lines, ":{line}:{column}").unwrap();
        }
        let (severity, code, message) = (text("severity"), text("code"), text("message"));
        writeln!(lines, " {severity}[{code}]: {message}").unwrap();
        if let Some(hint) = problem["hint"].as_str() {
            writeln!(lines, "  hint: {hint}").unwrap();
        }
    }
    lines
}

/// The files of a site, from its folder.
fn files_but_problems(site: &Path) -> Vec<String> {
    let mut files = files_in(site);
    files.retain(|file| file != "problems");
    files
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut files: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        })
        .collect();
    files.sort();
    files
}

fn copy_folder(from: &Path, to: &Path) {
    for file in files_but_problems(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
}
