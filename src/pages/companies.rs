//! Companies: the list of all, each with its briefs, what is known of it, and its timeline.

use super::question::Answer;
use super::{compare, content, list, occurring, predictions, timeline, view};

use crate::site::Site;
use crate::site::companies::{Company, CompanyIndex};
use crate::value::Value;

/// Cells that a company's page shows at most (design, section 3).
const CELLS_MAX: usize = 200;
/// Predictions that a company's page shows at most (design, section 3).
const PREDICTIONS_MAX: usize = 20;
/// Pairs that a company's page links to at most.
const PAIRS_MAX: usize = 40;

/// One page of the list of companies, those with most briefs first.
pub fn list(site: &Site, number: usize) -> Value {
    let mut all: Vec<&Company> = site.companies.all().iter().collect();
    all.sort_by_key(|company| (std::cmp::Reverse(company.briefs.len()), &company.slug));
    let address = crate::address::Address::page("companies");
    let items = list::slice(&all, list::DENSE_PAGE_LENGTH, number)
        .iter()
        .map(|company| {
            let newest = company
                .briefs
                .first()
                .and_then(|index| site.entry(*index).day());
            view::link(&company.name, &company.address).with([
                ("count", Value::from(company.briefs.len())),
                ("newest", newest.map(view::short_date).into()),
            ])
        });
    Value::map([
        ("companies", Value::list(items)),
        (
            "summary",
            list::counted(all.len(), "company", "companies").into(),
        ),
        (
            "paginator",
            list::paginator(&address, "page", all.len(), list::DENSE_PAGE_LENGTH, number),
        ),
    ])
}

fn find(site: &Site, slug: &str) -> Result<CompanyIndex, String> {
    site.companies
        .by_slug(slug)
        .ok_or_else(|| format!("there is no company `{slug}`"))
}

/// A company with one page of its briefs.
pub fn company(site: &Site, slug: &str, number: usize) -> Answer {
    let index = find(site, slug)?;
    let company = site.companies.get(index);
    let entry = company.page.map(|page| site.entry(page));
    let shown = list::slice(&company.briefs, list::PAGE_LENGTH, number);
    let newest = company
        .briefs
        .first()
        .and_then(|i| site.entry(*i).front_matter().date.as_ref());
    let count = company.briefs.len();
    let paginator = list::paginator(&company.address, "page", count, list::PAGE_LENGTH, number);
    let description = entry.and_then(|e| e.front_matter().description.clone());
    let general = Value::map([
        ("name", Value::from(&company.name)),
        ("slug", (&company.slug).into()),
        ("path", (&company.address).into()),
        ("description", description.into()),
        ("summary", content::summary(site, &company.briefs)),
        ("newest", newest.map(|date| date.text.clone()).into()),
        ("briefs", view::cards(site, shown)),
        ("feed", feed(site, company)),
        ("paginator", paginator),
    ]);
    let first_page = if number == 1 {
        known(site, index)
    } else {
        Vec::new()
    };
    Ok(general.with(first_page))
}

/// What the first page of a company says of it, beside its briefs.
fn known(site: &Site, index: CompanyIndex) -> Vec<(&'static str, Value)> {
    let company = site.companies.get(index);
    let entry = company.page.map(|page| site.entry(page));
    let features = site.compare.features_of(index);
    let cells = site.compare.by_weight(features.to_vec(), CELLS_MAX);
    let cells = cells
        .into_iter()
        .map(|feature| compare::cell(site, index, feature));
    let named = site.predictions.naming(index).take(PREDICTIONS_MAX);
    let has_timeline = site.makes("timeline") && !site.timeline.of_company(index).is_empty();
    let timeline = has_timeline.then(|| Value::from(&company.address.join("timeline/")));
    let introduction = entry.map(|e| view::html(site, e, e.article.body.content));
    vec![
        ("introduction", introduction.into()),
        ("cells", Value::list(cells)),
        (
            "cells_left_out",
            features.len().saturating_sub(CELLS_MAX).into(),
        ),
        (
            "predictions",
            Value::list(named.map(|ledger| predictions::prediction(site, ledger))),
        ),
        ("pairs", pairs(site, index)),
        (
            "companies",
            occurring::companies(site, &company.briefs, Some(index)),
        ),
        ("tags", occurring::tags(site, &company.briefs, None)),
        ("timeline", timeline.into()),
    ]
}

/// The address of the feed, which a company has once a brief speaks of it.
fn feed(site: &Site, company: &Company) -> Value {
    let has_feed = site.makes("feeds") && !company.briefs.is_empty();
    has_feed
        .then(|| Value::from(&company.address.join("atom.xml")))
        .into()
}

/// The pages that compare a company with another, those with most briefs first.
fn pairs(site: &Site, index: CompanyIndex) -> Value {
    if !site.makes("compare") {
        return Value::list([]);
    }
    let mut found: Vec<_> = site.compare.pairs_of(index).collect();
    found.sort_by_key(|pair| (std::cmp::Reverse(pair.briefs), pair.first, pair.second));
    Value::list(found.into_iter().take(PAIRS_MAX).map(|pair| {
        let other = if pair.first == index {
            pair.second
        } else {
            pair.first
        };
        view::link(
            &site.companies.get(other).name,
            &compare::pair_address(site, pair),
        )
    }))
}

/// One page of the timeline of a company.
pub fn timeline(site: &Site, slug: &str, number: usize) -> Answer {
    let index = find(site, slug)?;
    let company = site.companies.get(index);
    let items = site.timeline.of_company(index);
    let address = company.address.join("timeline/");
    let shown = list::slice(items, list::DENSE_PAGE_LENGTH, number);
    Ok(Value::map([
        ("name", Value::from(&company.name)),
        ("company_path", (&company.address).into()),
        ("path", (&address).into()),
        (
            "summary",
            list::counted(items.len(), "item", "items").into(),
        ),
        (
            "items",
            Value::list(
                shown
                    .iter()
                    .map(|position| timeline::item(site, timeline::TIMELINE, *position as usize)),
            ),
        ),
        (
            "paginator",
            list::paginator(
                &address,
                "page",
                items.len(),
                list::DENSE_PAGE_LENGTH,
                number,
            ),
        ),
    ]))
}
