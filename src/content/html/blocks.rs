//! Blocks: paragraphs, headings, lists, tables, code, quotes. Each is noted in the outline.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, HeadingLevel, Tag, TagEnd};

use super::{RawHtml, Writer};
use crate::config::highlighting::Highlighting;
use crate::content::article::{ESCAPED_MARK, Heading};
use crate::content::escape::push_attribute;
use crate::content::expanded::{is_mark, without_marks};
use crate::content::highlight::{self, Fence};
use crate::content::outline::{Kind, Node, fragment};

/// Most columns of a table of a brief.
const COLUMNS_MAX: usize = 64;
/// Most rows of a table of a brief, its header not counted.
const ROWS_MAX: usize = 2_000;

/// A heading that is being written.
pub struct OpenHeading {
    level: u8,
    /// Where ` id="…"` goes once the words of the heading are known.
    id_at: usize,
    /// The id that the heading states itself.
    stated_id: Option<String>,
    /// Its text, that of code and of descriptions of images included.
    pub title: String,
    line: u32,
    /// How many references and pieces of raw HTML were before it.
    references: usize,
    raw: usize,
}

/// A block of code that is read before it is written.
pub struct OpenCode {
    /// What stands after the fence.
    info: String,
    pub text: String,
    /// Where the block stands.
    range: Range<usize>,
}

/// A table that is being written.
#[derive(Default)]
pub struct OpenTable {
    alignments: Vec<Alignment>,
    is_head: bool,
    cell: usize,
    rows: usize,
    /// Nothing is written until the table ends.
    pub is_refused: bool,
}

/// Whether a block may hold others, to any depth.
pub fn nests(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_) | Tag::Item | Tag::FootnoteDefinition(_) | Tag::DefinitionListDefinition
    )
}

impl<'a> Writer<'a, '_> {
    pub fn start_block(&mut self, tag: Tag<'a>, range: Range<usize>) {
        self.end_tight();
        self.depth += usize::from(nests(&tag));
        match tag {
            Tag::Paragraph if self.is_output(&range) => self.begin(Kind::Other, &range, "", ""),
            Tag::Paragraph => self.open_block(Kind::Paragraph, &range, "<p>", "</p>\n"),
            Tag::Item => self.open_block(Kind::Item, &range, "<li>", "</li>\n"),
            Tag::List(None) => self.open_block(Kind::List, &range, "<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.open_block(Kind::List, &range, "<ol>\n", "</ol>\n"),
            Tag::List(Some(start)) => {
                let tag = format!("<ol start=\"{start}\">\n");
                self.open_block(Kind::List, &range, &tag, "</ol>\n");
            }
            Tag::BlockQuote(kind) => {
                self.open_block(Kind::Other, &range, quote_tag(kind), "</blockquote>\n");
            }
            Tag::DefinitionList => self.open_block(Kind::Other, &range, "<dl>\n", "</dl>\n"),
            Tag::DefinitionListTitle => self.open_block(Kind::Other, &range, "<dt>", "</dt>\n"),
            Tag::DefinitionListDefinition => {
                self.open_block(Kind::Other, &range, "<dd>", "</dd>\n");
            }
            Tag::CodeBlock(kind) => self.code_block(&kind, &range),
            Tag::HtmlBlock => self.html_block(&range),
            Tag::Table(alignments) => self.table(alignments, &range),
            Tag::TableHead => {
                self.begin(Kind::Row, &range, "<thead><tr>", "</tr></thead><tbody>\n");
                self.table.is_head = true;
                self.table.cell = 0;
            }
            Tag::TableRow => self.row(&range),
            Tag::TableCell => self.cell(&range),
            Tag::FootnoteDefinition(label) => self.footnote_definition(&label, &range),
            Tag::Heading {
                level,
                id,
                classes,
                attrs,
            } => {
                self.heading(level, id, &classes, &attrs, &range);
            }
            // Front matter is cut off before; inline tags do not come here.
            _ => self.begin(Kind::Other, &range, "", ""),
        }
    }

    pub fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript => self.close_inline(),
            TagEnd::Link => {
                self.close_inline();
                self.end_link();
            }
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::FootnoteDefinition => {
                self.end_tight();
                self.end_footnote();
                self.end_block();
                self.depth -= 1;
            }
            TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::DefinitionListDefinition => {
                self.end_tight();
                self.end_block();
                self.depth -= 1;
            }
            TagEnd::CodeBlock => {
                self.is_in_code = false;
                self.end_code();
                self.end_block();
            }
            TagEnd::HtmlBlock => {
                self.is_in_comment = false;
                self.end_block();
            }
            TagEnd::Table => {
                self.table.is_refused = false;
                self.end_block();
            }
            TagEnd::TableHead => {
                self.end_block();
                self.table.is_head = false;
            }
            TagEnd::TableCell => {
                self.end_block();
                self.table.cell += 1;
                // So that a row's text does not run its cells into each other.
                self.out.outline.text.push(' ');
            }
            _ => {
                self.end_tight();
                self.end_block();
            }
        }
    }

    /// Whether a paragraph is the HTML of one shortcode, which stands by itself.
    fn is_output(&self, range: &Range<usize>) -> bool {
        let text = self.source.text[range.clone()].trim();
        !self.source.outputs().is_empty() && is_mark(text)
    }

    fn close_inline(&mut self) {
        let closer = self.closers.pop().unwrap_or_default();
        self.push(closer);
    }

    /// Begins a block on a line of its own.
    fn open_block(&mut self, kind: Kind, range: &Range<usize>, tag: &str, closer: &'static str) {
        self.new_line();
        self.begin(kind, range, tag, closer);
    }

    /// Begins a block where the last one ends.
    pub fn begin(&mut self, kind: Kind, range: &Range<usize>, tag: &str, closer: &'static str) {
        // Each block is sanitised by itself.
        self.unshown = None;
        let start = self.source.start;
        let (outer, text) = (self.here(), self.out.outline.text.len());
        self.push(tag);
        self.closers.push(closer);
        self.open.push(self.out.outline.nodes.len());
        self.out.outline.nodes.push(Node {
            kind,
            outer: outer..outer,
            inner: self.here()..self.here(),
            text: text..text,
            source: start + range.start..start + range.end,
            end: 0,
        });
    }

    fn end_block(&mut self) {
        let Some(index) = self.open.pop() else { return };
        let inner_end = self.here();
        self.close_inline();
        let outer_end = self.here();
        let outline = &mut self.out.outline;
        let end = outline.nodes.len();
        let node = &mut outline.nodes[index];
        node.inner.end = inner_end;
        node.outer.end = outer_end;
        node.text.end = outline.text.len();
        node.end = end;
        // Two blocks' words must not run together in the text of what holds them.
        outline.text.push('\n');
    }

    /// Text directly in an item of a tight list, or in a definition, is a paragraph without tags.
    pub fn begin_tight(&mut self, range: &Range<usize>) {
        let Some(&index) = self.open.last() else {
            return;
        };
        let node = &mut self.out.outline.nodes[index];
        match node.kind {
            Kind::Item | Kind::Footnote(_) => self.begin(Kind::Paragraph, range, "", ""),
            Kind::Paragraph if node.outer.start == node.inner.start => {
                node.source.end = node.source.end.max(self.source.start + range.end);
            }
            _ => {}
        }
    }

    pub fn end_tight(&mut self) {
        let Some(&index) = self.open.last() else {
            return;
        };
        let node = &self.out.outline.nodes[index];
        if node.kind == Kind::Paragraph && node.outer.start == node.inner.start {
            self.end_block();
        }
    }

    pub fn rule(&mut self) {
        self.end_tight();
        self.new_line();
        self.push("<hr />\n");
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: &Range<usize>) {
        if self.source.config.markdown.highlighting.is_some() {
            self.code = Some(OpenCode {
                info: match kind {
                    CodeBlockKind::Fenced(info) => without_marks(info).into_owned(),
                    CodeBlockKind::Indented => String::new(),
                },
                text: String::new(),
                range: range.clone(),
            });
            self.begin(Kind::Other, range, "", "");
            self.is_in_code = true;
            return;
        }
        let mut tag = String::from("<pre><code");
        if let CodeBlockKind::Fenced(info) = kind {
            // Zola's options follow the language: ```` ```rust,linenos ````.
            let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
            if !language.is_empty() {
                tag.push_str(" class=\"language-");
                let language = without_marks(language);
                push_attribute(&mut tag, &language);
                tag.push_str("\" data-lang=\"");
                push_attribute(&mut tag, &language);
                tag.push('"');
            }
        }
        tag.push('>');
        self.begin(Kind::Other, range, &tag, "</code></pre>\n");
        self.is_in_code = true;
    }

    fn end_code(&mut self) {
        let config = self.source.config;
        let (Some(code), Some(look)) = (self.code.take(), &config.markdown.highlighting) else {
            return;
        };
        // What a shortcode gives is put in later and stays as it is.
        let info = match code.text.contains(ESCAPED_MARK) {
            true => "",
            false => &*code.info,
        };
        let fence = Fence::parse(info);
        if !fence.is_known(look) {
            self.unknown_language(&fence, look, &code.range);
        }
        let end = highlight::write(&code.text, &fence, look, &mut self.out.outline.html);
        if let Some(line) = end {
            let (fence_line, start) = self.fence(&code.range);
            let place = self.place(&(start..start + fence_line.len()));
            self.problems.costly_code(place, fence.language, line);
        }
    }

    /// The first line of a block of code, with its first byte.
    fn fence(&self, block: &Range<usize>) -> (&str, usize) {
        let line = self.source.text[block.clone()].lines().next();
        (line.unwrap_or_default(), block.start)
    }

    /// Reports a language without colours, if that is an error or another one may be meant.
    fn unknown_language(&mut self, fence: &Fence<'_>, look: &Highlighting, block: &Range<usize>) {
        let language = fence.language;
        let (line, start) = self.fence(block);
        let place = match line.find(language) {
            Some(at) => start + at..start + at + language.len(),
            None => start..start + line.len(),
        };
        let place = self.place(&place);
        let near = fence.misspelling(look);
        match (look.refuses_unknown, near.as_deref()) {
            (true, near) => self.problems.unknown_code_language(place, language, near),
            (false, Some(near)) => self.problems.misspelt_code_language(place, language, near),
            (false, None) => {}
        }
    }

    fn html_block(&mut self, range: &Range<usize>) {
        let html = RawHtml::of(&self.source.text[range.clone()]);
        if html == RawHtml::More && self.more.is_none() {
            self.new_line();
            self.more();
            self.is_in_comment = true;
        } else if html != RawHtml::Other && self.source.is_brief {
            self.is_in_comment = true;
        }
        self.begin(Kind::Other, range, "", "");
    }

    fn heading(
        &mut self,
        level: HeadingLevel,
        id: Option<CowStr<'_>>,
        classes: &[CowStr<'_>],
        attributes: &[(CowStr<'_>, Option<CowStr<'_>>)],
        range: &Range<usize>,
    ) {
        let outer = self.here();
        let mut tag = format!("<{level}");
        if !classes.is_empty() {
            tag.push_str(" class=\"");
            push_attribute(&mut tag, &classes.join(" "));
            tag.push('"');
        }
        // Zola has none; a brief is not trusted, and this is a way to write `onclick`.
        for (name, value) in attributes.iter().filter(|_| self.source.is_brief) {
            if matches!(&**name, "lang" | "dir" | "title") {
                tag.push(' ');
                push_attribute(&mut tag, name);
                tag.push_str("=\"");
                push_attribute(&mut tag, value.as_deref().unwrap_or_default());
                tag.push('"');
            }
        }
        tag.push('>');
        self.heading = Some(OpenHeading {
            level: level as u8,
            id_at: outer + "<h1".len(),
            stated_id: id.map(|id| without_marks(&id).into_owned()),
            title: String::new(),
            line: self.line_of(range.start),
            references: self.out.outline.references.len(),
            raw: self.out.raw.len(),
        });
        let kind = Kind::Heading(level as u8, self.out.headings.len());
        self.begin(kind, range, &tag, heading_closer(level));
    }

    fn end_heading(&mut self) {
        let (Some(heading), Some(&index)) = (self.heading.take(), self.open.last()) else {
            return;
        };
        let id: Arc<str> = self.heading_id(&heading).into();
        let mut attribute = String::from(" id=\"");
        push_attribute(&mut attribute, &id);
        attribute.push('"');
        self.out.outline.html.insert_str(heading.id_at, &attribute);
        self.move_heading(&heading, index, attribute.len());
        self.end_block();
        let inner = self.out.outline.nodes[index].inner.clone();
        self.out.anchors.push(id.clone());
        self.out.headings.push(Heading {
            level: heading.level,
            id,
            title: heading.title.into(),
            html: fragment(inner),
            line: heading.line,
        });
    }

    fn heading_id(&mut self, heading: &OpenHeading) -> String {
        if let Some(id) = &heading.stated_id {
            return id.clone();
        }
        let slug = self.source.config.slugify.anchors.anchor(&heading.title);
        // An empty id is not HTML.
        let slug = if slug.is_empty() {
            "section".to_owned()
        } else {
            slug
        };
        self.unique_id(slug)
    }

    /// Notes that what stands in the heading has moved, its id having come before it.
    fn move_heading(&mut self, heading: &OpenHeading, index: usize, by: usize) {
        self.out.outline.nodes[index].inner.start += by;
        for (at, _) in &mut self.out.outline.references[heading.references..] {
            *at += by;
        }
        for raw in &mut self.out.raw[heading.raw..] {
            *raw = raw.start + by..raw.end + by;
        }
        if let Some(more) = self.more.as_mut().filter(|more| more.at > heading.id_at) {
            more.at += by;
        }
    }

    fn line_of(&mut self, at: usize) -> u32 {
        if let Some(expanded) = self.source.expanded {
            let before = &self.source.whole.as_bytes()[..expanded.in_file(at..at).start];
            let lines = before.iter().filter(|byte| **byte == b'\n').count();
            return u32::try_from(lines + 1).unwrap_or(u32::MAX);
        }
        let (counted, line) = match self.line {
            (counted, _) if at < counted => (0, self.source.first_line),
            known => known,
        };
        let between = self
            .source
            .text
            .as_bytes()
            .get(counted..at)
            .unwrap_or_default();
        let lines = between.iter().filter(|byte| **byte == b'\n').count();
        self.line = (
            at.max(counted),
            line + u32::try_from(lines).unwrap_or(u32::MAX),
        );
        self.line.1
    }

    fn table(&mut self, alignments: Vec<Alignment>, range: &Range<usize>) {
        self.begin(Kind::Table, range, "<table>", "</tbody></table>\n");
        let columns = alignments.len();
        self.table = OpenTable {
            alignments,
            ..OpenTable::default()
        };
        if self.source.is_brief && columns > COLUMNS_MAX {
            self.refuse_table(range);
        }
    }

    fn refuse_table(&mut self, range: &Range<usize>) {
        let line = self.source.text[range.clone()]
            .lines()
            .next()
            .unwrap_or_default();
        let place = self.place(&(range.start..range.start + line.len()));
        self.problems.too_large_table(place, ROWS_MAX, COLUMNS_MAX);
        self.table.is_refused = true;
    }

    fn row(&mut self, range: &Range<usize>) {
        self.table.rows += 1;
        if self.source.is_brief && self.table.rows > ROWS_MAX {
            self.refuse_table(range);
            return;
        }
        self.begin(Kind::Row, range, "<tr>", "</tr>\n");
        self.table.cell = 0;
    }

    fn cell(&mut self, range: &Range<usize>) {
        let (name, closer) = if self.table.is_head {
            ("<th", "</th>")
        } else {
            ("<td", "</td>")
        };
        let mut tag = String::from(name);
        let style = match self.table.alignments.get(self.table.cell) {
            Some(Alignment::Left) => " style=\"text-align: left\">",
            Some(Alignment::Center) => " style=\"text-align: center\">",
            Some(Alignment::Right) => " style=\"text-align: right\">",
            _ => ">",
        };
        tag.push_str(style);
        self.begin(Kind::Cell, range, &tag, closer);
    }
}

fn quote_tag(kind: Option<BlockQuoteKind>) -> &'static str {
    match kind {
        None => "<blockquote>\n",
        Some(BlockQuoteKind::Note) => "<blockquote class=\"markdown-alert-note\">\n",
        Some(BlockQuoteKind::Tip) => "<blockquote class=\"markdown-alert-tip\">\n",
        Some(BlockQuoteKind::Important) => "<blockquote class=\"markdown-alert-important\">\n",
        Some(BlockQuoteKind::Warning) => "<blockquote class=\"markdown-alert-warning\">\n",
        Some(BlockQuoteKind::Caution) => "<blockquote class=\"markdown-alert-caution\">\n",
    }
}

fn heading_closer(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "</h1>\n",
        HeadingLevel::H2 => "</h2>\n",
        HeadingLevel::H3 => "</h3>\n",
        HeadingLevel::H4 => "</h4>\n",
        HeadingLevel::H5 => "</h5>\n",
        HeadingLevel::H6 => "</h6>\n",
    }
}
