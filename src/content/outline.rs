//! The blocks of a rendered body: where each stands in the HTML, in the plain text and in the file.

use std::ops::Range;
use std::sync::Arc;

use super::article::Fragment;

/// A block, in document order; its descendants follow it.
#[derive(Debug)]
pub struct Node {
    pub kind: Kind,
    /// With its tags, in bytes of the HTML.
    pub outer: Range<usize>,
    /// Without its tags. The same as `outer` for the paragraph of a tight list item.
    pub inner: Range<usize>,
    /// In bytes of the plain text.
    pub text: Range<usize>,
    /// In bytes of the file.
    pub source: Range<usize>,
    /// The index after its last descendant.
    pub end: usize,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Its level, and its index into the headings.
    Heading(u8, usize),
    /// With tags or, in a tight list, without.
    Paragraph,
    List,
    Item,
    Table,
    /// The header or another row of a table.
    Row,
    Cell,
    /// Its index into the footnotes.
    Footnote(usize),
    /// A quote, code, raw HTML, a definition list.
    Other,
}

/// A footnote that is referred to or defined.
#[derive(Debug)]
pub struct Footnote {
    pub label: Arc<str>,
    /// The id of its definition.
    pub anchor: Arc<str>,
    /// From 1, in the order of first mention.
    pub number: usize,
    pub references: usize,
    pub is_defined: bool,
    /// Where its back link stands, in bytes of the HTML.
    pub back_link: Option<Range<usize>>,
    /// The address of its first link to the web, and the link's text in bytes of the plain text.
    pub link: Option<(Arc<str>, Range<usize>)>,
}

/// The blocks of a body and the two texts that they are slices of.
#[derive(Debug, Default)]
pub struct Outline {
    pub html: String,
    /// The text of the body without markup and footnote marks.
    pub text: String,
    pub nodes: Vec<Node>,
    pub footnotes: Vec<Footnote>,
    /// Where a footnote is referred to: a byte of the HTML, and the index of the footnote.
    pub references: Vec<(usize, usize)>,
}

impl Outline {
    /// The nodes of a range that no other node of the range contains, with their indices.
    pub fn siblings(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &Node)> {
        let mut next = range.start;
        std::iter::from_fn(move || {
            let at = next;
            let node = self.nodes.get(at).filter(|_| at < range.end)?;
            next = node.end;
            Some((at, node))
        })
    }

    /// The nodes directly inside of a node.
    pub fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Node)> {
        self.siblings(parent + 1..self.nodes[parent].end)
    }

    /// A slice of the plain text, not cleaned.
    pub fn raw_text(&self, range: Range<usize>) -> &str {
        &self.text[range]
    }

    /// A slice of the plain text with its white space collapsed.
    pub fn plain(&self, range: Range<usize>) -> Arc<str> {
        let text = self.text[range].trim();
        let mut is_after_space = false;
        let is_clean = text.bytes().all(|byte| {
            let is_second = std::mem::replace(&mut is_after_space, byte == b' ') && byte == b' ';
            !is_second && !matches!(byte, b'\n' | b'\t' | b'\r')
        });
        if is_clean {
            return text.into();
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ").into()
    }

    /// A slice of the HTML without the white space around it.
    pub fn fragment(&self, range: Range<usize>) -> Fragment {
        let html = &self.html[range.clone()];
        let start = range.start + (html.len() - html.trim_start().len());
        fragment(start..(range.start + html.trim_end().len()).max(start))
    }

    /// The byte of the HTML after `text`, which is the plain text from `start` on, and after the
    /// tags that close there. `None` where a tag opened since `start` is still open.
    pub fn html_after(&self, start: usize, text: &str) -> Option<usize> {
        let html = &self.html;
        let is_tag = |at: usize| html.as_bytes().get(at) == Some(&b'<');
        let (mut at, mut depth) = (start, 0_i32);
        for c in text.trim().chars() {
            while is_tag(at) {
                let tag_end = at + html[at..].find('>')? + 1;
                depth += tag_weight(&html[at..tag_end]);
                at = tag_end;
            }
            at += match_char(&html[at..], c)?;
        }
        loop {
            at += html[at..].len() - html[at..].trim_start().len();
            if depth == 0 || !html[at..].starts_with("</") {
                break;
            }
            at += html[at..].find('>')? + 1;
            depth -= 1;
        }
        (depth == 0).then_some(at)
    }
}

/// A range of bytes of the HTML as a fragment.
pub fn fragment(range: Range<usize>) -> Fragment {
    let narrow =
        |n: usize| u32::try_from(n).expect("a file of some megabytes makes less than 4 GB of HTML");
    Fragment {
        start: narrow(range.start),
        end: narrow(range.end),
    }
}

/// How many elements are open after a tag, compared to before it.
fn tag_weight(tag: &str) -> i32 {
    match tag {
        _ if tag.starts_with("</") => -1,
        _ if tag.ends_with("/>") => 0,
        _ => 1,
    }
}

/// The length of a character as it stands escaped at the begin of some HTML.
fn match_char(html: &str, c: char) -> Option<usize> {
    let escaped = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => {
            let first = html.chars().next()?;
            let is_same = first == c || (first.is_whitespace() && c.is_whitespace());
            return is_same.then_some(first.len_utf8());
        }
    };
    html.starts_with(escaped).then_some(escaped.len())
}
