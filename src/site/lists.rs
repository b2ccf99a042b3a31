//! A list for each slot, all in one piece, so that a table of them is copied at once.

/// Lists by position. There is an empty one at every position that was not filled.
#[derive(Clone, Debug)]
pub struct Lists<T> {
    items: Vec<T>,
    /// Where each list begins, and where the last one ends.
    starts: Vec<u32>,
}

impl<T: Copy> Lists<T> {
    /// The lists at their positions.
    pub fn new(lists: &[Vec<T>]) -> Lists<T> {
        let nothing = Lists {
            items: Vec::new(),
            starts: vec![0],
        };
        nothing.with(lists.len(), |position| Some(&lists[position]))
    }

    /// The list at a position.
    pub fn get(&self, position: usize) -> &[T] {
        match self.starts.get(position..position + 2) {
            Some(&[from, to]) => &self.items[from as usize..to as usize],
            _ => &[],
        }
    }

    /// These lists, `count` in all, but for those for which there is another.
    pub fn with<'a>(&self, count: usize, other: impl Fn(usize) -> Option<&'a [T]>) -> Lists<T>
    where
        T: 'a,
    {
        let mut items = Vec::with_capacity(self.items.len());
        let mut starts = Vec::with_capacity(count + 1);
        starts.push(0);
        for position in 0..count {
            items.extend_from_slice(other(position).unwrap_or_else(|| self.get(position)));
            let end = u32::try_from(items.len()).expect("items are counted in 32 bits");
            starts.push(end);
        }
        Lists { items, starts }
    }
}

impl<T: Copy> Default for Lists<T> {
    fn default() -> Lists<T> {
        Lists::new(&[])
    }
}
