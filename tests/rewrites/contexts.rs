//! The same objects, made by a context instead of the module.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::scopes::Role;
use super::source::{Edits, Source};
use super::wraps::guard;

/// What a context makes as the module does.
const METHODS: [&str; 18] = [
    "Array",
    "Barrier",
    "BoundedSemaphore",
    "Condition",
    "Event",
    "JoinableQueue",
    "Lock",
    "Manager",
    "Pipe",
    "Pool",
    "Process",
    "Queue",
    "RLock",
    "RawArray",
    "RawValue",
    "Semaphore",
    "SimpleQueue",
    "Value",
];

/// `ctx = mp.get_context("spawn")` at the top of the file. Says the same only of what holds under spawn.
pub fn context_spawn(source: &Source) -> Option<String> {
    let other = [
        "get_context",
        "ProcessPoolExecutor",
        "torch",
        "SharedMemoryManager",
        "fork",
    ];
    if source.mentions(&other) || !source.alone {
        return None;
    }
    at_the_top(source, "\"spawn\"")
}

/// `ctx = mp.get_context()` at the top of the file.
pub fn context_default(source: &Source) -> Option<String> {
    at_the_top(source, "")
}

/// `ctx = mp.get_context()` in each function, and under the guard, where the module made something.
pub fn context_local(source: &Source) -> Option<String> {
    let bodies = bodies(source);
    let mut taken: BTreeMap<usize, (String, String)> = BTreeMap::new();
    let mut edits = Edits::default();
    let mut modules = BTreeSet::new();
    for made in made_by_module(source)? {
        let Some(module) = made.module else { continue };
        let around = bodies.iter().filter(|body| body.contains(&made.span.start));
        let Some(body) = around.min_by_key(|body| body.len()).filter(|_| made.is_call) else {
            continue;
        };
        let name = source.fresh("context");
        edits.replace(made.span, format!("{name}.{}", made.member));
        taken.insert(body.start, (name, module.clone()));
        modules.insert(module);
    }
    for (start, (name, module)) in taken {
        let indent = source.indent(start).to_owned();
        edits.insert(
            source.line_start(start),
            format!("{indent}{name} = {module}.get_context()\n"),
        );
    }
    edits.apply(&source.text)
}

fn at_the_top(source: &Source, method: &str) -> Option<String> {
    let name = source.fresh("ctx");
    let mut edits = Edits::default();
    let mut module = None;
    for made in made_by_module(source)? {
        module = module.or(made.module);
        edits.replace(made.span, format!("{name}.{}", made.member));
    }
    if edits.is_empty() {
        return None;
    }
    let (import, module) = match module {
        Some(module) => (String::new(), module),
        None => {
            let module = source.fresh("library");
            (format!("import multiprocessing as {module}\n"), module)
        }
    };
    edits.insert(
        source.after_imports(),
        format!("{import}\n{name} = {module}.get_context({method})\n"),
    );
    edits.apply(&source.text)
}

struct Made {
    span: Range<usize>,
    member: String,
    /// The name of the module, where it is taken from a module.
    module: Option<String>,
    is_call: bool,
}

/// Where the module makes something that a context makes too: calls and base classes. Nothing where the program sets
/// the start method itself, because then the place of `get_context` matters.
fn made_by_module(source: &Source) -> Option<Vec<Made>> {
    if source.mentions(&["set_start_method"]) {
        return None;
    }
    let mut bases = BTreeSet::new();
    source.for_each_block(|block| {
        for class in block.iter().filter_map(Stmt::as_class_def_stmt) {
            let arguments = class.arguments.iter().flat_map(|arguments| &arguments.args);
            bases.extend(arguments.map(|base| base.start().to_usize()));
        }
    });
    let mut found = Vec::new();
    for import in source.imports() {
        if import.module != "multiprocessing" {
            continue;
        }
        for place in import.variable.with_role(Role::Load) {
            let start = place.span.start;
            let (span, member, module) = match (import.member, source.attributes.get(&start)) {
                (None, Some(found)) => (
                    found.span.clone(),
                    found.attr.clone(),
                    Some(import.variable.name.clone()),
                ),
                (Some(member), _) => (place.span.clone(), member.to_owned(), None),
                (None, None) => continue,
            };
            let is_call = source.callees.get(&start) == Some(&span.end);
            if METHODS.contains(&member.as_str()) && (is_call || bases.contains(&start)) {
                found.push(Made {
                    span,
                    member,
                    module,
                    is_call,
                });
            }
        }
    }
    Some(found)
}

/// The bodies of the functions and of the guard, docstrings left out.
fn bodies(source: &Source) -> Vec<Range<usize>> {
    let mut bodies = Vec::new();
    let mut add = |body: &[Stmt]| {
        let is_docstring = |stmt: &Stmt| stmt.as_expr_stmt().is_some_and(|e| e.value.is_string_literal_expr());
        let body = match body {
            [first, rest @ ..] if is_docstring(first) => rest,
            body => body,
        };
        if let (Some(first), Some(last)) = (body.first(), body.last())
            && source.whole_lines(first).is_some()
        {
            bodies.push(first.start().to_usize()..last.end().to_usize());
        }
    };
    if let Some(guard) = guard(source) {
        add(&guard.body);
    }
    source.for_each_block(|block| {
        block
            .iter()
            .filter_map(Stmt::as_function_def_stmt)
            .for_each(|def| add(&def.body));
    });
    bodies
}
