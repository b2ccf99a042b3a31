//! What the author wrote: from the bytes of one file to an [`Article`]. Nothing here sees two files.

use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::data::{self, Entry};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::shares::in_shares;

pub mod article;
pub mod brief;
pub mod date;
pub mod escape;
pub mod expanded;
pub mod front_matter;
pub mod highlight;
pub mod html;
pub mod link;
pub mod markdown;
pub mod name;
pub mod sanitise;
pub mod shortcode;
pub mod source;
pub mod tables;

mod nesting;
mod outline;
mod parts;
mod tags;
mod words;

pub use article::Article;

use article::{Body, Table, Unexpanded};
use brief::{Brief, BriefParts};
use expanded::Expanded;
use front_matter::{Block, Fence};
use markdown::{Rendered, Text};
use name::FileName;
use shortcode::{Misread, MistakeKind, Output};
use source::{BYTES_MAX, Source};
use tables::Stated;

/// What became of one file. It depends on the file's bytes and the configuration alone.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Nothing, if there was no making sense of the file; with errors of other kinds, an article
    /// of what is right, so that links to it are not reported as well.
    pub article: Option<Arc<Article>>,
    pub problems: Vec<Diagnostic>,
}

/// What files were parsed into, by path; it belongs to one configuration.
#[derive(Debug, Default)]
pub struct Known {
    versions: Vec<Version>,
}

/// A file, and what it was parsed into.
#[derive(Debug)]
pub struct Version {
    pub source: Source,
    pub parsed: Parsed,
    /// What the newest version said that could be read.
    pub last_good: Option<Arc<Article>>,
}

impl Version {
    /// Parses a file. If that fails, what was good before is still what is good.
    fn new(source: &Source, config: &Config, last_good: Option<Arc<Article>>) -> Version {
        let parsed = parse(source, config);
        Version {
            source: source.clone(),
            last_good: parsed.article.clone().or(last_good),
            parsed,
        }
    }
}

impl Known {
    /// Parses files, sorted by path, in parallel. What is known of the same bytes at the same path
    /// is kept, and nothing of other paths.
    pub fn follow(&mut self, sources: &[Source], config: &Config) {
        // Bytes that nobody read again are the very same.
        let is_same = |(version, source): &(&Version, &Source)| {
            let known = &version.source;
            Arc::ptr_eq(&known.path, &source.path) && Arc::ptr_eq(&known.bytes, &source.bytes)
        };
        let both = self.versions.iter().zip(sources);
        let from = both.take_while(is_same).count();
        let (versions, sources) = (&self.versions[from..], &sources[from..]);
        let from_behind = versions.iter().rev().zip(sources.iter().rev());
        let behind = from_behind.take_while(is_same).count();
        let range = from..self.versions.len() - behind;
        let sources = &sources[..sources.len() - behind];
        let mut known = self.versions.drain(range).peekable();
        let followed = sources.iter().map(|source| {
            if let Some(same) = known.next_if(|version| is_same(&(version, source))) {
                return Ok(same);
            }
            while known.next_if(|v| v.source.path < source.path).is_some() {}
            let before = known.next_if(|v| v.source.path == source.path);
            match before {
                Some(before) if before.source.bytes == source.bytes => Ok(before),
                before => Err(before.and_then(|before| before.last_good)),
            }
        });
        let followed: Vec<Result<Version, Option<Arc<Article>>>> = followed.collect();
        let parsed = in_shares(followed.into_par_iter().zip(sources));
        let parsed = parsed.map(|(known, source)| {
            known.unwrap_or_else(|last_good| Version::new(source, config, last_good))
        });
        let parsed: Vec<Version> = parsed.collect();
        drop(known);
        self.versions.splice(from..from, parsed);
    }

    /// What became of the files, in their order.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }
}

/// Parses one file. If its body calls shortcodes, the body waits for what they are expanded to.
pub fn parse(source: &Source, config: &Config) -> Parsed {
    parse_with(source, config, None)
}

/// Parses a file whose body calls shortcodes, with the output of each in their order.
pub fn parse_expanded(source: &Source, config: &Config, outputs: &[Output]) -> Parsed {
    parse_with(source, config, Some(outputs))
}

fn parse_with(source: &Source, config: &Config, outputs: Option<&[Output]>) -> Parsed {
    let mut problems = Diagnostics::default();
    let file: Arc<str> = format!("content/{}", source.path).into();
    let context = Context {
        file: &file,
        name: FileName::new(&source.path, config),
        config,
    };
    let article = article(source, &context, outputs, &mut problems);
    Parsed {
        article: article.map(Arc::new),
        problems: problems.into_vec(),
    }
}

/// What the reading of a file's front matter depends on, beside its text.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// From the root of the site: what a [`Place`] names.
    pub file: &'a Arc<str>,
    pub name: FileName<'a>,
    pub config: &'a Config,
}

fn article(
    source: &Source,
    context: &Context<'_>,
    outputs: Option<&[Output]>,
    problems: &mut Diagnostics,
) -> Option<Article> {
    let Context { file, name, config } = context;
    // What is wrong with the front matter was said before the body was expanded.
    let mut said = Diagnostics::default();
    let of_front_matter = match outputs {
        Some(_) => &mut said,
        None => &mut *problems,
    };
    let text = readable(source, file, of_front_matter)?;
    let (entries, start) = entries(text, file, of_front_matter)?;
    if let Some(code) = name.unknown_language {
        of_front_matter.unknown_language(Place::whole(file), code);
    }
    let (front_matter, extra) = front_matter::read(entries, context, of_front_matter);
    let stated = tables::read(extra, front_matter.date.as_ref(), context, of_front_matter);
    let is_brief = matches!(stated, Stated::Brief(_));
    let text = Text {
        file,
        text,
        start,
        expanded: None,
    };
    let mut misread = Vec::new();
    let pieces = shortcode::find(
        text.text,
        text.start,
        outside_code(&text, (config, is_brief), &mut misread),
    );
    let (rendered, unexpanded) = body(
        source,
        &text,
        (config, is_brief),
        (pieces, outputs),
        problems,
    );
    Some(Article {
        path: source.path.clone(),
        file: Arc::clone(file),
        language: name.language.clone(),
        front_matter,
        body: rendered.body,
        table: with_parts(stated, rendered.parts),
        unexpanded: unexpanded.map(Box::new),
        misread,
    })
}

/// Keeps of what is misread what does not stand in code, which may well show such calls.
fn outside_code(
    text: &Text<'_>,
    (config, is_brief): (&Config, bool),
    kept: &mut Vec<Misread>,
) -> impl FnMut(Misread) {
    let body = &text.text[text.start..];
    let mut code = None;
    move |found| {
        if kept.len() == shortcode::MISREAD_MAX {
            return;
        }
        let code = code.get_or_insert_with(|| markdown::code(body, config, is_brief));
        let at = found.bytes.start - text.start;
        let next = code.partition_point(|range| range.end <= at);
        if code.get(next).is_none_or(|range| at < range.start) {
            kept.push(found);
        }
    }
}

/// The body of a file, or what there is to expand before it can be read.
fn body(
    source: &Source,
    text: &Text<'_>,
    (config, is_brief): (&Config, bool),
    (pieces, outputs): (shortcode::Found, Option<&[Output]>),
    problems: &mut Diagnostics,
) -> (Rendered, Option<Unexpanded>) {
    let unread = || Rendered {
        body: Body {
            words: words::count(&text.text[text.start..]),
            is_unread: true,
            ..Body::default()
        },
        parts: is_brief.then(BriefParts::default),
    };
    let pieces = match pieces {
        Ok(None) => return (markdown::render(text, config, is_brief, problems), None),
        Ok(Some(pieces)) => pieces,
        Err(mistake) => {
            let place = Place::bytes(text.file, mistake.bytes);
            match mistake.kind {
                MistakeKind::Unclosed => problems.unclosed_shortcode(place),
                MistakeKind::Unopened => problems.unopened_shortcode(place),
                MistakeKind::TooMany => {
                    problems.too_many_shortcodes(place, shortcode::CALLS_MAX, shortcode::DEPTH_MAX)
                }
            }
            return (unread(), None);
        }
    };
    let outputs = match outputs {
        Some(outputs) => outputs,
        None if !shortcode::has_calls(&pieces) => &[],
        None => {
            let source = source.clone();
            return (unread(), Some(Unexpanded { source, pieces }));
        }
    };
    let expanded = Expanded::new(text.text, &pieces, outputs);
    let text = Text {
        expanded: Some(&expanded),
        ..*text
    };
    (markdown::render(&text, config, is_brief, problems), None)
}

/// The text of a file, if it is text of a size that can be read.
fn readable<'a>(
    source: &'a Source,
    file: &Arc<str>,
    problems: &mut Diagnostics,
) -> Option<&'a str> {
    let length = source.bytes.len();
    if length > BYTES_MAX {
        problems.too_large(Place::whole(file), length, BYTES_MAX);
        return None;
    }
    match std::str::from_utf8(&source.bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let start = error.valid_up_to();
            let end = error.error_len().map_or(length, |n| start + n);
            problems.invalid_utf8(Place::bytes(file, start..end));
            None
        }
    }
}

/// The front matter of a file as data, and where the body begins.
fn entries(text: &str, file: &Arc<str>, problems: &mut Diagnostics) -> Option<(Vec<Entry>, usize)> {
    let Block { fence, bytes, body } = front_matter::find(text, file, problems)?;
    let tree = match fence {
        Fence::Toml => data::parse_toml(&text[bytes.clone()], bytes.start),
        Fence::Yaml => data::parse_yaml(&text[bytes.clone()], bytes.start),
    };
    let is_readable = tree.mistakes.iter().all(|mistake| mistake.is_date);
    for mistake in tree.mistakes {
        let place = Place::bytes(file, mistake.bytes.clone());
        if mistake.is_date {
            problems.bad_date(place, &text[mistake.bytes]);
        } else {
            problems.bad_front_matter(place, &mistake.message);
        }
    }
    is_readable.then_some((tree.entries, body))
}

/// Joins what the front matter and what the body say of a brief.
fn with_parts(stated: Stated, parts: Option<BriefParts>) -> Table {
    match stated {
        Stated::None => Table::None,
        Stated::Company(company) => Table::Company(company),
        Stated::Comparison(comparison) => Table::Comparison(comparison),
        Stated::Event => Table::Event,
        Stated::Week(week) => Table::Week(week),
        Stated::Brief(keys) => {
            let parts = parts.expect("the body of a brief is rendered with its parts");
            Table::Brief(Box::new(Brief {
                place: keys.place,
                states_id: keys.states_id,
                id: keys.id,
                source: keys.source,
                collected: keys.collected,
                event: keys.event,
                analysis: keys.analysis,
                companies: keys.companies,
                parts: parts.parts,
                lead: parts.lead,
                prose: parts.prose,
                tldr: parts.tldr,
                takeaways: parts.takeaways,
                tables: parts.tables,
                predictions: parts.predictions,
                timeline: parts.timeline,
                corrections: parts.corrections,
                citations: parts.citations,
            }))
        }
    }
}
