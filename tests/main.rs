//! The one test program.

mod engines;
