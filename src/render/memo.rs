//! What is remembered of a rendered page, and whether it is still right.

use std::sync::Arc;

use super::Rendered;
use crate::pages::Page;
use crate::pages::question::{self, Question};
use crate::site::Site;
use crate::value::Hash;

/// A page that was rendered: its plan, the theme that it was rendered with, and every question
/// that it asked, with the digest of the answer.
#[derive(Debug)]
pub struct Remembered {
    page: Page,
    theme: Hash,
    questions: Vec<(Question, Hash)>,
}

impl Remembered {
    /// What there is to remember of a page.
    pub fn new(page: &Page, theme: Hash, rendered: &Rendered) -> Remembered {
        let questions = rendered
            .lookups
            .iter()
            .map(|lookup| (lookup.question.clone(), question::hash_of(&lookup.answer)))
            .collect();
        Remembered {
            page: page.clone(),
            theme,
            questions,
        }
    }

    /// Whether rendering the page again would give the same bytes: its plan and its theme are the
    /// same, and so is today's answer to each of its questions.
    pub fn is_fresh(&self, page: &Page, theme: Hash, site: &Arc<Site>) -> bool {
        self.page == *page
            && self.theme == theme
            && self.questions.iter().all(|(question, hash)| {
                question::hash_of(&question::answer(site, question)) == *hash
            })
    }
}
