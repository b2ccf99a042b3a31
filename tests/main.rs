//! All tests are one program, so that they are linked once.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read their fixtures, and write what is expected"
)]

mod as_zola;
mod check;
mod commands;
mod derived;
mod diagnostics_page;
mod disk;
mod docs;
mod engines;
mod feeds;
mod fix;
mod functions;
mod incremental;
mod look;
mod markdown;
mod output;
mod problems;
mod random_input;
mod remote;
mod report;
mod serve;
mod text;
mod tidy;
mod watch;
mod zola;
