//! The program: `dateline`.

/// A sixth of a build is allocation; this allocator takes half of that away.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    dateline::commands::run(std::env::args_os())
}
