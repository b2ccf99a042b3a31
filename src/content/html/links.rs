//! Links and images: checked in briefs, recorded for the site to resolve.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType};

use super::Writer;
use crate::content::article::{HOLE_END, HOLE_START, Link, Target};
use crate::content::escape::{push_address, push_attribute, push_text};
use crate::content::expanded::without_marks;
use crate::content::link::{self, Reach};

/// An image whose description is being written.
pub struct OpenImage<'a> {
    title: CowStr<'a>,
    /// Spans and images inside of the description.
    inside: usize,
    /// Only the description is shown, because the address was refused.
    is_refused: bool,
}

impl<'a> Writer<'a, '_> {
    pub fn link(&mut self, kind: LinkType, address: &str, title: &str, range: &Range<usize>) {
        self.closers.push("</a>");
        let address = &*self.own_address(address, range);
        if kind == LinkType::Email {
            self.push("<a href=\"mailto:");
            push_address(&mut self.out.outline.html, address);
            self.finish_link_tag(title);
            return;
        }
        if self.source.is_brief && !link::is_safe_link(address) {
            self.problems.unsafe_address(self.place(range), address);
            self.push("<a>");
            return;
        }
        let reach = link::reach(address, false);
        if matches!(reach, Reach::Web) {
            self.begin_footnote_link(address);
            if self.source.config.markdown.marks_external_links() {
                self.push_external(title);
                push_address(&mut self.out.outline.html, address);
                self.push("\">");
                return;
            }
        }
        self.push("<a href=\"");
        self.push_target(reach, address, range);
        self.finish_link_tag(title);
    }

    /// An address without marks of shortcodes: their HTML is no part of an address.
    fn own_address<'t>(&mut self, address: &'t str, range: &Range<usize>) -> Cow<'t, str> {
        let own = without_marks(address);
        if own.len() < address.len() {
            let place = self.place(range);
            self.problems.shortcode_in_address(place);
        }
        own
    }

    fn finish_link_tag(&mut self, title: &str) {
        self.push_title(title);
        self.push("\">");
    }

    /// Closes the last attribute's value but for its quote, and opens that of the title.
    fn push_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.push("\" title=\"");
            push_attribute(&mut self.out.outline.html, &without_marks(title));
        }
    }

    /// The begin of a link to another site, its attributes in the order in which Zola has them.
    fn push_external(&mut self, title: &str) {
        let markdown = &self.source.config.markdown;
        let relations = [
            (markdown.external_links_target_blank, "noopener"),
            (markdown.external_links_no_follow, "nofollow"),
            (markdown.external_links_no_referrer, "noreferrer"),
            (markdown.external_links_external, "external"),
        ];
        self.push("<a ");
        if let Some(class) = &markdown.external_links_class {
            self.push("class=\"");
            push_attribute(&mut self.out.outline.html, class);
            self.push("\" ");
        }
        let relations = relations.into_iter();
        let relations: Vec<&str> = relations
            .filter_map(|(is_wanted, relation)| is_wanted.then_some(relation))
            .collect();
        if !relations.is_empty() {
            self.push("rel=\"");
            self.push(&relations.join(" "));
            self.push("\" ");
        }
        if markdown.external_links_target_blank {
            self.push("target=\"_blank\" ");
        }
        if !title.is_empty() {
            self.push("title=\"");
            push_attribute(&mut self.out.outline.html, &without_marks(title));
            self.push("\" ");
        }
        self.push("href=\"");
    }

    /// Writes an address, or a hole for it, and records what the site has to check.
    fn push_target(&mut self, reach: Reach, address: &str, range: &Range<usize>) {
        let place = self.place(range);
        let source = &self.source;
        let may_be_plain = !source.is_brief && !source.config.is_dateline;
        let reach = match reach {
            // On a plain Zola site the permalink of the page comes before it.
            Reach::Checked(target @ Target::Here { .. }) if may_be_plain => Reach::Hole(target),
            other => other,
        };
        match reach {
            Reach::Hole(target) => {
                let index = self.out.links.len();
                self.out.links.push(Link { target, place });
                write!(self.out.outline.html, "{HOLE_START}{index}{HOLE_END}")
                    .expect("writing into a string does not fail");
            }
            Reach::Checked(target) => {
                self.out.links.push(Link { target, place });
                push_address(&mut self.out.outline.html, address);
            }
            Reach::Web | Reach::Free => push_address(&mut self.out.outline.html, address),
        }
    }

    pub fn image(&mut self, address: &str, title: CowStr<'a>, range: &Range<usize>) {
        let address = &*self.own_address(address, range);
        let is_refused = self.source.is_brief && !link::is_safe_image(address);
        if is_refused {
            self.problems.unsafe_address(self.place(range), address);
        } else {
            self.push("<img src=\"");
            self.push_target(link::reach(address, true), address, range);
            self.push("\" alt=\"");
        }
        self.image = Some(OpenImage {
            title,
            inside: 0,
            is_refused,
        });
    }

    /// What stands in the brackets of an image, as text of an attribute.
    pub fn describe_image(&mut self, event: Event<'a>) {
        match event {
            Event::Start(_) => {
                if let Some(image) = &mut self.image {
                    image.inside += 1;
                }
            }
            Event::End(_) => self.end_in_image(),
            Event::Html(_) => {}
            Event::Text(text) => {
                let text = self.with_emoji(&text).into_owned();
                self.describe(&text);
                self.note_title(&text);
            }
            Event::Code(text) => {
                self.describe(&text);
                self.note_title(&text);
            }
            Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.describe(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => self.describe(" "),
            Event::FootnoteReference(label) => {
                let index = self.footnote(&label);
                let number = self.out.outline.footnotes[index].number;
                self.describe(&format!("[{number}]"));
            }
            Event::TaskListMarker(is_done) => self.describe(if is_done { "[x]" } else { "[ ]" }),
        }
    }

    fn describe(&mut self, text: &str) {
        let text = &*without_marks(text);
        let outline = &mut self.out.outline;
        outline.text.push_str(text);
        if self.image.as_ref().is_some_and(|image| image.is_refused) {
            push_text(&mut outline.html, text);
        } else {
            push_attribute(&mut outline.html, text);
        }
    }

    fn end_in_image(&mut self) {
        match self.image.take() {
            Some(mut image) if image.inside > 0 => {
                image.inside -= 1;
                self.image = Some(image);
            }
            Some(image) if !image.is_refused => {
                self.push_title(&image.title);
                let loading = if self.source.config.markdown.lazy_async_image {
                    "\" loading=\"lazy\" decoding=\"async\" />"
                } else {
                    "\" />"
                };
                self.push(loading);
            }
            _ => {}
        }
    }
}
