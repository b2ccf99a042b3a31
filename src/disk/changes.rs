//! What differs between one reading of a site and a later one.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The files that differ, by name from the root of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    files: BTreeMap<Arc<str>, Change>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    is_new: bool,
    now: State,
}

/// How a file that differs is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Text that a build reads.
    Text,
    /// Anything that goes out as it is.
    Static,
    Empty,
    Gone,
}

impl Changes {
    /// Notes what became of a file.
    pub fn add(&mut self, file: Arc<str>, is_new: bool, now: State) {
        match self.files.get_mut(&file) {
            // It came and went; nobody saw it.
            Some(before) if before.is_new && now == State::Gone => {
                self.files.remove(&file);
            }
            Some(before) => before.now = now,
            None => {
                self.files.insert(file, Change { is_new, now });
            }
        }
    }

    /// Adds what happened later.
    pub fn extend(&mut self, later: Changes) {
        for (file, change) in later.files {
            self.add(file, change.is_new, change.now);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The names of the files, sorted.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// Whether this may be the middle of a save: a file is empty or gone, as it is before it is
    /// written anew, or a new one lies there that may be renamed in a moment.
    pub fn is_doubtful(&self) -> bool {
        self.files.values().any(|change| match change.now {
            State::Empty | State::Gone => true,
            State::Static => change.is_new,
            State::Text => false,
        })
    }
}
