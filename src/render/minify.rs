//! HTML without what a browser does not need, where `minify_html` or `--minify` asks for it.

use std::sync::LazyLock;
use std::thread;

use minify_html::{Cfg, minify};
use regex::Regex;

/// Bytes of stack that the crate may take for an element in an element, and for a bracket of a
/// style sheet in a bracket: in a debug build, where they were measured, and rounded up.
const STACK_OF_ELEMENT: usize = 8 << 10;
const STACK_OF_BRACKET: usize = 128 << 10;
/// For everything else.
const STACK_FREE: usize = 1 << 20;
/// Of a thread; only what is used of it is memory. Few pages come near a tenth of it.
const STACK_MAX: usize = 1 << 30;

/// Functions of style sheets that the crate may read twice, and all that stands in them too: the
/// work doubles with each that stands in another. A name may be spelt with escapes.
static DOUBLING: LazyLock<Regex> = LazyLock::new(|| {
    let names = "calc|min|max|clamp|round|mod|rem|sin|cos|tan|atan2?|pow|sqrt|hypot|log|exp|abs|sign|light-dark";
    let escaped = r"\\[0-9a-z][\w\\ -]*";
    Regex::new(&format!(r"(?i)(?:{names}|{escaped})\(")).expect("it is a regular expression")
});
/// Style sheets with more of them are left as they are.
const DOUBLING_MAX: usize = 16;

/// A page without white space, comments and tags that a browser does not miss, and with its style
/// sheets minified: as Zola does it, so that both write the same. The text of `<pre>` and
/// `<textarea>` stays, and so do scripts. What the crate cannot get over stays as it is.
pub fn html(page: String) -> String {
    let with_css = stack(&page, true);
    let minify_css = with_css <= STACK_MAX && DOUBLING.find_iter(&page).nth(DOUBLING_MAX).is_none();
    let stack = if minify_css {
        with_css
    } else {
        stack(&page, false)
    };
    if stack > STACK_MAX {
        return page;
    }
    let choices = Cfg {
        keep_html_and_head_opening_tags: true,
        minify_css,
        ..Cfg::default()
    };
    // A thread of its own, for a page that nests a hundred thousand elements must not end the
    // build: the crate goes down the stack for each.
    let minified = thread::scope(|scope| {
        let minifier = thread::Builder::new().stack_size(stack);
        let running = minifier.spawn_scoped(scope, || minify(page.as_bytes(), &choices));
        running.ok().and_then(|running| running.join().ok())
    });
    minified
        .and_then(|html| String::from_utf8(html).ok())
        .unwrap_or(page)
}

/// Bytes that suffice for a page, were everything in it nested in everything before it.
fn stack(page: &str, with_css: bool) -> usize {
    let bytes = page.as_bytes();
    let elements = bytes
        .windows(2)
        .filter(|pair| pair[0] == b'<' && pair[1].is_ascii_alphabetic());
    let brackets = bytes
        .iter()
        .filter(|byte| with_css && matches!(byte, b'{' | b'(' | b'['));
    STACK_FREE + elements.count() * STACK_OF_ELEMENT + brackets.count() * STACK_OF_BRACKET
}
