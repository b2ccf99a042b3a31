//! Data files: comparisons and predictions as CSV (RFC 4180) and JSON, for programs and spreadsheets.
//!
//! JSON has one record on each line, so that the difference of two versions shows what changed.

use serde::Serialize;

use super::escape;
use crate::pages::compare::{Record, Stated};
use crate::value::Value;

/// Bytes that a row of a comparison takes up at most, as a rule.
const ROW_BYTES: usize = 320;

/// The cells of a comparison as CSV: of all companies, of a pair or of a named comparison.
pub fn comparison_csv(comparison: &Value, base_url: &str) -> String {
    let mut file = Csv::new(
        [
            "company",
            "feature",
            "value",
            "as_of",
            "brief",
            "url",
            "conflicts",
        ],
        comparison.items_of("cells").len() * ROW_BYTES,
    );
    let (mut url, mut conflicts) = (String::new(), String::new());
    for record in comparison.items_of("cells") {
        let record = Record::of(record);
        let Record { current, .. } = &record;
        url.clear();
        push_absolute(&mut url, base_url, current.path);
        conflicts.clear();
        for (position, other) in record.conflicts.iter().enumerate() {
            conflicts.push_str(if position > 0 { "; " } else { "" });
            push_in_brackets(&mut conflicts, other, base_url);
        }
        file.row([
            record.company,
            record.feature,
            current.value,
            current.as_of,
            record.brief,
            &url,
            &conflicts,
        ]);
    }
    file.text
}

/// The same as JSON, below how much there is of each.
pub fn comparison_json(comparison: &Value, base_url: &str) -> String {
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
    let cells = comparison.items_of("cells");
    let mut lines = Lines::new(&counts, "cells", cells.len() * ROW_BYTES);
    for cell in cells {
        push_cell(lines.next(), &Record::of(cell), base_url);
    }
    lines.end()
}

/// All predictions as CSV.
pub fn predictions_csv(predictions: &Value, base_url: &str) -> String {
    let mut file = Csv::new(
        [
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
        ],
        predictions.items().len() * ROW_BYTES,
    );
    for prediction in predictions.items() {
        let prediction = Prediction::of(prediction, base_url);
        let confidence = match prediction.confidence {
            Some(Value::Int(percent)) => percent.to_string(),
            _ => String::new(),
        };
        file.row([
            &prediction.id,
            prediction.text,
            prediction.made_on,
            prediction.due.unwrap_or_default(),
            &confidence,
            prediction.standing,
            prediction.outcome,
            prediction.resolved_on.unwrap_or_default(),
            &prediction.url,
            prediction.brief,
            &prediction.companies.join("; "),
        ]);
    }
    file.text
}

/// All predictions as JSON.
pub fn predictions_json(predictions: &Value, base_url: &str) -> String {
    #[derive(Serialize)]
    struct Nothing {}
    let predictions = predictions.items().iter();
    let rows = predictions.map(|prediction| Prediction::of(prediction, base_url));
    in_lines(&Nothing {}, "predictions", rows)
}

/// A JSON object with a last key `name`, whose records stand on a line each.
pub fn in_lines<R: Serialize>(
    head: &impl Serialize,
    name: &str,
    records: impl Iterator<Item = R>,
) -> String {
    let mut lines = Lines::new(head, name, 0);
    for record in records {
        lines.next().push_str(&to_json(&record));
    }
    lines.end()
}

/// A JSON object whose last entry is a list with each record on a line, in the making.
struct Lines {
    text: String,
    is_empty: bool,
}

impl Lines {
    /// An object with the keys of `head` and a last one `name`, and room for so many bytes.
    fn new(head: &impl Serialize, name: &str, bytes: usize) -> Lines {
        let mut text = String::with_capacity(bytes);
        text.push_str(&to_json(head));
        assert_eq!(text.pop(), Some('}'), "the head is an object");
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&to_json(&name));
        text.push_str(":[");
        Lines {
            text,
            is_empty: true,
        }
    }

    /// Where the next record is to be written.
    fn next(&mut self) -> &mut String {
        self.text.push_str(if self.is_empty { "\n" } else { ",\n" });
        self.is_empty = false;
        &mut self.text
    }

    fn end(mut self) -> String {
        self.text.push_str("\n]}\n");
        self.text
    }
}

/// JSON of data of ours.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("keys are strings and no serialisation of ours fails")
}

/// A record as a JSON object. Written by hand, for the cells of a large site are its largest files.
fn push_cell(text: &mut String, record: &Record<'_>, base_url: &str) {
    let current = &record.current;
    let entries = [
        ("{\"company\":", record.company),
        (",\"company_slug\":", record.company_slug),
        (",\"feature\":", record.feature),
        (",\"feature_slug\":", record.feature_slug),
        (",\"value\":", current.value),
        (",\"as_of\":", current.as_of),
        (",\"brief\":", record.brief),
    ];
    push_entries(text, &entries);
    push_url(text, base_url, current.path);
    text.push_str(",\"conflicts\":[");
    for (position, other) in record.conflicts.iter().enumerate() {
        text.push_str(if position > 0 { "," } else { "" });
        let entries = [("{\"value\":", other.value), (",\"as_of\":", other.as_of)];
        push_entries(text, &entries);
        push_url(text, base_url, other.path);
        text.push('}');
    }
    text.push_str("],\"earlier\":");
    text.push_str(&record.earlier.to_string());
    text.push('}');
}

fn push_entries(text: &mut String, entries: &[(&str, &str)]) {
    for (key, value) in entries {
        text.push_str(key);
        escape::push_json(text, value);
    }
}

/// An encoded address has no character that JSON escapes.
fn push_url(text: &mut String, base_url: &str, path: &str) {
    text.push_str(",\"url\":\"");
    push_absolute(text, base_url, path);
    text.push('"');
}

/// `Maia 100 (2026-03-31, https://…)`
fn push_in_brackets(text: &mut String, stated: &Stated<'_>, base_url: &str) {
    for piece in [stated.value, " (", stated.as_of, ", "] {
        text.push_str(piece);
    }
    push_absolute(text, base_url, stated.path);
    text.push(')');
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

/// A partial date in the form in which briefs write it.
fn written<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.get("written")?.as_str()
}

fn absolute(base_url: &str, path: &str) -> String {
    let mut address = String::with_capacity(base_url.len() + path.len());
    push_absolute(&mut address, base_url, path);
    address
}

fn push_absolute(text: &mut String, base_url: &str, path: &str) {
    escape::push_address(text, base_url);
    escape::push_address(text, path);
}

/// A CSV file in the making. Its rows are ended by CR and LF.
struct Csv<const WIDTH: usize> {
    text: String,
}

impl<const WIDTH: usize> Csv<WIDTH> {
    /// A file with a header, and room for so many bytes.
    fn new(columns: [&str; WIDTH], bytes: usize) -> Csv<WIDTH> {
        let mut file = Csv {
            text: String::with_capacity(bytes),
        };
        file.row(columns);
        file
    }

    fn row(&mut self, fields: [&str; WIDTH]) {
        for (position, field) in fields.into_iter().enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            self.text.push_str(&escape::csv(field));
        }
        self.text.push_str("\r\n");
    }
}
