//! Results as text that a person can read and compare.

use std::fmt::Write;

use dateline::content::article::{
    Body, CUTOFF_MARK, Dated, Fragment, HOLE_END, HOLE_START, Target,
};
use dateline::content::brief::{BriefParts, ComparisonTable, Prediction};
use dateline::diagnostic::{At, Diagnostic};

/// HTML with its holes made visible: `‹0›`.
pub fn shown(html: &str) -> String {
    let html = html.replace(HOLE_START, "‹").replace(HOLE_END, "›");
    html.replace(CUTOFF_MARK, "…")
}

/// HTML with the addresses in their holes, as they were written.
pub fn filled(html: &str, body: &Body) -> String {
    let mut html = html.to_owned();
    for (index, link) in body.links.iter().enumerate() {
        let address = match &link.target {
            Target::Internal { path, fragment } => {
                let fragment = fragment
                    .as_ref()
                    .map(|f| format!("#{f}"))
                    .unwrap_or_default();
                format!("@/{path}{fragment}")
            }
            Target::Relative { path, suffix, .. } => format!("{path}{suffix}"),
            Target::Rooted { .. } | Target::Here { .. } => continue,
        };
        let hole = format!("{HOLE_START}{index}{HOLE_END}");
        html = html.replace(&hole, &address.replace(' ', "%20").replace('&', "&amp;"));
    }
    html
}

pub fn facts(body: &Body) -> String {
    let mut out = format!("words: {}\n", body.words);
    if let Some(summary) = body.summary {
        writeln!(out, "summary: {}", shown(body.slice(summary))).unwrap();
    }
    for heading in &body.headings {
        let html = shown(body.slice(heading.html));
        writeln!(
            out,
            "heading: h{} #{} line {}: {html}",
            heading.level, heading.id, heading.line
        )
        .unwrap();
    }
    for anchor in &body.anchors {
        writeln!(out, "anchor: {anchor}").unwrap();
    }
    for (index, link) in body.links.iter().enumerate() {
        writeln!(
            out,
            "link {index}: {:?} at {}",
            link.target,
            bytes(&link.place.at)
        )
        .unwrap();
    }
    out
}

fn bytes(at: &At) -> String {
    match at {
        At::Bytes(start, end) => format!("{start}..{end}"),
        other => format!("{other:?}"),
    }
}

pub fn problems(text: &str, problems: &[Diagnostic]) -> String {
    let mut out = String::new();
    for problem in problems {
        let (position, excerpt) = match problem.place.at {
            At::Bytes(start, end) => {
                let before = &text[..start as usize];
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                (
                    format!("{line}:{column}"),
                    format!(" `{}`", &text[start as usize..end as usize]),
                )
            }
            _ => ("whole".to_owned(), String::new()),
        };
        let severity = format!("{:?}", problem.severity).to_lowercase();
        writeln!(
            out,
            "{position} {severity}[{}]{excerpt}: {}",
            problem.code, problem.message
        )
        .unwrap();
        if let Some(hint) = &problem.hint {
            writeln!(out, "  hint: {hint}").unwrap();
        }
    }
    out
}

pub fn parts(body: &Body, parts: &BriefParts) -> String {
    let html = |fragment: Fragment| shown(body.slice(fragment));
    let mut out = String::new();
    for part in &parts.parts {
        writeln!(
            out,
            "part {:?} #{}: {}",
            part.kind,
            part.id,
            html(part.heading)
        )
        .unwrap();
        let content = html(part.html);
        writeln!(out, "  {}", content.replace('\n', "\n  ")).unwrap();
    }
    let tldr = &parts.tldr;
    for (name, value) in [
        ("changed", tldr.changed),
        ("why", tldr.why),
        ("next", tldr.next),
    ] {
        if let Some(value) = value {
            writeln!(out, "tldr {name}: {}", html(value)).unwrap();
        }
    }
    for takeaway in &parts.takeaways {
        writeln!(out, "takeaway: {}", html(*takeaway)).unwrap();
    }
    for each in &parts.tables {
        table(&mut out, body, each);
    }
    for each in &parts.predictions {
        prediction(&mut out, body, each);
    }
    dated(&mut out, body, "timeline", &parts.timeline);
    dated(&mut out, body, "correction", &parts.corrections);
    for citation in &parts.citations {
        writeln!(
            out,
            "citation {} [{}] #{}: title {:?}, url {:?}, retrieved {}, quote {:?}\n  {}",
            citation.number,
            citation.label,
            citation.anchor,
            citation.title,
            citation.url,
            citation
                .retrieved
                .map(|d| d.to_string())
                .unwrap_or_default(),
            citation.quote,
            html(citation.html),
        )
        .unwrap();
    }
    out
}

fn table(out: &mut String, body: &Body, table: &ComparisonTable) {
    let as_of = table.as_of.map(|date| date.to_string()).unwrap_or_default();
    writeln!(out, "table as of {as_of:?}").unwrap();
    for column in &table.columns {
        writeln!(out, "  column {} {:?}", column.company, column.products).unwrap();
    }
    for row in &table.rows {
        writeln!(out, "  row {}", row.feature).unwrap();
        for cell in &row.cells {
            match cell {
                Some(cell) => {
                    let html = shown(body.slice(cell.html));
                    writeln!(out, "    {:?} {:?} = {html}", cell.text, cell.citations).unwrap();
                }
                None => writeln!(out, "    nothing").unwrap(),
            }
        }
    }
}

fn prediction(out: &mut String, body: &Body, prediction: &Prediction) {
    let html = |fragment: Fragment| shown(body.slice(fragment));
    let stated = if prediction.has_id { "stated" } else { "made" };
    writeln!(
        out,
        "prediction #{} ({stated}): {}",
        prediction.slug,
        html(prediction.html)
    )
    .unwrap();
    writeln!(out, "  text: {}", prediction.text).unwrap();
    if let Some(reasoning) = prediction.reasoning {
        writeln!(out, "  reasoning: {}", html(reasoning)).unwrap();
    }
    if let Some(due) = prediction.due {
        writeln!(out, "  due: {due}").unwrap();
    }
    if let Some(confidence) = prediction.confidence {
        writeln!(out, "  confidence: {confidence}").unwrap();
    }
    if let Some(condition) = prediction.resolves_if {
        writeln!(out, "  resolves if: {}", html(condition)).unwrap();
    }
    let date = prediction.outcome_date.map(|date| date.to_string());
    writeln!(
        out,
        "  outcome: {:?} {date:?} {:?}",
        prediction.outcome, prediction.outcome_note
    )
    .unwrap();
    if let Some((brief, slug, _)) = &prediction.resolves {
        writeln!(out, "  resolves: {brief} {slug}").unwrap();
    }
}

fn dated(out: &mut String, body: &Body, name: &str, items: &[Dated]) {
    for item in items {
        let html = shown(body.slice(item.html));
        writeln!(out, "{name} {}: {html}\n  text: {}", item.date, item.text).unwrap();
    }
}
