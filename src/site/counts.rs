//! How often each of some things occurs, and how often it does after some have come and gone.

use std::sync::Arc;

/// Things that occur, in order, with how often each does.
#[derive(Debug)]
pub struct Counts<K> {
    /// They are shared as long as the same things occur.
    things: Arc<[K]>,
    counts: Vec<usize>,
}

impl<K> Default for Counts<K> {
    fn default() -> Counts<K> {
        Counts {
            things: Arc::default(),
            counts: Vec::new(),
        }
    }
}

impl<K: Ord + Clone> Counts<K> {
    /// The counts after what is said of each thing is added to them. What does not occur any more
    /// is not among them.
    pub fn with(&self, changes: impl IntoIterator<Item = (K, isize)>) -> Counts<K> {
        let mut changes: Vec<(K, isize)> = changes.into_iter().collect();
        changes.sort_unstable();
        changes.dedup_by(|next, first| {
            let is_same = next.0 == first.0;
            first.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        if let Some(counts) = self.of_same_things(&changes) {
            let things = self.things.clone();
            return Counts { things, counts };
        }
        let mut things = Vec::with_capacity(self.things.len() + changes.len());
        let mut counts = Vec::with_capacity(things.capacity());
        let mut from = 0;
        for (thing, by) in changes {
            let (place, count) = match self.things.binary_search(&thing) {
                Ok(place) => (place, self.counts[place]),
                Err(place) => (place, 0),
            };
            things.extend_from_slice(&self.things[from..place]);
            counts.extend_from_slice(&self.counts[from..place]);
            from = place + usize::from(count > 0);
            let count = sum(count, by);
            if count > 0 {
                things.push(thing);
                counts.push(count);
            }
        }
        things.extend_from_slice(&self.things[from..]);
        counts.extend_from_slice(&self.counts[from..]);
        Counts {
            things: things.into(),
            counts,
        }
    }

    /// The counts, if neither is any thing new nor does any not occur any more.
    fn of_same_things(&self, changes: &[(K, isize)]) -> Option<Vec<usize>> {
        let mut counts = self.counts.clone();
        for (thing, by) in changes {
            let count = &mut counts[self.things.binary_search(thing).ok()?];
            *count = sum(*count, *by);
            if *count == 0 {
                return None;
            }
        }
        Some(counts)
    }

    /// Whether the same things are known to occur in both.
    pub fn shares_things_with(&self, other: &Counts<K>) -> bool {
        Arc::ptr_eq(&self.things, &other.things)
    }

    /// All that occur, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, usize)> {
        self.things.iter().zip(self.counts.iter().copied())
    }

    /// The same without what comes first, as long as `is_before` holds of it.
    pub fn from(&self, is_before: impl Fn(&K) -> bool) -> impl Iterator<Item = (&K, usize)> {
        let place = self.things.partition_point(is_before);
        let counts = self.counts[place..].iter().copied();
        self.things[place..].iter().zip(counts)
    }

    /// How often the thing occurs that stands at a place.
    pub fn at(&self, place: usize) -> usize {
        self.counts[place]
    }
}

fn sum(count: usize, by: isize) -> usize {
    let sum = count.checked_add_signed(by);
    sum.expect("what is gone was counted when it came")
}
