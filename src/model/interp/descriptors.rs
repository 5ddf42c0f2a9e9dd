//! Attributes that code of the program gives and takes: properties with setters, and objects with `__get__` and `__set__` in
//! the body of a class.

use super::{Run, World};
use crate::model::heap::{Descriptor, Heap, ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::Symbol;

impl<'a> Run<'a> {
    /// What the class of an object has under a name, if that is one object.
    fn in_class(&self, heap: &Heap, id: ObjectId, name: Symbol) -> Option<ObjectId> {
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return None;
        };
        let order = self.resolution_order(heap, class);
        let value = order.into_iter().find_map(|ancestor| match ancestor {
            super::classes::Ancestor::Program(class) => heap.get(class)?.fields.get(name),
            _ => None,
        })?;
        match value.single()? {
            Atom::Object(found) => Some(found),
            _ => None,
        }
    }

    /// `object.name = value` where the class has code for that; says whether it has.
    pub(super) fn set_by_class(&mut self, world: &mut World, id: ObjectId, name: Symbol, value: &Value) -> bool {
        let Some(found) = self.in_class(&world.heap, id, name) else {
            return false;
        };
        match self.objects[found.0 as usize].kind {
            ObjectKind::Descriptor(Descriptor::Property) => {
                let setter = self.known.setter;
                let Some(setter) = world
                    .heap
                    .get(found)
                    .and_then(|found| found.fields.get(setter).cloned())
                else {
                    return false;
                };
                let frame = self.outermost();
                self.call_values(&frame, world, &setter, vec![id.into(), value.clone()]);
                true
            }
            ObjectKind::Instance(_) => {
                let given = [id.into(), value.clone()];
                self.special(world, &found.into(), &["__set__"], &given).is_some()
            }
            _ => false,
        }
    }

    /// `object.name` where the class has an object with code for that under the name.
    pub(super) fn get_by_class(&mut self, world: &mut World, id: ObjectId, name: Symbol) -> Option<Value> {
        let found = self.in_class(&world.heap, id, name)?;
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return None;
        };
        self.special(world, &found.into(), &["__get__"], &[id.into(), class.into()])
    }

    /// A new class tells the objects in its body under which names they are there.
    pub(super) fn tell_names(&mut self, world: &mut World, class: ObjectId) {
        let Some(object) = world.heap.get(class) else { return };
        let objects = object.fields.iter().filter_map(|(name, value)| match value.single()? {
            Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_)) => Some((name, id)),
            _ => None,
        });
        let objects: Vec<(Symbol, ObjectId)> = objects.collect();
        for (name, id) in objects {
            let given = [class.into(), Atom::Str(name).into()];
            self.special(world, &id.into(), &["__set_name__"], &given);
        }
    }
}
