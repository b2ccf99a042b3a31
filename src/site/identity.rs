//! Who a brief is, whatever its address: its id, and what stands for it where there is none.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Entry, Index};
use crate::config::Config;
use crate::diagnostic::Diagnostics;

/// The characters of an id, without those that are easily taken for another.
pub const ALPHABET: &str = "23456789abcdefghjkmnpqrstvwxyz";
/// How many characters an id has.
pub const LENGTH: usize = 6;

/// Whether a text has the form of an id.
pub fn is_id(text: &str) -> bool {
    text.len() == LENGTH && text.chars().all(|c| ALPHABET.contains(c))
}

/// The ids of all briefs.
#[derive(Debug)]
pub struct Identities {
    by_id: HashMap<Arc<str>, Index>,
}

impl Identities {
    /// Collects the ids. The same id twice in one language is an error.
    pub fn new(
        entries: &[Entry],
        config: &Config,
        is_dateline: bool,
        problems: &mut Diagnostics,
    ) -> Identities {
        let mut seen: HashMap<(Option<Arc<str>>, Arc<str>), &Entry> = HashMap::new();
        let mut by_id = HashMap::new();
        for (position, entry) in entries.iter().enumerate() {
            let Some(brief) = entry.brief() else { continue };
            let Some((id, place)) = &brief.id else {
                if is_dateline {
                    problems.no_id(entry.place());
                }
                continue;
            };
            let language = entry.article.language.clone();
            if let Some(first) = seen.insert((language.clone(), id.clone()), entry) {
                problems.duplicate_id(id, place.clone(), &first.article.file);
            }
            if language.is_none() || !by_id.contains_key(id) {
                by_id.insert(id.clone(), Index::new(position));
            }
        }
        if config.dateline.authority.is_none() && config.is_dateline {
            problems.no_authority(&config.file);
        }
        Identities { by_id }
    }

    /// The brief that has an id.
    pub fn find(&self, id: &str) -> Option<Index> {
        self.by_id.get(id).copied()
    }
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
