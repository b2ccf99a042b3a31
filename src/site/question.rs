//! Questions to the site: the only way in which a page learns about anything but its own address.
//!
//! Every answer is recorded with its question. A page rendered before is still right if its plan,
//! its templates and today's answers to its recorded questions are the same.

use std::cell::RefCell;
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
    /// The permalink of a term.
    TermPermalink { kind: Arc<str>, term: Arc<str> },
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
    site: Arc<Site>,
    asked: RefCell<Vec<Lookup>>,
}

impl Asker {
    /// An asker with an empty record.
    pub fn new(site: Arc<Site>) -> Rc<Asker> {
        Rc::new(Asker {
            site,
            asked: RefCell::default(),
        })
    }

    /// Asks, and records question and answer.
    pub fn ask(&self, question: Question) -> Answer {
        let answer = self.site.answer(&question);
        self.asked.borrow_mut().push(Lookup {
            question,
            answer: answer.clone(),
        });
        answer
    }

    /// What was asked up to now.
    pub fn record(&self) -> Vec<Lookup> {
        self.asked.take()
    }
}

/// The digest of an answer, an error's text included.
pub fn hash_of(answer: &Answer) -> Hash {
    match answer {
        Ok(value) => value.hash(),
        Err(reason) => Hash::of(reason.as_bytes()),
    }
}
