//! What took long to make or to get, kept in a folder of `.dateline/` for later builds. It is never
//! missed: whatever fails here costs time alone.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A folder of things by name.
#[derive(Debug)]
pub struct Kept {
    /// `.dateline/` of the site.
    tools: PathBuf,
    folder: PathBuf,
}

impl Kept {
    /// A folder in `.dateline/` of the site at a root.
    pub fn new(root: &Path, name: &str) -> Kept {
        let tools = root.join(".dateline");
        Kept {
            folder: tools.join(name),
            tools,
        }
    }

    /// Where things are kept: only where a build has made itself a folder, and never behind a link,
    /// which may lead anywhere.
    fn folder(&self) -> Option<&Path> {
        let is_ours = std::fs::symlink_metadata(&self.tools).is_ok_and(|found| found.is_dir());
        let found = std::fs::symlink_metadata(&self.folder);
        let is_in_it = found.map_or(true, |found| found.is_dir());
        (is_ours && is_in_it).then_some(&*self.folder)
    }

    /// What is kept under a name, if it is there as it was kept and not larger, and since when.
    pub fn find(&self, name: &str, bytes_max: u64) -> Option<(Vec<u8>, SystemTime)> {
        let file = self.folder()?.join(name);
        let found = std::fs::symlink_metadata(&file).ok()?;
        // A pipe would never end.
        if !found.is_file() || found.len() > bytes_max + blake3::OUT_LEN as u64 {
            return None;
        }
        let mut kept = std::fs::read(file).ok()?;
        let bytes = kept.split_off(blake3::OUT_LEN.min(kept.len()));
        // A machine that stopped may have left anything.
        let is_whole = *blake3::hash(&bytes).as_bytes() == *kept;
        is_whole.then_some((bytes, found.modified().ok()?))
    }

    /// Keeps something, if there is a place for it.
    pub fn keep(&self, name: &str, bytes: &[u8]) {
        let Some(folder) = self.folder() else {
            return;
        };
        let thread = rayon::current_thread_index().unwrap_or_default();
        let unfinished = folder.join(format!("{name}.{}-{thread}", std::process::id()));
        let all = [blake3::hash(bytes).as_bytes().as_slice(), bytes].concat();
        let is_written = std::fs::create_dir_all(folder).is_ok()
            && std::fs::write(&unfinished, all).is_ok()
            && std::fs::rename(&unfinished, folder.join(name)).is_ok();
        if !is_written {
            let _ = std::fs::remove_file(&unfinished);
        }
    }

    /// Forgets what is kept under other names than these.
    pub fn keep_only(&self, names: &BTreeSet<String>) {
        self.remove(|entry| !names.contains(&*entry.file_name().to_string_lossy()));
    }

    /// Forgets what was kept longer ago.
    pub fn keep_since(&self, age: Duration) {
        self.remove(|entry| {
            let modified = entry.metadata().and_then(|found| found.modified());
            modified.is_ok_and(|at| at.elapsed().map_or(true, |passed| passed > age))
        });
    }

    fn remove(&self, is_to_go: impl Fn(&std::fs::DirEntry) -> bool) {
        let entries = self
            .folder()
            .and_then(|folder| std::fs::read_dir(folder).ok());
        for entry in entries.into_iter().flatten().flatten() {
            if is_to_go(&entry) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}
