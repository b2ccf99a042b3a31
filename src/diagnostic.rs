//! What is wrong with a site, as data: code, place, message and hint.
//!
//! A phase reports everything it finds and goes on with what it has. There is one constructor for
//! each thing that can be wrong, so the wording of all messages stands in this file.

use std::ops::Range;
use std::sync::Arc;

/// How bad it is: a site with errors is not written; `--strict` makes warnings errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    /// Something decided for the author that they may want to know.
    Note,
}

/// Where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From the root of the site, with `/`: `content/briefs/x.md`, `config.toml`.
    pub file: Arc<str>,
    pub at: At,
}

/// A position in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The file as a whole.
    Whole,
    /// Bytes of the file.
    Bytes(u32, u32),
    /// Line and column, both counted from 1 (what template engines report).
    Line(u32, u32),
}

impl Place {
    /// A file as a whole.
    pub fn whole(file: &Arc<str>) -> Place {
        Place {
            file: file.clone(),
            at: At::Whole,
        }
    }

    /// Some bytes of a file.
    pub fn bytes(file: &Arc<str>, range: Range<usize>) -> Place {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            file: file.clone(),
            at: At::Bytes(narrow(range.start), narrow(range.end)),
        }
    }

    /// A line and a column of a file, from 1.
    pub fn line(file: &Arc<str>, line: usize, column: usize) -> Place {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            file: file.clone(),
            at: At::Line(narrow(line), narrow(column)),
        }
    }
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub place: Place,
    pub severity: Severity,
    /// Stable name of the kind of problem: `no-id`. Documented, tested, never reused.
    pub code: &'static str,
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// All that was found, in no order until [`Diagnostics::sorted`].
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether anything found keeps the site from being written.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// How many of a severity were found.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|d| d.severity == severity).count()
    }

    /// Adds what another phase, or an article kept from before, found.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(others);
    }

    /// Everything, by file and position, each once.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
        self.found.dedup();
        self.found
    }

    /// Everything, as found.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Makes every warning an error (`--strict`).
    pub fn make_strict(&mut self) {
        for diagnostic in &mut self.found {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }

    fn error(&mut self, code: &'static str, place: Place, message: String, hint: impl Into<Hint>) {
        self.push(Severity::Error, code, place, message, hint.into());
    }

    fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: String,
        hint: impl Into<Hint>,
    ) {
        self.push(Severity::Warning, code, place, message, hint.into());
    }

    fn note(&mut self, code: &'static str, place: Place, message: String, hint: impl Into<Hint>) {
        self.push(Severity::Note, code, place, message, hint.into());
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
        hint: Hint,
    ) {
        self.found.push(Diagnostic {
            place,
            severity,
            code,
            message,
            hint: hint.0,
        });
    }
}

/// A hint, or none.
struct Hint(Option<String>);

impl From<&str> for Hint {
    fn from(text: &str) -> Hint {
        Hint(Some(text.to_owned()))
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Hint {
        Hint(Some(text))
    }
}

impl From<Option<String>> for Hint {
    fn from(text: Option<String>) -> Hint {
        Hint(text)
    }
}

/// The one of `names` that a person most likely meant, if any is near.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    names
        .into_iter()
        .map(|other| (strsim::jaro_winkler(&lower, &other.to_lowercase()), other))
        .filter(|(score, other)| *score >= 0.88 && *other != name)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, other)| other)
}

fn did_you_mean(nearest: Option<&str>) -> Option<String> {
    nearest.map(|name| format!("did you mean `{name}`?"))
}

/// The files of a site.
impl Diagnostics {
    pub fn invalid_utf8(&mut self, place: Place) {
        self.error(
            "invalid-utf8",
            place,
            "the file is not UTF-8 text".into(),
            "save it with the encoding UTF-8",
        );
    }

    pub fn too_large(&mut self, place: Place, bytes: usize, bytes_max: usize) {
        self.error(
            "too-large",
            place,
            format!("the file has {bytes} bytes, more than the {bytes_max} that are read"),
            "split it, or move what is not text beside it",
        );
    }

    pub fn unreadable(&mut self, place: Place, reason: &str) {
        self.error(
            "unreadable",
            place,
            format!("the file cannot be read: {reason}"),
            None,
        );
    }
}

/// The body of an article, and the parts of a brief.
impl Diagnostics {
    /// Blocks lie in each other deeper than is rendered.
    pub fn too_deep(&mut self, place: Place, depth_max: usize) {
        self.error(
            "too-deep",
            place,
            format!("quotes and lists nest deeper than the {depth_max} levels that are rendered"),
            "take some levels out",
        );
    }

    /// Raw HTML in a brief leaves more elements open than can be sanitised.
    pub fn too_deep_html(&mut self, place: Place, open_max: usize) {
        self.error(
            "too-deep",
            place,
            format!("the HTML in the text leaves too many elements open, {open_max} at most"),
            "close each element in the block in which it begins",
        );
    }

    /// A table of a brief is larger than is rendered.
    pub fn too_large_table(&mut self, place: Place, rows_max: usize, columns_max: usize) {
        self.error(
            "too-large-table",
            place,
            format!("the table has more than {rows_max} rows or {columns_max} columns"),
            "split the table",
        );
    }

    /// A brief leads to an address whose scheme is not among those that are safe.
    pub fn unsafe_address(&mut self, place: Place, address: &str) {
        let shown: String = address.escape_debug().take(80).collect();
        self.error(
            "unsafe-address",
            place,
            format!("a brief must not lead to `{shown}`"),
            "links begin with https:, http:, mailto: or tel:, images with https: or http:, or are relative",
        );
    }

    /// A brief has two parts of one kind.
    pub fn duplicate_part(&mut self, place: Place, heading: &str, first_line: u32) {
        self.error(
            "duplicate-part",
            place,
            format!("the part `{heading}` is there twice, the first begins in line {first_line}"),
            "put both under one heading",
        );
    }

    /// The part that compares competitors has nothing to compare.
    pub fn competitors_without_table(&mut self, place: Place) {
        self.warning(
            "competitors-without-table",
            place,
            "there is no table under this heading, so nothing goes into the comparison".into(),
            "a table has a line such as `|---|---|` under its header, with as many columns",
        );
    }

    /// A column of a comparison has no company in its header.
    pub fn table_without_company(&mut self, place: Place) {
        self.error(
            "table-without-company",
            place,
            "the header of this column names no company".into(),
            "write it as `AWS` or `AWS (Bedrock/Trainium)`",
        );
    }

    /// A row of a comparison has more or fewer cells than its header.
    pub fn ragged_table(&mut self, place: Place, cells: usize, columns: usize) {
        self.error(
            "ragged-table",
            place,
            format!("this row has {cells} cells, its header has {columns}"),
            "leave a cell empty if nothing is known, and write `|` inside of a cell as `\\|`",
        );
    }

    /// A row of a comparison says values of no feature.
    pub fn row_without_feature(&mut self, place: Place) {
        self.warning(
            "row-without-feature",
            place,
            "the first cell of this row is empty, so its values go into no comparison".into(),
            "name the feature in the first cell",
        );
    }

    /// A date in a part is none of the forms, or not in the calendar.
    pub fn bad_date_in_part(&mut self, place: Place, text: &str) {
        self.error(
            "bad-date",
            place,
            format!("`{text}` is not a date"),
            "dates are written `2026`, `2026-04`, `2026-04-30`, `2026-Q2` or `2026-H1`",
        );
    }

    /// An item of the timeline does not begin with a date.
    pub fn timeline_without_date(&mut self, place: Place) {
        self.error(
            "timeline-without-date",
            place,
            "an item of the timeline begins with its date".into(),
            "write it as `- 2026-04: what happened`",
        );
    }

    /// A correction does not begin with a date.
    pub fn correction_without_date(&mut self, place: Place) {
        self.error(
            "correction-without-date",
            place,
            "a correction begins with its date".into(),
            "write it as `- 2026-05-02: what was wrong, and what is right`",
        );
    }

    /// A confidence is no number from 0 to 100.
    pub fn bad_confidence(&mut self, place: Place, text: &str) {
        self.error(
            "bad-confidence",
            place,
            format!("`{text}` is not a confidence"),
            "write it in percent, as `60%`",
        );
    }

    /// An outcome begins with none of its words, or goes on with something else.
    pub fn bad_outcome(&mut self, place: Place, text: &str) {
        self.error(
            "bad-outcome",
            place,
            format!("`{text}` is not an outcome"),
            "write `open`, `yes`, `no`, `partly` or `void`, then a date and a note if there are: `yes, 2026-12-31: by 2%`",
        );
    }

    /// What a prediction resolves is not written as a brief's id and a slug.
    pub fn bad_resolves(&mut self, place: Place, text: &str) {
        self.error(
            "bad-resolves",
            place,
            format!("`{text}` names no prediction"),
            "write the brief's id and the prediction's, as `7k3f9q#slug`",
        );
    }

    /// The id of a prediction cannot stand in an address.
    pub fn bad_prediction_id(&mut self, place: Place, id: &str, slug: &str) {
        self.error(
            "bad-prediction-id",
            place,
            format!("`{id}` cannot be the end of an address"),
            format!("write `{slug}`"),
        );
    }

    /// Two predictions of a brief have one id.
    pub fn duplicate_prediction(&mut self, place: Place, id: &str) {
        self.error(
            "duplicate-prediction",
            place,
            format!("another prediction of this brief has the id `{id}`"),
            "ids never change, so give the newer one another",
        );
    }

    /// A label among those of a prediction is none that is known.
    pub fn unknown_label(&mut self, place: Place, label: &str, nearest: Option<&str>) {
        self.warning(
            "unknown-label",
            place,
            format!("unknown label `{label}`"),
            did_you_mean(nearest),
        );
    }
}
