//! The main part of the program somewhere else: in a function, a method, a block, a coroutine.

use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{CmpOp, Expr, Stmt, StmtFunctionDef, StmtIf};
use ruff_text_size::Ranged;

use super::scopes::Role;
use super::source::{Edits, Source};

/// Where the main part stands.
pub enum Home<'a> {
    /// Under `if __name__ == "__main__":`.
    Guard(&'a StmtIf),
    /// In a function without parameters that the guard calls and nobody else.
    Function(&'a StmtFunctionDef),
    /// At the end of the file, without a guard.
    Tail,
}

/// The main part of a program.
pub struct Main<'a> {
    /// Where it stands.
    pub home: Home<'a>,
    /// Its lines, from the start of the first to the end of the last, line end left out.
    pub lines: Range<usize>,
    /// What stands before each of its statements.
    pub indent: String,
    has: Has,
}

/// What stands in a main part and ties it to its place.
#[derive(Default)]
struct Has {
    definition: bool,
    import: bool,
    declaration: bool,
    returns: bool,
    suspends: bool,
}

/// The `if __name__ == "__main__":` of a file.
pub fn guard(source: &Source) -> Option<&StmtIf> {
    source.body().iter().filter_map(Stmt::as_if_stmt).find(|stmt| {
        let Expr::Compare(compare) = stmt.test.as_ref() else {
            return false;
        };
        let sides = (source.slice(&*compare.left), compare.comparators.first());
        let is_main = |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
        stmt.elif_else_clauses.is_empty()
            && compare.ops.as_ref() == [CmpOp::Eq]
            && sides.0 == "__name__"
            && sides.1.is_some_and(is_main)
    })
}

/// The main part of a file.
pub fn main_part(source: &Source) -> Option<Main<'_>> {
    let (home, body) = match guard(source) {
        Some(guard) => match main_function(source, guard) {
            Some(def) => {
                let is_docstring = |stmt: &Stmt| stmt.as_expr_stmt().is_some_and(|e| e.value.is_string_literal_expr());
                let skip = usize::from(def.body.first().is_some_and(is_docstring));
                (Home::Function(def), &def.body[skip..])
            }
            None => (Home::Guard(guard), &guard.body[..]),
        },
        None => {
            let is_head = |stmt: &Stmt| {
                let is_docstring = stmt.as_expr_stmt().is_some_and(|e| e.value.is_string_literal_expr());
                stmt.is_import_stmt()
                    || stmt.is_import_from_stmt()
                    || stmt.is_function_def_stmt()
                    || stmt.is_class_def_stmt()
                    || is_docstring
            };
            let start = source.body().iter().rposition(is_head).map_or(0, |at| at + 1);
            (Home::Tail, &source.body()[start..])
        }
    };
    let (first, last) = (body.first()?, body.last()?);
    source.whole_lines(first)?;
    let end = source.whole_lines(last)?.end;
    let mut has = Has::default();
    has.visit_body(body);
    Some(Main {
        home,
        lines: source.line_start(first.start().to_usize())..end,
        indent: source.indent(first.start().to_usize()).to_owned(),
        has,
    })
}

/// The function that is all the guard calls.
pub fn main_function<'a>(source: &'a Source, guard: &StmtIf) -> Option<&'a StmtFunctionDef> {
    let [Stmt::Expr(only)] = guard.body.as_slice() else {
        return None;
    };
    let call = only.value.as_call_expr().filter(|call| call.arguments.is_empty())?;
    let name = call.func.as_name_expr()?;
    let variable = source.scopes.at(name.start().to_usize())?;
    let def = source
        .body()
        .iter()
        .filter_map(Stmt::as_function_def_stmt)
        .find(|def| def.name.as_str() == name.id.as_str())?;
    let is_plain = !def.is_async && def.decorator_list.is_empty() && def.parameters.is_empty();
    (is_plain && variable.places.len() == 2).then_some(def)
}

impl<'a> Visitor<'a> for Has {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // What a function holds is its own.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => self.definition = true,
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.import = true,
            Stmt::Global(_) | Stmt::Nonlocal(_) => self.declaration = true,
            Stmt::Return(_) => {
                self.returns = true;
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.suspends |= matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_));
        visitor::walk_expr(self, expr);
    }
}

impl Main<'_> {
    /// Whether the main part can become the body of a function: no name that it binds is seen from elsewhere, and it
    /// defines nothing that must be found by its name.
    pub fn can_move(&self, source: &Source) -> bool {
        if self.has.definition || self.has.declaration || self.has.suspends {
            return false;
        }
        match self.home {
            Home::Tail => false,
            Home::Function(_) => true,
            Home::Guard(_) => {
                let inside = |at: usize| self.lines.contains(&at);
                !self.has.import
                    && source.scopes.variables.iter().all(|variable| {
                        let binds = |place: &&super::scopes::Occurrence| {
                            inside(place.span.start) && !matches!(place.role, Role::Load | Role::Declared)
                        };
                        variable.scope != 0
                            || !variable.places.iter().any(|place| binds(&place))
                            || (source.alone && variable.places.iter().all(|place| inside(place.span.start)))
                    })
            }
        }
    }

    /// The text with other lines in the place of the main part.
    fn replaced(&self, source: &Source, lines: &str) -> Option<String> {
        let mut edits = Edits::default();
        edits.replace(self.lines.clone(), lines);
        edits.apply(&source.text)
    }

    fn deeper(&self, source: &Source) -> String {
        source.indented(self.lines.clone(), "    ")
    }
}

/// The guard's body becomes a function that the guard calls.
pub fn main_function_made(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    let Home::Guard(guard) = main.home else { return None };
    if !main.can_move(source) {
        return None;
    }
    let name = source.fresh("main");
    let mut edits = Edits::default();
    let body = &source.text[main.lines.clone()];
    edits.insert(
        source.line_start(guard.start().to_usize()),
        format!("def {name}():\n{body}\n\n\n"),
    );
    edits.replace(main.lines.clone(), format!("{}{name}()", main.indent));
    edits.apply(&source.text)
}

/// The main part in a function inside a function.
pub fn nested_function(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    if !main.can_move(source) {
        return None;
    }
    let (outer, inner) = (source.fresh("outer"), source.fresh("inner"));
    let indent = &main.indent;
    let call = if main.has.returns { "return " } else { "" };
    match main.home {
        Home::Function(_) => main.replaced(
            source,
            &format!(
                "{indent}def {inner}():\n{}\n\n{indent}{call}{inner}()",
                main.deeper(source)
            ),
        ),
        Home::Guard(guard) => {
            let mut edits = Edits::default();
            edits.insert(
                source.line_start(guard.start().to_usize()),
                format!(
                    "def {outer}():\n    def {inner}():\n{}\n\n    {inner}()\n\n\n",
                    main.deeper(source)
                ),
            );
            edits.replace(main.lines.clone(), format!("{indent}{outer}()"));
            edits.apply(&source.text)
        }
        Home::Tail => None,
    }
}

/// The main part in a `try` with a `finally`.
pub fn try_finally(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    let indent = &main.indent;
    let body = main.deeper(source);
    main.replaced(
        source,
        &format!("{indent}try:\n{body}\n{indent}finally:\n{indent}    print(\"over\", flush=True)"),
    )
}

/// The main part under `if True:`.
pub fn if_true(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    main.replaced(source, &format!("{}if True:\n{}", main.indent, main.deeper(source)))
}

/// The main part in a `with` that does nothing.
pub fn with_null(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    let name = source.fresh("nothing");
    let header = format!("from contextlib import nullcontext as {name}\n\n");
    let mut edits = Edits::default();
    edits.insert(source.after_imports(), header);
    edits.replace(
        main.lines.clone(),
        format!("{}with {name}():\n{}", main.indent, main.deeper(source)),
    );
    edits.apply(&source.text)
}

/// The main part as a coroutine.
pub fn async_main(source: &Source) -> Option<String> {
    let main = main_part(source)?;
    if !main.can_move(source) || source.mentions(&["asyncio"]) {
        return None;
    }
    let name = source.fresh("main_task");
    let mut edits = Edits::default();
    edits.insert(source.after_imports(), "import asyncio\n");
    match main.home {
        Home::Guard(guard) => {
            let body = &source.text[main.lines.clone()];
            edits.insert(
                source.line_start(guard.start().to_usize()),
                format!("async def {name}():\n{body}\n\n\n"),
            );
            edits.replace(main.lines.clone(), format!("{}asyncio.run({name}())", main.indent));
        }
        Home::Function(def) => {
            edits.insert(def.start().to_usize(), "async ");
            let guard = guard(source)?;
            let call = guard.body.first()?.range().to_std_range();
            edits.replace(call.clone(), format!("asyncio.run({})", &source.text[call]));
        }
        Home::Tail => return None,
    }
    edits.apply(&source.text)
}
