//! What stands in the head of each page: title, canonical address, cards, JSON-LD, its own feed.

use super::{escape, json_ld};
use crate::config::Config;
use crate::pages::{Page, View};
use crate::site::addresses::permalink;
use crate::value::Value;

/// The head of a page, from the context of its template.
pub fn of(page: &Page, context: &Value, crumbs: &Value, config: &Config) -> Value {
    let none = Value::None;
    let about = ["page", "section", "term", "taxonomy"]
        .iter()
        .find_map(|name| context.get(name))
        .unwrap_or(&none);
    let masthead = context.get("site").unwrap_or(&none);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let not_found = page.view == View::NotFound;
    let site_title = text(masthead, "title").unwrap_or_default();
    let heading = heading(page, about, &site_title);
    let title = if site_title.is_empty() || heading == site_title {
        heading.clone()
    } else {
        format!("{heading} · {site_title}")
    };
    let description = text(about, "description")
        .or_else(|| text(about, "summary").filter(|_| context.get("term").is_some()));
    let brief = about.get("brief");
    let canonical = (!not_found).then(|| escape::address(&permalink(config, &page.address)));
    let date = |name: &str| {
        about
            .get(name)
            .filter(|_| brief.is_some())
            .cloned()
            .unwrap_or_default()
    };
    Value::map([
        ("title", Value::from(title)),
        ("heading", heading.into()),
        (
            "description",
            description.or_else(|| text(masthead, "description")).into(),
        ),
        ("canonical", canonical.into()),
        (
            "type",
            if brief.is_some() {
                "article"
            } else {
                "website"
            }
            .into(),
        ),
        ("published", date("date")),
        ("modified", date("updated")),
        ("not_found", not_found.into()),
        ("feed", feed(context)),
        (
            "json_ld",
            json_ld(page, (about, brief), crumbs, masthead, config)
                .map(Value::html)
                .into(),
        ),
    ])
}

/// What the page is called: by its title or name, else by the site's title; never nothing.
fn heading(page: &Page, about: &Value, site_title: &str) -> String {
    let stated = |key: &str| Some(about.text_of(key)).filter(|text| !text.is_empty());
    let own = match &page.view {
        View::NotFound => Some("Page not found"),
        View::Home { .. } => stated("title"),
        _ => stated("title").or_else(|| stated("name")),
    };
    let heading = match own.unwrap_or(site_title) {
        "" => "Home",
        heading => heading,
    };
    let is_numbered = matches!(
        page.view,
        View::Term { .. } | View::Section { .. } | View::Home { .. }
    );
    match page.view.number() {
        number if is_numbered && number > 1 => format!("{heading}, page {number}"),
        _ => heading.to_owned(),
    }
}

/// The feed of what the page lists: of a term, of a company.
fn feed(context: &Value) -> Value {
    let of = |name: &str| {
        context
            .get(name)
            .and_then(|value| value.get("feed"))
            .cloned()
    };
    of("term")
        .or_else(|| of("view"))
        .filter(|feed| feed.as_str().is_some())
        .unwrap_or_default()
}

fn json_ld(
    page: &Page,
    (about, brief): (&Value, Option<&Value>),
    crumbs: &Value,
    masthead: &Value,
    config: &Config,
) -> Option<String> {
    if let Some(brief) = brief {
        return Some(json_ld::news_article(about, brief, masthead));
    }
    if crumbs.items().is_empty() {
        return None;
    }
    let own = permalink(config, &page.address);
    let title = ["title", "name"]
        .iter()
        .find_map(|key| about.get(key).and_then(Value::as_str))
        .unwrap_or(page.address.as_str());
    let above: Vec<(&str, String)> = crumbs
        .items()
        .iter()
        .map(|crumb| {
            let path = crumb.text_of("path");
            (crumb.text_of("name"), format!("{}{path}", config.base_url))
        })
        .collect();
    let above = above.iter().map(|(name, url)| (*name, url.as_str()));
    let way: Vec<(&str, &str)> = above.chain([(title, &*own)]).collect();
    json_ld::breadcrumbs(&way)
}
