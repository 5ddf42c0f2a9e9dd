//! Running the control flow graph of one function.
//!
//! Blocks are run in the order of their numbers, each once with the join of all that leads to it. What leads back to
//! the head of a loop waits for the loop's next round.

use super::Run;
use super::frame::{Flow, Frame, State};
use crate::model::code::UnitId;
use crate::model::events::{Caught, ContextKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::{Atom, Value};
use crate::python::ir::{Block, Dotted, Function, FunctionKind, Handler, OpKind, Terminator};

/// Whether nothing in a block, from an operation on, can raise an exception of its own.
fn cannot_raise(block: &Block, from: usize) -> bool {
    let quiet = |op: &OpKind| {
        matches!(
            op,
            OpKind::Const { .. }
                | OpKind::Load { .. }
                | OpKind::Store { .. }
                | OpKind::Discard { .. }
                | OpKind::SetAttr { .. }
        )
    };
    block.ops.iter().skip(from).all(|op| quiet(&op.kind))
        && !matches!(block.end, Terminator::Raise(_) | Terminator::Unwind)
}

impl<'a> Run<'a> {
    pub(super) fn run_range(&mut self, frame: &mut Frame<'a>, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            if frame.pending[at].is_some() {
                if let Some(end) = frame.function.blocks[at].loop_end {
                    self.run_loop(frame, at, end.0 as usize);
                    at = end.0 as usize;
                    continue;
                }
                if let Some(state) = frame.pending[at].take() {
                    self.run_block(frame, at, 0, state);
                }
            }
            at += 1;
        }
    }

    pub(super) fn edge(&mut self, frame: &mut Frame<'a>, from: usize, to: usize, state: State) {
        let slot = if to <= from {
            match frame.back.entry(to) {
                std::collections::hash_map::Entry::Occupied(mut old) => {
                    old.get_mut().join(&state);
                    return;
                }
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(state);
                    return;
                }
            }
        } else {
            &mut frame.pending[to]
        };
        match slot {
            Some(old) => {
                old.join(&state);
            }
            None => *slot = Some(state),
        }
    }

    pub(super) fn run_block(&mut self, frame: &mut Frame<'a>, at: usize, first: usize, mut state: State) {
        let function = frame.function;
        let block: &'a Block = &function.blocks[at];
        if self.code.home(frame.id) != UnitId::ROOT && (function.kind != FunctionKind::Module || !state.world.main_only)
        {
            self.run_blocks.insert((frame.id, at as u32));
        }
        let handler = block.handler.and_then(|h| function.handlers.get(h as usize));
        // A context manager that is entered comes to its `yield`: what it does at the end comes later.
        let comes_to_yield = frame.suspends && block.ops.iter().any(|op| matches!(op.kind, OpKind::Yield { .. }));
        let handler = handler.filter(|_| !comes_to_yield);
        let outer_caught = self.caught;
        self.caught |= self.caught_by(function, block, &state.world.heap, self.namespace_of(frame.id));
        // The handler sees the objects as they are before the block and after each call that changed any. A call that finds a
        // queue empty has taken nothing out of it: what only catches that sees them as they are before each call.
        let before_calls = handler.is_some_and(|handler| self.catches_empty_only(handler));
        let mut seen = state.world.heap.clone();
        // Between the end of a `with` block and what its manager does then nothing can raise.
        let exits_first = matches!(block.ops.get(first).map(|op| &op.kind), Some(OpKind::Exit { .. }));
        if let Some(handler) = handler.filter(|_| !exits_first) {
            let target = handler.target.0 as usize;
            self.edge(frame, at, target, state.clone());
        }
        let mut alive = true;
        for (number, op) in block.ops.iter().enumerate().skip(first) {
            if self.budget == 0 {
                alive = false;
                break;
            }
            self.budget -= 1;
            self.here.chain = frame.chain;
            self.here.function = frame.id;
            self.here.key = ((at as u32) << 12) | (number as u32).min(0xfff);
            self.here.span = op.span;
            if frame.suspends
                && let OpKind::Yield { dst, value, .. } = &op.kind
            {
                let yielded = value.map_or(Atom::None.into(), |temp| self.temp(frame, temp));
                frame.temps[dst.0 as usize] = Value::unknown();
                if frame.stopped.is_none() {
                    frame.stopped = Some((at, number, state.clone(), yielded));
                }
                alive = false;
                break;
            }
            if let Some(handler) = handler
                && before_calls
                && matches!(op.kind, OpKind::Call { .. })
                && !state.world.heap.is_same(&seen)
            {
                seen = state.world.heap.clone();
                self.edge(frame, at, handler.target.0 as usize, state.clone());
            }
            if let Flow::Ends = self.execute(frame, &mut state, &op.kind) {
                alive = false;
                break;
            }
            if let Some(handler) = handler
                && !before_calls
                // Whoever cannot be entered has not been.
                && matches!(op.kind, OpKind::Call { .. } | OpKind::Exit { .. } | OpKind::Iterate { .. })
                && (!state.world.heap.is_same(&seen) || (exits_first && number == first))
                && !(self.makes_only(frame, &op.kind) && cannot_raise(block, number + 1))
            {
                seen = state.world.heap.clone();
                self.edge(frame, at, handler.target.0 as usize, state.clone());
            }
        }
        self.caught = outer_caught;
        if alive {
            self.terminate(frame, at, block, state);
        }
    }

    fn terminate(&mut self, frame: &mut Frame<'a>, at: usize, block: &'a Block, mut state: State) {
        let handler = block.handler.and_then(|h| frame.function.handlers.get(h as usize));
        match &block.end {
            Terminator::Goto(to) => self.edge(frame, at, to.0 as usize, state),
            Terminator::Return(temp) => {
                let value = temp.map_or(Atom::None.into(), |temp| self.temp(frame, temp));
                self.here.key = ((at as u32) << 12) | 0xffe;
                self.note_result(frame, block, *temp, &state);
                self.note_leaving(frame, &value, &state);
                self.note_bare(frame, &state);
                match &mut frame.result {
                    Some((old, world)) => {
                        old.join(&value);
                        world.join(&state.world);
                    }
                    None => frame.result = Some((value, state.world)),
                }
            }
            Terminator::Raise(raised) => {
                self.here.key = ((at as u32) << 12) | 0xffe;
                self.note_raise(frame, block, *raised, &mut state);
                if let Some(handler) = handler {
                    state.raised = true;
                    self.edge(frame, at, handler.target.0 as usize, state);
                    return;
                }
                frame.raised = true;
                if raised.is_some() {
                    self.here.key = ((at as u32) << 12) | 0xffe;
                    self.note_leaving(frame, &Value::never(), &state);
                    if self.caught.is_empty() && self.context_is_child() {
                        self.note_exit(&state.world);
                    }
                }
            }
            Terminator::Unwind => match handler {
                Some(handler) => self.edge(frame, at, handler.target.0 as usize, state),
                None => frame.raised |= state.raised,
            },
            Terminator::Branch {
                test,
                then,
                otherwise,
                span,
            } => {
                self.here.span = *span;
                self.here.key = ((at as u32) << 12) | 0xfff;
                self.branch(frame, at, test, (then.0 as usize, otherwise.0 as usize), state);
            }
        }
    }

    /// Whether an operation is a call that makes an object of a library: where it raises, there is none.
    fn makes_only(&self, frame: &Frame<'a>, op: &OpKind) -> bool {
        let OpKind::Call { callee, .. } = op else { return false };
        match self.temp(frame, *callee).single() {
            Some(Atom::Path(path) | Atom::Member(_, path)) => {
                self.names.entry(path).is_some_and(|entry| entry.makes.is_some())
            }
            _ => false,
        }
    }

    /// Whether a handler catches nothing but that a queue is empty or full.
    fn catches_empty_only(&self, handler: &Handler) -> bool {
        let is_one = |name: &Dotted| {
            let last = name.last().map(|last| self.name(*last));
            matches!(last, Some("Empty" | "Full"))
        };
        !handler.catches_all && !handler.catches.is_empty() && handler.catches.iter().all(is_one)
    }

    /// What the handlers around a block catch.
    fn caught_by(&self, function: &Function, block: &Block, heap: &Heap, globals: ObjectId) -> Caught {
        let mut caught = Caught::empty();
        let mut handler = block.handler;
        // The chain of handlers is as deep as the nesting of `try`.
        for _ in 0..64 {
            let Some(here) = handler.and_then(|h| function.handlers.get(h as usize)) else {
                break;
            };
            for name in &here.catches {
                let Some(last) = name.last() else { continue };
                caught |= Caught::by_name(self.name(*last));
                // `from concurrent.futures import TimeoutError as TooLate`
                if name.len() == 1
                    && let Some(value) = heap.get(globals).and_then(|globals| globals.fields.get(*last))
                {
                    for atom in value.atoms() {
                        let Atom::Path(path) = *atom else { continue };
                        let original = self.names.dotted(path).rsplit('.').next();
                        caught |= original.map_or(Caught::empty(), Caught::by_name);
                    }
                }
            }
            if here.catches_all {
                caught |= Caught::ANY;
            }
            handler = here.outer;
        }
        caught
    }

    fn context_is_child(&self) -> bool {
        matches!(
            self.contexts[self.context.0 as usize].kind,
            ContextKind::Child | ContextKind::Task
        )
    }
}
