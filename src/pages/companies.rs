//! Companies: the list of all, each with its briefs, what is known of it, and its timeline.

use super::question::Answer;
use super::{compare, content, list, occurring, predictions, timeline, view};
use crate::address::Address;
use crate::diagnostic::{nearest, with_guess, with_names};
use crate::site::companies::{Company, CompanyIndex};
use crate::site::{Index, Site};
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
    let found = site.companies.by_slug(slug);
    found.ok_or_else(|| no_company(site, slug))
}

/// The company that a name, an alias, a product or a slug means.
pub fn named(site: &Site, name: &str) -> Result<CompanyIndex, String> {
    let found = site.companies.by_name(name);
    found
        .or_else(|| site.companies.by_slug(name))
        .ok_or_else(|| no_company(site, name))
}

/// A company by any name, with the first of each of its lists. Absent if there is none and it is
/// not `required`.
pub fn by_name(site: &Site, name: &str, limit: usize, required: bool) -> Answer {
    let index = match named(site, name) {
        Ok(index) => index,
        Err(_) if !required => return Ok(Value::None),
        Err(reason) => return Err(reason),
    };
    let company = site.companies.get(index);
    let shown = &company.briefs[..company.briefs.len().min(limit)];
    let path = view::company(site, company).get("path").cloned().into();
    let limits = Limits {
        cells: limit,
        predictions: limit,
    };
    let general = general(site, index, shown).with([("path", path)]);
    Ok(general.with(known(site, index, &limits)))
}

fn no_company(site: &Site, name: &str) -> String {
    let about = format!("there is no company `{name}`");
    let all = site.companies.all().iter();
    let names = all.clone().map(|company| &*company.name);
    let known = names.clone().chain(all.map(|company| &*company.slug));
    match nearest(name, known) {
        Some(near) => with_guess(about, Some(near)),
        None => with_names(about, name, names),
    }
}

/// Where the timeline of a company stands, if it has one.
pub fn timeline_address(site: &Site, index: CompanyIndex) -> Option<Address> {
    let has_page = site.makes("companies") && site.makes("timeline");
    let has_timeline = has_page && !site.timeline().of_company(index).is_empty();
    let company = site.companies.get(index);
    has_timeline.then(|| company.address.join("timeline/"))
}

/// A company with one page of its briefs.
pub fn company(site: &Site, slug: &str, number: usize) -> Answer {
    let index = find(site, slug)?;
    let company = site.companies.get(index);
    let shown = list::slice(&company.briefs, list::PAGE_LENGTH, number);
    let count = company.briefs.len();
    let paginator = list::paginator(&company.address, "page", count, list::PAGE_LENGTH, number);
    let general = general(site, index, shown).with([("paginator", paginator)]);
    let limits = Limits {
        cells: CELLS_MAX,
        predictions: PREDICTIONS_MAX,
    };
    let first_page = if number == 1 {
        known(site, index, &limits)
    } else {
        Vec::new()
    };
    Ok(general.with(first_page))
}

/// What each page of a company says of it, with some of its briefs.
fn general(site: &Site, index: CompanyIndex, shown: &[Index]) -> Value {
    let company = site.companies.get(index);
    let entry = company.page.map(|page| site.entry(page));
    let newest = company
        .briefs
        .first()
        .and_then(|i| site.entry(*i).front_matter().date.as_ref());
    let description = entry.and_then(|e| e.front_matter().description.clone());
    Value::map([
        ("name", Value::from(&company.name)),
        ("slug", (&company.slug).into()),
        ("path", (&company.address).into()),
        ("description", description.into()),
        ("summary", content::summary(site, &company.briefs)),
        ("newest", newest.map(|date| date.text.clone()).into()),
        ("count", company.briefs.len().into()),
        ("briefs", view::cards(site, shown)),
        ("feed", feed(site, company)),
    ])
}

/// How much of a company is shown at most.
struct Limits {
    cells: usize,
    predictions: usize,
}

/// What the first page of a company says of it, beside its briefs.
fn known(site: &Site, index: CompanyIndex, limits: &Limits) -> Vec<(&'static str, Value)> {
    let company = site.companies.get(index);
    let entry = company.page.map(|page| site.entry(page));
    let features = site.compare().features_of(index);
    let cells = site.compare().by_weight(features.to_vec(), limits.cells);
    let cells = cells
        .into_iter()
        .map(|feature| compare::cell(site, index, feature));
    let named = site.predictions.naming(index).take(limits.predictions);
    let timeline = timeline_address(site, index);
    let introduction = entry.map(|e| view::html(site, e, e.article.body.content));
    vec![
        ("introduction", introduction.into()),
        ("cells", Value::list(cells)),
        (
            "cells_left_out",
            features.len().saturating_sub(limits.cells).into(),
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
        ("timeline", timeline.as_ref().map(Value::from).into()),
    ]
}

/// The address of the feed, which a company has once a brief speaks of it.
fn feed(site: &Site, company: &Company) -> Value {
    let is_made = site.makes("feeds") && site.makes("companies");
    let has_feed = is_made && !company.briefs.is_empty();
    has_feed
        .then(|| Value::from(&company.address.join("atom.xml")))
        .into()
}

/// The pages that compare a company with another, those with most briefs first.
fn pairs(site: &Site, index: CompanyIndex) -> Value {
    if !site.makes("compare") {
        return Value::list([]);
    }
    let mut found: Vec<_> = site.compare().pairs_of(index).collect();
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
    let items = site.timeline().of_company(index);
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
