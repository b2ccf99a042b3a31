//! Tags, audiences, sources: the list of terms, and a page, a pagination and a feed for each.

use std::sync::Arc;

use super::question::Answer;
use super::{content, list, view};
use crate::site::taxonomies::{Taxonomy, Term};
use crate::site::{Index, Site, addresses};
use crate::value::Value;

fn taxonomy<'s>(site: &'s Site, kind: &str) -> Result<&'s Taxonomy, String> {
    site.taxonomies.get(kind).ok_or_else(|| {
        let known: Vec<&str> = site
            .taxonomies
            .all()
            .iter()
            .map(|t| &*t.config.name)
            .collect();
        format!(
            "there is no taxonomy `{kind}`; there are: {}",
            known.join(", ")
        )
    })
}

/// Terms are those of the default language.
fn only_default_language(language: Option<&str>) -> Result<(), String> {
    language.map_or(Ok(()), |code| {
        Err(format!(
            "taxonomies in other languages (`{code}`) are not made yet"
        ))
    })
}

/// The permalink of a term, by its name.
pub fn permalink(site: &Site, kind: &str, term: &str, language: Option<&str>) -> Answer {
    only_default_language(language)?;
    let found = taxonomy(site, kind)?.by_name(term);
    let term = found.ok_or_else(|| format!("the taxonomy `{kind}` has no term `{term}`"))?;
    Ok(addresses::permalink(&site.config, &term.address).into())
}

/// All terms of a taxonomy.
pub fn terms(site: &Site, kind: &str, language: Option<&str>) -> Answer {
    only_default_language(language)?;
    let taxonomy = taxonomy(site, kind)?;
    let terms = taxonomy.terms.iter().map(|term| {
        Value::map([
            ("name", Value::from(&term.name)),
            ("slug", (&term.slug).into()),
            ("path", (&term.address).into()),
            (
                "permalink",
                addresses::permalink(&site.config, &term.address).into(),
            ),
            ("page_count", term.pages.len().into()),
        ])
    });
    let feed = taxonomy.config.feed;
    Ok(Value::map([
        ("kind", Value::from(&taxonomy.config.name)),
        ("lang", (&site.config.default_language).into()),
        ("name", (&taxonomy.config.name).into()),
        ("slug", (&taxonomy.config.slug).into()),
        ("path", (&taxonomy.address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &taxonomy.address).into(),
        ),
        ("title", title(&taxonomy.config.name).into()),
        ("feed", feed.into()),
        ("items", Value::list(terms)),
    ]))
}

/// How many items a page of a term has: as the configuration says; on a Dateline site no list is
/// without end.
pub fn page_length(site: &Site, taxonomy: &Taxonomy) -> usize {
    match taxonomy.config.paginate_by {
        0 if site.is_dateline => list::PAGE_LENGTH,
        stated => stated,
    }
}

/// A term with one page of its list.
pub fn term(site: &Site, kind: &str, slug: &str, number: usize) -> Answer {
    let taxonomy = taxonomy(site, kind)?;
    let term = taxonomy
        .by_slug(slug)
        .ok_or_else(|| format!("the taxonomy `{kind}` has no term `{slug}`"))?;
    let length = page_length(site, taxonomy);
    let shown = list::slice(&term.pages, length, number);
    let next_steps = if kind == "audiences" {
        next_steps(site, shown)
    } else {
        Value::list([])
    };
    Ok(Value::map([
        ("kind", kind.into()),
        ("kind_title", title(kind).into()),
        ("kind_path", (&taxonomy.address).into()),
        ("name", (&term.name).into()),
        ("slug", (&term.slug).into()),
        ("path", (&term.address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &term.address).into(),
        ),
        ("page_count", term.pages.len().into()),
        ("summary", content::summary(site, &term.pages)),
        ("newest", newest(site, term)),
        (
            "feed",
            taxonomy
                .config
                .feed
                .then(|| term.address.join("atom.xml"))
                .as_ref()
                .map(Value::from)
                .into(),
        ),
        ("pages", view::cards(site, shown)),
        ("next_steps", next_steps),
        (
            "paginator",
            list::paginator(
                &term.address,
                &taxonomy.config.paginate_path,
                term.pages.len(),
                length,
                number,
            ),
        ),
    ]))
}

fn newest(site: &Site, term: &Term) -> Value {
    term.pages
        .first()
        .and_then(|index| site.entry(*index).front_matter().date.as_ref())
        .map(|d| d.text.clone())
        .into()
}

/// What each of some briefs says to do next.
pub fn next_steps(site: &Site, briefs: &[Index]) -> Value {
    Value::list(briefs.iter().filter_map(|index| {
        let entry = site.entry(*index);
        let next = entry.brief()?.tldr.next?;
        Some(Value::map([
            ("html", view::html_elsewhere(site, entry, next)),
            ("brief", view::card(site, *index)),
        ]))
    }))
}

/// The heading of a taxonomy: its name with a capital.
pub fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The name of a taxonomy for one term: `Tag` of `tags`.
pub fn singular(name: &str) -> Arc<str> {
    title(name.strip_suffix('s').unwrap_or(name)).into()
}
