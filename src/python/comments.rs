//! The comments of a file, and the lines of the statements they stand at.

use crate::files::Span;

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the end of the line.
    pub span: Span,
    /// The logical line (simple statement, or header of a compound statement up to its colon) that it stands in or at
    /// the end of; for a comment on a line of its own, just the comment.
    pub statement: Span,
}
