//! The companies of the briefs: who is meant by which name, and which briefs speak of whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kept::same_names;
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::config::slug_of;
use crate::content::article::Table;
use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::maps::{HashMap, HashSet};

/// A company of [`Companies::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompanyIndex(u32);

impl CompanyIndex {
    /// Its position in [`Companies::all`].
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// The register of companies.
#[derive(Debug)]
pub struct Companies {
    all: Vec<Company>,
    by_slug: HashMap<Arc<str>, CompanyIndex>,
    by_name: HashMap<String, CompanyIndex>,
    /// The same by the names as the briefs spell them.
    by_spelling: HashMap<Arc<str>, CompanyIndex>,
    /// The first words of all names, to pass over most words of a text at once.
    first_words: HashSet<String>,
    /// How many words the longest name has.
    words_max: usize,
    /// The companies of each brief that has any: those of its tables, then those that it lists.
    of_brief: HashMap<Index, Box<[CompanyIndex]>>,
}

/// A company: one that has a page, or one that a brief names.
#[derive(Debug)]
pub struct Company {
    pub name: Arc<str>,
    pub slug: Arc<str>,
    pub address: Address,
    /// The page with `[extra.company]`.
    pub page: Option<Index>,
    /// The briefs that speak of it, newest first.
    pub briefs: Vec<Index>,
}

impl Companies {
    /// Collects the companies of all pages and briefs and resolves their names.
    pub fn new(entries: &Entries, briefs: &[Index], problems: &mut Diagnostics) -> Companies {
        let mut register = Register::default();
        for (index, entry) in entries.iter() {
            if entry.article.language.is_none() && matches!(entry.article.table, Table::Company(_))
            {
                register.add_page(index, entry, problems);
            }
        }
        register.add_unknown(entries, briefs, problems);
        register.finish(entries, briefs)
    }

    /// All companies, sorted by slug.
    pub fn all(&self) -> &[Company] {
        &self.all
    }

    /// The indexes of all companies, in the order of their slugs.
    pub fn indexes(&self) -> impl Iterator<Item = CompanyIndex> + use<> {
        (0..u32::try_from(self.all.len()).expect("companies are counted in 32 bits"))
            .map(CompanyIndex)
    }

    /// A company by its index.
    pub fn get(&self, index: CompanyIndex) -> &Company {
        &self.all[index.0 as usize]
    }

    /// A company by its slug.
    pub fn by_slug(&self, slug: &str) -> Option<CompanyIndex> {
        self.by_slug.get(slug).copied()
    }

    /// The company that a name means, in any letter case.
    pub fn by_name(&self, name: &str) -> Option<CompanyIndex> {
        let known = self
            .by_spelling
            .get(name)
            .or_else(|| self.by_name.get(&fold(name)));
        known.copied()
    }

    /// Whether each name means the company of the same index in both.
    pub fn has_names_of(&self, other: &Companies) -> bool {
        self.by_name == other.by_name
    }

    /// The companies of a brief, those of its tables first.
    pub fn of_brief(&self, brief: Index) -> &[CompanyIndex] {
        self.of_brief.get(&brief).map_or(&[], |found| found)
    }

    /// The companies that a text names, in the order of the register, each once.
    pub fn named_in(&self, text: &str) -> Vec<CompanyIndex> {
        let words: Vec<&str> = text
            .split_whitespace()
            .map(|word| {
                word.trim_matches(|c: char| !c.is_alphanumeric())
                    .trim_end_matches("'s")
                    .trim_end_matches("’s")
            })
            .collect();
        let mut found = Vec::new();
        let mut first = String::new();
        let mut from = 0;
        while from < words.len() {
            first.clear();
            first.extend(words[from].chars().flat_map(char::to_lowercase));
            let longest = self
                .first_words
                .contains(&first)
                .then(|| self.longest_name(&words[from..]))
                .flatten();
            match longest {
                Some((company, length)) => {
                    found.push(company);
                    from += length;
                }
                None => from += 1,
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn longest_name(&self, words: &[&str]) -> Option<(CompanyIndex, usize)> {
        (1..=self.words_max.min(words.len()))
            .rev()
            .find_map(|length| Some((self.by_name(&words[..length].join(" "))?, length)))
    }
}

/// A name as it is compared: lower case, white space collapsed.
fn fold(name: &str) -> String {
    name.split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The companies while they are collected.
#[derive(Default)]
struct Register {
    companies: BTreeMap<Arc<str>, Draft>,
    /// Folded name to slug.
    names: HashMap<String, Arc<str>>,
}

struct Draft {
    name: Arc<str>,
    address: Address,
    page: Option<Index>,
}

impl Register {
    fn add_page(&mut self, index: Index, entry: &Entry, problems: &mut Diagnostics) {
        let Table::Company(company) = &entry.article.table else {
            return;
        };
        let slug: Arc<str> = entry.slug().into();
        let name = entry.title.clone();
        let stated = std::iter::once((&name, entry.place())).chain(
            company
                .aliases
                .iter()
                .chain(&company.products)
                .map(|(name, place)| (name, place.clone())),
        );
        for (name, place) in stated {
            let other = self.names.insert(fold(name), slug.clone());
            if let Some(other) = other.filter(|other| *other != slug) {
                let other = self
                    .companies
                    .get(&other)
                    .map_or(&other, |draft| &draft.name);
                problems.company_name_twice(name, place, other);
            }
        }
        let draft = Draft {
            name,
            address: entry.address.clone(),
            page: Some(index),
        };
        self.companies.insert(slug, draft);
    }

    /// A name that no page knows makes a company of its own.
    fn add_unknown(&mut self, entries: &Entries, briefs: &[Index], problems: &mut Diagnostics) {
        let known: Vec<Arc<str>> = self
            .companies
            .values()
            .map(|draft| draft.name.clone())
            .collect();
        let mut spellings: BTreeMap<Arc<str>, BTreeMap<Arc<str>, usize>> = BTreeMap::new();
        // A name is looked at once for each of its spellings, for there are few of those.
        let mut counts: HashMap<&Arc<str>, (usize, &Place)> = HashMap::default();
        let mut in_order = Vec::new();
        for index in briefs.iter().rev() {
            for (name, place) in names_of(&entries[*index]) {
                let (count, _) = counts.entry(name).or_insert_with(|| {
                    in_order.push(name);
                    (0, place)
                });
                *count += 1;
            }
        }
        for name in in_order {
            let (count, place) = counts[name];
            let folded = fold(name);
            if let Some(slug) = self.names.get(&folded) {
                if let Some(found) = spellings.get_mut(slug) {
                    found.insert(name.clone(), count);
                }
                continue;
            }
            if let Some(near) = nearest(name, known.iter().map(|name| &**name)) {
                problems.unknown_company(name, place.clone(), near);
            }
            let slug: Arc<str> = slug_of(name).into();
            self.names.insert(folded, slug.clone());
            if !self.companies.contains_key(&slug) {
                spellings
                    .entry(slug)
                    .or_default()
                    .insert(name.clone(), count);
            }
        }
        for (slug, spellings) in spellings {
            let (name, _) = spellings
                .iter()
                .max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)))
                .expect("a slug is entered with its first spelling");
            let draft = Draft {
                name: name.clone(),
                address: addresses::company(&slug),
                page: None,
            };
            self.companies.insert(slug, draft);
        }
    }

    fn finish(self, entries: &Entries, briefs: &[Index]) -> Companies {
        let mut all: Vec<Company> = self
            .companies
            .into_iter()
            .map(|(slug, draft)| Company {
                name: draft.name,
                slug,
                address: draft.address,
                page: draft.page,
                briefs: Vec::new(),
            })
            .collect();
        let by_slug: HashMap<Arc<str>, CompanyIndex> = all
            .iter()
            .zip(0..)
            .map(|(company, i)| (company.slug.clone(), CompanyIndex(i)))
            .collect();
        let by_name: HashMap<String, CompanyIndex> = self
            .names
            .into_iter()
            .filter_map(|(name, slug)| Some((name, *by_slug.get(&slug)?)))
            .collect();
        let mut of_brief = HashMap::default();
        let mut by_spelling: HashMap<Arc<str>, CompanyIndex> = HashMap::default();
        for index in briefs {
            let mut companies: Vec<CompanyIndex> = Vec::new();
            for (name, _) in names_of(&entries[*index]) {
                let known = by_spelling.get(name).or_else(|| by_name.get(&fold(name)));
                let Some(company) = known.copied() else {
                    continue;
                };
                by_spelling.entry(name.clone()).or_insert(company);
                if !companies.contains(&company) {
                    companies.push(company);
                }
            }
            for company in &companies {
                all[company.0 as usize].briefs.push(*index);
            }
            if !companies.is_empty() {
                of_brief.insert(*index, companies.into());
            }
        }
        let first_words = by_name
            .keys()
            .filter_map(|name| name.split(' ').next())
            .map(str::to_owned)
            .collect();
        let words_max = by_name
            .keys()
            .map(|name| name.split(' ').count())
            .max()
            .unwrap_or(0);
        Companies {
            all,
            by_slug,
            by_name,
            by_spelling,
            first_words,
            words_max,
            of_brief,
        }
    }
}

/// Whether the register would be the same of either entry: they name the same companies.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let names = |entry| names_of(entry).map(|(name, _)| name);
    names(a).eq(names(b))
        && match (&a.article.table, &b.article.table) {
            (Table::Company(x), Table::Company(y)) => {
                a.title == b.title
                    && same_names(&x.aliases, &y.aliases)
                    && same_names(&x.products, &y.products)
            }
            (x, y) => !matches!(x, Table::Company(_)) && !matches!(y, Table::Company(_)),
        }
}

/// The names of companies that a brief states: those of its tables, then those that it lists.
fn names_of(entry: &Entry) -> impl Iterator<Item = (&Arc<str>, &Place)> {
    let brief = entry.brief();
    let columns = brief
        .into_iter()
        .flat_map(|b| b.tables.iter().flat_map(|t| &t.columns));
    let listed = brief.into_iter().flat_map(|b| &b.companies);
    columns
        .map(|c| (&c.company, &c.place))
        .chain(listed.map(|(name, place)| (name, place)))
}
