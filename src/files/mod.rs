//! Which files, their bytes and encoding, and the byte scan that decides which of them matter.

pub mod decode;
pub mod discover;
pub mod scan;
mod source;

pub use source::{LineColumn, SourceFile, Span};
