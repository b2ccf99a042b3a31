//! Work in portions for several threads.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, MaxLen};

/// Files or entries that a thread takes at once, a millisecond's work or so.
const SHARE_MAX: usize = 32;

/// What several threads do together. Left to itself, rayon gives the last thread thousands, and the
/// others wait for it.
pub fn in_shares<I>(items: I) -> MaxLen<I::Iter>
where
    I: IntoParallelIterator<Iter: IndexedParallelIterator>,
{
    items.into_par_iter().with_max_len(SHARE_MAX)
}
