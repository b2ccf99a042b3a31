//! `content/docs/diagnostics.md` is made of the program: of the constructors in
//! `src/diagnostic.rs` with their documentation, and of what fixtures make the program print.
//! `UPDATE=1` writes it anew.
#![expect(
    clippy::disallowed_methods,
    reason = "this test reads fixtures and the source, and writes a page"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use dateline::address::Address;
use dateline::commands::report::for_people;
use dateline::config::{Config, Overrides};
use dateline::content::parse;
use dateline::content::shortcode::{Piece, find};
use dateline::content::source::BYTES_MAX;
use dateline::diagnostic::{Diagnostic, Diagnostics, Place, TemplateError};
use dateline::value::Value;

use crate::check::{folder, read_config, source};

/// What stands above the list.
const BEGIN: &str = "\
+++
title = \"Diagnostics\"
description = \"Everything that Dateline reports, by its code\"
weight = 140
+++

`dateline check` prints everything that is wrong at once, sorted by file and line. Each message has a code in brackets.
Here is every code, with an example.

An **error** keeps the site from being written: the old one stays as it is. A **warning** does not; with
`dateline check --strict` it does. A **note** says what was decided for you.

What is wrong only until a scheduled brief comes out is a warning, even if it is an error otherwise. What will be wrong
once it is out is an error today.

The address of this page and a code lead to the explanation: `/docs/diagnostics/#unknown-company`.
";

/// One way in which something can be wrong.
struct Constructor {
    code: String,
    /// What kind of thing it is about.
    group: String,
    documentation: String,
    body: String,
}

/// All examples, made once for the tests of this file.
static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(examples);

/// What the program prints of something that is wrong.
#[derive(Clone)]
struct Example {
    code: &'static str,
    /// `error`, `warning` or `note`
    severity: String,
    message: String,
    printed: String,
}

#[test]
fn the_page_of_diagnostics_is_what_the_program_says() {
    let page = made(&constructors(), &EXAMPLES);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/docs/diagnostics.md");
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, page).unwrap();
    }
    let written = fs::read_to_string(path).unwrap();
    let line = written.lines().zip(page.lines()).position(|(a, b)| a != b);
    assert!(
        written == page,
        "content/docs/diagnostics.md differs from the program, from line {}. UPDATE=1 writes it.",
        line.map_or(1, |line| line + 1)
    );
}

#[test]
fn a_change_in_the_program_changes_the_page() {
    let mut constructors = constructors();
    let page = made(&constructors, &EXAMPLES);
    constructors[0].documentation.push('!');
    assert_ne!(made(&constructors, &EXAMPLES), page);
    let fewer: Vec<Example> = EXAMPLES
        .iter()
        .filter(|example| example.code != "no-id")
        .cloned()
        .collect();
    assert!(std::panic::catch_unwind(|| made(&constructors, &fewer)).is_err());
}

/// The whole page. Panics if there is no example of something.
fn made(constructors: &[Constructor], examples: &[Example]) -> String {
    let mut page = BEGIN.to_owned();
    let mut groups: Vec<&str> = constructors.iter().map(|c| &*c.group).collect();
    groups.dedup();
    let mut done = BTreeSet::new();
    for group in groups {
        writeln!(page, "\n## {group}").unwrap();
        for constructor in constructors.iter().filter(|c| c.group == group) {
            let code = &constructor.code;
            if !done.insert(code.clone()) {
                continue;
            }
            writeln!(page, "\n### {code}").unwrap();
            let of_code: Vec<&Constructor> =
                constructors.iter().filter(|c| c.code == *code).collect();
            for constructor in &of_code {
                let example = constructor.example(examples, &of_code);
                let severity = constructor.severities().join(" or ");
                let documentation = &constructor.documentation;
                writeln!(page, "\n**{severity}.** {documentation}").unwrap();
                writeln!(page, "\n```text\n{}\n```", example.printed).unwrap();
            }
        }
    }
    with_calls_as_text(page)
}

/// Examples show calls of shortcodes, which are to be shown and not called.
fn with_calls_as_text(mut page: String) -> String {
    let pieces = find(&page, 0, |_| {}).expect("examples show no call with a body as a whole");
    for piece in pieces.unwrap_or_default().iter().rev() {
        if let Piece::Call(call) = piece {
            page.insert_str(call.head.end - "}}".len(), "*/");
            page.insert_str(call.head.start + "{{".len(), "/*");
        }
    }
    page
}

impl Constructor {
    /// `Error`, `Warning`, `Note`: each that it may be.
    fn severities(&self) -> Vec<&'static str> {
        let all = [("error", "Error"), ("warning", "Warning"), ("note", "Note")];
        let is_called = |name: &str| self.body.contains(&format!("self.{name}("));
        let all = all.into_iter().filter(|(name, _)| is_called(name));
        all.map(|(_, shown)| shown).collect()
    }

    /// An example of it, which is not one of the others that have its code: one with a hint if
    /// there is, of a brief if there is, and a short one.
    fn example<'e>(&self, examples: &'e [Example], of_code: &[&Constructor]) -> &'e Example {
        let severities = self.severities();
        let alike = of_code.iter().filter(|c| c.severities() == severities);
        let is_alone = alike.count() == 1;
        let own = examples.iter().filter(|example| {
            example.code == self.code
                && severities
                    .iter()
                    .any(|s| s.to_lowercase() == example.severity)
                && (is_alone || self.says(&example.message))
        });
        let rank = |printed: &str| {
            let is_of_brief = printed.contains("content/briefs/");
            let has_excerpt = printed.contains("  |\n");
            let has_hint = printed.contains("= hint:");
            (!has_hint, !is_of_brief, !has_excerpt, printed.len())
        };
        own.min_by_key(|example| (rank(&example.printed), &example.printed))
            .unwrap_or_else(|| panic!("no example of `{}`: {}", self.code, self.documentation))
    }

    /// Whether a message may be its own: what is neither in backticks nor a number is in its body.
    fn says(&self, message: &str) -> bool {
        let pieces = message.split('`').step_by(2);
        let mut pieces = pieces.flat_map(|piece| piece.split(|c: char| c.is_ascii_digit()));
        pieces.all(|piece| self.body.contains(piece))
    }
}

/// The constructors of `src/diagnostic.rs`, in order.
fn constructors() -> Vec<Constructor> {
    let text = fs::read_to_string(folder("../src/diagnostic.rs")).unwrap();
    let mut found = Vec::new();
    let mut group = String::new();
    let mut documentation: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if let Some(sentence) = code.strip_prefix("/// ") {
            documentation.push(sentence);
            continue;
        }
        let documented = std::mem::take(&mut documentation).join(" ");
        if line == "impl Diagnostics {" {
            group = documented.trim_end_matches('.').to_owned();
        } else if line.starts_with("    pub fn ") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "    }").collect();
            let body = body.join("\n");
            let calls = ["self.error(", "self.warning(", "self.note("];
            let call = calls
                .iter()
                .filter_map(|call| body.split(call).nth(1))
                .next();
            let literal = call.and_then(|rest| rest.trim_start().strip_prefix('"'));
            let Some(literal) = literal else { continue };
            assert!(!documented.is_empty(), "{code} has no documentation");
            found.push(Constructor {
                code: literal.split('"').next().unwrap().to_owned(),
                group: group.clone(),
                documentation: documented,
                body,
            });
        }
    }
    assert!(found.len() > 80);
    found
}

fn examples() -> Vec<Example> {
    let mut all = of_articles();
    all.extend(of_bodies());
    all.extend(of_configurations());
    all.extend(of_sites());
    all.extend(without_fixture());
    all
}

/// What is found in each of `tests/articles/`.
fn of_articles() -> Vec<Example> {
    let folder = folder("articles");
    let config = read_config(&folder.join("config.toml"));
    let mut found = Vec::new();
    for path in files(&folder, "md") {
        let bytes = fs::read(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let problems = parse(&source(&name.replace('\\', "/"), &bytes), &config).problems;
        let text: Arc<str> = String::from_utf8_lossy(&bytes).into();
        found.extend(problems.iter().map(|problem| example(problem, Some(&text))));
    }
    found
}

/// What is found in each of `tests/markdown/briefs/`, which are bodies of briefs.
fn of_bodies() -> Vec<Example> {
    let bodies = files(&folder("markdown/briefs"), "md");
    let texts = bodies.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|body| of_body(&body)).collect()
}

/// What is found in the body of a brief.
fn of_body(body: &str) -> Vec<Example> {
    const FRONT_MATTER: &str = "\
+++
title = \"What happened\"
date = 2026-04-30T20:30:00Z
[extra.brief]
id = \"7k3f9q\"
+++

";
    let config = read_config(&folder("articles").join("config.toml"));
    let text = FRONT_MATTER.to_owned() + body;
    let problems = parse(&source("briefs/x.md", text.as_bytes()), &config).problems;
    let text: Arc<str> = text.into();
    let found = problems.iter().map(|problem| example(problem, Some(&text)));
    found.collect()
}

/// What is found in each of `tests/configs/`.
fn of_configurations() -> Vec<Example> {
    let mut found = Vec::new();
    for path in files(&folder("configs"), "toml") {
        let text = fs::read_to_string(path).unwrap();
        let mut problems = Diagnostics::default();
        let defaults = Overrides::default();
        Config::parse(
            "config.toml".into(),
            &text,
            &defaults,
            &Value::None,
            &mut problems,
        );
        let text: Arc<str> = text.into();
        let problems = problems.into_vec();
        found.extend(problems.iter().map(|problem| example(problem, Some(&text))));
    }
    found
}

/// What `check` prints of each of `tests/sites/problems/`.
fn of_sites() -> Vec<Example> {
    let entries = fs::read_dir(folder("sites/problems")).unwrap();
    let sites = entries.map(|entry| entry.unwrap().path());
    let printed = std::thread::scope(|scope| {
        let checked: Vec<_> = sites
            .map(|site| scope.spawn(move || check(&site)))
            .collect();
        let texts = checked.into_iter().map(|check| check.join().unwrap());
        texts.collect::<Vec<String>>()
    });
    let codes: Vec<&'static str> = constructors()
        .into_iter()
        .map(|constructor| &*constructor.code.leak())
        .collect();
    let of_paragraph = |paragraph: &str| {
        let (head, rest) = paragraph.split_once("]: ")?;
        let (severity, code) = head.split_once('[')?;
        Some(Example {
            code: codes.iter().find(|other| **other == code)?,
            severity: severity.into(),
            message: rest.lines().next()?.into(),
            printed: paragraph.trim_end().into(),
        })
    };
    printed
        .iter()
        .flat_map(|text| text.split("\n\n").filter_map(of_paragraph))
        .collect()
}

fn check(site: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .current_dir(site)
        .args(["check", "--now", "2026-06-01"])
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .unwrap();
    String::from_utf8(output.stderr).unwrap()
}

/// What no file in a repository can show, or only a large one; `tidy.rs` names its tests.
fn without_fixture() -> Vec<Example> {
    let mut problems = Diagnostics::default();
    let whole = |file: &str| Place::whole(&file.into());
    problems.unreadable(whole("content/briefs/x.md"), "permission denied");
    problems.outside_site(whole("static/logo.svg"));
    problems.file_name(whole("static/\u{fffd}.svg"));
    let error = TemplateError {
        file: "themes/own/templates/page.html".into(),
        line: 3,
        column: 0,
        message: "there is no field `reading_time`".into(),
        hint: None,
    };
    problems.theme_page_failed(&Address::page("compare"), 3, &error);
    problems.outdated_data(
        &whole("config.toml"),
        "https://api.example.org/x.json",
        "no answer within 10 seconds",
        "2026-05-01T06:30:00Z".parse().unwrap(),
    );
    let found = problems.into_vec();
    let mut all: Vec<Example> = found.iter().map(|problem| example(problem, None)).collect();
    all.extend(of_body(&" ".repeat(BYTES_MAX)));
    let row = |cell: &str| format!("|{}\n", format!("{cell}|").repeat(100));
    all.extend(of_body(&(row("A") + &row("---") + &row("1"))));
    all.extend(of_body(&"<div>".repeat(1000)));
    all
}

fn example(problem: &Diagnostic, text: Option<&Arc<str>>) -> Example {
    let problems = std::slice::from_ref(problem);
    let printed = for_people(problems, &|_| text.cloned(), false);
    let (paragraph, _) = printed.split_once("\n\n").unwrap();
    Example {
        code: problem.code,
        severity: format!("{:?}", problem.severity).to_lowercase(),
        message: problem.message.to_string(),
        printed: paragraph.trim_end().to_owned(),
    }
}

/// The files of a folder and of those below it that have an ending, in order.
fn files(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = entries.into_iter().map(|entry| entry.unwrap().into_path());
    files
        .filter(|path| path.is_file() && path.extension().is_some_and(|e| e == ending))
        .collect()
}
