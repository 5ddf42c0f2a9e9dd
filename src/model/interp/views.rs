//! Views on shared memory: the `buf` of a segment, its slices, and arrays that lie on it.

use super::calls::Actuals;
use super::{Run, World};
use crate::api::{Entry, Family};
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};

impl Run<'_> {
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
        let Some(kind) = self.api.kind_named(kind) else {
            return Value::unknown();
        };
        let memory = self.memory_of(world, id);
        let view = self.allocate_library(world, kind, None, None, 51);
        if let Some(object) = world.heap.get_mut(view) {
            object.fields.set(self.known.object, memory.into());
        }
        view.into()
    }
}
