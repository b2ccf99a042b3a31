//! Replacing a site in place, file by file, where it cannot be exchanged as a whole.
//!
//! What is to be done is written down first, so that the next run finishes what a killed one began.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::location::Location;
use super::ops::{Ops, naming};

/// What is left to be done in an output folder. Doing it twice does no harm.
#[derive(Debug, PartialEq, Eq)]
pub struct Journal {
    pub side: Side,
    /// Staged files in the order in which they are put in place.
    pub puts: Vec<String>,
    /// Files that go.
    pub deletions: Vec<String>,
}

/// Where the staging folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Beside,
    Inside,
}

const HEADER: &str = "dateline journal 1";

impl Journal {
    /// A journal whose order never shows a page without its style sheet, nor a link to a page that is gone.
    pub fn new(side: Side, mut puts: Vec<String>, mut deletions: Vec<String>) -> Journal {
        puts.sort_by_cached_key(|path| (path.ends_with(".html"), path.clone()));
        deletions.sort();
        Journal {
            side,
            puts,
            deletions,
        }
    }

    /// Writes the journal down for good. From here on the new site is certain.
    pub fn save(&self, location: &Location, ops: &Ops) -> io::Result<()> {
        let path = &location.records.journal;
        self.save_as(&path.with_extension("draft"), path, ops)
            .map_err(|error| naming("write", path, &error))
    }

    fn save_as(&self, draft: &Path, journal: &Path, ops: &Ops) -> io::Result<()> {
        let mut file = ops.open_file(draft)?;
        ops.truncate(&file)?;
        ops.write(&mut file, self.format().as_bytes())?;
        ops.sync_file(&file)?;
        ops.rename(draft, journal)
    }

    fn format(&self) -> String {
        let side = match self.side {
            Side::Beside => "beside",
            Side::Inside => "inside",
        };
        let mut text = format!("{HEADER}\n{side}\n");
        for path in &self.puts {
            text.extend(["put ", path, "\n"]);
        }
        for path in &self.deletions {
            text.extend(["delete ", path, "\n"]);
        }
        text.push_str("end\n");
        text
    }

    fn parse(text: &str) -> Option<Journal> {
        let body = text.strip_prefix(HEADER)?.strip_prefix('\n')?;
        let mut lines = body.lines();
        let mut journal = Journal {
            side: match lines.next()? {
                "beside" => Side::Beside,
                "inside" => Side::Inside,
                _ => return None,
            },
            puts: Vec::new(),
            deletions: Vec::new(),
        };
        for line in lines {
            if let Some(path) = line.strip_prefix("put ") {
                journal.puts.push(path.to_owned());
            } else if let Some(path) = line.strip_prefix("delete ") {
                journal.deletions.push(path.to_owned());
            } else {
                return (line == "end").then_some(journal);
            }
        }
        None
    }

    /// Does what is left to be done, then forgets the journal.
    pub fn finish(&self, location: &Location, ops: &Ops) -> io::Result<()> {
        let mut site = Site {
            folder: &location.folder,
            staging: match self.side {
                Side::Beside => &location.beside,
                Side::Inside => &location.inside,
            },
            // Where a file cannot be moved from next to the output, it is copied into it first.
            spare: &location.inside,
            folders: HashSet::new(),
            ops,
        };
        for path in &self.puts {
            site.put(path, &self.deletions)?;
        }
        for path in &self.deletions {
            site.delete(path)?;
        }
        let path = &location.records.journal;
        ops.remove_file(path)
            .map_err(|error| naming("delete", path, &error))
    }
}

/// Finishes what a run that died had begun to do in place.
pub fn finish_left_over(location: &Location, ops: &Ops) -> io::Result<()> {
    let path = &location.records.journal;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(naming("read", path, &error)),
    };
    match Journal::parse(&text) {
        Some(journal) if location.folder.is_dir() => journal.finish(location, ops),
        // A journal that a person has edited, or whose output was deleted: the build that follows
        // compares every file anyway.
        _ => ops
            .remove_file(path)
            .map_err(|error| naming("delete", path, &error)),
    }
}

/// An output folder while its files are replaced.
struct Site<'a> {
    folder: &'a Path,
    staging: &'a Path,
    spare: &'a Path,
    /// Folders known to be there, and to be no links.
    folders: HashSet<PathBuf>,
    ops: &'a Ops,
}

impl Site<'_> {
    fn put(&mut self, path: &str, deletions: &[String]) -> io::Result<()> {
        let staged = self.staging.join(path);
        if std::fs::symlink_metadata(&staged).is_err() {
            // Done before the last run died.
            return Ok(());
        }
        let target = self.folder.join(path);
        self.make_parents(path)?;
        if std::fs::symlink_metadata(&target).is_ok_and(|there| there.is_dir()) {
            // A folder became a file. All that is in it goes; that was made sure of beforehand.
            let below = format!("{path}/");
            for gone in deletions.iter().filter(|gone| gone.starts_with(&below)) {
                self.delete(gone)?;
            }
            if target.is_dir() {
                remove_empty(&target, self.ops)?;
            }
        }
        let failed = |error| naming("replace", &target, &error);
        match self.ops.rename(&staged, &target) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                self.copy(&staged, &target).map_err(failed)
            }
            moved => moved.map_err(failed),
        }
    }

    /// Puts a copy in place by rename, so that nobody sees half a file.
    fn copy(&self, staged: &Path, target: &Path) -> io::Result<()> {
        if !self.spare.is_dir() {
            self.ops.create_dir(self.spare)?;
        }
        let copy = self.spare.join("copy");
        if copy.exists() {
            self.ops.remove_file(&copy)?;
        }
        let mut file = self.ops.create_file(&copy)?;
        self.ops.copy(&mut File::open(staged)?, &mut file)?;
        self.ops.sync_file(&file)?;
        self.ops.rename(&copy, target)?;
        self.ops.remove_file(staged)
    }

    /// Makes the folders of a file. A file of the old site that stands where one of them is to be goes.
    fn make_parents(&mut self, path: &str) -> io::Result<()> {
        for (end, _) in path.match_indices('/') {
            let folder = self.folder.join(&path[..end]);
            if self.folders.contains(&folder) {
                continue;
            }
            match std::fs::symlink_metadata(&folder) {
                Ok(there) if there.is_dir() => {}
                found => {
                    if found.is_ok() {
                        self.ops
                            .remove_file(&folder)
                            .map_err(|error| naming("delete", &folder, &error))?;
                    }
                    self.ops
                        .create_dir(&folder)
                        .map_err(|error| naming("create the folder", &folder, &error))?;
                }
            }
            self.folders.insert(folder);
        }
        Ok(())
    }

    /// Deletes a file and the folders that it leaves empty.
    fn delete(&self, path: &str) -> io::Result<()> {
        let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
        let through_link = |parent: &str| {
            std::fs::symlink_metadata(self.folder.join(parent)).is_ok_and(|there| !there.is_dir())
        };
        if parents.clone().any(through_link) {
            // A file, or a link to somewhere else, took the folder's place: nothing of ours is there.
            return Ok(());
        }
        let target = self.folder.join(path);
        match std::fs::symlink_metadata(&target) {
            Ok(there) if !there.is_dir() => self
                .ops
                .remove_file(&target)
                .map_err(|error| naming("delete", &target, &error))?,
            // Gone already, or a file became a folder.
            _ => {}
        }
        for parent in parents.rev() {
            let folder = self.folder.join(parent);
            match std::fs::read_dir(&folder).map(|mut entries| entries.next().is_none()) {
                Ok(true) => self
                    .ops
                    .remove_dir(&folder)
                    .map_err(|error| naming("delete the folder", &folder, &error))?,
                Ok(false) => break,
                // Gone already.
                Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Deletes a folder that holds nothing but folders.
fn remove_empty(folder: &Path, ops: &Ops) -> io::Result<()> {
    let failed = |error| naming("delete the folder", folder, &error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        remove_empty(&entry.map_err(failed)?.path(), ops)?;
    }
    ops.remove_dir(folder).map_err(failed)
}

/// Deletes a folder of ours with all that is in it, if it is there. Links are deleted, not followed.
pub fn remove_tree(folder: &Path, ops: &Ops) -> io::Result<()> {
    let failed = |error| naming("delete the folder", folder, &error);
    if folder.is_symlink() {
        return ops.remove_file(folder).map_err(failed);
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>().map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    entries.into_par_iter().try_for_each(|entry| {
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            remove_tree(&path, ops)
        } else {
            ops.remove_file(&path)
                .map_err(|error| naming("delete", &path, &error))
        }
    })?;
    ops.remove_dir(folder).map_err(failed)
}
