//! Maps and sets by hash, with a hasher that is fast on the short keys of the site's tables and has
//! another seed in each process.

use foldhash::fast::RandomState;

/// The standard library's map with that hasher.
pub type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// The standard library's set with that hasher.
pub type HashSet<K> = std::collections::HashSet<K, RandomState>;

/// An empty map with room for so many entries.
pub fn with_room<K, V>(count: usize) -> HashMap<K, V> {
    HashMap::with_capacity_and_hasher(count, RandomState::default())
}
