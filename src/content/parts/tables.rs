//! Competitor tables: companies in the header, features in the rows.

use std::ops::Range;
use std::sync::Arc;

use super::dated::date_token;
use super::{Reader, Section};
use crate::config::Label;
use crate::content::brief::{Cell, Column, ComparisonTable, Meaning, Row};
use crate::content::date::PartialDate;
use crate::content::outline::{Kind, Node};

impl<'a> Reader<'a, '_> {
    pub fn tables(&mut self, section: &Section) {
        for (index, node) in self.blocks(section) {
            match node.kind {
                Kind::Table => {
                    let table = self.table(index);
                    self.parts.tables.extend(table);
                }
                Kind::Paragraph => self.as_of(node),
                Kind::List => {
                    for (item, _) in self.outline.children(index) {
                        if let Some(paragraph) = self.first_paragraph(item) {
                            self.as_of(paragraph);
                        }
                    }
                }
                _ => {}
            }
        }
        if self.parts.tables.is_empty() {
            let place = self.place(&self.outline.nodes[section.heading]);
            self.problems.competitors_without_table(place);
        }
    }

    /// `As of: 2026-03-31` holds for the table before it.
    fn as_of(&mut self, paragraph: &Node) {
        let Some(labelled) = self
            .labelled(paragraph)
            .filter(|l| l.label == Some(Label::AsOf))
        else {
            return;
        };
        let date = PartialDate::parse(date_token(labelled.text));
        match (date, self.parts.tables.last_mut()) {
            (Some(_), Some(table)) => table.as_of = date,
            (Some(_), None) => {}
            (None, _) => {
                let place = self.place(paragraph);
                self.problems.bad_date_in_part(place, labelled.text);
            }
        }
    }

    /// `None` for a table that was too large to be rendered.
    fn table(&mut self, table: usize) -> Option<ComparisonTable> {
        let mut rows = self.outline.children(table);
        let (head, head_node) = rows.next()?;
        let mut named = Vec::new();
        let mut columns = Vec::new();
        for (_, cell) in self.outline.children(head).skip(1) {
            let column = self.column(cell, head_node);
            named.push(column.is_some());
            columns.extend(column);
        }
        let rows = rows
            .filter_map(|(index, row)| self.row(index, row, &named))
            .collect();
        Some(ComparisonTable {
            columns,
            rows,
            as_of: None,
        })
    }

    /// `AWS (Bedrock/Trainium)`.
    fn column(&mut self, cell: &Node, head: &Node) -> Option<Column> {
        let text = self.outline.plain(cell.text.clone());
        let (company, products) = match text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
            Some((company, products)) => (company.trim(), products),
            None => (&*text, ""),
        };
        if company.is_empty() {
            let place = if cell.source.is_empty() {
                self.place(head)
            } else {
                self.place(cell)
            };
            self.problems.table_without_company(place);
            return None;
        }
        let products = products.split(['/', ',']).map(str::trim);
        Some(Column {
            company: company.into(),
            products: products.filter(|p| !p.is_empty()).map(Arc::from).collect(),
            place: self.place(cell),
        })
    }

    /// `None` for a row without a feature. Columns that name no company are left out.
    fn row(&mut self, index: usize, row: &Node, named: &[bool]) -> Option<Row> {
        let line = self.source.text[row.source.start - self.source.start..]
            .lines()
            .next();
        let count = count_cells(line.unwrap_or_default());
        if count != named.len() + 1 {
            let place = self.place(row);
            self.problems.ragged_table(place, count, named.len() + 1);
        }
        let mut cells = self.outline.children(index).map(|(_, cell)| cell);
        let feature = self.outline.plain(cells.next()?.text.clone());
        if feature.is_empty() {
            let place = self.place(row);
            self.problems.row_without_feature(place);
            return None;
        }
        let cells = cells.zip(named).filter(|(_, is_named)| **is_named);
        Some(Row {
            feature,
            cells: cells.map(|(cell, _)| self.cell(cell)).collect(),
            place: self.place(row),
        })
    }

    fn cell(&self, cell: &Node) -> Option<Cell> {
        let text = self.outline.plain(cell.text.clone());
        if text.is_empty() {
            return None;
        }
        Some(Cell {
            html: self.outline.fragment(cell.inner.clone()),
            meaning: Meaning::of(&text),
            text,
            citations: self.cited(&cell.inner),
        })
    }

    /// The labels of the footnotes that a piece of the HTML refers to, each once.
    fn cited(&self, html: &Range<usize>) -> Vec<Arc<str>> {
        let references = &self.outline.references;
        let first = references.partition_point(|(at, _)| *at < html.start);
        let inside = references[first..]
            .iter()
            .take_while(|(at, _)| *at < html.end);
        let mut labels: Vec<Arc<str>> = Vec::new();
        for (_, footnote) in inside {
            let label = &self.outline.footnotes[*footnote].label;
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        labels
    }
}

/// How many cells a line has before the parser fills it up or cuts it off.
fn count_cells(line: &str) -> usize {
    let mut rest = line.trim();
    let mut cells = 0;
    loop {
        rest = rest.strip_prefix('|').unwrap_or(rest).trim_start();
        if rest.is_empty() {
            return cells;
        }
        cells += 1;
        rest = &rest[end_of_cell(rest)..];
    }
}

/// Where the next `|` is that has no backslash before it.
fn end_of_cell(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'|' if !is_escaped => return at,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}
