//! Reading and setting variables, wherever they live, and the temporaries of a frame.

use std::rc::Rc;

use super::frame::{Frame, State};
use super::{Run, World};
use crate::model::code::UnitId;
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{FunctionId, Place, Slot, Temp};

impl<'a> Run<'a> {
    pub(super) fn temp(&self, frame: &Frame<'a>, temp: Temp) -> Value {
        frame.temps.get(temp.0 as usize).cloned().unwrap_or_default()
    }

    pub(super) fn set(&self, frame: &mut Frame<'a>, temp: Temp, value: Value) {
        if let Some(slot) = frame.temps.get_mut(temp.0 as usize) {
            *slot = value;
        }
    }

    /// The object with the variables of the function `up` levels outward.
    fn frame_at(&self, frame: &Frame<'a>, up: u32) -> Option<ObjectId> {
        if up == 0 {
            return frame.own;
        }
        let mut at = frame.closure?;
        for _ in 1..up {
            at = self.objects[at.0 as usize].outer?;
        }
        Some(at)
    }

    /// The value of a variable.
    pub(super) fn read(&mut self, frame: &Frame<'a>, state: &State, place: Place, or_else: Option<Place>) -> Value {
        match place {
            Place::Local(Slot(slot)) => state.slots.get(slot as usize).cloned().unwrap_or_default(),
            Place::Cell { up, slot } => self
                .frame_at(frame, up)
                .and_then(|own| state.world.heap.get(own)?.items.as_ref()?.get(slot.0 as usize).cloned())
                .filter(|value| !value.is_never())
                .unwrap_or_else(Value::unknown),
            Place::Global(name) => self.read_global(frame, &state.world, name),
            Place::Class(name) => {
                let own = frame
                    .class
                    .and_then(|class| state.world.heap.get(class)?.fields.get(name).cloned());
                match (own, or_else) {
                    (Some(value), _) => value,
                    (None, Some(place)) => self.read(frame, state, place, None),
                    (None, None) => Value::unknown(),
                }
            }
        }
    }

    pub(super) fn read_global(&mut self, frame: &Frame<'a>, world: &World, name: Symbol) -> Value {
        self.global_of(frame.id, world, name)
    }

    /// What a function finds under the name of a global.
    pub(super) fn global_of(&mut self, function: FunctionId, world: &World, name: Symbol) -> Value {
        let space = self.namespace_of(function);
        if let Some(value) = world.heap.get(space).and_then(|space| space.fields.get(name)) {
            return value.clone();
        }
        if self.code.home(function) != UnitId::ROOT && name == self.known.quoted_name {
            return Atom::Path(self.names.path(super::builtins::IMPORTED_NAME)).into();
        }
        if super::builtin_names::is_builtin(self.symbols.name(name))
            || self
                .api
                .exception(&format!("builtins.{}", self.symbols.name(name)))
                .is_some()
        {
            let builtins = self.names.path("builtins");
            return Atom::Path(self.child(builtins, name)).into();
        }
        Value::unknown()
    }

    /// Sets a variable.
    pub(super) fn write(&mut self, frame: &Frame<'a>, state: &mut State, place: Place, value: Value) {
        self.named.extend(value.objects());
        match place {
            Place::Local(Slot(slot)) => {
                let slot = slot as usize;
                // What is so already stays shared.
                if state.slots.get(slot).is_some_and(|variable| *variable != value) {
                    Rc::make_mut(&mut state.slots)[slot] = value;
                }
            }
            Place::Cell { up, slot } => {
                if let Some(own) = self.frame_at(frame, up)
                    && let Some(object) = state.world.heap.get_mut(own)
                    && let Some(items) = &mut object.items
                    && let Some(variable) = Rc::make_mut(items).get_mut(slot.0 as usize)
                {
                    *variable = value;
                }
            }
            Place::Global(name) => {
                self.stored.extend(value.objects());
                // What a script keeps under its guard is nobody else's.
                if !(state.world.main_only && frame.id == FunctionId::MODULE) {
                    self.open_to_others.extend(value.objects());
                }
                if let Some(space) = state.world.heap.get_mut(self.namespace_of(frame.id)) {
                    space.fields.set(name, value);
                }
            }
            Place::Class(name) => {
                if let Some(class) = frame.class
                    && let Some(object) = state.world.heap.get_mut(class)
                {
                    object.fields.set(name, value);
                }
            }
        }
    }
}
