//! Every change that Dateline makes on the disk, one small function each.
//!
//! Nothing else in the program changes a file, so a test that lets the first, the second, the third …
//! of these fail has seen every failure there is.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How a failing operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full.
    NoSpace,
    /// The device fails.
    Device,
    /// The operation is not permitted.
    Denied,
    /// The two paths are on different file systems, or so it is said.
    OtherDevice,
    /// The process dies: this operation and all after it do nothing.
    Kill,
}

/// Which operation fails, if any. Tests alone make one that fails.
#[derive(Clone, Debug, Default)]
pub struct Faults(Option<Arc<Plan>>);

#[derive(Debug)]
struct Plan {
    fault: Fault,
    at: usize,
    lasting: bool,
    done: AtomicUsize,
}

impl Faults {
    /// Lets the operation of this number fail, from 1; if `lasting`, all after it as well.
    pub fn nth(fault: Fault, at: usize, lasting: bool) -> Faults {
        Faults(Some(Arc::new(Plan {
            fault,
            at,
            lasting: lasting || fault == Fault::Kill,
            done: AtomicUsize::new(0),
        })))
    }

    /// Whether there were as many operations as were needed to fail.
    pub fn reached(&self) -> bool {
        self.0
            .as_ref()
            .is_some_and(|plan| plan.done.load(Ordering::SeqCst) >= plan.at)
    }
}

/// The operations, each of which may be told to fail.
#[derive(Debug)]
pub struct Ops {
    faults: Faults,
}

impl Ops {
    pub fn new(faults: Faults) -> Ops {
        Ops { faults }
    }

    pub fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::create_dir(path)
    }

    /// Makes a file where none is, readable for everyone (as far as the umask lets it).
    pub fn create_file(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        options.open(path)
    }

    /// Opens a file for writing that may be there already, without emptying it. A link is refused:
    /// it may lead to any file of the user's.
    pub fn open_file(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        if std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other("it is a link or no file; delete it"));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        not_through_a_link(&mut options);
        options.open(path)
    }

    pub fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        file.write_all(bytes)
    }

    pub fn truncate(&self, file: &File) -> io::Result<()> {
        self.step()?;
        file.set_len(0)
    }

    /// Copies what is left of a file; the kernel shares the blocks where it can.
    pub fn copy(&self, from: &mut File, to: &mut File) -> io::Result<()> {
        self.step()?;
        io::copy(from, to).map(|_| ())
    }

    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::rename(from, to)
    }

    pub fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::hard_link(from, to)
    }

    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::remove_file(path)
    }

    pub fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::remove_dir(path)
    }

    pub fn set_permissions(&self, path: &Path, permissions: Permissions) -> io::Result<()> {
        self.step()?;
        std::fs::set_permissions(path, permissions)
    }

    /// Swaps two folders at once; nobody sees a moment in which either is gone.
    pub fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.step()?;
        exchange(one, other)
    }

    /// Brings everything on the file system of a folder to the disk.
    pub fn sync_all(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        // A test cannot cut the power, and thousands of real syncs would take minutes.
        if self.faults.0.is_some() {
            return Ok(());
        }
        sync_all(folder)
    }

    /// Brings one file to the disk.
    pub fn sync_file(&self, file: &File) -> io::Result<()> {
        self.step()?;
        if self.faults.0.is_some() {
            return Ok(());
        }
        file.sync_all()
    }

    fn step(&self) -> io::Result<()> {
        let Some(plan) = &self.faults.0 else {
            return Ok(());
        };
        let number = plan.done.fetch_add(1, Ordering::SeqCst) + 1;
        if number < plan.at || (number > plan.at && !plan.lasting) {
            return Ok(());
        }
        Err(match plan.fault {
            Fault::NoSpace => io::ErrorKind::StorageFull.into(),
            Fault::Device => io::Error::other("input/output error"),
            Fault::Denied => io::ErrorKind::PermissionDenied.into(),
            Fault::OtherDevice => io::ErrorKind::CrossesDevices.into(),
            Fault::Kill => io::Error::other("killed"),
        })
    }
}

/// The link may come between the look and the opening.
#[cfg(unix)]
fn not_through_a_link(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NOFOLLOW.bits();
    options.custom_flags(i32::try_from(flags).unwrap_or_default());
}

#[cfg(not(unix))]
fn not_through_a_link(_: &mut OpenOptions) {}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn sync_all(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn sync_all(_: &Path) -> io::Result<()> {
    rustix::fs::sync();
    Ok(())
}

/// Windows has no sync of a whole file system for those who are not its administrator.
#[cfg(not(unix))]
fn sync_all(_: &Path) -> io::Result<()> {
    Ok(())
}

/// An error that says what could not be done and to which path.
pub fn naming(doing: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("cannot {doing} `{}`: {error}", shown(path)),
    )
}

/// A path for people: line breaks and other control characters escaped.
pub fn shown(path: &Path) -> String {
    let mut text = String::new();
    for c in path.to_string_lossy().chars() {
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}
