//! What Jinja writes in the place of what it does not understand: most of it is how Tera says it.

use super::super::balance::{self, Mistake};
use super::super::detect::tags;
use crate::diagnostic::{nearest, with_guess, with_hint};

/// The tags of Jinja.
const WORDS: [&str; 26] = [
    "autoescape",
    "block",
    "break",
    "call",
    "continue",
    "do",
    "elif",
    "else",
    "endautoescape",
    "endblock",
    "endcall",
    "endfilter",
    "endfor",
    "endif",
    "endmacro",
    "endset",
    "endwith",
    "extends",
    "filter",
    "for",
    "from",
    "if",
    "import",
    "include",
    "macro",
    "set",
];

/// Tags of other languages, and what Jinja has instead.
const OTHER_WORDS: [(&str, &str); 6] = [
    (
        "component",
        "Jinja writes `{% macro name(…) %}` and `{{ name(…) }}`",
    ),
    ("elseif", "Jinja writes `{% elif … %}`"),
    ("elsif", "Jinja writes `{% elif … %}`"),
    (
        "set_global",
        "Jinja has no `set_global`; `{% set page_wide = namespace(x=1) %}` before the loop, then `{% set page_wide.x = … %}` in it",
    ),
    ("unless", "Jinja writes `{% if not … %}`"),
    ("verbatim", "Jinja writes `{% raw %}` and `{% endraw %}`"),
];

/// Filters and tests of Tera, and what Jinja has instead.
const OF_TERA: [(&str, &str); 13] = [
    ("as_str", "Jinja writes `string`"),
    ("concat", "Jinja joins lists with `+`"),
    ("containing", "Jinja writes `\"…\" in x`"),
    ("ending_with", "Jinja writes `is endingwith(\"…\")`"),
    (
        "filter",
        "Jinja writes `selectattr(\"key\", \"==\", value)`",
    ),
    ("get", "Jinja writes `x[\"key\"]`"),
    ("group_by", "Jinja writes `groupby(\"key\")`"),
    ("json_encode", "Jinja writes `tojson`"),
    ("nth", "Jinja writes `x[0]`"),
    ("object", "Jinja writes `is mapping`"),
    ("spaceless", "`{%-` and `-%}` take white space away"),
    ("starting_with", "Jinja writes `is startingwith(\"…\")`"),
    ("urlencode_strict", "Jinja writes `urlencode`"),
];

/// MiniJinja's own filters. It does not list them.
const FILTERS: &str = "abs attr batch bool capitalize chain count d default dictsort e escape first \
    float format groupby indent int items join last length lines list lower map max min pprint \
    reject rejectattr replace reverse round safe select selectattr slice sort split string sum \
    title tojson trim unique upper urlencode zip";

/// MiniJinja's own tests.
const TESTS: &str = "boolean defined divisibleby endingwith eq equalto escaped even false filter \
    float ge greaterthan gt in int integer iterable le lessthan lower lt mapping ne none number odd \
    safe sameas sequence startingwith string test true undefined upper";

/// A hint for a filter or a test that there is not. Filters of ours are `known` besides.
pub fn of_name<'a>(
    kind: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let names = match kind {
        "filter" => FILTERS,
        _ => TESTS,
    };
    let of_tera = OF_TERA.iter().find(|(tera, _)| *tera == name);
    let near = nearest(name, names.split_whitespace().chain(known));
    match of_tera {
        Some((_, hint)) => Some((*hint).to_owned()),
        None => near.map(|near| format!("did you mean `{near}`?")),
    }
}

/// A hint for a call whose arguments do not fit, if some of them have names.
pub fn of_arguments(text: &str, at: usize) -> Option<String> {
    let tag = tags(text).take_while(|tag| tag.at <= at).last()?;
    let end = tag.at + text[tag.at..].find(tag.inner)? + tag.inner.len();
    let call = text.get(at..end)?.split_once('(')?.1;
    let has_names = call.split_once(')')?.0.contains('=');
    has_names.then(|| {
        "filters of Jinja take their arguments in order, without names: `default(\"x\")`, \
         `replace(\"a\", \"b\")`"
            .to_owned()
    })
}

/// What is wrong with a template that does not parse, and where; both are MiniJinja's where nothing
/// better is known.
pub fn syntax(detail: &str, text: &str, at: usize) -> Mistake {
    let unknown = detail.strip_prefix("unknown statement ");
    let is_end = |word: &str| word.starts_with("end") && WORDS.contains(&word);
    let is_at_end = ["input", "comment", "raw"]
        .iter()
        .any(|what| detail.starts_with(&format!("unexpected end of {what}")));
    if is_at_end || unknown.is_some_and(is_end) {
        let found = balance::unclosed(text, text.len());
        if let Some(found) = found.or_else(|| balance::unbalanced(text)) {
            return found;
        }
    }
    if let Some(word) = unknown {
        let other = OTHER_WORDS.iter().find(|(other, _)| *other == word);
        let about = format!("there is no tag `{word}`");
        let reason = match (other, word) {
            (Some((_, hint)), _) => with_hint(about, hint),
            (None, "else" | "elif") => with_hint(
                format_args!("this `{word}` cannot be read here"),
                "it stands between `{% if … %}` and `{% endif %}`, once `else` is last",
            ),
            _ => with_guess(about, nearest(word, WORDS)),
        };
        return (at, reason);
    }
    let (before, rest) = text.split_at_checked(at).unwrap_or_default();
    if rest.starts_with('}')
        && let Some(found) = balance::unclosed(text, at)
    {
        return found;
    }
    let tag = tags(text).take_while(|tag| tag.at <= at).last();
    let word = tag.as_ref().map_or("", |tag| tag.word());
    let hint = match word {
        "else" if rest.starts_with("if") => Some("Jinja writes `{% elif … %}`"),
        "for" if rest.starts_with("of ") => Some("Jinja writes `{% for item in list %}`"),
        _ if before.ends_with('|') && rest.starts_with('|') => Some("Jinja writes `or`"),
        _ => of_sign(rest),
    };
    match hint {
        Some(hint) => (at, with_hint(detail, hint)),
        None => (at, detail.to_owned()),
    }
}

fn of_sign(rest: &str) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 5] = [
        ("??", "Jinja writes `x | default(y)`"),
        ("?", "Jinja writes `x if condition else y`"),
        ("&&", "Jinja writes `and`"),
        ("!", "Jinja writes `not`"),
        (
            ":",
            "macros of a file are called as `file.name(…)`; arguments are written `name=value`",
        ),
    ];
    let mut signs = SIGNS.iter();
    let sign = signs.find(|(sign, _)| rest.starts_with(sign) && !rest.starts_with("!="));
    sign.map(|(_, hint)| *hint)
}
