//! Waits for changes of a site's files. Events only say where to look, and when is said by
//! [`Pace`]; what changed is seen by reading, so an event that is lost, doubled or about nothing
//! does no harm.
#![expect(
    clippy::disallowed_methods,
    reason = "this module looks where the folders are that it watches"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Instant;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::background;
use super::pace::{Act, Heard, Pace, Verdict};
use crate::disk::{Folder, Hints, Identity};

/// Whether a folder is watched by itself, because the system would watch each below it one by one
/// anyway: only those that are read are worth it.
const ONE_BY_ONE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Watches a site.
pub struct Watch {
    pace: Pace,
    sender: Sender<(Instant, Message)>,
    messages: Receiver<(Instant, Message)>,
    /// `None` where the system cannot tell of changes; comparing is all that is left then.
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<PathBuf, Identity>,
    /// Whether folders may have been exchanged without a word.
    is_lost: bool,
    is_woken: bool,
}

/// What other threads tell the one that waits.
enum Message {
    Heard(Heard),
    Compared(Vec<PathBuf>),
    Woken,
}

/// Has the site shown anew although no file has changed.
#[derive(Clone)]
pub struct Waker {
    sender: Sender<(Instant, Message)>,
}

impl Waker {
    /// The wait that is going on, or else the next one, ends at once.
    pub fn wake(&self) {
        // Nobody waits any more when the program ends.
        let _ = self.sender.send((Instant::now(), Message::Woken));
    }
}

impl Watch {
    /// Watches nothing yet. The output, which others than the author write, is never watched.
    pub fn new(root: &Path, output: &Path) -> Watch {
        let (sender, messages) = mpsc::channel();
        let root = without_links(root);
        let output = without_links(output);
        let tell = sender.clone();
        let watcher = notify::recommended_watcher(move |event| {
            if let Some(heard) = heard(event, &root, &output) {
                // Nobody listens any more when the program ends.
                let _ = tell.send((Instant::now(), Message::Heard(heard)));
            }
        });
        Watch {
            pace: Pace::new(Instant::now()),
            sender,
            messages,
            watcher: watcher.ok(),
            watched: BTreeMap::new(),
            is_lost: false,
            is_woken: false,
        }
    }

    /// What ends a wait from elsewhere.
    pub fn waker(&self) -> Waker {
        Waker {
            sender: self.sender.clone(),
        }
    }

    /// Whether the system tells of changes; otherwise the files are looked at every second.
    pub fn is_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// Watches these folders and no others. What happened in new ones before they were watched is
    /// a reason to look at them again.
    pub fn follow(&mut self, folders: Vec<Folder>) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let wanted = wanted(folders);
        let is_first = self.watched.is_empty();
        let is_lost = std::mem::take(&mut self.is_lost);
        let stale: Vec<Identity> = self
            .watched
            .iter()
            .filter(|(path, identity)| wanted.get(*path).map(|(id, _)| id) != Some(*identity))
            .map(|(_, identity)| *identity)
            .collect();
        // A folder that can be reached by two paths has one watch, which ends for both.
        self.watched.retain(|path, identity| {
            let is_stale = is_lost || stale.contains(identity);
            if is_stale {
                // It may be gone, and its watch with it.
                let _ = watcher.unwatch(path);
            }
            !is_stale
        });
        let mut new = Vec::new();
        for (path, (identity, mode)) in wanted {
            if self.watched.contains_key(&path) {
                continue;
            }
            match watcher.watch(&path, mode) {
                Ok(()) => {
                    self.watched.insert(path.clone(), identity);
                    new.push(path);
                }
                // It is gone by now, which its own folder tells.
                Err(_) if !path.is_dir() => {}
                // Most likely the system's limit: half a watch would miss changes.
                Err(_) => {
                    self.watcher = None;
                    return;
                }
            }
        }
        if !is_first {
            self.pace.on_event(Instant::now(), Heard::Paths(new));
        }
    }

    /// Waits until there is something to do.
    pub fn wait(&mut self) -> Act {
        loop {
            while let Ok((at, message)) = self.messages.try_recv() {
                self.note(at, message);
            }
            if std::mem::take(&mut self.is_woken) {
                return Act::Settle(Hints::Paths(Vec::new()));
            }
            let now = Instant::now();
            if let Some(act) = self.pace.on_tick(now) {
                return act;
            }
            let wakeup = self.pace.next_wakeup();
            let message = match wakeup {
                Some(wakeup) => self
                    .messages
                    .recv_timeout(wakeup.saturating_duration_since(now)),
                None => self.messages.recv().map_err(RecvTimeoutError::from),
            };
            if let Ok((at, message)) = message {
                self.note(at, message);
            }
        }
    }

    /// Says what came of an [`Act::Try`].
    pub fn tried(&mut self, verdict: Verdict) {
        self.pace.on_tried(Instant::now(), verdict);
    }

    /// Makes a comparison elsewhere, as [`Act::Compare`] asks for.
    pub fn compare(&self, run: impl FnOnce() -> Vec<PathBuf> + Send + 'static) {
        let tell = self.sender.clone();
        background::spawn(move || {
            let different = run();
            let _ = tell.send((Instant::now(), Message::Compared(different)));
        });
    }

    fn note(&mut self, at: Instant, message: Message) {
        match message {
            Message::Heard(heard) => {
                self.is_lost |= heard == Heard::Lost;
                self.pace.on_event(at, heard);
            }
            Message::Compared(different) => self.pace.on_compared(at, different),
            Message::Woken => self.is_woken = true,
        }
    }
}

/// The folders to watch, and how.
fn wanted(folders: Vec<Folder>) -> BTreeMap<PathBuf, (Identity, RecursiveMode)> {
    let mut wanted: BTreeMap<PathBuf, (Identity, RecursiveMode)> = BTreeMap::new();
    let mut last_deep: Option<PathBuf> = None;
    for Folder {
        path,
        identity,
        is_deep,
    } in folders
    {
        let mode = match is_deep && !ONE_BY_ONE {
            true => RecursiveMode::Recursive,
            false => RecursiveMode::NonRecursive,
        };
        // They are sorted: a folder comes before those in it.
        let is_covered = |deep: &PathBuf| path.starts_with(deep);
        if mode == RecursiveMode::Recursive {
            if last_deep.as_ref().is_some_and(is_covered) {
                continue;
            }
            last_deep = Some(path.clone());
        }
        wanted.insert(path, (identity, mode));
    }
    wanted
}

/// What an event says, if it says that something may have changed.
fn heard(event: notify::Result<notify::Event>, root: &Path, output: &Path) -> Option<Heard> {
    let Ok(event) = event else {
        return Some(Heard::Lost);
    };
    if event.need_rescan() {
        return Some(Heard::Lost);
    }
    // Reading is nothing to tell of, for it is what we do.
    let is_written = EventKind::Access(AccessKind::Close(AccessMode::Write)) == event.kind;
    if event.kind.is_access() && !is_written {
        return None;
    }
    let mut paths = event.paths;
    paths.retain(|path| !path.starts_with(output) && !is_of_tools(path, root));
    (!paths.is_empty()).then_some(Heard::Paths(paths))
}

/// Where all that lies in a folder is watched, so is what tools keep there.
fn is_of_tools(path: &Path, root: &Path) -> bool {
    path.strip_prefix(root)
        .unwrap_or(path)
        .iter()
        .any(|part| part == "node_modules" || part == ".git")
}

/// The path as events have it: whole and without links, as far as it is there.
fn without_links(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}
