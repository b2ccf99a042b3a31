//! The one test program.

mod commands;
mod fix;
mod report;
mod serve;
mod watch;
