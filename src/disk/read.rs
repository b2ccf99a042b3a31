//! A site as it lies on the disk, read into an [`Input`].
//!
//! What cannot be read is a diagnostic, and the rest is read all the same.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::changes::Changes;
use super::entries::{Content, Entries, Entry, Looks, differs};
use super::open::{Opener, is_plain};
use super::ops::{naming, shown};
use super::remote::Remote;
use super::shelf::Shelf;
use super::theme::{EMBEDDED, Embedded, read_theme_toml};
use super::tree::{Found, Identity, Lies, Settings, Tree, is_within, real};
use crate::config::Config;
use crate::config::highlighting::{CodeFile, CodeFiles, NamedKind};
use crate::content::source::{BYTES_MAX, Source};
use crate::diagnostic::{Diagnostics, Place};
use crate::input::{
    EmbeddedTheme, Input, Preview, SassFiles, Shelf as _, Shelved, StaticFile, StaticKind,
    TemplateSource, ThemeSource,
};
use crate::render::sass::InThisProcess;
use crate::shares::in_shares;
use crate::value::Value;

/// The configuration of a site, not parsed.
#[derive(Clone, Debug)]
pub struct ConfigSource {
    /// The folder of the site.
    pub root: PathBuf,
    /// From the root, with `/`: what a [`Place`] names.
    pub file: Arc<str>,
    pub text: String,
}

/// What is read, besides the folder itself.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The folder of the site.
    pub root: &'a Path,
    /// Is not read, should it lie in a folder that is.
    pub output_dir: &'a Path,
    pub embedded: &'a EmbeddedTheme,
    pub now: Timestamp,
    pub preview: Preview,
}

/// Finds the configuration as Zola does: `zola.toml`, else `config.toml`, in `folder` or the nearest
/// folder above it. A file that is named is looked for in the same folders.
pub fn find_config(folder: &Path, named: Option<&Path>) -> io::Result<ConfigSource> {
    let folder =
        std::fs::canonicalize(folder).map_err(|error| naming("open the folder", folder, &error))?;
    let names = match named {
        Some(name) => vec![name],
        None => vec![Path::new("zola.toml"), Path::new("config.toml")],
    };
    for root in folder.ancestors() {
        for name in &names {
            let path = root.join(name);
            if !path.is_file() {
                continue;
            }
            let file = path.strip_prefix(root).unwrap_or(&path);
            let file = file.to_string_lossy().replace('\\', "/");
            // A file that the user names may lie anywhere; one that is found may not.
            let opened = if named.is_some() {
                std::fs::File::open(&path)
            } else {
                let opened = Opener::new(root)?.open(&file);
                opened.map(|(file, _)| file).map_err(io::Error::from)
            };
            let text = opened.and_then(read_config);
            return Ok(ConfigSource {
                root: root.to_owned(),
                file: file.into(),
                text: text.map_err(|error| naming("read", &path, &error))?,
            });
        }
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!(
            "there is no {} in `{}` or a folder above it",
            names.join(" or "),
            shown(&folder)
        ),
    ))
}

/// The text of a configuration.
fn read_config(file: std::fs::File) -> io::Result<String> {
    let mut text = String::new();
    file.take(BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    if text.len() > BYTES_MAX {
        let megabytes = BYTES_MAX >> 20;
        return Err(io::Error::other(format!(
            "it is larger than {megabytes} MB"
        )));
    }
    Ok(text)
}

/// Reads a site from nothing.
pub fn read_site(
    config: Arc<Config>,
    reading: &Reading<'_>,
    problems: &mut Diagnostics,
) -> io::Result<Input> {
    let mut reader = Reader::default();
    reader.refresh(&config, reading, &Hints::All, problems)?;
    Ok(reader.input(config, reading, problems))
}

/// Where something may have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hints {
    /// At these files and in these folders. What they name is read even if it looks the same.
    Paths(Vec<PathBuf>),
    /// Anywhere. What looks the same is not read again.
    All,
}

/// Keeps what was read of a site, so that a change costs no more than itself.
///
/// After [`Reader::refresh`] with every hint there was, or with [`Hints::All`], [`Reader::input`] is
/// what a reading from nothing gives, and shares what did not change with the inputs before it.
#[derive(Debug, Default)]
pub struct Reader {
    tree: Option<Arc<Tree>>,
    /// By name from the root of the site.
    entries: Entries,
    /// Those of the entries, in their order.
    sources: Arc<Vec<Source>>,
    /// What templates asked for by name.
    shelf: Option<Arc<Shelf>>,
    embedded: Option<Embedded>,
}

/// More hints than this are not followed one by one.
const HINTS_MAX: usize = 1000;
/// So many files are read by one thread: dividing the work takes longer.
pub const ALONE_MAX: usize = 32;

impl Reader {
    /// Reads what may have changed, and says what did.
    pub fn refresh(
        &mut self,
        config: &Config,
        reading: &Reading<'_>,
        hints: &Hints,
        problems: &mut Diagnostics,
    ) -> io::Result<Changes> {
        let settings = settings(config, reading)?;
        let mut changes = Changes::default();
        let known = self.tree.as_ref();
        let known = known.filter(|tree| *tree.settings() == settings).cloned();
        let is_known = known.is_some();
        let tree = match known {
            Some(tree) => tree,
            None => {
                let tree = Arc::new(Tree::new(settings)?);
                // What is read no longer is not gone; that the settings changed is said elsewhere.
                self.entries.retain(|name| tree.top_of(name).is_some());
                self.tree = Some(tree.clone());
                tree
            }
        };
        problems.extend(tree.problems().iter().cloned());
        self.shelf = Some(match self.shelf.take().filter(|_| is_known) {
            // Few files are asked for, so all are looked at, whatever the hints are.
            Some(shelf) => shelf.refreshed(&mut changes)?,
            None => {
                let settings = tree.settings();
                let remote = Arc::new(Remote::new(&settings.root));
                let (root, output) = (&settings.root, settings.output.clone());
                Arc::new(Shelf::new(root, output, remote)?)
            }
        });
        match hints {
            Hints::Paths(paths) if is_known && paths.len() <= HINTS_MAX => {
                let hinted = self.names(&tree, paths);
                for name in &hinted {
                    self.update(&tree, name, &hinted, &mut changes);
                }
            }
            Hints::Paths(_) | Hints::All => {
                for top in tree.tops() {
                    self.update(&tree, top, &BTreeSet::new(), &mut changes);
                }
            }
        }
        self.embedded
            .get_or_insert_with(|| Embedded::new(reading.embedded));
        Ok(changes)
    }

    /// What was read, as a build takes it.
    pub fn input(
        &self,
        config: Arc<Config>,
        reading: &Reading<'_>,
        problems: &mut Diagnostics,
    ) -> Input {
        let mut files = Vec::new();
        let mut own_templates = Vec::new();
        let mut sass = Vec::new();
        let mut theme = ThemeRead::default();
        for (_, entry) in self.entries.others() {
            problems.extend(entry.problems.iter().cloned());
            match &entry.content {
                Content::Static(file) if file.kind == StaticKind::Theme => {
                    theme.files.push(file.clone());
                }
                Content::Static(file) => files.push(file.clone()),
                Content::Template(template) if template.from_theme => {
                    theme.templates.push(template.clone());
                }
                Content::Sass(file) => sass.push(file.clone()),
                Content::Template(template) => own_templates.push(template.clone()),
                Content::ThemeToml(text) => theme.toml = Some(text.clone()),
                Content::Source(_) | Content::Nothing => {}
            }
        }
        let (mut theme, theme_files) = self.theme(&config, theme, problems);
        theme.templates.extend(own_templates);
        files.extend(theme_files);
        files.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
        let shelf = self.shelf.clone();
        let shelf = shelf.expect("a site is read before it is built");
        let code = code_files(&config, &shelf);
        Input {
            config,
            sources: self.sources.clone(),
            files,
            sass: SassFiles::new(sass),
            sass_compiler: Arc::new(InThisProcess),
            theme,
            code,
            shelf,
            environment: Arc::default(),
            now: reading.now,
            preview: reading.preview,
        }
    }

    /// The theme that the site uses, without the site's own templates, and its files.
    fn theme(
        &self,
        config: &Config,
        read: ThemeRead,
        problems: &mut Diagnostics,
    ) -> (ThemeSource, Vec<StaticFile>) {
        let settings = self.tree.as_ref().map(|tree| tree.settings());
        let has_theme = settings.is_some_and(|settings| settings.has_theme);
        let name = settings.map_or("".into(), |settings| settings.theme_name.clone());
        let mut theme = ThemeSource {
            name: name.clone(),
            engine: None,
            templates: read.templates,
            extra: Value::None,
            extends_built_in: false,
        };
        let mut files = read.files;
        if has_theme {
            if let Some(text) = read.toml {
                let file = format!("themes/{name}/theme.toml").into();
                read_theme_toml(&mut theme, &file, &text, problems);
            }
            if let Some(embedded) = self.embedded.as_ref().filter(|_| theme.extends_built_in) {
                embedded.extend(&mut theme.templates, &mut files);
            }
        } else if &*name == EMBEDDED
            && let Some(embedded) = &self.embedded
        {
            let file = "dateline:theme.toml".into();
            read_theme_toml(&mut theme, &file, embedded.theme_toml, problems);
            theme.templates.clone_from(&embedded.templates);
            files.clone_from(&embedded.files);
        } else if !name.is_empty() {
            let named = config.dateline.theme.as_ref().or(config.theme.as_ref());
            let place = named.map(|(_, place)| place.clone());
            let place = place.unwrap_or_else(|| Place::whole(&config.file));
            problems.unknown_theme(place, &name);
        }
        (theme, files)
    }

    /// Looks at a name and what lies below it, and reads what was hinted at or looks different.
    fn update(
        &mut self,
        tree: &Tree,
        hinted: &str,
        all_hinted: &BTreeSet<String>,
        changes: &mut Changes,
    ) {
        let Some(top) = tree.top_of(hinted) else {
            return;
        };
        let mut name = self.nearest_known(hinted, top);
        let mut found = by_name(tree.walk(name));
        // A link to a folder may lead in a circle, which is only seen from the top.
        let is_link =
            |found: &Found| matches!(found.lies, Lies::Folder(_)) && found.leads_to.is_some();
        if name != top && found.values().any(is_link) {
            name = top;
            found = by_name(tree.walk(top));
        }
        let known = self.entries.below(name);
        let gone: Vec<Arc<str>> = known
            .filter(|(known, _)| !found.contains_key(&***known))
            .map(|(known, _)| known.clone())
            .collect();
        found.retain(|name, found| {
            all_hinted.contains(name) || differs(self.entries.get(name), found)
        });
        let found: Vec<Found> = found.into_values().collect();
        let read = |found| Entry::read(tree, found, all_hinted);
        let read: Vec<(Arc<str>, Option<Entry>)> = if found.len() > ALONE_MAX {
            in_shares(found).map(read).collect()
        } else {
            found.into_iter().map(read).collect()
        };
        if gone.is_empty() && read.is_empty() {
            return;
        }
        let touched = gone.iter().chain(read.iter().map(|(name, _)| name));
        let touched: Vec<Arc<str>> = touched.cloned().collect();
        for name in gone {
            self.entries.take(name, changes);
        }
        for (name, new) in read {
            match new {
                Some(new) => self.entries.put(name, new, changes),
                None => self.entries.take(name, changes),
            }
        }
        self.renew_sources(&touched);
    }

    /// Takes over what became of some entries. Inputs share the list as long as it is the same.
    fn renew_sources(&mut self, touched: &[Arc<str>]) {
        fn source(entry: &Entry) -> Option<&Source> {
            match &entry.content {
                Content::Source(source) => Some(source),
                _ => None,
            }
        }
        if touched.len() > ALONE_MAX {
            let all = self.entries.values().filter_map(source);
            self.sources = Arc::new(all.cloned().collect());
            return;
        }
        for name in touched {
            let Some(path) = name.strip_prefix("content/") else {
                continue;
            };
            let place = self
                .sources
                .binary_search_by(|known| (*known.path).cmp(path));
            match (place, self.entries.get(name).and_then(source)) {
                (Ok(at), Some(new)) => Arc::make_mut(&mut self.sources)[at] = new.clone(),
                (Ok(at), None) => drop(Arc::make_mut(&mut self.sources).remove(at)),
                (Err(at), Some(new)) => Arc::make_mut(&mut self.sources).insert(at, new.clone()),
                (Err(_), None) => {}
            }
        }
    }

    /// The name itself if the folder that it lies in was seen, else the nearest above it of which
    /// that is true.
    fn nearest_known<'a>(&self, name: &'a str, top: &'a str) -> &'a str {
        let mut name = name;
        while name != top {
            let Some((folder, _)) = name.rsplit_once('/') else {
                break;
            };
            match self.entries.get(folder).map(|entry| entry.looks) {
                Some(Looks::Folder(_)) => break,
                _ => name = folder,
            }
        }
        name
    }

    /// All the names that paths have in the site, through links as well.
    fn names(&self, tree: &Tree, paths: &[PathBuf]) -> BTreeSet<String> {
        let root = tree.opener().root();
        let mut links: Vec<(&str, &Path)> = Vec::new();
        for (name, entry) in self.entries.others() {
            links.extend(entry.leads_to.iter().map(|to| (&**name, &**to)));
        }
        let theme = tree.settings().theme.as_deref().unwrap_or_default();
        let theme_place = std::fs::canonicalize(root.join(theme)).unwrap_or_default();
        if !theme.is_empty() && !theme_place.as_os_str().is_empty() {
            links.push((theme, &theme_place));
        }
        let mut names = BTreeSet::new();
        let mut add = |name: String| {
            // A folder above those that are read stands for all that are in it.
            let inside = tree
                .tops()
                .filter(|top| name.is_empty() || *top != name && is_within(top, &name));
            names.extend(inside.map(str::to_owned));
            if tree.top_of(&name).is_some() {
                names.insert(name);
            }
        };
        for path in paths {
            let real = real(path);
            for path in [path, &real] {
                if path.starts_with(root) {
                    add(tree.name(path));
                }
            }
            // A link or a folder that came or went may be on the way of any link.
            let is_file = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
            for (name, to) in &links {
                if let Ok(rest) = real.strip_prefix(to) {
                    add(tree.name(&root.join(name).join(rest)));
                }
                if !is_file {
                    add((*name).to_owned());
                }
            }
        }
        names
    }

    /// A comparison of what was read with what lies there, to be made anywhere and at any time.
    pub fn comparison(&self) -> Comparison {
        Comparison {
            tree: self.tree.clone(),
            entries: self.entries.clone(),
            shelf: self.shelf.clone(),
        }
    }

    /// The folders in which a change may matter.
    pub fn folders(&self) -> Vec<Folder> {
        let Some(tree) = &self.tree else {
            return Vec::new();
        };
        let root = tree.opener().root();
        let flat = tree.flat_folders().into_iter();
        let mut folders: BTreeMap<PathBuf, Folder> = flat
            .map(|(path, identity)| {
                (
                    path.clone(),
                    Folder {
                        path,
                        identity,
                        is_deep: false,
                    },
                )
            })
            .collect();
        for (name, entry) in self.entries.others() {
            if let Looks::Folder(identity) = entry.looks {
                let path = root.join(&**name);
                let folder = Folder {
                    path: path.clone(),
                    identity,
                    is_deep: true,
                };
                folders.insert(path, folder);
            }
        }
        let beside = self.entries.others().filter_map(|(_, entry)| {
            let is_folder = matches!(entry.looks, Looks::Folder(_));
            entry.leads_to.as_ref().filter(|_| !is_folder)?.parent()
        });
        for path in beside.filter(|path| path.starts_with(root)) {
            // Where a link leads to nothing, what it lacks may come into being.
            let there = path.ancestors().find(|path| path.is_dir());
            let path = there.unwrap_or(root);
            if !folders.contains_key(path)
                && let Ok(metadata) = std::fs::metadata(path)
            {
                let path = path.to_owned();
                let folder = Folder {
                    path: path.clone(),
                    identity: Identity::new(&metadata),
                    is_deep: false,
                };
                folders.insert(path, folder);
            }
        }
        let asked = self.shelf.iter().flat_map(|shelf| shelf.folders());
        for folder in asked {
            folders.entry(folder.path.clone()).or_insert(folder);
        }
        folders.into_values().collect()
    }
}

/// A folder in which a change may matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    /// Another folder at the same path has another.
    pub identity: Identity,
    /// Whether all that is in it matters, and not only what it is known for.
    pub is_deep: bool,
}

/// What was read at some time, to be compared with what lies there now.
#[derive(Debug)]
pub struct Comparison {
    tree: Option<Arc<Tree>>,
    entries: Entries,
    shelf: Option<Arc<Shelf>>,
}

impl Comparison {
    /// The paths at which something looks different, which a [`Reader`] takes as hints.
    pub fn run(&self) -> Vec<PathBuf> {
        let Some(tree) = &self.tree else {
            return Vec::new();
        };
        let root = tree.opener().root();
        let mut different = Vec::new();
        for top in tree.tops() {
            let found = by_name(tree.walk(top));
            let new = found
                .iter()
                .filter(|(name, found)| differs(self.entries.get(name), found));
            different.extend(new.map(|(name, _)| root.join(name)));
            let known = self.entries.below(top);
            let gone = known.filter(|(name, _)| !found.contains_key(&***name));
            different.extend(gone.map(|(name, _)| root.join(&**name)));
        }
        let settings = tree.settings();
        if let Some(theme) = &settings.theme
            && root.join(&**theme).is_dir() != settings.has_theme
        {
            different.push(root.join(&**theme));
        }
        different.extend(self.shelf.iter().flat_map(|shelf| shelf.different()));
        different
    }
}

/// Reads the files that the configuration names for the colours of code.
fn code_files(config: &Config, shelf: &Shelf) -> Option<CodeFiles> {
    let highlighting = config.markdown.highlighting.as_ref();
    let named = highlighting.map(|highlighting| &highlighting.named);
    let named = named.filter(|named| !named.is_empty())?;
    let mut all = Vec::new();
    for named in named {
        let file = |path: &Arc<str>, text: Result<Arc<str>, Arc<str>>| CodeFile {
            named: named.clone(),
            path: path.clone(),
            text,
        };
        if named.kind != NamedKind::Folder {
            all.push(file(&named.path, shelved_text(shelf, &named.path)));
            continue;
        }
        match shelf.list(&named.path) {
            Ok(paths) => {
                let paths = paths.iter().filter(|path| CodeFile::is_one(path));
                all.extend(paths.map(|path| file(path, shelved_text(shelf, path))));
            }
            Err(reason) => all.push(file(&named.path, Err(reason))),
        }
    }
    Some(CodeFiles { all })
}

/// The text of a file, or why there is none.
fn shelved_text(shelf: &Shelf, path: &str) -> Result<Arc<str>, Arc<str>> {
    match shelf.find(path) {
        Shelved::Nothing => return Err("there is no such file".into()),
        Shelved::Refused(reason) => return Err(reason),
        Shelved::File(_) => {}
    }
    let bytes = shelf.read(path, BYTES_MAX as u64)?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    Ok(text.into())
}

/// What was read of a theme's folder.
#[derive(Default)]
struct ThemeRead {
    toml: Option<Arc<str>>,
    templates: Vec<TemplateSource>,
    files: Vec<StaticFile>,
}

/// What decides which files are read, as things are now.
fn settings(config: &Config, reading: &Reading<'_>) -> io::Result<Settings> {
    let opener = Opener::new(reading.root)?;
    let named = config.dateline.theme.as_ref().or(config.theme.as_ref());
    let theme_name: Arc<str> = match named {
        Some((name, _)) => name.clone(),
        None if opener.resolve("templates/index.html").is_ok() => "".into(),
        None => EMBEDDED.into(),
    };
    let is_folder_name = is_plain(&theme_name) && !theme_name.contains('/');
    let theme: Option<Arc<str>> = is_folder_name.then(|| format!("themes/{theme_name}").into());
    let is_there = |theme: &Arc<str>| opener.root().join(&**theme).is_dir();
    Ok(Settings {
        root: opener.root().to_owned(),
        output: std::fs::canonicalize(reading.output_dir).ok(),
        ignored_content: config.ignored_content.clone(),
        ignored_static: config.ignored_static.clone(),
        has_theme: theme.as_ref().is_some_and(is_there),
        theme_name,
        theme,
        is_rebased: !config.base_path.is_empty(),
        config_file: config.file.clone(),
    })
}

/// Of two things at one name the later one counts: a folder that turns out not to be listed.
fn by_name(found: Vec<Found>) -> BTreeMap<String, Found> {
    found
        .into_iter()
        .map(|found| (found.name.clone(), found))
        .collect()
}
