//! Everything that a build depends on, read before it begins. The build itself reads nothing.

use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::content::source::Source;

/// A site as it lies on the disk, and the time.
#[derive(Debug)]
pub struct Input {
    pub config: Arc<Config>,
    /// The Markdown files under `content/`, sorted by path.
    pub sources: Arc<Vec<Source>>,
    /// Files that go out as they are: beside the content, under `static/`, of the theme.
    pub files: Vec<StaticFile>,
    /// The theme's and the site's templates.
    pub theme: ThemeSource,
    /// When the build happens; only scheduling asks for more than the day.
    pub now: Timestamp,
    /// Whether drafts and scheduled briefs are shown.
    pub preview: Preview,
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

/// The templates of a site and whose engine reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeSource {
    /// `dateline`, another name, or empty where the site's own templates are all there are.
    pub name: Arc<str>,
    /// `engine` of theme.toml, if stated.
    pub engine: Option<Arc<str>>,
    pub templates: Vec<TemplateSource>,
    /// `[extra]` of theme.toml, which config's own overrides.
    pub extra: crate::value::Value,
    /// Whether theme.toml says `extends = "dateline"`: what the theme lacks is the built-in one's.
    pub extends_built_in: bool,
}

impl ThemeSource {
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
