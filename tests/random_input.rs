//! Whatever a file holds: no panic, and an end soon.

use std::time::{Duration, Instant};

use dateline::config::Config;
use dateline::content::date::PartialDate;
use dateline::content::parse;
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::check::{folder, read_config, source};

/// A file of a few kilobytes takes a millisecond; a slow machine under load may take some more.
const TIME_MAX: Duration = Duration::from_secs(2);

/// The brief that is mutated: all keys, all parts.
const BRIEF: &str = include_str!("articles/briefs/whole.md");

/// Pieces that mean something at some place of some file.
const PIECES: &[&str] = &[
    "+++",
    "---",
    "\n",
    "\r\n",
    "\u{feff}",
    "\"",
    "'''",
    "[",
    "]]",
    "{",
    "}",
    "=",
    ":",
    "- ",
    "&a ",
    "*a ",
    "<<: ",
    "!!binary ",
    "2026-02-30",
    "2026-W53",
    "\u{0}",
    "é",
    "🔥",
    "|",
    "> ",
    "[^1]",
    "<b>",
    "```",
    "9999999999999999999999",
    "nan",
    "[extra.brief]\n",
    "id = 7\n",
    "%YAML 9\n",
    "\t",
];

fn articles_config() -> Config {
    read_config(&folder("articles").join("config.toml"))
}

/// Parses bytes as several kinds of files.
fn check(bytes: &[u8], config: &Config) {
    let start = Instant::now();
    for path in [
        "a.md",
        "_index.md",
        "weekly/2026-W18.md",
        "x/2026-04-30-a.de.md",
    ] {
        let parsed = parse(&source(path, bytes), config);
        assert!(
            parsed.article.is_some() || !parsed.problems.is_empty(),
            "a file is left out and nobody is told"
        );
    }
    assert!(start.elapsed() < TIME_MAX, "took {:?}", start.elapsed());
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400), fence in 0..3_usize) {
        let config = articles_config();
        let mut file = [&b""[..], b"+++\n", b"---\n"][fence].to_vec();
        file.extend(bytes);
        check(&file, &config);
        file.extend([&b""[..], b"\n+++\n", b"\n---\n"][fence]);
        check(&file, &config);
    }

    #[test]
    fn any_pieces(pieces in vec(0..PIECES.len(), 0..60), fence in 0..2_usize) {
        let config = articles_config();
        let fence = ["+++", "---"][fence];
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        check(format!("{fence}\n{text}\n{fence}\n{text}").as_bytes(), &config);
    }

    #[test]
    fn any_mutation_of_a_brief(
        edits in vec((any::<prop::sample::Index>(), 0..12_usize, 0..PIECES.len()), 1..12),
    ) {
        let config = articles_config();
        let mut bytes = BRIEF.as_bytes().to_vec();
        for (at, removed, piece) in edits {
            let at = at.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, PIECES[piece].bytes());
        }
        check(&bytes, &config);
    }

    #[test]
    fn a_partial_date_reads_back(year in 0..9999_i16, month in 1..=12_u32, day in 1..=31_u32, form in 0..5) {
        let text = match form {
            0 => format!("{year:04}"),
            1 => format!("{year:04}-{month:02}"),
            2 => format!("{year:04}-Q{}", month.div_ceil(3)),
            3 => format!("{year:04}-H{}", month.div_ceil(6)),
            _ => format!("{year:04}-{month:02}-{day:02}"),
        };
        let Some(date) = PartialDate::parse(&text) else {
            let is_day = text.parse::<Date>().is_ok();
            prop_assert!(form == 4 && !is_day, "`{text}` is not read");
            return Ok(());
        };
        prop_assert_eq!(date.to_string(), &*text);
        prop_assert!(date.first <= date.last);
        prop_assert!(date.contains(date.first) && date.contains(date.last));
    }

    #[test]
    fn partial_dates_sort_by_their_first_day(a in "[0-9]{4}-(0[1-9]|1[0-2])", b in "[0-9]{4}-(Q[1-4]|H[12])") {
        let (a, b) = (PartialDate::parse(&a).unwrap(), PartialDate::parse(&b).unwrap());
        prop_assert_eq!(a.cmp(&b), (a.first, a.last).cmp(&(b.first, b.last)));
        prop_assert_eq!(a.overlaps(b), b.overlaps(a));
        let is_apart = a.last < b.first || b.last < a.first;
        prop_assert_eq!(a.overlaps(b), !is_apart);
    }

    #[test]
    fn any_text_is_a_date_or_is_not(text in "\\PC{0,14}|[0-9QHqh-]{0,11}") {
        if let Some(date) = PartialDate::parse(&text) {
            prop_assert_eq!(PartialDate::parse(&date.to_string()), Some(date));
        }
    }
}

#[test]
fn lines_that_stand_for_billions_are_refused() {
    let config = articles_config();
    let mut bomb = String::from("---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "));
    }
    bomb += "---\n";
    check(bomb.as_bytes(), &config);
    let parsed = parse(&source("a.md", bomb.as_bytes()), &config);
    assert!(parsed.article.is_none());
}

#[test]
fn deep_nesting_is_refused() {
    let config = articles_config();
    let dotted = |key: &str, times: usize| key.repeat(times);
    let inline = |opened: String, times: usize| opened.repeat(times) + "1" + &"}".repeat(times);
    let indented: String = (0..3_000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    let files = [
        ("+++", format!("a = {}", "[".repeat(50_000))),
        ("+++", format!("a = {}{}", "[".repeat(70), "]".repeat(70))),
        (
            "+++",
            format!("a = {}{}", "[".repeat(9_000), "]".repeat(9_000)),
        ),
        ("+++", format!("[{}a]", dotted("a.", 20_000))),
        ("+++", format!("[{}a]", dotted("'a' . ", 20_000))),
        (
            "+++",
            format!(
                "[{}a]\na = {}",
                dotted("a.", 15),
                inline("{b.".to_owned() + &dotted("a.", 14) + "a = ", 79)
            ),
        ),
        (
            "+++",
            format!(
                "a = {}",
                inline("{a.b.c.d.e.f.g.h.i.j.k.l.m.n = ".into(), 78)
            ),
        ),
        ("---", format!("a: {}", "[".repeat(50_000))),
        (
            "---",
            format!("a: {}{}", "[".repeat(9_000), "]".repeat(9_000)),
        ),
        (
            "---",
            format!("a: {}{}", "{a: ".repeat(9_000), "}".repeat(9_000)),
        ),
        ("---", format!("{}a", "- ".repeat(20_000))),
        ("---", indented),
    ];
    for (fence, text) in files {
        let file = format!("{fence}\n{text}\n{fence}\n");
        check(file.as_bytes(), &config);
        let parsed = parse(&source("a.md", file.as_bytes()), &config);
        let shown: String = file.chars().take(60).collect();
        assert!(parsed.article.is_none(), "{shown}… is read");
    }
}
