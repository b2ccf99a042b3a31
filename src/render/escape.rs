//! Escaping, for every kind of text that we write: XML, HTML, JSON inside HTML, CSV, Markdown, addresses.
//!
//! Each function is safe for all of Unicode. Long texts are copied in runs, not letter by letter.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Text for XML, as content of an element and as value of an attribute. What XML 1.0 forbids
/// (section 2.2: most control characters, U+FFFE, U+FFFF) cannot be written there at all and is dropped.
pub fn xml(text: &str) -> Cow<'_, str> {
    replaced(text, &IN_XML, for_xml)
}

/// Appends text for XML, without a copy in between.
pub fn push_xml(into: &mut String, text: &str) {
    push_replaced(into, text, &IN_XML, for_xml);
}

/// Text for HTML, as content of an element and as value of a quoted attribute.
pub fn html(text: &str) -> Cow<'_, str> {
    replaced(text, &IN_HTML, for_html)
}

/// The same as Tera 1 does it, which escapes slashes as well.
pub fn html_of_tera(text: &str) -> Cow<'_, str> {
    replaced(text, &IN_HTML_OF_TERA, |rest| {
        Some(match rest[0] {
            b'\'' => (1, "&#x27;"),
            b'/' => (1, "&#x2F;"),
            _ => return for_html(rest),
        })
    })
}

/// Finished JSON for a `<script>` element. It stays the same JSON: the characters that could end
/// the element, or a line of JavaScript, stand only in strings, where they may be written as numbers.
pub fn json_in_html(json: &str) -> Cow<'_, str> {
    replaced(json, &IN_SCRIPT, for_script)
}

/// Appends a JSON string (RFC 8259, section 7).
pub fn push_json(into: &mut String, text: &str) {
    into.push('"');
    if has_none(text.as_bytes(), &IN_JSON) {
        into.push_str(text);
    } else {
        let string = serde_json::to_string(text).expect("a text is a JSON string");
        into.push_str(&string[1..string.len() - 1]);
    }
    into.push('"');
}

/// A field of a CSV file (RFC 4180), in quotes where it needs them. A field that a spreadsheet
/// would run as a formula begins with an apostrophe, which makes it text.
pub fn csv(field: &str) -> Cow<'_, str> {
    // Nearly all fields, and a file has a hundred thousand.
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = field.as_bytes();
    if is_word(bytes.first()) && is_word(bytes.last()) && has_none(bytes, &IN_CSV) {
        return field.into();
    }
    let apostrophe = if field.starts_with(FORMULA) { "'" } else { "" };
    // Semicolon and tab separate nothing here, but they do in the spreadsheets of some countries.
    if !has_none(bytes, &IN_CSV) || field.trim() != field {
        return format!("\"{apostrophe}{}\"", field.replace('"', "\"\"")).into();
    }
    if apostrophe.is_empty() {
        field.into()
    } else {
        format!("'{field}").into()
    }
}

/// Text for one line of Markdown, which reads as the text alone: white space is collapsed.
pub fn markdown(text: &str) -> String {
    let mut line = String::with_capacity(text.len() + 8);
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        } else if let Some(marker) = list_marker(word) {
            line.push_str(&word[..marker]);
            line.push('\\');
            push_replaced(&mut line, &word[marker..], &IN_MARKDOWN, for_markdown);
            continue;
        }
        push_replaced(&mut line, word, &IN_MARKDOWN, for_markdown);
    }
    line
}

/// A whole address (`https://…`) as RFC 3986 wants it: ASCII, without what could end it early.
/// What is percent-encoded stays as it is.
pub fn address(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    push_address(&mut encoded, address);
    encoded
}

/// Appends [`address`].
pub fn push_address(encoded: &mut String, address: &str) {
    // Nearly all, and a site has a hundred thousand links.
    if has_none(address.as_bytes(), &NOT_PLAIN) {
        return encoded.push_str(address);
    }
    let mut pieces = address.split('%');
    encoded.extend(
        pieces
            .next()
            .map(|piece| utf8_percent_encode(piece, IN_ADDRESS))
            .into_iter()
            .flatten(),
    );
    for piece in pieces {
        let is_encoded = piece.len() >= 2 && piece.bytes().take(2).all(|b| b.is_ascii_hexdigit());
        encoded.push_str(if is_encoded { "%" } else { "%25" });
        encoded.extend(utf8_percent_encode(piece, IN_ADDRESS));
    }
}

/// An address from the root of the site (`/briefs/x/`), which is not percent-encoded yet.
pub fn path(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}

/// An address of the web, percent-encoded; `None` for one of any other scheme, which a reader of
/// a feed or a search engine must not be led to.
pub fn web_address(text: &str) -> Option<String> {
    let is_of_web = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    (is_of_web("https://") || is_of_web("http://")).then(|| address(text))
}

/// The bytes at which a replacement may be due.
type Special = [bool; 256];

const fn special(bytes: &[u8]) -> Special {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// The same and all control characters of ASCII.
const fn special_and_controls(bytes: &[u8]) -> Special {
    let mut table = special(bytes);
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table
}

fn has_none(bytes: &[u8], special: &Special) -> bool {
    !bytes.iter().any(|byte| special[usize::from(*byte)])
}

const IN_XML: Special = special_and_controls(b"&<>\"'\xEF");
const IN_JSON: Special = special_and_controls(b"\"\\");
/// What cannot stand in an address without a thought.
const NOT_PLAIN: Special = {
    let mut table = [true; 256];
    let mut byte = 0;
    while byte < 0x80 {
        let plain = (byte as u8).is_ascii_alphanumeric();
        table[byte] = !plain && !matches!(byte as u8, b'-' | b'.' | b'_' | b'~' | b'/' | b':');
        byte += 1;
    }
    table
};
const IN_CSV: Special = special(b"\",;\t\r\n");
const IN_HTML: Special = special(b"&<>\"'");
const IN_HTML_OF_TERA: Special = special(b"&<>\"'/");
const IN_SCRIPT: Special = special(b"<>&\xE2");
const IN_MARKDOWN: Special = special(b"\\`*_[]<>#|~&$");

/// What a spreadsheet takes for the begin of a formula (OWASP, "CSV Injection"), the full-width
/// forms included, which some of them fold into ASCII.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// What RFC 3986 allows nowhere in an address.
const IN_ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// All but what RFC 3986 allows in a path as it is.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// How many bytes at the begin of the rest are replaced, and by what; `None` if they may stay.
type Replacement = Option<(usize, &'static str)>;

fn for_xml(rest: &[u8]) -> Replacement {
    Some(match rest[0] {
        b'&' => (1, "&amp;"),
        b'<' => (1, "&lt;"),
        b'>' => (1, "&gt;"),
        b'"' => (1, "&quot;"),
        b'\'' => (1, "&#39;"),
        b'\t' | b'\n' => return None,
        // A parser makes a line feed of a bare one.
        b'\r' => (1, "&#13;"),
        0xEF if rest.starts_with(b"\xEF\xBF\xBE") || rest.starts_with(b"\xEF\xBF\xBF") => (3, ""),
        0xEF => return None,
        _ => (1, ""),
    })
}

fn for_html(rest: &[u8]) -> Replacement {
    Some(match rest[0] {
        b'&' => (1, "&amp;"),
        b'<' => (1, "&lt;"),
        b'>' => (1, "&gt;"),
        b'"' => (1, "&quot;"),
        _ => (1, "&#39;"),
    })
}

fn for_script(rest: &[u8]) -> Replacement {
    match rest[0] {
        b'<' => Some((1, "\\u003c")),
        b'>' => Some((1, "\\u003e")),
        b'&' => Some((1, "\\u0026")),
        // U+2028 and U+2029, which end a line of older JavaScript.
        _ if rest.starts_with(b"\xE2\x80\xA8") => Some((3, "\\u2028")),
        _ if rest.starts_with(b"\xE2\x80\xA9") => Some((3, "\\u2029")),
        _ => None,
    }
}

fn for_markdown(rest: &[u8]) -> Replacement {
    Some(match rest[0] {
        b'\\' => (1, "\\\\"),
        b'`' => (1, "\\`"),
        b'*' => (1, "\\*"),
        b'_' => (1, "\\_"),
        b'[' => (1, "\\["),
        b']' => (1, "\\]"),
        b'<' => (1, "\\<"),
        b'>' => (1, "\\>"),
        b'#' => (1, "\\#"),
        b'|' => (1, "\\|"),
        b'~' => (1, "\\~"),
        b'$' => (1, "\\$"),
        // `AT&T` may stay; `&amp;` would be read as one character.
        _ if begins_entity(&rest[1..]) => (1, "\\&"),
        _ => return None,
    })
}

fn begins_entity(rest: &[u8]) -> bool {
    let name = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#')
        .count();
    name > 0 && rest.get(name) == Some(&b';')
}

/// Where a backslash keeps the first word of a line from being the mark of a list or a rule:
/// `-`, `+`, `---`, `1.`, `2)`.
fn list_marker(word: &str) -> Option<usize> {
    if word.starts_with(['-', '+']) {
        return Some(0);
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && word[digits..].starts_with(['.', ')'])).then_some(digits)
}

fn replaced<'t>(
    text: &'t str,
    special: &Special,
    replacement: impl Fn(&[u8]) -> Replacement,
) -> Cow<'t, str> {
    if has_none(text.as_bytes(), special) {
        return text.into();
    }
    let mut result = String::with_capacity(text.len() + text.len() / 8 + 8);
    push_replaced(&mut result, text, special, replacement);
    result.into()
}

fn push_replaced(
    into: &mut String,
    text: &str,
    special: &Special,
    replacement: impl Fn(&[u8]) -> Replacement,
) {
    let bytes = text.as_bytes();
    let (mut copied, mut at) = (0, 0);
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|byte| special[usize::from(*byte)])
    {
        at += offset;
        match replacement(&bytes[at..]) {
            Some((length, instead)) => {
                into.push_str(&text[copied..at]);
                into.push_str(instead);
                at += length;
                copied = at;
            }
            None => at += 1,
        }
    }
    into.push_str(&text[copied..]);
}
