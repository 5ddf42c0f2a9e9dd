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

/// To ask of so many objects what they hold takes as long as one operation.
const OBJECTS_PER_OPERATION: u64 = 8;

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
        // What was made in an earlier round at the same place may be held by what has not changed since.
        let before = Some(&frame.before).filter(|before| interesting.iter().all(|id| before.get(*id).is_none()));
        if is_function {
            // Whatever a caller can reach: the result, the arguments, globals, the frames around, and objects that
            // were made before this call.
            let mut roots: Vec<Value> = vec![value.clone(), frame.receiver.clone()];
            roots.extend(self.namespaces.iter().map(|space| Value::from(*space)));
            roots.extend(frame.closure.map(Value::from));
            // What a generator has given belongs to whoever drew it.
            roots.push(frame.yielded.clone());
            let empty = Heap::default();
            for id in heap.changed_since(before.unwrap_or(&empty)) {
                let chain = self.objects[id.0 as usize].chain;
                if chain != frame.chain && !self.chain_within(chain, frame.chain) {
                    roots.push(id.into());
                }
            }
            let outside = heap.reachable_since(before, &roots, |id| names.unbind(id).0);
            // In a large program this is most of the work, so it counts as some.
            let work = (outside.len() + roots.len()) as u64 / OBJECTS_PER_OPERATION;
            self.budget = self.budget.saturating_sub(work);
            interesting.retain(|id| !outside.contains(id));
            if interesting.is_empty() {
                return;
            }
        }
        let own = frame.own.map(Value::from);
        let variables = heap.reachable_since(before, state.slots.iter().chain(own.as_ref()), |id| names.unbind(id).0);
        let globals = if is_function {
            rustc_hash::FxHashSet::default()
        } else {
            let spaces: Vec<Value> = self.namespaces.iter().map(|space| Value::from(*space)).collect();
            heap.reachable(&spaces, |id| names.unbind(id).0)
        };
        // An object of the program that no variable has held ends with the expression that made it, and with it what it
        // holds.
        let temporary = if is_function {
            rustc_hash::FxHashSet::default()
        } else {
            let unnamed = heap.iter().map(|(id, _)| id).filter(|id| {
                matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_)) && !self.named.contains(id)
            });
            let unnamed: Vec<Value> = unnamed.map(Value::from).collect();
            heap.reachable(&unnamed, |id| names.unbind(id).0)
        };
        // What variables hold elsewhere but not here was not made on the way here, or ended with a call. What no
        // variable ever held, and something else does, ends with that.
        interesting.retain(|id| {
            let held = variables.contains(id) || globals.contains(id) || temporary.contains(id);
            self.named.contains(id) == held
        });
        if interesting.is_empty() {
            return;
        }
        // One that has a `__del__` may close what it holds.
        let finalized: Vec<Value> = heap
            .iter()
            .filter(|(id, _)| self.finalizes(heap, *id))
            .map(|(id, _)| Value::from(id))
            .collect();
        let finalized = heap.reachable(&finalized, |id| names.unbind(id).0);
        interesting.retain(|id| !finalized.contains(id));
        let dropped = interesting.into_boxed_slice();
        if !dropped.is_empty() {
            self.record(&state.world, EventKind::Leave { dropped }, 3);
        }
    }

    /// Whether an object of the program has a `__del__`.
    fn finalizes(&self, heap: &Heap, id: ObjectId) -> bool {
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return false;
        };
        let has = |class: ObjectId| {
            let fields = heap.get(class).map(|object| &object.fields);
            fields.is_some_and(|fields| fields.get(self.known.finalizer).is_some())
        };
        let order = self.resolution_order(heap, class);
        let mut order = order.iter();
        order.any(|ancestor| matches!(ancestor, Ancestor::Program(class) if has(*class)))
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
                Family::Process | Family::Pool | Family::Executor | Family::Manager | Family::Segment
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
