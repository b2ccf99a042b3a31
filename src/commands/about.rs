//! What the preview tells an author of the page that is open: its file, its length, its links.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::server::{About, Describe, FindFile, SiteFile};
use crate::Planned;
use crate::content::Article;
use crate::content::article::{Body, Fragment, HOLE_END, HOLE_START, Target};
use crate::site::{Entry, Site};

/// Two questions that the preview asks of a site: what a page is made of, and where a file is shown.
pub fn of_site(planned: &Planned) -> (Describe, FindFile) {
    let site = planned.site.clone();
    let about: Describe = Box::new(move |address| {
        let mut entries = site.entries.all();
        let entry = entries.find(|entry| entry.address == *address)?;
        Some(about(&site, entry))
    });
    let site = planned.site.clone();
    let find_file: FindFile = Box::new(move |file| {
        if *site.config.file == *file {
            return Some(SiteFile {
                file: site.config.file.clone(),
                address: None,
            });
        }
        let index = site.find(file.strip_prefix("content/")?)?;
        let entry = site.entry(index);
        Some(SiteFile {
            file: entry.article.file.clone(),
            address: Some(entry.address.clone()),
        })
    });
    (about, find_file)
}

fn about(site: &Site, entry: &Entry) -> About {
    let article = &entry.article;
    let headings = article.body.headings.iter();
    let brief = entry.brief();
    let tldr_words = brief.map(|brief| {
        let tldr = &brief.tldr;
        let parts = [tldr.changed, tldr.why, tldr.next].into_iter().flatten();
        parts.map(|part| words(article, part)).sum()
    });
    About {
        file: article.file.clone(),
        headings: headings.map(|h| (h.id.clone(), h.line)).collect(),
        words: article.body.words,
        minutes: article.body.reading_minutes(),
        tldr_words,
        links: links(&article.body),
        is_draft: article.front_matter.draft,
        is_scheduled: site.is_scheduled(entry),
    }
}

/// The words of a fragment, markup left out.
fn words(article: &Arc<Article>, part: Fragment) -> usize {
    let mut text = String::new();
    let html = article.body.own_slice(part);
    let mut rest = &*html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.unicode_words().count()
}

/// Links that lead away from the page: neither to a footnote nor to a heading.
fn links(body: &Body) -> usize {
    let html = body.own_slice(body.content);
    let addresses = html.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        tag.split_once("href=\"").map(|(_, address)| address)
    });
    let leads_here = |address: &str| {
        let hole = address.strip_prefix(HOLE_START);
        let number = hole.and_then(|hole| hole.split(HOLE_END).next()?.parse::<usize>().ok());
        let link = number.and_then(|number| body.links.get(number));
        link.is_some_and(|link| matches!(link.target, Target::Here { .. }))
    };
    addresses
        .filter(|address| !address.starts_with('#') && !leads_here(address))
        .count()
}
