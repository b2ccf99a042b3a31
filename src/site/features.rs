//! The features of the comparison: which rows of the briefs' tables are one, however they are spelt.

use std::cmp::Reverse;
use std::sync::Arc;

use super::compare::Difference;
use super::counts::Counts;
use super::kept::all_same;
use crate::config::slug_of;
use crate::content::brief::Brief;
use crate::maps::HashMap;

/// A feature of [`Features::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeatureIndex(u32);

/// A row of comparisons.
#[derive(Debug)]
pub struct Feature {
    /// The spelling that most briefs have.
    pub name: Arc<str>,
    pub slug: Arc<str>,
    /// How many briefs have it in a table.
    pub briefs: usize,
}

/// All features.
#[derive(Debug, Default)]
pub struct Features {
    /// Sorted by slug.
    all: Vec<Feature>,
    /// How many briefs have each slug.
    briefs: Counts<Arc<str>>,
    /// How many rows have each spelling, after its slug.
    rows: Counts<(Arc<str>, Arc<str>)>,
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
        let briefs = self
            .briefs
            .with(of_features.map(|f| (f.slug.clone(), f.briefs)));
        let slug = |spelling: &Spelling<'_>| tally.features[spelling.feature].slug.clone();
        let of_spellings = tally.spellings.iter();
        let rows = self
            .rows
            .with(of_spellings.map(|s| ((slug(s), s.name.clone()), s.rows)));
        let spellings = rows.chunk_by(|(a, _), (b, _)| a == b);
        let all = briefs.iter().zip(spellings).map(|((slug, briefs), rows)| {
            // Of equally frequent ones, the first by alphabet.
            let best = rows
                .iter()
                .max_by(|((_, name), rows), ((_, other), rows_of_other)| {
                    (rows, Reverse(name)).cmp(&(rows_of_other, Reverse(other)))
                });
            let ((_, name), _) = best.expect("a slug is that of a spelling");
            Feature {
                name: name.clone(),
                slug: slug.clone(),
                briefs: *briefs,
            }
        });
        let features = Features {
            all: all.collect(),
            briefs,
            rows,
        };
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

    fn moved_since(&self, before: &Features) -> Option<Vec<FeatureIndex>> {
        let is_one = |a: &Feature, b: &Feature| a.slug == b.slug;
        if all_same(&self.all, &before.all, is_one) {
            return None;
        }
        let places = before.all.iter().map(|feature| {
            let place = self.place(&feature.slug);
            place.unwrap_or_else(|place| place)
        });
        Some(places.collect())
    }

    /// A feature by its index.
    pub fn get(&self, index: FeatureIndex) -> &Feature {
        &self.all[index.0 as usize]
    }

    /// All, sorted by slug.
    pub fn all(&self) -> &[Feature] {
        &self.all
    }

    /// The same with their indexes.
    pub fn iter(&self) -> impl Iterator<Item = (FeatureIndex, &Feature)> {
        (0..).map(FeatureIndex).zip(&self.all)
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
