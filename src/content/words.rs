//! How many words a text has, counted as Zola does: the words of UAX #29, of the Markdown as it
//! stands, without its fenced code.

use std::sync::OnceLock;

use unicode_segmentation::UnicodeSegmentation;

use super::source::Source;

/// The words of a body as the author wrote it, counted when somebody asks.
#[derive(Debug, Default)]
pub struct Words {
    /// The file, and where in it the body begins, in bytes.
    text: Option<(Source, usize)>,
    count: OnceLock<usize>,
}

impl Words {
    /// Those of a file of text whose body begins at a byte.
    pub fn new(source: &Source, start: usize) -> Words {
        Words {
            text: Some((source.clone(), start)),
            count: OnceLock::new(),
        }
    }

    /// How many there are, outside of fenced code.
    pub fn count(&self) -> usize {
        *self.count.get_or_init(|| {
            let text = self.text.as_ref();
            let body = text.and_then(|(source, start)| source.bytes.get(*start..));
            count(std::str::from_utf8(body.unwrap_or_default()).unwrap_or_default())
        })
    }
}

/// The number of words in a body, its shortcodes not expanded. Three backticks begin and end what
/// is left out, as in Zola.
fn count(text: &str) -> usize {
    text.split("```").step_by(2).map(count_all).sum()
}

/// Lines and white space always part words, so that only a piece that is not ASCII needs Unicode's
/// tables.
fn count_all(text: &str) -> usize {
    if text.is_ascii() {
        return count_ascii(text.as_bytes());
    }
    let lines = text.split('\n').map(|line| {
        if line.is_ascii() {
            return count_ascii(line.as_bytes());
        }
        let pieces = line.split_ascii_whitespace().map(|piece| {
            if piece.is_ascii() {
                count_ascii(piece.as_bytes())
            } else {
                piece.unicode_words().count()
            }
        });
        pieces.sum()
    });
    lines.sum()
}

/// What a byte of ASCII is to a word.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A letter or a digit, which makes a word.
    Own,
    /// `_`, which goes on with one.
    Run,
    /// What joins two letters or two digits.
    Joiner,
    Other,
}

/// The kind of each byte.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Kind::Own,
            b'_' => Kind::Run,
            b'\'' | b'.' | b':' | b',' | b';' => Kind::Joiner,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

/// UAX #29 for ASCII: letters, digits and `_` run together; `'` and `.` join two letters or two
/// digits, `:` two letters, `,` and `;` two digits.
fn count_ascii(text: &[u8]) -> usize {
    let mut words = 0;
    // Whether the word that is being read has a letter or a digit yet.
    let mut is_counted = false;
    for (at, &byte) in text.iter().enumerate() {
        // No branch where words end, for nobody can foretell it.
        let kind = KINDS[usize::from(byte)];
        let is_own = kind == Kind::Own;
        words += usize::from(is_own & !is_counted);
        let goes_on = kind == Kind::Run || (kind == Kind::Joiner && is_counted && joins(text, at));
        is_counted = is_own | (is_counted & goes_on);
    }
    words
}

fn joins(text: &[u8], at: usize) -> bool {
    let around = |is: fn(&u8) -> bool| is(&text[at - 1]) && text.get(at + 1).is_some_and(is);
    match text[at] {
        b'\'' | b'.' => around(u8::is_ascii_alphabetic) || around(u8::is_ascii_digit),
        b':' => around(u8::is_ascii_alphabetic),
        b',' | b';' => around(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short way for ASCII counts what Unicode's tables count.
        #[test]
        fn ascii_as_unicode(text in "[ -~]{0,40}") {
            let slow: usize = text.split_ascii_whitespace().map(|p| p.unicode_words().count()).sum();
            prop_assert_eq!(count(&text), slow);
            prop_assert_eq!(slow, text.unicode_words().count());
        }
    }

    #[test]
    fn fenced_code_does_not_count() {
        assert_eq!(count("one\n```\ntwo\n```\nthree 日本"), 4);
    }

    /// The numbers that Zola 0.22 gives.
    #[test]
    fn as_zola() {
        let text = "don't e.g. 3.14 1,000 日本語 x-y a_b `code words here`";
        assert_eq!(count(text), 13);
        assert_eq!(count("one <!-- more --> two *x*\n\nthree\n\n### frag\n"), 6);
    }
}
