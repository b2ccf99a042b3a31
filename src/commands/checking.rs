//! The check that follows on each rebuild of the preview: pages that nobody has opened are made in
//! the background, for some mistakes are found by nothing else.

use std::sync::{Arc, Mutex};

use super::background;
use super::held;
use super::session::Check;
use super::watch::Waker;
use crate::address::Address;

/// Makes pages in the background, one site at a time.
pub struct Checker {
    /// Woken when something was found.
    waker: Waker,
    state: Arc<Mutex<State>>,
    /// Held by the one check that goes on.
    turn: Arc<Mutex<()>>,
}

#[derive(Default)]
struct State {
    /// Which site it is that is checked, counted.
    round: u64,
    /// Pages that cannot be made, if they are others than were known.
    news: Option<Vec<Address>>,
}

impl Checker {
    /// Checks nothing yet.
    pub fn new(waker: Waker) -> Checker {
        Checker {
            waker,
            state: Arc::default(),
            turn: Arc::default(),
        }
    }

    /// Begins to check a site in place of the last. The pages that are known to fail are looked at
    /// first, then those that changed.
    pub fn start(&self, check: Check, known: &[Address], changed: Vec<Address>) {
        let mut state = held(&self.state);
        state.round += 1;
        state.news = None;
        let round = state.round;
        drop(state);
        let (state, turn) = (self.state.clone(), self.turn.clone());
        let waker = self.waker.clone();
        let known = known.to_vec();
        background::spawn_later(move || {
            let _turn = held(&turn);
            let goes_on = || held(&state).round == round;
            let first = known.iter().cloned().chain(changed).collect();
            let Some(failing) = check.failing(first, &goes_on) else {
                return;
            };
            let mut state = held(&state);
            if state.round == round && failing != known {
                state.news = Some(failing);
                waker.wake();
            }
        });
    }

    /// Ends the check, so that it takes no time from what is to be shown, and lets go of its site.
    pub fn stop(&self) {
        held(&self.state).round += 1;
    }

    /// The pages of the site last checked that cannot be made, if that is news.
    pub fn news(&self) -> Option<Vec<Address>> {
        held(&self.state).news.take()
    }
}
