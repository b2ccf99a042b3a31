//! The script that makes a page live, and how a page calls it.

use std::sync::LazyLock;

use axum::http::{StatusCode, header};
use axum::response::Response;

use super::page;
use super::{Preview, Route, Shown};
use crate::render::escape;
use crate::value::Hash;

/// The script, in reading order. Morphing is Idiomorph's, whose licence (0BSD) lies beside it.
pub const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\nif (window.__dateline) return;\nwindow.__dateline = true;\n",
    include_str!("../live/idiomorph.min.js"),
    "\n",
    include_str!("../live/parts.js"),
    include_str!("../live/look.js"),
    include_str!("../live/patch.js"),
    include_str!("../live/show.js"),
    include_str!("../live/problems.js"),
    include_str!("../live/bar.js"),
    include_str!("../live/live.js"),
    "})();\n",
);

/// The look of pages of the preview's own.
pub const OWN_STYLE: &str = include_str!("../live/page.css");

/// A script that has changed has another address, so that browsers need not ask for it again.
static VERSION: LazyLock<String> = LazyLock::new(|| format!("{:x}", Hash::of(SCRIPT.as_bytes()).0));

/// What is put into a page. The token stands in the page and not in the script, for scripts can be
/// loaded by pages of others.
pub fn tag(preview: &Preview, shown: &Shown, page: &str, more: &str) -> String {
    format!(
        "<script src=\"{}?{}\" data-dateline data-base=\"{}\" data-run=\"{}\" data-version=\"{}\" \
         data-page=\"{page}\" data-token=\"{}\"{more}></script>",
        escape::html(&preview.at(Route::Script)),
        &VERSION[..12],
        escape::html(&preview.base_path),
        preview.run,
        shown.version,
        preview.token,
    )
}

/// What tells two states of a page's own scripts from each other: one that runs cannot be taken
/// back. Scripts that only hold data (JSON-LD) change with the text and run nothing.
pub fn programs(html: &[u8]) -> String {
    let html = String::from_utf8_lossy(html);
    // Letters of ASCII alone change, so that positions stay.
    let lower = html.to_ascii_lowercase();
    let mut all = String::new();
    let mut at = 0;
    while let Some(found) = lower[at..].find("<script") {
        let begin = at + found;
        let end = lower[begin..].find("</script");
        let end = end.map_or(html.len(), |end| begin + end);
        let tag = lower[begin..end].split('>').next().unwrap_or_default();
        if !tag.contains("json") {
            all.push_str(&html[begin..end]);
        }
        at = end;
    }
    format!("{:032x}", Hash::of(all.as_bytes()).0)
}

/// One of the preview's own files.
pub fn file(text: &str, content_type: &'static str) -> Response {
    let bytes = text.as_bytes().to_vec();
    let mut response = page::with_body(StatusCode::OK, content_type, bytes);
    if content_type.starts_with("text/javascript") {
        let forever = "max-age=31536000, immutable";
        page::set(&mut response, header::CACHE_CONTROL, forever);
    }
    response
}
