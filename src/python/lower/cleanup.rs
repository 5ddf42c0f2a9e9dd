//! `try`, `with`, and the ways out of them.
//!
//! What must run on the way out (a `finally` body, the exit of a `with`) is copied to each way out. Past a budget,
//! further jumps out go through the copy that falling through uses, which then branches to where they were going.

use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::Lowerer;
use super::builder::{Label, span};
use super::names::dotted;
use crate::python::ir::{Dotted, OpKind, Place, Slot, Terminator, Test};

/// The cost of copies in one function past which ways out share one copy. About the number of operations.
const COPY_BUDGET: u32 = 4000;

/// Within how many copied `finally` bodies a further one is still copied; each level doubles the code.
const MAX_COPY_DEPTH: u32 = 3;

/// What runs when a `with` or `try` … `finally` is left.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cleanup<'a> {
    Finally(&'a [Stmt]),
    Exit { manager: Slot, range: TextRange },
}

impl Cleanup<'_> {
    /// Roughly the number of operations.
    fn cost(self) -> u32 {
        match self {
            Self::Exit { .. } => 1,
            Self::Finally(body) => match (body.first(), body.last()) {
                (Some(first), Some(last)) => 1 + (last.end() - first.start()).to_u32() / 8,
                _ => 1,
            },
        }
    }
}

/// A `with` or `try` … `finally` around this point.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    cleanup: Cleanup<'a>,
    /// Its own handler.
    handler: u32,
    /// The handler outside of it.
    outer: Option<u32>,
    /// The copy that falling through runs.
    shared: Label,
    /// The ways out that go through the shared copy.
    pending: Vec<Exit>,
    /// How many loops were open around it.
    loops: usize,
}

/// A jump that may leave frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// `return`; its value, if any, is in the return slot.
    Return { value: bool },
    /// `break` or `continue`: where to, and the number of frames open there.
    Jump { to: Label, frames: usize },
}

impl<'a> Lowerer<'a, '_> {
    /// Leaves all frames between here and the end of the jump.
    pub(super) fn leave(&mut self, exit: Exit) {
        let keep = match exit {
            Exit::Return { .. } => 0,
            Exit::Jump { frames, .. } => frames,
        };
        let handler = self.f.handler;
        let loops = self.f.loops.clone();
        let mut left = Vec::new();
        while self.f.frames.len() > keep && !self.f.is_dead() {
            let over_budget = self.f.copied > COPY_BUDGET;
            let deep = self.f.cleanup_depth >= MAX_COPY_DEPTH;
            let Some(frame) = self.f.frames.last_mut() else { break };
            if over_budget || (deep && matches!(frame.cleanup, Cleanup::Finally(_))) {
                if !frame.pending.contains(&exit) {
                    frame.pending.push(exit);
                }
                let shared = frame.shared;
                self.f.goto(shared);
                break;
            }
            let Some(frame) = self.f.frames.pop() else { break };
            self.f.handler = frame.outer;
            self.f.loops.truncate(frame.loops);
            self.f.copied += frame.cleanup.cost();
            self.cleanup(frame.cleanup, false);
            left.push(frame);
        }
        match exit {
            Exit::Jump { to, .. } => self.f.goto(to),
            Exit::Return { value } => {
                let value = match self.f.return_slot.filter(|_| value && !self.f.is_dead()) {
                    Some(slot) => {
                        self.f.enter_region();
                        let dst = self.f.temp();
                        let place = Place::Local(slot);
                        let at = self.return_span;
                        self.f.emit(
                            OpKind::Load {
                                dst,
                                place,
                                or_else: None,
                            },
                            at,
                        );
                        Some(dst)
                    }
                    None => None,
                };
                self.f.end(Terminator::Return(value));
            }
        }
        self.f.frames.extend(left.into_iter().rev());
        self.f.handler = handler;
        self.f.loops = loops;
    }

    fn cleanup(&mut self, cleanup: Cleanup<'a>, exceptional: bool) {
        self.f.enter_region();
        match cleanup {
            Cleanup::Exit { manager, range } => self.f.emit(OpKind::Exit { manager, exceptional }, span(range)),
            Cleanup::Finally(body) => {
                let at = self.return_span;
                self.f.cleanup_depth += 1;
                self.body(body);
                self.f.cleanup_depth -= 1;
                self.return_span = at;
            }
        }
    }

    fn open_frame(&mut self, cleanup: Cleanup<'a>) -> Label {
        let shared = self.f.label();
        let on_exception = self.f.label();
        let outer = self.f.handler;
        let handler = self.f.new_handler(on_exception);
        self.f.frames.push(Frame {
            cleanup,
            handler,
            outer,
            shared,
            pending: Vec::new(),
            loops: self.f.loops.len(),
        });
        self.f.handler = Some(handler);
        on_exception
    }

    fn close_frame(&mut self, on_exception: Label, at: TextRange) {
        let Some(frame) = self.f.frames.pop() else { return };
        self.f.handler = frame.outer;
        let after = self.f.label();
        let finally = matches!(frame.cleanup, Cleanup::Finally(_));
        if finally && self.f.cleanup_depth >= MAX_COPY_DEPTH {
            // Both the exception and falling through run this one copy.
            if let Some(handler) = self.f.handlers.get_mut(frame.handler as usize) {
                handler.target = frame.shared.target();
            }
            self.f.place_handler(frame.shared);
            self.cleanup(frame.cleanup, true);
            let raise = self.f.label();
            let go_on = self.f.label();
            self.f.branch(Test::Again, span(at), raise, go_on);
            self.f.place(raise);
            self.f.end(Terminator::Unwind);
            self.f.place(go_on);
            self.pending(frame.pending, at);
            self.f.place(after);
            return;
        }
        self.f.place(frame.shared);
        if !self.f.is_dead() {
            self.cleanup(frame.cleanup, false);
            self.pending(frame.pending, at);
        }
        self.f.goto(after);
        self.f.place_handler(on_exception);
        self.f.copied += frame.cleanup.cost();
        self.cleanup(frame.cleanup, true);
        self.f.end(Terminator::Unwind);
        self.f.place(after);
    }

    /// After a shared copy: on to where the jumps that went through it were going, or else further on.
    fn pending(&mut self, exits: Vec<Exit>, at: TextRange) {
        for exit in exits {
            if self.f.is_dead() {
                return;
            }
            let go = self.f.label();
            let next = self.f.label();
            self.f.branch(Test::Again, span(at), go, next);
            self.f.place(go);
            self.leave(exit);
            self.f.place(next);
        }
    }

    pub(super) fn with_statement(&mut self, with: &'a ast::StmtWith) {
        let mut exits = Vec::with_capacity(with.items.len());
        for item in &with.items {
            let range = item.context_expr.range();
            let value = self.expr(&item.context_expr);
            let manager = self.f.hidden_slot();
            let place = Place::Local(manager);
            self.f.emit(OpKind::Store { place, value }, span(range));
            let dst = self.f.temp();
            let is_async = with.is_async;
            self.f.emit(OpKind::Enter { dst, manager, is_async }, span(range));
            if let Some(target) = &item.optional_vars {
                self.store(target, dst);
            }
            exits.push((self.open_frame(Cleanup::Exit { manager, range }), range));
            self.f.enter_region();
        }
        self.body(&with.body);
        while let Some((on_exception, range)) = exits.pop() {
            self.close_frame(on_exception, range);
        }
    }

    pub(super) fn try_statement(&mut self, statement: &'a ast::StmtTry) {
        let finally =
            (!statement.finalbody.is_empty()).then(|| self.open_frame(Cleanup::Finally(&statement.finalbody)));
        if statement.handlers.is_empty() {
            self.f.enter_region();
            self.body(&statement.body);
            self.body(&statement.orelse);
        } else {
            self.except_clauses(statement);
        }
        if let Some(on_exception) = finally {
            let at = statement.finalbody.first().map_or(statement.range, Ranged::range);
            self.close_frame(on_exception, at);
        }
    }

    fn except_clauses(&mut self, statement: &'a ast::StmtTry) {
        let dispatch = self.f.label();
        let after = self.f.label();
        let outer = self.f.handler;
        let handler = self.f.new_handler(dispatch);
        self.f.handler = Some(handler);
        self.f.enter_region();
        self.body(&statement.body);
        self.f.handler = outer;
        if !statement.orelse.is_empty() {
            self.f.enter_region();
            self.body(&statement.orelse);
        }
        self.f.goto(after);
        self.f.place_handler(dispatch);
        let mut catches = Vec::new();
        let mut catches_all = false;
        for ExceptHandler::ExceptHandler(clause) in &statement.handlers {
            let next = self.f.label();
            match &clause.type_ {
                None => catches_all = true,
                Some(exceptions) => {
                    self.caught(exceptions, &mut catches);
                    let body = self.f.label();
                    self.f.branch(Test::Again, span(exceptions.range()), body, next);
                    self.f.place(body);
                }
            }
            let name = clause.name.as_ref().and_then(|name| self.place_of(&name.node_index));
            if let (Some(place), Some(name)) = (name, &clause.name) {
                let value = self.unknown(name.range);
                self.f.emit(OpKind::Store { place, value }, span(name.range));
            }
            self.body(&clause.body);
            if let (Some(place), Some(name)) = (name, &clause.name) {
                self.f.emit(OpKind::Delete { place }, span(name.range));
            }
            self.f.goto(after);
            self.f.place(next);
        }
        self.f.end(Terminator::Unwind);
        if let Some(handler) = self.f.handlers.get_mut(handler as usize) {
            handler.catches = catches;
            handler.catches_all = catches_all;
        }
        self.f.place(after);
    }

    /// The exceptions that a clause names; what is no plain name is evaluated for its calls.
    fn caught(&mut self, expr: &'a Expr, catches: &mut Vec<Dotted>) {
        match expr {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.caught(element, catches)),
            _ => match dotted(expr, self.symbols) {
                Some(name) => catches.push(name),
                None => {
                    self.expr(expr);
                }
            },
        }
    }
}
