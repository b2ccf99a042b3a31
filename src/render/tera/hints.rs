//! What Tera writes in the place of what it does not understand: most of it is how Jinja, Liquid or
//! a later Tera say it.

use super::super::detect::{Tag, tags};
use super::super::filters::FILTERS;
use super::super::functions::FUNCTIONS;
use crate::diagnostic::nearest;

/// The tags of Tera.
const WORDS: [&str; 21] = [
    "block",
    "break",
    "continue",
    "elif",
    "else",
    "endblock",
    "endfilter",
    "endfor",
    "endif",
    "endmacro",
    "endraw",
    "extends",
    "filter",
    "for",
    "if",
    "import",
    "include",
    "macro",
    "raw",
    "set",
    "set_global",
];

/// Tags of other languages, and what Tera has instead.
const OTHER_WORDS: [(&str, &str); 15] = [
    (
        "autoescape",
        "Tera escapes in every `.html`; the filter `safe` leaves one value as it is",
    ),
    (
        "call",
        "Tera has no `call`; a macro is called as `{{ self::name(key=value) }}`",
    ),
    ("comment", "a comment of Tera is `{# … #}`"),
    (
        "component",
        "this is Tera 2, of Zola 0.23; in Zola 0.22 it is `{% macro name(key) %}`",
    ),
    ("do", "Tera has no `do`; `{% set x = … %}` keeps a value"),
    ("elseif", "Tera writes `{% elif … %}`"),
    ("elsif", "Tera writes `{% elif … %}`"),
    (
        "end",
        "Tera names what ends: `{% endif %}`, `{% endfor %}`, `{% endblock %}`",
    ),
    ("endautoescape", "Tera has no `autoescape`"),
    ("endset", "Tera has no `endset`; write `{% set x = … %}`"),
    (
        "from",
        "Tera imports a file of macros as a whole: `{% import \"macros.html\" as macros %}`, then `{{ macros::name(key=value) }}`",
    ),
    (
        "switch",
        "Tera has no `switch`; write `{% if … %}` and `{% elif … %}`",
    ),
    ("unless", "Tera writes `{% if not … %}`"),
    ("verbatim", "Tera writes `{% raw %}` and `{% endraw %}`"),
    (
        "with",
        "Tera has no `with`; `{% set x = … %}` is enough, also in an `{% if %}` or `{% for %}`",
    ),
];

/// Methods of other languages, and what Tera writes.
const METHODS: [(&str, &str); 10] = [
    ("append", "`x | concat(with=value)`"),
    ("endswith", "`x is ending_with(\"…\")`"),
    ("format", "`\"…\" ~ x`"),
    ("get", "`x | get(key=\"…\", default=\"\")`"),
    ("items", "`{% for key, value in x %}`"),
    ("join", "`list | join(sep=\", \")`"),
    ("keys", "`{% for key, value in x %}`"),
    ("split", "`x | split(pat=\"…\")`"),
    ("startswith", "`x is starting_with(\"…\")`"),
    ("values", "`{% for key, value in x %}`"),
];

/// The first argument of filters of Tera's own, and of functions.
const FIRST_ARGUMENTS: [(&str, &str); 22] = [
    ("concat", "with"),
    ("default", "value"),
    ("divisibleby", "divisor"),
    ("filter", "attribute"),
    ("get", "key"),
    ("get_random", "end"),
    ("group_by", "attribute"),
    ("indent", "prefix"),
    ("join", "sep"),
    ("map", "attribute"),
    ("nth", "n"),
    ("pluralize", "singular"),
    ("range", "end"),
    ("replace", "from"),
    ("round", "precision"),
    ("slice", "start"),
    ("sort", "attribute"),
    ("split", "pat"),
    ("throw", "message"),
    ("trim_end_matches", "pat"),
    ("trim_start_matches", "pat"),
    ("truncate", "length"),
];

/// Filters and tests that Jinja has, and what Tera has instead.
const OF_JINJA: [(&str, &str); 17] = [
    ("count", "Tera writes `length`"),
    ("d", "Tera writes `default(value=…)`"),
    ("e", "Tera writes `escape`"),
    ("eq", "Tera compares with `==`"),
    ("equalto", "Tera compares with `==`"),
    ("format", "Tera joins text with `~`"),
    ("items", "Tera writes `{% for key, value in x %}`"),
    (
        "list",
        "leave it out: what a filter of Tera gives can be iterated as it is",
    ),
    ("mapping", "Tera writes `is object`"),
    (
        "none",
        "Tera has no `none`: `{% if x %}` is false for what is absent, and `x is undefined` asks for it",
    ),
    (
        "rejectattr",
        "Tera has no filter for the others; write `{% for %}` with an `{% if %}`",
    ),
    (
        "selectattr",
        "Tera writes `filter(attribute=\"…\", value=…)`",
    ),
    ("sequence", "Tera writes `is iterable`"),
    ("startswith", "Tera writes `is starting_with(\"…\")`"),
    ("strftime", "Tera writes `date(format=\"…\")`"),
    ("string", "Tera writes `as_str`"),
    ("tojson", "Tera writes `json_encode | safe`"),
];

/// What Tera has for a filter or a test of Jinja.
pub fn of_jinja(name: &str) -> Option<String> {
    found(&OF_JINJA, name).map(str::to_owned)
}

fn found<'a>(table: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    let mut table = table.iter();
    table.find(|(known, _)| *known == name).map(|(_, it)| *it)
}

/// What Tera expects at a byte, in fewer words than it has for that.
pub fn shortened(message: &str, text: &str, at: usize) -> String {
    if message.starts_with("unexpected tag")
        && let Some(tag) = tags(text).find(|tag| tag.at == at)
    {
        let word = tag.word();
        return match WORDS.contains(&word) {
            true => format!("this `{word}` cannot be read here"),
            false => format!("there is no tag `{word}`"),
        };
    }
    let Some(expected) = message.strip_prefix("expected ") else {
        return message.to_owned();
    };
    let is_operator = |part: &str| {
        let sign = part.trim_start_matches("or ").trim_matches('`');
        !sign.contains(char::is_alphabetic) && part.ends_with('`') && !sign.contains('}')
            || matches!(part, "`or`" | "`and`" | "`not`")
    };
    let mut parts: Vec<&str> = expected.split(", ").collect();
    let all = parts.len();
    parts.retain(|part| !is_operator(part));
    if parts.len() + 2 > all {
        return message.to_owned();
    }
    parts.insert(0, "an operator");
    match parts[..] {
        [one] => format!("expected {one}"),
        [first, last] => format!("expected {first} or {}", last.trim_start_matches("or ")),
        _ => format!("expected {}", parts.join(", ")),
    }
}

/// What Tera writes in the place of what stands at a byte.
pub fn hint(text: &str, at: usize) -> Option<String> {
    let tag = tags(text).take_while(|tag| tag.at <= at).last()?;
    let begin = tag.at + text[tag.at..].find(tag.inner)?;
    let close = if tag.is_expression { "}}" } else { "%}" };
    let end = begin + tag.inner.len();
    if at >= end + text[end..].find(close)? + close.len() {
        return None;
    }
    // Tera points at the begin of a tag that it does not know.
    if !tag.is_expression && at <= begin {
        return of_word(&tag);
    }
    let at = at.clamp(begin, end) - begin;
    of_tag(&tag).or_else(|| of_sign(tag.inner, at))
}

fn of_word(tag: &Tag<'_>) -> Option<String> {
    let word = tag.word();
    let rest = tag.inner[word.len()..].trim_start();
    Some(match word {
        "set" | "set_global" => of_set(rest)?,
        "import" if !rest.contains(" as ") => {
            format!("write `{{% import {rest} as macros %}}`")
        }
        "import" => "imports stand before all else, but for `{% extends %}`".to_owned(),
        "extends" => "`extends` is the first tag of a template".to_owned(),
        "macro" => "a macro stands in no other tag".to_owned(),
        "block" => "a block stands in no loop, macro or filter".to_owned(),
        "else" | "elif" => {
            "it stands between `{% if … %}` and `{% endif %}`, once `else` is last".to_owned()
        }
        "break" | "continue" => format!("`{word}` stands in a `{{% for %}}`"),
        "for" => "write `{% for item in list %}` or `{% for key, value in map %}`".to_owned(),
        word if WORDS.contains(&word) => return None,
        word => match found(&OTHER_WORDS, word) {
            Some(hint) => hint.to_owned(),
            None => match nearest(word, WORDS) {
                Some(near) => format!("did you mean `{{% {near} %}}`?"),
                None => format!("Tera has no `{word}`"),
            },
        },
    })
}

fn of_set(rest: &str) -> Option<String> {
    let Some((target, value)) = rest.split_once('=') else {
        return Some("Tera has no `{% endset %}`; write `{% set x = … %}`".to_owned());
    };
    let target = target.trim();
    if let Some(name) = target.strip_suffix(['+', '-', '*', '/', '~']) {
        let sign = &target[name.len()..];
        let (name, value) = (name.trim(), value.trim());
        return Some(format!("write `{name} = {name} {sign} {value}`"));
    }
    let is_name = target
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_');
    (!is_name).then(|| "`set` takes one plain name: `{% set x = … %}`".to_owned())
}

/// What is wrong with a tag of a word that Tera has.
fn of_tag(tag: &Tag<'_>) -> Option<String> {
    if tag.is_expression {
        return None;
    }
    let word = tag.word();
    let rest = tag.inner[word.len()..].trim_start();
    if let Some(hint) = found(&OTHER_WORDS, word) {
        return Some(hint.to_owned());
    }
    match word {
        "else" if rest.starts_with("if ") => Some(format!("Tera writes `{{% elif {} %}}`", &rest[3..])),
        "include" if !rest.starts_with(['"', '\'', '`', '[']) => Some(
            "`include` takes a name in quotes, not a variable: `{% include \"part.html\" %}`"
                .to_owned(),
        ),
        "include" => {
            Some("an included template sees all variables; `include` takes nothing else".to_owned())
        }
        "for" if rest.contains(" if ") => Some(
            "a loop of Tera has no `if`; write `{% for x in list | filter(attribute=\"…\", value=…) %}`, or an `{% if %}` in it"
                .to_owned(),
        ),
        _ => None,
    }
}

/// What is wrong at a byte of the inside of a tag.
fn of_sign(inner: &str, at: usize) -> Option<String> {
    let (before, rest) = inner.split_at_checked(at)?;
    let before = before.trim_end();
    let hint = match rest.as_bytes().first() {
        Some(b'?') if rest.starts_with("??") => "Tera writes `x | default(value=y)`",
        Some(b'?') => IF,
        Some(b'&') => "Tera writes `and`",
        Some(b'|') if rest.starts_with("||") || before.ends_with('|') => "Tera writes `or`",
        Some(b'|') if before.ends_with(')') => {
            "what is joined or decided in brackets takes no filter: `{% set x = … %}`, then `x | …`"
        }
        Some(b'!') if !rest.starts_with("!=") => "Tera writes `not`",
        Some(b'=') if !before.ends_with(['=', '!', '<', '>']) && call_at(before).is_none() => {
            "Tera compares with `==`"
        }
        Some(b'{') => {
            "Tera has no maps in templates; `load_data(literal='{\"key\": 1}', format=\"json\")` makes one"
        }
        Some(b'.' | b'[') if before.ends_with(')') => {
            "keep what the call gives, then look into it: `{% set x = name(…) %}`, then `x.key`"
        }
        Some(b'[')
            if rest
                .split(']')
                .next()
                .is_some_and(|inside| inside.contains(':')) =>
        {
            "Tera writes `x | slice(start=…, end=…)` for a list, `x | truncate(length=…)` for a text"
        }
        Some(b':') if call_at(before).is_none() => {
            "arguments of a filter stand in brackets: `x | name(key=value)`"
        }
        Some(b'+') if before.ends_with(['"', '\'', '`']) => "Tera joins text with `~`",
        Some(b'%') if before.ends_with(['"', '\'', '`']) => "Tera joins text with `~`",
        Some(quote @ (b'"' | b'\'' | b'`')) if !rest[1..].contains(char::from(*quote)) => {
            "the text that begins here has no end"
        }
        Some(b'(') => return of_method(before),
        _ if rest.starts_with("if ") => IF,
        _ => return of_argument(inner, before, rest),
    };
    Some(hint.to_owned())
}

const IF: &str =
    "Tera has no `if` in an expression; write `{% if … %}{{ x }}{% else %}{{ y }}{% endif %}`";

fn of_method(before: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &before[before.trim_end_matches(is_name).len()..];
    let owner = before.strip_suffix(name)?.strip_suffix('.')?;
    if owner.is_empty() || name.is_empty() {
        return None;
    }
    Some(match found(&METHODS, name) {
        Some(instead) => format!("Tera has no methods; write {instead}"),
        None => "Tera has no methods: a filter is called as `x | name`, a macro as `file::name(…)`"
            .to_owned(),
    })
}

/// An argument without its name, or without a comma before it.
fn of_argument(inner: &str, before: &str, rest: &str) -> Option<String> {
    let test = before.rsplit(' ').next().unwrap_or_default();
    let is_test = before
        .strip_suffix(test)
        .is_some_and(|rest| rest.trim_end().ends_with(" is"));
    if is_test && rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '`')) {
        return Some(format!(
            "what a test takes stands in brackets: `x is {test}(…)`"
        ));
    }
    let (name, open) = call_at(before)?;
    let so_far = before[open..].trim_start();
    let last = so_far.rsplit(',').next().unwrap_or_default().trim();
    let has_name = last.contains('=');
    if has_name && !rest.starts_with([')', ',']) {
        let is_next = rest.split('=').next().is_some_and(|word| {
            let word = word.trim_end();
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        }) && rest.contains('=');
        return is_next.then(|| "a comma is missing between two arguments".to_owned());
    }
    if has_name || name.is_empty() {
        return None;
    }
    let first = first_argument(name).unwrap_or("key");
    let inside = inner.get(open..).unwrap_or_default();
    let value = match inside.split_once(')') {
        Some((value, _)) if !value.trim().is_empty() && !value.contains([',', '(']) => value.trim(),
        _ => "…",
    };
    Some(format!(
        "arguments have names in Tera: `{name}({first}={value})`"
    ))
}

fn first_argument(name: &str) -> Option<&'static str> {
    let function = FUNCTIONS.iter().find(|function| function.name == name);
    let filter = FILTERS.iter().find(|filter| filter.name == name);
    let parameters = function.map(|function| function.parameters);
    let parameters = parameters.or_else(|| filter.map(|filter| filter.parameters));
    match parameters {
        Some(parameters) => parameters.first().copied(),
        None => found(&FIRST_ARGUMENTS, name),
    }
}

/// The name of the call whose brackets are open at the end of a text, and where they begin.
fn call_at(before: &str) -> Option<(&str, usize)> {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, c) in before.char_indices() {
        match quote {
            Some(other) if c == other => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' | '`' => quote = Some(c),
                '(' => open.push(at),
                ')' => {
                    open.pop();
                }
                _ => {}
            },
        }
    }
    let open = open.pop()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = before[..open].trim_end();
    let name = &name[name.trim_end_matches(is_name).len()..];
    (!name.is_empty()).then_some((name, open + 1))
}
