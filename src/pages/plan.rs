//! All pages of a site in their order, and how they follow from those of the site before.

use std::borrow::Cow;

use super::proposals::{Proposal, Proposals, Settled};
use super::{Page, sitemap};
use crate::address::Address;
use crate::chunks::{self, Chunks};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, nearest};
use crate::maps::HashSet;
use crate::site::kept::Change;
use crate::site::{Site, links};

/// All pages, sorted by address.
#[derive(Debug, Default)]
pub struct Plan {
    pages: Chunks<Page>,
    /// What the pages were chosen from, in the order in which it was proposed.
    proposals: Proposals,
    /// Addresses that are wanted twice, or cannot be, folded.
    contested: HashSet<String>,
    /// Addresses in another form than theirs under which they are found too: folded.
    folded: HashSet<String>,
    /// Two files at one address, and the like.
    problems: Vec<Diagnostic>,
}

/// Reports a page that stands in a folder with the name of a sitemap.
fn report_folder_of(
    file: &Address,
    pages: &[Page],
    proposals: &Proposals,
    site: &Site,
    problems: &mut Diagnostics,
) {
    let folder = format!("{file}/");
    let at = pages.partition_point(|page| page.address.as_str() < folder.as_str());
    let Some(below) = pages
        .get(at)
        .filter(|page| page.address.as_str().starts_with(&folder))
    else {
        return;
    };
    let mut all = proposals.parts().iter().flatten();
    let wanted = all.find(|proposal| proposal.page.address == below.address);
    let place = wanted.and_then(|proposal| proposal.by.place(site));
    let place = place.unwrap_or_else(|| Place::whole(&site.config.file));
    problems.file_for_folder(file, &below.address, place);
}

impl Plan {
    /// A plan of these pages, each at an address of its own, that needs no site.
    pub fn of(mut pages: Vec<Page>) -> Plan {
        pages.sort_by(|a, b| a.address.cmp(&b.address));
        Plan {
            pages: pages.into(),
            ..Plan::default()
        }
    }

    /// The plan of what a site proposes, and what was found wrong before.
    pub fn new(site: &Site, proposals: Proposals, mut problems: Diagnostics) -> Plan {
        let Settled {
            mut pages,
            contested,
        } = proposals.settle(site, &mut problems);
        for page in sitemap::pages(site, &pages) {
            report_folder_of(&page.address, &pages, &proposals, site, &mut problems);
            let place = pages.binary_search_by(|other| other.address.cmp(&page.address));
            pages.insert(place.unwrap_or_else(|place| place), page);
        }
        let folded = pages.iter().filter_map(|page| match page.address.folded() {
            Cow::Borrowed(_) => None,
            Cow::Owned(folded) => Some(folded),
        });
        Plan {
            folded: folded.collect(),
            pages: pages.into(),
            proposals,
            contested,
            problems: problems.into_vec(),
        }
    }

    /// The plan of what the site now proposes, made of this one; it is equal to [`Plan::new`] of
    /// the same.
    ///
    /// # Errors
    /// The proposals, where they are much else, or touch an address that is in dispute.
    pub fn with(
        &self,
        site: &Site,
        proposals: Proposals,
        change: &Change<'_>,
    ) -> Result<Plan, Proposals> {
        match self.pages_with(site, &proposals, change) {
            Some(pages) => Ok(Plan {
                pages,
                proposals,
                contested: self.contested.clone(),
                folded: self.folded.clone(),
                problems: self.problems.clone(),
            }),
            None => Err(proposals),
        }
    }

    fn pages_with(
        &self,
        site: &Site,
        proposals: &Proposals,
        change: &Change<'_>,
    ) -> Option<Chunks<Page>> {
        let is_touched = |problem| change.touches(problem) || change.is_named_in(problem);
        if self.problems.iter().any(is_touched) {
            return None;
        }
        let (went, came) = difference(&self.proposals, proposals)?;
        let is_file_for_folder = |problem: &Diagnostic| problem.code == "file-for-folder";
        if !went.is_empty() || !came.is_empty() {
            let is_free = |page: &&Page| {
                matches!(page.address.folded(), Cow::Borrowed(_))
                    && page.address.fault().is_none()
                    && !self.contested.contains(page.address.as_str())
                    && !self.folded.contains(page.address.as_str())
            };
            if !went.iter().chain(&came).all(is_free)
                || self.problems.iter().any(is_file_for_folder)
            {
                return None;
            }
        }
        let sitemap = sitemap::with(self, (&went, &came), change, site)?;
        let mut pages = self.pages.clone();
        for page in &went {
            let place = position(&pages, &page.address).ok()?;
            pages.remove(place);
        }
        for page in came {
            let place = position(&pages, &page.address).err()?;
            if self.has_namesake(&pages, &page.address) {
                return None;
            }
            pages.insert(place, page.clone());
        }
        for page in sitemap {
            match position(&pages, &page.address) {
                Ok(place) => pages.replace(place, page),
                Err(_) => return None,
            }
        }
        Some(pages)
    }

    /// Whether a file has the name of the folder of a page, one of which is at this address, in
    /// whatever case.
    fn has_namesake(&self, pages: &Chunks<Page>, address: &Address) -> bool {
        let text = address.as_str();
        let is_file = |path: &str| {
            let found = pages.find(|page| page.address.as_str().cmp(path));
            found.is_ok() || self.folded.contains(path)
        };
        let mut folders = text.match_indices('/').skip(1);
        if folders.any(|(slash, _)| is_file(&text[..slash])) {
            return true;
        }
        let folder = format!("{text}/");
        let first_below = pages.find(|page| page.address.as_str().cmp(&folder));
        let first_below = first_below.unwrap_or_else(|place| place);
        let below = pages.get(first_below).map(|page| page.address.as_str());
        let mut below = below.into_iter().chain(self.folded.iter().map(|f| &**f));
        !text.ends_with('/') && below.any(|address| address.starts_with(&folder))
    }

    /// All pages, sorted by address.
    pub fn pages(&self) -> &Chunks<Page> {
        &self.pages
    }

    /// What the pages were chosen from.
    pub fn proposals(&self) -> &Proposals {
        &self.proposals
    }

    /// What is wrong with the plan.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// The page at an address.
    pub fn get(&self, address: &Address) -> Option<&Page> {
        let place = position(&self.pages, address).ok()?;
        self.pages.get(place)
    }

    /// Whether a browser that asks for this address gets something other than the 404 page.
    pub fn is_planned(&self, address: &str) -> bool {
        let parsed = match address.strip_suffix("index.html") {
            Some(folder) => Address::page(folder),
            None if address.ends_with('/') => Address::page(address),
            None => Address::file(address),
        };
        self.get(&parsed).is_some()
    }
}

/// Where the page of an address is, or would be.
fn position(pages: &Chunks<Page>, address: &Address) -> Result<chunks::Place, chunks::Place> {
    pages.find(|page| page.address.cmp(address))
}

/// The pages that are proposed no more, and those that were not proposed before: `None` if there
/// are many.
fn difference<'a>(before: &'a Proposals, now: &'a Proposals) -> Option<Difference<'a>> {
    let mut found = Difference::default();
    for (before, now) in before.parts().iter().zip(now.parts()) {
        compare(before, now, &mut found)?;
    }
    Some(found)
}

/// What went, and what came.
type Difference<'a> = (Vec<&'a Page>, Vec<&'a Page>);

/// Adds what differs in one part of the proposals; `None` if it is much.
fn compare<'a>(
    before: &'a [Proposal],
    now: &'a [Proposal],
    (went, came): &mut Difference<'a>,
) -> Option<()> {
    /// Beyond this many, it is faster to plan anew.
    const CHANGED_MAX: usize = 200;
    /// So far ahead the two are compared to find where they meet again.
    const AHEAD: usize = 32;
    let is_same = |a: &Proposal, b: &Proposal| a.rank == b.rank && a.page == b.page;
    let (mut before, mut now) = (before, now);
    while let (Some((old, others)), Some((new, rest))) = (before.split_first(), now.split_first()) {
        if is_same(old, new) {
            (before, now) = (others, rest);
            continue;
        }
        let skipped = |all: &[Proposal], end: &Proposal| {
            let ahead = all.iter().take(AHEAD);
            ahead.into_iter().position(|other| is_same(other, end))
        };
        let (from_before, from_now) = match (skipped(before, new), skipped(now, old)) {
            (Some(count), _) => (count, 0),
            (None, Some(count)) => (0, count),
            (None, None) => (1, 1),
        };
        went.extend(before[..from_before].iter().map(|proposal| &proposal.page));
        came.extend(now[..from_now].iter().map(|proposal| &proposal.page));
        (before, now) = (&before[from_before..], &now[from_now..]);
        if went.len() + came.len() > CHANGED_MAX {
            return None;
        }
    }
    went.extend(before.iter().map(|proposal| &proposal.page));
    came.extend(now.iter().map(|proposal| &proposal.page));
    (went.len() + came.len() <= CHANGED_MAX).then_some(())
}

impl links::Planned for Plan {
    fn has(&self, address: &str) -> bool {
        self.is_planned(address)
    }

    fn nearest(&self, address: &str) -> Option<&str> {
        let folder_of = |address: &str| {
            let slash = address.trim_end_matches('/').rfind('/');
            slash.map_or(0, |slash| slash + 1)
        };
        let folder = &address[..folder_of(address)];
        // Most addresses fall out by this comparison, which is cheap.
        let beside = self
            .pages
            .iter()
            .map(|page| page.address.as_str())
            .filter(|other| other.starts_with(folder) && folder_of(other) == folder.len());
        nearest(address, beside)
    }
}
