//! What happened when: the dated items of all briefs, merged. Timelines and corrections alike.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use rayon::slice::ParallelSliceMut;

use super::companies::{Companies, CompanyIndex};
use super::kept::{Change, merged};
use super::{Entries, Entry, Index};
use crate::content::article::Dated;
use crate::content::brief::Brief;
use crate::content::date::PartialDate;
use crate::maps::HashSet;

/// Dated items, newest first. Items of several briefs with the same date and text are one.
#[derive(Debug)]
pub struct Timeline {
    /// What each brief says: newest date first; of one date, in the order of the text, so that
    /// equal ones meet; of one text, the newest brief first.
    sayings: Vec<Saying>,
    items: Vec<Item>,
    /// The years in which items begin, newest first, each with its range in `items`.
    years: Vec<(i16, Range<usize>)>,
    /// Positions in `items`, in order, of what the briefs of a company say, by the company.
    of_company: Vec<Vec<u32>>,
}

/// Something that happened, and the briefs that say so.
#[derive(Debug)]
pub struct Item {
    pub date: PartialDate,
    /// Where in `sayings` the briefs say it.
    said: Range<u32>,
    /// Its position in [`Timeline::items`].
    pub number: usize,
}

/// A brief that says what an item does.
#[derive(Clone, Copy, Debug)]
pub struct Saying {
    date: PartialDate,
    pub brief: Index,
    /// Where in the brief; where it first does, if it says so twice.
    position: u32,
    /// Whether what stands before it in the list is another item.
    begins: bool,
}

/// What a merged list is read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    pub companies: &'a Companies,
    /// What the list holds.
    pub of: DatedOf,
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
    /// Merges the items of all briefs.
    pub fn new(read: &Read<'_>, briefs: &[Index]) -> Timeline {
        Timeline::of(read, &[], briefs)
    }

    /// The list of the site that follows, whose companies have the same names.
    pub fn with(&self, read: &Read<'_>, change: &Change<'_>) -> Timeline {
        let left = self.without(&change.gone_slots());
        Timeline::of(read, &left, &change.newest_come(read.entries))
    }

    /// What all briefs but some say.
    fn without(&self, gone: &HashSet<Index>) -> Cow<'_, [Saying]> {
        if gone.is_empty() {
            return Cow::Borrowed(&self.sayings);
        }
        let mut left = Vec::with_capacity(self.sayings.len());
        let mut begins = false;
        for saying in &self.sayings {
            begins |= saying.begins;
            if !gone.contains(&saying.brief) {
                left.push(Saying { begins, ..*saying });
                begins = false;
            }
        }
        Cow::Owned(left)
    }

    /// Merges what is left of an earlier list with the items of the briefs that have come.
    fn of(read: &Read<'_>, left: &[Saying], come: &[Index]) -> Timeline {
        let (mut sayings, seams) = merged(left, &sayings_of(read, come), |left, come| {
            read.order(left) < read.order(come)
        });
        for at in seams {
            sayings[at].begins = !read.are_one(&sayings[at - 1], &sayings[at]);
        }
        let items = items_of(&sayings);
        Timeline {
            years: years_of(&items),
            of_company: positions_by_company(&items, &sayings, read.companies),
            items,
            sayings,
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
        let positions = self.of_company.get(company.position());
        positions.map_or(&[], |positions| positions)
    }

    /// The briefs that say what an item does, newest first; there is at least one.
    pub fn sayings(&self, item: &Item) -> &[Saying] {
        &self.sayings[item.range()]
    }
}

impl Item {
    fn range(&self) -> Range<usize> {
        self.said.start as usize..self.said.end as usize
    }
}

impl Saying {
    /// What the brief says; `of` takes out of a brief what the list holds.
    pub fn dated<'a>(&self, entry: &'a Entry, of: DatedOf) -> &'a Dated {
        &of(entry.brief().expect("an item comes from a brief"))[self.position as usize]
    }
}

impl<'a> Read<'a> {
    fn text(&self, saying: &Saying) -> &'a str {
        &saying.dated(&self.entries[saying.brief], self.of).text
    }

    fn are_one(&self, a: &Saying, b: &Saying) -> bool {
        a.date == b.date && self.text(a) == self.text(b)
    }

    /// What the list is sorted by.
    fn order(&self, saying: &Saying) -> impl Ord + use<'a> {
        (
            Reverse(saying.date),
            self.text(saying),
            self.entries.age(saying.brief),
        )
    }
}

/// What briefs say, in the order of the list, each thing once.
fn sayings_of(read: &Read<'_>, briefs: &[Index]) -> Vec<Saying> {
    /// With the text and the place of the brief among all, for sorting.
    type Found<'a> = (Saying, &'a str, usize);
    let mut found: Vec<Found<'_>> = Vec::new();
    for (age, index) in briefs.iter().enumerate() {
        let brief = read.entries[*index].brief();
        let items = (read.of)(brief.expect("the list holds briefs")).iter();
        found.extend(items.zip(0..).map(|(item, position)| {
            let saying = Saying {
                date: item.date,
                brief: *index,
                position,
                begins: true,
            };
            (saying, &*item.text, age)
        }));
    }
    found.par_sort_unstable_by(|(a, text_a, age_a), (b, text_b, age_b)| {
        (b.date, text_a, age_a, a.position).cmp(&(a.date, text_b, age_b, b.position))
    });
    let mut sayings: Vec<Saying> = Vec::with_capacity(found.len());
    let are_one =
        |(a, text, _): &Found<'_>, (b, other, _): &Found<'_>| a.date == b.date && text == other;
    for same in found.chunk_by(are_one) {
        // What a brief says twice stands side by side.
        let of_briefs = same.chunk_by(|(a, ..), (b, ..)| a.brief == b.brief);
        let first = of_briefs.map(|twice| twice[0].0);
        sayings.extend(first.zip(0..).map(|(saying, place)| Saying {
            begins: place == 0,
            ..saying
        }));
    }
    sayings
}

fn items_of(sayings: &[Saying]) -> Vec<Item> {
    let mut items = Vec::with_capacity(sayings.len());
    let mut from = 0;
    for said in sayings.chunk_by(|_, next| !next.begins) {
        let to = from + count(said);
        items.push(Item {
            date: said[0].date,
            said: from..to,
            number: items.len(),
        });
        from = to;
    }
    items
}

fn years_of(items: &[Item]) -> Vec<(i16, Range<usize>)> {
    let year = |item: &Item| item.date.first.year();
    let mut years = Vec::new();
    let mut from = 0;
    for same in items.chunk_by(|a, b| year(a) == year(b)) {
        years.push((year(&same[0]), from..from + same.len()));
        from += same.len();
    }
    years
}

fn positions_by_company(
    items: &[Item],
    sayings: &[Saying],
    companies: &Companies,
) -> Vec<Vec<u32>> {
    let mut found: Vec<Vec<u32>> = vec![Vec::new(); companies.all().len()];
    for (item, position) in items.iter().zip(0..) {
        let said = sayings[item.range()].iter();
        for company in said.flat_map(|saying| companies.of_brief(saying.brief)) {
            let positions = &mut found[company.position()];
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }
    found
}

fn count(said: &[Saying]) -> u32 {
    u32::try_from(said.len()).expect("items are counted in 32 bits")
}
