//! What the articles add up to. The only step that sees all of them.
//!
//! A `Site` is made once, complete, and never changed. Each kind of thing that is read out of the
//! briefs has a file and a table of its own here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Config;
use crate::content::Article;
use crate::content::article::Table;
use crate::content::brief::Brief;
use crate::content::date::PartialDate;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::{
    AskedFile, FileBytes, Preview, SassCompiler, SassFiles, Shelf, StaticFile, StaticKind,
};
use crate::maps::{HashMap, HashSet};
use crate::value::Value;

pub mod addresses;
pub mod anchors;
pub mod changes;
pub mod companies;
pub mod compare;
pub mod counts;
pub mod entries;
pub mod events;
pub mod features;
pub mod held_back;
pub mod identity;
pub mod kept;
pub mod links;
pub mod lists;
mod making;
pub mod observations;
mod on_demand;
pub mod pictures;
pub mod predictions;
pub mod related;
pub mod sections;
pub mod shown;
pub mod summaries;
pub mod taxonomies;
pub mod timeline;
pub mod weeks;

use anchors::AnchorLinks;
use companies::Companies;
use compare::Compare;
pub use entries::{Entries, Entry, Index};
use events::Events;
use held_back::HeldBack;
use identity::Identities;
use kept::{Change, Earlier, Kept};
use making::Making;
use on_demand::OnDemand;
use pictures::Pictures;
use predictions::Predictions;
use sections::Sections;
use shown::AllShown;
use summaries::Cutoff;
use taxonomies::Taxonomies;
use timeline::Timeline;
use weeks::Weeks;

/// All that is published, and what is derived from it.
#[derive(Debug)]
pub struct Site {
    pub config: Arc<Config>,
    pub now: Timestamp,
    /// The day in the site's time zone.
    pub today: Date,
    pub preview: Preview,
    /// Whether pages of ours are made at all (design: config has our table, or a page is a brief).
    pub is_dateline: bool,
    /// Whether the built-in theme lays the site out: it has lists of cards, each cut into pages.
    /// Any other theme gets Zola's lists of whole pages.
    pub theme_is_ours: bool,
    /// Whether a template may read the table of contents of a page.
    pub reads_toc: bool,
    /// The links in headings, as the theme makes them.
    pub anchor_links: AnchorLinks,
    /// How summaries end that break off in a block.
    pub cutoff: Cutoff,
    /// Pages and sections, sorted by path.
    pub entries: Arc<Entries>,
    held_back: HeldBack,
    pub files: links::Placed,
    /// The variables of the environment that templates may read, as far as they are set.
    pub environment: Arc<BTreeMap<Arc<str>, Arc<str>>>,
    /// Files that templates ask for by name.
    pub shelf: Arc<dyn Shelf>,
    /// Static files that lie nowhere in the site, by where they go.
    pub not_on_disk: HashMap<Arc<str>, Arc<AskedFile>>,
    /// `themes/NAME`, if the theme could lie there.
    pub theme_folder: Option<Arc<str>>,
    /// The pictures that pages and shortcodes of this site asked for, and those of the sites before it.
    pub pictures: Arc<Pictures>,
    /// What style sheets are made of.
    pub sass: SassFiles,
    /// The style sheets that templates asked for, made of the same Sass.
    pub sheets: Arc<Sheets>,
    pub sass_compiler: Arc<dyn SassCompiler>,
    /// The pages and sections whose text names an entry (`@/path.md`), by path.
    pub backlinks: Kept<HashMap<Index, Vec<Index>>>,
    /// Briefs of the default language, newest first.
    pub briefs: Arc<[Index]>,
    pub sections: Kept<Sections>,
    pub taxonomies: Kept<Taxonomies>,
    pub identities: Kept<Identities>,
    pub companies: Kept<Companies>,
    compare: OnDemand<Compare>,
    pub predictions: Kept<Predictions>,
    timeline: OnDemand<Timeline>,
    pub corrections: Kept<Timeline>,
    pub events: Kept<Events>,
    pub weeks: Kept<Weeks>,
    /// What briefs lack.
    brief_problems: Vec<Diagnostic>,
    /// What is wrong with links between the files.
    link_problems: Vec<Diagnostic>,
    pub dates: Arc<Dates>,
    pub shown: AllShown,
}

/// Style sheets by their Sass files, each with the files that it was made of.
pub type Sheets = Mutex<BTreeMap<Arc<str>, (Arc<str>, Vec<Arc<str>>)>>;

/// Why an article is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    Draft,
    /// Its date lies in the future.
    Scheduled,
    /// The file has errors, which are reported.
    Broken,
}

/// Dates as templates see them. A site names few dates, each of them often.
#[derive(Debug, Default)]
pub struct Dates {
    known: RwLock<HashMap<PartialDate, Value>>,
}

impl Dates {
    /// What `make` makes of a date, made once.
    pub fn get(&self, date: PartialDate, make: impl FnOnce(PartialDate) -> Value) -> Value {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&date) {
            return known.clone();
        }
        drop(known);
        let made = make(date);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(date, made.clone());
        made
    }
}

/// What a site is made of.
#[derive(Debug)]
pub struct Parts<'a> {
    pub config: Arc<Config>,
    pub articles: Vec<Arc<Article>>,
    /// Paths of files that have errors; nothing about them is reported twice.
    pub broken: Vec<Arc<str>>,
    pub files: &'a [StaticFile],
    pub shelf: &'a Arc<dyn Shelf>,
    pub environment: &'a Arc<BTreeMap<Arc<str>, Arc<str>>>,
    /// See [`Site::theme_folder`].
    pub theme_folder: Option<Arc<str>>,
    /// See [`Site::pictures`].
    pub pictures: Arc<Pictures>,
    pub sass: &'a SassFiles,
    pub sass_compiler: &'a Arc<dyn SassCompiler>,
    pub now: Timestamp,
    pub preview: Preview,
    /// See [`Site::theme_is_ours`].
    pub theme_is_ours: bool,
    /// See [`Site::reads_toc`].
    pub reads_toc: bool,
    pub anchor_links: AnchorLinks,
    pub cutoff: Cutoff,
}

impl Site {
    /// Builds the site. The result depends on the set of articles alone, not on their order.
    pub fn new(parts: Parts<'_>, problems: &mut Diagnostics) -> Site {
        Site::after(None, parts, problems)
    }

    /// Builds the site that follows on another of the same configuration, and takes over what is
    /// the same. It is equal to [`Site::new`] of the same parts.
    #[expect(
        clippy::too_many_lines,
        reason = "one straight line from table to table, and a field for each"
    )]
    pub fn after(before: Option<&Site>, parts: Parts<'_>, problems: &mut Diagnostics) -> Site {
        let Parts {
            config,
            mut articles,
            now,
            preview,
            ..
        } = parts;
        articles.sort_by(|a, b| a.path.cmp(&b.path));
        let has_briefs = articles.iter().any(|a| matches!(a.table, Table::Brief(_)));
        let is_dateline = config.is_dateline || has_briefs;
        let today = now.to_zoned(config.dateline.time_zone.clone()).date();
        let held_back = hide(&mut articles, parts.broken, now, preview);
        let before = before.filter(|before| {
            (before.is_dateline, before.today) == (is_dateline, today)
                && before.held_back.is_same(&held_back)
                && before.entries.may_be_followed_by(articles.len())
        });
        let entries = before.map(|before| &*before.entries);
        let entries = Arc::new(Entries::after(entries, articles, &config));
        let change = before.map(|before| Change::between(&before.entries, &entries));
        let before = before.zip(change.as_ref());
        let before = before.map(|(site, change)| Earlier { site, change });
        let briefs = match before {
            Some(before) => before.briefs(&entries),
            None => entries.newest_first(is_brief_of_default_language).into(),
        };
        let brief_problems = match before {
            Some(before) => before
                .change
                .recheck(&before.site.brief_problems, |e| check_brief(e, problems)),
            None => entries
                .all()
                .flat_map(|e| check_brief(e, problems))
                .collect(),
        };
        problems.extend(brief_problems.iter().cloned());
        let making = Making {
            before,
            entries: &entries,
            briefs: &briefs,
            held_back: &held_back,
            config: &config,
            is_dateline,
            today,
        };
        let (companies, (sections, taxonomies, identities)) = at_once(
            problems,
            |problems| making.companies(problems),
            |problems| {
                let sections = making.sections(problems);
                let taxonomies = making.taxonomies(problems);
                (sections, taxonomies, making.identities(problems))
            },
        );
        let making_of = making.of(&companies);
        // Whoever is done with one of the three takes the next.
        let (compare, (predictions, (timeline, corrections))) = at_once(
            problems,
            |problems| OnDemand::new(making_of.compare(problems)),
            |problems| {
                at_once(
                    problems,
                    |problems| making_of.predictions(&identities, problems),
                    |problems| {
                        let timeline = OnDemand::new(making_of.timeline(problems));
                        (timeline, making_of.corrections(problems))
                    },
                )
            },
        );
        let read = weeks::Read {
            entries: &entries,
            briefs: &briefs,
            corrections: &corrections,
            identities: &identities,
        };
        let are_same = |before: &Site| {
            corrections.is(&before.corrections) && identities.is(&before.identities)
        };
        let (weeks, (events, backlinks)) = at_once(
            problems,
            |problems| making.weeks(&read, are_same, problems),
            |problems| (making.events(problems), making.backlinks(problems)),
        );
        let mut site = Site {
            files: links::place_files(parts.files, &entries, &held_back, &config),
            shelf: parts.shelf.clone(),
            environment: parts.environment.clone(),
            not_on_disk: not_on_disk(parts.files),
            theme_folder: parts.theme_folder,
            pictures: parts.pictures,
            sheets: match before.filter(|before| before.site.sass == *parts.sass) {
                Some(before) => before.site.sheets.clone(),
                None => Arc::default(),
            },
            sass: parts.sass.clone(),
            sass_compiler: parts.sass_compiler.clone(),
            config,
            now,
            today,
            preview,
            is_dateline,
            theme_is_ours: parts.theme_is_ours,
            reads_toc: parts.reads_toc,
            anchor_links: parts.anchor_links.clone(),
            cutoff: parts.cutoff,
            backlinks,
            events,
            held_back,
            briefs,
            sections,
            taxonomies,
            identities,
            companies,
            compare,
            predictions,
            timeline,
            corrections,
            weeks,
            brief_problems,
            link_problems: Vec::new(),
            dates: before.map_or_else(Arc::default, |b| b.site.dates.clone()),
            shown: AllShown::default(),
            entries: entries.clone(),
        };
        site.link_problems = links::check(&site, before);
        problems.extend(site.link_problems.iter().cloned());
        site
    }

    /// Whether all tables are those of the site before.
    pub fn has_tables_of(&self, before: &Site) -> bool {
        self.companies.is(&before.companies)
            && self.sections.is(&before.sections)
            && self.taxonomies.is(&before.taxonomies)
            && self.identities.is(&before.identities)
            && self.compare.is(&before.compare)
            && self.predictions.is(&before.predictions)
            && self.timeline.is(&before.timeline)
            && self.corrections.is(&before.corrections)
            && self.events.is(&before.events)
            && self.weeks.is(&before.weeks)
            && self.held_back.is_same(&before.held_back)
    }

    /// An entry by its index.
    pub fn entry(&self, index: Index) -> &Entry {
        &self.entries[index]
    }

    /// An entry by its path from `content/`.
    pub fn find(&self, path: &str) -> Option<Index> {
        self.entries.find(path)
    }

    /// Why an article is not published; `None` if it is, or if there is no such file.
    pub fn hidden(&self, path: &str) -> Option<Hidden> {
        self.held_back.reason(path)
    }

    /// How many articles are held back for a reason.
    pub fn hidden_count(&self, reason: Hidden) -> usize {
        self.held_back.count(reason)
    }

    /// Where the drafts that are held back would stand, in the form of
    /// [`crate::address::Address::folded`].
    pub fn draft_addresses(&self) -> HashSet<String> {
        let held_back = self.held_back.addresses(&self.config).into_iter();
        let drafts = held_back.filter(|(_, reason)| *reason == Hidden::Draft);
        drafts.map(|(address, _)| address).collect()
    }

    /// What the briefs observed of the companies.
    pub fn compare(&self) -> &Compare {
        self.compare.get(|| {
            let read = compare::Read {
                entries: &self.entries,
                briefs: &self.briefs,
                companies: &self.companies,
                held_back: &self.held_back,
            };
            // What it reports is of pages with a comparison, and with those it was made at once.
            Compare::new(&read, &mut Diagnostics::default())
        })
    }

    /// What happened when.
    pub fn timeline(&self) -> &Timeline {
        self.timeline.get(|| {
            let read = timeline::Read {
                entries: &self.entries,
                companies: &self.companies,
                of: timeline::TIMELINE,
            };
            Timeline::new(&read, &self.briefs)
        })
    }

    /// Whether a view of ours is wanted (`[extra.dateline] pages`).
    pub fn makes(&self, view: &str) -> bool {
        self.is_dateline
            && self
                .config
                .dateline
                .pages
                .as_ref()
                .is_none_or(|names| names.iter().any(|(name, _)| **name == *view))
    }

    /// Whether lists are cut into pages also where nobody asked for it, so that none grows without
    /// bound: on a Dateline site whose theme links the pages of a list.
    pub fn cuts_lists(&self) -> bool {
        self.is_dateline && self.theme_is_ours
    }

    /// When the day of the build began in the site's time zone, as RFC 3339 text.
    pub fn midnight(&self) -> String {
        let zone = &self.config.dateline.time_zone;
        let begin = self.today.to_zoned(zone.clone());
        begin.map_or_else(
            |_| self.now.to_string(),
            |begin| begin.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        )
    }

    /// Whether an entry is a brief that is shown before its time.
    pub fn is_scheduled(&self, entry: &Entry) -> bool {
        entry.brief().is_some() && entry.instant() > self.now
    }

    /// The brief of an entry that is one.
    pub fn brief(&self, index: Index) -> &Brief {
        self.entry(index)
            .brief()
            .expect("the index was taken from the list of briefs")
    }
}

/// Makes two things at the same time; what each reports comes in this order.
fn at_once<A: Send, B: Send>(
    problems: &mut Diagnostics,
    first: impl FnOnce(&mut Diagnostics) -> A + Send,
    second: impl FnOnce(&mut Diagnostics) -> B + Send,
) -> (A, B) {
    let (mut of_first, mut of_second) = (Diagnostics::default(), Diagnostics::default());
    let made = rayon::join(|| first(&mut of_first), || second(&mut of_second));
    problems.extend(of_first.into_vec().into_iter().chain(of_second.into_vec()));
    made
}

/// Takes out what is not published, and says why of each.
fn hide(
    articles: &mut Vec<Arc<Article>>,
    broken: Vec<Arc<str>>,
    now: Timestamp,
    preview: Preview,
) -> HeldBack {
    let mut held_back = HeldBack::broken(broken);
    articles.retain(|article| match hidden_reason(article, now, preview) {
        Some(reason) => {
            held_back.insert(article, reason);
            false
        }
        None => true,
    });
    hide_below_draft_sections(articles, &mut held_back, preview);
    held_back
}

fn hidden_reason(article: &Article, now: Timestamp, preview: Preview) -> Option<Hidden> {
    if article.front_matter.draft && !preview.drafts {
        return Some(Hidden::Draft);
    }
    let is_brief = matches!(article.table, Table::Brief(_));
    let scheduled = article
        .front_matter
        .date
        .as_ref()
        .is_some_and(|date| date.instant > now);
    (is_brief && scheduled && !preview.scheduled).then_some(Hidden::Scheduled)
}

/// A section that is a draft hides everything below it, as in Zola.
fn hide_below_draft_sections(
    articles: &mut Vec<Arc<Article>>,
    held_back: &mut HeldBack,
    preview: Preview,
) {
    if preview.drafts {
        return;
    }
    let drafts: Vec<String> = held_back
        .draft_folders()
        .into_iter()
        .map(str::to_owned)
        .collect();
    if drafts.is_empty() {
        return;
    }
    articles.retain(|article| {
        let below = drafts
            .iter()
            .any(|folder| article.path.starts_with(folder.as_str()));
        if below {
            held_back.insert(article, Hidden::Draft);
        }
        !below
    });
}

/// What a brief lacks that every list of ours shows of it.
///
/// A title or date that is there but wrong was reported when it was read.
/// The static files that templates cannot be given from the disk.
fn not_on_disk(files: &[StaticFile]) -> HashMap<Arc<str>, Arc<AskedFile>> {
    let is_wanted = |file: &&StaticFile| {
        file.kind != StaticKind::Content && !matches!(file.bytes, FileBytes::OnDisk(_))
    };
    let files = files.iter().filter(is_wanted);
    // The site's own files come after those of the theme, which they stand in for.
    let files = files.map(|file| {
        let asked = AskedFile::new(&file.path, Some(file.bytes.clone()));
        (file.path.clone(), asked)
    });
    files.collect()
}

fn check_brief(entry: &Entry, known: &Diagnostics) -> Vec<Diagnostic> {
    let mut problems = Diagnostics::default();
    if let Some(brief) = entry.brief() {
        let (front_matter, file) = (entry.front_matter(), &entry.article.file);
        let title = front_matter.title.as_deref().unwrap_or_default();
        if title.trim().is_empty() && !known.has_any_of(file, &["wrong-type"]) {
            problems.brief_without_title(brief.place.clone());
        }
        if front_matter.date.is_none() && !known.has_any_of(file, &["bad-date", "wrong-type"]) {
            problems.brief_without_date(brief.place.clone());
        }
    }
    problems.into_vec()
}

/// Whether an entry counts in what is read out of the briefs: translations share one identity.
fn is_brief_of_default_language(entry: &Entry) -> bool {
    entry.brief().is_some() && entry.article.language.is_none()
}
