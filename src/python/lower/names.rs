//! Dotted names as they are written: of decorators, exceptions and annotations.

use ruff_python_ast::{Expr, Operator};

use crate::python::ir::Dotted;
use crate::python::symbols::Symbols;

/// How deep annotations are looked into, quoted ones included.
const ANNOTATION_DEPTH: u32 = 8;

/// Longer quoted annotations are left alone.
const QUOTED_LIMIT: usize = 200;

/// The dotted name that an expression is, if it is one.
pub(super) fn dotted(expr: &Expr, symbols: &mut Symbols) -> Option<Dotted> {
    let mut length = 1;
    let mut at = expr;
    while let Expr::Attribute(attribute) = at {
        at = &attribute.value;
        length += 1;
    }
    let Expr::Name(first) = at else { return None };
    if first.id.is_empty() {
        return None;
    }
    let mut parts = Vec::with_capacity(length);
    let mut at = expr;
    while let Expr::Attribute(attribute) = at {
        parts.push(symbols.intern(attribute.attr.as_str()));
        at = &attribute.value;
    }
    parts.push(symbols.intern(first.id.as_str()));
    parts.reverse();
    Some(parts.into_boxed_slice())
}

/// The names in an annotation that may be the class of the value.
pub(super) fn annotation(expr: &Expr, symbols: &mut Symbols) -> Vec<Dotted> {
    let mut found = Vec::new();
    collect(expr, ANNOTATION_DEPTH, symbols, &mut found);
    found
}

fn collect(expr: &Expr, depth: u32, symbols: &mut Symbols, found: &mut Vec<Dotted>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match expr {
        Expr::Name(_) | Expr::Attribute(_) => found.extend(dotted(expr, symbols)),
        Expr::BinOp(union) if union.op == Operator::BitOr => {
            collect(&union.left, depth, symbols, found);
            collect(&union.right, depth, symbols, found);
        }
        Expr::Subscript(subscript) => {
            let name = match &*subscript.value {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => return,
            };
            let elements = match &*subscript.slice {
                Expr::Tuple(tuple) => tuple.elts.as_slice(),
                single => std::slice::from_ref(single),
            };
            match name {
                "Optional" | "Union" => elements
                    .iter()
                    .for_each(|element| collect(element, depth, symbols, found)),
                "Annotated" | "ClassVar" | "Final" | "Required" | "NotRequired" | "ReadOnly" => {
                    if let Some(first) = elements.first() {
                        collect(first, depth, symbols, found);
                    }
                }
                "Literal" | "Callable" => {}
                _ => found.extend(dotted(&subscript.value, symbols)),
            }
        }
        Expr::StringLiteral(literal) if literal.value.len() <= QUOTED_LIMIT => {
            if let Ok(parsed) = ruff_python_parser::parse_expression(literal.value.to_str().trim()) {
                collect(parsed.expr(), depth, symbols, found);
            }
        }
        _ => {}
    }
}
