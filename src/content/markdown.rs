//! The body of an article as HTML.

use std::sync::Arc;

use super::article::{Body, Dated, Fragment};
use super::brief::{Citation, ComparisonTable, Part, Prediction, Tldr};
use crate::config::Config;
use crate::diagnostic::Diagnostics;

/// The Markdown of a file.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    pub file: &'a Arc<str>,
    /// The whole file, front matter included, so that offsets are those of the file.
    pub text: &'a str,
    /// Where the body begins, in bytes of `text`.
    pub start: usize,
}

/// A body, and of a brief its parts.
#[derive(Debug)]
pub struct Rendered {
    pub body: Body,
    pub parts: Option<BriefParts>,
}

/// The fields of a [`super::brief::Brief`] that its body gives.
#[derive(Debug, Default)]
pub struct BriefParts {
    pub parts: Vec<Part>,
    pub prose: Vec<Fragment>,
    pub tldr: Tldr,
    pub takeaways: Vec<Fragment>,
    pub tables: Vec<ComparisonTable>,
    pub predictions: Vec<Prediction>,
    pub timeline: Vec<Dated>,
    pub corrections: Vec<Dated>,
    pub citations: Vec<Citation>,
}

/// Renders the body of a file.
pub fn render(
    text: &Text<'_>,
    _config: &Config,
    is_brief: bool,
    _problems: &mut Diagnostics,
) -> Rendered {
    let source = &text.text[text.start..];
    let end = u32::try_from(source.len()).unwrap_or(u32::MAX);
    Rendered {
        body: Body {
            html: source.into(),
            content: Fragment { start: 0, end },
            words: source.split_whitespace().count(),
            ..Body::default()
        },
        parts: is_brief.then(BriefParts::default),
    }
}
