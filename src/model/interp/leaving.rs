//! What ends with a call: objects that nothing outside can reach, and constructors that have not run.

use super::Run;
use super::classes::Ancestor;
use super::frame::{Frame, State};
use crate::api::Family;
use crate::model::events::{ChainId, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{FunctionId, FunctionKind};

impl<'a> Run<'a> {
    /// Records which objects that were made in this call end with it: where it returns, nothing outside can reach
    /// them. Each return is looked at alone, so that what one way leaves open is not excused by another.
    pub(super) fn note_leaving(&mut self, frame: &Frame<'a>, value: &Value, state: &State) {
        let heap = &state.world.heap;
        let is_function = matches!(
            frame.function.kind,
            FunctionKind::Def | FunctionKind::AsyncDef | FunctionKind::Lambda
        );
        if !is_function && frame.id != FunctionId::MODULE {
            return;
        }
        // What was made since the function was entered, here or further down.
        let mut interesting: Vec<ObjectId> = self
            .born
            .get(frame.born_from..)
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|id| {
                heap.get(*id)
                    .is_some_and(|object| !object.states.is_empty() && !object.escaped)
                    && self.is_worth_ending(heap, *id)
            })
            .collect();
        interesting.sort_unstable();
        interesting.dedup();
        if interesting.is_empty() {
            return;
        }
        let names = &self.names;
        let own = frame.own.map(Value::from);
        let variables = heap.reachable(state.slots.iter().chain(own.as_ref()), |id| names.unbind(id).0);
        let outside = if is_function {
            // Whatever a caller can reach: the result, the arguments, globals, the frames around, and objects that
            // were made before this call.
            let mut roots: Vec<Value> = vec![value.clone(), frame.receiver.clone()];
            roots.extend(self.namespaces.iter().map(|space| Value::from(*space)));
            roots.extend(frame.closure.map(Value::from));
            for (id, _) in heap.iter() {
                let chain = self.objects[id.0 as usize].chain;
                if chain != frame.chain && !self.chain_within(chain, frame.chain) {
                    roots.push(id.into());
                }
            }
            heap.reachable(&roots, |id| names.unbind(id).0)
        } else {
            rustc_hash::FxHashSet::default()
        };
        let spaces: Vec<Value> = self.namespaces.iter().map(|space| Value::from(*space)).collect();
        let globals = heap.reachable(&spaces, |id| names.unbind(id).0);
        // An object of the program that no variable has held ends with the expression that made it, and with it what it
        // holds. One that has a `__del__` may close what it holds.
        let mut temporary = Vec::new();
        let mut finalized = Vec::new();
        for (id, _) in heap.iter() {
            let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
                continue;
            };
            if !self.named.contains(&id) {
                temporary.push(Value::from(id));
            }
            let finalizes = self
                .resolution_order(heap, class)
                .iter()
                .any(|ancestor| match ancestor {
                    Ancestor::Program(class) => heap
                        .get(*class)
                        .is_some_and(|object| object.fields.get(self.known.finalizer).is_some()),
                    _ => false,
                });
            if finalizes {
                finalized.push(Value::from(id));
            }
        }
        let temporary = heap.reachable(&temporary, |id| names.unbind(id).0);
        let finalized = heap.reachable(&finalized, |id| names.unbind(id).0);
        // What variables hold elsewhere but not here was not made on the way here, or ended with a call. What no
        // variable ever held, and something else does, ends with that.
        let dropped: Box<[ObjectId]> = interesting
            .into_iter()
            .filter(|id| !outside.contains(id) && !finalized.contains(id))
            .filter(|id| {
                let held = variables.contains(id) || (!is_function && (globals.contains(id) || temporary.contains(id)));
                self.named.contains(id) == held
            })
            .collect();
        if !dropped.is_empty() {
            self.record(&state.world, EventKind::Leave { dropped }, 3);
        }
    }

    /// Records that an `__init__` returns on a way on which the library's constructor has not run.
    pub(super) fn note_bare(&mut self, frame: &Frame<'a>, state: &State) {
        if frame.function.name != self.known.init {
            return;
        }
        let Some(Atom::Object(object)) = frame.receiver.single() else {
            return;
        };
        // An `__init__` that another one has called is only a part of it.
        let caller = self.chains[frame.chain.0 as usize].caller;
        if caller.is_some_and(|(_, function, _)| self.code.function(function).name == self.known.init) {
            return;
        }
        let bare = state
            .world
            .heap
            .get(object)
            .is_some_and(|object| object.states.must(States::BARE));
        if bare {
            self.record(&state.world, EventKind::Instance { object }, 6);
        }
    }

    /// Whether an object is of a kind that somebody has to start or close.
    fn is_worth_ending(&self, heap: &Heap, id: ObjectId) -> bool {
        self.kind_of(heap, id).is_some_and(|kind| {
            matches!(
                self.api.kind(kind).family,
                Family::Process | Family::Pool | Family::Executor | Family::Manager
            )
        })
    }

    /// Whether a chain begins in another one.
    fn chain_within(&self, mut chain: ChainId, outer: ChainId) -> bool {
        while let Some((caller, ..)) = self.chains[chain.0 as usize].caller {
            if caller == outer {
                return true;
            }
            chain = caller;
        }
        false
    }
}
