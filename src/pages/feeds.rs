//! Feeds: which there are and what stands in each. How they are written is `render`'s.

use std::sync::Arc;

use super::question::Answer;
use super::{Proposing, View, content, list, view, weeks};
use crate::address::Address;
use crate::site::companies::Company;
use crate::site::taxonomies::{Kind, SOURCES, Taxonomy};
use crate::site::weeks::{Recap, Week};
use crate::site::{Entry, Index, Site, addresses, identity, sections};
use crate::value::Value;

/// Whose feed it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FeedOf {
    Site,
    /// All pages of a language other than the default one.
    Language {
        language: Arc<str>,
    },
    Section {
        path: Arc<str>,
    },
    Term {
        kind: Kind,
        slug: Arc<str>,
    },
    Company {
        slug: Arc<str>,
    },
    /// The recaps.
    Weekly,
}

/// How a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// RFC 4287.
    Atom,
    /// RSS 2.0.
    Rss,
    /// JSON Feed 1.1.
    Json,
}

/// Entries of a feed of a Dateline site where the configuration does not say. Zola's has them all.
const FEED_LENGTH: usize = 20;

/// The feed files of a Dateline site, in the order in which readers should choose.
const SITE_FEEDS: [(&str, FeedFormat); 3] = [
    ("atom.xml", FeedFormat::Atom),
    ("rss.xml", FeedFormat::Rss),
    ("feed.json", FeedFormat::Json),
];

/// Plans all feeds and the list of them.
pub fn propose(site: &Site, proposals: &mut Proposing) {
    let named = named_in(site, None);
    let of_site = if site.config.generate_feeds {
        &named[..]
    } else {
        &[]
    };
    for (name, format) in of_site {
        proposals.zola(
            Address::file(name),
            View::Feed {
                of: FeedOf::Site,
                format: *format,
            },
        );
    }
    for index in site.sections.all() {
        let entry = site.entry(*index);
        if sections::keys(entry).generate_feeds && entry.address != Address::root() {
            let of = FeedOf::Section {
                path: entry.article.path.clone(),
            };
            let named = named_in(site, entry.article.language.as_deref());
            propose_files(&entry.address, &of, &named, proposals);
        }
    }
    for (code, language) in site.config.languages.iter().zip(&site.config.of_languages) {
        if language.generate_feeds {
            let of = FeedOf::Language {
                language: code.clone(),
            };
            let named = named_in(site, Some(code));
            propose_files(&addresses::home_in(code), &of, &named, proposals);
        }
    }
    for taxonomy in site
        .taxonomies
        .all()
        .iter()
        .filter(|taxonomy| has_feeds(site, taxonomy))
    {
        let language = taxonomy.kind.language.as_deref();
        let named = named_in(site, language);
        for term in &taxonomy.terms {
            let of = FeedOf::Term {
                kind: taxonomy.kind.clone(),
                slug: term.slug.clone(),
            };
            propose_files(&term.address, &of, &named, proposals);
            if site.makes("feeds")
                && language.is_none()
                && !named.iter().any(|(name, _)| name == "atom.xml")
            {
                let view = View::Feed {
                    of,
                    format: FeedFormat::Atom,
                };
                proposals.ours(term.address.join("atom.xml"), view);
            }
        }
    }
    if site.makes("feeds") {
        propose_ours(site, of_site, proposals);
    }
}

/// The names and formats of feeds in a language; `None`: in the default one.
fn named_in(site: &Site, language: Option<&str>) -> Vec<(String, FeedFormat)> {
    let own = language.and_then(|code| site.config.language(code));
    let names = own.map_or(&site.config.feed_filenames, |own| &own.feed_filenames);
    let names = names.iter();
    names
        .map(|name| (name.to_string(), format_of(name)))
        .collect()
}

fn propose_files(
    list: &Address,
    of: &FeedOf,
    named: &[(String, FeedFormat)],
    proposals: &mut Proposing,
) {
    for (name, format) in named {
        proposals.zola(
            list.join(name),
            View::Feed {
                of: of.clone(),
                format: *format,
            },
        );
    }
}

/// Whether each term of a taxonomy has a feed.
fn has_feeds(site: &Site, taxonomy: &Taxonomy) -> bool {
    let is_sources = *taxonomy.config.name == *SOURCES;
    taxonomy.config.feed && taxonomy.config.render && (!is_sources || site.makes(SOURCES))
}

fn propose_ours(site: &Site, named: &[(String, FeedFormat)], proposals: &mut Proposing) {
    for (name, format) in SITE_FEEDS {
        if !named.iter().any(|(other, _)| other == name) {
            proposals.ours(
                Address::file(name),
                View::Feed {
                    of: FeedOf::Site,
                    format,
                },
            );
        }
    }
    if site.makes("companies") {
        for company in site
            .companies
            .all()
            .iter()
            .filter(|company| !company.briefs.is_empty())
        {
            let of = FeedOf::Company {
                slug: company.slug.clone(),
            };
            proposals.ours(
                company.address.join("atom.xml"),
                View::Feed {
                    of,
                    format: FeedFormat::Atom,
                },
            );
        }
    }
    if site.makes("weekly") && site.weeks.all().len() > 0 {
        let view = View::Feed {
            of: FeedOf::Weekly,
            format: FeedFormat::Atom,
        };
        proposals.ours(weeks::address().join("atom.xml"), view);
    }
    proposals.ours(Address::file("feeds.opml"), View::Opml);
}

/// What a feed file is, by its name; Zola writes what the template of that name says.
fn format_of(name: &str) -> FeedFormat {
    match name {
        name if name.contains("rss") => FeedFormat::Rss,
        name if name.ends_with(".json") => FeedFormat::Json,
        _ => FeedFormat::Atom,
    }
}

/// What a link to a feed says.
fn label(path: &str, format: FeedFormat) -> String {
    let format = match format {
        FeedFormat::Atom => "Atom feed",
        FeedFormat::Rss => "RSS feed",
        FeedFormat::Json => "JSON feed",
    };
    match path.trim_matches('/').rsplit_once('/') {
        Some((folder, _)) => format!("{format}: {folder}"),
        None => format.to_owned(),
    }
}

/// The feeds of the whole site, for the head of each page.
pub fn of_site(site: &Site) -> Value {
    let title = site.config.title.as_deref().unwrap_or("Feed");
    let feed = |name: &str, format: FeedFormat, path: &str| {
        let kind = match format {
            FeedFormat::Atom => "application/atom+xml",
            FeedFormat::Rss => "application/rss+xml",
            FeedFormat::Json => "application/feed+json",
        };
        Value::map([
            ("title", Value::from(name)),
            ("label", label(path, format).into()),
            ("path", path.into()),
            ("type", kind.into()),
        ])
    };
    if !site.makes("feeds") {
        let names = site
            .config
            .feed_filenames
            .iter()
            .filter(|_| site.config.generate_feeds);
        return Value::list(names.map(|name| feed(title, format_of(name), &format!("/{name}"))));
    }
    let mut feeds: Vec<Value> = SITE_FEEDS
        .iter()
        .map(|(name, format)| feed(title, *format, &format!("/{name}")))
        .collect();
    if site.makes("weekly") && site.weeks.all().len() > 0 {
        feeds.push(feed(
            &format!("{title}: weekly recap"),
            FeedFormat::Atom,
            "/weekly/atom.xml",
        ));
    }
    feeds.into()
}

/// Title, addresses and entries of a feed.
pub fn feed(site: &Site, of: &FeedOf) -> Answer {
    let language = language_of(site, of);
    let own = language.and_then(|code| site.config.language(code));
    let site_title = own.and_then(|own| own.title.as_deref());
    let site_title = site_title.or(site.config.title.as_deref());
    let site_title = site_title.unwrap_or(if site.is_dateline { "Briefs" } else { "" });
    let description = own.map_or(&site.config.description, |own| &own.description);
    let length = match site.is_dateline {
        true => FEED_LENGTH,
        false => usize::MAX,
    };
    let limit = site.config.feed_limit.unwrap_or(length);
    let Listed {
        name,
        address,
        pages,
    } = listed(site, of)?;
    let entries = match of {
        FeedOf::Weekly => recaps(site, limit),
        _ => pages
            .iter()
            .take(limit)
            .map(|index| entry(site, *index))
            .collect(),
    };
    let between = if site.is_dateline { ": " } else { " - " };
    let title = name.map_or_else(
        || site_title.to_owned(),
        |name| format!("{site_title}{between}{name}"),
    );
    let author = site
        .config
        .author
        .clone()
        .unwrap_or_else(|| site_title.into());
    Ok(Value::map([
        ("title", Value::from(title)),
        ("description", description.clone().into()),
        ("author", author.into()),
        (
            "language",
            language.unwrap_or(&site.config.default_language).into(),
        ),
        ("base_url", (&site.config.base_url).into()),
        ("path", (&address).into()),
        (
            "permalink",
            addresses::permalink(&site.config, &address).into(),
        ),
        ("entries", Value::list(entries)),
    ]))
}

/// A feed as Zola's templates know it: whole pages, and what they are of; nothing on a Dateline
/// site, whose feeds are ours.
pub fn in_full(site: &Site, of: &FeedOf) -> Answer {
    if site.is_dateline {
        return Ok(Value::None);
    }
    let pages = listed(site, of)?.pages;
    let shown = pages[..pages
        .len()
        .min(site.config.feed_limit.unwrap_or(usize::MAX))]
        .iter();
    let changed = shown.clone().filter_map(|page| {
        let front_matter = site.entry(*page).front_matter();
        let newest = front_matter.updated.as_ref().or(front_matter.date.as_ref());
        newest.map(|moment| (moment.instant, moment.text.clone()))
    });
    let last_updated = changed.max_by_key(|(instant, _)| *instant);
    let language = language_of(site, of).unwrap_or(&site.config.default_language);
    let mut entries = vec![
        (
            "pages",
            Value::list(shown.map(|page| content::listed(site, *page))),
        ),
        ("last_updated", last_updated.map(|(_, text)| text).into()),
        ("lang", language.into()),
    ];
    match of {
        FeedOf::Section { path } => entries.push(("section", content::section(site, path, false)?)),
        FeedOf::Term { kind, slug } => {
            let term = super::taxonomies::term_in_full(site, kind, slug)?;
            entries.push(("taxonomy", super::taxonomies::stated(site, kind)?));
            entries.push(("term", term.with([("pages", Value::None)])));
        }
        FeedOf::Site | FeedOf::Language { .. } | FeedOf::Company { .. } | FeedOf::Weekly => {}
    }
    Ok(Value::map(entries))
}

/// The language of a feed, if it is not the default one.
fn language_of<'s>(site: &'s Site, of: &'s FeedOf) -> Option<&'s Arc<str>> {
    match of {
        FeedOf::Language { language } => Some(language),
        FeedOf::Term { kind, .. } => kind.language.as_ref(),
        FeedOf::Section { path } => site.entry(site.find(path)?).article.language.as_ref(),
        FeedOf::Site | FeedOf::Company { .. } | FeedOf::Weekly => None,
    }
}

/// What a feed is of.
struct Listed {
    name: Option<String>,
    address: Address,
    /// Newest first.
    pages: Vec<Index>,
}

fn listed(site: &Site, of: &FeedOf) -> Result<Listed, String> {
    let (name, address, mut pages) = match of {
        FeedOf::Site => (None, Address::root(), newest_pages(site)),
        FeedOf::Language { language } => {
            let pages = dated_pages(site, Some(language));
            (None, addresses::home_in(language), pages)
        }
        FeedOf::Section { path } => {
            let index = site
                .find(path)
                .ok_or_else(|| format!("there is no section `{path}`"))?;
            let entry = site.entry(index);
            let mut pages = site.sections.get(index).pages.clone();
            pages.sort_by_key(|page| std::cmp::Reverse(site.entry(*page).instant()));
            (Some(entry.title.to_string()), entry.address.clone(), pages)
        }
        FeedOf::Term { kind, slug } => {
            let taxonomy = site.taxonomies.of_kind(kind);
            let term = taxonomy.and_then(|taxonomy| taxonomy.by_slug(slug));
            let name = &kind.name;
            let term = term.ok_or_else(|| format!("there is no term `{slug}` in `{name}`"))?;
            (
                Some(term.name.to_string()),
                term.address.clone(),
                term.pages.clone(),
            )
        }
        FeedOf::Company { slug } => {
            let index = site
                .companies
                .by_slug(slug)
                .ok_or_else(|| format!("there is no company `{slug}`"))?;
            let company: &Company = site.companies.get(index);
            (
                Some(company.name.to_string()),
                company.address.clone(),
                company.briefs.clone(),
            )
        }
        FeedOf::Weekly => (
            Some("Weekly recap".to_owned()),
            weeks::address(),
            Vec::new(),
        ),
    };
    pages.retain(|page| site.entry(*page).day().is_some());
    if !site.is_dateline {
        pages.sort_by_key(|page| {
            let entry = site.entry(*page);
            (std::cmp::Reverse(entry.instant()), entry.permalink.clone())
        });
    }
    Ok(Listed {
        name,
        address,
        pages,
    })
}

/// The pages that the site's feed may hold: on a Dateline site its briefs, otherwise all dated ones.
fn newest_pages(site: &Site) -> Vec<Index> {
    if site.is_dateline && !site.briefs.is_empty() {
        return site.briefs.to_vec();
    }
    dated_pages(site, None)
}

/// The dated pages of a language, newest first.
fn dated_pages(site: &Site, language: Option<&str>) -> Vec<Index> {
    let mut pages: Vec<Index> = site.entries.indexes().to_vec();
    pages.retain(|index| {
        let entry = site.entry(*index);
        entry.front_matter().section.is_none()
            && entry.day().is_some()
            && entry.article.language.as_deref() == language
    });
    pages.sort_by_key(|index| std::cmp::Reverse(site.entry(*index).instant()));
    pages
}

fn entry(site: &Site, index: Index) -> Value {
    let entry = site.entry(index);
    let front_matter = entry.front_matter();
    let published = front_matter
        .date
        .as_ref()
        .map(|date| date.instant.to_string());
    let updated = front_matter
        .updated
        .as_ref()
        .map(|date| date.instant.to_string())
        .or_else(|| published.clone());
    let brief = entry.brief();
    let source = brief.and_then(|brief| brief.source.as_ref());
    let tags = front_matter
        .taxonomies
        .iter()
        .filter(|(kind, _)| &**kind == "tags")
        .flat_map(|(_, names)| names);
    Value::map([
        ("id", Value::from(identity::feed_id(entry, &site.config))),
        // A path is no title: what has none is shown by its text.
        (
            "title",
            front_matter.title.clone().unwrap_or_default().into(),
        ),
        ("permalink", (&entry.permalink).into()),
        ("published", published.into()),
        ("updated", updated.into()),
        ("summary", front_matter.description.clone().into()),
        ("content", in_feed(site, entry)),
        (
            "authors",
            Value::list(front_matter.authors.iter().map(Value::from)),
        ),
        ("source", source.map(|source| source.name.clone()).into()),
        (
            "source_url",
            source.and_then(|source| source.url.clone()).into(),
        ),
        (
            "categories",
            Value::list(tags.map(|(name, _)| Value::from(name))),
        ),
    ])
}

/// What a feed holds of an entry: all of it; on a plain Zola site the summary alone, if it has one.
fn in_feed(site: &Site, entry: &Entry) -> Value {
    let summary = match site.is_dateline {
        true => None,
        false => site.summary_html(entry),
    };
    match summary {
        Some(summary) => Value::html(summary),
        None => view::content(site, entry, entry.article.body.content),
    }
}

/// The recaps as feed entries, each from the day after its Sunday: an entry that is mailed on
/// arrival must not come with the first brief of the week.
fn recaps(site: &Site, limit: usize) -> Vec<Value> {
    let is_over = |week: Week| week.days().1 < site.today;
    let all = site.weeks.all().rev();
    let all = all.filter(|(week, recap)| is_over(*week) && !recap.briefs.is_empty());
    all.take(limit)
        .map(|(week, recap)| recap_entry(site, week, recap))
        .collect()
}

fn recap_entry(site: &Site, week: Week, recap: &Recap) -> Value {
    let page = recap.page.map(|page| site.entry(page));
    let title = page.and_then(|page| page.front_matter().title.clone());
    let title = title.unwrap_or_else(|| format!("Week {} of {}", week.week, week.year).into());
    let description = page.and_then(|page| page.front_matter().description.clone());
    let count = list::counted(recap.briefs.len(), "brief", "briefs");
    let permalink = addresses::permalink(&site.config, &recap.address);
    let id = match &site.config.dateline.authority {
        Some(authority) => format!("tag:{authority}:weekly-{}", week.name().to_lowercase()),
        None => permalink.to_string(),
    };
    let introduction = page.map(|page| view::html(site, page, page.article.body.content));
    let items = recap.briefs.iter().map(|index| view::card(site, *index));
    let published = week.end(&site.config.dateline.time_zone).to_string();
    Value::map([
        ("id", Value::from(id)),
        ("title", title.into()),
        ("permalink", permalink.into()),
        ("published", published.as_str().into()),
        ("updated", published.into()),
        (
            "summary",
            description.unwrap_or_else(|| count.into()).into(),
        ),
        ("content", introduction.unwrap_or_default()),
        ("items", Value::list(items)),
    ])
}

/// All feeds, for OPML: name and address of the feed and of its page.
pub fn list(site: &Site) -> Value {
    let feed = |title: &str, page: &Address| {
        Value::map([
            ("title", Value::from(title)),
            (
                "feed",
                addresses::permalink(&site.config, &page.join("atom.xml")).into(),
            ),
            ("page", addresses::permalink(&site.config, page).into()),
        ])
    };
    let mut groups = Vec::new();
    let mut group = |title: &str, feeds: Vec<Value>| {
        if !feeds.is_empty() {
            groups.push(Value::map([
                ("title", Value::from(title)),
                ("feeds", feeds.into()),
            ]));
        }
    };
    let mut whole = vec![feed("All briefs", &Address::root())];
    if site.makes("weekly") && site.weeks.all().len() > 0 {
        whole.push(feed("Weekly recap", &weeks::address()));
    }
    group("Site", whole);
    let taxonomies = site.taxonomies.of_language(None);
    for taxonomy in taxonomies.filter(|taxonomy| has_feeds(site, taxonomy)) {
        let title = super::taxonomies::title(&taxonomy.config.name);
        group(
            &title,
            taxonomy
                .terms
                .iter()
                .map(|term| feed(&term.name, &term.address))
                .collect(),
        );
    }
    if site.makes("companies") {
        let with_feed = site
            .companies
            .all()
            .iter()
            .filter(|company| !company.briefs.is_empty());
        group(
            "Companies",
            with_feed
                .map(|company| feed(&company.name, &company.address))
                .collect(),
        );
    }
    Value::map([
        ("title", Value::from(site.config.title.clone())),
        ("groups", groups.into()),
    ])
}

/// Briefs that `llms.txt` names at most.
const OVERVIEW_LENGTH: usize = 100;

/// What `llms.txt` says: the site, its views, its newest briefs.
pub fn overview(site: &Site) -> Value {
    let newest = &site.briefs[..site.briefs.len().min(OVERVIEW_LENGTH)];
    Value::map([
        ("title", Value::from(site.config.title.clone())),
        ("description", site.config.description.clone().into()),
        ("base_url", (&site.config.base_url).into()),
        ("summary", content::summary(site, &site.briefs)),
        (
            "views",
            super::masthead::answer(site)
                .get("navigation")
                .cloned()
                .unwrap_or_default(),
        ),
        ("briefs", view::cards(site, newest)),
    ])
}
