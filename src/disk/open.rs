//! The one opener of the program: nothing in content or theme makes it read outside of the site.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

/// Opens files of one site. A symbolic link may lead from one place of the site to another, never out of it.
///
/// A theme counts as part of the site: the link `themes/NAME` itself may lead anywhere, for it is the
/// owner's choice, but a link inside of that theme leads out of neither.
#[derive(Debug)]
pub struct Opener {
    /// Without links.
    root: PathBuf,
}

/// Why a file is not opened.
#[derive(Debug)]
pub enum Refusal {
    /// It lies outside of the site, or a link leads there.
    Outside,
    /// The file system says no.
    Failed(io::Error),
}

impl Opener {
    /// An opener of the site at this folder.
    pub fn new(root: &Path) -> io::Result<Opener> {
        let root = std::fs::canonicalize(root)
            .map_err(|error| super::ops::naming("open the site", root, &error))?;
        Ok(Opener { root })
    }

    /// The folder of the site, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Opens a regular file by its path from the root of the site, with `/`.
    pub fn open(&self, path: &str) -> Result<(File, Metadata), Refusal> {
        if !is_plain(path) {
            return Err(Refusal::Outside);
        }
        let file = match open_without_links(&self.root, Path::new(path)) {
            Some(opened) => opened?,
            None => self.open_through_links(path)?,
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(Refusal::Failed(io::Error::other("it is not a file")));
        }
        Ok((file, metadata))
    }

    /// The real place of a file or folder, if that is inside of the site.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, Refusal> {
        self.resolve_from(path).map(|(_, place)| place)
    }

    /// Refuses a file that does not exist yet if a link among its folders leads out of the site.
    pub fn check_new(&self, path: &str) -> Result<(), Refusal> {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let is_there = |folder: &&str| self.root.join(folder).symlink_metadata().is_ok();
        match folders.rfind(is_there) {
            Some(deepest) => self.resolve(deepest).map(|_| ()),
            None => Ok(()),
        }
    }

    fn open_through_links(&self, path: &str) -> Result<File, Refusal> {
        let (base, place) = self.resolve_from(path)?;
        let inside = place.strip_prefix(&base).map_err(|_| Refusal::Outside)?;
        // The place has no links now. If one is put there this very moment, the opening fails.
        match open_without_links(&base, inside) {
            Some(opened) => Ok(opened?),
            None if !std::fs::metadata(&place)?.is_file() => {
                Err(Refusal::Failed(io::Error::other("it is not a file")))
            }
            None => Ok(File::open(&place)?),
        }
    }

    /// The folder that a path may not leave, and its real place inside of that.
    fn resolve_from(&self, path: &str) -> Result<(PathBuf, PathBuf), Refusal> {
        if !is_plain(path) {
            return Err(Refusal::Outside);
        }
        let place = std::fs::canonicalize(self.root.join(path))?;
        if place.starts_with(&self.root) {
            return Ok((self.root.clone(), place));
        }
        let mut parts = path.split('/');
        if let (Some("themes"), Some(name)) = (parts.next(), parts.next()) {
            let theme = std::fs::canonicalize(self.root.join("themes").join(name))?;
            if place.starts_with(&theme) {
                return Ok((theme, place));
            }
        }
        Err(Refusal::Outside)
    }
}

impl std::error::Error for Refusal {}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Failed(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Outside => f.write_str("a symbolic link leads out of the site"),
            Refusal::Failed(error) => error.fmt(f),
        }
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> io::Error {
        match refusal {
            Refusal::Outside => io::Error::new(
                io::ErrorKind::PermissionDenied,
                Refusal::Outside.to_string(),
            ),
            Refusal::Failed(error) => error,
        }
    }
}

/// Whether every part of a path is a name: no `..`, no root, no drive.
pub fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| {
            let mut components = Path::new(part).components();
            // Comparing refuses what a platform takes for a separator or cuts off (`a\b`, `.`).
            matches!(components.next(), Some(Component::Normal(name)) if name == part)
                && components.next().is_none()
        })
        && !path.contains('\0')
}

/// Opens a file whose path, below a folder, holds no link at all: one call, and no race. `None` if
/// there is a link, or the kernel does not know the call.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_without_links(base: &Path, path: &Path) -> Option<io::Result<File>> {
    use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;

    // A pipe that nobody writes to must not hang the build.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let folder = File::open(base).ok()?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match openat2(&folder, path, flags, Mode::empty(), resolve) {
        Ok(file) => Some(Ok(file.into())),
        // Everything else is answered by the way that follows links, which knows the reason.
        Err(Errno::NOENT) => Some(Err(Errno::NOENT.into())),
        Err(_) => None,
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_without_links(_: &Path, _: &Path) -> Option<io::Result<File>> {
    None
}
