//! Named tuples and dataclasses as values: `collections.namedtuple`, `typing.NamedTuple`, `dataclasses.replace`.

use std::rc::Rc;

use super::calls::Actuals;
use super::{Run, World};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::ArgKind;

/// Stands for what makes a named tuple, with the names of its fields as its first argument.
pub(super) const RECORD: &str = "collections.namedtuple()";

impl<'a> Run<'a> {
    /// `namedtuple("Job", "name process")`: what it gives is called as a class is.
    pub(super) fn record_class(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let record = Value::from(Atom::Path(self.names.path(RECORD)));
        let Some(names) = actuals
            .get(1)
            .and_then(|names| self.field_names(&world.heap, &names.value))
        else {
            return record;
        };
        let names = names.into_iter().map(|name| Atom::Str(name).into()).collect();
        let names = self.allocate_container(world, ObjectKind::Tuple, names, 26);
        let id = self.allocate(world, ObjectKind::Partial, States::empty(), 27);
        let function = self.known.function;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(function, record);
            object.items = Some(Rc::new(vec![names.into()]));
        }
        id.into()
    }

    /// The names that are given as one text, or one by one.
    fn field_names(&mut self, heap: &Heap, value: &Value) -> Option<Vec<Symbol>> {
        match value.single()? {
            Atom::Str(names) => {
                let names = self.name(names).replace(',', " ");
                Some(names.split_whitespace().map(|name| self.symbols.intern(name)).collect())
            }
            Atom::Object(id) => {
                let items = heap.get(id)?.items.clone()?;
                let name = |item: &Value| match item.single()? {
                    Atom::Str(name) => Some(name),
                    _ => None,
                };
                items.iter().map(name).collect()
            }
            _ => None,
        }
    }

    /// A call of what [`Self::record_class`] gave.
    pub(super) fn new_record(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let names = match actuals.first().and_then(|names| names.value.single()) {
            Some(Atom::Object(id)) if self.objects[id.0 as usize].kind == ObjectKind::Tuple => {
                let first = actuals.first().map(|names| names.value.clone()).unwrap_or_default();
                self.field_names(&world.heap, &first)
            }
            _ => None,
        };
        let Some(names) = names else {
            return match actuals.first().map(|actual| actual.kind) {
                Some(ArgKind::Positional) => {
                    let parts = actuals.iter().map(|actual| actual.value.clone()).collect();
                    self.allocate_container(world, ObjectKind::Tuple, parts, 11).into()
                }
                _ => self.new_dict(world, actuals),
            };
        };
        let mut parts = vec![Value::unknown(); names.len()];
        for (at, actual) in actuals.iter().skip(1).enumerate() {
            let at = match actual.kind {
                ArgKind::Positional => Some(at),
                ArgKind::Keyword(name) => names.iter().position(|known| *known == name),
                ArgKind::Star | ArgKind::DoubleStar => None,
            };
            if let Some(part) = at.and_then(|at| parts.get_mut(at)) {
                part.clone_from(&actual.value);
            }
            self.named.extend(actual.value.objects());
        }
        let id = self.allocate_container(world, ObjectKind::Tuple, parts.clone(), 11);
        if let Some(object) = world.heap.get_mut(id) {
            for (name, part) in names.into_iter().zip(parts) {
                object.fields.set(name, part);
            }
        }
        id.into()
    }

    /// Whether a class is built on `typing.NamedTuple`, or on what `namedtuple` gave.
    pub(super) fn is_record(&self, heap: &Heap, class: ObjectId) -> bool {
        let bases = heap.get(class).and_then(|class| class.items.as_deref());
        bases.into_iter().flatten().any(|base| match base.single() {
            Some(Atom::Path(path)) => self.names.dotted(path) == "typing.NamedTuple",
            _ => false,
        })
    }

    /// The elements of an object of such a class, by position.
    pub(super) fn set_record_items(&self, world: &mut World, id: ObjectId, fields: &[Symbol]) {
        if let Some(object) = world.heap.get_mut(id) {
            let items: Vec<Value> = fields
                .iter()
                .map(|field| object.fields.get(*field).cloned().unwrap_or_else(Value::unknown))
                .collect();
            for item in &items {
                object.elements.join(item);
            }
            object.items = Some(Rc::new(items));
        }
    }

    /// `dataclasses.replace(object, name=value)`, `copy.replace`: another object, with what is given in place of what it had.
    pub(super) fn replaced(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let Some((first, rest)) = actuals.split_first() else {
            return Value::unknown();
        };
        let Some(Atom::Object(id)) = first.value.single() else {
            return first.value.clone();
        };
        let kind = self.objects[id.0 as usize].kind;
        let (true, Some(old)) = (matches!(kind, ObjectKind::Instance(_)), world.heap.get(id).cloned()) else {
            return first.value.clone();
        };
        let new = self.allocate(world, kind, old.states, 28);
        if let Some(object) = world.heap.get_mut(new) {
            object.fields = old.fields;
            object.elements = old.elements;
            object.escaped |= old.escaped;
            for actual in rest {
                if let ArgKind::Keyword(name) = actual.kind {
                    object.fields.set(name, actual.value.clone());
                }
            }
        }
        new.into()
    }
}
