//! `functools.partial`: a function with some of its arguments.

use std::rc::Rc;

use super::calls::{Actual, Actuals};
use super::{Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::ArgKind;

impl Run<'_> {
    /// What `partial(…)` makes.
    pub(super) fn partial(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let Some((function, rest)) = actuals.split_first() else {
            return Value::unknown();
        };
        let id = self.allocate(world, ObjectKind::Partial, States::empty(), 0);
        let name = self.known.function;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, function.value.clone());
            let mut items = Vec::new();
            for actual in rest {
                object.elements.join(&actual.value);
                match actual.kind {
                    ArgKind::Keyword(name) => object.fields.set(name, actual.value.clone()),
                    ArgKind::Positional => items.push(actual.value.clone()),
                    // How many more there are is not known.
                    ArgKind::Star | ArgKind::DoubleStar => object.escaped = true,
                }
            }
            object.items = Some(Rc::new(items));
        }
        id.into()
    }

    /// `partialmethod(…)` in the body of a class.
    pub(super) fn partial_method(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let partial = self.partial(world, actuals);
        let mark = self.known.partial_method;
        for id in partial.objects() {
            if let Some(object) = world.heap.get_mut(id) {
                object.fields.set(mark, Atom::Bool(true).into());
            }
        }
        partial
    }

    /// What a `partialmethod` is as an attribute of an object: a `partial` of the method of that object. None where it is
    /// another object.
    pub(super) fn bound_partial_method(&mut self, world: &mut World, id: ObjectId, receiver: Atom) -> Option<Value> {
        let object = world.heap.get(id)?.clone();
        object.fields.get(self.known.partial_method)?;
        let Some(Atom::Function(function, closure)) = object.fields.get(self.known.function)?.single() else {
            return None;
        };
        let method = self.names.bound(receiver, MethodRef::User(function, closure));
        let bound = self.allocate(world, ObjectKind::Partial, States::empty(), 31);
        let (mark, name) = (self.known.partial_method, self.known.function);
        if let Some(partial) = world.heap.get_mut(bound) {
            *partial = object;
            partial.fields.remove(mark);
            partial.fields.set(name, method.into());
        }
        Some(bound.into())
    }

    /// The function and the arguments that a `partial` holds.
    pub(super) fn partial_parts(&self, world: &World, id: ObjectId) -> (Value, Actuals) {
        let Some(object) = world.heap.get(id) else {
            return (Value::unknown(), Actuals::new());
        };
        let function = object
            .fields
            .get(self.known.function)
            .cloned()
            .unwrap_or_else(Value::unknown);
        let span = self.objects[id.0 as usize].span;
        let mut given: Actuals = object
            .items
            .iter()
            .flat_map(|items| items.iter())
            .map(|v| Actual::positional(v.clone(), span))
            .collect();
        for (name, value) in object.fields.iter() {
            if name != self.known.function && name != self.known.partial_method {
                given.push(Actual {
                    kind: ArgKind::Keyword(name),
                    ..Actual::positional(value.clone(), span)
                });
            }
        }
        (function, given)
    }
}
