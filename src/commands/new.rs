//! `dateline new`: begins a brief with every part to fill in.
#![expect(
    clippy::disallowed_methods,
    reason = "this command writes one new file of content"
)]

use std::fs;
use std::io::{self, Write};

use anyhow::Context;
use jiff::Zoned;
use jiff::tz::Offset;

use super::clock;
use super::ids::Ids;
use super::session::Folder;
use super::{Done, print_line};
use crate::disk::Opener;

/// Said on standard error, so that standard output is the path alone.
const IS_DRAFT: &str =
    "it is a draft: `dateline serve --drafts` shows it; delete `draft = true` to publish it";

/// Writes a draft and prints its path.
pub fn run(folder: &Folder, title: &str) -> anyhow::Result<Done> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    anyhow::ensure!(!title.is_empty(), "the title is empty");
    let now = clock::now_in(&folder.time_zone()?)?;
    let id = Ids::of_site(&folder.root)
        .with_context(|| format!("cannot read `{}`", folder.root.join("content").display()))?
        .fresh();
    let text = skeleton(&title, &id, &now);
    let briefs = folder.root.join("content").join("briefs");
    let checked = Opener::new(&folder.root)?.check_new("content/briefs/x.md");
    checked.with_context(|| format!("cannot write into `{}`", briefs.display()))?;
    fs::create_dir_all(&briefs).with_context(|| format!("cannot make `{}`", briefs.display()))?;
    let stem = format!("{}-{}", now.date(), file_slug(&title));
    for number in 1.. {
        let name = match number {
            1 => format!("{stem}.md"),
            number => format!("{stem}-{number}.md"),
        };
        let path = briefs.join(&name);
        match fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())
                    .with_context(|| format!("cannot write `{}`", path.display()))?;
                let short = path.strip_prefix(".").unwrap_or(&path);
                print_line(&short.display().to_string())?;
                eprintln!("{IS_DRAFT}");
                return Ok(Done::Clean);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write `{}`", path.display()));
            }
        }
    }
    unreachable!("some number is free")
}

/// The part of the file name that the title gives: ASCII letters, digits and dashes only.
fn file_slug(title: &str) -> String {
    crate::config::slug_of(title)
}

/// A brief as the design of briefs has it. What stands in comments is not shown on the page.
fn skeleton(title: &str, id: &str, now: &Zoned) -> String {
    let title = toml_edit::Value::from(title);
    let moment = match now.offset() {
        Offset::UTC => now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        _ => now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
    };
    format!(
        r#"+++
title = {title}
description = ""   # one line that makes people read on
date = {moment}
draft = true   # delete this line to publish the brief
[taxonomies]
tags = []
audiences = []   # who should care
[extra.brief]
id = "{id}"   # never change it: without it, feeds and links break when the file is renamed
# source = {{ name = "Who published it", url = "https://example.org/story", published = {moment} }}
# collected = {moment}
# event = "slug-that-briefs-of-one-story-share"
analysis = "human"   # "human", "ai" or "mixed": which disclosure is printed
+++

## 30-Second TL;DR

<!--
**What changed:** In one sentence.

**Why it matters:** To whom, and how much.

**What to do next:** What a reader can do today.
-->

## Key Takeaways

<!-- - What to remember. One item each; a footnote is a citation. -->

## Competitor Analysis

<!-- One column for each company. An empty cell says nothing; `unknown` says that nobody knows.

| Feature | Company A (Product) | Company B |
|---|---|---|
| Price | $1 | $2 |
-->

## Technical Deep Dive

<!-- - How it works. -->

## Future Implications

<!-- One item for each prediction:

- What will happen.

  Why it will.

  - Id: a-short-name
  - Due: {year}-12-31
  - Confidence: 60%
  - Resolves if: what anyone can check
  - Outcome: open
-->

## Timeline

<!-- - 2023-04: What happened. -->

## Corrections

<!-- - {day}: What the first version said, and what is right. -->
"#,
        year = now.year(),
        day = now.date(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &str) {
        assert_eq!(file_slug(title), expected, "{title:?}");
    }

    #[test]
    fn file_names_are_safe() {
        check("Cloud prices fall", "cloud-prices-fall");
        check("../../etc/passwd", "etc-passwd");
        check("\"Quoted\" & 'that'", "quoted-that");
        check("日本", "ri-ben");
        let long = file_slug(&"long ".repeat(60));
        assert!(long.starts_with("long-long") && long.len() < 100, "{long}");
        assert!(file_slug("?!").starts_with('x'));
    }

    #[test]
    fn front_matter_holds_any_title() {
        let now: Zoned = "2026-04-30T20:30:00+02:00[+02:00]".parse().unwrap();
        for title in [
            "plain",
            "\"a\" \\ 'b'",
            "'''\"\"\"",
            "tab\tand \u{1b}[31m",
            "📈 +++",
        ] {
            let text = skeleton(title, "7k3f9q", &now);
            let front_matter = text.split("+++\n").nth(1).unwrap();
            let table: toml::Table = front_matter.parse().unwrap();
            assert_eq!(table["title"].as_str(), Some(title));
            assert_eq!(table["extra"]["brief"]["id"].as_str(), Some("7k3f9q"));
            assert_eq!(table["date"].to_string(), "2026-04-30T20:30:00+02:00");
        }
    }
}
