//! The merged timeline of all briefs and the list of their corrections, by years.

use super::question::Answer;
use super::{companies, list, view};
use crate::address::Address;
use crate::site::Site;
use crate::site::shown::Shown;
use crate::site::timeline::{self, DatedOf, Item, Timeline};
use crate::value::Value;

/// Briefs that one item names at most; the rest is counted.
const BRIEFS_MAX: usize = 5;

/// A merged list of dated items, and where a brief has its own.
#[derive(Clone, Copy)]
pub struct Merged {
    list: fn(&Site) -> &Timeline,
    of: DatedOf,
    shown: fn(&Site) -> &Shown,
}

pub const TIMELINE: Merged = Merged {
    list: Site::timeline,
    of: timeline::TIMELINE,
    shown: |site| &site.shown.timeline,
};

pub const CORRECTIONS: Merged = Merged {
    list: |site| &site.corrections,
    of: timeline::CORRECTIONS,
    shown: |site| &site.shown.corrections,
};

/// An item and the briefs that say so, by its position. Made once for a site and shared by all
/// lists.
pub fn item(site: &Site, merged: Merged, position: usize) -> Value {
    let items = (merged.list)(site).items();
    let make = || make_item(site, &items[position], merged);
    (merged.shown)(site).get(position, items.len(), make)
}

fn make_item(site: &Site, item: &Item, merged: Merged) -> Value {
    let said = (merged.list)(site).sayings(item);
    let newest = &said[0];
    let entry = site.entry(newest.brief);
    let briefs = said.iter().take(BRIEFS_MAX);
    let briefs = briefs.map(|saying| view::card(site, saying.brief));
    Value::map([
        ("date", view::partial_date(site, item.date)),
        (
            "html",
            view::html_elsewhere(site, entry, newest.dated(entry, merged.of).html),
        ),
        ("briefs", Value::list(briefs)),
        ("more", said.len().saturating_sub(BRIEFS_MAX).into()),
    ])
}

/// Where the timeline stands.
pub fn timeline_address() -> Address {
    Address::page("timeline")
}

/// Where the corrections stand.
pub fn corrections_address() -> Address {
    Address::page("corrections")
}

/// One page of the timeline of a year; `None` is the newest.
pub fn timeline(site: &Site, year: Option<i16>, number: usize) -> Value {
    let words = ("item", "items");
    page(site, TIMELINE, &timeline_address(), (year, number), words)
}

/// The first items of the timeline, of all briefs or those of a company, newest date first.
pub fn first(site: &Site, company: Option<&str>, limit: usize) -> Answer {
    let item = |position| item(site, TIMELINE, position);
    let (items, total, path): (Vec<Value>, usize, Option<Address>) = match company {
        None => {
            let total = site.timeline().items().len();
            let path = site.makes("timeline").then(timeline_address);
            ((0..total.min(limit)).map(item).collect(), total, path)
        }
        Some(name) => {
            let company = companies::named(site, name)?;
            let of_company = site.timeline().of_company(company);
            let shown = of_company.iter().take(limit);
            let items = shown.map(|position| item(*position as usize));
            let path = companies::timeline_address(site, company);
            (items.collect(), of_company.len(), path)
        }
    };
    Ok(Value::map([
        ("items", items.into()),
        ("total", total.into()),
        ("path", path.as_ref().map(Value::from).into()),
    ]))
}

/// One page of the corrections of a year; `None` is the newest.
pub fn corrections(site: &Site, year: Option<i16>, number: usize) -> Value {
    let words = ("correction", "corrections");
    page(
        site,
        CORRECTIONS,
        &corrections_address(),
        (year, number),
        words,
    )
}

fn page(
    site: &Site,
    merged: Merged,
    address: &Address,
    (year, number): (Option<i16>, usize),
    (singular, plural): (&str, &str),
) -> Value {
    let of_site = (merged.list)(site);
    let years: Vec<(i16, usize)> = of_site
        .years()
        .map(|year| (year, of_site.year(year).len()))
        .collect();
    let newest = years.first().map(|(year, _)| *year);
    let year = year.or(newest);
    let all = year.map_or(&[][..], |year| of_site.year(year));
    let at = super::year_address(address, year, newest);
    let total = list::counted(of_site.items().len(), singular, plural);
    let summary = match year {
        Some(year) if years.len() > 1 => {
            format!("{} in {year}, {total} in all", list::grouped(all.len()))
        }
        _ => total,
    };
    let shown = list::slice(all, list::DENSE_PAGE_LENGTH, number).iter();
    Value::map([
        (
            "items",
            Value::list(shown.map(|of| item(site, merged, of.number))),
        ),
        ("summary", summary.into()),
        ("year", year.map(i64::from).into()),
        ("years", super::year_links(address, &years, year)),
        (
            "paginator",
            list::paginator(&at, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
        ),
    ])
}
