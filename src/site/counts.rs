//! How often each of some things occurs, and how often it does after some have come and gone.

use std::iter::Peekable;

/// Things that occur, in order, with how often each does.
#[derive(Debug)]
pub struct Counts<K>(Vec<(K, usize)>);

impl<K> Default for Counts<K> {
    fn default() -> Counts<K> {
        Counts(Vec::new())
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
        let mut changes = changes.into_iter().peekable();
        let mut counts = Vec::with_capacity(self.0.len() + changes.len());
        for (thing, count) in &self.0 {
            counts.extend(new_before(&mut changes, thing));
            match changes.next_if(|(changed, _)| changed == thing) {
                Some((thing, by)) => counts.extend(counted(thing, *count, by)),
                None => counts.push((thing.clone(), *count)),
            }
        }
        counts.extend(changes.filter_map(|(thing, by)| counted(thing, 0, by)));
        Counts(counts)
    }

    /// All that occur, in order.
    pub fn iter(&self) -> impl Iterator<Item = &(K, usize)> {
        self.0.iter()
    }

    /// The same, those together that belong together.
    pub fn chunk_by(&self, is_one: impl Fn(&K, &K) -> bool) -> impl Iterator<Item = &[(K, usize)]> {
        self.0.chunk_by(move |(a, _), (b, _)| is_one(a, b))
    }
}

/// What comes before a thing and did not occur until now.
fn new_before<K: Ord>(
    changes: &mut Peekable<impl Iterator<Item = (K, isize)>>,
    thing: &K,
) -> impl Iterator<Item = (K, usize)> {
    std::iter::from_fn(|| changes.next_if(|(changed, _)| changed < thing))
        .filter_map(|(new, by)| counted(new, 0, by))
}

fn counted<K>(thing: K, count: usize, by: isize) -> Option<(K, usize)> {
    let count = count.checked_add_signed(by);
    let count = count.expect("what is gone was counted when it came");
    (count > 0).then_some((thing, count))
}

/// Two sorted lists as one.
pub fn merged<T, K: Ord>(
    first: impl Iterator<Item = T>,
    second: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut second = second.into_iter().peekable();
    let mut all = Vec::with_capacity(first.size_hint().1.unwrap_or(0) + second.len());
    for next in first {
        while let Some(earlier) = second.next_if(|other| key(other) < key(&next)) {
            all.push(earlier);
        }
        all.push(next);
    }
    all.extend(second);
    all
}
