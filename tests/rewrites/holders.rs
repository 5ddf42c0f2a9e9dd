//! Process objects kept elsewhere than in a variable: in an attribute, in a list, in a dict.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use super::scopes::{Role, ScopeKind, Variable};
use super::source::{Edits, Source};
use super::wraps::{Home, guard, main_part};

/// A statement `name = Constructor(…)`, or `with Constructor(…) as name`.
struct Made<'a> {
    variable: &'a Variable,
    call: &'a ExprCall,
    what: &'a str,
    /// The assignment; none for a `with`.
    stmt: Option<&'a Stmt>,
}

/// The variables of functions and of the module that hold process objects.
fn made(source: &Source) -> Vec<Made<'_>> {
    let mut found = Vec::new();
    source.for_each_block(|block| {
        for stmt in block {
            match stmt {
                Stmt::Assign(assign) if assign.targets.len() == 1 => {
                    found.extend(object(source, &assign.targets[0], &assign.value, Some(stmt)));
                }
                Stmt::With(with) => found.extend(
                    with.items
                        .iter()
                        .filter_map(|item| object(source, item.optional_vars.as_deref()?, &item.context_expr, None)),
                ),
                _ => {}
            }
        }
    });
    found
}

fn object<'a>(source: &'a Source, target: &Expr, value: &'a Expr, stmt: Option<&'a Stmt>) -> Option<Made<'a>> {
    let call = value.as_call_expr()?;
    let variable = source.scopes.at(target.as_name_expr()?.start().to_usize())?;
    let what = source.constructed(call)?;
    let kind = source.scopes.kind(variable);
    let is_local = kind == ScopeKind::Function || (kind == ScopeKind::Module && source.alone);
    (is_local && variable.only(&[Role::Load, Role::Assign])).then_some(Made {
        variable,
        call,
        what,
        stmt,
    })
}

/// Each such variable becomes an attribute of an object that holds nothing else.
pub fn attribute(source: &Source) -> Option<String> {
    let mut by_scope: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for one in made(source) {
        by_scope
            .entry(one.variable.scope)
            .or_default()
            .insert(&one.variable.name);
    }
    let class = source.fresh("Holder");
    let mut edits = Edits::default();
    for (scope, names) in by_scope {
        let variables: Vec<&Variable> = source
            .scopes
            .variables
            .iter()
            .filter(|variable| variable.scope == scope && names.contains(variable.name.as_str()))
            .collect();
        let first = variables
            .iter()
            .filter_map(|variable| variable.places.first())
            .map(|place| place.span.start)
            .min();
        let Some(at) = first.and_then(|first| scope_start(source, scope, first, &variables)) else {
            continue;
        };
        let holder = source.fresh(&format!("holder_{scope}"));
        let indent = source.indent(at).to_owned();
        edits.insert(source.line_start(at), format!("{indent}{holder} = {class}()\n"));
        for variable in variables {
            for place in &variable.places {
                edits.replace(place.span.clone(), format!("{holder}.{}", variable.name));
            }
        }
    }
    if !edits.is_empty() {
        edits.insert(source.after_imports(), format!("\nclass {class}:\n    pass\n\n"));
    }
    edits.apply(&source.text)
}

/// Where in a scope something can be made before its variables are used: at its first statement, for the module at the
/// first statement of the guard if all of them live there, else at the statement that names them first.
fn scope_start(source: &Source, scope: usize, first: usize, variables: &[&Variable]) -> Option<usize> {
    if scope == 0 {
        if let Some(guard) = guard(source) {
            let body = guard.body.first()?.start().to_usize()..guard.end().to_usize();
            let binds = variables.iter().flat_map(|variable| variable.with_role(Role::Assign));
            if binds.into_iter().all(|place| body.contains(&place.span.start)) {
                return source.whole_lines(guard.body.first()?).map(|_| body.start);
            }
        }
        let stmt = source
            .body()
            .iter()
            .find(|stmt| stmt.range().to_std_range().contains(&first))?;
        return Some(stmt.start().to_usize());
    }
    let mut innermost: Option<(Range<usize>, usize)> = None;
    source.for_each_block(|block| {
        for def in block.iter().filter_map(Stmt::as_function_def_stmt) {
            let span = def.range().to_std_range();
            let is_docstring = |stmt: &&Stmt| !stmt.as_expr_stmt().is_some_and(|e| e.value.is_string_literal_expr());
            let start = def
                .body
                .iter()
                .find(is_docstring)
                .filter(|stmt| source.whole_lines(stmt).is_some());
            if let Some(start) = start
                && span.contains(&first)
                && innermost.as_ref().is_none_or(|(other, _)| span.len() < other.len())
            {
                innermost = Some((span, start.start().to_usize()));
            }
        }
    });
    // A closure may name the variable before the function that owns it does.
    let owner = variables
        .iter()
        .flat_map(|v| &v.places)
        .find(|place| place.span.start == first)?;
    (owner.scope == scope || source.scopes.scopes[owner.scope].kind == ScopeKind::Comprehension).then_some(innermost?.1)
}

/// The main part becomes the method of a class, and its variables attributes of `self`.
pub fn method(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    if !main.can_move(source) || source.mentions(&["self"]) && touches_self(source, &main.lines) {
        return None;
    }
    let class = source.fresh("App");
    let mut edits = Edits::default();
    let mut inner = Edits::default();
    let inside = |at: usize| main.lines.contains(&at);
    for variable in &source.scopes.variables {
        let is_here = variable
            .places
            .iter()
            .any(|place| place.role == Role::Assign && inside(place.span.start));
        let is_local = matches!(source.scopes.kind(variable), ScopeKind::Module | ScopeKind::Function);
        if is_here && is_local && variable.only(&[Role::Load, Role::Assign]) {
            for place in &variable.places {
                inner.replace(place.span.clone(), format!("self.{}", variable.name));
            }
        }
    }
    let before = source.text.len() - main.lines.end;
    let text = inner.apply(&source.text)?;
    let rewritten = Source::new(&text, source.alone)?;
    let lines = main.lines.start..text.len() - before;
    let body = rewritten.indented(lines.clone(), "    ");
    match main.home {
        Home::Guard(guard) => {
            let at = source.line_start(guard.start().to_usize());
            edits.insert(at, format!("class {class}:\n    def run(self):\n{body}\n\n\n"));
            edits.replace(lines, format!("{}{class}().run()", main.indent));
        }
        Home::Function(def) => {
            let end = lines.end;
            edits.replace(
                source.line_start(def.start().to_usize())..end,
                format!("class {class}:\n    def run(self):\n{body}"),
            );
            let name = guard(&rewritten)?.body.first()?.range().to_std_range();
            edits.replace(name, format!("{class}().run()"));
        }
        Home::Tail => return None,
    }
    edits.apply(&text)
}

fn touches_self(source: &Source, lines: &Range<usize>) -> bool {
    let own = source
        .scopes
        .variables
        .iter()
        .filter(|variable| variable.name == "self");
    own.flat_map(|variable| &variable.places)
        .any(|place| lines.contains(&place.span.start))
}

/// A process becomes a list of one: what is done to it is done in a loop over the list.
pub fn list(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    for one in made(source) {
        let (Some(stmt), "Process") = (one.stmt, one.what) else {
            continue;
        };
        if one.variable.with_role(Role::Assign).count() != 1 || source.whole_lines(stmt).is_none() {
            continue;
        }
        let list = source.fresh(&format!("all_{}", one.variable.name));
        put_into(source, &one, &mut edits, ("[", "]"), &list);
        let statements = own_statements(source, one.variable);
        for place in one.variable.with_role(Role::Load) {
            match statements.get(&place.span.start) {
                Some(start) if place.scope == one.variable.scope => {
                    let indent = source.indent(*start).to_owned();
                    edits.insert(*start, format!("for {} in {list}:\n{indent}    ", one.variable.name));
                }
                _ => edits.replace(place.span.clone(), format!("{list}[0]")),
            }
        }
    }
    edits.apply(&source.text)
}

/// The statements on one line that call a method of the variable and name it nowhere else: by the offset of the name,
/// where the statement begins.
fn own_statements(source: &Source, variable: &Variable) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    source.for_each_block(|block| {
        for stmt in block {
            let span = stmt.range().to_std_range();
            let mut inside = variable.places.iter().filter(|place| span.contains(&place.span.start));
            let (Some(place), None) = (inside.next(), inside.next()) else {
                continue;
            };
            let is_call = stmt.as_expr_stmt().is_some_and(|expr| expr.value.is_call_expr());
            let is_receiver = place.span.start == span.start && source.attributes.contains_key(&span.start);
            let one_line = source.whole_lines(stmt).is_some() && !source.slice(stmt).contains('\n');
            if is_call && is_receiver && one_line {
                found.insert(place.span.start, span.start);
            }
        }
    });
    found
}

/// Each object is the value of a dict.
pub fn dict(source: &Source) -> Option<String> {
    let mut edits = Edits::default();
    for one in made(source) {
        let is_once = one.variable.with_role(Role::Assign).count() == 1;
        if one.stmt.is_none() || !is_once || one.variable.places.iter().any(|place| place.in_fstring) {
            continue;
        }
        let name = &one.variable.name;
        let table = source.fresh(&format!("table_{name}"));
        put_into(source, &one, &mut edits, (&format!("{{\"{name}\": "), "}"), &table);
        for place in one.variable.with_role(Role::Load) {
            edits.replace(place.span.clone(), format!("{table}[\"{name}\"]"));
        }
    }
    edits.apply(&source.text)
}

/// Makes `name = call` into `container = [call]`.
fn put_into(source: &Source, one: &Made<'_>, edits: &mut Edits, brackets: (&str, &str), container: &str) {
    for place in one.variable.with_role(Role::Assign) {
        edits.replace(place.span.clone(), container);
    }
    let call = one.call.range().to_std_range();
    // Parentheses around the call are not in its range, and may hold line ends.
    let start = source.text[..call.start].rfind('=').map_or(call.start, |at| at + 1);
    let end = one.stmt.map_or(call.end, |stmt| stmt.end().to_usize());
    edits.insert(
        start + source.text[start..].len() - source.text[start..].trim_start().len(),
        brackets.0,
    );
    edits.insert(end, brackets.1);
}
