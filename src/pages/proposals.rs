//! Who wants which address, and who gets it.

use std::borrow::Cow;

use super::{Page, View, list, style_sheets};
use crate::address::Address;
use crate::diagnostic::{Diagnostics, Place};
use crate::maps::{HashMap, HashSet, with_room};
use crate::site::{Index, Site, addresses};

/// Who asks for an address; of two, the earlier in this list gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Static,
    Taxonomy,
    Content,
    Alias,
    StyleSheet,
    Zola,
    Ours,
}

/// Everything that wants an address, before conflicts are settled: what files ask for, what Zola
/// makes too, and what is made of our tables.
#[derive(Debug, Default)]
pub struct Proposals {
    parts: [Vec<Proposal>; 3],
}

/// A part of the proposals, while it is made.
#[derive(Debug, Default)]
pub struct Proposing {
    all: Vec<Proposal>,
}

/// A page that wants its address.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub page: Page,
    pub rank: Rank,
    pub by: Wanted,
}

/// Who asks for an address.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A content file as a whole.
    Entry(Index),
    /// A line of a file, or a file that is no content.
    At(Place),
    /// No one file.
    Nobody,
}

impl Wanted {
    pub fn place(&self, site: &Site) -> Option<Place> {
        match self {
            Wanted::Entry(index) => Some(site.entry(*index).place()),
            Wanted::At(place) => Some(place.clone()),
            Wanted::Nobody => None,
        }
    }
}

/// What came of the proposals.
#[derive(Debug)]
pub struct Settled {
    /// Sorted by address.
    pub pages: Vec<Page>,
    /// Addresses that some proposal did not get, in the form of [`Address::folded`].
    pub contested: HashSet<String>,
}

impl Proposing {
    /// None as yet, with room for so many.
    pub fn with_room(count: usize) -> Proposing {
        Proposing {
            all: Vec::with_capacity(count),
        }
    }

    /// A page that a file asks for.
    pub fn add(&mut self, proposal: Proposal) {
        self.all.push(proposal);
    }

    /// A page that a content file makes.
    pub fn content(&mut self, address: Address, view: View, by: Index) {
        self.add(Proposal {
            page: Page { address, view },
            rank: Rank::Content,
            by: Wanted::Entry(by),
        });
    }

    /// A page that no one file asks for.
    pub fn rank(&mut self, rank: Rank, address: Address, view: View) {
        self.add(Proposal {
            page: Page { address, view },
            rank,
            by: Wanted::Nobody,
        });
    }

    /// A page that Zola makes too.
    pub fn zola(&mut self, address: Address, view: View) {
        self.rank(Rank::Zola, address, view);
    }

    /// A page that only Dateline makes.
    pub fn ours(&mut self, address: Address, view: View) {
        self.rank(Rank::Ours, address, view);
    }

    /// Each page of a list.
    pub fn pagers(
        &mut self,
        list: &Address,
        items: usize,
        page_length: usize,
        view: impl Fn(usize) -> View,
    ) {
        for number in 1..=list::page_count(items, page_length) {
            self.ours(addresses::pager(list, "page", number), view(number));
        }
    }

    /// Each page of each year of a list that is cut by years; the newest year stands at the list's
    /// own address, to which its address with the year leads.
    pub fn years(
        &mut self,
        list: &Address,
        years: &[(i16, usize)],
        view: impl Fn(Option<i16>, usize) -> View,
    ) {
        if years.is_empty() {
            self.ours(list.clone(), view(None, 1));
        }
        for (position, (year, items)) in years.iter().enumerate() {
            let at = addresses::year(list, *year, years[0].0);
            let stated = (position > 0).then_some(*year);
            self.pagers(&at, *items, list::DENSE_PAGE_LENGTH, |number| {
                view(stated, number)
            });
            if position == 0 {
                self.ours(
                    list.join(&format!("{year:04}/")),
                    View::Redirect { to: list.clone() },
                );
            }
        }
    }
}

impl Proposals {
    /// These, one after the other.
    pub fn new(parts: [Proposing; 3]) -> Proposals {
        Proposals {
            parts: parts.map(|part| part.all),
        }
    }

    /// The parts, each in the order in which it was made.
    pub fn parts(&self) -> &[Vec<Proposal>; 3] {
        &self.parts
    }

    /// Room for each part, and some more that may come.
    pub fn room(&self) -> [usize; 3] {
        const MORE: usize = 64;
        self.parts.each_ref().map(|part| part.len() + MORE)
    }

    /// Gives each address to one proposal and reports the others.
    pub fn settle(&self, site: &Site, problems: &mut Diagnostics) -> Settled {
        let mut by_rank: Vec<&Proposal> = self.parts.iter().flatten().collect();
        // The sort is stable: of equal rank, content comes in the order of its paths.
        by_rank.sort_by_key(|proposal| proposal.rank);
        let mut winners: HashMap<Cow<'_, str>, &Proposal> = with_room(by_rank.len());
        let mut contested = HashSet::default();
        by_rank.retain(|proposal| {
            let address = &proposal.page.address;
            if let Some(fault) = address.fault() {
                let place = proposal.by.place(site);
                let place = place.unwrap_or_else(|| Place::whole(&site.config.file));
                problems.impossible_address(address, place, fault);
                contested.insert(address.folded().into_owned());
                return false;
            }
            let winner = *winners.entry(address.folded()).or_insert(proposal);
            let has_won = std::ptr::eq(winner, *proposal);
            if !has_won {
                report_conflict(site, winner, proposal, problems);
                contested.insert(address.folded().into_owned());
            }
            has_won
        });
        report_files_for_folders(site, &by_rank, problems);
        let mut pages: Vec<Page> = by_rank.into_iter().map(|p| p.page.clone()).collect();
        pages.sort_unstable_by(|a, b| a.address.cmp(&b.address));
        Settled { pages, contested }
    }
}

/// A file without an ending can have the name of a folder in which pages lie.
fn report_files_for_folders(site: &Site, kept: &[&Proposal], problems: &mut Diagnostics) {
    let files: HashMap<Cow<'_, str>, &Proposal> = kept
        .iter()
        .copied()
        .filter(|proposal| !proposal.page.address.as_str().ends_with('/'))
        .map(|proposal| (proposal.page.address.folded(), proposal))
        .collect();
    let mut reported = HashSet::default();
    for proposal in kept {
        let address = proposal.page.address.folded();
        // The first slash is the root, and what follows the last is the file itself.
        for (slash, _) in address.match_indices('/').skip(1) {
            let Some(file) = files.get(&address[..slash]) else {
                continue;
            };
            let place = file.by.place(site).or_else(|| proposal.by.place(site));
            if let Some(place) = place
                && reported.insert(file.page.address.clone())
            {
                problems.file_for_folder(&file.page.address, &proposal.page.address, place);
            }
        }
    }
}

fn report_conflict(site: &Site, winner: &Proposal, loser: &Proposal, problems: &mut Diagnostics) {
    let (address, wanted) = (&winner.page.address, &loser.page.address);
    let same = address == wanted;
    let file_of = |proposal: &Proposal| match proposal.by.place(site) {
        Some(place) => place.file.to_string(),
        None => "a static file of the theme".to_owned(),
    };
    let (place_of_winner, place_of_loser) = (winner.by.place(site), loser.by.place(site));
    match (winner.rank, loser.rank, place_of_winner, place_of_loser) {
        (Rank::Content | Rank::Alias, Rank::Alias, Some(other), Some(place))
            if other.file == place.file =>
        {
            problems.useless_alias(wanted, place);
        }
        (Rank::Taxonomy, Rank::Content | Rank::Alias, _, Some(place)) => {
            problems.content_against_taxonomy(wanted, place);
        }
        (_, Rank::Content | Rank::Alias, _, Some(place)) => {
            let is_alias = loser.rank == Rank::Alias;
            let other = (&*file_of(winner), address);
            problems.two_pages_at_one_address(wanted, place, other, is_alias);
        }
        (Rank::Content | Rank::Alias, Rank::Ours | Rank::Zola, Some(place), _) => {
            let path = place.file.strip_prefix("content/").unwrap_or_default();
            let entry = site.find(path).map(|index| site.entry(index));
            let is_brief = entry.is_some_and(|entry| entry.brief().is_some());
            problems.ours_yields(address, place, is_brief);
        }
        (Rank::Static, Rank::Static, ..) if same => {}
        (Rank::Static | Rank::StyleSheet, Rank::StyleSheet, ..)
            if style_sheets::overrides(site, winner, loser) => {}
        (Rank::StyleSheet, Rank::StyleSheet, _, Some(place)) => {
            let other = (&*file_of(winner), address);
            problems.two_pages_at_one_address(wanted, place, other, false);
        }
        (Rank::Static, Rank::StyleSheet | Rank::Taxonomy | Rank::Zola | Rank::Ours, place, _) => {
            let config = Place::whole(&site.config.file);
            problems.static_wins(address, place.unwrap_or(config));
        }
        // The feeds, data files and further pages of two that collide need no mention.
        _ if loser.page.is_html()
            && loser.page.view.number() == 1
            && loser.page.view != winner.page.view =>
        {
            problems.ours_collide(address, wanted, &site.config.file);
        }
        _ => {}
    }
}
