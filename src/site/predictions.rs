//! The ledger of predictions: what the briefs foretold, when it falls due, what became of it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::companies::{Companies, CompanyIndex};
use super::identity::{Identities, Named};
use super::kept::{Change, all_same, merged};
use super::{Entries, Entry, Index};
use crate::content::brief::{Brief, Outcome, Prediction};
use crate::content::date::PartialDate;
use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::maps::{HashMap, HashSet};
use crate::shares::in_shares;

/// All predictions of all briefs.
#[derive(Debug, Default)]
pub struct Predictions {
    /// Newest brief first; of one brief, in its order.
    all: Vec<Ledger>,
    /// The companies that their wordings name, those of one side by side.
    named: Vec<CompanyIndex>,
    /// Positions in `all` of the predictions that name a company, by the company.
    naming: Vec<Vec<u32>>,
    /// The range in `all` of each brief, by its slot.
    of_brief: Vec<Range<u32>>,
    /// Positions in `all` as the years show them: those of the newest first, of one year the
    /// overdue, due, open by date, resolved.
    by_year: Vec<u32>,
    /// The years in which they were made, newest first, each with its range in `by_year`.
    years: Vec<(i16, Range<usize>)>,
    /// The items that settle an earlier one: newest brief first; of one brief, the last first.
    settling: Vec<Settling>,
    /// How many there are of each standing.
    pub counts: [usize; 4],
    /// How many there are of each outcome.
    pub outcomes: [usize; Outcome::COUNT],
}

/// A prediction and what is known of it.
#[derive(Clone, Copy, Debug)]
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
    /// Where in `named` its companies stand.
    named: (u32, u32),
    /// Its position in [`Predictions::all`].
    pub number: usize,
}

/// An item with `Resolves:`.
#[derive(Clone, Copy, Debug)]
struct Settling {
    brief: Index,
    position: u32,
    /// What the id names.
    named: Named,
    /// Whether that is a brief which has the prediction.
    is_found: bool,
}

/// What the ledger is read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    pub identities: &'a Identities,
    pub companies: &'a Companies,
    pub today: Date,
}

/// What has changed in the briefs since the ledger before.
#[derive(Clone, Copy, Debug)]
struct Briefs<'a> {
    gone: &'a HashSet<Index>,
    /// Newest first.
    come: &'a [Index],
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

impl Standing {
    /// All, in the order in which lists show them.
    pub const ALL: [Standing; 4] = [
        Standing::Overdue,
        Standing::Due,
        Standing::Open,
        Standing::Resolved,
    ];
}

impl Ledger {
    /// What the brief says.
    pub fn prediction<'a>(&self, entry: &'a Entry) -> &'a Prediction {
        &entry
            .brief()
            .expect("a prediction comes from a brief")
            .predictions[self.position as usize]
    }

    fn named(&self) -> Range<usize> {
        self.named.0 as usize..self.named.1 as usize
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
    pub fn new(read: &Read<'_>, come: &[Index], problems: &mut Diagnostics) -> Predictions {
        let gone = &HashSet::default();
        Predictions::default()
            .follow(read, Briefs { gone, come }, problems)
            .expect("no file is untouched, so nothing else can be wrong with one")
    }

    /// The predictions of the site that follows, whose companies have the same names, on the same
    /// day. Problems are those of the files that changed; `None` if those of another would be others.
    pub fn with(
        &self,
        read: &Read<'_>,
        change: &Change<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Predictions> {
        let briefs = Briefs {
            gone: &change.gone_slots(),
            come: &change.newest_come(read.entries),
        };
        self.follow(read, briefs, problems)
    }

    fn follow(
        &self,
        read: &Read<'_>,
        briefs: Briefs<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Predictions> {
        let settling = self.settling_now(read, briefs, problems)?;
        let mut named = self.named.clone();
        // Those that have come are numbered after those before, until their places are known.
        let from = self.all.len();
        let come = come_ledgers(read, briefs.come, from, &mut named, problems);
        let is_left = |l: &&Ledger| !briefs.gone.contains(&l.brief);
        let left: Cow<'_, [Ledger]> = match briefs.gone.is_empty() {
            true => Cow::Borrowed(&self.all),
            false => Cow::Owned(self.all.iter().filter(is_left).copied().collect()),
        };
        let order = |l: &Ledger| (read.entries.age(l.brief), l.position);
        let (mut all, _) = merged(&left, &come, |left, come| order(left) < order(come));
        settle_all(
            &mut all,
            from,
            &resolutions(&settling, read),
            read,
            problems,
        )?;
        let mut places: Vec<Option<u32>> = vec![None; from + come.len()];
        for (ledger, position) in all.iter_mut().zip(0..) {
            places[ledger.number] = Some(position);
            ledger.number = position as usize;
        }
        let by_year = self.by_year.iter().map(|position| *position as usize);
        let by_year = by_year.chain(from..places.len());
        let by_year = by_year.filter_map(|number| places[number]).collect();
        Some(Predictions::sum_up(all, &named, by_year, settling, read))
    }

    /// The items with `Resolves:`, of which only those that have come are reported. `None` if one
    /// of the others finds its prediction no more, or found none and would be told another thing.
    fn settling_now(
        &self,
        read: &Read<'_>,
        briefs: Briefs<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Vec<Settling>> {
        let mut left = Vec::with_capacity(self.settling.len());
        for known in &self.settling {
            if briefs.gone.contains(&known.brief) {
                continue;
            }
            let now = Settling::find(read, known.brief, known.position)?;
            let changed = matches!(now.named, Named::Brief(brief) if briefs.gone.contains(&brief));
            let is_same = (now.named, now.is_found) == (known.named, known.is_found);
            if !is_same || changed && !now.is_found {
                return None;
            }
            left.push(now);
        }
        let mut come = Vec::new();
        for index in briefs.come {
            for position in (0..count(&brief_of(read, *index).predictions)).rev() {
                if let Some(found) = Settling::find(read, *index, position) {
                    found.report(read, problems);
                    come.push(found);
                }
            }
        }
        let order = |s: &Settling| (read.entries.age(s.brief), Reverse(s.position));
        Some(merged(&left, &come, |left, come| order(left) < order(come)).0)
    }

    /// The table of a ledger that is complete. `named` holds the companies of all of it, and
    /// `by_year` its positions in an order that is right for most.
    fn sum_up(
        all: Vec<Ledger>,
        named: &[CompanyIndex],
        by_year: Vec<u32>,
        settling: Vec<Settling>,
        read: &Read<'_>,
    ) -> Predictions {
        let by_year = sorted_by_year(&all, by_year, read.today);
        let mut table = Predictions {
            named: Vec::with_capacity(named.len()),
            naming: vec![Vec::new(); read.companies.all().len()],
            of_brief: vec![0..0; read.entries.slot_count()],
            years: years_of(&all, &by_year),
            by_year,
            settling,
            counts: [0; 4],
            outcomes: [0; Outcome::COUNT],
            all,
        };
        for (ledger, position) in table.all.iter_mut().zip(0..) {
            let companies = &named[ledger.named()];
            let from = count(&table.named);
            table.named.extend_from_slice(companies);
            ledger.named = (from, count(&table.named));
            for company in companies {
                table.naming[company.position()].push(position);
            }
            table.counts[ledger.standing(read.today) as usize] += 1;
            table.outcomes[ledger.outcome as usize] += 1;
            let range = &mut table.of_brief[ledger.brief.slot()];
            if range.start == range.end {
                range.start = position;
            }
            range.end = position + 1;
        }
        table
    }

    /// All, newest first.
    pub fn all(&self) -> &[Ledger] {
        &self.all
    }

    /// One by its position in [`Predictions::all`].
    pub fn get(&self, position: u32) -> &Ledger {
        &self.all[position as usize]
    }

    /// The companies that the wording of one names, in the order of the register.
    pub fn companies(&self, ledger: &Ledger) -> &[CompanyIndex] {
        &self.named[ledger.named()]
    }

    /// Those whose wording names a company, newest first.
    pub fn naming(&self, company: CompanyIndex) -> impl Iterator<Item = &Ledger> {
        let positions = self.naming.get(company.position()).into_iter().flatten();
        positions.map(|position| &self.all[*position as usize])
    }

    /// Those of one brief, in its order.
    pub fn of_brief(&self, brief: Index) -> &[Ledger] {
        self.of_brief.get(brief.slot()).map_or(&[], |range| {
            &self.all[range.start as usize..range.end as usize]
        })
    }

    /// The years in which they were made, newest first, with how many.
    pub fn years(&self) -> impl Iterator<Item = (i16, usize)> + '_ {
        self.years.iter().map(|(year, range)| (*year, range.len()))
    }

    /// Those made in a year: overdue, due, open by date, resolved.
    pub fn of_year(&self, year: i16) -> Vec<&Ledger> {
        let found = self.years.iter().find(|(other, _)| *other == year);
        let positions = found.map_or(&[][..], |(_, range)| &self.by_year[range.clone()]);
        positions.iter().map(|i| &self.all[*i as usize]).collect()
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

/// Positions in [`Predictions::all`] in the order in which a reader cares: what is overdue, due and
/// open by the date that it falls due, then what is resolved, the last outcome first.
#[derive(Debug)]
pub struct Standings {
    all: Vec<u32>,
    /// Where in `all` each standing begins, and where the last one ends.
    starts: [usize; 5],
    /// Those that name a company, in the same order, by the company.
    naming: Vec<Vec<u32>>,
}

impl Standings {
    /// The predictions as they stand on a day.
    pub fn new(predictions: &Predictions, today: Date) -> Standings {
        let mut all: Vec<u32> = (0..count(&predictions.all)).collect();
        all.sort_by_cached_key(|position| {
            let ledger = predictions.get(*position);
            let standing = ledger.standing(today);
            let is_resolved = standing == Standing::Resolved;
            let due = ledger.due.filter(|_| !is_resolved);
            let due = (due.is_none(), due.map(|due| (due.last, due.first)));
            let resolved = ledger.resolved.filter(|_| is_resolved);
            (standing, due, Reverse(resolved), *position)
        });
        let mut starts = [0; 5];
        for (standing, of) in predictions.counts.iter().enumerate() {
            starts[standing + 1] = starts[standing] + of;
        }
        let mut naming = vec![Vec::new(); predictions.naming.len()];
        for position in &all {
            for company in predictions.companies(predictions.get(*position)) {
                naming[company.position()].push(*position);
            }
        }
        Standings {
            all,
            starts,
            naming,
        }
    }

    /// Those of one standing.
    pub fn of(&self, standing: Standing) -> &[u32] {
        let from = standing as usize;
        &self.all[self.starts[from]..self.starts[from + 1]]
    }

    /// Those that name a company.
    pub fn naming(&self, company: CompanyIndex) -> &[u32] {
        let positions = self.naming.get(company.position());
        positions.map_or(&[], |positions| positions)
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

/// The predictions of briefs, in their order, numbered from a number on; nothing is settled yet.
/// The companies that they name are added to `named`.
fn come_ledgers(
    read: &Read<'_>,
    briefs: &[Index],
    from: usize,
    named: &mut Vec<CompanyIndex>,
    problems: &mut Diagnostics,
) -> Vec<Ledger> {
    let mut come = Vec::new();
    for index in briefs {
        let Some(made) = read.entries[*index].day() else {
            continue;
        };
        let predictions = brief_of(read, *index).predictions.iter().zip(0..);
        for (prediction, position) in predictions.filter(|(p, _)| p.resolves.is_none()) {
            if !prediction.has_id {
                problems.prediction_no_id(prediction.place.clone(), &prediction.slug);
            }
            come.push(Ledger {
                brief: *index,
                position,
                made,
                due: prediction.due,
                outcome: prediction.outcome,
                resolved: None,
                resolved_by: None,
                named: (0, 0),
                number: from + come.len(),
            });
        }
    }
    let text = |l: &Ledger| &l.prediction(&read.entries[l.brief]).text;
    let companies = in_shares(&come).map(|l| read.companies.named_in(text(l)));
    let companies: Vec<Vec<CompanyIndex>> = companies.collect();
    for (ledger, companies) in come.iter_mut().zip(companies) {
        let from = count(named);
        named.extend(companies);
        ledger.named = (from, count(named));
    }
    come
}

/// Writes down what became of each prediction, and reports those with a number from `from` on that
/// are past due. `None` if another is so now and was not, or the other way round.
fn settle_all(
    all: &mut [Ledger],
    from: usize,
    resolutions: &Resolutions,
    read: &Read<'_>,
    problems: &mut Diagnostics,
) -> Option<()> {
    for ledger in all {
        let by = resolutions.get(&(ledger.brief, ledger.position));
        let is_new = ledger.number >= from;
        if !is_new && by.is_none() && ledger.resolved_by.is_none() {
            continue;
        }
        let was_overdue = ledger.standing(read.today) == Standing::Overdue;
        settle(ledger, by, read.entries);
        let is_overdue = ledger.standing(read.today) == Standing::Overdue;
        if !is_new && is_overdue != was_overdue {
            return None;
        }
        if let Some(due) = ledger.due.filter(|_| is_new && is_overdue) {
            let prediction = ledger.prediction(&read.entries[ledger.brief]);
            problems.prediction_past_due(prediction.place.clone(), due);
        }
    }
    Some(())
}

/// What became of a prediction: what the brief itself says, unless another has the say.
fn settle(ledger: &mut Ledger, by: Option<&(Index, u32)>, entries: &Entries) {
    let own = ledger.prediction(&entries[ledger.brief]);
    ledger.outcome = own.outcome;
    ledger.resolved = own.outcome_date.map(|date| date.last);
    ledger.resolved_by = None;
    let Some((resolver, position)) = by else {
        return;
    };
    let entry = &entries[*resolver];
    let brief = entry.brief().expect("a resolution comes from a brief");
    let item = &brief.predictions[*position as usize];
    if item.outcome != Outcome::Open {
        let stated = item.outcome_date.map(|date| date.last);
        ledger.outcome = item.outcome;
        ledger.resolved = stated.or_else(|| entry.day());
        ledger.resolved_by = Some((*resolver, *position));
    }
}

/// The items that settle predictions, by the brief and the position of what they settle.
type Resolutions = HashMap<(Index, u32), (Index, u32)>;

/// The newest brief has the say, and its last item.
fn resolutions(settling: &[Settling], read: &Read<'_>) -> Resolutions {
    let mut found = HashMap::default();
    for item in settling {
        let (true, Named::Brief(target)) = (item.is_found, item.named) else {
            continue;
        };
        let (_, slug, _) = item.stated(read);
        for (prediction, position) in brief_of(read, target).predictions.iter().zip(0..) {
            if prediction.slug == *slug {
                let by = (item.brief, item.position);
                found.entry((target, position)).or_insert(by);
            }
        }
    }
    found
}

impl Settling {
    /// What an item of a brief settles; `None` if it is a prediction.
    fn find(read: &Read<'_>, brief: Index, position: u32) -> Option<Settling> {
        let item = &brief_of(read, brief).predictions[position as usize];
        let (id, slug, _) = item.resolves.as_ref()?;
        let named = read.identities.named(id);
        let is_found = match named {
            Named::Brief(target) => {
                let of = &brief_of(read, target).predictions;
                of.iter().any(|prediction| prediction.slug == *slug)
            }
            _ => false,
        };
        Some(Settling {
            brief,
            position,
            named,
            is_found,
        })
    }

    /// The id of the brief that it names, that of the prediction, and where they stand.
    fn stated<'a>(&self, read: &Read<'a>) -> &'a (Arc<str>, Arc<str>, Place) {
        let item = &brief_of(read, self.brief).predictions[self.position as usize];
        item.resolves
            .as_ref()
            .expect("it was found by what it resolves")
    }

    /// Reports an item that settles nothing.
    fn report(&self, read: &Read<'_>, problems: &mut Diagnostics) {
        let (id, slug, place) = self.stated(read);
        match self.named {
            Named::Brief(target) if !self.is_found => {
                let of = brief_of(read, target).predictions.iter();
                let near = nearest(slug, of.map(|p| &*p.slug));
                problems.resolves_unknown_prediction(id, slug, place.clone(), near);
            }
            Named::Unpublished => problems.unpublished_brief(id, place.clone()),
            Named::Nothing => problems.resolves_unknown_brief(id, place.clone()),
            Named::Brief(_) | Named::OneOf(_) | Named::Unknown => {}
        }
    }
}

fn sorted_by_year(all: &[Ledger], positions: Vec<u32>, today: Date) -> Vec<u32> {
    let keyed = positions.into_iter().map(|position| {
        let ledger = &all[position as usize];
        let standing = ledger.standing(today);
        let due = ledger.due.filter(|_| standing != Standing::Resolved);
        let due = (due.is_none(), due.map(|due| (due.last, due.first)));
        (Reverse(ledger.made.year()), standing, due, position)
    });
    let mut keyed: Vec<_> = keyed.collect();
    // A stable sort is the one that is fast where most is in order.
    keyed.sort();
    keyed.into_iter().map(|(.., position)| position).collect()
}

fn years_of(all: &[Ledger], by_year: &[u32]) -> Vec<(i16, Range<usize>)> {
    let year = |position: &u32| all[*position as usize].made.year();
    let mut years = Vec::new();
    let mut from = 0;
    for same in by_year.chunk_by(|a, b| year(a) == year(b)) {
        years.push((year(&same[0]), from..from + same.len()));
        from += same.len();
    }
    years
}

fn brief_of<'a>(read: &Read<'a>, index: Index) -> &'a Brief {
    let brief = read.entries[index].brief();
    brief.expect("the list holds briefs, and only briefs have ids")
}

fn count<T>(all: &[T]) -> u32 {
    u32::try_from(all.len()).expect("predictions are counted in 32 bits")
}
