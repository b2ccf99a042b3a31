//! Summaries: what stands before `<!-- more -->`, and how one ends that breaks off in a block.

use std::fmt;
use std::sync::Arc;

use super::{Entry, Site};
use crate::content::article::CUTOFF_MARK;

/// How Zola ends a summary that breaks off.
pub const ELLIPSIS: &str = "&hellip;\n";

/// What the theme's `summary-cutoff.html` makes of a summary and the language of its page. None:
/// [`ELLIPSIS`].
#[derive(Clone, Default)]
pub struct Cutoff(Option<Arc<Make>>);

type Make = dyn Fn(&str, &str) -> String + Send + Sync;

impl Cutoff {
    pub fn new(make: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Cutoff {
        Cutoff(Some(Arc::new(make)))
    }
}

impl fmt::Debug for Cutoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cutoff").field(&self.0.is_some()).finish()
    }
}

impl Site {
    /// The summary of an entry as HTML, if it has one.
    pub fn summary_html(&self, entry: &Entry) -> Option<Arc<str>> {
        let html = self.content_html(entry, entry.article.body.summary?);
        let Some((before, closing)) = html.split_once(CUTOFF_MARK) else {
            return Some(html);
        };
        let language = entry.article.language.as_ref();
        let language = language.unwrap_or(&self.config.default_language);
        let cutoff = match &self.cutoff.0 {
            Some(make) => make(before, language),
            None => ELLIPSIS.to_owned(),
        };
        Some([before, &cutoff, closing].concat().into())
    }
}
