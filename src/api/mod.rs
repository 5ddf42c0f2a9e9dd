//! What the process libraries offer: which names make processes, pools, queues and locks, and what their methods do.
//!
//! The facts are in tables under `rules/api/*.toml`, which are part of the program. A project's own wrappers
//! (`[[tool.mplint.api]]`) are added to them.

mod tables;

pub use tables::{
    Api, Effect, Entry, Family, Kind, KindId, Method, ParamRef, Pickle, Returns, TableError, Work, Wrapper,
};
