//! The only module that touches files: what a site is read from, and how its output is put in place.
//!
//! Reading: [`find_config`], then [`read_site`], or a [`Reader`] where it is read more than once; every
//! file is opened by the one [`Opener`]. Writing:
//! [`Staging`] takes the outputs and exchanges the old site for the new one.

mod changes;
mod entries;
mod journal;
mod kept;
mod list;
mod location;
mod old;
mod open;
mod ops;
mod read;
mod remote;
mod shelf;
mod theme;
mod tree;
mod write;

pub use changes::{Changes, Content, State, Version};
pub use location::Why;
pub use open::{Opener, Refusal, is_plain};
#[doc(hidden)]
pub use ops::{Fault, Faults};
pub use read::{Comparison, ConfigSource, Folder, Hints, Reader, Reading, find_config, read_site};
pub use tree::Identity;
pub use write::{How, Options, Staging, Written, finish_left_over};
