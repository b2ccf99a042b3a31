//! All tests are one program, so that they are linked once.

mod check;
mod random_input;
