//! Edits of a file by what its text means: an argument is added to a call, a statement is put before another, a block is
//! indented under a new header.
//!
//! A [`Source`] is the text with its tokens and its tree, made anew where a repair is wanted. It is asked by places, such
//! as a rule knows them, and answers with edits; or with none where the place is not what was expected, or where a person
//! would have to think about the layout. All that is not edited stays as it is, byte for byte: comments, quotes, tabs, line
//! ends. What is inserted follows the lines around it.

mod arguments;
mod comparison;
mod guard;
mod layout;
mod locked;
mod process;
mod statements;
mod tasks;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ModModule, PySourceType, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::depth::Depth;
use crate::files::{SourceFile, Span};
use crate::findings::{Edit, Location};

pub use arguments::Passed;
pub use guard::{Outline, Part, PartKind};
pub use locked::Locked;

/// Deeper trees are not edited.
const MAX_DEPTH: usize = 300;

/// Stack for a walk over the tree.
const STACK: usize = 8 << 20;

/// A file as edits see it.
#[derive(Debug)]
pub struct Source {
    file: Arc<SourceFile>,
    parsed: ruff_python_parser::Parsed<ModModule>,
}

impl Source {
    /// A file that can be edited: one that parses without an error, is not nested too deeply, and is no notebook, whose
    /// text is not what its file holds.
    #[must_use]
    pub fn of(file: &Arc<SourceFile>) -> Option<Self> {
        if file.is_notebook() || super::parse::is_monstrous(file.text()) {
            return None;
        }
        let parsed = ruff_python_parser::parse_unchecked_source(file.text(), PySourceType::Python);
        let mut depth = Depth::default();
        for token in parsed.tokens() {
            depth.token(token.kind());
        }
        let source = Self {
            file: Arc::clone(file),
            parsed,
        };
        if depth.max() > MAX_DEPTH {
            // Freed by recursion, too.
            stacker::maybe_grow(STACK, STACK.max(depth.max() << 10), || drop(source));
            return None;
        }
        source.parsed.errors().is_empty().then_some(source)
    }

    fn text(&self) -> &str {
        self.file.text()
    }

    /// The text of a place.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }

    fn of_node(&self, node: &impl Ranged) -> &str {
        self.slice(span(node.range()))
    }

    fn body(&self) -> &[Stmt] {
        self.parsed.suite()
    }

    fn tokens(&self) -> &[Token] {
        self.parsed.tokens()
    }

    /// The first token at or after an offset that is no comment and no line end inside brackets.
    fn token_after(&self, at: TextSize) -> Option<&Token> {
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.start() < at);
        tokens.get(first..)?.iter().find(|token| !token.kind().is_trivia())
    }

    /// The last token that ends at or before an offset and is no comment, line end or indentation.
    fn token_before(&self, at: TextSize) -> Option<&Token> {
        let tokens = self.tokens();
        let end = tokens.partition_point(|token| token.end() <= at);
        let is_layout = |kind: TokenKind| {
            kind.is_trivia() || matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
        };
        tokens.get(..end)?.iter().rev().find(|token| !is_layout(token.kind()))
    }

    /// Whether a place holds a comment.
    fn has_comment(&self, range: TextRange) -> bool {
        self.tokens()
            .iter()
            .any(|token| token.kind() == TokenKind::Comment && range.contains_range(token.range()))
    }

    fn edit(&self, range: TextRange, content: impl Into<String>) -> Edit {
        Edit {
            location: Location {
                file: Arc::clone(&self.file),
                span: span(range),
            },
            content: content.into(),
        }
    }

    fn insertion(&self, at: TextSize, content: impl Into<String>) -> Edit {
        self.edit(TextRange::empty(at), content)
    }

    /// The text of a place replaced by another.
    #[must_use]
    pub fn replaced(&self, span: Span, content: impl Into<String>) -> Edit {
        self.edit(range(span), content)
    }

    /// The expression at a place.
    fn expression(&self, at: Span) -> Option<&Expr> {
        stacker::maybe_grow(STACK, STACK, || {
            let mut find = Find {
                wanted: range(at),
                found: None,
            };
            find.visit_body(self.body());
            find.found
        })
    }

    /// The call at a place.
    fn call(&self, at: Span) -> Option<&ExprCall> {
        match self.expression(at)? {
            Expr::Call(call) => Some(call),
            _ => None,
        }
    }
}

/// Looks for the outermost expression that stands at a place.
struct Find<'s> {
    wanted: TextRange,
    found: Option<&'s Expr>,
}

impl<'s> Visitor<'s> for Find<'s> {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        if self.found.is_none() && stmt.range().contains_range(self.wanted) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        if self.found.is_some() || !expr.range().contains_range(self.wanted) {
            return;
        }
        if expr.range() == self.wanted {
            self.found = Some(expr);
        } else {
            walk_expr(self, expr);
        }
    }
}

fn range(span: Span) -> TextRange {
    TextRange::new(span.start.into(), span.end.max(span.start).into())
}

fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}
