//! Tera's errors in our words, with the place that Tera does not tell.

use std::error::Error as _;

use ::tera::{Error, ErrorKind, Tera};

use super::super::balance;
use super::super::detect::{Tag, tags};
use super::super::engine::{Bounded, TemplateError, Templates, line_and_column};
use super::reach::reached;
use super::{bounds, hints};
use crate::diagnostic::{divided, listed, nearest};
use crate::input::TemplateSource;
use crate::value::Value;

/// A template that does not parse. Tera gives the place as part of a drawing.
pub fn syntax(error: &Error, source: &TemplateSource) -> TemplateError {
    let drawing = error.to_string();
    let place = drawing
        .split_once("--> ")
        .and_then(|(_, rest)| rest.lines().next())
        .and_then(|place| place.trim().split_once(':'));
    let number = |text: &str| text.parse().unwrap_or_default();
    let (line, column) = place.map_or((0, 0), |(line, column)| (number(line), number(column)));
    let message = match drawing.rsplit_once("  = ") {
        Some((_, reason)) => reason.trim().to_owned(),
        None => drawing,
    };
    let told = |(line, column), message: &str, hint: Option<String>| {
        let (message, own_hint) = divided(message);
        TemplateError {
            file: source.file.clone(),
            line,
            column,
            message,
            hint: hint.or(own_hint),
        }
    };
    let text = &*source.text;
    let Some(at) = byte_at(text, (line, column)) else {
        return told((line, column), &message, None);
    };
    let message = hints::shortened(&message, text, at);
    let elsewhere = balance::unclosed(text, at);
    let hint = match elsewhere {
        Some(_) => None,
        None => hints::hint(text, at),
    };
    // Where a tag is missing, Tera points at what stands there instead, or at the end.
    let is_within = hint.is_some() || is_within_tag(text, at);
    let elsewhere = elsewhere.or_else(|| match is_within {
        true => None,
        false => balance::unbalanced(text),
    });
    match elsewhere {
        Some((at, message)) => told(line_and_column(text, at), &message, None),
        None => told((line, column), &message, hint),
    }
}

/// The byte at a line and a column, both from 1; the column counts characters.
fn byte_at(text: &str, (line, column): (usize, usize)) -> Option<usize> {
    let begins = text.match_indices('\n').map(|(at, _)| at + 1);
    let begin = [0].into_iter().chain(begins).nth(line.checked_sub(1)?)?;
    let mut characters = text[begin..].char_indices().map(|(at, _)| begin + at);
    Some(characters.nth(column.checked_sub(1)?).unwrap_or(text.len()))
}

/// Whether a byte stands behind the begin of a tag and before its end.
fn is_within_tag(text: &str, at: usize) -> bool {
    tags(text).any(|tag| {
        let begin = tag.at + "{{".len();
        begin < at
            && text[begin..]
                .find(tag.inner)
                .is_some_and(|to| at <= begin + to + tag.inner.len())
    })
}

/// Templates that extend or import what is not there, or themselves. Tera would stop at the
/// first that is missing, and never end on one that imports itself.
pub fn missing_parents(tera: &Tera, templates: &Templates) -> Vec<TemplateError> {
    if let Some(error) = templates.endless_chain() {
        return vec![error];
    }
    let mut errors: Vec<TemplateError> = Vec::new();
    // A template of the theme has two names and is reported once.
    let mut report = |error: TemplateError| {
        if !errors.contains(&error) {
            errors.push(error);
        }
    };
    for (name, source) in templates.iter() {
        let Some(template) = tera.templates.get(name) else {
            continue;
        };
        let imports = template.imported_macro_files.iter().map(|(name, _)| name);
        let wanted = template.parent.iter().map(|parent| ("extends", parent));
        for (word, other) in wanted.chain(imports.map(|name| ("import", name))) {
            if tera.templates.contains_key(other) {
                continue;
            }
            let at = tags(&source.text)
                .find(|tag| tag.word() == word && tag.inner.contains(other.as_str()))
                .map(|tag| tag.at);
            let (message, hint) = unknown_template(other, templates);
            report(templates.error(name, at, message, Some(hint)));
        }
        if imports_itself(name, tera) {
            let at = tag_of(source, "import");
            let hint = "macros of the same file are called as `self::name()`".to_owned();
            let message = format!("`{name}` imports itself");
            report(templates.error(name, at, message, Some(hint)));
        }
        if extends_itself(name, tera) {
            let at = tag_of(source, "extends");
            let hint = if source.from_theme {
                "one of its parents extends it in turn"
            } else {
                "a template of the theme is extended as `<theme>/templates/<name>`"
            };
            let message = format!("`{name}` extends itself");
            report(templates.error(name, at, message, Some(hint.to_owned())));
        }
    }
    errors
}

fn tag_of(source: &TemplateSource, word: &str) -> Option<usize> {
    let found = tags(&source.text).find(|tag| tag.word() == word);
    found.map(|tag| tag.at)
}

fn imports_itself(name: &str, tera: &Tera) -> bool {
    let imports = |name: &str| {
        let template = tera.templates.get(name);
        template.map_or(&[][..], |template| &template.imported_macro_files)
    };
    let mut seen = Vec::new();
    let mut next: Vec<&str> = vec![name];
    while let Some(one) = next.pop() {
        for (other, _) in imports(one) {
            if other == name {
                return true;
            }
            if !seen.contains(other) {
                seen.push(other.clone());
                next.push(other);
            }
        }
    }
    false
}

fn extends_itself(name: &str, tera: &Tera) -> bool {
    let mut next = name;
    for _ in 0..=tera.templates.len() {
        let parent = tera.templates.get(next).and_then(|t| t.parent.as_deref());
        match parent {
            Some(parent) if parent == name => return true,
            Some(parent) => next = parent,
            None => return false,
        }
    }
    // Its parents go round without it; they are reported themselves.
    false
}

/// A template that failed on a page, in the tag at a place, if that is known.
pub fn failure(
    error: &Error,
    template: &str,
    context: &Value,
    (tera, templates): (&Tera, &Templates),
    place: Option<bounds::Place>,
) -> TemplateError {
    let chain = chain(error);
    let last = chain.last().copied().unwrap_or(error);
    let (message, hint, mut needle) = describe(last, context, (tera, templates));
    if let Some(place) = bounds::reached().and_then(|reached| reached.place) {
        let hint = "look for a loop or a macro that repeats itself".to_owned();
        return templates.error(&place.template, Some(place.at), message, Some(hint));
    }
    // What failed inside of a call is best looked for by the name of the call.
    let called = chain
        .iter()
        .rev()
        .skip(1)
        .find_map(|error| match &error.kind {
            ErrorKind::CallFunction(name) if !bounds::is_put_in(name) => Some((name, "")),
            ErrorKind::CallFilter(name) if !bounds::is_put_in(name) => Some((name, "|")),
            ErrorKind::CallTest(name) => Some((name, "is")),
            _ => None,
        });
    let message = match (called, &needle) {
        (Some((name, _)), None) => {
            needle = Some(name.clone());
            format!("`{name}`: {message}")
        }
        _ => message,
    };
    if let Some(place) = place
        && let Some(source) = templates.get(&place.template)
        && let Some(tag) = tags(&source.text).find(|tag| tag.at == place.at)
    {
        // Where what failed is not in the tag, it is in one around it.
        let at = match &needle {
            Some(needle) => place_in(needle, &source.text, &tag),
            None => Some(tag.at),
        };
        if at.is_some() {
            return templates.error(&place.template, at, message, hint);
        }
    }
    let texts: Vec<String> = chain.iter().map(|error| error.to_string()).collect();
    let mut candidates: Vec<String> = Vec::new();
    for text in texts.iter().rev() {
        for mark in [
            "error happened in '",
            "while rendering '",
            "Failed to render '",
        ] {
            if let Some((_, rest)) = text.split_once(mark) {
                candidates.extend(rest.split('\'').next().map(str::to_owned));
            }
        }
    }
    candidates.extend(reached(template, tera));
    for name in candidates.clone() {
        if let Some(found) = tera.templates.get(&name) {
            let imports = found.imported_macro_files.iter();
            candidates.extend(imports.map(|(file, _)| file.clone()));
        }
    }
    let found = needle.and_then(|needle| {
        candidates
            .iter()
            .find_map(|name| Some((name, place_of(&needle, &templates.get(name)?.text)?)))
    });
    match found {
        Some((name, at)) => templates.error(name, Some(at), message, hint),
        None => {
            let name = candidates.first().map_or(template, String::as_str);
            templates.error(name, None, message, hint)
        }
    }
}

fn chain(error: &Error) -> Vec<&Error> {
    let mut chain = vec![error];
    let mut next = error.source();
    while let Some(cause) = next {
        chain.extend(cause.downcast_ref::<Error>());
        next = cause.source();
    }
    chain
}

/// Message, hint, and the name to look for in the templates.
fn describe(
    error: &Error,
    context: &Value,
    (tera, templates): (&Tera, &Templates),
) -> (String, Option<String>, Option<String>) {
    let unknown = |kind: &str, name: &String, mut known: Vec<&str>| {
        // The order of a hash map must not decide which of two is nearest.
        known.sort_unstable();
        let known = known.into_iter().filter(|name| !bounds::is_put_in(name));
        let meant = nearest(name, known).map(|meant| format!("did you mean `{meant}`?"));
        let hint = match kind {
            "function" => meant,
            _ => hints::of_jinja(name).or(meant),
        };
        (
            format!("there is no {kind} `{name}`"),
            hint,
            Some(name.clone()),
        )
    };
    match &error.kind {
        ErrorKind::Io(_) => {
            let (message, hint) = Bounded::too_large();
            (message, hint, None)
        }
        ErrorKind::FunctionNotFound(name) => {
            let known = tera.functions.keys().map(String::as_str);
            unknown("function", name, known.collect())
        }
        ErrorKind::FilterNotFound(name) => {
            let known = tera.filters.keys().map(String::as_str);
            unknown("filter", name, known.collect())
        }
        ErrorKind::TestNotFound(name) => {
            let known = tera.testers.keys().map(String::as_str);
            unknown("test", name, known.collect())
        }
        ErrorKind::TemplateNotFound(name) => {
            let name = name.trim_matches(['[', ']']);
            let (message, hint) = unknown_template(name, templates);
            (message, Some(hint), Some(name.to_owned()))
        }
        _ => {
            let text = error.to_string();
            match text
                .strip_prefix("Variable `")
                .and_then(|rest| rest.split_once("` not found in context"))
            {
                Some((name, _)) => (
                    format!("`{name}` is undefined"),
                    available(name, context),
                    Some(name.to_owned()),
                ),
                None => (text, None, None),
            }
        }
    }
}

/// What there is in the place of the first part of a name that is missing.
fn available(name: &str, context: &Value) -> Option<String> {
    let mut value = context;
    let mut owner = String::new();
    for part in name.split('.') {
        let Value::Map(map) = value else {
            return None;
        };
        if let Some(inner) = map.get(part) {
            if !owner.is_empty() {
                owner.push('.');
            }
            owner.push_str(part);
            value = inner;
            continue;
        }
        let keys = || map.entries().iter().map(|(key, _)| key.as_ref());
        return Some(match (nearest(part, keys()), owner.as_str()) {
            (Some(meant), "") => format!("did you mean `{meant}`?"),
            (Some(meant), owner) => format!("did you mean `{owner}.{meant}`?"),
            (None, "") => match name.split_once('.') {
                // It may be one that the template sets, or of a loop.
                Some((variable, rest)) => format!(
                    "if the template sets `{variable}`, that has no `{rest}`; otherwise there are {}",
                    listed(keys())
                ),
                None => format!("there are {}", listed(keys())),
            },
            (None, owner) => format!("`{owner}` has {}", listed(keys())),
        });
    }
    None
}

fn unknown_template(name: &str, templates: &Templates) -> (String, String) {
    let hint = match nearest(name, templates.names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            // Each of a theme has a second name.
            let names = templates.names();
            let names = names.filter(|name| !name.contains("/templates/"));
            format!("there are {}", listed(names))
        }
    };
    (format!("there is no template `{name}`"), hint)
}

/// Where a name first stands in a tag, as a whole word.
fn place_of(needle: &str, text: &str) -> Option<usize> {
    tags(text).find_map(|tag| place_in(needle, text, &tag))
}

/// Where a name first stands in one tag.
fn place_in(needle: &str, text: &str, Tag { at, inner, .. }: &Tag<'_>) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let begin = text[*at..].find(inner)? + at;
    inner.match_indices(needle).find_map(|(offset, _)| {
        let before = inner[..offset].chars().next_back();
        let after = inner[offset + needle.len()..].chars().next();
        let is_word = !before.is_some_and(is_part) && !after.is_some_and(is_part);
        is_word.then_some(begin + offset)
    })
}
