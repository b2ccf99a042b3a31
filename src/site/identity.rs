//! Who a brief is, whatever its address: its id, and what stands for it where there is none.

use std::sync::Arc;

use super::held_back::HeldBack;
use super::kept::Change;
use super::{Entries, Entry, Index};
use crate::config::Config;
use crate::data::Placed;
use crate::diagnostic::Diagnostics;
use crate::maps::{HashMap, HashSet};

/// The ids of all briefs.
#[derive(Debug)]
pub struct Identities {
    by_id: HashMap<Arc<str>, Index>,
    /// Those that several briefs of one language have, which is reported.
    ambiguous: HashSet<Arc<str>>,
    /// Those that several briefs have, in whatever language: translations share one.
    shared: HashSet<Arc<str>>,
    /// Those of briefs that are not published yet.
    hidden: HashSet<Arc<str>>,
    /// Whether a file could not be read, so that any id may be in it.
    is_incomplete: bool,
}

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Brief(Index),
    /// The first of several briefs with this id.
    OneOf(Index),
    /// A draft, or a brief that is scheduled.
    Unpublished,
    Nothing,
    /// Nothing, but a file has errors, which are reported, and may be the one that is meant.
    Unknown,
}

impl Identities {
    /// Collects the ids. The same id twice in one language is an error.
    pub fn new(
        entries: &Entries,
        held_back: &HeldBack,
        config: &Config,
        problems: &mut Diagnostics,
    ) -> Identities {
        /// A language and an id.
        type Known = (Option<Arc<str>>, Arc<str>);
        let mut seen: HashMap<Known, &Arc<Entry>> = HashMap::default();
        let mut by_id = HashMap::default();
        let (mut ambiguous, mut shared) = (HashSet::default(), HashSet::default());
        // Of two with one id the older is the one that readers know, so the other is reported.
        let mut oldest_first: Vec<(Index, &Arc<Entry>)> = entries.iter().collect();
        oldest_first.sort_by_key(|(_, entry)| entry.instant());
        for (index, entry) in oldest_first {
            let Some((id, place)) = id_of(entry, problems) else {
                continue;
            };
            let language = entry.article.language.clone();
            let first = *seen.entry((language.clone(), id.clone())).or_insert(entry);
            if !Arc::ptr_eq(first, entry) {
                problems.duplicate_id(id, place.clone(), &first.article.file);
                ambiguous.insert(id.clone());
                continue;
            }
            let is_known = by_id.contains_key(id);
            if is_known {
                shared.insert(id.clone());
            }
            if language.is_none() || !is_known {
                by_id.insert(id.clone(), index);
            }
        }
        if config.dateline.authority.is_none() && config.is_dateline {
            problems.no_authority(config.dateline.place.clone());
        }
        Identities {
            by_id,
            ambiguous,
            shared,
            hidden: held_back.ids(),
            is_incomplete: held_back.is_any_broken(),
        }
    }

    /// The ids after a change: `None` if one of them is or was that of several briefs.
    pub fn with(&self, change: &Change<'_>, problems: &mut Diagnostics) -> Option<Identities> {
        let mut by_id = self.by_id.clone();
        let has_language = |entry: &Entry| entry.article.language.is_some();
        if change.has_any(has_language) {
            return None;
        }
        for (index, entry) in change.gone() {
            // Of what was wrong before nothing is said again.
            let Some((id, _)) = id_of(entry, &mut Diagnostics::default()) else {
                continue;
            };
            let is_one = !self.ambiguous.contains(id) && !self.shared.contains(id);
            if !is_one || by_id.remove(id) != Some(index) {
                return None;
            }
        }
        for (index, entry) in change.come() {
            if let Some((id, _)) = id_of(entry, problems)
                && by_id.insert(id.clone(), index).is_some()
            {
                return None;
            }
        }
        Some(Identities {
            by_id,
            ambiguous: self.ambiguous.clone(),
            shared: self.shared.clone(),
            hidden: self.hidden.clone(),
            is_incomplete: self.is_incomplete,
        })
    }

    /// What an id names.
    pub fn named(&self, id: &str) -> Named {
        match self.by_id.get(id) {
            Some(index) if self.ambiguous.contains(id) => Named::OneOf(*index),
            Some(index) => Named::Brief(*index),
            None if self.hidden.contains(id) => Named::Unpublished,
            None if self.is_incomplete => Named::Unknown,
            None => Named::Nothing,
        }
    }
}

/// The id of a brief; that it states none is reported.
fn id_of<'a>(entry: &'a Entry, problems: &mut Diagnostics) -> Option<&'a Placed> {
    let brief = entry.brief()?;
    if brief.id.is_none() && !brief.states_id {
        problems.no_id(brief.place.clone());
    }
    brief.id.as_ref()
}

/// Whether the ids would be the same of either entry.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let id = |entry: &'_ Entry| {
        let brief = entry.brief()?;
        Some((brief.states_id, brief.id.as_ref().map(|(id, _)| id.clone())))
    };
    id(a) == id(b)
}

/// The identity of a feed entry: a `tag:` URI (RFC 4151) made of authority and id, which stays
/// the same if the address changes; without either, the permalink, as Zola has it.
pub fn feed_id(entry: &Entry, config: &Config) -> String {
    let id = entry.brief().and_then(|brief| brief.id.as_ref());
    match (id, &config.dateline.authority) {
        (Some((id, _)), Some(authority)) => match &entry.article.language {
            Some(language) => format!("tag:{authority}:{id}.{language}"),
            None => format!("tag:{authority}:{id}"),
        },
        _ => entry.permalink.to_string(),
    }
}
