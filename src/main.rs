//! The `mplint` binary: the exit code and nothing else.

use std::process::ExitCode;

/// A run makes and drops very many small values, which the system's allocator is slow at: about a fifth of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mplint::cli::main()
}
