//! Events: stories that several briefs share.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::held_back::HeldBack;
use super::kept::Change;
use super::{Entries, Entry, Index, Site, addresses};
use crate::address::Address;
use crate::config::Config;
use crate::content::article::Table;
use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::maps::HashMap;

/// All events, the one with the newest brief first.
#[derive(Debug)]
pub struct Events {
    all: Vec<Event>,
    by_slug: HashMap<Arc<str>, usize>,
}

/// A story.
#[derive(Clone, Debug)]
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

fn is_page(entry: &Entry) -> bool {
    matches!(entry.article.table, Table::Event)
}

/// The slug of the event that a brief states, and where.
fn named_by(entry: &Entry) -> Option<(String, &Place)> {
    let (name, place) = entry.brief()?.event.as_ref()?;
    Some((addresses::event_slug(name), place))
}

/// Whether the events would be the same of either entry: the same story.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let event = |entry: &'_ Entry| Some(entry.brief()?.event.as_ref()?.0.clone());
    event(a) == event(b) && is_page(a) == is_page(b) && !(is_page(a) && a.address != b.address)
}

/// What the events are read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    pub held_back: &'a HeldBack,
    pub config: &'a Config,
}

impl Events {
    /// Collects the events that briefs name, newest first in `briefs`, and those that have a page.
    pub fn new(read: &Read<'_>, briefs: &[Index], problems: &mut Diagnostics) -> Events {
        let entries = read.entries;
        let mut found: BTreeMap<String, (Option<Index>, Vec<Index>)> = BTreeMap::new();
        for (index, entry) in entries.iter() {
            if entry.article.language.is_none() && is_page(entry) {
                found.entry(entry.slug().to_owned()).or_default().0 = Some(index);
            }
        }
        for index in briefs {
            if let Some((slug, _)) = named_by(&entries[*index]) {
                found.entry(slug).or_default().1.push(*index);
            }
        }
        let all = found.into_iter().map(|(slug, (page, briefs))| Event {
            address: page.map_or_else(
                || addresses::event(&slug),
                |page| entries[page].address.clone(),
            ),
            slug: slug.into(),
            page,
            briefs,
        });
        let events = Events::in_order(all.collect(), entries);
        events.report(read, briefs.iter().map(|brief| &*entries[*brief]), problems);
        events
    }

    /// The events after a change: `None` if that is one of their pages.
    pub fn with(
        &self,
        change: &Change<'_>,
        read: &Read<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Events> {
        if change.has_any(is_page) {
            return None;
        }
        let mut all = self.all.clone();
        let mut by_slug = self.by_slug.clone();
        for (index, entry) in change.gone_briefs() {
            if let Some((slug, _)) = named_by(entry) {
                let briefs = &mut all[*by_slug.get(&*slug)?].briefs;
                briefs.retain(|brief| *brief != index);
            }
        }
        for (index, entry) in change.come_briefs() {
            let Some((slug, _)) = named_by(entry) else {
                continue;
            };
            let position = *by_slug.entry(slug.as_str().into()).or_insert(all.len());
            if position == all.len() {
                all.push(Event {
                    address: addresses::event(&slug),
                    slug: slug.into(),
                    page: None,
                    briefs: Vec::new(),
                });
            }
            let briefs = &mut all[position].briefs;
            read.entries.insert_newest_first(briefs, index);
        }
        all.retain(|event| event.page.is_some() || !event.briefs.is_empty());
        let events = Events::in_order(all, read.entries);
        let come = change.come_briefs();
        events.report(read, come.map(|(_, entry)| entry), problems);
        Some(events)
    }

    /// Reports briefs that name an event without a page, but mean, it seems, one that has.
    fn report<'a>(
        &self,
        read: &Read<'_>,
        briefs: impl Iterator<Item = &'a Entry>,
        problems: &mut Diagnostics,
    ) {
        if read.held_back.is_any_broken() {
            return;
        }
        // `results-2026-q1` and `results-2026-q2` are two events, however near.
        let digits = |text: &str| text.replace(|c: char| !c.is_ascii_digit(), "");
        let with_page = self.all.iter().filter(|event| event.page.is_some());
        let mut slugs: Vec<&str> = with_page.map(|event| &*event.slug).collect();
        if slugs.is_empty() {
            return;
        }
        slugs.sort_unstable();
        let mut paged: HashMap<String, Vec<&str>> = HashMap::default();
        for slug in slugs {
            paged.entry(digits(slug)).or_default().push(slug);
        }
        for (slug, place) in briefs.filter_map(named_by) {
            let has_page = self.get(&slug).is_some_and(|event| event.page.is_some());
            if has_page || read.held_back.knows_event(&slug, read.config) {
                continue;
            }
            let others = paged.get(&digits(&slug)).into_iter().flatten();
            if let Some(near) = nearest(&slug, others.copied()) {
                problems.unknown_event(&slug, place.clone(), near);
            }
        }
    }

    /// The one with the newest brief first; of several, by slug.
    fn in_order(mut all: Vec<Event>, entries: &Entries) -> Events {
        let newest = |event: &Event| event.briefs.first().map(|i| entries[*i].instant());
        all.sort_by(|a, b| (newest(b), &a.slug).cmp(&(newest(a), &b.slug)));
        let slugs = all.iter().enumerate();
        let by_slug = slugs.map(|(i, event)| (event.slug.clone(), i)).collect();
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
        self.get(&named_by(entry)?.0)
    }
}
