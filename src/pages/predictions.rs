//! The ledger of predictions, by the year in which they were made.

use std::collections::BTreeSet;

use super::question::Answer;
use super::{companies, list, view};
use crate::address::Address;
use crate::content::article::Fragment;
use crate::content::brief::{Outcome, Prediction};
use crate::site::identity::Named;
use crate::site::predictions::{Ledger, Standing, Standings};
use crate::site::{Index, Site};
use crate::value::Value;

/// Predictions of all years that the newest page shows first because they fall due.
const DUE_MAX: usize = 20;

/// A prediction as lists and briefs show it.
pub fn prediction(site: &Site, ledger: &Ledger) -> Value {
    let count = site.predictions.all().len();
    let make = || make(site, ledger);
    site.shown.predictions.get(ledger.number, count, make)
}

fn make(site: &Site, ledger: &Ledger) -> Value {
    let entry = site.entry(ledger.brief);
    let stated = ledger.prediction(entry);
    let companies = site
        .predictions
        .companies(ledger)
        .iter()
        .map(|company| view::company(site, site.companies.get(*company)));
    let id = entry.brief().and_then(|brief| brief.id.as_ref());
    let mut entries = wording(stated, |fragment| {
        view::html_elsewhere(site, entry, fragment)
    })
    .to_vec();
    entries.extend(standing(site, ledger, stated));
    entries.extend([
        ("slug", Value::from(&stated.slug)),
        ("text", (&stated.text).into()),
        ("made", view::long_date(ledger.made).into()),
        ("made_on", ledger.made.to_string().into()),
        (
            "due",
            ledger.due.map(|due| view::partial_date(site, due)).into(),
        ),
        ("confidence", stated.confidence.map(i64::from).into()),
        ("companies", Value::list(companies)),
        ("brief_title", (&entry.title).into()),
        ("brief_id", id.map(|(id, _)| id.clone()).into()),
        ("brief_path", (&entry.address).into()),
        ("path", format!("{}#{}", entry.address, stated.slug).into()),
        (
            "permalink",
            format!("{}#{}", entry.permalink, stated.slug).into(),
        ),
    ]);
    Value::map(entries)
}

/// What a prediction says, as HTML.
fn wording(stated: &Prediction, html: impl Fn(Fragment) -> Value) -> [(&'static str, Value); 3] {
    [
        ("html", html(stated.html)),
        ("reasoning", stated.reasoning.map(&html).into()),
        ("resolves_if", stated.resolves_if.map(&html).into()),
    ]
}

/// How a prediction stands, and what became of it.
fn standing(site: &Site, ledger: &Ledger, stated: &Prediction) -> [(&'static str, Value); 7] {
    let standing = ledger.standing(site.today);
    let resolver = ledger.resolved_by.map(|(index, item)| {
        let by = site.entry(index);
        (by, &site.brief(index).predictions[item as usize])
    });
    let note = resolver
        .and_then(|(_, item)| item.outcome_note.clone())
        .or_else(|| stated.outcome_note.clone());
    let by = resolver.map(|(by, _)| view::link(&by.title, &by.address));
    [
        ("standing", standing_name(standing).into()),
        (
            "standing_text",
            standing_text(standing, ledger.outcome).into(),
        ),
        ("outcome", outcome_name(ledger.outcome).into()),
        ("resolved", ledger.resolved.map(view::long_date).into()),
        (
            "resolved_on",
            ledger.resolved.map(|day| day.to_string()).into(),
        ),
        ("resolved_by", by.into()),
        ("note", note.into()),
    ]
}

/// The predictions of a brief, and what it says of earlier ones, in the order of the file.
pub fn of_brief(site: &Site, index: Index) -> Value {
    let mut ledgers = site.predictions.of_brief(index).iter();
    let items = site.brief(index).predictions.iter();
    Value::list(items.filter_map(|item| match item.resolves {
        Some(_) => resolution(site, index, item),
        None => ledgers.next().map(|ledger| {
            // On its own page a prediction keeps the marks of its footnotes.
            let own = |fragment| view::html(site, site.entry(index), fragment);
            prediction(site, ledger).with(wording(item, own))
        }),
    }))
}

/// An item that says what became of an earlier prediction.
fn resolution(site: &Site, index: Index, item: &Prediction) -> Option<Value> {
    let entry = site.entry(index);
    let (id, slug, _) = item.resolves.as_ref()?;
    let Named::Brief(brief) = site.identities.named(id) else {
        return None;
    };
    let of = site.predictions.of_brief(brief);
    let is_meant = |ledger: &&Ledger| ledger.prediction(site.entry(ledger.brief)).slug == *slug;
    let target = of.iter().find(is_meant)?;
    Some(
        Value::map([
            ("slug", Value::from(&item.slug)),
            ("note", item.outcome_note.clone().into()),
            ("standing", "resolved".into()),
            ("resolves", prediction(site, target)),
        ])
        .with(wording(item, |fragment| view::html(site, entry, fragment))),
    )
}

/// `open`, `due`, `overdue`, `resolved`
pub fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Overdue => "overdue",
        Standing::Due => "due",
        Standing::Open => "open",
        Standing::Resolved => "resolved",
    }
}

fn standing_text(standing: Standing, outcome: Outcome) -> &'static str {
    match (standing, outcome) {
        (Standing::Overdue, _) => "Overdue",
        (Standing::Due, _) => "Due now",
        (Standing::Open, _) => "Open",
        (_, Outcome::Yes) => "Came true",
        (_, Outcome::No) => "Did not come true",
        (_, Outcome::Partly) => "Came true in part",
        (_, Outcome::Void) => "Can no longer be decided",
        (_, Outcome::Open) => "Open",
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Open => "open",
        Outcome::Yes => "yes",
        Outcome::No => "no",
        Outcome::Partly => "partly",
        Outcome::Void => "void",
    }
}

/// Where the ledger stands.
pub fn address() -> Address {
    Address::page("predictions")
}

/// The years in which predictions were made, newest first, with how many.
pub fn years(site: &Site) -> Vec<(i16, usize)> {
    site.predictions.years().collect()
}

/// One page of the ledger of a year; `None` is the newest.
pub fn ledger(site: &Site, year: Option<i16>, number: usize) -> Value {
    let years = years(site);
    let newest = years.first().map(|(year, _)| *year);
    let year = year.or(newest);
    let all = year
        .map(|year| site.predictions.of_year(year))
        .unwrap_or_default();
    let address = super::year_address(&address(), year, newest);
    let items = list::slice(&all, list::DENSE_PAGE_LENGTH, number)
        .iter()
        .map(|ledger| prediction(site, ledger));
    let mut entries = vec![
        ("items", Value::list(items)),
        ("summary", summary(site).into()),
        ("score", score(site).into()),
        ("year", year.map(i64::from).into()),
        ("years", super::year_links(&self::address(), &years, year)),
        (
            "paginator",
            list::paginator(&address, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
        ),
        ("data", (&Address::file("predictions.json")).into()),
        ("csv", (&Address::file("predictions.csv")).into()),
    ];
    if year == newest && number == 1 {
        let due = site.predictions.falling_due(&site.entries, site.today);
        let due = due
            .into_iter()
            .filter(|ledger| ledger.made.year() != newest.unwrap_or_default());
        entries.push((
            "earlier_due",
            Value::list(due.take(DUE_MAX).map(|ledger| prediction(site, ledger))),
        ));
    }
    Value::map(entries)
}

fn summary(site: &Site) -> String {
    let counts = site.predictions.counts;
    let total = list::counted(counts.iter().sum(), "prediction", "predictions");
    let parts: Vec<String> = [
        (Standing::Open, "open"),
        (Standing::Due, "due now"),
        (Standing::Overdue, "overdue"),
        (Standing::Resolved, "resolved"),
    ]
    .into_iter()
    .map(|(standing, words)| (counts[standing as usize], words))
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| format!("{} {words}", list::grouped(count)))
    .collect();
    match parts.is_empty() {
        true => total,
        false => format!("{total}: {}", parts.join(", ")),
    }
}

/// What became of those that are resolved; `None` if none is.
fn score(site: &Site) -> Option<String> {
    let counts = site.predictions.outcomes;
    let of = |outcome: Outcome| counts[outcome as usize];
    let said: Vec<String> = [
        (Outcome::Yes, "came true"),
        (Outcome::Partly, "in part"),
        (Outcome::No, "did not"),
        (Outcome::Void, "can no longer be decided"),
    ]
    .into_iter()
    .filter(|(outcome, _)| of(*outcome) > 0)
    .map(|(outcome, words)| format!("{} {words}", list::grouped(of(outcome))))
    .collect();
    let resolved = site.predictions.counts[Standing::Resolved as usize];
    (resolved > 0).then(|| {
        format!(
            "Of {} resolved: {}",
            list::grouped(resolved),
            said.join(", ")
        )
    })
}

/// The first predictions of some standings, of all briefs or those that name a company: what waits
/// for an answer, then what falls due next, then what was resolved last.
pub fn first(
    site: &Site,
    standings: &BTreeSet<Standing>,
    company: Option<&str>,
    limit: usize,
) -> Answer {
    let make = || Standings::new(&site.predictions, site.today);
    let sorted = site.shown.standings.get_or_init(make);
    let (found, total): (Vec<&Ledger>, usize) = match company {
        None => {
            let of = standings.iter().map(|standing| sorted.of(*standing));
            let total = of.clone().map(<[u32]>::len).sum();
            let found = of.flatten().map(|number| site.predictions.get(*number));
            (found.take(limit).collect(), total)
        }
        Some(name) => {
            let company = companies::named(site, name)?;
            let all = sorted.naming(company).iter();
            let all = all.map(|number| site.predictions.get(*number));
            let is_wanted = |l: &&Ledger| standings.contains(&l.standing(site.today));
            let found = all.filter(is_wanted);
            (found.clone().take(limit).collect(), found.count())
        }
    };
    let items = found.into_iter().map(|ledger| prediction(site, ledger));
    let path = site.makes("predictions").then(address);
    Ok(Value::map([
        ("items", Value::list(items)),
        ("total", total.into()),
        ("path", path.as_ref().map(Value::from).into()),
    ]))
}

/// All predictions, for data files.
pub fn data(site: &Site) -> Value {
    Value::list(
        site.predictions
            .all()
            .iter()
            .map(|ledger| prediction(site, ledger)),
    )
}
