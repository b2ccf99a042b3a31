//! What a reader can open: every file of the finished site, as data. Nothing here renders.
//!
//! A planned page is its address, its view and the ids of its subjects, so that the plan can be
//! printed and compared, and two pages at one address are found before anything is written.

use std::sync::Arc;

use crate::address::Address;
use crate::chunks::Chunks;
use crate::content::article::SectionKeys;
use crate::content::date::Moment;
use crate::data::Placed;
use crate::diagnostic::{Diagnostics, Place};
use crate::input::{FileBytes, SassFiles, StaticFile, StaticKind};
use crate::site::kept::{Change, same_names};
use crate::site::taxonomies::Kind;
use crate::site::weeks::Week;
use crate::site::{Entry, Index, Site, addresses, sections};
use crate::value::Value;

pub mod archive;
pub mod built_in;
pub mod called;
pub mod companies;
pub mod compare;
pub mod content;
pub mod events;
pub mod feeds;
pub mod files;
pub mod list;
pub mod loaded;
pub mod masthead;
pub mod occurring;
pub mod pictures;
pub mod plan;
pub mod predictions;
pub mod proposals;
pub mod question;
pub mod remote;
pub mod search;
pub mod sitemap;
pub mod style_sheets;
pub mod taxonomies;
pub mod timeline;
pub mod view;
pub mod weeks;

use feeds::{FeedFormat, FeedOf};
pub use plan::Plan;
use proposals::{Proposal, Proposals, Proposing, Rank, Wanted};

/// A file of the finished site, planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub address: Address,
    pub view: View,
}

/// What a page shows, and of what: ids that mean the same in the next build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The home page; `number` counts the pages of its list.
    Home {
        number: usize,
    },
    /// A content file that is a page, by its path.
    Article {
        path: Arc<str>,
    },
    Section {
        path: Arc<str>,
        number: usize,
    },
    /// The home page of a language that has none of its own in the content.
    LanguageHome {
        language: Arc<str>,
    },
    Terms {
        kind: Kind,
    },
    Term {
        kind: Kind,
        slug: Arc<str>,
        number: usize,
    },
    Companies {
        number: usize,
    },
    Company {
        slug: Arc<str>,
        number: usize,
    },
    CompanyTimeline {
        slug: Arc<str>,
        number: usize,
    },
    Compare,
    Pair {
        first: Arc<str>,
        second: Arc<str>,
    },
    NamedComparison {
        path: Arc<str>,
    },
    Predictions {
        year: Option<i16>,
        number: usize,
    },
    Timeline {
        year: Option<i16>,
        number: usize,
    },
    Corrections {
        year: Option<i16>,
        number: usize,
    },
    Archive {
        year: Option<i16>,
        number: usize,
    },
    Weeks {
        number: usize,
    },
    Week {
        week: Week,
    },
    Events {
        number: usize,
    },
    Event {
        slug: Arc<str>,
        number: usize,
    },
    Data {
        of: DataOf,
        format: DataFormat,
    },
    Feed {
        of: FeedOf,
        format: FeedFormat,
    },
    Opml,
    Llms,
    Robots,
    /// The colours of code by a theme, for the classes that code has.
    CodeStyle {
        theme: Arc<str>,
    },
    SearchIndex {
        language: Arc<str>,
    },
    Sitemap {
        lines: Chunks<sitemap::Line>,
    },
    SitemapIndex {
        parts: Arc<[Address]>,
    },
    NotFound,
    Redirect {
        to: Address,
    },
    File {
        bytes: FileBytes,
    },
    /// A style sheet, by the Sass file that it is made of.
    StyleSheet {
        file: Arc<str>,
    },
}

impl Page {
    /// Whether it is a page that a reader opens, not a data file, a feed or a redirect.
    pub fn is_html(&self) -> bool {
        self.address.as_str().ends_with('/') && !matches!(self.view, View::Redirect { .. })
    }
}

/// What a data file holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DataOf {
    Compare,
    Pair { first: Arc<str>, second: Arc<str> },
    NamedComparison { path: Arc<str> },
    Predictions,
}

/// How a data file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// RFC 8259.
    Json,
    /// RFC 4180.
    Csv,
}

/// Kinds of pages of ours that `[extra.dateline] pages` may name.
pub const VIEWS: [&str; 10] = [
    "archive",
    "companies",
    "compare",
    "corrections",
    "events",
    "feeds",
    "predictions",
    "sources",
    "timeline",
    "weekly",
];

/// The plan of the site before, and what changed since.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    pub change: &'a Change<'a>,
    /// Whether all tables were kept.
    pub tables_stay: bool,
    pub files: &'a [StaticFile],
    pub sass: &'a SassFiles,
    pub plan: &'a Arc<Plan>,
}

/// Plans every file of the site. The plan of the site before is kept if it would be the same, or
/// brought up to date.
pub fn plan(
    site: &Site,
    files: &[StaticFile],
    before: Option<Before<'_>>,
    problems: &mut Diagnostics,
) -> Arc<Plan> {
    let kept = before.filter(|before| {
        let plan = before.plan;
        before.tables_stay
            && before.files == files
            && style_sheets::are_same(before.sass, &site.sass)
            && before.change.leaves(plan.problems(), is_same)
    });
    let plan = match kept {
        Some(before) => before.plan.clone(),
        None => Arc::new(make(site, files, before)),
    };
    problems.extend(plan.problems().iter().cloned());
    plan
}

/// Whether the plan would be the same of either entry, the site's tables being the same.
fn is_same(a: &Entry, b: &Entry) -> bool {
    let name = |stated: &Option<Placed>| stated.as_ref().map(|(name, _)| name.clone());
    let section = |keys: &SectionKeys| {
        let length = (keys.paginate_by, keys.paginate_path.clone());
        let page_template = name(&keys.page_template);
        (
            length,
            page_template,
            keys.redirect_to.clone(),
            keys.generate_feeds,
        )
    };
    let text = |moment: &Option<Moment>| moment.as_ref().map(|moment| moment.text.clone());
    let (x, y) = (a.front_matter(), b.front_matter());
    same_names(&x.aliases, &y.aliases)
        && (x.render, name(&x.template)) == (y.render, name(&y.template))
        && (text(&x.date), text(&x.updated)) == (text(&y.date), text(&y.updated))
        && x.section.as_ref().map(section) == y.section.as_ref().map(section)
}

fn make(site: &Site, files: &[StaticFile], before: Option<Before<'_>>) -> Plan {
    let mut problems = Diagnostics::default();
    if let Some(names) = &site.config.dateline.pages {
        for (name, place) in names.iter().filter(|(name, _)| !VIEWS.contains(&&**name)) {
            problems.unknown_view(name, place.clone(), &VIEWS);
        }
    }
    let room = before.map(|before| before.plan.proposals().room());
    let proposals = propose(site, files, room.unwrap_or_default());
    let Some(before) = before else {
        return Plan::new(site, proposals, problems);
    };
    match before.plan.with(site, proposals, before.change) {
        Ok(plan) => plan,
        Err(proposals) => Plan::new(site, proposals, problems),
    }
}

/// Everything that wants an address; of each part about as much as there is room for.
fn propose(site: &Site, files: &[StaticFile], room: [usize; 3]) -> Proposals {
    let of_files = || {
        let mut proposals = Proposing::with_room(room[0]);
        propose_content(site, &mut proposals);
        propose_files(site, files, &mut proposals);
        style_sheets::propose(site, &mut proposals);
        proposals
    };
    let of_terms = || {
        let mut proposals = Proposing::with_room(room[1]);
        propose_taxonomies(site, &mut proposals);
        feeds::propose(site, &mut proposals);
        search::propose(site, &mut proposals);
        propose_code_styles(site, &mut proposals);
        proposals.zola(Address::file("404.html"), View::NotFound);
        if site.config.generate_robots_txt {
            proposals.zola(Address::file("robots.txt"), View::Robots);
        }
        proposals
    };
    let of_tables = || {
        let mut proposals = Proposing::with_room(room[2]);
        let has_views = makes_overview(site);
        if has_views {
            propose_ours(site, &mut proposals);
        }
        built_in::propose(site, has_views, &mut proposals);
        proposals
    };
    let (of_files, (of_terms, of_tables)) =
        rayon::join(of_files, || rayon::join(of_terms, of_tables));
    Proposals::new([of_files, of_terms, of_tables])
}

/// Whether the site has pages of ours at all, and so `llms.txt`, which names them.
fn makes_overview(site: &Site) -> bool {
    let pages = &site.config.dateline.pages;
    site.is_dateline && pages.as_ref().is_none_or(|names| !names.is_empty())
}

fn propose_code_styles(site: &Site, proposals: &mut Proposing) {
    let highlighting = site.config.markdown.highlighting.as_ref();
    let sheets = highlighting.map(|highlighting| &highlighting.style_sheets);
    for (file, theme) in sheets.into_iter().flatten() {
        let theme = theme.name();
        let view = View::CodeStyle { theme };
        proposals.zola(Address::file(file), view);
    }
}

fn propose_content(site: &Site, proposals: &mut Proposing) {
    let mut has_home = false;
    let hands_down = content::hands_down_template(site);
    for (index, entry) in site.entries.iter() {
        let front_matter = entry.front_matter();
        for (alias, place) in &front_matter.aliases {
            let address = if alias.ends_with(".html") {
                Address::file(alias)
            } else {
                Address::page(alias)
            };
            let view = View::Redirect {
                to: entry.address.clone(),
            };
            proposals.add(Proposal {
                page: Page { address, view },
                rank: Rank::Alias,
                by: Wanted::At(place.clone()),
            });
        }
        if !front_matter.render {
            continue;
        }
        if front_matter.section.is_some() {
            has_home |= entry.address == Address::root();
            propose_section(site, index, proposals);
        } else if let Some(view) = article_view(site, index, hands_down) {
            proposals.content(entry.address.clone(), view, index);
        }
    }
    if !has_home {
        proposals.zola(Address::root(), View::Home { number: 1 });
    }
    for language in &site.config.languages {
        if site.find(&content::root_in(Some(language))).is_none() {
            let language = language.clone();
            let address = addresses::home_in(&language);
            proposals.zola(address, View::LanguageHome { language });
        }
    }
}

/// The view of a page; `None` where a view of ours stands at its address and shows it.
/// `hands_down` is [`content::hands_down_template`].
fn article_view(site: &Site, index: Index, hands_down: bool) -> Option<View> {
    use crate::content::article::Table;
    let entry = site.entry(index);
    let own = View::Article {
        path: entry.article.path.clone(),
    };
    let states_template = entry.front_matter().template.is_some()
        || (hands_down && content::template(site, index).is_some());
    if states_template || entry.article.language.is_some() {
        return Some(own);
    }
    let of_ours = |name: &str| site.makes(name).then_some(());
    let ours = match &entry.article.table {
        Table::Company(_) => of_ours("companies"),
        Table::Comparison(_) => of_ours("compare"),
        Table::Event => of_ours("events"),
        Table::Week(_) => of_ours("weekly"),
        Table::Brief(_) | Table::None => None,
    };
    if ours.is_some() { None } else { Some(own) }
}

fn propose_section(site: &Site, index: Index, proposals: &mut Proposing) {
    let entry = site.entry(index);
    let keys = sections::keys(entry);
    if let Some(to) = &keys.redirect_to {
        let view = View::Redirect {
            to: Address::page(to),
        };
        return proposals.content(entry.address.clone(), view, index);
    }
    if introduces_ours(site, index) {
        return;
    }
    let is_home = entry.address == Address::root();
    let length = if is_home {
        keys.paginate_by
    } else {
        content::page_length(site, index)
    };
    let count = list::page_count(site.sections.get(index).pages.len(), length);
    for number in 1..=count {
        let address = addresses::pager(&entry.address, &keys.paginate_path, number);
        let path = entry.article.path.clone();
        let view = if is_home {
            View::Home { number }
        } else {
            View::Section { path, number }
        };
        proposals.content(address, view, index);
    }
    if keys.paginate_by > 0 {
        let first = entry.address.join(&format!("{}/1/", keys.paginate_path));
        proposals.zola(
            first,
            View::Redirect {
                to: entry.address.clone(),
            },
        );
    }
}

/// Whether a section stands at an address of ours and names no template: then it introduces our
/// view, with its title, description and body.
fn introduces_ours(site: &Site, index: Index) -> bool {
    let entry = site.entry(index);
    let name = entry.address.as_str().trim_matches('/');
    VIEWS.contains(&name)
        && name != "feeds"
        && site.makes(name)
        && entry.front_matter().template.is_none()
        && entry.article.language.is_none()
}

fn propose_taxonomies(site: &Site, proposals: &mut Proposing) {
    for taxonomy in site.taxonomies.all() {
        let kind = &taxonomy.kind;
        let name = &kind.name;
        let ours = **name == *crate::site::taxonomies::SOURCES
            && !site.config.taxonomies.iter().any(|t| t.name == *name);
        if !taxonomy.config.render || (ours && !site.makes(crate::site::taxonomies::SOURCES)) {
            continue;
        }
        if taxonomy.terms.is_empty() && !site.is_dateline {
            // Zola makes no page of it.
            continue;
        }
        proposals.rank(
            Rank::Taxonomy,
            taxonomy.address.clone(),
            View::Terms { kind: kind.clone() },
        );
        let length = taxonomies::page_length(site, taxonomy);
        for term in &taxonomy.terms {
            let pages = list::rendered(site, &term.pages);
            for number in 1..=list::page_count(pages.len(), length) {
                let address =
                    addresses::pager(&term.address, &taxonomy.config.paginate_path, number);
                let view = View::Term {
                    kind: kind.clone(),
                    slug: term.slug.clone(),
                    number,
                };
                proposals.rank(Rank::Taxonomy, address, view);
            }
            if taxonomy.config.paginate_by > 0 && !ours {
                let first = term
                    .address
                    .join(&format!("{}/1/", taxonomy.config.paginate_path));
                proposals.zola(
                    first,
                    View::Redirect {
                        to: term.address.clone(),
                    },
                );
            }
        }
    }
}

fn propose_files(site: &Site, files: &[StaticFile], proposals: &mut Proposing) {
    // The site's own files come first, so that they win over the theme's.
    for kind in [StaticKind::Site, StaticKind::Theme, StaticKind::Content] {
        for file in files.iter().filter(|file| file.kind == kind) {
            let key = if kind == StaticKind::Content {
                file.path.to_string()
            } else {
                format!("/{}", file.path)
            };
            let copies = &site.files.copies;
            let from = copies.partition_point(|(path, _)| **path < *key);
            let copies = copies[from..].iter();
            let copies = copies.take_while(|(path, _)| **path == *key);
            let addresses = site.files.files.get(key.as_str()).into_iter();
            for address in addresses.chain(copies.map(|(_, address)| address)) {
                let view = View::File {
                    bytes: file.bytes.clone(),
                };
                let by = match &file.bytes {
                    FileBytes::OnDisk(path) | FileBytes::Text { file: path, .. } => {
                        Wanted::At(Place::whole(path))
                    }
                    FileBytes::Embedded(_) => Wanted::Nobody,
                };
                proposals.add(Proposal {
                    page: Page {
                        address: address.clone(),
                        view,
                    },
                    rank: Rank::Static,
                    by,
                });
            }
        }
    }
}

fn propose_ours(site: &Site, proposals: &mut Proposing) {
    if site.makes("companies") {
        propose_companies(site, proposals);
    }
    if site.makes("compare") {
        propose_comparisons(site, proposals);
    }
    if site.makes("predictions") {
        let view = |year, number| View::Predictions { year, number };
        proposals.years(&predictions::address(), &predictions::years(site), view);
        for (name, format) in [
            ("predictions.json", DataFormat::Json),
            ("predictions.csv", DataFormat::Csv),
        ] {
            proposals.ours(
                Address::file(name),
                View::Data {
                    of: DataOf::Predictions,
                    format,
                },
            );
        }
    }
    if site.makes("weekly") {
        propose_weeks(site, proposals);
    }
    if site.makes("events") {
        let all = site.events.all();
        proposals.pagers(
            &events::address(),
            all.len(),
            list::DENSE_PAGE_LENGTH,
            |number| View::Events { number },
        );
        for event in all {
            let slug = &event.slug;
            proposals.pagers(
                &event.address,
                event.briefs.len(),
                list::PAGE_LENGTH,
                |number| View::Event {
                    slug: slug.clone(),
                    number,
                },
            );
        }
    }
    let years = |list: &crate::site::timeline::Timeline| -> Vec<(i16, usize)> {
        list.years()
            .map(|year| (year, list.year(year).len()))
            .collect()
    };
    if site.makes("timeline") {
        let view = |year, number| View::Timeline { year, number };
        proposals.years(&timeline::timeline_address(), &years(site.timeline()), view);
    }
    if site.makes("corrections") {
        let view = |year, number| View::Corrections { year, number };
        proposals.years(
            &timeline::corrections_address(),
            &years(&site.corrections),
            view,
        );
    }
    if site.makes("archive") {
        let view = |year, number| View::Archive { year, number };
        proposals.years(&archive::address(), &archive::years(site), view);
    }
    proposals.ours(Address::file("llms.txt"), View::Llms);
}

fn propose_companies(site: &Site, proposals: &mut Proposing) {
    let all = site.companies.all();
    let list = Address::page("companies");
    proposals.pagers(&list, all.len(), list::DENSE_PAGE_LENGTH, |number| {
        View::Companies { number }
    });
    for index in site.companies.indexes() {
        let company = site.companies.get(index);
        let slug = &company.slug;
        proposals.pagers(
            &company.address,
            company.briefs.len(),
            list::PAGE_LENGTH,
            |number| View::Company {
                slug: slug.clone(),
                number,
            },
        );
        let items = site.timeline().of_company(index).len();
        if site.makes("timeline") && items > 0 {
            let timeline = company.address.join("timeline/");
            proposals.pagers(&timeline, items, list::DENSE_PAGE_LENGTH, |number| {
                View::CompanyTimeline {
                    slug: slug.clone(),
                    number,
                }
            });
        }
    }
}

fn propose_comparisons(site: &Site, proposals: &mut Proposing) {
    let list = Address::page("compare");
    let mut propose = |address: Address, view: View, of: DataOf| {
        for (name, format) in [
            ("data.json", DataFormat::Json),
            ("data.csv", DataFormat::Csv),
        ] {
            proposals.ours(
                address.join(name),
                View::Data {
                    of: of.clone(),
                    format,
                },
            );
        }
        proposals.ours(address, view);
    };
    propose(list, View::Compare, DataOf::Compare);
    for named in &site.compare().named {
        let entry = site.entry(named.page);
        let path = &entry.article.path;
        let view = View::NamedComparison { path: path.clone() };
        propose(
            entry.address.clone(),
            view,
            DataOf::NamedComparison { path: path.clone() },
        );
    }
    for pair in &site.compare().pairs {
        // A named comparison at the address of a pair is that pair.
        if site.compare().named.iter().any(|named| {
            named
                .pair
                .is_some_and(|p| (p.first, p.second) == (pair.first, pair.second))
        }) {
            continue;
        }
        let slug = |company| site.companies.get(company).slug.clone();
        let (first, second) = (slug(pair.first), slug(pair.second));
        let of = DataOf::Pair {
            first: first.clone(),
            second: second.clone(),
        };
        propose(
            compare::pair_address(site, *pair),
            View::Pair { first, second },
            of,
        );
    }
}

fn propose_weeks(site: &Site, proposals: &mut Proposing) {
    let list = weeks::address();
    let count = site.weeks.all().len();
    proposals.pagers(&list, count, list::DENSE_PAGE_LENGTH, |number| {
        View::Weeks { number }
    });
    for (week, recap) in site.weeks.all() {
        proposals.ours(recap.address.clone(), View::Week { week });
    }
    if let Some((_, newest)) = site.weeks.all().next_back() {
        proposals.ours(
            list.join("latest/"),
            View::Redirect {
                to: newest.address.clone(),
            },
        );
    }
}

impl View {
    /// Which page of a list it is, from 1.
    pub fn number(&self) -> usize {
        match self {
            View::Home { number }
            | View::Section { number, .. }
            | View::Term { number, .. }
            | View::Companies { number }
            | View::Company { number, .. }
            | View::CompanyTimeline { number, .. }
            | View::Predictions { number, .. }
            | View::Timeline { number, .. }
            | View::Corrections { number, .. }
            | View::Archive { number, .. }
            | View::Weeks { number }
            | View::Events { number }
            | View::Event { number, .. } => *number,
            _ => 1,
        }
    }
}

/// Where a year of a list stands.
fn year_address(list: &Address, year: Option<i16>, newest: Option<i16>) -> Address {
    match (year, newest) {
        (Some(year), Some(newest)) => addresses::year(list, year, newest),
        _ => list.clone(),
    }
}

/// Years before and after its own that a page links to.
const YEARS_AROUND: usize = 20;

/// Links to the years of a list, those around the one that is shown.
fn year_links(list: &Address, years: &[(i16, usize)], current: Option<i16>) -> Value {
    let newest = years.first().map(|(year, _)| *year);
    let at = years
        .iter()
        .position(|(year, _)| Some(*year) == current)
        .unwrap_or(0);
    let near = &years[at.saturating_sub(YEARS_AROUND)..years.len().min(at + YEARS_AROUND + 1)];
    Value::list(near.iter().map(|(year, count)| {
        Value::map([
            ("name", Value::from(i64::from(*year))),
            ("path", (&year_address(list, Some(*year), newest)).into()),
            ("count", (*count).into()),
        ])
    }))
}
