//! Where everything stands, decided once: addresses of files by Zola's rules, then those of ours.

use std::sync::Arc;

use crate::address::Address;
use crate::config::{Config, slug_of};
use crate::content::Article;
use crate::content::date::split_date;

/// The address of a content file (Zola's documentation, "Page" and "Section").
///
/// `path` in the front matter overrides all, the language too; `slug` the last part, which is
/// slugified as `[slugify] paths` says. Folders keep their names; a date before the name is left out.
pub fn of_article(article: &Article, config: &Config) -> Address {
    let front_matter = &article.front_matter;
    if let Some(path) = &front_matter.path {
        return Address::page(path);
    }
    let language = article.language.as_deref();
    let prefix = language.map(|code| format!("{code}/")).unwrap_or_default();
    let (folder, name) = article.path.rsplit_once('/').unwrap_or(("", &article.path));
    let stem = stem_of(name, language);
    if front_matter.section.is_some() {
        return Address::page(&format!("{prefix}{folder}"));
    }
    let folders = folder.split('/').filter(|part| !part.is_empty());
    let mut parts: Vec<&str> = folders.collect();
    let name = if stem == "index" {
        parts.pop().unwrap_or(stem)
    } else {
        stem
    };
    let name = if config.slugify.paths_keep_dates {
        name
    } else {
        split_date(name).map_or(name, |(_, rest)| rest)
    };
    let slug = front_matter.slug.as_deref().unwrap_or(name);
    let slug = config.slugify.paths.apply(slug);
    parts.push(&slug);
    Address::page(&format!("{prefix}{}", parts.join("/")))
}

/// A file's name without `.md` and without its language.
pub fn stem_of<'a>(name: &'a str, language: Option<&str>) -> &'a str {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    match language {
        Some(code) => stem
            .strip_suffix(code)
            .and_then(|s| s.strip_suffix('.'))
            .unwrap_or(stem),
        None => stem,
    }
}

/// The folder in which a page's files lie: of `a/index.md` it is `a`, of any other page none.
pub fn colocated_folder(article: &Article) -> Option<&str> {
    let (folder, name) = article.path.rsplit_once('/').unwrap_or(("", &article.path));
    let stem = stem_of(name, article.language.as_deref());
    (stem == "index" || stem == "_index").then_some(folder)
}

/// A full address: base URL and address.
pub fn permalink(config: &Config, address: &Address) -> Arc<str> {
    format!("{}{address}", config.base_url).into()
}

/// The n-th page of a list, from 1; the first is the list's own address.
pub fn pager(list: &Address, paginate_path: &str, number: usize) -> Address {
    if number <= 1 {
        list.clone()
    } else if paginate_path.is_empty() {
        list.join(&format!("{number}/"))
    } else {
        list.join(&format!("{paginate_path}/{number}/"))
    }
}

/// A taxonomy's list of terms; `language` is none for the default one.
pub fn taxonomy(config: &Config, slug: &str, language: Option<&str>) -> Address {
    let root = config.taxonomy_root.as_deref();
    let parts = [language, root, Some(slug)].into_iter().flatten();
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    Address::page(&parts.join("/"))
}

/// The home page of a language other than the default one.
pub fn home_in(language: &str) -> Address {
    Address::page(language)
}

/// A company without a page of its own.
pub fn company(slug: &str) -> Address {
    Address::page(&format!("companies/{slug}"))
}

/// The comparison of two companies, slugs in order.
pub fn pair(a: &str, b: &str) -> Address {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    Address::page(&format!("compare/{first}-vs-{second}"))
}

/// A week's recap.
pub fn week(year: i16, week: i8) -> Address {
    Address::page(&format!("weekly/{year:04}-w{week:02}"))
}

/// An event without a page of its own.
pub fn event(slug: &str) -> Address {
    Address::page(&format!("events/{slug}"))
}

/// The year's part of a list that is cut by years; the newest year is the list's own address.
pub fn year(list: &Address, year: i16, newest: i16) -> Address {
    if year == newest {
        list.clone()
    } else {
        list.join(&format!("{year:04}/"))
    }
}

/// The fragment of a row or, with a company, a cell of a comparison.
pub fn cell_fragment(feature: &str, company: Option<&str>) -> String {
    match company {
        Some(company) => format!("{feature}.{company}"),
        None => feature.to_owned(),
    }
}

/// The slug of an event as a brief names it.
pub fn event_slug(name: &str) -> String {
    slug_of(name)
}
