//! The list of what Dateline wrote into an output folder: whose a file is, and whether it is still as it was written.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::value::Hash;

/// A file that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What its content was made from; `None` if that cannot tell whether it is still the same.
    pub digest: Option<Hash>,
    /// How the file lay there after it was written.
    pub stamp: Stamp,
}

/// What a file system says of a file without reading it. A file with the same stamp was not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub length: u64,
    /// Nanoseconds since 1970.
    pub modified: i128,
    /// Tells a file from one that was put in its place; 0 where there are no inodes.
    pub inode: u64,
}

impl Stamp {
    pub fn of(metadata: &Metadata) -> Stamp {
        Stamp {
            length: metadata.len(),
            modified: metadata.modified().map_or(0, nanoseconds),
            inode: inode(metadata),
        }
    }
}

/// A moment as stamps count it.
pub fn nanoseconds(moment: SystemTime) -> i128 {
    let count = |nanoseconds: u128| i128::try_from(nanoseconds).unwrap_or(i128::MAX);
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => count(after.as_nanos()),
        Err(before) => -count(before.duration().as_nanos()),
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

const HEADER: &str = "dateline list 1";

/// The list as text: a line for each file, sorted. Paths of outputs hold no line breaks.
pub fn format(entries: &BTreeMap<&str, Entry>) -> String {
    let mut text = format!("{HEADER}\n");
    for (path, Entry { digest, stamp }) in entries {
        let digest = digest.map_or(0, |hash| hash.0);
        let Stamp {
            length,
            modified,
            inode,
        } = stamp;
        writeln!(text, "{digest:032x} {length} {modified} {inode} {path}")
            .expect("writing to a string does not fail");
    }
    // A list that was cut off counts as no list: it would make the site's own files foreign.
    writeln!(text, "end {}", entries.len()).expect("writing to a string does not fail");
    text
}

/// Reads a list; `None` if it is not whole.
pub fn parse(text: &str) -> Option<HashMap<String, Entry>> {
    let body = text.strip_prefix(HEADER)?.strip_prefix('\n')?;
    let mut entries = HashMap::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(count) = line.strip_prefix("end ") {
            let whole = count.parse() == Ok(entries.len()) && lines.next().is_none();
            return whole.then_some(entries);
        }
        let mut fields = line.splitn(5, ' ');
        let digest = u128::from_str_radix(fields.next()?, 16).ok()?;
        let entry = Entry {
            digest: (digest != 0).then_some(Hash(digest)),
            stamp: Stamp {
                length: fields.next()?.parse().ok()?,
                modified: fields.next()?.parse().ok()?,
                inode: fields.next()?.parse().ok()?,
            },
        };
        entries.insert(fields.next()?.to_owned(), entry);
    }
    None
}
