//! What is not published, and why: drafts, scheduled briefs, and files that cannot be read.
//!
//! It is looked at where something is missing, to tell a mistake from what only comes later.

use std::sync::Arc;

use super::{Hidden, addresses};
use crate::config::{Config, slug_of};
use crate::content::Article;
use crate::content::article::Table;
use crate::maps::{HashMap, HashSet};

/// The articles that are not published, by path.
#[derive(Debug, Default)]
pub struct HeldBack {
    by_path: HashMap<Arc<str>, Hidden>,
    /// Those that could be read.
    articles: Vec<(Arc<Article>, Hidden)>,
}

impl HeldBack {
    /// Files of which nothing is known but that they have errors, which are reported.
    pub fn broken(paths: Vec<Arc<str>>) -> HeldBack {
        let with_reason = paths.into_iter().map(|path| (path, Hidden::Broken));
        HeldBack {
            by_path: with_reason.collect(),
            articles: Vec::new(),
        }
    }

    /// Holds an article back.
    pub fn insert(&mut self, article: &Arc<Article>, reason: Hidden) {
        self.by_path.insert(article.path.clone(), reason);
        self.articles.push((article.clone(), reason));
    }

    /// Whether the same is held back, for the same reasons.
    pub fn is_same(&self, other: &HeldBack) -> bool {
        let same = |a: &(Arc<Article>, Hidden), b: &(Arc<Article>, Hidden)| {
            Arc::ptr_eq(&a.0, &b.0) && a.1 == b.1
        };
        self.by_path == other.by_path
            && self.articles.len() == other.articles.len()
            && self
                .articles
                .iter()
                .zip(&other.articles)
                .all(|(a, b)| same(a, b))
    }

    /// Why a file is not published; `None` if it is, or if there is no such file.
    pub fn reason(&self, path: &str) -> Option<Hidden> {
        self.by_path.get(path).copied()
    }

    /// How many are held back for a reason.
    pub fn count(&self, reason: Hidden) -> usize {
        self.by_path.values().filter(|r| **r == reason).count()
    }

    /// The folders whose `_index.md` is a draft, with a slash at the end.
    pub fn draft_folders(&self) -> Vec<&str> {
        let drafts = self.articles.iter().filter(|(_, r)| *r == Hidden::Draft);
        drafts
            .filter(|(article, _)| {
                article.front_matter.section.is_some() && article.language.is_none()
            })
            .map(|(article, _)| match article.path.rfind('/') {
                Some(slash) => &article.path[..=slash],
                None => "",
            })
            .collect()
    }

    /// Whether a file could not be read. What seems to be missing then may be in it, and the file
    /// is reported already.
    pub fn is_any_broken(&self) -> bool {
        self.count(Hidden::Broken) > 0
    }

    /// Where the articles will stand, in the form of [`crate::address::Address::folded`].
    pub fn addresses(&self, config: &Config) -> HashMap<String, Hidden> {
        let placed = self.articles.iter();
        placed
            .map(|(article, reason)| {
                let address = addresses::of_article(article, config);
                (address.folded().into_owned(), *reason)
            })
            .collect()
    }

    /// The ids of the briefs.
    pub fn ids(&self) -> HashSet<Arc<str>> {
        let briefs = self.articles.iter();
        briefs
            .filter_map(|(article, _)| match &article.table {
                Table::Brief(brief) => brief.id.as_ref().map(|(id, _)| id.clone()),
                _ => None,
            })
            .collect()
    }

    /// Whether a brief among them has a row of a feature.
    pub fn knows_feature(&self, name: &str) -> bool {
        let slug = slug_of(name);
        self.articles
            .iter()
            .any(|(article, _)| match &article.table {
                Table::Brief(brief) => {
                    let mut rows = brief.tables.iter().flat_map(|table| &table.rows);
                    rows.any(|row| slug_of(&row.feature) == slug)
                }
                _ => false,
            })
    }

    /// Whether an event's page among them has this slug.
    pub fn knows_event(&self, slug: &str, config: &Config) -> bool {
        self.articles.iter().any(|(article, _)| {
            let is_event = matches!(article.table, Table::Event);
            is_event && addresses::of_article(article, config).last_part() == slug
        })
    }

    /// Whether a brief or a company's page among them has a name of a company.
    pub fn knows_company(&self, name: &str) -> bool {
        let is_it = |other: &str| other.to_lowercase() == name.to_lowercase();
        self.articles
            .iter()
            .any(|(article, _)| match &article.table {
                Table::Brief(brief) => {
                    let columns = brief.tables.iter().flat_map(|table| &table.columns);
                    columns.map(|column| &column.company).any(|n| is_it(n))
                        || brief.companies.iter().any(|(n, _)| is_it(n))
                }
                Table::Company(company) => {
                    let others = company.aliases.iter().chain(&company.products);
                    article.front_matter.title.as_deref().is_some_and(is_it)
                        || others.map(|(n, _)| n).any(|n| is_it(n))
                }
                _ => false,
            })
    }
}
