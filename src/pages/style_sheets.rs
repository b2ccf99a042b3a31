//! Style sheets that are made of Sass, and what a compilation may see of the site.

use std::sync::Arc;

use super::proposals::{Proposal, Proposing, Rank, Wanted};
use super::question::Answer;
use super::{Page, View};
use crate::address::Address;
use crate::diagnostic::Place;
use crate::input::{SassFile, SassFiles};
use crate::site::Site;
use crate::value::Value;

/// A style sheet for each file that is none to be taken in by others: the theme's always, the
/// site's if it says so. The site's come first, so that they win over the theme's.
pub fn propose(site: &Site, proposals: &mut Proposing) {
    let sheets = || site.sass.all().iter().filter(|file| file.is_sheet());
    let own = sheets().filter(|file| !file.from_theme && site.config.compile_sass);
    for file in own.chain(sheets().filter(|file| file.from_theme)) {
        let view = View::StyleSheet {
            file: file.file.clone(),
        };
        let address = address(file);
        proposals.add(Proposal {
            page: Page { address, view },
            rank: Rank::StyleSheet,
            by: Wanted::At(Place::whole(&file.file)),
        });
    }
}

/// Whether the same style sheets are made of either.
pub fn are_same(before: &SassFiles, now: &SassFiles) -> bool {
    fn files(all: &SassFiles) -> impl Iterator<Item = &Arc<str>> {
        let sheets = all.all().iter().filter(|file| file.is_sheet());
        sheets.map(|file| &file.file)
    }
    files(before).eq(files(now))
}

/// Whether one of two at an address is meant to stand in the place of the other: the site's of the
/// theme's.
pub fn overrides(site: &Site, winner: &Proposal, loser: &Proposal) -> bool {
    let is_of_theme = |proposal: &Proposal| match (&proposal.page.view, &proposal.by) {
        (View::StyleSheet { file }, _) => site.sass.find(file).is_some_and(|f| f.from_theme),
        (_, Wanted::At(place)) => place.file.starts_with("themes/"),
        _ => true,
    };
    winner.page.address == loser.page.address && !is_of_theme(winner) && is_of_theme(loser)
}

/// The Sass file of the style sheet at an address.
pub fn at(site: &Site, wanted: &str) -> Value {
    let sheets = || site.sass.all().iter().filter(|file| file.is_sheet());
    let own = sheets().filter(|file| !file.from_theme && site.config.compile_sass);
    let mut all = own.chain(sheets().filter(|file| file.from_theme));
    let found = all.find(|file| address(file).as_str() == wanted);
    found.map(|found| found.file.clone()).into()
}

/// The text of a Sass file, by its path from the root of the site.
pub fn text(site: &Site, file: &str) -> Answer {
    match site.sass.find(file) {
        Some(found) => Ok((&found.text).into()),
        None => Err(format!("there is no `{file}`")),
    }
}

fn address(file: &SassFile) -> Address {
    let path = &*file.path;
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    Address::file(&format!("{stem}.css"))
}
