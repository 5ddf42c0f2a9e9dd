//! Calls and how their arguments are written.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, ArgOrKeyword, Expr};
use ruff_text_size::{Ranged, TextSize};

use super::Lowerer;
use super::builder::span;
use crate::python::ir::{Arg, ArgKind, ArgShape, OpKind, Temp};

impl<'a> Lowerer<'a, '_> {
    pub(super) fn call(&mut self, call: &'a ast::ExprCall) -> Temp {
        let callee = self.expr(&call.func);
        let open = call.arguments.range.start();
        let mut args = Vec::with_capacity(call.arguments.len());
        for argument in call.arguments.iter_source_order() {
            let (kind, expr, after) = match argument {
                ArgOrKeyword::Arg(Expr::Starred(starred)) => (ArgKind::Star, &*starred.value, starred.range.start()),
                // The parenthesis that may stand at `open` is that of the call.
                ArgOrKeyword::Arg(expr) => (ArgKind::Positional, expr, open + TextSize::new(1)),
                ArgOrKeyword::Keyword(keyword) => {
                    let kind = match &keyword.arg {
                        Some(name) => ArgKind::Keyword(self.symbols.intern(name.as_str())),
                        None => ArgKind::DoubleStar,
                    };
                    (kind, &keyword.value, keyword.range.start())
                }
            };
            let value = self.expr(expr);
            let shape = match expr {
                Expr::Call(_) => ArgShape::Call,
                Expr::Lambda(_) => ArgShape::Lambda,
                _ => ArgShape::Other,
            };
            args.push(Arg {
                kind,
                value,
                span: span(expr.range()),
                shape,
                parenthesized: !expr.is_tuple_expr() && self.is_parenthesized(expr, after),
            });
        }
        let dst = self.f.temp();
        self.f.emit(
            OpKind::Call {
                dst,
                callee,
                args: args.into_boxed_slice(),
                decorator: false,
            },
            span(call.range()),
        );
        dst
    }

    /// Whether a parenthesis stands right before an expression, at `after` or later. The expression's own range
    /// begins with any parenthesis that closes within it, so such a one is around the whole.
    fn is_parenthesized(&self, expr: &Expr, after: TextSize) -> bool {
        let start = expr.start();
        let before = self
            .text
            .get(after.to_u32() as usize..start.to_u32() as usize)
            .unwrap_or("");
        match before.trim_end_matches([' ', '\t']).as_bytes().last() {
            None => false,
            Some(b'(') => true,
            Some(b'\n' | b'\r' | b'\x0c') => {
                // Lines, perhaps comments, lie between: only the tokens tell.
                let tokens = self.tokens.before(start);
                tokens
                    .iter()
                    .rev()
                    .find(|token| !matches!(token.kind(), TokenKind::Comment | TokenKind::NonLogicalNewline))
                    .is_some_and(|token| token.kind() == TokenKind::Lpar && token.start() >= after)
            }
            Some(_) => false,
        }
    }
}
