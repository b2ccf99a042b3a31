//! The merged timeline of all briefs and the list of their corrections, by years.

use super::{list, view};
use crate::address::Address;
use crate::content::article::Dated;
use crate::content::brief::Brief;
use crate::site::Site;
use crate::site::timeline::{Item, Timeline};
use crate::value::Value;

/// Briefs that one item names at most; the rest is counted.
const BRIEFS_MAX: usize = 5;

/// An item and the briefs that say so. Made once for a site and shared by all lists.
pub fn item(site: &Site, item: &Item, of: fn(&Brief) -> &Vec<Dated>) -> Value {
    let make = || make_item(site, item, of);
    item.shown.get_or_init(make).clone()
}

fn make_item(site: &Site, item: &Item, of: fn(&Brief) -> &Vec<Dated>) -> Value {
    let entry = site.entry(item.brief);
    let briefs = item.briefs.iter().take(BRIEFS_MAX);
    let briefs = briefs.map(|index| view::card(site, *index));
    Value::map([
        ("date", view::partial_date(site, item.date)),
        (
            "html",
            view::html_elsewhere(site, entry, item.dated(entry, of).html),
        ),
        ("briefs", Value::list(briefs)),
        ("more", item.briefs.len().saturating_sub(BRIEFS_MAX).into()),
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
    let shown = Shown {
        list: &site.timeline,
        address: timeline_address(),
        of: |brief| &brief.timeline,
    };
    shown.page(site, year, number, ("item", "items"))
}

/// One page of the corrections of a year; `None` is the newest.
pub fn corrections(site: &Site, year: Option<i16>, number: usize) -> Value {
    let shown = Shown {
        list: &site.corrections,
        address: corrections_address(),
        of: |brief| &brief.corrections,
    };
    shown.page(site, year, number, ("correction", "corrections"))
}

struct Shown<'s> {
    list: &'s Timeline,
    address: Address,
    of: fn(&Brief) -> &Vec<Dated>,
}

impl Shown<'_> {
    fn page(
        &self,
        site: &Site,
        year: Option<i16>,
        number: usize,
        (singular, plural): (&str, &str),
    ) -> Value {
        let years: Vec<(i16, usize)> = self
            .list
            .years()
            .map(|year| (year, self.list.year(year).len()))
            .collect();
        let newest = years.first().map(|(year, _)| *year);
        let year = year.or(newest);
        let all = year.map_or(&[][..], |year| self.list.year(year));
        let address = super::year_address(&self.address, year, newest);
        let total = list::counted(self.list.items().len(), singular, plural);
        let summary = match year {
            Some(year) if years.len() > 1 => {
                format!("{} in {year}, {total} in all", list::grouped(all.len()))
            }
            _ => total,
        };
        let shown = list::slice(all, list::DENSE_PAGE_LENGTH, number).iter();
        Value::map([
            ("items", Value::list(shown.map(|i| item(site, i, self.of)))),
            ("summary", summary.into()),
            ("year", year.map(i64::from).into()),
            ("years", super::year_links(&self.address, &years, year)),
            (
                "paginator",
                list::paginator(&address, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
            ),
        ])
    }
}
