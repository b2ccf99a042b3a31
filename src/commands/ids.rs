//! Fresh ids of briefs: six characters that no file of the site uses for anything.
#![expect(
    clippy::disallowed_methods,
    reason = "this module reads the author's files without parsing them"
)]

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;

/// No letters that are taken for a digit or for each other.
pub const ALPHABET: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";
/// 30⁶ are 729 million ids.
pub const LENGTH: usize = 6;

/// The ids that are taken, and more: every word of the site that could be one.
#[derive(Debug, Default)]
pub struct Ids {
    taken: HashSet<String>,
}

impl Ids {
    /// The ids of a site. Files are not parsed, so that a broken one keeps its id; the lock keeps
    /// those of briefs that are gone, for feeds have named them.
    pub fn of_site(root: &Path) -> io::Result<Ids> {
        let mut ids = Ids::default();
        let lock = root.join("permalinks.lock");
        if lock.exists() {
            ids.take(&std::fs::read(lock)?);
        }
        let content = walkdir::WalkDir::new(root.join("content"));
        for entry in content.into_iter().filter_map(Result::ok) {
            let is_markdown = entry.path().extension().is_some_and(|e| e == "md");
            if is_markdown && entry.file_type().is_file() {
                ids.take(&std::fs::read(entry.path())?);
            }
        }
        Ok(ids)
    }

    fn take(&mut self, text: &[u8]) {
        for word in text.split(|byte| !byte.is_ascii_alphanumeric()) {
            if word.len() == LENGTH && word.iter().all(|byte| ALPHABET.contains(byte)) {
                self.taken
                    .insert(String::from_utf8_lossy(word).into_owned());
            }
        }
    }

    /// An id that was not taken and is from now on.
    pub fn fresh(&mut self) -> String {
        loop {
            // The standard library seeds each hasher from the system's random numbers.
            let mut random = RandomState::new().hash_one(0);
            let id: String = (0..LENGTH)
                .map(|_| {
                    let digit = random % ALPHABET.len() as u64;
                    random /= ALPHABET.len() as u64;
                    char::from(ALPHABET[digit as usize])
                })
                .collect();
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}
