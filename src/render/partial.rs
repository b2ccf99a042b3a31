//! Partials: templates that depend on what they are given and nothing else, so that each is
//! rendered once for equal arguments and not once for each of the many pages that it stands on.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::value::{Hash, Value};

/// Rendered partials by the digest of template name and arguments, cut up so that threads seldom
/// wait for each other. `T` is the text as an engine has it, shared: it is copied to no page before
/// it is printed.
#[derive(Debug)]
pub struct Partials<T> {
    shards: [Mutex<HashMap<Hash, T>>; 16],
}

impl<T> Default for Partials<T> {
    fn default() -> Partials<T> {
        Partials {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl<T: Clone> Partials<T> {
    /// What `render` makes of a template and its arguments; made once.
    ///
    /// # Errors
    /// Those of `render`; nothing is kept of a failure.
    pub fn get<E>(
        &self,
        template: &str,
        arguments: &Value,
        render: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Hash(of_arguments) = arguments.hash();
        let Hash(of_name) = Hash::of(template.as_bytes());
        let key = Hash(of_arguments ^ of_name);
        let shard = &self.shards[(key.0 % 16) as usize];
        let held = || shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held().get(&key) {
            return Ok(known.clone());
        }
        // Two threads may make the same one at the same time; both make the same.
        let made = render()?;
        held().insert(key, made.clone());
        Ok(made)
    }
}
