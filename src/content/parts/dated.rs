//! Timeline and corrections: items that begin with a date, or H3 headings that are one.

use std::ops::Range;

use super::{Reader, Section};
use crate::content::article::Dated;
use crate::content::date::PartialDate;
use crate::content::outline::{Kind, Node};

/// Most items of a timeline or of corrections that one brief may have.
const DATED_MAX: usize = 500;

/// What a text begins with.
enum Begin {
    /// A date, and the bytes that it takes together with what parts it from what follows.
    Date(PartialDate, usize),
    /// Something written like a date that is none, and its length.
    Impossible(usize),
    Other,
}

impl Reader<'_, '_> {
    pub fn timeline(&mut self, section: &Section) {
        let (mut dated, without) = self.dated(section);
        self.limit("Timeline", &mut dated);
        self.parts.timeline = dated;
        for place in without {
            self.problems.timeline_without_date(place);
        }
    }

    pub fn corrections(&mut self, section: &Section) {
        let (mut dated, without) = self.dated(section);
        self.limit("Corrections", &mut dated);
        self.parts.corrections = dated;
        for place in without {
            self.problems.correction_without_date(place);
        }
    }

    /// Reports and leaves out items that are too many: each year has a page of its own.
    fn limit(&mut self, part: &str, dated: &mut Vec<Dated>) {
        if let Some(first) = dated.get(DATED_MAX) {
            let place = first.place.clone();
            self.problems
                .too_many_terms(part, dated.len(), DATED_MAX, place);
            dated.truncate(DATED_MAX);
        }
    }

    /// The dated items of a section, and where the items without a date are.
    fn dated(&mut self, section: &Section) -> (Vec<Dated>, Vec<crate::diagnostic::Place>) {
        let (mut dated, mut without) = (Vec::new(), Vec::new());
        let blocks = self.blocks(section);
        // Under a heading that is a date, a list is part of what happened then.
        let mut is_under_date = false;
        for (at, (index, node)) in blocks.iter().enumerate() {
            match node.kind {
                Kind::Heading(3, _) => {
                    let item = self.dated_heading(&blocks, at);
                    is_under_date = item.is_some();
                    dated.extend(item);
                }
                Kind::Heading(..) => is_under_date = false,
                Kind::List if !is_under_date => {
                    for (item, node) in self.outline.children(*index) {
                        match self.dated_item(item, node) {
                            Ok(item) => dated.extend(item),
                            Err(()) => without.push(self.place(node)),
                        }
                    }
                }
                _ => {}
            }
        }
        (dated, without)
    }

    fn dated_heading(&mut self, blocks: &[(usize, &Node)], at: usize) -> Option<Dated> {
        let heading = blocks[at].1;
        let text = self.outline.raw_text(heading.text.clone()).trim();
        let (date, length) = match begin(text, false) {
            Begin::Date(date, length) => (date, length),
            Begin::Impossible(length) => {
                self.problems
                    .bad_date_in_part(self.place(heading), &text[..length]);
                return None;
            }
            Begin::Other => return None,
        };
        let under = self.under(blocks, at);
        let has_title = length < text.len();
        let (html, text) = match under {
            // A heading that says more than the date belongs to the text.
            Some((html, below)) if has_title => {
                let end = html.end.max(blocks[at + 1].1.outer.end);
                (heading.outer.start..end, heading.text.start..below.end)
            }
            Some(under) => under,
            None if has_title => {
                let start = self
                    .outline
                    .html_after(heading.inner.start, &text[..length]);
                let text = heading.text.start + length..heading.text.end;
                (
                    start.unwrap_or(heading.inner.start)..heading.inner.end,
                    text,
                )
            }
            None => return None,
        };
        Some(self.make_dated(date, html, text, heading))
    }

    /// The date of an item and what follows it. An impossible date is reported here.
    fn dated_item(&mut self, item: usize, node: &Node) -> Result<Option<Dated>, ()> {
        let paragraph = self.first_paragraph(item).ok_or(())?;
        let text = self.outline.raw_text(paragraph.text.clone());
        let indent = text.len() - text.trim_start().len();
        let (date, length) = match begin(text.trim_start(), self.is_bold(paragraph)) {
            Begin::Date(date, length) => (date, indent + length),
            Begin::Impossible(length) => {
                let found = &text[indent..indent + length];
                self.problems.bad_date_in_part(self.place(node), found);
                return Ok(None);
            }
            Begin::Other => return Err(()),
        };
        let after = self
            .outline
            .html_after(paragraph.inner.start, &text[..length]);
        let is_tight = paragraph.outer == paragraph.inner;
        let is_only = self.outline.children(item).count() == 1;
        let html = match after {
            Some(start) if is_tight => start..node.inner.end.max(start),
            Some(start) if is_only => start..paragraph.inner.end.max(start),
            // The date stands in the first of several paragraphs and cannot be cut out of them.
            _ => node.inner.clone(),
        };
        let text = paragraph.text.start + length..node.text.end;
        Ok(Some(self.make_dated(date, html, text, node)))
    }

    fn make_dated(
        &self,
        date: PartialDate,
        html: Range<usize>,
        text: Range<usize>,
        node: &Node,
    ) -> Dated {
        Dated {
            date,
            html: self.outline.fragment(html),
            text: self.outline.plain(text),
            place: self.place(node),
        }
    }
}

/// Reads the date that a text begins with. A year alone needs bold or a colon or dash after it, for
/// any four digits are one.
fn begin(text: &str, is_bold: bool) -> Begin {
    let token = date_token(text);
    let bytes = token.as_bytes();
    if bytes.len() < 4 || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return Begin::Other;
    }
    let after = &text[token.len()..];
    let rest = after.trim_start();
    let parted = rest
        .strip_prefix([':', '–', '—'])
        .or_else(|| rest.strip_prefix("- "))
        .map(str::trim_start);
    let is_year = token.len() == 4;
    if is_year && parted.is_none() && !is_bold && !rest.is_empty() {
        return Begin::Other;
    }
    match PartialDate::parse(token) {
        Some(date) => Begin::Date(date, text.len() - parted.unwrap_or(rest).len()),
        None if bytes.get(4).is_none_or(|b| b"-/.QqHh".contains(b)) => {
            Begin::Impossible(token.len())
        }
        None => Begin::Other,
    }
}

/// What a text begins with that may be meant as a date: `2026-04-30`.
pub fn date_token(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '/' | '.'))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['-', '/', '.'])
}
