//! The functions of `operator` that make functions: what they give is a `partial` of a function that no program can name.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::model::heap::ObjectKind;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

/// Stands for the function behind `methodcaller`: the name of the method, its arguments, and the object.
pub(super) const CALL: &str = "operator.methodcaller()";
/// Stands for the function behind `attrgetter`: the name of the attribute, and the object.
pub(super) const ATTRIBUTE: &str = "operator.attrgetter()";
/// Stands for the function behind `itemgetter`: the key, and the container.
pub(super) const ITEM: &str = "operator.itemgetter()";

impl<'a> Run<'a> {
    /// `methodcaller("join", 5)`
    pub(super) fn operator_with(&mut self, world: &mut World, function: &str, actuals: &Actuals) -> Value {
        let id = self.allocate(world, ObjectKind::Partial, States::empty(), 29);
        let name = self.known.function;
        let function = Atom::Path(self.names.path(function)).into();
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, function);
            for actual in actuals {
                object.elements.join(&actual.value);
            }
            object.items = Some(std::rc::Rc::new(
                actuals.iter().map(|actual| actual.value.clone()).collect(),
            ));
        }
        id.into()
    }

    /// A call of what [`Self::operator_with`] gave.
    pub(super) fn operate_on(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        function: &str,
        actuals: &Actuals,
    ) -> Option<Value> {
        let ([first, given @ ..], Some(object)) = (actuals.split_last()?.1, actuals.last()) else {
            return Some(Value::unknown());
        };
        let object = object.value.clone();
        Some(match function {
            ITEM => self.item(frame, world, &object, &first.value),
            _ => {
                let Some(Atom::Str(name)) = first.value.single() else {
                    self.escape(world, &object);
                    return Some(Value::unknown());
                };
                let mut found = object;
                let names = self.name(name).to_owned();
                for part in names.split('.') {
                    let part = self.symbols.intern(part);
                    found = self.attribute(frame, world, &found, part);
                }
                if function == ATTRIBUTE {
                    return Some(found);
                }
                let given = given.iter().cloned().collect();
                return self.call_value(frame, world, &found, &given);
            }
        })
    }

    /// `functools.reduce(function, items, first)`: one call stands for all.
    pub(super) fn reduce(&mut self, frame: &Frame<'a>, world: &mut World, actuals: &Actuals) -> Value {
        let [function, items, rest @ ..] = actuals.as_slice() else {
            return Value::unknown();
        };
        let item = self.elements_of(world, &items.value.clone());
        let before = rest.first().map_or_else(|| item.clone(), |first| first.value.clone());
        self.comprehensions += 1;
        let result = self.call_values(frame, world, &function.value.clone(), vec![before.clone(), item]);
        self.comprehensions -= 1;
        result.unwrap_or_else(Value::unknown).or(&before)
    }
}
