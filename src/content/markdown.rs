//! The body of an article: Markdown in, HTML out, with the typed parts if the article is a brief.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::article::{Body, CUTOFF_MARK, ESCAPED_MARK, HOLE_END, HOLE_START, OUTPUT_MARK};
use super::brief::BriefParts;
use super::expanded::{self, Expanded, without_marks};
use super::html::{self, Output, Source};
use super::outline::fragment;
use super::{nesting, parts, sanitise, tags, words};
use crate::config::{Config, MarkdownConfig};
use crate::diagnostic::Diagnostics;

/// A file's text and where in it the body begins.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// From the root of the site: `content/briefs/x.md`.
    pub file: &'a Arc<str>,
    /// The whole file.
    pub text: &'a str,
    /// Where the body begins, in bytes.
    pub start: usize,
    /// The body with its shortcodes expanded, if there are any.
    pub expanded: Option<&'a Expanded>,
}

/// A body, and what it says in a brief's parts.
#[derive(Debug, Default)]
pub struct Rendered {
    pub body: Body,
    /// Stated if and only if a brief was asked for.
    pub parts: Option<BriefParts>,
}

/// Renders the body of an article; of a brief also its parts, all checked.
///
/// Where the body cannot be rendered at all the result is empty and an error says why.
pub fn render(
    text: &Text<'_>,
    config: &Config,
    is_brief: bool,
    problems: &mut Diagnostics,
) -> Rendered {
    let empty = || Rendered {
        body: Body::default(),
        parts: is_brief.then(BriefParts::default),
    };
    let body = match text.expanded {
        Some(expanded) => Cow::Borrowed(&*expanded.text),
        None => without_hole_marks(&text.text[text.start..]),
    };
    let lines_before = memchr::memchr_iter(b'\n', &text.text.as_bytes()[..text.start]).count();
    let source = Source {
        file: text.file,
        text: &body,
        whole: text.text,
        start: text.start,
        expanded: text.expanded,
        first_line: u32::try_from(lines_before + 1).unwrap_or(u32::MAX),
        config,
        is_brief,
    };
    if let Some(range) = nesting::too_deep(&body) {
        problems.too_deep(source.place(range), nesting::DEPTH_MAX);
        return empty();
    }
    let options = options(&config.markdown, is_brief);
    let stated_ids = stated_ids(&body, options);
    let parser = Parser::new_ext(&body, options);
    let Some(output) = html::write(source, parser, stated_ids, problems) else {
        return empty();
    };
    let parts = is_brief.then(|| parts::read(&source, &output, problems));
    let words = words::count(&text.text[text.start..]);
    finish(&source, output, parts, words, problems)
}

fn finish(
    source: &Source<'_>,
    mut output: Output,
    mut parts: Option<BriefParts>,
    words: usize,
    problems: &mut Diagnostics,
) -> Rendered {
    let mut anchors = std::mem::take(&mut output.anchors);
    for raw in &output.raw {
        tags::anchors_of(&output.outline.html[raw.clone()], &mut anchors);
    }
    let mut content = fragment(0..output.content_end);
    let html = match &mut parts {
        Some(parts) if !output.raw.is_empty() => {
            let clean = sanitise::brief(source, &mut output, parts, problems);
            content = clean.content;
            anchors.clear();
            tags::anchors_of(&clean.html[content.range()], &mut anchors);
            clean.html
        }
        _ => std::mem::take(&mut output.outline.html),
    };
    anchors.sort_unstable();
    anchors.dedup();
    let outputs = source.expanded.map(|expanded| expanded.outputs.clone());
    let mut html = html;
    if source.is_brief && outputs.is_some() {
        expanded::spoil_in_tags(&mut html);
    }
    let body = Body {
        html: html.into(),
        content,
        summary: output.summary,
        headings: output.headings,
        anchors,
        links: output.links,
        is_unread: false,
        outputs: outputs.unwrap_or_default(),
        words,
    };
    Rendered { body, parts }
}

fn options(markdown: &MarkdownConfig, is_brief: bool) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    options.set(Options::ENABLE_GFM, markdown.github_alerts || is_brief);
    options.set(
        Options::ENABLE_SMART_PUNCTUATION,
        markdown.smart_punctuation,
    );
    options.set(Options::ENABLE_DEFINITION_LIST, markdown.definition_list);
    options
}

/// Where code stands in a text, in order: blocks and spans.
pub fn code(text: &str, config: &Config, is_brief: bool) -> Vec<Range<usize>> {
    if nesting::too_deep(text).is_some() {
        // Nothing of it is read.
        return iter::once(0..text.len()).collect();
    }
    let events = Parser::new_ext(text, options(&config.markdown, is_brief)).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect()
}

/// The ids that headings state, `# Title {#id}`, which must be known before others are made. Only
/// a body that has the sign of one is read for them.
fn stated_ids(body: &str, options: Options) -> Vec<String> {
    let has = |byte| memchr::memchr(byte, body.as_bytes()).is_some();
    if !has(b'#') || !has(b'{') {
        return Vec::new();
    }
    Parser::new_ext(body, options)
        .filter_map(|event| match event {
            Event::Start(Tag::Heading { id, .. }) => id.map(|id| without_marks(&id).into_owned()),
            _ => None,
        })
        .collect()
}

/// What stands for something else in the HTML of an article.
const MARKS: [char; 5] = [HOLE_START, HOLE_END, OUTPUT_MARK, ESCAPED_MARK, CUTOFF_MARK];

/// The text without the characters that mark a hole, plain or as a character reference. No byte
/// changes its place: what replaces them is as long.
pub fn without_hole_marks(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if expanded::may_hold_marks(&text) && text.contains(MARKS) {
        text = text.replace(MARKS, "\u{FFFD}").into();
    }
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'&', &text.as_bytes()[from..]).map(|at| from + at + 1) {
        from = at;
        if !text[at..].starts_with('#') {
            continue;
        }
        let at = at + 1;
        let is_hex = text[at..].starts_with(['x', 'X']);
        let digits_at = at + usize::from(is_hex);
        let radix = if is_hex { 16 } else { 10 };
        let digits = text[digits_at..]
            .bytes()
            .take_while(|b| char::from(*b).is_digit(radix));
        let end = digits_at + digits.count();
        let significant = text[digits_at..end].trim_start_matches('0');
        let number = if significant.len() > 7 {
            None
        } else {
            u32::from_str_radix(significant, radix).ok()
        };
        let character = number.and_then(char::from_u32);
        if character.is_some_and(|character| MARKS.contains(&character)) {
            let same_length = if is_hex { "fffd" } else { "65533" };
            text.to_mut()
                .replace_range(end - same_length.len()..end, same_length);
        }
    }
    text
}
