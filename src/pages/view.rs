//! An article as templates see it: as an entry of a list, and, of a brief, with its typed parts.

use std::sync::Arc;

use jiff::civil::Date;

use super::predictions;
use super::question::Answer;
use crate::address::Address;
use crate::config::PartKind;
use crate::content::article::{Body, Dated, Fragment, Heading};
use crate::content::brief::{Analysis, Brief, Citation, Part};
use crate::content::date::{MONTHS, Moment, PartialDate};
use crate::content::escape::push_attribute;
use crate::diagnostic::{nearest, with_guess};
use crate::site::companies::Company;
use crate::site::events::Event;
use crate::site::taxonomies::SOURCES;
use crate::site::weeks::Week;
use crate::site::{Entry, Index, Site};
use crate::value::Value;

/// `30 April 2026`
pub fn long_date(day: Date) -> String {
    format!("{} {} {}", day.day(), month_name(day.month()), day.year())
}

/// `30 Apr 2026`
pub fn short_date(day: Date) -> String {
    format!("{} {} {}", day.day(), short_month(day.month()), day.year())
}

fn short_month(month: i8) -> &'static str {
    let name = month_name(month);
    name.get(..3).unwrap_or(name)
}

/// The English name of a month, from 1.
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1)
        .ok()
        .and_then(|i| MONTHS.get(i))
        .copied()
        .unwrap_or_default()
}

/// A partial date for reading (`April 2023`, `Q4 2026`) and for `<time>`, which knows no quarters.
pub fn partial_date(site: &Site, date: PartialDate) -> Value {
    site.dates.get(date, make_partial_date)
}

fn make_partial_date(date: PartialDate) -> Value {
    let written = date.to_string();
    let year = date.first.year();
    let in_words = |month: &str, day: fn(Date) -> String| match written.split_once('-') {
        None => written.clone(),
        Some((_, rest)) if rest.starts_with(['Q', 'H']) => format!("{rest} {year}"),
        Some((_, rest)) if rest.len() == 2 => format!("{month} {year}"),
        Some(_) => day(date.first),
    };
    let month = date.first.month();
    let text = in_words(month_name(month), long_date);
    let short = in_words(short_month(month), short_date);
    let machine = if written.contains(['Q', 'H']) {
        Value::None
    } else {
        written.clone().into()
    };
    Value::map([
        ("written", written.into()),
        ("text", text.into()),
        ("short", short.into()),
        ("datetime", machine),
    ])
}

/// A point in time for reading, in the site's zone, and for `<time>`.
pub fn moment(site: &Site, moment: &Moment) -> Value {
    let zoned = moment
        .instant
        .to_zoned(site.config.dateline.time_zone.clone());
    let has_time = moment.text.len() > 10;
    let text = if has_time {
        format!(
            "{}, {:02}:{:02} {}",
            long_date(zoned.date()),
            zoned.hour(),
            zoned.minute(),
            zoned.strftime("%Z")
        )
    } else {
        long_date(zoned.date())
    };
    let datetime = if has_time {
        moment.instant.to_string()
    } else {
        moment.text.to_string()
    };
    Value::map([
        ("text", text.into()),
        ("day", long_date(moment.day).into()),
        ("short", short_date(moment.day).into()),
        ("datetime", datetime.into()),
        ("written", (&moment.text).into()),
    ])
}

/// Name and path, as lists of links have them.
pub fn link(name: &Arc<str>, address: &Address) -> Value {
    Value::map([("name", name.into()), ("path", address.into())])
}

/// Name and path of a company; without a path if it has no page.
pub fn company(site: &Site, company: &Company) -> Value {
    let has_page = site.makes("companies") || company.page.is_some();
    link_if(has_page, &company.name, &company.address)
}

/// Name and path of an event; without a path if it has no page.
pub fn event(site: &Site, event: &Event) -> Value {
    let has_page = site.makes("events") || event.page.is_some();
    link_if(has_page, event.title(site), &event.address)
}

fn link_if(has_page: bool, name: &Arc<str>, address: &Address) -> Value {
    let path = has_page.then(|| Value::from(address));
    Value::map([("name", name.into()), ("path", path.into())])
}

/// The same of names and paths that are no part of the site's tables.
pub fn named(name: &str, path: &str) -> Value {
    Value::map([("name", name.into()), ("path", path.into())])
}

/// An entry as lists show it. Made once for a site and shared by all lists.
pub fn card(site: &Site, index: Index) -> Value {
    let make = || make_card(site, index, site.entry(index));
    let count = site.entries.slot_count();
    site.shown.cards.get(index.slot(), count, make)
}

/// The cards of some entries.
pub fn cards(site: &Site, indexes: &[Index]) -> Value {
    Value::list(indexes.iter().map(|index| card(site, *index)))
}

fn make_card(site: &Site, index: Index, entry: &Entry) -> Value {
    let front_matter = entry.front_matter();
    let brief = entry.brief();
    let companies = site
        .companies
        .of_brief(index)
        .iter()
        .map(|company| self::company(site, site.companies.get(*company)));
    Value::map([
        ("title", (&entry.title).into()),
        ("path", (&entry.address).into()),
        ("permalink", (&entry.permalink).into()),
        ("description", front_matter.description.clone().into()),
        (
            "date",
            front_matter
                .date
                .as_ref()
                .map(|date| moment(site, date))
                .into(),
        ),
        (
            "updated",
            front_matter
                .updated
                .as_ref()
                .map(|date| moment(site, date))
                .into(),
        ),
        ("draft", front_matter.draft.into()),
        ("scheduled", site.is_scheduled(entry).into()),
        ("source", brief.and_then(|b| source(site, b)).into()),
        ("tags", few_terms(site, entry, "tags")),
        ("audiences", terms(site, entry, "audiences")),
        ("companies", Value::list(companies)),
        (
            "event",
            site.events
                .of_brief(entry)
                .map(|event| self::event(site, event))
                .into(),
        ),
        (
            "id",
            brief
                .and_then(|b| b.id.as_ref())
                .map(|(id, _)| id.clone())
                .into(),
        ),
    ])
}

fn source(site: &Site, brief: &Brief) -> Option<Value> {
    let origin = brief.source.as_ref()?;
    let page = site
        .taxonomies
        .get(SOURCES)
        .and_then(|sources| sources.by_name(&origin.name));
    let path = page
        .filter(|_| site.makes(SOURCES))
        .map(|term| Value::from(&term.address));
    Some(Value::map([
        ("name", Value::from(&origin.name)),
        ("url", origin.url.clone().into()),
        ("path", path.unwrap_or_default()),
        (
            "published",
            origin
                .published
                .as_ref()
                .map(|date| moment(site, date))
                .into(),
        ),
    ]))
}

/// Terms that an entry of a list shows at most.
const CARD_TERMS_MAX: usize = 12;

/// The first terms that an entry has, for lists.
fn few_terms(site: &Site, entry: &Entry, kind: &str) -> Value {
    Value::list(
        terms(site, entry, kind)
            .items()
            .iter()
            .take(CARD_TERMS_MAX)
            .cloned(),
    )
}

/// The terms of one taxonomy that an entry has, as links.
fn terms(site: &Site, entry: &Entry, kind: &str) -> Value {
    let Some(taxonomy) = site.taxonomies.get(kind) else {
        return Value::list([]);
    };
    let named = entry
        .front_matter()
        .taxonomies
        .iter()
        .filter(|(name, _)| &**name == kind)
        .flat_map(|(_, names)| names);
    Value::list(named.map(|(name, _)| {
        let term = taxonomy.by_name(name).filter(|_| taxonomy.config.render);
        Value::map([
            ("name", Value::from(name)),
            ("path", term.map(|term| Value::from(&term.address)).into()),
        ])
    }))
}

/// A slice of an entry's HTML.
pub fn html(site: &Site, entry: &Entry, fragment: Fragment) -> Value {
    Value::html(site.html(entry, fragment))
}

/// The same of a page's content, with links in its headings if they are wanted.
pub fn content(site: &Site, entry: &Entry, fragment: Fragment) -> Value {
    Value::html(site.content_html(entry, fragment))
}

/// A slice of an entry's HTML for a page of another.
pub fn html_elsewhere(site: &Site, entry: &Entry, fragment: Fragment) -> Value {
    Value::html(site.html_elsewhere(entry, fragment))
}

/// The whole text of a brief for a page that shows no more than that: where a prediction begins
/// stands the fragment that lists link to.
pub fn brief_text(site: &Site, path: &str) -> Answer {
    let entry = site.entry(find(site, path)?);
    let body = &entry.article.body;
    let whole = site.content_html(entry, body.content);
    let brief = entry.brief();
    let predictions = brief.map_or(&[][..], |brief| &brief.predictions);
    let mut parts = brief.into_iter().flat_map(|brief| &brief.parts);
    let part = parts.find(|part| part.kind == PartKind::Implications);
    // What is foretold may be said before.
    let part = part.and_then(|part| whole.find(&format!(" id=\"{}\"", part.id)));
    let (before, mut rest) = whole.split_at(part.unwrap_or_default());
    let mut text = String::with_capacity(whole.len() + 256);
    text.push_str(before);
    for prediction in predictions {
        let is_known = body.headings.iter().any(|h| *h.id == *prediction.slug);
        let wording = site.html(entry, prediction.html);
        if let (false, Some(at)) = (is_known, begin_of_item(rest, &wording)) {
            text.push_str(&rest[..at]);
            text.push_str("<span id=\"");
            push_attribute(&mut text, &prediction.slug);
            text.push_str("\"></span>");
            rest = &rest[at..];
        }
    }
    text.push_str(rest);
    Ok(Value::html(text))
}

/// Where an item or a heading begins with a wording. A brief that was sanitised has its parts
/// elsewhere than its whole text, so the wording is looked for.
fn begin_of_item(html: &str, wording: &str) -> Option<usize> {
    let begins_item = |at: usize| {
        let before = html[..at].trim_end();
        let before = before.strip_suffix("<p>").unwrap_or(before).trim_end();
        let tag = before.rfind('<').map_or("", |tag| &before[tag..]);
        tag == "<li>" || tag.starts_with("<h") && tag.ends_with('>')
    };
    let mut found = html.match_indices(wording).map(|(at, _)| at);
    found.find(|at| !wording.is_empty() && begins_item(*at))
}

/// The related briefs of a brief.
pub fn related(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    Ok(cards(site, &site.related(index)))
}

fn find(site: &Site, path: &str) -> Result<Index, String> {
    site.find(path).ok_or_else(|| {
        let known = site.entries.all().map(|entry| &*entry.article.path);
        let about = format!("there is no published page `{path}`");
        with_guess(about, nearest(path, known))
    })
}

/// The typed parts of a brief: what templates get as `page.brief`.
pub fn brief(site: &Site, path: &str) -> Answer {
    let index = find(site, path)?;
    let entry = site.entry(index);
    let brief = entry
        .brief()
        .ok_or_else(|| format!("`{path}` is no brief"))?;
    let html = |fragment: Fragment| html(site, entry, fragment);
    let event = site.events.of_brief(entry);
    let mut entries = parts(site, index, entry, brief);
    entries.extend([
        ("id", brief.id.as_ref().map(|(id, _)| id.clone()).into()),
        ("source", source(site, brief).into()),
        (
            "collected",
            brief
                .collected
                .as_ref()
                .map(|date| moment(site, date))
                .into(),
        ),
        ("delay", delay(entry, brief).map(delay_text).into()),
        ("published", published(site, entry, brief)),
        ("scheduled", site.is_scheduled(entry).into()),
        (
            "fresh",
            delay(entry, brief)
                .is_some_and(|minutes| minutes <= FRESH_MINUTES)
                .into(),
        ),
        ("analysis", brief.analysis.map(analysis_name).into()),
        ("event", event.map(|event| self::event(site, event)).into()),
        ("audiences", terms(site, entry, "audiences")),
        ("tags", terms(site, entry, "tags")),
        ("week", week(site, entry)),
        ("lead", brief.lead.map(html).into()),
        (
            "prose",
            Value::list(brief.prose.iter().map(|fragment| html(*fragment))),
        ),
        ("companies", companies(site, index)),
        ("pairs", pairs(site, index)),
    ]);
    Ok(Value::map(entries))
}

/// The parts, each as a whole and in its items.
fn parts(site: &Site, index: Index, entry: &Entry, brief: &Brief) -> Vec<(&'static str, Value)> {
    let part = |kind| Value::from(part(site, entry, brief, kind));
    let html = |fragment: Fragment| html(site, entry, fragment);
    let citations = brief.citations.iter().map(|c| citation(site, entry, c));
    vec![
        ("tldr", part(PartKind::Tldr)),
        ("changed", brief.tldr.changed.map(html).into()),
        ("why", brief.tldr.why.map(html).into()),
        ("next", brief.tldr.next.map(html).into()),
        ("takeaways", part(PartKind::Takeaways)),
        (
            "takeaway_items",
            Value::list(brief.takeaways.iter().map(|fragment| html(*fragment))),
        ),
        ("competitors", part(PartKind::Competitors)),
        ("deep_dive", part(PartKind::DeepDive)),
        ("implications", part(PartKind::Implications)),
        ("predictions", predictions::of_brief(site, index)),
        ("timeline", part(PartKind::Timeline)),
        ("timeline_items", dated(site, entry, &brief.timeline)),
        ("corrections", part(PartKind::Corrections)),
        ("correction_items", dated(site, entry, &brief.corrections)),
        ("citations", Value::list(citations)),
    ]
}

/// When the news was published: stated, or the date of the brief.
fn published(site: &Site, entry: &Entry, brief: &Brief) -> Value {
    let stated = brief
        .source
        .as_ref()
        .and_then(|source| source.published.as_ref());
    let date = stated.or(entry.front_matter().date.as_ref());
    date.map(|date| moment(site, date)).into()
}

/// A brief that was collected within this time after publication is called fresh.
const FRESH_MINUTES: i64 = 60;

/// Minutes from publication to collection. `source.published` defaults to `date`.
fn delay(entry: &Entry, brief: &Brief) -> Option<i64> {
    let stated = brief
        .source
        .as_ref()
        .and_then(|source| source.published.as_ref());
    let published = stated.or(entry.front_matter().date.as_ref())?;
    let seconds = brief.collected.as_ref()?.instant.as_second() - published.instant.as_second();
    (seconds >= 0).then_some(seconds / 60)
}

/// `16m`, `2h 10m`, `3d`
fn delay_text(minutes: i64) -> String {
    match (minutes / 1440, minutes / 60, minutes % 60) {
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, 0) => format!("{hours}h"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, ..) => format!("{days}d"),
    }
}

fn analysis_name(analysis: Analysis) -> &'static str {
    match analysis {
        Analysis::Ai => "ai",
        Analysis::Human => "human",
        Analysis::Mixed => "mixed",
    }
}

/// The tables of a part with the scopes of their headers: the first row names the columns, and the
/// first cell of any other row names the row. Tables that the author wrote in HTML stay as they are.
fn with_scopes(html: &Value) -> Value {
    /// How our own renderer begins a table of Markdown.
    const FROM_MARKDOWN: &str = "<table><thead>";
    let mut rest = html.as_str().unwrap_or_default();
    if rest.matches("<table").count() != rest.matches(FROM_MARKDOWN).count() {
        return html.clone();
    }
    let mut scoped = String::with_capacity(rest.len() + 256);
    let columns = |html: &str| {
        html.replace("<th>", "<th scope=\"col\">")
            .replace("<th style", "<th scope=\"col\" style")
    };
    while let Some(at) = rest.find("\n<tr><td") {
        let (before, row) = rest.split_at(at);
        scoped.push_str(&columns(before));
        scoped.push_str("\n<tr><th scope=\"row\"");
        rest = &row["\n<tr><td".len()..];
        let Some(end) = rest.find("</td>") else { break };
        scoped.push_str(&rest[..end]);
        scoped.push_str("</th>");
        rest = &rest[end + "</td>".len()..];
    }
    scoped.push_str(rest);
    Value::html(scoped)
}

fn part(site: &Site, entry: &Entry, brief: &Brief, kind: PartKind) -> Option<Value> {
    let part: &Part = brief.parts.iter().find(|part| part.kind == kind)?;
    let whole = html(site, entry, part.html);
    let whole = match kind {
        PartKind::Competitors => with_scopes(&whole),
        _ => whole,
    };
    Some(Value::map([
        ("heading", html(site, entry, part.heading)),
        ("id", (&part.id).into()),
        ("html", whole),
        (
            "rest",
            Value::list(part.rest.iter().map(|rest| html(site, entry, *rest))),
        ),
    ]))
}

fn dated(site: &Site, entry: &Entry, items: &[Dated]) -> Value {
    Value::list(items.iter().map(|item| {
        Value::map([
            ("date", partial_date(site, item.date)),
            ("html", html(site, entry, item.html)),
        ])
    }))
}

fn citation(site: &Site, entry: &Entry, citation: &Citation) -> Value {
    Value::map([
        ("label", Value::from(&citation.label)),
        ("number", citation.number.into()),
        ("anchor", (&citation.anchor).into()),
        ("url", citation.url.clone().into()),
        ("title", citation.title.clone().into()),
        (
            "retrieved",
            citation
                .retrieved
                .map(|date| partial_date(site, date))
                .into(),
        ),
        ("quote", citation.quote.clone().into()),
        ("html", html(site, entry, citation.html)),
    ])
}

fn week(site: &Site, entry: &Entry) -> Value {
    let Some(week) = entry.day().map(Week::of) else {
        return Value::None;
    };
    match site.weeks.get(week) {
        Some(recap) if site.makes("weekly") => Value::map([
            ("name", week.name().into()),
            ("path", Value::from(&recap.address)),
        ]),
        _ => Value::None,
    }
}

fn companies(site: &Site, index: Index) -> Value {
    Value::list(
        site.companies
            .of_brief(index)
            .iter()
            .map(|company| self::company(site, site.companies.get(*company))),
    )
}

/// The pair pages of the companies of a brief.
fn pairs(site: &Site, index: Index) -> Value {
    if !site.makes("compare") {
        return Value::list([]);
    }
    let companies = site.companies.of_brief(index);
    let mut found = Vec::new();
    for (position, a) in companies.iter().enumerate() {
        for b in &companies[position + 1..] {
            if let Some(pair) = site.compare().pair(*a, *b) {
                let (first, second) = (
                    site.companies.get(pair.first),
                    site.companies.get(pair.second),
                );
                let name: Arc<str> = format!("{} and {}", first.name, second.name).into();
                found.push(link(&name, &super::compare::pair_address(site, pair)));
            }
        }
    }
    Value::list(found)
}

/// The table of contents of a body, in Zola's nested form.
pub fn table_of_contents(body: &Body, permalink: &str) -> Value {
    fn below(headings: &[Heading], permalink: &str) -> Value {
        let mut items = Vec::new();
        let mut from = 0;
        while from < headings.len() {
            let heading = &headings[from];
            let to = headings[from + 1..]
                .iter()
                .position(|other| other.level <= heading.level)
                .map_or(headings.len(), |n| from + 1 + n);
            items.push(Value::map([
                ("level", Value::from(usize::from(heading.level))),
                ("id", (&heading.id).into()),
                ("permalink", format!("{permalink}#{}", heading.id).into()),
                ("title", (&heading.title).into()),
                ("children", below(&headings[from + 1..to], permalink)),
            ]));
            from = to;
        }
        Value::list(items)
    }
    below(&body.headings, permalink)
}
