//! From Markdown events to HTML, with a note of where each block stands in it.
//!
//! What is not Zola's or ours comes out as pulldown-cmark's own renderer writes it. The renderer is
//! our own because the typed parts of a brief are slices of this one text.

mod blocks;
mod footnotes;
mod links;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::article::{CUTOFF_MARK, Fragment, Heading, Link};
use super::escape::{push_attribute, push_text};
use super::expanded::{self, Expanded, without_marks};
use super::nesting::DEPTH_MAX;
use super::outline::{Outline, fragment};
use super::sanitise;
use crate::config::Config;
use crate::diagnostic::{Diagnostics, Place};
use blocks::{OpenCode, OpenHeading, OpenTable};
use footnotes::{References, Sorted};
use links::OpenImage;

pub use footnotes::without_references;

pub const CONTINUE_READING: &str = "<span id=\"continue-reading\"></span>";

/// What is rendered, and for whom.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub file: &'a Arc<str>,
    pub text: &'a str,
    /// The whole file.
    pub whole: &'a str,
    /// Where `text` begins in its file, in bytes.
    pub start: usize,
    /// The line of the file in which `text` begins, from 1.
    pub first_line: u32,
    pub config: &'a Config,
    pub is_brief: bool,
    /// `text` is this one's, whose bytes stand elsewhere in the file.
    pub expanded: Option<&'a Expanded>,
}

impl Source<'_> {
    /// The place of some bytes of the text.
    pub fn place(&self, range: Range<usize>) -> Place {
        let range = match self.expanded {
            Some(expanded) => expanded.in_file(range),
            None => self.start + range.start..self.start + range.end,
        };
        Place::bytes(self.file, range)
    }

    /// The HTML of shortcodes for which marks stand in the text.
    pub fn outputs(&self) -> &[Arc<str>] {
        self.expanded.map_or(&[], |expanded| &expanded.outputs)
    }
}

/// A rendered body.
#[derive(Default)]
pub struct Output {
    pub outline: Outline,
    /// Where the body ends in the HTML; after it may stand a copy of its begin, as a summary.
    pub content_end: usize,
    pub summary: Option<Fragment>,
    pub headings: Vec<Heading>,
    /// The ids of headings, footnotes and the mark of `<!-- more -->`.
    pub anchors: Vec<Arc<str>>,
    pub links: Vec<Link>,
    /// Where raw HTML stands, in bytes of the HTML, in order.
    pub raw: Vec<Range<usize>>,
}

/// A body has about one node for so many bytes, headings, items and cells counted.
const BYTES_PER_NODE: usize = 24;

/// Renders a body. `None` if its blocks nest too deep, which is reported.
///
/// The ids that headings state themselves are known from the begin: they win over those that are
/// made of a heading's words.
pub fn write<'a>(
    source: Source<'a>,
    parser: Parser<'a>,
    stated_ids: Vec<String>,
    problems: &mut Diagnostics,
) -> Option<Output> {
    let mut writer = Writer::new(source, stated_ids, problems);
    let events = parser.into_offset_iter();
    if source.config.markdown.bottom_footnotes && !source.is_brief {
        let sorted = Sorted::new(events);
        writer.bottom = Some(sorted.references);
        writer.all(sorted.body)?;
        if let Some(footnotes) = sorted.footnotes {
            writer.bottom_footnotes(footnotes)?;
        }
    } else {
        writer.all(events)?;
    }
    Some(writer.finish())
}

struct Writer<'a, 'p> {
    source: Source<'a>,
    problems: &'p mut Diagnostics,
    out: Output,
    /// The nodes that are open, as indices.
    open: Vec<usize>,
    /// What closes each open tag.
    closers: Vec<&'static str>,
    /// Quotes, items, footnotes and definitions that are open.
    depth: usize,
    /// Ids that are taken, each with the last number that was put behind it.
    ids: HashMap<String, usize>,
    /// Labels of footnotes to their indices.
    footnotes: HashMap<String, usize>,
    /// A byte of the text up to which lines are counted, and the line it is in.
    line: (usize, u32),
    heading: Option<OpenHeading>,
    image: Option<OpenImage<'a>>,
    table: OpenTable,
    more: Option<More>,
    /// The footnote whose first link is open.
    footnote_link: Option<usize>,
    /// The references to footnotes, if those are to stand at the end of the page.
    bottom: Option<References>,
    is_in_code: bool,
    /// The block of code that is to be coloured.
    code: Option<OpenCode>,
    /// A comment is open that is not written.
    is_in_comment: bool,
    /// The raw element that is open in the block and whose content is taken out of a brief with it.
    unshown: Option<&'static str>,
}

/// Where `<!-- more -->` stood.
struct More {
    at: usize,
    /// What closes the tags that were open there, if any were.
    closing: String,
}

impl<'a, 'p> Writer<'a, 'p> {
    fn new(source: Source<'a>, ids: Vec<String>, problems: &'p mut Diagnostics) -> Self {
        let mut out = Output::default();
        out.outline.html.reserve(source.text.len() * 3 / 2);
        out.outline.text.reserve(source.text.len());
        // Growing step by step would touch twice the memory.
        out.outline
            .nodes
            .reserve(source.text.len() / BYTES_PER_NODE);
        Writer {
            source,
            problems,
            out,
            open: Vec::new(),
            closers: Vec::new(),
            depth: 0,
            ids: ids.into_iter().map(|id| (id, 0)).collect(),
            footnotes: HashMap::new(),
            line: (0, source.first_line),
            heading: None,
            image: None,
            table: OpenTable::default(),
            more: None,
            footnote_link: None,
            bottom: None,
            is_in_code: false,
            code: None,
            is_in_comment: false,
            unshown: None,
        }
    }

    fn finish(mut self) -> Output {
        self.blank_back_links();
        self.out.content_end = self.here();
        if let Some(more) = self.more.take() {
            self.out.summary = Some(self.summary(&more));
        }
        self.out
    }

    /// What stands before `<!-- more -->`, without references to footnotes. Where that was inside
    /// of a block, Zola's way is taken: a mark for an ellipsis, and what is open is closed.
    fn summary(&mut self, more: &More) -> Fragment {
        let html = &mut self.out.outline.html;
        let own = without_references(html[..more.at].trim_end());
        if more.closing.is_empty() && matches!(own, Cow::Borrowed(_)) {
            return self.out.outline.fragment(0..more.at);
        }
        let mut copy = own.into_owned();
        if !more.closing.is_empty() {
            copy.push(CUTOFF_MARK);
            copy.push_str(&more.closing);
        }
        let start = html.len();
        html.push_str(&copy);
        fragment(start..html.len())
    }

    /// Writes events; `None` if their blocks nest too deep, which is reported.
    fn all(&mut self, events: impl IntoIterator<Item = (Event<'a>, Range<usize>)>) -> Option<()> {
        for (event, range) in events {
            if self.depth == DEPTH_MAX && matches!(&event, Event::Start(tag) if blocks::nests(tag))
            {
                let place = self.place(&range);
                self.problems.too_deep(place, DEPTH_MAX);
                return None;
            }
            self.event(event, range);
        }
        Some(())
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        if self.table.is_refused && !matches!(event, Event::End(TagEnd::Table)) {
            return;
        }
        if self.image.is_some() {
            return self.describe_image(event);
        }
        if !self.is_in_code && is_inline(&event) {
            self.begin_tight(&range);
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => {
                if self.source.is_brief && !self.is_in_code {
                    self.missing_footnotes(&range);
                }
                self.text(&text);
            }
            Event::Code(text) => {
                self.push("<code>");
                push_text(&mut self.out.outline.html, &expanded::escaped(&text));
                self.note_text(&text);
                self.push("</code>");
            }
            Event::Html(html) => {
                if !self.is_in_comment {
                    self.raw(&html);
                }
            }
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br />\n"),
            Event::Rule => self.rule(),
            Event::FootnoteReference(label) => self.footnote_reference(&label, &range),
            Event::TaskListMarker(is_done) => {
                let checked = if is_done { " checked=\"\"" } else { "" };
                self.push("<input disabled=\"\" type=\"checkbox\"");
                self.push(checked);
                self.push("/>\n");
            }
            // Math is not among the extensions that are parsed.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.open_inline("<em>", "</em>"),
            Tag::Strong => self.open_inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.open_inline("<del>", "</del>"),
            Tag::Superscript => self.open_inline("<sup>", "</sup>"),
            Tag::Subscript => self.open_inline("<sub>", "</sub>"),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                self.link(link_type, &dest_url, &title, &range);
            }
            Tag::Image {
                dest_url, title, ..
            } => self.image(&dest_url, title, &range),
            _ => self.start_block(tag, range),
        }
    }

    fn open_inline(&mut self, tag: &str, closer: &'static str) {
        self.push(tag);
        self.closers.push(closer);
    }

    fn push(&mut self, html: &str) {
        self.out.outline.html.push_str(html);
    }

    fn new_line(&mut self) {
        if !expanded::ends_line(&self.out.outline.html, self.source.outputs()) {
            self.push("\n");
        }
    }

    /// The end of what is written.
    fn here(&self) -> usize {
        self.out.outline.html.len()
    }

    fn place(&self, range: &Range<usize>) -> Place {
        let length = self.source.text[range.clone()].trim_end().len();
        self.source.place(range.start..range.start + length)
    }

    /// An id that no other element of the body has: of two the same the later gets a number.
    fn unique_id(&mut self, wanted: String) -> String {
        let Some(last) = self.ids.get(&wanted).copied() else {
            self.ids.insert(wanted.clone(), 0);
            return wanted;
        };
        let mut number = last;
        let id = loop {
            number += 1;
            let id = format!("{wanted}-{number}");
            if !self.ids.contains_key(&id) {
                break id;
            }
        };
        self.ids.insert(wanted, number);
        self.ids.insert(id.clone(), 0);
        id
    }
}

/// Text, and what stands among it.
impl Writer<'_, '_> {
    fn text(&mut self, text: &str) {
        if let Some(code) = &mut self.code {
            code.text.push_str(&expanded::escaped(text));
        } else if self.is_in_code {
            push_attribute(&mut self.out.outline.html, &expanded::escaped(text));
        } else {
            let text = &*self.with_emoji(text);
            push_text(&mut self.out.outline.html, text);
            self.note_text(text);
        }
    }

    /// Text that is shown, for what is read out of the body without its markup.
    fn note_text(&mut self, text: &str) {
        if self.unshown.is_some() {
            return;
        }
        self.out.outline.text.push_str(&without_marks(text));
        self.note_title(text);
    }

    /// Text of a heading, if one is open.
    fn note_title(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.title.push_str(&without_marks(text));
        }
    }

    fn with_emoji<'t>(&self, text: &'t str) -> Cow<'t, str> {
        static NAMES: LazyLock<gh_emoji::Replacer> = LazyLock::new(gh_emoji::Replacer::new);
        match self.source.config.markdown.render_emoji && text.contains(':') {
            true => NAMES.replace_all(text),
            false => text.into(),
        }
    }

    fn line_break(&mut self, html: &str) {
        self.push(html);
        self.out.outline.text.push(' ');
    }

    fn raw(&mut self, html: &str) {
        let start = self.here();
        self.push(html);
        let end = self.here();
        match self.out.raw.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => self.out.raw.push(start..end),
        }
    }

    fn inline_html(&mut self, html: &str) {
        match RawHtml::of(html) {
            RawHtml::More if self.more.is_none() => self.more(),
            RawHtml::More | RawHtml::Comment if self.source.is_brief => {}
            _ => {
                if html.starts_with("<br") {
                    self.out.outline.text.push(' ');
                }
                if self.source.is_brief {
                    self.unshown = sanitise::unshown(html, self.unshown);
                }
                self.raw(html);
            }
        }
    }

    fn more(&mut self) {
        let closers = self.closers.iter().rev();
        let closing: String = closers.copied().collect();
        self.more = Some(More {
            at: self.here(),
            closing,
        });
        self.out.anchors.push("continue-reading".into());
        self.push(CONTINUE_READING);
    }
}

/// What a piece of raw HTML is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RawHtml {
    /// `<!-- more -->`
    More,
    /// One comment and nothing else, for browsers as well as for CommonMark.
    Comment,
    Other,
}

impl RawHtml {
    fn of(html: &str) -> RawHtml {
        let inside = html
            .trim()
            .strip_prefix("<!--")
            .and_then(|rest| rest.strip_suffix("-->"));
        match inside {
            Some(inside) if inside.trim() == "more" => RawHtml::More,
            // Browsers end a comment at each of these as well.
            Some(inside) if inside.starts_with('>') || inside.starts_with("->") => RawHtml::Other,
            Some(inside) if inside.contains("-->") || inside.contains("--!>") => RawHtml::Other,
            Some(_) => RawHtml::Comment,
            None => RawHtml::Other,
        }
    }
}

fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. }
        ),
        Event::End(_) | Event::Html(_) | Event::Rule => false,
        _ => true,
    }
}
