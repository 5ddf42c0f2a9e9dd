//! Expressions. Each gives a temp in the block that is open; none of them opens a block.

use ruff_python_ast::{self as ast, BoolOp, Expr, FStringPart, InterpolatedStringElement, Number, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::Lowerer;
use super::builder::span;
use super::control::compare_op;
use super::targets::binary_op;
use crate::python::ir::{BuildItem, BuildKind, Choice, Const, LogicalTest, OpKind, Place, Temp};
use crate::python::symbols::Symbol;

/// Longer strings are interned up to here.
const STRING_LIMIT: usize = 256;

impl<'a> Lowerer<'a, '_> {
    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Temp {
        match expr {
            Expr::Name(name) => self.name(name),
            Expr::Attribute(attribute) => {
                let base = self.expr(&attribute.value);
                let name = self.symbols.intern(attribute.attr.as_str());
                let dst = self.f.temp();
                self.f.emit(OpKind::Attr { dst, base, name }, span(attribute.range));
                dst
            }
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(literal) => {
                let symbol = self.string(literal.value.to_str());
                self.constant(Const::Str(symbol), literal.range)
            }
            Expr::NumberLiteral(number) => {
                let value = match &number.value {
                    Number::Int(int) => int.as_i64().map_or(Const::BigInt, Const::Int),
                    Number::Float(float) => Const::Float(thousandths(*float)),
                    Number::Complex { .. } => Const::Float(None),
                };
                self.constant(value, number.range)
            }
            Expr::BooleanLiteral(literal) => self.constant(Const::Bool(literal.value), literal.range),
            Expr::NoneLiteral(literal) => self.constant(Const::None, literal.range),
            Expr::EllipsisLiteral(literal) => self.constant(Const::Ellipsis, literal.range),
            Expr::BytesLiteral(literal) => {
                let length = u32::try_from(literal.value.len()).unwrap_or(u32::MAX);
                self.constant(Const::Bytes(length), literal.range)
            }
            Expr::Subscript(subscript) => {
                let base = self.expr(&subscript.value);
                let index = self.index(&subscript.slice);
                let dst = self.f.temp();
                self.f.emit(OpKind::Item { dst, base, index }, span(subscript.range));
                dst
            }
            Expr::BinOp(binary) => {
                let left = self.expr(&binary.left);
                let right = self.expr(&binary.right);
                let dst = self.f.temp();
                let op = binary_op(binary.op);
                self.f.emit(
                    OpKind::Binary {
                        dst,
                        op,
                        left,
                        right,
                        augmented: false,
                    },
                    span(binary.range),
                );
                dst
            }
            Expr::UnaryOp(unary) => self.unary(unary),
            Expr::Compare(compare) => {
                let mut values = Vec::with_capacity(1 + compare.comparators.len());
                values.push(self.expr(&compare.left));
                values.extend(compare.comparators.iter().map(|operand| self.expr(operand)));
                let test = match compare.ops.as_ref() {
                    [op] => LogicalTest::Compare(compare_op(*op)),
                    _ => LogicalTest::Chain,
                };
                self.logical(test, values, compare.range)
            }
            Expr::BoolOp(operation) => {
                let values: Vec<Temp> = operation.values.iter().map(|value| self.expr(value)).collect();
                let choice = match operation.op {
                    BoolOp::And => Choice::FirstFalse,
                    BoolOp::Or => Choice::FirstTrue,
                };
                self.select(values, choice, operation.range)
            }
            Expr::If(conditional) => {
                self.expr(&conditional.test);
                let values = vec![self.expr(&conditional.body), self.expr(&conditional.orelse)];
                self.select(values, Choice::Condition, conditional.range)
            }
            Expr::Named(named) => {
                let value = self.expr(&named.value);
                self.store(&named.target, value);
                value
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::Tuple(tuple) => self.display(BuildKind::Tuple, &tuple.elts, tuple.range),
            Expr::List(list) => self.display(BuildKind::List, &list.elts, list.range),
            Expr::Set(set) => self.display(BuildKind::Set, &set.elts, set.range),
            Expr::Dict(dict) => self.dict(dict),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => self.comprehension(expr),
            Expr::Await(awaited) => {
                let value = self.expr(&awaited.value);
                let dst = self.f.temp();
                self.f.emit(OpKind::Await { dst, value }, span(awaited.range));
                dst
            }
            Expr::Yield(yielded) => {
                let value = yielded.value.as_deref().map(|value| self.expr(value));
                let dst = self.f.temp();
                let from = false;
                self.f.emit(OpKind::Yield { dst, value, from }, span(yielded.range));
                dst
            }
            Expr::YieldFrom(yielded) => {
                let value = Some(self.expr(&yielded.value));
                let dst = self.f.temp();
                let from = true;
                self.f.emit(OpKind::Yield { dst, value, from }, span(yielded.range));
                dst
            }
            Expr::FString(string) => self.f_string(string),
            Expr::TString(string) => {
                let mut parts = Vec::new();
                for part in &string.value {
                    self.interpolated(&part.elements, &mut parts);
                }
                self.format(parts, string.range)
            }
            Expr::Starred(starred) => self.expr(&starred.value),
            Expr::Slice(slice) => {
                self.slice_parts(slice);
                self.unknown(slice.range)
            }
            Expr::IpyEscapeCommand(command) => self.unknown(command.range),
        }
    }

    pub(super) fn constant(&mut self, value: Const, range: TextRange) -> Temp {
        let dst = self.f.temp();
        self.f.emit(OpKind::Const { dst, value }, span(range));
        dst
    }

    pub(super) fn unknown(&mut self, range: TextRange) -> Temp {
        let dst = self.f.temp();
        self.f.emit(OpKind::Unknown { dst }, span(range));
        dst
    }

    /// Reads a variable.
    pub(super) fn name(&mut self, name: &ast::ExprName) -> Temp {
        let Some(place) = self.place_of(&name.node_index) else {
            return self.unknown(name.range);
        };
        let or_else = match place {
            // Python looks such a name up in the class body and then at module level, never in functions between.
            Place::Class(symbol) => Some(Place::Global(symbol)),
            _ => None,
        };
        let dst = self.f.temp();
        self.f.emit(OpKind::Load { dst, place, or_else }, span(name.range));
        dst
    }

    fn string(&mut self, value: &str) -> Symbol {
        let mut end = value.len().min(STRING_LIMIT);
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        self.symbols.intern(value.get(..end).unwrap_or(""))
    }

    fn unary(&mut self, unary: &'a ast::ExprUnaryOp) -> Temp {
        if let (UnaryOp::USub, Expr::NumberLiteral(number)) = (unary.op, &*unary.operand)
            && let Number::Int(int) = &number.value
            && let Some(value) = int.as_i64()
        {
            return self.constant(Const::Int(-value), unary.range);
        }
        let value = self.expr(&unary.operand);
        if unary.op == UnaryOp::Not {
            return self.logical(LogicalTest::Not, vec![value], unary.range);
        }
        let dst = self.f.temp();
        self.f.emit(OpKind::Unary { dst, value }, span(unary.range));
        dst
    }

    pub(super) fn logical(&mut self, test: LogicalTest, values: Vec<Temp>, range: TextRange) -> Temp {
        let dst = self.f.temp();
        let values = values.into_boxed_slice();
        self.f.emit(OpKind::Logical { dst, values, test }, span(range));
        dst
    }

    fn select(&mut self, values: Vec<Temp>, choice: Choice, range: TextRange) -> Temp {
        let dst = self.f.temp();
        let values = values.into_boxed_slice();
        self.f.emit(OpKind::Select { dst, values, choice }, span(range));
        dst
    }

    /// The index of a subscript; none for a slice or a tuple with slices in it.
    pub(super) fn index(&mut self, index: &'a Expr) -> Option<Temp> {
        match index {
            Expr::Slice(slice) => {
                self.slice_parts(slice);
                None
            }
            Expr::Tuple(tuple) if tuple.elts.iter().any(Expr::is_slice_expr) => {
                for element in &tuple.elts {
                    match element {
                        Expr::Slice(slice) => self.slice_parts(slice),
                        _ => {
                            self.expr(element);
                        }
                    }
                }
                None
            }
            _ => Some(self.expr(index)),
        }
    }

    fn slice_parts(&mut self, slice: &'a ast::ExprSlice) {
        for part in [&slice.lower, &slice.upper, &slice.step].into_iter().flatten() {
            self.expr(part);
        }
    }

    fn display(&mut self, kind: BuildKind, elements: &'a [Expr], range: TextRange) -> Temp {
        let items: Box<[BuildItem]> = elements
            .iter()
            .map(|element| match element {
                Expr::Starred(starred) => BuildItem::Star(self.expr(&starred.value)),
                _ => BuildItem::Value(self.expr(element)),
            })
            .collect();
        self.build(kind, items, false, range)
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Temp {
        let items: Box<[BuildItem]> = dict
            .items
            .iter()
            .map(|item| match &item.key {
                Some(key) => {
                    let key = self.expr(key);
                    BuildItem::Pair(key, self.expr(&item.value))
                }
                None => BuildItem::Star(self.expr(&item.value)),
            })
            .collect();
        self.build(BuildKind::Dict, items, false, dict.range)
    }

    pub(super) fn build(
        &mut self,
        kind: BuildKind,
        items: Box<[BuildItem]>,
        comprehension: bool,
        range: TextRange,
    ) -> Temp {
        let dst = self.f.temp();
        self.f.emit(
            OpKind::Build {
                dst,
                kind,
                items,
                comprehension,
            },
            span(range),
        );
        dst
    }

    fn f_string(&mut self, string: &'a ast::ExprFString) -> Temp {
        let mut parts = Vec::new();
        for part in &string.value {
            if let FStringPart::FString(part) = part {
                self.interpolated(&part.elements, &mut parts);
            }
        }
        self.format(parts, string.range)
    }

    /// The interpolated values of a string, those of its format specifications included.
    fn interpolated(&mut self, elements: &'a [InterpolatedStringElement], parts: &mut Vec<Temp>) {
        for element in elements {
            if let InterpolatedStringElement::Interpolation(element) = element {
                parts.push(self.expr(&element.expression));
                if let Some(spec) = &element.format_spec {
                    self.interpolated(&spec.elements, parts);
                }
            }
        }
    }

    fn format(&mut self, parts: Vec<Temp>, range: TextRange) -> Temp {
        let dst = self.f.temp();
        let parts = parts.into_boxed_slice();
        self.f.emit(OpKind::Format { dst, parts }, span(range));
        dst
    }

    /// Whether an expression is a literal, so that a statement of it alone does nothing.
    pub(super) const fn is_literal(expr: &Expr) -> bool {
        matches!(
            expr,
            Expr::StringLiteral(_)
                | Expr::BytesLiteral(_)
                | Expr::NumberLiteral(_)
                | Expr::BooleanLiteral(_)
                | Expr::NoneLiteral(_)
                | Expr::EllipsisLiteral(_)
        )
    }

    pub(super) fn discard(&mut self, expr: &'a Expr) {
        if !Self::is_literal(expr) {
            let value = self.expr(expr);
            self.f.emit(OpKind::Discard { value }, span(expr.range()));
        }
    }
}

/// A number in thousandths, where it is not too large for that.
fn thousandths(number: f64) -> Option<i64> {
    /// Far below where a float is no longer exact.
    const LARGEST: f64 = 1e9;
    (number.abs() < LARGEST).then(|| (number * 1e3).round() as i64)
}
