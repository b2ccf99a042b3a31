//! Tags that have no end, or end what did not begin, in a template that does not parse. Engines tell
//! where they noticed, which is often the end of the file.

use super::detect::{Tag, tags};
use super::engine::line_and_column;
use crate::diagnostic::with_hint;

/// Where something is wrong, and what, with a hint.
pub type Mistake = (usize, String);

/// The tags with an end of their own, in any of the languages.
const WITH_END: [&str; 8] = [
    "autoescape",
    "block",
    "call",
    "filter",
    "for",
    "if",
    "macro",
    "with",
];

/// A tag that has no end, or one that ends what did not begin.
pub fn unbalanced(text: &str) -> Option<Mistake> {
    let mut open: Vec<Tag<'_>> = Vec::new();
    for tag in tags(text).filter(|tag| !tag.is_expression) {
        let word = tag.word();
        // Jinja sets a name to what stands in the tag.
        let is_set = word == "set" && !tag.inner.contains('=');
        if is_set || WITH_END.contains(&word) {
            open.push(tag);
            continue;
        }
        let Some(ended) = word.strip_prefix("end") else {
            continue;
        };
        if ended != "set" && !WITH_END.contains(&ended) {
            continue;
        }
        match open.pop() {
            Some(begin) if begin.word() == ended => {}
            Some(begin) => {
                let (line, _) = line_and_column(text, begin.at);
                let wanted = begin.word();
                let about = format!(
                    "`{{% {word} %}}` stands where the `{wanted}` of line {line} is still open"
                );
                let hint = format!("write `{{% end{wanted} %}}` before it");
                return Some((tag.at, with_hint(about, hint)));
            }
            None => {
                let about = format!("no `{{% {ended} … %}}` begins before this `{{% {word} %}}`");
                return Some((tag.at, with_hint(about, "take it out")));
            }
        }
    }
    let begin = open.pop()?;
    let word = begin.word();
    let about = format!("this `{word}` has no end");
    let hint = format!("write `{{% end{word} %}}` where it ends");
    Some((begin.at, with_hint(about, hint)))
}

/// The tag, comment or raw text before a byte, if it has no end.
pub fn unclosed(text: &str, at: usize) -> Option<Mistake> {
    let kinds = [
        ("{{", "}}", "tag"),
        ("{%", "%}", "tag"),
        ("{#", "#}", "comment"),
    ];
    let is_raw = |tag: &Tag<'_>| tag.word() == "raw" && !text[tag.at..].contains("endraw");
    if let Some(raw) = tags(text).last().filter(is_raw) {
        let about = "this `raw` has no end";
        return Some((
            raw.at,
            with_hint(about, "write `{% endraw %}` where it ends"),
        ));
    }
    let begins = kinds.into_iter().filter_map(|(begin, close, kind)| {
        let at = text.get(..at)?.rfind(begin)?;
        Some((at, close, kind))
    });
    let (at, close, kind) = begins.max_by_key(|(at, ..)| *at)?;
    let inside = &text[at + "{{".len()..];
    let next = kinds.iter().filter_map(|(begin, ..)| inside.find(begin));
    let next = next.min().unwrap_or(inside.len());
    if inside[..next].contains(close) {
        return None;
    }
    let about = format!("this {kind} has no end");
    Some((at, with_hint(about, format!("write `{close}` behind it"))))
}
