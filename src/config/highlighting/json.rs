//! JSON of which it is known where each value stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::diagnostic::{Diagnostics, Place, nearest};

/// The text of a value, in the text of the file.
pub type Raw<'a> = &'a RawValue;

/// A file of JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    pub file: &'a Arc<str>,
    pub text: &'a str,
}

impl<'a> Json<'a> {
    /// The file as a whole, if it is an object.
    ///
    /// # Errors
    /// Where it is none, and why.
    pub fn object(&self) -> Result<BTreeMap<String, Raw<'a>>, (Place, String)> {
        serde_json::from_str(self.text).map_err(|error| {
            let place = Place::line(self.file, error.line().max(1), error.column().max(1));
            let message = error.to_string();
            let reason = message.rsplit_once(" at line ").map(|(reason, _)| reason);
            (place, reason.unwrap_or(&message).to_owned())
        })
    }

    /// Where a value stands.
    pub fn place(&self, value: Raw<'a>) -> Place {
        let start = value.get().as_ptr().addr() - self.text.as_ptr().addr();
        Place::bytes(self.file, start..start + value.get().len())
    }

    /// Warns of the keys of an object that are nearly one of those that mean something. Others are
    /// a matter of the editor's.
    pub fn report_misspelt(
        &self,
        members: &BTreeMap<String, Raw<'_>>,
        known: &[&str],
        problems: &mut Diagnostics,
    ) {
        for (key, raw) in members {
            let is_note = key.starts_with(['_', '$', '/', '#']) || key.starts_with("comment");
            if is_note || known.contains(&key.as_str()) {
                continue;
            }
            if let Some(near) = nearest(key, known.iter().copied()) {
                problems.misspelt_key(self.place(raw), key, near);
            }
        }
    }
}

/// A text as JSON has to be: comments, and commas before a closing bracket, which VS Code allows,
/// become spaces, so that all else stays where it is.
pub fn without_comments(text: &str) -> Cow<'_, str> {
    let mut bytes = Cow::Borrowed(text.as_bytes());
    let mut blank = |range: Range<usize>| {
        let text = &mut bytes.to_mut()[range];
        let inside = text
            .iter_mut()
            .filter(|byte| !matches!(byte, b'\n' | b'\r'));
        inside.for_each(|byte| *byte = b' ');
    };
    let mut at = 0;
    // Where the last comma stands, if nothing but comments and white space stands behind it, and
    // whether a value stands before the place.
    let (mut comma, mut has_value) = (None, false);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match c {
            '"' => text_length(rest),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
                Some(length) => length + 4,
                // What has no end is left for the error.
                None => 1,
            },
            c => c.len_utf8(),
        };
        match c {
            '/' if length > 1 => blank(at..at + length),
            // Editors may put it before the text.
            '\u{feff}' if at == 0 => blank(0..length),
            c if c.is_ascii_whitespace() => {}
            ',' => (comma, has_value) = (has_value.then_some(at), false),
            c => {
                if let Some(comma) = comma.take().filter(|_| matches!(c, '}' | ']')) {
                    blank(comma..comma + 1);
                }
                has_value = !matches!(c, '{' | '[' | ':');
            }
        }
        at += length;
    }
    match bytes {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// How long the text is that begins with the first quote, with both of its quotes.
fn text_length(rest: &str) -> usize {
    let mut is_escaped = false;
    let end = rest[1..].find(|c: char| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

/// The members of an object.
pub fn object(value: Raw<'_>) -> Option<BTreeMap<String, Raw<'_>>> {
    serde_json::from_str(value.get()).ok()
}

/// The items of a list.
pub fn list(value: Raw<'_>) -> Option<Vec<Raw<'_>>> {
    serde_json::from_str(value.get()).ok()
}

pub fn text(value: Raw<'_>) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Whether it is `true`, or the 1 that some write for it.
pub fn is_true(value: Raw<'_>) -> bool {
    matches!(value.get(), "true" | "1")
}
