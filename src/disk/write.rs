//! The output folder is the old site or the new one, whatever dies in between.
//!
//! Files that differ from the old site are written to a staging folder next to it as they come. At
//! the end the others are hard-linked there, all is synced once, and the two folders are exchanged.
//! If nothing differs, nothing is touched. Where an exchange is impossible, [`Journal`] does it in place.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use rayon::prelude::*;

use super::journal::{self, Journal, Side, remove_tree};
use super::list::{self, Entry, Stamp};
use super::location::{Location, Records, Why, create_dir_all};
use super::old::{Content, Listed, Old};
use super::open::{Opener, is_plain};
use super::ops::{Faults, Ops, naming, shown};
use crate::input::FileBytes;
use crate::render::{Output, OutputBody, Sink};

/// How a site is written.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The root of the site.
    pub root: PathBuf,
    /// Whether to build around files that are not Dateline's.
    pub force: bool,
    /// Which operation fails, in tests.
    #[doc(hidden)]
    pub faults: Faults,
}

/// A new site, not yet in place. Dropped without [`Staging::commit`], it leaves the old one as it was.
#[derive(Debug)]
pub struct Staging {
    location: Location,
    ops: Ops,
    opener: Opener,
    force: bool,
    /// When the build began.
    now_ns: i128,
    old: Old,
    plan: Mutex<Plan>,
    /// The staging folder, made at the first difference.
    ground: Mutex<Option<Side>>,
    /// On which side of the output the staging folder is; set once with `ground`.
    side: OnceLock<Side>,
    /// Folders made in the staging folder.
    made: Mutex<HashSet<String>>,
    /// Whether this build has written down what is about to be the list.
    has_next: bool,
    /// From here on what is staged is the new site's, and not to be cleaned up.
    settled: bool,
    /// Held until the end.
    lock: File,
}

/// What a build did to the output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or differ.
    pub written: usize,
    pub unchanged: usize,
    pub deleted: usize,
    pub how: How,
    /// What went wrong after the new site was in place; the next build sees to it.
    pub note: Option<String>,
}

/// The way in which the new site took the place of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing differed, so nothing was touched.
    Untouched,
    /// At once.
    Exchanged,
    /// File by file: assets, then pages, deletions last.
    InPlace(Why),
}

/// What the new site consists of, as far as it is known.
#[derive(Debug, Default)]
struct Plan {
    /// By path; `None` while the file is being written.
    files: HashMap<String, Option<Planned>>,
    /// All folders, each with a file in it that says why it is there.
    folders: HashMap<String, String>,
}

/// A file of the new site.
#[derive(Clone, Copy, Debug)]
struct Planned {
    entry: Entry,
    /// Whether the old site has the same.
    kept: bool,
}

/// Finishes what a killed run left half done in an output folder, whether or not this run writes.
pub fn finish_left_over(output_dir: &Path, options: Options) -> io::Result<()> {
    let opener = Opener::new(&options.root)?;
    let location = Location::find(opener.root(), output_dir);
    // Whatever is wrong with the folder, there is nothing half done in it.
    if location.is_ok_and(|location| location.records.journal.exists()) {
        Staging::open(output_dir, options)?;
    }
    Ok(())
}

impl Staging {
    /// Prepares to write to an output folder, and finishes or clears away what a killed run left.
    ///
    /// A relative path is one from the current folder. A folder that must not be written to is refused.
    pub fn open(output_dir: &Path, options: Options) -> io::Result<Staging> {
        let ops = Ops::new(options.faults);
        let opener = Opener::new(&options.root)?;
        let location = Location::find(opener.root(), output_dir)?;
        location.records.create(&ops)?;
        let lock = location.records.lock(&ops)?;
        journal::finish_left_over(&location, &ops)?;
        remove_tree(&location.beside, &ops)?;
        remove_tree(&location.inside, &ops)?;
        let list = Listed::read(&location.records, &ops)?;
        Ok(Staging {
            old: Old::find(&location, list)?,
            location,
            ops,
            opener,
            force: options.force,
            now_ns: list::nanoseconds(SystemTime::now()),
            plan: Mutex::default(),
            ground: Mutex::default(),
            side: OnceLock::new(),
            made: Mutex::default(),
            has_next: false,
            settled: false,
            lock,
        })
    }

    /// Puts the new site in place of the old one.
    ///
    /// After an error the output folder is the old site; if it was being replaced in place and the
    /// disk went on failing, the next build completes it to the new one, and the error says so.
    pub fn commit(mut self) -> io::Result<Written> {
        let plan = std::mem::take(&mut *held(&self.plan));
        let mut files: HashMap<String, Planned> = HashMap::with_capacity(plan.files.len());
        #[expect(clippy::iter_over_hash_type, reason = "from one map into another")]
        for (path, planned) in plan.files {
            let unfinished = || io::Error::other(format!("`{path}` could not be written"));
            let planned = planned.ok_or_else(unfinished)?;
            files.insert(path, planned);
        }
        let foreign = self
            .old
            .foreign(|path| files.get(path).map(|file| file.kept));
        self.refuse_foreign(&foreign)?;
        for path in &foreign {
            self.refuse_obstacle(path, &files, &plan.folders)?;
        }
        let gone = self.old.gone(|path| files.contains_key(path));
        let entries: BTreeMap<&str, Entry> = files
            .iter()
            .map(|(path, file)| (path.as_str(), file.entry))
            .collect();
        // In order: neighbours are linked one after the other, which file systems are faster at.
        let paths = entries.keys().map(|path| (*path).to_owned());
        let (kept, new): (Vec<_>, Vec<_>) = paths.partition(|path| files[path].kept);
        let mut written = Written {
            written: new.len(),
            unchanged: kept.len(),
            deleted: gone.len(),
            how: How::Untouched,
            note: None,
        };
        if new.is_empty() && gone.is_empty() && self.old.exists {
            written.note = self
                .keep_list(&entries)
                .err()
                .map(|error| error.to_string());
            return Ok(written);
        }
        let side = self.ground()?;
        let next = &self.location.records.next;
        Records::save(next, &list::format(&entries), &self.ops)?;
        self.has_next = true;
        let why = match side {
            _ if !foreign.is_empty() => Some(Why::Foreign),
            Side::Inside => Some(self.location.in_place.unwrap_or(Why::Parent)),
            Side::Beside => self.exchange(&kept)?,
        };
        written.how = why.map_or(How::Exchanged, How::InPlace);
        if why.is_some() {
            self.replace_in_place(Journal::new(side, new, gone))?;
        }
        self.settled = true;
        written.note = self.clear_away().err().map(|error| error.to_string());
        Ok(written)
    }

    /// Refuses files of others, unless the build goes around them.
    fn refuse_foreign(&self, foreign: &[PathBuf]) -> io::Result<()> {
        /// Enough to see what kind of files they are.
        const NAMED_MAX: usize = 3;
        if self.force || foreign.is_empty() {
            return Ok(());
        }
        let named: Vec<String> = foreign
            .iter()
            .take(NAMED_MAX)
            .map(|path| format!("`{}`", shown(path)))
            .collect();
        let more = match foreign.len().saturating_sub(NAMED_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "the output folder `{}` has files that Dateline did not write: {}{more}; \
                 move them away, or build around them with `--force`",
                shown(&self.location.output),
                named.join(", "),
            ),
        ))
    }

    /// Refuses a file of others that stands where the new site has a file or a folder.
    fn refuse_obstacle(
        &self,
        foreign: &Path,
        files: &HashMap<String, Planned>,
        folders: &HashMap<String, String>,
    ) -> io::Result<()> {
        let wanted = foreign.ancestors().find_map(|path| {
            let path = path.to_str()?;
            files.contains_key(path).then_some(path)
        });
        let within = || foreign.to_str().and_then(|path| folders.get(path));
        let Some(wanted) = wanted.or_else(|| within().map(String::as_str)) else {
            return Ok(());
        };
        Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!(
                "`{}` stands in the way of `{wanted}`, and Dateline did not write it: move it away",
                shown(&self.location.output.join(foreign)),
            ),
        ))
    }

    /// Saves the list if it differs: files were touched without being changed, or there was none.
    fn keep_list(&self, entries: &BTreeMap<&str, Entry>) -> io::Result<()> {
        if self.old.is_listed(entries) {
            return Ok(());
        }
        let records = &self.location.records;
        Records::save(&records.list, &list::format(entries), &self.ops)?;
        records.forget_next(&self.ops)
    }

    /// Completes the staging folder and swaps it for the output. Says why that is not possible, if so.
    fn exchange(&self, kept: &[String]) -> io::Result<Option<Why>> {
        let Location {
            output,
            folder,
            beside,
            ..
        } = &self.location;
        let linked = kept.par_iter().try_for_each(|path| {
            self.make_parents(beside, path)?;
            let (from, to) = (folder.join(path), beside.join(path));
            let failed = |error| naming("link", &from, &error);
            self.ops.hard_link(&from, &to).map_err(failed)
        });
        match linked {
            Err(error) if is_mount_point(&error) => return Ok(Some(Why::MountPoint)),
            Err(error) if is_unsupported(&error) => return Ok(Some(Why::NoHardLinks)),
            linked => linked?,
        }
        if self.old.exists {
            let failed = |error| naming("set the permissions of", beside, &error);
            let old = std::fs::metadata(folder).map_err(failed)?.permissions();
            let new = std::fs::metadata(beside).map_err(failed)?.permissions();
            if old != new {
                self.ops.set_permissions(beside, old).map_err(failed)?;
            }
        }
        self.ops
            .sync_all(beside)
            .map_err(|error| naming("bring to the disk", beside, &error))?;
        let failed = |error| naming("put the new site at", output, &error);
        if !self.old.exists {
            return self
                .ops
                .rename(beside, output)
                .map_err(failed)
                .map(|()| None);
        }
        match self.ops.exchange(beside, output) {
            Err(error) if is_mount_point(&error) => Ok(Some(Why::MountPoint)),
            Err(error) if is_unsupported(&error) => Ok(Some(Why::NoExchange)),
            done => done.map_err(failed).map(|()| None),
        }
    }

    /// Replaces the files that differ one by one. Once its journal is saved, the new site is certain.
    fn replace_in_place(&mut self, journal: Journal) -> io::Result<()> {
        let folder = self.staging(journal.side);
        self.ops
            .sync_all(folder)
            .map_err(|error| naming("bring to the disk", folder, &error))?;
        journal.save(&self.location, &self.ops)?;
        self.settled = true;
        // A second try costs nothing, and leaves no half-replaced site after a passing failure.
        journal
            .finish(&self.location, &self.ops)
            .or_else(|_| journal.finish(&self.location, &self.ops))
            .map_err(|error| {
                let text = format!(
                    "{error}; `{}` is replaced in part, and the next build completes it",
                    shown(&self.location.output)
                );
                io::Error::new(error.kind(), text)
            })
    }

    /// What comes after the new site is in place: the list takes effect, the old site goes.
    fn clear_away(&self) -> io::Result<()> {
        self.location.records.take_next(&self.ops)?;
        remove_tree(&self.location.beside, &self.ops)?;
        remove_tree(&self.location.inside, &self.ops)
    }

    /// Notes that there will be a file at this path, and that there can be no other, nor a folder.
    fn reserve(&self, path: &str) -> io::Result<()> {
        let plan = &mut *held(&self.plan);
        let clash = |one: &str, other: &str| {
            let text =
                format!("the site has a file `{one}` and in a folder of that name `{other}`");
            Err(io::Error::new(io::ErrorKind::AlreadyExists, text))
        };
        if plan.files.contains_key(path) {
            let text = format!("the site has two files `{path}`");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        if let Some(file) = plan.folders.get(path) {
            return clash(path, file);
        }
        for (end, _) in path.rmatch_indices('/') {
            let folder = &path[..end];
            if plan.folders.contains_key(folder) {
                break;
            }
            if plan.files.contains_key(folder) {
                return clash(folder, path);
            }
            plan.folders.insert(folder.to_owned(), path.to_owned());
        }
        plan.files.insert(path.to_owned(), None);
        Ok(())
    }

    fn content(&self, body: OutputBody) -> io::Result<Content> {
        Ok(match body {
            OutputBody::Made(bytes) => Content::Bytes(Cow::Owned(bytes)),
            OutputBody::File(FileBytes::Embedded(bytes)) => Content::Bytes(Cow::Borrowed(bytes)),
            OutputBody::File(FileBytes::Text { text, .. }) => {
                Content::Bytes(Cow::Owned(text.as_bytes().to_vec()))
            }
            OutputBody::File(FileBytes::OnDisk(path)) => {
                let opened = self.opener.open(&path).map_err(io::Error::from);
                let (file, metadata) =
                    opened.map_err(|error| naming("read", Path::new(&*path), &error))?;
                Content::File(file, metadata)
            }
        })
    }

    /// Writes a file to the staging folder. Never through the old one: that may be hard-linked.
    fn write(&self, path: &str, content: Content) -> io::Result<Stamp> {
        let folder = self.staging(self.ground()?);
        self.make_parents(folder, path)?;
        let target = folder.join(path);
        let failed = |error| naming("write", &target, &error);
        let mut file = self.ops.create_file(&target).map_err(failed)?;
        match content {
            Content::Bytes(bytes) => self.ops.write(&mut file, &bytes),
            Content::File(mut from, _) => self.ops.copy(&mut from, &mut file),
        }
        .map_err(failed)?;
        Ok(Stamp::of(&file.metadata().map_err(failed)?))
    }

    /// Makes the staging folder, unless it is there, and says where.
    fn ground(&self) -> io::Result<Side> {
        if let Some(side) = self.side.get() {
            return Ok(*side);
        }
        let mut ground = held(&self.ground);
        if let Some(side) = *ground {
            return Ok(side);
        }
        let Location { beside, inside, .. } = &self.location;
        let side = match self.location.in_place {
            Some(_) => Side::Inside,
            None => {
                create_dir_all(self.location.parent(), &self.ops)?;
                match self.ops.create_dir(beside) {
                    Err(error) if self.old.exists && is_unsupported(&error) => Side::Inside,
                    made => made
                        .map_err(|error| naming("create the folder", beside, &error))
                        .map(|()| Side::Beside)?,
                }
            }
        };
        if side == Side::Inside {
            self.ops
                .create_dir(inside)
                .map_err(|error| naming("create the folder", inside, &error))?;
        }
        *ground = Some(side);
        Ok(*self.side.get_or_init(|| side))
    }

    fn staging(&self, side: Side) -> &Path {
        match side {
            Side::Beside => &self.location.beside,
            Side::Inside => &self.location.inside,
        }
    }

    /// Makes the folders of a file, each once.
    fn make_parents(&self, staging: &Path, path: &str) -> io::Result<()> {
        let Some((parent, _)) = path.rsplit_once('/') else {
            return Ok(());
        };
        if held(&self.made).contains(parent) {
            return Ok(());
        }
        self.make_parents(staging, parent)?;
        let folder = staging.join(parent);
        match self.ops.create_dir(&folder) {
            // Another thread was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(|error| naming("create the folder", &folder, &error))?,
        }
        held(&self.made).insert(parent.to_owned());
        Ok(())
    }
}

impl Sink for Staging {
    fn put(&self, output: Output) -> io::Result<()> {
        let path = output.address.output_file();
        if !is_plain(&path) || path.contains(char::is_control) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "`{}` is not a path in the output folder",
                    shown(Path::new(&path))
                ),
            ));
        }
        self.reserve(&path)?;
        let mut content = self.content(output.body)?;
        let digest = content.digest(self.now_ns);
        let failed = |error| naming("compare", Path::new(&path), &error);
        let unchanged = self.old.unchanged(&path, &mut content, digest);
        let (stamp, kept) = match unchanged.map_err(failed)? {
            Some(stamp) => (stamp, true),
            None => (self.write(&path, content)?, false),
        };
        let entry = Entry { digest, stamp };
        let planned = Some(Planned { entry, kept });
        held(&self.plan).files.insert(path, planned);
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.settled {
            // If this fails, the next run clears away.
            if let Some(side) = self.side.get() {
                let _ = remove_tree(self.staging(*side), &self.ops);
            }
            if self.has_next {
                let _ = self.location.records.forget_next(&self.ops);
            }
        }
        // Closing the file is not enough: a process that is being started may hold a copy of it.
        let _ = self.lock.unlock();
    }
}

/// Whether an error is one that only a mount point gives: of the same file system, too.
fn is_mount_point(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, ResourceBusy};
    matches!(error.kind(), CrossesDevices | ResourceBusy)
}

/// Whether an operation fails here as such, so that there is no use in trying it again.
fn is_unsupported(error: &io::Error) -> bool {
    use io::ErrorKind::{
        CrossesDevices, InvalidInput, PermissionDenied, ReadOnlyFilesystem, ResourceBusy,
        TooManyLinks, Unsupported,
    };
    matches!(
        error.kind(),
        CrossesDevices
            | InvalidInput
            | PermissionDenied
            | ReadOnlyFilesystem
            | ResourceBusy
            | TooManyLinks
            | Unsupported
    )
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
