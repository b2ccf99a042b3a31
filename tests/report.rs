//! How diagnostics are shown to people, programs and GitHub.

use std::sync::Arc;

use dateline::commands::report::{as_json, for_github, for_people, in_short, wants_color};
use dateline::diagnostic::{At, Diagnostic, Place, Severity};

fn diagnostic(severity: Severity, at: At, message: &str, hint: Option<&str>) -> Diagnostic {
    Diagnostic {
        place: Place {
            file: "content/x.md".into(),
            at,
        },
        severity,
        code: "no-good",
        message: message.into(),
        hint: hint.map(Into::into),
    }
}

fn span(text: &str, part: &str) -> At {
    let start = text.find(part).unwrap();
    At::Bytes(start as u32, (start + part.len()) as u32)
}

/// What people see of one error at a part of a text.
fn check(text: &str, part: &str, expected: &str) {
    let texts = |_: &str| Some(Arc::from(text));
    let error = diagnostic(Severity::Error, span(text, part), "not good", None);
    let shown = for_people(&[error], &texts, false);
    let expected = format!("error[no-good]: not good\n{expected}\n\n1 error\n");
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn an_excerpt_shows_what_is_meant() {
    check(
        "one\ntwo three\n",
        "three",
        " --> content/x.md:2:5\n  |\n2 | two three\n  |     ^^^^^",
    );
    check(
        "größer x\r\n",
        "x",
        " --> content/x.md:1:8\n  |\n1 | größer x\n  |        ^",
    );
    check(
        "a\tb\n",
        "b",
        " --> content/x.md:1:3\n  |\n1 | a    b\n  |      ^",
    );
    check(
        "日本 x\n",
        "x",
        " --> content/x.md:1:4\n  |\n1 | 日本 x\n  |      ^",
    );
    check(
        "first part\nsecond part\n",
        "part\nsecond",
        " --> content/x.md:1:7\n  |\n1 | first part\n  |       ^^^^",
    );
    check("", "", " --> content/x.md:1:1\n  |\n1 |\n  | ^");
}

#[test]
fn long_lines_are_cut_around_what_is_meant() {
    let text = format!("{}x{}", "a".repeat(5_000_000), "b".repeat(5_000_000));
    let (a, b) = ("a".repeat(60), "b".repeat(60));
    let caret = " ".repeat(61);
    let expected = format!(" --> content/x.md:1:5000001\n  |\n1 | …{a}x{b}…\n  | {caret}^");
    check(&text, "x", &expected);
    let all = "c".repeat(500);
    let (shown, carets) = ("c".repeat(80), "^".repeat(80));
    let expected = format!(" --> content/x.md:1:1\n  |\n1 | {shown}…\n  | {carets}");
    check(&all, &all, &expected);
}

#[test]
fn nothing_in_a_file_reaches_the_terminal() {
    let text = "a \u{1b}[2J \u{9b}2J \u{202e}x\u{7} b\n::error::fake\n";
    let texts = |_: &str| Some(Arc::from(text));
    let message = "bad \u{1b}]0;title\u{7}\n::error::fake";
    let error = diagnostic(
        Severity::Error,
        span(text, "b\n"),
        message,
        Some("\u{1b}[31m"),
    );
    for shown in [
        for_people(std::slice::from_ref(&error), &texts, false),
        for_github(std::slice::from_ref(&error), &texts, ""),
    ] {
        let controls = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
        assert_eq!(shown.chars().find(controls), None, "{shown}");
        let commands = shown.lines().filter(|line| line.trim().starts_with("::"));
        assert!(commands.count() <= 1, "{shown}");
    }
}

#[test]
fn of_many_warnings_ten_are_shown() {
    let texts = |_: &str| None;
    let mut all: Vec<_> = (1..=1_012)
        .map(|line| diagnostic(Severity::Warning, At::Line(line, 1), "old", None))
        .collect();
    let errors = (1..=12).map(|line| diagnostic(Severity::Error, At::Line(line, 1), "bad", None));
    all.extend(errors);
    let shown = in_short(&all, &texts, false);
    assert_eq!(shown.matches("warning[no-good]").count(), 10, "{shown}");
    assert_eq!(shown.matches("error[no-good]").count(), 12, "{shown}");
    let end = "and 1,002 more of no-good; `dateline check` shows all\n12 errors, 1,012 warnings\n";
    assert!(shown.ends_with(end), "{shown}");
}

#[test]
fn all_kinds_are_counted() {
    let texts = |_: &str| None;
    let shown = for_people(
        &[
            diagnostic(Severity::Error, At::Whole, "one", Some("do this")),
            diagnostic(Severity::Warning, At::Line(3, 2), "two", None),
            diagnostic(Severity::Warning, At::Bytes(1, 2), "three", None),
            diagnostic(Severity::Note, At::Whole, "four", None),
        ],
        &texts,
        false,
    );
    let expected = "\
error[no-good]: one
--> content/x.md
 = hint: do this

warning[no-good]: two
--> content/x.md:3:2

warning[no-good]: three
--> content/x.md

note[no-good]: four
--> content/x.md

1 error, 2 warnings, 1 note
";
    assert_eq!(shown, expected, "\n{shown}");
    assert_eq!(for_people(&[], &texts, false), "");
    let one = diagnostic(Severity::Error, At::Whole, "one", None);
    assert!(for_people(&[one], &texts, true).contains("\u{1b}["));
}

#[test]
fn json_has_every_key_of_every_diagnostic() {
    let text = "one\nzwölf x\n";
    let texts = |_: &str| Some(Arc::from(text));
    let found = [
        diagnostic(
            Severity::Warning,
            span(text, "x"),
            "a \"b\" \u{1b}",
            Some("c"),
        ),
        diagnostic(Severity::Note, At::Whole, "d", None),
    ];
    let read: serde_json::Value = serde_json::from_str(&as_json(&found, &texts)).unwrap();
    let expected = serde_json::json!([
        {
            "code": "no-good", "severity": "warning", "file": "content/x.md",
            "line": 2, "column": 7, "end_line": 2, "end_column": 8,
            "message": "a \"b\" \u{1b}", "hint": "c"
        },
        {
            "code": "no-good", "severity": "note", "file": "content/x.md",
            "line": null, "column": null, "end_line": null, "end_column": null,
            "message": "d", "hint": null
        },
    ]);
    assert_eq!(read, expected);
    assert_eq!(as_json(&[], &texts), "[]");
}

#[test]
fn github_gets_commands_that_nothing_escapes_from() {
    let text = "one\ntwo\n";
    let texts = |_: &str| Some(Arc::from(text));
    let mut found = diagnostic(
        Severity::Note,
        span(text, "two"),
        "100%\r\n::error::x",
        Some("h"),
    );
    assert_eq!(
        for_github(std::slice::from_ref(&found), &texts, "docs/"),
        "::notice file=docs/content/x.md,line=2,col=1,endLine=2,endColumn=4,title=no-good::100%25%0D%0A::error::x%0Ahint: h\n"
    );
    found.place = Place::whole(&"a,b:c%\n.md".into());
    found.hint = None;
    found.severity = Severity::Warning;
    assert_eq!(
        for_github(&[found], &texts, ""),
        "::warning file=a%2Cb%3Ac%25%0A.md,title=no-good::100%25%0D%0A::error::x\n"
    );
}

#[test]
fn colour_is_for_terminals_unless_said_otherwise() {
    let wants = |terminal, set: &[(&str, &str)]| {
        wants_color(terminal, |name| {
            let found = set.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    assert!(wants(true, &[]));
    assert!(!wants(false, &[]));
    assert!(!wants(true, &[("NO_COLOR", "1")]));
    assert!(wants(true, &[("NO_COLOR", "")]));
    assert!(wants(false, &[("CLICOLOR_FORCE", "1")]));
    assert!(!wants(false, &[("CLICOLOR_FORCE", "0")]));
    assert!(!wants(false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!wants(true, &[("TERM", "dumb")]));
}
