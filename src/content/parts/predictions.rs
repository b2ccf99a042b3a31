//! Predictions: the items of "Future Implications", each with its reasoning and its labels.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::dated::date_token;
use super::labels::Labelled;
use super::{Reader, Section};
use crate::config::{Label, slug_of};
use crate::content::brief::{Outcome, Prediction};
use crate::content::date::PartialDate;
use crate::content::outline::{Kind, Node};
use crate::diagnostic::nearest;

/// Longest slug that is made of a prediction's wording.
const SLUG_LENGTH_MAX: usize = 60;

/// Longest text before a colon, in words, that is taken for a misspelt label.
const LABEL_WORDS_MAX: usize = 4;

const LABELS: [(Label, &str); 6] = [
    (Label::Id, "Id"),
    (Label::Due, "Due"),
    (Label::Confidence, "Confidence"),
    (Label::ResolvesIf, "Resolves if"),
    (Label::Resolves, "Resolves"),
    (Label::Outcome, "Outcome"),
];

impl<'a> Reader<'a, '_> {
    pub fn predictions(&mut self, section: &Section) {
        let items = self.items(section);
        let mut predictions: Vec<Prediction> = Vec::new();
        for (index, item) in items {
            let prediction = self.prediction(index, item);
            predictions.extend(prediction);
        }
        self.name(&mut predictions);
        self.parts.predictions = predictions;
    }

    /// `None` for an item that does not begin with a wording.
    fn prediction(&mut self, index: usize, item: &Node) -> Option<Prediction> {
        let wording = self.first_paragraph(index)?;
        let mut prediction = Prediction {
            slug: "".into(),
            has_id: false,
            html: self.outline.fragment(wording.inner.clone()),
            text: self.outline.plain(wording.text.clone()),
            reasoning: None,
            due: None,
            confidence: None,
            resolves_if: None,
            outcome: Outcome::default(),
            outcome_date: None,
            outcome_note: None,
            resolves: None,
            place: self.place(item),
        };
        let mut reasoning: Option<Range<usize>> = None;
        for (block, node) in self.outline.children(index).skip(1) {
            if node.kind == Kind::List && self.is_label_list(block) {
                self.label_list(block, &mut prediction);
            } else if let Some(labelled) = self.label_paragraph(node) {
                self.apply(&labelled, node, &mut prediction);
            } else {
                let start = reasoning.map_or(node.outer.start, |before| before.start);
                reasoning = Some(start..node.outer.end);
                continue;
            }
            // What follows the labels is no reasoning that could be cut out with them.
            if reasoning.is_some() && prediction.reasoning.is_none() {
                prediction.reasoning = reasoning.take().map(|range| self.outline.fragment(range));
            }
        }
        if prediction.reasoning.is_none() {
            prediction.reasoning = reasoning.map(|range| self.outline.fragment(range));
        }
        Some(prediction)
    }

    fn label_paragraph(&self, node: &Node) -> Option<Labelled<'a>> {
        let is_paragraph = node.kind == Kind::Paragraph;
        let labelled = is_paragraph.then(|| self.labelled(node)).flatten()?;
        labelled.label.is_some_and(is_ours).then_some(labelled)
    }

    /// Whether a list states labels: one of them is known, or all look like one that is.
    fn is_label_list(&self, list: usize) -> bool {
        let mut paragraphs = self.outline.children(list).map(|(item, _)| {
            self.first_paragraph(item)
                .and_then(|node| self.labelled(node))
        });
        let is_known = |l: &Labelled<'_>| l.label.is_some_and(is_ours);
        let is_near = |l: &Labelled<'_>| nearest_label(l.name).is_some();
        let all: Vec<_> = paragraphs.by_ref().collect();
        all.iter().flatten().any(is_known) || all.iter().all(|l| l.as_ref().is_some_and(is_near))
    }

    fn label_list(&mut self, list: usize, prediction: &mut Prediction) {
        for (item, node) in self.outline.children(list) {
            let labelled = self
                .first_paragraph(item)
                .and_then(|node| self.labelled(node));
            let Some(labelled) = labelled else { continue };
            if labelled.label.is_some_and(is_ours) {
                self.apply(&labelled, node, prediction);
            } else if labelled.name.split_whitespace().count() <= LABEL_WORDS_MAX {
                let place = self.place(node);
                let near = nearest_label(labelled.name);
                self.problems.unknown_label(place, labelled.name, near);
            }
        }
    }

    /// Takes one label over. Of two the same the later holds.
    fn apply(&mut self, labelled: &Labelled<'_>, node: &Node, prediction: &mut Prediction) {
        let text = labelled.text;
        let place = self.place(node);
        match labelled.label {
            Some(Label::Id) => {
                let slug = slug_of(text);
                if text != slug {
                    self.problems.bad_prediction_id(place, text, &slug);
                }
                prediction.slug = text.into();
                prediction.has_id = true;
            }
            Some(Label::Due) => {
                prediction.due = PartialDate::parse(date_token(text));
                if prediction.due.is_none() {
                    self.problems.bad_date_in_part(place, text);
                }
            }
            Some(Label::Confidence) => {
                prediction.confidence = percent(text);
                if prediction.confidence.is_none() {
                    self.problems.bad_confidence(place, text);
                }
            }
            Some(Label::ResolvesIf) => {
                prediction.resolves_if = Some(self.outline.fragment(labelled.html.clone()));
            }
            Some(Label::Resolves) => match reference(text) {
                Some((brief, slug)) => prediction.resolves = Some((brief, slug, place)),
                None => self.problems.bad_resolves(place, text),
            },
            Some(Label::Outcome) => self.outcome(text, node, prediction),
            _ => {}
        }
    }

    /// `yes`, `yes, 2026-12-31`, `yes, 2026-12-31: by 2%`, `void: the firm is gone`.
    fn outcome(&mut self, text: &str, node: &Node, prediction: &mut Prediction) {
        let word_end = text
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(text.len());
        let (word, mut rest) = (text[..word_end].to_lowercase(), text[word_end..].trim());
        let outcome = match word.as_str() {
            "open" => Some(Outcome::Open),
            "yes" => Some(Outcome::Yes),
            "no" => Some(Outcome::No),
            "partly" => Some(Outcome::Partly),
            "void" => Some(Outcome::Void),
            _ => None,
        };
        let Some(outcome) = outcome else {
            return self.problems.bad_outcome(self.place(node), text);
        };
        prediction.outcome = outcome;
        if let Some(after) = rest.strip_prefix(',').map(str::trim_start) {
            let token = date_token(after);
            prediction.outcome_date = PartialDate::parse(token);
            if prediction.outcome_date.is_none() {
                let shown = if token.is_empty() { after } else { token };
                return self.problems.bad_date_in_part(self.place(node), shown);
            }
            rest = after[token.len()..].trim_start();
        }
        let note = rest.strip_prefix(':').map(str::trim);
        prediction.outcome_note = note.filter(|note| !note.is_empty()).map(Arc::from);
        if note.is_none() && !matches!(rest, "" | ".") {
            self.problems.bad_outcome(self.place(node), text);
        }
    }

    /// Gives each prediction its slug: stated ids first, for they never give way to made ones.
    fn name(&mut self, predictions: &mut [Prediction]) {
        let mut taken: HashSet<Arc<str>> = HashSet::new();
        for prediction in predictions.iter().filter(|p| p.has_id) {
            if !taken.insert(prediction.slug.clone()) {
                self.problems
                    .duplicate_prediction(prediction.place.clone(), &prediction.slug);
            }
        }
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for prediction in predictions.iter_mut().filter(|p| !p.has_id) {
            let slug = slug_of_wording(&prediction.text);
            prediction.slug = slug.as_str().into();
            let number = numbers.entry(slug.clone()).or_default();
            while !taken.insert(prediction.slug.clone()) {
                *number += 1;
                prediction.slug = format!("{slug}-{number}").into();
            }
        }
    }
}

/// The slug of a wording, cut at a dash.
fn slug_of_wording(text: &str) -> String {
    let mut slug = slug_of(text);
    if slug.len() > SLUG_LENGTH_MAX {
        let end = slug[..=SLUG_LENGTH_MAX]
            .rfind('-')
            .unwrap_or(SLUG_LENGTH_MAX);
        slug.truncate(end);
    }
    slug
}

fn is_ours(label: Label) -> bool {
    LABELS.iter().any(|(ours, _)| *ours == label)
}

fn nearest_label(name: &str) -> Option<&'static str> {
    nearest(name, LABELS.iter().map(|(_, name)| *name))
}

/// `60%`, `60 %` or `60`.
fn percent(text: &str) -> Option<u8> {
    let number = text.trim_end_matches('.').trim_end_matches('%').trim_end();
    number.parse().ok().filter(|percent| *percent <= 100)
}

/// `7k3f9q#slug`.
fn reference(text: &str) -> Option<(Arc<str>, Arc<str>)> {
    let (brief, slug) = text.split_once('#')?;
    let is_id = brief.len() == 6
        && brief
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_slug = !slug.is_empty() && !slug.contains(|c: char| c.is_whitespace() || c == '#');
    (is_id && is_slug).then(|| (brief.into(), slug.into()))
}
