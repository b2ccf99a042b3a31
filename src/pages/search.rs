//! The search index: which files there are, and the text of each page for it.

use std::sync::Arc;

use rayon::prelude::*;

use super::question::Answer;
use super::{Proposing, View};
use crate::address::Address;
use crate::config::search::{Library, SearchConfig};
use crate::input::FileBytes;
use crate::site::{Entry, Index, Site};
use crate::value::Value;

/// The library that searches in the browser: version 0.9.5 of the npm package `elasticlunr`, as it
/// is, with its licence (MIT) beside it.
const ELASTICLUNR: &[u8] = include_bytes!("search/elasticlunr.min.js");

/// Plans the index of each language that has one, and the library that reads it.
pub fn propose(site: &Site, proposals: &mut Proposing) {
    let format = site.config.search_format;
    for search in &site.config.search {
        let language = search.language.clone();
        let address = Address::file(&format.file_name(&language));
        proposals.zola(address, View::SearchIndex { language });
    }
    if !site.config.search.is_empty() && format.library == Library::Elasticlunr {
        let view = View::File {
            bytes: FileBytes::Embedded(ELASTICLUNR),
        };
        proposals.zola(Address::file("elasticlunr.min.js"), view);
    }
}

/// What the index of a language is made of: each page and section that can be opened and that
/// search may find, in the order of their paths.
///
/// Unlike Zola's, it knows pages that stand in no section or lack the key that their section sorts
/// by: they can be opened, so they can be found.
pub fn documents(site: &Site, language: &str) -> Answer {
    let mut all = site.config.search.iter();
    let search = all
        .find(|search| *search.language == *language)
        .ok_or_else(|| format!("the language `{language}` has no search index"))?;
    let default = &site.config.default_language;
    let entries = site.entries.indexes().par_iter().filter(|index| {
        let stated = site.entry(**index).article.language.as_deref();
        stated.unwrap_or(default) == language && may_be_found(site, **index)
    });
    let documents = entries.map(|index| document(site, site.entry(*index), search));
    Ok(Value::list(documents.collect::<Vec<Value>>()))
}

/// Whether an entry can be opened and neither it nor, of a page, its section keeps it from search.
fn may_be_found(site: &Site, index: Index) -> bool {
    let front_matter = site.entry(index).front_matter();
    if !front_matter.in_search_index || !front_matter.render {
        return false;
    }
    if let Some(keys) = &front_matter.section {
        return keys.redirect_to.is_none();
    }
    let sections = site.sections.of_page(index, &site.entries);
    let is_searched = |section: &Index| site.entry(*section).front_matter().in_search_index;
    sections.is_empty() || sections.iter().any(is_searched)
}

fn document(site: &Site, entry: &Entry, search: &SearchConfig) -> Value {
    let front_matter = entry.front_matter();
    let optional = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().into();
    let mut fields = vec![("url", Value::from(&entry.permalink))];
    if search.title {
        fields.push(("title", optional(&front_matter.title)));
    }
    if search.description {
        fields.push(("description", optional(&front_matter.description)));
    }
    if search.date {
        let date = front_matter.date.as_ref();
        let is_time = |text: &str| text.parse::<jiff::Timestamp>().is_ok();
        let date = date.map(|date| match is_time(&date.text) {
            true => date.text.to_string(),
            false => date.instant.to_string(),
        });
        fields.push(("date", date.unwrap_or_default().into()));
    }
    if search.path {
        fields.push(("path", Value::from(&entry.address)));
    }
    if search.content {
        let html = site.html(entry, entry.article.body.content);
        let mut text = text_of(&html);
        if let Some(length) = search.content_length
            && let Some((end, _)) = text.char_indices().nth(length)
        {
            text.truncate(end);
        }
        fields.push(("body", text.into()));
    }
    Value::map(fields)
}

/// Elements whose content is no text that a reader searches.
const SKIPPED: [&str; 3] = ["pre", "script", "style"];
/// Elements between which words do not run together.
const BREAKING: [&str; 6] = ["br", "dd", "dt", "li", "td", "th"];

/// The words of HTML: without tags, comments and code, white space collapsed, a line for a line.
/// What is escaped stays so, but quotation marks, as in Zola's index.
fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/');
        let name = name.split(|c: char| !c.is_alphanumeric()).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        rest = after;
        if SKIPPED.contains(&&*name) && !tag.starts_with('/') {
            let end = format!("</{name}");
            rest = after.split_once(&end).map_or("", |(_, rest)| rest);
            rest = rest.split_once('>').map_or("", |(_, rest)| rest);
        } else if BREAKING.contains(&&*name) {
            text.push(' ');
        }
    }
    text.push_str(rest);
    let mut lines = String::with_capacity(text.len());
    for line in text.lines() {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_some() && !lines.is_empty() {
            lines.push('\n');
        }
        while let Some(word) = words.next() {
            lines.push_str(word);
            if words.peek().is_some() {
                lines.push(' ');
            }
        }
    }
    for (escaped, plain) in [("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")] {
        if lines.contains(escaped) {
            lines = lines.replace(escaped, plain);
        }
    }
    lines
}
