//! What a person wrote as TOML or YAML: one tree of data, each node with its place in the file.
//!
//! Front matter and configuration are read out of it with [`Reader`], which reports what has the
//! wrong type and goes on.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{MessageFormatter, Spanned, UserMessageFormatter};
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;
use toml_parser::lexer::TokenKind;

use crate::diagnostic::{Diagnostics, Place, nearest};
use crate::value::Value;

/// A datum and where it stands, in bytes of the file.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Data,
    pub bytes: Range<usize>,
}

/// A datum. YAML has no dates: there they are text.
#[derive(Clone, Debug)]
pub enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Date(Datetime),
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<Entry>),
}

/// A key of a table and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Arc<str>,
    pub key_bytes: Range<usize>,
    pub node: Node,
}

/// A text as data, as far as it could be read.
#[derive(Debug)]
pub struct Tree {
    pub entries: Vec<Entry>,
    pub mistakes: Vec<Mistake>,
}

/// A place where the text is not TOML, or not YAML.
#[derive(Debug)]
pub struct Mistake {
    pub bytes: Range<usize>,
    /// What the parser says of it.
    pub message: String,
    /// A date of the right form that does not exist (`2026-02-30`). In the tree it is absent.
    pub is_date: bool,
}

/// Deepest nesting that is read: both parsers, and all that walks the tree, recurse. In a debug
/// build the YAML parser takes some 40 kB of a 2 MB stack for a level.
const DEPTH_MAX: usize = 24;

/// Most YAML nodes that are read.
const NODES_MAX: usize = 50_000;

/// Most YAML nodes that aliases may add: with them a few lines can stand for billions.
const ALIASED_NODES_MAX: usize = 10_000;

/// Most uses of YAML aliases.
const ALIASES_MAX: usize = 1_000;

/// Most parts of a dotted key. The parser bounds the nesting of values, but not this, and one
/// multiplies the other.
const KEY_PARTS_MAX: usize = 16;

/// Reads TOML that begins at byte `start` of its file.
pub fn parse_toml(text: &str, start: usize) -> Tree {
    if let Some(bytes) = endless_key(text) {
        return Tree {
            entries: Vec::new(),
            mistakes: vec![Mistake {
                bytes: bytes.start + start..bytes.end + start,
                message: format!("a key has more than {KEY_PARTS_MAX} parts"),
                is_date: false,
            }],
        };
    }
    let (table, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let mut mistakes = Vec::new();
    let mut line_end = None;
    for error in errors {
        let bytes = error.span().unwrap_or(0..0);
        let is_date = text.get(bytes.clone()).is_some_and(looks_like_date);
        // What follows on the same line is the parser finding its way back.
        if !is_date && line_end.is_some_and(|end| bytes.start <= end) {
            continue;
        }
        let rest = text.get(bytes.start..).unwrap_or_default();
        line_end = Some(bytes.start + rest.find('\n').unwrap_or(rest.len()));
        let message = error.message();
        let message = message
            .strip_suffix(", expected nothing")
            .unwrap_or(message);
        mistakes.push(Mistake {
            bytes: bytes.start + start..bytes.end + start,
            message: message.to_owned(),
            is_date,
        });
    }
    let mut toml = Toml {
        start,
        depth: 0,
        mistakes,
    };
    let entries = toml.entries(table.into_inner());
    Tree {
        entries,
        mistakes: toml.mistakes,
    }
}

/// Where a dotted key has too many parts, if one has.
fn endless_key(text: &str) -> Option<Range<usize>> {
    let mut dots = 0;
    for token in toml_parser::Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot => dots += 1,
            TokenKind::Atom
            | TokenKind::Whitespace
            | TokenKind::BasicString
            | TokenKind::LiteralString => {}
            _ => dots = 0,
        }
        if dots >= KEY_PARTS_MAX {
            return Some(token.span().start()..token.span().end());
        }
    }
    None
}

/// Whether a text has the form of a date, whatever its numbers are.
fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        })
}

const TOO_LARGE: &str = "the number is too large";

/// Turns what the TOML parser found into our tree.
struct Toml {
    start: usize,
    depth: usize,
    mistakes: Vec<Mistake>,
}

impl Toml {
    fn entries(&mut self, table: DeTable<'_>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = table
            .into_iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().as_ref().into(),
                key_bytes: self.shifted(key.span()),
                node: self.node(value.span(), value.into_inner()),
            })
            .collect();
        // The parser sorts by key; messages and taxonomies want the order of the file.
        entries.sort_by_key(|entry| entry.key_bytes.start);
        entries
    }

    fn node(&mut self, span: Range<usize>, value: DeValue<'_>) -> Node {
        let bytes = self.shifted(span);
        if self.depth == DEPTH_MAX {
            let value = self.refused(&bytes, "this is nested too deeply");
            return Node { value, bytes };
        }
        self.depth += 1;
        let value = self.data(&bytes, value);
        self.depth -= 1;
        Node { value, bytes }
    }

    fn data(&mut self, bytes: &Range<usize>, value: DeValue<'_>) -> Data {
        match value {
            DeValue::String(text) => Data::Text(text.as_ref().into()),
            DeValue::Integer(number) => {
                match i64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(number) => Data::Int(number),
                    Err(_) => self.refused(bytes, TOO_LARGE),
                }
            }
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => Data::Float(number),
                Err(_) => self.refused(bytes, TOO_LARGE),
            },
            DeValue::Boolean(yes) => Data::Bool(yes),
            // What the parser puts in the place of a date that does not exist.
            DeValue::Datetime(date) if date.date.is_none() && date.time.is_none() => Data::Null,
            DeValue::Datetime(date) => Data::Date(date),
            DeValue::Array(items) => Data::List(
                items
                    .into_iter()
                    .map(|item| self.node(item.span(), item.into_inner()))
                    .collect(),
            ),
            DeValue::Table(table) => Data::Table(self.entries(table)),
        }
    }

    fn shifted(&self, span: Range<usize>) -> Range<usize> {
        span.start + self.start..span.end + self.start
    }

    fn refused(&mut self, bytes: &Range<usize>, message: &str) -> Data {
        self.mistakes.push(Mistake {
            bytes: bytes.clone(),
            message: message.into(),
            is_date: false,
        });
        Data::Null
    }
}

/// Reads YAML that begins at byte `start` of its file. Nothing counts as an empty table.
pub fn parse_yaml(text: &str, start: usize) -> Tree {
    let mistake = |mistake| Tree {
        entries: Vec::new(),
        mistakes: vec![mistake],
    };
    let root = match parse_yaml_node(text, start) {
        Ok(root) => root,
        Err(found) => return mistake(found),
    };
    match root.value {
        Data::Table(entries) => Tree {
            entries,
            mistakes: Vec::new(),
        },
        Data::Null => Tree {
            entries: Vec::new(),
            mistakes: Vec::new(),
        },
        _ => mistake(Mistake {
            bytes: root.bytes,
            message: "expected keys with values, as in `title: …`".into(),
            is_date: false,
        }),
    }
}

/// Reads YAML that may be anything: a table, a list, a single datum.
pub fn parse_yaml_node(text: &str, start: usize) -> Result<Node, Mistake> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH_MAX,
            max_nodes: NODES_MAX,
            max_aliases: ALIASES_MAX,
            max_anchors: ALIASES_MAX,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: ALIASED_NODES_MAX,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Spanned<Data>>(text, options) {
        Ok(root) => {
            let mut root = node(root);
            shift(&mut root, start);
            Ok(root)
        }
        Err(error) => {
            let bytes = error.location().map_or(0..0, |location| {
                if location.span().byte_offset().is_some() {
                    return bytes_of(location.span());
                }
                let at = offset(text, location.line(), location.column());
                at..at
            });
            let message = UserMessageFormatter.format_message(error.without_snippet());
            // A scanner's error may stand at the very end, or nowhere.
            let end = text.trim_end().len();
            Err(Mistake {
                bytes: bytes.start.min(end) + start..bytes.end.min(end) + start,
                message: message.into(),
                is_date: false,
            })
        }
    }
}

fn node(spanned: Spanned<Data>) -> Node {
    Node {
        value: spanned.value,
        bytes: bytes_of(spanned.referenced.span()),
    }
}

/// The bytes of a YAML span. The crate counts them itself for text that it has as a whole.
fn bytes_of(span: serde_saphyr::Span) -> Range<usize> {
    let narrow = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let start = narrow(span.byte_offset());
    start..start + narrow(span.byte_len())
}

/// The byte at a line and a column, both from 1 and in characters: the scanner's errors say no more.
fn offset(text: &str, line: u64, column: u64) -> usize {
    let narrow = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    let before = text.split_inclusive('\n').take(narrow(line));
    let start = before.map(str::len).sum::<usize>();
    let rest = text.get(start..).unwrap_or_default();
    start
        + rest
            .chars()
            .take(narrow(column))
            .map(char::len_utf8)
            .sum::<usize>()
}

/// Makes bytes of the YAML text bytes of the file.
fn shift(node: &mut Node, by: usize) {
    node.bytes = node.bytes.start + by..node.bytes.end + by;
    match &mut node.value {
        Data::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Data::Table(entries) => {
            for entry in entries {
                entry.key_bytes = entry.key_bytes.start + by..entry.key_bytes.end + by;
                shift(&mut entry.node, by);
            }
        }
        _ => {}
    }
}

/// Written by hand, because what serde derives for such an enum buffers, and so loses the spans.
impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Data, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Data, E> {
        Ok(Data::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Data, E> {
        Ok(Data::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Data, E> {
        // A number that no integer of ours holds is as good as a float, as in JSON.
        Ok(i64::try_from(number).map_or(Data::Float(number as f64), Data::Int))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Data, E> {
        Ok(Data::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_none<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        Data::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Data>>()? {
            list.push(node(item));
        }
        Ok(Data::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
        let mut table = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            table.push(Entry {
                key: key.value.into(),
                key_bytes: bytes_of(key.referenced.span()),
                node: node(entries.next_value::<Spanned<Data>>()?),
            });
        }
        Ok(Data::Table(table))
    }
}

impl Data {
    /// What it is, in words for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Data::Null => "nothing",
            Data::Bool(_) => "true or false",
            Data::Int(number) if *number < 0 => "a negative number",
            Data::Int(_) => "a number",
            Data::Float(_) => "a fraction",
            Data::Text(text) if matches!(&**text, "true" | "false") => "a word in quotes",
            Data::Text(text) if text.parse::<i64>().is_ok() => "a number in quotes",
            Data::Text(_) => "a text",
            Data::Date(_) => "a date",
            Data::List(_) => "a list",
            Data::Table(_) => "a table",
        }
    }
}

/// What templates get of it: dates as text.
impl From<&Data> for Value {
    fn from(data: &Data) -> Value {
        match data {
            Data::Null => Value::None,
            Data::Bool(yes) => Value::from(*yes),
            Data::Int(number) => Value::from(*number),
            Data::Float(number) => Value::from(*number),
            Data::Text(text) => Value::from(text),
            Data::Date(date) => Value::from(date.to_string()),
            Data::List(items) => Value::list(items.iter().map(|item| Value::from(&item.value))),
            Data::Table(entries) => value_of(entries),
        }
    }
}

/// What templates get of a table.
pub fn value_of(entries: &[Entry]) -> Value {
    let entries = entries.iter();
    Value::map(entries.map(|e| (e.key.to_string(), Value::from(&e.node.value))))
}

/// Text, and where it stands.
pub type Placed = (Arc<str>, Place);

/// Takes keys out of a table. Who takes a key that has the wrong type gets nothing, and the
/// mistake is reported. What is never taken is unknown: [`Reader::unknown`].
#[derive(Debug)]
pub struct Reader<'a> {
    file: &'a Arc<str>,
    /// The table's name for messages: `extra.brief`; empty at the top.
    name: String,
    entries: Vec<Entry>,
    asked: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// A reader of the table called `name`.
    pub fn new(file: &'a Arc<str>, name: impl Into<String>, entries: Vec<Entry>) -> Reader<'a> {
        Reader {
            file,
            name: name.into(),
            entries,
            asked: Vec::new(),
        }
    }

    /// The place of some bytes.
    pub fn place(&self, bytes: &Range<usize>) -> Place {
        Place::bytes(self.file, bytes.clone())
    }

    /// The file that the table is in.
    pub fn file(&self) -> &'a Arc<str> {
        self.file
    }

    /// Where the first key of the table stands that nobody has taken yet.
    pub fn first_key(&self) -> Option<Place> {
        let first = self.entries.iter().map(|entry| &entry.key_bytes);
        let first = first.min_by_key(|bytes| bytes.start)?;
        Some(self.place(first))
    }

    /// Whether the table has a key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| &*entry.key == key)
    }

    /// Takes a key, whatever its value is. A null counts as absent.
    pub fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.asked.push(key);
        let found = self.entries.iter().position(|entry| &*entry.key == key)?;
        let entry = self.entries.remove(found);
        (!matches!(entry.node.value, Data::Null)).then_some(entry)
    }

    /// Puts an entry in, to be taken again.
    pub fn put(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Takes a text.
    pub fn text(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<Arc<str>> {
        self.placed_text(key, problems).map(|(text, _)| text)
    }

    /// Takes a text and its place.
    pub fn placed_text(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<Placed> {
        let entry = self.take(key)?;
        self.as_text(key, &entry.node, problems)
    }

    /// Takes `true` or `false`.
    pub fn flag(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<bool> {
        let entry = self.take(key)?;
        match entry.node.value {
            Data::Bool(yes) => Some(yes),
            _ => self.wrong(key, &entry.node, "true or false", problems),
        }
    }

    /// Takes a whole number.
    pub fn number(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<i64> {
        let entry = self.take(key)?;
        match entry.node.value {
            Data::Int(number) => Some(number),
            _ => self.wrong(key, &entry.node, "a whole number", problems),
        }
    }

    /// Takes a whole number that is not negative.
    pub fn count(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<usize> {
        let entry = self.take(key)?;
        match entry.node.value {
            Data::Int(number) if number >= 0 => usize::try_from(number).ok(),
            _ => self.wrong(key, &entry.node, "a whole number from 0", problems),
        }
    }

    /// Takes a list of texts, each with its place.
    pub fn placed_texts(
        &mut self,
        key: &'static str,
        problems: &mut Diagnostics,
    ) -> Option<Vec<Placed>> {
        let entry = self.take(key)?;
        self.as_texts(key, &entry.node, problems)
    }

    /// Takes a list of texts.
    pub fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Diagnostics,
    ) -> Option<Vec<Arc<str>>> {
        let texts = self.placed_texts(key, problems)?;
        Some(texts.into_iter().map(|(text, _)| text).collect())
    }

    /// Takes a table.
    pub fn table(&mut self, key: &'static str, problems: &mut Diagnostics) -> Option<Reader<'a>> {
        let entry = self.take(key)?;
        match entry.node.value {
            Data::Table(entries) => Some(Reader::new(self.file, self.path(key), entries)),
            _ => self.wrong(key, &entry.node, "a table", problems),
        }
    }

    /// Takes one of some words.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
        problems: &mut Diagnostics,
    ) -> Option<T> {
        let (text, place) = self.placed_text(key, problems)?;
        let chosen = choices.iter().find(|(name, _)| *name == &*text);
        if chosen.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            problems.bad_value(place, key, &text, &names);
        }
        chosen.map(|(_, choice)| *choice)
    }

    /// A node that must be a text; `key` is for the message.
    pub fn as_text(&self, key: &str, node: &Node, problems: &mut Diagnostics) -> Option<Placed> {
        match &node.value {
            Data::Text(text) => Some((text.clone(), self.place(&node.bytes))),
            _ => self.wrong(key, node, "a text", problems),
        }
    }

    /// A node that must be a list of texts; items that are not are reported and left out.
    pub fn as_texts(
        &self,
        key: &str,
        node: &Node,
        problems: &mut Diagnostics,
    ) -> Option<Vec<Placed>> {
        let Data::List(items) = &node.value else {
            return self.wrong(key, node, "a list of texts", problems);
        };
        let texts = items.iter();
        Some(
            texts
                .filter_map(|item| self.as_text(key, item, problems))
                .collect(),
        )
    }

    /// Reports that a node is not what was expected of it.
    pub fn wrong<T>(
        &self,
        key: &str,
        node: &Node,
        expected: &str,
        problems: &mut Diagnostics,
    ) -> Option<T> {
        let place = self.place(&node.bytes);
        problems.wrong_type(place, key, expected, node.value.kind());
        None
    }

    /// The path of a key of this table, for messages.
    pub fn path(&self, key: &str) -> String {
        match self.name.as_str() {
            "" => key.to_owned(),
            name => format!("{name}.{key}"),
        }
    }

    /// What was not taken, each with the known key that is nearest to it.
    pub fn unknown(&self) -> impl Iterator<Item = (&Entry, Option<&'static str>)> {
        let asked = &self.asked;
        self.entries
            .iter()
            .map(move |entry| (entry, nearest(&entry.key, asked.iter().copied())))
    }

    /// Reports what was not taken as errors: the rule of our own tables.
    pub fn refuse_unknown(&self, problems: &mut Diagnostics) {
        for (entry, near) in self.unknown() {
            let place = self.place(&entry.key_bytes);
            problems.unknown_key(place, &entry.key, &self.name, near, &self.asked);
        }
    }

    /// All entries that were not taken.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}
