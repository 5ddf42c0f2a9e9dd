//! What the iterators of `itertools` give, and what a loop over a file or a manager's list reads.

use super::calls::{Actual, Actuals};
use super::frame::Frame;
use super::{Run, World};
use crate::api::Family;
use crate::model::events::Arguments;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::ir::ArgKind;

impl<'a> Run<'a> {
    /// A loop over an open file reads its lines, one over a manager's list what the manager holds.
    pub(super) fn note_lines(&mut self, world: &mut World, iterable: &Value) {
        let Some(Atom::Object(id)) = iterable.single() else {
            return;
        };
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let kind = self.api.kind(kind);
        match kind.family {
            Family::File => {
                if let Some(method) = kind.methods.get("readline") {
                    let name = self.symbols.intern("readline");
                    self.method_event(world, id, name, method, Arguments::default(), false);
                }
            }
            Family::Shared if kind.name == "proxy" => self.note_access(world, id, false),
            _ => {}
        }
    }

    /// What any element of an iterator is that a function of this name makes.
    pub(super) fn iterated_elements(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        name: &str,
        actuals: &Actuals,
    ) -> Value {
        let given: Vec<Value> = actuals
            .iter()
            .filter(|actual| actual.kind == ArgKind::Positional)
            .map(|actual| actual.value.clone())
            .collect();
        let open = actuals
            .iter()
            .any(|actual| matches!(actual.kind, ArgKind::Star | ArgKind::DoubleStar));
        let named = |name: &str| self.keyword(actuals, name);
        match name {
            "itertools.repeat" => {
                let object = given.first().cloned().or_else(|| named("object"));
                object.unwrap_or_else(Value::unknown)
            }
            "itertools.count" => Atom::Scalar.into(),
            "itertools.cycle" => self.elements_of_nth(world, &given, 0),
            "itertools.islice" | "itertools.compress" => self.some_elements_of(world, &given, 0),
            "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse" => {
                self.some_elements_of(world, &given, 1)
            }
            "itertools.chain.from_iterable" => {
                let inner = self.elements_of_nth(world, &given, 0);
                self.elements_of(world, &inner)
            }
            // How many parts a tuple has is not known.
            "itertools.zip_longest" | "itertools.product" if open => self
                .allocate_elements(world, ObjectKind::Tuple, Value::unknown(), 11)
                .into(),
            "itertools.zip_longest" => {
                // Where one of them is shorter; nothing tells which.
                let fill = named("fillvalue").filter(|fill| fill.objects().next().is_some());
                let mut parts: Vec<Value> = given.iter().map(|part| self.elements_of(world, part)).collect();
                for part in &mut parts {
                    part.join(&fill.clone().unwrap_or_default());
                }
                self.tuple_of(world, parts)
            }
            "itertools.product" if named("repeat").is_none() => {
                let parts = given.iter().map(|part| self.elements_of(world, part)).collect();
                self.tuple_of(world, parts)
            }
            "itertools.pairwise" => {
                let part = self.elements_of_nth(world, &given, 0);
                self.tuple_of(world, vec![part.clone(), part])
            }
            "itertools.product"
            | "itertools.permutations"
            | "itertools.combinations"
            | "itertools.combinations_with_replacement"
            | "itertools.batched" => {
                let mut any = Value::never();
                let sources = if name == "itertools.product" {
                    &given[..]
                } else {
                    given.get(..1).unwrap_or_default()
                };
                for source in sources {
                    any.join(&self.elements_of(world, source));
                }
                let any = self.some_of(world, any);
                self.allocate_elements(world, ObjectKind::Iterable, any, 11).into()
            }
            "itertools.groupby" => {
                let elements = self.some_elements_of(world, &given, 0);
                let group = self.allocate_elements(world, ObjectKind::Iterable, elements, 10);
                self.tuple_of(world, vec![Value::unknown(), group.into()])
            }
            "itertools.starmap" => {
                let Some(function) = given.first() else {
                    return Value::unknown();
                };
                let element = self.elements_of_nth(world, &given, 1);
                let parts = match element.single() {
                    Some(Atom::Object(id)) => self.items_of(world, id),
                    _ => None,
                };
                // As a call in a comprehension.
                self.comprehensions += 1;
                let result = match parts {
                    Some(parts) => self.call_values(frame, world, function, parts),
                    None => {
                        let rest = Actual::star(Value::unknown(), self.here.span);
                        self.call_value(frame, world, function, &Actuals::from_iter([rest]))
                    }
                };
                self.comprehensions -= 1;
                result.unwrap_or_else(Value::unknown)
            }
            _ => {
                let mut elements = Value::never();
                for actual in actuals {
                    let drawn = self.elements_of(world, &actual.value);
                    // `chain(*parts)` gives what each of the parts gives.
                    elements.join(&match actual.kind {
                        ArgKind::Star => self.elements_of(world, &drawn),
                        _ => drawn,
                    });
                }
                elements
            }
        }
    }

    fn keyword(&self, actuals: &Actuals, name: &str) -> Option<Value> {
        let is_it = |actual: &&Actual| matches!(actual.kind, ArgKind::Keyword(keyword) if self.name(keyword) == name);
        actuals.iter().find(is_it).map(|actual| actual.value.clone())
    }

    fn elements_of_nth(&mut self, world: &mut World, given: &[Value], at: usize) -> Value {
        match given.get(at) {
            Some(source) => self.elements_of(world, source),
            None => Value::unknown(),
        }
    }

    /// Elements of a part.
    fn some_elements_of(&mut self, world: &mut World, given: &[Value], at: usize) -> Value {
        let elements = self.elements_of_nth(world, given, at);
        self.some_of(world, elements)
    }

    /// Which of the elements a part has is not followed: what becomes of an element in it may become of another.
    fn some_of(&self, world: &World, mut elements: Value) -> Value {
        let has_states = |id| world.heap.get(id).is_some_and(|object| !object.states.is_empty());
        if elements.objects().any(has_states) {
            elements.insert(Atom::Unknown);
        }
        elements
    }

    fn tuple_of(&mut self, world: &mut World, parts: Vec<Value>) -> Value {
        self.allocate_container(world, ObjectKind::Tuple, parts, 11).into()
    }

    fn items_of(&self, world: &World, id: ObjectId) -> Option<Vec<Value>> {
        let object = world.heap.get(id).filter(|object| !object.uneven)?;
        object.items.as_ref().map(|items| items.to_vec())
    }
}
