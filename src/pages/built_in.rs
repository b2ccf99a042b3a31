//! Files that are in the program: those of the built-in theme, and what our views need in any other.

use super::View;
use super::proposals::Proposing;
use crate::address::Address;
use crate::input::FileBytes;
use crate::site::Site;

/// The static files of the built-in theme, by path.
pub const FILES: &[(&str, &[u8])] = &[
    (
        "dateline.css",
        include_bytes!("../../themes/dateline/static/dateline.css"),
    ),
    (
        "dateline.js",
        include_bytes!("../../themes/dateline/static/dateline.js"),
    ),
    (
        "dateline.svg",
        include_bytes!("../../themes/dateline/static/dateline.svg"),
    ),
];

/// The style sheet of our views where another theme lays out their pages. It touches nothing outside
/// of an element of the class `dateline-view`.
const VIEWS: (&str, &[u8]) = ("dateline-views.css", include_bytes!("views.css"));

/// Plans what a theme other than the built-in one does not have. Where its `page.html` fails on a
/// view, the built-in page stands in, which needs its own files.
pub fn propose(site: &Site, proposals: &mut Proposing) {
    if site.theme_is_ours {
        return;
    }
    for (path, bytes) in FILES.iter().chain([&VIEWS]) {
        let bytes = FileBytes::Embedded(bytes);
        proposals.ours(Address::file(path), View::File { bytes });
    }
}
