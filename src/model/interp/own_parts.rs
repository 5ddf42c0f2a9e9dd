//! Whether what a process writes at an index is a part of its own of something shared.
//!
//! Programs share an array out by what each process is given: `array[number]`, `array[number * WIDTH + i]`,
//! `for i in range(start, stop)`, `for i in range(rank, size, step)`. That no two are given the same is not known; it is
//! what such code is written for. An index that is wrapped or hashed, `array[word % BUCKETS]`, is no such part.

use super::Run;
use super::frame::Frame;
use crate::model::value::Atom;
use crate::python::ir::{ArgKind, BinaryOp, Function, OpKind, Place, Slot, Temp};

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
            _ => false,
        }
    }

    /// A parameter that keeps what the caller gave, or a variable that is set in one place only.
    fn is_own_variable(&self, frame: &Frame<'a>, read: Temp, slot: Slot, steps: u32) -> bool {
        let mut stored = stores(frame.function, slot);
        match stored.next() {
            None => {
                let given = (slot.0 as usize) < frame.function.params.len();
                // In a helper the index is its caller's, whatever that is.
                let is_first = self.chains[frame.chain.0 as usize].caller.is_none();
                given && (is_first || self.temp(frame, read).is_scalar())
            }
            Some(value) => stored.next().is_none() && self.is_own(frame, value, steps),
        }
    }

    /// Whether a loop counts from a number of its own on: `range(start, stop)`.
    fn counts_own(&self, frame: &Frame<'a>, iterable: Slot, steps: u32) -> bool {
        let mut stored = stores(frame.function, iterable);
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

fn stores(function: &Function, slot: Slot) -> impl Iterator<Item = Temp> {
    let ops = function.blocks.iter().flat_map(|block| &block.ops);
    ops.filter_map(move |op| match op.kind {
        OpKind::Store { place, value } if place == Place::Local(slot) => Some(value),
        _ => None,
    })
}
