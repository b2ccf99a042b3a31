//! Partials: templates that depend on what they are given and nothing else, so that each is
//! rendered once for equal arguments and not once for each of the many pages that it stands on.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use crate::maps::HashMap;
use crate::value::{Hash, Value};

/// Rendered partials by template and arguments, cut up so that threads seldom wait for each other.
/// `T` is the text as an engine has it, shared: it is copied to no page before it is printed.
#[derive(Debug)]
pub struct Partials<T> {
    shards: [Mutex<Shard<T>>; 16],
}

/// By template, then by what it was given.
type Shard<T> = HashMap<Box<str>, HashMap<Key, T>>;

/// The digest of the item, and the named arguments in a form that no others have.
type Key = (Hash, String);

impl<T> Default for Partials<T> {
    fn default() -> Partials<T> {
        Partials {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl<T: Clone> Partials<T> {
    /// What `render` makes of a template, an item and named arguments, sorted by name; made once.
    ///
    /// # Errors
    /// Those of `render`; nothing is kept of a failure.
    pub fn get<E>(
        &self,
        template: &str,
        (item, named): (&Value, &[(Cow<'static, str>, Value)]),
        render: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let key = (item.hash(), in_one_text(named));
        let shard = &self.shards[(key.0.0 % 16) as usize];
        let held = || shard.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held().get(template).and_then(|of| of.get(&key)).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        // Two threads may make the same one at the same time; both make the same.
        let made = render()?;
        let mut held = held();
        if !held.contains_key(template) {
            held.insert(template.into(), HashMap::default());
        }
        if let Some(of) = held.get_mut(template) {
            of.insert(key, made.clone());
        }
        Ok(made)
    }
}

/// Arguments as one text, which is cheaper than their digest where they are as short as most are.
fn in_one_text(arguments: &[(Cow<'static, str>, Value)]) -> String {
    let mut text = String::new();
    for (name, value) in arguments {
        let written = match value {
            Value::Text(value) => write!(text, "{name} t{}:{value}", value.len()),
            Value::Bool(value) => write!(text, "{name} b{value};"),
            value => write!(text, "{name} {:x};", value.hash().0),
        };
        written.expect("a string takes everything");
    }
    text
}
