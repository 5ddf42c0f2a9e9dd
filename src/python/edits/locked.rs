//! An update of a shared value, from the read to the write, put under a lock.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::arguments::is_plain;
use super::statements::Spot;
use super::{STACK, Source};
use crate::files::Span;
use crate::findings::Edit;

/// Statements between the read and the write, at most.
const FAR: usize = 4;

/// An update put under a lock.
#[derive(Debug)]
pub struct Locked {
    /// The edits.
    pub edits: Vec<Edit>,
    /// Whether nothing but the update itself is done under the lock.
    pub is_short: bool,
}

impl Source {
    /// The update that ends with the write at a place, put under the own lock of the shared object: `with x.get_lock():`.
    #[must_use]
    pub fn under_own_lock(&self, write: Span) -> Option<Locked> {
        let (target, spot, above) = self.write_at(write)?;
        let owner = match target {
            Expr::Attribute(attribute) => &*attribute.value,
            Expr::Subscript(item) => &*item.value,
            _ => return None,
        };
        if !is_plain(owner) {
            return None;
        }
        let header = format!("with {}.get_lock():", self.of_node(owner));
        let reads = |node: &Stmt| self.reads(node, self.of_node(target));
        let (suite, index) = (spot.suite, spot.index);
        let reads_itself = match spot.stmt() {
            Stmt::AugAssign(_) => true,
            Stmt::Assign(assign) => self.expression_reads(&assign.value, self.of_node(target)),
            _ => false,
        };
        if reads_itself {
            return self.locked(&suite[index..=index], spot.owner, &header);
        }
        let earlier = (index.saturating_sub(FAR)..index).rev().find(|&at| reads(&suite[at]));
        if let Some(first) = earlier {
            let between = &suite[first + 1..=index];
            if !between.iter().all(is_simple) {
                return None;
            }
            return match &suite[first] {
                stmt if is_simple(stmt) => self.locked(&suite[first..=index], spot.owner, &header),
                // The lock is let go too early.
                Stmt::With(with) if self.is_header(with, &header) => self.taken_in(with.body.last()?, between),
                _ => None,
            };
        }
        // `if new > best.value: best.value = new`
        let above = above?;
        match above.stmt() {
            Stmt::If(branch)
                if branch.elif_else_clauses.is_empty() && self.expression_reads(&branch.test, self.of_node(target)) =>
            {
                self.locked(&above.suite[above.index..=above.index], above.owner, &header)
            }
            _ => None,
        }
    }

    /// The target of the assignment at a place, the statement, and the one around it.
    fn write_at(&self, write: Span) -> Option<(&Expr, Spot<'_>, Option<Spot<'_>>)> {
        let mut spots = self.spots(write);
        let spot = spots.pop()?;
        let target = match spot.stmt() {
            Stmt::AugAssign(assign) => &*assign.target,
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => target,
                _ => return None,
            },
            _ => return None,
        };
        (target.range() == super::range(write)).then(|| (target, spot, spots.pop()))
    }

    fn locked(&self, statements: &[Stmt], owner: Option<&Stmt>, header: &str) -> Option<Locked> {
        let mut seen = Inside::default();
        stacker::maybe_grow(STACK, STACK, || seen.visit_body(statements));
        if seen.waits {
            return None;
        }
        let edits = self.wrapped(statements, owner, header)?;
        Some(Locked {
            edits,
            is_short: !seen.calls,
        })
    }

    fn is_header(&self, with: &ruff_python_ast::StmtWith, header: &str) -> bool {
        let [item] = &*with.items else { return false };
        !with.is_async && format!("with {}:", self.of_node(&item.context_expr)) == header
    }

    /// Statements after a block taken into it.
    fn taken_in(&self, last: &Stmt, statements: &[Stmt]) -> Option<Locked> {
        let (first, end) = (statements.first()?, statements.last()?);
        let inner = self.indent_of(last.start())?;
        let outer = self.indent_of(first.start())?;
        let unit = inner.strip_prefix(outer).filter(|unit| !unit.is_empty())?;
        self.clean_end(end.end())?;
        let whole = TextRange::new(self.line_start(first.start()), end.end());
        let mut edits = Vec::new();
        for line in self.indentable_lines(whole) {
            let text = self.text().get(TextRange::new(line, self.end()).to_std_range())?;
            let at = match text.starts_with(outer) {
                true => line + ruff_text_size::TextSize::of(outer),
                false => line,
            };
            edits.push(self.insertion(at, unit));
        }
        let mut seen = Inside::default();
        stacker::maybe_grow(STACK, STACK, || seen.visit_body(statements));
        (!seen.waits).then_some(Locked {
            edits,
            is_short: !seen.calls,
        })
    }

    fn reads(&self, stmt: &Stmt, text: &str) -> bool {
        let mut reads = Reads {
            source: self,
            text,
            found: false,
        };
        stacker::maybe_grow(STACK, STACK, || reads.visit_stmt(stmt));
        reads.found
    }

    fn expression_reads(&self, expr: &Expr, text: &str) -> bool {
        let mut reads = Reads {
            source: self,
            text,
            found: false,
        };
        stacker::maybe_grow(STACK, STACK, || reads.visit_expr(expr));
        reads.found
    }
}

fn is_simple(stmt: &Stmt) -> bool {
    matches!(
        stmt,
        Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::AnnAssign(_) | Stmt::Expr(_)
    )
}

/// Whether something is read that is written like this.
struct Reads<'s> {
    source: &'s Source,
    text: &'s str,
    found: bool,
}

impl<'s> Visitor<'s> for Reads<'s> {
    fn visit_expr(&mut self, expr: &'s Expr) {
        let is_load = match expr {
            Expr::Attribute(attribute) => attribute.ctx.is_load(),
            Expr::Subscript(item) => item.ctx.is_load(),
            _ => false,
        };
        if is_load && self.source.of_node(expr) == self.text {
            self.found = true;
        } else {
            walk_expr(self, expr);
        }
    }
}

/// What is done in some statements besides reading and computing.
#[derive(Default)]
struct Inside {
    calls: bool,
    /// It gives way to others.
    waits: bool,
}

impl<'s> Visitor<'s> for Inside {
    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Call(_) => self.calls = true,
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.waits = true,
            _ => {}
        }
        walk_expr(self, expr);
    }
}
