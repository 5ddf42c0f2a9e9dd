//! The program as processes.

pub mod events;
pub mod heap;
mod interp;
pub mod names;
pub mod typestate;
pub mod value;
