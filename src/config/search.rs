//! The search index: `build_search_index` and `[search]`, for each language.

use std::sync::Arc;

use elasticlunr::Language;
use elasticlunr::lang::from_code;

use crate::value::Value;

/// The search index of one language.
#[derive(Clone, Debug)]
pub struct SearchConfig {
    pub language: Arc<str>,
    pub title: bool,
    pub description: bool,
    pub date: bool,
    pub path: bool,
    pub content: bool,
    /// Characters of the content at most.
    pub content_length: Option<usize>,
}

/// How an index is written, by the library that reads it in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexFormat {
    pub library: Library,
    /// A script that sets a variable; else JSON alone.
    pub is_script: bool,
}

/// The library that reads an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    Elasticlunr,
    Fuse,
}

impl SearchConfig {
    /// What `[search]` says, with what is not stated filled in.
    pub fn of(language: &Arc<str>, search: &Value) -> SearchConfig {
        let length = search.get("truncate_content_length");
        let length = length.and_then(Value::as_int);
        SearchConfig {
            language: language.clone(),
            title: search.is("include_title"),
            description: search.is("include_description"),
            date: search.is("include_date"),
            path: search.is("include_path"),
            content: search.is("include_content"),
            content_length: length.and_then(|length| usize::try_from(length).ok()),
        }
    }
}

impl IndexFormat {
    /// The format of a name that config may state.
    pub fn of(name: &str) -> IndexFormat {
        let (library, form) = name.split_once('_').unwrap_or((name, ""));
        IndexFormat {
            library: match library {
                "fuse" => Library::Fuse,
                _ => Library::Elasticlunr,
            },
            is_script: form != "json",
        }
    }

    /// The name of the file for a language: `search_index.en.js`.
    pub fn file_name(self, language: &str) -> String {
        let ending = if self.is_script { "js" } else { "json" };
        format!("search_index.{language}.{ending}")
    }
}

/// How words of a language are found and brought to their stems; by `pt-BR` as by `pt`.
pub fn words_of(language: &str) -> Option<Box<dyn Language>> {
    let code = language.split(['-', '_']).next().unwrap_or(language);
    // The crate calls Dutch by the name that its model in JavaScript gives it.
    from_code(if code == "nl" { "du" } else { code })
}
