//! A body whose shortcodes were expanded, and where in the file each byte of it comes from.
//!
//! What is Markdown stands in the text. For HTML a mark stands there, `@`, [`OUTPUT_MARK`], the
//! number of the output, `@`, which goes through Markdown as a word would that punctuation is
//! around; as long as there is a page, the output itself is put in its place ([`push_filled`]).

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use super::article::{ESCAPED_MARK, OUTPUT_MARK};
use super::markdown::without_hole_marks;
use super::shortcode::{Output, Piece};

/// A text with marks for the HTML of shortcodes.
#[derive(Debug, Default)]
pub struct Expanded {
    pub text: String,
    /// What the marks stand for.
    pub outputs: Vec<Arc<str>>,
    shifts: Vec<Shift>,
}

/// From a byte of the text on, where what follows comes from.
#[derive(Debug)]
struct Shift {
    at: usize,
    /// A byte of the file.
    from: usize,
    /// Whether byte by byte. Otherwise all of it comes from the one call.
    is_copied: bool,
}

/// A stretch of a body before the marks are put in.
struct Stretch<'a> {
    text: &'a str,
    from: usize,
    is_copied: bool,
    /// What stands here is this HTML; the text is empty.
    html: Option<&'a Arc<str>>,
}

impl Expanded {
    /// The pieces of a file's text, with the output of each call in its order.
    pub fn new(file: &str, pieces: &[Piece], outputs: &[Output]) -> Expanded {
        let mut outputs = outputs.iter();
        let stretches = pieces.iter().filter_map(|piece| match piece {
            Piece::Text(range) => Some(Stretch {
                text: &file[range.clone()],
                from: range.start,
                is_copied: true,
                html: None,
            }),
            Piece::Call(call) => outputs.next().map(|output| Stretch {
                text: if output.is_markdown { &output.text } else { "" },
                from: call.head.start,
                is_copied: false,
                html: (!output.is_markdown).then_some(&output.text),
            }),
        });
        let stretches: Vec<Stretch<'_>> = stretches.collect();
        let joined: String = stretches.iter().map(|stretch| stretch.text).collect();
        // Only as a whole, for a character reference may begin in one stretch and end in the next.
        let joined = without_hole_marks(&joined);
        let mut expanded = Expanded::default();
        let mut done = 0;
        for stretch in stretches {
            expanded.shifts.push(Shift {
                at: expanded.text.len(),
                from: stretch.from,
                is_copied: stretch.is_copied,
            });
            expanded
                .text
                .push_str(&joined[done..done + stretch.text.len()]);
            done += stretch.text.len();
            if let Some(html) = stretch.html {
                let number = expanded.outputs.len();
                write!(expanded.text, "@{OUTPUT_MARK}{number}@")
                    .expect("writing into a string does not fail");
                expanded.outputs.push(html.clone());
            }
        }
        expanded
    }

    /// Where in the file a range of the text comes from.
    pub fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let start = self.position(range.start);
        // The end of a range is the begin of what comes after it only if nothing is in it.
        let end = match range.is_empty() {
            true => start,
            false => self.position(range.end - 1) + 1,
        };
        start..end.max(start)
    }

    fn position(&self, at: usize) -> usize {
        let next = self.shifts.partition_point(|shift| shift.at <= at);
        let Some(shift) = next.checked_sub(1).and_then(|n| self.shifts.get(n)) else {
            return at;
        };
        match shift.is_copied {
            true => shift.from + (at - shift.at),
            false => shift.from,
        }
    }
}

/// A mark for an output in some HTML.
struct Mark {
    bytes: Range<usize>,
    number: usize,
    is_escaped: bool,
}

fn next_mark(html: &str, from: usize) -> Option<Mark> {
    let mut at = from;
    loop {
        at += html[at..].find([OUTPUT_MARK, ESCAPED_MARK])?;
        let mark = html[at..].chars().next()?;
        let digits_at = at + mark.len_utf8();
        let digits = html[digits_at..].bytes().take_while(u8::is_ascii_digit);
        let end = digits_at + digits.count();
        let number = html[digits_at..end].parse().ok();
        let is_whole = html[..at].ends_with('@') && html[end..].starts_with('@');
        if let Some(number) = number.filter(|_| is_whole && at > from) {
            return Some(Mark {
                bytes: at - 1..end + 1,
                number,
                is_escaped: mark == ESCAPED_MARK,
            });
        }
        at = digits_at;
    }
}

/// Appends some HTML with the outputs in the place of their marks.
pub fn push_filled(html: &str, outputs: &[Arc<str>], into: &mut String) {
    let mut done = 0;
    while let Some(mark) = next_mark(html, done) {
        into.push_str(&html[done..mark.bytes.start]);
        let output = outputs.get(mark.number).map_or("", |output| output);
        match mark.is_escaped {
            true => super::escape::push_attribute(into, output),
            false => into.push_str(output),
        }
        done = mark.bytes.end;
    }
    into.push_str(&html[done..]);
}

/// Whether a text has the byte that each of our marks begins with. Most texts do not, and it is
/// looked for much faster than they are.
pub fn may_hold_marks(text: &str) -> bool {
    const FIRST_BYTE: u8 = 0xEF;
    memchr::memchr(FIRST_BYTE, text.as_bytes()).is_some()
}

/// The same without the outputs: what is text of the author's own.
pub fn without_marks(html: &str) -> Cow<'_, str> {
    if !may_hold_marks(html) || !html.contains([OUTPUT_MARK, ESCAPED_MARK]) {
        return html.into();
    }
    let mut text = String::with_capacity(html.len());
    push_filled(html, &[], &mut text);
    text.into()
}

/// Marks outputs as those of code, which are shown as they are.
pub fn escaped(text: &str) -> Cow<'_, str> {
    match may_hold_marks(text) && text.contains(OUTPUT_MARK) {
        true => text
            .replace(OUTPUT_MARK, ESCAPED_MARK.encode_utf8(&mut [0; 4]))
            .into(),
        false => text.into(),
    }
}

/// Whether a text is the mark of one output and nothing else.
pub fn is_mark(text: &str) -> bool {
    next_mark(text, 0).is_some_and(|mark| mark.bytes == (0..text.len()))
}

/// Whether the next line of some HTML begins at its end, if its marks are filled.
pub fn ends_line(html: &str, outputs: &[Arc<str>]) -> bool {
    let mut html = html;
    while let Some(before) = html.strip_suffix('@') {
        let Some(at) = before.rfind(OUTPUT_MARK) else {
            break;
        };
        let number = before[at + OUTPUT_MARK.len_utf8()..].parse::<usize>().ok();
        match number.and_then(|number| outputs.get(number)) {
            Some(output) if output.is_empty() => {
                html = html[..at].strip_suffix('@').unwrap_or_default();
            }
            Some(output) => return output.ends_with('\n'),
            None => break,
        }
    }
    html.is_empty() || html.ends_with('\n')
}

/// Spoils the marks that stand within tags. In a brief nobody can tell what an output does there.
pub fn spoil_in_tags(html: &mut String) {
    let (mut from, mut done, mut is_in_tag) = (0, 0, false);
    while let Some(mark) = next_mark(html, from) {
        for byte in html[done..mark.bytes.start].bytes() {
            is_in_tag = match byte {
                b'<' => true,
                b'>' => false,
                _ => is_in_tag,
            };
        }
        if is_in_tag {
            let at = mark.bytes.start + 1;
            html.replace_range(at..at + OUTPUT_MARK.len_utf8(), "\u{FFFD}");
        }
        done = mark.bytes.end;
        from = done;
    }
}
