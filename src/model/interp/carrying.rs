//! What a call takes along that the analysis follows: objects of libraries, classes and functions of process libraries, and
//! functions of the program that have to do with these. What takes nothing along is mostly not followed.

use super::calls::Actuals;
use super::{Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::PathId;
use crate::model::value::{Atom, Value};

impl Run<'_> {
    /// Whether a call carries anything that the analysis follows.
    pub(super) fn carries(&self, world: &World, receiver: Option<&Value>, actuals: &Actuals) -> bool {
        let values = receiver.into_iter().chain(actuals.iter().map(|actual| &actual.value));
        if values.clone().any(|value| self.names_process(value)) {
            return true;
        }
        let reached = world.heap.reachable(values, |id| self.names.unbind(id).0);
        reached.into_iter().any(|id| match self.objects[id.0 as usize].kind {
            ObjectKind::Library(_) => true,
            ObjectKind::Instance(_) => self.kind_of(&world.heap, id).is_some() || self.holds_process_name(world, id),
            ObjectKind::Partial => self.holds_process_name(world, id),
            _ => false,
        })
    }

    /// Whether the module of a name that is not linked, or was not when it was imported, holds a process, pool or queue by
    /// now: whatever is called in it may have to do with that.
    pub(super) fn module_holds_processes(&self, world: &World, path: PathId) -> bool {
        let module = self.global_with(path).map(|(id, _)| self.spaces.object(id));
        let Some(module) = module.and_then(|module| world.heap.get(module)) else {
            return false;
        };
        let is_of_processes = |id: ObjectId| {
            let kind = self.kind_of(&world.heap, id);
            kind.is_some_and(|kind| self.api.is_process_kind(kind))
        };
        module.fields.iter().flat_map(|(_, value)| value.objects()).any(|id| {
            let elements = world
                .heap
                .get(id)
                .into_iter()
                .flat_map(|object| object.elements.objects());
            is_of_processes(id) || elements.into_iter().any(is_of_processes)
        })
    }

    /// Whether a value is a class or function of a process library.
    pub(super) fn names_process(&self, value: &Value) -> bool {
        value.atoms().iter().any(|atom| match *atom {
            Atom::Path(path) | Atom::Member(_, path) => match self.names.entry(path) {
                Some(entry) => self.api.is_process_entry(entry),
                // The library itself.
                None => self.api.is_process_path(self.names.dotted(path)),
            },
            // A function of the program that has to do with processes itself.
            Atom::Function(function, _) => self.relevant[function.0 as usize],
            _ => false,
        })
    }

    /// Whether an object holds a class or function of a process library: a factory.
    pub(super) fn holds_process_name(&self, world: &World, id: ObjectId) -> bool {
        let object = world.heap.get(id);
        object.is_some_and(|object| object.fields.iter().any(|(_, value)| self.names_process(value)))
    }
}
