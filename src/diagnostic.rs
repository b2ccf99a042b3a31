//! What is wrong with a site, as data: code, place, message and hint.
//!
//! A phase reports everything it finds and goes on with what it has. There is one constructor for
//! each thing that can be wrong, so the wording of all messages stands in this file.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::slice::ParallelSliceMut;
use serde::{Deserialize, Serialize};

use crate::address::Address;

/// How bad it is: a site with errors is not written; `--strict` makes warnings errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    /// Something decided for the author that they may want to know.
    Note,
}

/// Where it is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// From the root of the site, with `/`: `content/briefs/x.md`, `config.toml`.
    pub file: Arc<str>,
    pub at: At,
}

/// A position in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// One thing that is wrong, or worth knowing. Its words are shared: a preview hands it on at each
/// save.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub place: Place,
    pub severity: Severity,
    /// Stable name of the kind of problem: `no-id`. Documented, tested, never reused.
    pub code: &'static str,
    /// Lower case, no full stop, names in backticks.
    pub message: Arc<str>,
    /// What to do about it.
    pub hint: Option<Arc<str>>,
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

    /// Whether a file has an error of one of these codes.
    pub fn has_any_of(&self, file: &str, codes: &[&str]) -> bool {
        let of_file = self.found.iter().filter(|d| *d.place.file == *file);
        of_file.into_iter().any(|d| codes.contains(&d.code))
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
        self.found.par_sort_by(|a, b| {
            (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message))
        });
        self.found.dedup();
        self.found
    }

    /// Everything, as found.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Takes time out of the errors: `later` is what is found of the same site once everything
    /// that is scheduled is out. What is no error then is a warning now; what is one then is one
    /// now, and so is all that is said of a file that is scheduled.
    pub fn settle_by(&mut self, later: Diagnostics, is_scheduled: impl Fn(&str) -> bool) {
        let key = |d: &Diagnostic| (d.place.clone(), d.code);
        let now: HashSet<_> = self.found.iter().map(key).collect();
        let then: HashSet<_> = later.found.iter().map(key).collect();
        for diagnostic in &mut self.found {
            if diagnostic.severity == Severity::Error && !then.contains(&key(diagnostic)) {
                diagnostic.severity = Severity::Warning;
            }
        }
        let new = later.found.into_iter().filter(|d| !now.contains(&key(d)));
        self.found
            .extend(new.filter(|d| d.severity == Severity::Error || is_scheduled(&d.place.file)));
    }

    /// Makes every warning an error (`--strict`).
    pub fn make_strict(&mut self) {
        for diagnostic in &mut self.found {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }

    /// Makes every error a warning: for what may be none of our business.
    pub fn make_lenient(&mut self) {
        for diagnostic in &mut self.found {
            if diagnostic.severity == Severity::Error {
                diagnostic.severity = Severity::Warning;
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
        let (message, own_hint) = divided(&message);
        self.found.push(Diagnostic {
            place,
            severity,
            code,
            message: message.into(),
            hint: hint.0.or_else(|| own_hint.map(Into::into)),
        });
    }
}

/// A hint, or none.
struct Hint(Option<Arc<str>>);

impl From<&str> for Hint {
    fn from(text: &str) -> Hint {
        Hint(Some(text.into()))
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Hint {
        Hint(Some(text.into()))
    }
}

impl From<Option<String>> for Hint {
    fn from(text: Option<String>) -> Hint {
        Hint(text.map(Into::into))
    }
}

/// Front matter.
impl Diagnostics {
    /// A file under `content/` begins with something else than front matter.
    pub fn no_front_matter(&mut self, place: Place) {
        self.error(
            "no-front-matter",
            place,
            "the file does not begin with front matter".into(),
            "put `+++`, a line with `title = \"…\"`, and `+++` at its top",
        );
    }

    /// The front matter of a file has a first fence and no second one.
    pub fn unclosed_front_matter(&mut self, place: Place, fence: &str) {
        self.error(
            "unclosed-front-matter",
            place,
            format!("the front matter does not end: there is no second line `{fence}`"),
            format!("put a line `{fence}` between the front matter and the text"),
        );
    }

    /// The front matter is not TOML, or not YAML. The reason says what was expected at the place
    /// that is marked.
    pub fn bad_front_matter(&mut self, place: Place, reason: &str) {
        self.error(
            "bad-front-matter",
            place,
            format!("the front matter cannot be read: {reason}"),
            None,
        );
    }

    /// A key has a value of another type: a number where a text is meant, a text where a list is.
    pub fn wrong_type(&mut self, place: Place, key: &str, expected: &str, found: &str) {
        let hint = match (expected, found) {
            (
                "a text",
                "true or false" | "a number" | "a negative number" | "a fraction" | "a date",
            ) => Some("put it in quotes"),
            ("true or false", "a word in quotes")
            | ("a whole number" | "a whole number from 0", "a number in quotes") => {
                Some("leave out the quotes")
            }
            ("a list of texts", "a text") => Some("put it in brackets: `[\"…\"]`"),
            _ => None,
        };
        self.error(
            "wrong-type",
            place,
            format!("`{key}` must be {expected}, but is {found}"),
            hint.map(str::to_owned),
        );
    }

    /// A key has none of the values that it can have.
    pub fn bad_value(&mut self, place: Place, key: &str, found: &str, allowed: &[&str]) {
        let hint = did_you_mean(nearest(found, allowed.iter().copied()));
        self.error(
            "bad-value",
            place,
            format!("`{key}` must be {}, but is `{found}`", one_of(allowed)),
            hint,
        );
    }

    /// A date of the front matter is not in the calendar, or is written otherwise.
    pub fn bad_date(&mut self, place: Place, text: &str) {
        self.error(
            "bad-date",
            place,
            format!("there is no date `{}`", shortened(text)),
            "write a day as `2026-04-30`, a time as `2026-04-30T20:30:00Z`",
        );
    }

    /// A key is nearly one that is known, or a table of a brief stands outside of `[extra]`. It has
    /// no effect.
    pub fn misspelt_key(&mut self, place: Place, key: &str, near: &str) {
        self.warning(
            "misspelt-key",
            place,
            format!("`{}` is not a known key", shortened(key)),
            did_you_mean(Some(near)),
        );
    }

    /// An `_index.md` has a key that sections do not have. It has no effect.
    pub fn unknown_section_key(&mut self, place: Place, key: &str, near: Option<&str>) {
        self.warning(
            "unknown-section-key",
            place,
            format!("a section has no key `{}`", shortened(key)),
            did_you_mean(near)
                .or_else(|| Some("what templates shall read belongs under `[extra]`".into())),
        );
    }

    /// A table of Dateline's has a key that it does not know.
    pub fn unknown_key(
        &mut self,
        place: Place,
        key: &str,
        table: &str,
        near: Option<&str>,
        known: &[&str],
    ) {
        let hint = did_you_mean(near).unwrap_or_else(|| match known {
            [] => "this table has no keys of its own".into(),
            _ => format!("its keys are {}", list_of(known, "and")),
        });
        self.error(
            "unknown-key",
            place,
            format!("`[{table}]` has no key `{}`", shortened(key)),
            hint,
        );
    }

    /// A table lacks a key that it must have.
    pub fn missing_key(&mut self, place: Place, key: &str, table: &str) {
        self.error(
            "missing-key",
            place,
            format!("`{table}` has no `{key}`"),
            format!("add `{key} = \"…\"`"),
        );
    }

    /// One page is said to be two things.
    pub fn two_tables(&mut self, place: Place, first: &str, second: &str) {
        self.error(
            "two-tables",
            place,
            format!("a page cannot be both `[extra.{first}]` and `[extra.{second}]`"),
            "keep one of them, and make a second file for the other",
        );
    }

    /// An `_index.md` has a table that says what a page is. A section is a list, and cannot be a
    /// brief or a company.
    pub fn table_in_section(&mut self, place: Place, table: &str) {
        self.error(
            "table-in-section",
            place,
            format!("a section cannot be `[extra.{table}]`"),
            "put the table into a page of its own",
        );
    }

    /// The id of a brief has another length than six, or other characters than those of ids.
    pub fn bad_id(&mut self, place: Place, id: &str) {
        self.error(
            "bad-id",
            place,
            format!("`{}` is not an id", shortened(id)),
            "an id is six of `23456789abcdefghjkmnpqrstvwxyz`; leave it out and `dateline check \
             --fix` writes one",
        );
    }

    /// The address of a source is not one of the web.
    pub fn unsafe_source(&mut self, place: Place, address: &str) {
        self.error(
            "unsafe-address",
            place,
            format!("`{}` is not an http or https address", shortened(address)),
            "write the whole address: `https://example.org/…`",
        );
    }

    /// A brief was collected before its source published it.
    pub fn collected_before_published(&mut self, place: Place, collected: &str, published: &str) {
        self.warning(
            "collected-before-published",
            place,
            format!(
                "it was collected `{collected}`, before its source published it, `{published}`"
            ),
            "correct one of the two; look at the time zones too",
        );
    }

    /// A page with `[extra.week]` has a file name that is no week, or one that its year does not
    /// have.
    pub fn bad_week(&mut self, place: Place, stem: &str) {
        self.error(
            "bad-week",
            place,
            format!("there is no week `{}`", shortened(stem)),
            "the file of `[extra.week]` is named after an ISO week, as in `2026-W18.md`",
        );
    }

    /// In a site of several languages, a file name ends with what looks like a language and is none
    /// of them.
    pub fn unknown_language(&mut self, place: Place, code: &str) {
        self.warning(
            "unknown-language",
            place,
            format!("the file name says `{code}`, which is none of the site's languages"),
            format!("add `[languages.{code}]` to the configuration, or rename the file"),
        );
    }
}

/// The configuration.
impl Diagnostics {
    /// The configuration is not TOML. The reason says what was expected at the place that is
    /// marked.
    pub fn bad_config(&mut self, place: Place, reason: &str) {
        self.error(
            "bad-config",
            place,
            format!("the configuration cannot be read: {reason}"),
            None,
        );
    }

    /// The configuration does not say where the site will stand.
    pub fn no_base_url(&mut self, place: Place) {
        self.error(
            "no-base-url",
            place,
            "the configuration has no `base_url`".into(),
            "say where the site will stand: `base_url = \"https://example.org\"`",
        );
    }

    /// The address of the site is not one.
    pub fn bad_base_url(&mut self, place: Place, found: &str) {
        self.error(
            "bad-base-url",
            place,
            format!("`{}` is not the address of a site", shortened(found)),
            "write a whole address without `?` and `#`: `https://example.org/news`",
        );
    }

    /// The address of the site lacks `https:` or more. It is used as it is, so feeds, the sitemap
    /// and previews of links have addresses that mean nothing elsewhere.
    pub fn incomplete_base_url(&mut self, place: Place, found: &str) {
        self.warning(
            "incomplete-base-url",
            place,
            format!("`{}` is a part of an address", shortened(found)),
            "feeds and the sitemap need a whole one: `https://example.org/news`",
        );
    }

    /// The configuration has a key that neither Zola nor Dateline knows. It has no effect but in
    /// templates that read it.
    pub fn unknown_config_key(&mut self, place: Place, key: &str, near: Option<&str>) {
        self.warning(
            "unknown-config-key",
            place,
            format!("the configuration has no key `{}`", shortened(key)),
            did_you_mean(near),
        );
    }

    /// The configuration has a key that Zola had in an earlier version. It is read as before.
    pub fn legacy_config_key(&mut self, place: Place, key: &str, today: &str) {
        self.warning(
            "legacy-config-key",
            place,
            format!("`{key}` is an old spelling"),
            format!("write {today} today"),
        );
    }

    /// The colours of a theme for code are not in the program.
    pub fn unknown_code_theme(&mut self, place: Place, name: &str, instead: &str) {
        self.warning(
            "unknown-code-theme",
            place,
            format!(
                "the colours of `{}` are not in the program; code gets those of `{instead}`",
                shortened(name)
            ),
            "there are `catppuccin-mocha`, `dracula`, `github-light`, `gruvbox-dark`, `nord`, \
             `one-dark`, `solarized-light` and others",
        );
    }

    /// A file with a grammar or a theme for code, which config names, cannot be read.
    pub fn code_file(&mut self, place: Place, path: &str, reason: &str) {
        self.error(
            "code-file",
            place,
            format!("`{}` cannot be read: {reason}", shortened(path)),
            "name a file of the site, from the folder of the configuration",
        );
    }

    /// A file is no grammar for the colours of code.
    pub fn broken_grammar(&mut self, place: Place, reason: &str) {
        self.error(
            "broken-grammar",
            place,
            format!("this is no grammar: {reason}"),
            "grammars are those of VS Code in JSON, or files `.sublime-syntax` in a folder of \
             `extra_syntaxes_and_themes`",
        );
    }

    /// A rule of a grammar for the colours of code cannot be followed.
    pub fn grammar_rule(&mut self, place: Place, reason: &str) {
        self.warning(
            "grammar-rule",
            place,
            format!("this rule is left out: {reason}"),
            "the code stays as it is, and what the rule would find gets no colour of its own",
        );
    }

    /// A rule of a grammar for the colours of code says how something begins and not how it ends.
    pub fn grammar_rule_without_end(&mut self, place: Place) {
        self.warning(
            "grammar-rule-without-end",
            place,
            "this rule has neither an `end` nor a `while`, so what begins here goes on to the end \
             of the code"
                .into(),
            "write what ends it, or `match` instead of `begin`",
        );
    }

    /// A grammar includes another, which the site does not bring.
    pub fn grammar_not_there(&mut self, place: Place, scope: &str) {
        self.warning(
            "grammar-not-there",
            place,
            format!("there is no grammar of `{}` to include", shortened(scope)),
            "add its file to the grammars of the site; those in the program cannot be included",
        );
    }

    /// A file is no theme for the colours of code.
    pub fn broken_code_theme(&mut self, place: Place, reason: &str) {
        self.error(
            "broken-code-theme",
            place,
            format!("this is no theme for code: {reason}"),
            "themes are those of VS Code in JSON, or files `.tmTheme` in a folder of \
             `extra_syntaxes_and_themes`",
        );
    }

    /// A rule of a theme for code says nothing that can be shown.
    pub fn code_theme_rule(&mut self, place: Place, reason: &str) {
        self.warning(
            "code-theme-rule",
            place,
            format!("this is left out: {reason}"),
            "colours are written `#aabbcc`, letters are `bold`, `italic` or `underline`, and names of \
             code stand in `scope`, in one text or a list",
        );
    }

    /// The table for the colours of code names no theme, so it has no effect.
    pub fn no_code_theme(&mut self, place: Place) {
        self.warning(
            "no-code-theme",
            place,
            "without a theme code gets no colours, so `[markdown.highlighting]` has no effect"
                .into(),
            "add `theme = \"github-light\"`, or a `light_theme` and a `dark_theme`",
        );
    }

    /// A block of code names a language that nobody knows, and one of nearly that name is known.
    pub fn misspelt_code_language(&mut self, place: Place, language: &str, near: &str) {
        self.warning(
            "misspelt-code-language",
            place,
            format!(
                "there are no colours for the language `{}`",
                shortened(language)
            ),
            did_you_mean(Some(near)),
        );
    }

    /// A block of code names a language that nobody knows, and config wants that to be an error.
    pub fn unknown_code_language(&mut self, place: Place, language: &str, near: Option<&str>) {
        let hint = did_you_mean(near).unwrap_or_else(|| {
            "name another one, or set `error_on_missing_language = false` in \
             `[markdown.highlighting]`"
                .to_owned()
        });
        self.error(
            "unknown-code-language",
            place,
            format!(
                "there are no colours for the language `{}`",
                shortened(language)
            ),
            hint,
        );
    }

    /// The colours of a block of code end before it does, for the rest would take too long.
    pub fn costly_code(&mut self, place: Place, language: &str, line: usize) {
        self.warning(
            "costly-code",
            place,
            format!(
                "the colours of this block end at its line {line}, for more would take too long"
            ),
            format!(
                "make several blocks of it, or look in the grammar of `{}` for patterns that try \
                 many ways",
                shortened(language)
            ),
        );
    }

    /// The words of a language cannot be brought to the stems that elasticlunr looks for.
    pub fn no_search_index(&mut self, place: Place, language: &str) {
        self.warning(
            "no-search-index",
            place,
            format!("elasticlunr does not know the language `{language}`; it gets no search index"),
            "`index_format = \"fuse_json\"` in `[search]` is for every language",
        );
    }

    /// The time zone of the site does not exist.
    pub fn unknown_time_zone(&mut self, place: Place, name: &str) {
        self.error(
            "unknown-time-zone",
            place,
            format!("there is no time zone `{}`", shortened(name)),
            "take a name of the IANA time zone database, as in `Europe/Berlin`",
        );
    }

    /// The authority of feed ids is not a domain and a year.
    pub fn bad_authority(&mut self, place: Place, found: &str) {
        self.error(
            "bad-authority",
            place,
            format!("`{}` is not an authority for feed ids", shortened(found)),
            "write a domain that is yours and a year in which it was: `example.org,2026`",
        );
    }

    /// A colour of `[extra.dateline.look]` cannot be read.
    pub fn bad_colour(&mut self, place: Place, found: &str) {
        self.error(
            "bad-colour",
            place,
            format!(
                "`{}` is not a colour in hexadecimal digits",
                shortened(found)
            ),
            "write three or six of them after `#`: `#a8321a`",
        );
    }

    /// The accent of a site would be hard to read on light pages, so the theme takes a darker shade.
    pub fn accent_adjusted(&mut self, place: Place, found: &str, taken: &str) {
        self.note(
            "accent-adjusted",
            place,
            format!(
                "text in `{found}` would be hard to read on light pages; there it is `{taken}`"
            ),
            None,
        );
    }

    /// A list of font families that CSS would not take, or that is more than one.
    pub fn bad_fonts(&mut self, place: Place, found: &str) {
        self.error(
            "bad-fonts",
            place,
            format!("`{}` is not a list of font families", shortened(found)),
            "write names with commas between them: `\"Charter, Georgia, serif\"`",
        );
    }

    /// A file or link of `[extra.dateline.look]` that leads nowhere a page could link to.
    pub fn look_address(&mut self, place: Place, found: &str, is_file: bool) {
        let hint = if is_file {
            "begin it with `/`, which is the root of the site: what lies in `static/` stands there"
        } else {
            "begin it with `/`, which is the root of the site, or with `https://`"
        };
        self.error(
            "look-address",
            place,
            format!("`{}` is not an address", shortened(found)),
            hint,
        );
    }

    /// A link of `[extra.dateline.look]` without a name or an address.
    pub fn look_link(&mut self, place: Place, key: &str) {
        self.error(
            "look-link",
            place,
            format!("a link of `{key}` needs a name and an address"),
            "write `{ name = \"About\", path = \"/about/\" }`",
        );
    }

    /// Another name for a part or a label belongs to another part or label already, or has no
    /// letters. Choose another name.
    pub fn bad_alias(&mut self, place: Place, alias: &str, taken_by: Option<&str>) {
        let message = match taken_by {
            Some(name) => format!("`{}` already stands for `{name}`", shortened(alias)),
            None => format!("`{}` has no letter or digit", shortened(alias)),
        };
        self.error("bad-alias", place, message, None);
    }
}

/// `a`, `b` or `c`.
fn one_of(names: &[&str]) -> String {
    list_of(names, "or")
}

fn list_of(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [rest @ .., end] if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// What a person wrote, fit for a message: on one line and not without end.
pub fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let shown = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let mut short: String = text.chars().take(CHARS_MAX).map(shown).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// Stands between a reason and its hint. Answers to templates are one text, for engines hand on no
/// more than that of an error.
const HINT_MARK: char = '\u{1E}';

/// A reason with what to do about it, as one text until it becomes a diagnostic.
pub fn with_hint(reason: impl fmt::Display, hint: impl fmt::Display) -> String {
    format!("{reason}{HINT_MARK}{hint}")
}

/// The message of a reason, and its hint if it has one.
pub fn divided(reason: &str) -> (String, Option<String>) {
    match reason.split_once(HINT_MARK) {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (reason.to_owned(), None),
    }
}

/// What is said of a name that nothing has, with the one that was most likely meant.
pub fn with_guess(about: String, near: Option<&str>) -> String {
    match did_you_mean(near) {
        Some(hint) => with_hint(about, hint),
        None => about,
    }
}

/// The same with the first that there are if none is near.
pub fn with_names<'a>(
    about: String,
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    with_hint(about, which(name, known))
}

/// A hint for a name that nothing has: the nearest, else the first that there are.
fn which<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    did_you_mean(nearest(name, known.clone()))
        .unwrap_or_else(|| format!("there {}", are_listed(known)))
}

/// `is nothing`, `is only `a`` or `are `a`, `b``.
fn are_listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names[..] {
        [] => "are none".to_owned(),
        [only] => format!("is only `{only}`"),
        _ => format!("are {}", listed(names)),
    }
}

/// Names for a hint: the first few, and how many more there are.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN_MAX: usize = 15;
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let shown = names
        .iter()
        .take(SHOWN_MAX)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(SHOWN_MAX) {
        0 => shown,
        more => format!("{shown} and {more} more"),
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

/// Characters from which on a name is still known with one of them wrong. In a shorter one each
/// tells it from others.
pub const NAME_CHARS_MIN: usize = 5;

/// The one of `names` of which another text is a misspelling: stricter than [`nearest`], for texts
/// that may well be meant as they are.
pub fn misspelling_of<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// As many characters of a name make up for one that is wrong.
    const CHARS_FOR_ONE: usize = 6;
    let lower = text.to_lowercase();
    names
        .into_iter()
        .filter_map(|name| {
            let length = name.chars().count();
            let wrong_max = (length / CHARS_FOR_ONE).max(1);
            // The distance of long texts takes long to compute.
            let is_comparable =
                length >= NAME_CHARS_MIN && lower.chars().count().abs_diff(length) <= wrong_max;
            let distance =
                is_comparable.then(|| strsim::damerau_levenshtein(&lower, &name.to_lowercase()))?;
            (distance <= wrong_max).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

fn did_you_mean(nearest: Option<&str>) -> Option<String> {
    nearest.map(|name| format!("did you mean `{name}`?"))
}

/// The files of a site.
impl Diagnostics {
    /// A file is in another encoding than UTF-8.
    pub fn invalid_utf8(&mut self, place: Place) {
        self.error(
            "invalid-utf8",
            place,
            "the file is not UTF-8 text".into(),
            "save it with the encoding UTF-8",
        );
    }

    /// A file under `content/` is larger than those that are read.
    pub fn too_large(&mut self, place: Place, bytes: usize, bytes_max: usize) {
        self.error(
            "too-large",
            place,
            format!("the file has {bytes} bytes, more than the {bytes_max} that are read"),
            "split it, or move what is not text beside it",
        );
    }

    /// The system does not let a file be read, or it is no file but a pipe or a device. Change its
    /// rights, or move it elsewhere.
    pub fn unreadable(&mut self, place: Place, reason: &str) {
        self.error(
            "unreadable",
            place,
            format!("the file cannot be read: {reason}"),
            None,
        );
    }

    /// A symbolic link of content, theme or static files leads out of the site.
    pub fn outside_site(&mut self, place: Place) {
        self.error(
            "outside-site",
            place,
            "a symbolic link leads out of the site".into(),
            "put a copy in its place; only the link `themes/NAME` may lead elsewhere",
        );
    }

    /// A file has a name that no address can hold.
    pub fn file_name(&mut self, place: Place) {
        self.error(
            "file-name",
            place,
            "the name of the file is not UTF-8, or has control characters in it".into(),
            "rename it",
        );
    }

    /// A glob of `ignored_content` or `ignored_static` cannot be read. The reason says what is wrong
    /// in it.
    pub fn invalid_glob(&mut self, place: Place, glob: &str, reason: &str) {
        self.error(
            "invalid-glob",
            place,
            format!("the glob `{glob}` is invalid: {reason}"),
            None,
        );
    }

    /// The theme that the configuration names is neither in `themes/` nor in the program.
    pub fn unknown_theme(&mut self, place: Place, name: &str) {
        self.error(
            "unknown-theme",
            place,
            format!("there is no theme `{name}`"),
            format!("put it into `themes/{name}/`, or use `dateline`, which is built in"),
        );
    }

    /// A theme extends another one that is not in the program.
    pub fn unknown_base_theme(&mut self, place: Place, found: &str, built_in: &str) {
        self.error(
            "unknown-base-theme",
            place,
            format!(
                "the theme extends `{}`, which is not in the program",
                shortened(found)
            ),
            format!("only `extends = \"{built_in}\"`, the built-in theme, is known"),
        );
    }

    /// A key of theme.toml is nearly one that Dateline reads.
    pub fn misspelt_theme_key(&mut self, place: Place, found: &str, near: &str) {
        self.warning(
            "misspelt-theme-key",
            place,
            format!("`{}` is not read", shortened(found)),
            did_you_mean(Some(near)),
        );
    }

    /// A key of `[extra]` is nearly a setting of the theme, which reads no such key.
    pub fn misspelt_theme_setting(&mut self, place: Place, found: &str, near: &str) {
        self.warning(
            "misspelt-theme-setting",
            place,
            format!("the theme reads no `{}`", shortened(found)),
            did_you_mean(Some(near)),
        );
    }

    /// A theme.toml is not TOML. The reason says what was expected at the place that is marked.
    pub fn invalid_theme_toml(&mut self, place: Place, reason: &str) {
        self.error(
            "invalid-theme-toml",
            place,
            format!("the theme's configuration is not TOML: {reason}"),
            None,
        );
    }
}

/// The site as a whole.
impl Diagnostics {
    /// A brief has no id.
    pub fn no_id(&mut self, place: Place) {
        self.warning(
            "no-id",
            place,
            "the brief has no id, so its address is its identity: feeds and links to it break when the file is renamed".into(),
            "`dateline check --fix` writes one",
        );
    }

    /// Two briefs have one id. The newer one is reported.
    pub fn duplicate_id(&mut self, id: &str, place: Place, first: &str) {
        self.error(
            "duplicate-id",
            place,
            format!("the id `{id}` belongs to `{first}` already"),
            "delete this line, then `dateline check --fix` writes a new id",
        );
    }

    /// The site does not say what the ids of its feed entries begin with.
    pub fn no_authority(&mut self, place: Place) {
        self.warning(
            "no-authority",
            place,
            "`[extra.dateline]` has no `authority`, so feed entries change their identity when an address changes".into(),
            "write a domain of yours and a year in which you had it: `authority = \"example.org,2026\"`",
        );
    }

    /// A page lacks the key by which its section is sorted.
    pub fn no_sort_key(&mut self, place: Place, key: &str, section: &str) {
        self.warning(
            "no-sort-key",
            place,
            format!("the page has no `{key}`, by which `{section}` sorts, so the section does not list it"),
            format!("add `{key}` to the front matter"),
        );
    }

    /// A page has terms of a taxonomy that the configuration does not list.
    pub fn unknown_taxonomy(&mut self, kind: &str, place: Place, nearest: Option<&str>) {
        let hint = did_you_mean(nearest).unwrap_or_else(|| {
            format!("add `{{ name = \"{kind}\" }}` to `taxonomies` in the configuration")
        });
        self.error(
            "unknown-taxonomy",
            place,
            format!("the configuration has no taxonomy `{kind}`"),
            hint,
        );
    }

    /// Two spellings of a tag, an audience or another term lead to one address.
    pub fn equal_slugs(&mut self, name: &str, other: &str, slug: &str, place: Place) {
        self.warning(
            "equal-slugs",
            place,
            format!("`{name}` and `{other}` have the same address `{slug}` and are shown as one"),
            format!("write `{other}` here too, or choose a name that is spelt differently"),
        );
    }

    /// Two pages of companies claim one name.
    pub fn company_name_twice(&mut self, name: &str, place: Place, other: &str) {
        self.error(
            "company-name-twice",
            place,
            format!("`{name}` is a name of the company `{other}` already"),
            "a name, alias or product belongs to one company",
        );
    }

    /// A brief names a company without a page, nearly as one is named that has one.
    pub fn unknown_company(&mut self, name: &str, place: Place, nearest: &str) {
        self.warning(
            "unknown-company",
            place,
            format!("no company has the name `{name}`, so it becomes a company of its own"),
            format!(
                "did you mean `{nearest}`? If not, give `{name}` a page with `[extra.company]`"
            ),
        );
    }

    /// A comparison lists a company that nobody has heard of.
    pub fn comparison_unknown_company(&mut self, name: &str, place: Place, known: &[&str]) {
        self.error(
            "comparison-unknown-company",
            place,
            format!("no brief and no page knows the company `{name}`"),
            which(name, known.iter().copied()),
        );
    }

    /// A comparison lists a feature that is in no table. It gets no row.
    pub fn comparison_unknown_feature(&mut self, name: &str, place: Place, known: &[&str]) {
        self.warning(
            "comparison-unknown-feature",
            place,
            format!("no brief has the feature `{}` in a table", shortened(name)),
            which(name, known.iter().copied()),
        );
    }

    /// A brief names an event without a page, nearly as one is named that has one.
    pub fn unknown_event(&mut self, name: &str, place: Place, nearest: &str) {
        self.warning(
            "unknown-event",
            place,
            format!("no page is about the event `{name}`, so it becomes an event of its own"),
            format!("did you mean `{nearest}`? If not, give `{name}` a page with `[extra.event]`"),
        );
    }

    /// A comparison names a company that only a draft or a scheduled brief knows.
    pub fn comparison_unpublished_company(&mut self, name: &str, place: Place) {
        self.warning(
            "unpublished-company",
            place,
            format!("only a draft or a scheduled brief knows the company `{name}`"),
            "until that is published, the comparison leaves the company out",
        );
    }

    /// A prediction has no `Id`.
    pub fn prediction_no_id(&mut self, place: Place, slug: &str) {
        self.warning(
            "prediction-no-id",
            place,
            "the prediction has no id, so links to it break when its wording changes".into(),
            format!("add `- Id: {slug}` below it, or let `dateline check --fix` do it"),
        );
    }

    /// The time of a prediction is over, and nobody has said what became of it.
    pub fn prediction_past_due(&mut self, place: Place, due: impl fmt::Display) {
        self.warning(
            "prediction-past-due",
            place,
            format!("the prediction was due {due} and is still open"),
            "write what became of it: `- Outcome: yes`, `no`, `partly` or `void`",
        );
    }

    /// An item says that it resolves a prediction of a brief that does not exist.
    pub fn resolves_unknown_brief(&mut self, id: &str, place: Place) {
        self.error(
            "resolves-unknown-brief",
            place,
            format!("no brief has the id `{id}`"),
            "`Resolves:` names a prediction as `id-of-the-brief#id-of-the-prediction`",
        );
    }

    /// An item says that it resolves a prediction that its brief does not have.
    pub fn resolves_unknown_prediction(
        &mut self,
        id: &str,
        slug: &str,
        place: Place,
        nearest: Option<&str>,
    ) {
        self.error(
            "resolves-unknown-prediction",
            place,
            format!("the brief `{id}` has no prediction `{slug}`"),
            did_you_mean(nearest),
        );
    }

    /// A brief is named that is a draft, or whose date lies in the future. Nothing is to be done.
    pub fn unpublished_brief(&mut self, id: &str, place: Place) {
        self.warning(
            "unpublished-brief",
            place,
            format!("the brief `{id}` is a draft or scheduled, so this has no effect yet"),
            None,
        );
    }

    /// The page of a week lists an id that no brief has.
    pub fn week_unknown_brief(&mut self, id: &str, place: Place) {
        self.warning(
            "week-unknown-brief",
            place,
            format!("no brief has the id `{id}`"),
            "take an id as it stands in `[extra.brief]` of a brief of this week",
        );
    }

    /// The page of a week lists a brief that came out in another week.
    pub fn brief_of_other_week(&mut self, id: &str, place: Place) {
        self.warning(
            "brief-of-other-week",
            place,
            format!("the brief `{id}` belongs to another week, so it is not shown here"),
            "weeks are ISO 8601 weeks in the site's time zone",
        );
    }

    /// A link of a published page leads to a draft.
    pub fn link_to_draft(&mut self, place: Place) {
        self.error(
            "link-to-draft",
            place,
            "the link leads to a draft, which is not published".into(),
            "publish the draft or take the link out",
        );
    }

    /// A link names the file of a brief that is scheduled.
    pub fn link_to_scheduled(&mut self, place: Place) {
        self.warning(
            "link-to-scheduled",
            place,
            "the link leads to a brief that is scheduled; until then it leads to the section"
                .into(),
            None,
        );
    }

    /// A link names the address of a brief that is scheduled.
    pub fn address_of_scheduled(&mut self, address: &str, place: Place) {
        self.warning(
            "link-to-scheduled",
            place,
            format!("`{address}` is the address of a brief that is scheduled; until then the link is dead"),
            "name the file, as in `@/briefs/x.md`: until then such a link leads to the section",
        );
    }

    /// A link leads to nothing. Correct it, or take it out.
    pub fn broken_link(&mut self, target: &str, place: Place, nearest: Option<&str>) {
        self.error(
            "broken-link",
            place,
            format!("nothing is published at `{target}`"),
            did_you_mean(nearest),
        );
    }

    /// A link leads to nothing until a scheduled brief is out. In a site without anything of
    /// Dateline's it is never more than a warning, for Zola leaves such links alone.
    pub fn broken_link_warning(&mut self, target: &str, place: Place) {
        self.warning(
            "broken-link",
            place,
            format!("nothing is published at `{target}`"),
            None,
        );
    }

    /// A link names a heading that its target does not have. Correct the part after `#`, or take it
    /// out.
    pub fn broken_fragment(
        &mut self,
        fragment: &str,
        file: &str,
        place: Place,
        nearest: Option<&str>,
    ) {
        self.error(
            "broken-fragment",
            place,
            format!("`{file}` has no heading or anchor `#{fragment}`"),
            did_you_mean(nearest.map(|near| format!("#{near}")).as_deref()),
        );
    }

    /// A brief shows an image that is not there.
    pub fn missing_image(&mut self, target: &str, place: Place) {
        self.error(
            "missing-image",
            place,
            format!("there is no image `{target}`"),
            "put the file beside the article, or under `static/` and begin the address with `/`",
        );
    }

    /// A page that is no brief shows an image that is not there.
    pub fn missing_image_elsewhere(&mut self, target: &str, place: Place) {
        self.warning(
            "missing-image",
            place,
            format!("there is no image `{target}`"),
            "put the file beside the page, or under `static/` and begin the address with `/`",
        );
    }

    /// Two files, or a file and an alias, want one address.
    pub fn two_pages_at_one_address(
        &mut self,
        address: &Address,
        place: Place,
        (other, other_address): (&str, &Address),
        is_alias: bool,
    ) {
        let but = if address == other_address {
            ""
        } else {
            ", but for letter case or Unicode form"
        };
        let hint = if is_alias {
            "take this alias out"
        } else {
            "give one of them another `slug`, `path` or file name"
        };
        self.error(
            "two-pages-at-one-address",
            place,
            format!("`{address}` is the address of `{other}` already{but}"),
            hint,
        );
    }

    /// An alias is the address of the file that states it, or it states that twice. It is left out.
    pub fn useless_alias(&mut self, address: &Address, place: Place) {
        self.warning(
            "useless-alias",
            place,
            format!("`{address}` is an address of this file already"),
            "take this alias out",
        );
    }

    /// No file can have the name that the address asks for.
    pub fn impossible_address(
        &mut self,
        address: &crate::address::Address,
        place: Place,
        fault: &str,
    ) {
        self.error(
            "impossible-address",
            place,
            format!(
                "nothing can stand at `{}`: {fault}",
                shortened(&address.as_str().escape_debug().to_string())
            ),
            "choose another `slug`, `path`, alias or file name",
        );
    }

    /// A page has more tags, other terms, companies or dates than one page may make pages of.
    pub fn too_many_terms(&mut self, kind: &str, terms: usize, terms_max: usize, place: Place) {
        self.error(
            "too-many-terms",
            place,
            format!("the page has {terms} entries in `{kind}`, more than {terms_max}"),
            "each makes pages of its own; keep those that readers would look for",
        );
    }

    /// The site has no folder `content/`.
    pub fn no_content(&mut self, file: &Arc<str>) {
        self.error(
            "no-content",
            Place::whole(file),
            "there is no folder `content` beside the configuration".into(),
            "a site without it would be empty, and the pages that are published would go",
        );
    }

    /// A page would stand where a taxonomy has its list or one of its terms. That is served.
    pub fn content_against_taxonomy(&mut self, address: &Address, place: Place) {
        self.warning(
            "content-against-taxonomy",
            place,
            format!(
                "`{address}` is the address of a taxonomy, which is served instead, as in Zola"
            ),
            "give the page another `slug` or `path`",
        );
    }

    /// A page of yours stands where Dateline would put one of its own. Yours is shown. Of a brief,
    /// which may come from anyone, it is a warning.
    pub fn ours_yields(&mut self, address: &Address, place: Place, is_brief: bool) {
        let message =
            format!("this stands at `{address}`, where Dateline would put a page of its own");
        let hint = "set `[extra.dateline] pages` to choose the pages that Dateline makes";
        if is_brief {
            self.warning("ours-yields", place, message, hint);
        } else {
            self.note("ours-yields", place, message, hint);
        }
    }

    /// A file of `static/` stands where a page would be made. The file is served. Rename it if that
    /// is not meant.
    pub fn static_wins(&mut self, address: &Address, place: Place) {
        self.note(
            "static-wins",
            place,
            format!("this file is served at `{address}`, where a generated page would stand"),
            None,
        );
    }

    /// Two pages that Dateline makes have one address.
    pub fn ours_collide(&mut self, address: &Address, other: &Address, file: &Arc<str>) {
        let wanted = if address == other {
            format!("two derived pages want `{address}`")
        } else {
            format!("derived pages want `{address}` and `{other}`, which are one address")
        };
        self.warning(
            "derived-pages-collide",
            Place::whole(file),
            format!("{wanted}; only the first is made"),
            "rename one of the tags, companies or events that they are made of",
        );
    }

    /// A file has the name that a folder of the site must have.
    pub fn file_for_folder(&mut self, file: &Address, page: &Address, place: Place) {
        self.error(
            "file-for-folder",
            place,
            format!("the file `{file}` stands where `{page}` needs a folder"),
            "rename the file, or give it an ending",
        );
    }

    /// `[extra.dateline] pages` names a kind of pages that there is not.
    pub fn unknown_view(&mut self, name: &str, place: Place, known: &[&str]) {
        let hint = did_you_mean(nearest(name, known.iter().copied()));
        self.error(
            "unknown-view",
            place,
            format!("there are no pages `{}`", shortened(name)),
            hint.unwrap_or_else(|| format!("there are {}", list_of(known, "and"))),
        );
    }

    /// A brief has no date.
    pub fn brief_without_date(&mut self, place: Place) {
        self.error(
            "brief-without-date",
            place,
            "the brief has no date, by which it is ordered and sorted into a week".into(),
            "add `date = 2026-04-30T20:30:00Z`, or begin the file name with a date",
        );
    }

    /// A brief has no title.
    pub fn brief_without_title(&mut self, place: Place) {
        self.error(
            "brief-without-title",
            place,
            "the brief has no title".into(),
            "add `title = \"…\"` to the front matter",
        );
    }

    /// A page or section names a template that neither the theme nor the site has.
    pub fn missing_template(&mut self, name: &str, place: Place, is_built_in: bool) {
        let message = format!("there is no template `{name}`");
        if is_built_in {
            self.warning("missing-template", place, message, "`page.html` is used");
        } else {
            self.error(
                "missing-template",
                place,
                message,
                "write it, or name one of the theme's",
            );
        }
    }
}

/// A template that does not parse, or fails on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// File, line and column as far as they are known: `templates/page.html:3:5`.
    pub fn position(&self) -> String {
        let mut position = self.file.to_string();
        for number in [self.line, self.column] {
            if number == 0 {
                break;
            }
            position = format!("{position}:{number}");
        }
        position
    }

    /// Where a message about it points.
    pub fn place(&self) -> Place {
        match (self.line, self.column) {
            (0, _) => Place::whole(&self.file),
            (line, column) => Place::line(&self.file, line, column.max(1)),
        }
    }
}

/// A page, and how many more.
fn pages(first: &Address, more: usize) -> String {
    match more {
        0 => format!("the page `{first}`"),
        1 => format!("the page `{first}` and on 1 more page"),
        _ => format!("the page `{first}` and on {more} more pages"),
    }
}

/// Shortcodes.
impl Diagnostics {
    /// A text calls a shortcode that the templates of site and theme do not have.
    pub fn unknown_shortcode(&mut self, place: Place, name: &str, known: &[&str]) {
        let hint = match (nearest(name, known.iter().copied()), known) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, []) => format!(
                "add the template `templates/shortcodes/{name}.html`, or write `{{{{/*` and `*/}}}}` \
                 for what is no shortcode"
            ),
            (None, known) => format!("there are `{}`", known.join("`, `")),
        };
        self.error(
            "unknown-shortcode",
            place,
            format!("there is no shortcode `{name}`"),
            hint,
        );
    }

    /// Something on a page has an id of the kind that the built-in theme keeps for itself.
    pub fn id_of_theme(&mut self, place: Place, id: &str) {
        self.warning(
            "id-of-theme",
            place,
            format!(
                "the id `{}` begins with `_`, as those of the theme do: the page may have it twice",
                shortened(id)
            ),
            "begin it with a letter",
        );
    }

    /// What begins as a call of a shortcode that there is does not go on as one, so it is shown as it
    /// stands.
    pub fn misread_shortcode(&mut self, place: Place, name: &str, reason: &str) {
        let (reason, hint) = divided(reason);
        self.warning(
            "misread-shortcode",
            place,
            format!("this does not call the shortcode `{name}`, for {reason}"),
            hint,
        );
    }

    /// The body of a shortcode has no end.
    pub fn unclosed_shortcode(&mut self, place: Place) {
        self.error(
            "bad-shortcode",
            place,
            "the body that begins here has no end".to_owned(),
            "end it with `end` between `{%` and `%}`; what is no shortcode stands between `{%/*` and `*/%}`",
        );
    }

    /// There is the end of a body that nothing began.
    pub fn unopened_shortcode(&mut self, place: Place) {
        self.error(
            "bad-shortcode",
            place,
            "no shortcode with a body begins before this end".to_owned(),
            "it begins with `{% name(…) %}`, which needs the brackets",
        );
    }

    /// A text calls more shortcodes than can be expanded, or too deep in each other.
    pub fn too_many_shortcodes(&mut self, place: Place, calls_max: usize, depth_max: usize) {
        self.error(
            "bad-shortcode",
            place,
            format!(
                "a file calls at most {calls_max} shortcodes, at most {depth_max} of them in each other"
            ),
            "divide the file",
        );
    }

    /// The shortcodes of a text make more than can be shown.
    pub fn large_shortcodes(&mut self, place: Place, bytes_max: usize) {
        self.error(
            "bad-shortcode",
            place,
            format!(
                "up to this call the shortcodes of this file make more than {} MB",
                bytes_max >> 20
            ),
            "divide the file, or look for a loop that repeats itself",
        );
    }

    /// The output of a `.html` shortcode would become part of the address of a link or an image.
    pub fn shortcode_in_address(&mut self, place: Place) {
        self.error(
            "bad-shortcode",
            place,
            "a shortcode that makes HTML stands in an address".to_owned(),
            "name its template `.md`, so that it is expanded before links are read",
        );
    }

    /// The template of a shortcode fails for a call.
    pub fn shortcode_failed(&mut self, place: Place, name: &str, error: &TemplateError) {
        self.error(
            "shortcode-error",
            place,
            format!(
                "the shortcode `{name}` failed: {} (in {})",
                error.message,
                error.position()
            ),
            error.hint.clone(),
        );
    }
}

/// Templates.
impl Diagnostics {
    /// A template does not parse. The message says what was expected at the place that is marked.
    pub fn template_syntax(&mut self, error: &TemplateError) {
        self.error(
            "template-syntax",
            error.place(),
            error.message.clone(),
            error.hint.clone(),
        );
    }

    /// A template calls a function or a filter with an argument that it does not take. Zola passes over it, so it
    /// has no effect.
    pub fn unknown_argument(&mut self, warning: &TemplateError) {
        self.warning(
            "unknown-argument",
            warning.place(),
            warning.message.clone(),
            warning.hint.clone(),
        );
    }

    /// A template fails on a page, perhaps in the same way on more pages.
    pub fn template_error(&mut self, page: &Address, more: usize, error: &TemplateError) {
        self.error(
            "template-error",
            error.place(),
            format!("{}, on {}", error.message, pages(page, more)),
            error.hint.clone(),
        );
    }

    /// A Sass file does not compile, or one that it takes in. The message is the compiler's.
    pub fn sass_error(&mut self, error: &TemplateError) {
        self.error(
            "sass-error",
            error.place(),
            error.message.clone(),
            error.hint.clone(),
        );
    }

    /// The theme's `page.html` fails on pages that only Dateline makes.
    pub fn theme_page_failed(&mut self, page: &Address, others: usize, error: &TemplateError) {
        let more = match others {
            0 => String::new(),
            1 => " and one more page of ours".to_owned(),
            others => format!(" and {others} more pages of ours"),
        };
        let reason = &error.message;
        let instead =
            "the built-in page is used for them; `[extra.dateline] pages` chooses which are made";
        let hint = match &error.hint {
            Some(hint) if hint.ends_with('?') => format!("{hint} Until then {instead}"),
            Some(hint) => format!("{hint}; until then {instead}"),
            None => instead.to_owned(),
        };
        self.warning(
            "theme-page-failed",
            error.place(),
            format!("the theme's `page.html` fails on `{page}`{more}: {reason}"),
            hint,
        );
    }

    /// The theme has no template for some pages. The built-in theme lays them out, with its own look;
    /// a 404 page has none.
    pub fn theme_lacks_template(
        &mut self,
        templates: &str,
        name: &str,
        (page, others): (&Address, usize),
    ) {
        let pages = match others {
            0 => format!("`{page}` is"),
            1 => format!("`{page}` and one more page are"),
            others => format!("`{page}` and {others} more pages are"),
        };
        let place = Place::whole(&templates.into());
        let (message, hint) = match name {
            "404.html" => (
                "the theme has no `404.html`: who follows a wrong link sees a page without its look"
                    .to_owned(),
                "`templates/404.html` would be that page",
            ),
            _ => (
                format!("the theme has no `{name}`: {pages} laid out by the built-in theme"),
                "a file of that name in `templates/` would do it",
            ),
        };
        self.note("theme-lacks-template", place, message, hint);
    }

    /// A host that templates may fetch from is none.
    pub fn bad_host(&mut self, place: Place, name: &str) {
        self.error(
            "bad-host",
            place,
            format!("`{}` is no host", shortened(name)),
            "write it as `api.example.org`, or `localhost:8000` with a port: no `https://`, no path",
        );
    }

    /// What another host said earlier stands in for what could not be fetched.
    pub fn outdated_data(&mut self, place: &Place, address: &str, reason: &str, at: Timestamp) {
        let day = at.strftime("%-d %B %Y, %H:%M UTC");
        self.warning(
            "outdated-data",
            place.clone(),
            format!(
                "cannot fetch `{}`: {reason}; what it gave on {day} is used",
                shortened(address)
            ),
            "the next build tries again",
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

    /// The theme is one for Zola 0.23 or later.
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

    /// Some files of the theme are written for Zola up to 0.22 (Tera 1), others for later ones
    /// (Tera 2).
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

/// The body of an article, and the parts of a brief.
impl Diagnostics {
    /// Quotes and lists lie in each other deeper than is rendered.
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

    /// A tag of raw HTML in a brief has more attributes than can be sanitised.
    pub fn too_many_attributes(&mut self, place: Place, attributes_max: usize) {
        self.error(
            "too-many-attributes",
            place,
            format!("a tag of the HTML in the text has more than {attributes_max} attributes"),
            "take out those that nobody needs, or close the tag with `>`",
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

    /// A brief has two parts of one kind, perhaps under two names for it.
    pub fn duplicate_part(&mut self, place: Place, heading: &str, first_line: u32) {
        self.error(
            "duplicate-part",
            place,
            format!("the part `{heading}` is there twice, the first begins in line {first_line}"),
            "put both under one heading",
        );
    }

    /// A heading of a brief is nearly that of a part, or is one at another level. It is shown as it
    /// is, and nothing is read under it.
    pub fn misspelt_heading(&mut self, place: Place, heading: &str, near: &str) {
        self.warning(
            "misspelt-heading",
            place,
            format!("the heading `{}` begins no part", shortened(heading)),
            did_you_mean(Some(near)),
        );
    }

    /// A brief refers to a footnote that it does not have.
    pub fn missing_footnote(&mut self, place: Place, label: &str) {
        self.error(
            "missing-footnote",
            place,
            format!("there is no footnote `{}`", shortened(label)),
            format!(
                "add a line `[^{}]: …`, or write `\\[` if none is meant",
                shortened(label)
            ),
        );
    }

    /// Nothing in a brief refers to a footnote.
    pub fn unused_footnote(&mut self, place: Place, label: &str) {
        self.warning(
            "unused-footnote",
            place,
            format!("nothing refers to the footnote `{}`", shortened(label)),
            format!("put `[^{}]` behind what it supports", shortened(label)),
        );
    }

    /// The part "Competitor Analysis" has no table.
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

    /// A row of a comparison has values, but names no feature.
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

    /// A label of a prediction or of the TL;DR is none that is known.
    pub fn unknown_label(&mut self, place: Place, label: &str, nearest: Option<&str>) {
        self.warning(
            "unknown-label",
            place,
            format!("unknown label `{label}`"),
            did_you_mean(nearest),
        );
    }
}
