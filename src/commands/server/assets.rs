//! The files of the site that a page shows: style sheets, scripts, images, and what those name.

use std::collections::BTreeMap;

use url::Url;

use super::page::{self, Way};
use super::{Preview, Site};
use crate::value::Hash;

/// Paths as a browser asks for them, each with the digest of the file.
pub type Digests = BTreeMap<String, String>;

/// A page that names more files is told of so many.
const FILES_MAX: usize = 300;
/// Style sheets import others, which may import them.
const IMPORTS_MAX: usize = 4;

/// Attributes that name files.
const NAMING: [&str; 6] = ["href", "src", "srcset", "poster", "data", "content"];

/// The files that a page shows, as far as they belong to the site. A style sheet's digest covers
/// the files that it names.
pub fn of_page(preview: &Preview, site: &Site, path: &str, html: &[u8]) -> Digests {
    wanted_of_page(preview, site, (path, html), |_| true)
}

/// What tells two states of the files that a page runs from each other.
pub fn programs(preview: &Preview, site: &Site, path: &str, html: &[u8]) -> String {
    let is_program = |name: &str| {
        let file = name.trim().split(['?', '#']).next().unwrap_or_default();
        file.ends_with(".js") || file.ends_with(".mjs")
    };
    let files = wanted_of_page(preview, site, (path, html), is_program);
    let digests: Vec<String> = files.into_values().collect();
    format!("{:032x}", Hash::of(digests.concat().as_bytes()).0)
}

fn wanted_of_page(
    preview: &Preview,
    site: &Site,
    (path, html): (&str, &[u8]),
    is_wanted: impl Fn(&str) -> bool,
) -> Digests {
    let mut files = Digests::new();
    let Ok(here) = Url::parse(&format!("{}{path}", preview.origin)) else {
        return files;
    };
    let html = String::from_utf8_lossy(html);
    let names = attributes(&html).into_iter().chain(style_urls(&html));
    // Most names are links, which need not be resolved to see that they are not wanted.
    for name in names.filter(|name| is_wanted(name)) {
        let Some(file) = own_file(preview, site, &here, name) else {
            continue;
        };
        if files.len() == FILES_MAX {
            break;
        }
        if !files.contains_key(file.path())
            && let Some(hash) = digest(preview, site, &file, IMPORTS_MAX)
        {
            files.insert(file.path().to_owned(), format!("{:032x}", hash.0));
        }
    }
    files
}

/// The address of a file of the site that is no page; `None` for all else.
fn own_file(preview: &Preview, site: &Site, from: &Url, name: &str) -> Option<Url> {
    let whole = from.join(name.trim()).ok()?;
    if whole.origin() != from.origin() || whole.path() == from.path() {
        return None;
    }
    match page::way(site, &preview.base_path, whole.path(), None) {
        Way::File(address) if !address.output_file().ends_with(".html") => Some(whole),
        _ => None,
    }
}

fn digest(preview: &Preview, site: &Site, file: &Url, imports_max: usize) -> Option<Hash> {
    let Way::File(address) = page::way(site, &preview.base_path, file.path(), None) else {
        return None;
    };
    let bytes = site.render(address, preview).ok()?;
    let own = Hash::of(&bytes);
    if imports_max == 0 || !file.path().ends_with(".css") {
        return Some(own);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut all = own.0.to_le_bytes().to_vec();
    for name in style_urls(&text) {
        if let Some(named) = own_file(preview, site, file, name)
            && let Some(hash) = digest(preview, site, &named, imports_max - 1)
        {
            all.extend(hash.0.to_le_bytes());
        }
    }
    Some(Hash::of(&all))
}

/// The values of attributes that may name files. What only looks like one names no file of ours.
fn attributes(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in html.match_indices('=') {
        let before = html[..at].trim_end();
        let ends_with = |name: &str| {
            let rest = before.len().checked_sub(name.len());
            let end = rest.and_then(|rest| before.get(rest..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(name))
        };
        let Some(name) = NAMING.iter().find(|name| ends_with(name)) else {
            continue;
        };
        let value = value(&html[at + 1..]);
        if *name == "srcset" {
            let candidates = value.split(',').map(str::trim);
            found.extend(candidates.filter_map(|one| one.split_whitespace().next()));
        } else {
            found.push(value);
        }
    }
    found
}

/// The value of an attribute, quoted or not.
fn value(rest: &str) -> &str {
    let rest = rest.trim_start();
    let quoted = rest.strip_prefix(['"', '\'']);
    match quoted {
        Some(inside) => inside.split(&rest[..1]).next().unwrap_or_default(),
        None => {
            let end = |c: char| c.is_whitespace() || c == '>';
            rest.split(end).next().unwrap_or_default()
        }
    }
}

/// What `url(…)` and `@import "…"` name.
fn style_urls(text: &str) -> Vec<&str> {
    let of_url = text.split("url(").skip(1).map(|rest| {
        let inside = rest.split(')').next().unwrap_or_default();
        inside.trim().trim_matches(['"', '\''])
    });
    let imports = text.split("@import").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        rest.starts_with(['"', '\'']).then(|| value(rest))
    });
    of_url.chain(imports).collect()
}
