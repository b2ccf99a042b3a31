//! All tests are one program, so that they are linked once.

#![allow(
    clippy::disallowed_methods,
    reason = "tests read their fixtures, and write what is expected"
)]

mod check;
mod random_input;
