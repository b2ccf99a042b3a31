//! Pages and sections of the content, with every key that Zola's templates rely on, and the home page.

use std::sync::Arc;

use super::question::Answer;
use super::{list, predictions, view, weeks};
use crate::content::article::SortBy;
use crate::site::{Entry, Index, Site, addresses, sections};
use crate::value::Value;

fn find(site: &Site, path: &str) -> Result<Index, String> {
    site.find(path).ok_or_else(|| {
        let near = crate::diagnostic::nearest(path, site.entries.iter().map(|e| &*e.article.path));
        let hint = near
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        format!("there is no published content file `{path}`{hint}")
    })
}

/// A page, or a section without its pages.
pub fn page(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    Ok(page_value(site, index))
}

/// A section, with its pages or without.
pub fn section(site: &Site, path: &str, with_pages: bool) -> Answer {
    let index = find(site, path)?;
    let entry = site.entry(index);
    if entry.front_matter().section.is_none() {
        return Err(format!("`{path}` is a page, not a section"));
    }
    let pages = if with_pages {
        &site.sections.get(index).pages[..]
    } else {
        &[]
    };
    let pages = pages.iter().map(|page| listed(site, *page));
    Ok(section_value(site, index).with([("pages", Value::list(pages))]))
}

fn listed(site: &Site, index: Index) -> Value {
    site.entry(index)
        .listed
        .get_or_init(|| page_value(site, index))
        .clone()
}

/// The neighbours of a page: those that Zola calls `lower` and `higher`.
pub fn siblings(site: &Site, path: &str) -> Answer {
    let siblings = site.sections.siblings(find(site, path)?);
    let of = |index: Option<Index>| index.map(|index| view::card(site, index)).into();
    Ok(Value::map([
        ("lower", of(siblings.lower)),
        ("higher", of(siblings.higher)),
    ]))
}

/// What pages and sections have in common.
fn common(site: &Site, index: Index) -> Vec<(&'static str, Value)> {
    let entry = site.entry(index);
    let (front_matter, body) = (entry.front_matter(), &entry.article.body);
    let components = entry
        .address
        .as_str()
        .split('/')
        .filter(|part| !part.is_empty());
    let ancestors = site
        .sections
        .ancestors(index)
        .iter()
        .map(|i| Value::from(&site.entry(*i).article.path));
    let colocated = addresses::colocated_folder(&entry.article).map(|folder| format!("{folder}/"));
    vec![
        ("relative_path", (&entry.article.path).into()),
        ("colocated_path", colocated.into()),
        ("content", view::html(site, entry, body.content)),
        ("permalink", (&entry.permalink).into()),
        ("slug", entry.slug().into()),
        ("ancestors", Value::list(ancestors)),
        ("title", front_matter.title.clone().into()),
        ("description", front_matter.description.clone().into()),
        ("extra", front_matter.extra.clone()),
        ("path", (&entry.address).into()),
        ("components", Value::list(components.map(Value::from))),
        ("word_count", body.words.into()),
        ("reading_time", body.words.div_ceil(200).into()),
        ("assets", assets(site, entry)),
        ("draft", front_matter.draft.into()),
        (
            "lang",
            entry
                .article
                .language
                .as_ref()
                .unwrap_or(&site.config.default_language)
                .into(),
        ),
        ("translations", Value::list([])),
        ("backlinks", Value::list([])),
        ("toc", view::table_of_contents(body, &entry.permalink)),
    ]
}

fn page_value(site: &Site, index: Index) -> Value {
    let entry = site.entry(index);
    let front_matter = entry.front_matter();
    let date = front_matter.date.as_ref();
    let number = |n: Option<i64>| Value::from(n);
    let mut entries = common(site, index);
    let taxonomies = front_matter.taxonomies.iter().map(|(kind, terms)| {
        (
            kind.to_string(),
            Value::list(terms.iter().map(|(name, _)| Value::from(name))),
        )
    });
    entries.extend([
        ("date", date.map(|date| date.text.clone()).into()),
        (
            "updated",
            front_matter
                .updated
                .as_ref()
                .map(|date| date.text.clone())
                .into(),
        ),
        ("year", number(date.map(|date| i64::from(date.day.year())))),
        (
            "month",
            number(date.map(|date| i64::from(date.day.month()))),
        ),
        ("day", number(date.map(|date| i64::from(date.day.day())))),
        ("taxonomies", Value::map(taxonomies)),
        (
            "authors",
            Value::list(front_matter.authors.iter().map(Value::from)),
        ),
        (
            "summary",
            entry
                .article
                .body
                .summary
                .map(|fragment| view::html(site, entry, fragment))
                .into(),
        ),
    ]);
    Value::map(entries)
}

fn section_value(site: &Site, index: Index) -> Value {
    let entry = site.entry(index);
    let keys = sections::keys(entry);
    let mut entries = common(site, index);
    let subsections = site.sections.get(index).subsections.iter();
    entries.extend([
        (
            "subsections",
            Value::list(subsections.map(|i| Value::from(&site.entry(*i).article.path))),
        ),
        ("generate_feeds", keys.generate_feeds.into()),
        ("transparent", keys.transparent.into()),
        (
            "paginate_by",
            if keys.paginate_by == 0 {
                Value::None
            } else {
                keys.paginate_by.into()
            },
        ),
        ("paginate_reversed", keys.paginate_reversed.into()),
    ]);
    Value::map(entries)
}

/// The files that belong to a page, by address.
fn assets(site: &Site, entry: &Entry) -> Value {
    let Some(folder) = addresses::colocated_folder(&entry.article) else {
        return Value::list([]);
    };
    let slash = if folder.is_empty() { "" } else { "/" };
    let inside = format!("{folder}{slash}");
    let mut found: Vec<&str> = site
        .files
        .iter()
        .filter(|(path, address)| {
            path.starts_with(&inside) && address.as_str().starts_with(entry.address.as_str())
        })
        .map(|(_, address)| address.as_str())
        .collect();
    found.sort_unstable();
    Value::list(found.into_iter().map(Value::from))
}

/// How many pages of a section's list are shown together: as its front matter says; on a Dateline
/// site no list is longer than a dense page.
pub fn page_length(site: &Site, index: Index) -> usize {
    match sections::keys(site.entry(index)).paginate_by {
        0 if site.is_dateline => list::DENSE_PAGE_LENGTH,
        stated => stated,
    }
}

/// One page of the list of a section.
pub fn section_list(site: &Site, path: &str, number: usize) -> Answer {
    let index = find(site, path)?;
    let entry = site.entry(index);
    let keys = sections::keys(entry);
    let mut pages = site.sections.get(index).pages.clone();
    if keys.paginate_reversed {
        pages.reverse();
    }
    let length = page_length(site, index);
    let subsections = site
        .sections
        .get(index)
        .subsections
        .iter()
        .map(|i| view::card(site, *i));
    Ok(Value::map([
        (
            "pages",
            view::cards(site, list::slice(&pages, length, number)),
        ),
        ("subsections", Value::list(subsections)),
        ("summary", section_summary(site, keys.sort_by, &pages)),
        (
            "paginator",
            list::paginator(
                &entry.address,
                &keys.paginate_path,
                pages.len(),
                length,
                number,
            ),
        ),
    ]))
}

/// What a section says of its list: only one that is sorted by date has a first and a last day.
fn section_summary(site: &Site, sort_by: SortBy, pages: &[Index]) -> Value {
    match sort_by {
        SortBy::Date => summary(site, pages),
        _ => list::counted(pages.len(), "page", "pages").into(),
    }
}

/// How many briefs there are in a list that is sorted by date, and from when:
/// `12 briefs, 3 January 2026 to 30 April 2026`.
pub fn summary(site: &Site, by_date: &[Index]) -> Value {
    let count = list::counted(by_date.len(), "brief", "briefs");
    let day = |index: Option<&Index>| index.and_then(|index| site.entry(*index).day());
    let (mut first, mut last) = (day(by_date.last()), day(by_date.first()));
    if first > last {
        (first, last) = (last, first);
    }
    match (first, last) {
        (Some(first), Some(last)) if first == last => {
            format!("{count}, {}", view::long_date(last))
        }
        (Some(first), Some(last)) => {
            format!(
                "{count}, {} to {}",
                view::long_date(first),
                view::long_date(last)
            )
        }
        _ => count,
    }
    .into()
}

/// How many entries each list of the home page has.
const HOME_LIST_LENGTH: usize = 8;

/// What the home page shows: the newest briefs, this week's recap, what changed in the
/// comparisons, and the predictions that fall due.
pub fn home(site: &Site) -> Value {
    let newest = &site.briefs[..site.briefs.len().min(list::PAGE_LENGTH)];
    let week = site
        .weeks
        .all()
        .next_back()
        .filter(|_| site.makes("weekly"));
    let changes = site.compare.changes.iter().rev().take(HOME_LIST_LENGTH);
    let due = site.predictions.falling_due(site.today);
    let due = due
        .into_iter()
        .take(HOME_LIST_LENGTH)
        .map(|ledger| predictions::prediction(site, ledger));
    Value::map([
        ("briefs", view::cards(site, newest)),
        ("more", (site.briefs.len() > newest.len()).into()),
        ("summary", summary(site, &site.briefs)),
        (
            "week",
            week.map(|(week, recap)| weeks::link(site, week, recap))
                .into(),
        ),
        (
            "changes",
            Value::list(changes.map(|change| weeks::change(site, change))),
        ),
        (
            "predictions",
            if site.makes("predictions") {
                Value::list(due)
            } else {
                Value::list([])
            },
        ),
    ])
}

/// The `_index.md` at a path; there being none is an answer too.
pub fn introduction(site: &Site, path: &str) -> Answer {
    site.find(path)
        .map_or(Ok(Value::None), |_| section(site, path, false))
}

/// How a content file is laid out.
pub fn layout(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    let entry = site.entry(index);
    let section = entry.front_matter().section.as_ref();
    Ok(Value::map([
        (
            "template",
            template(site, index).map(|(template, _)| template).into(),
        ),
        ("brief", entry.brief().is_some().into()),
        (
            "paginated",
            section.is_some_and(|keys| keys.paginate_by > 0).into(),
        ),
        ("is_dateline", site.is_dateline.into()),
    ]))
}

/// The template that a content file asks for, if any: its own, or that of the nearest section
/// above with `page_template`.
pub fn template(site: &Site, index: Index) -> Option<(Arc<str>, crate::diagnostic::Place)> {
    let entry = site.entry(index);
    entry.front_matter().template.clone().or_else(|| {
        let above = site.sections.ancestors(index).iter().rev();
        let is_page = entry.front_matter().section.is_none();
        above
            .filter(|_| is_page)
            .find_map(|i| sections::keys(site.entry(*i)).page_template.clone())
    })
}
