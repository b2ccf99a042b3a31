//! The features of the comparison: which rows of the briefs' tables are one, however they are spelt.

use std::iter::Peekable;
use std::sync::Arc;

use super::compare::Difference;
use super::counts::Counts;
use crate::config::slug_of;
use crate::content::brief::Brief;
use crate::maps::HashMap;

/// A feature by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeatureIndex(u32);

/// A row of comparisons, by one of its spellings.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feature {
    pub slug: Arc<str>,
    pub name: Arc<str>,
}

/// All features.
#[derive(Debug, Default)]
pub struct Features {
    /// Sorted by slug, each by the spelling that most rows have. They are shared from site to site
    /// as long as they are the same.
    all: Arc<[Arc<Feature>]>,
    /// How many briefs have each slug.
    briefs: Counts<Arc<str>>,
    /// How many rows have each spelling.
    rows: Counts<Arc<Feature>>,
}

/// The features after some briefs have come and gone.
#[derive(Debug)]
pub struct Found<'e> {
    pub features: Features,
    /// Which feature each spelling of these briefs means.
    pub by_spelling: HashMap<&'e Arc<str>, FeatureIndex>,
    /// Where each feature of before stands now, unless all stand where they stood. A feature that
    /// is no more stands nowhere, and nothing may ask for it.
    pub moved: Option<Vec<FeatureIndex>>,
}

impl Features {
    /// The features after the briefs of a difference have come and gone.
    pub fn with<'e>(&self, difference: &Difference<'e>) -> Found<'e> {
        let mut tally = Tally::default();
        for (brief, by) in difference.briefs() {
            tally.count(brief, by);
        }
        let of_features = tally.features.iter();
        let briefs = of_features.map(|f| (f.slug.clone(), f.briefs));
        let spelling = |spelling: &Spelling<'_>| {
            Arc::new(Feature {
                slug: tally.features[spelling.feature].slug.clone(),
                name: spelling.name.clone(),
            })
        };
        let rows = tally.spellings.iter().map(|s| (spelling(s), s.rows));
        let (briefs, rows) = (self.briefs.with(briefs), self.rows.with(rows));
        let stays = |feature: &Tallied| {
            let spellings = rows.from(|other| other.slug < feature.slug);
            let place = self.place(&feature.slug);
            place.is_ok_and(|place| most_frequent(&mut spellings.peekable()) == self.at(place))
        };
        let all = match rows.shares_things_with(&self.rows) && tally.features.iter().all(stays) {
            true => self.all.clone(),
            false => {
                let mut spellings = rows.iter().peekable();
                std::iter::from_fn(|| most_frequent(&mut spellings).cloned()).collect()
            }
        };
        let features = Features { all, briefs, rows };
        let known = tally.spellings.iter();
        let by_spelling = known
            .filter_map(|s| Some((s.name, features.by_slug(&tally.features[s.feature].slug)?)))
            .collect();
        Found {
            by_spelling,
            moved: features.moved_since(self),
            features,
        }
    }

    fn at(&self, index: FeatureIndex) -> Option<&Arc<Feature>> {
        self.all.get(index.0 as usize)
    }

    fn moved_since(&self, before: &Features) -> Option<Vec<FeatureIndex>> {
        if self.briefs.shares_things_with(&before.briefs) {
            return None;
        }
        let mut now = self.iter().peekable();
        let mut next = FeatureIndex(0);
        let places = before.all.iter().map(|feature| {
            let is_passed =
                |other: &Arc<Feature>| !Arc::ptr_eq(other, feature) && other.slug < feature.slug;
            while now.next_if(|(_, other)| is_passed(other)).is_some() {}
            if let Some((index, _)) = now.peek() {
                next = *index;
            }
            next
        });
        Some(places.collect())
    }

    /// A feature by its index.
    pub fn get(&self, index: FeatureIndex) -> &Feature {
        &self.all[index.0 as usize]
    }

    /// How many briefs have a feature in a table.
    pub fn briefs_with(&self, index: FeatureIndex) -> usize {
        self.briefs.at(index.0 as usize)
    }

    /// All, sorted by slug.
    pub fn iter(&self) -> impl Iterator<Item = (FeatureIndex, &Arc<Feature>)> {
        (0..).map(FeatureIndex).zip(self.all.iter())
    }

    /// A feature by its slug.
    pub fn by_slug(&self, slug: &str) -> Option<FeatureIndex> {
        self.place(slug).ok()
    }

    /// Where a slug stands, or would stand.
    fn place(&self, slug: &str) -> Result<FeatureIndex, FeatureIndex> {
        let index =
            |place| FeatureIndex(u32::try_from(place).expect("features are counted in 32 bits"));
        let found = self
            .all
            .binary_search_by(|feature| (*feature.slug).cmp(slug));
        found.map(index).map_err(index)
    }
}

impl FeatureIndex {
    /// Where the feature stands after others have come and gone; see [`Found::moved`].
    pub fn moved(self, moved: Option<&[FeatureIndex]>) -> FeatureIndex {
        moved.map_or(self, |moved| moved[self.0 as usize])
    }
}

/// The spelling of the next feature that most rows have; of equally frequent ones, the first by
/// alphabet.
fn most_frequent<'f>(
    spellings: &mut Peekable<impl Iterator<Item = (&'f Arc<Feature>, usize)>>,
) -> Option<&'f Arc<Feature>> {
    let (mut best, mut rows_of_best) = spellings.next()?;
    while let Some((other, rows)) = spellings.next_if(|(other, _)| other.slug == best.slug) {
        if rows > rows_of_best {
            (best, rows_of_best) = (other, rows);
        }
    }
    Some(best)
}

/// What briefs add to the counts, or take from them.
#[derive(Default)]
struct Tally<'e> {
    /// Each is looked at once, for there are far fewer than rows.
    spellings: Vec<Spelling<'e>>,
    by_name: HashMap<&'e Arc<str>, usize>,
    features: Vec<Tallied>,
    by_slug: HashMap<Arc<str>, usize>,
    briefs: usize,
}

/// A feature as somebody spells it.
struct Spelling<'e> {
    name: &'e Arc<str>,
    /// Position among those that were tallied.
    feature: usize,
    rows: isize,
}

/// A feature, however it is spelt.
struct Tallied {
    slug: Arc<str>,
    briefs: isize,
    /// The number of the last brief that has it.
    last: usize,
}

impl<'e> Tally<'e> {
    fn count(&mut self, brief: &'e Brief, by: isize) {
        self.briefs += 1;
        for row in brief.tables.iter().flat_map(|table| &table.rows) {
            let position = self.spelling(&row.feature);
            let spelling = &mut self.spellings[position];
            spelling.rows += by;
            let feature = &mut self.features[spelling.feature];
            if feature.last != self.briefs {
                feature.last = self.briefs;
                feature.briefs += by;
            }
        }
    }

    fn spelling(&mut self, name: &'e Arc<str>) -> usize {
        if let Some(position) = self.by_name.get(name) {
            return *position;
        }
        let slug: Arc<str> = slug_of(name).into();
        let features = self.features.len();
        let feature = *self.by_slug.entry(slug.clone()).or_insert(features);
        if feature == features {
            self.features.push(Tallied {
                slug,
                briefs: 0,
                last: 0,
            });
        }
        let position = self.spellings.len();
        self.by_name.insert(name, position);
        self.spellings.push(Spelling {
            name,
            feature,
            rows: 0,
        });
        position
    }
}
