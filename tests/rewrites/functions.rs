//! The same calls by way of a function or class of the program's own.

use std::collections::BTreeSet;
use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::scopes::{Role, ScopeKind};
use super::source::{Edits, Source};

/// `p.start()`, `p.join()`, `pool.close()` … each in a function of its own. What is marked on such a line is then
/// found in the function.
pub fn helper_call(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    let mut helpers = String::new();
    let mut count = 0;
    source.for_each_block(|block| {
        for stmt in block {
            let Some(receiver) = method_statement(source, stmt) else {
                continue;
            };
            let Some(lines) = source.whole_lines(stmt) else {
                continue;
            };
            count += 1;
            let name = source.fresh(&format!("do_it_{count}"));
            let subject = source.fresh("subject");
            let rest = &source.text[receiver.end().to_usize()..lines.end];
            helpers.push_str(&format!("\ndef {name}({subject}):\n    {subject}{rest}\n\n"));
            edits.replace(lines, format!("{name}({})", source.slice(receiver)));
        }
    });
    if !edits.is_empty() {
        edits.insert(source.after_imports(), helpers);
    }
    edits.apply(&source.text)
}

/// A statement on one line such as `p.join(5)`: the `p`. Arguments must be literals.
fn method_statement<'a>(source: &'a Source, stmt: &'a Stmt) -> Option<&'a Expr> {
    const METHODS: [&str; 6] = ["start", "join", "close", "terminate", "kill", "shutdown"];
    let call = stmt.as_expr_stmt()?.value.as_call_expr()?;
    let attribute = call.func.as_attribute_expr()?;
    let receiver = attribute.value.as_ref();
    let is_plain = |expr: &Expr| expr.is_literal_expr();
    let values = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    let has_plain = call.arguments.args.iter().chain(values).all(is_plain);
    let one_line = !source.slice(stmt).contains('\n');
    let is_variable = match receiver {
        Expr::Name(name) => {
            let variable = source.scopes.at(name.start().to_usize())?;
            variable.with_role(Role::Import).next().is_none()
        }
        Expr::Attribute(inner) => inner.value.is_name_expr() && !source.slice(inner).starts_with("os."),
        Expr::Subscript(inner) => inner.value.is_name_expr() || inner.value.is_attribute_expr(),
        _ => false,
    };
    (METHODS.contains(&attribute.attr.as_str()) && has_plain && one_line && is_variable).then_some(receiver)
}

/// `p = mp.Process(…)` becomes `p = make_p(…)`, and a function returns the object.
pub fn factory(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    let mut helpers = String::new();
    source.for_each_block(|block| {
        for stmt in block {
            let Stmt::Assign(assign) = stmt else { continue };
            let ([Expr::Name(target)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref()) else {
                continue;
            };
            let Some(lines) = source.whole_lines(stmt) else {
                continue;
            };
            let Some(variable) = source.scopes.at(target.start().to_usize()) else {
                continue;
            };
            if source.constructed(call).is_none() || source.scopes.kind(variable) == ScopeKind::Class {
                continue;
            }
            if !can_move(call) {
                continue;
            }
            let params: Vec<String> = free_variables(source, &call.range().to_std_range())
                .into_iter()
                .collect();
            let stem = format!("make_{}_{}", target.id, helpers.len());
            let name = source.fresh(&stem);
            let params = params.join(", ");
            let value = assign.value.start().to_usize();
            let made = &source.text[value..lines.end];
            helpers.push_str(&format!("\ndef {name}({params}):\n    return {made}\n\n"));
            edits.replace(value..lines.end, format!("{name}({params})"));
        }
    });
    if !edits.is_empty() {
        edits.insert(source.after_imports(), helpers);
    }
    edits.apply(&source.text)
}

/// Whether a call can stand in another function.
fn can_move(call: &ExprCall) -> bool {
    struct Fixed(bool);
    impl<'a> Visitor<'a> for Fixed {
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.0 |= matches!(
                expr,
                Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(_)
            );
            self.0 |= matches!(expr, Expr::Name(name) if name.id.as_str() == "super");
            visitor::walk_expr(self, expr);
        }
    }
    let mut fixed = Fixed(false);
    fixed.visit_expr(call.func.as_ref());
    fixed.visit_arguments(&call.arguments);
    !fixed.0
}

/// The variables that a part of the text reads, does not bind, and that a function elsewhere would not see, or not yet.
pub fn free_variables(source: &Source, span: &Range<usize>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for variable in &source.scopes.variables {
        let is_read = variable.places.iter().any(|place| span.contains(&place.span.start));
        let is_own = variable
            .places
            .iter()
            .filter(|place| place.role != Role::Load)
            .any(|place| span.contains(&place.span.start));
        let is_global = variable.scope == 0 && variable.only(&[Role::Load, Role::Import, Role::Function, Role::Class]);
        if is_read && !is_own && !is_global {
            names.insert(variable.name.clone());
        }
    }
    names
}

/// `mp.Process(…)` becomes `Worker(…)`, a subclass that adds nothing.
pub fn subclass(source: &Source) -> Option<String> {
    let name = source.fresh("Worker");
    let mut edits = Edits::default();
    let mut base = None;
    for import in source.imports() {
        for place in import.variable.with_role(Role::Load) {
            let span = match (import.member, source.attributes.get(&place.span.start)) {
                (None, Some(found)) if found.attr == "Process" => found.span.clone(),
                (Some("Process"), _) => place.span.clone(),
                _ => continue,
            };
            let is_called = source.callees.get(&span.start) == Some(&span.end);
            if import.module == "multiprocessing" && is_called {
                base.get_or_insert_with(|| source.text[span.clone()].to_owned());
                edits.replace(span, name.clone());
            }
        }
    }
    let class = format!("\nclass {name}({}):\n    pass\n\n", base?);
    edits.insert(source.after_imports(), class);
    edits.apply(&source.text)
}

/// Keywords of `Process` by position, and what `Pool` and the executor take by position as keywords.
pub fn keywords(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    for call in source.calls() {
        // A subclass has a signature of its own.
        let is_library = call.func.as_name_expr().is_none_or(|name| {
            let variable = source.scopes.at(name.start().to_usize());
            variable.is_some_and(|variable| variable.with_role(Role::Import).next().is_some())
        });
        match source.constructed(call).filter(|_| is_library) {
            Some("Process") => by_position(source, call, &mut edits),
            Some("Pool") => by_name(source, call, &["processes", "initializer", "initargs"], &mut edits),
            Some("ProcessPoolExecutor") => {
                let names = ["max_workers", "mp_context", "initializer", "initargs"];
                by_name(source, call, &names, &mut edits);
            }
            _ => {}
        }
    }
    edits.apply(&source.text)
}

/// `target=f, args=a` becomes `None, f, None, a`; a gap is filled with what the parameter has by default.
fn by_position(source: &Source, call: &ExprCall, edits: &mut Edits) {
    const ORDER: [(&str, &str); 4] = [("target", "None"), ("name", "None"), ("args", "()"), ("kwargs", "{}")];
    let place = |name: &str| ORDER.iter().position(|(known, _)| *known == name);
    let keywords: Vec<_> = call
        .arguments
        .keywords
        .iter()
        .take_while(|keyword| keyword.arg.as_ref().is_some_and(|arg| place(arg).is_some()))
        .collect();
    let places: Vec<usize> = keywords
        .iter()
        .filter_map(|keyword| place(keyword.arg.as_ref()?))
        .collect();
    let later = call.arguments.keywords.iter().skip(keywords.len());
    let is_rest_fine = later
        .into_iter()
        .all(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "daemon"));
    if places.is_empty() || !places.is_sorted() || !call.arguments.args.is_empty() || !is_rest_fine {
        return;
    }
    let mut next = 0;
    for (keyword, place) in keywords.into_iter().zip(places) {
        let group = if next == 0 { "None, " } else { "" };
        let gap: String = ORDER[next..place]
            .iter()
            .map(|(_, default)| format!("{default}, "))
            .collect();
        let start = keyword.start().to_usize();
        let value = keyword.value.start().to_usize();
        // Parentheses around the value are not in its range.
        let name_end = keyword.arg.as_ref().map_or(value, |arg| arg.end().to_usize());
        let equals = source.text[name_end..value]
            .find('=')
            .map_or(value, |at| name_end + at + 1);
        edits.replace(start..equals, format!("{group}{gap}"));
        next = place + 1;
    }
}

fn by_name(source: &Source, call: &ExprCall, names: &[&str], edits: &mut Edits) {
    let arguments = &call.arguments.args;
    if arguments.len() > names.len() || arguments.iter().any(Expr::is_starred_expr) {
        return;
    }
    let mut before = call.arguments.start().to_usize() + 1;
    for (argument, name) in arguments.iter().zip(names) {
        let range = argument.range().to_std_range();
        // Parentheses around an argument are not in its range.
        let at = source.text[before..range.start]
            .find('(')
            .map_or(range.start, |at| before + at);
        edits.insert(at, format!("{name}="));
        before = range.end;
    }
}
