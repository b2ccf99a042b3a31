//! Tags, audiences and other taxonomies of the configuration, and the sources of the briefs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kept::{Change, same_groups};
use super::{Entries, Entry, Index, addresses, is_brief_of_default_language};
use crate::address::Address;
use crate::config::{Config, TaxonomyConfig, slug_of};
use crate::data::Placed;
use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::maps::HashMap;

/// All taxonomies: those of the default language in the order of the configuration, then those of
/// the other languages, ours after them.
#[derive(Debug)]
pub struct Taxonomies {
    all: Vec<Taxonomy>,
    /// Whether the last is read out of the briefs' sources.
    has_sources: bool,
}

/// Which taxonomy it is: each language has its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    pub name: Arc<str>,
    /// `None`: the default one.
    pub language: Option<Arc<str>>,
}

/// A way of sorting pages into terms.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    pub kind: Kind,
    pub config: TaxonomyConfig,
    pub address: Address,
    /// Sorted by slug.
    pub terms: Vec<Term>,
    by_slug: Arc<HashMap<Arc<str>, usize>>,
    slugify: crate::config::Slugify,
    /// Each spelling of a term, with the term's position and how often it occurs.
    spellings: HashMap<Arc<str>, (usize, usize)>,
}

/// A tag, an audience, a source.
#[derive(Clone, Debug)]
pub struct Term {
    /// The spelling that most pages have; of equally frequent ones the first by alphabet.
    pub name: Arc<str>,
    pub slug: Arc<str>,
    pub address: Address,
    /// Newest first, undated ones last.
    pub pages: Vec<Index>,
    /// Among the terms of all taxonomies.
    pub number: usize,
    /// Whether it is spelt in one way only.
    is_sure: bool,
}

/// What taxonomies are read out of.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub entries: &'a Entries,
    /// Those of the default language, newest first.
    pub briefs: &'a [Index],
    pub config: &'a Config,
    pub is_dateline: bool,
}

/// The name of the taxonomy that is read out of the briefs' sources.
pub const SOURCES: &str = "sources";
/// How many items a page of a list of ours has where the configuration does not say.
pub const PAGE_LENGTH: usize = 20;
/// Terms of one taxonomy that a page may name; each makes pages of its own.
const TERMS_MAX: usize = 100;
/// Taxonomies that every Dateline site has.
const OURS: [&str; 2] = ["tags", "audiences"];

impl Taxonomies {
    /// Sorts all pages into the terms that they name.
    pub fn new(read: &Read<'_>, problems: &mut Diagnostics) -> Taxonomies {
        let (entries, config) = (read.entries, read.config);
        let known = known(read);
        let mut found: HashMap<(Option<&str>, &str), Found> = HashMap::default();
        for index in entries.newest_first(is_sorted) {
            let language = entries[index].article.language.as_deref();
            let names = || {
                let own = known.iter().filter(|t| t.0.as_deref() == language);
                own.map(|(_, taxonomy)| &*taxonomy.name)
            };
            let knows = |kind: &str| names().any(|name| name == kind);
            for (kind, terms) in terms_of(&entries[index], knows, names, problems) {
                let found = found.entry((language, kind)).or_default();
                for (name, place) in terms {
                    let slug_of = |name: &str| config.slugify.taxonomies.term(name);
                    found.add(name, &slug_of, index, place);
                }
            }
        }
        let mut all: Vec<Taxonomy> = known
            .iter()
            .map(|(language, kind)| {
                let found = found.remove(&(language.as_deref(), &*kind.name));
                let mut found: Found = found.unwrap_or_default();
                found.prefers_frequent = read.is_dateline;
                let slugify = config.slugify.taxonomies;
                let kind = (language.clone(), kind.clone());
                Taxonomy::new(kind, found, config, slugify, problems)
            })
            .collect();
        let has_sources = read.is_dateline && !all.iter().any(|t| &*t.config.name == SOURCES);
        if has_sources {
            all.push(sources(read, problems));
        }
        let terms = all.iter_mut().flat_map(|taxonomy| &mut taxonomy.terms);
        for (number, term) in terms.enumerate() {
            term.number = number;
        }
        Taxonomies { all, has_sources }
    }

    /// The taxonomies after a change: `None` if that brings or takes a term or the spelling of one.
    pub fn with(
        &self,
        change: &Change<'_>,
        read: &Read<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Taxonomies> {
        let mut all = self.all.clone();
        let stated = self.all.len() - usize::from(self.has_sources);
        let position = |entry: &Entry, name: &str| {
            let language = &entry.article.language;
            let is = |kind: &Kind| *kind.name == *name && kind.language == *language;
            self.all[..stated].iter().position(|t| is(&t.kind))
        };
        let names = |entry: &Entry| {
            let language = entry.article.language.clone();
            let own = self.all[..stated].iter();
            let own = own.filter(move |t| t.kind.language == language);
            own.map(|t| &*t.kind.name)
        };
        let mut touched = Vec::new();
        let source = |entry: &'_ Entry| {
            let source = entry.brief()?.source.as_ref()?;
            (self.has_sources && is_brief_of_default_language(entry)).then(|| source.name.clone())
        };
        for (index, entry) in change.gone() {
            let knows = |kind: &str| position(entry, kind).is_some();
            // Of what was wrong before nothing is said again.
            let mut unused = Diagnostics::default();
            for (kind, terms) in terms_of(entry, knows, || names(entry), &mut unused) {
                for (name, _) in terms {
                    let kind = position(entry, kind)?;
                    touched.push((kind, all[kind].take(name, index)?));
                }
            }
            if let Some(name) = source(entry) {
                touched.push((stated, all[stated].take(&name, index)?));
            }
        }
        for (index, entry) in change.come() {
            let knows = |kind: &str| position(entry, kind).is_some();
            for (kind, terms) in terms_of(entry, knows, || names(entry), problems) {
                for (name, _) in terms {
                    let kind = position(entry, kind)?;
                    touched.push((kind, all[kind].give(name, index, read.entries)?));
                }
            }
            if let Some(name) = source(entry) {
                touched.push((stated, all[stated].give(&name, index, read.entries)?));
            }
        }
        let is_left = |(kind, term): (usize, usize)| {
            let term: &Term = &all[kind].terms[term];
            term.is_sure && !term.pages.is_empty()
        };
        touched.into_iter().all(is_left).then_some(Taxonomies {
            all,
            has_sources: self.has_sources,
        })
    }

    /// How many terms all taxonomies have together.
    pub fn term_count(&self) -> usize {
        self.all.iter().map(|taxonomy| taxonomy.terms.len()).sum()
    }

    /// Every taxonomy.
    pub fn all(&self) -> &[Taxonomy] {
        &self.all
    }

    /// A taxonomy of the default language by its name.
    pub fn get(&self, name: &str) -> Option<&Taxonomy> {
        let mut own = self.of_language(None);
        own.find(|taxonomy| &*taxonomy.kind.name == name)
    }

    /// A taxonomy of any language.
    pub fn of_kind(&self, kind: &Kind) -> Option<&Taxonomy> {
        self.all.iter().find(|taxonomy| taxonomy.kind == *kind)
    }

    /// The taxonomies of a language; `None`: of the default one.
    pub fn of_language(&self, language: Option<&str>) -> impl Iterator<Item = &Taxonomy> {
        let all = self.all.iter();
        all.filter(move |taxonomy| taxonomy.kind.language.as_deref() == language)
    }
}

impl Taxonomy {
    fn new(
        (language, config): (Option<Arc<str>>, TaxonomyConfig),
        found: Found,
        site: &Config,
        slugify: crate::config::Slugify,
        problems: &mut Diagnostics,
    ) -> Taxonomy {
        let address = addresses::taxonomy(site, &config.slug, language.as_deref());
        let mut terms = Vec::with_capacity(found.by_slug.len());
        let mut drafts = found.terms;
        let mut spellings = HashMap::default();
        for (slug, position) in found.by_slug {
            let term = std::mem::take(&mut drafts[position]);
            let name = match found.prefers_frequent {
                true => &term.most_frequent().name,
                false => &term.first().name,
            };
            for other in term.spellings.iter().filter(|other| other.name != *name) {
                problems.equal_slugs(&other.name, name, &slug, other.place.clone());
            }
            for spelling in &term.spellings {
                let known = (terms.len(), spelling.count);
                spellings.insert(spelling.name.clone(), known);
            }
            terms.push(Term {
                name: name.clone(),
                is_sure: term.spellings.len() == 1,
                address: address.join(&format!("{slug}/")),
                slug: slug.into(),
                pages: term.pages,
                number: 0,
            });
        }
        let by_slug = terms
            .iter()
            .enumerate()
            .map(|(i, t)| (t.slug.clone(), i))
            .collect();
        let kind = Kind {
            name: config.name.clone(),
            language,
        };
        Taxonomy {
            kind,
            config,
            address,
            terms,
            by_slug: Arc::new(by_slug),
            slugify,
            spellings,
        }
    }

    /// Takes a page from a term; the term's position.
    fn take(&mut self, name: &str, page: Index) -> Option<usize> {
        let (term, count) = self.spellings.get_mut(name)?;
        *count = count.checked_sub(1)?;
        self.terms[*term].pages.retain(|other| *other != page);
        Some(*term)
    }

    /// Gives a page to a term that there is; the term's position.
    fn give(&mut self, name: &str, page: Index, entries: &Entries) -> Option<usize> {
        let (term, count) = self.spellings.get_mut(name)?;
        *count += 1;
        entries.insert_newest_first(&mut self.terms[*term].pages, page);
        Some(*term)
    }

    /// A term by its slug.
    pub fn by_slug(&self, slug: &str) -> Option<&Term> {
        self.by_slug
            .get(slug)
            .map(|position| &self.terms[*position])
    }

    /// A term by its name, in any spelling that has the same slug.
    pub fn by_name(&self, name: &str) -> Option<&Term> {
        self.by_slug(&self.slugify.term(name))
    }
}

/// Whether the taxonomies would be the same of either entry: the same terms and the same source.
pub fn is_same(a: &Entry, b: &Entry) -> bool {
    let source = |entry: &'_ Entry| Some(entry.brief()?.source.as_ref()?.name.clone());
    let (x, y) = (&a.front_matter().taxonomies, &b.front_matter().taxonomies);
    source(a) == source(b) && same_groups(x, y)
}

/// The terms of one taxonomy while pages are sorted into them.
#[derive(Default)]
struct Found {
    /// Each spelling once, for there are far fewer than pages, with its term and its position there.
    spellings: HashMap<Arc<str>, (usize, usize)>,
    by_slug: BTreeMap<String, usize>,
    terms: Vec<FoundTerm>,
    /// Whether a term has the name that most pages spell, as on a Dateline site.
    prefers_frequent: bool,
}

#[derive(Default)]
struct FoundTerm {
    spellings: Vec<Spelling>,
    pages: Vec<Index>,
}

struct Spelling {
    name: Arc<str>,
    count: usize,
    /// Where it occurs first.
    place: Place,
}

impl Found {
    fn add(
        &mut self,
        name: &Arc<str>,
        slug_of: &dyn Fn(&str) -> String,
        page: Index,
        place: &Place,
    ) {
        let (term, spelling) = match self.spellings.get(name) {
            Some(known) => *known,
            None => self.begin(name, slug_of(name), place),
        };
        let term = &mut self.terms[term];
        term.spellings[spelling].count += 1;
        // A page that names a term twice is listed once.
        if term.pages.last() != Some(&page) {
            term.pages.push(page);
        }
    }

    fn begin(&mut self, name: &Arc<str>, slug: String, place: &Place) -> (usize, usize) {
        let position = *self.by_slug.entry(slug).or_insert(self.terms.len());
        if position == self.terms.len() {
            self.terms.push(FoundTerm::default());
        }
        let term = &mut self.terms[position];
        let known = (position, term.spellings.len());
        term.spellings.push(Spelling {
            name: name.clone(),
            count: 0,
            place: place.clone(),
        });
        self.spellings.insert(name.clone(), known);
        known
    }
}

impl FoundTerm {
    /// The first by letters, which Zola takes.
    fn first(&self) -> &Spelling {
        let spellings = self.spellings.iter();
        spellings
            .min_by(|a, b| a.name.cmp(&b.name))
            .expect("a term is made by its first spelling")
    }

    fn most_frequent(&self) -> &Spelling {
        let spellings = self.spellings.iter();
        spellings
            .max_by(|a, b| a.count.cmp(&b.count).then_with(|| b.name.cmp(&a.name)))
            .expect("a term is made by its first spelling")
    }
}

/// The taxonomies that there are beside the sources, each with its language.
fn known(read: &Read<'_>) -> Vec<(Option<Arc<str>>, TaxonomyConfig)> {
    let config = read.config;
    let stated = config.taxonomies.iter().cloned();
    let mut known: Vec<_> = stated.map(|taxonomy| (None, taxonomy)).collect();
    for name in OURS {
        if read.is_dateline && !known.iter().any(|(_, t)| &*t.name == name) {
            known.push((None, ours(name)));
        }
    }
    for (code, language) in config.languages.iter().zip(&config.of_languages) {
        let stated = language.taxonomies.iter().cloned();
        known.extend(stated.map(|taxonomy| (Some(code.clone()), taxonomy)));
    }
    known
}

fn ours(name: &str) -> TaxonomyConfig {
    TaxonomyConfig {
        name: name.into(),
        slug: name.into(),
        feed: true,
        paginate_by: PAGE_LENGTH,
        paginate_path: "page".into(),
        render: true,
    }
}

fn sources(read: &Read<'_>, problems: &mut Diagnostics) -> Taxonomy {
    let mut found = Found {
        prefers_frequent: true,
        ..Found::default()
    };
    for index in read.briefs {
        let entry = &read.entries[*index];
        if let Some(source) = entry.brief().and_then(|brief| brief.source.as_ref()) {
            found.add(&source.name, &slug_of, *index, &source.place);
        }
    }
    let slugify = crate::config::Slugify::On;
    let kind = (None, ours(SOURCES));
    Taxonomy::new(kind, found, read.config, slugify, problems)
}

/// Whether an entry is one that taxonomies sort.
fn is_sorted(entry: &Entry) -> bool {
    entry.front_matter().section.is_none()
}

/// The terms that an entry names, by taxonomy; those of an unknown one and those that are too many
/// are reported and left out.
fn terms_of<'a, N: Iterator<Item = &'a str>>(
    entry: &'a Entry,
    knows: impl Fn(&str) -> bool,
    names: impl Fn() -> N,
    problems: &mut Diagnostics,
) -> Vec<(&'a str, &'a [Placed])> {
    let mut found = Vec::new();
    if !is_sorted(entry) {
        return found;
    }
    for (kind, terms) in &entry.front_matter().taxonomies {
        if !knows(kind) {
            let place = terms.first().map_or_else(|| entry.place(), |t| t.1.clone());
            problems.unknown_taxonomy(kind, place, nearest(kind, names()));
            continue;
        }
        if let Some((_, place)) = terms.get(TERMS_MAX) {
            problems.too_many_terms(kind, terms.len(), TERMS_MAX, place.clone());
        }
        found.push((&**kind, &terms[..terms.len().min(TERMS_MAX)]));
    }
    found
}
