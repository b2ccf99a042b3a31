//! The search index as the library reads it that searches in the browser.
//!
//! elasticlunr's is a tree of letters for each field; the words at its nodes know the documents
//! that have them and how often. Fuse reads a plain list of documents.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use elasticlunr::Language;
use rayon::prelude::*;

use crate::config::search::{IndexFormat, Library, SearchConfig, words_of};
use crate::value::Value;

/// The index of some documents.
pub fn index(search: &SearchConfig, format: IndexFormat, documents: &Value) -> String {
    let index = match format.library {
        Library::Elasticlunr => elasticlunr(search, documents.items()),
        Library::Fuse => json(documents),
    };
    match format.is_script {
        true => format!("window.searchIndex = {index}"),
        false => index,
    }
}

/// A word of more bytes is none that somebody types, and the tree is as deep as its words are long.
const WORD_BYTES_MAX: usize = 200;

/// The words of one field, each with the documents that have it and how often.
struct Field {
    name: &'static str,
    words: BTreeMap<String, Vec<(usize, u32)>>,
    /// How many words each document has.
    lengths: Vec<usize>,
}

fn elasticlunr(search: &SearchConfig, documents: &[Value]) -> String {
    let wanted = [
        ("title", search.title),
        ("description", search.description),
        ("date", search.date),
        ("path", search.path),
        ("body", search.content),
    ];
    let wanted = wanted.into_par_iter().filter(|(_, is_wanted)| *is_wanted);
    let fields: Vec<Field> = wanted
        .map(|(name, _)| Field::of(name, documents, &search.language))
        .collect();
    let language = stems(&search.language);
    let pipeline = language.make_pipeline();
    let steps: Vec<String> = pipeline.queue.iter().map(|step| step.name()).collect();
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    let urls = documents.iter().map(|document| document.get("url"));
    let urls: Vec<String> = urls.map(|url| json(&url)).collect();

    let mut text = String::new();
    let out = &mut text;
    push(out, format_args!("{{\"fields\":{}", json(&names)));
    push(out, format_args!(",\"pipeline\":{}", json(&steps)));
    let version = elasticlunr::ELASTICLUNR_VERSION;
    push(
        out,
        format_args!(",\"ref\":\"id\",\"version\":\"{version}\",\"index\":{{"),
    );
    for (number, field) in fields.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        push(out, format_args!("{comma}\"{}\":{{\"root\":", field.name));
        field.push_tree(&urls, out);
        out.push('}');
    }
    out.push_str("},\"documentStore\":{\"save\":true,\"docs\":{");
    for (number, (document, url)) in documents.iter().zip(&urls).enumerate() {
        let comma = if number > 0 { "," } else { "" };
        push(out, format_args!("{comma}{url}:{{\"id\":{url}"));
        for name in &names {
            let shown = json(&document.get(name));
            push(out, format_args!(",\"{name}\":{shown}"));
        }
        out.push('}');
    }
    out.push_str("},\"docInfo\":{");
    for (number, url) in urls.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        let lengths = fields.iter();
        let lengths = lengths.map(|field| (field.name, field.lengths[number]));
        let lengths: BTreeMap<&str, usize> = lengths.collect();
        push(out, format_args!("{comma}{url}:{}", json(&lengths)));
    }
    let (count, name) = (documents.len(), json(&language.name()));
    push(
        out,
        format_args!("}},\"length\":{count}}},\"lang\":{name}}}"),
    );
    text
}

fn stems(language: &str) -> Box<dyn Language> {
    words_of(language).expect("the configuration keeps only languages that are known")
}

impl Field {
    fn of(name: &'static str, documents: &[Value], language: &str) -> Field {
        let language = stems(language);
        let pipeline = language.make_pipeline();
        // Most words come again and again; each is brought to its stem once.
        let mut known: HashMap<String, Option<usize>> = HashMap::new();
        let mut stems: HashMap<String, usize> = HashMap::new();
        let mut places: Vec<Vec<(usize, u32)>> = Vec::new();
        let mut lengths = Vec::with_capacity(documents.len());
        for (number, document) in documents.iter().enumerate() {
            let text = document.text_of(name);
            let words = match name {
                "path" => parts_of(text),
                _ => language.tokenize(text),
            };
            let mut length = 0;
            for word in words {
                let stem = known.entry(word).or_insert_with_key(|word| {
                    let found = pipeline.run(vec![word.clone()]).pop();
                    let stem = found.filter(|stem| stem.len() <= WORD_BYTES_MAX)?;
                    let next = stems.len();
                    Some(*stems.entry(stem).or_insert(next))
                });
                let Some(stem) = *stem else { continue };
                length += 1;
                if stem == places.len() {
                    places.push(Vec::new());
                }
                match places[stem].last_mut() {
                    Some((last, count)) if *last == number => *count += 1,
                    _ => places[stem].push((number, 1)),
                }
            }
            lengths.push(length);
        }
        let stems = stems.into_iter().filter(|(stem, _)| !stem.is_empty());
        let words = stems.map(|(stem, place)| (stem, std::mem::take(&mut places[place])));
        Field {
            name,
            words: words.collect(),
            lengths,
        }
    }

    /// Words in order follow the tree, so that it need not be built: what two neighbours share is
    /// the way to both.
    fn push_tree(&self, urls: &[String], out: &mut String) {
        out.push_str("{\"docs\":{},\"df\":0");
        let mut before = "";
        for (word, documents) in &self.words {
            let shared = before.chars().zip(word.chars());
            let shared = shared.take_while(|(a, b)| a == b).count();
            for _ in shared..before.chars().count() {
                out.push('}');
            }
            let letters = word.chars().count();
            for (number, letter) in word.chars().enumerate().skip(shared) {
                let letter = json(&letter);
                if number + 1 < letters {
                    push(out, format_args!(",{letter}:{{\"docs\":{{}},\"df\":0"));
                    continue;
                }
                push(out, format_args!(",{letter}:{{\"docs\":{{"));
                for (place, (document, count)) in documents.iter().enumerate() {
                    // There are millions of these, and formatting is slow.
                    out.push_str(if place > 0 { "," } else { "" });
                    out.push_str(&urls[*document]);
                    out.push_str(":{\"tf\":");
                    match count {
                        1 => out.push('1'),
                        _ => push(out, format_args!("{}", f64::from(*count).sqrt())),
                    }
                    out.push('}');
                }
                push(out, format_args!("}},\"df\":{}", documents.len()));
            }
            before = word;
        }
        for _ in before.chars() {
            out.push('}');
        }
        out.push('}');
    }
}

/// The parts of an address, as Zola takes it apart for its index.
fn parts_of(path: &str) -> Vec<String> {
    path.split(|c: char| c.is_whitespace() || c == '-' || c == '/')
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn json(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).expect("text, numbers and maps by text are always JSON")
}

fn push(out: &mut String, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what)
        .expect("writing into text does not fail");
}
