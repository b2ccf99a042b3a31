//! The sitemap, which names every HTML page but redirects and 404; split where it would be too long.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::Plan;
use super::{Page, View};
use crate::address::Address;
use crate::chunks::Chunks;
use crate::site::kept::Change;
use crate::site::{Entry, Site};
use crate::value::{Key, Value};

/// Addresses in one sitemap at most, as Zola splits them.
const SITEMAP_MAX: usize = 30_000;

/// An address with the day or time of its last change, as far as it is known.
pub type Line = (Address, Option<Arc<str>>);

/// The address of the sitemap, or of the list of its parts.
pub fn address() -> Address {
    Address::file("sitemap.xml")
}

/// The pages that make up the sitemap of the others; none if the site wants none or has its own.
pub fn pages(site: &Site, others: &[Page]) -> Vec<Page> {
    let has_own = others.binary_search_by(|page| page.address.cmp(&address()));
    if !site.config.generate_sitemap || has_own.is_ok() {
        return Vec::new();
    }
    let listed = others.iter().filter(|page| is_listed(site, page));
    of_lines(listed.map(|page| line(site, page)).collect())
}

/// The same of a plan that follows on another: what the pages that `went` had is left out, and what
/// those that `came` have is put in, and so are the dates of the files that changed.
pub fn with(
    before: &Plan,
    (went, came): (&[&Page], &[&Page]),
    change: &Change<'_>,
    site: &Site,
) -> Option<Vec<Page>> {
    let Some(page) = before.get(&address()) else {
        return Some(Vec::new());
    };
    let View::Sitemap { lines } = &page.view else {
        return None;
    };
    let mut left_out: BTreeSet<&Address> = went.iter().map(|page| &page.address).collect();
    let dated = change.come().map(|(_, entry)| &entry.address);
    let dated: Vec<&Page> = dated.filter_map(|address| before.get(address)).collect();
    let dated = dated
        .into_iter()
        .filter(|page| !left_out.contains(&page.address));
    let anew: Vec<&Page> = dated.chain(came.iter().copied()).collect();
    left_out.extend(anew.iter().map(|page| &page.address));
    let listed = anew.into_iter().filter(|page| is_listed(site, page));
    let new: Vec<Line> = listed.map(|page| line(site, page)).collect();
    if went.is_empty()
        && new
            .iter()
            .all(|line| lines.find(|other| other.cmp(line)).is_ok())
    {
        return Some(vec![page.clone()]);
    }
    let mut lines = lines.clone();
    for address in left_out {
        if let Ok(place) = lines.find(|(other, _)| other.cmp(address)) {
            lines.remove(place);
        }
    }
    for line in new {
        // Two files at one address have one line.
        if let Err(place) = lines.find(|other| other.cmp(&line)) {
            lines.insert(place, line);
        }
    }
    if lines.len() > SITEMAP_MAX {
        return None;
    }
    Some(vec![whole(lines)])
}

/// A sitemap that is not split.
fn whole(lines: Chunks<Line>) -> Page {
    Page {
        address: address(),
        view: View::Sitemap { lines },
    }
}

/// The table `[extra]` of each page and section, by address.
pub fn extras(site: &Site) -> Value {
    Value::map(site.entries.all().map(|entry| {
        let key = Key::from(entry.address.as_str().to_owned());
        (key, entry.front_matter().extra.clone())
    }))
}

fn is_listed(site: &Site, page: &Page) -> bool {
    let skipped = matches!(
        page.view,
        View::Redirect { .. } | View::File { .. } | View::NotFound
    );
    let pager = site.config.exclude_paginated_pages_in_sitemap && page.view.number() > 1;
    page.address.as_str().ends_with('/') && !skipped && !pager
}

fn line(site: &Site, page: &Page) -> Line {
    let entry = match &page.view {
        View::Article { path } => site.find(path).map(|index| site.entry(index)),
        _ => None,
    };
    (page.address.clone(), entry.and_then(changed))
}

/// When an entry was changed. The protocol wants a day, or a time with its zone.
fn changed(entry: &Entry) -> Option<Arc<str>> {
    let front_matter = entry.front_matter();
    let newest = front_matter
        .updated
        .as_ref()
        .or(front_matter.date.as_ref())?;
    let is_complete = newest.text.parse::<jiff::Timestamp>().is_ok();
    Some(if is_complete {
        newest.text.clone()
    } else {
        newest.day.to_string().into()
    })
}

/// The files of these lines, sorted by address.
fn of_lines(lines: Vec<Line>) -> Vec<Page> {
    if lines.len() <= SITEMAP_MAX {
        return vec![whole(lines.into())];
    }
    let mut pages = Vec::new();
    for (number, part) in (1..).zip(lines.chunks(SITEMAP_MAX)) {
        pages.push(Page {
            address: Address::file(&format!("sitemap{number}.xml")),
            view: View::Sitemap {
                lines: part.to_vec().into(),
            },
        });
    }
    let parts = pages.iter().map(|page| page.address.clone()).collect();
    pages.push(Page {
        address: address(),
        view: View::SitemapIndex { parts },
    });
    pages
}
