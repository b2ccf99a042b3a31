//! Everything that a build depends on, read before it begins. The build itself reads nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Config;
use crate::config::highlighting::CodeFiles;
use crate::content::source::Source;
use crate::diagnostic::TemplateError;
use crate::value::Value;

/// A site as it lies on the disk, and the time.
#[derive(Debug)]
pub struct Input {
    pub config: Arc<Config>,
    /// The Markdown files under `content/`, sorted by path.
    pub sources: Arc<Vec<Source>>,
    /// Files that go out as they are: beside the content, under `static/`, of the theme.
    pub files: Vec<StaticFile>,
    /// The theme's and the site's Sass.
    pub sass: SassFiles,
    /// Makes style sheets of it.
    pub sass_compiler: Arc<dyn SassCompiler>,
    /// The theme's and the site's templates.
    pub theme: ThemeSource,
    /// The files that the configuration names for the colours of code, if it names any. With others
    /// it is another configuration: see [`Config::with_code`].
    pub code: Option<CodeFiles>,
    /// Files of the site that templates ask for by name.
    pub shelf: Arc<dyn Shelf>,
    /// The variables of the environment that templates may read, as far as they are set.
    pub environment: Arc<BTreeMap<Arc<str>, Arc<str>>>,
    /// When the build happens; only scheduling asks for more than the day.
    pub now: Timestamp,
    /// Whether drafts and scheduled briefs are shown.
    pub preview: Preview,
}

/// Files of the site that templates ask for by name. Nobody knows them before, for they may lie
/// anywhere in the site.
///
/// What was found once, or was not there, stays so for everybody who asks this shelf; after a
/// change the shell gives a new one. So the same question has one answer for one site.
pub trait Shelf: fmt::Debug + Send + Sync {
    /// What lies at a path from the root of the site, with `/`.
    fn find(&self, path: &str) -> Shelved;

    /// The bytes of a file that was found, if they are not more than so many.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &str, bytes_max: u64) -> Result<Vec<u8>, String>;

    /// What was kept under a name by this build or an earlier one, if it is there as it was kept.
    fn kept(&self, name: &str) -> Option<Vec<u8>>;

    /// Keeps what took long to make, if there is a place for it. To forget it costs time alone.
    fn keep(&self, name: &str, bytes: &[u8]);

    /// Forgets what is kept under other names than these, so that it does not pile up.
    fn keep_only(&self, names: &BTreeSet<String>);

    /// What another host answers to a request, or answered not long ago. The hosts are those that
    /// may be asked: with others, another answer may be right. `may_follow` says which addresses
    /// are theirs, where one leads to another.
    ///
    /// # Errors
    /// Where it leads and must not, or why there is no answer.
    fn fetch(
        &self,
        url: &Url,
        asked: (&Request, &[Arc<str>]),
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Result<Arc<Fetched>, NotFetched>;

    /// Old answers that stood in for what could not be fetched, sorted by address.
    fn outdated(&self) -> Vec<Outdated>;
}

/// What a template asks another host for: a request of HTTP (RFC 9110).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request {
    pub address: Arc<str>,
    pub method: Method,
    /// By names in lower case.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
    pub body: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
}

/// What a host answered.
#[derive(Debug)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// What was read out of it.
    pub facts: Arc<AskedFile>,
}

/// Why nothing was fetched.
#[derive(Clone, Debug)]
pub enum NotFetched {
    /// The host leads to where nobody may follow.
    Refused(Url),
    Failed(Arc<str>),
}

/// An answer that stood in for what could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outdated {
    pub address: Arc<str>,
    pub reason: Arc<str>,
    /// When the answer was given.
    pub at: Timestamp,
}

/// What a shelf has at a path.
#[derive(Clone, Debug)]
pub enum Shelved {
    Nothing,
    /// It is there and must not, or cannot, be opened.
    Refused(Arc<str>),
    File(Arc<AskedFile>),
}

/// A file that was asked for, with what was read out of it.
#[derive(Debug)]
pub struct AskedFile {
    /// From the root of the site, with `/`.
    pub path: Arc<str>,
    /// If they need not be read.
    pub bytes: Option<FileBytes>,
    facts: Mutex<HashMap<String, Fact>>,
}

/// What was read out of a file, or why that is impossible, once somebody knows it.
type Fact = Arc<OnceLock<Result<Value, String>>>;

impl AskedFile {
    pub fn new(path: &str, bytes: Option<FileBytes>) -> Arc<AskedFile> {
        Arc::new(AskedFile {
            path: path.into(),
            bytes,
            facts: Mutex::default(),
        })
    }

    /// Something that is read out of the file, by a name for it; `make` is called once.
    pub fn fact(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Value, String>,
    ) -> Result<Value, String> {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let fact = facts.entry(name.to_owned()).or_default().clone();
        drop(facts);
        fact.get_or_init(make).clone()
    }
}

/// What is shown before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub drafts: bool,
    pub scheduled: bool,
}

/// A file that is copied or served, never parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticFile {
    /// Where it goes, by whose it is.
    pub kind: StaticKind,
    /// With `/`: from `content/` or from the `static/` that it lies in.
    pub path: Arc<str>,
    /// How the shell finds its bytes.
    pub bytes: FileBytes,
    pub length: u64,
}

/// Whose a static file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StaticKind {
    /// Beside a page of `content/`.
    Content,
    /// The theme's `static/`.
    Theme,
    /// The site's `static/`, which wins over the theme's.
    Site,
}

/// The bytes of a static file: embedded in the program, or on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileBytes {
    Embedded(&'static [u8]),
    /// From the root of the site, with `/`.
    OnDisk(Arc<str>),
    /// Read: a style sheet or a page of a site under a base path, whose addresses are rebased.
    Text {
        file: Arc<str>,
        text: Arc<str>,
    },
}

/// What style sheets are made of: everything in the folders `sass/` of the site and its theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SassFiles {
    /// Sorted by file.
    all: Arc<[SassFile]>,
}

/// A file in Sass, or CSS that Sass takes in; not compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SassFile {
    /// From the root of the site, with `/`.
    pub file: Arc<str>,
    /// From the folder `sass/` that it lies in.
    pub path: Arc<str>,
    pub text: Arc<str>,
    pub from_theme: bool,
}

impl SassFiles {
    /// These, in whatever order.
    pub fn new(mut all: Vec<SassFile>) -> SassFiles {
        all.sort_by(|a, b| a.file.cmp(&b.file));
        SassFiles { all: all.into() }
    }

    /// All, sorted by file.
    pub fn all(&self) -> &[SassFile] {
        &self.all
    }

    /// The one at a path from the root of the site.
    pub fn find(&self, file: &str) -> Option<&SassFile> {
        let place = self.all.binary_search_by(|other| (*other.file).cmp(file));
        self.all.get(place.ok()?)
    }
}

/// Makes style sheets of Sass. A sheet can run for ever, take all memory or overflow a stack, so the
/// shell says where that happens.
pub trait SassCompiler: fmt::Debug + Send + Sync {
    /// The style sheet that a file is, by its path from the root of the site.
    fn compile(&self, file: &Arc<str>, files: &SassFiles) -> Compiled;
}

/// What a compilation gave.
#[derive(Debug, Serialize, Deserialize)]
pub struct Compiled {
    pub css: Result<String, TemplateError>,
    /// Where files were looked for, whether or not there were any.
    pub read: BTreeSet<Arc<str>>,
}

impl SassFile {
    /// Whether a style sheet of its own is made of it, as Zola decides that.
    pub fn is_sheet(&self) -> bool {
        let is_sass = self.path.ends_with(".scss") || self.path.ends_with(".sass");
        is_sass && !self.path.split('/').any(|part| part.starts_with('_'))
    }
}

/// The templates of a site and whose engine reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeSource {
    /// `dateline`, another name, or empty where the site's own templates are all there are.
    pub name: Arc<str>,
    /// `engine` of theme.toml, if stated.
    pub engine: Option<Arc<str>>,
    pub templates: Vec<TemplateSource>,
    /// `[extra]` of theme.toml, which config's own overrides.
    pub extra: Value,
    /// Whether theme.toml says `extends = "dateline"`: what the theme lacks is the built-in one's.
    pub extends_built_in: bool,
}

impl ThemeSource {
    /// `themes/NAME`, where a theme on the disk lies.
    pub fn folder(&self) -> Option<Arc<str>> {
        let is_name = !self.name.is_empty() && !self.name.contains('/') && &*self.name != "..";
        is_name.then(|| format!("themes/{}", self.name).into())
    }

    /// Whether it is the built-in theme, perhaps edited or with templates of the site laid over it,
    /// or one that extends it. Other themes know Zola's templates alone.
    pub fn is_built_in(&self) -> bool {
        let has_fragments = || {
            self.templates
                .iter()
                .any(|t| &*t.name == "fragments/weekly.html")
        };
        self.extends_built_in || (&*self.name == "dateline" && has_fragments())
    }
}

/// A template, not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSource {
    /// From `templates/`, with `/`: `macros/date.html`.
    pub name: Arc<str>,
    /// From the root of the site, for messages; of an embedded one, `dateline:templates/base.html`.
    pub file: Arc<str>,
    pub text: Arc<str>,
    /// A template of the theme is overridden by the site's of the same name.
    pub from_theme: bool,
}

/// The theme that is in the program, so that a site needs none on the disk.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedTheme {
    /// The text of its theme.toml.
    pub theme_toml: &'static str,
    /// Name from `templates/`, and text.
    pub templates: &'static [(&'static str, &'static str)],
    /// Path from `static/`, and bytes.
    pub files: &'static [(&'static str, &'static [u8])],
}
