//! How the values of the comparison changed, day by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::slice::ParallelSliceMut;

use super::companies::CompanyIndex;
use super::features::FeatureIndex;

/// A value that replaced another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub company: CompanyIndex,
    pub feature: FeatureIndex,
    /// Positions in the history of the cell.
    pub old: u32,
    pub new: u32,
    /// Of the brief that changed the value.
    pub day: Date,
}

/// All changes by day, those of one day by company and feature. A day is shared from site to site
/// as long as it is the same.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    days: BTreeMap<Date, Arc<[Change]>>,
}

impl Changes {
    /// The changes without those of cells that were touched, and with what they are now.
    /// `moved` tells what the number of each feature has become, if any is another.
    pub fn with(
        &self,
        moved: Option<&[FeatureIndex]>,
        is_touched: impl Fn(&Change) -> bool,
        mut now: Vec<Change>,
    ) -> Changes {
        now.par_sort_unstable_by_key(Change::order);
        let mut of_days: BTreeMap<Date, &[Change]> = BTreeMap::new();
        for of_day in now.chunk_by(|a, b| a.day == b.day) {
            of_days.insert(of_day[0].day, of_day);
        }
        let mut days = self.days.clone();
        if moved.is_some() {
            let renumbered = |change: &Change| Change {
                feature: change.feature.moved(moved),
                ..*change
            };
            for of_day in days.values_mut() {
                *of_day = of_day.iter().map(renumbered).collect();
            }
        }
        days.retain(|day, of_day| {
            let new = of_days.remove(day).unwrap_or_default();
            if !of_day.iter().filter(|change| is_touched(change)).eq(new) {
                let left = of_day.iter().filter(|change| !is_touched(change));
                let mut all: Vec<Change> = left.chain(new).copied().collect();
                all.sort_unstable_by_key(Change::order);
                *of_day = all.into();
            }
            !of_day.is_empty()
        });
        days.extend(of_days.into_iter().map(|(day, new)| (day, new.into())));
        Changes { days }
    }

    /// All, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Change> {
        self.days.values().rev().flat_map(|day| day.iter().rev())
    }

    /// Those of some days, the oldest first.
    pub fn between(&self, first: Date, last: Date) -> impl Iterator<Item = &Change> {
        self.of(first, last).flat_map(|day| day.iter())
    }

    /// How many there are of some days.
    pub fn count_between(&self, first: Date, last: Date) -> usize {
        self.of(first, last).map(|day| day.len()).sum()
    }

    fn of(&self, first: Date, last: Date) -> impl Iterator<Item = &Arc<[Change]>> {
        self.days.range(first..=last).map(|(_, day)| day)
    }
}

impl Change {
    fn order(&self) -> (Date, CompanyIndex, FeatureIndex, u32) {
        (self.day, self.company, self.feature, self.new)
    }
}
