//! All tests are one program, so that they are linked once.

mod derived;
mod text;
