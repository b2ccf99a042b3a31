//! How deep the blocks of a text may nest, told before it is parsed: the parser's time grows with
//! the depth times the number of lines.

use std::ops::Range;

/// Deepest nesting of quotes, list items, footnotes and definitions that is rendered.
pub const DEPTH_MAX: usize = 64;

/// Last column in which a mark of a block may stand. Each block that another lies in takes at
/// least one column, so this bounds the depth, generously: what is within it is counted exactly
/// while it is rendered.
const MARK_COLUMN_MAX: usize = 256;

/// The first line whose marks (`>`, `-`, `1.`) would nest deeper than the parser can take.
pub fn too_deep(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    // A lone carriage return ends a line as well, but there is next to never one.
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]);
        let line = &text[start..end.map_or(text.len(), |end| start + end + 1)];
        let length = line.len();
        if length > MARK_COLUMN_MAX / 4 {
            let mut at = start;
            for line in line.split_inclusive('\r') {
                if last_mark_column(line.as_bytes()) > MARK_COLUMN_MAX {
                    return Some(at..at + line.trim_end().len());
                }
                at += line.len();
            }
        }
        start += length;
    }
    None
}

/// The column of the last mark of a block that a line begins with, or one beyond the limit.
fn last_mark_column(line: &[u8]) -> usize {
    let (mut at, mut column, mut last) = (0, 0, 0);
    while at < line.len() {
        match line[at] {
            b' ' => column += 1,
            b'\t' => column += 4 - column % 4,
            _ => {
                let length = mark_length(&line[at..]);
                if length == 0 {
                    break;
                }
                column += length;
                last = column;
                if last > MARK_COLUMN_MAX {
                    return if is_rule(&line[at..]) { 0 } else { last };
                }
                at += length - 1;
            }
        }
        at += 1;
    }
    last
}

/// The length of the mark that begins a quote, an item, a definition or a footnote; 0: none.
fn mark_length(line: &[u8]) -> usize {
    let ends = |at: usize| line.get(at).is_none_or(u8::is_ascii_whitespace);
    match line[0] {
        b'>' => 1,
        b'-' | b'+' | b'*' | b':' if ends(1) => 1,
        b'0'..=b'9' => {
            let digits = line
                .iter()
                .take(9)
                .take_while(|b| b.is_ascii_digit())
                .count();
            let is_mark = matches!(line.get(digits), Some(b'.' | b')')) && ends(digits + 1);
            if is_mark { digits + 1 } else { 0 }
        }
        b'[' if line.get(1) == Some(&b'^') => {
            let close = line.iter().position(|b| *b == b']');
            close
                .filter(|at| line.get(at + 1) == Some(&b':'))
                .map_or(0, |at| at + 2)
        }
        _ => 0,
    }
}

/// Whether what is left of a line is nothing but a rule: `- - - -`.
fn is_rule(line: &[u8]) -> bool {
    matches!(line[0], b'-' | b'*')
        && line
            .iter()
            .all(|b| *b == line[0] || b.is_ascii_whitespace())
}
