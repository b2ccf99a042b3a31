//! What one Markdown file says: front matter, rendered body, and its typed table, if it has one.
//!
//! An article is made from its bytes and the configuration alone. It knows nothing of other files,
//! so that it stays valid as long as its bytes do.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::brief::Brief;
use super::date::{Moment, PartialDate};
use super::expanded;
use super::shortcode::{Misread, Piece};
use super::source::Source;
use crate::config::AnchorPlace;
use crate::data::Placed;
use crate::diagnostic::Place;
use crate::value::Value;

/// One Markdown file, parsed.
#[derive(Debug)]
pub struct Article {
    /// From `content/`, with `/`: `briefs/x.md`.
    pub path: Arc<str>,
    /// From the root of the site: `content/briefs/x.md`. What a [`Place`] names.
    pub file: Arc<str>,
    /// The language that the file name states (`x.de.md`), if config knows it.
    pub language: Option<Arc<str>>,
    pub front_matter: FrontMatter,
    pub body: Body,
    /// What the article is, beyond a page, by its table under `[extra]`.
    pub table: Table,
    /// Stated if the body calls shortcodes that are not expanded yet. It has not been read then,
    /// nor what it says of a brief.
    pub unexpanded: Option<Box<Unexpanded>>,
    /// What begins as calls of shortcodes and stays text.
    pub misread: Vec<Misread>,
}

/// A body that calls shortcodes.
#[derive(Debug)]
pub struct Unexpanded {
    pub source: Source,
    pub pieces: Vec<Piece>,
}

/// The table of ours that a page has under `[extra]`.
#[derive(Debug)]
pub enum Table {
    None,
    Brief(Box<Brief>),
    Company(Company),
    Comparison(Comparison),
    Event,
    Week(Week),
}

/// Zola's keys of a page, and those of a section if the file is an `_index.md`.
#[derive(Debug, Default)]
pub struct FrontMatter {
    pub title: Option<Arc<str>>,
    pub description: Option<Arc<str>>,
    /// `date`, or the date that the file name begins with.
    pub date: Option<Moment>,
    pub updated: Option<Moment>,
    pub draft: bool,
    pub slug: Option<Arc<str>>,
    pub path: Option<Arc<str>>,
    /// Each with the place where it is stated.
    pub aliases: Vec<(Arc<str>, Place)>,
    pub template: Option<(Arc<str>, Place)>,
    pub authors: Vec<Arc<str>>,
    pub weight: Option<i64>,
    /// `render = false` makes no page, only an entry in lists.
    pub render: bool,
    pub in_search_index: bool,
    /// Taxonomy name to terms, in the order of the file.
    pub taxonomies: Vec<(Arc<str>, Vec<Placed>)>,
    /// Everything under `extra`, dates as text.
    pub extra: Value,
    pub section: Option<SectionKeys>,
}

/// Zola's keys that only an `_index.md` has.
#[derive(Debug, Default)]
pub struct SectionKeys {
    pub sort_by: SortBy,
    /// 0: the list is not cut into pages.
    pub paginate_by: usize,
    pub paginate_path: Arc<str>,
    pub paginate_reversed: bool,
    pub insert_anchor_links: Option<AnchorPlace>,
    pub page_template: Option<(Arc<str>, Place)>,
    pub transparent: bool,
    pub redirect_to: Option<Arc<str>>,
    pub generate_feeds: bool,
}

/// How a section sorts its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    Date,
    UpdateDate,
    Title,
    TitleBytes,
    Weight,
    Slug,
    Permalink,
    #[default]
    None,
}

/// `[extra.company]`; the page's title is its name.
#[derive(Debug)]
pub struct Company {
    pub aliases: Vec<(Arc<str>, Place)>,
    pub products: Vec<(Arc<str>, Place)>,
}

/// `[extra.comparison]`: a named comparison.
#[derive(Debug)]
pub struct Comparison {
    /// Which companies, in this order.
    pub companies: Vec<(Arc<str>, Place)>,
    /// Which features, in this order; empty: all that two of the companies have.
    pub features: Vec<Placed>,
    /// Features that come first, in this order; others follow.
    pub order: Vec<Placed>,
    /// Features under a common heading; they come after those of `features`.
    pub groups: Vec<(Arc<str>, Vec<Placed>)>,
}

/// `[extra.week]`; the file's stem names the week, as in `2026-W18.md`.
#[derive(Debug)]
pub struct Week {
    pub year: i16,
    pub week: i8,
    /// Ids of briefs that come first, in this order.
    pub pins: Vec<(Arc<str>, Place)>,
    /// Ids of briefs that the recap leaves out.
    pub omit: Vec<(Arc<str>, Place)>,
    /// Ids of briefs in the order in which they come after the pins; others follow.
    pub order: Vec<(Arc<str>, Place)>,
    pub subject: Option<Arc<str>>,
    pub preheader: Option<Arc<str>>,
}

/// The rendered body. All HTML of an article is one text, of which the parts are slices.
///
/// Links to other files are not resolved yet, for that needs the site: in their place stands
/// [`HOLE_START`], the decimal index into `links`, [`HOLE_END`].
#[derive(Debug, Default)]
pub struct Body {
    /// The HTML of the whole body; after it, of a brief with raw HTML, its parts sanitised one by one.
    pub html: Arc<str>,
    /// The whole body, what a theme gets as `page.content`.
    pub content: Fragment,
    /// What stands before `<!-- more -->`.
    pub summary: Option<Fragment>,
    pub headings: Vec<Heading>,
    /// All ids that a fragment may name, headings' and others', sorted.
    pub anchors: Vec<Arc<str>>,
    /// The targets of the holes.
    pub links: Vec<Link>,
    /// The HTML of shortcodes, for which marks stand in that of the body.
    pub outputs: Vec<Arc<str>>,
    /// Nobody knows what is in it, for its shortcodes are not expanded or make no sense.
    pub is_unread: bool,
    /// Words outside of code blocks, as Zola counts them.
    pub words: usize,
}

/// Marks the begin of an unresolved address: a Unicode noncharacter, which no text may contain.
pub const HOLE_START: char = '\u{FDD0}';
/// Marks the end of an unresolved address.
pub const HOLE_END: char = '\u{FDD1}';
/// Marks the place of a shortcode's HTML ([`expanded`]).
pub const OUTPUT_MARK: char = '\u{FDD2}';
/// The same in code, where HTML is shown as text.
pub const ESCAPED_MARK: char = '\u{FDD3}';
/// Marks where a summary breaks off within a block.
pub const CUTOFF_MARK: char = '\u{FDD5}';

/// A slice of an article's HTML, in bytes of [`Body::html`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    pub start: u32,
    pub end: u32,
}

impl Fragment {
    /// The slice as a range of bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl Body {
    /// How long it takes to read, as Zola counts.
    pub fn reading_minutes(&self) -> usize {
        const WORDS_PER_MINUTE: usize = 200;
        self.words.div_ceil(WORDS_PER_MINUTE)
    }

    /// The HTML of a part that the author wrote: without that of shortcodes, links not resolved.
    pub fn own_slice(&self, fragment: Fragment) -> Cow<'_, str> {
        expanded::without_marks(self.slice(fragment))
    }

    /// The HTML of a part, its links not resolved, with marks for that of shortcodes.
    pub fn slice(&self, fragment: Fragment) -> &str {
        &self.html[fragment.range()]
    }
}

/// A heading of the body, in document order.
#[derive(Debug)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    pub id: Arc<str>,
    /// Its words, as a table of contents shows them.
    pub title: Arc<str>,
    /// Its content as HTML.
    pub html: Fragment,
    /// Its line in the file, from 1.
    pub line: u32,
}

/// A link or an image of the body that only the site can resolve.
#[derive(Debug)]
pub struct Link {
    pub target: Target,
    pub place: Place,
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// `@/path.md#fragment`, from `content/`.
    Internal {
        path: Arc<str>,
        fragment: Option<Arc<str>>,
    },
    /// A relative address: a file beside the article, or a page by its address.
    Relative {
        path: Arc<str>,
        suffix: Arc<str>,
        image: bool,
    },
    /// An address from the root of the site (`/logo.png`).
    Rooted {
        path: Arc<str>,
        suffix: Arc<str>,
        image: bool,
    },
    /// `#fragment` of the same page. On a plain Zola site the page's permalink comes before it.
    Here { fragment: Arc<str> },
}

/// A day or an interval with what the file says of it; shared by timelines and corrections.
#[derive(Debug)]
pub struct Dated {
    pub date: PartialDate,
    pub html: Fragment,
    /// The same without markup.
    pub text: Arc<str>,
    pub place: Place,
}
