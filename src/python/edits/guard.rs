//! The outermost level of a module, and a main guard around some of it.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{Source, span};
use crate::files::Span;
use crate::findings::Edit;

/// What a statement at the outermost level is to a main guard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartKind {
    /// A function or class.
    Definition,
    /// An import.
    Import,
    /// A main guard.
    Guard,
    /// A condition that lets the main module in and others too: `if __name__ in ("__main__", "__mp_main__"):`.
    WideGuard,
    /// A name bound to something that is written down, or nothing at all.
    Constant,
    /// A name bound to what a call gives.
    Made,
    /// A call whose result is dropped.
    Call,
    /// Anything else.
    Work,
}

/// A statement at the outermost level.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Where.
    pub span: Span,
    /// What it is.
    pub kind: PartKind,
}

/// The outermost level of a module.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Its statements, in order.
    pub parts: Vec<Part>,
}

impl Outline {
    /// The number of the statement that holds a place.
    #[must_use]
    pub fn at(&self, place: Span) -> Option<usize> {
        self.parts.iter().position(|part| part.span.contains(place))
    }
}

const GUARD: &str = "if __name__ == \"__main__\":";

impl Source {
    /// The statements at the outermost level.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let part = |stmt: &Stmt| Part {
            span: span(stmt.range()),
            kind: self.kind_of(stmt),
        };
        Outline {
            parts: self.body().iter().map(part).collect(),
        }
    }

    fn kind_of(&self, stmt: &Stmt) -> PartKind {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::TypeAlias(_) => PartKind::Definition,
            Stmt::Import(_) | Stmt::ImportFrom(_) => PartKind::Import,
            Stmt::If(branch) if self.is_main_test(&branch.test) => PartKind::Guard,
            Stmt::If(branch) if branch.elif_else_clauses.is_empty() && self.lets_main_in(&branch.test) => {
                PartKind::WideGuard
            }
            Stmt::Assign(assign) if assign.targets.iter().all(is_target) => of_value(Some(&assign.value)),
            Stmt::AnnAssign(assign) if is_target(&assign.target) => of_value(assign.value.as_deref()),
            Stmt::Expr(stmt) if stmt.value.is_literal_expr() => PartKind::Constant,
            Stmt::Expr(stmt) if stmt.value.is_call_expr() => PartKind::Call,
            Stmt::Pass(_) => PartKind::Constant,
            _ => PartKind::Work,
        }
    }

    /// Runs of statements of the outermost level, each put under a main guard; the last one into the guard that follows it,
    /// where that is one and has room.
    #[must_use]
    pub fn guarded(&self, runs: &[std::ops::Range<usize>]) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for run in runs {
            let statements = self.body().get(run.clone())?;
            let merged = self.merged(statements, self.body().get(run.end));
            edits.extend(match merged {
                Some(merged) => merged,
                None => self.wrapped(statements, None, GUARD)?,
            });
        }
        Some(edits)
    }

    /// The test of a condition that lets others in as well, made that of a main guard.
    #[must_use]
    pub fn narrowed(&self, part: usize) -> Option<Vec<Edit>> {
        let Stmt::If(branch) = self.body().get(part)? else {
            return None;
        };
        if self.has_comment(branch.test.range()) {
            return None;
        }
        Some(vec![self.edit(branch.test.range(), "__name__ == \"__main__\"")])
    }

    /// Statements put into the guard that follows them.
    fn merged(&self, statements: &[Stmt], guard: Option<&Stmt>) -> Option<Vec<Edit>> {
        let Some(Stmt::If(guard)) = guard else { return None };
        if !self.is_main_test(&guard.test) || !guard.elif_else_clauses.is_empty() {
            return None;
        }
        let inner = guard.body.first()?;
        let indent = self.indent_of(inner.start())?;
        let (first, last) = (statements.first()?, statements.last()?);
        let start = self.indent_of(first.start()).map(|_| self.line_start(first.start()))?;
        let end = self.clean_end(last.end())?;
        let gap = TextRange::new(end, guard.start());
        // A comment in between would lose what it speaks of.
        if self.has_comment(gap) || self.indent_of(guard.start()).is_none() {
            return None;
        }
        let mut content = String::new();
        let mut at = start;
        for line in self.indentable_lines(TextRange::new(start, end)) {
            content.push_str(self.text().get(TextRange::new(at, line).to_std_range())?);
            content.push_str(if line == start { "" } else { indent });
            at = line;
        }
        content.push_str(self.text().get(TextRange::new(at, end).to_std_range())?);
        content.push_str(self.line_end(last.end()));
        content.push_str(indent);
        Some(vec![
            self.edit(TextRange::new(start, self.line_start(guard.start())), ""),
            self.insertion(inner.start(), content),
        ])
    }

    /// The text between two statements at the outermost level, if any.
    #[must_use]
    pub fn is_called(&self, part: usize, names: &[&str]) -> bool {
        let Some(Stmt::Expr(stmt)) = self.body().get(part) else {
            return false;
        };
        let Expr::Call(call) = &*stmt.value else { return false };
        let name = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => return false,
        };
        names.contains(&name)
    }
}

/// Names and tuples of names.
fn is_target(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Tuple(names) => names.elts.iter().all(Expr::is_name_expr),
        _ => false,
    }
}

fn of_value(value: Option<&Expr>) -> PartKind {
    match value {
        None => PartKind::Constant,
        Some(value) if value.is_literal_expr() => PartKind::Constant,
        Some(_) => PartKind::Made,
    }
}
