//! Sitemaps, by the protocol of sitemaps.org: the pages of the site, for search engines.

use super::escape;
use crate::address::Address;
use crate::chunks::Chunks;
use crate::pages::sitemap::Line;

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A sitemap: addresses, each with the day of its last change as far as it is known.
pub fn sitemap(base_url: &str, lines: &Chunks<Line>) -> String {
    let entries = lines.iter();
    let entries = entries.map(|(address, day)| (address, day.as_deref()));
    list(("urlset", "url"), base_url, lines.len(), entries)
}

/// The list of the sitemaps of a site that needs several.
pub fn index(base_url: &str, parts: &[Address]) -> String {
    let entries = parts.iter().map(|part| (part, None));
    list(("sitemapindex", "sitemap"), base_url, parts.len(), entries)
}

fn list<'a>(
    (root, item): (&str, &str),
    base_url: &str,
    count: usize,
    entries: impl Iterator<Item = (&'a Address, Option<&'a str>)>,
) -> String {
    let base = escape::address(base_url);
    let mut xml = String::with_capacity(count * (base.len() + 100) + 200);
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
