//! Questions to the site: the only way in which a page learns about anything but its own address.
//!
//! Every answer is recorded with its question. A page rendered before is still right if its plan,
//! its templates and today's answers to its recorded questions are the same.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::called::{self, Called};
use super::{
    DataOf, archive, companies, compare, content, events, feeds, files, masthead, pictures,
    predictions, remote, search, sitemap, style_sheets, taxonomies, timeline, view, weeks,
};
use crate::config::Config;
use crate::diagnostic::with_hint;
use crate::input::{SassCompiler, SassFiles};
use crate::maps::HashMap;
use crate::site::taxonomies::Kind;
use crate::site::weeks::Week;
use crate::site::{Sheets, Site};
use crate::value::{Hash, Value};

/// What a page, or a function that a template calls, may want to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// The configuration as templates see it; `None`: in the default language.
    Config {
        language: Option<Arc<str>>,
    },
    /// What stands on every page: name, navigation, feeds.
    Masthead,
    /// When the day of the build began in the site's time zone: RFC 3339 text with an offset.
    Today,
    /// The date of the newest brief, as it is written.
    NewestDate,
    /// A page by its path from `content/`: everything that Zola's `page` has, and its neighbours.
    Page {
        path: Arc<str>,
    },
    /// A section by its path from `content/`, with its pages unless only its metadata is wanted.
    Section {
        path: Arc<str>,
        with_pages: bool,
    },
    /// A page or section by its path as shortcodes see it: without what is made of bodies or lists.
    Bare {
        path: Arc<str>,
    },
    /// The `_index.md` at this path if there is one, which introduces a view of ours.
    Introduction {
        path: Arc<str>,
    },
    /// The sections above a content file, but the home page: links.
    Way {
        path: Arc<str>,
    },
    /// How a content file is laid out: the template that it states, whether it is a brief, whether
    /// its list is cut into pages as Zola does it.
    Layout {
        path: Arc<str>,
    },
    /// The typed parts of a brief, by its path from `content/`.
    Brief {
        path: Arc<str>,
    },
    /// The text of a brief, with a fragment at each prediction.
    BriefText {
        path: Arc<str>,
    },
    /// The briefs related to a brief.
    Related {
        path: Arc<str>,
    },
    /// One page of the list of a section, as cards or with whole pages as Zola's templates have it.
    SectionList {
        path: Arc<str>,
        number: usize,
        as_cards: bool,
    },
    /// What the home page shows beside the newest briefs.
    Home,
    /// The address of a content file (`@/path.md#fragment` without the `@/`).
    Permalink {
        target: Arc<str>,
    },
    /// The permalink of a term.
    TermPermalink {
        kind: Kind,
        term: Arc<str>,
    },
    /// The list of the terms of a taxonomy.
    Terms {
        kind: Kind,
    },
    /// A taxonomy as Zola has it, with all pages of all terms.
    Taxonomy {
        kind: Kind,
    },
    /// A term, by its slug, with one page of its list.
    Term {
        kind: Kind,
        slug: Arc<str>,
        number: usize,
    },
    /// One page of the list of a term, by its slug, with whole pages as Zola's templates have it.
    TermList {
        kind: Kind,
        slug: Arc<str>,
        number: usize,
    },
    /// A term as Zola has it, by its slug, with all of its pages.
    TermInFull {
        kind: Kind,
        slug: Arc<str>,
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
    /// The list of comparisons and the big table.
    Compare,
    /// The comparison of two companies, by slugs in order.
    Pair {
        first: Arc<str>,
        second: Arc<str>,
    },
    /// A named comparison, by the path of its page.
    NamedComparison {
        path: Arc<str>,
    },
    /// What a data file is made of: everything, what the big table leaves out too.
    Data {
        of: DataOf,
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
    /// The entries of a feed.
    Feed {
        of: feeds::FeedOf,
    },
    /// A feed as Zola's templates know it, with whole pages.
    FeedInFull {
        of: feeds::FeedOf,
    },
    /// What the search index of a language is made of.
    SearchDocuments {
        language: Arc<str>,
    },
    /// The Sass file that the style sheet at an address is made of; absent if there is none.
    SheetAt {
        address: Arc<str>,
    },
    /// The text of a Sass file, by its path from the root of the site, if there is one.
    SassFile {
        file: Arc<str>,
    },
    /// The table `[extra]` of each page and section, by address.
    Extras,
    /// All feeds of the site.
    FeedList,
    /// The briefs, tags and companies that `llms.txt` names.
    Overview,
    /// A variable of the environment; absent if it is not set.
    Variable {
        name: Arc<str>,
    },
    /// Something of a file of the site that a template names; absent if there is no such file.
    File {
        path: Arc<str>,
        wanted: files::Wanted,
    },
    /// Data that another host has; absent if it has none.
    Remote(remote::Wanted),
    /// What a function gives that asks for what is ours by name.
    Called(Called),
}

/// What the site says: a value, or why there is none.
pub type Answer = Result<Value, String>;

/// The answer to a question; the same question gets the same answer from an equal site.
pub fn answer(site: &Site, question: &Question) -> Answer {
    match question {
        Question::Config { language } => Ok(match language {
            None => site.config.value.clone(),
            Some(language) => site.config.value_in(language).clone(),
        }),
        Question::Masthead => Ok(masthead::answer(site)),
        Question::Today => Ok(site.midnight().into()),
        Question::NewestDate => Ok(content::newest_date(site)),
        Question::Page { path } => content::page(site, path),
        Question::Section { path, with_pages } => content::section(site, path, *with_pages),
        Question::Bare { path } => content::bare(site, path),
        Question::Introduction { path } => content::introduction(site, path),
        Question::Way { path } => content::way(site, path),
        Question::Layout { path } => content::layout(site, path),
        Question::Brief { path } => view::brief(site, path),
        Question::BriefText { path } => view::brief_text(site, path),
        Question::Related { path } => view::related(site, path),
        Question::SectionList {
            path,
            number,
            as_cards,
        } => content::section_list(site, path, *number, *as_cards),
        Question::Home => Ok(content::home(site)),
        Question::Permalink { target } => site.permalink_of(target).map(Value::from),
        Question::TermPermalink { kind, term } => taxonomies::permalink(site, kind, term),
        Question::Terms { kind } => taxonomies::terms(site, kind),
        Question::TermList { kind, slug, number } => {
            taxonomies::term_list(site, kind, slug, *number)
        }
        Question::Taxonomy { kind } => taxonomies::in_full(site, kind),
        Question::TermInFull { kind, slug } => taxonomies::term_in_full(site, kind, slug),
        Question::Term { kind, slug, number } => taxonomies::term(site, kind, slug, *number),
        Question::Companies { number } => Ok(companies::list(site, *number)),
        Question::Company { slug, number } => companies::company(site, slug, *number),
        Question::CompanyTimeline { slug, number } => companies::timeline(site, slug, *number),
        Question::Compare => Ok(compare::index(site)),
        Question::Pair { first, second } => compare::pair(site, first, second),
        Question::NamedComparison { path } => compare::named(site, path),
        Question::Data { of } => data(site, of),
        Question::Predictions { year, number } => Ok(predictions::ledger(site, *year, *number)),
        Question::Timeline { year, number } => Ok(timeline::timeline(site, *year, *number)),
        Question::Corrections { year, number } => Ok(timeline::corrections(site, *year, *number)),
        Question::Archive { year, number } => Ok(archive::answer(site, *year, *number)),
        Question::Weeks { number } => Ok(weeks::list(site, *number)),
        Question::Week { week } => weeks::week(site, *week),
        Question::Events { number } => Ok(events::list(site, *number)),
        Question::Event { slug, number } => events::event(site, slug, *number),
        Question::Feed { of } => feeds::feed(site, of),
        Question::FeedInFull { of } => feeds::in_full(site, of),
        Question::Called(called) => called::answer(site, called),
        Question::Extras => Ok(sitemap::extras(site)),
        Question::SearchDocuments { language } => search::documents(site, language),
        Question::SassFile { file } => style_sheets::text(site, file),
        Question::SheetAt { address } => Ok(style_sheets::at(site, address)),
        Question::FeedList => Ok(feeds::list(site)),
        Question::Overview => Ok(feeds::overview(site)),
        Question::Variable { name } => variable(site, name),
        Question::Remote(wanted) => remote::answer(site, wanted),
        Question::File { path, wanted } => files::answer(site, path, *wanted),
    }
}

fn variable(site: &Site, name: &str) -> Answer {
    if !site
        .config
        .dateline
        .env
        .iter()
        .any(|known| **known == *name)
    {
        return Err(with_hint(
            "templates cannot read environment variables that the configuration does not allow",
            format_args!("`env = [\"{name}\"]` under `[extra.dateline]` allows `{name}`"),
        ));
    }
    let found = site.environment.get(name);
    Ok(found.map_or(Value::None, Value::from))
}

fn data(site: &Site, of: &DataOf) -> Answer {
    match of {
        DataOf::Compare => Ok(compare::data(site)),
        DataOf::Pair { first, second } => compare::pair_data(site, first, second),
        DataOf::NamedComparison { path } => compare::named_data(site, path),
        DataOf::Predictions => Ok(predictions::data(site)),
    }
}

/// A question that a page asked, with the answer that it got.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub question: Question,
    pub answer: Answer,
}

/// Asks the site on behalf of one page and keeps a record of it.
#[derive(Debug)]
pub struct Asker {
    /// Without a site, every question must be among those answered beforehand.
    site: Option<Arc<Site>>,
    /// Whether bodies are not complete yet, for their shortcodes are being expanded.
    is_early: bool,
    asked: RefCell<Asked>,
    pictures: RefCell<pictures::Budget>,
}

/// What was asked, each question once: a list of 100 cards asks for the configuration 100 times.
#[derive(Debug, Default)]
struct Asked {
    lookups: Vec<Lookup>,
    /// Where in `lookups` a question stands.
    places: HashMap<Question, usize>,
}

impl Asker {
    /// An asker with an empty record.
    pub fn new(site: Arc<Site>) -> Rc<Asker> {
        Rc::new(Asker {
            site: Some(site),
            is_early: false,
            asked: RefCell::default(),
            pictures: RefCell::default(),
        })
    }

    /// An asker for shortcodes, of a site whose bodies are not complete.
    pub fn early(site: Arc<Site>) -> Rc<Asker> {
        Rc::new(Asker {
            site: Some(site),
            is_early: true,
            asked: RefCell::default(),
            pictures: RefCell::default(),
        })
    }

    /// Whether a shortcode is being expanded, which sees no bodies and no lists.
    pub fn is_early(&self) -> bool {
        self.is_early
    }

    /// An asker that gives these answers and no others: renders without a site.
    pub fn prepared(answers: impl IntoIterator<Item = Lookup>) -> Rc<Asker> {
        let mut asked = Asked::default();
        for lookup in answers {
            asked.keep(lookup.question, lookup.answer);
        }
        Rc::new(Asker {
            site: None,
            is_early: false,
            asked: RefCell::new(asked),
            pictures: RefCell::default(),
        })
    }

    /// The configuration. It is no question: when it changes, nothing remembered is kept.
    pub fn config(&self) -> &Config {
        &self
            .site
            .as_ref()
            .expect("pages are rendered with a site")
            .config
    }

    /// Whether the built-in theme lays the site out. It is no question either.
    pub fn theme_is_ours(&self) -> bool {
        self.site.as_ref().is_some_and(|site| site.theme_is_ours)
    }

    /// The Sass of the site, its compiler, and the style sheets that were made for templates. What
    /// is read of it has to be asked for besides.
    pub fn sass(&self) -> Option<(&SassFiles, &dyn SassCompiler, &Sheets)> {
        let site = self.site.as_ref()?;
        Some((&site.sass, &*site.sass_compiler, &site.sheets))
    }

    /// The folder of the theme, for messages. It is no question either.
    pub fn theme_folder(&self) -> Option<Arc<str>> {
        self.site.as_ref()?.theme_folder.clone()
    }

    /// Asks, and records question and answer. A question asked again has the answer it had.
    pub fn ask(&self, question: Question) -> Answer {
        if let Some(known) = self.asked.borrow().get(&question) {
            return known;
        }
        let answer = match &self.site {
            Some(site) => answer(site, &question),
            None => Err(format!("nobody can answer {question:?}")),
        };
        self.asked.borrow_mut().keep(question, answer.clone());
        answer
    }

    /// Counts a picture that the page asked for. The record has the answer of the site, which is the
    /// same on every page, and not what this says.
    ///
    /// # Errors
    /// That the page asks for too many, in words.
    pub fn count_picture(&self, picture: &Value) -> Result<(), String> {
        self.pictures.borrow_mut().count(picture)
    }

    /// What was asked up to now.
    pub fn record(&self) -> Vec<Lookup> {
        self.asked.take().lookups
    }
}

impl Asked {
    fn get(&self, question: &Question) -> Option<Answer> {
        let place = self.places.get(question)?;
        Some(self.lookups[*place].answer.clone())
    }

    fn keep(&mut self, question: Question, answer: Answer) {
        self.places.insert(question.clone(), self.lookups.len());
        self.lookups.push(Lookup { question, answer });
    }
}

/// The digest of an answer, an error's text included.
pub fn hash_of(answer: &Answer) -> Hash {
    match answer {
        Ok(value) => value.hash(),
        Err(reason) => Hash::of(reason.as_bytes()),
    }
}
