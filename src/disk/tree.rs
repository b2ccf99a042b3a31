//! What lies in the folders that a site is read from: names, stamps and links, no contents.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::borrow::Cow;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use globset::{Glob, GlobSet, GlobSetBuilder};
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::open::{Opener, Refusal};
use super::ops::shown;
use super::read::ALONE_MAX;
use crate::data::Placed;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::input::StaticKind;
use crate::shares::in_shares;

/// Two writes within this time may leave one stamp: clocks of file systems are coarse.
const TICK: Duration = Duration::from_millis(100);

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    /// Compared for being the same, never for being later: clocks are set back, and so are times.
    modified: Option<SystemTime>,
    /// When anything of the file changed. No program can set it.
    changed: Option<Duration>,
    identity: Identity,
}

/// What tells a file or folder from another in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    device: u64,
    number: u64,
    /// Numbers are used again.
    born: Option<SystemTime>,
}

impl Stamp {
    pub fn new(metadata: &Metadata) -> Stamp {
        Stamp {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
            identity: Identity::new(metadata),
        }
    }

    /// Whether a later change of the file is sure to leave another stamp.
    pub fn is_settled(&self) -> bool {
        let now = SystemTime::now();
        let is_old = |time: SystemTime| match now.duration_since(time) {
            Ok(age) => age > TICK,
            Err(ahead) => ahead.duration() > TICK,
        };
        let changed = self.changed.map(|since| SystemTime::UNIX_EPOCH + since);
        changed.or(self.modified).is_some_and(is_old)
    }
}

impl Identity {
    pub fn new(metadata: &Metadata) -> Identity {
        let (device, number) = number(metadata);
        Identity {
            device,
            number,
            born: metadata.created().ok(),
        }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<Duration> {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    Some(Duration::new(seconds, nanoseconds))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<Duration> {
    None
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// What decides which files are the site's. If it is the same, so are the folders to look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Without links.
    pub root: PathBuf,
    /// Is not read, should it lie in a folder that is. Without links, if it is there.
    pub output: Option<PathBuf>,
    pub ignored_content: Vec<Placed>,
    pub ignored_static: Vec<Placed>,
    /// The theme that is named or used without a name; empty if the site has templates alone.
    pub theme_name: Arc<str>,
    /// `themes/NAME`, if the theme could lie there.
    pub theme: Option<Arc<str>>,
    pub has_theme: bool,
    /// Whether the site has a base path, which addresses in static files lack.
    pub is_rebased: bool,
    pub config_file: Arc<str>,
}

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Source,
    /// As a text if its addresses are rebased.
    Static(StaticKind, IsText),
    Template {
        from_theme: bool,
    },
    Sass {
        from_theme: bool,
    },
    ThemeToml,
}

/// Whether a static file is read as a text.
pub type IsText = bool;

/// Something that lies in a folder of the site.
#[derive(Debug)]
pub struct Found {
    /// From the root of the site, with `/`.
    pub name: String,
    pub lies: Lies,
    /// Where it leads, if it is a symbolic link that leads anywhere.
    pub leads_to: Option<PathBuf>,
}

#[derive(Debug)]
pub enum Lies {
    Folder(Identity),
    File(Role, Stamp),
    /// It is no part of the site, for these reasons.
    Wrong(Vec<Diagnostic>),
}

/// The folders of a site, as its settings have them.
#[derive(Debug)]
pub struct Tree {
    settings: Settings,
    opener: Opener,
    tops: Vec<Top>,
    /// What is wrong with the settings.
    problems: Vec<Diagnostic>,
}

/// A folder that is read with all that is in it, or a file.
#[derive(Debug)]
struct Top {
    name: String,
    kind: TopKind,
    ignored: GlobSet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TopKind {
    Content,
    Static(StaticKind),
    Templates { from_theme: bool },
    Sass { from_theme: bool },
    ThemeToml,
}

impl Tree {
    /// The folders of a site; nothing is looked at yet.
    pub fn new(settings: Settings) -> io::Result<Tree> {
        let mut found = Diagnostics::default();
        let content = globs(&settings.ignored_content, &settings.config_file, &mut found);
        let ignored = globs(&settings.ignored_static, &settings.config_file, &mut found);
        let top = |name: &str, kind, ignored: &GlobSet| Top {
            name: name.to_owned(),
            kind,
            ignored: ignored.clone(),
        };
        let none = GlobSet::empty();
        let own = TopKind::Templates { from_theme: false };
        let mut tops = vec![
            top("content", TopKind::Content, &content),
            top("static", TopKind::Static(StaticKind::Site), &ignored),
            top("templates", own, &none),
            top("sass", TopKind::Sass { from_theme: false }, &none),
        ];
        if let Some(theme) = settings.theme.as_ref().filter(|_| settings.has_theme) {
            let at = |inside: &str| format!("{theme}/{inside}");
            let theirs = TopKind::Templates { from_theme: true };
            let statics = TopKind::Static(StaticKind::Theme);
            tops.push(top(&at("theme.toml"), TopKind::ThemeToml, &none));
            tops.push(top(&at("templates"), theirs, &none));
            let sass = TopKind::Sass { from_theme: true };
            tops.push(top(&at("sass"), sass, &none));
            tops.push(top(&at("static"), statics, &ignored));
        }
        Ok(Tree {
            opener: Opener::new(&settings.root)?,
            settings,
            tops,
            problems: found.into_vec(),
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn opener(&self) -> &Opener {
        &self.opener
    }

    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// What is read with all that is in it, from the root of the site.
    pub fn tops(&self) -> impl Iterator<Item = &str> {
        self.tops.iter().map(|top| &*top.name)
    }

    /// The name of the folder, read as a whole, that a name lies in or is.
    pub fn top_of(&self, name: &str) -> Option<&str> {
        self.top(name).map(|top| &*top.name)
    }

    /// A name as it is from the folder that is read as a whole.
    pub fn inside<'a>(&self, name: &'a str) -> &'a str {
        let top = self.top_of(name).unwrap_or_default();
        name.get(top.len() + 1..).unwrap_or_default()
    }

    fn top(&self, name: &str) -> Option<&Top> {
        let mut tops = self.tops.iter();
        tops.find(|top| is_within(name, &top.name))
    }

    /// What lies at a name and below it, in no order. Links are followed inside the site.
    pub fn walk(&self, name: &str) -> Vec<Found> {
        let Some(top) = self.top(name) else {
            return Vec::new();
        };
        let at = self.opener.root().join(name);
        if std::fs::symlink_metadata(&at).is_err() {
            return Vec::new();
        }
        if name == top.name {
            if top.kind == TopKind::ThemeToml {
                return self.theme_toml(name, &at);
            }
            if let Err(refusal) = self.opener.resolve(name) {
                return vec![Found::wrong(name, refused(name, refusal))];
            }
        }
        let mut found = Vec::new();
        let mut outside = Vec::new();
        let entries = WalkDir::new(&at).follow_links(true).into_iter();
        let entries = entries.filter_entry(|entry| {
            !top.skips(&entry.file_name().to_string_lossy())
                && self.settings.output.as_deref() != Some(entry.path())
                && !self.leads_out(entry, &mut outside)
        });
        let entries: Vec<walkdir::Result<DirEntry>> = entries.collect();
        let look = |entry| self.found(top, &at, entry);
        if entries.len() > ALONE_MAX {
            found.par_extend(in_shares(entries).filter_map(look));
        } else {
            found.extend(entries.into_iter().filter_map(look));
        }
        let outside = outside.into_iter().map(|file: String| {
            let mut problems = Diagnostics::default();
            problems.outside_site(Place::whole(&file.as_str().into()));
            let mut found = Found::wrong(&file, problems);
            found.leads_to = target(&self.opener.root().join(&file));
            found
        });
        found.extend(outside);
        found
    }

    /// One thing that was walked to; nothing if it is none of the site's.
    fn found(&self, top: &Top, at: &Path, entry: walkdir::Result<DirEntry>) -> Option<Found> {
        let path = match &entry {
            Ok(entry) => entry.path(),
            Err(error) => error.path().unwrap_or(at),
        };
        let name = self.name(path);
        let is_folder = entry.as_ref().is_ok_and(|entry| entry.file_type().is_dir());
        if is_folder {
            let entry = entry.ok()?;
            let identity = Identity::new(&entry.metadata().ok()?);
            let leads_to = place_of(&entry);
            let lies = Lies::Folder(identity);
            return Some(Found {
                name,
                lies,
                leads_to,
            });
        }
        let last = name.rsplit('/').next().unwrap_or_default();
        let inside = name.get(top.name.len() + 1..).unwrap_or_default();
        let is_ignored = || top.ignored.is_match(inside) || top.ignored.is_match(&*name);
        if top.skips(last) || is_backup(last) || !top.ignored.is_empty() && is_ignored() {
            return None;
        }
        let mut problems = Diagnostics::default();
        let place = || Place::whole(&name.as_str().into());
        match entry {
            // A file in the place of a folder of the site has nothing in it.
            Ok(_) if inside.is_empty() => return None,
            Ok(entry) if entry.path().to_str().is_none() || inside.contains(char::is_control) => {
                problems.file_name(Place::whole(&shown(Path::new(&*name)).into()));
            }
            Ok(entry) if entry.file_type().is_file() => match entry.metadata() {
                Ok(metadata) => {
                    let role = top.role(inside, self.settings.is_rebased)?;
                    let leads_to = place_of(&entry);
                    let lies = Lies::File(role, Stamp::new(&metadata));
                    return Some(Found {
                        name,
                        lies,
                        leads_to,
                    });
                }
                Err(error) => problems.unreadable(place(), &reason(&error)),
            },
            Ok(_) => problems.unreadable(place(), "it is not a file"),
            Err(error) => {
                problems.unreadable(place(), &reason(&error));
                let mut found = Found::wrong(&name, problems);
                found.leads_to = error.path().and_then(target);
                return Some(found);
            }
        }
        Some(Found::wrong(&name, problems))
    }

    /// A theme without one is a theme all the same; what it is instead is seen by reading it.
    fn theme_toml(&self, name: &str, at: &Path) -> Vec<Found> {
        let metadata = std::fs::metadata(at).or_else(|_| std::fs::symlink_metadata(at));
        let found = metadata.ok().map(|metadata| Found {
            name: name.to_owned(),
            lies: Lies::File(Role::ThemeToml, Stamp::new(&metadata)),
            leads_to: target(at),
        });
        found.into_iter().collect()
    }

    /// Whether an entry is a link that leads out of the site; then it is noted.
    fn leads_out(&self, entry: &DirEntry, outside: &mut Vec<String>) -> bool {
        if !entry.path_is_symlink() {
            return false;
        }
        let name = self.name(entry.path());
        let leads_out = matches!(self.opener.resolve(&name), Err(Refusal::Outside));
        if leads_out {
            outside.push(name);
        }
        leads_out
    }

    /// A path from the root of the site, with `/`.
    pub fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.opener.root()).unwrap_or(path);
        let text = path.to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' {
            text.into_owned()
        } else {
            text.replace(std::path::MAIN_SEPARATOR, "/")
        }
    }

    /// The folders above those that are read as a whole, as far as they are there: what comes into
    /// being in them may be the site's.
    pub fn flat_folders(&self) -> Vec<(PathBuf, Identity)> {
        let root = self.opener.root();
        let theme = self.settings.theme.as_ref();
        let wanted = [Some(root.to_owned()), Some(root.join("themes"))];
        let wanted = wanted
            .into_iter()
            .chain([theme.map(|name| root.join(&**name))]);
        let found = wanted.flatten().filter_map(|path| {
            let metadata = std::fs::metadata(&path).ok()?;
            metadata.is_dir().then(|| (path, Identity::new(&metadata)))
        });
        found.collect()
    }
}

impl Found {
    fn wrong(name: &str, problems: Diagnostics) -> Found {
        Found {
            name: name.to_owned(),
            lies: Lies::Wrong(problems.into_vec()),
            leads_to: None,
        }
    }
}

impl Top {
    /// Whether a name is not looked at, whatever it is.
    fn skips(&self, name: &str) -> bool {
        match self.kind {
            // What lies in `static/` goes out, `.well-known/` too, except what tools leave there.
            TopKind::Static(_) => {
                matches!(name, ".git" | ".DS_Store" | "node_modules")
                    // Emacs marks an open file by a link `.#name` that leads nowhere.
                    || name.starts_with(".#")
                    || name.starts_with('.') && (name.ends_with(".swp") || name.ends_with(".swx"))
            }
            // As in Zola.
            _ => name.starts_with('.') || name == "node_modules",
        }
    }

    fn role(&self, inside: &str, is_rebased: bool) -> Option<Role> {
        let file = |kind| Role::Static(kind, is_rebased && has_addresses(inside));
        match self.kind {
            TopKind::Content if inside.ends_with(".md") => Some(Role::Source),
            TopKind::Content => Some(file(StaticKind::Content)),
            TopKind::Static(kind) => Some(file(kind)),
            TopKind::Templates { from_theme } => {
                is_template(inside).then_some(Role::Template { from_theme })
            }
            TopKind::Sass { from_theme } => is_sass(inside).then_some(Role::Sass { from_theme }),
            TopKind::ThemeToml => Some(Role::ThemeToml),
        }
    }
}

/// Whether a name is another or lies below it.
pub fn is_within(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Where a link leads, if the entry is one.
fn place_of(entry: &DirEntry) -> Option<PathBuf> {
    entry.path_is_symlink().then(|| target(entry.path()))?
}

/// Where a link leads, even if nothing is there.
fn target(link: &Path) -> Option<PathBuf> {
    let to = std::fs::read_link(link).ok()?;
    let there = std::fs::canonicalize(link).ok();
    there.or_else(|| Some(real(&link.parent()?.join(to))))
}

/// A path without links, as far as it is there; the last part may be a link itself.
pub fn real(path: &Path) -> PathBuf {
    let mut rest = PathBuf::new();
    let mut at = path;
    while let (Some(folder), Some(name)) = (at.parent(), at.file_name()) {
        rest = match rest.as_os_str().is_empty() {
            true => PathBuf::from(name),
            false => Path::new(name).join(rest),
        };
        if let Ok(folder) = std::fs::canonicalize(folder) {
            return folder.join(rest);
        }
        at = folder;
    }
    path.to_owned()
}

/// What an editor leaves beside a file that it wrote.
fn is_backup(name: &str) -> bool {
    name.ends_with('~') || name.len() > 2 && name.starts_with('#') && name.ends_with('#')
}

/// Whether a static file is of a kind that names addresses of the site.
fn has_addresses(path: &str) -> bool {
    [".css", ".html", ".htm"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Whether a file of `templates/` is text that pages are made with; editors leave others there.
fn is_template(path: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "md", "txt", "json", "csv", "ics", "js", "css", "svg", "tera", "j2", "jinja", "jinja2",
    ];
    let ending = Path::new(path)
        .extension()
        .and_then(|ending| ending.to_str());
    // `html`, `xml`, `opml`, …
    ending.is_some_and(|ending| ending.ends_with("ml") || ENDINGS.contains(&ending))
}

/// Whether a file of `sass/` can be part of a style sheet.
fn is_sass(path: &str) -> bool {
    [".scss", ".sass", ".css"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn globs(globs: &[Placed], config_file: &Arc<str>, problems: &mut Diagnostics) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for (glob, place) in globs {
        match Glob::new(glob) {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                problems.invalid_glob(place.clone(), glob, &error.kind().to_string());
            }
        }
    }
    set.build().unwrap_or_else(|error| {
        let reason = error.kind().to_string();
        let all: Vec<&str> = globs.iter().map(|(glob, _)| &**glob).collect();
        problems.invalid_glob(Place::whole(config_file), &all.join(", "), &reason);
        GlobSet::empty()
    })
}

/// Why a file of the site is not opened, as a problem.
pub fn refused(name: &str, refusal: Refusal) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let place = Place::whole(&name.into());
    match refusal {
        Refusal::Outside => problems.outside_site(place),
        Refusal::Failed(error) => problems.unreadable(place, &error.to_string()),
    }
    problems
}

/// Why an entry could not be walked to, without its path.
fn reason(error: &walkdir::Error) -> Cow<'static, str> {
    if error.loop_ancestor().is_some() {
        return "the symbolic link leads in a circle".into();
    }
    match error.io_error() {
        Some(error) => error.to_string().into(),
        None => "the folder cannot be listed".into(),
    }
}
