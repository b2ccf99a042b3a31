//! The typed parts of a brief: TL;DR, takeaways, tables, predictions, timeline, corrections.

use std::sync::{Arc, LazyLock};

use super::article::{Dated, Fragment};
use super::date::{Moment, PartialDate};
use crate::config::{self, PartKind};
use crate::diagnostic::Place;
use crate::value::Hash;

/// `[extra.brief]` and the parts of the body that it makes meaningful.
#[derive(Debug)]
pub struct Brief {
    /// Where the table begins.
    pub place: Place,
    /// Whether the file states an id, be it a wrong one.
    pub states_id: bool,
    /// Six characters of `23456789abcdefghjkmnpqrstvwxyz`; never changes.
    pub id: Option<(Arc<str>, Place)>,
    pub source: Option<Origin>,
    pub collected: Option<Moment>,
    /// Slug of the event that briefs of one story share.
    pub event: Option<(Arc<str>, Place)>,
    pub analysis: Option<Analysis>,
    /// Companies that the brief is about beside those of its tables.
    pub companies: Vec<(Arc<str>, Place)>,
    /// All recognised parts, in the order of the file.
    pub parts: Vec<Part>,
    /// What stands before the first part and belongs to none.
    pub lead: Option<Fragment>,
    /// What belongs to no part and comes later: other H2 headings with what follows them, in the
    /// order of the file, footnotes left out.
    pub prose: Vec<Fragment>,
    pub tldr: Tldr,
    /// The items of "Key Takeaways".
    pub takeaways: Vec<Fragment>,
    pub tables: Vec<ComparisonTable>,
    pub predictions: Vec<Prediction>,
    pub timeline: Vec<Dated>,
    pub corrections: Vec<Dated>,
    /// The footnotes, in the order of their numbers.
    pub citations: Vec<Citation>,
}

/// What the body says of a brief; the rest of [`Brief`] stands in its front matter.
#[derive(Debug, Default)]
pub struct BriefParts {
    pub parts: Vec<Part>,
    pub lead: Option<Fragment>,
    pub prose: Vec<Fragment>,
    pub tldr: Tldr,
    pub takeaways: Vec<Fragment>,
    pub tables: Vec<ComparisonTable>,
    pub predictions: Vec<Prediction>,
    pub timeline: Vec<Dated>,
    pub corrections: Vec<Dated>,
    pub citations: Vec<Citation>,
}

/// Who published the news.
#[derive(Debug)]
pub struct Origin {
    pub name: Arc<str>,
    /// Checked: http or https.
    pub url: Option<Arc<str>>,
    pub published: Option<Moment>,
    pub place: Place,
}

/// Who wrote the analysis, which decides the disclosure line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Analysis {
    Ai,
    Human,
    Mixed,
}

/// A part of a brief: an H2 heading that is known, and what follows up to the next H1 or H2.
#[derive(Debug)]
pub struct Part {
    pub kind: PartKind,
    /// The content of the heading as the author wrote it.
    pub heading: Fragment,
    /// The heading's id, the fragment of links to the part.
    pub id: Arc<str>,
    /// All that follows the heading.
    pub html: Fragment,
    /// Of a part that is read into items, the blocks that are in none of them.
    pub rest: Vec<Fragment>,
}

/// The three labels of the TL;DR, each the inline HTML of its value, or blocks where several
/// follow an H3 heading.
#[derive(Debug, Default)]
pub struct Tldr {
    pub changed: Option<Fragment>,
    pub why: Option<Fragment>,
    pub next: Option<Fragment>,
}

/// A table of "Competitor Analysis": features in rows, companies in columns.
#[derive(Debug)]
pub struct ComparisonTable {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// `As of: 2026-03-31` under the table.
    pub as_of: Option<PartialDate>,
}

/// A company of a table's header: `AWS (Bedrock/Trainium)`.
#[derive(Debug)]
pub struct Column {
    /// `AWS`
    pub company: Arc<str>,
    /// `Bedrock`, `Trainium`
    pub products: Vec<Arc<str>>,
    pub place: Place,
}

/// A feature and what the table says of it for each company.
#[derive(Debug)]
pub struct Row {
    /// The first cell without markup.
    pub feature: Arc<str>,
    /// One for each column; an empty cell is no observation.
    pub cells: Vec<Option<Cell>>,
    pub place: Place,
}

/// What a brief observed of one feature of one company.
#[derive(Debug)]
pub struct Cell {
    pub html: Fragment,
    /// The same without markup and footnote marks, white space collapsed.
    pub text: Arc<str>,
    pub meaning: Meaning,
    /// Labels of the footnotes that the cell refers to.
    pub citations: Vec<Arc<str>>,
}

/// What the text of a value says, for telling whether two are the same: case, white space and the
/// spellings of "nothing" do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning(Hash);

impl Meaning {
    /// What a text says.
    pub fn of(text: &str) -> Meaning {
        let folded = config::folded(text);
        let meant = match folded.as_str() {
            "unknown" | "?" | "not known" => "unknown",
            "n/a" | "na" | "not applicable" => "n/a",
            "–" | "-" | "—" | "−" => "–",
            text => text,
        };
        Meaning(Hash::of(meant.as_bytes()))
    }

    /// Whether two values contradict each other: they differ, and neither says that it does not
    /// know.
    pub fn contradicts(self, other: Meaning) -> bool {
        static UNKNOWN: LazyLock<Meaning> = LazyLock::new(|| Meaning::of("unknown"));
        self != other && self != *UNKNOWN && other != *UNKNOWN
    }
}

/// An item of "Future Implications".
#[derive(Debug)]
pub struct Prediction {
    /// `- Id:` as written, or the slug of the wording; unique in its brief; the fragment of links.
    pub slug: Arc<str>,
    /// Whether the file states the id.
    pub has_id: bool,
    /// The wording, inline HTML and without markup.
    pub html: Fragment,
    pub text: Arc<str>,
    /// The blocks that follow the wording, as HTML.
    pub reasoning: Option<Fragment>,
    pub due: Option<PartialDate>,
    /// In percent.
    pub confidence: Option<u8>,
    pub resolves_if: Option<Fragment>,
    pub outcome: Outcome,
    /// When the outcome was known, if the file says so.
    pub outcome_date: Option<PartialDate>,
    /// What the file says after the outcome's word and date.
    pub outcome_note: Option<Arc<str>>,
    /// The earlier prediction that this item resolves: id of its brief and its slug.
    pub resolves: Option<(Arc<str>, Arc<str>, Place)>,
    pub place: Place,
}

/// What became of a prediction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Open,
    Yes,
    No,
    Partly,
    /// It can no longer be decided.
    Void,
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = Outcome::Void as usize + 1;
}

/// A footnote of a brief: `[^label]: [title](url), retrieved 2026-04-30. "quote"`.
#[derive(Debug)]
pub struct Citation {
    pub label: Arc<str>,
    /// From 1, as the page shows it.
    pub number: usize,
    /// The id of the footnote on the page.
    pub anchor: Arc<str>,
    pub url: Option<Arc<str>>,
    pub title: Option<Arc<str>>,
    pub retrieved: Option<PartialDate>,
    pub quote: Option<Arc<str>>,
    /// The footnote as it is.
    pub html: Fragment,
}
