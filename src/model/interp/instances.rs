//! Making objects of the program's classes, dataclasses among them.

use super::calls::{Actual, Actuals};
use super::classes::Ancestor;
use super::frame::Frame;
use super::{Run, World};
use crate::model::events::EventKind;
use crate::model::heap::{Descriptor, Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{Annotated, ArgKind, Taken};

impl<'a> Run<'a> {
    /// A call of a class of the program.
    pub(super) fn instantiate(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        class: ObjectId,
        actuals: &Actuals,
    ) -> Option<Value> {
        // What `__new__` gives, if that is an object of the class: another one, or always the same.
        let new = self.known.new;
        let maker = self.in_program(&world.heap, class, new);
        if let Some(maker @ Atom::Function(function, _)) = maker
            && !self.is_running(function)
        {
            let mut given = Actuals::from_elem(Actual::positional(class.into(), self.here.span), 1);
            given.extend(actuals.iter().cloned());
            let made = self.call_value(frame, world, &maker.into(), &given)?;
            let is_own = |id: ObjectId| self.objects[id.0 as usize].kind == ObjectKind::Instance(class);
            if let Some(made @ Atom::Object(id)) = made.single()
                && is_own(id)
            {
                let init = self.known.init;
                if let Some(method) = self.class_attribute(frame, world, class, init, made) {
                    self.call_value(frame, world, &method, actuals)?;
                }
                return Some(made.into());
            }
        }
        let base = self.library_base(&world.heap, class, 0);
        let states = match base {
            Some((path, _)) => self
                .names
                .entry(path)
                .and_then(|entry| entry.makes)
                .map_or(States::empty(), |kind| super::library::bare_states(self.api.kind(kind))),
            None => States::empty(),
        };
        let id = self.allocate(world, ObjectKind::Instance(class), states, 0);
        self.begin_exception(world, id, class, actuals);
        let container = self.container_base(&world.heap, class, 0);
        let init = self.known.init;
        if let Some(method) = self.class_attribute(frame, world, class, init, Atom::Object(id)) {
            if let Some(container) = container {
                self.begin_contents(world, id, container, &Actuals::new());
            }
            self.call_value(frame, world, &method, actuals)?;
        } else if let Some(container) = container {
            self.begin_contents(world, id, container, actuals);
        } else if self.is_dataclass(&world.heap, class) {
            self.init_dataclass(frame, world, id, class, actuals);
        } else if let Some((path, context)) = base {
            self.init_library(world, id, path, context, actuals);
        } else if let Some(object) = world.heap.get_mut(id) {
            // A dataclass, or a base that we cannot see: keywords are most likely fields of the same names.
            for actual in actuals {
                match actual.kind {
                    ArgKind::Keyword(name) => object.fields.set(name, actual.value.clone()),
                    _ => {
                        object.elements.join(&actual.value);
                    }
                }
            }
            // What a base that we cannot see does with the rest is not known.
            if self.resolution_order(&world.heap, class).contains(&Ancestor::Unknown) {
                for actual in actuals.iter().filter(|actual| actual.kind == ArgKind::Positional) {
                    self.escape(world, &actual.value);
                }
            }
        }
        self.record(world, EventKind::Instance { object: id }, 9);
        Some(id.into())
    }

    /// What a class or a base of it in the program has under a name.
    pub(super) fn in_program(&self, heap: &Heap, class: ObjectId, name: Symbol) -> Option<Atom> {
        self.resolution_order(heap, class)
            .into_iter()
            .find_map(|ancestor| match ancestor {
                Ancestor::Program(class) => heap.get(class)?.fields.get(name)?.single(),
                _ => None,
            })
    }

    /// `super().__new__(cls)`, where no class of the program makes the object.
    pub(super) fn bare_instance(&mut self, world: &mut World, class: &Value) -> Value {
        let Some(Atom::Object(class)) = class.single() else {
            return Value::unknown();
        };
        if !matches!(self.objects[class.0 as usize].kind, ObjectKind::Class(_)) {
            return Value::unknown();
        }
        let container = self.container_base(&world.heap, class, 0);
        let id = self.allocate(world, ObjectKind::Instance(class), States::empty(), 0);
        if let Some(container) = container {
            self.begin_contents(world, id, container, &Actuals::new());
        }
        id.into()
    }

    /// Whether a class or a base of it is decorated as a dataclass.
    fn is_dataclass(&self, heap: &Heap, class: ObjectId) -> bool {
        self.resolution_order(heap, class)
            .into_iter()
            .any(|ancestor| match ancestor {
                Ancestor::Program(class) => match self.objects[class.0 as usize].kind {
                    ObjectKind::Class(id) => {
                        self.code
                            .class(id)
                            .decorators
                            .iter()
                            .any(|name| name.last().is_some_and(|last| self.name(*last) == "dataclass"))
                            || self.is_record(heap, class)
                    }
                    _ => false,
                },
                _ => false,
            })
    }

    /// The fields of a dataclass, those of its bases first.
    fn dataclass_fields(&self, heap: &Heap, class: ObjectId) -> Vec<Annotated> {
        let mut fields: Vec<Annotated> = Vec::new();
        for ancestor in self.resolution_order(heap, class).into_iter().rev() {
            if let Ancestor::Program(class) = ancestor
                && let ObjectKind::Class(id) = self.objects[class.0 as usize].kind
            {
                for &field in &self.code.class(id).annotated {
                    match fields.iter_mut().find(|known| known.name == field.name) {
                        Some(known) => *known = field,
                        None => fields.push(field),
                    }
                }
            }
        }
        fields
    }

    /// The `__init__` that a dataclass is given: keywords and defaults become fields, then `__post_init__` runs.
    fn init_dataclass(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        class: ObjectId,
        actuals: &Actuals,
    ) {
        let mut defaults = Vec::new();
        for ancestor in self.resolution_order(&world.heap, class).into_iter().rev() {
            if let Ancestor::Program(class) = ancestor
                && let Some(object) = world.heap.get(class)
            {
                for (name, value) in object.fields.iter() {
                    if let Some(Atom::Object(field)) = value.single()
                        && self.objects[field.0 as usize].kind == ObjectKind::Descriptor(Descriptor::Field)
                        && let Some(factory) = world
                            .heap
                            .get(field)
                            .and_then(|field| field.fields.get(self.known.function))
                    {
                        defaults.push((name, factory.clone()));
                    }
                }
            }
        }
        let fields = self.dataclass_fields(&world.heap, class);
        let by_place: Vec<Symbol> = fields
            .iter()
            .filter(|field| field.taken == Taken::Anyhow)
            .map(|field| field.name)
            .collect();
        // What is known to be given, under its name.
        let mut given: Vec<(Symbol, Value)> = Vec::new();
        for (at, actual) in actuals.iter().enumerate() {
            self.named.extend(actual.value.objects());
            self.stored.extend(actual.value.objects());
            self.in_attributes.extend(actual.value.objects());
            match (actual.kind, by_place.get(at)) {
                (ArgKind::Keyword(name), _) | (ArgKind::Positional, Some(&name)) => {
                    given.push((name, actual.value.clone()));
                }
                _ => {
                    if let Some(object) = world.heap.get_mut(id) {
                        object.elements.join(&actual.value);
                    }
                }
            }
        }
        for (at, (name, factory)) in defaults.into_iter().enumerate() {
            // A factory is called for what is not given only.
            if given.iter().any(|(given, _)| *given == name) {
                continue;
            }
            let key = self.here.key;
            self.here.key ^= 0x4000_0000 + ((at as u32) << 20);
            let made = self
                .call_values(frame, world, &factory, Vec::new())
                .unwrap_or_else(Value::unknown);
            self.here.key = key;
            self.named.extend(made.objects());
            if let Some(object) = world.heap.get_mut(id) {
                object.fields.set(name, made);
            }
        }
        let passed_on: Vec<Symbol> = fields
            .iter()
            .filter(|field| field.passed_on)
            .map(|field| field.name)
            .collect();
        for (name, value) in &given {
            if !passed_on.contains(name)
                && let Some(object) = world.heap.get_mut(id)
            {
                object.fields.set(*name, value.clone());
            }
        }
        if self.is_record(&world.heap, class) {
            let names: Vec<Symbol> = fields.iter().map(|field| field.name).collect();
            self.set_record_items(world, id, &names);
        }
        let post = self.known.post_init;
        if let Some(method) = self.class_attribute(frame, world, class, post, Atom::Object(id)) {
            // Each `InitVar` is given on, or the default of it.
            let mut values = Vec::new();
            for name in passed_on {
                let value = match given.iter().find(|(given, _)| *given == name) {
                    Some((_, value)) => value.clone(),
                    None => self
                        .class_attribute(frame, world, class, name, Atom::Object(id))
                        .unwrap_or_else(Value::unknown),
                };
                values.push(value);
            }
            self.call_values(frame, world, &method, values);
        }
    }
}
