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
    ranges(site)
        .into_iter()
        .map(|(year, briefs)| (year, briefs.len()))
        .collect()
}

/// The briefs of each year. They are sorted by date, so that each year's are found by halving.
fn ranges(site: &Site) -> Vec<(i16, &[Index])> {
    let year = |index: &Index| site.entry(*index).day().map(|day| day.year());
    let mut found = Vec::new();
    let mut rest = &site.briefs[..];
    while let Some(newest) = rest.first().and_then(year) {
        let (briefs, older) =
            rest.split_at(rest.partition_point(|index| year(index) == Some(newest)));
        found.push((newest, briefs));
        rest = older;
    }
    found
}

/// One page of the briefs of a year, under their months; `None` is the newest year.
pub fn answer(site: &Site, year: Option<i16>, number: usize) -> Value {
    let ranges = ranges(site);
    let years: Vec<(i16, usize)> = ranges
        .iter()
        .map(|(year, briefs)| (*year, briefs.len()))
        .collect();
    let newest = years.first().map(|(year, _)| *year);
    let year = year.or(newest);
    let day = |index: &Index| site.entry(*index).day();
    let all = ranges
        .iter()
        .find(|(other, _)| Some(*other) == year)
        .map_or(&[][..], |(_, briefs)| briefs);
    let shown = list::slice(all, list::DENSE_PAGE_LENGTH, number);
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
    let summary = super::content::summary(site, &site.briefs);
    let summary = match (year, summary.as_str()) {
        (Some(year), Some(total)) if years.len() > 1 => {
            format!("{} in {year}; {total} in all", list::grouped(all.len())).into()
        }
        _ => summary,
    };
    Value::map([
        ("months", Value::list(months)),
        ("summary", summary),
        ("year", year.map(i64::from).into()),
        ("years", super::year_links(&self::address(), &years, year)),
        (
            "paginator",
            list::paginator(&address, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
        ),
    ])
}
