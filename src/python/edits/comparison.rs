//! The main guard, spelled right.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{CmpOp, Expr, ExprCompare, ExprStringLiteral};
use ruff_text_size::{Ranged, TextRange};

use super::Source;
use crate::files::Span;
use crate::findings::Edit;

const MAIN: &str = "__main__";
const NAME: &str = "__name__";

impl Source {
    /// A misspelled question for the main module put right. `!=` is left alone: it may have been meant either way.
    #[must_use]
    pub fn main_test(&self, at: Span) -> Option<Vec<Edit>> {
        match self.expression(at)? {
            Expr::StringLiteral(text) if text.value.to_str() == MAIN => {
                Some(vec![self.insertion(text.start(), "__name__ == ")])
            }
            Expr::Compare(compare) => self.main_comparison(compare),
            _ => None,
        }
    }

    /// A comparison of an exit code with a number that takes a death by signal for success, made one with 0.
    #[must_use]
    pub fn compared_with_zero(&self, at: Span) -> Option<Vec<Edit>> {
        let Expr::Compare(compare) = self.expression(at)? else {
            return None;
        };
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let number = |expr: &Expr| match expr {
            Expr::NumberLiteral(literal) => literal.value.as_int()?.as_i64(),
            _ => None,
        };
        let (code, op, number) = match (number(&compare.left), number(right)) {
            (None, Some(number)) => (&*compare.left, *op, number),
            (Some(number), None) => {
                let op = match op {
                    CmpOp::Lt => CmpOp::Gt,
                    CmpOp::LtE => CmpOp::GtE,
                    CmpOp::Gt => CmpOp::Lt,
                    CmpOp::GtE => CmpOp::LtE,
                    other => *other,
                };
                (right, op, number)
            }
            _ => return None,
        };
        let tells_failure = match (op, number) {
            (CmpOp::Gt, 0) | (CmpOp::GtE, 1) => true,
            (CmpOp::LtE, 0) | (CmpOp::Lt, 1) => false,
            (CmpOp::Eq, 1..) => true,
            (CmpOp::NotEq, 1..) => false,
            _ => return None,
        };
        if self.has_comment(compare.range()) {
            return None;
        }
        let sign = if tells_failure { "!=" } else { "==" };
        let start = compare.start();
        let code = self.of_node(code);
        Some(vec![
            self.edit(TextRange::new(start, compare.end()), format!("{code} {sign} 0")),
        ])
    }

    fn main_comparison(&self, compare: &ExprCompare) -> Option<Vec<Edit>> {
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let left = &*compare.left;
        let (is_name, is_quoted) = (
            |expr: &Expr| is_name(expr),
            |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == NAME),
        );
        let texts = match (left, right) {
            (Expr::StringLiteral(text), name) if is_name(name) => Some(text),
            (name, Expr::StringLiteral(text)) if is_name(name) => Some(text),
            _ => None,
        };
        match op {
            CmpOp::Eq => {
                if let Some(text) = texts {
                    return Some(vec![self.edit(text.range(), self.quoted_main(text)?)]);
                }
                let quoted = [left, right].into_iter().find(|expr| is_quoted(expr))?;
                let other = if std::ptr::eq(quoted, left) { right } else { left };
                matches!(other, Expr::StringLiteral(_)).then(|| vec![self.edit(quoted.range(), NAME)])
            }
            CmpOp::Is | CmpOp::IsNot => {
                let text = texts?;
                let negated = matches!(op, CmpOp::IsNot);
                let between = TextRange::new(left.end(), right.start());
                let mut words = self
                    .tokens()
                    .iter()
                    .filter(|token| between.contains_range(token.range()))
                    .filter(|token| matches!(token.kind(), TokenKind::Is | TokenKind::Not));
                let first = words.next()?;
                let last = words.next().unwrap_or(first);
                let operator = TextRange::new(first.start(), last.end());
                let mut edits = vec![self.edit(operator, if negated { "!=" } else { "==" })];
                if text.value.to_str() != MAIN {
                    if negated {
                        return None;
                    }
                    edits.push(self.edit(text.range(), self.quoted_main(text)?));
                    edits.sort_by_key(|edit| edit.location.span);
                }
                Some(edits)
            }
            CmpOp::In if is_name(left) => {
                let first = match right {
                    Expr::StringLiteral(text) => text,
                    Expr::Tuple(texts) => only_texts(&texts.elts)?,
                    Expr::List(texts) => only_texts(&texts.elts)?,
                    Expr::Set(texts) => only_texts(&texts.elts)?,
                    _ => return None,
                };
                if self.has_comment(compare.range()) {
                    return None;
                }
                let after_name = TextRange::new(left.end(), compare.end());
                Some(vec![self.edit(after_name, format!(" == {}", self.quoted_main(first)?))])
            }
            _ => None,
        }
    }

    /// `"__main__"` in the quotes of another text.
    fn quoted_main(&self, text: &ExprStringLiteral) -> Option<String> {
        let written = self.of_node(text);
        let quote = written.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let quotes = match written.starts_with(&String::from(quote).repeat(3)) {
            true => String::from(quote).repeat(3),
            false => quote.to_string(),
        };
        (!text.value.is_implicit_concatenated()).then(|| format!("{quotes}{MAIN}{quotes}"))
    }

    /// What compares `__name__` with several texts, that of the main module among them.
    pub(super) fn lets_main_in(&self, test: &Expr) -> bool {
        let Expr::Compare(compare) = test else { return false };
        let ([CmpOp::In], [right]) = (&*compare.ops, &*compare.comparators) else {
            return false;
        };
        let elements = match right {
            Expr::Tuple(texts) => &*texts.elts,
            Expr::List(texts) => &*texts.elts,
            Expr::Set(texts) => &*texts.elts,
            _ => return false,
        };
        is_name(&compare.left)
            && elements
                .iter()
                .any(|text| matches!(text, Expr::StringLiteral(text) if text.value.to_str() == MAIN))
    }

    /// Whether a test is the main guard as it should be.
    pub(super) fn is_main_test(&self, test: &Expr) -> bool {
        let Expr::Compare(compare) = test else { return false };
        let is_main = |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == MAIN);
        match (&*compare.ops, &*compare.left, &*compare.comparators) {
            ([CmpOp::Eq], left, [right]) => (is_name(left) && is_main(right)) || (is_main(left) && is_name(right)),
            _ => false,
        }
    }
}

fn is_name(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == NAME)
}

fn only_texts(elements: &[Expr]) -> Option<&ExprStringLiteral> {
    let mut texts = elements.iter().map(|element| match element {
        Expr::StringLiteral(text) => Some(text),
        _ => None,
    });
    let first = texts.next()??;
    texts.all(|text| text.is_some()).then_some(first)
}
