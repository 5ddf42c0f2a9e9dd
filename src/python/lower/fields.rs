//! What the body of a class annotates: the fields of a dataclass, and how its constructor takes them.

use ruff_python_ast::{Expr, Stmt};

use super::Lowerer;
use crate::python::ir::{Annotated, Taken};

impl Lowerer<'_, '_> {
    /// The annotated names of a class body that are fields, in order.
    pub(super) fn annotated(&mut self, body: &[Stmt]) -> Vec<Annotated> {
        let mut fields = Vec::new();
        let mut by_name = false;
        for annotation in body.iter().filter_map(Stmt::as_ann_assign_stmt) {
            let Some(name) = annotation.target.as_name_expr() else {
                continue;
            };
            let outermost = outermost(&annotation.annotation);
            match outermost {
                "ClassVar" => continue,
                // What follows `_: KW_ONLY` is given by name.
                "KW_ONLY" => {
                    by_name = true;
                    continue;
                }
                _ => {}
            }
            let says = |keyword: &str| annotation.value.as_deref().and_then(|value| flag(value, keyword));
            fields.push(Annotated {
                name: self.symbols.intern(name.id.as_str()),
                taken: match (says("init"), says("kw_only")) {
                    (Some(false), _) => Taken::Never,
                    (_, Some(true)) => Taken::ByName,
                    (_, None) if by_name => Taken::ByName,
                    _ => Taken::Anyhow,
                },
                passed_on: outermost == "InitVar",
            });
        }
        fields
    }
}

/// The last part of the name that an annotation is, or that stands around all of it.
fn outermost(annotation: &Expr) -> &str {
    match annotation {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Subscript(subscript) => match &*subscript.value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        },
        // As `dataclasses` reads one that is quoted.
        Expr::StringLiteral(literal) => {
            let name = literal.value.to_str().split('[').next().unwrap_or_default();
            name.rsplit('.').next().unwrap_or_default().trim()
        }
        _ => "",
    }
}

/// What a keyword of `field(…)` says, where it is plainly true or false.
fn flag(value: &Expr, keyword: &str) -> Option<bool> {
    let call = value.as_call_expr()?;
    let given = call.arguments.find_keyword(keyword)?;
    Some(given.value.as_boolean_literal_expr()?.value)
}
