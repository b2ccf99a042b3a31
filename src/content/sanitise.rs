//! Raw HTML in briefs, which are not trusted: only what our own renderer might write is left.

use std::borrow::Cow;
use std::ops::Range;

use ammonia::{Builder, UrlRelative};

use super::article::{ESCAPED_MARK, Fragment, HOLE_START, OUTPUT_MARK};
use super::brief::BriefParts;
use super::html::{Output, Source};
use super::outline::fragment;
use super::tags::{Unbounded, check_bounded};
use super::{link, tags};
use crate::diagnostic::{Diagnostics, Place};

/// A body after sanitising.
pub struct Clean {
    pub html: String,
    pub content: Fragment,
}

/// Sanitises the body of a brief as a whole and then each part that holds raw HTML, and appends
/// the parts to the body; all fragments are moved to where they stand now.
pub fn brief(
    source: &Source<'_>,
    output: &mut Output,
    parts: &mut BriefParts,
    problems: &mut Diagnostics,
) -> Clean {
    let html = std::mem::take(&mut output.outline.html);
    if let Err(why) = check_bounded(&html) {
        let place = Place::whole(source.file);
        match why {
            Unbounded::Open => problems.too_deep_html(place, tags::OPEN_MAX),
            Unbounded::Attributes => problems.too_many_attributes(place, tags::ATTRIBUTES_MAX),
        }
        // Nothing is left that a fragment could point to.
        each_fragment(output, parts, |fragment| *fragment = Fragment::default());
        return Clean {
            html: String::new(),
            content: Fragment::default(),
        };
    }
    let raw = std::mem::take(&mut output.raw);
    for range in &raw {
        report_unsafe(source, &html[range.clone()], problems);
    }
    let cleaner = cleaner();
    let mut clean = cleaner.clean(&html[..output.content_end]).to_string();
    let content = fragment(0..clean.len());
    // A copy of the body's begin for the summary lies beyond what `raw` speaks of.
    let raw_end = output.content_end;
    each_fragment(output, parts, |part| {
        let range = part.range();
        let start = clean.len();
        if range.end > raw_end || holds_any(&raw, &range) {
            clean.push_str(cleaner.clean(&html[range]).to_string().trim());
        } else {
            clean.push_str(&html[range]);
        }
        *part = fragment(start..clean.len());
    });
    Clean {
        html: clean,
        content,
    }
}

/// The output of a shortcode, made of what a brief gave it.
pub fn output(html: &str) -> String {
    match check_bounded(html) {
        Ok(()) => cleaner().clean(html).to_string(),
        Err(_) => String::new(),
    }
}

/// Whether a range has raw HTML in it.
fn holds_any(raw: &[Range<usize>], range: &Range<usize>) -> bool {
    let first = raw.partition_point(|raw| raw.end <= range.start);
    raw.get(first).is_some_and(|raw| raw.start < range.end)
}

/// Reports what the sanitiser drops without a word.
fn report_unsafe(source: &Source<'_>, raw: &str, problems: &mut Diagnostics) {
    tags::each_attribute(raw, |element, name, value| {
        let is_safe = match (element, name) {
            ("img", "src") => link::is_safe_image(value),
            (_, "href" | "src" | "cite") => link::is_safe_link(value),
            _ => true,
        };
        if !is_safe {
            let place = match source.text.find(value) {
                Some(at) => source.place(at..at + value.len()),
                None => Place::whole(source.file),
            };
            problems.unsafe_address(place, value);
        }
    });
}

/// Elements that are taken out with their content.
const UNSHOWN: [&str; 7] = [
    "iframe", "noscript", "script", "style", "template", "textarea", "title",
];

/// Which of these is open after a raw tag, where one may be open before it.
pub fn unshown(tag: &str, open: Option<&'static str>) -> Option<&'static str> {
    let is_of = |name: &str| {
        let rest = tag.trim_start_matches(['<', '/']);
        let begin = rest.get(..name.len());
        let next = rest.get(name.len()..).and_then(|rest| rest.chars().next());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(name))
            && !next.is_some_and(|c| c.is_alphanumeric() || c == '-')
    };
    match open {
        Some(name) if tag.starts_with("</") && is_of(name) => None,
        Some(name) => Some(name),
        None if tag.starts_with("</") => None,
        None => UNSHOWN.into_iter().find(|name| is_of(name)),
    }
}

/// What is left: the elements and attributes of prose, and what our renderer writes.
fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(["input", "section", "tfoot"])
        .rm_tags(["map", "area"])
        .add_clean_content_tags(UNSHOWN)
        .add_generic_attributes(["id", "class", "dir", "role"])
        .add_tag_attributes("a", ["rel", "target", "name"])
        .add_tag_attributes("code", ["data-lang", "data-name"])
        .add_tag_attributes("pre", ["style"])
        .add_tag_attributes("span", ["style", "aria-hidden"])
        .add_tag_attributes("details", ["open"])
        .add_tag_attributes("td", ["style"])
        .add_tag_attributes("th", ["style"])
        .add_tag_attributes("img", ["loading", "decoding"])
        .add_tag_attributes("input", ["type", "disabled", "checked"])
        .set_tag_attribute_value("input", "type", "checkbox")
        .set_tag_attribute_value("input", "disabled", "")
        .link_rel(None)
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(filter);
    builder
}

/// Whether a value is kept. Schemes are checked a second time, in every form they may hide in.
fn filter<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    const ALIGNMENTS: [&str; 3] = [
        "text-align: left",
        "text-align: center",
        "text-align: right",
    ];
    let is_kept = match (element, attribute) {
        ("pre" | "span", "style") => is_colouring(value),
        (_, "style") => ALIGNMENTS.contains(&value),
        ("a", "target") => value == "_blank",
        ("img", "src") => value.starts_with(HOLE_START) || link::is_safe_image(value),
        (_, "href" | "src" | "cite") => value.starts_with(HOLE_START) || link::is_safe_link(value),
        _ => true,
    };
    // The output of a shortcode is not looked at, so it may not become part of a tag.
    (is_kept && !value.contains([OUTPUT_MARK, ESCAPED_MARK])).then(|| value.into())
}

/// Whether a style is one that coloured code has.
fn is_colouring(style: &str) -> bool {
    const FIXED: [&str; 4] = [
        "color-scheme: light dark",
        "font-weight: bold",
        "font-style: italic",
        "text-decoration: underline",
    ];
    let is_hex = |colour: &str| {
        let digits = colour.trim().strip_prefix('#');
        digits.is_some_and(|d| d.len() <= 8 && d.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let is_colour = |value: &str| {
        let both = value.strip_prefix("light-dark(");
        match both.and_then(|both| both.strip_suffix(')')?.split_once(',')) {
            Some((light, dark)) => is_hex(light) && is_hex(dark),
            None => is_hex(value),
        }
    };
    let mut declarations = style.split(';').map(str::trim);
    declarations.all(|declaration| {
        let value = ["color: ", "background-color: "]
            .iter()
            .find_map(|property| declaration.strip_prefix(property));
        declaration.is_empty() || FIXED.contains(&declaration) || value.is_some_and(is_colour)
    })
}

fn each_fragment(
    output: &mut Output,
    parts: &mut BriefParts,
    mut change: impl FnMut(&mut Fragment),
) {
    output.summary.iter_mut().for_each(&mut change);
    output
        .headings
        .iter_mut()
        .for_each(|heading| change(&mut heading.html));
    for part in &mut parts.parts {
        change(&mut part.heading);
        change(&mut part.html);
        part.rest.iter_mut().for_each(&mut change);
    }
    let tldr = &mut parts.tldr;
    for part in [&mut tldr.changed, &mut tldr.why, &mut tldr.next] {
        part.iter_mut().for_each(&mut change);
    }
    parts.lead.iter_mut().for_each(&mut change);
    parts.prose.iter_mut().for_each(&mut change);
    parts.takeaways.iter_mut().for_each(&mut change);
    let rows = parts.tables.iter_mut().flat_map(|table| &mut table.rows);
    for cell in rows.flat_map(|row| row.cells.iter_mut().flatten()) {
        change(&mut cell.html);
    }
    for prediction in &mut parts.predictions {
        change(&mut prediction.html);
        prediction.reasoning.iter_mut().for_each(&mut change);
        prediction.resolves_if.iter_mut().for_each(&mut change);
    }
    for dated in parts.timeline.iter_mut().chain(&mut parts.corrections) {
        change(&mut dated.html);
    }
    parts
        .citations
        .iter_mut()
        .for_each(|citation| change(&mut citation.html));
}
