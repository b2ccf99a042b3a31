//! Feeds as text: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1, of what [`crate::pages::feeds::feed`] answers.
//!
//! A feed never fails: what is missing is left out, and what the format requires has a default.

use jiff::Timestamp;
use serde::Serialize;

use super::data::in_lines;
use super::escape;
use crate::value::Value;

/// An Atom feed. `self_url` is its own address; `absolute` makes the addresses in HTML absolute.
pub fn atom(feed: &Value, self_url: &str, absolute: &dyn Fn(&str) -> String) -> String {
    let entries = entries(feed, absolute);
    let mut xml = String::with_capacity(capacity(&entries));
    xml.push_str(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"",
    );
    attribute(&mut xml, "xml:lang", feed.text_of("language"));
    xml.push_str(">\n");
    element(&mut xml, "title", feed.text_of("title"));
    optional(&mut xml, "subtitle", feed.text_of("description"));
    atom_link(
        &mut xml,
        "self",
        "application/atom+xml",
        &escape::address(self_url),
    );
    atom_link(
        &mut xml,
        "alternate",
        "text/html",
        &escape::address(feed.text_of("permalink")),
    );
    element(&mut xml, "id", self_url);
    element(&mut xml, "updated", &updated(&entries).to_string());
    atom_author(&mut xml, author(feed));
    element(&mut xml, "generator", GENERATOR);
    for entry in &entries {
        atom_entry(&mut xml, entry);
    }
    xml.push_str("</feed>\n");
    xml
}

/// An RSS feed, with the content of each item in `content:encoded`.
pub fn rss(feed: &Value, self_url: &str, absolute: &dyn Fn(&str) -> String) -> String {
    let entries = entries(feed, absolute);
    let title = feed.text_of("title");
    let description = feed.text_of("description");
    let mut xml = String::with_capacity(capacity(&entries));
    xml.push_str(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n",
    );
    element(&mut xml, "title", title);
    element(
        &mut xml,
        "link",
        &escape::address(feed.text_of("permalink")),
    );
    element(
        &mut xml,
        "description",
        if description.is_empty() {
            title
        } else {
            description
        },
    );
    optional(&mut xml, "language", feed.text_of("language"));
    element(&mut xml, "lastBuildDate", &mail_date(updated(&entries)));
    element(&mut xml, "generator", GENERATOR);
    xml.push_str("<atom:link rel=\"self\" type=\"application/rss+xml\"");
    attribute(&mut xml, "href", &escape::address(self_url));
    xml.push_str("/>\n");
    for entry in &entries {
        rss_item(&mut xml, entry);
    }
    xml.push_str("</channel>\n</rss>\n");
    xml
}

/// A JSON Feed, one item on each line.
pub fn json_feed(feed: &Value, self_url: &str, absolute: &dyn Fn(&str) -> String) -> String {
    let entries = entries(feed, absolute);
    let head = JsonFeed {
        version: "https://jsonfeed.org/version/1.1",
        title: feed.text_of("title"),
        home_page_url: escape::address(feed.text_of("permalink")),
        feed_url: escape::address(self_url),
        description: stated(feed.text_of("description")),
        language: stated(feed.text_of("language")),
        authors: json_authors(&[author(feed)]),
    };
    in_lines(&head, "items", entries.iter().map(json_item))
}

const GENERATOR: &str = "Dateline";

/// An entry, checked and with defaults, as all three formats want it.
struct Entry<'v> {
    id: &'v str,
    title: &'v str,
    /// Percent-encoded.
    url: String,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    /// Plain text.
    summary: &'v str,
    /// HTML with absolute addresses.
    content: String,
    /// Empty: that of the feed.
    authors: Vec<&'v str>,
    categories: Vec<&'v str>,
    /// What a brief reports on.
    source_url: Option<String>,
}

fn entries<'v>(feed: &'v Value, absolute: &dyn Fn(&str) -> String) -> Vec<Entry<'v>> {
    let entries = feed.items_of("entries");
    entries
        .iter()
        .map(|entry| Entry::of(entry, absolute))
        .collect()
}

impl<'v> Entry<'v> {
    fn of(entry: &'v Value, absolute: &dyn Fn(&str) -> String) -> Entry<'v> {
        let permalink = entry.text_of("permalink");
        let mut authors = texts(entry, "authors");
        if authors.is_empty() {
            authors.extend(stated(entry.text_of("source")));
        }
        let published = instant(entry.text_of("published"));
        Entry {
            id: stated(entry.text_of("id")).unwrap_or(permalink),
            title: entry.text_of("title"),
            url: escape::address(permalink),
            published,
            updated: instant(entry.text_of("updated")).or(published),
            summary: entry.text_of("summary"),
            content: content(entry, absolute),
            authors,
            categories: texts(entry, "categories"),
            source_url: escape::web_address(entry.text_of("source_url")),
        }
    }
}

/// The HTML of an entry, and below it the briefs of a recap as a list.
fn content(entry: &Value, absolute: &dyn Fn(&str) -> String) -> String {
    let mut html = absolute(entry.text_of("content"));
    let items = entry.items_of("items");
    if items.is_empty() {
        return html;
    }
    html.push_str("<ul>\n");
    for item in items {
        let href = escape::address(item.text_of("permalink"));
        html.push_str("<li><a href=\"");
        html.push_str(&escape::html(&href));
        html.push_str("\">");
        html.push_str(&escape::html(item.text_of("title")));
        html.push_str("</a>");
        if let Some(description) = stated(item.text_of("description")) {
            html.push_str(": ");
            html.push_str(&escape::html(description));
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
    html
}

fn stated(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    let items = value.items_of(key);
    items
        .iter()
        .filter_map(Value::as_str)
        .filter_map(stated)
        .collect()
}

fn author(feed: &Value) -> &str {
    stated(feed.text_of("author"))
        .or_else(|| stated(feed.text_of("title")))
        .unwrap_or("Unknown")
}

/// An instant that feeds can state: their years have four digits.
fn instant(text: &str) -> Option<Timestamp> {
    let earliest = Timestamp::from_second(-62_167_219_200).ok()?;
    let instant: Timestamp = text.parse().ok()?;
    (instant >= earliest).then_some(instant)
}

/// When the newest change was. A feed without entries was never changed: a fixed instant, so that
/// the same input gives the same bytes.
fn updated(entries: &[Entry]) -> Timestamp {
    entries
        .iter()
        .filter_map(|entry| entry.updated)
        .max()
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The form of RFC 822 with four digits of the year, which RSS wants.
fn mail_date(instant: Timestamp) -> String {
    instant.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The bytes of a feed, roughly: escaping makes HTML longer by a fifth.
fn capacity(entries: &[Entry]) -> usize {
    let contents: usize = entries.iter().map(|entry| entry.content.len()).sum();
    contents + contents / 5 + entries.len() * 1024 + 2048
}

fn element(xml: &mut String, name: &str, text: &str) {
    open(xml, name);
    text_and_end(xml, name, text);
}

fn optional(xml: &mut String, name: &str, text: &str) {
    if stated(text).is_some() {
        element(xml, name, text);
    }
}

fn open(xml: &mut String, name: &str) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
}

fn text_and_end(xml: &mut String, name: &str, text: &str) {
    escape::push_xml(xml, text);
    xml.push_str("</");
    xml.push_str(name);
    xml.push_str(">\n");
}

/// An attribute; nothing if it has no value.
fn attribute(xml: &mut String, name: &str, value: &str) {
    if stated(value).is_some() {
        xml.push(' ');
        xml.push_str(name);
        xml.push_str("=\"");
        escape::push_xml(xml, value);
        xml.push('"');
    }
}

fn atom_link(xml: &mut String, rel: &str, kind: &str, href: &str) {
    xml.push_str("<link");
    attribute(xml, "rel", rel);
    attribute(xml, "type", kind);
    xml.push_str(" href=\"");
    escape::push_xml(xml, href);
    xml.push_str("\"/>\n");
}

fn atom_author(xml: &mut String, name: &str) {
    xml.push_str("<author>");
    open(xml, "name");
    escape::push_xml(xml, name);
    xml.push_str("</name></author>\n");
}

fn atom_entry(xml: &mut String, entry: &Entry) {
    xml.push_str("<entry>\n");
    element(xml, "id", entry.id);
    element(xml, "title", entry.title);
    // Required, so an entry without a date has the one of a feed without entries.
    let updated = entry.updated.unwrap_or(Timestamp::UNIX_EPOCH);
    element(xml, "updated", &updated.to_string());
    if let Some(published) = entry.published {
        element(xml, "published", &published.to_string());
    }
    atom_link(xml, "alternate", "text/html", &entry.url);
    if let Some(source) = &entry.source_url {
        atom_link(xml, "via", "", source);
    }
    for author in &entry.authors {
        atom_author(xml, author);
    }
    for category in &entry.categories {
        xml.push_str("<category");
        attribute(xml, "term", category);
        xml.push_str("/>\n");
    }
    optional(xml, "summary", entry.summary);
    // With the base, links to a footnote of the same entry lead to the page.
    xml.push_str("<content type=\"html\"");
    attribute(xml, "xml:base", &entry.url);
    xml.push('>');
    text_and_end(xml, "content", &entry.content);
    xml.push_str("</entry>\n");
}

fn rss_item(xml: &mut String, entry: &Entry) {
    xml.push_str("<item>\n");
    element(xml, "title", entry.title);
    element(xml, "link", &entry.url);
    let is_permalink = escape::web_address(entry.id).is_some_and(|address| address == entry.id);
    xml.push_str(if is_permalink {
        "<guid>"
    } else {
        "<guid isPermaLink=\"false\">"
    });
    text_and_end(xml, "guid", entry.id);
    if let Some(published) = entry.published {
        element(xml, "pubDate", &mail_date(published));
    }
    for author in &entry.authors {
        element(xml, "dc:creator", author);
    }
    for category in &entry.categories {
        element(xml, "category", category);
    }
    // The description of an item is HTML, so plain text is escaped twice.
    optional(xml, "description", &escape::html(entry.summary));
    if stated(&entry.content).is_some() {
        xml.push_str("<content:encoded");
        attribute(xml, "xml:base", &entry.url);
        xml.push('>');
        text_and_end(xml, "content:encoded", &entry.content);
    }
    xml.push_str("</item>\n");
}

#[derive(Serialize)]
struct JsonFeed<'v> {
    version: &'v str,
    title: &'v str,
    home_page_url: String,
    feed_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'v str>,
    authors: Vec<JsonAuthor<'v>>,
}

#[derive(Serialize)]
struct JsonItem<'v> {
    id: &'v str,
    url: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<&'v str>,
    title: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<JsonAuthor<'v>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'v [&'v str],
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'v str>,
    content_html: &'v str,
}

#[derive(Serialize)]
struct JsonAuthor<'v> {
    name: &'v str,
}

fn json_authors<'v>(names: &[&'v str]) -> Vec<JsonAuthor<'v>> {
    names.iter().map(|name| JsonAuthor { name }).collect()
}

fn json_item<'e>(entry: &'e Entry) -> JsonItem<'e> {
    JsonItem {
        id: entry.id,
        url: &entry.url,
        external_url: entry.source_url.as_deref(),
        title: entry.title,
        date_published: entry.published.map(|instant| instant.to_string()),
        date_modified: entry.updated.map(|instant| instant.to_string()),
        authors: json_authors(&entry.authors),
        tags: &entry.categories,
        summary: stated(entry.summary),
        content_html: &entry.content,
    }
}
