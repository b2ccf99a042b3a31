//! Events: the list of stories, and each with its briefs.

use super::question::Answer;
use super::{content, list, occurring, view};
use crate::address::Address;
use crate::site::Site;
use crate::value::Value;

/// Where the list of events stands.
pub fn address() -> Address {
    Address::page("events")
}

/// One page of the list of events, the one with the newest brief first.
pub fn list(site: &Site, number: usize) -> Value {
    let all = site.events.all();
    let shown = list::slice(all, list::DENSE_PAGE_LENGTH, number)
        .iter()
        .map(|event| {
            let newest = event
                .briefs
                .first()
                .and_then(|index| site.entry(*index).day());
            view::link(event.title(site), &event.address).with([
                ("count", Value::from(event.briefs.len())),
                ("newest", newest.map(view::short_date).into()),
            ])
        });
    Value::map([
        ("events", Value::list(shown)),
        (
            "summary",
            list::counted(all.len(), "event", "events").into(),
        ),
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

/// An event with one page of its briefs.
pub fn event(site: &Site, slug: &str, number: usize) -> Answer {
    let event = site
        .events
        .get(slug)
        .ok_or_else(|| format!("there is no event `{slug}`"))?;
    let entry = event.page.map(|page| site.entry(page));
    let shown = list::slice(&event.briefs, list::PAGE_LENGTH, number);
    let newest = event
        .briefs
        .first()
        .and_then(|index| site.entry(*index).front_matter().date.as_ref());
    Ok(Value::map([
        ("title", Value::from(event.title(site))),
        ("path", (&event.address).into()),
        (
            "description",
            entry
                .and_then(|e| e.front_matter().description.clone())
                .into(),
        ),
        (
            "introduction",
            entry
                .filter(|_| number == 1)
                .map(|e| view::html(site, e, e.article.body.content))
                .into(),
        ),
        ("summary", content::summary(site, &event.briefs)),
        ("newest", newest.map(|date| date.text.clone()).into()),
        ("companies", occurring::companies(site, &event.briefs, None)),
        ("tags", occurring::tags(site, &event.briefs, None)),
        ("briefs", view::cards(site, shown)),
        (
            "paginator",
            list::paginator(
                &event.address,
                "page",
                event.briefs.len(),
                list::PAGE_LENGTH,
                number,
            ),
        ),
    ]))
}
