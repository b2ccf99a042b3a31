//! Which template language a theme is written in.

use std::sync::Arc;

use super::engine::line_and_column;
use crate::diagnostic::{Diagnostics, Place, with_hint};
use crate::input::{TemplateSource, ThemeSource};

/// The template languages that are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    MiniJinja,
    Tera1,
}

/// The engine that theme.toml names, else the one that the templates look like. A language that
/// is not rendered, or two in one theme, is reported.
pub fn engine_of(theme: &ThemeSource, problems: &mut Diagnostics) -> Option<Kind> {
    if let Some(stated) = &theme.engine {
        return stated_engine(stated, theme, problems);
    }
    // The built-in theme is embedded in the program.
    if theme
        .templates
        .iter()
        .any(|template| template.file.starts_with("dateline:"))
    {
        return Some(Kind::MiniJinja);
    }
    // A site's own templates use the engine of the theme that they override.
    let of_theme = theme.templates.iter().any(|template| template.from_theme);
    let judged = || {
        theme
            .templates
            .iter()
            .filter(move |template| template.from_theme == of_theme)
    };
    let first = |language: Language| judged().find_map(|template| mark(template, language));
    if let Some((place, mark)) = first(Language::Tera2) {
        match first(Language::Tera1) {
            Some((other, other_mark)) => {
                problems.mixed_template_languages(place, &mark, &other.file, &other_mark);
            }
            None => problems.tera2_template(place, &mark),
        }
        return None;
    }
    let is_tera = first(Language::Tera1).is_some() || first(Language::Tera).is_some();
    let is_jinja = !is_tera && first(Language::Jinja).is_some();
    Some(if is_jinja {
        Kind::MiniJinja
    } else {
        Kind::Tera1
    })
}

fn stated_engine(stated: &str, theme: &ThemeSource, problems: &mut Diagnostics) -> Option<Kind> {
    let file: Arc<str> = format!("themes/{}/theme.toml", theme.name).into();
    match stated {
        "tera1" => Some(Kind::Tera1),
        "minijinja" => Some(Kind::MiniJinja),
        "tera2" => {
            problems.tera2_template(Place::whole(&file), "engine = \"tera2\"");
            None
        }
        other => {
            problems.unknown_engine(Place::whole(&file), other);
            None
        }
    }
}

/// A language, by what only it can say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Tera1,
    /// Either of the two.
    Tera,
    Tera2,
    Jinja,
}

/// The first mark of a language in a template: where it is, and the begin of the tag.
fn mark(template: &TemplateSource, language: Language) -> Option<(Place, String)> {
    let tag = tags(&template.text).find(|tag| match language {
        Language::Tera2 => is_tera2(tag),
        Language::Tera1 => is_tera1(tag),
        Language::Tera => !tag.is_expression && tag.word() == "set_global",
        Language::Jinja => is_jinja(tag),
    })?;
    let (line, column) = line_and_column(&template.text, tag.at);
    let begin: String = tag.inner.split_whitespace().collect::<Vec<_>>().join(" ");
    let begin: String = begin.chars().take(30).collect();
    let open = if tag.is_expression { "{{" } else { "{%" };
    Some((
        Place::line(&template.file, line, column),
        format!("{open} {begin}"),
    ))
}

fn is_tera2(tag: &Tag) -> bool {
    let calls_component = |inner: &str| {
        let name = inner.strip_prefix('<').unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or(name);
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    };
    calls_component(tag.inner) || (!tag.is_expression && tag.word() == "component")
}

fn is_tera1(tag: &Tag) -> bool {
    // Jinja has macros as well, but nothing like `macros::name(…)`.
    let calls_macro = tag
        .inner
        .split("::")
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        && !tag.inner.trim_start().starts_with(['"', '\'']);
    let positional_test = [
        "is starting_with(",
        "is ending_with(",
        "is containing(",
        "is matching(",
    ]
    .iter()
    .any(|test| {
        tag.inner
            .split(test)
            .skip(1)
            .any(|rest| rest.trim_start().starts_with(['"', '\'', '`']))
    });
    calls_macro || positional_test
}

fn is_jinja(tag: &Tag) -> bool {
    if tag.is_expression {
        return false;
    }
    match tag.word() {
        "from" | "call" | "with" | "do" | "autoescape" => true,
        "set" => tag.inner.contains("namespace("),
        _ => false,
    }
}

/// A tag of a template: `{{ inner }}` or `{% inner %}`.
pub struct Tag<'a> {
    /// The byte at which it begins.
    pub at: usize,
    pub is_expression: bool,
    /// Between the delimiters, without blanks and marks of white space control.
    pub inner: &'a str,
}

impl Tag<'_> {
    /// The word that a `{% %}` tag begins with.
    pub fn word(&self) -> &str {
        let end = self
            .inner
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(self.inner.len());
        &self.inner[..end]
    }
}

/// The tags of a template in any of the languages, without those in comments and raw text.
pub fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    let mut is_raw = false;
    std::iter::from_fn(move || {
        loop {
            at += text[at..].find('{')?;
            let rest = &text[at..];
            let kind = rest.as_bytes().get(1)?;
            let close = match kind {
                b'{' => "}}",
                b'%' => "%}",
                b'#' => "#}",
                _ => {
                    at += 1;
                    continue;
                }
            };
            if is_raw && *kind != b'%' {
                at += 1;
                continue;
            }
            let begin = at;
            let Some(length) = end_of_tag(&rest[2..], close) else {
                at += 2;
                continue;
            };
            let inner = rest[2..2 + length].trim_start_matches('-');
            let inner = inner.trim_end_matches('-').trim();
            at += length + 4;
            if *kind == b'#' {
                continue;
            }
            let tag = Tag {
                at: begin,
                is_expression: *kind == b'{',
                inner,
            };
            if is_raw {
                if tag.word() == "endraw" {
                    is_raw = false;
                } else {
                    // What looks like a tag may reach over the end of the raw text.
                    at = begin + 2;
                }
                continue;
            }
            if !tag.is_expression && tag.word() == "raw" {
                is_raw = true;
            }
            return Some(tag);
        }
    })
}

/// The template that a template extends, if it names one, and where.
pub fn parent(text: &str) -> Option<(&str, usize)> {
    let tag = tags(text).find(|tag| !tag.is_expression && tag.word() == "extends")?;
    let name = tag.inner.split(['"', '\'', '`']).nth(1)?;
    Some((name, tag.at))
}

/// Operators, filters and other signs in one tag. What reads and what renders an expression calls
/// itself for each, and a thread's stack of 2 MB bears so many in a debug build.
const SIGNS_MAX: usize = 200;

/// The first tag with an expression that is longer than is read.
pub fn endless_tag(text: &str) -> Option<usize> {
    let found = tags(text).find(|tag| signs(tag.inner) > SIGNS_MAX);
    found.map(|tag| tag.at)
}

/// What a reader is told of [`endless_tag`].
pub fn too_long() -> String {
    format!("this tag has more than {SIGNS_MAX} operators")
}

/// Calls that stand in the arguments of each other. The time in which Tera reads them grows by half
/// an order of magnitude with each.
const CALLS_MAX: usize = 5;

/// The first tag of Tera's whose calls of functions stand too deep in each other.
pub fn nested_calls(text: &str) -> Option<usize> {
    let found = tags(text).find(|tag| depth_of_calls(tag.inner) > CALLS_MAX);
    found.map(|tag| tag.at)
}

/// What a reader is told of [`nested_calls`].
pub fn too_nested() -> String {
    with_hint(
        format_args!("more than {CALLS_MAX} calls stand in the arguments of each other here"),
        "give a name to what the inner ones make, with `set`",
    )
}

fn depth_of_calls(inside: &str) -> usize {
    let (mut open, mut calls, mut deepest) = (Vec::new(), 0_usize, 0);
    let mut quote = None;
    let (mut word, mut is_word_over) = (String::new(), false);
    // The last sign, and the one before the word: what follows `|` is a filter.
    let (mut sign, mut before) = (' ', ' ');
    for c in inside.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if c.is_alphanumeric() || c == '_' => {
                if is_word_over || word.is_empty() {
                    word.clear();
                    before = sign;
                }
                is_word_over = false;
                word.push(c);
            }
            None if c.is_whitespace() => is_word_over = true,
            None => {
                match c {
                    '"' | '\'' | '`' => quote = Some(c),
                    '(' => {
                        let is_keyword = ["and", "if", "in", "is", "not", "or"].contains(&&*word);
                        let is_named = !word.is_empty() && !is_keyword;
                        let is_call = is_named && !matches!(before, '|' | ':');
                        open.push(is_call);
                        calls += usize::from(is_call);
                        deepest = deepest.max(calls);
                    }
                    ')' => calls -= usize::from(open.pop().unwrap_or(false)),
                    _ => {}
                }
                word.clear();
                sign = c;
            }
        }
    }
    deepest
}

/// What binds values to each other, outside of literals. Commas do not, for lists are long; how deep
/// brackets nest the engines see to.
fn signs(inside: &str) -> usize {
    let mut signs = 0;
    let mut quote = None;
    let mut word = String::new();
    let mut before = ' ';
    for c in inside.chars().chain([' ']) {
        // `x[0][1]`, `x()()`: what stands behind a bracket binds to what is before it.
        signs +=
            usize::from(matches!(c, '[' | '(') && matches!(before, ']' | ')') && quote.is_none());
        if !c.is_whitespace() {
            before = c;
        }
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => continue,
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None => {}
        }
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        signs += usize::from(matches!(&*word, "and" | "or" | "not" | "in" | "is" | "if"));
        word.clear();
        signs += usize::from("+-*/%~|.<>=!".contains(c));
    }
    signs
}

/// The length of a tag's inside; delimiters in string literals do not end it.
fn end_of_tag(inside: &str, close: &str) -> Option<usize> {
    if close == "#}" {
        return inside.find(close);
    }
    let bytes = inside.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(open) if byte == open => quote = None,
            None if bytes[at..].starts_with(close.as_bytes()) => return Some(at),
            None if matches!(byte, b'"' | b'\'' | b'`') => quote = Some(byte),
            _ => {}
        }
        at += 1;
    }
    // A quote that is never closed is a mistake of its own; the tag still ends somewhere.
    inside.find(close)
}
