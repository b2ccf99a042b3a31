//! Diagnostics as people, programs and GitHub read them.
//!
//! Briefs are not trusted: what is shown of them can neither move the cursor of a terminal nor
//! begin a line, so no file can write its own messages.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::diagnostic::{At, Diagnostic, Severity};

/// Finds the text of a file by its path from the root of the site.
pub type Texts<'a> = &'a dyn Fn(&str) -> Option<Arc<str>>;

/// How many characters of a line are shown on each side of what is wrong.
const EXCERPT_SIDE: usize = 60;

/// How many characters of what is wrong are marked.
const MARKED_MAX: usize = 80;

/// Where a diagnostic is, for people: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    /// The column after the last character that is meant.
    pub end_column: usize,
}

/// A diagnostic as `--format json` prints it; positions are null where a file is meant as a whole.
#[derive(Serialize)]
struct Record<'a> {
    code: &'a str,
    severity: &'a str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    message: &'a str,
    hint: Option<&'a str>,
}

/// All diagnostics for people, one blank line between two, and a line that counts them; empty if
/// there are none.
pub fn for_people(diagnostics: &[Diagnostic], texts: Texts<'_>, color: bool) -> String {
    write(diagnostics, usize::MAX, texts, color)
}

/// The same, but of warnings with one code only the first; the others are counted, for nobody
/// reads a thousand of them after each build.
pub fn in_short(diagnostics: &[Diagnostic], texts: Texts<'_>, color: bool) -> String {
    const WARNINGS_MAX: usize = 10;
    write(diagnostics, WARNINGS_MAX, texts, color)
}

/// Writes diagnostics, of each code so many and all errors, and how many more there are.
fn write(diagnostics: &[Diagnostic], of_code_max: usize, texts: Texts<'_>, color: bool) -> String {
    let renderer = match color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let mut out = String::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut more: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let seen = seen.entry(diagnostic.code).or_default();
        *seen += 1;
        if diagnostic.severity != Severity::Error && *seen > of_code_max {
            *more.entry(diagnostic.code).or_default() += 1;
            continue;
        }
        out.push_str(&paragraph(diagnostic, texts, &renderer));
        out.push_str("\n\n");
    }
    for (code, count) in &more {
        let _ = writeln!(
            out,
            "and {} more of {code}; `dateline check` shows all",
            grouped(*count)
        );
    }
    if let Some(counts) = counts(diagnostics) {
        out.push_str(&counts);
        out.push('\n');
    }
    out
}

/// One JSON array.
pub fn as_json(diagnostics: &[Diagnostic], texts: Texts<'_>) -> String {
    let records: Vec<Record<'_>> = diagnostics
        .iter()
        .map(|diagnostic| {
            let position = position(diagnostic, texts);
            Record {
                code: diagnostic.code,
                severity: word(diagnostic.severity),
                file: &diagnostic.place.file,
                line: position.map(|p| p.line),
                column: position.map(|p| p.column),
                end_line: position.map(|p| p.end_line),
                end_column: position.map(|p| p.end_column),
                message: &diagnostic.message,
                hint: diagnostic.hint.as_deref(),
            }
        })
        .collect();
    serde_json::to_string_pretty(&records).expect("records hold only text and numbers")
}

/// Diagnostics as the preview shows them, errors first, and how many there are beyond those.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problems {
    pub list: Vec<Problem>,
    pub more: usize,
}

/// A diagnostic as a page shows it: as data, all text safe for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub severity: &'static str,
    /// Empty for a failure of the world, which is no diagnostic.
    pub code: &'static str,
    pub message: String,
    /// From the root of the site.
    pub file: Option<String>,
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub excerpt: Option<Excerpt>,
    pub hint: Option<String>,
}

/// A line, cut where it is long, by what is meant of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    pub before: String,
    pub marked: String,
    pub after: String,
}

/// What was shown of a site's problems last. It is not looked up again while their files stay.
#[derive(Debug, Default)]
pub struct Shown {
    known: HashMap<Diagnostic, Problem>,
}

impl Shown {
    /// The problems as [`Problems::new`] has them; `has_changed` tells files that are not what they
    /// were the last time.
    pub fn follow(
        &mut self,
        diagnostics: &[Diagnostic],
        has_changed: impl Fn(&str) -> bool,
        texts: Texts<'_>,
    ) -> Problems {
        let mut before = std::mem::take(&mut self.known);
        before.retain(|diagnostic, _| !has_changed(&diagnostic.place.file));
        Problems::of(diagnostics, |diagnostic| {
            let known = before.remove(diagnostic);
            let shown = known.unwrap_or_else(|| problem(diagnostic, texts));
            self.known.insert(diagnostic.clone(), shown.clone());
            shown
        })
    }
}

impl Problems {
    /// Nobody reads more than so many in a browser.
    const MAX: usize = 100;

    /// Errors and warnings; notes are not worth an author's eyes while they write.
    pub fn new(diagnostics: &[Diagnostic], texts: Texts<'_>) -> Problems {
        Problems::of(diagnostics, |diagnostic| problem(diagnostic, texts))
    }

    fn of(diagnostics: &[Diagnostic], show: impl FnMut(&Diagnostic) -> Problem) -> Problems {
        let of = |severity| diagnostics.iter().filter(move |d| d.severity == severity);
        let all = of(Severity::Error).chain(of(Severity::Warning));
        let count = all.clone().count();
        let shown = all.take(Problems::MAX);
        Problems {
            list: shown.map(show).collect(),
            more: count.saturating_sub(Problems::MAX),
        }
    }

    /// A failure of the world: the disk, most likely.
    pub fn failure(message: &str) -> Problems {
        let problem = Problem {
            severity: word(Severity::Error),
            code: "",
            message: one_line(message).into_owned(),
            file: None,
            line: None,
            column: None,
            excerpt: None,
            hint: None,
        };
        Problems {
            list: vec![problem],
            more: 0,
        }
    }

    /// These and others, each mistake once.
    pub fn and(&self, others: &Problems) -> Problems {
        let mistake = |p: &Problem| (p.code, p.file.clone(), p.line, p.column);
        let is_known = |p: &&Problem| {
            let is_placed = p.line.is_some();
            self.list
                .iter()
                .any(|known| known == *p || (is_placed && mistake(known) == mistake(p)))
        };
        let new = others.list.iter().filter(|p| !is_known(p));
        Problems {
            list: self.list.iter().chain(new).cloned().collect(),
            more: self.more + others.more,
        }
    }

    /// As text, for a page that has no script yet.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for problem in &self.list {
            let code = match problem.code {
                "" => String::new(),
                code => format!("[{code}]"),
            };
            let _ = writeln!(out, "{}{code}: {}", problem.severity, problem.message);
            if let Some(file) = &problem.file {
                let _ = write!(out, " --> {file}");
                for number in [problem.line, problem.column].into_iter().flatten() {
                    let _ = write!(out, ":{number}");
                }
                out.push('\n');
            }
            if let Some(Excerpt {
                before,
                marked,
                after,
            }) = &problem.excerpt
            {
                let gap = " ".repeat(before.chars().count());
                let caret = "^".repeat(marked.chars().count().max(1));
                let _ = writeln!(out, "  {before}{marked}{after}\n  {gap}{caret}");
            }
            if let Some(hint) = &problem.hint {
                let _ = writeln!(out, "hint: {hint}");
            }
            out.push('\n');
        }
        out
    }
}

fn problem(diagnostic: &Diagnostic, texts: Texts<'_>) -> Problem {
    let located = locate(diagnostic, texts);
    let position = located.as_ref().map(|(position, _)| *position);
    let line = located.and_then(|(_, line)| line);
    let cut = line.map(|(line, marked)| {
        let (text, marked) = excerpt(&line, marked);
        Excerpt {
            before: text[..marked.start].to_owned(),
            marked: text[marked.clone()].to_owned(),
            after: text[marked.end..].to_owned(),
        }
    });
    Problem {
        severity: word(diagnostic.severity),
        code: diagnostic.code,
        message: one_line(&diagnostic.message).into_owned(),
        file: Some(diagnostic.place.file.to_string()),
        line: position.map(|p| p.line),
        column: position.map(|p| p.column),
        excerpt: cut,
        hint: diagnostic
            .hint
            .as_deref()
            .map(|hint| one_line(hint).into_owned()),
    }
}

/// Workflow commands that GitHub Actions shows at the lines of a pull request. `folder` leads from
/// the repository's root to the site's: empty, or ending with a slash.
pub fn for_github(diagnostics: &[Diagnostic], texts: Texts<'_>, folder: &str) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let file = format!("{folder}{}", diagnostic.place.file);
        let _ = write!(out, "::{command} file={}", property(&file));
        if let Some(position) = position(diagnostic, texts) {
            let Position {
                line,
                column,
                end_line,
                end_column,
            } = position;
            let _ = write!(out, ",line={line},col={column}");
            // GitHub refuses an end column for more than one line.
            if end_line == line && end_column > column {
                let _ = write!(out, ",endLine={end_line},endColumn={end_column}");
            }
        }
        let mut message = diagnostic.message.to_string();
        if let Some(hint) = &diagnostic.hint {
            let _ = write!(message, "\nhint: {hint}");
        }
        let code = property(diagnostic.code);
        let _ = writeln!(out, ",title={code}::{}", data(&message));
    }
    out
}

/// `2 errors, 1 warning`, or nothing.
pub fn counts(diagnostics: &[Diagnostic]) -> Option<String> {
    let counted: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| {
            let of_this = |d: &&Diagnostic| d.severity == severity;
            let count = diagnostics.iter().filter(of_this).count();
            (count > 0).then(|| plural(count, word(severity)))
        })
        .collect();
    (!counted.is_empty()).then(|| counted.join(", "))
}

/// `1 page`, `12,500 pages`.
pub fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count))
}

/// A number with a comma between thousands.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text that stays in its line and cannot command a terminal: control characters and those that
/// turn the direction of writing are replaced by signs that show them.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// Whether diagnostics may be coloured: on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE`
/// (<https://bixense.com/clicolors/>) colours elsewhere too.
pub fn wants_color(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let forced = variable("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0");
    if set("NO_COLOR") {
        return false;
    }
    forced
        || is_terminal
            && variable("CLICOLOR").as_deref() != Some("0")
            && variable("TERM").as_deref() != Some("dumb")
}

/// Where a diagnostic is; `None` if it means the whole file or the file's text is not at hand.
pub fn position(diagnostic: &Diagnostic, texts: Texts<'_>) -> Option<Position> {
    locate(diagnostic, texts).map(|(position, _)| position)
}

/// A position, and the line that it begins in, if at hand, with the bytes of it that are meant.
type Located = (Position, Option<(String, Range<usize>)>);

fn locate(diagnostic: &Diagnostic, texts: Texts<'_>) -> Option<Located> {
    match diagnostic.place.at {
        At::Whole => None,
        At::Bytes(start, end) => {
            let text = texts(&diagnostic.place.file)?;
            let start = floor(&text, start as usize);
            let end = floor(&text, end as usize).max(start);
            let (line, column) = line_and_column(&text, start);
            let (end_line, end_column) = line_and_column(&text, end);
            let position = Position {
                line,
                column,
                end_line,
                end_column,
            };
            let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
            let whole = line_at(&text, begin);
            let marked = start - begin..(end - begin).min(whole.len());
            Some((position, Some((whole.to_owned(), marked))))
        }
        At::Line(line, column) => {
            let (line, column) = (line.max(1) as usize, column.max(1) as usize);
            let position = Position {
                line,
                column,
                end_line: line,
                end_column: column,
            };
            let excerpt = texts(&diagnostic.place.file).and_then(|text| {
                let whole = text.lines().nth(line - 1)?;
                let at = whole
                    .char_indices()
                    .nth(column - 1)
                    .map_or(whole.len(), |(at, _)| at);
                Some((whole.to_owned(), at..at))
            });
            Some((position, excerpt))
        }
    }
}

fn line_at(text: &str, begin: usize) -> &str {
    let rest = &text[begin..];
    let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The character boundary at or before a byte, which may lie outside of a text that has changed.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[begin..].chars().count() + 1)
}

fn paragraph(diagnostic: &Diagnostic, texts: Texts<'_>, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let located = locate(diagnostic, texts);
    let file = one_line(&diagnostic.place.file);
    let title = level.primary_title(one_line(&diagnostic.message));
    let title = title.id(diagnostic.code);
    // The column that the renderer sees, which is that of the excerpt.
    let mut shown_column = None;
    let mut group = match &located {
        Some((position, Some((line, marked)))) => {
            let (text, marked) = excerpt(line, marked.clone());
            shown_column = Some(text[..marked.start].chars().count() + 1);
            title.element(
                Snippet::source(text)
                    .path(file.clone())
                    .line_start(position.line)
                    .annotation(AnnotationKind::Primary.span(marked)),
            )
        }
        Some((position, None)) => title.element(
            Origin::path(file.clone())
                .line(position.line)
                .char_column(position.column),
        ),
        None => title.element(Origin::path(file.clone())),
    };
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(one_line(hint)));
    }
    let rendered = renderer.render(&[group]);
    let mut lines: Vec<String> = rendered.lines().map(|l| l.trim_end().to_owned()).collect();
    if let (Some((position, _)), Some(shown), Some(second)) =
        (&located, shown_column, lines.get_mut(1))
    {
        let at = |column| format!("{file}:{}:{column}", position.line);
        *second = second.replace(&at(shown), &at(position.column));
    }
    lines.join("\n")
}

/// What is shown of a line: made safe, tabs as spaces, cut on both sides of what is marked.
fn excerpt(line: &str, marked: Range<usize>) -> (String, Range<usize>) {
    let before = &line[..marked.start];
    let kept = before
        .char_indices()
        .rev()
        .nth(EXCERPT_SIDE)
        .map_or(0, |(at, c)| at + c.len_utf8());
    let mut out = String::new();
    if kept > 0 {
        out.push('…');
    }
    push_safe(&mut out, &before[kept..]);
    let start = out.len();
    let inside = &line[marked.clone()];
    let inside_end = cut(inside, MARKED_MAX);
    push_safe(&mut out, &inside[..inside_end]);
    let end = out.len();
    if inside_end < inside.len() {
        out.push('…');
    } else {
        let after = &line[marked.end..];
        let after_end = cut(after, EXCERPT_SIDE);
        push_safe(&mut out, &after[..after_end]);
        if after_end < after.len() {
            out.push('…');
        }
    }
    // An empty span is shown as a caret before what stands there.
    (out, start..end)
}

/// The byte after the first `count` characters.
fn cut(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
}

fn push_safe(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            c => out.push(shown(c)),
        }
    }
}

fn is_unsafe(c: char) -> bool {
    shown(c) != c
}

fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        // Unicode has a picture of each of the first 32 control characters.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}' | '\u{2029}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    let safe = |c| {
        if matches!(c, '\r' | '\n') {
            c
        } else {
            shown(c)
        }
    };
    let text: String = text.chars().map(safe).collect();
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
