//! What stands on every page of the built-in theme: name, navigation, feeds.

use super::view;
use crate::config::look::Link;
use crate::site::Site;
use crate::value::Value;

/// The views of ours that the navigation names, with their headings, in its order.
const NAVIGATION: [(&str, &str); 7] = [
    ("weekly", "Weekly"),
    ("compare", "Compare"),
    ("companies", "Companies"),
    ("predictions", "Predictions"),
    ("timeline", "Timeline"),
    ("events", "Events"),
    ("archive", "Archive"),
];

/// Name, navigation and feeds of the site, made once.
pub fn answer(site: &Site) -> Value {
    site.shown.masthead.get_or_init(|| make(site)).clone()
}

fn make(site: &Site) -> Value {
    let config = &site.config;
    let look = &config.dateline.look;
    let (generated, more) = links(site);
    let navigation = match &look.navigation {
        Some(stated) => Value::list(stated.iter().map(stated_link)),
        None => generated.into(),
    };
    let name = look.name.clone().or_else(|| config.title.clone());
    Value::map([
        ("title", Value::from(config.title.clone())),
        ("name", name.into()),
        ("description", config.description.clone().into()),
        ("base_url", (&config.base_url).into()),
        ("language", (&config.default_language).into()),
        ("navigation", navigation),
        ("more", more.into()),
        ("feeds", super::feeds::of_site(site)),
        ("is_dateline", site.is_dateline.into()),
        ("author", config.author.clone().into()),
        ("has_feeds", site.makes("feeds").into()),
        ("has_overview", super::makes_overview(site).into()),
        ("has_weekly", site.makes("weekly").into()),
        ("has_compare", site.makes("compare").into()),
        ("has_predictions", site.makes("predictions").into()),
        ("has_archive", site.makes("archive").into()),
        ("logo", look.logo.as_ref().map(|(path, _)| path).into()),
        ("footer", look.footer.clone().into()),
        ("social", Value::list(look.social.iter().map(stated_link))),
        (
            "stylesheet",
            look.stylesheet.as_ref().map(|(path, _)| path).into(),
        ),
        ("style", look.css().map(Value::html).into()),
    ])
}

fn stated_link(stated: &Link) -> Value {
    view::named(&stated.name, &stated.address.0)
}

/// The views and taxonomies that the site has: those for the navigation, and the rest.
fn links(site: &Site) -> (Vec<Value>, Vec<Value>) {
    let views = NAVIGATION.iter().filter(|(name, _)| site.makes(name));
    let mut navigation: Vec<Value> = views
        .map(|(name, heading)| view::named(heading, &format!("/{name}/")))
        .collect();
    let mut more = Vec::new();
    for taxonomy in site
        .taxonomies
        .of_language(None)
        .filter(|t| t.config.render)
    {
        let name = super::taxonomies::title(&taxonomy.config.name);
        let is_sources = *taxonomy.config.name == *crate::site::taxonomies::SOURCES;
        if is_sources && !site.makes(crate::site::taxonomies::SOURCES) {
            continue;
        }
        let link = view::named(&name, taxonomy.address.as_str());
        if &*taxonomy.config.name == "tags" {
            navigation.push(link)
        } else {
            more.push(link)
        }
    }
    if site.makes("corrections") {
        more.push(view::named("Corrections", "/corrections/"));
    }
    (navigation, more)
}
