//! Waits for changes of a site's files. Events only say when to look; what changed is seen by
//! comparing the files, so an event that is lost, doubled or about nothing does no harm.
#![expect(
    clippy::disallowed_methods,
    reason = "this module looks at the files of the site"
)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use walkdir::{DirEntry, WalkDir};

/// Files are quiet when nothing has happened for so long. An editor's save is one burst of events.
const QUIET: Duration = Duration::from_millis(30);
/// Something that writes all the time must not put off the rebuild for ever.
const QUIET_MAX: Duration = Duration::from_millis(500);
/// A file that is empty or gone may be half-saved; it is judged when things are quiet.
const SETTLE: Duration = Duration::from_millis(100);
/// How often the files are looked at where the system cannot tell of changes.
const POLL: Duration = Duration::from_secs(1);

/// The folders that a build reads, from the root of the site.
const READ: [&str; 6] = ["content", "templates", "static", "themes", "sass", "data"];
/// What tools leave behind is never part of a site, wherever it lies.
const NEVER: [&str; 7] = [
    "node_modules",
    "target",
    ".git",
    ".hg",
    ".jj",
    ".dateline",
    ".DS_Store",
];

/// Watches a site.
pub struct Watch {
    root: PathBuf,
    /// The configuration, which may lie elsewhere.
    config: PathBuf,
    /// Written by others than the author.
    output: PathBuf,
    /// After each event the paths that were taken away by it, or put in the place of another.
    events: Receiver<Vec<PathBuf>>,
    /// `None` where the system cannot tell of changes.
    watcher: Option<RecommendedWatcher>,
    watched: Vec<PathBuf>,
    seen: Files,
    waker: Waker,
}

/// Ends a wait although no file has changed.
#[derive(Clone)]
pub struct Waker {
    events: Sender<Vec<PathBuf>>,
    is_woken: Arc<AtomicBool>,
}

impl Waker {
    /// The wait that is going on, or else the next one, ends soon.
    pub fn wake(&self) {
        self.is_woken.store(true, Ordering::Release);
        // Nobody waits any more when the program ends.
        let _ = self.events.send(Vec::new());
    }
}

/// What tells one state of the files from another.
type Files = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Watch {
    /// Begins to watch. What changes from now on is reported by [`Watch::wait`].
    pub fn new(root: &Path, config: &Path, output: &Path) -> Watch {
        let (sender, events) = mpsc::channel();
        let waker = Waker {
            events: sender.clone(),
            is_woken: Arc::default(),
        };
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let replaced = match event {
                Ok(event) if event.kind.is_access() => return,
                Ok(event) if is_replacement(&event.kind) => event.paths,
                _ => Vec::new(),
            };
            // Nobody listens any more when the program ends.
            let _ = sender.send(replaced);
        });
        let mut watch = Watch {
            root: root.to_owned(),
            config: config.to_owned(),
            output: absolute(output),
            events,
            watcher: watcher.ok(),
            watched: Vec::new(),
            seen: Files::new(),
            waker,
        };
        watch.watch_folders();
        watch.seen = watch.files();
        watch
    }

    /// Whether the system tells of changes; otherwise the files are looked at every second.
    pub fn is_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// What ends a wait from elsewhere.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Waits until files have changed and are quiet, and says which, sorted; none if it was woken.
    pub fn wait(&mut self) -> Vec<PathBuf> {
        loop {
            let replaced = self.until_quiet();
            // What stands there now, if anything, is another folder, that nobody watches.
            self.watched.retain(|folder| !replaced.contains(folder));
            self.watch_folders();
            let mut files = self.files();
            if is_half_saved(&self.seen, &files) {
                std::thread::sleep(SETTLE);
                files = self.files();
            }
            let changed = difference(&self.seen, &files);
            self.seen = files;
            let is_woken = self.waker.is_woken.swap(false, Ordering::AcqRel);
            if is_woken || !changed.is_empty() {
                return changed;
            }
        }
    }

    /// Waits until something has happened and no more happens; says what was replaced.
    fn until_quiet(&self) -> Vec<PathBuf> {
        let first = match self.watcher {
            Some(_) => self.events.recv().ok(),
            None => None,
        };
        let Some(mut replaced) = first else {
            // Nobody tells of changes; looking is all that is left.
            std::thread::sleep(POLL);
            return Vec::new();
        };
        let begin = Instant::now();
        while begin.elapsed() < QUIET_MAX {
            match self.events.recv_timeout(QUIET) {
                Ok(more) => replaced.extend(more),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        replaced
    }

    /// Watches the folders that exist by now. The root itself is watched without what is in it, to
    /// learn of new folders and of the configuration.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let config_folder = self.config.parent().unwrap_or(Path::new("")).to_owned();
        let flat = [self.root.clone(), config_folder];
        let deep = READ.iter().map(|name| self.root.join(name));
        let wanted = flat
            .into_iter()
            .map(|folder| (folder, RecursiveMode::NonRecursive))
            .chain(deep.map(|folder| (folder, RecursiveMode::Recursive)));
        self.watched.retain(|folder| folder.is_dir());
        let mut failed = false;
        for (folder, mode) in wanted {
            let folder = match folder.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => folder,
            };
            if !folder.is_dir() || self.watched.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, mode) {
                Ok(()) => self.watched.push(folder),
                Err(_) => failed = true,
            }
        }
        if failed {
            // Most likely the system's limit of watched folders: half a watch would miss changes.
            self.watcher = None;
        }
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        let mut add = |path: PathBuf| {
            if let Ok(metadata) = std::fs::metadata(&path) {
                files.insert(path, (metadata.modified().ok(), metadata.len()));
            }
        };
        add(self.config.clone());
        for name in READ {
            let walk = WalkDir::new(self.root.join(name))
                .follow_links(true)
                .into_iter()
                .filter_entry(|entry| self.is_read(entry));
            for entry in walk.filter_map(Result::ok) {
                if entry.file_type().is_file() {
                    add(entry.into_path());
                }
            }
        }
        files
    }

    fn is_read(&self, entry: &DirEntry) -> bool {
        if entry.depth() == 0 {
            return true;
        }
        let name = entry.file_name();
        let is_output = || {
            entry.file_type().is_dir()
                && self.output.file_name() == Some(name)
                && absolute(entry.path()) == self.output
        };
        // Elsewhere names with a dot are private, but `static/.well-known/` goes out.
        let inside = entry
            .path()
            .strip_prefix(&self.root)
            .unwrap_or(entry.path());
        let is_static = || inside.iter().any(|part| part == "static");
        let is_hidden = || name.as_encoded_bytes().starts_with(b".") && !is_static();
        NEVER.iter().all(|never| name != *never)
            && !is_temporary(name)
            && !is_hidden()
            && !is_output()
    }
}

/// What editors write beside the file that is being edited: locks, backups, swap files.
fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(".#")
        || name.starts_with('#') && name.ends_with('#')
        || name.ends_with('~')
        || name.starts_with('.') && (name.ends_with(".swp") || name.ends_with(".swx"))
        || name == "4913"
}

fn is_replacement(kind: &EventKind) -> bool {
    kind.is_remove() || matches!(kind, EventKind::Modify(ModifyKind::Name(_)))
}

/// The path without links, as far as it exists.
fn absolute(path: &Path) -> PathBuf {
    path.canonicalize()
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}

fn is_half_saved(before: &Files, after: &Files) -> bool {
    let gone = before.keys().any(|path| !after.contains_key(path));
    gone || after
        .iter()
        .any(|(path, seen)| seen.1 == 0 && before.get(path) != Some(seen))
}

fn difference(before: &Files, after: &Files) -> Vec<PathBuf> {
    let new = after
        .iter()
        .filter(|(path, seen)| before.get(*path) != Some(seen))
        .map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let mut all: Vec<PathBuf> = new.chain(gone).cloned().collect();
    all.sort();
    all
}
