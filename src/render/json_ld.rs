//! What search engines read of a page: JSON-LD in the vocabulary of schema.org, for a `<script>` element.

use serde::Serialize;

use super::data::to_json;
use super::escape;
use crate::value::Value;

/// Letters of a headline at most, as search engines want it.
const HEADLINE_MAX: usize = 110;

/// A brief as a `NewsArticle`, of the answers to [`Question::Page`], [`Question::Brief`] and
/// [`Question::Masthead`]. Safe inside `<script type="application/ld+json">`.
///
/// [`Question::Page`]: crate::pages::question::Question::Page
/// [`Question::Brief`]: crate::pages::question::Question::Brief
/// [`Question::Masthead`]: crate::pages::question::Question::Masthead
pub fn news_article(page: &Value, brief: &Value, masthead: &Value) -> String {
    let url = escape::address(page.text_of("permalink"));
    let published = date(page.text_of("date"));
    let tags = page.get("taxonomies").and_then(|kinds| kinds.get("tags"));
    let article = NewsArticle {
        context: CONTEXT,
        kind: "NewsArticle",
        headline: headline(page.text_of("title")),
        description: stated(page.text_of("description")),
        modified: date(page.text_of("updated")).or_else(|| published.clone()),
        published,
        main_entity: WebPage {
            kind: "WebPage",
            id: &url,
        },
        url: &url,
        author: authors(page, masthead),
        publisher: Agent {
            kind: "Organization",
            name: publisher(masthead),
            url: escape::web_address(masthead.text_of("base_url")),
        },
        is_based_on: source(brief),
        citation: citations(brief),
        keywords: tags
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect(),
        language: stated(page.text_of("lang")).or_else(|| stated(masthead.text_of("language"))),
    };
    escape::json_in_html(&to_json(&article)).into_owned()
}

/// The way to a page from the home page as a `BreadcrumbList`: names and full addresses, the page
/// itself last. `None` if there is no way to tell of. Safe inside `<script>`.
pub fn breadcrumbs(way: &[(&str, &str)]) -> Option<String> {
    if way.is_empty() {
        return None;
    }
    let items = (1..).zip(way).map(|(position, (name, url))| Crumb {
        kind: "ListItem",
        position,
        name,
        item: escape::address(url),
    });
    let list = BreadcrumbList {
        context: CONTEXT,
        kind: "BreadcrumbList",
        items: items.collect(),
    };
    Some(escape::json_in_html(&to_json(&list)).into_owned())
}

const CONTEXT: &str = "https://schema.org";

#[derive(Serialize)]
struct NewsArticle<'v> {
    #[serde(rename = "@context")]
    context: &'v str,
    #[serde(rename = "@type")]
    kind: &'v str,
    headline: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'v str>,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(rename = "mainEntityOfPage")]
    main_entity: WebPage<'v>,
    url: &'v str,
    author: Vec<Agent<'v>>,
    publisher: Agent<'v>,
    #[serde(rename = "isBasedOn", skip_serializing_if = "Option::is_none")]
    is_based_on: Option<Work<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citation: Vec<Work<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'v str>,
    #[serde(rename = "inLanguage", skip_serializing_if = "Option::is_none")]
    language: Option<&'v str>,
}

#[derive(Serialize)]
struct WebPage<'v> {
    #[serde(rename = "@type")]
    kind: &'v str,
    #[serde(rename = "@id")]
    id: &'v str,
}

/// A person or an organisation.
#[derive(Serialize)]
struct Agent<'v> {
    #[serde(rename = "@type")]
    kind: &'v str,
    name: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Something on the web that the brief rests on.
#[derive(Serialize)]
struct Work<'v> {
    #[serde(rename = "@type")]
    kind: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'v str>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Agent<'v>>,
}

#[derive(Serialize)]
struct BreadcrumbList<'v> {
    #[serde(rename = "@context")]
    context: &'v str,
    #[serde(rename = "@type")]
    kind: &'v str,
    #[serde(rename = "itemListElement")]
    items: Vec<Crumb<'v>>,
}

#[derive(Serialize)]
struct Crumb<'v> {
    #[serde(rename = "@type")]
    kind: &'v str,
    position: usize,
    name: &'v str,
    item: String,
}

/// The title, cut after a word where it would be too long.
fn headline(title: &str) -> String {
    let mut ends = title
        .char_indices()
        .map(|(at, _)| at)
        .skip(HEADLINE_MAX - 1);
    let (Some(end), Some(_)) = (ends.next(), ends.next()) else {
        return title.to_owned();
    };
    let (kept, rest) = title.split_at(end);
    let cut = if rest.starts_with(char::is_whitespace) {
        end
    } else {
        // A title that is one long word is cut inside it.
        let space = kept.rfind(char::is_whitespace);
        space.filter(|space| *space > end / 2).unwrap_or(end)
    };
    format!("{}…", kept[..cut].trim_end())
}

/// A date in the form of ISO 8601; front matter may have a space in place of the `T`.
fn date(written: &str) -> Option<String> {
    stated(written).map(|written| written.replacen(' ', "T", 1))
}

fn stated(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

/// The authors that the brief names, otherwise the publisher.
fn authors<'v>(page: &'v Value, masthead: &'v Value) -> Vec<Agent<'v>> {
    let agent = |kind, name| Agent {
        kind,
        name,
        url: None,
    };
    let named = page.items_of("authors");
    let named = named.iter().filter_map(Value::as_str).filter_map(stated);
    let authors: Vec<Agent> = named.map(|name| agent("Person", name)).collect();
    if authors.is_empty() {
        let own = stated(masthead.text_of("author")).unwrap_or(publisher(masthead));
        // Google recommends an address of each author; that of the publication is known.
        let url = escape::web_address(masthead.text_of("base_url"));
        let is_publisher = own == publisher(masthead);
        return vec![Agent {
            url: url.filter(|_| is_publisher),
            ..agent("Organization", own)
        }];
    }
    authors
}

fn publisher(masthead: &Value) -> &str {
    stated(masthead.text_of("title")).unwrap_or(masthead.text_of("base_url"))
}

/// The report that the brief is about.
fn source(brief: &Value) -> Option<Work<'_>> {
    let source = brief.get("source")?;
    Some(Work {
        kind: "CreativeWork",
        name: None,
        url: escape::web_address(source.text_of("url"))?,
        publisher: stated(source.text_of("name")).map(|name| Agent {
            kind: "Organization",
            name,
            url: None,
        }),
    })
}

/// The footnotes that lead to the web.
fn citations(brief: &Value) -> Vec<Work<'_>> {
    let citations = brief.items_of("citations");
    let works = citations.iter().filter_map(|citation| {
        Some(Work {
            kind: "CreativeWork",
            name: stated(citation.text_of("title")),
            url: escape::web_address(citation.text_of("url"))?,
            publisher: None,
        })
    });
    works.collect()
}
