//! Tags, audiences and other taxonomies of the configuration, and the sources of the briefs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kept::same_groups;
use super::{Entries, Entry, Index, addresses};
use crate::address::Address;
use crate::config::{Config, TaxonomyConfig, slug_of};
use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::maps::HashMap;

/// All taxonomies, in the order of the configuration, ours after them.
#[derive(Debug)]
pub struct Taxonomies {
    all: Vec<Taxonomy>,
}

/// A way of sorting pages into terms.
#[derive(Debug)]
pub struct Taxonomy {
    pub config: TaxonomyConfig,
    pub address: Address,
    /// Sorted by slug.
    pub terms: Vec<Term>,
    by_slug: HashMap<Arc<str>, usize>,
    slugify: crate::config::Slugify,
}

/// A tag, an audience, a source.
#[derive(Debug)]
pub struct Term {
    /// The spelling that most pages have; of equally frequent ones the first by alphabet.
    pub name: Arc<str>,
    pub slug: Arc<str>,
    pub address: Address,
    /// Newest first, undated ones last.
    pub pages: Vec<Index>,
    /// Among the terms of all taxonomies.
    pub number: usize,
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
    pub fn new(
        entries: &Entries,
        briefs: &[Index],
        config: &Config,
        is_dateline: bool,
        problems: &mut Diagnostics,
    ) -> Taxonomies {
        let mut known: Vec<TaxonomyConfig> = config.taxonomies.clone();
        for name in OURS {
            if is_dateline && !known.iter().any(|t| &*t.name == name) {
                known.push(ours(name));
            }
        }
        let mut found: HashMap<Arc<str>, Found> = HashMap::default();
        let pages = entries.newest_first(|entry| {
            entry.front_matter().section.is_none() && entry.article.language.is_none()
        });
        for index in pages {
            let entry = &entries[index];
            for (kind, terms) in &entry.front_matter().taxonomies {
                if !known.iter().any(|t| t.name == *kind) {
                    let place = terms.first().map_or_else(|| entry.place(), |t| t.1.clone());
                    let near = nearest(kind, known.iter().map(|t| &*t.name));
                    problems.unknown_taxonomy(kind, place, near);
                    continue;
                }
                let found = found.entry(kind.clone()).or_default();
                if let Some((_, place)) = terms.get(TERMS_MAX) {
                    problems.too_many_terms(kind, terms.len(), TERMS_MAX, place.clone());
                }
                for (name, place) in terms.iter().take(TERMS_MAX) {
                    found.add(
                        name,
                        &|name| config.slugify.taxonomies.term(name),
                        index,
                        place,
                    );
                }
            }
        }
        let mut all: Vec<Taxonomy> = known
            .into_iter()
            .map(|kind| {
                let found = found.remove(&kind.name).unwrap_or_default();
                Taxonomy::new(kind, found, config, config.slugify.taxonomies, problems)
            })
            .collect();
        let has_sources = all.iter().any(|t| &*t.config.name == SOURCES);
        if is_dateline && !has_sources {
            all.push(sources(entries, briefs, config, problems));
        }
        let terms = all.iter_mut().flat_map(|taxonomy| &mut taxonomy.terms);
        for (number, term) in terms.enumerate() {
            term.number = number;
        }
        Taxonomies { all }
    }

    /// How many terms all taxonomies have together.
    pub fn term_count(&self) -> usize {
        self.all.iter().map(|taxonomy| taxonomy.terms.len()).sum()
    }

    /// Every taxonomy.
    pub fn all(&self) -> &[Taxonomy] {
        &self.all
    }

    /// A taxonomy by its name.
    pub fn get(&self, name: &str) -> Option<&Taxonomy> {
        self.all.iter().find(|t| &*t.config.name == name)
    }
}

impl Taxonomy {
    fn new(
        kind: TaxonomyConfig,
        found: Found,
        config: &Config,
        slugify: crate::config::Slugify,
        problems: &mut Diagnostics,
    ) -> Taxonomy {
        let address = addresses::taxonomy(config, &kind.slug);
        let mut terms = Vec::with_capacity(found.by_slug.len());
        let mut drafts = found.terms;
        for (slug, position) in found.by_slug {
            let term = std::mem::take(&mut drafts[position]);
            let name = &term.most_frequent().name;
            for other in term.spellings.iter().filter(|other| other.name != *name) {
                problems.equal_slugs(&other.name, name, &slug, other.place.clone());
            }
            terms.push(Term {
                name: name.clone(),
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
        Taxonomy {
            config: kind,
            address,
            terms,
            by_slug,
            slugify,
        }
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
    fn most_frequent(&self) -> &Spelling {
        let spellings = self.spellings.iter();
        spellings
            .max_by(|a, b| a.count.cmp(&b.count).then_with(|| b.name.cmp(&a.name)))
            .expect("a term is made by its first spelling")
    }
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

fn sources(
    entries: &Entries,
    briefs: &[Index],
    config: &Config,
    problems: &mut Diagnostics,
) -> Taxonomy {
    let mut found = Found::default();
    for index in briefs {
        let entry = &entries[*index];
        if let Some(source) = entry.brief().and_then(|brief| brief.source.as_ref()) {
            found.add(&source.name, &slug_of, *index, &source.place);
        }
    }
    Taxonomy::new(
        ours(SOURCES),
        found,
        config,
        crate::config::Slugify::On,
        problems,
    )
}
