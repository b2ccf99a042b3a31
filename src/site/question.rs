//! Questions to the site: the only way in which a page learns about anything but its own address.
//!
//! Every answer is recorded with its question. A page rendered before is still right if its plan,
//! its templates and today's answers to its recorded questions are the same.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Site;
use crate::value::{Hash, Value};

/// What a page, or a function that a template calls, may want to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// The configuration as templates see it.
    Config,
    /// A page by its path from `content/`: everything that Zola's `page` has.
    Page { path: Arc<str> },
    /// A section by its path from `content/`, with its pages unless only its metadata is wanted.
    Section { path: Arc<str>, with_pages: bool },
    /// The address of a content file (`@/path.md#fragment` without the `@/`).
    Permalink { target: Arc<str> },
    /// The permalink of a term, by its name; in the default language if none is named.
    TermPermalink {
        kind: Arc<str>,
        term: Arc<str>,
        language: Option<Arc<str>>,
    },
    /// A taxonomy as Zola's `get_taxonomy` gives it: `kind`, `lang`, `permalink`, `items`.
    Taxonomy {
        kind: Arc<str>,
        language: Option<Arc<str>>,
    },
    /// When the day of the build began in the site's time zone: RFC 3339 text with an offset.
    Today,
}

/// A question that a page asked, with the answer that it got.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub question: Question,
    pub answer: Answer,
}

/// What the site says: a value, or why there is none.
pub type Answer = Result<Value, String>;

/// Asks the site on behalf of one page and keeps a record of it.
#[derive(Debug)]
pub struct Asker {
    /// Without a site, every question must be among those answered beforehand.
    site: Option<Arc<Site>>,
    asked: RefCell<Asked>,
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
            asked: RefCell::default(),
        })
    }

    /// An asker that gives these answers and no others: renders without a site.
    pub fn prepared(answers: impl IntoIterator<Item = Lookup>) -> Rc<Asker> {
        let mut asked = Asked::default();
        for lookup in answers {
            asked.keep(lookup.question, lookup.answer);
        }
        Rc::new(Asker {
            site: None,
            asked: RefCell::new(asked),
        })
    }

    /// Asks, and records question and answer. A question asked again has the answer it had.
    pub fn ask(&self, question: Question) -> Answer {
        if let Some(known) = self.asked.borrow().get(&question) {
            return known;
        }
        // The site may ask in turn; nothing is borrowed meanwhile.
        let answer = match &self.site {
            Some(site) => site.answer(&question),
            None => Err(format!("nobody can answer {question:?}")),
        };
        self.asked.borrow_mut().keep(question, answer.clone());
        answer
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
