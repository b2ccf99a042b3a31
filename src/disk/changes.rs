//! What differs between one reading of a site and a later one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Hash;

/// The files that differ, by name from the root of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    files: BTreeMap<Arc<str>, Change>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    before: Option<Version>,
    now: Version,
}

/// How a file was found at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub state: State,
    pub content: Content,
}

/// What is known of the bytes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Bytes(Arc<[u8]>),
    Hash(Hash),
    Unknown,
}

/// What is found in the place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Text that a build reads.
    Text,
    /// Anything that goes out as it is.
    Static,
    Empty,
    Gone,
}

impl Version {
    /// Nothing is there.
    pub const GONE: Version = Version {
        state: State::Gone,
        content: Content::Unknown,
    };
}

impl Changes {
    /// Notes what became of a file. There was none before if it is new.
    pub fn add(&mut self, file: Arc<str>, before: Option<Version>, now: Version) {
        let before = match self.files.remove(&file) {
            Some(earlier) => earlier.before,
            None => before,
        };
        // What came and went, or changed and changed back, nobody has seen.
        let is_as_before = match &before {
            None => now.state == State::Gone,
            Some(before) => before.content != Content::Unknown && *before == now,
        };
        if !is_as_before {
            self.files.insert(file, Change { before, now });
        }
    }

    /// Adds what happened later.
    pub fn extend(&mut self, later: Changes) {
        if self.files.is_empty() {
            *self = later;
            return;
        }
        for (file, change) in later.files {
            self.add(file, change.before, change.now);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether a file is among them, by its name.
    pub fn has(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// The names of the files, sorted.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.files.keys()
    }

    /// Whether this may be the middle of a save: a file is empty or gone, as it is before it is
    /// written anew, or a new one lies there that may be renamed in a moment.
    pub fn is_doubtful(&self) -> bool {
        self.files.values().any(|change| match change.now.state {
            State::Empty | State::Gone => true,
            State::Static => change.before.is_none(),
            State::Text => false,
        })
    }
}
