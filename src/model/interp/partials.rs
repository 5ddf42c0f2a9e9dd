//! `functools.partial`: a function with some of its arguments.

use std::rc::Rc;

use super::calls::{Actual, Actuals};
use super::{Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::Value;
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
            if name != self.known.function {
                given.push(Actual {
                    kind: ArgKind::Keyword(name),
                    ..Actual::positional(value.clone(), span)
                });
            }
        }
        (function, given)
    }
}
