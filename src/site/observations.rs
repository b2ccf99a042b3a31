//! What the briefs observed of each company and feature, and how it changed.

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

use super::changes::{Change, Changes};
use super::companies::CompanyIndex;
use super::compare::{Difference, Read};
use super::features::{FeatureIndex, Found};
use super::{Entries, Entry, Index};
use crate::content::brief::{Cell, Meaning};
use crate::content::date::PartialDate;
use crate::maps::HashSet;

/// What one brief says of one feature of one company.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    pub brief: Index,
    pub as_of: PartialDate,
    day: Date,
    /// Of the brief: the older one comes first, of one instant the first by path.
    instant: Timestamp,
    /// What its value says.
    pub meaning: Meaning,
    table: u32,
    row: u32,
    column: u32,
}

/// All observations.
#[derive(Debug, Default)]
pub struct Observations {
    /// By the number of the company.
    of_companies: Vec<OfCompany>,
    /// How many cells the companies before each have.
    first_cells: Vec<usize>,
    cell_count: usize,
    changes: Changes,
}

/// What was observed of one company. It is shared from site to site as long as it is the same.
#[derive(Clone, Debug, Default)]
struct OfCompany {
    /// The features that have a value, in order.
    features: Arc<[FeatureIndex]>,
    cells: Arc<Cells>,
}

/// The cells of a company that have a value, one for each of the features.
#[derive(Debug, Default)]
struct Cells {
    /// Sorted by feature, as-of date, then age of the brief.
    observations: Vec<Observation>,
    /// Where those of each feature end.
    ends: Vec<u32>,
}

/// What briefs that have come and gone say of one company.
#[derive(Clone, Default)]
struct News {
    /// Whether any of them speaks of it.
    is_any: bool,
    come: Vec<(FeatureIndex, Observation)>,
}

impl Observations {
    /// The observations after the briefs of a difference have come and gone.
    pub fn with(
        &self,
        difference: &Difference<'_>,
        found: &Found<'_>,
        read: &Read<'_>,
    ) -> Observations {
        let news = gather(difference, found, read);
        let gone: HashSet<Index> = difference.gone.iter().map(|(index, _)| *index).collect();
        let moved = found.moved.as_deref();
        let nothing = OfCompany::default();
        let companies: Vec<CompanyIndex> = read.companies.indexes().collect();
        let followed = news.into_par_iter().zip(&companies);
        let followed = followed.map(|(news, company)| {
            let before = self
                .of_companies
                .get(company.position())
                .unwrap_or(&nothing);
            let before = before.moved(moved);
            match news.is_any {
                true => before.with(&gone, news.come, read.entries),
                false => (before, Vec::new()),
            }
        });
        let (of_companies, touched): (Vec<OfCompany>, Vec<Vec<FeatureIndex>>) = followed.unzip();
        let is_touched = |change: &Change| {
            let touched = &touched[change.company.position()];
            !touched.is_empty() && touched.binary_search(&change.feature).is_ok()
        };
        let changed = of_companies.par_iter().zip(&touched).zip(companies);
        let changed = changed.flat_map_iter(|((of_company, touched), company)| {
            of_company.changes(company, touched, read.entries)
        });
        let changed: Vec<Change> = changed.collect();
        let mut cell_count = 0;
        let first_cells = of_companies.iter().map(|of_company| {
            let first = cell_count;
            cell_count += of_company.features.len();
            first
        });
        Observations {
            first_cells: first_cells.collect(),
            cell_count,
            changes: self.changes.with(moved, is_touched, changed),
            of_companies,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let of_companies = self.of_companies.iter();
        of_companies.map(|of| of.cells.observations.len()).sum()
    }

    /// How many cells have a value.
    pub fn cell_count(&self) -> usize {
        self.cell_count
    }

    /// Which of these cells it is; `None` if it is empty.
    pub fn cell_number(&self, company: CompanyIndex, feature: FeatureIndex) -> Option<usize> {
        let of_company = self.of_companies.get(company.position())?;
        let among = of_company.features.binary_search(&feature);
        Some(self.first_cells[company.position()] + among.ok()?)
    }

    /// The features that a company has a value for, in order.
    pub fn features_of(&self, company: CompanyIndex) -> &[FeatureIndex] {
        let of_company = self.of_companies.get(company.position());
        of_company.map_or(&[], |of_company| &of_company.features)
    }

    /// All observations of a cell: by as-of date, then by age of the brief.
    pub fn history(&self, company: CompanyIndex, feature: FeatureIndex) -> &[Observation] {
        let of_company = self.of_companies.get(company.position());
        let history = of_company.and_then(|of_company| {
            let among = of_company.features.binary_search(&feature);
            Some(of_company.cells.history(among.ok()?))
        });
        history.unwrap_or(&[])
    }

    /// Each time that a value replaced another.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The old and the new observation of a change.
    pub fn sides(&self, change: &Change) -> (&Observation, &Observation) {
        let history = self.history(change.company, change.feature);
        (&history[change.old as usize], &history[change.new as usize])
    }
}

/// What the briefs say, by the number of the company.
fn gather(difference: &Difference<'_>, found: &Found<'_>, read: &Read<'_>) -> Vec<News> {
    let mut news = vec![News::default(); read.companies.all().len()];
    for (brief, _) in difference.briefs() {
        for column in brief.tables.iter().flat_map(|table| &table.columns) {
            if let Some(company) = read.companies.by_name(&column.company) {
                news[company.position()].is_any = true;
            }
        }
    }
    for (index, entry) in &difference.come {
        observe(*index, entry, found, read, &mut news);
    }
    news
}

fn observe(index: Index, entry: &Entry, found: &Found<'_>, read: &Read<'_>, news: &mut [News]) {
    let brief = entry.brief().expect("the list holds briefs");
    // A brief without a date has no place in time; it is reported, and observes nothing.
    let Some(day) = entry.day() else { return };
    for (table, t) in brief.tables.iter().zip(0..) {
        let columns = table.columns.iter();
        let columns: Vec<Option<CompanyIndex>> = columns
            .map(|column| read.companies.by_name(&column.company))
            .collect();
        for (row, r) in table.rows.iter().zip(0..) {
            let feature = found.by_spelling[&row.feature];
            for ((cell, company), c) in row.cells.iter().zip(&columns).zip(0..) {
                if let (Some(cell), Some(company)) = (cell, company) {
                    let observation = Observation {
                        brief: index,
                        as_of: table.as_of.unwrap_or(PartialDate::day(day)),
                        day,
                        instant: entry.instant(),
                        meaning: cell.meaning,
                        table: t,
                        row: r,
                        column: c,
                    };
                    news[company.position()].come.push((feature, observation));
                }
            }
        }
    }
}

impl OfCompany {
    /// The same after other features have come and gone.
    fn moved(&self, moved: Option<&[FeatureIndex]>) -> OfCompany {
        let features = match moved {
            Some(_) => self.features.iter().map(|f| f.moved(moved)).collect(),
            None => self.features.clone(),
        };
        OfCompany {
            features,
            cells: self.cells.clone(),
        }
    }

    /// The observations without those of some briefs and with new ones, and the features that have
    /// other ones now, in order.
    fn with(
        &self,
        gone: &HashSet<Index>,
        come: Vec<(FeatureIndex, Observation)>,
        entries: &Entries,
    ) -> (OfCompany, Vec<FeatureIndex>) {
        let before = self
            .features
            .iter()
            .enumerate()
            .flat_map(|(cell, feature)| {
                let history = self.cells.history(cell).iter();
                history.map(|observation| (*feature, *observation))
            });
        let mut touched: Vec<FeatureIndex> = come.iter().map(|(feature, _)| *feature).collect();
        let left = before.filter(|(feature, observation)| {
            let is_gone = gone.contains(&observation.brief);
            touched.extend(is_gone.then_some(*feature));
            !is_gone
        });
        let mut all = Vec::with_capacity(self.cells.observations.len() + come.len());
        all.extend(left);
        all.extend(come);
        touched.sort_unstable();
        touched.dedup();
        // All but those that have come are in order already, and those of one brief stay so.
        all.sort_by(|(of_a, a), (of_b, b)| {
            let of_cell = (of_a, a.as_of).cmp(&(of_b, b.as_of));
            of_cell.then_with(|| a.by_age(b, entries))
        });
        let mut features = Vec::new();
        let mut ends = Vec::new();
        for cell in all.chunk_by(|(a, _), (b, _)| a == b) {
            features.push(cell[0].0);
            ends.push(ends.last().unwrap_or(&0) + position(cell.len()));
        }
        let cells = Cells {
            observations: all
                .into_iter()
                .map(|(_, observation)| observation)
                .collect(),
            ends,
        };
        let of_company = OfCompany {
            features: features.into(),
            cells: cells.into(),
        };
        (of_company, touched)
    }

    /// How the values of some features changed.
    fn changes(
        &self,
        company: CompanyIndex,
        features: &[FeatureIndex],
        entries: &Entries,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        for feature in features {
            // A feature that is no more has no cell.
            let Ok(cell) = self.features.binary_search(feature) else {
                continue;
            };
            let history = self.cells.history(cell);
            for (old, new) in replaced(history, entries) {
                changes.push(Change {
                    company,
                    feature: *feature,
                    old: position(old),
                    new: position(new),
                    day: history[new].day,
                });
            }
        }
        changes
    }
}

impl Cells {
    fn history(&self, cell: usize) -> &[Observation] {
        let start = cell.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.observations[start as usize..self.ends[cell] as usize]
    }
}

fn position(position: usize) -> u32 {
    u32::try_from(position).expect("observations are counted in 32 bits")
}

/// Replays the observations of one cell in the order in which the briefs came out, and notes each
/// time that the current value became another.
fn replaced(history: &[Observation], entries: &Entries) -> Vec<(usize, usize)> {
    let mut replaced = Vec::new();
    if history.len() < 2 {
        return replaced;
    }
    let mut in_order: Vec<usize> = (0..history.len()).collect();
    in_order.sort_by(|a, b| history[*a].by_age(&history[*b], entries));
    let mut current = in_order[0];
    for next in in_order.into_iter().skip(1) {
        // They are sorted by as-of date, then age: a later position is a more current one.
        if next < current {
            continue;
        }
        if history[next].meaning != history[current].meaning {
            replaced.push((current, next));
        }
        current = next;
    }
    replaced
}

impl Observation {
    /// The cell of the brief's table that the observation was read from.
    pub fn cell<'a>(&self, entry: &'a Entry) -> &'a Cell {
        let brief = entry.brief().expect("an observation comes from a brief");
        brief.tables[self.table as usize].rows[self.row as usize].cells[self.column as usize]
            .as_ref()
            .expect("an empty cell makes no observation")
    }

    /// The oldest brief first.
    fn by_age(&self, other: &Observation, entries: &Entries) -> Ordering {
        let of_one_instant = || entries.rank(self.brief).cmp(&entries.rank(other.brief));
        self.instant.cmp(&other.instant).then_with(of_one_instant)
    }
}
