//! Values as templates see them, each made when the first page asks and shared by all pages.
//!
//! They stand beside the tables and not in them, for they say more than the tables read: a table
//! outlives its site where nothing that it reads has changed, and what is shown of it does not.

use std::sync::{OnceLock, PoisonError, RwLock};

use super::predictions::Standings;
use crate::maps::HashMap;
use crate::value::{Hash, Value};

/// What is shown of the rows of one table of one site.
#[derive(Debug, Default)]
pub struct Shown {
    rows: OnceLock<Box<[OnceLock<Value>]>>,
}

impl Shown {
    /// What `make` makes of a row, which is called once for each of the `count` rows.
    pub fn get(&self, row: usize, count: usize, make: impl FnOnce() -> Value) -> Value {
        let begin = || (0..count).map(|_| OnceLock::new()).collect();
        self.rows.get_or_init(begin)[row].get_or_init(make).clone()
    }
}

/// Answers that every page may ask for, by the digest of the question.
#[derive(Debug, Default)]
pub struct Answers {
    known: RwLock<HashMap<Hash, Result<Value, String>>>,
}

impl Answers {
    /// What `make` answers, which is called once for each question, unless two ask at once.
    pub fn get(
        &self,
        question: Hash,
        make: impl FnOnce() -> Result<Value, String>,
    ) -> Result<Value, String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known.get(&question) {
            return answer.clone();
        }
        drop(known);
        let answer = make();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(question).or_insert(answer).clone()
    }
}

/// What is shown of each table of a site.
#[derive(Debug, Default)]
pub struct AllShown {
    /// Entries as our lists have them.
    pub cards: Shown,
    /// Entries as lists of Zola's themes have them; of a section, with the pages that it lists.
    pub listed: Shown,
    pub cells: Shown,
    /// Cells as data files have them.
    pub records: Shown,
    pub predictions: Shown,
    /// The order in which templates are given predictions that they ask for.
    pub standings: OnceLock<Standings>,
    pub timeline: Shown,
    pub corrections: Shown,
    /// Taxonomies and terms as Zola's templates have them, with all pages.
    pub taxonomies: Shown,
    pub terms: Shown,
    /// Whether no page says that it is not rendered, which is true of most sites.
    pub renders_all: OnceLock<bool>,
    /// What stands on every page.
    pub masthead: OnceLock<Value>,
    /// What templates call functions for with few different arguments.
    pub called: Answers,
}
