//! What is done with process objects, done two calls further down.

use std::collections::BTreeSet;
use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt, StmtFor};
use ruff_text_size::Ranged;

use super::functions::free_variables;
use super::scopes::{Role, ScopeKind};
use super::source::{Edits, Source};

/// The methods that do something with processes, pools, queues, locks and what they give back.
const METHODS: [&str; 39] = [
    "acquire",
    "append",
    "apply",
    "apply_async",
    "close",
    "empty",
    "extend",
    "get",
    "get_nowait",
    "imap",
    "imap_unordered",
    "is_alive",
    "join",
    "join_thread",
    "kill",
    "map",
    "map_async",
    "notify",
    "poll",
    "put",
    "put_nowait",
    "qsize",
    "recv",
    "release",
    "result",
    "run",
    "send",
    "set",
    "set_start_method",
    "shutdown",
    "starmap",
    "starmap_async",
    "start",
    "submit",
    "task_done",
    "terminate",
    "unlink",
    "update",
    "wait",
];

/// Each statement that calls such a method, makes a process object or updates something in place becomes
/// `binds = outer(uses)`, where `outer` calls `inner(uses)` and `inner` does it. A loop of such statements goes as a whole
/// where nothing outside sees what it binds. What is marked there is then found in `inner`.
pub fn two_calls_down(source: &Source) -> Option<String> {
    if source.mentions(&["locals", "vars", "stacklevel", "inspect"]) {
        return None;
    }
    let mut edits = Edits::default();
    let mut helpers = String::new();
    let mut done: Vec<Range<usize>> = Vec::new();
    source.for_each_block(|block| {
        for stmt in block {
            let span = stmt.range().to_std_range();
            if done.iter().any(|done| done.contains(&span.start)) || in_class_body(source, span.start) {
                continue;
            }
            let (Some(flow), Some(lines)) = (flow(source, stmt), source.whole_lines(stmt)) else {
                continue;
            };
            let step = done.len() + 1;
            let outer = source.fresh(&format!("step_{step}"));
            let inner = source.fresh(&format!("really_step_{step}"));
            let uses = flow.uses.into_iter().collect::<Vec<_>>().join(", ");
            let binds = flow.binds.join(", ");
            let body = as_body(source, &lines);
            let (gives, gets, end) = match stmt {
                Stmt::Return(_) => ("return ", "return ".to_owned(), String::new()),
                _ if binds.is_empty() => ("", String::new(), String::new()),
                _ => ("return ", format!("{binds} = "), format!("\n    return {binds}")),
            };
            helpers.push_str(&format!(
                "\ndef {inner}({uses}):\n{body}{end}\n\n\ndef {outer}({uses}):\n    {gives}{inner}({uses})\n\n"
            ));
            edits.replace(lines, format!("{gets}{outer}({uses})"));
            done.push(span);
        }
    });
    if !edits.is_empty() {
        edits.insert(source.after_imports(), helpers);
    }
    edits.apply(&source.text)
}

/// What goes into a statement and comes out of it.
struct Flow {
    uses: BTreeSet<String>,
    binds: Vec<String>,
}

/// Nothing where the statement does nothing, or has to stay where it is.
fn flow(source: &Source, stmt: &Stmt) -> Option<Flow> {
    let mut look = Look {
        source,
        acts: false,
        is_fixed: false,
        depth: 0,
    };
    look.visit_stmt(stmt);
    if !look.acts || look.is_fixed {
        return None;
    }
    let all = stmt.range().to_std_range();
    let mut uses = free_variables(source, &all);
    let mut binds = Vec::new();
    match stmt {
        Stmt::Expr(_) | Stmt::Return(_) => {}
        Stmt::AugAssign(assign) if !assign.target.is_name_expr() => {}
        Stmt::Assign(assign) if assign.targets.len() == 1 => {
            let targets = match &assign.targets[0] {
                Expr::Tuple(tuple) => &tuple.elts[..],
                target => std::slice::from_ref(target),
            };
            binds = targets
                .iter()
                .filter_map(Expr::as_name_expr)
                .map(|name| name.id.to_string())
                .collect();
            let is_plain = |target: &Expr| target.is_attribute_expr() || target.is_subscript_expr();
            if !targets.iter().all(|target| target.is_name_expr() || is_plain(target)) {
                return None;
            }
            // The value may read what the statement binds.
            uses.extend(free_variables(source, &assign.value.range().to_std_range()));
        }
        Stmt::For(one) if !one.is_async && one.orelse.is_empty() && keeps_its_names(source, one) => {}
        _ => return None,
    }
    Some(Flow { uses, binds })
}

/// Whether nothing that a loop binds is seen outside of it, nor comes from there. The target of another loop may have the
/// same name.
fn keeps_its_names(source: &Source, one: &StmtFor) -> bool {
    let span = one.range().to_std_range();
    let loops = loops(source);
    source.scopes.variables.iter().all(|variable| {
        let here = |role| variable.with_role(role).any(|place| span.contains(&place.span.start));
        let kind = source.scopes.kind(variable);
        if !here(Role::Bind) && !here(Role::Assign) || matches!(kind, ScopeKind::Comprehension | ScopeKind::Lambda) {
            return true;
        }
        let is_local = kind == ScopeKind::Function || source.alone && kind == ScopeKind::Module;
        is_local
            && variable.places.iter().all(|place| {
                let at = place.span.start;
                let is_anew = loops
                    .iter()
                    .any(|(body, name)| body.contains(&at) && *name == variable.name);
                let is_seen =
                    place.scope == variable.scope || source.scopes.scopes[place.scope].kind == ScopeKind::Comprehension;
                let before = one.iter.range().to_std_range().contains(&at);
                is_seen && !before && (span.contains(&at) || is_anew && !here(Role::Assign))
            })
    })
}

/// The targets and bodies of the loops of a file, with the names that the targets bind.
fn loops(source: &Source) -> Vec<(Range<usize>, String)> {
    struct Stored<'a>(Vec<&'a str>);
    impl<'a> Visitor<'a> for Stored<'a> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Name(name) if name.ctx == ExprContext::Store => self.0.push(name.id.as_str()),
                _ => visitor::walk_expr(self, expr),
            }
        }
    }
    let mut found = Vec::new();
    source.for_each_block(|block| {
        for one in block.iter().filter_map(Stmt::as_for_stmt) {
            let mut stored = Stored(Vec::new());
            stored.visit_expr(&one.target);
            let body = one.body.first().zip(one.body.last());
            let parts = body.map(|(first, last)| first.start().to_usize()..last.end().to_usize());
            for part in parts.into_iter().chain([one.target.range().to_std_range()]) {
                found.extend(stored.0.iter().map(|name| (part.clone(), (*name).to_owned())));
            }
        }
    });
    found
}

/// Whether a statement belongs to the body of a class itself.
fn in_class_body(source: &Source, at: usize) -> bool {
    let mut innermost: Option<(usize, bool)> = None;
    source.for_each_block(|block| {
        for stmt in block {
            let span = stmt.range().to_std_range();
            let is_definition = stmt.is_class_def_stmt() || stmt.is_function_def_stmt();
            let is_inner = innermost.is_none_or(|(len, _)| span.len() < len);
            if is_definition && is_inner && span.start < at && span.contains(&at) {
                innermost = Some((span.len(), stmt.is_class_def_stmt()));
            }
        }
    });
    innermost.is_some_and(|(_, is_class)| is_class)
}

/// The lines of a statement as the body of a function of the module.
fn as_body(source: &Source, lines: &Range<usize>) -> String {
    let indent = source.indent(lines.start);
    let text = source.indented(source.line_start(lines.start)..lines.end, "    ");
    let before = format!("    {indent}");
    let line = |line: &str| match line.strip_prefix(before.as_str()) {
        Some(rest) => format!("    {rest}"),
        None => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// What a statement has in it.
struct Look<'a> {
    source: &'a Source,
    /// It calls a method of the list, makes an object, or updates something in place.
    acts: bool,
    /// It has to stay where it is.
    is_fixed: bool,
    depth: usize,
}

impl<'a> Visitor<'a> for Look<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::AugAssign(assign) => self.acts |= !assign.target.is_name_expr(),
            Stmt::Return(_) => self.is_fixed |= self.depth > 0,
            Stmt::With(with) => self.is_fixed |= with.is_async,
            Stmt::Expr(_) | Stmt::Assign(_) | Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::Try(_) => {}
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::Raise(_) | Stmt::Assert(_) => {}
            _ => self.is_fixed = true,
        }
        self.depth += 1;
        visitor::walk_stmt(self, stmt);
        self.depth -= 1;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(_) => self.is_fixed = true,
            Expr::Name(name) => self.is_fixed |= matches!(name.id.as_str(), "super" | "__class__"),
            // The name of its class is a part of such a name.
            Expr::Attribute(attribute) => {
                let name = attribute.attr.as_str();
                self.is_fixed |= name.starts_with("__") && !name.ends_with("__");
            }
            Expr::StringLiteral(text) => self.is_fixed |= self.source.slice(text).contains('\n'),
            Expr::Call(call) => {
                let attribute = call.func.as_attribute_expr();
                self.acts |= attribute.is_some_and(|one| METHODS.contains(&one.attr.as_str()));
                self.acts |= self.source.constructed(call).is_some();
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}
