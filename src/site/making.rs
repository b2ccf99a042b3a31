//! How each table of a site is made: of nothing, or of that of the site before and what changed.

use jiff::civil::Date;

use super::companies::{self, Companies};
use super::compare::{self, Compare};
use super::events::{self, Events};
use super::held_back::HeldBack;
use super::identity::{self, Identities};
use super::kept::{Earlier, Kept};
use super::predictions::{self, Predictions};
use super::sections::Sections;
use super::taxonomies::{self, Taxonomies};
use super::timeline::{self, DatedOf, Timeline};
use super::weeks::{self, Weeks};
use super::{Entries, Entry, Index, Site, links};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::maps::HashMap;

/// What the tables are read out of.
#[derive(Clone, Copy)]
pub struct Making<'a> {
    pub before: Option<Earlier<'a>>,
    pub entries: &'a Entries,
    /// Those of the default language, newest first.
    pub briefs: &'a [Index],
    pub held_back: &'a HeldBack,
    pub config: &'a Config,
    pub is_dateline: bool,
    pub today: Date,
}

/// The same for tables that look companies up by their index.
pub struct MakingOf<'a> {
    making: Making<'a>,
    companies: &'a Kept<Companies>,
    /// The site before, if the indexes mean the same in both.
    before: Option<Earlier<'a>>,
    /// Whether the companies are the very same.
    are_same: bool,
}

impl<'a> Making<'a> {
    /// Whether any page of ours is made beside the content.
    fn makes_views(&self) -> bool {
        let chosen = self.config.dateline.pages.as_ref();
        self.is_dateline && chosen.is_none_or(|names| !names.is_empty())
    }

    /// Who is meant by which name.
    pub fn companies(&self, problems: &mut Diagnostics) -> Kept<Companies> {
        let follow = |b: Earlier<'a>| b.follow(&b.site.companies, true, companies::is_same);
        Kept::follow(
            self.before.map(follow),
            problems,
            |companies, change, _| companies.with(change, self.entries),
            |problems| Companies::new(self.entries, self.briefs, problems),
        )
    }

    /// What the folders list.
    pub fn sections(&self, problems: &mut Diagnostics) -> Kept<Sections> {
        let follow = |b: Earlier<'a>| {
            let sections = &b.site.sections;
            b.keep(sections, |x, y| sections.are_same_of(x, y))
        };
        Kept::follow(
            self.before.map(follow),
            problems,
            |sections, change, problems| sections.with(change, self.entries, problems),
            |problems| Sections::new(self.entries, problems),
        )
    }

    /// Tags, audiences, sources.
    pub fn taxonomies(&self, problems: &mut Diagnostics) -> Kept<Taxonomies> {
        let read = taxonomies::Read {
            entries: self.entries,
            briefs: self.briefs,
            config: self.config,
            is_dateline: self.is_dateline,
        };
        let follow = |b: Earlier<'a>| b.follow(&b.site.taxonomies, true, taxonomies::is_same);
        Kept::follow(
            self.before.map(follow),
            problems,
            |taxonomies, change, problems| taxonomies.with(change, &read, problems),
            |problems| Taxonomies::new(&read, problems),
        )
    }

    /// What the ids name.
    pub fn identities(&self, problems: &mut Diagnostics) -> Kept<Identities> {
        let follow = |b: Earlier<'a>| b.follow(&b.site.identities, true, identity::is_same);
        Kept::follow(
            self.before.map(follow),
            problems,
            |identities, change, problems| identities.with(change, problems),
            |problems| Identities::new(self.entries, self.held_back, self.config, problems),
        )
    }

    /// Stories that several briefs share.
    pub fn events(&self, problems: &mut Diagnostics) -> Kept<Events> {
        let read = events::Read {
            entries: self.entries,
            held_back: self.held_back,
            config: self.config,
        };
        let follow = |b: Earlier<'a>| b.follow(&b.site.events, true, events::is_same);
        Kept::follow(
            self.before.map(follow),
            problems,
            |events, change, problems| events.with(change, &read, problems),
            |problems| Events::new(&read, self.briefs, problems),
        )
    }

    /// Which entries name an entry in their text.
    pub fn backlinks(&self, problems: &mut Diagnostics) -> Kept<HashMap<Index, Vec<Index>>> {
        let follow = |b: Earlier<'a>| b.keep(&b.site.backlinks, links::is_same);
        let make = |_: &mut _| links::backlinks(self.entries);
        Kept::make(self.before.map(follow), problems, make)
    }

    /// What belongs to each week, once the tables are made that it is sorted out of.
    pub fn weeks(
        &self,
        read: &weeks::Read<'_>,
        are_same: impl Fn(&Site) -> bool,
        problems: &mut Diagnostics,
    ) -> Kept<Weeks> {
        let before = self.before.filter(|before| are_same(before.site));
        let way = before.map(|b| b.keep(&b.site.weeks, weeks::is_same));
        Kept::make(way, problems, |problems| Weeks::new(read, problems))
    }

    /// How tables are made that look up companies.
    pub fn of(self, companies: &'a Kept<Companies>) -> MakingOf<'a> {
        let before = self.before;
        let before = before.filter(|before| companies.has_names_of(&before.site.companies));
        MakingOf {
            making: self,
            companies,
            before,
            are_same: before.is_some_and(|before| companies.is(&before.site.companies)),
        }
    }
}

impl<'a> MakingOf<'a> {
    /// What the briefs observed of the companies; nothing if no page of ours shows it: then it is
    /// made when a template asks.
    pub fn compare(&self, problems: &mut Diagnostics) -> Option<Kept<Compare>> {
        let before = self.before.and_then(|b| Some((b, b.site.compare.made()?)));
        let is_shown = || self.making.makes_views() || compare::has_pages(self.making.entries);
        if before.is_none() && !is_shown() {
            return None;
        }
        let read = compare::Read {
            entries: self.making.entries,
            briefs: self.making.briefs,
            companies: self.companies,
            held_back: self.making.held_back,
        };
        let follow = |(b, made): (Earlier<'a>, &'a Kept<Compare>)| {
            let way = b.follow(made, self.are_same, compare::is_same);
            match self.companies.are_shown_as_in(&b.site.companies) {
                true => way,
                false => way.or_changed(b.change),
            }
        };
        Some(Kept::follow(
            before.map(follow),
            problems,
            |compare, change, problems| compare.with(change, &read, problems),
            |problems| Compare::new(&read, problems),
        ))
    }

    /// What the briefs foretold.
    pub fn predictions(
        &self,
        identities: &Kept<Identities>,
        problems: &mut Diagnostics,
    ) -> Kept<Predictions> {
        let read = predictions::Read {
            entries: self.making.entries,
            identities,
            companies: self.companies,
            today: self.making.today,
        };
        let follow = |b: Earlier<'a>| {
            // What an id names may be another brief, though the items are the same.
            let are_same_ids = identities.is(&b.site.identities);
            let is_same = |a: &Entry, b: &Entry| {
                predictions::is_same(a, b) && (are_same_ids || identity::is_same(a, b))
            };
            b.follow(&b.site.predictions, self.are_same, is_same)
        };
        Kept::follow(
            self.before.map(follow),
            problems,
            |predictions, change, problems| predictions.with(&read, change, problems),
            |problems| Predictions::new(&read, self.making.briefs, problems),
        )
    }

    /// What happened when; nothing if no page of ours shows it: then it is made when a template asks.
    pub fn timeline(&self, problems: &mut Diagnostics) -> Option<Kept<Timeline>> {
        let before = self.before.and_then(|b| Some((b, b.site.timeline.made()?)));
        let is_wanted = before.is_some() || self.making.makes_views();
        is_wanted.then(|| self.merged(timeline::TIMELINE, before, problems))
    }

    /// What was set right when.
    pub fn corrections(&self, problems: &mut Diagnostics) -> Kept<Timeline> {
        let before = self.before.map(|b| (b, &b.site.corrections));
        self.merged(timeline::CORRECTIONS, before, problems)
    }

    fn merged(
        &self,
        of: DatedOf,
        before: Option<(Earlier<'a>, &'a Kept<Timeline>)>,
        problems: &mut Diagnostics,
    ) -> Kept<Timeline> {
        let read = timeline::Read {
            entries: self.making.entries,
            companies: self.companies,
            of,
        };
        let is_same = |a: &Entry, b: &Entry| timeline::is_same(a, b, of);
        let follow = |(b, made): (Earlier<'a>, _)| b.follow(made, self.are_same, is_same);
        Kept::follow(
            before.map(follow),
            problems,
            |timeline, change, _| Some(timeline.with(&read, change)),
            |_| Timeline::new(&read, self.making.briefs),
        )
    }
}
