//! Conditions, `if`, `while` and `for`.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Number, UnaryOp};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::{Label, LoopFrame, span};
use crate::python::ir::{BlockId, CompareOp, Terminator, Test, TestPlace};

impl<'a> Lowerer<'a, '_> {
    /// Branches on the truth of an expression; `and`, `or`, `not` and literals become jumps.
    pub(super) fn condition(&mut self, test: &'a Expr, then: Label, otherwise: Label) {
        if let Some(value) = known_truth(test) {
            self.f.goto(if value { then } else { otherwise });
            return;
        }
        match test {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => self.condition(&unary.operand, otherwise, then),
            Expr::BoolOp(operation) => {
                let Some((last, first)) = operation.values.split_last() else {
                    return;
                };
                for value in first {
                    let next = self.f.label();
                    match operation.op {
                        BoolOp::And => self.condition(value, next, otherwise),
                        BoolOp::Or => self.condition(value, then, next),
                    }
                    self.f.place(next);
                    if self.f.is_dead() {
                        return;
                    }
                }
                self.condition(last, then, otherwise);
            }
            Expr::If(conditional) => {
                let body = self.f.label();
                let orelse = self.f.label();
                self.condition(&conditional.test, body, orelse);
                self.f.place(body);
                if !self.f.is_dead() {
                    self.condition(&conditional.body, then, otherwise);
                }
                self.f.place(orelse);
                if !self.f.is_dead() {
                    self.condition(&conditional.orelse, then, otherwise);
                }
            }
            Expr::Compare(compare) if compare.ops.len() == 1 => self.comparison(compare, then, otherwise),
            _ => {
                let value = self.expr(test);
                let place = self.test_place(test);
                let test_kind = Test::Truth { value, place };
                self.f.branch(test_kind, span(test.range()), then, otherwise);
            }
        }
    }

    fn comparison(&mut self, compare: &'a ast::ExprCompare, then: Label, otherwise: Label) {
        let (Some(op), Some(right)) = (compare.ops.first(), compare.comparators.first()) else {
            return;
        };
        let left = &*compare.left;
        let at = span(compare.range);
        let negated = match op {
            CmpOp::Is | CmpOp::Eq => Some(false),
            CmpOp::IsNot | CmpOp::NotEq => Some(true),
            _ => None,
        };
        let tested = match (left, right) {
            (_, Expr::NoneLiteral(_)) => Some(left),
            (Expr::NoneLiteral(_), _) => Some(right),
            _ => None,
        };
        if let (Some(negated), Some(tested)) = (negated, tested) {
            let value = self.expr(tested);
            let place = self.test_place(tested);
            let test = Test::IsNone { value, place };
            if negated {
                self.f.branch(test, at, otherwise, then);
            } else {
                self.f.branch(test, at, then, otherwise);
            }
            return;
        }
        let place = self.test_place(left);
        let left = self.expr(left);
        let right = self.expr(right);
        let op = compare_op(*op);
        let test = Test::Compare { op, left, right, place };
        self.f.branch(test, at, then, otherwise);
    }

    /// The variable or attribute of a variable that an expression reads.
    fn test_place(&mut self, expr: &Expr) -> Option<TestPlace> {
        match expr {
            Expr::Name(name) => Some(TestPlace {
                base: self.place_of(&name.node_index)?,
                attribute: None,
            }),
            Expr::Attribute(attribute) => {
                let Expr::Name(name) = &*attribute.value else {
                    return None;
                };
                Some(TestPlace {
                    base: self.place_of(&name.node_index)?,
                    attribute: Some(self.symbols.intern(attribute.attr.as_str())),
                })
            }
            Expr::Named(named) => self.test_place(&named.target),
            _ => None,
        }
    }

    pub(super) fn if_statement(&mut self, statement: &'a ast::StmtIf) {
        let after = self.f.label();
        let mut next = self.f.label();
        self.branch_body(&statement.test, &statement.body, next, after);
        for clause in &statement.elif_else_clauses {
            self.f.place(next);
            if self.f.is_dead() {
                break;
            }
            next = self.f.label();
            match &clause.test {
                Some(test) => self.branch_body(test, &clause.body, next, after),
                None => self.body(&clause.body),
            }
        }
        self.f.place(next);
        self.f.place(after);
    }

    fn branch_body(&mut self, test: &'a Expr, body: &'a [ast::Stmt], next: Label, after: Label) {
        let then = self.f.label();
        self.condition(test, then, next);
        self.f.place(then);
        self.body(body);
        self.f.goto(after);
    }

    pub(super) fn while_statement(&mut self, statement: &'a ast::StmtWhile) {
        let header = self.f.label();
        let body = self.f.label();
        let done = self.f.label();
        let after = self.f.label();
        let header_block = self.f.place_always(header);
        self.condition(&statement.test, body, done);
        self.f.place(body);
        self.loop_body(&statement.body, after, header);
        self.f.goto(header);
        self.f.close_loop(header_block);
        self.f.place(done);
        self.body(&statement.orelse);
        self.f.place(after);
    }

    pub(super) fn for_statement(&mut self, statement: &'a ast::StmtFor) {
        let iterable = self.iterable(&statement.iter);
        let header = self.f.label();
        let body = self.f.label();
        let latch = self.f.label();
        let done = self.f.label();
        let after = self.f.label();
        let header_block = self.f.place_always(header);
        self.iterate(iterable, &statement.iter, &statement.target, statement.is_async);
        self.f.goto(body);
        self.f.place(body);
        self.loop_body(&statement.body, after, latch);
        self.f.goto(latch);
        let at = span(statement.iter.range());
        if !self.f.is_used(latch) {
            self.skip_body(header_block, body, latch, at);
        }
        self.f.place_always(latch);
        self.f.branch(Test::Again, at, header, done);
        self.f.close_loop(header_block);
        self.f.place(done);
        self.body(&statement.orelse);
        self.f.place(after);
    }

    fn loop_body(&mut self, body: &'a [ast::Stmt], on_break: Label, on_continue: Label) {
        let frames = self.f.frames.len();
        self.f.loops.push(LoopFrame {
            on_break,
            on_continue,
            frames,
        });
        self.body(body);
        self.f.loops.pop();
    }

    /// Where every way through the body of a `for` leaves the loop, what follows is reached only if there is nothing
    /// to iterate: the header then goes to the latch, too.
    fn skip_body(&mut self, header: BlockId, body: Label, latch: Label, at: crate::files::Span) {
        if let Some(block) = self.f.blocks.get_mut(header.0 as usize) {
            block.end = Terminator::Branch {
                test: Test::Again,
                span: at,
                then: body.target(),
                otherwise: latch.target(),
            };
        }
    }
}

/// The truth of a test that is the same in every run; `TYPE_CHECKING` is false in every run.
fn known_truth(test: &Expr) -> Option<bool> {
    match test {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => Some(int.as_i64() != Some(0)),
            Number::Float(_) | Number::Complex { .. } => None,
        },
        Expr::NoneLiteral(_) => Some(false),
        Expr::Name(name) if name.id == "TYPE_CHECKING" => Some(false),
        Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => match &*attribute.value {
            Expr::Name(name) if matches!(name.id.as_str(), "typing" | "t" | "typing_extensions") => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The operator as the analysis tells them apart.
pub(super) fn compare_op(op: CmpOp) -> CompareOp {
    match op {
        CmpOp::Eq => CompareOp::Eq,
        CmpOp::NotEq => CompareOp::NotEq,
        CmpOp::Is => CompareOp::Is,
        CmpOp::IsNot => CompareOp::IsNot,
        CmpOp::In => CompareOp::In,
        CmpOp::NotIn => CompareOp::NotIn,
        CmpOp::Lt => CompareOp::Less,
        CmpOp::LtE => CompareOp::LessEq,
        CmpOp::Gt => CompareOp::Greater,
        CmpOp::GtE => CompareOp::GreaterEq,
    }
}
