//! What a site takes over from the one before it.
//!
//! A table is kept if each article that changed says the same to it as before. Whether it does is
//! decided by the articles themselves (`is_same`, beside each table), never by what kind of change
//! it was. What a table reported is kept with it, so one that reported anything of a file that
//! changed is made anew: the places of its problems have moved.

use std::ops::Deref;
use std::sync::Arc;

use super::{Entry, Site};
use crate::data::Placed;
use crate::diagnostic::{Diagnostic, Diagnostics};

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

impl<T> Kept<T> {
    /// The table of the site before, if it would be the same again; else what `make` makes.
    pub fn or_make(
        before: Option<&Kept<T>>,
        problems: &mut Diagnostics,
        make: impl FnOnce(&mut Diagnostics) -> T,
    ) -> Kept<T> {
        let kept = before.cloned().unwrap_or_else(|| {
            let mut found = Diagnostics::default();
            let table = Arc::new(make(&mut found));
            Kept {
                table,
                problems: found.into_vec().into(),
            }
        });
        problems.extend(kept.problems.iter().cloned());
        kept
    }

    /// Whether both are one and the same.
    pub fn is(&self, other: &Kept<T>) -> bool {
        Arc::ptr_eq(&self.table, &other.table)
    }
}

/// The entries that were replaced since the site before: each as it was and as it is, at the same
/// position of both sites.
#[derive(Debug)]
pub struct Replaced<'a> {
    pairs: Vec<(&'a Entry, &'a Entry)>,
}

impl<'a> Replaced<'a> {
    /// Compares two sites; nothing if one has entries that the other lacks, or if they do not stand
    /// in the same place and time.
    pub fn between(before: &'a [Arc<Entry>], now: &'a [Arc<Entry>]) -> Option<Replaced<'a>> {
        if before.len() != now.len() {
            return None;
        }
        let mut pairs: Vec<(&Entry, &Entry)> = Vec::new();
        for (before, now) in before.iter().zip(now) {
            if Arc::ptr_eq(before, now) {
                continue;
            }
            if !stands_the_same(before, now) {
                return None;
            }
            pairs.push((before, now));
        }
        Some(Replaced { pairs })
    }

    /// Whether `is_same` holds of each entry that was replaced.
    pub fn are_all(&self, is_same: impl Fn(&Entry, &Entry) -> bool) -> bool {
        self.pairs.iter().all(|(before, now)| is_same(before, now))
    }

    /// Whether what reported these problems may be kept: `is_same` holds of each entry that was
    /// replaced, and nothing was reported of them.
    pub fn leave(&self, problems: &[Diagnostic], is_same: impl Fn(&Entry, &Entry) -> bool) -> bool {
        self.are_all(is_same) && !problems.iter().any(|problem| self.touches(problem))
    }

    /// What is wrong now with each entry by itself, of which this was known before: only those that
    /// were replaced are looked at again.
    pub fn recheck(
        &self,
        known: &[Diagnostic],
        check: impl Fn(&Entry) -> Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let untouched = known.iter().filter(|problem| !self.touches(problem));
        let changed = self.pairs.iter().flat_map(|(_, now)| check(now));
        untouched.cloned().chain(changed).collect()
    }

    /// Whether a problem is one of the files that changed.
    fn touches(&self, problem: &Diagnostic) -> bool {
        let file = &problem.place.file;
        self.pairs.iter().any(|(_, now)| now.article.file == *file)
    }
}

/// The site before, and what was replaced since.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    pub site: &'a Site,
    pub replaced: &'a Replaced<'a>,
}

impl<'a> Earlier<'a> {
    /// A table of that site, if it would be the same again.
    pub fn keep<T>(
        self,
        table: &'a Kept<T>,
        is_same: impl Fn(&Entry, &Entry) -> bool,
    ) -> Option<&'a Kept<T>> {
        let stays = self.replaced.leave(&table.problems, is_same);
        stays.then_some(table)
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
