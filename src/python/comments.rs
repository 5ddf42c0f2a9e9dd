//! The comments of a file, and the lines of the statements they stand at.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

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

/// The comments among the tokens of a file, in order.
pub(super) fn comments(tokens: &[Token]) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    // The logical line so far, and the first comment that stands in it.
    let mut line: Option<Span> = None;
    let mut first = 0;
    for token in tokens {
        let span = Span::new(token.start().to_u32(), token.end().to_u32());
        match token.kind() {
            TokenKind::Comment => {
                if line.is_none() {
                    first = comments.len() + 1;
                }
                comments.push(Comment { span, statement: span });
            }
            TokenKind::Newline => {
                settle(&mut comments, first, line);
                line = None;
            }
            TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile => {}
            _ => match &mut line {
                Some(line) => line.end = span.end,
                None => {
                    line = Some(span);
                    first = comments.len();
                }
            },
        }
    }
    settle(&mut comments, first, line);
    comments
}

/// Gives the comments from `first` on the logical line that has ended.
fn settle(comments: &mut [Comment], first: usize, line: Option<Span>) {
    if let (Some(line), Some(inside)) = (line, comments.get_mut(first..)) {
        for comment in inside {
            comment.statement = line;
        }
    }
}
