//! Comparisons: the index with its big table, named ones, pairs, and the same as data.

use std::sync::Arc;

use super::question::Answer;
use super::{list, view};
use crate::address::Address;
use crate::content::brief::Meaning;
use crate::site::companies::CompanyIndex;
use crate::site::compare::{Named, Pair, ROWS_MAX};
use crate::site::features::FeatureIndex;
use crate::site::observations::Observation;
use crate::site::{Site, addresses};
use crate::value::Value;

pub mod chosen;

/// Companies of the big table (design, section 3).
const COMPANIES_MAX: usize = 12;
/// Features of the big table (design, section 3).
const FEATURES_MAX: usize = 40;
/// A feature counts in the big table from this brief on (design, section 3).
const BRIEFS_MIN: usize = 2;
/// Earlier values that a cell shows at most; each makes every table longer that it stands in.
const BEFORE_MAX: usize = 1;
/// Pairs and named comparisons that the index links to at most.
const LINKS_MAX: usize = 200;

/// Where a pair stands: at its own address, or at that of the page that stands for it.
pub fn pair_address(site: &Site, pair: Pair) -> Address {
    let slug = |company| &site.companies.get(company).slug;
    addresses::pair(slug(pair.first), slug(pair.second))
}

/// One cell: current value, as-of date, brief, and what other briefs say against it.
pub fn cell(site: &Site, company: CompanyIndex, feature: FeatureIndex) -> Value {
    let make = || make_cell(site, company, feature);
    match site.compare().cell_number(company, feature) {
        Some(number) => site
            .shown
            .cells
            .get(number, site.compare().cell_count(), make),
        None => make(),
    }
}

fn make_cell(site: &Site, company: CompanyIndex, feature: FeatureIndex) -> Value {
    let (slug, name) = (
        &site.companies.get(company).slug,
        &site.companies.get(company).name,
    );
    let about = site.compare().feature(feature);
    let history = site.compare().history(company, feature);
    let fragment = addresses::cell_fragment(&about.slug, Some(slug));
    let mut entries = vec![
        ("feature", Value::from(&about.name)),
        ("feature_slug", (&about.slug).into()),
        ("company", name.into()),
        ("company_slug", slug.into()),
        ("fragment", fragment.into()),
    ];
    if let Some(current) = history.last() {
        let conflicts = conflicts(history);
        entries.extend([
            ("value", observation(site, current)),
            (
                "conflicts",
                Value::list(conflicts.into_iter().map(|other| observation(site, other))),
            ),
            ("earlier", (history.len() - 1).into()),
            ("before", Value::list(before(site, history))),
            ("stale", is_stale(site, current).into()),
        ]);
    }
    Value::map(entries)
}

/// Values that the current one replaced, newest first: each that differs from the next newer one.
fn before(site: &Site, history: &[Observation]) -> Vec<Value> {
    let is_replaced = |old: &Observation, new: &Observation| {
        !old.as_of.overlaps(new.as_of) && old.meaning != new.meaning
    };
    let changed = history.windows(2).rev();
    let changed = changed.filter(|two| is_replaced(&two[0], &two[1]));
    changed
        .take(BEFORE_MAX)
        .map(|two| observation(site, &two[0]))
        .collect()
}

/// Whether a value is older than a year on the day of the build: what was reported then may not
/// hold any more.
fn is_stale(site: &Site, observation: &Observation) -> bool {
    let year = jiff::Span::new().years(1);
    observation.as_of.last.saturating_add(year) < site.today
}

/// What contradicts the current value: observations of overlapping as-of dates with another value,
/// each value once, newest first.
fn conflicts(history: &[Observation]) -> Vec<&Observation> {
    let Some((current, earlier)) = history.split_last() else {
        return Vec::new();
    };
    let mut found: Vec<&Observation> = Vec::new();
    for other in earlier.iter().rev() {
        let is_known = |known: &&Observation| known.meaning == other.meaning;
        if other.meaning.contradicts(current.meaning)
            && other.as_of.overlaps(current.as_of)
            && !found.iter().any(is_known)
        {
            found.push(other);
        }
    }
    found
}

/// A value, its as-of date, and the brief it came from.
pub fn observation(site: &Site, observation: &Observation) -> Value {
    let entry = site.entry(observation.brief);
    let cell = observation.cell(entry);
    Value::map([
        ("html", view::html_elsewhere(site, entry, cell.html)),
        ("text", (&cell.text).into()),
        ("as_of", view::partial_date(site, observation.as_of)),
        (
            "source",
            entry
                .brief()
                .and_then(|brief| brief.source.as_ref())
                .map(|source| &source.name)
                .into(),
        ),
        ("title", (&entry.title).into()),
        ("path", (&entry.address).into()),
    ])
}

/// A table: companies in columns, features in rows, under headings if there are groups.
fn table(
    site: &Site,
    companies: &[CompanyIndex],
    groups: &[(Option<Arc<str>>, Vec<FeatureIndex>)],
) -> Value {
    let columns = companies.iter().map(|company| {
        let company = site.companies.get(*company);
        view::company(site, company).with([("slug", Value::from(&company.slug))])
    });
    let row = |feature: &FeatureIndex| {
        let cells: Vec<Value> = companies
            .iter()
            .map(|company| cell(site, *company, *feature))
            .collect();
        let said = companies.iter().map(|company| {
            let current = site.compare().history(*company, *feature).last();
            current.map(|observation| observation.meaning)
        });
        let said: Vec<Option<Meaning>> = said.collect();
        let same = said.iter().all(|one| one.is_some() && *one == said[0]);
        let about = site.compare().feature(*feature);
        Value::map([
            ("name", Value::from(&about.name)),
            ("slug", (&about.slug).into()),
            ("same", same.into()),
            ("cells", cells.into()),
        ])
    };
    let groups = groups.iter().map(|(name, features)| {
        Value::map([
            ("name", Value::from(name.clone())),
            ("rows", Value::list(features.iter().map(row))),
        ])
    });
    Value::map([
        ("companies", Value::list(columns)),
        ("groups", Value::list(groups)),
    ])
}

/// The companies and features of the big table: those that most briefs speak of.
fn most_spoken_of(site: &Site) -> (Vec<CompanyIndex>, Vec<FeatureIndex>) {
    let mut companies: Vec<CompanyIndex> = site
        .companies
        .indexes()
        .filter(|c| !site.compare().features_of(*c).is_empty())
        .collect();
    companies.sort_by_key(|c| (std::cmp::Reverse(site.companies.get(*c).briefs.len()), *c));
    companies.truncate(COMPANIES_MAX);
    let has_value = |feature: FeatureIndex| {
        companies
            .iter()
            .any(|c| !site.compare().history(*c, feature).is_empty())
    };
    let features = site
        .compare()
        .features()
        .map(|(i, _)| i)
        .filter(|i| site.compare().briefs_with(*i) >= BRIEFS_MIN && has_value(*i))
        .collect();
    let features = site.compare().by_weight(features, FEATURES_MAX);
    (companies, features)
}

/// The index of comparisons.
pub fn index(site: &Site) -> Value {
    let (companies, features) = most_spoken_of(site);
    let named = site
        .compare()
        .named
        .iter()
        .map(|named| view::card(site, named.page));
    let mut pairs: Vec<Pair> = site.compare().pairs.clone();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.briefs), pair.first, pair.second));
    let pairs = pairs
        .iter()
        .take(LINKS_MAX)
        .map(|pair| pair_link(site, *pair));
    let summary = format!(
        "{} of {} and {} in {}",
        list::counted(
            site.compare().observation_count(),
            "observation",
            "observations"
        ),
        list::counted(site.companies.all().len(), "company", "companies"),
        list::counted(site.compare().features().count(), "feature", "features"),
        list::counted(site.briefs.len(), "brief", "briefs"),
    );
    Value::map([
        ("table", table(site, &companies, &[(None, features)])),
        ("named", Value::list(named)),
        ("pairs", Value::list(pairs)),
        ("summary", summary.into()),
        ("data", (&Address::file("compare/data.json")).into()),
        ("csv", (&Address::file("compare/data.csv")).into()),
    ])
}

fn pair_link(site: &Site, pair: Pair) -> Value {
    let (first, second) = (
        site.companies.get(pair.first),
        site.companies.get(pair.second),
    );
    let name: Arc<str> = format!("{} and {}", first.name, second.name).into();
    view::link(&name, &pair_address(site, pair)).with([("briefs", Value::from(pair.briefs))])
}

/// The comparison of two companies.
pub fn pair(site: &Site, first: &str, second: &str) -> Answer {
    let pair = find_pair(site, first, second)?;
    let features = site.compare().pair_features(pair);
    let address = pair_address(site, pair);
    let summary = format!(
        "{} in {}",
        list::counted(features.len(), "feature", "features"),
        list::counted(pair.briefs, "brief", "briefs")
    );
    let companies = [pair.first, pair.second];
    Ok(Value::map([
        ("title", pair_title(site, pair).into()),
        ("path", (&address).into()),
        ("summary", summary.into()),
        ("table", table(site, &companies, &[(None, features)])),
        ("data", (&address.join("data.json")).into()),
        ("csv", (&address.join("data.csv")).into()),
    ]))
}

/// The same for its data files.
pub fn pair_data(site: &Site, first: &str, second: &str) -> Answer {
    let pair = find_pair(site, first, second)?;
    let features = site.compare().pair_features(pair);
    let companies = [pair.first, pair.second];
    let about = (pair_title(site, pair).into(), pair_address(site, pair));
    Ok(table_data(site, about, &companies, &features))
}

fn find_pair(site: &Site, first: &str, second: &str) -> Result<Pair, String> {
    let of = |slug: &str| {
        site.companies
            .by_slug(slug)
            .ok_or_else(|| format!("there is no company `{slug}`"))
    };
    let pair = site.compare().pair(of(first)?, of(second)?);
    pair.ok_or_else(|| "the two are not compared".to_owned())
}

fn pair_title(site: &Site, pair: Pair) -> String {
    let name = |company| &site.companies.get(company).name;
    format!("{} and {}", name(pair.first), name(pair.second))
}

/// A named comparison.
pub fn named(site: &Site, path: &str) -> Answer {
    let named = find_named(site, path)?;
    let entry = site.entry(named.page);
    let rows: usize = named
        .groups
        .iter()
        .map(|(_, features)| features.len())
        .sum();
    Ok(Value::map([
        ("title", Value::from(&entry.title)),
        ("path", (&entry.address).into()),
        (
            "description",
            entry.front_matter().description.clone().into(),
        ),
        (
            "introduction",
            view::html(site, entry, entry.article.body.content),
        ),
        (
            "summary",
            format!(
                "{}, {}",
                list::counted(named.companies.len(), "company", "companies"),
                list::counted(rows, "feature", "features")
            )
            .into(),
        ),
        ("table", table(site, &named.companies, &bounded(named))),
        ("data", (&entry.address.join("data.json")).into()),
        ("csv", (&entry.address.join("data.csv")).into()),
    ]))
}

/// The same for its data files.
pub fn named_data(site: &Site, path: &str) -> Answer {
    let named = find_named(site, path)?;
    let entry = site.entry(named.page);
    let groups = bounded(named).into_iter();
    let features: Vec<FeatureIndex> = groups.flat_map(|(_, features)| features).collect();
    let about = (Value::from(&entry.title), entry.address.clone());
    Ok(table_data(site, about, &named.companies, &features))
}

fn find_named<'s>(site: &'s Site, path: &str) -> Result<&'s Named, String> {
    site.compare()
        .named
        .iter()
        .find(|named| *site.entry(named.page).article.path == *path)
        .ok_or_else(|| format!("there is no comparison `{path}`"))
}

/// What data files say of a value of a cell. It travels as a list of its fields, which takes a fifth
/// of the room of a cell that a template reads: a site has more cells than anything else.
#[derive(Debug)]
pub struct Record<'v> {
    pub company: &'v str,
    pub company_slug: &'v str,
    pub feature: &'v str,
    pub feature_slug: &'v str,
    pub current: Stated<'v>,
    /// The title of the brief that the value is from.
    pub brief: &'v str,
    pub conflicts: Vec<Stated<'v>>,
    /// How many observations the value replaced.
    pub earlier: i64,
}

/// A value, the date that it is of, and the address of the brief that states it.
#[derive(Debug)]
pub struct Stated<'v> {
    pub value: &'v str,
    /// As briefs write it.
    pub as_of: &'v str,
    pub path: &'v str,
}

impl<'v> Record<'v> {
    /// A record as it travels; empty where fields are missing.
    pub fn of(record: &'v Value) -> Record<'v> {
        let mut fields = record.items().iter();
        let mut next = || fields.next().unwrap_or(&Value::None);
        Record {
            company: text(next()),
            company_slug: text(next()),
            feature: text(next()),
            feature_slug: text(next()),
            current: Stated::of(next()),
            brief: text(next()),
            conflicts: next().items().iter().map(Stated::of).collect(),
            earlier: next().as_int().unwrap_or_default(),
        }
    }
}

impl<'v> Stated<'v> {
    fn of(stated: &'v Value) -> Stated<'v> {
        let mut fields = stated.items().iter();
        let mut next = || text(fields.next().unwrap_or(&Value::None));
        Stated {
            value: next(),
            as_of: next(),
            path: next(),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The fields of a [`Record`]; `None` if nobody reports a value.
fn record(site: &Site, company: CompanyIndex, feature: FeatureIndex) -> Option<Value> {
    let number = site.compare().cell_number(company, feature)?;
    let make = || make_record(site, company, feature);
    let count = site.compare().cell_count();
    Some(site.shown.records.get(number, count, make))
}

fn make_record(site: &Site, company: CompanyIndex, feature: FeatureIndex) -> Value {
    let history = site.compare().history(company, feature);
    let current = history.last().expect("a cell with a number has a value");
    let stated = |observation: &Observation| {
        let entry = site.entry(observation.brief);
        let as_of = view::partial_date(site, observation.as_of);
        Value::list([
            Value::from(&observation.cell(entry).text),
            as_of.get("written").cloned().into(),
            (&entry.address).into(),
        ])
    };
    let about = site.compare().feature(feature);
    let company = site.companies.get(company);
    let conflicts = conflicts(history).into_iter();
    Value::list([
        Value::from(&company.name),
        (&company.slug).into(),
        (&about.name).into(),
        (&about.slug).into(),
        stated(current),
        (&site.entry(current.brief).title).into(),
        Value::list(conflicts.map(stated)),
        (history.len() - 1).into(),
    ])
}

/// A table for data files: what it is, how much there is, and its cells row by row.
fn table_data(
    site: &Site,
    (title, address): (Value, Address),
    companies: &[CompanyIndex],
    features: &[FeatureIndex],
) -> Value {
    let rows = features.iter();
    let cells = rows.flat_map(|f| companies.iter().filter_map(|c| record(site, *c, *f)));
    Value::map([
        ("title", title),
        ("path", (&address).into()),
        ("companies", companies.len().into()),
        ("features", features.len().into()),
        ("cells", Value::list(cells)),
    ])
}

/// The groups of a named comparison, cut where the table would be too long.
fn bounded(named: &Named) -> Vec<(Option<Arc<str>>, Vec<FeatureIndex>)> {
    let mut left = ROWS_MAX;
    let mut groups = Vec::new();
    for (name, features) in &named.groups {
        let taken = &features[..features.len().min(left)];
        left -= taken.len();
        groups.push((name.clone(), taken.to_vec()));
    }
    groups
}

/// Everything that is known, for data files: how much there is, and every cell.
pub fn data(site: &Site) -> Value {
    let cells = site.companies.indexes().flat_map(|company| {
        site.compare()
            .features_of(company)
            .iter()
            .filter_map(move |feature| record(site, company, *feature))
    });
    Value::map([
        ("companies", Value::from(site.companies.all().len())),
        ("features", site.compare().features().count().into()),
        ("observations", site.compare().observation_count().into()),
        ("pairs", site.compare().pairs.len().into()),
        ("cells", Value::list(cells)),
    ])
}
