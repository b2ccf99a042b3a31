//! The archive: every brief, by year and month.

use super::{list, view};
use crate::address::Address;
use crate::site::{Index, Site};
use crate::value::Value;

/// Where the archive stands.
pub fn address() -> Address {
    Address::page("archive")
}

/// The years of the briefs, newest first, with how many.
pub fn years(site: &Site) -> Vec<(i16, usize)> {
    super::years_of(
        site.briefs
            .iter()
            .filter_map(|index| site.entry(*index).day())
            .map(|day| day.year()),
    )
}

/// One page of the briefs of a year, under their months; `None` is the newest year.
pub fn answer(site: &Site, year: Option<i16>, number: usize) -> Value {
    let years = years(site);
    let newest = years.first().map(|(year, _)| *year);
    let year = year.or(newest);
    let day = |index: &Index| site.entry(*index).day();
    let all: Vec<Index> = site
        .briefs
        .iter()
        .copied()
        .filter(|index| day(index).map(|day| day.year()) == year)
        .collect();
    let shown = list::slice(&all, list::DENSE_PAGE_LENGTH, number);
    let months = shown
        .chunk_by(|a, b| day(a).map(|d| d.month()) == day(b).map(|d| d.month()))
        .map(|month| {
            let first = day(&month[0]).expect("only briefs with a day have a year");
            Value::map([
                (
                    "name",
                    format!("{} {}", view::month_name(first.month()), first.year()).into(),
                ),
                ("briefs", view::cards(site, month)),
            ])
        });
    let address = super::year_address(&address(), year, newest);
    Value::map([
        ("months", Value::list(months)),
        ("summary", super::content::summary(site, &site.briefs)),
        ("year", year.map(i64::from).into()),
        ("years", super::year_links(&self::address(), &years)),
        (
            "paginator",
            list::paginator(&address, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
        ),
    ])
}
