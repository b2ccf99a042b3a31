//! Settings of a theme that a site misspells: keys of `[extra]`, which templates read by any name.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::diagnostic::{Diagnostics, misspelling_of};
use crate::input::ThemeSource;
use crate::value::Value;

/// Reports keys of the site's `[extra]` that are nearly one that the theme has or reads. A key that
/// stands in any template as a word may well be read there, whatever is around it.
pub fn check(theme: &ThemeSource, config: &Config, problems: &mut Diagnostics) {
    let texts = || theme.templates.iter().map(|template| &*template.text);
    let mut known: BTreeSet<&str> = texts().flat_map(settings).collect();
    if let Value::Map(extra) = &theme.extra {
        known.extend(extra.entries().iter().map(|(key, _)| &**key));
    }
    for (key, place) in &config.own_extra {
        let is_read = || texts().any(|text| has_word(text, key));
        if !known.contains(&**key)
            && let Some(near) = misspelling_of(key, known.iter().copied())
            && !is_read()
        {
            problems.misspelt_theme_setting(place.clone(), key, near);
        }
    }
}

/// What a template reads of `config.extra`.
fn settings(text: &str) -> impl Iterator<Item = &str> {
    text.split("config.extra.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
        &rest[..end]
    })
}

fn has_word(text: &str, word: &str) -> bool {
    let is_whole = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
    };
    !word.is_empty() && text.match_indices(word).any(is_whole)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
