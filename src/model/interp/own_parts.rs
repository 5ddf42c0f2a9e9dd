//! Whether what a process writes at an index is a part of its own of something shared.
//!
//! Programs share an array out by what each process is given: `array[number]`, `array[number * WIDTH + i]`,
//! `for i in range(start, stop)`, `for i in range(rank, size, step)`. That no two are given the same is not known; it is
//! what such code is written for. An index that is wrapped or hashed, `array[word % BUCKETS]`, is no such part.

use super::Run;
use super::frame::Frame;
use crate::model::events::{ChainId, ContextKind};
use crate::model::names::MethodRef;
use crate::model::value::Atom;
use crate::python::ir::{Arg, ArgKind, BinaryOp, Function, OpKind, Place, Slot, Temp, Terminator};

/// How many steps back the making of an index is followed.
const STEPS_BACK: u32 = 8;

impl<'a> Run<'a> {
    /// Whether an index is made of what the function was given, or of an attribute of its object, so that it is another one
    /// for each process, as far as can be seen.
    pub(super) fn is_own_index(&self, frame: &Frame<'a>, index: Temp) -> bool {
        let known = self.temp(frame, index);
        if matches!(known.single(), Some(Atom::Int(_) | Atom::Str(_))) {
            return false;
        }
        self.is_own(frame, index, STEPS_BACK)
    }

    fn is_own(&self, frame: &Frame<'a>, value: Temp, steps: u32) -> bool {
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        match frame.function.definition(value) {
            Some(OpKind::Load {
                place: Place::Local(slot),
                ..
            }) => self.is_own_variable(frame, value, *slot, steps),
            Some(OpKind::Attr { .. }) => true,
            Some(OpKind::Element { src, .. }) => self.is_own(frame, *src, steps),
            Some(OpKind::Binary {
                op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul,
                left,
                right,
                ..
            }) => self.is_own(frame, *left, steps) || self.is_own(frame, *right, steps),
            Some(OpKind::Iterate { iterable, .. }) => self.counts_own(frame, *iterable, steps),
            Some(OpKind::Call { callee, args, .. }) => self.is_computed_from_own(frame, *callee, args, steps),
            _ => false,
        }
    }

    /// Whether a function of the program computes its result from something of its own: `self.cell(lift, hour)`.
    fn is_computed_from_own(&self, frame: &Frame<'a>, callee: Temp, args: &[Arg], steps: u32) -> bool {
        let (function, is_bound) = match self.temp(frame, callee).single() {
            Some(Atom::Function(function, _)) => (function, false),
            Some(Atom::Bound(id)) => match self.names.unbind(id).1 {
                MethodRef::User(function, _) => (function, true),
                _ => return false,
            },
            _ => return false,
        };
        let function = self.code.function(function);
        let returned: Vec<Option<Temp>> = function
            .blocks
            .iter()
            .filter_map(|block| match block.end {
                Terminator::Return(value) => Some(value),
                _ => None,
            })
            .collect();
        let keeps = |slot: Slot| {
            !returned.is_empty()
                && returned
                    .iter()
                    .all(|value| value.is_some_and(|value| is_sum_with(function, value, slot, STEPS_BACK)))
        };
        function
            .given_to(args, is_bound)
            .any(|(slot, value)| keeps(slot) && self.is_own(frame, value, steps))
    }

    /// A parameter that keeps what the caller gave, or a variable that is set in one place only.
    fn is_own_variable(&self, frame: &Frame<'a>, read: Temp, slot: Slot, steps: u32) -> bool {
        let mut stored = frame.function.stores(slot);
        match stored.next() {
            None => {
                let given = (slot.0 as usize) < frame.function.params.len();
                // In a helper the index is its caller's, which may have got it in turn.
                given && (self.temp(frame, read).is_scalar() || self.is_handed_down(frame.chain, slot, steps))
            }
            Some(value) => stored.next().is_none() && self.is_own(frame, value, steps),
        }
    }

    /// Whether a parameter is what the process itself was given, handed on from function to function as it is. Tasks of a pool may
    /// well be given the same word twice.
    fn is_handed_down(&self, chain: ChainId, slot: Slot, steps: u32) -> bool {
        let here = self.chains[chain.0 as usize];
        if self.contexts[here.context.0 as usize].kind != ContextKind::Child {
            return false;
        }
        let Some((caller, by, at)) = here.caller else {
            return true;
        };
        // What a process begins with is called by itself.
        if by == here.function && self.chains[caller.0 as usize].caller.is_none() {
            return true;
        }
        let Some(steps) = steps.checked_sub(1) else {
            return false;
        };
        let called = self.code.function(here.function);
        let function = self.code.function(by);
        let calls = function
            .blocks
            .iter()
            .flat_map(|block| &block.ops)
            .filter(|op| op.span == at);
        let mut given = calls.filter_map(|op| match &op.kind {
            OpKind::Call { callee, args, .. } => {
                let is_bound = matches!(function.definition(*callee), Some(OpKind::Attr { .. }));
                let mut given = called.given_to(args, is_bound);
                given.find(|(other, _)| *other == slot).map(|(_, value)| value)
            }
            _ => None,
        });
        given.next().is_some_and(|value| match function.definition(value) {
            Some(OpKind::Load {
                place: Place::Local(slot),
                ..
            }) => {
                (slot.0 as usize) < function.params.len()
                    && function.stores(*slot).next().is_none()
                    && self.is_handed_down(caller, *slot, steps)
            }
            _ => false,
        })
    }

    /// Whether a loop counts from a number of its own on: `range(start, stop)`.
    fn counts_own(&self, frame: &Frame<'a>, iterable: Slot, steps: u32) -> bool {
        let mut stored = frame.function.stores(iterable);
        let (Some(value), None) = (stored.next(), stored.next()) else {
            return false;
        };
        let Some(OpKind::Call { callee, args, .. }) = frame.function.definition(value) else {
            return false;
        };
        let is_range = matches!(frame.function.definition(*callee), Some(OpKind::Load { place: Place::Global(name), .. }) if self.name(*name) == "range");
        match &**args {
            [start, _, ..] => is_range && start.kind == ArgKind::Positional && self.is_own(frame, start.value, steps),
            _ => false,
        }
    }
}

/// Whether a value is a sum or product that a parameter is a part of.
fn is_sum_with(function: &Function, value: Temp, param: Slot, steps: u32) -> bool {
    let Some(steps) = steps.checked_sub(1) else {
        return false;
    };
    match function.definition(value) {
        Some(OpKind::Load {
            place: Place::Local(slot),
            ..
        }) => *slot == param && function.stores(param).next().is_none(),
        Some(OpKind::Binary {
            op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul,
            left,
            right,
            ..
        }) => is_sum_with(function, *left, param, steps) || is_sum_with(function, *right, param, steps),
        _ => false,
    }
}
