//! Views on shared memory: the `buf` of a segment, its slices, and arrays that lie on it.

use super::calls::Actuals;
use super::frame::{Frame, State};
use super::{Run, World};
use crate::api::{Effect, Entry, Family};
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

impl<'a> Run<'a> {
    /// Whether a value is a view on a segment.
    pub(super) fn is_view(&self, world: &World, value: &Value) -> bool {
        matches!(value.single(), Some(Atom::Object(id)) if self.is_of_family(world, id, Family::View))
    }

    pub(super) fn is_of_family(&self, world: &World, id: ObjectId, family: Family) -> bool {
        self.kind_of(&world.heap, id)
            .is_some_and(|kind| self.api.kind(kind).family == family)
    }

    /// What an object is made of: of a view the segment, of anything else itself.
    pub(super) fn memory_of(&self, world: &World, id: ObjectId) -> ObjectId {
        if !self.is_of_family(world, id, Family::View) {
            return id;
        }
        let memory = world.heap.get(id).and_then(|view| view.fields.get(self.known.object));
        match memory.and_then(Value::single) {
            Some(Atom::Object(segment)) => segment,
            _ => id,
        }
    }

    /// `view[4:8]`, which is a view again.
    pub(super) fn slice_of_view(&mut self, world: &mut World, base: &Value) -> Option<Value> {
        let Some(Atom::Object(id)) = base.single().filter(|_| self.is_view(world, base)) else {
            return None;
        };
        self.note_access(world, id, false);
        Some(self.view_on(world, id, "view"))
    }

    /// `memoryview(view)`
    pub(super) fn view_of_view(&mut self, world: &mut World, entry: &Entry, actuals: &Actuals) -> Option<Value> {
        let Some(Atom::Object(id)) = actuals.first()?.value.single() else {
            return None;
        };
        let is_memoryview = entry.canonical == "builtins.memoryview" && self.is_of_family(world, id, Family::View);
        is_memoryview.then(|| self.view_on(world, id, "view"))
    }

    /// An array of numpy on a view, which does not keep the memory from being given up. A copy is none.
    pub(super) fn array_on_view(&mut self, world: &mut World, maker: &str, actuals: &Actuals) -> Value {
        let view = actuals.iter().find(|actual| self.is_view(world, &actual.value));
        match view.and_then(|actual| actual.value.single()) {
            Some(Atom::Object(id)) if maker != "numpy.array" => self.view_on(world, id, "array-on-view"),
            _ => Value::unknown(),
        }
    }

    fn view_on(&mut self, world: &mut World, id: ObjectId, kind: &str) -> Value {
        let memory = self.memory_of(world, id);
        // An array of numpy does not.
        let keeps = kind == "view";
        let Some(kind) = self.api.kind_named(kind) else {
            return Value::unknown();
        };
        let view = self.allocate_library(world, kind, None, None, 51);
        if let Some(object) = world.heap.get_mut(view) {
            object.fields.set(self.known.object, memory.into());
            if keeps {
                self.keeps_memory = true;
                object.fields.set(self.known.keeps, Atom::Bool(true).into());
            }
        }
        view.into()
    }

    /// The views that keep the memory of an open segment and are held here: by a variable of the function or of its module,
    /// or by an attribute of the object whose method it is. Each with its segment.
    pub(super) fn views_held(&self, frame: &Frame<'a>, state: &State) -> Vec<(ObjectId, ObjectId)> {
        if !self.keeps_memory {
            return Vec::new();
        }
        let heap = &state.world.heap;
        let holders = [
            frame.own,
            Some(self.namespace_of(frame.id)),
            frame.receiver.objects().next(),
        ];
        let held = holders.into_iter().flatten().filter_map(|holder| heap.get(holder));
        let held = held.flat_map(|holder| {
            let items = holder.items.iter().flat_map(|items| items.iter());
            holder.fields.iter().map(|(_, value)| value).chain(items)
        });
        // What a loop runs over is let go with the loop.
        let named = frame.function.slots.iter().zip(state.slots.iter());
        let variables = named.filter_map(|(name, value)| name.is_some().then_some(value));
        let views = variables.chain(held).filter_map(|value| match value.single()? {
            Atom::Object(view) => Some((self.memory_of(&state.world, view), view)),
            _ => None,
        });
        let is_kept = |&(segment, view): &(ObjectId, ObjectId)| {
            let is_open = heap
                .get(segment)
                .is_some_and(|segment| !segment.states.must(States::CLOSED));
            is_open && self.keeps(&state.world, segment, view)
        };
        views.filter(is_kept).collect()
    }

    /// Records that `close()` of a segment was refused in a call, because a view is held around it.
    pub(super) fn note_refused(&mut self, world: &World, held: &[(ObjectId, ObjectId)]) {
        for &(segment, view) in held {
            let is_closed = world
                .heap
                .get(segment)
                .is_some_and(|segment| segment.states.must(States::CLOSED));
            if !is_closed || !self.keeps(world, segment, view) {
                continue;
            }
            let closes =
                |event: &&Event<'_>| matches!(event.effect(), Some((closed, Effect::Close)) if closed == segment);
            let Some(close) = self.events.iter().rev().find(closes) else {
                continue;
            };
            let here = self.here;
            (self.here.chain, self.here.function, self.here.span) = (close.chain, close.function, close.span);
            self.record(world, EventKind::Refused { segment, view }, 52);
            self.here = here;
        }
    }

    /// Whether an object is a view that keeps the memory of a segment, and has not been released on any way.
    fn keeps(&self, world: &World, segment: ObjectId, view: ObjectId) -> bool {
        self.memory_of(world, view) == segment
            && world.heap.get(view).is_some_and(|view| {
                view.states == States::OPEN && !view.escaped && view.fields.get(self.known.keeps).is_some()
            })
    }
}
