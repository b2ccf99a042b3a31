//! Sitemaps, by the protocol of sitemaps.org: the pages of the site, for search engines.

use std::sync::Arc;

use super::escape;
use crate::address::Address;

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A sitemap: addresses, each with the day of its last change as far as it is known.
pub fn sitemap(base_url: &str, entries: &[(Address, Option<Arc<str>>)]) -> String {
    let entries = entries
        .iter()
        .map(|(address, day)| (address, day.as_deref()));
    list("urlset", "url", base_url, entries)
}

/// The list of the sitemaps of a site that needs several.
pub fn index(base_url: &str, parts: &[Address]) -> String {
    list(
        "sitemapindex",
        "sitemap",
        base_url,
        parts.iter().map(|part| (part, None)),
    )
}

fn list<'a>(
    root: &str,
    item: &str,
    base_url: &str,
    entries: impl ExactSizeIterator<Item = (&'a Address, Option<&'a str>)>,
) -> String {
    let base = escape::address(base_url);
    let mut xml = String::with_capacity(entries.len() * (base.len() + 100) + 200);
    xml.push_str(&format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root} xmlns=\"{NAMESPACE}\">\n"
    ));
    for (address, day) in entries {
        xml.push_str(&format!("<{item}><loc>"));
        escape::push_xml(&mut xml, &base);
        escape::push_xml(&mut xml, &escape::path(address.as_str()));
        xml.push_str("</loc>");
        if let Some(day) = day {
            xml.push_str("<lastmod>");
            escape::push_xml(&mut xml, day);
            xml.push_str("</lastmod>");
        }
        xml.push_str(&format!("</{item}>\n"));
    }
    xml.push_str(&format!("</{root}>\n"));
    xml
}
