//! Where the output goes, where it is staged, and where Dateline keeps its records of it.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Metadata, TryLockError};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::ops::{Ops, naming, shown};
use crate::value::Hash;

/// The paths of one output folder.
#[derive(Debug)]
pub struct Location {
    /// The output folder as the user names it, absolute; it may be a symbolic link.
    pub output: PathBuf,
    /// The output folder itself.
    pub folder: PathBuf,
    /// The staging folder next to the output, from which it is exchanged.
    pub beside: PathBuf,
    /// The staging folder in the output, where there can be none next to it.
    pub inside: PathBuf,
    /// Why the output cannot be exchanged, if that is known beforehand.
    pub in_place: Option<Why>,
    pub records: Records,
}

/// The files in `.dateline` that concern one output folder.
#[derive(Debug)]
pub struct Records {
    /// `.dateline` in the root of the site.
    pub folder: PathBuf,
    /// What was written last.
    pub list: PathBuf,
    /// What is about to be the list. If it is there, the last run died on its way.
    pub next: PathBuf,
    /// What is left to be done in the output folder, while it is replaced in place.
    pub journal: PathBuf,
    pub lock: PathBuf,
}

/// Why the output was replaced in place, file by file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    SymbolicLink,
    MountPoint,
    /// Nothing may be created next to the output.
    Parent,
    /// The file system cannot exchange two folders.
    NoExchange,
    NoHardLinks,
    /// `--force` leaves the files of others where they are.
    Foreign,
}

/// The site's own folders, which no output may replace.
const OWN: &[&str] = &[
    "content",
    "static",
    "templates",
    "themes",
    "sass",
    "src",
    ".dateline",
    ".git",
];

/// Where the output of a site goes by default; its records have the plain names.
const DEFAULT: &[u8] = b"public";

impl Location {
    /// Finds out about an output folder, and refuses one that must not be written to.
    pub fn find(root: &Path, output: &Path) -> io::Result<Location> {
        let root = std::fs::canonicalize(root).map_err(|e| naming("open the site", root, &e))?;
        let output = resolve_parent(output)?;
        let there = existing(&output)?;
        let folder = match &there {
            Some(_) => std::fs::canonicalize(&output)
                .map_err(|e| naming("open the output folder", &output, &e))?,
            None => output.clone(),
        };
        for place in [&output, &folder] {
            refuse_own(&root, place)?;
        }
        let key = Key::of(&root, &folder);
        let name = output.file_name().unwrap_or_default();
        let mut staging = OsString::from(name);
        staging.push(format!(".dateline-{:016x}", key.staging));
        Ok(Location {
            in_place: there.and_then(|metadata| in_place(&metadata, &folder)),
            beside: output.with_file_name(staging),
            inside: folder.join(format!(".dateline-{:016x}", key.staging)),
            records: Records::of(&root, &key),
            output,
            folder,
        })
    }

    /// The real folder next to the staging folder: the one whose file system takes the new site.
    pub fn parent(&self) -> &Path {
        self.output.parent().unwrap_or(&self.output)
    }
}

/// What tells the records of one output folder from those of another.
struct Key {
    /// Empty for `public`.
    suffix: String,
    staging: u64,
}

impl Key {
    /// Inside of the site the key stays the same when the site is moved.
    fn of(root: &Path, folder: &Path) -> Key {
        let digest = |parts: &[&[u8]]| Hash::of(&parts.join(&0)).0 as u64;
        match folder.strip_prefix(root) {
            Ok(inside) => {
                let bytes = inside.as_os_str().as_encoded_bytes();
                let staging = digest(&[bytes]);
                Key {
                    suffix: if bytes == DEFAULT {
                        String::new()
                    } else {
                        format!("-{staging:016x}")
                    },
                    staging,
                }
            }
            Err(_) => {
                // Two sites may go to one folder elsewhere, one after the other.
                let staging = digest(&[
                    root.as_os_str().as_encoded_bytes(),
                    folder.as_os_str().as_encoded_bytes(),
                ]);
                Key {
                    suffix: format!("-{staging:016x}"),
                    staging,
                }
            }
        }
    }
}

impl Records {
    fn of(root: &Path, key: &Key) -> Records {
        let folder = root.join(".dateline");
        let suffix = &key.suffix;
        Records {
            list: folder.join(format!("output{suffix}.list")),
            next: folder.join(format!("output{suffix}.next")),
            journal: folder.join(format!("output{suffix}.journal")),
            lock: folder.join(format!("lock{suffix}")),
            folder,
        }
    }

    /// Makes `.dateline`, which keeps itself out of the user's repository.
    pub fn create(&self, ops: &Ops) -> io::Result<()> {
        if std::fs::symlink_metadata(&self.folder).is_ok_and(|found| found.is_symlink()) {
            let reason =
                io::Error::other("it is a symbolic link, which may lead anywhere; delete it");
            return Err(naming("write to", &self.folder, &reason));
        }
        create_dir_all(&self.folder, ops)?;
        let ignore = self.folder.join(".gitignore");
        // An empty one is what a full disk leaves.
        if !std::fs::metadata(&ignore).is_ok_and(|metadata| metadata.len() > 0) {
            let failed = |error| naming("write", &ignore, &error);
            let mut file = ops.open_file(&ignore).map_err(failed)?;
            ops.write(&mut file, b"*\n").map_err(failed)?;
        }
        Ok(())
    }

    /// Writes a record so that it is never half there.
    pub fn save(path: &Path, text: &str, ops: &Ops) -> io::Result<()> {
        let draft = path.with_extension("draft");
        let failed = |error| naming("write", path, &error);
        let mut file = ops.open_file(&draft).map_err(failed)?;
        ops.truncate(&file).map_err(failed)?;
        ops.write(&mut file, text.as_bytes()).map_err(failed)?;
        ops.rename(&draft, path).map_err(failed)
    }

    /// Makes what was about to be the list the list.
    pub fn take_next(&self, ops: &Ops) -> io::Result<()> {
        if !self.next.exists() {
            return Ok(());
        }
        ops.rename(&self.next, &self.list)
            .map_err(|error| naming("write", &self.list, &error))
    }

    /// Deletes what was about to be the list.
    pub fn forget_next(&self, ops: &Ops) -> io::Result<()> {
        if !self.next.exists() {
            return Ok(());
        }
        ops.remove_file(&self.next)
            .map_err(|error| naming("delete", &self.next, &error))
    }

    /// Keeps other builds out until the file is dropped, also by a kill.
    pub fn lock(&self, ops: &Ops) -> io::Result<File> {
        let failed = |error: io::Error| naming("lock", &self.lock, &error);
        let mut file = ops.open_file(&self.lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Where a locked file cannot be read, the message does without the process.
                let known = file.read_to_string(&mut holder).is_ok() && !holder.is_empty();
                let holder = if known {
                    format!(" (process {})", holder.trim())
                } else {
                    String::new()
                };
                return Err(io::Error::new(
                    io::ErrorKind::WouldBlock,
                    format!(
                        "another build of this site is running{holder}: it holds `{}`",
                        shown(&self.lock)
                    ),
                ));
            }
            // Some network file systems have no locks. A build without one is better than none.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        ops.truncate(&file).map_err(failed)?;
        ops.write(&mut file, format!("{}\n", std::process::id()).as_bytes())
            .map_err(failed)?;
        Ok(file)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::SymbolicLink => "the output folder is a symbolic link",
            Why::MountPoint => "the output folder is a mount point",
            Why::Parent => "nothing can be created next to the output folder",
            Why::NoExchange => "this file system cannot exchange folders",
            Why::NoHardLinks => "this file system has no hard links",
            Why::Foreign => "the output folder has files of others",
        })
    }
}

/// Makes a folder and those above it that are missing.
pub fn create_dir_all(folder: &Path, ops: &Ops) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_dir_all(parent, ops)?;
    }
    match ops.create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        done => done.map_err(|error| naming("create the folder", folder, &error)),
    }
}

/// The absolute path of an output folder: its parent without links, itself as it is.
fn resolve_parent(output: &Path) -> io::Result<PathBuf> {
    let refused = || refusal(output, "it must be a folder of its own, with a name");
    let name = output.file_name().ok_or_else(refused)?;
    let absolute = std::path::absolute(output)
        .map_err(|error| naming("find the output folder", output, &error))?;
    let mut above = absolute.parent().ok_or_else(refused)?;
    let mut missing = Vec::new();
    let parent = loop {
        match std::fs::canonicalize(above) {
            Ok(parent) => break parent,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Only a name can be made; `missing/..` says nothing that is sure.
                match (above.components().next_back(), above.parent()) {
                    (Some(Component::Normal(part)), Some(next)) => {
                        missing.push(part);
                        above = next;
                    }
                    _ => return Err(naming("find the output folder", output, &error)),
                }
            }
            Err(error) => return Err(naming("find the output folder", output, &error)),
        }
    };
    let mut path = parent;
    path.extend(missing.iter().rev());
    Ok(path.join(name))
}

/// What stands at the output's address: a folder, or a link to one, or nothing.
fn existing(output: &Path) -> io::Result<Option<Metadata>> {
    let failed = |error: io::Error| naming("open the output folder", output, &error);
    let there = match std::fs::symlink_metadata(output) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if there.is_symlink() {
        match std::fs::metadata(output) {
            Ok(target) if target.is_dir() => {}
            Ok(_) => {
                return Err(refusal(
                    output,
                    "the symbolic link does not lead to a folder",
                ));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(refusal(output, "the symbolic link leads nowhere"));
            }
            Err(error) => return Err(failed(error)),
        }
    } else if !there.is_dir() {
        return Err(refusal(output, "it is a file"));
    }
    if std::fs::symlink_metadata(output.join(".git")).is_ok() {
        return Err(refusal(output, "it is a Git repository (it has `.git`)"));
    }
    Ok(Some(there))
}

/// Refuses the site, what it lies in, and its own folders.
fn refuse_own(root: &Path, place: &Path) -> io::Result<()> {
    if root == place {
        return Err(refusal(place, "it is the site itself"));
    }
    if root.starts_with(place) {
        return Err(refusal(place, "the site lies in it"));
    }
    for name in OWN {
        let own = root.join(name);
        let real = std::fs::canonicalize(&own).unwrap_or_else(|_| own.clone());
        for own in [own, real] {
            if place.starts_with(&own) || own.starts_with(place) {
                let reason = format!("`{name}` is a folder of the site's own");
                return Err(refusal(place, &reason));
            }
        }
    }
    Ok(())
}

fn refusal(output: &Path, reason: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("`{}` cannot be the output folder: {reason}", shown(output)),
    )
}

fn in_place(there: &Metadata, folder: &Path) -> Option<Why> {
    if there.is_symlink() {
        return Some(Why::SymbolicLink);
    }
    if is_mount_point(folder) {
        return Some(Why::MountPoint);
    }
    None
}

#[cfg(unix)]
fn is_mount_point(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::metadata(path).map(|metadata| metadata.dev()).ok();
    // A folder mounted from the same file system is not seen here, but when the exchange fails.
    folder
        .parent()
        .is_some_and(|parent| device(parent) != device(folder))
}

#[cfg(not(unix))]
fn is_mount_point(_: &Path) -> bool {
    false
}
