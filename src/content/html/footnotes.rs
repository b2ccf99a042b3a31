//! Footnotes: pulldown-cmark's HTML, to which briefs add ids that last and a link back.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::Writer;
use crate::content::escape::push_attribute;
use crate::content::outline::{Footnote, Kind};

/// How the mark of a footnote begins.
const REFERENCE: &str = "<sup class=\"footnote-reference\"";

/// HTML without the marks of footnotes, for another page or a summary, where those do not stand.
pub fn without_references(html: &str) -> Cow<'_, str> {
    if !html.contains(REFERENCE) {
        return html.into();
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, mark)) = rest.split_once(REFERENCE) {
        text.push_str(before);
        rest = mark.split_once("</sup>").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.into()
}

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// The events of a body, with its footnotes taken out: `bottom_footnotes` has them at the end.
pub struct Sorted<'a> {
    pub body: Events<'a>,
    pub references: References,
    /// Those that are referred to, in the order of their first references; `None`: the body
    /// defines no footnote.
    pub footnotes: Option<Vec<Events<'a>>>,
}

/// The references to footnotes.
#[derive(Default)]
pub struct References {
    /// The number of the footnote and which of its references this is, by where it stands.
    numbers: HashMap<usize, (usize, usize)>,
    /// Of each label the number of its footnote, and how many refer to that.
    of_labels: HashMap<String, (usize, usize)>,
}

impl References {
    fn add(&mut self, label: &str, at: usize) {
        let next = self.of_labels.len() + 1;
        let known = self.of_labels.entry(label.to_owned()).or_insert((next, 0));
        known.1 += 1;
        self.numbers.insert(at, *known);
    }
}

impl<'a> Sorted<'a> {
    pub fn new(events: impl Iterator<Item = (Event<'a>, Range<usize>)>) -> Sorted<'a> {
        let mut references = References::default();
        let mut body = Vec::new();
        let mut open: Vec<Events<'a>> = Vec::new();
        let mut footnotes: Vec<Events<'a>> = Vec::new();
        for (event, range) in events {
            if let Event::FootnoteReference(label) = &event {
                references.add(label, range.start);
            }
            if matches!(event, Event::Start(Tag::FootnoteDefinition(_))) {
                open.push(Vec::new());
            }
            let is_end = matches!(event, Event::End(TagEnd::FootnoteDefinition));
            open.last_mut().unwrap_or(&mut body).push((event, range));
            if is_end {
                footnotes.extend(open.pop());
            }
        }
        let has_any = !footnotes.is_empty();
        let number = |footnote: &Events<'_>| {
            let label = label_of(footnote)?;
            Some(references.of_labels.get(&**label)?.0)
        };
        footnotes.retain(|footnote| number(footnote).is_some());
        footnotes.sort_by_key(number);
        Sorted {
            body,
            references,
            footnotes: has_any.then_some(footnotes),
        }
    }
}

fn label_of<'e, 'a>(footnote: &'e Events<'a>) -> Option<&'e CowStr<'a>> {
    match footnote.first() {
        Some((Event::Start(Tag::FootnoteDefinition(label)), _)) => Some(label),
        _ => None,
    }
}

/// Footnotes at the end of the page, in the form that Zola has from GitHub.
impl<'a> Writer<'a, '_> {
    /// Writes the list of footnotes. `None` as in [`Writer::all`].
    pub fn bottom_footnotes(&mut self, footnotes: Vec<Events<'a>>) -> Option<()> {
        self.push("<section class=\"footnotes\">\n<ol class=\"footnotes-list\">\n");
        for mut footnote in footnotes {
            let links =
                label_of(&footnote).map_or_else(String::new, |label| self.links_back(label));
            let end = footnote.pop();
            // The links stand in the last paragraph, if the footnote ends with one.
            let is_paragraph = |last: &mut (Event<'_>, _)| last.0 == Event::End(TagEnd::Paragraph);
            let last = footnote.pop_if(is_paragraph);
            self.all(footnote)?;
            self.end_tight();
            self.push(&links);
            self.all(last.into_iter().chain(end))?;
        }
        self.push("</ol>\n</section>\n");
        Some(())
    }

    /// A link to each reference.
    fn links_back(&self, label: &str) -> String {
        let references = self.bottom.as_ref().map(|bottom| &bottom.of_labels);
        let known = references.and_then(|of_labels| of_labels.get(label));
        let mut links = String::new();
        for number in 1..=known.map_or(0, |(_, count)| *count) {
            links.push_str(" <a href=\"#fr-");
            push_attribute(&mut links, label);
            let shown = if number > 1 {
                number.to_string()
            } else {
                String::new()
            };
            write!(links, "-{number}\">↩{shown}</a>").expect("writing into a string does not fail");
        }
        links
    }

    fn bottom_reference(&mut self, label: &str, (footnote, number): (usize, usize)) {
        let mut id = String::new();
        push_attribute(&mut id, label);
        self.push(&format!(
            "{REFERENCE} id=\"fr-{id}-{number}\"><a href=\"#fn-{id}\">{footnote}</a></sup>"
        ));
        self.out.anchors.push(format!("fr-{label}-{number}").into());
    }
}

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

    pub fn footnote_reference(&mut self, label: &str, range: &Range<usize>) {
        let bottom = self.bottom.as_ref();
        if let Some(numbers) = bottom.and_then(|bottom| bottom.numbers.get(&range.start)) {
            return self.bottom_reference(label, *numbers);
        }
        let index = self.footnote(label);
        let at = self.here();
        let outline = &mut self.out.outline;
        outline.references.push((at, index));
        let (html, footnote) = (&mut outline.html, &mut outline.footnotes[index]);
        footnote.references += 1;
        html.push_str(REFERENCE);
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
        for at in memchr::memchr_iter(b'[', &text.as_bytes()[range.clone()]) {
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
        if self.bottom.is_some() {
            let mut tag = String::from("<li id=\"fn-");
            push_attribute(&mut tag, label);
            tag.push_str("\">");
            self.out.anchors.push(format!("fn-{label}").into());
            return self.begin(Kind::Footnote(index), range, &tag, "</li>\n");
        }
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
