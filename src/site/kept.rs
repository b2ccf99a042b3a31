//! What a site takes over from the one before it.
//!
//! A table is kept if each article that changed says the same to it as before. Whether it does is
//! decided by the articles themselves (`is_same`, beside each table), never by what kind of change
//! it was. Otherwise it is brought up to date: what the articles said before is taken out, and what
//! they say now is put in (`with`). Where that cannot be done for little, it is made anew.
//!
//! What a table reported is kept with it. One that reported anything of a file that changed is not
//! kept as it is: the places of its problems have moved.

use std::ops::Deref;
use std::sync::Arc;

use super::{Entries, Entry, Index, Site, is_brief_of_default_language};
use crate::data::Placed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::maps::HashSet;

/// A table that may outlive its site, with what it reported.
#[derive(Debug)]
pub struct Kept<T> {
    table: Arc<T>,
    problems: Arc<[Diagnostic]>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Kept<T> {
        Kept {
            table: self.table.clone(),
            problems: self.problems.clone(),
        }
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.table
    }
}

/// How a table comes from that of the site before.
#[derive(Debug)]
pub enum Way<'a, T> {
    /// It would be the same again.
    Same(&'a Kept<T>),
    /// A little has changed.
    Changed(&'a Kept<T>, &'a Change<'a>),
    Anew,
}

impl<'a, T> Way<'a, T> {
    /// The same of a table that reads something else that has changed: it may not stay as it is.
    pub fn or_changed(self, change: &'a Change<'a>) -> Way<'a, T> {
        match self {
            Way::Same(kept) => Way::Changed(kept, change),
            way => way,
        }
    }
}

impl<T> Kept<T> {
    /// The table that follows: the very same, or what `with` makes of that before, or, if that is
    /// nothing, what `make` makes. What `with` reports comes in the place of what was reported of
    /// the files that changed.
    pub fn follow(
        way: Option<Way<'_, T>>,
        problems: &mut Diagnostics,
        with: impl FnOnce(&T, &Change<'_>, &mut Diagnostics) -> Option<T>,
        make: impl FnOnce(&mut Diagnostics) -> T,
    ) -> Kept<T> {
        let mut found = Diagnostics::default();
        let updated = match way {
            Some(Way::Same(kept)) => {
                problems.extend(kept.problems.iter().cloned());
                return kept.clone();
            }
            Some(Way::Changed(kept, change)) => {
                with(&kept.table, change, &mut found).inspect(|_| {
                    let left = kept.problems.iter().filter(|p| !change.touches(p));
                    found.extend(left.cloned());
                })
            }
            Some(Way::Anew) | None => None,
        };
        let table = updated.unwrap_or_else(|| {
            found = Diagnostics::default();
            make(&mut found)
        });
        // In order, so that a list of all problems is put in order at little cost.
        let found = found.sorted();
        problems.extend(found.iter().cloned());
        Kept {
            table: Arc::new(table),
            problems: found.into(),
        }
    }

    /// The same of a table that is made anew after every change.
    pub fn make(
        way: Option<Way<'_, T>>,
        problems: &mut Diagnostics,
        make: impl FnOnce(&mut Diagnostics) -> T,
    ) -> Kept<T> {
        Kept::follow(way, problems, |_, _, _| None, make)
    }

    /// Whether both are one and the same.
    pub fn is(&self, other: &Kept<T>) -> bool {
        Arc::ptr_eq(&self.table, &other.table)
    }
}

/// An entry that is not what it was.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    pub index: Index,
    /// `None`: it has come.
    pub before: Option<&'a Entry>,
    /// `None`: it is gone.
    pub now: Option<&'a Entry>,
}

/// What differs between a site and the one before it.
#[derive(Debug)]
pub struct Change<'a> {
    all: Vec<Changed<'a>>,
    /// The files that changed.
    files: HashSet<&'a str>,
    /// An entry that says nothing to any table.
    nothing: Entry,
}

impl<'a> Change<'a> {
    /// Compares two sites.
    pub fn between(before: &'a Entries, now: &'a Entries) -> Change<'a> {
        let mut all = Vec::new();
        for (index, before, now) in before.beside(now) {
            let is_one = |(a, b): (&'a Arc<Entry>, &'a Arc<Entry>)| Arc::ptr_eq(a, b);
            if before
                .zip(now)
                .map_or(before.is_none() && now.is_none(), is_one)
            {
                continue;
            }
            let (before, now) = (before.map(|e| &**e), now.map(|e| &**e));
            all.push(Changed { index, before, now });
        }
        let entries = all.iter().flat_map(|c| c.before.into_iter().chain(c.now));
        Change {
            files: entries.map(|entry| &*entry.article.file).collect(),
            all,
            nothing: Entry::nothing(),
        }
    }

    /// All that changed.
    pub fn all(&self) -> &[Changed<'a>] {
        &self.all
    }

    /// The entries that are no more, or not as they were.
    pub fn gone(&self) -> impl Iterator<Item = (Index, &'a Entry)> + '_ {
        let all = self.all.iter();
        all.filter_map(|changed| Some((changed.index, changed.before?)))
    }

    /// The entries that are new, or not as they were.
    pub fn come(&self) -> impl Iterator<Item = (Index, &'a Entry)> + '_ {
        let all = self.all.iter();
        all.filter_map(|changed| Some((changed.index, changed.now?)))
    }

    /// The slots of the entries that are no more, or not as they were.
    pub fn gone_slots(&self) -> HashSet<Index> {
        self.gone().map(|(index, _)| index).collect()
    }

    /// Of those that are gone, the briefs of the default language.
    pub fn gone_briefs(&self) -> impl Iterator<Item = (Index, &'a Entry)> + '_ {
        self.gone()
            .filter(|(_, entry)| is_brief_of_default_language(entry))
    }

    /// Of those that have come, the briefs of the default language.
    pub fn come_briefs(&self) -> impl Iterator<Item = (Index, &'a Entry)> + '_ {
        self.come()
            .filter(|(_, entry)| is_brief_of_default_language(entry))
    }

    /// Whether a condition holds of an entry that is gone or has come.
    pub fn has_any(&self, is_it: impl Fn(&Entry) -> bool) -> bool {
        let mut entries = self.gone().chain(self.come());
        entries.any(|(_, entry)| is_it(entry))
    }

    /// The briefs of the default language that are new, or not as they were, newest first.
    pub fn newest_come(&self, entries: &Entries) -> Vec<Index> {
        let mut briefs: Vec<Index> = self.come_briefs().map(|(index, _)| index).collect();
        briefs.sort_by_key(|index| entries.age(*index));
        briefs
    }

    /// Whether an entry changed.
    pub fn has(&self, index: Index) -> bool {
        self.all.iter().any(|changed| changed.index == index)
    }

    /// Whether every file is where and when it was, and none is new or gone: only what they say is
    /// another.
    pub fn leaves_order(&self) -> bool {
        self.are_all(|_, _| true)
    }

    /// Whether all entries stand where they stood, and `is_same` holds of each that was replaced.
    pub fn are_all(&self, is_same: impl Fn(&Entry, &Entry) -> bool) -> bool {
        self.all.iter().all(|changed| match changed {
            Changed {
                before: Some(before),
                now: Some(now),
                ..
            } => stands_the_same(before, now) && is_same(before, now),
            _ => false,
        })
    }

    /// Whether what changed is nothing to a table to which articles are the same if `is_same` holds.
    pub fn concerns_none(&self, is_same: impl Fn(&Entry, &Entry) -> bool) -> bool {
        !self.has_any(|entry| !is_same(&self.nothing, entry))
    }

    /// Whether what reported these problems may be kept: `is_same` holds of each entry that was
    /// replaced, and nothing was reported of them.
    pub fn leaves(
        &self,
        problems: &[Diagnostic],
        is_same: impl Fn(&Entry, &Entry) -> bool,
    ) -> bool {
        self.are_all(is_same) && self.spares(problems)
    }

    /// What is wrong now with each entry by itself, of which this was known before: only those that
    /// changed are looked at again.
    pub fn recheck(
        &self,
        known: &[Diagnostic],
        check: impl Fn(&Entry) -> Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let untouched = known.iter().filter(|problem| !self.touches(problem));
        let changed = self.come().flat_map(|(_, now)| check(now));
        untouched.cloned().chain(changed).collect()
    }

    /// How a table follows that is another now.
    fn way<T>(&'a self, table: &'a Kept<T>) -> Way<'a, T> {
        /// Beyond this many, it is faster to make a table anew.
        const CHANGED_MAX: usize = 64;
        match self.all.len() {
            ..=CHANGED_MAX => Way::Changed(table, self),
            _ => Way::Anew,
        }
    }

    /// Whether the message of a problem names a file that changed.
    pub fn is_named_in(&self, problem: &Diagnostic) -> bool {
        let files = &mut self.files.iter();
        files.any(|file| problem.message.contains(*file))
    }

    /// Whether none of these problems is one of the files that changed.
    fn spares(&self, problems: &[Diagnostic]) -> bool {
        !problems.iter().any(|problem| self.touches(problem))
    }

    /// Whether a problem is one of the files that changed.
    pub fn touches(&self, problem: &Diagnostic) -> bool {
        self.files.contains(&*problem.place.file)
    }
}

/// The site before, and what changed since.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    pub site: &'a Site,
    pub change: &'a Change<'a>,
}

impl<'a> Earlier<'a> {
    /// The briefs of the default language, newest first, after the change.
    pub fn briefs(self, entries: &Entries) -> Arc<[Index]> {
        let before = &self.site.briefs;
        if self.change.leaves_order() {
            return before.clone();
        }
        let gone = self.change.gone_slots();
        let mut briefs = before.to_vec();
        briefs.retain(|index| !gone.contains(index));
        for (index, _) in self.change.come_briefs() {
            entries.insert_newest_first(&mut briefs, index);
        }
        briefs.into()
    }

    /// How a table follows that may read anything of the entries that stand where they stood, for
    /// which `is_same` holds.
    pub fn keep<T>(
        self,
        table: &'a Kept<T>,
        is_same: impl Fn(&Entry, &Entry) -> bool,
    ) -> Way<'a, T> {
        match self.change.leaves(&table.problems, is_same) {
            true => Way::Same(table),
            false => self.change.way(table),
        }
    }

    /// How a table follows that reads nothing of an entry to which a blank page is the same.
    /// `others_stay` tells whether what else it reads is as it was.
    pub fn follow<T>(
        self,
        table: &'a Kept<T>,
        others_stay: bool,
        is_same: impl Fn(&Entry, &Entry) -> bool,
    ) -> Way<'a, T> {
        let change = self.change;
        let stays = others_stay && change.are_all(&is_same) || change.concerns_none(is_same);
        match stays && change.spares(&table.problems) {
            true => Way::Same(table),
            false => change.way(table),
        }
    }
}

/// Whether two lists name the same, wherever they stand in their files.
pub fn same_names(a: &[Placed], b: &[Placed]) -> bool {
    a.iter()
        .map(|(name, _)| name)
        .eq(b.iter().map(|(name, _)| name))
}

/// The same of names under headings.
pub fn same_groups(a: &[(Arc<str>, Vec<Placed>)], b: &[(Arc<str>, Vec<Placed>)]) -> bool {
    all_same(a, b, |(x, of_x), (y, of_y)| {
        x == y && same_names(of_x, of_y)
    })
}

/// Whether two lists are of one length, and what stands at the same position is the same.
pub fn all_same<T>(a: &[T], b: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
}

/// Two sorted lists as one, with the positions in it where what is left and what has come meet.
/// `is_before` tells whether something left stands before something that has come; it is asked
/// only a few times for each that has come.
pub fn merged<T: Copy>(
    left: &[T],
    come: &[T],
    is_before: impl Fn(&T, &T) -> bool,
) -> (Vec<T>, Vec<usize>) {
    let mut all = Vec::with_capacity(left.len() + come.len());
    let mut seams = Vec::new();
    let mut rest = left;
    for one in come {
        let (earlier, later) = rest.split_at(rest.partition_point(|other| is_before(other, one)));
        if !earlier.is_empty() {
            seams.push(all.len());
            all.extend_from_slice(earlier);
            seams.push(all.len());
        }
        all.push(*one);
        rest = later;
    }
    seams.push(all.len());
    all.extend_from_slice(rest);
    seams.retain(|position| (1..all.len()).contains(position));
    (all, seams)
}

/// What every table relies on: path, address, date, and what kind of article it is.
fn stands_the_same(a: &Entry, b: &Entry) -> bool {
    let kind = |entry: &Entry| std::mem::discriminant(&entry.article.table);
    let is_section = |entry: &Entry| entry.front_matter().section.is_some();
    a.article.path == b.article.path
        && a.address == b.address
        && a.instant() == b.instant()
        && a.day() == b.day()
        && kind(a) == kind(b)
        && is_section(a) == is_section(b)
}
