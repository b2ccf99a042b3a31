//! Footnotes: pulldown-cmark's HTML, to which briefs add ids that last and a link back.

use std::fmt::Write as _;
use std::ops::Range;

use super::Writer;
use crate::content::escape::push_attribute;
use crate::content::outline::{Footnote, Kind};

impl Writer<'_, '_> {
    /// The index of the footnote with a label, which may be mentioned here for the first time.
    pub fn footnote(&mut self, label: &str) -> usize {
        let is_brief = self.source.is_brief;
        // Labels are the same in any case; pulldown-cmark's renderer does not know that.
        let key = if is_brief {
            label.to_lowercase()
        } else {
            label.to_owned()
        };
        if let Some(index) = self.footnotes.get(&key) {
            return *index;
        }
        let anchor = if is_brief {
            self.unique_id(format!("fn-{}", slug::slugify(&key)))
        } else {
            label.to_owned()
        };
        let index = self.out.outline.footnotes.len();
        self.out.outline.footnotes.push(Footnote {
            label: label.into(),
            anchor: anchor.into(),
            number: index + 1,
            references: 0,
            is_defined: false,
            back_link: None,
            link: None,
        });
        self.footnotes.insert(key, index);
        index
    }

    pub fn footnote_reference(&mut self, label: &str) {
        let index = self.footnote(label);
        let at = self.here();
        let outline = &mut self.out.outline;
        outline.references.push((at, index));
        let (html, footnote) = (&mut outline.html, &mut outline.footnotes[index]);
        footnote.references += 1;
        html.push_str("<sup class=\"footnote-reference\"");
        if self.source.is_brief {
            let id = reference_id(&footnote.anchor, footnote.references);
            write!(html, " id=\"{id}\"").expect("writing into a string does not fail");
        }
        html.push_str("><a href=\"#");
        push_attribute(html, &footnote.anchor);
        write!(html, "\">{}</a></sup>", footnote.number)
            .expect("writing into a string does not fail");
    }

    /// Reports references in some text: pulldown-cmark leaves those without a definition as they
    /// are. `range` is where the text stands; a reference may begin there and end beyond.
    pub fn missing_footnotes(&mut self, range: &Range<usize>) {
        let text = self.source.text;
        for (at, _) in text[range.clone()].match_indices('[') {
            let start = range.start + at;
            let Some(rest) = text[start..].strip_prefix("[^") else {
                continue;
            };
            let ends_label = |c: char| "[]`\\\n".contains(c);
            let label = &rest[..rest.find(ends_label).unwrap_or(rest.len())];
            let is_closed = rest[label.len()..].starts_with(']');
            let is_label = is_closed && !label.trim().is_empty();
            if is_label && !text[..start].ends_with('\\') {
                let place = self.place(&(start..start + label.len() + "[^]".len()));
                self.problems.missing_footnote(place, label);
            }
        }
    }

    pub fn footnote_definition(&mut self, label: &str, range: &Range<usize>) {
        let index = self.footnote(label);
        let mut anchor = self.out.outline.footnotes[index].anchor.clone();
        if self.source.is_brief && self.out.outline.footnotes[index].is_defined {
            // A second definition is shown, but no reference leads to it.
            anchor = self.unique_id(anchor.to_string()).into();
        }
        self.out.outline.footnotes[index].is_defined = true;
        let number = self.out.outline.footnotes[index].number;
        let mut tag = String::from("<div class=\"footnote-definition\" id=\"");
        push_attribute(&mut tag, &anchor);
        write!(
            tag,
            "\"><sup class=\"footnote-definition-label\">{number}</sup>"
        )
        .expect("writing into a string does not fail");
        self.out.anchors.push(anchor);
        self.new_line();
        self.begin(Kind::Footnote(index), range, &tag, "</div>\n");
    }

    /// Puts the link back to the first reference at the end of the footnote's last paragraph.
    pub fn end_footnote(&mut self) {
        let kind = self
            .open
            .last()
            .map(|index| self.out.outline.nodes[*index].kind);
        let Some(Kind::Footnote(index)) = kind else {
            return;
        };
        if !self.source.is_brief || self.out.outline.footnotes[index].back_link.is_some() {
            return;
        }
        let html = &mut self.out.outline.html;
        let closer = if html.ends_with("</p>\n") {
            "</p>\n"
        } else {
            ""
        };
        html.truncate(html.len() - closer.len());
        let start = html.len();
        let reference = reference_id(&self.out.outline.footnotes[index].anchor, 1);
        write!(
            html,
            " <a class=\"footnote-backref\" role=\"doc-backlink\" href=\"#{reference}\">↩</a>"
        )
        .expect("writing into a string does not fail");
        let back_link = start..html.len();
        html.push_str(closer);
        self.out.outline.footnotes[index].back_link = Some(back_link);
    }

    /// A footnote that nothing refers to has nothing to lead back to. That is known only at the
    /// end; spaces in its place keep all that is noted about the HTML true.
    pub fn blank_back_links(&mut self) {
        let outline = &mut self.out.outline;
        for footnote in outline
            .footnotes
            .iter()
            .filter(|footnote| footnote.references == 0)
        {
            if let Some(range) = footnote.back_link.clone() {
                let spaces = " ".repeat(range.len());
                outline.html.replace_range(range, &spaces);
            }
        }
    }

    /// The first link of a footnote to the web is the source that it cites.
    pub fn begin_footnote_link(&mut self, address: &str) {
        let kinds = self
            .open
            .iter()
            .map(|index| self.out.outline.nodes[*index].kind);
        let footnote = kinds.rev().find_map(|kind| match kind {
            Kind::Footnote(index) => Some(index),
            _ => None,
        });
        let Some(index) =
            footnote.filter(|index| self.out.outline.footnotes[*index].link.is_none())
        else {
            return;
        };
        let start = self.out.outline.text.len();
        self.out.outline.footnotes[index].link = Some((address.into(), start..start));
        self.footnote_link = Some(index);
    }

    pub fn end_link(&mut self) {
        let end = self.out.outline.text.len();
        let open = self.footnote_link.take();
        if let Some((_, text)) =
            open.and_then(|index| self.out.outline.footnotes[index].link.as_mut())
        {
            text.end = end;
        }
    }
}

/// `fr-results-1`, the first reference to `fn-results`.
fn reference_id(anchor: &str, number: usize) -> String {
    format!(
        "fr-{}-{number}",
        anchor.strip_prefix("fn-").unwrap_or(anchor)
    )
}
