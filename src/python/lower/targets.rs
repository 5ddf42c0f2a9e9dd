//! What is assigned to and deleted.

use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::span;
use crate::python::ir::{BinaryOp, OpKind, Temp};

impl<'a> Lowerer<'a, '_> {
    /// Assigns a value to a target.
    pub(super) fn store(&mut self, target: &'a Expr, value: Temp) {
        let at = span(target.range());
        match target {
            Expr::Name(name) => {
                if let Some(place) = self.place_of(&name.node_index) {
                    self.f.emit(OpKind::Store { place, value }, at);
                }
            }
            Expr::Attribute(attribute) => {
                let base = self.expr(&attribute.value);
                let name = self.symbols.intern(attribute.attr.as_str());
                self.f.emit(
                    OpKind::SetAttr {
                        base,
                        name,
                        value,
                        augmented: false,
                    },
                    at,
                );
            }
            Expr::Subscript(subscript) => {
                let base = self.expr(&subscript.value);
                let index = self.index(&subscript.slice);
                self.f.emit(
                    OpKind::SetItem {
                        base,
                        index,
                        value,
                        augmented: false,
                    },
                    at,
                );
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                self.unpack(elts, value);
            }
            Expr::Starred(starred) => self.store(&starred.value, value),
            // Not a target: error recovery left it there.
            _ => {
                self.expr(target);
            }
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], src: Temp) {
        let starred = targets.iter().position(Expr::is_starred_expr).unwrap_or(targets.len());
        for (position, target) in targets.iter().enumerate() {
            let dst = self.f.temp();
            let index = (position < starred).then_some(position as u32);
            let rest = (position == starred).then(|| (position as u32, (targets.len() - position - 1) as u32));
            self.f
                .emit(OpKind::Element { dst, src, index, rest }, span(target.range()));
            self.store(target, dst);
        }
    }

    pub(super) fn delete(&mut self, target: &'a Expr) {
        let at = span(target.range());
        match target {
            Expr::Name(name) => {
                if let Some(place) = self.place_of(&name.node_index) {
                    self.f.emit(OpKind::Delete { place }, at);
                }
            }
            Expr::Attribute(attribute) => {
                let base = self.expr(&attribute.value);
                let name = self.symbols.intern(attribute.attr.as_str());
                self.f.emit(OpKind::DelAttr { base, name }, at);
            }
            Expr::Subscript(subscript) => {
                let base = self.expr(&subscript.value);
                let index = self.index(&subscript.slice);
                self.f.emit(OpKind::DelItem { base, index }, at);
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.delete(element));
            }
            _ => {
                self.expr(target);
            }
        }
    }

    pub(super) fn augmented(&mut self, statement: &'a ast::StmtAugAssign) {
        let at = span(statement.target.range());
        match &*statement.target {
            Expr::Name(name) => {
                let old = self.name(name);
                let value = self.augmented_value(statement, old);
                if let Some(place) = self.place_of(&name.node_index) {
                    self.f.emit(OpKind::Store { place, value }, at);
                }
            }
            Expr::Attribute(attribute) => {
                let base = self.expr(&attribute.value);
                let name = self.symbols.intern(attribute.attr.as_str());
                let old = self.f.temp();
                self.f.emit(OpKind::Attr { dst: old, base, name }, at);
                let value = self.augmented_value(statement, old);
                self.f.emit(
                    OpKind::SetAttr {
                        base,
                        name,
                        value,
                        augmented: true,
                    },
                    at,
                );
            }
            Expr::Subscript(subscript) => {
                let base = self.expr(&subscript.value);
                let index = self.index(&subscript.slice);
                let old = self.f.temp();
                self.f.emit(OpKind::Item { dst: old, base, index }, at);
                let value = self.augmented_value(statement, old);
                self.f.emit(
                    OpKind::SetItem {
                        base,
                        index,
                        value,
                        augmented: true,
                    },
                    at,
                );
            }
            other => {
                self.expr(other);
                self.expr(&statement.value);
            }
        }
    }

    fn augmented_value(&mut self, statement: &'a ast::StmtAugAssign, left: Temp) -> Temp {
        let right = self.expr(&statement.value);
        let dst = self.f.temp();
        self.f.emit(
            OpKind::Binary {
                dst,
                op: binary_op(statement.op),
                left,
                right,
                augmented: true,
            },
            span(statement.range),
        );
        dst
    }
}

pub(super) fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::Mod => BinaryOp::Mod,
        Operator::BitOr => BinaryOp::BitOr,
        Operator::FloorDiv => BinaryOp::FloorDiv,
        Operator::Div => BinaryOp::Div,
        Operator::Pow => BinaryOp::Pow,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::LShift => BinaryOp::ShiftLeft,
        Operator::RShift => BinaryOp::ShiftRight,
        Operator::BitAnd => BinaryOp::BitAnd,
        Operator::BitXor => BinaryOp::BitXor,
    }
}
