//! Where the commands meet the steps of a build: what to read, and what comes back.
//!
//! Everything that a command needs of the rest of the program goes through the functions of this
//! file; nothing else in `commands/` calls a step.
#![expect(
    clippy::disallowed_methods,
    reason = "this module reads the configuration and the files of excerpts"
)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;

use super::clock::Now;
use super::progress::Progress;
use super::server::Snapshot;
use crate::config::Vocabulary;
use crate::content::Article;
use crate::diagnostic::Diagnostics;

/// What the command line says about the site.
#[derive(Clone, Debug)]
pub struct Options {
    pub root: PathBuf,
    pub config: Option<PathBuf>,
    pub base_url: Option<String>,
    pub output_dir: Option<PathBuf>,
    pub drafts: bool,
    /// Whether briefs that are dated after now are shown.
    pub scheduled: bool,
    pub now: Option<Now>,
}

/// Where a site lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder of the configuration, which is the root of the site.
    pub root: PathBuf,
    pub config: PathBuf,
}

/// What `build` did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// `None`: not a site of briefs.
    pub briefs: Option<usize>,
    pub pages: usize,
    pub scheduled: usize,
    pub drafts: usize,
    pub output_dir: String,
    pub written: usize,
    pub unchanged: usize,
    pub deleted: usize,
    /// Why the output was replaced file by file rather than as a whole.
    pub in_place: Option<String>,
}

/// What a server keeps from one rebuild to the next.
#[derive(Debug, Default)]
pub struct Memo {}

/// The names of a configuration, in the order in which they are looked for.
const CONFIG_NAMES: [&str; 2] = ["zola.toml", "config.toml"];

/// Finds the site in a folder or above it, as Zola does: where the configuration is.
pub fn find(root: &Path, config: Option<&Path>) -> anyhow::Result<Folder> {
    let names: Vec<&Path> = match config {
        Some(config) => vec![config],
        None => CONFIG_NAMES.iter().map(Path::new).collect(),
    };
    let whole = std::path::absolute(root)
        .with_context(|| format!("cannot find the folder `{}`", root.display()))?;
    for folder in whole.ancestors() {
        // A relative path stays one, so that messages are as short as what was typed.
        let root = if folder == whole { root } else { folder };
        let found = names.iter().map(|name| root.join(name));
        if let Some(config) = found.into_iter().find(|config| config.is_file()) {
            let root = root.to_owned();
            return Ok(Folder { root, config });
        }
    }
    let name = names[names.len() - 1].display();
    anyhow::bail!(
        "there is no {name} in `{}` or above it (`dateline init DIR` writes a new site)",
        root.display()
    )
}

impl Folder {
    /// The site's time zone, read from the configuration alone: `new` works even where that has
    /// errors in other places.
    pub fn time_zone(&self) -> anyhow::Result<TimeZone> {
        let text = std::fs::read_to_string(&self.config)
            .with_context(|| format!("cannot read `{}`", self.config.display()))?;
        let table: toml::Table = text
            .parse()
            .with_context(|| format!("cannot read `{}`", self.config.display()))?;
        let name = table
            .get("extra")
            .and_then(|extra| extra.get("dateline"))
            .and_then(|dateline| dateline.get("time_zone"))
            .and_then(toml::Value::as_str);
        match name {
            None => Ok(TimeZone::UTC),
            Some(name) => {
                TimeZone::get(name).with_context(|| format!("`{}`", self.config.display()))
            }
        }
    }

    /// Finds the texts of the site's files for excerpts, each read once.
    pub fn texts(&self) -> impl Fn(&str) -> Option<Arc<str>> + use<> {
        let root = self.root.clone();
        let known: RefCell<HashMap<String, Option<Arc<str>>>> = RefCell::default();
        move |file| {
            if let Some(text) = known.borrow().get(file) {
                return text.clone();
            }
            // Not UTF-8: the bytes are still worth an excerpt, and offsets before the first wrong
            // byte are right.
            let bytes = std::fs::read(root.join(file)).ok();
            let text = bytes.map(|bytes| Arc::from(String::from_utf8_lossy(&bytes)));
            known.borrow_mut().insert(file.to_owned(), text.clone());
            text
        }
    }
}

impl Folder {
    /// The way from the root of the git repository to the site: empty, or ending with a slash.
    pub fn from_repository(&self) -> String {
        let Ok(root) = self.root.canonicalize() else {
            return String::new();
        };
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        let way = repository.and_then(|repository| root.strip_prefix(repository).ok());
        let mut out = String::new();
        for part in way.into_iter().flat_map(Path::components) {
            out.push_str(&part.as_os_str().to_string_lossy());
            out.push('/');
        }
        out
    }
}

// THE SEAM: the functions below are all that the commands call of the steps of a build.

/// All articles that parse, for `check --fix`, with the words that mark their parts.
pub fn articles(
    _folder: &Folder,
    _options: &Options,
) -> anyhow::Result<(Vec<Arc<Article>>, Vocabulary)> {
    Err(not_joined())
}

/// Builds and writes the site; no summary if it has errors.
pub fn build(
    _folder: &Folder,
    _options: &Options,
    _force: bool,
    _progress: &Progress,
) -> anyhow::Result<(Option<Summary>, Diagnostics)> {
    Err(not_joined())
}

/// Everything that `build` does except writing; no summary if the site could not be made.
pub fn check(
    _folder: &Folder,
    _options: &Options,
    _progress: &Progress,
) -> anyhow::Result<(Option<Summary>, Diagnostics)> {
    Err(not_joined())
}

/// Plans the site for the preview. No snapshot: nothing can be shown, the last one stays.
pub fn snapshot(
    _folder: &Folder,
    _options: &Options,
    _memo: &mut Memo,
) -> anyhow::Result<(Option<Snapshot>, Diagnostics)> {
    Err(not_joined())
}

/// The folder that `build` would write to, which `serve` does not watch.
pub fn output_dir(folder: &Folder, options: &Options) -> PathBuf {
    let named = options.output_dir.clone();
    let named = named.or_else(|| {
        let text = std::fs::read_to_string(&folder.config).ok()?;
        let table: toml::Table = text.parse().ok()?;
        Some(PathBuf::from(table.get("output_dir")?.as_str()?))
    });
    folder.root.join(named.unwrap_or_else(|| "public".into()))
}

fn not_joined() -> anyhow::Error {
    anyhow::anyhow!("this command is not joined to the steps of a build yet")
}
