//! Tables that are made when a template first asks for them.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use super::kept::Kept;
use crate::diagnostic::Diagnostics;

/// A table that no page of ours may show: then it is made when a template asks, if one does.
#[derive(Debug)]
pub struct OnDemand<T> {
    made: OnceLock<Kept<T>>,
}

impl<T: Send + Sync> OnDemand<T> {
    /// A table that is made, or is not yet.
    pub fn new(made: Option<Kept<T>>) -> OnDemand<T> {
        OnDemand {
            made: made.map(OnceLock::from).unwrap_or_default(),
        }
    }

    /// The table, if anybody asked for it.
    pub fn made(&self) -> Option<&Kept<T>> {
        self.made.get()
    }

    /// The table, made now by `make` if it is not yet.
    pub fn get(&self, make: impl FnOnce() -> T + Send) -> &T {
        self.made.get_or_init(|| {
            let make = |_: &mut Diagnostics| apart(make);
            Kept::make(None, &mut Diagnostics::default(), make)
        })
    }

    /// Whether both are one and the same, or nobody asked for either.
    pub fn is(&self, other: &OnDemand<T>) -> bool {
        match (self.made(), other.made()) {
            (Some(own), Some(other)) => own.is(other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

/// Makes something without the threads that render pages: one that waits for others takes up
/// another page meanwhile, which may ask for the very thing that is being made.
fn apart<T: Send>(make: impl FnOnce() -> T + Send) -> T {
    let alone = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
        let pool = pool.use_current_thread().build();
        let _pool = pool.expect("a new thread belongs to no pool");
        make()
    };
    let made = thread::scope(|scope| scope.spawn(alone).join());
    made.unwrap_or_else(|panic| resume_unwind(panic))
}
