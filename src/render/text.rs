//! Small files for machines: `robots.txt`, `llms.txt`, and the list of feeds as OPML.

use super::escape;
use crate::value::Value;

/// `robots.txt` as Zola has it: everything may be read. `sitemap` is its full address, if there is one.
pub fn robots(sitemap: Option<&str>) -> String {
    let mut robots = "User-agent: *\nDisallow:\nAllow: /\n".to_owned();
    if let Some(sitemap) = sitemap {
        robots.push_str(&format!("Sitemap: {}\n", escape::address(sitemap)));
    }
    robots
}

/// `llms.txt` in the form of llmstxt.org, of what [`crate::pages::feeds::overview`] answers: what
/// the site is, its views, its newest briefs.
pub fn llms(overview: &Value) -> String {
    let base_url = overview.text_of("base_url");
    let title = match overview.text_of("title") {
        "" => base_url,
        title => title,
    };
    let mut text = format!("# {}\n", escape::markdown(title));
    let description = escape::markdown(overview.text_of("description"));
    if !description.is_empty() {
        text.push_str(&format!("\n> {description}\n"));
    }
    let summary = escape::markdown(overview.text_of("summary"));
    if !summary.is_empty() {
        text.push_str(&format!("\n{summary}\n"));
    }
    let views = overview.items_of("views").iter().map(|view| {
        let url = format!("{base_url}{}", view.text_of("path"));
        link(view.text_of("name"), &url, "")
    });
    push_section(&mut text, "Views", views);
    let briefs = overview.items_of("briefs").iter().map(|brief| {
        link(
            brief.text_of("title"),
            brief.text_of("permalink"),
            brief.text_of("description"),
        )
    });
    push_section(&mut text, "Newest briefs", briefs);
    text
}

/// The feeds of the site as OPML 2.0, of what [`crate::pages::feeds::list`] answers.
pub fn opml(feeds: &Value) -> String {
    let title = match feeds.text_of("title") {
        "" => "Feeds",
        title => title,
    };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n<head>\n<title>{}</title>\n</head>\n<body>\n",
        escape::xml(title)
    );
    for group in feeds.items_of("groups") {
        xml.push_str(&format!(
            "<outline text=\"{}\">\n",
            escape::xml(group.text_of("title"))
        ));
        for feed in group.items_of("feeds") {
            let name = escape::xml(feed.text_of("title"));
            let address = escape::address(feed.text_of("feed"));
            let page = escape::address(feed.text_of("page"));
            xml.push_str(&format!(
                "<outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{}\" htmlUrl=\"{}\"/>\n",
                escape::xml(&address),
                escape::xml(&page)
            ));
        }
        xml.push_str("</outline>\n");
    }
    xml.push_str("</body>\n</opml>\n");
    xml
}

fn push_section(text: &mut String, heading: &str, lines: impl ExactSizeIterator<Item = String>) {
    if lines.len() > 0 {
        text.push_str(&format!("\n## {heading}\n\n"));
        text.extend(lines);
    }
}

/// An item of a list of links, with its line end.
fn link(name: &str, url: &str, about: &str) -> String {
    // A parenthesis would end the address.
    let url = escape::address(url).replace('(', "%28").replace(')', "%29");
    let name = escape::markdown(name);
    match escape::markdown(about) {
        about if about.is_empty() => format!("- [{name}]({url})\n"),
        about => format!("- [{name}]({url}): {about}\n"),
    }
}
