//! `dateline check --fix`: writes the ids that briefs and predictions lack, and nothing else.
//!
//! Every edit is an insertion into the text as it stands. It is read back before it is written:
//! what the file said before, it must still say.
#![expect(
    clippy::disallowed_methods,
    reason = "this command edits the author's files, which no build is about to read"
)]

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value as Json;

use super::ids::Ids;
use super::report::plural;
use crate::config::{Label, Vocabulary};
use crate::content::Article;
use crate::content::article::Table;
use crate::diagnostic::At;

/// The ids that a file lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// What `id` under `[extra.brief]` is to be.
    pub id: Option<String>,
    pub predictions: Vec<NamelessPrediction>,
}

/// A prediction without an `Id:` of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamelessPrediction {
    /// A byte of the file that lies in the prediction's list item.
    pub at: usize,
    pub slug: String,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    pub file: Arc<str>,
    pub id: Option<String>,
    pub predictions: usize,
    /// What could not be written, and why.
    pub left: Vec<String>,
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_ref().map(|id| format!("id `{id}`"));
        let predictions = (self.predictions > 0).then(|| plural(self.predictions, "prediction id"));
        let written: Vec<String> = id.into_iter().chain(predictions).collect();
        let mut lines = Vec::new();
        if !written.is_empty() {
            lines.push(format!("fixed {}: {}", self.file, written.join(", ")));
        }
        for reason in &self.left {
            lines.push(format!("not fixed {}: {reason}", self.file));
        }
        f.write_str(&lines.join("\n"))
    }
}

/// Writes all ids that the articles lack. Files with errors have no article, and are left alone.
pub fn fix(
    root: &Path,
    articles: &[Arc<Article>],
    vocabulary: &Vocabulary,
) -> anyhow::Result<Vec<Fixed>> {
    let mut lacking: Vec<(&Article, Lacking)> = articles
        .iter()
        .map(|article| (article.as_ref(), lacking_predictions(article)))
        .collect();
    choose_ids(root, &mut lacking)?;
    let mut done = Vec::new();
    for (article, lacking) in lacking {
        if lacking != Lacking::default() {
            done.push(fix_file(root, &article.file, &lacking, vocabulary)?);
        }
    }
    Ok(done)
}

fn lacking_predictions(article: &Article) -> Lacking {
    let mut lacking = Lacking::default();
    if let Table::Brief(brief) = &article.table {
        for prediction in brief.predictions.iter().filter(|p| !p.has_id) {
            if let At::Bytes(start, _) = prediction.place.at {
                lacking.predictions.push(NamelessPrediction {
                    at: start as usize,
                    slug: prediction.slug.to_string(),
                });
            }
        }
    }
    lacking
}

/// Chooses ids for the briefs without one. A translation is the same brief, so it has the same id.
fn choose_ids(root: &Path, lacking: &mut [(&Article, Lacking)]) -> anyhow::Result<()> {
    let mut by_original: HashMap<&str, String> = HashMap::new();
    let mut has_none = Vec::new();
    for (index, (article, _)) in lacking.iter().enumerate() {
        if let Table::Brief(brief) = &article.table {
            match &brief.id {
                Some((id, _)) => {
                    by_original.insert(original(article), id.to_string());
                }
                None => has_none.push(index),
            }
        }
    }
    if has_none.is_empty() {
        return Ok(());
    }
    let mut ids = Ids::of_site(root).context("cannot read the ids that are taken")?;
    for index in has_none {
        let (article, lacking) = &mut lacking[index];
        let id = by_original
            .entry(original(article))
            .or_insert_with(|| ids.fresh());
        lacking.id = Some(id.clone());
    }
    Ok(())
}

/// The path without ending and language, which a brief shares with its translations.
fn original(article: &Article) -> &str {
    let stem = article.path.strip_suffix(".md").unwrap_or(&article.path);
    let language = article.language.as_deref();
    language
        .and_then(|language| stem.strip_suffix(language)?.strip_suffix('.'))
        .unwrap_or(stem)
}

fn fix_file(
    root: &Path,
    file: &Arc<str>,
    lacking: &Lacking,
    vocabulary: &Vocabulary,
) -> anyhow::Result<Fixed> {
    let path = root.join(&**file);
    let failed = || format!("cannot write `{}`", path.display());
    let is_link = fs::symlink_metadata(&path)
        .with_context(failed)?
        .is_symlink();
    if is_link {
        return Ok(Fixed {
            file: file.clone(),
            left: vec!["it is a symbolic link".into()],
            ..Fixed::default()
        });
    }
    let before = fs::read(&path).with_context(failed)?;
    let text = str::from_utf8(&before).with_context(failed)?;
    let (after, fixed) = fix_text(file, text, lacking, vocabulary);
    if after != text {
        replace(&path, &before, after.as_bytes()).with_context(failed)?;
    }
    Ok(fixed)
}

/// Puts a new text in the place of the one that was read, unless someone else did meanwhile.
fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".dateline-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = (|| {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(after)?;
        file.set_permissions(fs::metadata(path)?.permissions())?;
        file.sync_all()?;
        if fs::read(path)? != before {
            return Err(io::Error::other(
                "it was changed while it was read; run the command again",
            ));
        }
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // The error that is reported is the first one.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The text with the ids in it that it lacked, as far as they could be put in safely.
pub fn fix_text(
    file: &Arc<str>,
    text: &str,
    lacking: &Lacking,
    vocabulary: &Vocabulary,
) -> (String, Fixed) {
    let mut fixed = Fixed {
        file: file.clone(),
        ..Fixed::default()
    };
    let mut after = text.to_owned();
    // From the last to the first, so that the offsets of those before stay right.
    let mut predictions = lacking.predictions.clone();
    predictions.sort_by_key(|prediction| prediction.at);
    for prediction in predictions.iter().rev() {
        match with_prediction_id(&after, prediction, vocabulary) {
            Some(text) => {
                after = text;
                fixed.predictions += 1;
            }
            None => fixed.left.push(format!(
                "line {}: add `- Id: {}` below the prediction by hand",
                text[..prediction.at.min(text.len())].matches('\n').count() + 1,
                prediction.slug
            )),
        }
    }
    fixed.left.reverse();
    if let Some(id) = &lacking.id {
        match with_brief_id(&after, id) {
            Some(text) => {
                after = text;
                fixed.id = Some(id.clone());
            }
            // One that is wrong is an error, and has been reported as that.
            None if states_id(&after) => {}
            None => fixed.left.push(format!(
                "add `id = \"{id}\"` under `[extra.brief]` by hand (in YAML `id: \"{id}\"`)"
            )),
        }
    }
    (after, fixed)
}

/// How front matter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Toml,
    Yaml,
}

impl Syntax {
    fn read(self, text: &str) -> Option<Json> {
        match self {
            Syntax::Toml => serde_json::to_value(text.parse::<toml::Table>().ok()?).ok(),
            Syntax::Yaml => serde_saphyr::from_str(text).ok(),
        }
    }
}

fn states_id(text: &str) -> bool {
    let read = front_matter(text).and_then(|(syntax, range)| syntax.read(&text[range]));
    read.is_some_and(|all| all.pointer("/extra/brief/id").is_some())
}

/// The front matter without its fences.
fn front_matter(text: &str) -> Option<(Syntax, Range<usize>)> {
    let begin = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = text[begin..].split_inclusive('\n');
    let first = lines.next()?;
    let (fence, syntax) = match first.trim_end() {
        "+++" => ("+++", Syntax::Toml),
        "---" => ("---", Syntax::Yaml),
        _ => return None,
    };
    let start = begin + first.len();
    let mut end = start;
    for line in lines {
        if line.trim_end() == fence {
            return Some((syntax, start..end));
        }
        end += line.len();
    }
    None
}

fn with_brief_id(text: &str, id: &str) -> Option<String> {
    let (syntax, range) = front_matter(text)?;
    let before = &text[range.clone()];
    let after = match syntax {
        Syntax::Toml => with_toml_id(before, id)?,
        Syntax::Yaml => with_yaml_id(before, id)?,
    };
    let mut expected = syntax.read(before)?;
    let brief = expected.get_mut("extra")?.get_mut("brief")?;
    if brief.is_null() {
        *brief = Json::Object(serde_json::Map::new());
    }
    let none = brief.as_object_mut()?.insert("id".into(), id.into());
    let is_right =
        none.is_none() && syntax.read(&after)? == expected && is_insertion(before, &after);
    is_right.then(|| format!("{}{after}{}", &text[..range.start], &text[range.end..]))
}

/// Whether one text is the other with something put in at one place.
fn is_insertion(before: &str, after: &str) -> bool {
    let same = |(a, b): &(u8, u8)| a == b;
    let head = before.bytes().zip(after.bytes()).take_while(same).count();
    let tail = (before.bytes().rev())
        .zip(after.bytes().rev())
        .take_while(same)
        .count();
    after.len() >= before.len() && head + tail >= before.len()
}

fn with_toml_id(text: &str, id: &str) -> Option<String> {
    let parsed = toml_edit::Document::parse(text).ok()?;
    let brief = parsed.get("extra")?.get("brief")?;
    if let Some(table) = brief.as_table()
        && !table.is_dotted()
        && !table.is_implicit()
    {
        // Right below its header, whose line the table's span begins in.
        let header = table.span()?.start;
        let end = header + text[header..].find('\n')? + 1;
        let begin = text[..header].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = &text[begin..header];
        let line = format!("{indent}id = \"{id}\"{}", line_ending(text));
        return Some(format!("{}{line}{}", &text[..end], &text[end..]));
    }
    if let Some(table) = brief.as_inline_table()
        && let Some(braces) = table.span()
    {
        let id = match table.is_empty() {
            true => format!(" id = \"{id}\" "),
            false => format!(" id = \"{id}\","),
        };
        let inside = braces.start + 1;
        return Some(format!("{}{id}{}", &text[..inside], &text[inside..]));
    }
    let mut edited: toml_edit::DocumentMut = text.parse().ok()?;
    edited
        .get_mut("extra")?
        .get_mut("brief")?
        .as_table_like_mut()?
        .insert("id", toml_edit::value(id));
    let edited = edited.to_string();
    // The editor writes its own line endings.
    match line_ending(text) {
        "\r\n" => Some(edited.replace("\r\n", "\n").replace('\n', "\r\n")),
        _ => Some(edited),
    }
}

fn line_ending(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((line, _)) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Puts the id below a `brief:` that is the child of `extra:`, or into its braces.
fn with_yaml_id(text: &str, id: &str) -> Option<String> {
    let mut begin = 0;
    let mut in_extra = false;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let (key, rest) = content.split_once(':').unwrap_or((content, ""));
        let key = key.trim_end();
        if indent == 0 && !content.starts_with(['#', '\r', '\n']) {
            in_extra = key == "extra";
        } else if in_extra && key == "brief" {
            let value = rest.split(" #").next().unwrap_or(rest).trim();
            if let Some(inside) = value.strip_prefix('{') {
                let at = begin + line.len() - rest.len() + rest.find('{')? + 1;
                let comma = match inside.trim_start().starts_with('}') {
                    true => "",
                    false => ", ",
                };
                return Some(format!("{}id: \"{id}\"{comma}{}", &text[..at], &text[at..]));
            }
            let end = begin + line.len();
            let child = text[end..]
                .lines()
                .find(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'))
                .map(|l| l.len() - l.trim_start_matches(' ').len())
                .filter(|child| *child > indent)
                .unwrap_or(indent + 2);
            // Quoted, for an id of digits alone would be a number.
            let line = format!("{:child$}id: \"{id}\"{}", "", line_ending(text));
            return Some(format!("{}{line}{}", &text[..end], &text[end..]));
        }
        begin += line.len();
    }
    None
}

/// Markdown as briefs are written in it.
fn markdown(body: &str) -> pulldown_cmark::OffsetIter<'_> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(body, options).into_offset_iter()
}

fn with_prediction_id(
    text: &str,
    prediction: &NamelessPrediction,
    vocabulary: &Vocabulary,
) -> Option<String> {
    let body = front_matter(text).map_or(0, |(_, range)| {
        let fence = &text[range.end..];
        range.end + fence.find('\n').map_or(fence.len(), |newline| newline + 1)
    });
    let (head, body) = text.split_at(body);
    let at = prediction.at.checked_sub(head.len())?;
    let item = item_at(body, at)?;
    let labels = label_list(body, &item, vocabulary);
    let ending = line_ending(text);
    let candidates = match labels {
        Some(first) => vec![above(body, first.start, &prediction.slug, ending)?],
        None => {
            let list = |blank| below(body, &item, &prediction.slug, ending, blank);
            vec![list(false)?, list(true)?]
        }
    };
    let edited = candidates
        .into_iter()
        .find(|edited| adds_an_item(body, edited, &prediction.slug))?;
    Some(format!("{head}{edited}"))
}

/// The outermost list item that holds a byte of the body.
fn item_at(body: &str, at: usize) -> Option<Range<usize>> {
    markdown(body)
        .filter(|(event, _)| matches!(event, Event::Start(Tag::Item)))
        .map(|(_, range)| range)
        .find(|range| range.contains(&at))
}

/// The first item of the list of labels nested in an item.
fn label_list(body: &str, item: &Range<usize>, vocabulary: &Vocabulary) -> Option<Range<usize>> {
    let mut lists = 0;
    let mut first: Option<Range<usize>> = None;
    let inside =
        markdown(body).filter(|(_, range)| range.start > item.start && range.end <= item.end);
    let mut text = None;
    for (event, range) in inside {
        match event {
            Event::Start(Tag::List(_)) => {
                lists += 1;
                if lists == 1 {
                    first = None;
                }
            }
            Event::End(TagEnd::List(_)) => lists -= 1,
            Event::Start(Tag::Item) if lists == 1 => {
                first.get_or_insert(range);
                text = Some(String::new());
            }
            Event::Text(piece) => {
                if let Some(text) = &mut text {
                    text.push_str(&piece);
                    if let Some((label, _)) = text.split_once(':')
                        && vocabulary.label(label).is_some()
                    {
                        return first;
                    }
                }
            }
            _ => {}
        }
    }
    None
}

/// Puts the id in front of a list's first item, with that item's indentation and bullet.
fn above(body: &str, first: usize, slug: &str, ending: &str) -> Option<String> {
    let begin = body[..first].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &body[begin..];
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    // Something else in front of the bullet: the first line of the item that the list is in.
    let bullet = bullet(&line[indent..])
        .filter(|_| begin + indent >= first || line[..first - begin].trim().is_empty())?;
    let (indent, bullet) = (&line[..indent], &line[indent..indent + bullet]);
    let label = label();
    Some(format!(
        "{}{indent}{bullet}{label}: {slug}{ending}{}",
        &body[..begin],
        &body[begin..]
    ))
}

/// Puts a list of one label at the end of an item.
fn below(
    body: &str,
    item: &Range<usize>,
    slug: &str,
    ending: &str,
    blank_line: bool,
) -> Option<String> {
    let begin = body[..item.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let line = &body[begin..];
    let indent = line.len() - line.trim_start_matches(' ').len();
    let width = indent + bullet(&line[indent..])?;
    let end = item.start + body[item.clone()].trim_end().len();
    let blank = if blank_line { ending } else { "" };
    let label = label();
    Some(format!(
        "{}{ending}{blank}{:width$}- {label}: {slug}{}",
        &body[..end],
        "",
        &body[end..]
    ))
}

/// The label as we write it.
fn label() -> &'static str {
    Label::ALL
        .iter()
        .find(|(label, ..)| *label == Label::Id)
        .map_or("Id", |(.., names)| names[0])
}

/// The length of a bullet or number and the spaces after it.
fn bullet(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match (digits, text.as_bytes().get(digits)?) {
        (0, b'-' | b'*' | b'+') => 1,
        (1..=9, b'.' | b')') => digits + 1,
        _ => return None,
    };
    let rest = &text[mark..];
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    (1..=4).contains(&spaces).then_some(mark + spaces)
}

/// Whether the only thing that an edit adds to a body is an item that says the id.
fn adds_an_item(before: &str, after: &str, slug: &str) -> bool {
    let events = |text| -> Vec<Event<'_>> { markdown(text).map(|(event, _)| event).collect() };
    let (old, new) = (events(before), events(after));
    let same = |(a, b): &(&Event<'_>, &Event<'_>)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = (old[head..].iter().rev())
        .zip(new[head..].iter().rev())
        .take_while(same)
        .count();
    if head + tail != old.len() {
        return false;
    }
    let added = &new[head..new.len() - tail];
    let items = added
        .iter()
        .filter(|e| matches!(e, Event::Start(Tag::Item)));
    let wanted = format!("{}: {slug}", label());
    items.count() == 1
        && added
            .iter()
            .any(|e| matches!(e, Event::Text(t) if **t == *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_changed_meanwhile_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.md");
        fs::write(&path, "someone else's").unwrap();
        let error = replace(&path, b"what was read", b"what was made of it").unwrap_err();
        assert!(error.to_string().contains("changed while"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"someone else's");
        replace(&path, b"someone else's", b"ours").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"ours");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
