//! The typed parts of a brief, read out of the outline of its rendered body.

mod citations;
mod dated;
mod labels;
mod predictions;
mod tables;

use std::ops::Range;

use super::article::Fragment;
use super::brief::{BriefParts, Part};
use super::html::{CONTINUE_READING, Output, Source};
use super::outline::{Kind, Node, Outline, fragment};
use crate::config::{Label, PartKind};
use crate::diagnostic::{Diagnostics, Place};

/// The labels of a TL;DR.
const TLDR_LABELS: [Label; 3] = [Label::WhatChanged, Label::WhyItMatters, Label::WhatToDoNext];

/// Reads the parts of a brief: H2 headings that are known, in any order.
pub fn read(source: &Source<'_>, output: &Output, problems: &mut Diagnostics) -> BriefParts {
    let vocabulary = &source.config.dateline.vocabulary;
    let part = |node: &Node| vocabulary.part(output.outline.raw_text(node.text.clone()));
    let kinds = output
        .outline
        .nodes
        .iter()
        .filter_map(|node| match node.kind {
            Kind::Heading(1..=3, _) => Some(part(node)),
            Kind::Heading(..) => Some(None),
            _ => None,
        });
    let mut reader = Reader {
        kinds: kinds.collect(),
        source,
        output,
        outline: &output.outline,
        problems,
        parts: BriefParts::default(),
    };
    for section in reader.sections() {
        reader.section(&section);
    }
    reader.misspelt_headings();
    reader.citations();
    reader.prose();
    reader.parts
}

struct Reader<'a, 'p> {
    /// The parts that headings down to H3 are called after, by the index of the heading.
    kinds: Vec<Option<PartKind>>,
    source: &'a Source<'a>,
    output: &'a Output,
    outline: &'a Outline,
    problems: &'p mut Diagnostics,
    parts: BriefParts,
}

/// A known heading and what follows it.
struct Section {
    kind: PartKind,
    /// The node of the heading.
    heading: usize,
    /// The nodes of what follows.
    nodes: Range<usize>,
    /// What follows, in bytes of the HTML.
    html: Range<usize>,
}

impl<'a> Reader<'a, '_> {
    fn sections(&self) -> Vec<Section> {
        let nodes = &self.outline.nodes;
        let mut sections: Vec<Section> = Vec::new();
        let mut is_open = false;
        for (index, node) in self.outline.siblings(0..nodes.len()) {
            match node.kind {
                Kind::Heading(1 | 2, _) => {
                    let kind = self.part_kind(node);
                    is_open = kind.is_some();
                    sections.extend(kind.map(|kind| Section {
                        kind,
                        heading: index,
                        nodes: node.end..node.end,
                        html: node.outer.end..node.outer.end,
                    }));
                }
                // A footnote belongs to the brief, not to the part that it happens to stand in;
                // where one stands between the blocks of a part, it is passed over.
                Kind::Footnote(_) => {}
                _ => {
                    if let Some(section) = sections.last_mut().filter(|_| is_open) {
                        section.nodes.end = node.end;
                        section.html.end = node.outer.end;
                    }
                }
            }
        }
        sections
    }

    /// What belongs to no part: runs of blocks outside of the known sections.
    fn prose(&mut self) {
        let mut runs: Vec<(bool, Range<usize>)> = Vec::new();
        let (mut is_lead, mut in_part, mut goes_on) = (true, false, false);
        for (_, node) in self.outline.siblings(0..self.outline.nodes.len()) {
            match node.kind {
                Kind::Heading(1 | 2, _) => in_part = self.part_kind(node).is_some(),
                Kind::Footnote(_) => {
                    goes_on = false;
                    continue;
                }
                _ => {}
            }
            is_lead &= !in_part;
            match runs.last_mut().filter(|_| goes_on && !in_part) {
                Some((_, run)) => run.end = node.outer.end,
                None if !in_part => runs.push((is_lead, node.outer.clone())),
                None => {}
            }
            goes_on = !in_part;
        }
        for (is_lead, run) in runs {
            let fragment = self.outline.fragment(run);
            match (is_lead, self.parts.lead) {
                (true, None) => self.parts.lead = Some(fragment),
                _ => self.parts.prose.push(fragment),
            }
        }
    }

    fn part_kind(&self, heading: &Node) -> Option<PartKind> {
        match heading.kind {
            Kind::Heading(2, index) => self.kinds[index],
            _ => None,
        }
    }

    /// Reports headings that are nearly those of parts, or are at another level.
    fn misspelt_headings(&mut self) {
        let vocabulary = &self.source.config.dateline.vocabulary;
        for (_, node) in self.outline.siblings(0..self.outline.nodes.len()) {
            let Kind::Heading(level @ 1..=3, index) = node.kind else {
                continue;
            };
            let kind = self.kinds[index];
            if kind.is_some() && level == 2 {
                continue;
            }
            let text = self.outline.plain(node.text.clone());
            let near = match kind {
                Some(kind) => Some((&*text, kind)),
                None => vocabulary.misspelt_part(&text),
            };
            let Some((near, kind)) = near else { continue };
            if level == 2 {
                self.problems
                    .misspelt_heading(self.place(node), &text, near);
            } else if !self.parts.parts.iter().any(|part| part.kind == kind) {
                // Where there is the part already, a heading inside of one may be called the same.
                let near = format!("## {near}");
                self.problems
                    .misspelt_heading(self.place(node), &text, &near);
            }
        }
    }

    /// Whether nothing but comments stands under a heading.
    fn is_empty(&self, section: &Section) -> bool {
        let mut html = self.outline.html[section.html.clone()].trim_start();
        loop {
            let after = html
                .strip_prefix(CONTINUE_READING)
                .or_else(|| after_comment(html));
            match after {
                Some(rest) => html = rest.trim_start(),
                None => return html.is_empty(),
            }
        }
    }

    fn section(&mut self, section: &Section) {
        if self.is_empty(section) {
            return;
        }
        let heading = &self.outline.nodes[section.heading];
        let Kind::Heading(_, heading_index) = heading.kind else {
            return;
        };
        let id = self.output.headings[heading_index].id.clone();
        let before = self
            .parts
            .parts
            .iter()
            .find(|part| part.kind == section.kind);
        if let Some(before) = before {
            let mut headings = self.output.headings.iter();
            let line = headings.find(|h| h.id == before.id).map_or(0, |h| h.line);
            let text = self.outline.plain(heading.text.clone());
            self.problems
                .duplicate_part(self.place(heading), &text, line);
            return;
        }
        self.parts.parts.push(Part {
            kind: section.kind,
            heading: fragment(heading.inner.clone()),
            id,
            html: self.outline.fragment(section.html.clone()),
            rest: Vec::new(),
        });
        match section.kind {
            PartKind::Tldr => self.tldr(section),
            PartKind::Takeaways => self.takeaways(section),
            PartKind::Competitors => self.tables(section),
            PartKind::Implications => self.predictions(section),
            PartKind::Timeline => self.timeline(section),
            PartKind::Corrections => self.corrections(section),
            PartKind::DeepDive => {}
        }
        let rest = self.rest(section);
        if let Some(part) = self.parts.parts.last_mut() {
            part.rest = rest;
        }
    }

    /// The blocks of a section that nothing was read from, so that a page can show them all the same.
    fn rest(&self, section: &Section) -> Vec<Fragment> {
        let parts = &self.parts;
        let read: Vec<Fragment> = match section.kind {
            PartKind::Tldr => {
                let tldr = &parts.tldr;
                [tldr.changed, tldr.why, tldr.next]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            PartKind::Implications => parts.predictions.iter().map(|p| p.html).collect(),
            PartKind::Timeline => parts.timeline.iter().map(|item| item.html).collect(),
            PartKind::Corrections => parts.corrections.iter().map(|item| item.html).collect(),
            PartKind::Takeaways | PartKind::Competitors | PartKind::DeepDive => return Vec::new(),
        };
        let is_read = |node: &Node| {
            let outer = self.outline.fragment(node.outer.clone());
            read.iter()
                .any(|html| html.start < outer.end && outer.start < html.end)
        };
        let blocks = self.blocks(section);
        let mut rest = Vec::new();
        for (at, (_, node)) in blocks.iter().enumerate() {
            // A heading goes with what stands under it.
            let is_heading = matches!(node.kind, Kind::Heading(..));
            let under = blocks.get(at + 1).filter(|_| is_heading);
            let is_shown = is_read(node) || under.is_some_and(|(_, node)| is_read(node));
            if !is_shown && !matches!(node.kind, Kind::Footnote(_)) {
                rest.push(self.outline.fragment(node.outer.clone()));
            }
        }
        rest
    }

    /// The blocks of a section.
    fn blocks(&self, section: &Section) -> Vec<(usize, &'a Node)> {
        self.outline.siblings(section.nodes.clone()).collect()
    }

    /// The items of the lists of a section.
    fn items(&self, section: &Section) -> Vec<(usize, &'a Node)> {
        let lists = self.outline.siblings(section.nodes.clone());
        lists
            .filter(|(_, node)| node.kind == Kind::List)
            .flat_map(|(list, _)| self.outline.children(list))
            .collect()
    }

    /// The first block of an item, if that is a paragraph.
    fn first_paragraph(&self, item: usize) -> Option<&'a Node> {
        let (_, first) = self.outline.children(item).next()?;
        (first.kind == Kind::Paragraph).then_some(first)
    }

    /// The blocks that follow an H3 heading: the inside of one paragraph, or several blocks.
    fn under(
        &self,
        blocks: &[(usize, &Node)],
        heading: usize,
    ) -> Option<(Range<usize>, Range<usize>)> {
        let rest = &blocks[heading + 1..];
        let count = rest
            .iter()
            .take_while(|(_, node)| !matches!(node.kind, Kind::Heading(..)));
        let follows = &rest[..count.count()];
        match follows {
            [] => None,
            [(_, only)] if only.kind == Kind::Paragraph => {
                Some((only.inner.clone(), only.text.clone()))
            }
            [(_, first), .., (_, last)] => Some((
                first.outer.start..last.outer.end,
                first.text.start..last.text.end,
            )),
            [(_, only)] => Some((only.outer.clone(), only.text.clone())),
        }
    }

    fn takeaways(&mut self, section: &Section) {
        let items = self.items(section);
        let fragments = items
            .iter()
            .map(|(_, item)| self.outline.fragment(item.inner.clone()));
        self.parts.takeaways = fragments.collect();
    }

    fn tldr(&mut self, section: &Section) {
        let blocks = self.blocks(section);
        for (at, (index, node)) in blocks.iter().enumerate() {
            match node.kind {
                Kind::Heading(3, _) => {
                    let text = self.outline.raw_text(node.text.clone());
                    let label = self.source.config.dateline.vocabulary.label(text);
                    if let (Some(label), Some((html, _))) = (label, self.under(&blocks, at)) {
                        self.set_tldr(label, self.outline.fragment(html));
                    } else if label.is_none() {
                        self.misspelt_tldr_label(text.trim(), node);
                    }
                }
                Kind::Paragraph if self.is_bold(node) => self.tldr_paragraph(node),
                Kind::List => {
                    for (item, _) in self.outline.children(*index) {
                        if let Some(paragraph) = self.first_paragraph(item) {
                            self.tldr_paragraph(paragraph);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn tldr_paragraph(&mut self, paragraph: &Node) {
        let Some(labelled) = self.labelled(paragraph) else {
            return;
        };
        match labelled.label {
            Some(label) => self.set_tldr(label, self.outline.fragment(labelled.html)),
            None => self.misspelt_tldr_label(labelled.name, paragraph),
        }
    }

    fn misspelt_tldr_label(&mut self, name: &str, node: &Node) {
        let vocabulary = &self.source.config.dateline.vocabulary;
        if let Some(near) = vocabulary.misspelt_label(name, &TLDR_LABELS) {
            self.problems
                .unknown_label(self.place(node), name, Some(near));
        }
    }

    /// Of two values of one label the first holds.
    fn set_tldr(&mut self, label: Label, value: Fragment) {
        let tldr = &mut self.parts.tldr;
        let field = match label {
            Label::WhatChanged => &mut tldr.changed,
            Label::WhyItMatters => &mut tldr.why,
            Label::WhatToDoNext => &mut tldr.next,
            _ => return,
        };
        if field.is_none() && !value.is_empty() {
            *field = Some(value);
        }
    }

    /// The first line of a node in the file, without the white space around it.
    fn place(&self, node: &Node) -> Place {
        let range = node.source.start - self.source.start..node.source.end - self.source.start;
        let text = &self.source.text[range];
        let start = node.source.start - self.source.start + (text.len() - text.trim_start().len());
        let line = text.trim().lines().next().unwrap_or_default();
        self.source.place(start..start + line.trim_end().len())
    }
}

/// What follows the comment that some HTML begins with.
fn after_comment(html: &str) -> Option<&str> {
    let rest = html.strip_prefix("<!--")?;
    let (inside, after) = rest.split_once("-->")?;
    // Browsers end a comment at each of these as well.
    let ends_before = inside.starts_with('>') || inside.starts_with("->");
    (!ends_before && !inside.contains("--!>")).then_some(after)
}
