//! Links to headings that stand in them, where the site or a section asks for it (Zola's
//! documentation, "Internal links & deep linking").

use std::sync::Arc;

use super::{Entry, Site, addresses, sections};
use crate::config::AnchorPlace;
use crate::content::article::{Fragment, Heading};

/// Stands for the id of the heading: a Unicode noncharacter, which no template escapes.
pub const ID: char = '\u{FDD4}';
/// Headings have this many levels.
pub const LEVELS: usize = 6;

/// The links as the theme's `anchor-link.html` makes them, [`ID`] in the place of the id: of each
/// language, the default one first, one for each level. Empty: as Zola makes them.
pub type AnchorLinks = Arc<[Arc<str>]>;

impl Site {
    /// A slice of an entry's content as HTML, with links in its headings if they are wanted.
    pub fn content_html(&self, entry: &Entry, fragment: Fragment) -> Arc<str> {
        let place = self.anchor_place(entry);
        if place == AnchorPlace::None {
            return self.html(entry, fragment);
        }
        let mut html = String::new();
        let mut at = fragment.start;
        let mut push = |html: &mut String, end: u32| {
            let piece = Fragment { start: at, end };
            html.push_str(&self.html(entry, piece));
            at = end;
        };
        for heading in &entry.article.body.headings {
            let inside = heading.html;
            if inside.start < fragment.start || inside.end > fragment.end {
                continue;
            }
            push(&mut html, inside.start);
            let link = self.anchor_link(entry, heading);
            match place {
                AnchorPlace::Left => html.push_str(&link),
                AnchorPlace::Heading => html.push_str(opening_tag(&link)),
                AnchorPlace::Right | AnchorPlace::None => {}
            }
            push(&mut html, inside.end);
            match place {
                AnchorPlace::Right => html.push_str(&link),
                AnchorPlace::Heading => html.push_str("</a>"),
                AnchorPlace::Left | AnchorPlace::None => {}
            }
        }
        push(&mut html, fragment.end);
        html.into()
    }

    /// As the section itself says, or that of the page's own folder; else as config says.
    fn anchor_place(&self, entry: &Entry) -> AnchorPlace {
        let is_section = entry.front_matter().section.is_some();
        let stated = if is_section {
            sections::keys(entry).insert_anchor_links
        } else {
            self.section_beside(entry)
                .and_then(|section| sections::keys(section).insert_anchor_links)
        };
        stated.unwrap_or(self.config.markdown.insert_anchor_links)
    }

    /// The section of the folder that a page lies in, whether or not it passes its pages on.
    fn section_beside(&self, page: &Entry) -> Option<&Entry> {
        let path = &page.article.path;
        let above = |path: &'_ str| path.rfind('/').map_or(0, |slash| slash + 1);
        let folder = match addresses::colocated_folder(&page.article) {
            Some(own) => &path[..above(own)],
            None => &path[..above(path)],
        };
        let language = page.article.language.as_ref();
        let language = language.map_or_else(String::new, |code| format!(".{code}"));
        let section = self.find(&format!("{folder}_index{language}.md"))?;
        Some(self.entry(section))
    }

    fn anchor_link(&self, entry: &Entry, heading: &Heading) -> String {
        let mut id = String::with_capacity(heading.id.len());
        super::links::push_escaped(&heading.id, &mut id);
        let language = entry.article.language.as_ref().and_then(|own| {
            let position = self.config.languages.iter().position(|code| code == own);
            Some(position? + 1)
        });
        let number = language.unwrap_or(0) * LEVELS + usize::from(heading.level) - 1;
        match self.anchor_links.get(number) {
            Some(link) => link.replace(ID, &id),
            None => format!(
                "<a class=\"zola-anchor\" href=\"#{id}\" aria-label=\"Anchor link for: {id}\">🔗</a>"
            ),
        }
    }
}

/// The opening tag of a link, which is put around the words of the heading.
fn opening_tag(link: &str) -> &str {
    link.find('>').map_or(link, |end| &link[..=end])
}
