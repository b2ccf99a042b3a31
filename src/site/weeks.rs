//! Weekly recaps: ISO 8601 weeks in the site's time zone, and what belongs to each.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;

use super::identity::{Identities, Named};
use super::kept::same_names;
use super::timeline::Timeline;
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::content::article::{Table, Week as WeekTable};
use crate::diagnostic::{Diagnostics, Place};

/// A week by ISO 8601: Monday to Sunday; the first of a year has its first Thursday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Week {
    pub year: i16,
    pub week: i8,
}

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Week {
        let iso = day.iso_week_date();
        Week {
            year: iso.year(),
            week: iso.week(),
        }
    }

    /// The Monday and the Sunday.
    pub fn days(self) -> (Date, Date) {
        let monday = ISOWeekDate::new(self.year, self.week, Weekday::Monday)
            .expect("the week was taken from a day or checked")
            .date();
        (monday, monday.saturating_add(jiff::Span::new().days(6)))
    }

    /// The first moment after the week in a time zone.
    pub fn end(self, zone: &TimeZone) -> Timestamp {
        let next = self.days().1.saturating_add(jiff::Span::new().days(1));
        next.to_zoned(zone.clone())
            .map_or(Timestamp::MAX, |begin| begin.timestamp())
    }

    /// `2026-W18`
    pub fn name(self) -> String {
        format!("{:04}-W{:02}", self.year, self.week)
    }
}

/// All weeks that have a brief, a correction or a page, oldest first.
#[derive(Debug)]
pub struct Weeks {
    all: BTreeMap<Week, Recap>,
}

/// What belongs to a week. Briefs that the editor omits are not in it.
#[derive(Debug)]
pub struct Recap {
    pub address: Address,
    /// The page with `[extra.week]`.
    pub page: Option<Index>,
    /// The editor's pins, in their order; they are among `briefs`, at its begin.
    pub pins: usize,
    /// Pins, then the editor's order, then the rest, newest first.
    pub briefs: Vec<Index>,
    pub omitted: Vec<Index>,
    /// Positions in the corrections' [`Timeline::items`].
    pub corrections: Vec<usize>,
}

/// What the weeks are sorted out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    /// Newest first.
    pub briefs: &'a [Index],
    pub corrections: &'a Timeline,
    pub identities: &'a Identities,
}

impl Weeks {
    /// Sorts briefs and corrections into weeks.
    pub fn new(read: &Read<'_>, problems: &mut Diagnostics) -> Weeks {
        let Read {
            entries,
            briefs,
            corrections,
            identities,
        } = *read;
        let mut all: BTreeMap<Week, Recap> = BTreeMap::new();
        // They come newest first, so those of a day stand together.
        let day = |index: &Index| entries[*index].day();
        for same in briefs.chunk_by(|a, b| day(a) == day(b)) {
            if let Some(day) = day(&same[0]) {
                recap(&mut all, Week::of(day))
                    .briefs
                    .extend_from_slice(same);
            }
        }
        for (position, item) in corrections.items().iter().enumerate() {
            recap(&mut all, Week::of(item.date.first))
                .corrections
                .push(position);
        }
        for (index, entry) in entries.iter() {
            if let (Table::Week(table), None) = (&entry.article.table, &entry.article.language) {
                let recap = recap(
                    &mut all,
                    Week {
                        year: table.year,
                        week: table.week,
                    },
                );
                recap.page = Some(index);
                recap.address = entry.address.clone();
                arrange(recap, table, identities, problems);
            }
        }
        Weeks { all }
    }

    /// All weeks, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = (Week, &Recap)> + ExactSizeIterator {
        self.all.iter().map(|(week, recap)| (*week, recap))
    }

    /// A week, if it has anything in it.
    pub fn get(&self, week: Week) -> Option<&Recap> {
        self.all.get(&week)
    }

    /// The nearest week before that has anything in it.
    pub fn previous(&self, week: Week) -> Option<(Week, &Recap)> {
        self.all
            .range(..week)
            .next_back()
            .map(|(week, recap)| (*week, recap))
    }

    /// The nearest week after that has anything in it.
    pub fn next(&self, week: Week) -> Option<(Week, &Recap)> {
        self.all
            .range(week..)
            .find(|(other, _)| **other != week)
            .map(|(week, recap)| (*week, recap))
    }
}

/// Whether the weeks would be the same of either entry: the same week, arranged the same way.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    match (&a.article.table, &b.article.table) {
        (Table::Week(a), Table::Week(b)) => {
            (a.year, a.week) == (b.year, b.week)
                && same_names(&a.pins, &b.pins)
                && same_names(&a.omit, &b.omit)
                && same_names(&a.order, &b.order)
        }
        _ => true,
    }
}

fn recap(all: &mut BTreeMap<Week, Recap>, week: Week) -> &mut Recap {
    all.entry(week).or_insert_with(|| Recap {
        address: addresses::week(week.year, week.week),
        page: None,
        pins: 0,
        briefs: Vec::new(),
        omitted: Vec::new(),
        corrections: Vec::new(),
    })
}

/// Puts the briefs of a week into the editor's order.
fn arrange(
    recap: &mut Recap,
    table: &WeekTable,
    identities: &Identities,
    problems: &mut Diagnostics,
) {
    let mut find = |ids: &[(Arc<str>, Place)]| -> Vec<Index> {
        let mut found = Vec::new();
        for (id, place) in ids {
            match identities.named(id) {
                Named::Brief(index) | Named::OneOf(index) if recap.briefs.contains(&index) => {
                    found.push(index);
                }
                Named::Brief(_) => problems.brief_of_other_week(id, place.clone()),
                Named::Unpublished => problems.unpublished_brief(id, place.clone()),
                Named::Nothing => problems.week_unknown_brief(id, place.clone()),
                Named::OneOf(_) | Named::Unknown => {}
            }
        }
        found
    };
    let (pins, omit, order) = (find(&table.pins), find(&table.omit), find(&table.order));
    recap.omitted.clone_from(&omit);
    let mut arranged: Vec<Index> = Vec::new();
    let mut pin_count = 0;
    for index in pins.iter().chain(&order).chain(&recap.briefs) {
        if !omit.contains(index) && !arranged.contains(index) {
            arranged.push(*index);
            pin_count += usize::from(pins.contains(index));
        }
    }
    recap.pins = pin_count;
    recap.briefs = arranged;
}
