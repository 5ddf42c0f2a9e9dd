//! Which files, their bytes and encoding, and the byte scan that decides which of them matter.

pub mod decode;
pub mod discover;
pub mod encode;
pub mod imports;
pub mod modules;
pub mod notebook;
mod patterns;
mod read;
pub mod scan;
mod script;
pub mod sketch;
mod source;
mod unwritten;

pub use discover::display_name;
pub(crate) use patterns::cleaned;
pub use patterns::{PathPattern, PathPatterns, PatternError};
pub use read::{FileReader, MAX_FILE_BYTES, ReadError};
pub(crate) use scan::is_identifier;
pub use script::is_notebook;
pub use source::{LineColumn, SourceFile, Span};
pub use unwritten::Unwritten;
