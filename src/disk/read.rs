//! A site as it lies on the disk, read into an [`Input`].
//!
//! What cannot be read is a diagnostic, and the rest is read all the same.
#![expect(clippy::disallowed_methods, reason = "this module is the file system")]

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::open::{Opener, Refusal};
use super::ops::{naming, shown};
use crate::config::Config;
use crate::content::source::{BYTES_MAX, Source};
use crate::data::Placed;
use crate::diagnostic::{Diagnostics, Place, misspelling_of};
use crate::input::{
    EmbeddedTheme, FileBytes, Input, Preview, StaticFile, StaticKind, TemplateSource, ThemeSource,
};
use crate::value::{Key, Value};

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

/// The theme that is in the program.
const EMBEDDED: &str = "dateline";

/// Whether a static file is of a kind that names addresses of the site.
fn has_addresses(path: &str) -> bool {
    [".css", ".html", ".htm"]
        .iter()
        .any(|end| path.ends_with(end))
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
            let text = if named.is_some() {
                std::fs::read_to_string(&path)
            } else {
                let opened = Opener::new(root)?.open(&file);
                opened
                    .map_err(io::Error::from)
                    .and_then(|(file, _)| io::read_to_string(file))
            };
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

/// Reads a site.
pub fn read_site(
    config: Arc<Config>,
    reading: &Reading<'_>,
    problems: &mut Diagnostics,
) -> io::Result<Input> {
    let site = Site {
        opener: Opener::new(reading.root)?,
        output: std::fs::canonicalize(reading.output_dir).ok(),
        config_file: config.file.clone(),
        is_rebased: !config.base_path.is_empty(),
    };
    let (sources, mut files) = site.content(&config.ignored_content, problems);
    let ignored = site.globs(&config.ignored_static, problems);
    files.extend(site.statics("static", StaticKind::Site, &ignored, problems));
    let (theme, theme_files) = site.theme(&config, reading.embedded, &ignored, problems);
    files.extend(theme_files);
    files.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
    Ok(Input {
        config,
        sources,
        files,
        theme,
        now: reading.now,
        preview: reading.preview,
    })
}

/// The site while it is read.
struct Site {
    opener: Opener,
    /// Without links, if it is there.
    output: Option<PathBuf>,
    config_file: Arc<str>,
    /// Whether the site has a base path, which addresses in static files lack.
    is_rebased: bool,
}

/// Which files of a folder are not the site's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skip {
    /// All that begin with a dot, as in Zola.
    Hidden,
    /// Those that only tools leave: what lies in `static/` goes out, `.well-known/` too.
    Tools,
}

impl Skip {
    fn skips(self, name: &str) -> bool {
        match self {
            Skip::Hidden => name.starts_with('.') || name == "node_modules",
            // Emacs marks an open file by a link `.#name` that leads nowhere.
            Skip::Tools => {
                matches!(name, ".git" | ".DS_Store" | "node_modules") || name.starts_with(".#")
            }
        }
    }
}

impl Site {
    /// The Markdown files, and those that lie beside them.
    fn content(
        &self,
        ignored: &[Placed],
        problems: &mut Diagnostics,
    ) -> (Vec<Source>, Vec<StaticFile>) {
        let ignored = self.globs(ignored, problems);
        let paths = self.walk("content", Skip::Hidden, &ignored, problems);
        let (markdown, others): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| path.ends_with(".md"));
        let read = markdown.into_par_iter().map(|path| {
            let bytes = self.read(&format!("content/{path}"))?;
            let (path, bytes) = (path.into(), bytes.into());
            Ok(Source { path, bytes })
        });
        let sources = gather(read.collect(), problems);
        let files = self.files("content", others, StaticKind::Content, problems);
        (sources, files)
    }

    /// The files of a `static/`.
    fn statics(
        &self,
        folder: &str,
        kind: StaticKind,
        ignored: &GlobSet,
        problems: &mut Diagnostics,
    ) -> Vec<StaticFile> {
        let paths = self.walk(folder, Skip::Tools, ignored, problems);
        self.files(folder, paths, kind, problems)
    }

    fn files(
        &self,
        folder: &str,
        paths: Vec<String>,
        kind: StaticKind,
        problems: &mut Diagnostics,
    ) -> Vec<StaticFile> {
        let found = paths.into_par_iter().map(|path| {
            let file: Arc<str> = format!("{folder}/{path}").into();
            // Opening it tells now whether it can be read, not when the site is half made.
            let opened = self.opener.open(&file);
            let (opened, metadata) = opened.map_err(|refusal| Unread::new(&file, refusal))?;
            let text = if self.is_rebased && has_addresses(&path) {
                // What is not UTF-8 goes out as it is.
                io::read_to_string(opened).ok()
            } else {
                None
            };
            Ok(StaticFile {
                kind,
                path: path.into(),
                bytes: match text {
                    Some(text) => FileBytes::Text {
                        file,
                        text: text.into(),
                    },
                    None => FileBytes::OnDisk(file),
                },
                length: metadata.len(),
            })
        });
        gather(found.collect(), problems)
    }

    /// The theme that the site uses, with the site's own templates over it, and the theme's files.
    fn theme(
        &self,
        config: &Config,
        embedded: &EmbeddedTheme,
        ignored: &GlobSet,
        problems: &mut Diagnostics,
    ) -> (ThemeSource, Vec<StaticFile>) {
        let named = config.dateline.theme.as_ref().or(config.theme.as_ref());
        let name = match named {
            Some((name, _)) => name.clone(),
            None if self.opener.resolve("templates/index.html").is_ok() => "".into(),
            None => EMBEDDED.into(),
        };
        let folder = format!("themes/{name}");
        let mut theme = ThemeSource {
            name: name.clone(),
            engine: None,
            templates: Vec::new(),
            extra: Value::None,
            extends_built_in: false,
        };
        let mut files = Vec::new();
        let is_folder_name = super::open::is_plain(&name) && !name.contains('/');
        if is_folder_name && self.opener.root().join(&folder).is_dir() {
            let file = format!("{folder}/theme.toml");
            // A theme without one is a theme all the same.
            if std::fs::symlink_metadata(self.opener.root().join(&file)).is_ok()
                && let Some(text) = self.text(&file, problems)
            {
                read_theme_toml(&mut theme, &file.into(), &text, problems);
            }
            let templates = format!("{folder}/templates");
            theme.templates = self.templates(&templates, true, problems);
            let statics = format!("{folder}/static");
            files = self.statics(&statics, StaticKind::Theme, ignored, problems);
            if theme.extends_built_in {
                extend(&mut theme.templates, &mut files, embedded);
            }
        } else if &*name == EMBEDDED {
            let file = "dateline:theme.toml".into();
            read_theme_toml(&mut theme, &file, embedded.theme_toml, problems);
            theme.templates = embedded_templates(embedded);
            files = embedded_files(embedded);
        } else if !name.is_empty() {
            let place = named.map(|(_, place)| place.clone());
            let place = place.unwrap_or_else(|| Place::whole(&self.config_file));
            problems.unknown_theme(place, &name);
        }
        let own = self.templates("templates", false, problems);
        theme.templates.extend(own);
        (theme, files)
    }

    /// The templates of a folder.
    fn templates(
        &self,
        folder: &str,
        from_theme: bool,
        problems: &mut Diagnostics,
    ) -> Vec<TemplateSource> {
        let mut paths = self.walk(folder, Skip::Hidden, &GlobSet::empty(), problems);
        paths.retain(|path| is_template(path));
        let read = paths.into_iter().filter_map(|path| {
            let file = format!("{folder}/{path}");
            let text = self.text(&file, problems)?;
            Some(TemplateSource {
                name: path.into(),
                file: file.into(),
                text: text.into(),
                from_theme,
            })
        });
        read.collect()
    }

    /// A text file of the theme or the site; `None` if there is none, or it is reported.
    fn text(&self, path: &str, problems: &mut Diagnostics) -> Option<String> {
        let file: Arc<str> = path.into();
        let bytes = match self.read(path) {
            Ok(bytes) => bytes,
            Err(unread) => {
                unread.report(problems);
                return None;
            }
        };
        if bytes.len() > BYTES_MAX {
            problems.too_large(Place::whole(&file), bytes.len(), BYTES_MAX);
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(_) => {
                problems.invalid_utf8(Place::whole(&file));
                None
            }
        }
    }

    /// The bytes of a file; of one that is too large, enough to tell that it is.
    fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        let read = || {
            let (file, metadata) = self.opener.open(path)?;
            let expected = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
            let mut bytes = Vec::with_capacity(expected.min(BYTES_MAX) + 1);
            file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|refusal| Unread::new(path, refusal))
    }

    /// The files below a folder of the site, sorted, as paths from there. Links are followed inside the site.
    fn walk(
        &self,
        folder: &str,
        skip: Skip,
        ignored: &GlobSet,
        problems: &mut Diagnostics,
    ) -> Vec<String> {
        let top = self.opener.root().join(folder);
        if std::fs::symlink_metadata(&top).is_err() {
            return Vec::new();
        }
        if let Err(refusal) = self.opener.resolve(folder) {
            Unread::new(folder, refusal).report(problems);
            return Vec::new();
        }
        let mut paths = Vec::new();
        let mut outside = Vec::new();
        let walk = WalkDir::new(&top).follow_links(true).min_depth(1);
        let entries = walk.into_iter().filter_entry(|entry| {
            !skip.skips(&entry.file_name().to_string_lossy())
                && self.output.as_deref() != Some(entry.path())
                && !self.leads_out(entry, &mut outside)
        });
        for entry in entries {
            let (path, is_file) = match &entry {
                Ok(entry) => (Some(entry.path()), entry.file_type().is_file()),
                Err(error) => (error.path(), false),
            };
            let from_root = self.name(path.unwrap_or(&top));
            let name = from_root.rsplit('/').next().unwrap_or_default();
            let path = from_root.get(folder.len() + 1..).unwrap_or_default();
            if skip.skips(name) || ignored.is_match(path) || ignored.is_match(&*from_root) {
                continue;
            }
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.path().to_str().is_none() || path.contains(char::is_control) => {
                    problems.file_name(Place::whole(&shown(Path::new(&*from_root)).into()));
                }
                Ok(_) if is_file => paths.push(path.to_owned()),
                Ok(_) => problems.unreadable(Place::whole(&from_root.into()), "it is not a file"),
                Err(error) => {
                    let reason = reason(&error);
                    problems.unreadable(Place::whole(&from_root.into()), &reason);
                }
            }
        }
        for file in outside {
            problems.outside_site(Place::whole(&file));
        }
        paths.sort();
        paths
    }

    /// Whether an entry is a link that leads out of the site; then it is noted.
    fn leads_out(&self, entry: &DirEntry, outside: &mut Vec<Arc<str>>) -> bool {
        if !entry.path_is_symlink() {
            return false;
        }
        let name = self.name(entry.path());
        let leads_out = matches!(self.opener.resolve(&name), Err(Refusal::Outside));
        if leads_out {
            outside.push(name.into());
        }
        leads_out
    }

    /// A path from the root of the site, with `/`.
    fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.opener.root()).unwrap_or(path);
        let text = path.to_string_lossy();
        if std::path::MAIN_SEPARATOR == '/' {
            text.into_owned()
        } else {
            text.replace(std::path::MAIN_SEPARATOR, "/")
        }
    }

    fn globs(&self, globs: &[Placed], problems: &mut Diagnostics) -> GlobSet {
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
            problems.invalid_glob(Place::whole(&self.config_file), &all.join(", "), &reason);
            GlobSet::empty()
        })
    }
}

/// A file that could not be read, and why.
struct Unread {
    file: Arc<str>,
    refusal: Refusal,
}

impl Unread {
    fn new(path: &str, refusal: Refusal) -> Unread {
        let file = path.into();
        Unread { file, refusal }
    }

    fn report(self, problems: &mut Diagnostics) {
        let place = Place::whole(&self.file);
        match self.refusal {
            Refusal::Outside => problems.outside_site(place),
            Refusal::Failed(error) => problems.unreadable(place, &error.to_string()),
        }
    }
}

/// What was read; what was not is reported.
fn gather<T>(read: Vec<Result<T, Unread>>, problems: &mut Diagnostics) -> Vec<T> {
    let mut good = Vec::with_capacity(read.len());
    for one in read {
        match one {
            Ok(one) => good.push(one),
            Err(unread) => unread.report(problems),
        }
    }
    good
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

/// Adds what the built-in theme has and the theme that extends it has not.
fn extend(
    templates: &mut Vec<TemplateSource>,
    files: &mut Vec<StaticFile>,
    embedded: &EmbeddedTheme,
) {
    let mut missing = embedded_templates(embedded);
    missing.retain(|theirs| templates.iter().all(|own| own.name != theirs.name));
    templates.extend(missing);
    let mut missing = embedded_files(embedded);
    missing.retain(|theirs| files.iter().all(|own| own.path != theirs.path));
    files.extend(missing);
}

fn embedded_templates(embedded: &EmbeddedTheme) -> Vec<TemplateSource> {
    let templates = embedded
        .templates
        .iter()
        .map(|(name, text)| TemplateSource {
            name: (*name).into(),
            file: format!("dateline:templates/{name}").into(),
            text: (*text).into(),
            from_theme: true,
        });
    templates.collect()
}

fn embedded_files(embedded: &EmbeddedTheme) -> Vec<StaticFile> {
    let files = embedded.files.iter().map(|(path, bytes)| StaticFile {
        kind: StaticKind::Theme,
        path: (*path).into(),
        bytes: FileBytes::Embedded(bytes),
        length: bytes.len() as u64,
    });
    files.collect()
}

/// Takes `engine`, `extends` and `[extra]` out of a theme.toml.
fn read_theme_toml(
    theme: &mut ThemeSource,
    file: &Arc<str>,
    text: &str,
    problems: &mut Diagnostics,
) {
    match toml::from_str::<toml::Table>(text) {
        Ok(table) => {
            theme.engine = table
                .get("engine")
                .and_then(toml::Value::as_str)
                .map(Arc::from);
            theme.extra = table.get("extra").map_or(Value::None, value);
            for key in table
                .keys()
                .filter(|key| !THEME_KEYS.contains(&key.as_str()))
            {
                if let Some(near) = misspelling_of(key, THEME_KEYS.iter().copied()) {
                    problems.misspelt_theme_key(place_of_key(file, text, key), key, near);
                }
            }
            match table.get("extends") {
                None => {}
                Some(toml::Value::String(name)) if name == EMBEDDED => {
                    theme.extends_built_in = true;
                    // It cannot be anything else, and nothing may be left to tell it from.
                    theme.engine.get_or_insert_with(|| "minijinja".into());
                }
                Some(other) => {
                    let name = other
                        .as_str()
                        .map_or_else(|| other.to_string(), str::to_owned);
                    let place = place_of_key(file, text, "extends");
                    problems.unknown_base_theme(place, &name, EMBEDDED);
                }
            }
        }
        Err(error) => {
            let place = Place::bytes(file, error.span().unwrap_or_default());
            problems.invalid_theme_toml(place, error.message());
        }
    }
}

/// The keys of theme.toml that are read.
const THEME_KEYS: [&str; 3] = ["engine", "extends", "extra"];

/// The line that a key at the top of theme.toml begins.
fn place_of_key(file: &Arc<str>, text: &str, key: &str) -> Place {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with(key) {
            return Place::bytes(file, from..from + line.trim_end().len());
        }
        from += line.len();
    }
    Place::whole(file)
}

/// TOML as templates see it; dates are text.
fn value(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => Value::list(items.iter().map(value)),
        toml::Value::Table(table) => Value::map(
            table
                .iter()
                .map(|(key, item)| (Key::from(key.clone()), value(item))),
        ),
    }
}
