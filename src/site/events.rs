//! Events: stories that several briefs share.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::held_back::HeldBack;
use super::{Entry, Index, addresses};
use crate::address::Address;
use crate::config::Config;
use crate::content::article::Table;
use crate::diagnostic::{Diagnostics, nearest};

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
    /// That of its page; without one, that of its newest brief.
    pub title: Arc<str>,
    pub address: Address,
    /// The page with `[extra.event]`.
    pub page: Option<Index>,
    /// Newest first.
    pub briefs: Vec<Index>,
}

/// Whether the events would be the same of either entry: the same story, and, where it may name the
/// event, the same title.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let event = |entry: &'_ Entry| Some(entry.brief()?.event.as_ref()?.0.clone());
    let may_name = matches!(a.article.table, Table::Event) || event(a).is_some();
    event(a) == event(b) && (!may_name || a.title == b.title)
}

impl Events {
    /// Collects the events that briefs name and those that have a page.
    pub fn new(
        entries: &[Arc<Entry>],
        briefs: &[Index],
        held_back: &HeldBack,
        config: &Config,
        problems: &mut Diagnostics,
    ) -> Events {
        let mut found: BTreeMap<String, (Option<Index>, Vec<Index>)> = BTreeMap::new();
        for (position, entry) in entries.iter().enumerate() {
            if entry.article.language.is_none() && matches!(entry.article.table, Table::Event) {
                found.entry(entry.slug().to_owned()).or_default().0 = Some(Index::new(position));
            }
        }
        for index in briefs {
            if let Some((name, _)) = entries[index.0 as usize]
                .brief()
                .and_then(|b| b.event.as_ref())
            {
                found
                    .entry(addresses::event_slug(name))
                    .or_default()
                    .1
                    .push(*index);
            }
        }
        let entry = |index: &Index| &entries[index.0 as usize];
        // `results-2026-q1` and `results-2026-q2` are two events, however near.
        let digits = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), "");
        let mut paged: HashMap<String, Vec<&str>> = HashMap::new();
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
                title: page
                    .or_else(|| briefs.first().copied())
                    .map_or(slug.as_str(), |i| &entry(&i).title)
                    .into(),
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
