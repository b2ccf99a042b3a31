//! Data files: comparisons and predictions as CSV (RFC 4180) and JSON, for programs and spreadsheets.
//!
//! JSON has one record on each line, so that the difference of two versions shows what changed.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use serde::Serialize;

use super::escape;
use super::partial::Partials;
use crate::value::Value;

/// Records of cells, each made once for all comparisons that it stands in.
#[derive(Debug, Default)]
pub struct Records(Partials<Arc<str>>);

impl Records {
    /// What `make` makes of each cell of a comparison that has a value.
    fn of(
        &self,
        format: &'static str,
        (comparison, base_url): (&Value, &str),
        make: impl Fn(&Cell<'_>) -> String,
    ) -> Vec<Arc<str>> {
        let of_site = format!("{format} {base_url}");
        let record = |cell| {
            let make = || Ok::<_, Infallible>(make(&Cell::of(cell, base_url)).into());
            let Ok(made) = self.0.get(&of_site, (cell, &[]), make);
            made
        };
        cells(comparison).map(record).collect()
    }
}

/// The cells of a comparison as CSV: of all companies, of a pair or of a named comparison.
pub fn comparison_csv(records: &Records, comparison: &Value, base_url: &str) -> String {
    const COLUMNS: [&str; 7] = [
        "company",
        "feature",
        "value",
        "as_of",
        "brief",
        "url",
        "conflicts",
    ];
    let rows = records.of("csv", (comparison, base_url), |cell| {
        let conflicts: Vec<String> = cell.conflicts.iter().map(Conflict::text).collect();
        row::<{ COLUMNS.len() }>([
            cell.company.into(),
            cell.feature.into(),
            cell.value.into(),
            cell.as_of.unwrap_or_default().into(),
            cell.brief.into(),
            cell.url.as_str().into(),
            conflicts.join("; ").into(),
        ])
    });
    table(&COLUMNS, &rows)
}

/// The same as JSON, below how much there is of each.
pub fn comparison_json(records: &Records, comparison: &Value, base_url: &str) -> String {
    let rows = records.of("json", (comparison, base_url), |cell| to_json(cell));
    let counts = Counts {
        title: comparison.get("title"),
        url: comparison
            .get("path")
            .map(|_| absolute(base_url, comparison.text_of("path"))),
        companies: comparison.get("companies"),
        features: comparison.get("features"),
        observations: comparison.get("observations"),
        pairs: comparison.get("pairs"),
    };
    in_lines(&counts, "cells", &rows)
}

/// All predictions as CSV.
pub fn predictions_csv(predictions: &Value, base_url: &str) -> String {
    const COLUMNS: [&str; 11] = [
        "id",
        "text",
        "made_on",
        "due",
        "confidence",
        "standing",
        "outcome",
        "resolved_on",
        "url",
        "brief",
        "companies",
    ];
    let rows: Vec<String> = predictions
        .items()
        .iter()
        .map(|value| {
            let prediction = Prediction::of(value, base_url);
            let confidence = match prediction.confidence {
                Some(Value::Int(percent)) => percent.to_string(),
                _ => String::new(),
            };
            row::<{ COLUMNS.len() }>([
                prediction.id.into(),
                prediction.text.into(),
                prediction.made_on.into(),
                prediction.due.unwrap_or_default().into(),
                confidence.into(),
                prediction.standing.into(),
                prediction.outcome.into(),
                prediction.resolved_on.unwrap_or_default().into(),
                prediction.url.into(),
                prediction.brief.into(),
                prediction.companies.join("; ").into(),
            ])
        })
        .collect();
    table(&COLUMNS, &rows)
}

/// All predictions as JSON.
pub fn predictions_json(predictions: &Value, base_url: &str) -> String {
    #[derive(Serialize)]
    struct Nothing {}
    let rows = predictions
        .items()
        .iter()
        .map(|value| Prediction::of(value, base_url));
    records(&Nothing {}, "predictions", rows)
}

/// A JSON object with a last key `name`, whose records stand on a line each.
pub fn records<R: Serialize>(
    head: &impl Serialize,
    name: &str,
    records: impl Iterator<Item = R>,
) -> String {
    let records: Vec<String> = records.map(|record| to_json(&record)).collect();
    in_lines(head, name, &records)
}

/// [`records`] that are JSON already.
fn in_lines(head: &impl Serialize, name: &str, records: &[impl AsRef<str>]) -> String {
    let mut begin = to_json(head);
    assert_eq!(begin.pop(), Some('}'), "the head is an object");
    if begin.len() > 1 {
        begin.push(',');
    }
    begin.push_str(&to_json(&name));
    begin.push_str(if records.is_empty() { ":[" } else { ":[\n" });
    joined(&begin, records, ",\n", "\n]}\n")
}

/// One text of many, allocated once: they are megabytes.
fn joined(begin: &str, pieces: &[impl AsRef<str>], separator: &str, end: &str) -> String {
    let bytes: usize = pieces.iter().map(|piece| piece.as_ref().len()).sum();
    let separators = separator.len() * pieces.len();
    let mut text = String::with_capacity(begin.len() + bytes + separators + end.len());
    text.push_str(begin);
    for (position, piece) in pieces.iter().enumerate() {
        if position > 0 {
            text.push_str(separator);
        }
        text.push_str(piece.as_ref());
    }
    text.push_str(end);
    text
}

/// JSON of data of ours.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("keys are strings and no serialisation of ours fails")
}

/// The current value of one feature of one company.
#[derive(Serialize)]
struct Cell<'v> {
    company: &'v str,
    company_slug: &'v str,
    feature: &'v str,
    feature_slug: &'v str,
    value: &'v str,
    as_of: Option<&'v str>,
    brief: &'v str,
    url: String,
    conflicts: Vec<Conflict<'v>>,
    /// How many observations the value replaced.
    earlier: Option<&'v Value>,
}

/// Another value for the same time.
#[derive(Serialize)]
struct Conflict<'v> {
    value: &'v str,
    as_of: Option<&'v str>,
    url: String,
}

/// What is compared, and how much there is of each.
#[derive(Serialize)]
struct Counts<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'v Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    companies: Option<&'v Value>,
    features: Option<&'v Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<&'v Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pairs: Option<&'v Value>,
}

#[derive(Serialize)]
struct Prediction<'v> {
    id: String,
    text: &'v str,
    made_on: &'v str,
    due: Option<&'v str>,
    confidence: Option<&'v Value>,
    standing: &'v str,
    outcome: &'v str,
    resolved_on: Option<&'v str>,
    url: String,
    brief: &'v str,
    companies: Vec<&'v str>,
}

impl<'v> Cell<'v> {
    fn of(cell: &'v Value, base_url: &str) -> Cell<'v> {
        let value = cell.get("value").unwrap_or(&Value::None);
        let conflicts = cell.items_of("conflicts").iter().map(|other| Conflict {
            value: other.text_of("text"),
            as_of: written(other, "as_of"),
            url: absolute(base_url, other.text_of("path")),
        });
        Cell {
            company: cell.text_of("company"),
            company_slug: cell.text_of("company_slug"),
            feature: cell.text_of("feature"),
            feature_slug: cell.text_of("feature_slug"),
            value: value.text_of("text"),
            as_of: written(value, "as_of"),
            brief: value.text_of("title"),
            url: absolute(base_url, value.text_of("path")),
            conflicts: conflicts.collect(),
            earlier: cell.get("earlier"),
        }
    }
}

impl Conflict<'_> {
    /// `Maia 100 (2026-03-31, https://…)`
    fn text(&self) -> String {
        format!(
            "{} ({}, {})",
            self.value,
            self.as_of.unwrap_or_default(),
            self.url
        )
    }
}

impl<'v> Prediction<'v> {
    fn of(prediction: &'v Value, base_url: &str) -> Prediction<'v> {
        let text = |key| prediction.text_of(key);
        // Where a brief has no id, its address stands for it.
        let brief = match text("brief_id") {
            "" => text("brief_path"),
            id => id,
        };
        Prediction {
            id: format!("{brief}#{}", text("slug")),
            text: text("text"),
            made_on: text("made_on"),
            due: written(prediction, "due"),
            confidence: prediction.get("confidence"),
            standing: text("standing"),
            outcome: text("outcome"),
            resolved_on: prediction.get("resolved_on").and_then(Value::as_str),
            url: absolute(base_url, text("path")),
            brief: text("brief_title"),
            companies: prediction
                .items_of("companies")
                .iter()
                .map(|company| company.text_of("name"))
                .collect(),
        }
    }
}

/// The cells that have a value.
fn cells(comparison: &Value) -> impl Iterator<Item = &Value> {
    let cells = comparison.items_of("cells").iter();
    cells.filter(|cell| cell.get("value").is_some())
}

/// A partial date in the form in which briefs write it.
fn written<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.get("written")?.as_str()
}

fn absolute(base_url: &str, path: &str) -> String {
    escape::address(&format!("{base_url}{path}"))
}

/// A CSV file: the header and [`row`]s.
fn table(columns: &[&str], rows: &[impl AsRef<str>]) -> String {
    joined(&(columns.join(",") + "\r\n"), rows, "", "")
}

/// A row of a CSV file, ended by CR and LF.
fn row<const WIDTH: usize>(fields: [Cow<'_, str>; WIDTH]) -> String {
    let mut row = fields.each_ref().map(|field| escape::csv(field)).join(",");
    row.push_str("\r\n");
    row
}
