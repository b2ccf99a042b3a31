//! The tags of some HTML as it stands, without building its tree: for ids, and to tell beforehand
//! what a real parser would choke on.

use std::borrow::Cow;
use std::sync::Arc;

/// Most elements that may be open at once in HTML that is sanitised. Parsers of HTML search the
/// open elements at most tags, so depth is time.
pub const OPEN_MAX: usize = 256;

/// Most attributes of a tag in HTML that is sanitised. Parsers of HTML compare each with all of those
/// before it.
pub const ATTRIBUTES_MAX: usize = 200;

/// Formatting elements that are not closed are opened again in each block that follows, so a short
/// text can mean a long one. This bounds what they may add, in multiples of the text.
const GROWTH_MAX: usize = 64;
/// What they may add to a text however short.
const GROWTH_FREE: usize = 1 << 20;

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements whose end another tag implies.
const IMPLIED_END: [&str; 15] = [
    "p", "li", "dd", "dt", "td", "th", "tr", "thead", "tbody", "tfoot", "colgroup", "caption",
    "option", "rp", "rt",
];
/// Elements in which, or after which, a tag may not mean what it seems to.
const CONFUSING: [&str; 17] = [
    "frameset",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
    "listing",
    "object",
];

/// A start or end tag.
struct Tag<'a> {
    name: &'a str,
    /// All of it, with its brackets.
    length: usize,
    attributes: &'a str,
    is_end: bool,
}

/// The tags of a text, in order.
struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Something came by of which browsers may see other tags than we do.
    is_confused: bool,
    /// The attributes of a tag that the text ends in.
    unfinished: &'a str,
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            self.at += self.html[self.at..].find('<')?;
            let rest = &self.html[self.at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                self.skip_comment(comment);
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                self.is_confused = true;
                self.at += 2;
            } else if let Some(tag) = self.tag(rest) {
                self.at += tag.length;
                self.is_confused |= is_among(tag.name, &CONFUSING);
                return Some(tag);
            }
        }
    }
}

impl<'a> Tags<'a> {
    fn new(html: &'a str) -> Tags<'a> {
        Tags {
            html,
            at: 0,
            is_confused: false,
            unfinished: "",
        }
    }

    fn skip_comment(&mut self, comment: &str) {
        let end = comment.find("-->");
        let inside = &comment[..end.unwrap_or(comment.len())];
        let is_simple =
            !inside.starts_with('>') && !inside.starts_with("->") && !inside.contains("--!>");
        self.is_confused |= !is_simple || end.is_none();
        self.at += "<!--".len() + end.map_or(comment.len(), |end| end + "-->".len());
    }

    /// The tag that a text begins with. Where there is none, what looked like one is skipped.
    fn tag(&mut self, rest: &'a str) -> Option<Tag<'a>> {
        let is_end = rest.starts_with("</");
        let name_at = 1 + usize::from(is_end);
        let name_length = rest[name_at..]
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            .unwrap_or(rest.len() - name_at);
        let name = &rest[name_at..name_at + name_length];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.at += 1;
            return None;
        }
        let Some(length) = self.tag_length(rest, name_at + name_length) else {
            self.is_confused = true;
            self.unfinished = &rest[name_at + name_length..];
            self.at = self.html.len();
            return None;
        };
        Some(Tag {
            name,
            length,
            attributes: &rest[name_at + name_length..length - 1],
            is_end,
        })
    }

    /// Where a tag ends, its attributes beginning at `at`.
    fn tag_length(&mut self, tag: &str, mut at: usize) -> Option<usize> {
        let bytes = tag.as_bytes();
        let mut last = b' ';
        while at < bytes.len() {
            match bytes[at] {
                b'>' => return Some(at + 1),
                quote @ (b'"' | b'\'') => {
                    if last == b'=' {
                        at += 1 + tag[at + 1..].find(char::from(quote))?;
                    } else {
                        self.is_confused = true;
                    }
                    last = quote;
                }
                b if b.is_ascii_whitespace() => {}
                b => last = b,
            }
            at += 1;
        }
        None
    }
}

/// Why a parser of HTML would take long over a text, or make a long one of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbounded {
    /// More elements are open than [`OPEN_MAX`], or what is not closed is opened again too often.
    Open,
    /// A tag has more attributes than [`ATTRIBUTES_MAX`].
    Attributes,
}

/// Checks that a parser of HTML can read a text in time and space that grow with its length. What
/// it cannot be sure of it takes for open, so that nothing that is malign passes.
pub fn check_bounded(html: &str) -> Result<(), Unbounded> {
    let growth_max = html.len() * GROWTH_MAX + GROWTH_FREE;
    let (mut growth, mut formatting) = (0, 0);
    let mut open: Vec<Tag<'_>> = Vec::new();
    let mut tags = Tags::new(html);
    while let Some(tag) = tags.next() {
        growth += formatting;
        if growth > growth_max {
            return Err(Unbounded::Open);
        }
        if has_too_many(tag.attributes) {
            return Err(Unbounded::Attributes);
        }
        if tag.is_end {
            if !tags.is_confused {
                close(&mut open, &tag, &mut formatting);
            }
        } else if !is_among(tag.name, &VOID) {
            formatting += formatting_length(&tag);
            open.push(tag);
            if open.len() > OPEN_MAX {
                return Err(Unbounded::Open);
            }
        }
    }
    match has_too_many(tags.unfinished) {
        true => Err(Unbounded::Attributes),
        false => Ok(()),
    }
}

fn has_too_many(mut attributes: &str) -> bool {
    let mut count = 0;
    while let Some((.., rest)) = attribute(attributes) {
        count += 1;
        attributes = rest;
        if count > ATTRIBUTES_MAX {
            return true;
        }
    }
    false
}

/// Closes the innermost element of a name, if only elements whose end is implied are within it.
fn close(open: &mut Vec<Tag<'_>>, end: &Tag<'_>, formatting: &mut usize) {
    for index in (0..open.len()).rev() {
        if open[index].name.eq_ignore_ascii_case(end.name) {
            for tag in open.drain(index..) {
                *formatting -= formatting_length(&tag);
            }
            return;
        }
        if !is_among(open[index].name, &IMPLIED_END) {
            return;
        }
    }
}

fn formatting_length(tag: &Tag<'_>) -> usize {
    if is_among(tag.name, &FORMATTING) {
        tag.length
    } else {
        0
    }
}

fn is_among(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Collects the ids and the names of anchors in some HTML.
pub fn anchors_of(html: &str, anchors: &mut Vec<Arc<str>>) {
    each_attribute(html, |element, name, value| {
        if name == "id" || (name == "name" && element == "a") {
            let value = unescaped(value);
            if !value.is_empty() {
                anchors.push(value.as_ref().into());
            }
        }
    });
}

/// Calls back with each attribute of each start tag: element and name in lower case, and the value
/// as written, its character references not decoded.
pub fn each_attribute(html: &str, mut see: impl FnMut(&str, &str, &str)) {
    for tag in Tags::new(html).filter(|tag| !tag.is_end) {
        let mut rest = tag.attributes;
        if rest.is_empty() {
            continue;
        }
        let element = tag.name.to_ascii_lowercase();
        while let Some((name, value, after)) = attribute(rest) {
            see(&element, &name.to_ascii_lowercase(), value);
            rest = after;
        }
    }
}

/// The first attribute of a tag, its value, and what follows.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    // A name may begin with `=`, so that each round takes something away.
    let mut chars = text.char_indices().skip(1);
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/');
    let end = chars
        .find(|(_, c)| is_end(*c))
        .map_or(text.len(), |(at, _)| at);
    if text.is_empty() {
        return None;
    }
    let (name, rest) = text.split_at(end);
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Some((name, "", rest));
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let end = quoted.find(quote).unwrap_or(quoted.len());
            return Some((
                name,
                &quoted[..end],
                quoted.get(end + 1..).unwrap_or_default(),
            ));
        }
    }
    let end = value
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(value.len());
    Some((name, &value[..end], &value[end..]))
}

fn unescaped(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return value.into();
    }
    let value = value.replace("&lt;", "<").replace("&gt;", ">");
    value
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .into()
}
