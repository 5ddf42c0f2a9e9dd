//! Each program under `fixtures/hostile/` attacks what is around it, and is held: it ends or is stopped as the table says,
//!
//! The runtime is for Linux, and so are its tests; elsewhere there is nothing to do.

#[cfg(target_os = "linux")]
mod sandboxed;
#[cfg(target_os = "linux")]
#[path = "sandboxed/hostile.rs"]
mod trials;

fn main() {
    #[cfg(target_os = "linux")]
    trials::main();
}
