//! The comparison: what the briefs observed of each company and feature, how it changed, and where
//! briefs contradict each other.
//!
//! A cell of a brief's table is an observation. Everything else (current value, history, conflicts,
//! changes) is derived from the observations, never stored.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::companies::{Companies, CompanyIndex};
use super::held_back::HeldBack;
use super::kept::{all_same, same_groups, same_names};
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::config::slug_of;
use crate::content::article::Table;
use crate::content::brief::{Cell, Column, ComparisonTable, Row};
use crate::content::date::PartialDate;
use crate::data::Placed;
use crate::diagnostic::{Diagnostics, nearest};
use crate::maps::{HashMap, HashSet};
use crate::value::Hash;

/// A feature of [`Compare::features`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeatureIndex(u32);

/// All observations and what follows from them.
#[derive(Debug)]
pub struct Compare {
    /// Sorted by slug.
    features: Vec<Feature>,
    feature_by_slug: HashMap<Arc<str>, FeatureIndex>,
    /// Sorted by company, feature, as-of date, then age of the brief.
    observations: Vec<Observation>,
    /// The feature of each cell that has a value: cells of one company stand together, in order.
    cell_features: Vec<FeatureIndex>,
    /// Where the observations of each of these cells begin, and where the last ones end.
    cell_starts: Vec<u32>,
    /// Which of the cells are a company's.
    of_company: HashMap<CompanyIndex, Range<usize>>,
    /// By the day of the brief that changed the value, then by company and feature.
    pub changes: Vec<Change>,
    /// Slugs in order.
    pub pairs: Vec<Pair>,
    pair_by_slugs: HashMap<(CompanyIndex, CompanyIndex), usize>,
    /// Named comparisons, by path of their pages.
    pub named: Vec<Named>,
}

/// A row of comparisons.
#[derive(Debug)]
pub struct Feature {
    /// The spelling that most briefs have.
    pub name: Arc<str>,
    pub slug: Arc<str>,
    /// How many briefs have it in a table.
    pub briefs: usize,
}

/// What one brief says of one feature of one company.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    pub company: CompanyIndex,
    pub feature: FeatureIndex,
    pub brief: Index,
    pub as_of: PartialDate,
    pub day: Date,
    /// The place of the brief among all, the oldest first.
    rank: u32,
    /// Of its value, see [`Cell::meaning_hash`].
    meaning: Hash,
    table: u32,
    row: u32,
    column: u32,
}

/// A value that replaced another.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub company: CompanyIndex,
    pub feature: FeatureIndex,
    /// Positions in the list of observations.
    old: u32,
    new: u32,
    pub day: Date,
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
}

/// Rows that a comparison table has at most (design, section 3).
pub const ROWS_MAX: usize = 200;

impl Compare {
    /// Collects all observations, newest briefs first in `briefs`.
    pub fn new(
        entries: &Entries,
        briefs: &[Index],
        companies: &Companies,
        held_back: &HeldBack,
        problems: &mut Diagnostics,
    ) -> Compare {
        let (features, feature_by_slug, feature_by_name) = collect_features(entries, briefs);
        let mut oldest_first = briefs.to_vec();
        oldest_first.sort_by_key(|index| (entries[*index].instant(), entries.rank(*index)));
        let mut observations = Vec::with_capacity(cell_count(entries, briefs));
        for (index, rank) in oldest_first.iter().zip(0..) {
            let entry = &entries[*index];
            let feature_of = |name: &Arc<str>| feature_by_name[name];
            observe(
                (*index, rank),
                entry,
                companies,
                &feature_of,
                &mut observations,
            );
        }
        // They come by age of the brief, and a stable sort leaves equal ones so.
        observations.par_sort_by_key(|o| (o.company, o.feature, o.as_of));
        let is_one_cell =
            |a: &Observation, b: &Observation| (a.company, a.feature) == (b.company, b.feature);
        let mut cell_features = Vec::new();
        let mut cell_starts = vec![0];
        let mut of_company: HashMap<CompanyIndex, Range<usize>> = HashMap::default();
        let mut groups = Vec::new();
        for group in observations.chunk_by(is_one_cell) {
            let from = cell_starts[cell_features.len()];
            let length = u32::try_from(group.len()).expect("observations are counted in 32 bits");
            groups.push((group, from));
            let number = cell_features.len();
            let of_one = of_company.entry(group[0].company);
            of_one.or_insert(number..number).end = number + 1;
            cell_features.push(group[0].feature);
            cell_starts.push(from + length);
        }
        let changed = groups
            .par_iter()
            .flat_map_iter(|(group, from)| find_changes(group, *from));
        let mut changes: Vec<Change> = changed.collect();
        changes.par_sort_unstable_by_key(|c| (c.day, c.company, c.feature, c.new));
        let pairs = find_pairs(entries, briefs, companies);
        let pair_by_slugs = pairs
            .iter()
            .enumerate()
            .map(|(i, p)| ((p.first, p.second), i))
            .collect();
        let mut compare = Compare {
            features,
            feature_by_slug,
            observations,
            cell_features,
            cell_starts,
            of_company,
            changes,
            pairs,
            pair_by_slugs,
            named: Vec::new(),
        };
        compare.named = entries
            .iter()
            .filter(|(_, entry)| entry.article.language.is_none())
            .filter_map(|(index, entry)| {
                compare.resolve_named(index, entry, companies, held_back, problems)
            })
            .collect();
        compare
    }

    /// A feature by its index.
    pub fn feature(&self, index: FeatureIndex) -> &Feature {
        &self.features[index.0 as usize]
    }

    /// All features, sorted by slug.
    pub fn features(&self) -> impl Iterator<Item = (FeatureIndex, &Feature)> {
        (0..).map(FeatureIndex).zip(&self.features)
    }

    /// The features that a company has a value for, sorted by slug.
    pub fn features_of(&self, company: CompanyIndex) -> &[FeatureIndex] {
        let cells = self.of_company.get(&company);
        cells.map_or(&[], |cells| &self.cell_features[cells.clone()])
    }

    /// All observations of a cell: by as-of date, then by age of the brief. The last is current.
    pub fn history(&self, company: CompanyIndex, feature: FeatureIndex) -> &[Observation] {
        let Some(cell) = self.cell_number(company, feature) else {
            return &[];
        };
        &self.observations[self.cell_starts[cell] as usize..self.cell_starts[cell + 1] as usize]
    }

    /// Which of the [`Compare::cell_count`] cells it is; `None` if it is empty.
    pub fn cell_number(&self, company: CompanyIndex, feature: FeatureIndex) -> Option<usize> {
        let cells = self.of_company.get(&company)?;
        let among = self.cell_features[cells.clone()].binary_search(&feature);
        Some(cells.start + among.ok()?)
    }

    /// How many observations there are in all.
    pub fn observation_count(&self) -> usize {
        self.observations.len()
    }

    /// How many cells have a value.
    pub fn cell_count(&self) -> usize {
        self.cell_features.len()
    }

    /// The old and the new observation of a change.
    pub fn sides(&self, change: &Change) -> (&Observation, &Observation) {
        (
            &self.observations[change.old as usize],
            &self.observations[change.new as usize],
        )
    }

    /// The pair of two companies, in any order, if it has a page.
    pub fn pair(&self, a: CompanyIndex, b: CompanyIndex) -> Option<Pair> {
        let key = if a <= b { (a, b) } else { (b, a) };
        self.pair_by_slugs.get(&key).map(|i| self.pairs[*i])
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
        features.sort_by_key(|f| (std::cmp::Reverse(self.feature(*f).briefs), *f));
        features.truncate(length_max);
        features
    }

    fn resolve_named(
        &self,
        page: Index,
        entry: &Entry,
        companies: &Companies,
        held_back: &HeldBack,
        problems: &mut Diagnostics,
    ) -> Option<Named> {
        let Table::Comparison(table) = &entry.article.table else {
            return None;
        };
        let mut resolved = Vec::new();
        for (name, place) in &table.companies {
            match companies.by_name(name).or_else(|| companies.by_slug(name)) {
                Some(company) => resolved.push(company),
                None if held_back.knows_company(name) => {
                    problems.comparison_unpublished_company(name, place.clone());
                }
                None if held_back.is_any_broken() => {}
                None => {
                    let near = nearest(name, companies.all().iter().map(|c| &*c.name));
                    problems.comparison_unknown_company(name, place.clone(), near);
                }
            }
        }
        let order = self.known_features(&table.order, held_back, problems);
        let features = self.known_features(&table.features, held_back, problems);
        let mut groups = vec![(None, features)];
        for (name, names) in &table.groups {
            let features = self.known_features(names, held_back, problems);
            groups.push((Some(name.clone()), features));
        }
        if groups.iter().all(|(_, features)| features.is_empty()) {
            let mut counts: BTreeMap<FeatureIndex, usize> = BTreeMap::new();
            for feature in resolved
                .iter()
                .flat_map(|company| self.features_of(*company))
            {
                *counts.entry(*feature).or_default() += 1;
            }
            let shared = counts
                .into_iter()
                .filter(|(_, count)| *count >= 2)
                .map(|(feature, _)| feature)
                .collect();
            groups[0].1 = self.by_weight(shared, ROWS_MAX);
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
        let pair = match resolved[..] {
            [a, b] => {
                let (first, second) = if a <= b { (a, b) } else { (b, a) };
                let address: Address =
                    addresses::pair(&companies.get(a).slug, &companies.get(b).slug);
                (address == entry.address).then_some(Pair {
                    first,
                    second,
                    briefs: 0,
                })
            }
            _ => None,
        };
        Some(Named {
            page,
            companies: resolved,
            groups,
            pair,
        })
    }
}

/// Whether the comparison would be the same of either entry: the same tables, each value with the
/// same meaning in the same place, or the same named comparison.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let meaning = |cell: &Option<Cell>| cell.as_ref().map(|cell| cell.meaning_hash);
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
            match self.feature_by_slug.get(slug_of(name).as_str()) {
                Some(feature) => known.push(*feature),
                // The row comes with the brief, or with the file that has errors.
                None if held_back.knows_feature(name) || held_back.is_any_broken() => {}
                None => {
                    let near = nearest(name, self.features.iter().map(|f| &*f.name));
                    problems.comparison_unknown_feature(name, place.clone(), near);
                }
            }
        }
        known
    }
}

impl Observation {
    /// The cell of the brief's table that the observation was read from.
    pub fn cell<'a>(&self, entry: &'a Entry) -> &'a Cell {
        let brief = entry.brief().expect("an observation comes from a brief");
        brief.tables[self.table as usize].rows[self.row as usize].cells[self.column as usize]
            .as_ref()
            .expect("an empty cell makes no observation")
    }
}

type FeatureTables<'e> = (
    Vec<Feature>,
    HashMap<Arc<str>, FeatureIndex>,
    HashMap<&'e Arc<str>, FeatureIndex>,
);

/// The features, and where each stands by its slug and by each of its spellings.
fn collect_features<'e>(entries: &'e Entries, briefs: &[Index]) -> FeatureTables<'e> {
    /// A feature as somebody spells it.
    struct Spelling<'e> {
        name: &'e Arc<str>,
        slug: Arc<str>,
        /// Among those that were found.
        feature: usize,
        count: usize,
    }
    /// A feature, however it is spelt.
    struct Found {
        /// Its most frequent spelling.
        best: usize,
        briefs: usize,
        last: Option<Index>,
    }
    // Each spelling is looked at once, for there are far fewer than rows.
    let mut spellings: Vec<Spelling<'_>> = Vec::new();
    let mut known: HashMap<&Arc<str>, usize> = HashMap::default();
    let mut found: Vec<Found> = Vec::new();
    let mut found_by_slug: HashMap<Arc<str>, usize> = HashMap::default();
    for index in briefs {
        let brief = entries[*index].brief();
        let brief = brief.expect("the list holds briefs");
        for row in brief.tables.iter().flat_map(|table| &table.rows) {
            let position = *known.entry(&row.feature).or_insert_with(|| {
                let position = spellings.len();
                let slug: Arc<str> = slug_of(&row.feature).into();
                let feature = *found_by_slug.entry(slug.clone()).or_insert(found.len());
                if feature == found.len() {
                    found.push(Found {
                        best: position,
                        briefs: 0,
                        last: None,
                    });
                }
                spellings.push(Spelling {
                    name: &row.feature,
                    slug,
                    feature,
                    count: 0,
                });
                position
            });
            spellings[position].count += 1;
            let feature = &mut found[spellings[position].feature];
            if feature.last != Some(*index) {
                feature.last = Some(*index);
                feature.briefs += 1;
            }
        }
    }
    for (position, spelling) in spellings.iter().enumerate() {
        let best = &mut found[spelling.feature].best;
        // Of equally frequent ones, the first by alphabet.
        let rank = |s: &Spelling<'e>| (s.count, std::cmp::Reverse(s.name));
        if rank(spelling) > rank(&spellings[*best]) {
            *best = position;
        }
    }
    found.sort_by(|a, b| spellings[a.best].slug.cmp(&spellings[b.best].slug));
    let features: Vec<Feature> = found
        .into_iter()
        .map(|found| Feature {
            name: spellings[found.best].name.clone(),
            slug: spellings[found.best].slug.clone(),
            briefs: found.briefs,
        })
        .collect();
    let by_slug: HashMap<Arc<str>, FeatureIndex> = features
        .iter()
        .zip(0..)
        .map(|(f, i)| (f.slug.clone(), FeatureIndex(i)))
        .collect();
    let by_name = spellings.iter().map(|s| (s.name, by_slug[&s.slug]));
    let by_name = by_name.collect();
    (features, by_slug, by_name)
}

/// How many cells the tables of some briefs have, empty ones included.
fn cell_count(entries: &Entries, briefs: &[Index]) -> usize {
    let briefs = briefs.iter().filter_map(|index| entries[*index].brief());
    let tables = briefs.flat_map(|brief| &brief.tables);
    tables.map(|t| t.rows.len() * t.columns.len()).sum()
}

fn observe(
    (index, rank): (Index, u32),
    entry: &Entry,
    companies: &Companies,
    feature_of: &dyn Fn(&Arc<str>) -> FeatureIndex,
    into: &mut Vec<Observation>,
) {
    let brief = entry.brief().expect("the list holds briefs");
    // A brief without a date has no place in time; it is reported, and observes nothing.
    let Some(day) = entry.day() else { return };
    for (table, t) in brief.tables.iter().zip(0..) {
        let as_of = table.as_of.unwrap_or(PartialDate::day(day));
        let columns: Vec<Option<CompanyIndex>> = table
            .columns
            .iter()
            .map(|c| companies.by_name(&c.company))
            .collect();
        for (row, r) in table.rows.iter().zip(0..) {
            let feature = feature_of(&row.feature);
            for ((cell, company), c) in row.cells.iter().zip(&columns).zip(0..) {
                if let (Some(cell), Some(company)) = (cell, company) {
                    into.push(Observation {
                        company: *company,
                        feature,
                        brief: index,
                        as_of,
                        day,
                        rank,
                        meaning: cell.meaning_hash,
                        table: t,
                        row: r,
                        column: c,
                    });
                }
            }
        }
    }
}

/// Replays the observations of one cell in the order in which the briefs came out, and notes each
/// time that the current value became another.
fn find_changes(group: &[Observation], from: u32) -> Vec<Change> {
    let mut changes = Vec::new();
    if group.len() < 2 {
        return changes;
    }
    let mut in_order: Vec<usize> = (0..group.len()).collect();
    in_order.sort_by_key(|i| group[*i].rank);
    let mut current = in_order[0];
    for next in in_order.into_iter().skip(1) {
        // The group is sorted by as-of date, then age: a later position is a more current one.
        if next < current {
            continue;
        }
        if group[next].meaning != group[current].meaning {
            let at = |position: usize| {
                from + u32::try_from(position).expect("observations are counted in 32 bits")
            };
            changes.push(Change {
                company: group[next].company,
                feature: group[next].feature,
                old: at(current),
                new: at(next),
                day: group[next].day,
            });
        }
        current = next;
    }
    changes
}

/// A pair has a page if two briefs have both companies in one table, or one brief has and both
/// companies have a page.
fn find_pairs(entries: &Entries, briefs: &[Index], companies: &Companies) -> Vec<Pair> {
    let mut counts: HashMap<(CompanyIndex, CompanyIndex), usize> = HashMap::default();
    for index in briefs {
        let brief = entries[*index].brief().expect("the list holds briefs");
        let mut found: Vec<(CompanyIndex, CompanyIndex)> = Vec::new();
        for table in &brief.tables {
            let columns: Vec<CompanyIndex> = table
                .columns
                .iter()
                .filter_map(|c| companies.by_name(&c.company))
                .collect();
            for (position, a) in columns.iter().enumerate() {
                for b in &columns[position + 1..] {
                    if a != b {
                        found.push(if a <= b { (*a, *b) } else { (*b, *a) });
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        for pair in found {
            *counts.entry(pair).or_default() += 1;
        }
    }
    let has_page = |company: CompanyIndex| companies.get(company).page.is_some();
    let mut pairs: Vec<Pair> = counts
        .into_iter()
        .filter(|((a, b), count)| *count >= 2 || (has_page(*a) && has_page(*b)))
        .map(|((first, second), briefs)| Pair {
            first,
            second,
            briefs,
        })
        .collect();
    pairs.sort_by_key(|pair| (pair.first, pair.second));
    pairs
}
