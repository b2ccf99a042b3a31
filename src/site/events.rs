//! Events: stories that several briefs share.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::held_back::HeldBack;
use super::{Entries, Entry, Index, Site, addresses};
use crate::address::Address;
use crate::config::Config;
use crate::content::article::Table;
use crate::diagnostic::{Diagnostics, nearest};
use crate::maps::HashMap;

/// All events, the one with the newest brief first.
#[derive(Debug)]
pub struct Events {
    all: Vec<Event>,
    by_slug: HashMap<Arc<str>, usize>,
}

/// A story.
#[derive(Debug)]
pub struct Event {
    pub slug: Arc<str>,
    pub address: Address,
    /// The page with `[extra.event]`.
    pub page: Option<Index>,
    /// Newest first.
    pub briefs: Vec<Index>,
}

impl Event {
    /// The title of its page; without one, that of its newest brief.
    pub fn title<'a>(&'a self, site: &'a Site) -> &'a Arc<str> {
        let named_by = self.page.or_else(|| self.briefs.first().copied());
        named_by.map_or(&self.slug, |index| &site.entry(index).title)
    }
}

/// Whether the events would be the same of either entry: the same story.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let event = |entry: &'_ Entry| Some(entry.brief()?.event.as_ref()?.0.clone());
    let is_page = |entry: &Entry| matches!(entry.article.table, Table::Event);
    event(a) == event(b) && is_page(a) == is_page(b) && !(is_page(a) && a.address != b.address)
}

impl Events {
    /// Collects the events that briefs name and those that have a page.
    pub fn new(
        entries: &Entries,
        briefs: &[Index],
        held_back: &HeldBack,
        config: &Config,
        problems: &mut Diagnostics,
    ) -> Events {
        let mut found: BTreeMap<String, (Option<Index>, Vec<Index>)> = BTreeMap::new();
        for (index, entry) in entries.iter() {
            if entry.article.language.is_none() && matches!(entry.article.table, Table::Event) {
                found.entry(entry.slug().to_owned()).or_default().0 = Some(index);
            }
        }
        for index in briefs {
            if let Some((name, _)) = entries[*index].brief().and_then(|b| b.event.as_ref()) {
                found
                    .entry(addresses::event_slug(name))
                    .or_default()
                    .1
                    .push(*index);
            }
        }
        let entry = |index: &Index| &entries[*index];
        // `results-2026-q1` and `results-2026-q2` are two events, however near.
        let digits = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), "");
        let mut paged: HashMap<String, Vec<&str>> = HashMap::default();
        for (slug, _) in found.iter().filter(|(_, (page, _))| page.is_some()) {
            paged.entry(digits(slug)).or_default().push(slug);
        }
        for (slug, (page, briefs)) in &found {
            if page.is_some() || held_back.is_any_broken() || held_back.knows_event(slug, config) {
                continue;
            }
            let others = paged.get(&digits(slug)).into_iter().flatten();
            let Some(near) = nearest(slug, others.copied()) else {
                continue;
            };
            let events = briefs
                .iter()
                .filter_map(|i| entry(i).brief()?.event.as_ref());
            for (_, place) in events {
                problems.unknown_event(slug, place.clone(), near);
            }
        }
        let mut all: Vec<Event> = found
            .into_iter()
            .map(|(slug, (page, briefs))| Event {
                address: page
                    .map_or_else(|| addresses::event(&slug), |i| entry(&i).address.clone()),
                slug: slug.into(),
                page,
                briefs,
            })
            .collect();
        all.sort_by_key(|event| {
            std::cmp::Reverse(event.briefs.first().map(|i| entry(i).instant()))
        });
        let by_slug = all
            .iter()
            .enumerate()
            .map(|(i, event)| (event.slug.clone(), i))
            .collect();
        Events { all, by_slug }
    }

    /// All events.
    pub fn all(&self) -> &[Event] {
        &self.all
    }

    /// An event by its slug.
    pub fn get(&self, slug: &str) -> Option<&Event> {
        self.by_slug.get(slug).map(|position| &self.all[*position])
    }

    /// The event that a brief belongs to.
    pub fn of_brief(&self, entry: &Entry) -> Option<&Event> {
        let (name, _) = entry.brief()?.event.as_ref()?;
        self.get(&addresses::event_slug(name))
    }
}
