//! The same program with other names, and with more between its lines.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::scopes::{Role, ScopeKind};
use super::source::{Edits, Source};

/// Every name that the file is free to choose becomes one that says nothing.
pub fn rename(source: &Source) -> Option<String> {
    let reflective = ["globals", "locals", "vars", "eval", "exec", "__all__", "inspect"];
    if source.mentions(&reflective) {
        return None;
    }
    let mut keywords = BTreeSet::new();
    for call in source.calls() {
        keywords.extend(
            call.arguments
                .keywords
                .iter()
                .filter_map(|keyword| keyword.arg.as_ref()?.as_str().into()),
        );
    }
    let keywords: BTreeSet<String> = keywords.into_iter().map(str::to_owned).collect();
    let mut fixed: BTreeSet<&str> = BTreeSet::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for variable in &source.scopes.variables {
        let name = variable.name.as_str();
        let is_import = variable.with_role(Role::Import).next().is_some();
        let is_shared = variable.scope == 0 && !source.alone;
        let in_class = source.scopes.kind(variable) == ScopeKind::Class;
        if variable.is_unbound() || is_import || is_shared || in_class {
            fixed.insert(name);
        }
        let stem = match variable
            .places
            .iter()
            .map(|place| place.role)
            .find(|role| *role != Role::Load)
        {
            Some(Role::Function) => "f",
            Some(Role::Class) => "C",
            _ => "v",
        };
        names.entry(name).or_insert(stem);
    }
    names.retain(|name, _| {
        let is_special = name.starts_with("__") || *name == "_";
        !fixed.contains(name) && !is_special && !keywords.contains(*name) && !source.in_strings(name)
    });
    let new: BTreeMap<&str, String> = names
        .iter()
        .enumerate()
        .map(|(index, (name, stem))| (*name, source.fresh(&format!("{stem}{index}"))))
        .collect();
    let mut edits = Edits::default();
    for variable in &source.scopes.variables {
        if let Some(name) = new.get(variable.name.as_str()) {
            for place in &variable.places {
                edits.replace(place.span.clone(), name.clone());
            }
        }
    }
    edits.apply(&source.text)
}

/// Comments, docstrings, annotations, and statements, functions and a class that have nothing to do with the rest.
pub fn noise(source: &Source) -> Option<String> {
    const UNRELATED: &str = r#"
RATES = {"a": 1.5, "b": 2.5}


class Table:
    """Rows of figures; nothing to do with what follows."""

    def __init__(self, rows):
        self.rows = rows

    def total(self, column):
        return sum(row[column] for row in self.rows)


def unrelated(numbers, limit=10):
    """Adds the odd numbers up."""
    total = 0
    for number in numbers:
        if number % 2 and number < limit:
            total += number
    return total

"#;
    let mut edits = Edits::default();
    if let Some(first) = source.body().first()
        && !first.as_expr_stmt().is_some_and(|e| e.value.is_string_literal_expr())
    {
        edits.insert(
            source.line_start(first.start().to_usize()),
            "\"\"\"A program with a docstring.\"\"\"\n\n",
        );
    }
    if !source.mentions(&["RATES", "Table", "unrelated"]) {
        edits.insert(source.after_imports(), UNRELATED);
    }
    let mut count = 0;
    let mut is_outermost = true;
    source.for_each_block(|block| {
        // In the module's own block only the guard and what comes after it is more than definitions.
        let skip = if is_outermost { block.len() } else { 1 };
        is_outermost = false;
        for stmt in block.iter().skip(skip) {
            if source.whole_lines(stmt).is_none() {
                continue;
            }
            let start = stmt.start().to_usize();
            let indent = source.indent(start);
            let line = match count % 3 {
                0 => format!("{indent}# step {count}: see below\n"),
                1 => format!("{indent}noise_{count} = len(\"step\") + {count}\n"),
                _ => format!("{indent}if {count} > 1_000:\n{indent}    print(\"never\", flush=True)\n"),
            };
            count += 1;
            edits.insert(source.line_start(start), line);
        }
    });
    annotate(source, &mut edits);
    edits.apply(&source.text)
}

/// Annotates the variables that are given a process object.
fn annotate(source: &Source, edits: &mut Edits) {
    source.for_each_block(|block| {
        for assign in block.iter().filter_map(Stmt::as_assign_stmt) {
            let ([Expr::Name(name)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref()) else {
                continue;
            };
            let variable = source.scopes.at(name.start().to_usize());
            let is_declared = variable.is_none_or(|one| one.with_role(Role::Declared).next().is_some());
            if source.constructed(call).is_some() && !is_declared {
                edits.insert(name.end().to_usize(), ": \"object\"");
            }
        }
    });
}
