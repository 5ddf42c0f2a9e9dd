//! mplint is killed in the middle: by SIGKILL, by Ctrl-C, its keeper, or both, at any moment and whatever runs. No process,
//!
//! The runtime is for Linux, and so are its tests; elsewhere there is nothing to do.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(target_os = "linux")]
mod sandboxed;
#[cfg(target_os = "linux")]
#[path = "sandboxed/killed.rs"]
mod trials;

fn main() {
    #[cfg(target_os = "linux")]
    trials::main();
}
