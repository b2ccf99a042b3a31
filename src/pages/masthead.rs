//! What stands on every page of the built-in theme: name, navigation, feeds.

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
    site.masthead.get_or_init(|| make(site)).clone()
}

fn make(site: &Site) -> Value {
    let item =
        |name: &str, path: String| Value::map([("name", Value::from(name)), ("path", path.into())]);
    let views = NAVIGATION.iter().filter(|(view, _)| site.makes(view));
    let mut navigation: Vec<Value> = views
        .map(|(view, name)| item(name, format!("/{view}/")))
        .collect();
    let mut more = Vec::new();
    for taxonomy in site.taxonomies.all().iter().filter(|t| t.config.render) {
        let name = super::taxonomies::title(&taxonomy.config.name);
        let is_sources = *taxonomy.config.name == *crate::site::taxonomies::SOURCES;
        if is_sources && !site.makes(crate::site::taxonomies::SOURCES) {
            continue;
        }
        let link = item(&name, taxonomy.address.as_str().to_owned());
        if &*taxonomy.config.name == "tags" {
            navigation.push(link)
        } else {
            more.push(link)
        }
    }
    if site.makes("corrections") {
        more.push(item("Corrections", "/corrections/".to_owned()));
    }
    let config = &site.config;
    Value::map([
        ("title", Value::from(config.title.clone())),
        ("description", config.description.clone().into()),
        ("base_url", (&config.base_url).into()),
        ("language", (&config.default_language).into()),
        ("navigation", navigation.into()),
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
    ])
}
