//! Statements put before or after others, exchanged, moved, and put into a block of their own.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::layout::is_blank;
use super::{Source, range};
use crate::files::Span;
use crate::findings::Edit;

/// A statement among those of its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'s> {
    /// The statements of the block.
    pub suite: &'s [Stmt],
    /// Which of them.
    pub index: usize,
    /// The statement that the block belongs to; none at the outermost level.
    pub owner: Option<&'s Stmt>,
}

impl<'s> Spot<'s> {
    pub fn stmt(&self) -> &'s Stmt {
        &self.suite[self.index]
    }

    pub fn next(&self) -> Option<&'s Stmt> {
        self.suite.get(self.index + 1)
    }
}

/// The blocks of a statement.
pub(super) fn suites(stmt: &Stmt) -> Vec<&[Stmt]> {
    match stmt {
        Stmt::FunctionDef(def) => vec![&def.body],
        Stmt::ClassDef(class) => vec![&class.body],
        Stmt::If(branch) => {
            let others = branch.elif_else_clauses.iter().map(|clause| &*clause.body);
            std::iter::once(&*branch.body).chain(others).collect()
        }
        Stmt::For(loops) => vec![&loops.body, &loops.orelse],
        Stmt::While(loops) => vec![&loops.body, &loops.orelse],
        Stmt::With(with) => vec![&with.body],
        Stmt::Match(cases) => cases.cases.iter().map(|case| &*case.body).collect(),
        Stmt::Try(attempt) => {
            let handlers = attempt.handlers.iter().map(|handler| match handler {
                ExceptHandler::ExceptHandler(handler) => &*handler.body,
            });
            std::iter::once(&*attempt.body)
                .chain(handlers)
                .chain([&*attempt.orelse, &*attempt.finalbody])
                .collect()
        }
        _ => Vec::new(),
    }
}

impl Source {
    /// The statements around a place, the outermost first.
    pub(super) fn spots(&self, at: Span) -> Vec<Spot<'_>> {
        let wanted = range(at);
        let mut spots: Vec<Spot<'_>> = Vec::new();
        let mut todo: Vec<&[Stmt]> = vec![self.body()];
        let mut owner = None;
        while let Some((suite, index)) = todo.iter().find_map(|suite| {
            let index = suite.iter().position(|stmt| stmt.range().contains_range(wanted))?;
            Some((*suite, index))
        }) {
            let spot = Spot { suite, index, owner };
            todo = suites(spot.stmt());
            owner = Some(spot.stmt());
            spots.push(spot);
        }
        spots
    }

    /// The innermost statement around a place.
    pub(super) fn spot(&self, at: Span) -> Option<Spot<'_>> {
        self.spots(at).pop()
    }

    /// The statement that is nothing but the call at a place.
    pub(super) fn call_statement(&self, at: Span) -> Option<Spot<'_>> {
        let spot = self.spot(at)?;
        match spot.stmt() {
            Stmt::Expr(stmt) if matches!(*stmt.value, Expr::Call(_)) && stmt.value.range() == range(at) => Some(spot),
            _ => None,
        }
    }

    /// A simple statement put before the one around a place, in the same line where that has others before it.
    #[must_use]
    pub fn put_before(&self, at: Span, statement: &str) -> Option<Vec<Edit>> {
        let spot = self.call_statement(at)?;
        Some(vec![self.before(spot.stmt(), statement)])
    }

    pub(super) fn before(&self, stmt: &Stmt, statement: &str) -> Edit {
        let start = stmt.start();
        match self.indent_of(start) {
            Some(indent) => self.insertion(start, format!("{statement}{}{indent}", self.line_end(start))),
            None => self.insertion(start, format!("{statement}; ")),
        }
    }

    /// Lines put after the statement that is the call at a place. They are given with the depth at which each stands.
    #[must_use]
    pub fn put_after(&self, at: Span, lines: &[(usize, String)]) -> Option<Vec<Edit>> {
        let spot = self.call_statement(at)?;
        let stmt = spot.stmt();
        let end = self.clean_end(stmt.end())?;
        let eol = self.line_end(stmt.start());
        let (indent, mut edits) = match self.indent_of(stmt.start()) {
            Some(indent) => (indent.to_owned(), Vec::new()),
            None => {
                let (edit, indent) = self.opened(&spot)?;
                (indent, vec![edit])
            }
        };
        let mut content = String::new();
        for (depth, line) in lines {
            content.push_str(eol);
            content.push_str(&indent);
            content.extend(std::iter::repeat_n(self.unit(), *depth));
            content.push_str(line);
        }
        edits.push(self.insertion(end, content));
        Some(edits)
    }

    /// A block that stands in the line of its header, and is one statement, put on a line of its own: the edit, and the
    /// indentation that the statement has then.
    fn opened(&self, spot: &Spot<'_>) -> Option<(Edit, String)> {
        let [stmt] = spot.suite else { return None };
        let colon = self.token_before(stmt.start())?;
        if colon.kind() != TokenKind::Colon {
            return None;
        }
        let gap = TextRange::new(colon.end(), stmt.start());
        if !self.text().get(gap.to_std_range())?.chars().all(is_blank) {
            return None;
        }
        let indent = format!("{}{}", self.indent_of(spot.owner?.start())?, self.unit());
        let edit = self.edit(gap, format!("{}{indent}", self.line_end(stmt.start())));
        Some((edit, indent))
    }

    /// Statements that follow each other put into a block of their own under a header.
    pub(super) fn wrapped(&self, suite: &[Stmt], owner: Option<&Stmt>, header: &str) -> Option<Vec<Edit>> {
        let (first, last) = (suite.first()?, suite.last()?);
        self.clean_end(last.end())?;
        let eol = self.line_end(first.start());
        let unit = self.unit();
        let Some(indent) = self.indent_of(first.start()) else {
            let spot = Spot { suite, index: 0, owner };
            let (opened, indent) = self.opened(&spot)?;
            let content = format!("{}{header}{eol}{indent}{unit}", opened.content);
            return Some(vec![Edit { content, ..opened }]);
        };
        let mut edits = vec![self.insertion(first.start(), format!("{header}{eol}{indent}{unit}"))];
        let whole = TextRange::new(first.start(), last.end());
        for line in self.indentable_lines(whole).into_iter().skip(1) {
            let text = self.text().get(TextRange::new(line, self.end()).to_std_range())?;
            // What is no beginning of a statement may stand further left.
            let at = match text.starts_with(indent) {
                true => line + TextSize::of(indent),
                false => line,
            };
            edits.push(self.insertion(at, unit));
        }
        Some(edits)
    }

    /// A statement exchanged with the one that follows it, comments at their ends included.
    pub(super) fn swapped(&self, spot: &Spot<'_>) -> Option<Vec<Edit>> {
        let (stmt, next) = (spot.stmt(), spot.next()?);
        let (first, second) = match (self.indent_of(stmt.start()), self.indent_of(next.start())) {
            (Some(_), Some(_)) => {
                let (end, next_end) = (self.clean_end(stmt.end())?, self.clean_end(next.end())?);
                (
                    TextRange::new(stmt.start(), end),
                    TextRange::new(next.start(), next_end),
                )
            }
            // In one line, with nothing in between that belongs to one of them.
            (_, None) if self.token_after(stmt.end())?.kind() == TokenKind::Semi => (stmt.range(), next.range()),
            _ => return None,
        };
        let text = |range: TextRange| self.text().get(range.to_std_range());
        let content = text(second)?.to_owned();
        Some(vec![self.edit(first, content), self.edit(second, text(first)?)])
    }

    /// A statement moved behind another one of its block, which is further down.
    pub(super) fn moved(&self, spot: &Spot<'_>, behind: &Stmt) -> Option<Vec<Edit>> {
        let stmt = spot.stmt();
        let indent = self.indent_of(stmt.start())?;
        self.indent_of(behind.start())?;
        let (end, target) = (self.clean_end(stmt.end())?, self.clean_end(behind.end())?);
        let lines = TextRange::new(self.line_start(stmt.start()), self.next_line(stmt.end()));
        let content = self.text().get(TextRange::new(stmt.start(), end).to_std_range())?;
        let content = format!("{}{indent}{content}", self.line_end(behind.end()));
        Some(vec![self.edit(lines, ""), self.insertion(target, content)])
    }
}
