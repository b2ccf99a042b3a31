//! How many words a text has, counted as Zola does: the words of UAX #29, of the Markdown as it
//! stands, without its fenced code.

use unicode_segmentation::UnicodeSegmentation;

/// The number of words in a body as the author wrote it, its shortcodes not expanded. Three
/// backticks begin and end what is left out, as in Zola.
pub fn count(text: &str) -> usize {
    let mut fences = memchr::memmem::find_iter(text.as_bytes(), "```");
    let (mut words, mut from) = (0, 0);
    loop {
        let begin = fences.next().unwrap_or(text.len());
        words += count_all(&text[from..begin]);
        // Without an end all that follows is code.
        let Some(end) = fences.next() else {
            return words;
        };
        from = end + "```".len();
    }
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

/// UAX #29 for ASCII: letters, digits and `_` run together; `'` and `.` join two letters or two
/// digits, `:` two letters, `,` and `;` two digits.
///
/// Each letter or digit after a byte that is neither begins a word, but where that byte joins it to
/// what is before. So a processor looks at many bytes at once.
fn count_ascii(text: &[u8]) -> usize {
    let (Some(first), Some(second)) = (text.first(), text.get(1)) else {
        return usize::from(text.first().is_some_and(u8::is_ascii_alphanumeric));
    };
    let mut words = usize::from(first.is_ascii_alphanumeric());
    words += usize::from(begins(*first, *second));
    let (before, at, after) = (text, &text[1..], &text[2..]);
    // As many as a byte can count.
    const CHUNK: usize = 255;
    let chunks = before.chunks(CHUNK).zip(at.chunks(CHUNK));
    for ((before, at), after) in chunks.zip(after.chunks(CHUNK)) {
        let mut count = 0_u8;
        for ((before, at), after) in before.iter().zip(at).zip(after) {
            count += u8::from(begins(*at, *after) & !joins(*before, *at, *after));
        }
        words += usize::from(count);
    }
    words - joined_by_runs(text)
}

/// Whether a byte begins a word after another, unless that one joins it to a word.
fn begins(before: u8, at: u8) -> bool {
    at.is_ascii_alphanumeric() & !before.is_ascii_alphanumeric()
}

/// Whether a mark makes one word of what is around it.
fn joins(before: u8, mark: u8, after: u8) -> bool {
    let letters = before.is_ascii_alphabetic() & after.is_ascii_alphabetic();
    let digits = before.is_ascii_digit() & after.is_ascii_digit();
    let joins_letters = (mark == b'\'') | (mark == b'.') | (mark == b':');
    let joins_digits = (mark == b'\'') | (mark == b'.') | (mark == b',') | (mark == b';');
    (letters & joins_letters) | (digits & joins_digits)
}

/// How many runs of `_` have a letter or digit on both sides: what seem two words is one.
fn joined_by_runs(text: &[u8]) -> usize {
    let is_own = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let mut joined = 0;
    let mut from = 0;
    for at in memchr::memchr_iter(b'_', text) {
        if at < from {
            continue;
        }
        let run = text[at..].iter().take_while(|byte| **byte == b'_').count();
        from = at + run;
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        joined += usize::from(is_own(before) && is_own(text.get(from)));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short way for ASCII counts what Unicode's tables count.
        #[test]
        fn ascii_as_unicode(text in "[ -~]{0,40}|[ab0_'.:,;]{0,600}") {
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
