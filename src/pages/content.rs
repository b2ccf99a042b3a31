//! Pages and sections of the content, with every key that Zola's templates rely on, and the home page.

use std::sync::Arc;

use super::question::Answer;
use super::{list, predictions, view, weeks};
use crate::address::Address;
use crate::content::article::SortBy;
use crate::content::name::FileName;
use crate::diagnostic::with_guess;
use crate::site::{Entry, Index, Site, addresses, sections};
use crate::value::Value;

fn find(site: &Site, path: &str) -> Result<Index, String> {
    site.find(path).ok_or_else(|| {
        let about = format!("there is no published content file `{path}`");
        with_guess(about, site.near_path(path))
    })
}

/// A page, with the neighbours that Zola calls `lower` and `higher`: whole pages, but in the
/// built-in theme, which needs cards.
pub fn page(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    Ok(if site.theme_is_ours {
        with_siblings(site, index, page_value(site, index), view::card)
    } else {
        with_siblings(site, index, listed(site, index), listed)
    })
}

/// A section, with its pages or without.
pub fn section(site: &Site, path: &str, with_pages: bool) -> Answer {
    if site.find(path).is_none()
        && let Some(language) = language_of_root(site, path)
    {
        return Ok(root_section(site, language, with_pages));
    }
    let index = find(site, path)?;
    let entry = site.entry(index);
    if entry.front_matter().section.is_none() {
        return Err(format!("`{path}` is a page, not a section"));
    }
    if !with_pages {
        return Ok(section_value(site, index).with([("pages", Value::list([]))]));
    }
    let make = || {
        let pages = site.sections.get(index).pages.iter();
        let pages = pages.map(|page| with_siblings(site, *page, listed(site, *page), listed));
        section_value(site, index).with([("pages", Value::list(pages))])
    };
    let count = site.entries.slot_count();
    Ok(site.shown.listed.get(index.slot(), count, make))
}

/// A page or section while its shortcodes are expanded: without content and what is made of it,
/// and without lists of others, as in Zola.
pub fn bare(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    let empty = || Value::list([]);
    let without = [
        ("content", Value::html("")),
        ("toc", empty()),
        ("translations", empty()),
        ("backlinks", empty()),
    ];
    Ok(match site.entry(index).front_matter().section {
        Some(_) => section_value(site, index)
            .with(without)
            .with([("pages", empty()), ("subsections", empty())]),
        None => page_value(site, index).with(without).with([
            ("summary", Value::None),
            ("lower", Value::None),
            ("higher", Value::None),
        ]),
    })
}

/// The section at the root of the content.
pub const ROOT: &str = "_index.md";

/// The same in a language; `None`: in the default one.
pub fn root_in(language: Option<&str>) -> String {
    language.map_or_else(|| ROOT.to_owned(), |code| format!("_index.{code}.md"))
}

/// The language of a section at the root of the content, by its path.
fn language_of_root<'s>(site: &'s Site, path: &str) -> Option<Option<&'s Arc<str>>> {
    let mut others = site.config.languages.iter();
    if path == ROOT {
        return Some(None);
    }
    others.find(|code| root_in(Some(code)) == path).map(Some)
}

/// The section at the root of content that has no `_index.md`, as Zola makes it up.
fn root_section(site: &Site, language: Option<&Arc<str>>, with_pages: bool) -> Value {
    let of_root = |is_section: bool| {
        let all = site.entries.indexes().iter().copied();
        all.filter(move |index| {
            let entry = site.entry(*index);
            entry.front_matter().section.is_some() == is_section
                && entry.article.language.as_ref() == language
                && folder_above(entry).is_some_and(str::is_empty)
        })
    };
    let pages = of_root(false)
        .filter(|_| with_pages)
        .map(|page| listed(site, page));
    let subsections = of_root(true).map(|i| Value::from(&site.entry(i).article.path));
    let address = language.map_or_else(Address::root, |code| addresses::home_in(code));
    let path = root_in(language.map(|code| &**code));
    let own = language.and_then(|code| site.config.language(code));
    let title = own.map_or(&site.config.title, |own| &own.title);
    let description = own.map_or(&site.config.description, |own| &own.description);
    Value::map([
        ("relative_path", Value::from(&*path)),
        ("title", title.clone().into()),
        ("description", description.clone().into()),
        ("content", Value::html("")),
        ("path", (&address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &address).into(),
        ),
        ("pages", Value::list(pages)),
        ("subsections", Value::list(subsections)),
        ("ancestors", Value::list([])),
        ("components", Value::list([])),
        ("extra", Value::map::<&'static str, _>([])),
        ("toc", Value::list([])),
        ("assets", Value::list([])),
        ("translations", translations(site, &path)),
        ("backlinks", Value::list([])),
        ("colocated_path", Value::None),
        ("draft", false.into()),
        ("generate_feeds", false.into()),
        ("transparent", false.into()),
        ("paginate_by", Value::None),
        ("paginate_reversed", false.into()),
        ("word_count", 0usize.into()),
        ("reading_time", 0usize.into()),
        (
            "lang",
            language.unwrap_or(&site.config.default_language).into(),
        ),
    ])
}

/// The same content in all languages that it is in, itself among them, the default one first;
/// none on a site in one language.
fn translations(site: &Site, path: &str) -> Value {
    if site.config.languages.is_empty() {
        return Value::list([]);
    }
    let language = FileName::new(path, &site.config).language;
    let suffix = language.map_or_else(|| ".md".to_owned(), |code| format!(".{code}.md"));
    let stem = path.strip_suffix(&*suffix).unwrap_or(path);
    let others = site.config.languages.iter().map(Some);
    let found = std::iter::once(None).chain(others).filter_map(|language| {
        let path = match language {
            Some(code) => format!("{stem}.{code}.md"),
            None => format!("{stem}.md"),
        };
        let code = language.unwrap_or(&site.config.default_language);
        let address = match site.find(&path) {
            Some(index) => {
                let entry = site.entry(index);
                let title = entry.front_matter().title.clone();
                return Some(translation(site, code, &path, title.into(), &entry.address));
            }
            None if language_of_root(site, &path).is_none() => return None,
            None => language.map_or_else(Address::root, |code| addresses::home_in(code)),
        };
        Some(translation(site, code, &path, Value::None, &address))
    });
    Value::list(found)
}

fn translation(
    site: &Site,
    language: &Arc<str>,
    path: &str,
    title: Value,
    address: &Address,
) -> Value {
    Value::map([
        ("lang", Value::from(language)),
        (
            "permalink",
            addresses::permalink(&site.config, address).into(),
        ),
        ("title", title),
        ("path", path.into()),
    ])
}

/// A page as lists of Zola's themes have it: without its neighbours.
pub fn listed(site: &Site, index: Index) -> Value {
    let make = || {
        let mut entries = page_entries(site, index);
        entries.extend([("lower", Value::None), ("higher", Value::None)]);
        Value::map(entries)
    };
    let count = site.entries.slot_count();
    site.shown.listed.get(index.slot(), count, make)
}

fn with_siblings(
    site: &Site,
    index: Index,
    page: Value,
    shown: fn(&Site, Index) -> Value,
) -> Value {
    let siblings = site.sections.siblings(index);
    let of = |index: Option<Index>| index.map(|index| shown(site, index)).into();
    page.with([
        ("lower", of(siblings.lower)),
        ("higher", of(siblings.higher)),
    ])
}

/// The folder that an entry lies in; of a page or section with a folder of its own, the one above
/// that. The root section lies in none.
fn folder_above(entry: &Entry) -> Option<&str> {
    let above = |path: &'_ str| path.rfind('/').unwrap_or_default();
    match addresses::colocated_folder(&entry.article) {
        Some("") => None,
        Some(own) => Some(&own[..above(own)]),
        None => Some(&entry.article.path[..above(&entry.article.path)]),
    }
}

/// The sections above an entry as Zola counts them: a page of a transparent section has those
/// that it is passed on to, and a page in a folder without a section none.
fn ancestors(site: &Site, index: Index) -> &[Index] {
    let entry = site.entry(index);
    let mut above = site.sections.ancestors(index);
    if entry.front_matter().section.is_some() {
        return above;
    }
    let own_folder = |index: Index| addresses::colocated_folder(&site.entry(index).article);
    let nearest = above.last().and_then(|index| own_folder(*index));
    if nearest != folder_above(entry) {
        return &[];
    }
    while let [sections @ .., next, last] = above {
        let passes_on = sections::keys(site.entry(*last)).transparent
            && own_folder(*next) == folder_above(site.entry(*last));
        if !passes_on {
            break;
        }
        above = &above[..=sections.len()];
    }
    above
}

/// The paths of the sections above an entry, root first.
fn ancestor_paths(site: &Site, index: Index) -> Value {
    let found = ancestors(site, index);
    let entry = site.entry(index);
    // Where nobody wrote the root section, it is above all others all the same.
    let has_root = site.find(ROOT).is_some() || entry.article.language.is_some();
    let is_below_root = !found.is_empty()
        || entry.front_matter().section.is_some()
        || folder_above(entry) == Some("");
    let made_up = (!has_root && is_below_root).then(|| Value::from(ROOT));
    let found = found
        .iter()
        .map(|i| Value::from(&site.entry(*i).article.path));
    Value::list(made_up.into_iter().chain(found))
}

/// The pages and sections that link to an entry by its path.
fn backlinks(site: &Site, index: Index) -> Value {
    let sources = site.backlinks.get(&index).map(Vec::as_slice);
    Value::list(sources.unwrap_or_default().iter().map(|source| {
        let source = site.entry(*source);
        Value::map([
            ("permalink", Value::from(&source.permalink)),
            ("title", source.front_matter().title.clone().into()),
        ])
    }))
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
    vec![
        ("relative_path", (&entry.article.path).into()),
        ("content", view::content(site, entry, body.content)),
        ("permalink", (&entry.permalink).into()),
        ("ancestors", ancestor_paths(site, index)),
        ("title", front_matter.title.clone().into()),
        ("description", front_matter.description.clone().into()),
        ("extra", front_matter.extra.clone()),
        ("path", (&entry.address).into()),
        ("components", Value::list(components.map(Value::from))),
        ("word_count", body.words.into()),
        ("reading_time", body.reading_minutes().into()),
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
        ("translations", translations(site, &entry.article.path)),
        ("backlinks", backlinks(site, index)),
        (
            "toc",
            match site.reads_toc {
                true => view::table_of_contents(body, &entry.permalink),
                false => Value::list([]),
            },
        ),
    ]
}

fn page_value(site: &Site, index: Index) -> Value {
    Value::map(page_entries(site, index))
}

fn page_entries(site: &Site, index: Index) -> Vec<(&'static str, Value)> {
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
    let colocated = addresses::colocated_folder(&entry.article).map(|folder| format!("{folder}/"));
    entries.extend([
        ("colocated_path", colocated.into()),
        ("slug", entry.slug().into()),
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
        ("summary", site.summary_html(entry).map(Value::html).into()),
    ]);
    entries
}

fn section_value(site: &Site, index: Index) -> Value {
    let entry = site.entry(index);
    let keys = sections::keys(entry);
    let mut entries = common(site, index);
    let subsections = site.sections.get(index).subsections.iter();
    entries.extend([
        ("colocated_path", Value::None),
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

/// The files that belong to a page, by address; of a section, those that lie beside it.
fn assets(site: &Site, entry: &Entry) -> Value {
    let Some(folder) = addresses::colocated_folder(&entry.article) else {
        return Value::list([]);
    };
    let slash = if folder.is_empty() { "" } else { "/" };
    let inside = format!("{folder}{slash}");
    let is_section = entry.front_matter().section.is_some();
    let copies = site.files.copies.iter().map(|(path, to)| (path, to));
    let mut found: Vec<&str> = site
        .files
        .files
        .iter()
        .chain(copies)
        .filter(|(path, address)| {
            path.strip_prefix(&inside)
                .is_some_and(|rest| !(is_section && rest.contains('/')))
                && address.as_str().starts_with(entry.address.as_str())
        })
        .map(|(_, address)| address.as_str())
        .collect();
    found.sort_unstable();
    Value::list(found.into_iter().map(Value::from))
}

/// How many pages of a section's list are shown together: as its front matter says; on a Dateline
/// site with the built-in theme no list is longer than a dense page.
pub fn page_length(site: &Site, index: Index) -> usize {
    match sections::keys(site.entry(index)).paginate_by {
        0 if site.cuts_lists() => list::DENSE_PAGE_LENGTH,
        stated => stated,
    }
}

/// One page of the list of a section.
pub fn section_list(site: &Site, path: &str, number: usize, as_cards: bool) -> Answer {
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
        .filter(|i| site.entry(**i).front_matter().render)
        .map(|i| view::card(site, *i));
    let shown = list::slice(&pages, length, number);
    let pages_shown = match as_cards {
        true => view::cards(site, shown),
        // Zola has whole pages in its paginator; without one, the section has them.
        false if keys.paginate_by == 0 => Value::list([]),
        false => Value::list(shown.iter().map(|page| listed(site, *page))),
    };
    Ok(Value::map([
        ("pages", pages_shown),
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

/// The date of the newest brief, as it is written.
pub fn newest_date(site: &Site) -> Value {
    let newest = site.briefs.first().map(|index| site.entry(*index));
    let date = newest.and_then(|entry| entry.front_matter().date.as_ref());
    date.map(|date| date.text.clone()).into()
}

/// How many of the newest briefs the home page shows.
const HOME_BRIEFS: usize = 12;
/// How many entries each other list of the home page has.
const HOME_LIST_LENGTH: usize = 8;

/// What the home page shows: the lead, the newest briefs, the newest week at a glance, what changed
/// in the comparisons, and the predictions that fall due.
pub fn home(site: &Site) -> Value {
    let newest = &site.briefs[..site.briefs.len().min(HOME_BRIEFS)];
    let week = site
        .weeks
        .all()
        .next_back()
        .filter(|_| site.makes("weekly"));
    // The editor's first pin of the week leads, otherwise the newest brief.
    let pinned = week.and_then(|(_, recap)| recap.briefs[..recap.pins].first());
    let lead = pinned.or(newest.first()).copied();
    let others: Vec<Index> = newest
        .iter()
        .copied()
        .filter(|brief| Some(*brief) != lead)
        .collect();
    let changes = site.compare().changes().newest().take(HOME_LIST_LENGTH);
    let due = site.predictions.falling_due(&site.entries, site.today);
    let due = due
        .into_iter()
        .take(HOME_LIST_LENGTH)
        .map(|ledger| predictions::prediction(site, ledger));
    Value::map([
        ("lead", lead.map(|brief| lead_value(site, brief)).into()),
        ("briefs", view::cards(site, &others)),
        ("more", (site.briefs.len() > newest.len()).into()),
        ("summary", summary(site, &site.briefs)),
        (
            "week",
            week.map(|(week, recap)| weeks::glance(site, week, recap))
                .into(),
        ),
        (
            "changes",
            if site.makes("compare") {
                Value::list(changes.map(|change| weeks::change(site, change)))
            } else {
                Value::list([])
            },
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

/// The brief that leads: its card, what changed and why it matters.
fn lead_value(site: &Site, index: Index) -> Value {
    let entry = site.entry(index);
    let tldr = entry.brief().map(|brief| &brief.tldr);
    let html = |fragment| view::html_elsewhere(site, entry, fragment);
    view::card(site, index).with([
        ("changed", tldr.and_then(|t| t.changed).map(html).into()),
        ("why", tldr.and_then(|t| t.why).map(html).into()),
    ])
}

/// The sections above a page or section, the home page first: names and addresses.
pub fn way(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    let own_language = &site.entry(index).article.language;
    let above = site
        .sections
        .ancestors(index)
        .iter()
        .map(|i| site.entry(*i));
    let sections = above.filter(|section| {
        section.front_matter().render
            && section.address != Address::root()
            && section.article.language == *own_language
    });
    let links = sections.map(|section| view::link(&section.title, &section.address));
    Ok(Value::list(links))
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
        ("cut", site.cuts_lists().into()),
    ]))
}

/// Whether a section states the template of its pages, which few sites do.
pub fn hands_down_template(site: &Site) -> bool {
    let all = site.sections.all().iter();
    let mut stated = all.map(|i| &sections::keys(site.entry(*i)).page_template);
    stated.any(Option::is_some)
}

/// The template that a content file asks for, if any: its own, or that of the nearest section
/// above with `page_template`.
pub fn template(site: &Site, index: Index) -> Option<(Arc<str>, crate::diagnostic::Place)> {
    let entry = site.entry(index);
    entry.front_matter().template.clone().or_else(|| {
        let is_page = entry.front_matter().section.is_none();
        // The page of a folder without a section inherits nothing.
        let has_parent = is_page && !ancestors(site, index).is_empty();
        let above = site.sections.ancestors(index).iter().rev();
        above
            .filter(|_| has_parent)
            .find_map(|i| sections::keys(site.entry(*i)).page_template.clone())
    })
}
