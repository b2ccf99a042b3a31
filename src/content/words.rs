//! How many words a text has, counted as Zola does: the words of UAX #29, of the Markdown as it
//! stands, without its fenced code.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// The number of words in a text outside of the given ranges, which are in order.
pub fn count(text: &str, fenced: &[Range<usize>]) -> usize {
    let mut words = 0;
    let mut done = 0;
    for range in fenced {
        words += count_all(&text[done..range.start.max(done)]);
        done = range.end.max(done);
    }
    words + count_all(&text[done..])
}

/// White space always parts words, so that only a piece that is not ASCII needs Unicode's tables.
fn count_all(text: &str) -> usize {
    text.split_ascii_whitespace()
        .map(|piece| {
            if piece.is_ascii() {
                count_ascii(piece.as_bytes())
            } else {
                piece.unicode_words().count()
            }
        })
        .sum()
}

/// UAX #29 for ASCII: letters, digits and `_` run together; `'` and `.` join two letters or two
/// digits, `:` two letters, `,` and `;` two digits.
fn count_ascii(piece: &[u8]) -> usize {
    let mut words = 0;
    let mut at = 0;
    while at < piece.len() {
        let mut has_alphanumeric = false;
        while at < piece.len() {
            let byte = piece[at];
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                has_alphanumeric |= byte != b'_';
            } else if !joins(piece, at) {
                break;
            }
            at += 1;
        }
        words += usize::from(has_alphanumeric);
        at += 1;
    }
    words
}

fn joins(piece: &[u8], at: usize) -> bool {
    let around =
        |is: fn(&u8) -> bool| at > 0 && is(&piece[at - 1]) && piece.get(at + 1).is_some_and(is);
    match piece[at] {
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
            prop_assert_eq!(count(&text, &[]), slow);
            prop_assert_eq!(slow, text.unicode_words().count());
        }
    }

    #[test]
    fn fenced_code_does_not_count() {
        assert_eq!(count("one\n```\ntwo\n```\nthree 日本", &[4..15]), 4);
    }
}
