//! Statements, one after another.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::span;
use super::cleanup::Exit;
use crate::python::ir::{Dotted, OpKind, Place, Terminator};

impl<'a> Lowerer<'a, '_> {
    /// Lowers statements until the end or until what follows cannot be reached.
    pub(super) fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            if self.f.is_dead() {
                return;
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(statement) => self.expression_statement(&statement.value),
            Stmt::Assign(assign) => self.assign(&assign.targets, &assign.value),
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(std::slice::from_ref(&*assign.target), value);
                }
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::If(statement) => self.if_statement(statement),
            Stmt::For(statement) => self.for_statement(statement),
            Stmt::While(statement) => self.while_statement(statement),
            Stmt::With(statement) => self.with_statement(statement),
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::Match(statement) => self.match_statement(statement),
            Stmt::FunctionDef(def) => self.function_statement(def),
            Stmt::ClassDef(class) => self.class_statement(class),
            Stmt::Return(statement) => {
                self.return_span = span(statement.range);
                match &statement.value {
                    Some(value) => self.returned(value),
                    None => self.leave(Exit::Return { value: false }),
                }
            }
            Stmt::Raise(statement) => {
                let exception = statement.exc.as_deref().map(|exception| self.expr(exception));
                if let Some(cause) = &statement.cause {
                    self.expr(cause);
                }
                self.f.end(Terminator::Raise(exception));
            }
            Stmt::Assert(statement) => self.assert(statement),
            Stmt::Delete(statement) => statement.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Import(statement) => statement.names.iter().for_each(|alias| self.import(alias)),
            Stmt::ImportFrom(statement) => self.import_from(statement),
            Stmt::TypeAlias(alias) => {
                let value = self.unknown(alias.range);
                self.store(&alias.name, value);
            }
            Stmt::Break(_) => {
                if let Some(frame) = self.f.loops.last() {
                    let (to, frames) = (frame.on_break, frame.frames);
                    self.leave(Exit::Jump { to, frames });
                }
            }
            Stmt::Continue(_) => {
                if let Some(frame) = self.f.loops.last() {
                    let (to, frames) = (frame.on_continue, frame.frames);
                    self.leave(Exit::Jump { to, frames });
                }
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Evaluates an expression and drops its value. What `and`, `or` and `if … else …` may skip is in a branch of its
    /// own.
    fn expression_statement(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BoolOp(operation) => {
                let Some((last, first)) = operation.values.split_last() else {
                    return;
                };
                let after = self.f.label();
                for value in first {
                    let next = self.f.label();
                    match operation.op {
                        ast::BoolOp::And => self.condition(value, next, after),
                        ast::BoolOp::Or => self.condition(value, after, next),
                    }
                    self.f.place(next);
                    if self.f.is_dead() {
                        break;
                    }
                }
                if !self.f.is_dead() {
                    self.expression_statement(last);
                    self.f.goto(after);
                }
                self.f.place(after);
            }
            Expr::If(conditional) => {
                let after = self.f.label();
                self.alternatives(conditional, &mut |this, value| {
                    this.expression_statement(value);
                    this.f.goto(after);
                });
                self.f.place(after);
            }
            _ => self.discard(expr),
        }
    }

    /// Assigns one value to each of the targets. A conditional expression becomes branches.
    fn assign(&mut self, targets: &'a [Expr], value: &'a Expr) {
        let Expr::If(conditional) = value else {
            let value = self.expr(value);
            targets.iter().for_each(|target| self.store(target, value));
            return;
        };
        let after = self.f.label();
        let plain = targets.iter().all(|target| match target {
            Expr::Name(_) => true,
            Expr::Attribute(attribute) => attribute.value.is_name_expr(),
            _ => false,
        });
        if plain {
            self.alternatives(conditional, &mut |this, value| {
                let value = this.expr(value);
                targets.iter().for_each(|target| this.store(target, value));
                this.f.goto(after);
            });
            self.f.place(after);
        } else {
            // The targets are evaluated once, so that a long chain does not multiply them.
            let place = Place::Local(self.f.hidden_slot());
            self.alternatives(conditional, &mut |this, value| {
                let at = span(value.range());
                let value = this.expr(value);
                this.f.emit(OpKind::Store { place, value }, at);
                this.f.goto(after);
            });
            self.f.place(after);
            let dst = self.f.temp();
            let or_else = None;
            self.f.emit(OpKind::Load { dst, place, or_else }, span(value.range()));
            targets.iter().for_each(|target| self.store(target, dst));
        }
    }

    /// Runs `each` for every alternative of a conditional expression, in a block where it has been chosen.
    fn alternatives(&mut self, conditional: &'a ast::ExprIf, each: &mut dyn FnMut(&mut Self, &'a Expr)) {
        let body = self.f.label();
        let orelse = self.f.label();
        self.condition(&conditional.test, body, orelse);
        for (label, value) in [(body, &conditional.body), (orelse, &conditional.orelse)] {
            self.f.place(label);
            if self.f.is_dead() {
                continue;
            }
            match &**value {
                Expr::If(inner) => self.alternatives(inner, each),
                other => each(self, other),
            }
        }
    }

    /// Leaves the function with the value of an expression. A conditional expression becomes branches.
    pub(super) fn returned(&mut self, value: &'a Expr) {
        if let Expr::If(conditional) = value {
            self.alternatives(conditional, &mut |this, value| this.return_value(value));
        } else {
            self.return_value(value);
        }
    }

    fn return_value(&mut self, value: &'a Expr) {
        let at = span(value.range());
        let value = self.expr(value);
        if self.f.frames.is_empty() {
            self.f.end(Terminator::Return(Some(value)));
            return;
        }
        let slot = match self.f.return_slot {
            Some(slot) => slot,
            None => self.f.hidden_slot(),
        };
        self.f.return_slot = Some(slot);
        let place = Place::Local(slot);
        self.f.emit(OpKind::Store { place, value }, at);
        self.leave(Exit::Return { value: true });
    }

    fn assert(&mut self, statement: &'a ast::StmtAssert) {
        let holds = self.f.label();
        let fails = self.f.label();
        self.condition(&statement.test, holds, fails);
        self.f.place(fails);
        if !self.f.is_dead() {
            if let Some(message) = &statement.msg {
                self.expr(message);
            }
            let error = self.unknown(statement.range);
            self.f.end(Terminator::Raise(Some(error)));
        }
        self.f.place(holds);
    }

    fn dotted_module(&mut self, name: &str) -> Dotted {
        name.split('.').map(|part| self.symbols.intern(part)).collect()
    }

    fn import(&mut self, alias: &'a ast::Alias) {
        let dst = self.f.temp();
        let module = self.dotted_module(alias.name.as_str());
        let whole = alias.asname.is_some();
        self.f.emit(OpKind::Import { dst, module, whole }, span(alias.range));
        if let Some(place) = self.place_of(&alias.node_index) {
            let at = span(alias.asname.as_ref().unwrap_or(&alias.name).range);
            self.f.emit(OpKind::Store { place, value: dst }, at);
        }
    }

    fn import_from(&mut self, statement: &'a ast::StmtImportFrom) {
        let level = statement.level;
        for alias in &statement.names {
            let module = match &statement.module {
                Some(module) => self.dotted_module(module.as_str()),
                None => Box::default(),
            };
            if alias.name.as_str() == "*" {
                self.f.emit(OpKind::ImportStar { module, level }, span(alias.range));
                continue;
            }
            let name = self.symbols.intern(alias.name.as_str());
            let dst = self.f.temp();
            self.f.emit(
                OpKind::ImportFrom {
                    dst,
                    module,
                    level,
                    name,
                },
                span(alias.range),
            );
            if let Some(place) = self.place_of(&alias.node_index) {
                let at = span(alias.asname.as_ref().unwrap_or(&alias.name).range);
                self.f.emit(OpKind::Store { place, value: dst }, at);
            }
        }
    }
}
