//! What a file's name says: its language, a date, the slug.

use std::sync::Arc;

use super::date::split_date;
use crate::config::Config;

/// The name of a content file, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName<'a> {
    /// The name without language and `.md`; of an `index.md` that of its folder.
    pub stem: &'a str,
    /// What the name states, if config knows it.
    pub language: Option<Arc<str>>,
    /// What looks like a language in a site of several, but is none of them.
    pub unknown_language: Option<&'a str>,
    /// Whether it is an `_index.md`.
    pub is_section: bool,
    /// The date that the stem begins with.
    pub date: Option<&'a str>,
    /// The stem without its date.
    pub slug: &'a str,
}

impl<'a> FileName<'a> {
    /// Takes apart the name in a path from `content/`.
    pub fn new(path: &'a str, config: &Config) -> FileName<'a> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let name = file.strip_suffix(".md").unwrap_or(file);
        let (mut stem, mut language, mut unknown_language) = (name, None, None);
        if let Some((before, code)) = name.rsplit_once('.') {
            language = config.languages.iter().find(|l| &***l == code).cloned();
            if language.is_some() {
                stem = before;
            } else if !config.languages.is_empty()
                && code != &*config.default_language
                && looks_like_language(code)
            {
                unknown_language = Some(code);
            }
        }
        let is_section = stem == "_index";
        if stem == "index" && !folder.is_empty() {
            stem = folder.rsplit('/').next().unwrap_or(folder);
        }
        let (date, slug) = match split_date(stem) {
            Some((date, slug)) => (Some(date), slug),
            None => (None, stem),
        };
        FileName {
            stem,
            language,
            unknown_language,
            is_section,
            date,
            slug,
        }
    }
}

/// Two or three letters, perhaps with a region or a script: `de`, `pt-BR`.
fn looks_like_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let is_language = parts
        .next()
        .is_some_and(|l| matches!(l.len(), 2 | 3) && l.bytes().all(|b| b.is_ascii_lowercase()));
    is_language
        && parts.all(|p| matches!(p.len(), 2..=4) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
