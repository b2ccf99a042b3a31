//! Files that are in the program: those of the built-in theme, and what our views need in any other.

use super::proposals::Proposing;
use super::{Page, View};
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

/// Plans what a theme other than the built-in one does not have. Where it has no template, or its
/// `page.html` fails on a view, the built-in page stands in, which needs its own files
/// ([`is_for_stand_ins`]).
pub fn propose(site: &Site, has_views: bool, proposals: &mut Proposing) {
    if site.theme_is_ours {
        return;
    }
    let views = has_views.then_some(&VIEWS);
    for (path, bytes) in FILES.iter().chain(views) {
        let bytes = FileBytes::Embedded(bytes);
        proposals.ours(Address::file(path), View::File { bytes });
    }
}

/// Whether a file is of use only to pages that the built-in theme lays out in another one. Whether
/// there are any is known when all pages are made.
pub fn is_for_stand_ins(page: &Page, site: &Site) -> bool {
    let bytes = |path: &str| {
        FILES
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, b)| *b)
    };
    match &page.view {
        View::File {
            bytes: FileBytes::Embedded(embedded),
        } => !site.theme_is_ours && bytes(&page.address.output_file()) == Some(*embedded),
        _ => false,
    }
}
