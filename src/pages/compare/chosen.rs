//! Comparisons as templates ask for them: by the name of one, or of any companies.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{COMPANIES_MAX, bounded, named, pair, pair_address, table};
use crate::diagnostic::{nearest, with_guess, with_hint};
use crate::pages::question::Answer;
use crate::pages::{companies, list};
use crate::site::Site;
use crate::site::companies::CompanyIndex;
use crate::site::compare::{Named, Pair};
use crate::site::features::FeatureIndex;
use crate::value::Value;

/// Which comparison is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Chosen {
    /// One that has a page, by the last part of its address.
    Slug(Arc<str>),
    /// Any companies, by names or slugs, in this order.
    Companies(Vec<Arc<str>>),
}

/// Features under headings, as a table has them.
type Groups = Vec<(Option<Arc<str>>, Vec<FeatureIndex>)>;

/// A comparison with at most `rows_max` rows. Absent if there is none and it is not `required`.
pub fn answer(site: &Site, chosen: &Chosen, rows_max: usize, required: bool) -> Answer {
    let found = match chosen {
        Chosen::Slug(slug) => by_slug(site, slug, rows_max),
        Chosen::Companies(names) => of_companies(site, names, rows_max).map(Some),
    };
    match found {
        Ok(Some(comparison)) => Ok(comparison),
        Ok(None) | Err(_) if !required => Ok(Value::None),
        Ok(None) => Err(unknown(site, chosen)),
        Err(reason) => Err(reason),
    }
}

fn by_slug(site: &Site, slug: &str, rows_max: usize) -> Result<Option<Value>, String> {
    let mut all = site.compare().named.iter();
    if let Some(named) = all.find(|named| site.entry(named.page).slug() == slug) {
        return of_page(site, named, &named.companies, rows_max).map(Some);
    }
    let company = |slug: &str| site.companies.by_slug(slug);
    let found = slug.match_indices(BETWEEN).find_map(|(at, _)| {
        let (first, second) = (&slug[..at], &slug[at + BETWEEN.len()..]);
        site.compare().pair(company(first)?, company(second)?)
    });
    found
        .map(|pair| of_pair(site, pair, [pair.first, pair.second], rows_max))
        .transpose()
}

/// What stands between the companies in the address of a pair.
const BETWEEN: &str = "-vs-";

fn of_page(site: &Site, found: &Named, order: &[CompanyIndex], rows_max: usize) -> Answer {
    let groups = cut(bounded(found), rows_max);
    let whole = named(site, &site.entry(found.page).article.path)?;
    let shown = whole.with([("table", table(site, order, &groups))]);
    Ok(match site.makes("compare") {
        true => shown,
        false => without_data(&shown),
    })
}

/// A pair that has a page: one of its own, or a named comparison at its address.
fn of_pair(site: &Site, of: Pair, order: [CompanyIndex; 2], rows_max: usize) -> Answer {
    let is_it = |pair: Pair| (pair.first, pair.second) == (of.first, of.second);
    let mut all = site.compare().named.iter();
    if let Some(named) = all.find(|named| named.pair.is_some_and(is_it)) {
        return of_page(site, named, &order, rows_max);
    }
    let slug = |company| &*site.companies.get(company).slug;
    let groups = cut(vec![(None, site.compare().pair_features(of))], rows_max);
    let whole = pair(site, slug(of.first), slug(of.second))?;
    let shown = whole.with([
        ("title", title(site, &order).into()),
        ("table", table(site, &order, &groups)),
        ("description", Value::None),
        ("introduction", Value::None),
    ]);
    Ok(match site.makes("compare") {
        true => shown,
        false => without_data(&shown).with([("path", Value::None)]),
    })
}

fn without_data(comparison: &Value) -> Value {
    comparison.with([("data", Value::None), ("csv", Value::None)])
}

fn of_companies(site: &Site, names: &[Arc<str>], rows_max: usize) -> Answer {
    let mut order = Vec::new();
    for name in names {
        let company = companies::named(site, name)?;
        if !order.contains(&company) {
            order.push(company);
        }
    }
    if !(2..=COMPANIES_MAX).contains(&order.len()) {
        let count = list::counted(order.len(), "company", "companies");
        return Err(format!(
            "a comparison has 2 to {COMPANIES_MAX} companies, and `companies` names {count}"
        ));
    }
    if let [a, b] = order[..]
        && let Some(pair) = site.compare().pair(a, b)
    {
        return of_pair(site, pair, [a, b], rows_max);
    }
    let features = site.compare().shared_features(&order);
    let summary = format!(
        "{}, {}",
        list::counted(order.len(), "company", "companies"),
        list::counted(features.len(), "feature", "features")
    );
    let groups = cut(vec![(None, features)], rows_max);
    Ok(Value::map([
        ("title", title(site, &order).into()),
        ("path", Value::None),
        ("description", Value::None),
        ("introduction", Value::None),
        ("summary", summary.into()),
        ("table", table(site, &order, &groups)),
        ("data", Value::None),
        ("csv", Value::None),
    ]))
}

/// `A, B and C`
fn title(site: &Site, companies: &[CompanyIndex]) -> String {
    let names = companies.iter();
    let names: Vec<&str> = names.map(|c| &*site.companies.get(*c).name).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} and {last}", others.join(", "))
        }
        _ => names.concat(),
    }
}

/// The first rows of all groups.
fn cut(mut groups: Groups, rows_max: usize) -> Groups {
    let mut left = rows_max;
    for (_, features) in &mut groups {
        features.truncate(left);
        left -= features.len();
    }
    groups.retain(|(_, features)| !features.is_empty());
    groups
}

/// Why a slug names nothing, with the nearest that names something.
fn unknown(site: &Site, chosen: &Chosen) -> String {
    let Chosen::Slug(slug) = chosen else {
        return "there is no such comparison".to_owned();
    };
    let named = site.compare().named.iter();
    let named = named.map(|named| site.entry(named.page).slug().to_owned());
    let pairs = site.compare().pairs.iter();
    let pairs = pairs.map(|pair| pair_address(site, *pair).last_part().to_owned());
    let known: BTreeSet<String> = named.chain(pairs).collect();
    let about = format!("there is no comparison `{slug}`");
    match nearest(slug, known.iter().map(|slug| &**slug)) {
        Some(near) => with_guess(about, Some(near)),
        None => with_hint(
            about,
            "`companies=[…]` compares any companies that briefs speak of",
        ),
    }
}
