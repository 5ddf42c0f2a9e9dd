//! What has been put into a queue and waits in its process to be pickled, and what comes out of one.
//!
//! A queue with a feeder thread pickles an item some time after `put()`. An object that is changed before may be sent as it
//! became. That it is on its way is kept with the object: a new one that the next round of a loop makes is not.

use rustc_hash::FxHashMap;

use super::{Run, World};
use crate::api::{Effect, Family, KindId};
use crate::files::Span;
use crate::model::events::{ContextId, EventKind, process_of};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::value::{Atom, Value};
use crate::python::ir::CompareOp;

/// Objects of one item that are looked at.
const MOST_OBJECTS: usize = 50;

/// Where objects were put into a queue last, and by which process.
pub(super) type OnTheWay = FxHashMap<ObjectId, (Span, Option<ContextId>)>;

impl<'a> Run<'a> {
    /// An item is put into a queue: if that has a feeder thread, what the item is made of is on its way.
    pub(super) fn note_on_the_way(&mut self, world: &mut World, queue: ObjectId, item: &Value) {
        let Some(kind) = self.kind_of(&world.heap, queue).filter(|kind| self.has_feeder(*kind)) else {
            return;
        };
        if self.api.kind(kind).family != Family::Queue || !matches!(item.single(), Some(Atom::Object(_))) {
            return;
        }
        let names = &self.names;
        let objects = world.heap.reachable([item], |id| names.unbind(id).0);
        let process = process_of(&self.contexts, self.context);
        for id in objects.into_iter().take(MOST_OBJECTS) {
            let is_of_program = match self.objects[id.0 as usize].kind {
                ObjectKind::List | ObjectKind::Dict | ObjectKind::Set => true,
                ObjectKind::Instance(_) => self.kind_of(&world.heap, id).is_none(),
                _ => false,
            };
            // One object may stand for a copy, too.
            if let Some(object) = world.heap.get_mut(id).filter(|object| is_of_program && !object.uneven) {
                object.on_the_way = true;
                self.on_the_way.insert(id, (self.here.span, process));
            }
        }
    }

    /// One object stands for itself and for a copy, and either may be changed without the other.
    pub(super) fn note_copied(&mut self, world: &mut World, original: Option<&Value>) {
        let names = &self.names;
        let objects = world.heap.reachable(original, |id| names.unbind(id).0);
        for id in objects.into_iter().take(MOST_OBJECTS) {
            if let Some(object) = world.heap.get_mut(id) {
                object.uneven = true;
            }
        }
    }

    /// Whether the putting process has a thread that pickles.
    fn has_feeder(&self, kind: KindId) -> bool {
        let kind = self.api.kind(kind);
        kind.feeder && kind.methods.values().any(|method| method.effect == Effect::Flush)
    }

    /// Something is waited for: what was on its way has gone out.
    pub(super) fn note_gone_out(&mut self, world: &mut World) {
        for id in self.on_the_way.keys() {
            if world.heap.get(*id).is_some_and(|object| object.on_the_way)
                && let Some(object) = world.heap.get_mut(*id)
            {
                object.on_the_way = false;
            }
        }
    }

    /// An object is changed.
    pub(super) fn note_change_on_the_way(&mut self, world: &World, object: ObjectId) {
        // What a child has of its parent's is a copy.
        if let Some(&(put, process)) = self.on_the_way.get(&object)
            && process == process_of(&self.contexts, self.context)
            && world.heap.get(object).is_some_and(|object| object.on_the_way)
        {
            self.record(world, EventKind::ChangeOnTheWay { object, put }, 49);
        }
    }

    /// `iter(queue.get, STOP)` compares each item with the last argument.
    pub(super) fn note_end_mark(&mut self, world: &World, takes: &Value, mark: &Value) {
        let Some(Atom::Bound(method)) = takes.single() else {
            return;
        };
        let (Atom::Object(from), MethodRef::Library(name)) = self.names.unbind(method) else {
            return;
        };
        let Some(kind) = self.kind_of(&world.heap, from) else {
            return;
        };
        let method = self.api.kind(kind).methods.get(self.symbols.name(name));
        if method.is_some_and(|method| matches!(method.effect, Effect::Get | Effect::Recv)) {
            self.note_recognised(world, CompareOp::Eq, &Atom::Received(from).into(), mark);
        }
    }

    /// Two values are compared: whether one came out of a queue or connection and the other is an object.
    pub(super) fn note_recognised(&mut self, world: &World, op: CompareOp, left: &Value, right: &Value) {
        let identity = match op {
            CompareOp::Is | CompareOp::IsNot => true,
            CompareOp::Eq | CompareOp::NotEq => false,
            _ => return,
        };
        for (item, mark) in [(left, right), (right, left)] {
            let Some(mark) = mark.single() else { continue };
            let is_constant = identity && matches!(mark, Atom::Str(_) | Atom::Int(_));
            if !is_constant && !matches!(mark, Atom::Object(_)) {
                continue;
            }
            let received = item.atoms().iter().find_map(|atom| match atom {
                Atom::Received(from) => Some(*from),
                _ => None,
            });
            // A variable that begins as the object itself, and holds what is received later.
            let itself = item.atoms().contains(&mark);
            if received.is_some() || itself {
                let from = received;
                let recognised = EventKind::Recognise {
                    from,
                    itself,
                    mark,
                    identity,
                };
                self.record(world, recognised, 50);
            }
        }
    }
}

/// Whether a method of a list, dict or set takes something out of it, or changes its order.
pub(super) fn takes_away(method: &str) -> bool {
    matches!(
        method,
        "clear" | "pop" | "popitem" | "popleft" | "remove" | "discard" | "sort" | "reverse"
    )
}
