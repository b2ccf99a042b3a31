//! What templates ask for by calling a function: what is ours, by names that they know.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compare::chosen::{self, Chosen};
use super::question::Answer;
use super::{companies, predictions, taxonomies, timeline, weeks};
use crate::site::Site;
use crate::site::predictions::Standing;
use crate::site::taxonomies::Kind;
use crate::value::Hash;

/// A call. What is not `required` is absent where a name means nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Called {
    Comparison {
        chosen: Chosen,
        rows_max: usize,
        required: bool,
    },
    /// A company by any of its names, with the first of each of its lists.
    Company {
        name: Arc<str>,
        limit: usize,
        required: bool,
    },
    /// A week by its name, or the newest.
    Week {
        name: Option<Arc<str>>,
        required: bool,
    },
    /// The first predictions of some standings, perhaps of one company.
    Predictions {
        standings: BTreeSet<Standing>,
        company: Option<Arc<str>>,
        limit: usize,
    },
    /// The first items of the timeline, perhaps of one company.
    Timeline {
        company: Option<Arc<str>>,
        limit: usize,
    },
    /// A term as Zola has it, by its name.
    Term {
        kind: Kind,
        name: Arc<str>,
        with_pages: bool,
        required: bool,
    },
}

/// What a call gives.
pub fn answer(site: &Site, called: &Called) -> Answer {
    match called {
        // Each is short, but there may be as many as pages. Terms are kept where they are made.
        Called::Comparison { .. } | Called::Term { .. } => make(site, called),
        _ => {
            let question = Hash::of(format!("{called:?}").as_bytes());
            site.shown.called.get(question, || make(site, called))
        }
    }
}

fn make(site: &Site, called: &Called) -> Answer {
    match called {
        Called::Comparison {
            chosen,
            rows_max,
            required,
        } => chosen::answer(site, chosen, *rows_max, *required),
        Called::Company {
            name,
            limit,
            required,
        } => companies::by_name(site, name, *limit, *required),
        Called::Week { name, required } => weeks::named(site, name.as_deref(), *required),
        Called::Predictions {
            standings,
            company,
            limit,
        } => predictions::first(site, standings, company.as_deref(), *limit),
        Called::Timeline { company, limit } => timeline::first(site, company.as_deref(), *limit),
        Called::Term {
            kind,
            name,
            with_pages,
            required,
        } => taxonomies::term_named(site, kind, name, *with_pages, *required),
    }
}
