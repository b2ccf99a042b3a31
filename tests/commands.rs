//! Transcripts: what is typed, and what the program prints.
//!
//! Each `tests/commands/*.md` is run in a folder of its own, which is empty unless the file says
//! `<!-- site: NAME -->`; then it is a copy of `tests/commands/NAME/`. In its fenced blocks
//! a line `$ dateline …` is run, `$ cat FILE` and `$ ls FOLDER` look at files, `$ write FILE TEXT`
//! makes one; what they print follows, and the exit status in brackets if it is not 0. `UPDATE=1` writes what
//! was printed into the files.
#![expect(
    clippy::disallowed_methods,
    reason = "this test writes folders and looks at them"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The moment at which all transcripts happen: 2026-04-30T20:30:00Z.
const NOW: &str = "1777581000";

#[test]
fn transcripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut failed = Vec::new();
    for file in files {
        let expected = fs::read_to_string(&file).unwrap();
        let printed = run(&expected, &folder);
        if printed == expected {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&file, printed).unwrap();
        } else {
            failed.push(difference(&file, &expected, &printed));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn every_file_of_the_starter_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/starter");
    let written = tempfile::tempdir().unwrap();
    dateline(written.path(), &["init".into(), "site".into()]);
    for entry in walkdir::WalkDir::new(&folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(&folder).unwrap();
            let copy = written.path().join("site").join(name);
            assert_eq!(
                fs::read(copy).ok(),
                fs::read(entry.path()).ok(),
                "{} is not in the list of `init`",
                name.display()
            );
        }
    }
}

/// The examples do not grow old.
#[test]
fn the_starter_passes_a_strict_check_at_any_time() {
    let site = tempfile::tempdir().unwrap();
    dateline(site.path(), &["init".into(), ".".into()]);
    for now in ["2026-01-10", "2026-07-01", "2030-01-01", "2035-12-31"] {
        let printed = dateline(
            site.path(),
            &["check", "--strict", "--now", now].map(String::from),
        );
        assert!(
            printed.starts_with("checked ") && printed.lines().count() == 1,
            "{now}: {printed}"
        );
    }
}

#[test]
fn serve_says_that_drafts_are_not_shown() {
    let site = tempfile::tempdir().unwrap();
    dateline(site.path(), &["init".into(), ".".into()]);
    dateline(site.path(), &["new".into(), "Begun".into()]);
    let without = ready(site.path(), &["serve"]).unwrap();
    assert!(
        without.ends_with("; 1 draft not shown, --drafts shows it"),
        "{without}"
    );
    let with = ready(site.path(), &["serve", "--drafts"]).unwrap();
    assert!(!with.contains("draft"), "{with}");
}

/// What `serve` prints when the site is there; `None` if it ends before. `--port` is chosen here.
pub fn ready(site: &Path, arguments: &[&str]) -> Option<String> {
    let mut served = program(site)
        .args(arguments)
        .args(["--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(served.stderr.take().unwrap()).lines();
    let line = lines.find_map(|line| line.ok().filter(|line| line.contains(", ready in ")));
    // It may have ended by itself.
    let _ = served.kill();
    served.wait().unwrap();
    line
}

#[test]
fn ids_of_new_briefs_differ() {
    let site = tempfile::tempdir().unwrap();
    dateline(site.path(), &["init".into(), ".".into()]);
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let path = dateline(site.path(), &["new".into(), "Again".into()]);
        let text = fs::read_to_string(site.path().join(path.lines().next().unwrap())).unwrap();
        let line = text.lines().find(|l| l.starts_with("id = ")).unwrap();
        ids.insert(line.to_owned());
    }
    assert_eq!(ids.len(), 20);
}

/// The transcript as it happens now.
fn run(transcript: &str, folder: &Path) -> String {
    let site = tempfile::tempdir().unwrap();
    let first = transcript.lines().next().unwrap_or_default();
    if let Some(name) = first.strip_prefix("<!-- site: ") {
        copy(&folder.join(name.trim_end_matches(" -->")), site.path());
    }
    let mut out = String::new();
    let mut in_block = false;
    for line in transcript.lines() {
        if line.starts_with("````") {
            in_block = !in_block;
        } else if in_block {
            if let Some(typed) = line.strip_prefix("$ ") {
                out.push_str(&format!(
                    "{line}\n{}",
                    normal(&answer(typed, site.path()), site.path())
                ));
            }
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// What a command of a transcript prints.
pub fn answer(typed: &str, site: &Path) -> String {
    let words = words(typed);
    let (name, arguments) = words.split_first().expect("a command");
    match name.as_str() {
        "dateline" => dateline(site, arguments),
        "cat" => fs::read_to_string(site.join(&arguments[0])).unwrap(),
        "ls" => {
            let mut names: Vec<String> = fs::read_dir(site.join(&arguments[0]))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names.iter().map(|name| format!("{name}\n")).collect()
        }
        "write" => {
            let path = site.join(&arguments[0]);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &arguments[1]).unwrap();
            String::new()
        }
        other => panic!("transcripts know no `{other}`"),
    }
}

/// The program in a folder, as all transcripts run it.
pub fn program(site: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dateline"));
    program
        .current_dir(site)
        .env("SOURCE_DATE_EPOCH", NOW)
        .env("COLUMNS", "100")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("CLICOLOR_FORCE");
    program
}

/// What the program prints, first on standard output, then on standard error.
pub fn dateline(site: &Path, arguments: &[String]) -> String {
    let done = program(site).args(arguments).output().unwrap();
    let mut text = String::from_utf8(done.stdout).unwrap();
    text.push_str(std::str::from_utf8(&done.stderr).unwrap());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    match done.status.code() {
        Some(0) => text,
        code => format!("{text}[{}]\n", code.expect("an exit status")),
    }
}

/// Splits as a shell does, as far as transcripts need it: spaces, and both kinds of quotes.
pub fn words(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = typed.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => rest[1..].split_once(first).expect("the quote's end"),
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// What differs from run to run is replaced: the folder, times, random ids.
pub fn normal(text: &str, site: &Path) -> String {
    let text = text.replace(&site.display().to_string(), "[FOLDER]");
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut line = line.to_owned();
        if let Some(at) = line.find("id = \"")
            && line.get(at + 12..at + 13) == Some("\"")
        {
            line.replace_range(at + 6..at + 12, "[ID]");
        }
        if let Some(at) = line.find(" in ")
            && let Some(unit) = line[at + 4..]
                .find(" ms")
                .map(|n| n + 3)
                .or_else(|| line[at + 4..].find(" s").map(|n| n + 2))
            && line[at + 4..at + 4 + unit].starts_with(|c: char| c.is_ascii_digit())
        {
            line.replace_range(at + 4..at + 4 + unit, "[TIME]");
        }
        out.push_str(&line);
    }
    out
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The first line that differs, with those around it.
fn difference(file: &Path, expected: &str, printed: &str) -> String {
    let same = expected
        .lines()
        .zip(printed.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let around = |text: &str| -> String {
        let lines = text.lines().skip(same.saturating_sub(2)).take(8);
        lines.map(|line| format!("    {line}\n")).collect()
    };
    format!(
        "{}, line {}: expected\n{}printed\n{}(UPDATE=1 writes what was printed)",
        file.display(),
        same + 1,
        around(expected),
        around(printed)
    )
}

#[test]
fn licences_begin_with_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let licences = dateline(folder.path(), &["licenses".into()]);
    let heading = "# Licences of the grammars and colour schemes in Dateline\n";
    assert!(licences.starts_with(heading), "{licences:.200}");
    assert!(licences.contains("# Syntaxes"));
}

#[test]
fn every_shell_gets_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = dateline(folder.path(), &["completion".into(), shell.into()]);
        for word in ["dateline", "serve", "strict"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// No transcript, for those know no links.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_out_of_the_site() {
    let outside = tempfile::tempdir().unwrap();
    let site = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), site.path().join("content")).unwrap();
    let asked = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        dateline(site.path(), &words)
    };
    let refused = "a symbolic link leads out of the site";
    let said = asked(&["init"]);
    assert!(said.contains(refused), "{said}");
    assert_eq!(fs::read_dir(site.path()).unwrap().count(), 1);
    fs::write(
        site.path().join("config.toml"),
        "base_url = \"https://example.org\"\n",
    )
    .unwrap();
    let said = asked(&["new", "x"]);
    assert!(said.contains(refused), "{said}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    // A link inside of the site is the owner's choice.
    fs::remove_file(site.path().join("content")).unwrap();
    fs::create_dir(site.path().join("texts")).unwrap();
    std::os::unix::fs::symlink("texts", site.path().join("content")).unwrap();
    assert!(asked(&["new", "x"]).contains("content/briefs/"));
}

/// What a page drops of a cell, its data files drop as well.
#[test]
fn cells_in_data_files_say_what_the_page_shows() {
    let site = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| fs::write(site.path().join(file), text).unwrap();
    fs::create_dir(site.path().join("content")).unwrap();
    write("config.toml", "base_url = \"https://example.org\"\n");
    write(
        "content/x.md",
        "+++\ntitle = \"x\"\ndate = 2026-01-02\n[extra.brief]\nid = \"h3w8kf\"\n+++\n\
         ## Competitor Analysis\n\n\
         | Feature | A | B |\n|---|---|---|\n\
         | Price<style>p{}</style> | <script>run(1)</script>$1 | <b>two</b> <STYLE media=x>run(2)</style>dollars |\n\
         | Regions | <script>run(3) | three<br>or four |\n\
         | <noscript>run(4)</noscript> | a | b |\n",
    );
    dateline(site.path(), &["build".to_owned()]);
    let data = |name: &str| {
        let file = site.path().join("public/compare").join(name);
        fs::read_to_string(file).unwrap()
    };
    let csv = data("data.csv");
    let start = |line: &str| line.split(",2026").next().unwrap().to_owned();
    let cells: Vec<String> = csv.lines().skip(1).map(start).collect();
    let expected = [
        "A,Price,$1",
        "B,Price,two dollars",
        "B,Regions,three or four",
    ];
    assert_eq!(cells, expected);
    assert!(!data("data.json").contains("run("));
}
