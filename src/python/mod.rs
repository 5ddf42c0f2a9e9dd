//! All that knows Python's syntax: parse, lower, comments, edits. The only place that names the parser crate.
//!
//! A file is parsed, lowered at once to the control flow graphs of [`ir`], and the parser's tree is dropped; where it
//! is nested deeply, on a stack that is large enough. What cannot be parsed is skipped by the parser's own recovery
//! and listed in [`Parsed::errors`]; the rest of the file is lowered all the same.

pub mod comments;
mod depth;
pub mod dump;
pub mod edits;
pub mod ir;
mod lower;
pub mod outline;
mod parse;
mod scopes;
mod shared;
pub mod symbols;
#[cfg(test)]
mod tests;

pub use comments::Comment;
pub use parse::{Parsed, SyntaxError, parse, parse_excerpt, parse_file};
pub use shared::Lowered;
pub use symbols::{Symbol, Symbols};
