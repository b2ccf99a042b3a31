//! The ledger of predictions: what the briefs foretold, when it falls due, what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::companies::{Companies, CompanyIndex};
use super::identity::{Identities, Named};
use super::kept::all_same;
use super::{Entries, Entry, Index};
use crate::content::brief::{Outcome, Prediction};
use crate::content::date::PartialDate;
use crate::diagnostic::Diagnostics;
use crate::maps::HashMap;

/// All predictions of all briefs.
#[derive(Debug)]
pub struct Predictions {
    /// Newest brief first; of one brief, in its order.
    all: Vec<Ledger>,
    /// Positions in `all` of the predictions that name a company or come from its briefs.
    naming: HashMap<CompanyIndex, Vec<u32>>,
    of_brief: HashMap<Index, (u32, u32)>,
    /// By the year in which they were made, newest first, each in the order of the ledger.
    by_year: Vec<(i16, Vec<u32>)>,
    /// How many there are of each standing.
    pub counts: [usize; 4],
    /// How many there are of each outcome.
    pub outcomes: [usize; Outcome::COUNT],
}

/// A prediction and what is known of it.
#[derive(Debug)]
pub struct Ledger {
    pub brief: Index,
    position: u32,
    /// The day of the brief.
    pub made: Date,
    pub due: Option<PartialDate>,
    pub outcome: Outcome,
    /// When the outcome was known: stated, or the day of the brief that resolves it.
    pub resolved: Option<Date>,
    /// The brief that resolves it, if it is another one, and the position of the item there.
    pub resolved_by: Option<(Index, u32)>,
    pub companies: Box<[CompanyIndex]>,
    /// Its position in [`Predictions::all`].
    pub number: usize,
}

/// What the ledger is read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    /// Newest first.
    pub briefs: &'a [Index],
    pub identities: &'a Identities,
    pub companies: &'a Companies,
    pub today: Date,
}

/// The companies that the wording of predictions names, by where in memory it stands: that of an
/// article which did not change is the very same.
#[derive(Default)]
struct Naming<'a> {
    by_place: HashMap<usize, &'a [CompanyIndex]>,
}

impl<'a> Naming<'a> {
    fn of((predictions, entries): (&'a Predictions, &Entries)) -> Naming<'a> {
        let all = predictions.all.iter().map(|ledger| {
            let entry = &entries[ledger.brief];
            (place(&ledger.prediction(entry).text), &*ledger.companies)
        });
        Naming {
            by_place: all.collect(),
        }
    }

    fn get(&self, text: &Arc<str>) -> Option<&'a [CompanyIndex]> {
        self.by_place.get(&place(text)).copied()
    }
}

fn place(text: &Arc<str>) -> usize {
    text.as_ptr().addr()
}

/// How a prediction stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// The time in which it falls due has passed and nobody has said what became of it.
    Overdue,
    /// The day lies within the time in which it falls due.
    Due,
    Open,
    Resolved,
}

impl Ledger {
    /// What the brief says.
    pub fn prediction<'a>(&self, entry: &'a Entry) -> &'a Prediction {
        &entry
            .brief()
            .expect("a prediction comes from a brief")
            .predictions[self.position as usize]
    }

    /// How it stands on a day.
    pub fn standing(&self, today: Date) -> Standing {
        match self.due {
            _ if self.outcome != Outcome::Open => Standing::Resolved,
            Some(due) if due.last < today => Standing::Overdue,
            Some(due) if due.first <= today => Standing::Due,
            _ => Standing::Open,
        }
    }
}

impl Predictions {
    /// Collects the predictions; an item with `Resolves:` settles an earlier one and is none itself.
    /// `before` are those of a site whose companies have the same names.
    pub fn new(
        read: &Read<'_>,
        before: Option<(&Predictions, &Entries)>,
        problems: &mut Diagnostics,
    ) -> Predictions {
        let Read {
            entries,
            briefs,
            identities,
            companies,
            today,
        } = *read;
        let resolutions = resolutions(entries, briefs, identities, problems);
        let mut all = Vec::new();
        let mut of_brief = HashMap::default();
        for index in briefs {
            let entry = &entries[*index];
            let brief = entry.brief().expect("the list holds briefs");
            let Some(made) = entry.day() else { continue };
            let from = count(&all);
            for (prediction, position) in brief.predictions.iter().zip(0..) {
                if prediction.resolves.is_some() {
                    continue;
                }
                if !prediction.has_id {
                    problems.prediction_no_id(prediction.place.clone(), &prediction.slug);
                }
                let by = resolutions.get(&(*index, prediction.slug.clone()));
                let ledger = settle(*index, position, made, prediction, by, entries);
                if ledger.standing(today) == Standing::Overdue {
                    problems.prediction_past_due(
                        prediction.place.clone(),
                        ledger.due.expect("only a due one is overdue"),
                    );
                }
                all.push(ledger);
            }
            of_brief.insert(*index, (from, count(&all)));
        }
        let named: Vec<Box<[CompanyIndex]>> = {
            use rayon::prelude::*;
            let known = before.map(Naming::of).unwrap_or_default();
            let of = |l: &Ledger| {
                let text = &l.prediction(&entries[l.brief]).text;
                let known = known.get(text);
                known.map_or_else(|| companies.named_in(text).into(), Box::from)
            };
            all.par_iter().map(of).collect()
        };
        let mut naming: HashMap<CompanyIndex, Vec<u32>> = HashMap::default();
        for ((ledger, named), position) in all.iter_mut().zip(named).zip(0..) {
            for company in &named {
                naming.entry(*company).or_default().push(position);
            }
            ledger.number = position as usize;
            ledger.companies = named;
        }
        {
            let by_year = by_year(&all, today);
            let mut counts = [0; 4];
            let mut outcomes = [0; Outcome::COUNT];
            for ledger in &all {
                counts[ledger.standing(today) as usize] += 1;
                outcomes[ledger.outcome as usize] += 1;
            }
            Predictions {
                all,
                naming,
                of_brief,
                by_year,
                counts,
                outcomes,
            }
        }
    }

    /// All, newest first.
    pub fn all(&self) -> &[Ledger] {
        &self.all
    }

    /// Those whose wording names a company, newest first.
    pub fn naming(&self, company: CompanyIndex) -> impl Iterator<Item = &Ledger> {
        self.naming
            .get(&company)
            .into_iter()
            .flatten()
            .map(|position| &self.all[*position as usize])
    }

    /// Those of one brief, in its order.
    pub fn of_brief(&self, brief: Index) -> &[Ledger] {
        self.of_brief
            .get(&brief)
            .map_or(&[], |(from, to)| &self.all[*from as usize..*to as usize])
    }

    /// The years in which they were made, newest first, with how many.
    pub fn years(&self) -> impl Iterator<Item = (i16, usize)> + '_ {
        self.by_year
            .iter()
            .map(|(year, positions)| (*year, positions.len()))
    }

    /// Those made in a year: overdue, due, open by date, resolved.
    pub fn of_year(&self, year: i16) -> Vec<&Ledger> {
        let found = self.by_year.iter().find(|(other, _)| *other == year);
        found
            .into_iter()
            .flat_map(|(_, positions)| positions)
            .map(|i| &self.all[*i as usize])
            .collect()
    }

    /// Those that are overdue or due on a day, then those that fall due next, by date.
    pub fn falling_due(&self, entries: &Entries, today: Date) -> Vec<&Ledger> {
        let mut found: Vec<&Ledger> = self
            .all
            .iter()
            .filter(|l| l.due.is_some() && l.standing(today) != Standing::Resolved)
            .collect();
        // Nearest to today first among those to come, after those that wait for an answer.
        found.sort_by_key(|l| {
            (
                l.standing(today),
                l.due.map(|due| (due.last, due.first)),
                entries.rank(l.brief),
                l.position,
            )
        });
        found
    }
}

/// Whether the ledger would be the same of either entry.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let same = |a: &Prediction, b: &Prediction| {
        let target = |p: &Prediction| {
            p.resolves
                .as_ref()
                .map(|(id, slug, _)| (id.clone(), slug.clone()))
        };
        (&a.slug, a.has_id, &a.text, a.due) == (&b.slug, b.has_id, &b.text, b.due)
            && (a.outcome, a.outcome_date, target(a)) == (b.outcome, b.outcome_date, target(b))
    };
    fn of(entry: &Entry) -> &[Prediction] {
        entry.brief().map_or(&[], |brief| &brief.predictions)
    }
    all_same(of(a), of(b), same)
}

fn by_year(all: &[Ledger], today: Date) -> Vec<(i16, Vec<u32>)> {
    let mut years: BTreeMap<i16, Vec<u32>> = BTreeMap::new();
    for (ledger, position) in all.iter().zip(0..) {
        years.entry(ledger.made.year()).or_default().push(position);
    }
    for positions in years.values_mut() {
        positions.sort_by_cached_key(|position| {
            let ledger = &all[*position as usize];
            let standing = ledger.standing(today);
            let due = ledger.due.filter(|_| standing != Standing::Resolved);
            (
                standing,
                due.is_none(),
                due.map(|due| (due.last, due.first)),
            )
        });
    }
    years.into_iter().rev().collect()
}

fn count(all: &[Ledger]) -> u32 {
    u32::try_from(all.len()).expect("predictions are counted in 32 bits")
}

type Resolutions = HashMap<(Index, Arc<str>), (Index, u32)>;

/// The items with `Resolves:`, by the prediction that they settle; the newest brief has the say.
fn resolutions(
    entries: &Entries,
    briefs: &[Index],
    identities: &Identities,
    problems: &mut Diagnostics,
) -> Resolutions {
    let mut found = HashMap::default();
    for index in briefs.iter().rev() {
        let brief = entries[*index].brief().expect("the list holds briefs");
        for (item, position) in brief.predictions.iter().zip(0..) {
            let Some((id, slug, place)) = &item.resolves else {
                continue;
            };
            let target = match identities.named(id) {
                Named::Brief(target) => target,
                Named::Unpublished => {
                    problems.unpublished_brief(id, place.clone());
                    continue;
                }
                Named::Nothing => {
                    problems.resolves_unknown_brief(id, place.clone());
                    continue;
                }
                Named::OneOf(_) | Named::Unknown => continue,
            };
            let of = entries[target].brief().expect("only briefs have ids");
            if of.predictions.iter().any(|p| p.slug == *slug) {
                found.insert((target, slug.clone()), (*index, position));
            } else {
                let near =
                    crate::diagnostic::nearest(slug, of.predictions.iter().map(|p| &*p.slug));
                problems.resolves_unknown_prediction(id, slug, place.clone(), near);
            }
        }
    }
    found
}

fn settle(
    brief: Index,
    position: u32,
    made: Date,
    prediction: &Prediction,
    by: Option<&(Index, u32)>,
    entries: &Entries,
) -> Ledger {
    let mut ledger = Ledger {
        brief,
        position,
        made,
        due: prediction.due,
        outcome: prediction.outcome,
        resolved: prediction.outcome_date.map(|date| date.last),
        resolved_by: None,
        companies: Box::default(),
        number: 0,
    };
    if let Some((resolver, item)) = by {
        let entry = &entries[*resolver];
        let item_of = &entry
            .brief()
            .expect("a resolution comes from a brief")
            .predictions[*item as usize];
        if item_of.outcome != Outcome::Open {
            ledger.outcome = item_of.outcome;
            ledger.resolved = item_of
                .outcome_date
                .map(|date| date.last)
                .or_else(|| entry.day());
            ledger.resolved_by = Some((*resolver, *item));
        }
    }
    ledger
}
