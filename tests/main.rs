//! The one test program.

mod disk;
