//! The files that are published, in the order of their paths.
//!
//! Each has a slot, which it keeps from site to site as long as its file is there, so that a table
//! that names entries means the same after others have come and gone.

use std::cmp::Reverse;
use std::ops;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

use super::addresses;
use crate::address::Address;
use crate::config::Config;
use crate::content::Article;
use crate::content::article::{Body, FrontMatter, Table};
use crate::content::brief::Brief;
use crate::diagnostic::Place;
use crate::maps::{HashMap, with_room};
use crate::shares::in_shares;

/// The slot of an entry in [`Entries`]. It says nothing of the order; see [`Entries::rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Index(u32);

impl Index {
    /// The number of the slot, below [`Entries::slot_count`].
    pub fn slot(self) -> usize {
        self.0 as usize
    }

    fn new(slot: usize) -> Index {
        Index(u32::try_from(slot).expect("fewer than four thousand million articles"))
    }
}

/// A content file that is published, with its address.
#[derive(Debug)]
pub struct Entry {
    pub article: Arc<Article>,
    pub address: Address,
    pub permalink: Arc<str>,
    /// The title, or the file's path for want of one.
    pub title: Arc<str>,
}

/// All entries of a site.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// A slot is empty when its file is gone.
    slots: Vec<Option<Arc<Entry>>>,
    /// The slots that are not, by path.
    order: Vec<Index>,
    /// The place of each slot in `order`.
    ranks: Vec<u32>,
    /// The slot in which a path was. It is another one now if the path is among `late`, and none
    /// if it is empty.
    by_path: Arc<HashMap<Arc<str>, Index>>,
    /// What has come since that was made, the last at the end.
    late: Vec<(Arc<str>, Index)>,
}

impl Entries {
    /// The entries of articles that are sorted by path. Those of articles that did not change are
    /// the same as before, and those of a path that was there before have its slot.
    pub fn after(
        before: Option<&Entries>,
        articles: Vec<Arc<Article>>,
        config: &Config,
    ) -> Entries {
        /// It is as fast to look for a path among so many as by its hash.
        const LATE_MAX: usize = 16;
        let nothing = Entries::default();
        let before = before.unwrap_or(&nothing);
        let mut slots: Vec<Option<Arc<Entry>>> = vec![None; before.slots.len()];
        let mut order = Vec::with_capacity(articles.len());
        let mut known = before.iter().peekable();
        let mut late = before.late.clone();
        for article in articles {
            let is_same = |entry: &Entry| Arc::ptr_eq(&entry.article, &article);
            // To compare paths is slow, and hardly ever needed.
            let unchanged = known.next_if(|(_, entry)| is_same(entry));
            let same = unchanged.or_else(|| {
                while known
                    .next_if(|(_, e)| e.article.path < article.path)
                    .is_some()
                {}
                known.next_if(|(_, e)| e.article.path == article.path)
            });
            let index = same.map_or_else(|| Index::new(slots.len()), |(index, _)| index);
            if same.is_none() {
                late.push((article.path.clone(), index));
            }
            let entry = match same {
                Some((_, entry)) if is_same(entry) => entry.clone(),
                _ => Arc::new(Entry::new(article, config)),
            };
            match slots.get_mut(index.slot()) {
                Some(slot) => *slot = Some(entry),
                None => slots.push(Some(entry)),
            }
            order.push(index);
        }
        let mut ranks = vec![0; slots.len()];
        for (index, rank) in order.iter().zip(0..) {
            ranks[index.slot()] = rank;
        }
        let mut entries = Entries {
            slots,
            order,
            ranks,
            by_path: before.by_path.clone(),
            late,
        };
        if entries.late.len() > LATE_MAX {
            entries.by_path = entries.positions();
            entries.late.clear();
        }
        entries
    }

    /// Whether so many entries may follow: a site without the empty slots is made anew when there
    /// are more of them than of others.
    pub fn may_be_followed_by(&self, count: usize) -> bool {
        const SPARE: usize = 1000;
        self.slots.len() <= 2 * count + SPARE
    }

    fn positions(&self) -> Arc<HashMap<Arc<str>, Index>> {
        let mut positions = with_room(self.len());
        positions.extend(
            self.iter()
                .map(|(i, entry)| (entry.article.path.clone(), i)),
        );
        Arc::new(positions)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many slots there are, empty ones among them.
    pub fn slot_count(&self) -> usize {
        self.slots.len()
    }

    /// All, by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Index, &Arc<Entry>)> + Clone {
        self.order.iter().map(|index| (*index, self.at(*index)))
    }

    /// All, by path, without their slots.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Arc<Entry>> + Clone {
        self.order.iter().map(|index| self.at(*index))
    }

    /// The same for several threads.
    pub fn par_iter(&self) -> impl IndexedParallelIterator<Item = &Arc<Entry>> {
        in_shares(&self.order).map(|index| self.at(*index))
    }

    /// The slots, by path.
    pub fn indexes(&self) -> &[Index] {
        &self.order
    }

    /// Where an entry stands among all, by path.
    pub fn rank(&self, index: Index) -> u32 {
        self.ranks[index.slot()]
    }

    /// The slot of a path from `content/`.
    pub fn find(&self, path: &str) -> Option<Index> {
        let late = self.late.iter().rev().find(|(other, _)| **other == *path);
        let index = late
            .map(|(_, index)| index)
            .or_else(|| self.by_path.get(path));
        index.copied().filter(|index| self.get(*index).is_some())
    }

    /// What stands in a slot, if it is not empty.
    pub fn get(&self, index: Index) -> Option<&Arc<Entry>> {
        self.slots.get(index.slot())?.as_ref()
    }

    /// Each slot of two sites that follow on each other, with what stands in it in either.
    pub fn beside<'a>(
        &'a self,
        other: &'a Entries,
    ) -> impl Iterator<Item = (Index, Option<&'a Arc<Entry>>, Option<&'a Arc<Entry>>)> {
        let slots = (0..self.slots.len().max(other.slots.len())).map(Index::new);
        slots.map(|index| (index, self.get(index), other.get(index)))
    }

    fn at(&self, index: Index) -> &Arc<Entry> {
        let entry = self.slots[index.slot()].as_ref();
        entry.expect("no table names an entry that is gone")
    }

    /// What sorts entries as [`Entries::newest_first`] does.
    pub fn age(&self, index: Index) -> (Reverse<Timestamp>, u32) {
        (Reverse(self[index].instant()), self.rank(index))
    }

    /// Puts an entry into its place among others that are newest first, if it is not there.
    pub fn insert_newest_first(&self, indexes: &mut Vec<Index>, index: Index) {
        let own = self.age(index);
        if let Err(place) = indexes.binary_search_by_key(&own, |other| self.age(*other)) {
            indexes.insert(place, index);
        }
    }

    /// The entries that a condition chooses, newest first; of one instant, by path.
    pub fn newest_first(&self, chosen: impl Fn(&Entry) -> bool) -> Vec<Index> {
        let chosen = self.iter().filter(|(_, entry)| chosen(entry));
        let mut indexes: Vec<Index> = chosen.map(|(index, _)| index).collect();
        indexes.sort_by_key(|index| Reverse(self[*index].instant()));
        indexes
    }
}

impl ops::Index<Index> for Entries {
    type Output = Arc<Entry>;

    fn index(&self, index: Index) -> &Arc<Entry> {
        self.at(index)
    }
}

impl Entry {
    fn new(article: Arc<Article>, config: &Config) -> Entry {
        let address = addresses::of_article(&article, config);
        let permalink = addresses::permalink(config, &address);
        let title = article
            .front_matter
            .title
            .as_ref()
            .unwrap_or(&article.path)
            .clone();
        Entry {
            title,
            article,
            address,
            permalink,
        }
    }

    /// An entry without a file, which says nothing.
    pub fn nothing() -> Entry {
        let article = Article {
            path: "".into(),
            file: "".into(),
            language: None,
            front_matter: FrontMatter::default(),
            body: Body::default(),
            table: Table::None,
            unexpanded: None,
            misread: Vec::new(),
        };
        Entry {
            article: Arc::new(article),
            address: Address::root(),
            permalink: "".into(),
            title: "".into(),
        }
    }

    /// The front matter of the entry's file.
    pub fn front_matter(&self) -> &FrontMatter {
        &self.article.front_matter
    }

    /// The brief that the entry is, if it is one.
    pub fn brief(&self) -> Option<&Brief> {
        match &self.article.table {
            Table::Brief(brief) => Some(brief),
            _ => None,
        }
    }

    /// The last part of the address.
    pub fn slug(&self) -> &str {
        self.address.last_part()
    }

    /// The file as a whole, for messages.
    pub fn place(&self) -> Place {
        Place::whole(&self.article.file)
    }

    /// The instant of the date; entries without one come before all others.
    pub fn instant(&self) -> Timestamp {
        self.front_matter()
            .date
            .as_ref()
            .map_or(Timestamp::MIN, |date| date.instant)
    }

    /// The day of the date in the site's time zone.
    pub fn day(&self) -> Option<Date> {
        self.front_matter().date.as_ref().map(|date| date.day)
    }
}
