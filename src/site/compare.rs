//! The comparison: what the briefs observed of each company and feature, how it changed, and where
//! briefs contradict each other.
//!
//! A cell of a brief's table is an observation. Everything else (current value, history, conflicts,
//! changes) is derived from the observations, never stored. A comparison follows on another by the
//! briefs that have come and gone; the first one follows on nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::changes::{Change, Changes};
use super::companies::{Companies, CompanyIndex};
use super::counts::Counts;
use super::features::{Feature, FeatureIndex, Features};
use super::held_back::HeldBack;
use super::kept::{Change as SiteChange, all_same, same_groups, same_names};
use super::observations::{Observation, Observations};
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::config::slug_of;
use crate::content::article::Table;
use crate::content::brief::{Brief, Cell, Column, ComparisonTable, Row};
use crate::data::Placed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::maps::HashSet;

/// All observations and what follows from them.
#[derive(Debug, Default)]
pub struct Compare {
    features: Features,
    observations: Observations,
    /// How many briefs have two companies in one table.
    together: Counts<(CompanyIndex, CompanyIndex)>,
    /// Slugs in order.
    pub pairs: Vec<Pair>,
    /// Named comparisons, by path of their pages.
    pub named: Vec<Named>,
}

/// What the comparison is read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    /// Newest first.
    pub briefs: &'a [Index],
    pub companies: &'a Companies,
    pub held_back: &'a HeldBack,
}

/// The briefs that have come and gone since the comparison before; one that is not what it was is
/// among both.
#[derive(Debug)]
pub struct Difference<'e> {
    pub gone: Vec<(Index, &'e Entry)>,
    pub come: Vec<(Index, &'e Entry)>,
}

impl<'e> Difference<'e> {
    /// All of them, with what each adds to the number of briefs.
    pub fn briefs(&self) -> impl Iterator<Item = (&'e Brief, isize)> + '_ {
        let gone = self.gone.iter().map(|(_, entry)| (*entry, -1));
        let come = self.come.iter().map(|(_, entry)| (*entry, 1));
        gone.chain(come)
            .filter_map(|(entry, by)| Some((entry.brief()?, by)))
    }
}

/// Two companies that are worth a page of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    pub first: CompanyIndex,
    pub second: CompanyIndex,
    /// How many briefs have both in one table.
    pub briefs: usize,
}

/// A page with `[extra.comparison]`, its names resolved.
#[derive(Debug)]
pub struct Named {
    pub page: Index,
    pub companies: Vec<CompanyIndex>,
    /// Rows under headings; the first group has none.
    pub groups: Vec<(Option<Arc<str>>, Vec<FeatureIndex>)>,
    /// The pair that the page stands for, if its address is that pair's.
    pub pair: Option<Pair>,
    /// What is wrong with the names.
    problems: Vec<Diagnostic>,
}

/// Rows that a comparison table has at most (design, section 3).
pub const ROWS_MAX: usize = 200;

impl Compare {
    /// The comparison of all briefs.
    pub fn new(read: &Read<'_>, problems: &mut Diagnostics) -> Compare {
        let briefs = read.briefs.iter().rev();
        let all = Difference {
            gone: Vec::new(),
            come: briefs.map(|i| (*i, &*read.entries[*i])).collect(),
        };
        let pages = read.entries.iter();
        let pages = pages.filter(|(_, entry)| is_named_comparison(entry));
        let mut compare = Compare::default().follow(&all, read);
        compare.named = compare.resolve(pages.map(|(index, _)| index), read);
        let found = compare.named.iter().flat_map(|named| &named.problems);
        problems.extend(found.cloned());
        compare
    }

    /// The comparison after a change, at the cost of what changed. It reports what is wrong with
    /// the pages that changed; if what is wrong with another page is not what it was, there is
    /// none.
    pub fn with(
        &self,
        change: &SiteChange<'_>,
        read: &Read<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Compare> {
        let difference = Difference {
            gone: change.gone_briefs().collect(),
            come: change.come_briefs().collect(),
        };
        let left = self.named.iter().filter(|named| !change.has(named.page));
        let come = change.come();
        let come = come.filter(|(_, entry)| is_named_comparison(entry));
        let pages = left.clone().map(|named| named.page);
        let mut pages: Vec<Index> = pages.chain(come.map(|(index, _)| index)).collect();
        pages.sort_by_key(|index| read.entries.rank(*index));
        let mut compare = self.follow(&difference, read);
        compare.named = compare.resolve(pages.into_iter(), read);
        let (come, stayed): (Vec<&Named>, Vec<&Named>) = compare
            .named
            .iter()
            .partition(|named| change.has(named.page));
        if !left
            .map(|n| &n.problems)
            .eq(stayed.iter().map(|n| &n.problems))
        {
            return None;
        }
        problems.extend(come.into_iter().flat_map(|named| named.problems.clone()));
        Some(compare)
    }

    /// All but the named comparisons.
    fn follow(&self, difference: &Difference<'_>, read: &Read<'_>) -> Compare {
        let found = self.features.with(difference);
        let briefs = difference.briefs();
        let together = briefs.flat_map(|(brief, by)| {
            let pairs = pairs_in(brief, read.companies);
            pairs.into_iter().map(move |pair| (pair, by))
        });
        let together = self.together.with(together);
        Compare {
            observations: self.observations.with(difference, &found, read),
            features: found.features,
            pairs: worth_a_page(&together, read.companies),
            together,
            named: Vec::new(),
        }
    }

    fn resolve(&self, pages: impl Iterator<Item = Index>, read: &Read<'_>) -> Vec<Named> {
        pages
            .filter_map(|page| self.resolve_named(page, read))
            .collect()
    }

    /// A feature by its index.
    pub fn feature(&self, index: FeatureIndex) -> &Feature {
        self.features.get(index)
    }

    /// How many briefs have a feature in a table.
    pub fn briefs_with(&self, feature: FeatureIndex) -> usize {
        self.features.briefs_with(feature)
    }

    /// All features, sorted by slug.
    pub fn features(&self) -> impl Iterator<Item = (FeatureIndex, &Arc<Feature>)> {
        self.features.iter()
    }

    /// The features that a company has a value for, sorted by slug.
    pub fn features_of(&self, company: CompanyIndex) -> &[FeatureIndex] {
        self.observations.features_of(company)
    }

    /// All observations of a cell: by as-of date, then by age of the brief. The last is current.
    pub fn history(&self, company: CompanyIndex, feature: FeatureIndex) -> &[Observation] {
        self.observations.history(company, feature)
    }

    /// Which of the [`Compare::cell_count`] cells it is; `None` if it is empty.
    pub fn cell_number(&self, company: CompanyIndex, feature: FeatureIndex) -> Option<usize> {
        self.observations.cell_number(company, feature)
    }

    /// How many observations there are in all.
    pub fn observation_count(&self) -> usize {
        self.observations.count()
    }

    /// How many cells have a value.
    pub fn cell_count(&self) -> usize {
        self.observations.cell_count()
    }

    /// Each time that a value replaced another.
    pub fn changes(&self) -> &Changes {
        self.observations.changes()
    }

    /// The old and the new observation of a change.
    pub fn sides(&self, change: &Change) -> (&Observation, &Observation) {
        self.observations.sides(change)
    }

    /// The pair of two companies, in any order, if it has a page.
    pub fn pair(&self, a: CompanyIndex, b: CompanyIndex) -> Option<Pair> {
        let key = (a.min(b), a.max(b));
        let found = self
            .pairs
            .binary_search_by_key(&key, |pair| (pair.first, pair.second));
        found.ok().map(|place| self.pairs[place])
    }

    /// The pairs that a company is part of.
    pub fn pairs_of(&self, company: CompanyIndex) -> impl Iterator<Item = Pair> + '_ {
        self.pairs
            .iter()
            .copied()
            .filter(move |pair| pair.first == company || pair.second == company)
    }

    /// The features that both companies of a pair have a value for: those that most briefs speak
    /// of first, at most [`ROWS_MAX`].
    pub fn pair_features(&self, pair: Pair) -> Vec<FeatureIndex> {
        let second = self.features_of(pair.second);
        let both = self
            .features_of(pair.first)
            .iter()
            .filter(|f| second.binary_search(f).is_ok())
            .copied();
        self.by_weight(both.collect(), ROWS_MAX)
    }

    /// The features of a set, those that most briefs speak of first.
    pub fn by_weight(
        &self,
        mut features: Vec<FeatureIndex>,
        length_max: usize,
    ) -> Vec<FeatureIndex> {
        features.sort_by_key(|f| (std::cmp::Reverse(self.briefs_with(*f)), *f));
        features.truncate(length_max);
        features
    }

    /// The features that at least two of some companies have a value for, by weight.
    pub fn shared_features(&self, companies: &[CompanyIndex]) -> Vec<FeatureIndex> {
        let mut counts: BTreeMap<FeatureIndex, usize> = BTreeMap::new();
        let all = companies.iter().flat_map(|c| self.features_of(*c));
        for feature in all {
            *counts.entry(*feature).or_default() += 1;
        }
        let shared = counts.into_iter().filter(|(_, count)| *count >= 2);
        self.by_weight(shared.map(|(feature, _)| feature).collect(), ROWS_MAX)
    }

    fn resolve_named(&self, page: Index, read: &Read<'_>) -> Option<Named> {
        let (companies, held_back) = (read.companies, read.held_back);
        let entry = &read.entries[page];
        let Table::Comparison(table) = &entry.article.table else {
            return None;
        };
        let mut problems = Diagnostics::default();
        let mut resolved = Vec::new();
        for (name, place) in &table.companies {
            match companies.by_name(name).or_else(|| companies.by_slug(name)) {
                Some(company) => resolved.push(company),
                None if held_back.knows_company(name) => {
                    problems.comparison_unpublished_company(name, place.clone());
                }
                None if held_back.is_any_broken() => {}
                None => {
                    let known = companies.all().iter().map(|c| &*c.name);
                    let known: Vec<&str> = known.collect();
                    problems.comparison_unknown_company(name, place.clone(), &known);
                }
            }
        }
        let order = self.known_features(&table.order, held_back, &mut problems);
        let features = self.known_features(&table.features, held_back, &mut problems);
        let mut groups = vec![(None, features)];
        for (name, names) in &table.groups {
            let features = self.known_features(names, held_back, &mut problems);
            groups.push((Some(name.clone()), features));
        }
        if groups.iter().all(|(_, features)| features.is_empty()) {
            groups[0].1 = self.shared_features(&resolved);
        }
        once_each(&mut groups);
        groups.retain(|(_, features)| !features.is_empty());
        for (_, features) in &mut groups {
            // The sort is stable: what `order` does not name stays as it is, after what it names.
            features.sort_by_key(|f| {
                order
                    .iter()
                    .position(|first| first == f)
                    .unwrap_or(order.len())
            });
        }
        Some(Named {
            page,
            pair: pair_at(&entry.address, &resolved, companies),
            companies: resolved,
            groups,
            problems: problems.into_vec(),
        })
    }
}

/// The pair of two companies, if an address is that pair's.
fn pair_at(address: &Address, resolved: &[CompanyIndex], companies: &Companies) -> Option<Pair> {
    let [a, b] = *resolved else { return None };
    let (first, second) = (a.min(b), a.max(b));
    let of_pair = addresses::pair(&companies.get(a).slug, &companies.get(b).slug);
    (of_pair == *address).then_some(Pair {
        first,
        second,
        briefs: 0,
    })
}

/// Whether the comparison would be the same of either entry: the same tables, each value with the
/// same meaning in the same place, or the same named comparison.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let meaning = |cell: &Option<Cell>| cell.as_ref().map(|cell| cell.meaning);
    let same_cell = |a: &Option<Cell>, b: &Option<Cell>| meaning(a) == meaning(b);
    let same_row =
        |a: &Row, b: &Row| a.feature == b.feature && all_same(&a.cells, &b.cells, same_cell);
    let same_column = |a: &Column, b: &Column| a.company == b.company;
    let same_table = |a: &ComparisonTable, b: &ComparisonTable| {
        a.as_of == b.as_of
            && all_same(&a.columns, &b.columns, same_column)
            && all_same(&a.rows, &b.rows, same_row)
    };
    let tables = |entry: &Entry| entry.brief().map_or(0, |brief| brief.tables.len());
    match (&a.article.table, &b.article.table) {
        (Table::Brief(a), Table::Brief(b)) => all_same(&a.tables, &b.tables, same_table),
        (Table::Comparison(a), Table::Comparison(b)) => {
            same_names(&a.companies, &b.companies)
                && same_names(&a.features, &b.features)
                && same_names(&a.order, &b.order)
                && same_groups(&a.groups, &b.groups)
        }
        (Table::Comparison(_), _) | (_, Table::Comparison(_)) => false,
        _ => tables(a) == 0 && tables(b) == 0,
    }
}

/// Leaves each row in the first group that names it.
fn once_each(groups: &mut [(Option<Arc<str>>, Vec<FeatureIndex>)]) {
    let mut seen = HashSet::default();
    for (_, features) in groups {
        features.retain(|feature| seen.insert(*feature));
    }
}

impl Compare {
    /// The features of these names; one that no brief has is reported.
    fn known_features(
        &self,
        names: &[Placed],
        held_back: &HeldBack,
        problems: &mut Diagnostics,
    ) -> Vec<FeatureIndex> {
        let mut known = Vec::new();
        for (name, place) in names {
            match self.features.by_slug(&slug_of(name)) {
                Some(feature) => known.push(feature),
                // The row comes with the brief, or with the file that has errors.
                None if held_back.knows_feature(name) || held_back.is_any_broken() => {}
                None => {
                    let known: Vec<&str> = self.features().map(|(_, f)| &*f.name).collect();
                    problems.comparison_unknown_feature(name, place.clone(), &known);
                }
            }
        }
        known
    }
}

/// Whether any page has a comparison of its own.
pub fn has_pages(entries: &Entries) -> bool {
    entries.iter().any(|(_, entry)| is_named_comparison(entry))
}

/// Whether an entry is a page with `[extra.comparison]` that counts.
fn is_named_comparison(entry: &Entry) -> bool {
    entry.article.language.is_none() && matches!(entry.article.table, Table::Comparison(_))
}

/// The companies that a brief has in one table, two by two, in order and each once.
fn pairs_in(brief: &Brief, companies: &Companies) -> Vec<(CompanyIndex, CompanyIndex)> {
    let mut found = Vec::new();
    for table in &brief.tables {
        let columns: Vec<CompanyIndex> = table
            .columns
            .iter()
            .filter_map(|c| companies.by_name(&c.company))
            .collect();
        for (position, a) in columns.iter().enumerate() {
            let others = columns[position + 1..].iter().filter(|b| *b != a);
            found.extend(others.map(|b| (*a.min(b), *a.max(b))));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A pair has a page if two briefs have both companies in one table, or one brief has and both
/// companies have a page.
fn worth_a_page(
    together: &Counts<(CompanyIndex, CompanyIndex)>,
    companies: &Companies,
) -> Vec<Pair> {
    let has_page = |company: CompanyIndex| companies.get(company).page.is_some();
    let pairs = together
        .iter()
        .filter(|((a, b), count)| *count >= 2 || (has_page(*a) && has_page(*b)));
    pairs
        .map(|((first, second), briefs)| Pair {
            first: *first,
            second: *second,
            briefs,
        })
        .collect()
}
