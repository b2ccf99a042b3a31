//! Inputs that are made to be slow or large must be neither.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::{config_with, rendered};

/// How long one input may take, in a debug build on a machine that does other things as well. What
/// is quadratic takes minutes.
const TIME_MAX: Duration = Duration::from_secs(20);

/// How many bytes may come out for each that goes in.
const GROWTH_MAX: usize = 40;

fn assert_bounded(name: &str, text: &str) {
    for is_brief in [false, true] {
        let begin = Instant::now();
        let keys = "smart_punctuation github_alerts definition_list";
        let (rendered, _) = rendered(text, &config_with(keys), is_brief);
        let (time, length) = (begin.elapsed(), rendered.body.html.len());
        assert!(time < TIME_MAX, "{name} took {time:?}");
        assert!(
            length < text.len() * GROWTH_MAX + 1_000,
            "{name} made {length} bytes of {}",
            text.len()
        );
    }
}

/// A text made of a numbered line for each of many numbers.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn repeated_marks() {
    let count = 50_000;
    let repeated = [
        "[",
        "![",
        "*a_",
        "*a _b ",
        "> ",
        "- ",
        "1. ",
        "> - ",
        "<!--",
        "a <!--",
        "a <![CDATA[",
        "a <?",
        "[a](",
        "[a](<b",
        "[^",
        "<a ",
        "<",
        "&#",
        "\"",
        "\\",
        "`a",
        "\u{0}",
        "~~a",
        "| ",
        "# a\n",
        "# a {#b}\n",
        "- [ ] ",
        "<div>\n\n",
        "<b>",
        "<p><b>",
        "-\n",
        "a\n=\n",
        "```\n",
        "\r",
        "*a**",
        "]",
        "[a][b",
        "<b title=\"",
        "[a]: b\n",
        "a\n: b\n\n",
    ];
    for mark in repeated {
        assert_bounded(mark, &mark.repeat(count / 5 * 5));
    }
}

#[test]
fn nesting_in_few_lines_and_in_many() {
    let count = 50_000;
    assert_bounded("quotes with text", &(">".repeat(count) + " a"));
    assert_bounded(
        "lists with lazy lines",
        &("- ".repeat(count) + "a" + &"\nb".repeat(count)),
    );
    assert_bounded(
        "quotes with lazy lines",
        &(">".repeat(200) + "a" + &"\nb".repeat(count)),
    );
    assert_bounded(
        "lists by indent",
        &lines(1_500, |i| format!("{}- a\n", "  ".repeat(i))),
    );
    assert_bounded("definitions", &(": ".repeat(count) + "a"));
    assert_bounded("footnotes in quotes", &"[^1]: > ".repeat(count));
}

#[test]
fn references() {
    let defined = lines(10_000, |i| format!("[r{i}]: /u{i}\n"));
    let used = lines(10_000, |i| format!("[r{i}] "));
    assert_bounded("link definitions", &format!("{defined}\n{used}"));
    let long = format!("[r]: /{}\n\n{}", "u".repeat(50_000), "[r] ".repeat(50_000));
    assert_bounded("a long link definition", &long);
    let footnotes = lines(10_000, |i| format!("[^{i}]: n\n"));
    let marks = lines(10_000, |i| format!("a[^{i}] "));
    assert_bounded("footnotes", &format!("{marks}\n\n{footnotes}"));
    assert_bounded(
        "one footnote",
        &format!("{}\n\n[^1]: n\n", "a[^1] ".repeat(50_000)),
    );
}

#[test]
fn spans_of_growing_length() {
    assert_bounded("code", &lines(1_000, |i| format!("e{}", "`".repeat(i))));
    assert_bounded(
        "fences",
        &lines(500, |i| format!("{}\n", "`".repeat(i + 3))),
    );
}

#[test]
fn large_tables() {
    let row = "|1|2|\n".repeat(50_000);
    assert_bounded("long", &format!("|a|b|\n|-|-|\n{row}"));
    assert_bounded(
        "long and in a part",
        &format!("## Competitors\n\n|a|b|\n|-|-|\n{row}"),
    );
    let wide = format!(
        "{}\n{}\n{}",
        "|a".repeat(5_000),
        "|-".repeat(5_000),
        "|\n".repeat(10_000)
    );
    assert_bounded("wide", &wide);
}

#[test]
fn parts_with_many_items() {
    let same = "- AWS wins.\n  - Due: 2026\n".repeat(10_000);
    assert_bounded("predictions", &format!("## Predictions\n\n{same}"));
    assert_bounded(
        "timeline",
        &format!("## Timeline\n\n{}", "- 2026-13: a\n".repeat(20_000)),
    );
    assert_bounded("parts", &"## Timeline\n\n- 2026: a\n".repeat(10_000));
}

#[test]
fn raw_html() {
    let mut unclosed = String::new();
    for i in 0..2_000 {
        write!(unclosed, "<b id={i}>").unwrap();
    }
    unclosed.push_str(&"<p>a</p>".repeat(20_000));
    assert_bounded("formatting that is opened again", &unclosed);
    let hidden = lines(2_000, |i| {
        format!("<b id={i}><table><tr><td></b></td></tr></table>")
    });
    assert_bounded(
        "formatting closed elsewhere",
        &(hidden + &"<p>a</p>".repeat(20_000)),
    );
    let attributes = lines(50_000, |i| format!(" a{i}={i}"));
    assert_bounded("attributes", &format!("<p{attributes}>a</p>"));
    assert_bounded(
        "attributes of a tag without an end",
        &format!("<p{attributes}"),
    );
    let commented = lines(2_000, |i| format!("<b id={i}><!--> </b>"));
    assert_bounded(
        "formatting closed in a comment",
        &(commented + &"<p>a</p>".repeat(20_000)),
    );
    assert_bounded(
        "cells",
        &format!("|a|b|\n|-|-|\n{}", "|<i>1</i>|2|\n".repeat(1_900)),
    );
}
