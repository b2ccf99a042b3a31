//! What templates see: an immutable tree of data, shared by reference count, its hash kept.
//!
//! Cloning a value of any size copies one pointer. Each engine binds it its own way (`render/`).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// The name of a map's entry; nearly always a literal of ours, so it costs no allocation.
pub type Key = Cow<'static, str>;

/// A datum as templates see it.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Absent: false in a condition, nothing where it is printed. A key that a map does not have
    /// is something else: printing it is an error.
    #[default]
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Text that an engine escapes for its output.
    Text(Arc<str>),
    /// HTML that is known to be safe, so that no engine escapes it.
    Html(Arc<str>),
    List(Arc<List>),
    Map(Arc<Map>),
}

/// A sequence of values.
#[derive(Debug)]
pub struct List {
    items: Box<[Value]>,
    hash: OnceLock<Hash>,
}

/// Entries sorted by key, each key once, so that iteration has one order on every machine.
#[derive(Debug, Default)]
pub struct Map {
    entries: Box<[(Key, Value)]>,
    hash: OnceLock<Hash>,
}

/// A digest of content: equal hashes mean equal content (BLAKE3, cut to 128 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub u128);

impl Hash {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash::from(blake3::hash(bytes))
    }
}

impl From<blake3::Hash> for Hash {
    fn from(whole: blake3::Hash) -> Hash {
        let mut half = [0; 16];
        half.copy_from_slice(&whole.as_bytes()[..16]);
        Hash(u128::from_le_bytes(half))
    }
}

impl Value {
    /// A map from its entries; of two entries with one key the later wins.
    pub fn map<K: Into<Key>, I: IntoIterator<Item = (K, Value)>>(entries: I) -> Value {
        let entries = entries.into_iter();
        let entries: Vec<(Key, Value)> = entries.map(|(key, value)| (key.into(), value)).collect();
        Value::of_sorted(sorted(entries))
    }

    fn of_sorted(entries: Vec<(Key, Value)>) -> Value {
        Value::Map(Arc::new(Map {
            entries: entries.into(),
            hash: OnceLock::new(),
        }))
    }

    /// This map with some entries added or replaced; any other value counts as an empty map.
    pub fn with<K: Into<Key>, I: IntoIterator<Item = (K, Value)>>(&self, entries: I) -> Value {
        let own = match self {
            Value::Map(map) => map.entries(),
            _ => &[],
        };
        let added = entries.into_iter();
        let added = sorted(added.map(|(key, value)| (key.into(), value)).collect());
        let mut merged = Vec::with_capacity(own.len() + added.len());
        let mut own = own.iter().peekable();
        for entry in added {
            while let Some(before) = own.next_if(|other| other.0 < entry.0) {
                merged.push(before.clone());
            }
            own.next_if(|other| other.0 == entry.0);
            merged.push(entry);
        }
        merged.extend(own.cloned());
        Value::of_sorted(merged)
    }

    /// A list of values.
    pub fn list<I: IntoIterator<Item = Value>>(items: I) -> Value {
        Value::List(Arc::new(List {
            items: items.into_iter().collect(),
            hash: OnceLock::new(),
        }))
    }

    /// HTML that needs no escaping.
    pub fn html(html: impl Into<Arc<str>>) -> Value {
        Value::Html(html.into())
    }

    /// The entry of a map; `None` for anything else and for an absent key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The items of a list; none of any other value.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(list) => list.items(),
            _ => &[],
        }
    }

    /// The text of an entry of a map; empty if there is none.
    pub fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The items of an entry of a map that is a list; none otherwise.
    pub fn items_of(&self, key: &str) -> &[Value] {
        self.get(key).map(Value::items).unwrap_or_default()
    }

    /// The text of a text or HTML value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Html(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a whole number.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether an entry of a map is `true`.
    pub fn is(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Bool(true)))
    }

    /// Whether the value is absent.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// The digest of the value, computed once for each list and map.
    pub fn hash(&self) -> Hash {
        match self {
            Value::List(list) => *list.hash.get_or_init(|| {
                let mut fed = vec![b'['];
                for item in &list.items {
                    item.feed(&mut fed);
                }
                Hash::of(&fed)
            }),
            Value::Map(map) => *map.hash.get_or_init(|| {
                let mut fed = vec![b'{'];
                for (key, value) in &map.entries {
                    feed_bytes(b'k', key.as_bytes(), &mut fed);
                    value.feed(&mut fed);
                }
                Hash::of(&fed)
            }),
            scalar => {
                let mut fed = Vec::new();
                scalar.feed(&mut fed);
                Hash::of(&fed)
            }
        }
    }

    /// Collected and hashed at once, which takes half the time of hashing each small piece.
    fn feed(&self, fed: &mut Vec<u8>) {
        match self {
            Value::None => feed_bytes(b'0', b"", fed),
            Value::Bool(yes) => feed_bytes(b'b', &[u8::from(*yes)], fed),
            Value::Int(number) => feed_bytes(b'i', &number.to_le_bytes(), fed),
            Value::Float(number) => feed_bytes(b'f', &number.to_le_bytes(), fed),
            Value::Text(text) => feed_bytes(b't', text.as_bytes(), fed),
            Value::Html(text) => feed_bytes(b'h', text.as_bytes(), fed),
            Value::List(_) => feed_bytes(b'l', &self.hash().0.to_le_bytes(), fed),
            Value::Map(_) => feed_bytes(b'm', &self.hash().0.to_le_bytes(), fed),
        }
    }
}

/// The entries by key; of two with one key the later.
fn sorted(mut entries: Vec<(Key, Value)>) -> Vec<(Key, Value)> {
    // The sort is stable, so the later of two equal keys comes last and is the one kept.
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.dedup_by(|later, earlier| {
        let is_same = later.0 == earlier.0;
        if is_same {
            std::mem::swap(later, earlier);
        }
        is_same
    });
    entries
}

/// Tag and length first, so that no two different trees feed the same bytes.
fn feed_bytes(tag: u8, bytes: &[u8], fed: &mut Vec<u8>) {
    fed.push(tag);
    fed.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    fed.extend_from_slice(bytes);
}

impl List {
    /// The items in order.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl Map {
    /// The entries, sorted by key.
    pub fn entries(&self) -> &[(Key, Value)] {
        &self.entries
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        /// Up to here, looking at length and first letter of each key is faster than halving, for
        /// hardly another key has both: templates look up most of what they print, a hundred cards
        /// to a page.
        const SCANNED_MAX: usize = 40;
        if self.entries.len() <= SCANNED_MAX {
            let first = key.as_bytes().first();
            let is_key = |name: &str| {
                name.len() == key.len() && name.as_bytes().first() == first && name == key
            };
            let found = self.entries.iter().find(|(name, _)| is_key(name))?;
            return Some(&found.1);
        }
        let found = self
            .entries
            .binary_search_by(|(name, _)| name.as_ref().cmp(key))
            .ok()?;
        Some(&self.entries[found].1)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.hash() == other.hash()
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Bool(yes)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Value {
        Value::Text(text)
    }
}

impl From<&Arc<str>> for Value {
    fn from(text: &Arc<str>) -> Value {
        Value::Text(text.clone())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Value {
        option.map_or(Value::None, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::list(items.into_iter().map(Into::into))
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::None => serializer.serialize_none(),
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Text(text) | Value::Html(text) => serializer.serialize_str(text),
            Value::List(list) => serializer.collect_seq(list.items()),
            Value::Map(map) => {
                serializer.collect_map(map.entries().iter().map(|(key, value)| (key, value)))
            }
        }
    }
}
