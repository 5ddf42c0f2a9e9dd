//! The `mplint` binary: the exit code and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    mplint::cli::main()
}
