//! Sorted sequences that follow on each other: to change one costs no more than a part of it.

use std::cmp::Ordering;
use std::sync::Arc;

/// A sequence in parts, each shared by all sequences that have it as it is.
#[derive(Clone, Debug)]
pub struct Chunks<T> {
    /// None is empty.
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

/// Where something is in a sequence, or would be: at the end of a part only if that is the last one.
/// It holds until the sequence is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    chunk: usize,
    within: usize,
}

/// How long a part is when a sequence is made; it may grow to twice that.
const LENGTH: usize = 128;

impl<T> Default for Chunks<T> {
    fn default() -> Chunks<T> {
        Chunks {
            chunks: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Clone> From<Vec<T>> for Chunks<T> {
    fn from(items: Vec<T>) -> Chunks<T> {
        let len = items.len();
        let mut chunks = Vec::with_capacity(len.div_ceil(LENGTH));
        let mut items = items.into_iter();
        while items.len() > 0 {
            chunks.push(Arc::new(items.by_ref().take(LENGTH).collect()));
        }
        Chunks { chunks, len }
    }
}

impl<T: PartialEq> PartialEq for Chunks<T> {
    fn eq(&self, other: &Chunks<T>) -> bool {
        let are_same_parts = self.chunks.len() == other.chunks.len() && {
            let mut both = self.chunks.iter().zip(&other.chunks);
            both.all(|(a, b)| Arc::ptr_eq(a, b))
        };
        are_same_parts || (self.len == other.len && self.iter().eq(other.iter()))
    }
}

impl<T: Eq> Eq for Chunks<T> {}

impl<T> Chunks<T> {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    /// What stands at a place, and all that follows.
    pub fn iter_from(&self, place: Place) -> impl Iterator<Item = &T> + Clone {
        let chunks = self.chunks.get(place.chunk..).unwrap_or_default();
        let items = chunks.iter().flat_map(|chunk| chunk.iter());
        items.skip(place.within)
    }

    /// What stands at a place; nothing at the end.
    pub fn get(&self, place: Place) -> Option<&T> {
        self.chunks.get(place.chunk)?.get(place.within)
    }

    /// Where something is of which `compare` says that it is equal, or where it would be. `compare`
    /// tells how an item is ordered to what is looked for.
    ///
    /// # Errors
    /// The place where it would be.
    pub fn find(&self, compare: impl Fn(&T) -> Ordering) -> Result<Place, Place> {
        let is_before = |chunk: &Arc<Vec<T>>| {
            let last = chunk.last().map(&compare);
            last == Some(Ordering::Less)
        };
        // What comes after everything is put at the end of the last part.
        let chunk = self.chunks.partition_point(is_before);
        let chunk = chunk.min(self.chunks.len().saturating_sub(1));
        let items = self.chunks.get(chunk).map_or(&[][..], |items| items);
        let within = items.binary_search_by(compare);
        within
            .map(|within| Place { chunk, within })
            .map_err(|within| Place { chunk, within })
    }
}

impl<T: Clone> Chunks<T> {
    /// Puts something in before what stands at a place.
    pub fn insert(&mut self, place: Place, item: T) {
        self.len += 1;
        let Some(chunk) = self.chunks.get_mut(place.chunk) else {
            self.chunks.push(Arc::new(vec![item]));
            return;
        };
        let items = Arc::make_mut(chunk);
        items.insert(place.within, item);
        if items.len() > 2 * LENGTH {
            let rest = items.split_off(LENGTH);
            self.chunks.insert(place.chunk + 1, Arc::new(rest));
        }
    }

    /// Takes out what [`Chunks::find`] found.
    pub fn remove(&mut self, place: Place) {
        self.len -= 1;
        let chunk = &mut self.chunks[place.chunk];
        Arc::make_mut(chunk).remove(place.within);
        if chunk.is_empty() {
            self.chunks.remove(place.chunk);
        }
    }

    /// Puts something in the place of what [`Chunks::find`] found.
    pub fn replace(&mut self, place: Place, item: T) {
        Arc::make_mut(&mut self.chunks[place.chunk])[place.within] = item;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_a_vector_is(
            begin in prop::collection::btree_set(0..2000_u32, 0..1500),
            edits in prop::collection::vec((0..2000_u32, any::<bool>()), 0..1500),
        ) {
            let mut expected: Vec<u32> = begin.into_iter().collect();
            let mut chunks = Chunks::from(expected.clone());
            let before = (chunks.clone(), expected.clone());
            for (item, is_doubled) in edits {
                match (chunks.find(|other| other.cmp(&item)), expected.binary_search(&item)) {
                    (Ok(place), Ok(at)) if is_doubled => {
                        prop_assert_eq!(chunks.get(place), Some(&expected[at]));
                        chunks.replace(place, item);
                    }
                    (Ok(place), Ok(at)) => {
                        chunks.remove(place);
                        expected.remove(at);
                    }
                    (Err(place), Err(at)) => {
                        prop_assert_eq!(chunks.get(place), expected.get(at));
                        prop_assert!(chunks.iter_from(place).eq(&expected[at..]));
                        chunks.insert(place, item);
                        expected.insert(at, item);
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert!(chunks.iter().eq(&expected));
            prop_assert_eq!(chunks.len(), expected.len());
            prop_assert_eq!(&chunks, &Chunks::from(expected));
            prop_assert!(before.0.iter().eq(&before.1), "a sequence changed that was shared");
        }
    }
}
