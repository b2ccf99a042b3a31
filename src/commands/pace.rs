//! When what was heard of changes is acted on: a state machine without clock, threads or files.
//!
//! Whoever drives it tells it what happens and when, and does what it says:
//!
//! - [`Pace::on_event`] after each event of the watcher, in any order, lost and doubled ones too;
//! - [`Pace::on_tick`] after that, and at the time of [`Pace::next_wakeup`], until it says `None`;
//! - after an [`Act::Try`], [`Pace::on_tried`]: until then nothing else is to be done;
//! - after an [`Act::Compare`], which may take its time elsewhere, [`Pace::on_compared`].
//!
//! An event is a hint and no more. The first is acted on at once; what is doubtful (a file that is
//! empty or gone, an error that was not there before) and what is much waits until things are quiet,
//! so that an editor's or a version control system's work is never shown half done. Whenever things
//! have been quiet a little longer, and every now and then, everything is compared: a lost event
//! costs a second.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::disk::Hints;

/// Files are quiet when nothing has happened for so long. Within one save an editor pauses less.
const QUIET: Duration = Duration::from_millis(100);
/// Something that writes all the time puts off what is shown no longer than this.
const QUIET_MAX: Duration = Duration::from_secs(2);
/// More paths than this at a time are the work of a program: a checkout, a formatter.
const BURST: usize = 20;
/// Everything is compared when things have been quiet for so long.
const COMPARE_AFTER: Duration = Duration::from_millis(300);
/// Everything is compared so often even if nothing is heard, which is all there is where the system
/// tells of nothing: on a network drive, or out of watches.
const COMPARE_EVERY: Duration = Duration::from_secs(1);
/// Comparing takes at most this part of the time.
const COMPARE_SHARE: u32 = 50;

/// What the watcher tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something happened at these paths, or in these folders.
    Paths(Vec<PathBuf>),
    /// Something happened somewhere; the watcher lost count.
    Lost,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Read these paths, and show what comes of it if nothing about it is doubtful.
    Try(Vec<PathBuf>),
    /// Things are quiet: read this, and show what comes of it, errors and all.
    Settle(Hints),
    /// Compare everything with what was read, without keeping anybody waiting.
    Compare,
}

/// What came of an [`Act::Try`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown, or there was nothing to show.
    Good,
    /// It may be half done; it is to be judged again.
    Doubtful,
}

/// When to act.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Heard of, and not done.
    waiting: BTreeSet<PathBuf>,
    /// Whether anything may have happened anywhere.
    is_lost: bool,
    /// Whether some of `waiting` was heard since the last try.
    is_fresh: bool,
    /// What is being tried.
    trying: Option<BTreeSet<PathBuf>>,
    /// All that was heard since things were quiet.
    burst: BTreeSet<PathBuf>,
    /// When the first of `waiting` was heard.
    since: Option<Instant>,
    /// When something was heard last.
    last: Option<Instant>,
    compare_at: Instant,
    comparing_since: Option<Instant>,
}

impl Pace {
    /// A site that was read before it was watched: it is compared soon.
    pub fn new(now: Instant) -> Pace {
        Pace {
            waiting: BTreeSet::new(),
            is_lost: false,
            is_fresh: false,
            trying: None,
            burst: BTreeSet::new(),
            since: None,
            last: None,
            compare_at: now,
            comparing_since: None,
        }
    }

    /// Notes what the watcher told at this time.
    pub fn on_event(&mut self, now: Instant, heard: Heard) {
        if self.is_quiet(now) {
            self.burst.clear();
        }
        match heard {
            Heard::Paths(paths) if paths.is_empty() => return,
            Heard::Paths(paths) => {
                // What there is to know of a burst is that it is one.
                let room = (BURST + 1).saturating_sub(self.burst.len());
                self.burst.extend(paths.iter().take(room).cloned());
                self.waiting.extend(paths);
            }
            Heard::Lost => self.is_lost = true,
        }
        self.is_fresh = true;
        self.since.get_or_insert(now);
        self.last = self.last.max(Some(now));
        self.compare_at = now + COMPARE_AFTER;
    }

    /// Notes what came of an [`Act::Try`].
    pub fn on_tried(&mut self, now: Instant, verdict: Verdict) {
        let Some(tried) = self.trying.take() else {
            return;
        };
        match verdict {
            Verdict::Doubtful => self.waiting.extend(tried),
            // What was heard meanwhile is newer than what was read.
            Verdict::Good if self.waiting.is_empty() && !self.is_lost => self.since = None,
            Verdict::Good => self.since = Some(now),
        }
        self.compare_at = self.compare_at.max(now + COMPARE_AFTER);
    }

    /// Notes what an [`Act::Compare`] found to be different.
    pub fn on_compared(&mut self, now: Instant, different: Vec<PathBuf>) {
        let began = self.comparing_since.take().unwrap_or(now);
        let next = now + COMPARE_EVERY.max((now - began) * COMPARE_SHARE);
        self.compare_at = match self.last {
            // Something was heard meanwhile, perhaps too late to be compared.
            Some(last) if last >= began => self.compare_at,
            _ => next,
        };
        self.on_event(now, Heard::Paths(different));
    }

    /// When there is something to do, if nothing happens until then.
    pub fn next_wakeup(&self) -> Option<Instant> {
        if self.trying.is_some() {
            return None;
        }
        if self.has_waiting() {
            // What can be tried is due since it was heard.
            let heard = self.last.filter(|_| self.can_try());
            return Some(heard.unwrap_or_else(|| self.settle_at()));
        }
        match self.comparing_since {
            Some(_) => None,
            None => Some(self.compare_at),
        }
    }

    /// What is to be done now, if anything.
    pub fn on_tick(&mut self, now: Instant) -> Option<Act> {
        if self.trying.is_some() {
            return None;
        }
        if !self.has_waiting() {
            let is_due = self.comparing_since.is_none() && now >= self.compare_at;
            return is_due.then(|| {
                self.comparing_since = Some(now);
                Act::Compare
            });
        }
        if now >= self.settle_at() {
            let hints = match std::mem::take(&mut self.is_lost) {
                // Whatever looks the same is passed over then, so what was named is read after it.
                true => Hints::All,
                false => Hints::Paths(std::mem::take(&mut self.waiting).into_iter().collect()),
            };
            self.is_fresh = false;
            self.since = None;
            self.compare_at = now + COMPARE_AFTER;
            return Some(Act::Settle(hints));
        }
        if !self.can_try() {
            return None;
        }
        self.is_fresh = false;
        let trying = std::mem::take(&mut self.waiting);
        let paths = trying.iter().cloned().collect();
        self.trying = Some(trying);
        Some(Act::Try(paths))
    }

    fn has_waiting(&self) -> bool {
        self.is_lost || !self.waiting.is_empty()
    }

    fn can_try(&self) -> bool {
        self.is_fresh && !self.is_lost && self.burst.len() <= BURST
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.last.is_none_or(|last| now >= last + QUIET)
    }

    /// When what waits is judged, if nothing more is heard.
    fn settle_at(&self) -> Instant {
        let quiet = self.last.map(|last| last + QUIET);
        let latest = self.since.map(|since| since + QUIET_MAX);
        let both = quiet.into_iter().chain(latest);
        both.min().unwrap_or(self.compare_at)
    }
}
