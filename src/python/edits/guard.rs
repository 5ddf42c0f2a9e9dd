//! The outermost level of a module, and a main guard around some of it.

use ruff_python_ast::token::TokenKind;
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

    /// Runs of statements of the outermost level, each put under a main guard; the last one into the guard that comes after
    /// it, where nothing but definitions and the like stands in between.
    #[must_use]
    pub fn guarded(&self, runs: &[std::ops::Range<usize>]) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for (number, run) in runs.iter().enumerate() {
            let statements = self.body().get(run.clone())?;
            let rest = self.body().get(run.end..).filter(|_| number + 1 == runs.len());
            let merged = rest.and_then(|rest| self.merged(statements, rest));
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

    /// Statements put into the guard that comes after them.
    fn merged(&self, statements: &[Stmt], rest: &[Stmt]) -> Option<Vec<Edit>> {
        let at = rest.iter().position(|stmt| self.kind_of(stmt) == PartKind::Guard)?;
        let (between, guard) = (rest.get(..at)?, rest.get(at)?);
        let passes = |stmt: &Stmt| {
            matches!(
                self.kind_of(stmt),
                PartKind::Definition | PartKind::Import | PartKind::Constant
            )
        };
        let Stmt::If(branch) = guard else { return None };
        if !between.iter().all(passes) || !branch.elif_else_clauses.is_empty() {
            return None;
        }
        let inner = branch.body.first()?;
        let indent = self.indent_of(inner.start())?;
        let (first, last) = (statements.first()?, statements.last()?);
        self.indent_of(guard.start())?;
        let start = self.indent_of(first.start()).map(|_| self.line_start(first.start()))?;
        let end = self.clean_end(last.end())?;
        let removed = match between.first() {
            // The empty lines after it go with it.
            None => TextRange::new(start, self.line_start(guard.start())),
            Some(next) => {
                self.indent_of(next.start())?;
                let (before, after) = (self.empty_lines_before(start), self.next_line(end));
                match self.is_empty_line(after) {
                    true => TextRange::new(before, after),
                    false => TextRange::new(start, after),
                }
            }
        };
        // A comment would lose what it speaks of.
        let above = self.token_above(start);
        if self.has_comment(TextRange::new(end, removed.end())) || above == Some(TokenKind::Comment) {
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
        Some(vec![self.edit(removed, ""), self.insertion(inner.start(), content)])
    }

    /// Whether a statement of the outermost level calls something by one of these names.
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
