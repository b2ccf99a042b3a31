//! The five tables of ours under `[extra]`: what a page is, beyond a page.

use std::sync::Arc;

use url::Url;

use super::Context;
use super::article::{Company, Comparison, Week};
use super::brief::{Analysis, Origin};
use super::date::{Moment, parse_week};
use super::front_matter::{OUR_TABLES, moment, placed_moment, report_misspelt_table};
use super::name::FileName;
use crate::config::{Config, slug_of};
use crate::data::{Data, Entry, Placed, Reader};
use crate::diagnostic::{Diagnostics, Place};

/// What the front matter says a page is. A brief becomes whole with its body.
#[derive(Debug)]
pub enum Stated {
    None,
    Brief(BriefKeys),
    Company(Company),
    Comparison(Comparison),
    Event,
    Week(Week),
}

/// `[extra.brief]`: the fields of a [`super::brief::Brief`] that its front matter gives.
#[derive(Debug)]
pub struct BriefKeys {
    pub place: Place,
    pub states_id: bool,
    pub id: Option<Placed>,
    pub source: Option<Origin>,
    pub collected: Option<Moment>,
    pub event: Option<Placed>,
    pub analysis: Option<Analysis>,
    pub companies: Vec<Placed>,
}

/// Reads the table of ours among the entries of `extra`.
pub fn read(
    extra: Vec<Entry>,
    date: Option<&Moment>,
    context: &Context<'_>,
    problems: &mut Diagnostics,
) -> Stated {
    let Context { file, name, config } = context;
    let is_ours = |entry: &Entry| {
        // Themes have their own `extra.event = "…"`; only a table is ours.
        matches!(entry.node.value, Data::Table(_)) && OUR_TABLES.contains(&&*entry.key)
    };
    let (mut ours, others): (Vec<Entry>, Vec<Entry>) = extra.into_iter().partition(is_ours);
    let is_brief = ours.iter().any(|entry| &*entry.key == "brief");
    // In a site that never speaks of Dateline these tables may be a theme's own.
    let is_lenient = !config.is_dateline && !is_brief;
    let mut found = Diagnostics::default();
    if config.is_dateline && !name.is_section {
        for entry in &others {
            report_misspelt_table(entry, file, &mut found);
        }
    }
    // Briefs are not trusted: a page that is also a brief counts as one.
    ours.sort_by_key(|entry| &*entry.key != "brief");
    let mut ours = ours.into_iter();
    let Some(table) = ours.next() else {
        problems.extend(found.into_vec());
        return Stated::None;
    };
    for second in ours {
        let place = Place::bytes(file, second.key_bytes);
        found.two_tables(place, &table.key, &second.key);
    }
    let stated = if name.is_section {
        found.table_in_section(Place::bytes(file, table.key_bytes), &table.key);
        Stated::None
    } else {
        read_one(table, date, context, &mut found)
    };
    if is_lenient {
        found.make_lenient();
    }
    problems.extend(found.into_vec());
    stated
}

fn read_one(
    table: Entry,
    date: Option<&Moment>,
    context: &Context<'_>,
    problems: &mut Diagnostics,
) -> Stated {
    let Data::Table(entries) = table.node.value else {
        return Stated::None;
    };
    let place = Place::bytes(context.file, table.key_bytes);
    let mut keys = Reader::new(context.file, format!("extra.{}", table.key), entries);
    let stated = match &*table.key {
        "brief" => Stated::Brief(brief(place, &mut keys, date, context.config, problems)),
        "company" => Stated::Company(Company {
            aliases: keys.placed_texts("aliases", problems).unwrap_or_default(),
            products: keys.placed_texts("products", problems).unwrap_or_default(),
        }),
        "comparison" => Stated::Comparison(comparison(&mut keys, problems)),
        "week" => week(&mut keys, &context.name, problems),
        _ => Stated::Event,
    };
    keys.refuse_unknown(problems);
    stated
}

fn brief(
    place: Place,
    keys: &mut Reader<'_>,
    date: Option<&Moment>,
    config: &Config,
    problems: &mut Diagnostics,
) -> BriefKeys {
    const ANALYSES: [(&str, Analysis); 3] = [
        ("ai", Analysis::Ai),
        ("human", Analysis::Human),
        ("mixed", Analysis::Mixed),
    ];
    let states_id = keys.has("id");
    let id = keys.placed_text("id", problems).filter(|(id, place)| {
        let is_id = is_id(id);
        if !is_id {
            problems.bad_id(place.clone(), id);
        }
        is_id
    });
    let event = keys.placed_text("event", problems);
    let collected = placed_moment(keys, "collected", config, problems);
    BriefKeys {
        place,
        states_id,
        id,
        source: origin(keys, date, collected.as_ref(), config, problems),
        collected: collected.map(|(moment, _)| moment),
        event: event
            .filter(|(name, _)| !name.trim().is_empty())
            .map(|(name, place)| (slug_of(&name).into(), place)),
        analysis: keys.choice("analysis", &ANALYSES, problems),
        companies: companies(keys, problems),
    }
}

/// The companies that a brief states; each that is new has a page of its own.
fn companies(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Vec<Placed> {
    /// Most of one brief.
    const COMPANIES_MAX: usize = 100;
    let mut stated = keys.placed_texts("companies", problems).unwrap_or_default();
    if let Some((_, place)) = stated.get(COMPANIES_MAX) {
        problems.too_many_terms("companies", stated.len(), COMPANIES_MAX, place.clone());
        stated.truncate(COMPANIES_MAX);
    }
    stated
}

/// The letters of an id: those that are not taken for each other.
pub const ID_LETTERS: &str = "23456789abcdefghjkmnpqrstvwxyz";

/// The length of an id.
pub const ID_LENGTH: usize = 6;

/// Whether a text is an id as `dateline new` makes them.
pub fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.chars().all(|c| ID_LETTERS.contains(c))
}

/// `source`: a name, or a table with `name`, `url` and `published`.
fn origin(
    keys: &mut Reader<'_>,
    date: Option<&Moment>,
    collected: Option<&(Moment, Place)>,
    config: &Config,
    problems: &mut Diagnostics,
) -> Option<Origin> {
    let entry = keys.take("source")?;
    let place = keys.place(&entry.node.bytes);
    let file = keys.file();
    match entry.node.value {
        Data::Text(name) => Some(Origin {
            name,
            url: None,
            published: date.cloned(),
            place,
        }),
        Data::Table(entries) => {
            let key_place = keys.place(&entry.key_bytes);
            let mut table = Reader::new(file, keys.path("source"), entries);
            let has_name = table.has("name");
            let name = table.text("name", problems);
            let has_url = table.has("url");
            let url = address(&mut table, problems);
            let published = moment(&mut table, "published", config, problems);
            table.refuse_unknown(problems);
            if let (Some(published), Some((collected, place))) = (&published, collected)
                && collected.is_before(published)
            {
                problems.collected_before_published(
                    place.clone(),
                    &collected.text,
                    &published.text,
                );
            }
            let host = url.as_ref().and_then(host_of);
            if !has_name && !has_url {
                problems.missing_key(key_place.clone(), "name", "extra.brief.source");
            }
            Some(Origin {
                name: name.or(host)?,
                url: url.map(|url| url.as_str().into()),
                published: published.or_else(|| date.cloned()),
                place: key_place,
            })
        }
        _ => keys.wrong("source", &entry.node, "a text or a table", problems),
    }
}

/// Takes `url`, which must be an http or https address.
fn address(table: &mut Reader<'_>, problems: &mut Diagnostics) -> Option<Url> {
    let (text, place) = table.placed_text("url", problems)?;
    let url = Url::parse(&text).ok();
    let safe = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if safe.is_none() {
        problems.unsafe_source(place, &text);
    }
    safe
}

/// The name of a source that states none.
fn host_of(url: &Url) -> Option<Arc<str>> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).into())
}

fn comparison(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Comparison {
    let companies = keys.placed_texts("companies", problems);
    let features = keys.placed_texts("features", problems);
    let order = keys.placed_texts("order", problems);
    let groups = groups(keys, problems);
    Comparison {
        companies: companies.unwrap_or_default(),
        features: features.unwrap_or_default(),
        order: order.unwrap_or_default(),
        groups,
    }
}

/// `groups`: a list of tables with `name` and `features`, or a table of names to features.
fn groups(keys: &mut Reader<'_>, problems: &mut Diagnostics) -> Vec<(Arc<str>, Vec<Placed>)> {
    let Some(entry) = keys.take("groups") else {
        return Vec::new();
    };
    let mut groups = Vec::new();
    match entry.node.value {
        Data::Table(entries) => {
            for entry in entries {
                let features = keys.as_texts(&entry.key, &entry.node, problems);
                groups.push((entry.key, features.unwrap_or_default()));
            }
        }
        Data::List(items) => {
            for item in items {
                let place = keys.place(&item.bytes);
                let Data::Table(entries) = item.value else {
                    keys.wrong::<()>("groups", &item, "a table with a name", problems);
                    continue;
                };
                let path = keys.path("groups");
                let mut table = Reader::new(keys.file(), path.clone(), entries);
                if !table.has("name") {
                    problems.missing_key(place, "name", &path);
                }
                let name = table.text("name", problems);
                let features = table.placed_texts("features", problems);
                table.refuse_unknown(problems);
                groups.extend(name.map(|name| (name, features.unwrap_or_default())));
            }
        }
        _ => {
            keys.wrong::<()>("groups", &entry.node, "a list of tables", problems);
        }
    }
    groups
}

fn week(keys: &mut Reader<'_>, name: &FileName<'_>, problems: &mut Diagnostics) -> Stated {
    let pins = keys.placed_texts("pins", problems).unwrap_or_default();
    let omit = keys.placed_texts("omit", problems).unwrap_or_default();
    let order = keys.placed_texts("order", problems).unwrap_or_default();
    let subject = keys.text("subject", problems);
    let preheader = keys.text("preheader", problems);
    let Some((year, week)) = parse_week(name.stem) else {
        problems.bad_week(Place::whole(keys.file()), name.stem);
        return Stated::None;
    };
    Stated::Week(Week {
        year,
        week,
        pins,
        omit,
        order,
        subject,
        preheader,
    })
}
