//! Whether a task returns what a call in it gives, by a look over names: then it is sent back, and matters.

use rustc_hash::FxHashSet;

use super::Run;
use super::ahead::adds;
use super::frame::Frame;
use crate::model::events::ContextKind;
use crate::python::ir::{FunctionId, OpKind, Place, Temp, Terminator};

impl<'a> Run<'a> {
    /// Whether what a call gives is what a task returns, or a part of it: what the task is, and what is called on the way
    /// from there, returns it.
    pub(super) fn is_returned_by_task(&mut self, frame: &Frame<'a>, call: &OpKind) -> bool {
        let OpKind::Call { dst, .. } = *call else { return false };
        if self.aside > 0 || self.contexts[self.context.0 as usize].kind != ContextKind::Task {
            return false;
        }
        let mut returned = self.is_returned(frame.id, dst);
        let mut chain = frame.chain;
        for _ in 1..self.stack.len() {
            let Some((caller, function, span)) = self.chains[chain.0 as usize].caller.filter(|_| returned) else {
                return returned;
            };
            let ops = self.code.function(function).blocks.iter().flat_map(|block| &block.ops);
            let mut calls = ops.filter(|op| op.span == span).filter_map(|op| match op.kind {
                OpKind::Call { dst, .. } => Some(dst),
                _ => None,
            });
            returned = calls.next().is_some_and(|dst| self.is_returned(function, dst));
            chain = caller;
        }
        returned
    }

    /// Whether a function that runs because its result is needed keeps what a call in it gives: returns it, or keeps it in
    /// an attribute.
    pub(super) fn is_needed_by_caller(&mut self, frame: &Frame<'a>, result: Temp) -> bool {
        /// Calls that are followed for this, one inside the other.
        const MOST: u32 = 3;
        (1..=MOST).contains(&self.demanded)
            && (self.is_returned(frame.id, result) || self.is_kept_in_attribute(frame.id, result))
    }

    /// Whether what a call gives goes straight into an attribute.
    fn is_kept_in_attribute(&mut self, id: FunctionId, result: Temp) -> bool {
        let uses = self.uses_in(id);
        let mut users = uses.users.get(&result).into_iter().flatten();
        users.any(|user| matches!(user, OpKind::SetAttr { value, .. } if *value == result))
    }

    fn is_returned(&mut self, id: FunctionId, result: Temp) -> bool {
        if let Some(&known) = self.ahead.returned.get(&(id, result)) {
            return known;
        }
        let uses = self.uses_in(id);
        let mut held = FxHashSet::default();
        let mut waiting = vec![result];
        while let Some(temp) = waiting.pop() {
            if !held.insert(temp) {
                continue;
            }
            for &user in uses.users.get(&temp).into_iter().flatten() {
                match user {
                    OpKind::Store { place, .. } => waiting.extend(uses.loads_of(*place)),
                    OpKind::SetItem { base, value, .. } if *value == temp => {
                        waiting.extend(uses.loads_of_container(*base))
                    }
                    OpKind::Attr { dst, .. } | OpKind::Build { dst, .. } => waiting.push(*dst),
                    // What a method of it gives may be a part of it.
                    OpKind::Call { dst, callee, .. } if *callee == temp => waiting.push(*dst),
                    OpKind::Call { dst, callee, .. } => match uses.definitions.get(callee) {
                        Some(OpKind::Attr { base, name, .. }) if adds(self.symbols.name(*name)) => {
                            waiting.extend(uses.loads_of_container(*base));
                        }
                        // A class keeps what its objects are made of.
                        Some(
                            OpKind::Attr { name, .. }
                            | OpKind::Load {
                                place: Place::Global(name),
                                ..
                            },
                        ) if self.symbols.name(*name).starts_with(char::is_uppercase) => waiting.push(*dst),
                        _ => {}
                    },
                    _ => {}
                }
            }
        }
        let returns = |end: &Terminator| matches!(end, Terminator::Return(Some(value)) if held.contains(value));
        let known = self.code.function(id).blocks.iter().any(|block| returns(&block.end));
        self.ahead.returned.insert((id, result), known);
        known
    }
}
