//! The output folder as a build finds it: which files are there, and which of them are Dateline's.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::list::{self, Entry, Stamp};
use super::location::{Location, Records};
use super::ops::{Ops, naming};
use crate::value::Hash;

/// The old site.
#[derive(Debug)]
pub struct Old {
    folder: PathBuf,
    /// Whether there is an output folder at all.
    pub exists: bool,
    /// Everything in it but folders, by path with `/`.
    pub files: HashMap<String, Kind>,
    /// Files whose names are not Unicode, so not ours.
    unnamed: Vec<PathBuf>,
    list: Listed,
}

/// What Dateline wrote, as far as its records say.
#[derive(Debug, Default)]
pub struct Listed {
    entries: HashMap<String, Entry>,
    /// Whether this is all: a file that is not listed is somebody else's. Otherwise one that stands
    /// where the new site has a file counts as Dateline's.
    is_whole: bool,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    /// A symbolic link, a pipe, a device.
    Other,
}

/// What a file of the new site is to hold.
#[derive(Debug)]
pub enum Content {
    Bytes(Cow<'static, [u8]>),
    /// A file of the site, and what the file system says of it.
    File(File, Metadata),
}

/// A clock of a file system may stand still for this long. A file changed more recently than that
/// may change again without its stamp telling.
const CLOCK_TICK_NS: i128 = 2_000_000_000;

impl Content {
    /// What tells this content from another, without reading a file for it.
    pub fn digest(&self, now_ns: i128) -> Option<Hash> {
        match self {
            Content::Bytes(bytes) => Some(Hash::of(bytes)),
            Content::File(_, metadata) => {
                let Stamp {
                    length,
                    modified,
                    inode,
                } = Stamp::of(metadata);
                let text = format!("file {length} {modified} {inode}");
                (modified + CLOCK_TICK_NS < now_ns).then(|| Hash::of(text.as_bytes()))
            }
        }
    }

    fn length(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File(_, metadata) => metadata.len(),
        }
    }
}

impl Old {
    /// Looks at the output folder, with the list of what was written to it, if there is one.
    pub fn find(location: &Location, list: Listed) -> io::Result<Old> {
        let folder = location.folder.clone();
        let exists = folder.is_dir();
        let mut found = Found::default();
        if exists {
            found = walk(&folder, "", &location.inside)?;
        }
        Ok(Old {
            folder,
            exists,
            files: found.files.into_iter().collect(),
            unnamed: found.unnamed,
            list,
        })
    }

    /// How a file lies there, if it holds this content already.
    pub fn unchanged(
        &self,
        path: &str,
        content: &mut Content,
        digest: Option<Hash>,
    ) -> io::Result<Option<Stamp>> {
        if self.files.get(path) != Some(&Kind::File) {
            return Ok(None);
        }
        let file = self.folder.join(path);
        let Ok(metadata) = std::fs::symlink_metadata(&file) else {
            return Ok(None);
        };
        let stamp = Stamp::of(&metadata);
        if !metadata.is_file() || stamp.length != content.length() {
            return Ok(None);
        }
        if let Some(entry) = self.list.entries.get(path)
            && entry.stamp == stamp
            && digest.is_some()
            && entry.digest == digest
        {
            return Ok(Some(stamp));
        }
        // Other digests say nothing: what was copied before may be made now, with the same bytes.
        // A file that cannot be read is not the one that is wanted.
        let Ok(old) = File::open(&file) else {
            return Ok(None);
        };
        Ok(same_bytes(old, content)?.then_some(stamp))
    }

    /// Files of the old site that the new one does not have, and that Dateline wrote.
    pub fn gone(&self, is_new: impl Fn(&str) -> bool) -> Vec<String> {
        let is_gone = |path: &&String| self.list.entries.contains_key(*path) && !is_new(path);
        self.files.keys().filter(is_gone).cloned().collect()
    }

    /// Files that Dateline did not write, sorted. `kept` says of a file of the new site whether the
    /// old one holds the same.
    pub fn foreign(&self, kept: impl Fn(&str) -> Option<bool>) -> Vec<PathBuf> {
        let is_foreign = |path: &&String| match kept(path) {
            _ if self.list.entries.contains_key(*path) => false,
            Some(true) => false,
            Some(false) => self.list.is_whole,
            None => true,
        };
        let named = self.files.keys().filter(is_foreign);
        let mut foreign: Vec<PathBuf> = named.map(PathBuf::from).collect();
        foreign.extend(self.unnamed.iter().cloned());
        foreign.sort();
        foreign
    }

    /// Whether the list of what was written would be the same.
    pub fn is_listed(&self, entries: &BTreeMap<&str, Entry>) -> bool {
        let list = &self.list;
        list.is_whole
            && list.entries.len() == entries.len()
            && entries
                .iter()
                .all(|(path, entry)| list.entries.get(*path) == Some(entry))
    }
}

impl Listed {
    /// Reads what was written last, and what a run that died was about to write: both are Dateline's.
    pub fn read(records: &Records, ops: &Ops) -> io::Result<Listed> {
        let list = read_list(&records.list)?;
        let next = read_list(&records.next)?;
        let Some(mut entries) = list else {
            // The first run of all died.
            return Ok(Listed {
                entries: next.unwrap_or_default(),
                is_whole: false,
            });
        };
        if let Some(next) = next {
            entries.extend(next);
            let all = entries.iter().map(|(path, entry)| (path.as_str(), *entry));
            Records::save(&records.list, &list::format(&all.collect()), ops)?;
            records.forget_next(ops)?;
        }
        Ok(Listed {
            entries,
            is_whole: true,
        })
    }
}

/// A list, if it is there and whole.
fn read_list(path: &Path) -> io::Result<Option<HashMap<String, Entry>>> {
    // A pipe would never end.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(naming("read", path, &io::Error::other("it is no file")));
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8(bytes)
            .ok()
            .and_then(|text| list::parse(&text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(naming("read", path, &error)),
    }
}

#[derive(Default)]
struct Found {
    files: Vec<(String, Kind)>,
    unnamed: Vec<PathBuf>,
}

/// Everything below a folder but folders, links not followed; `staging` is left out.
fn walk(folder: &Path, path: &str, staging: &Path) -> io::Result<Found> {
    let failed = |error| naming("read the folder", folder, &error);
    let mut found = Found::default();
    let mut below = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            found.unnamed.push(Path::new(path).join(&name));
            continue;
        };
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        };
        if kind.is_dir() {
            if entry.path() != *staging {
                below.push((entry.path(), path));
            }
        } else if kind.is_file() {
            found.files.push((path, Kind::File));
        } else {
            found.files.push((path, Kind::Other));
        }
    }
    let below: io::Result<Vec<Found>> = below
        .into_par_iter()
        .map(|(folder, path)| walk(&folder, &path, staging))
        .collect();
    for part in below? {
        found.files.extend(part.files);
        found.unnamed.extend(part.unnamed);
    }
    Ok(found)
}

/// Whether a file holds this content, of the same length.
fn same_bytes(mut old: File, content: &mut Content) -> io::Result<bool> {
    match content {
        Content::Bytes(bytes) => {
            let mut read = Vec::with_capacity(bytes.len() + 1);
            let all = old.read_to_end(&mut read);
            Ok(all.is_ok() && read == **bytes)
        }
        Content::File(new, _) => {
            let same = same_blocks(&mut old, new);
            new.rewind()?;
            same
        }
    }
}

/// Compares two files block by block: a static file may be larger than memory.
fn same_blocks(old: &mut File, new: &mut File) -> io::Result<bool> {
    const BLOCK_BYTES: u64 = 64 << 10;
    let mut blocks = (Vec::new(), Vec::new());
    loop {
        blocks.0.clear();
        blocks.1.clear();
        new.take(BLOCK_BYTES).read_to_end(&mut blocks.1)?;
        if old.take(BLOCK_BYTES).read_to_end(&mut blocks.0).is_err() || blocks.0 != blocks.1 {
            return Ok(false);
        }
        if blocks.0.is_empty() {
            return Ok(true);
        }
    }
}
