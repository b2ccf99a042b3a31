//! What is wrong with a site, as data: code, place, message and hint.
//!
//! A phase reports everything it finds and goes on with what it has. There is one constructor for
//! each thing that can be wrong, so the wording of all messages stands in this file.

use std::ops::Range;
use std::sync::Arc;

use crate::address::Address;

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

/// A template that does not parse, or fails on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The template's file from the root of the site, as [`crate::input::TemplateSource::file`].
    pub file: Arc<str>,
    /// From 1; 0 if the engine does not say.
    pub line: usize,
    /// From 1; 0 if the engine does not say.
    pub column: usize,
    pub message: String,
    pub hint: Option<String>,
}

impl TemplateError {
    /// Where a message about it points.
    pub fn place(&self) -> Place {
        match (self.line, self.column) {
            (0, _) => Place::whole(&self.file),
            (line, column) => Place::line(&self.file, line, column.max(1)),
        }
    }
}

/// Templates.
impl Diagnostics {
    /// A template that does not parse.
    pub fn template_syntax(&mut self, error: &TemplateError) {
        self.error(
            "template-syntax",
            error.place(),
            error.message.clone(),
            error.hint.clone(),
        );
    }

    /// A template that fails on a page.
    pub fn template_error(&mut self, page: &Address, error: &TemplateError) {
        self.error(
            "template-error",
            error.place(),
            format!("{}, on the page `{page}`", error.message),
            error.hint.clone(),
        );
    }

    /// theme.toml names an engine that nobody knows.
    pub fn unknown_engine(&mut self, place: Place, name: &str) {
        self.error(
            "unknown-engine",
            place,
            format!("there is no template engine `{name}`"),
            "`engine` is `tera1`, for Zola themes up to Zola 0.22, or `minijinja`",
        );
    }

    /// A theme for Zola 0.23 or later.
    pub fn tera2_template(&mut self, place: Place, mark: &str) {
        self.error(
            "tera2-template",
            place,
            format!(
                "the theme is written for Zola 0.23 (Tera 2), which is not supported: `{mark}`"
            ),
            "take the theme's last version for Zola 0.22",
        );
    }

    /// A theme with marks of Tera 1 and of Tera 2.
    pub fn mixed_template_languages(
        &mut self,
        place: Place,
        mark: &str,
        other_file: &str,
        other_mark: &str,
    ) {
        self.error(
            "mixed-template-languages",
            place,
            format!("`{mark}` is Tera 2, but `{other_mark}` in `{other_file}` is Tera 1"),
            "one of the two files belongs to another version of the theme",
        );
    }
}
