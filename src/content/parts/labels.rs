//! Labels: `Label: value` at the start of an item, `**Label:** value` at the start of a paragraph.

use std::ops::Range;

use super::Reader;
use crate::config::Label;
use crate::content::outline::Node;

/// Longest text before a colon that can be a label.
const LABEL_LENGTH_MAX: usize = 60;

/// A paragraph that begins with what may be a label.
pub struct Labelled<'a> {
    /// As written, without its colon.
    pub name: &'a str,
    /// The label, if it is known.
    pub label: Option<Label>,
    /// The value, in bytes of the HTML.
    pub html: Range<usize>,
    /// The value without markup.
    pub text: &'a str,
}

impl<'a> Reader<'a, '_> {
    /// The label and the value of a paragraph, if it has a colon early enough.
    pub fn labelled(&self, paragraph: &Node) -> Option<Labelled<'a>> {
        let text = self.outline.raw_text(paragraph.text.clone());
        let colon = text.find(':').filter(|at| *at <= LABEL_LENGTH_MAX)?;
        let start = self
            .outline
            .html_after(paragraph.inner.start, &text[..=colon])?;
        Some(Labelled {
            name: text[..colon].trim(),
            label: self.source.config.dateline.vocabulary.label(&text[..colon]),
            html: start.min(paragraph.inner.end)..paragraph.inner.end,
            text: text[colon + 1..].trim(),
        })
    }

    /// Whether a paragraph begins in bold.
    pub fn is_bold(&self, paragraph: &Node) -> bool {
        self.outline.html[paragraph.inner.clone()].starts_with("<strong>")
    }
}
