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
use crate::python::ir::{Arg, ArgKind, BinaryOp, BuildItem, Function, OpKind, Place, Slot, Temp, Terminator};

/// How many steps back the making of an index is followed.
const STEPS_BACK: u32 = 16;

/// What the making of an index has been followed through.
struct Trail<'t> {
    /// Steps that are left.
    left: u32,
    slot: Option<Slot>,
    before: Option<&'t Trail<'t>>,
}

impl Trail<'_> {
    const fn new() -> Self {
        Self {
            left: STEPS_BACK,
            slot: None,
            before: None,
        }
    }

    /// One step more, through a variable if it is one.
    fn further(&self, slot: Option<Slot>) -> Option<Trail<'_>> {
        Some(Trail {
            left: self.left.checked_sub(1)?,
            slot,
            before: Some(self),
        })
    }

    fn has(&self, slot: Slot) -> bool {
        self.slot == Some(slot) || self.before.is_some_and(|before| before.has(slot))
    }
}

impl<'a> Run<'a> {
    /// Whether an index is made of what the function was given, or of an attribute of its object, so that it is another one
    /// for each process, as far as can be seen.
    pub(super) fn is_own_index(&self, frame: &Frame<'a>, index: Temp) -> bool {
        let known = self.temp(frame, index);
        if matches!(known.single(), Some(Atom::Int(_) | Atom::Str(_))) {
            return false;
        }
        self.is_own(frame, index, &Trail::new())
    }

    fn is_own(&self, frame: &Frame<'a>, value: Temp, trail: &Trail<'_>) -> bool {
        let Some(trail) = trail.further(None) else {
            return false;
        };
        match frame.function.definition(value) {
            Some(OpKind::Load {
                place: Place::Local(slot),
                ..
            }) => self.is_own_variable(frame, value, *slot, &trail),
            Some(OpKind::Attr { .. }) => true,
            Some(OpKind::Element { src, .. }) => {
                self.is_own(frame, *src, &trail)
                    || (self.temp(frame, value).is_scalar() && is_parameter(frame.function, *src))
            }
            Some(OpKind::Binary {
                op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul,
                left,
                right,
                ..
            }) => self.is_own(frame, *left, &trail) || self.is_own(frame, *right, &trail),
            Some(OpKind::Iterate { iterable, .. }) => self.counts_own(frame, *iterable, &trail),
            Some(OpKind::Call { callee, args, .. }) => self.is_computed_from_own(frame, *callee, args, &trail),
            _ => false,
        }
    }

    /// Whether a function of the program computes its result from something of its own: `self.cell(lift, hour)`.
    fn is_computed_from_own(&self, frame: &Frame<'a>, callee: Temp, args: &[Arg], trail: &Trail<'_>) -> bool {
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
            .any(|(slot, value)| keeps(slot) && self.is_own(frame, value, trail))
    }

    /// A parameter that keeps what the caller gave, or a variable that is set to nothing else anywhere.
    fn is_own_variable(&self, frame: &Frame<'a>, read: Temp, slot: Slot, trail: &Trail<'_>) -> bool {
        // What a variable is made of in the last round is no other than before.
        if trail.has(slot) {
            return true;
        }
        let Some(trail) = trail.further(Some(slot)) else {
            return false;
        };
        let mut stored = frame.function.stores(slot);
        match stored.next() {
            None => {
                let given = (slot.0 as usize) < frame.function.params.len();
                // In a helper the index is its caller's, which may have got it in turn.
                given && (self.temp(frame, read).is_scalar() || self.is_handed_down(frame.chain, slot, trail.left))
            }
            Some(value) => std::iter::once(value)
                .chain(stored)
                .all(|value| self.is_own(frame, value, &trail)),
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

    /// Whether a loop counts from a number of its own on, `range(start, stop)`, or goes over places of its own,
    /// `for row in self.rows`.
    fn counts_own(&self, frame: &Frame<'a>, iterable: Slot, trail: &Trail<'_>) -> bool {
        let mut stored = frame.function.stores(iterable);
        match (stored.next(), stored.next()) {
            (Some(value), None) => self.holds_own(frame, value, trail),
            _ => false,
        }
    }

    /// Whether what a loop goes over are places of its own: an attribute, or what is made of one.
    fn holds_own(&self, frame: &Frame<'a>, value: Temp, trail: &Trail<'_>) -> bool {
        let Some(trail) = trail.further(None) else {
            return false;
        };
        let (callee, args) = match frame.function.definition(value) {
            Some(OpKind::Attr { .. }) => return true,
            Some(OpKind::Load {
                place: Place::Local(slot),
                ..
            }) => return self.counts_own(frame, *slot, &trail),
            Some(OpKind::Build {
                items,
                comprehension: true,
                ..
            }) => {
                return match &**items {
                    [BuildItem::Pair(key, _) | BuildItem::Value(key)] => self.is_own(frame, *key, &trail),
                    _ => false,
                };
            }
            Some(OpKind::Call { callee, args, .. }) => (callee, args),
            _ => return false,
        };
        // `forces.items()`
        if let Some(OpKind::Attr { base, name, .. }) = frame.function.definition(*callee)
            && matches!(self.name(*name), "items" | "keys")
        {
            return self.holds_own(frame, *base, &trail);
        }
        let is_range = matches!(frame.function.definition(*callee), Some(OpKind::Load { place: Place::Global(name), .. }) if self.name(*name) == "range");
        match &**args {
            [start, _, ..] => is_range && start.kind == ArgKind::Positional && self.is_own(frame, start.value, &trail),
            _ => false,
        }
    }
}

/// Whether a value is a parameter, as it was given.
fn is_parameter(function: &Function, value: Temp) -> bool {
    match function.definition(value) {
        Some(OpKind::Load {
            place: Place::Local(slot),
            ..
        }) => (slot.0 as usize) < function.params.len() && function.stores(*slot).next().is_none(),
        _ => false,
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
