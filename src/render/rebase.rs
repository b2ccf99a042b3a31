//! The base path: a site under `https://user.github.io/repo/` needs `/repo` in front of what
//! begins with one slash, wherever HTML and CSS hold an address.
//!
//! One linear pass, which copies what it does not change. It knows as much of HTML as it takes to
//! tell attributes from text, comments, scripts and raw text. Applied again it changes nothing.

use std::ops::Range;

/// Rebases the addresses of an HTML document. Gives nothing if it stays as it is.
pub fn rebase_html(html: &str, base_path: &str) -> Option<String> {
    let mut edit = Edit::new(html, base_path)?;
    let mut at = 0;
    while let Some(offset) = html[at..].find('<') {
        at += offset;
        let rest = &html[at..];
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |end| end + 3);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic());
        if !is_tag {
            at += 1;
            continue;
        }
        let name_end = at + 1 + end_of_name(&rest[1..]);
        let name = &html[at + 1..name_end];
        at = rebase_attributes(&mut edit, html, name_end, name);
        if is_one_of(name, &["script", "style", "textarea", "title", "xmp"]) {
            let end = end_of_raw_text(html, at, name);
            if name.eq_ignore_ascii_case("style") {
                rebase_css_range(&mut edit, html, at..end);
            }
            at = end;
        }
    }
    edit.finish()
}

/// Rebases the addresses of a style sheet. Gives nothing if it stays as it is.
pub fn rebase_css(css: &str, base_path: &str) -> Option<String> {
    let mut edit = Edit::new(css, base_path)?;
    rebase_css_range(&mut edit, css, 0..css.len());
    edit.finish()
}

/// A text on its way to another one: what is not touched is copied in large pieces.
struct Edit<'a> {
    text: &'a str,
    /// `/repo`, without a slash at its end.
    base: &'a str,
    result: String,
    copied: usize,
}

impl<'a> Edit<'a> {
    /// Nothing to do without a base path.
    fn new(text: &'a str, base_path: &'a str) -> Option<Edit<'a>> {
        let base = base_path.trim_end_matches('/');
        (!base.is_empty()).then_some(Edit {
            text,
            base,
            result: String::new(),
            copied: 0,
        })
    }

    /// Puts the base path in front of the address that begins here, if it wants one. Addresses
    /// are visited in the order of the text.
    fn rebase(&mut self, at: usize) {
        let address = &self.text[at..];
        let Some(rest) = after_slash(address) else {
            return;
        };
        let has_host = rest.starts_with('\\') || after_slash(rest).is_some();
        if has_host || self.is_under_base(address) {
            return;
        }
        self.result.push_str(&self.text[self.copied..at]);
        self.result.push_str(self.base);
        self.copied = at;
    }

    fn is_under_base(&self, address: &str) -> bool {
        let mut rest = address;
        for part in self.base.split('/').skip(1) {
            let inner = after_slash(rest).and_then(|inner| inner.strip_prefix(part));
            match inner {
                Some(inner) => rest = inner,
                None => return false,
            }
        }
        rest.is_empty() || after_slash(rest).is_some() || rest.starts_with(is_end_of_address)
    }

    fn finish(mut self) -> Option<String> {
        if self.copied == 0 && self.result.is_empty() {
            return None;
        }
        self.result.push_str(&self.text[self.copied..]);
        Some(self.result)
    }
}

/// What follows the slash that a text begins with. Tera escapes slashes.
fn after_slash(text: &str) -> Option<&str> {
    ["/", "&#x2F;", "&#x2f;", "&#47;"]
        .iter()
        .find_map(|slash| text.strip_prefix(slash))
}

/// What may follow `/repo` when it is the whole path; `/repository` is not under it.
fn is_end_of_address(c: char) -> bool {
    matches!(c, '?' | '#' | '"' | '\'' | ')' | ',' | '>' | ';' | '&') || c.is_ascii_whitespace()
}

fn end_of_name(text: &str) -> usize {
    text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
        .unwrap_or(text.len())
}

/// Where a raw text element ends: at its closing tag.
fn end_of_raw_text(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(offset) = html[at..].find("</") {
        at += offset;
        let close = &html.as_bytes()[at + 2..];
        if close.len() >= name.len() && close[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            return at;
        }
        at += 2;
    }
    html.len()
}

/// An attribute of a tag, by the bytes of the document.
struct Attribute<'a> {
    name: &'a str,
    value: Range<usize>,
}

/// Rebases what a tag's attributes hold; gives the end of the tag.
fn rebase_attributes(edit: &mut Edit, html: &str, from: usize, tag: &str) -> usize {
    let mut at = from;
    let is_refresh = tag.eq_ignore_ascii_case("meta") && is_refresh(html, from);
    loop {
        let (attribute, next) = next_attribute(html, at);
        at = next;
        let Some(attribute) = attribute else {
            return at;
        };
        let Attribute { name, value } = attribute;
        if is_one_of(name, &WITH_ADDRESS) {
            let text = &html[value.clone()];
            let blanks = text.len() - text.trim_ascii_start().len();
            edit.rebase(value.start + blanks);
        } else if is_one_of(name, &["srcset", "imagesrcset"]) {
            rebase_srcset(edit, html, value);
        } else if name.eq_ignore_ascii_case("style") {
            rebase_css_range(edit, html, value);
        } else if is_refresh && name.eq_ignore_ascii_case("content") {
            rebase_refresh(edit, html, value);
        }
    }
}

/// Attributes that hold one address and nothing else.
const WITH_ADDRESS: [&str; 8] = [
    "href",
    "src",
    "action",
    "poster",
    "data",
    "formaction",
    "cite",
    "xlink:href",
];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

/// Whether a `<meta>` says where to go; its `http-equiv` may come after its `content`.
fn is_refresh(html: &str, from: usize) -> bool {
    let mut at = from;
    while let (Some(attribute), next) = next_attribute(html, at) {
        at = next;
        if attribute.name.eq_ignore_ascii_case("http-equiv") {
            return html[attribute.value].eq_ignore_ascii_case("refresh");
        }
    }
    false
}

/// The next attribute and where to go on; without one, the end of the tag.
fn next_attribute(html: &str, from: usize) -> (Option<Attribute<'_>>, usize) {
    let bytes = html.as_bytes();
    let skip_blanks = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = skip_blanks(from);
    while bytes.get(at) == Some(&b'/') {
        at = skip_blanks(at + 1);
    }
    match bytes.get(at) {
        None => return (None, at),
        Some(b'>') => return (None, at + 1),
        Some(_) => {}
    }
    let begin = at;
    // The first byte belongs to the name whatever it is, or `<a =x>` would never end.
    at += 1;
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/') {
            break;
        }
        at += 1;
    }
    let name_end = at;
    let equals = skip_blanks(at);
    if bytes.get(equals) != Some(&b'=') {
        return (Some(attribute(html, begin..name_end, at..at)), at);
    }
    at = skip_blanks(equals + 1);
    let (value, next) = match bytes.get(at) {
        Some(quote @ (b'"' | b'\'')) => {
            let length = html[at + 1..].find(char::from(*quote));
            let end = length.map_or(html.len(), |length| at + 1 + length);
            (at + 1..end, (end + 1).min(html.len()))
        }
        _ => {
            let length = html[at..].find(|c: char| c.is_ascii_whitespace() || c == '>');
            let end = length.map_or(html.len(), |length| at + length);
            (at..end, end)
        }
    };
    (Some(attribute(html, begin..name_end, value)), next)
}

fn attribute(html: &str, name: Range<usize>, value: Range<usize>) -> Attribute<'_> {
    let name = &html[name];
    Attribute { name, value }
}

/// `/a.png 1x, /b.png 2x`: an address at the begin and after each comma with blanks around it.
fn rebase_srcset(edit: &mut Edit, html: &str, range: Range<usize>) {
    let bytes = html.as_bytes();
    let mut at = range.start;
    while at < range.end {
        while at < range.end && (bytes[at].is_ascii_whitespace() || bytes[at] == b',') {
            at += 1;
        }
        if at == range.end {
            return;
        }
        edit.rebase(at);
        // An address may hold commas; one at its end separates.
        while at < range.end && !bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        if bytes[at - 1] == b',' {
            continue;
        }
        while at < range.end && bytes[at] != b',' {
            at += 1;
        }
    }
}

/// `0; url=/there/`.
fn rebase_refresh(edit: &mut Edit, html: &str, range: Range<usize>) {
    let value = &html[range.clone()];
    let Some(found) = value.to_ascii_lowercase().find("url=") else {
        return;
    };
    let address = without_quote(value[found + 4..].trim_ascii_start());
    let from = range.end - address.len();
    edit.rebase(from);
}

/// The addresses in `url(…)` and `@import "…"`.
fn rebase_css_range(edit: &mut Edit, text: &str, range: Range<usize>) {
    let css = &text[..range.end];
    let mut at = range.start;
    while let Some(offset) = css[at..].find(['u', 'U', '@', '/', '"', '\'']) {
        at += offset;
        let rest = &css[at..];
        if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if starts_with_word(rest, "url(") {
            let inside = rest[4..].trim_ascii_start();
            let begin = css.len() - without_quote(inside).len();
            edit.rebase(begin);
            at = begin + css[begin..].find(')').map_or(css.len() - begin, |end| end);
        } else if starts_with_word(rest, "@import") {
            let inside = rest["@import".len()..].trim_ascii_start();
            at = css.len() - inside.len();
            if let Some(address) = inside.strip_prefix(['"', '\'']) {
                edit.rebase(css.len() - address.len());
            }
        } else if rest.starts_with(['"', '\'']) {
            at += length_of_string(rest);
        } else {
            at += 1;
        }
    }
}

/// A text after the quote that it begins with. In an attribute the quote may be escaped.
fn without_quote(text: &str) -> &str {
    ["\"", "'", "&quot;", "&#34;", "&#39;", "&#x27;"]
        .iter()
        .find_map(|quote| text.strip_prefix(quote))
        .unwrap_or(text)
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.len() >= word.len() && text.as_bytes()[..word.len()].eq_ignore_ascii_case(word.as_bytes())
}

/// The length of a CSS string with its quotes. In an attribute `style` it may be cut short.
fn length_of_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            // A string ends with its line; so does a mistake.
            byte if byte == bytes[0] || byte == b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}
