//! Citations: `[^label]: [title](url), retrieved 2026-04-30. "quote"`, each piece optional.

use std::sync::Arc;

use super::Reader;
use super::dated::date_token;
use crate::content::brief::Citation;
use crate::content::date::PartialDate;
use crate::content::outline::{Kind, Node};

const RETRIEVED: &str = "retrieved";

impl Reader<'_, '_> {
    pub fn citations(&mut self) {
        let mut is_read = vec![false; self.outline.footnotes.len()];
        for node in &self.outline.nodes {
            if let Kind::Footnote(index) = node.kind
                && !std::mem::replace(&mut is_read[index], true)
            {
                let footnote = &self.outline.footnotes[index];
                if footnote.references == 0 {
                    let place = self.place(node);
                    self.problems.unused_footnote(place, &footnote.label);
                }
                let citation = self.citation(node, index);
                self.parts.citations.push(citation);
            }
        }
        self.parts.citations.sort_by_key(|citation| citation.number);
    }

    fn citation(&mut self, node: &Node, index: usize) -> Citation {
        let footnote = &self.outline.footnotes[index];
        let (url, title, said_from) = match &footnote.link {
            Some((url, text)) => (
                Some(url.clone()),
                Some(self.outline.plain(text.clone())),
                text.end.clamp(node.text.start, node.text.end),
            ),
            None => (None, None, node.text.start),
        };
        let said = self.outline.raw_text(said_from..node.text.end);
        Citation {
            label: footnote.label.clone(),
            number: footnote.number,
            anchor: footnote.anchor.clone(),
            // A bare address has no title but itself.
            title: title.filter(|title| !title.is_empty() && url.as_ref() != Some(title)),
            url,
            retrieved: self.retrieved(node, said),
            quote: quote(said),
            html: self.outline.fragment(node.inner.clone()),
        }
    }

    fn retrieved(&mut self, node: &Node, said: &str) -> Option<PartialDate> {
        // A quote may well speak of something retrieved.
        let said = &said[..said.find(['"', '“']).unwrap_or(said.len())];
        let at = said.to_ascii_lowercase().find(RETRIEVED)?;
        let after = said[at + RETRIEVED.len()..].trim_start_matches([':', ' ']);
        let token = date_token(after);
        if !token.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let date = PartialDate::parse(token);
        if date.is_none() {
            let place = self.place(node);
            self.problems.bad_date_in_part(place, token);
        }
        date
    }
}

/// What stands between the first quotation mark and the last.
fn quote(said: &str) -> Option<Arc<str>> {
    let start = said.find(['"', '“'])?;
    let inside = said[start..].trim_start_matches(['"', '“']);
    let end = inside.rfind(['"', '”'])?;
    let words: Vec<&str> = inside[..end].split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" ").into())
}
