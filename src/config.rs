//! The configuration: Zola's keys, ours under `[extra.dateline]`, checked.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::data::Placed;
use crate::diagnostic::{Diagnostics, Place, misspelling_of};
use crate::value::Value;
use highlighting::{CodeFiles, Highlighting};
use search::{IndexFormat, SearchConfig};

pub mod highlighting;
pub mod look;
mod parse;
pub mod search;

pub use look::Look;
pub use parse::{Mode, Overrides};

/// `config.toml`, with defaults filled in (Zola 0.22's documentation, "Configuration").
#[derive(Debug)]
pub struct Config {
    /// From the root of the site: `config.toml`.
    pub file: Arc<str>,
    /// Without a slash at its end: `https://user.github.io/repo`.
    pub base_url: Arc<str>,
    /// The path of `base_url` without a slash at its end: `/repo`, or empty.
    pub base_path: Arc<str>,
    pub title: Option<Arc<str>>,
    pub description: Option<Arc<str>>,
    pub author: Option<Arc<str>>,
    pub default_language: Arc<str>,
    /// Codes of the other languages, sorted.
    pub languages: Vec<Arc<str>>,
    /// What each of `languages` has for itself, in their order.
    pub of_languages: Vec<LanguageConfig>,
    /// Zola's `theme`.
    pub theme: Option<Placed>,
    pub output_dir: Arc<str>,
    /// Whether the site's own `sass/` is compiled; the theme's always is.
    pub compile_sass: bool,
    pub ignored_content: Vec<Placed>,
    pub ignored_static: Vec<Placed>,
    pub generate_feeds: bool,
    pub feed_limit: Option<usize>,
    pub feed_filenames: Vec<Arc<str>>,
    pub generate_sitemap: bool,
    pub generate_robots_txt: bool,
    pub exclude_paginated_pages_in_sitemap: bool,
    pub taxonomies: Vec<TaxonomyConfig>,
    pub taxonomy_root: Option<Arc<str>>,
    pub markdown: MarkdownConfig,
    /// Whether pages are written without white space that nobody sees.
    pub minify_html: bool,
    /// Each language that has a search index; none if the default language wants none.
    pub search: Vec<SearchConfig>,
    pub search_format: IndexFormat,
    pub slugify: SlugifyConfig,
    /// Everything under `extra`, for templates.
    pub extra: Value,
    /// The keys of the site's own `[extra]`, without what the theme has there.
    pub own_extra: Vec<Placed>,
    /// Everything, for templates of the default language, as Zola serialises it. Keys that Zola
    /// keeps to itself are there as well.
    pub value: Value,
    /// The same for each of `languages`, in their order: see [`Config::value_in`].
    pub values_by_language: Vec<Value>,
    pub dateline: DatelineConfig,
    /// Whether config has `[extra.dateline]`, with more in it than what templates have access to.
    pub is_dateline: bool,
}

/// `[languages.xx]`: what a language other than the default one has for itself.
#[derive(Clone, Debug)]
pub struct LanguageConfig {
    pub title: Option<Arc<str>>,
    pub description: Option<Arc<str>>,
    pub generate_feeds: bool,
    pub feed_filenames: Vec<Arc<str>>,
    pub taxonomies: Vec<TaxonomyConfig>,
}

/// A taxonomy: a way of sorting pages into terms.
#[derive(Clone, Debug)]
pub struct TaxonomyConfig {
    pub name: Arc<str>,
    pub slug: Arc<str>,
    pub feed: bool,
    /// 0: not cut into pages.
    pub paginate_by: usize,
    pub paginate_path: Arc<str>,
    pub render: bool,
}

/// `[markdown]`.
#[derive(Debug, Default)]
pub struct MarkdownConfig {
    pub smart_punctuation: bool,
    /// Whether `:smile:` is an emoji.
    pub render_emoji: bool,
    pub external_links_target_blank: bool,
    pub external_links_no_follow: bool,
    pub external_links_no_referrer: bool,
    /// Whether they say `rel="external"`.
    pub external_links_external: bool,
    pub external_links_class: Option<Arc<str>>,
    pub github_alerts: bool,
    pub definition_list: bool,
    pub bottom_footnotes: bool,
    pub lazy_async_image: bool,
    pub insert_anchor_links: AnchorPlace,
    /// `None`: code stays as it is written.
    pub highlighting: Option<Highlighting>,
}

/// Where links to headings stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnchorPlace {
    /// Before the words of the heading.
    Left,
    Right,
    /// The heading as a whole is the link.
    Heading,
    #[default]
    None,
}

impl AnchorPlace {
    /// What config and sections say for each.
    pub const NAMES: [(&'static str, AnchorPlace); 4] = [
        ("left", AnchorPlace::Left),
        ("right", AnchorPlace::Right),
        ("heading", AnchorPlace::Heading),
        ("none", AnchorPlace::None),
    ];

    /// What config and sections say for it.
    pub fn name(self) -> &'static str {
        let mut names = Self::NAMES.iter();
        let found = names.find(|(_, place)| *place == self);
        found.map_or("none", |(name, _)| name)
    }
}

/// `[slugify]`: how text becomes part of an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct SlugifyConfig {
    pub paths: Slugify,
    pub taxonomies: Slugify,
    pub anchors: Slugify,
    pub paths_keep_dates: bool,
}

/// Zola's three strategies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slugify {
    /// ASCII, lower case, dashes.
    #[default]
    On,
    /// Only what file systems refuse is taken out.
    Safe,
    Off,
}

/// `[extra.dateline]`.
#[derive(Debug)]
pub struct DatelineConfig {
    /// Where the table begins; the file as a whole if there is none.
    pub place: Place,
    pub theme: Option<Placed>,
    /// Which views of ours are made; `None`: all.
    pub pages: Option<Vec<Placed>>,
    /// Where weeks and days begin.
    pub time_zone: TimeZone,
    /// `example.org,2026`: the authority of feed ids (RFC 4151).
    pub authority: Option<Arc<str>>,
    /// The variables of the environment that templates may read.
    pub env: Vec<Arc<str>>,
    /// The hosts that templates may fetch data from: `api.example.org`, `localhost:8000`.
    pub fetch: Vec<Arc<str>>,
    pub vocabulary: Vocabulary,
    pub look: Look,
}

impl MarkdownConfig {
    /// Whether links to other sites differ from those within the site.
    pub fn marks_external_links(&self) -> bool {
        self.external_links_target_blank
            || self.external_links_no_follow
            || self.external_links_no_referrer
            || self.external_links_external
            || self.external_links_class.is_some()
    }
}

impl Config {
    /// The same with what files of the site say about the colours of code.
    pub fn with_code(self, files: &CodeFiles, problems: &mut Diagnostics) -> Config {
        let highlighting = self.markdown.highlighting;
        let highlighting = highlighting.map(|stated| stated.with_files(files, problems));
        Config {
            markdown: MarkdownConfig {
                highlighting,
                ..self.markdown
            },
            ..self
        }
    }

    /// The configuration as templates see it on a page in a language; of one that config does not
    /// know, that of the default language.
    pub fn value_in(&self, language: &str) -> &Value {
        let found = self.position_of(language);
        found.map_or(&self.value, |index| &self.values_by_language[index])
    }

    /// What a language other than the default one has for itself.
    pub fn language(&self, code: &str) -> Option<&LanguageConfig> {
        Some(&self.of_languages[self.position_of(code)?])
    }

    fn position_of(&self, language: &str) -> Option<usize> {
        self.languages.iter().position(|code| &**code == language)
    }
}

/// The parts that a brief may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartKind {
    Tldr,
    Takeaways,
    Competitors,
    DeepDive,
    Implications,
    Timeline,
    Corrections,
}

/// The labels inside the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    WhatChanged,
    WhyItMatters,
    WhatToDoNext,
    AsOf,
    Id,
    Due,
    Confidence,
    ResolvesIf,
    Resolves,
    Outcome,
}

/// The headings and labels that mark the parts of a brief, with the site's own aliases
/// (`[extra.dateline.headings]` and `labels`: part or label to a list of other names).
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// In the form of [`Vocabulary::fold`].
    pub(crate) headings: Vec<(String, PartKind)>,
    pub(crate) labels: Vec<(String, Label)>,
}

impl PartKind {
    /// Name in config, heading as we write it, other headings that mean the same.
    pub const ALL: &[(PartKind, &str, &[&str])] = &[
        (
            PartKind::Tldr,
            "tldr",
            &["30-Second TL;DR", "TL;DR", "TLDR", "30-Second TLDR"],
        ),
        (
            PartKind::Takeaways,
            "takeaways",
            &["Key Takeaways", "Enhanced Key Takeaways", "Takeaways"],
        ),
        (
            PartKind::Competitors,
            "competitors",
            &["Competitor Analysis", "Competitors", "Comparison"],
        ),
        (
            PartKind::DeepDive,
            "deep_dive",
            &["Technical Deep Dive", "Deep Dive"],
        ),
        (
            PartKind::Implications,
            "implications",
            &["Future Implications", "Predictions"],
        ),
        (PartKind::Timeline, "timeline", &["Timeline"]),
        (
            PartKind::Corrections,
            "corrections",
            &["Corrections", "Correction"],
        ),
    ];
}

impl Label {
    /// Name in config, label as we write it, other labels that mean the same.
    pub const ALL: &[(Label, &str, &[&str])] = &[
        (Label::WhatChanged, "what_changed", &["What changed"]),
        (Label::WhyItMatters, "why_it_matters", &["Why it matters"]),
        (Label::WhatToDoNext, "what_to_do_next", &["What to do next"]),
        (Label::AsOf, "as_of", &["As of"]),
        (Label::Id, "id", &["Id"]),
        (Label::Due, "due", &["Due"]),
        (Label::Confidence, "confidence", &["Confidence"]),
        (Label::ResolvesIf, "resolves_if", &["Resolves if"]),
        (Label::Resolves, "resolves", &["Resolves"]),
        (Label::Outcome, "outcome", &["Outcome"]),
    ];
}

impl Default for Vocabulary {
    fn default() -> Vocabulary {
        let headings = PartKind::ALL
            .iter()
            .flat_map(|(kind, _, names)| names.iter().map(|n| (Vocabulary::fold(n), *kind)));
        let labels = Label::ALL
            .iter()
            .flat_map(|(label, _, names)| names.iter().map(|n| (Vocabulary::fold(n), *label)));
        Vocabulary {
            headings: headings.collect(),
            labels: labels.collect(),
        }
    }
}

impl Vocabulary {
    /// Lower case, without leading emoji and symbols and a colon at the end, white space collapsed.
    pub fn fold(text: &str) -> String {
        let text = text
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .trim_end()
            .trim_end_matches(':');
        folded(text)
    }

    /// The part that a heading begins.
    pub fn part(&self, heading: &str) -> Option<PartKind> {
        let folded = Vocabulary::fold(heading);
        self.headings
            .iter()
            .find(|(name, _)| *name == folded)
            .map(|(_, kind)| *kind)
    }

    /// The heading of a part that another heading is a misspelling of.
    pub fn misspelt_part(&self, heading: &str) -> Option<(&str, PartKind)> {
        let stated = PartKind::ALL.iter().flat_map(|(.., names)| *names).copied();
        let own = self.headings.iter().map(|(name, _)| name.as_str());
        let near = misspelling_of(&Vocabulary::fold(heading), stated.chain(own))?;
        Some((near, self.part(near)?))
    }

    /// The label, one of `labels`, that a text is a misspelling of.
    pub fn misspelt_label(&self, text: &str, labels: &[Label]) -> Option<&str> {
        let stated = Label::ALL.iter().flat_map(|(.., names)| *names).copied();
        let own = self.labels.iter().map(|(name, _)| name.as_str());
        let is_asked_for = |name: &&str| self.label(name).is_some_and(|l| labels.contains(&l));
        let names = stated.chain(own).filter(is_asked_for);
        misspelling_of(&Vocabulary::fold(text), names)
    }

    /// The label that a text is, with or without its colon.
    pub fn label(&self, text: &str) -> Option<Label> {
        let folded = Vocabulary::fold(text);
        self.labels
            .iter()
            .find(|(name, _)| *name == folded)
            .map(|(_, label)| *label)
    }
}

/// A text as texts are compared that people write: lower case, white space collapsed.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        push_folded(&mut folded, word);
    }
    folded
}

/// Appends a word in lower case.
pub fn push_folded(folded: &mut String, word: &str) {
    if word.is_ascii() {
        let from = folded.len();
        folded.push_str(word);
        folded[from..].make_ascii_lowercase();
    } else {
        folded.push_str(&word.to_lowercase());
    }
}

impl Slugify {
    /// The slug of a term: as [`Slugify::apply`], and never empty or too long.
    pub fn term(self, name: &str) -> String {
        usable(self.apply(name), name)
    }

    /// Makes the words of a heading its id. If slugs are not wanted, only white space is replaced.
    pub fn anchor(self, words: &str) -> String {
        match self {
            Slugify::On => slug::slugify(words),
            Slugify::Safe | Slugify::Off => words.replace(|c: char| c.is_ascii_whitespace(), "_"),
        }
    }

    /// Makes text part of an address. `on` is the crate `slug`, as in Zola.
    pub fn apply(self, text: &str) -> String {
        match self {
            Slugify::On => slug::slugify(text),
            Slugify::Safe => safe(text),
            Slugify::Off => text.to_owned(),
        }
    }
}

/// Takes out what a file system or an address cannot hold, and dashes for white space.
fn safe(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() && !r#"<>:"/\|?*#%{}[]^`;&=@$"#.contains(*c))
        .collect();
    kept.split_whitespace()
        .collect::<Vec<_>>()
        .join("_")
        .trim_end_matches(['.', ' '])
        .to_owned()
}

/// A slug in the style of ours (companies, predictions, features): as [`Slugify::On`], and never
/// empty: text without a letter that can be spelt in ASCII gets the begin of its hash.
pub fn slug_of(text: &str) -> String {
    usable(slug::slugify(text), text)
}

/// A slug that can stand in an address: never empty, and cut where it is too long for the name of a
/// file, with the begin of the text's hash so that it stays one of a kind.
fn usable(slug: String, text: &str) -> String {
    /// Far below the 255 bytes of a file's name, for slugs are joined and get endings.
    const BYTES_MAX: usize = 80;
    let hash = || format!("x{:08x}", crate::value::Hash::of(text.as_bytes()).0 as u32);
    if slug.trim_matches(['.', ' ']).is_empty() {
        return hash();
    }
    if slug.len() <= BYTES_MAX {
        return slug;
    }
    let end = slug.floor_char_boundary(BYTES_MAX);
    format!("{}-{}", slug[..end].trim_end_matches('-'), hash())
}
