//! Exceptions: what they are made of, and what leaves a task.

use super::calls::Actuals;
use super::frame::{Frame, State};
use super::{Run, World};
use crate::api::{ExceptionClass, Family};
use crate::files::Span;
use crate::model::events::{ContextKind, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::ir::{ArgKind, Block, OpKind, Temp};

impl<'a> Run<'a> {
    /// What is known of the exception class of Python's own that a class of the program is built on.
    pub(super) fn exception_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<ExceptionClass> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        bases.iter().find_map(|base| match base.single()? {
            Atom::Path(path) => self.api.exception(self.names.dotted(path)),
            Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_)) => {
                self.exception_base(heap, id, depth + 1)
            }
            _ => None,
        })
    }

    /// An exception is made: `BaseException.__new__` keeps what the class is called with as its `args`.
    pub(super) fn begin_exception(&mut self, world: &mut World, id: ObjectId, class: ObjectId, actuals: &Actuals) {
        match self.exception_base(&world.heap, class, 0) {
            Some(ExceptionClass::Os) => {
                let init = self.known.init;
                let overrides = self
                    .resolution_order(&world.heap, class)
                    .into_iter()
                    .any(|ancestor| match ancestor {
                        super::classes::Ancestor::Program(class) => world
                            .heap
                            .get(class)
                            .is_some_and(|class| class.fields.get(init).is_some()),
                        _ => false,
                    });
                // Its `__new__` leaves the arguments to an `__init__` that is overridden.
                let none = Actuals::new();
                self.set_given(world, id, if overrides { &none } else { actuals });
            }
            Some(_) => self.set_given(world, id, actuals),
            None => {}
        }
    }

    /// `BaseException.__init__` replaces the `args` by its own arguments.
    pub(super) fn set_given(&mut self, world: &mut World, id: ObjectId, actuals: &Actuals) {
        let open = actuals
            .iter()
            .any(|actual| matches!(actual.kind, ArgKind::Star | ArgKind::DoubleStar));
        let count = actuals
            .iter()
            .filter(|actual| actual.kind == ArgKind::Positional)
            .count();
        let given = if open { Atom::Unknown } else { Atom::Int(count as i64) };
        let name = self.known.given;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, given.into());
        }
    }

    /// The function of a task returns to the worker that runs it.
    pub(super) fn note_result(&mut self, frame: &Frame<'a>, block: &Block, temp: Option<Temp>, state: &State) {
        if self.stack.len() != 1 || self.aside > 0 || self.contexts[self.context.0 as usize].kind != ContextKind::Task {
            return;
        }
        let Some(temp) = temp else { return };
        let value = self.temp(frame, temp);
        let outer = self.here.span;
        self.here.span = place_of(block, temp).unwrap_or(outer);
        self.record(&state.world, EventKind::Return { value }, 30);
        self.here.span = outer;
    }

    /// Whether an exception that is raised here may leave a task.
    pub(super) fn is_in_task(&self, world: &World) -> bool {
        self.contexts[self.context.0 as usize].kind == ContextKind::Task
            && self.aside == 0
            && world.swallowed.is_empty()
    }

    /// An exception is raised in a task; whether a handler catches it is for the reader of the event to say.
    pub(super) fn note_raise(&mut self, frame: &Frame<'a>, block: &Block, temp: Option<Temp>, state: &mut State) {
        if !self.is_in_task(&state.world) {
            return;
        }
        let Some(temp) = temp else { return };
        let value = self.raised_value(frame, &mut state.world, temp);
        if value.objects().next().is_none() && !value.atoms().iter().any(|atom| matches!(atom, Atom::Path(_))) {
            return;
        }
        let outer = self.here.span;
        self.here.span = place_of(block, temp).unwrap_or(outer);
        self.record(&state.world, EventKind::Raise { value }, 31);
        self.here.span = outer;
    }

    /// `raise Failed` makes an object, as `raise Failed()` does.
    fn raised_value(&mut self, frame: &Frame<'a>, world: &mut World, temp: Temp) -> Value {
        let value = self.temp(frame, temp);
        let value = self.settled(world, &value);
        if let Some(made) = self.made_elsewhere(frame, world, temp) {
            return made;
        }
        match value.single() {
            Some(Atom::Object(class)) if matches!(self.objects[class.0 as usize].kind, ObjectKind::Class(_)) => self
                .instantiate(frame, world, class, &Actuals::new())
                .unwrap_or_else(Value::unknown),
            _ => value,
        }
    }

    /// `raise errors.Failed(…)`, where the module has nothing to do with processes and is not part of the program yet: now
    /// what the class is like does matter.
    fn made_elsewhere(&mut self, frame: &Frame<'a>, world: &mut World, temp: Temp) -> Option<Value> {
        let OpKind::Call { callee, args, .. } = frame.function.definition(temp)? else {
            return None;
        };
        let callee = self.temp(frame, *callee);
        let Some(Atom::Path(path)) = callee.single() else {
            return None;
        };
        if !self.is_unlinked(path) {
            return None;
        }
        let settled = self.settled(world, &callee);
        let Some(Atom::Object(class)) = settled.single() else {
            return None;
        };
        if !matches!(self.objects[class.0 as usize].kind, ObjectKind::Class(_)) {
            return None;
        }
        let actuals = self.actuals(frame, world, args);
        self.instantiate(frame, world, class, &actuals)
    }

    /// Something that cannot be called is called under the name of a method that it hides: `p.start()` after
    /// `p.start = time.time()`.
    pub(super) fn note_hidden_call(&mut self, frame: &Frame<'a>, world: &World, callee: Temp, target: &Value) {
        if target.atoms().is_empty() || !target.atoms().iter().all(|&atom| self.is_no_callable(atom)) {
            return;
        }
        let found = frame
            .function
            .blocks
            .iter()
            .flat_map(|block| &block.ops)
            .find_map(|op| match op.kind {
                OpKind::Attr { dst, base, name } if dst == callee => Some((base, name)),
                _ => None,
            });
        let Some((base, name)) = found else { return };
        let base = self.temp(frame, base);
        for object in base.objects() {
            if self.kind_of(&world.heap, object).is_some() {
                self.record(world, EventKind::HiddenCall { object, name }, 32);
            }
        }
    }

    pub(super) fn is_no_callable(&self, atom: Atom) -> bool {
        match atom {
            Atom::None
            | Atom::Bool(_)
            | Atom::Int(_)
            | Atom::Float(_)
            | Atom::Str(_)
            | Atom::Scalar
            | Atom::Text
            | Atom::Sized(_) => true,
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::List | ObjectKind::Tuple | ObjectKind::Set | ObjectKind::Dict => true,
                ObjectKind::Library(kind) => matches!(
                    self.api.kind(kind).family,
                    Family::Process
                        | Family::Pool
                        | Family::Executor
                        | Family::Queue
                        | Family::ThreadQueue
                        | Family::Pipe
                        | Family::Connection
                        | Family::Lock
                        | Family::Event
                        | Family::Condition
                        | Family::Barrier
                        | Family::Shared
                        | Family::ThreadPrimitive
                        | Family::Thread
                        | Family::File
                ),
                _ => false,
            },
            _ => false,
        }
    }
}

/// Where the value of a temp is made in a block.
fn place_of(block: &Block, temp: Temp) -> Option<Span> {
    block
        .ops
        .iter()
        .rev()
        .find(|op| op.kind.result() == Some(temp))
        .map(|op| op.span)
}
