//! `contextlib.ExitStack`: what is given to one is called when its block is left, last first.
//!
//! The object of the stack holds what is to be called as its elements. Each is a `partial`; of a context manager that was
//! entered, one of a function that leaves it.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::model::events::ContextKind;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;

/// Stands for the function that leaves a context manager.
pub(super) const LEAVE: &str = "contextlib.ExitStack().leave";

impl<'a> Run<'a> {
    pub(super) fn is_exit_stack(&self, world: &World, id: ObjectId) -> bool {
        self.kind_of(&world.heap, id)
            .is_some_and(|kind| self.api.kind(kind).name == "exit-stack")
    }

    /// A method of a stack.
    pub(super) fn exit_stack_method(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        actuals: &Actuals,
    ) -> Value {
        let first = actuals
            .first()
            .map_or_else(Value::unknown, |actual| actual.value.clone());
        match self.name(name) {
            "callback" | "push_async_callback" => {
                let call = self.partial_of(world, actuals);
                self.add_to_stack(world, id, call, actuals);
                first
            }
            "enter_context" | "enter_async_context" => {
                let entered = self.enter_context(frame, world, &first);
                let leave = self.leaving(world, first);
                self.add_to_stack(world, id, leave, actuals);
                entered
            }
            "push" | "push_async_exit" => {
                // A context manager that was entered, or a function that is called as its `__exit__` is.
                let is_function = |atom: &Atom| matches!(atom, Atom::Function(..) | Atom::Bound(_));
                let call = if first.atoms().iter().any(is_function) {
                    let none = vec![Atom::None.into(), Atom::None.into(), Atom::None.into()];
                    self.partial_with(world, first.clone(), none)
                } else {
                    self.leaving(world, first.clone())
                };
                self.add_to_stack(world, id, call, actuals);
                first
            }
            "close" | "aclose" | "__exit__" | "__aexit__" => {
                self.leave_stack(frame, world, id);
                Atom::None.into()
            }
            "__enter__" | "__aenter__" => self.enter_stack(world, id),
            // Another stack takes it all over; when that one is left is not known.
            "pop_all" => {
                self.hand_over_stack(world, id);
                Value::unknown()
            }
            _ => {
                self.escape_all(world, actuals);
                Value::unknown()
            }
        }
    }

    /// `partial(function, …)` of what is called with.
    fn partial_of(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let key = self.here.key;
        self.here.key ^= 0x1000_0000;
        let partial = self.partial(world, actuals);
        self.here.key = key;
        partial
    }

    fn partial_with(&mut self, world: &mut World, function: Value, given: Vec<Value>) -> Value {
        let id = self.allocate(world, ObjectKind::Partial, States::empty(), 25);
        let name = self.known.function;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, function);
            for value in &given {
                object.elements.join(value);
            }
            object.items = Some(std::rc::Rc::new(given));
        }
        id.into()
    }

    fn leaving(&mut self, world: &mut World, manager: Value) -> Value {
        let leave = Atom::Path(self.names.path(LEAVE)).into();
        self.partial_with(world, leave, vec![manager])
    }

    /// What is on a stack is left where nobody sees it.
    fn hand_over_stack(&mut self, world: &mut World, id: ObjectId) {
        for held in self.take_from_stack(world, id) {
            let (function, given) = match held.single() {
                Some(Atom::Object(id)) => self.partial_parts(world, id),
                _ => continue,
            };
            self.hand_over(world, &function);
            for actual in &given {
                self.hand_over(world, &actual.value);
            }
        }
    }

    /// At the end of a script: what is left on stacks that nobody entered.
    pub(super) fn hand_over_stacks(&mut self, world: &mut World) {
        for id in std::mem::take(&mut self.open_stacks) {
            self.hand_over_stack(world, id);
        }
    }

    /// Puts something on a stack. Where nobody has entered the stack, whoever closes it may be out of sight: of a method that a
    /// stranger calls it is, of a script it is not.
    fn add_to_stack(&mut self, world: &mut World, id: ObjectId, call: Value, given: &Actuals) {
        let entered = self.known.entered;
        let in_loop = !self.loops.is_empty() || self.comprehensions > 0;
        let mut is_entered = false;
        if let Some(stack) = world.heap.get_mut(id) {
            is_entered = stack.fields.get(entered).is_some() && !stack.escaped;
            let mut items = match &stack.items {
                Some(items) => Some(items.to_vec()),
                None => stack.elements.is_never().then(Vec::new),
            };
            if let Some(items) = &mut items {
                items.push(call.clone());
            }
            stack.items = items.filter(|_| !in_loop).map(std::rc::Rc::new);
            stack.elements.join(&call);
        }
        self.named.extend(call.objects());
        let is_in_sight = self.contexts[self.context.0 as usize].kind == ContextKind::Main
            && world.heap.get(id).is_some_and(|stack| !stack.escaped);
        if !is_entered && is_in_sight {
            self.open_stacks.push(id);
        } else if !is_entered {
            for actual in given {
                self.hand_over(world, &actual.value.clone());
            }
        }
    }

    /// `with stack:`
    pub(super) fn enter_stack(&mut self, world: &mut World, id: ObjectId) -> Value {
        let entered = self.known.entered;
        if let Some(stack) = world.heap.get_mut(id) {
            stack.fields.set(entered, Atom::Bool(true).into());
        }
        id.into()
    }

    /// What is on a stack, last first; the stack is empty afterwards.
    fn take_from_stack(&mut self, world: &mut World, id: ObjectId) -> Vec<Value> {
        let Some(stack) = world.heap.get_mut(id) else {
            return Vec::new();
        };
        let items = stack.items.take();
        let elements = std::mem::take(&mut stack.elements);
        match items {
            Some(items) => items.iter().rev().cloned().collect(),
            // In which order is not known: as they are found in the program.
            None => elements.atoms().iter().rev().map(|&atom| atom.into()).collect(),
        }
    }

    /// Calls what is on a stack.
    pub(super) fn leave_stack(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) {
        let here = self.here;
        for (at, call) in self.take_from_stack(world, id).into_iter().enumerate() {
            // A place of its own for each; whoever reads of it wants to know where it was put on the stack.
            self.here.key = here.key ^ (0x0100_0000 * (at as u32 % 15 + 1));
            if let Some(call) = call.objects().next() {
                self.here.span = self.objects[call.0 as usize].span;
            }
            self.call_value(frame, world, &call, &Actuals::new());
        }
        self.here = here;
    }
}
