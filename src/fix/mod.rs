//! Fixes put into effect: the edits of findings made in the texts of their files, tried, and written.
//!
//! [`apply`] makes edits in a text. [`rounds`] goes round: it makes the fixes that do not touch each other, has everything
//! linted again with the new texts in place of what is on disk, and keeps what came out well; a fix after which a file does
//! not parse, has its finding still, or has an error that it had not, is left out and said. [`mod@write`] puts a text in the
//! place of a file in one step. [`diff`] shows what would be written.

pub mod apply;
pub mod diff;
pub mod rounds;
pub mod write;

pub use apply::fixed_texts;
pub use rounds::{Dropped, FixedFile, Fixes, Wanted, fix};
