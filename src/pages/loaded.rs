//! `load_data`: files of data as templates see them, as Zola reads them.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::data;
use crate::value::Value;

mod bibtex;

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notation {
    Toml,
    Json,
    Csv,
    Yaml,
    Xml,
    Bibtex,
    Plain,
}

impl Notation {
    /// Names of notations, for a hint.
    pub const NAMES: &str = "`toml`, `json`, `csv`, `bibtex`, `yaml`, `xml` or `plain`";

    /// A notation by what Zola calls it; that is also the ending of its files.
    pub fn named(name: &str) -> Option<Notation> {
        Some(match name {
            "toml" => Notation::Toml,
            "json" => Notation::Json,
            "csv" => Notation::Csv,
            "yaml" | "yml" => Notation::Yaml,
            "xml" => Notation::Xml,
            "bibtex" => Notation::Bibtex,
            "plain" => Notation::Plain,
            _ => return None,
        })
    }

    /// What a host is asked to send; anything where the notation has no name of its own.
    pub fn media_types(self) -> Option<&'static str> {
        Some(match self {
            Notation::Toml => "application/toml, text/plain;q=0.9, */*;q=0.1",
            Notation::Json => "application/json, */*;q=0.1",
            Notation::Csv => "text/csv, text/plain;q=0.9, */*;q=0.1",
            Notation::Yaml => "application/yaml, text/plain;q=0.9, */*;q=0.1",
            Notation::Xml => "application/xml, text/xml, */*;q=0.1",
            Notation::Bibtex => "application/x-bibtex, text/plain;q=0.9, */*;q=0.1",
            Notation::Plain => return None,
        })
    }

    /// The notation of a file by its name; of one that tells nothing, plain text.
    pub fn of_file(path: &str) -> Notation {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        ending.and_then(Notation::named).unwrap_or(Notation::Plain)
    }
}

/// Why a text is no data of a notation.
#[derive(Debug)]
pub struct Mistake {
    message: String,
    /// Line and column from 1, as far as they are known.
    line: Option<usize>,
    column: Option<usize>,
}

impl Mistake {
    fn at_byte(text: &str, byte: usize, message: impl Into<String>) -> Mistake {
        let message = short(message.into());
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Mistake {
            message,
            line: Some(before.matches('\n').count() + 1),
            column: Some(before[line_start..].chars().count() + 1),
        }
    }

    fn whole(message: impl Into<String>) -> Mistake {
        Mistake {
            message: short(message.into()),
            line: None,
            column: None,
        }
    }

    /// The message, with the place in a file.
    pub fn in_file(&self, file: &str) -> String {
        self.at(file)
    }

    /// The message, with the place in the text that a template gives.
    pub fn in_literal(&self) -> String {
        self.at("literal")
    }

    /// The message, with the place in what an address gave.
    pub fn from_address(&self, address: &str) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => {
                format!(
                    "`{address}`, line {line}, column {column}: {}",
                    self.message
                )
            }
            _ => format!("`{address}`: {}", self.message),
        }
    }

    fn at(&self, name: &str) -> String {
        let numbers = self.line.into_iter().chain(self.column);
        let place: String = numbers.map(|number| format!(":{number}")).collect();
        format!("{name}{place}: {}", self.message)
    }
}

/// A message of a reader, which may quote a value that is as long as the file.
fn short(message: String) -> String {
    const CHARS_MAX: usize = 300;
    match message.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => message[..end].to_owned() + "…",
        None => message,
    }
}

/// Larger files of data are not read: what is made of one takes ten times as much.
pub const BYTES_MAX: u64 = 64 << 20;

/// So many marks that begin a value, or part one from the next.
const MARKS_MAX: usize = 2_000_000;

/// Reads data.
///
/// # Errors
/// The first mistake in it.
pub fn parse(bytes: &[u8], notation: Notation) -> Result<Value, Mistake> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Mistake::at_byte(&good, good.len(), "this is not UTF-8")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let is_mark = |byte: &&u8| b",[{<=\n".contains(byte);
    if notation != Notation::Plain && text.as_bytes().iter().filter(is_mark).count() > MARKS_MAX {
        let millions = MARKS_MAX / 1_000_000;
        return Err(Mistake::whole(format!(
            "there are more than {millions} million values in it"
        )));
    }
    match notation {
        Notation::Plain => Ok(text.into()),
        Notation::Toml => toml(text),
        Notation::Yaml => match data::parse_yaml_node(text, 0) {
            Ok(node) => Ok(Value::from(&node.value)),
            Err(found) => Err(Mistake::at_byte(text, found.bytes.start, found.message)),
        },
        Notation::Json => serde_json::from_str(text)
            .map(|json| of_json(&json))
            .map_err(|error| json_mistake(&error)),
        Notation::Csv => csv(text),
        Notation::Xml => xml(text),
        Notation::Bibtex => bibtex::parse(text),
    }
}

fn toml(text: &str) -> Result<Value, Mistake> {
    let tree = data::parse_toml(text, 0);
    match tree.mistakes.into_iter().next() {
        Some(found) => Err(Mistake::at_byte(text, found.bytes.start, found.message)),
        None => Ok(data::value_of(&tree.entries)),
    }
}

fn json_mistake(error: &serde_json::Error) -> Mistake {
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ").map(|(message, _)| message);
    Mistake {
        message: message.unwrap_or(&whole).to_owned(),
        line: Some(error.line()),
        column: Some(error.column()),
    }
}

fn of_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(yes) => (*yes).into(),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().unwrap_or(f64::NAN).into(),
        },
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => Value::list(items.iter().map(of_json)),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter();
            Value::map(entries.map(|(key, item)| (key.clone(), of_json(item))))
        }
    }
}

/// `{headers, records}`, all of it text.
fn csv(text: &str) -> Result<Value, Mistake> {
    let mistake = |error: &csv::Error| {
        let line = error.position().and_then(|p| p.line().try_into().ok());
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("this record has {len} fields, the ones before it have {expected_len}"),
            _ => error.to_string(),
        };
        Mistake {
            message,
            line,
            column: None,
        }
    };
    let of_record = |record: &csv::StringRecord| Value::list(record.iter().map(Value::from));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = of_record(reader.headers().map_err(|error| mistake(&error))?);
    let records = reader.records().map(|record| record.map(|r| of_record(&r)));
    let records: Vec<Value> = records
        .collect::<Result<_, _>>()
        .map_err(|error| mistake(&error))?;
    Ok(Value::map([
        ("headers", headers),
        ("records", Value::list(records)),
    ]))
}

/// Elements nest no deeper: what a template does with them recurses.
const DEPTH_MAX: usize = 64;

/// An element that is being read.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, Value)>,
    /// What stands between the start tag and the first tag or comment after it.
    text: String,
    is_text_over: bool,
    children: BTreeMap<String, Vec<Value>>,
}

/// Elements as maps: attributes are `@name`, elements of one name a list. An element that begins
/// with text is that text, with attributes a map that has it as `#text`.
fn xml(text: &str) -> Result<Value, Mistake> {
    let mut reader = Reader::from_str(text);
    // The document is an element without a name around the outermost one.
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(text.len());
            Mistake::at_byte(text, at, error.to_string())
        })?;
        let at = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let here = |message: String| Mistake::at_byte(text, at, message);
        let depth = open.len();
        let last = open.last_mut().expect("the document stays open");
        match event {
            Event::Eof if depth > 1 => {
                return Err(here(format!("`<{}>` is not closed", last.name)));
            }
            Event::Eof => break,
            Event::Start(start) if depth <= DEPTH_MAX => {
                last.is_text_over = true;
                open.push(Element::new(&start).map_err(here)?);
            }
            Event::Start(_) => {
                let message = format!("elements nest deeper than {DEPTH_MAX} levels");
                return Err(here(message));
            }
            Event::Empty(start) => last.put(Element::new(&start).map_err(here)?),
            Event::End(_) => {
                let closed = open.pop().unwrap_or_default();
                // The reader has seen to it that a start tag came before.
                open.last_mut()
                    .ok_or_else(|| here("`</…>` closes nothing".into()))?
                    .put(closed);
            }
            Event::Text(more) => last.add(&more),
            Event::CData(more) => last.add(&more),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                let text = quick_xml::escape::unescape(&entity);
                last.add(&text.map_err(|error| here(error.to_string()))?);
            }
            Event::Comment(_) | Event::PI(_) => last.is_text_over = !last.text.is_empty(),
            Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    let document = open.pop().unwrap_or_default();
    match document.children.is_empty() {
        true => Err(Mistake::whole("there is no element in it")),
        false => Ok(document.into_value()),
    }
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Result<Element, String> {
        let name = start.local_name().as_ref().to_owned();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let key = attribute.key.local_name().as_ref().to_owned();
            let value = attribute.normalized_value(XmlVersion::default());
            let value = value.map_err(|error| error.to_string())?;
            attributes.push((format!("@{key}"), datum(&value)));
        }
        Ok(Element {
            name,
            attributes,
            ..Element::default()
        })
    }

    fn add(&mut self, text: &str) {
        if !self.is_text_over {
            self.text.push_str(text);
        }
    }

    fn put(&mut self, child: Element) {
        self.is_text_over = true;
        let of_name = self.children.entry(child.name.clone()).or_default();
        of_name.push(child.into_value());
    }

    fn into_value(self) -> Value {
        let text = self.text.trim();
        if !text.is_empty() {
            if self.attributes.is_empty() {
                return datum(text);
            }
            let text = [("#text".to_owned(), datum(text))];
            return Value::map(self.attributes.into_iter().chain(text));
        }
        let children = self.children.into_iter().map(|(name, mut values)| {
            let value = match values.len() {
                1 => values.remove(0),
                _ => Value::list(values),
            };
            (name, value)
        });
        Value::map(self.attributes.into_iter().chain(children))
    }
}

/// Text that looks like a number or a truth is one.
fn datum(text: &str) -> Value {
    let text = text.trim();
    if let Ok(number) = text.parse::<u64>()
        && let Ok(number) = i64::try_from(number)
    {
        return number.into();
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => return number.into(),
        _ => {}
    }
    match text {
        "true" => true.into(),
        "false" => false.into(),
        text => text.into(),
    }
}
