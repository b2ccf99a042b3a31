//! What was read of a site, by name from its root.

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::changes::{self, Changes, State, Version};
use super::open::Refusal;
use super::tree::{Found, Identity, Lies, Role, Stamp, Tree, is_within, refused};
use crate::chunks::Chunks;
use crate::content::source::{BYTES_MAX, Source};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::input::{FileBytes, SassFile, StaticFile, TemplateSource};
use crate::value::Hash;

/// A file or folder as it was when it was last read.
#[derive(Clone, Debug)]
pub struct Entry {
    pub content: Content,
    pub looks: Looks,
    /// Of a static file that was named by a hint.
    hash: Option<Hash>,
    /// Where it really lies, if a link leads there.
    pub leads_to: Option<PathBuf>,
    pub problems: Vec<Diagnostic>,
}

/// What of an entry is seen without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    Folder(Identity),
    File(Role, Stamp),
    /// Like a file that was written a moment ago: it may be written again and look the same.
    Unsettled(Role, Stamp),
    Wrong,
}

/// What was read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Source(Source),
    Static(StaticFile),
    Template(TemplateSource),
    Sass(SassFile),
    ThemeToml(Arc<str>),
    /// A folder, or what cannot be read.
    Nothing,
}

/// Larger static files are told apart by their stamps alone.
const HASHED_BYTES_MAX: u64 = 16 << 20;

/// All entries, sorted by name. To copy them costs little, whatever changes afterwards.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    all: Chunks<Named>,
    /// The names of those that are more, or something else, than a source. They are few among the
    /// articles of a large site.
    others: BTreeSet<Arc<str>>,
}

/// A name with what was read of it.
type Named = (Arc<str>, Entry);

impl Entries {
    /// The entry of a name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        let place = self.all.find(|(other, _)| (**other).cmp(name)).ok()?;
        self.all.get(place).map(|(_, entry)| entry)
    }

    /// All, by name.
    pub fn values(&self) -> impl Iterator<Item = &Entry> {
        self.all.iter().map(|(_, entry)| entry)
    }

    /// Those that are more, or something else, than a source.
    pub fn others(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        let entries = self.others.iter();
        entries.filter_map(|name| Some((name, self.get(name)?)))
    }

    /// The entry of a name and all below it.
    pub fn below<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Entry)> + 'a {
        let first = self.all.find(|(other, _)| (**other).cmp(name));
        let first = first.unwrap_or_else(|place| place);
        self.all
            .iter_from(first)
            .map(|(name, entry)| (name, entry))
            .take_while(move |(known, _)| known.starts_with(name))
            .filter(move |(known, _)| is_within(known, name))
    }

    /// Puts an entry in the place of the one before it, of which it keeps what is the same.
    pub fn put(&mut self, name: Arc<str>, mut new: Entry, changes: &mut Changes) {
        let known = self.get(&name);
        match known {
            Some(known) if known.is_same(&new) => new.content = known.content.clone(),
            _ => match (known.and_then(Entry::version), new.version()) {
                (before, Some(now)) => changes.add(name.clone(), before, now),
                // A folder is in the place of the file.
                (Some(before), None) => changes.add(name.clone(), Some(before), Version::GONE),
                (None, None) => {}
            },
        }
        self.insert(name, new);
    }

    /// Takes out an entry of which nothing is there any more.
    pub fn take(&mut self, name: Arc<str>, changes: &mut Changes) {
        let was = self.remove(&name);
        if let Some(before) = was.and_then(|was| was.version()) {
            changes.add(name, Some(before), Version::GONE);
        }
    }

    fn insert(&mut self, name: Arc<str>, entry: Entry) {
        match entry.is_other() {
            true => self.others.insert(name.clone()),
            false => self.others.remove(&name),
        };
        match self.all.find(|(other, _)| other.cmp(&name)) {
            Ok(place) => self.all.replace(place, (name, entry)),
            Err(place) => self.all.insert(place, (name, entry)),
        }
    }

    fn remove(&mut self, name: &str) -> Option<Entry> {
        self.others.remove(name);
        let place = self.all.find(|(other, _)| (**other).cmp(name)).ok()?;
        let was = self.all.get(place).map(|(_, entry)| entry.clone());
        self.all.remove(place);
        was
    }

    /// Leaves the entries whose names a condition chooses.
    pub fn retain(&mut self, is_left: impl Fn(&str) -> bool) {
        let gone = self.all.iter().filter(|(name, _)| !is_left(name));
        let gone: Vec<Arc<str>> = gone.map(|(name, _)| name.clone()).collect();
        for name in gone {
            self.remove(&name);
        }
    }
}

/// Whether what lies there has to be read.
pub fn differs(known: Option<&Entry>, found: &Found) -> bool {
    let Some(known) = known else {
        return true;
    };
    let looks_same = match (&found.lies, known.looks) {
        (Lies::Folder(identity), Looks::Folder(before)) => *identity == before,
        (Lies::File(role, stamp), Looks::File(role_before, before)) => {
            *role == role_before && *stamp == before
        }
        (Lies::Wrong(problems), Looks::Wrong) => *problems == known.problems,
        _ => false,
    };
    !looks_same || found.leads_to != known.leads_to
}

impl Entry {
    /// Reads what lies at a name; nothing if that is gone by now. What cannot be read says so.
    pub fn read(tree: &Tree, found: Found, hinted: &BTreeSet<String>) -> (Arc<str>, Option<Entry>) {
        let name: Arc<str> = found.name.as_str().into();
        let mut entry = Entry {
            content: Content::Nothing,
            looks: Looks::Wrong,
            hash: None,
            leads_to: found.leads_to,
            problems: Vec::new(),
        };
        match found.lies {
            Lies::Folder(identity) => entry.looks = Looks::Folder(identity),
            Lies::Wrong(problems) => entry.problems = problems,
            Lies::File(role, stamp) => {
                entry.looks = Looks::File(role, stamp);
                let is_hinted = hinted.contains(&*name);
                if let Err(problems) = entry.read_file(tree, &name, role, is_hinted) {
                    let at = tree.opener().root().join(&*name);
                    if std::fs::symlink_metadata(at).is_err() {
                        return (name, None);
                    }
                    entry.problems = problems.into_vec();
                }
            }
        }
        (name, Some(entry))
    }

    fn read_file(
        &mut self,
        tree: &Tree,
        name: &Arc<str>,
        role: Role,
        is_hinted: bool,
    ) -> Result<(), Diagnostics> {
        let opened = tree.opener().open(name);
        let (mut file, metadata) = opened.map_err(|refusal| refused(name, refusal))?;
        // The stamp of what is read, not of what lay there when the folder was listed.
        let stamp = Stamp::new(&metadata);
        self.looks = if stamp.is_settled() {
            Looks::File(role, stamp)
        } else {
            Looks::Unsettled(role, stamp)
        };
        let inside = tree.inside(name);
        self.content = match role {
            Role::Source => {
                let bytes = bytes_of(name, file, &metadata)?.into();
                let path = inside.into();
                Content::Source(Source { path, bytes })
            }
            Role::Template { from_theme } => Content::Template(TemplateSource {
                name: inside.into(),
                file: name.clone(),
                text: text_of(name, file, &metadata)?,
                from_theme,
            }),
            Role::Sass { from_theme } => Content::Sass(SassFile {
                file: name.clone(),
                path: inside.into(),
                text: text_of(name, file, &metadata)?,
                from_theme,
            }),
            Role::ThemeToml => Content::ThemeToml(text_of(name, file, &metadata)?),
            Role::Static(kind, is_text) => {
                // What is not UTF-8 goes out as it is.
                let text = if is_text {
                    io::read_to_string(&mut file).ok()
                } else {
                    None
                };
                if is_hinted && text.is_none() && metadata.len() <= HASHED_BYTES_MAX {
                    self.hash = hash_of(file);
                }
                Content::Static(StaticFile {
                    kind,
                    path: inside.into(),
                    bytes: match text {
                        Some(text) => FileBytes::Text {
                            file: name.clone(),
                            text: text.into(),
                        },
                        None => FileBytes::OnDisk(name.clone()),
                    },
                    length: metadata.len(),
                })
            }
        };
        Ok(())
    }

    /// Whether a reading of the same file gave the same.
    fn is_same(&self, other: &Entry) -> bool {
        if self.content != other.content || self.problems != other.problems {
            return false;
        }
        let Content::Static(StaticFile {
            bytes: FileBytes::OnDisk(_),
            ..
        }) = self.content
        else {
            return self.is_folder() == other.is_folder();
        };
        match (self.hash, other.hash) {
            (Some(hash), Some(other)) => hash == other,
            _ => self.stamp() == other.stamp(),
        }
    }

    /// Whether there is more to know of it than a source, or something else.
    fn is_other(&self) -> bool {
        let is_source = matches!(self.content, Content::Source(_));
        !is_source || self.leads_to.is_some() || !self.problems.is_empty()
    }

    fn is_folder(&self) -> bool {
        matches!(self.looks, Looks::Folder(_))
    }

    fn stamp(&self) -> Option<Stamp> {
        match self.looks {
            Looks::File(_, stamp) | Looks::Unsettled(_, stamp) => Some(stamp),
            Looks::Folder(_) | Looks::Wrong => None,
        }
    }

    /// How a file is found; nothing of a folder.
    fn version(&self) -> Option<Version> {
        let of = |bytes: Arc<[u8]>, state| Version {
            state: if bytes.is_empty() {
                State::Empty
            } else {
                state
            },
            content: changes::Content::Bytes(bytes),
        };
        Some(match &self.content {
            Content::Nothing if self.is_folder() => return None,
            Content::Nothing => Version {
                state: State::Text,
                content: changes::Content::Unknown,
            },
            Content::Source(source) => of(source.bytes.clone(), State::Text),
            Content::Template(template) => of(template.text.clone().into(), State::Text),
            Content::Sass(sass) => of(sass.text.clone().into(), State::Text),
            Content::ThemeToml(text) => of(text.clone().into(), State::Text),
            Content::Static(file) => match &file.bytes {
                FileBytes::Text { text, .. } => of(text.clone().into(), State::Static),
                _ if file.length == 0 => of(Arc::new([]), State::Static),
                _ => Version {
                    state: State::Static,
                    content: match self.hash {
                        Some(hash) => changes::Content::Hash(hash),
                        None => changes::Content::Unknown,
                    },
                },
            },
        })
    }
}

/// The bytes of a file; of one that is too large, enough to tell that it is.
fn bytes_of(name: &str, file: File, metadata: &Metadata) -> Result<Vec<u8>, Diagnostics> {
    let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(expected.min(BYTES_MAX) + 1);
    match file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(refused(name, Refusal::Failed(error))),
    }
}

/// A text file of the theme or the site.
fn text_of(name: &Arc<str>, file: File, metadata: &Metadata) -> Result<Arc<str>, Diagnostics> {
    let bytes = bytes_of(name, file, metadata)?;
    let mut problems = Diagnostics::default();
    if bytes.len() > BYTES_MAX {
        problems.too_large(Place::whole(name), bytes.len(), BYTES_MAX);
        return Err(problems);
    }
    String::from_utf8(bytes).map(Arc::from).map_err(|_| {
        problems.invalid_utf8(Place::whole(name));
        problems
    })
}

fn hash_of(file: File) -> Option<Hash> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).ok()?;
    Some(hasher.finalize().into())
}
