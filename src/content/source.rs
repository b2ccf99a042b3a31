//! A file of `content/` as it was read.

use std::sync::Arc;

/// A Markdown file, not parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// From `content/`, with `/`: `briefs/x.md`.
    pub path: Arc<str>,
    pub bytes: Arc<[u8]>,
}

/// Largest file that is read as Markdown.
pub const BYTES_MAX: usize = 4 << 20;
