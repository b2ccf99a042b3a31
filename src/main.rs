//! The program: runs the command line and returns its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    dateline::commands::run(std::env::args_os())
}
