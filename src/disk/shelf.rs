//! Files that templates ask for by name: opened when somebody asks, and remembered, whether they
//! were there or not, so that a later reading knows what to look at again.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;
use walkdir::WalkDir;

use super::changes::{Changes, Content, State, Version};
use super::kept::Kept;
use super::open::{Opener, Refusal};
use super::read::Folder;
use super::remote::Remote;
use super::tree::{Identity, Stamp};
use crate::input::{self, AskedFile, Fetched, NotFetched, Outdated, Request, Shelved};
use crate::pages::files;
use crate::value::Hash;

/// The files of one site that were asked for.
#[derive(Debug)]
pub struct Shelf {
    opener: Opener,
    /// What we write is no input.
    output: Option<PathBuf>,
    known: Mutex<BTreeMap<Arc<str>, Known>>,
    pictures: Kept,
    /// It outlives the shelf: what other hosts say does not change with the site.
    remote: Arc<Remote>,
}

/// What was found at a path.
#[derive(Clone, Debug)]
struct Known {
    found: Shelved,
    /// Of a file.
    stamp: Option<Stamp>,
    /// Of a file that may be written again and have the same stamp, or of one that changed.
    hash: Option<Hash>,
    length: u64,
    is_settled: bool,
    /// Of a folder that was listed: the files in it and below, by their paths.
    names: Option<Arc<[Arc<str>]>>,
}

/// Larger files are told apart by their stamps alone.
const HASHED_BYTES_MAX: u64 = 16 << 20;

/// Folders that belong to tools, ours among them.
const OF_TOOLS: [&str; 3] = [".dateline", ".git", "node_modules"];

impl Shelf {
    /// A shelf that nobody has asked yet.
    pub fn new(root: &Path, output: Option<PathBuf>, remote: Arc<Remote>) -> io::Result<Shelf> {
        Ok(Shelf {
            opener: Opener::new(root)?,
            output,
            known: Mutex::default(),
            pictures: Kept::new(root, "pictures"),
            remote,
        })
    }

    /// The shelf as things are now: itself if all that was asked for is as it was.
    pub fn refreshed(self: &Arc<Shelf>, changes: &mut Changes) -> io::Result<Arc<Shelf>> {
        self.remote.begin();
        let before = self.known().clone();
        let mut now = before.clone();
        let mut is_same = true;
        for (path, known) in &before {
            let Some(new) = self.changed(path, known) else {
                continue;
            };
            if known.is_same(&new) {
                // Only how it looks differs.
                let found = known.found.clone();
                now.insert(path.clone(), Known { found, ..new });
                continue;
            }
            changes.add(
                path.clone(),
                known.version(),
                new.version().unwrap_or(Version::GONE),
            );
            is_same = false;
            now.insert(path.clone(), new);
        }
        if is_same {
            self.known().extend(now);
            return Ok(self.clone());
        }
        let (output, remote) = (self.output.clone(), self.remote.clone());
        let shelf = Shelf::new(self.opener.root(), output, remote)?;
        *shelf.known() = now;
        Ok(Arc::new(shelf))
    }

    /// The files in a folder and below it, by their paths from the root of the site, sorted.
    ///
    /// # Errors
    /// Why it cannot be listed.
    pub fn list(&self, folder: &str) -> Result<Arc<[Arc<str>]>, Arc<str>> {
        let key: Arc<str> = format!("{folder}/").into();
        let known = self.known().get(&key).cloned();
        let known = known.unwrap_or_else(|| self.listed(&key));
        self.known().entry(key).or_insert_with(|| known.clone());
        match (known.names, known.found) {
            (Some(names), _) => Ok(names),
            (None, Shelved::Refused(reason)) => Err(reason),
            (None, _) => Err("there is no such folder".into()),
        }
    }

    /// What is in a folder, whose path ends with a slash.
    fn listed(&self, key: &str) -> Known {
        let folder = key.trim_end_matches('/');
        let at = match self.opener.resolve(folder) {
            Ok(at) if at.is_dir() => at,
            Ok(_) => return Known::without(Shelved::Nothing),
            Err(Refusal::Failed(error)) if is_nothing(&error) => {
                return Known::without(Shelved::Nothing);
            }
            Err(refusal) => return Known::without(Shelved::Refused(refusal.to_string().into())),
        };
        let is_skipped = |name: &str| name.starts_with('.') || OF_TOOLS.contains(&name);
        let entries = WalkDir::new(&at).min_depth(1).into_iter();
        let entries = entries.filter_entry(|entry| {
            !is_skipped(&entry.file_name().to_string_lossy())
                && self.output.as_deref() != Some(entry.path())
        });
        let files = entries
            .flatten()
            .filter(|entry| !entry.file_type().is_dir());
        let names = files.filter_map(|entry| {
            let inside = entry.path().strip_prefix(&at).ok()?;
            let parts = inside.iter().map(|part| part.to_str());
            let parts: Vec<&str> = parts.collect::<Option<_>>()?;
            Some(format!("{folder}/{}", parts.join("/")).into())
        });
        let mut names: Vec<Arc<str>> = names.collect();
        names.sort();
        Known {
            hash: Some(Hash::of(names.join("\n").as_bytes())),
            names: Some(names.into()),
            ..Known::without(Shelved::Nothing)
        }
    }

    /// Whether there is a folder in which a change of something that was asked for would be seen.
    pub fn folders(&self) -> Vec<Folder> {
        let root = self.opener.root();
        let mut paths = BTreeMap::new();
        for (path, known) in &*self.known() {
            let at = root.join(&**path);
            if known.names.is_some() {
                paths.insert(at.components().collect(), true);
            }
            let there = at.ancestors().skip(1).find(|path| path.is_dir());
            // A link may lead to it.
            let real = std::fs::canonicalize(&at).ok();
            for flat in there
                .into_iter()
                .chain(real.as_deref().and_then(Path::parent))
            {
                paths.entry(flat.to_owned()).or_insert(false);
            }
        }
        let folder = |(path, is_deep): (PathBuf, bool)| {
            let identity = Identity::new(&std::fs::metadata(&path).ok()?);
            Some(Folder {
                path,
                identity,
                is_deep,
            })
        };
        paths.into_iter().filter_map(folder).collect()
    }

    /// The paths at which something looks different.
    pub fn different(&self) -> Vec<PathBuf> {
        let known = self.known().clone();
        let different = known
            .iter()
            .filter(|(path, known)| self.changed(path, known).is_some());
        let root = self.opener.root();
        different.map(|(path, _)| root.join(&**path)).collect()
    }

    /// What is at a path now, if that does not look like what was there.
    fn changed(&self, path: &Arc<str>, known: &Known) -> Option<Known> {
        if path.ends_with('/') {
            let new = self.listed(path);
            let is_there = new.names.is_some() || known.names.is_some();
            return (is_there && new.names != known.names).then_some(new);
        }
        let opened = self.open(path);
        match &opened {
            Ok(Some((_, stamp, _))) if known.is_settled && known.stamp == Some(*stamp) => None,
            Ok(None) if matches!(known.found, Shelved::Nothing) => None,
            Err(reason) if matches!(&known.found, Shelved::Refused(r) if r == reason) => None,
            _ => Some(Known::new(path, opened, true)),
        }
    }

    /// Opens what lies at a path, if it is a file that may be opened.
    fn open(&self, path: &str) -> Result<Option<Opened>, Arc<str>> {
        if path.split('/').any(|part| OF_TOOLS.contains(&part)) {
            return Ok(None);
        }
        if let Some(output) = &self.output
            && std::fs::canonicalize(self.opener.root().join(path))
                .is_ok_and(|place| place.starts_with(output))
        {
            return Ok(None);
        }
        match self.opener.open(path) {
            Ok((file, metadata)) => Ok(Some((file, Stamp::new(&metadata), metadata.len()))),
            Err(Refusal::Failed(error)) if is_nothing(&error) => Ok(None),
            // A folder is no file; another place may have one.
            Err(Refusal::Failed(_)) if self.opener.root().join(path).is_dir() => Ok(None),
            Err(refusal) => Err(refusal.to_string().into()),
        }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file, how it looks, and how long it is.
type Opened = (std::fs::File, Stamp, u64);

fn is_nothing(error: &io::Error) -> bool {
    let kind = error.kind();
    kind == io::ErrorKind::NotFound || kind == io::ErrorKind::NotADirectory
}

impl input::Shelf for Shelf {
    fn find(&self, path: &str) -> Shelved {
        if let Some(known) = self.known().get(path) {
            return known.found.clone();
        }
        let path: Arc<str> = path.into();
        let new = Known::new(&path, self.open(&path), false);
        // Another thread may have been quicker.
        self.known().entry(path).or_insert(new).found.clone()
    }

    fn read(&self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String> {
        let failed = |reason: String| format!("cannot read `{path}`: {reason}");
        let opened = self.opener.open(path);
        let (file, metadata) = opened.map_err(|refusal| failed(refusal.to_string()))?;
        if metadata.len() > bytes_max {
            return Err(failed(format!("it is larger than {} MB", bytes_max >> 20)));
        }
        let mut bytes = Vec::new();
        let read = file.take(bytes_max).read_to_end(&mut bytes);
        read.map_err(|error| failed(error.to_string()))?;
        Ok(bytes)
    }

    fn kept(&self, name: &str) -> Option<Vec<u8>> {
        let found = self.pictures.find(name, files::BYTES_MAX);
        found.map(|(bytes, _)| bytes)
    }

    fn keep(&self, name: &str, bytes: &[u8]) {
        self.pictures.keep(name, bytes);
    }

    fn keep_only(&self, names: &BTreeSet<String>) {
        self.pictures.keep_only(names);
    }

    fn fetch(
        &self,
        url: &Url,
        asked: (&Request, &[Arc<str>]),
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Result<Arc<Fetched>, NotFetched> {
        self.remote.fetch(url, asked, may_follow)
    }

    fn outdated(&self) -> Vec<Outdated> {
        self.remote.outdated()
    }
}

impl Known {
    /// What is no file.
    fn without(found: Shelved) -> Known {
        Known {
            found,
            stamp: None,
            hash: None,
            length: 0,
            is_settled: true,
            names: None,
        }
    }

    fn new(path: &str, opened: Result<Option<Opened>, Arc<str>>, is_later: bool) -> Known {
        match opened {
            Ok(Some((file, stamp, length))) => {
                let is_settled = stamp.is_settled();
                let is_hashed = (is_later || !is_settled) && length <= HASHED_BYTES_MAX;
                Known {
                    found: Shelved::File(AskedFile::new(path, None)),
                    stamp: Some(stamp),
                    hash: is_hashed.then(|| hash_of(file)).flatten(),
                    length,
                    is_settled,
                    names: None,
                }
            }
            Ok(None) => Known::without(Shelved::Nothing),
            Err(reason) => Known::without(Shelved::Refused(reason)),
        }
    }

    /// Whether both are files of the same bytes.
    fn is_same(&self, other: &Known) -> bool {
        let are_files = self.stamp.is_some() && other.stamp.is_some();
        are_files && self.hash.is_some() && self.hash == other.hash
    }

    /// How it was found; nothing if it was not there.
    fn version(&self) -> Option<Version> {
        let content = match self.hash {
            Some(hash) => Content::Hash(hash),
            None => Content::Unknown,
        };
        match self.found {
            Shelved::Nothing if self.names.is_some() => Some(Version {
                state: State::Static,
                content,
            }),
            Shelved::Nothing => None,
            Shelved::Refused(_) => Some(Version {
                state: State::Static,
                content,
            }),
            Shelved::File(_) => Some(Version {
                state: match self.length {
                    0 => State::Empty,
                    _ => State::Static,
                },
                content,
            }),
        }
    }
}

fn hash_of(file: std::fs::File) -> Option<Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).ok()?;
    Some(hasher.finalize().into())
}
