//! Whether a loop that goes over a value has to do with processes, by a look over names: then it matters how often it goes
//! round.

use rustc_hash::FxHashSet;

use super::frame::{Frame, State};
use super::{Run, World};
use crate::model::value::{Atom, Value};
use crate::python::ir::{FunctionId, Op, OpKind, Place, Temp};

impl<'a> Run<'a> {
    /// Whether a `for` goes over a value, or over what a builtin or a method makes of it, and starts processes or calls what
    /// may.
    pub(super) fn goes_round_with_processes(&mut self, frame: &Frame<'a>, state: &State, value: Temp) -> bool {
        if !self.relevant[frame.id.0 as usize] {
            return false;
        }
        if let Some(&known) = self.ahead.rounds.get(&(frame.id, value)) {
            return known;
        }
        let uses = self.uses_in(frame.id);
        let mut slots = FxHashSet::default();
        let mut seen = FxHashSet::default();
        let mut waiting = vec![value];
        while let Some(temp) = waiting.pop() {
            if !seen.insert(temp) {
                continue;
            }
            for &user in uses.users.get(&temp).into_iter().flatten() {
                match user {
                    OpKind::Attr { dst, .. } => waiting.push(*dst),
                    OpKind::Call { dst, callee, .. } => {
                        let of_builtin = || match uses.definitions.get(callee) {
                            Some(OpKind::Load {
                                place: Place::Global(name),
                                ..
                            }) => super::builtin_names::is_builtin(self.symbols.name(*name)),
                            _ => false,
                        };
                        if *callee == temp || of_builtin() {
                            waiting.push(*dst);
                        }
                    }
                    OpKind::Store {
                        place: Place::Local(slot),
                        ..
                    } => {
                        slots.insert(*slot);
                    }
                    _ => {}
                }
            }
        }
        let blocks = &frame.function.blocks;
        let mut known = false;
        for (at, block) in blocks.iter().enumerate() {
            let iterates = |op: &Op| matches!(op.kind, OpKind::Iterate { iterable, .. } if slots.contains(&iterable));
            if known || slots.is_empty() || !block.ops.iter().any(iterates) {
                continue;
            }
            let end = block.loop_end.map_or(at + 1, |end| end.0 as usize);
            let body = blocks.get(at..end).unwrap_or_default().iter();
            for op in body.flat_map(|block| &block.ops) {
                if let OpKind::Call { callee, .. } = &op.kind {
                    let called = uses.definitions.get(callee).copied();
                    known |= self.may_start(frame.id, &state.world, called);
                }
            }
        }
        self.ahead.rounds.insert((frame.id, value), known);
        known
    }

    /// Whether what is called may start a process or make an object of a process library, or is code of the program that has
    /// to do with any.
    fn may_start(&mut self, id: FunctionId, world: &World, called: Option<&OpKind>) -> bool {
        match called {
            Some(OpKind::Attr { name, .. }) => self.symbols.name(*name) == "start" || self.told_by_name(*name).1,
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let value: Value = self.global_of(id, world, *name);
                value.atoms().iter().any(|atom| match *atom {
                    Atom::Function(function, _) => self.relevant[function.0 as usize],
                    Atom::Path(path) | Atom::Member(_, path) => {
                        let entry = self.names.entry(path);
                        entry.is_some_and(|entry| entry.makes.is_some())
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }
}
