//! HTML without what a browser does not need, where `minify_html` or `--minify` asks for it.

use html_minifier::HTMLMinifier;

/// A page with white space collapsed and comments left out. The text of `<pre>`, `<textarea>` and
/// `<code>` stays, and so do scripts; a page that is no whole HTML stays as it is.
pub fn html(page: String) -> String {
    let mut minifier = HTMLMinifier::new();
    minifier.set_minify_code(false);
    minifier.set_minify_js(false);
    let minified = minifier
        .digest(&page)
        .and_then(|()| minifier.into_html())
        .ok()
        .and_then(|html| String::from_utf8(html).ok());
    minified.unwrap_or(page)
}
