//! What happened when: the dated items of all briefs, merged. Timelines and corrections alike.

use std::sync::Arc;

use super::companies::{Companies, CompanyIndex};
use super::{Entries, Entry, Index};
use crate::content::article::Dated;
use crate::content::brief::Brief;
use crate::content::date::PartialDate;
use crate::maps::HashMap;

/// Dated items, newest first. Items of several briefs with the same date and text are one.
#[derive(Debug)]
pub struct Timeline {
    items: Vec<Item>,
    /// The years in which items begin, newest first, each with its range in `items`.
    years: Vec<(i16, std::ops::Range<usize>)>,
    /// Positions in `items`, in order, of what the briefs of a company say.
    of_company: HashMap<CompanyIndex, Vec<u32>>,
}

/// Something that happened, and the briefs that say so.
#[derive(Debug)]
pub struct Item {
    pub date: PartialDate,
    /// The newest brief that has it, and where in the brief.
    pub brief: Index,
    position: u32,
    /// All briefs that have it, newest first.
    pub briefs: Vec<Index>,
    /// Its position in [`Timeline::items`].
    pub number: usize,
}

/// Where a brief has the items of a merged list.
pub type DatedOf = fn(&Brief) -> &Vec<Dated>;

/// The items of the timeline.
pub const TIMELINE: DatedOf = |brief| &brief.timeline;
/// The items of the list of corrections.
pub const CORRECTIONS: DatedOf = |brief| &brief.corrections;

/// Whether a merged list would be the same of either entry.
pub fn is_same(a: &Entry, b: &Entry, of: DatedOf) -> bool {
    let items = |entry: &'_ Entry| -> Vec<(PartialDate, Arc<str>)> {
        let items = entry.brief().into_iter().flat_map(of);
        items.map(|item| (item.date, item.text.clone())).collect()
    };
    items(a) == items(b)
}

impl Timeline {
    /// Merges the items that `of` takes out of each brief.
    pub fn new(
        entries: &Entries,
        briefs: &[Index],
        companies: &Companies,
        of: DatedOf,
    ) -> Timeline {
        let mut found: Vec<(&Dated, Index, usize, u32)> = Vec::new();
        for (age, index) in briefs.iter().enumerate() {
            let brief = entries[*index].brief().expect("the list holds briefs");
            found.extend(
                of(brief)
                    .iter()
                    .zip(0..)
                    .map(|(item, position)| (item, *index, age, position)),
            );
        }
        // Newest date first; of one date, in the order of the text, so that equal items meet.
        {
            use rayon::slice::ParallelSliceMut;
            found.par_sort_unstable_by(|a, b| {
                (b.0.date, &a.0.text, a.2, a.3).cmp(&(a.0.date, &b.0.text, b.2, b.3))
            });
        }
        let mut items: Vec<Item> = Vec::new();
        for same in found.chunk_by(|a, b| a.0.date == b.0.date && a.0.text == b.0.text) {
            let (first, brief, _, position) = same[0];
            let mut briefs: Vec<Index> = same.iter().map(|(_, index, ..)| *index).collect();
            briefs.dedup();
            items.push(Item {
                date: first.date,
                brief,
                position,
                briefs,
                number: items.len(),
            });
        }
        let mut years = Vec::new();
        let mut from = 0;
        for year in items.chunk_by(|a, b| a.date.first.year() == b.date.first.year()) {
            years.push((year[0].date.first.year(), from..from + year.len()));
            from += year.len();
        }
        let mut of_company: HashMap<CompanyIndex, Vec<u32>> = HashMap::default();
        for (item, position) in items.iter().zip(0..) {
            for company in item
                .briefs
                .iter()
                .flat_map(|brief| companies.of_brief(*brief))
            {
                let positions = of_company.entry(*company).or_default();
                if positions.last() != Some(&position) {
                    positions.push(position);
                }
            }
        }
        Timeline {
            items,
            years,
            of_company,
        }
    }

    /// All items, newest first.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The years, newest first.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        self.years.iter().map(|(year, _)| *year)
    }

    /// The items of a year.
    pub fn year(&self, year: i16) -> &[Item] {
        self.years
            .iter()
            .find(|(y, _)| *y == year)
            .map_or(&[], |(_, range)| &self.items[range.clone()])
    }

    /// Positions in [`Timeline::items`] of what the briefs of a company say, newest first.
    pub fn of_company(&self, company: CompanyIndex) -> &[u32] {
        self.of_company
            .get(&company)
            .map_or(&[], |positions| positions)
    }
}

impl Item {
    /// What the newest brief says; `of` takes out of a brief what the timeline holds.
    pub fn dated<'a>(&self, entry: &'a Entry, of: DatedOf) -> &'a Dated {
        &of(entry.brief().expect("an item comes from a brief"))[self.position as usize]
    }
}
