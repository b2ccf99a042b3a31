//! Weekly recaps and the list of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::question::Answer;
use super::{compare, list, occurring, predictions, taxonomies, timeline, view};
use crate::address::Address;
use crate::content::article::Table;
use crate::content::brief::Outcome;
use crate::diagnostic::{nearest, with_guess, with_hint};
use crate::site::changes::Change;
use crate::site::predictions::Ledger;
use crate::site::weeks::{Recap, Week};
use crate::site::{Index, Site, addresses};
use crate::value::Value;

/// Changes that a recap shows at most; the comparison has them all.
const CHANGES_MAX: usize = 100;
/// Predictions that each list of a recap shows at most; the ledger has them all.
const PREDICTIONS_MAX: usize = 100;
/// Briefs of one recap; beyond them the archive has them all.
const BRIEFS_MAX: usize = 200;
/// Tags under which a recap sorts its briefs.
const TAGS_MAX: usize = 20;

/// Where the list of recaps stands.
pub fn address() -> Address {
    Address::page("weekly")
}

/// Name and path of a recap.
pub fn link(site: &Site, week: Week, recap: &Recap) -> Value {
    let (monday, sunday) = week.days();
    let title = recap
        .page
        .and_then(|page| site.entry(page).front_matter().title.clone());
    Value::map([
        ("name", Value::from(week.name())),
        (
            "title",
            title.map_or_else(
                || format!("Week {} of {}", week.week, week.year).into(),
                Value::from,
            ),
        ),
        (
            "days",
            format!("{} to {}", view::long_date(monday), view::long_date(sunday)).into(),
        ),
        ("path", (&recap.address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &recap.address).into(),
        ),
        ("count", recap.briefs.len().into()),
    ])
}

/// The day by which a prediction belongs to a week.
type DayOf = fn(&Ledger) -> Option<Date>;

const MADE: DayOf = |ledger| Some(ledger.made);
const DUE: DayOf = |ledger| ledger.due.map(|due| due.last);
const RESOLVED: DayOf = |ledger| match ledger.outcome {
    Outcome::Open => None,
    _ => ledger.resolved,
};

/// The predictions that were made in a week, or fall due, or were resolved.
fn in_week(site: &Site, week: Week, day: DayOf) -> impl Iterator<Item = &Ledger> {
    let (monday, sunday) = week.days();
    let all = site.predictions.all().iter();
    all.filter(move |ledger| day(ledger).is_some_and(|day| (monday..=sunday).contains(&day)))
}

/// A week in figures: what [`link`] says, how many briefs each of its days has, and how much of
/// each kind happened.
pub fn glance(site: &Site, week: Week, recap: &Recap) -> Value {
    /// How long the bar of the fullest day is, in percent.
    const FULL: usize = 100;
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let monday = week.days().0;
    let mut counts = [0usize; 7];
    let days = recap.briefs.iter().filter_map(|i| site.entry(*i).day());
    for day in days {
        let offset = day.since(monday).map_or(0, |span| span.get_days());
        if let Some(count) = usize::try_from(offset).ok().and_then(|n| counts.get_mut(n)) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let days = DAYS.iter().zip(counts).map(|(name, count)| {
        Value::map([
            ("name", Value::from(*name)),
            ("count", count.into()),
            ("share", (count * FULL / most).into()),
        ])
    });
    let events = stories(site, &recap.briefs).items().to_vec();
    let events = events.into_iter().filter_map(|story| {
        let briefs = story.items_of("briefs").len();
        let event = story.get("event").filter(|event| !event.is_none())?;
        Some(event.with([("count", Value::from(briefs))]))
    });
    let (monday, sunday) = week.days();
    let changes = site.compare().changes().count_between(monday, sunday);
    link(site, week, recap).with([
        ("by_day", Value::list(days)),
        ("events", Value::list(events)),
        ("companies", occurring::companies(site, &recap.briefs, None)),
        ("changes", changes.into()),
        ("made", in_week(site, week, MADE).count().into()),
        ("due", in_week(site, week, DUE).count().into()),
        ("resolved", in_week(site, week, RESOLVED).count().into()),
        ("corrections", recap.corrections.len().into()),
    ])
}

/// One page of the list of recaps, newest first.
pub fn list(site: &Site, number: usize) -> Value {
    let all: Vec<(Week, &Recap)> = site.weeks.all().rev().collect();
    let shown = list::slice(&all, list::DENSE_PAGE_LENGTH, number).iter();
    Value::map([
        (
            "weeks",
            Value::list(shown.map(|(week, recap)| link(site, *week, recap))),
        ),
        ("summary", list::counted(all.len(), "week", "weeks").into()),
        (
            "paginator",
            list::paginator(
                &address(),
                "page",
                all.len(),
                list::DENSE_PAGE_LENGTH,
                number,
            ),
        ),
    ])
}

/// A value that replaced another.
pub fn change(site: &Site, change: &Change) -> Value {
    let (old, new) = site.compare().sides(change);
    let company = site.companies.get(change.company);
    let feature = site.compare().feature(change.feature);
    Value::map([
        ("company", view::company(site, company)),
        ("feature", (&feature.name).into()),
        ("old", compare::observation(site, old)),
        ("new", compare::observation(site, new)),
        ("conflict", old.as_of.overlaps(new.as_of).into()),
    ])
}

/// A recap.
pub fn week(site: &Site, week: Week) -> Answer {
    let recap = site
        .weeks
        .get(week)
        .ok_or_else(|| format!("nothing happened in {}", week.name()))?;
    let entry = recap.page.map(|page| site.entry(page));
    let message = entry.and_then(|entry| match &entry.article.table {
        Table::Week(message) => Some(message),
        _ => None,
    });
    let briefs = &recap.briefs[..recap.briefs.len().min(BRIEFS_MAX)];
    let ledger = |day: DayOf| {
        let shown = in_week(site, week, day).take(PREDICTIONS_MAX);
        Value::list(shown.map(|ledger| predictions::prediction(site, ledger)))
    };
    let near =
        |found: Option<(Week, &Recap)>| found.map(|(week, recap)| link(site, week, recap)).into();
    let (monday, sunday) = week.days();
    let all_changes = site.compare().changes();
    let changes = all_changes.between(monday, sunday).take(CHANGES_MAX);
    let changes_count = all_changes.count_between(monday, sunday);
    Ok(link(site, week, recap).with([
        ("monday", Value::from(monday.to_string())),
        ("sunday", sunday.to_string().into()),
        (
            "description",
            entry
                .and_then(|e| e.front_matter().description.clone())
                .into(),
        ),
        ("subject", message.and_then(|m| m.subject.clone()).into()),
        (
            "preheader",
            message.and_then(|m| m.preheader.clone()).into(),
        ),
        (
            "introduction",
            entry
                .map(|e| view::html(site, e, e.article.body.content))
                .into(),
        ),
        (
            "pins",
            view::cards(site, &briefs[..recap.pins.min(briefs.len())]),
        ),
        (
            "stories",
            stories(site, &briefs[recap.pins.min(briefs.len())..]),
        ),
        ("tags", tags(site, briefs)),
        ("changes", Value::list(changes.map(|c| change(site, c)))),
        (
            "changes_left_out",
            changes_count.saturating_sub(CHANGES_MAX).into(),
        ),
        ("made", ledger(MADE)),
        ("due", ledger(DUE)),
        ("resolved", ledger(RESOLVED)),
        ("next_steps", next_steps(site, briefs)),
        (
            "corrections",
            Value::list(
                recap
                    .corrections
                    .iter()
                    .map(|i| timeline::item(site, timeline::CORRECTIONS, *i)),
            ),
        ),
        ("previous", near(site.weeks.previous(week))),
        ("next", near(site.weeks.next(week))),
    ]))
}

/// A recap by its name (`2026-W18`), or the newest. Absent if there is none, unless it is named and
/// `required`.
pub fn named(site: &Site, name: Option<&str>, required: bool) -> Answer {
    let found = match name {
        None => site.weeks.all().next_back(),
        Some(name) => {
            let is_named = |(week, _): &(Week, &Recap)| week.name().eq_ignore_ascii_case(name);
            site.weeks.all().find(is_named)
        }
    };
    let Some((of, recap)) = found else {
        return match name {
            Some(name) if required => Err(unknown(site, name)),
            _ => Ok(Value::None),
        };
    };
    let recap_of_week = week(site, of)?;
    if site.makes("weekly") {
        return Ok(recap_of_week);
    }
    // It has a page only if somebody has written one.
    let if_written = |key: &str| match recap.page {
        Some(_) => recap_of_week.get(key).cloned().unwrap_or_default(),
        None => Value::None,
    };
    Ok(recap_of_week.with([
        ("path", if_written("path")),
        ("permalink", if_written("permalink")),
        ("previous", Value::None),
        ("next", Value::None),
    ]))
}

/// Why a name means no week, with the nearest that does.
fn unknown(site: &Site, name: &str) -> String {
    let about = format!("there is no week `{name}`");
    let names: Vec<String> = site.weeks.all().map(|(week, _)| week.name()).collect();
    let near = nearest(name, names.iter().map(|name| &**name));
    match (near, names.last()) {
        (Some(near), _) => with_guess(about, Some(near)),
        (None, Some(newest)) => with_hint(about, format_args!("the newest is `{newest}`")),
        (None, None) => with_hint(about, "no week has a brief as yet"),
    }
}

/// Briefs in the order of the recap, those of one event together where the first of them stands.
fn stories(site: &Site, briefs: &[Index]) -> Value {
    let mut groups: Vec<(Option<Arc<str>>, Vec<Index>)> = Vec::new();
    for index in briefs {
        let event = site
            .events
            .of_brief(site.entry(*index))
            .map(|event| event.slug.clone());
        match groups
            .iter_mut()
            .find(|(slug, _)| slug.is_some() && *slug == event)
        {
            Some((_, group)) => group.push(*index),
            None => groups.push((event, vec![*index])),
        }
    }
    Value::list(groups.into_iter().map(|(slug, group)| {
        // A story of one brief needs no heading of its own.
        let event = slug
            .filter(|_| group.len() > 1)
            .and_then(|slug| site.events.get(&slug));
        Value::map([
            ("event", event.map(|event| view::event(site, event)).into()),
            ("briefs", view::cards(site, &group)),
        ])
    }))
}

/// The tags of the briefs, those with most briefs first, each with its briefs.
fn tags(site: &Site, briefs: &[Index]) -> Value {
    let Some(taxonomy) = site.taxonomies.get("tags") else {
        return Value::list([]);
    };
    let mut found: BTreeMap<&str, Vec<Index>> = BTreeMap::new();
    for index in briefs {
        let named = site
            .entry(*index)
            .front_matter()
            .taxonomies
            .iter()
            .filter(|(kind, _)| &**kind == "tags");
        for term in named
            .flat_map(|(_, names)| names)
            .filter_map(|(name, _)| taxonomy.by_name(name))
        {
            let group = found.entry(&term.slug).or_default();
            if group.last() != Some(index) {
                group.push(*index);
            }
        }
    }
    let mut groups: Vec<(&str, Vec<Index>)> = found.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    Value::list(
        groups
            .into_iter()
            .take(TAGS_MAX)
            .filter_map(|(slug, group)| {
                let term = taxonomy.by_slug(slug)?;
                let briefs = group.iter().map(|index| {
                    let entry = site.entry(*index);
                    Value::map([
                        ("title", Value::from(&entry.title)),
                        ("path", (&entry.address).into()),
                    ])
                });
                Some(view::link(&term.name, &term.address).with([("briefs", Value::list(briefs))]))
            }),
    )
}

/// What the briefs say to do next, by audience.
fn next_steps(site: &Site, briefs: &[Index]) -> Value {
    let Some(taxonomy) = site.taxonomies.get("audiences") else {
        return Value::list([]);
    };
    let mut found: BTreeMap<&str, Vec<Index>> = BTreeMap::new();
    let mut everyone = Vec::new();
    for index in briefs {
        let named = site
            .entry(*index)
            .front_matter()
            .taxonomies
            .iter()
            .filter(|(kind, _)| &**kind == "audiences");
        let terms: Vec<_> = named
            .flat_map(|(_, names)| names)
            .filter_map(|(name, _)| taxonomy.by_name(name))
            .collect();
        if terms.is_empty() {
            everyone.push(*index);
        }
        for term in terms {
            found.entry(&term.slug).or_default().push(*index);
        }
    }
    let groups = found.into_iter().filter_map(|(slug, group)| {
        let term = taxonomy.by_slug(slug)?;
        Some((view::link(&term.name, &term.address), group))
    });
    let everyone = (
        Value::map([("name", Value::from("Everyone")), ("path", Value::None)]),
        everyone,
    );
    Value::list(groups.chain([everyone]).filter_map(|(audience, group)| {
        let steps = taxonomies::next_steps(site, &group);
        (!steps.items().is_empty()).then(|| audience.with([("steps", steps)]))
    }))
}
