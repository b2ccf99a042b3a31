//! Sections: folders with an `_index.md`, the pages that they list, and in which order.

use std::cmp::Ordering;
use std::sync::Arc;

use super::kept::Change;
use super::{Entries, Entry, Index};
use crate::content::article::{FrontMatter, SectionKeys, SortBy};
use crate::diagnostic::Diagnostics;
use crate::maps::HashMap;

/// All sections, by the index of their `_index.md`.
#[derive(Debug)]
pub struct Sections {
    by_index: HashMap<Index, Section>,
    /// By path.
    all: Vec<Index>,
    /// The neighbours of the page in each slot, in the sections that list it.
    siblings: Vec<Siblings>,
    /// The sections above the entry of each slot, root first.
    ancestors: Vec<Arc<[Index]>>,
    /// Whether one of them sorts by title.
    reads_titles: bool,
}

/// What a section lists.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Sorted; pages without the sort key are not in it.
    pub pages: Vec<Index>,
    /// Sorted by weight, then by path.
    pub subsections: Vec<Index>,
}

/// A page's neighbours (Zola's `page.lower` and `page.higher`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Siblings {
    pub lower: Option<Index>,
    pub higher: Option<Index>,
}

impl Sections {
    /// Sorts each page into the section of its folder, and up through transparent ones.
    pub fn new(entries: &Entries, problems: &mut Diagnostics) -> Sections {
        let mut by_index: HashMap<Index, Section> = HashMap::default();
        let mut all = Vec::new();
        let nothing: Arc<[Index]> = Arc::default();
        let mut ancestors = vec![nothing; entries.slot_count()];
        for (index, entry) in entries.iter() {
            let above = sections_above(entry, entries);
            if entry.front_matter().section.is_some() {
                by_index.entry(index).or_default();
                all.push(index);
                if let Some(parent) = above.first() {
                    by_index.entry(*parent).or_default().subsections.push(index);
                }
            } else {
                for section in listing(&above, entry, entries) {
                    by_index.entry(section).or_default().pages.push(index);
                }
            }
            let mut root_first = above;
            root_first.reverse();
            ancestors[index.slot()] = root_first.into();
        }
        for index in &all {
            let section = by_index
                .get_mut(index)
                .expect("each section has an entry in the map");
            sort_section(*index, section, entries, problems);
        }
        let siblings = siblings(&all, &by_index, entries);
        let reads_titles = by_index.keys().any(|index| {
            let sort_by = keys(&entries[*index]).sort_by;
            matches!(sort_by, SortBy::Title | SortBy::TitleBytes)
        });
        Sections {
            by_index,
            all,
            siblings,
            ancestors,
            reads_titles,
        }
    }

    /// The sections after a change: `None` if that is one of sections themselves.
    pub fn with(
        &self,
        change: &Change<'_>,
        entries: &Entries,
        problems: &mut Diagnostics,
    ) -> Option<Sections> {
        let is_section = |entry: &Entry| entry.front_matter().section.is_some();
        if change.has_any(is_section) {
            return None;
        }
        let (mut by_index, mut ancestors) = (self.by_index.clone(), self.ancestors.clone());
        ancestors.resize_with(entries.slot_count(), Arc::default);
        for (index, entry) in change.gone() {
            for section in listing(&sections_above(entry, entries), entry, entries) {
                let section = by_index.get_mut(&section)?;
                section.pages.retain(|page| *page != index);
            }
            ancestors[index.slot()] = Arc::default();
        }
        for (index, entry) in change.come() {
            let mut above = sections_above(entry, entries);
            for listing in listing(&above, entry, entries) {
                let section = by_index.get_mut(&listing)?;
                insert_page(&entries[listing], section, index, entries, problems);
            }
            above.reverse();
            ancestors[index.slot()] = above.into();
        }
        Some(Sections {
            siblings: siblings(&self.all, &by_index, entries),
            by_index,
            all: self.all.clone(),
            ancestors,
            reads_titles: self.reads_titles,
        })
    }

    /// Whether they would be the same of either entry: nothing that a page is sorted by differs,
    /// nor how a section sorts.
    pub fn are_same_of(&self, a: &Entry, b: &Entry) -> bool {
        let (x, y) = (a.front_matter(), b.front_matter());
        let updated = |f: &FrontMatter| f.updated.as_ref().map(|moment| moment.instant);
        let keys = |f: &FrontMatter| f.section.as_ref().map(|s| (s.sort_by, s.transparent));
        (x.weight, x.render, updated(x), keys(x)) == (y.weight, y.render, updated(y), keys(y))
            && (!self.reads_titles || x.title == y.title)
            && a.permalink == b.permalink
    }

    /// What a section lists.
    pub fn get(&self, index: Index) -> &Section {
        &self.by_index[&index]
    }

    /// All sections, in the order of their paths.
    pub fn all(&self) -> &[Index] {
        &self.all
    }

    /// The neighbours of a page in the sections that list it.
    pub fn siblings(&self, index: Index) -> Siblings {
        self.siblings[index.slot()]
    }

    /// The sections above an entry, root first.
    pub fn ancestors(&self, index: Index) -> &[Index] {
        &self.ancestors[index.slot()]
    }

    /// The sections that a page belongs to, nearest first: it is not in their lists if it lacks the
    /// key that they sort by.
    pub fn of_page(&self, page: Index, entries: &Entries) -> Vec<Index> {
        let above = self.ancestors(page).iter().rev();
        let above: Vec<Index> = above.copied().collect();
        listing(&above, &entries[page], entries)
    }
}

/// The sections above an entry, nearest first. A folder without `_index.md` is passed over.
fn sections_above(entry: &Entry, entries: &Entries) -> Vec<Index> {
    let mut above = Vec::new();
    let mut folder = super::addresses::colocated_folder(&entry.article).unwrap_or_else(|| {
        entry
            .article
            .path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
    });
    let colocated = super::addresses::colocated_folder(&entry.article).is_some();
    if colocated {
        if folder.is_empty() {
            return above;
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    let language = entry
        .article
        .language
        .as_deref()
        .map(|code| format!(".{code}"))
        .unwrap_or_default();
    loop {
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}_index{language}.md");
        if let Some(index) = entries.find(&path) {
            debug_assert!(entries[index].front_matter().section.is_some());
            above.push(index);
        }
        if folder.is_empty() {
            return above;
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}

/// The sections that list a page: that of its folder, and from a transparent one the next above.
fn listing(above: &[Index], page: &Entry, entries: &Entries) -> Vec<Index> {
    let mut found = Vec::new();
    // A page that is not rendered is in no list, as in Zola.
    let Some(nearest) = above.first().filter(|_| page.front_matter().render) else {
        return found;
    };
    // A page in a folder without `_index.md` belongs to no section.
    let page_folder = super::addresses::colocated_folder(&page.article).map_or_else(
        || {
            page.article
                .path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder)
        },
        |folder| folder.rsplit_once('/').map_or("", |(parent, _)| parent),
    );
    let section_folder = entries[*nearest]
        .article
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    if page_folder != section_folder {
        return found;
    }
    for index in above {
        found.push(*index);
        if !keys(&entries[*index]).transparent {
            break;
        }
    }
    found
}

/// The keys of an entry that is a section.
pub fn keys(entry: &Entry) -> &SectionKeys {
    entry
        .front_matter()
        .section
        .as_ref()
        .expect("the entry is a section")
}

fn sort_section(
    index: Index,
    section: &mut Section,
    entries: &Entries,
    problems: &mut Diagnostics,
) {
    let of = |index: &Index| &entries[*index];
    section
        .subsections
        .sort_by_key(|i| (of(i).front_matter().weight.unwrap_or(0), entries.rank(*i)));
    let above = of(&index);
    section
        .pages
        .retain(|page| has_sort_key(above, of(page), problems));
    let sort_by = keys(above).sort_by;
    if matches!(sort_by, SortBy::Title) {
        // Lower case is made once for each page.
        section
            .pages
            .sort_by_cached_key(|i| (of(i).title.to_lowercase(), of(i).permalink.clone()));
    } else {
        section
            .pages
            .sort_by(|a, b| order(sort_by, (*a, *b), entries));
    }
}

/// Puts a page into its place in a section, if it has what that sorts by.
fn insert_page(
    above: &Entry,
    section: &mut Section,
    page: Index,
    entries: &Entries,
    problems: &mut Diagnostics,
) {
    if !has_sort_key(above, &entries[page], problems) {
        return;
    }
    let sort_by = keys(above).sort_by;
    let comes_before = |other: &Index| order(sort_by, (*other, page), entries).is_lt();
    let place = section.pages.partition_point(comes_before);
    section.pages.insert(place, page);
}

/// How two pages stand to each other in a section, as Zola sorts them.
fn order(sort_by: SortBy, (a, b): (Index, Index), entries: &Entries) -> Ordering {
    let (x, y) = (&*entries[a], &*entries[b]);
    let by_key = match sort_by {
        SortBy::None => return entries.rank(a).cmp(&entries.rank(b)),
        SortBy::Date => y.instant().cmp(&x.instant()),
        SortBy::UpdateDate => update_instant(y).cmp(&update_instant(x)),
        SortBy::Title => x.title.to_lowercase().cmp(&y.title.to_lowercase()),
        SortBy::TitleBytes => x.title.cmp(&y.title),
        SortBy::Weight => x.front_matter().weight.cmp(&y.front_matter().weight),
        SortBy::Slug => x.slug().cmp(y.slug()),
        SortBy::Permalink => Ordering::Equal,
    };
    let by_path = || entries.rank(a).cmp(&entries.rank(b));
    by_key
        .then_with(|| x.permalink.cmp(&y.permalink))
        .then_with(by_path)
}

fn update_instant(entry: &Entry) -> jiff::Timestamp {
    entry
        .front_matter()
        .updated
        .as_ref()
        .map_or_else(|| entry.instant(), |updated| updated.instant)
}

/// Whether a page has what a section sorts by; one that has not is reported where it lies.
fn has_sort_key(above: &Entry, page: &Entry, problems: &mut Diagnostics) -> bool {
    let (sort_by, front_matter) = (keys(above).sort_by, page.front_matter());
    let has_key = match sort_by {
        SortBy::Date => front_matter.date.is_some(),
        SortBy::UpdateDate => front_matter.date.is_some() || front_matter.updated.is_some(),
        SortBy::Title | SortBy::TitleBytes => front_matter.title.is_some(),
        SortBy::Weight => front_matter.weight.is_some(),
        SortBy::Slug | SortBy::Permalink | SortBy::None => true,
    };
    let folder = |entry: &'_ Entry| entry.article.path.rsplit_once('/').map(|p| p.0.to_owned());
    // A transparent section passes its pages on; the page is reported once, where it lies.
    if !has_key && folder(page) == folder(above) {
        problems.no_sort_key(page.place(), sort_key_name(sort_by), &above.article.file);
    }
    has_key
}

fn sort_key_name(sort_by: SortBy) -> &'static str {
    match sort_by {
        SortBy::Date => "date",
        SortBy::UpdateDate => "updated",
        SortBy::Title | SortBy::TitleBytes => "title",
        SortBy::Weight => "weight",
        SortBy::Slug | SortBy::Permalink | SortBy::None => "none",
    }
}

/// The neighbours of the page in each slot: those in the one list that does not pass its pages on,
/// as in Zola.
fn siblings(all: &[Index], by_index: &HashMap<Index, Section>, entries: &Entries) -> Vec<Siblings> {
    let mut siblings = vec![Siblings::default(); entries.slot_count()];
    for index in all {
        let keys = keys(&entries[*index]);
        if keys.sort_by == SortBy::None || keys.transparent {
            continue;
        }
        let pages = &by_index[index].pages;
        for (position, page) in pages.iter().enumerate() {
            siblings[page.slot()] = Siblings {
                lower: position.checked_sub(1).map(|i| pages[i]),
                higher: pages.get(position + 1).copied(),
            };
        }
    }
    siblings
}
