//! The one test program.

mod feeds;
