//! What a program of one file defines at its top, in another module that the rest imports.
//!
//! What is moved is run when the rest imports it, so it is what stands before the first statement that does anything;
//! only plain functions may stay behind among it, since defining them does nothing. What asks for the name or the names
//! of its module stays.

use std::collections::BTreeSet;

use mplint::rules::page::ExampleFile;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::scopes::{Occurrence, Role, Variable};
use super::source::{Edits, Source};
use super::wraps::{guard, main_function};

/// What tells a module from another.
const TIED: [&str; 12] = [
    "__all__",
    "__file__",
    "__main__",
    "__mp_main__",
    "__name__",
    "__spec__",
    "eval",
    "exec",
    "globals",
    "inspect",
    "modules",
    "vars",
];

/// What could find a function by a name that is not seen in the text.
const REFLECTIVE: [&str; 8] = [
    "__import__",
    "eval",
    "exec",
    "globals",
    "import_module",
    "modules",
    "runpy",
    "vars",
];

/// All but the main function goes to another module, of which the rest imports the names: from the module, or from a
/// package that imports them from its part.
pub fn imported_names(source: &Source) -> Option<Vec<ExampleFile>> {
    let keep = guard(source).and_then(|guard| main_function(source, guard));
    let split = Split::new(source, keep.map(|def| def.start().to_usize()), false)?;
    let mut names = BTreeSet::new();
    for variable in split.shared() {
        let binding: Vec<_> = variable
            .places
            .iter()
            .filter(|place| place.role != Role::Load)
            .collect();
        let [only] = binding.as_slice() else { return None };
        if !split.is_moved(only) || only.role == Role::Declared {
            return None;
        }
        names.insert(variable.name.as_str());
    }
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let module = source.fresh("helpers");
    if names.is_empty() {
        return None;
    }
    if !split.is_varied() {
        let main = split.main(&format!("from {module} import {names}\n"), |_| None)?;
        return Some(vec![main, split.moved(&format!("{module}.py"))]);
    }
    let package = source.fresh("parts");
    let main = split.main(&format!("from {package} import {names}\n"), |_| None)?;
    let names = format!("from .{module} import {names}\n");
    Some(vec![
        main,
        file(&format!("{package}/__init__.py"), names),
        split.moved(&format!("{package}/{module}.py")),
    ])
}

/// All definitions go to another module, and the rest names them as its attributes.
pub fn imported_module(source: &Source) -> Option<Vec<ExampleFile>> {
    let split = Split::new(source, None, true)?;
    let shared = split.shared();
    let is_fine = |variable: &&Variable| can_be_attribute(&split, variable);
    if shared.is_empty() || !shared.iter().all(is_fine) {
        return None;
    }
    let module = source.fresh("helpers");
    let package = source.fresh("parts");
    let varied = split.is_varied();
    let import = if varied {
        format!("from {package} import {module}\n")
    } else {
        format!("import {module}\n")
    };
    let main = split.main(&import, |variable| {
        let is_shared = shared.iter().any(|one| one.name == variable.name);
        is_shared.then(|| format!("{module}.{}", variable.name))
    })?;
    if varied {
        Some(vec![
            main,
            file(&format!("{package}/__init__.py"), String::new()),
            split.moved(&format!("{package}/{module}.py")),
        ])
    } else {
        Some(vec![main, split.moved(&format!("{module}.py"))])
    }
}

/// Whether what stays can read and set a variable of the other module as an attribute.
fn can_be_attribute(split: &Split<'_>, variable: &Variable) -> bool {
    let mut staying = variable.places.iter().filter(|place| !split.is_moved(place));
    staying.all(|place| matches!(place.role, Role::Load | Role::Assign))
}

fn file(name: &str, text: String) -> ExampleFile {
    ExampleFile {
        file: name.to_owned(),
        line: 1,
        text,
        listed: Vec::new(),
    }
}

/// The statements at the top of a file, parted.
struct Split<'a> {
    source: &'a Source,
    /// The imports before the first statement that does something.
    imports: Vec<&'a Stmt>,
    /// What goes to the other module.
    moved: Vec<&'a Stmt>,
}

impl<'a> Split<'a> {
    /// Nothing where no definition can be moved. With `from_outside`, what is moved may read what the rest sets.
    fn new(source: &'a Source, keep: Option<usize>, from_outside: bool) -> Option<Self> {
        let is_head = |stmt: &&Stmt| {
            let is_docstring = stmt
                .as_expr_stmt()
                .is_some_and(|expr| expr.value.is_string_literal_expr());
            is_docstring || is_import(stmt) || is_definition(stmt)
        };
        let head: Vec<&Stmt> = source.body().iter().take_while(is_head).collect();
        let is_star = |stmt: &&&Stmt| {
            stmt.as_import_from_stmt()
                .is_some_and(|one| one.names[0].name.as_str() == "*")
        };
        let mut split = Self {
            source,
            imports: head.iter().filter(|stmt| is_import(stmt)).copied().collect(),
            moved: head.iter().filter(|stmt| is_definition(stmt)).copied().collect(),
        };
        if split.imports.iter().any(|stmt| is_star(&stmt)) {
            return None;
        }
        split.moved.retain(|stmt| Some(stmt.start().to_usize()) != keep);
        while let Some(at) = split.moved.iter().position(|stmt| !split.can_move(stmt, from_outside)) {
            if is_plain_function(split.moved[at]) {
                split.moved.remove(at);
            } else {
                split.moved.truncate(at);
            }
        }
        let makes = |stmt: &&Stmt| stmt.is_function_def_stmt() || stmt.is_class_def_stmt();
        let stays = source
            .body()
            .iter()
            .filter(|stmt| !split.moved.iter().any(|one| one.range() == stmt.range()));
        let is_tied = |stmt: &Stmt| has_word(source.slice(stmt), &REFLECTIVE);
        (split.moved.iter().any(makes) && !stays.into_iter().any(is_tied)).then_some(split)
    }

    /// Whether a statement means the same in the other module.
    fn can_move(&self, stmt: &Stmt, from_outside: bool) -> bool {
        let span = stmt.range().to_std_range();
        let mut named = self.source.scopes.variables.iter().filter(|variable| {
            variable.scope == 0 && variable.places.iter().any(|place| span.contains(&place.span.start))
        });
        self.source.whole_lines(stmt).is_some()
            && !has_word(self.source.slice(stmt), &TIED)
            && named.all(|variable| {
                let binds = |place: &&Occurrence| !matches!(place.role, Role::Load | Role::Declared);
                let mut outside = variable
                    .places
                    .iter()
                    .filter(binds)
                    .filter(|place| !self.is_moved(place));
                let is_import = |place: &Occurrence| {
                    self.imports
                        .iter()
                        .any(|one| one.range().to_std_range().contains(&place.span.start))
                };
                outside.clone().all(is_import)
                    || from_outside && !outside.any(is_import) && can_be_attribute(self, variable)
            })
    }

    fn is_moved(&self, place: &Occurrence) -> bool {
        self.moved
            .iter()
            .any(|stmt| stmt.range().to_std_range().contains(&place.span.start))
    }

    /// The variables of the module that both parts name, imports and builtins left out.
    fn shared(&self) -> Vec<&'a Variable> {
        let is_shared = |variable: &&Variable| {
            let is_import = variable.with_role(Role::Import).next().is_some();
            let moved = variable.places.iter().filter(|place| self.is_moved(place)).count();
            let is_both = moved > 0 && moved < variable.places.len();
            variable.scope == 0 && !is_import && !variable.is_unbound() && is_both
        };
        self.source.scopes.variables.iter().filter(is_shared).collect()
    }

    /// One of two variations, by the text, so that a program is always written in the same one.
    fn is_varied(&self) -> bool {
        self.source.text.lines().count() % 2 == 1
    }

    /// Whether an import is used by what is moved, and by what stays.
    fn users(&self, import: &Stmt) -> (bool, bool) {
        let span = import.range().to_std_range();
        let binds = |variable: &&Variable| variable.places.iter().any(|place| span.contains(&place.span.start));
        let mut users = (false, false);
        for variable in self.source.scopes.variables.iter().filter(binds) {
            for place in variable.places.iter().filter(|place| place.role != Role::Import) {
                if self.is_moved(place) {
                    users.0 = true;
                } else {
                    users.1 = true;
                }
            }
        }
        users
    }

    /// What stays, with the import of the rest and with the names of the other module as `named` spells them.
    fn main(&self, import: &str, named: impl Fn(&Variable) -> Option<String>) -> Option<ExampleFile> {
        let mut edits = Edits::default();
        let lines =
            |stmt: &Stmt| self.source.line_start(stmt.start().to_usize())..self.source.next_line(stmt.end().to_usize());
        for stmt in &self.moved {
            edits.replace(lines(stmt), "");
        }
        for stmt in self.imports.iter().filter(|stmt| self.users(stmt) == (true, false)) {
            edits.replace(lines(stmt), "");
        }
        edits.insert(self.source.after_imports(), import);
        for variable in self
            .source
            .scopes
            .variables
            .iter()
            .filter(|variable| variable.scope == 0)
        {
            if let Some(name) = named(variable) {
                for place in variable.places.iter().filter(|place| !self.is_moved(place)) {
                    edits.replace(place.span.clone(), name.clone());
                }
            }
        }
        Some(file("main.py", edits.apply(&self.source.text)?))
    }

    /// What is moved, with the imports that it needs.
    fn moved(&self, name: &str) -> ExampleFile {
        let is_future = |stmt: &Stmt| {
            let module = stmt.as_import_from_stmt().and_then(|one| one.module.as_ref());
            module.is_some_and(|module| module.as_str() == "__future__")
        };
        let imports = self.imports.iter().filter(|stmt| self.users(stmt).0 || is_future(stmt));
        let imports: Vec<&str> = imports.map(|stmt| self.source.slice(*stmt)).collect();
        let whole = |stmt: &&&Stmt| {
            let lines = self.source.whole_lines(stmt).unwrap_or_default();
            &self.source.text[lines]
        };
        let moved: Vec<&str> = self.moved.iter().map(|stmt| whole(&stmt)).collect();
        let text = format!("{}\n\n\n{}\n", imports.join("\n"), moved.join("\n\n\n"));
        file(name, text.trim_start().to_owned())
    }
}

fn is_import(stmt: &Stmt) -> bool {
    stmt.is_import_stmt() || stmt.is_import_from_stmt()
}

fn is_definition(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) => true,
        Stmt::Assign(assign) => assign.targets.iter().all(|target| match target {
            Expr::Tuple(tuple) => tuple.elts.iter().all(Expr::is_name_expr),
            target => target.is_name_expr(),
        }),
        Stmt::AnnAssign(assign) => assign.target.is_name_expr(),
        _ => false,
    }
}

/// A function whose definition does nothing but define it.
fn is_plain_function(stmt: &Stmt) -> bool {
    let is_plain = |default: &Expr| default.is_literal_expr() || default.is_name_expr();
    stmt.as_function_def_stmt().is_some_and(|def| {
        let mut defaults = def
            .parameters
            .iter_non_variadic_params()
            .filter_map(|one| one.default.as_deref());
        def.decorator_list.is_empty() && defaults.all(is_plain)
    })
}

fn has_word(text: &str, words: &[&str]) -> bool {
    let mut all = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    all.any(|word| words.contains(&word))
}
