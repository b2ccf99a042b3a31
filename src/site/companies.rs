//! The companies of the briefs: who is meant by which name, and which briefs speak of whom.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::kept::{Change, all_same, same_names};
use super::lists::Lists;
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::config::{folded, push_folded, slug_of};
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
    names: Arc<Names>,
    /// How often briefs state each spelling of a name, and whose it is.
    spellings: HashMap<Arc<str>, (CompanyIndex, usize)>,
    /// The companies of each brief: those of its tables, then those that it lists.
    of_brief: Lists<CompanyIndex>,
}

/// Who is meant by which name.
#[derive(Debug)]
struct Names {
    by_slug: HashMap<Arc<str>, CompanyIndex>,
    by_name: HashMap<String, CompanyIndex>,
    /// The first words of all names, to pass over most words of a text at once.
    first_words: HashSet<String>,
    /// How many words the longest name has.
    words_max: usize,
    /// Companies without a page that may be meant to be another, which is reported where they are
    /// named first.
    doubtful: HashSet<CompanyIndex>,
}

/// A company: one that has a page, or one that a brief names.
#[derive(Clone, Debug)]
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

    /// The register after a change: `None` if that brings or takes a company or a name.
    pub fn with(&self, change: &Change<'_>, entries: &Entries) -> Option<Companies> {
        let mut spellings = self.spellings.clone();
        let mut touched = HashSet::default();
        let is_company = |entry: &Entry| matches!(entry.article.table, Table::Company(_));
        if change.has_any(is_company) {
            return None;
        }
        let gone = change.gone_briefs().map(|(_, entry)| (entry, -1));
        let come = change.come_briefs().map(|(_, entry)| (entry, 1));
        for (entry, by) in gone.chain(come) {
            for (name, _) in names_of(entry) {
                let (company, count) = spellings.get_mut(name)?;
                *count = count.checked_add_signed(by)?;
                touched.insert(*company);
            }
        }
        if spellings.values().any(|(_, count)| *count == 0)
            || !touched.is_disjoint(&self.names.doubtful)
            || !touched.iter().all(|c| self.has_best_name(*c, &spellings))
        {
            return None;
        }
        let mut all = self.all.clone();
        for (index, _) in change.gone() {
            for company in self.of_brief(index) {
                all[company.0 as usize]
                    .briefs
                    .retain(|brief| *brief != index);
            }
        }
        let mut found = HashMap::default();
        for (index, entry) in change.come_briefs() {
            let companies = each_once(names_of(entry).map(|(name, _)| spellings[name].0));
            for company in &companies {
                entries.insert_newest_first(&mut all[company.0 as usize].briefs, index);
            }
            found.insert(index.slot(), companies);
        }
        let changed = change.all().iter().map(|changed| changed.index.slot());
        let changed: HashSet<usize> = changed.collect();
        let of_brief = self.of_brief.with(entries.slot_count(), |slot| {
            changed
                .contains(&slot)
                .then(|| found.get(&slot).map_or(&[][..], |companies| companies))
        });
        Some(Companies {
            all,
            names: self.names.clone(),
            spellings,
            of_brief,
        })
    }

    /// Whether a company without a page still has the name that most briefs spell.
    fn has_best_name(
        &self,
        company: CompanyIndex,
        spellings: &HashMap<Arc<str>, (CompanyIndex, usize)>,
    ) -> bool {
        let known = self.get(company);
        let own = spellings.iter().filter(|(_, (owner, _))| *owner == company);
        let best = own
            .map(|(name, (_, count))| (name, *count))
            .max_by(more_frequent);
        known.page.is_some() || best.is_some_and(|(name, _)| *name == known.name)
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
        &self.all[index.position()]
    }

    /// A company by its slug.
    pub fn by_slug(&self, slug: &str) -> Option<CompanyIndex> {
        self.names.by_slug.get(slug).copied()
    }

    /// The company that a name means, in any letter case.
    pub fn by_name(&self, name: &str) -> Option<CompanyIndex> {
        self.by_spelling(name, || folded(name).into())
    }

    fn by_spelling<'n>(
        &self,
        name: &str,
        folded: impl FnOnce() -> Cow<'n, str>,
    ) -> Option<CompanyIndex> {
        let stated = self.spellings.get(name).map(|(company, _)| *company);
        stated.or_else(|| self.names.by_name.get(&*folded()).copied())
    }

    /// Whether each name means the company of the same index in both.
    pub fn has_names_of(&self, other: &Companies) -> bool {
        Arc::ptr_eq(&self.names, &other.names) || self.names.by_name == other.names.by_name
    }

    /// Whether the companies have the same names and addresses in both, and the same have a page.
    pub fn are_shown_as_in(&self, other: &Companies) -> bool {
        all_same(&self.all, &other.all, |a, b| {
            let has_page = |company: &Company| company.page.is_some();
            (&a.name, &a.slug, has_page(a)) == (&b.name, &b.slug, has_page(b))
        })
    }

    /// The companies of a brief, those of its tables first.
    pub fn of_brief(&self, brief: Index) -> &[CompanyIndex] {
        self.of_brief.get(brief.slot())
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
        let mut names = Candidates::default();
        let mut from = 0;
        while from < words.len() {
            names.clear();
            names.push(words[from]);
            let is_first = self.names.first_words.contains(&names.folded);
            let longest = is_first.then(|| self.longest_name(&words[from..], &mut names));
            match longest.flatten() {
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

    /// The longest name that words begin with, and how many of them it has. `names` has the first.
    fn longest_name(
        &self,
        words: &[&str],
        names: &mut Candidates,
    ) -> Option<(CompanyIndex, usize)> {
        let words = &words[..self.names.words_max.min(words.len())];
        for word in &words[1..] {
            names.push(word);
        }
        let mut lengths = (1..=words.len()).rev();
        lengths.find_map(|length| {
            let (stated, folded) = names.first(length);
            Some((self.by_spelling(stated, || Cow::Borrowed(folded))?, length))
        })
    }
}

/// The words of a text from one of them on, joined: names of companies may begin there.
#[derive(Default)]
struct Candidates {
    /// As they are written.
    stated: String,
    folded: String,
    /// Where each word ends in both.
    ends: Vec<(usize, usize)>,
}

impl Candidates {
    fn clear(&mut self) {
        self.stated.clear();
        self.folded.clear();
        self.ends.clear();
    }

    fn push(&mut self, word: &str) {
        if !self.ends.is_empty() {
            self.stated.push(' ');
        }
        // What was no more than a dash is white space, and that is collapsed.
        if !self.folded.is_empty() && !word.is_empty() {
            self.folded.push(' ');
        }
        self.stated.push_str(word);
        push_folded(&mut self.folded, word);
        self.ends.push((self.stated.len(), self.folded.len()));
    }

    /// The first words, one at least, as they are written and folded.
    fn first(&self, count: usize) -> (&str, &str) {
        let (stated, folded) = self.ends[count - 1];
        (&self.stated[..stated], &self.folded[..folded])
    }
}

/// The companies while they are collected.
#[derive(Default)]
struct Register {
    companies: BTreeMap<Arc<str>, Draft>,
    /// Folded name to slug.
    names: HashMap<String, Arc<str>>,
    /// Slugs of names that were reported.
    doubtful: Vec<Arc<str>>,
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
            let other = self.names.insert(folded(name), slug.clone());
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
            let folded = folded(name);
            if let Some(slug) = self.names.get(&folded) {
                if let Some(found) = spellings.get_mut(slug) {
                    found.insert(name.clone(), count);
                }
                continue;
            }
            let slug: Arc<str> = slug_of(name).into();
            if let Some(near) = nearest(name, known.iter().map(|name| &**name)) {
                problems.unknown_company(name, place.clone(), near);
                self.doubtful.push(slug.clone());
            }
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
                .map(|(name, count)| (name, *count))
                .max_by(more_frequent)
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
        let mut of_brief = vec![Vec::new(); entries.slot_count()];
        let mut spellings: HashMap<Arc<str>, (CompanyIndex, usize)> = HashMap::default();
        for index in briefs {
            let named = names_of(&entries[*index]).map(|(name, _)| {
                if let Some((company, count)) = spellings.get_mut(name) {
                    *count += 1;
                    return *company;
                }
                let company = by_name[&folded(name)];
                spellings.insert(name.clone(), (company, 1));
                company
            });
            let companies = each_once(named);
            for company in &companies {
                all[company.0 as usize].briefs.push(*index);
            }
            of_brief[index.slot()] = companies;
        }
        let doubtful = self.doubtful.iter().map(|slug| by_slug[slug]).collect();
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
        let names = Names {
            by_slug,
            by_name,
            first_words,
            words_max,
            doubtful,
        };
        Companies {
            all,
            names: Arc::new(names),
            spellings,
            of_brief: Lists::new(&of_brief),
        }
    }
}

/// Compares two spellings and how often each occurs; of equally frequent ones the first by alphabet
/// is more.
fn more_frequent(a: &(&Arc<str>, usize), b: &(&Arc<str>, usize)) -> Ordering {
    a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0))
}

/// The companies in the order in which they are named first.
fn each_once(named: impl Iterator<Item = CompanyIndex>) -> Vec<CompanyIndex> {
    let mut companies = Vec::new();
    for company in named {
        if !companies.contains(&company) {
            companies.push(company);
        }
    }
    companies
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
