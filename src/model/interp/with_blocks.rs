//! `with`: entering and leaving context managers, and the locks that are held in between.

use super::frame::Frame;
use super::{Run, World, builtins};
use crate::api::Family;
use crate::model::events::{Arguments, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

impl<'a> Run<'a> {
    /// `with value as …`: what `__enter__` gives.
    pub(super) fn enter_context(&mut self, frame: &Frame<'a>, world: &mut World, value: &Value) -> Value {
        let mut entered = Value::never();
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => entered.join(&self.enter_object(frame, world, id)),
                Atom::None => false,
                Atom::Path(path) if self.names.dotted(path) == builtins::EXPECTING => {
                    world.expecting = world.expecting.saturating_add(1);
                    entered.insert(Atom::Unknown)
                }
                Atom::Path(path) if self.names.dotted(path).starts_with(builtins::NOTHING_TO_LOCK) => {
                    let caught = builtins::swallowed(self.names.dotted(path));
                    world.swallowed.push(caught);
                    entered.insert(Atom::None)
                }
                _ => {
                    world.maybe_locks = world.maybe_locks.saturating_add(1);
                    entered.insert(Atom::Unknown)
                }
            };
        }
        if entered.is_never() { Value::unknown() } else { entered }
    }

    fn enter_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) -> Value {
        if let ObjectKind::Generator(Some(_)) = self.objects[id.0 as usize].kind {
            return self.enter_generator(world, id);
        }
        if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind {
            for name in [self.known.enter, self.known.aenter] {
                if let Some(method) = self.class_attribute(frame, world, class, name, Atom::Object(id)) {
                    return self
                        .call_values(frame, world, &method, Vec::new())
                        .unwrap_or_else(Value::unknown);
                }
            }
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return id.into();
        };
        let known = self.api.kind(kind);
        match known.family {
            _ if known.name == "exit-stack" => return self.enter_stack(world, id),
            _ if known.name == "closing" => return self.to_be_closed(world, id),
            Family::Lock | Family::Condition | Family::ThreadPrimitive => self.enter_lock(world, id),
            Family::Shared if known.locks => self.enter_lock(world, id),
            Family::Executor => {
                let entered = self.known.entered;
                if let Some(object) = world.heap.get_mut(id) {
                    object.fields.set(entered, Atom::Bool(true).into());
                }
            }
            Family::Manager if known.name == "unstarted-manager" => {
                if let Some(method) = known.methods.get("start") {
                    let name = self.symbols.intern("start");
                    self.method_event(world, id, name, method, Arguments::default(), false);
                }
            }
            _ => {}
        }
        id.into()
    }

    /// The end of a `with` block.
    pub(super) fn exit_context(&mut self, frame: &Frame<'a>, world: &mut World, value: &Value, exceptional: bool) {
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => self.exit_object(frame, world, id, exceptional),
                Atom::None => {}
                Atom::Path(path) if self.names.dotted(path) == builtins::EXPECTING => {
                    world.expecting = world.expecting.saturating_sub(1);
                }
                Atom::Path(path) if self.names.dotted(path).starts_with(builtins::NOTHING_TO_LOCK) => {
                    world.swallowed.pop();
                }
                _ => world.maybe_locks = world.maybe_locks.saturating_sub(1),
            }
        }
    }

    fn exit_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId, exceptional: bool) {
        if let ObjectKind::Generator(Some(_)) = self.objects[id.0 as usize].kind {
            self.exit_generator(world, id, exceptional);
            return;
        }
        if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind {
            for name in [self.known.exit, self.known.aexit] {
                if let Some(method) = self.class_attribute(frame, world, class, name, Atom::Object(id)) {
                    let arguments = vec![Value::unknown(), Value::unknown(), Value::unknown()];
                    self.call_values(frame, world, &method, arguments);
                    return;
                }
            }
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let known = self.api.kind(kind);
        match known.family {
            _ if known.name == "exit-stack" => self.leave_stack(frame, world, id),
            _ if known.name == "closing" => {
                let inner = self.to_be_closed(world, id);
                let close = self.symbols.intern("close");
                let close = self.attribute(frame, world, &inner, close);
                self.call_values(frame, world, &close, Vec::new());
            }
            Family::Lock | Family::Condition | Family::ThreadPrimitive => self.give_lock(world, id),
            Family::Shared if known.locks => self.give_lock(world, id),
            Family::Connection => {
                if let Some(object) = world.heap.get_mut(id) {
                    object.states = States::CLOSED | (object.states & States::LOST);
                }
            }
            Family::View => {
                if let Some(view) = world.heap.get_mut(id) {
                    view.states = States::CLOSED;
                }
            }
            Family::Pool | Family::ThreadPool | Family::Executor | Family::Manager => {
                let open = world.heap.get(id).is_some_and(|object| object.states.may(States::OPEN));
                if open
                    && !exceptional
                    && let Some((ending, method)) = ["terminate", "shutdown"]
                        .iter()
                        .find_map(|ending| Some((ending, known.methods.get(*ending)?)))
                    && known.family != Family::Manager
                {
                    // What leaving the block does to a pool or an executor.
                    let name = self.symbols.intern(ending);
                    self.record(
                        world,
                        EventKind::Method {
                            object: id,
                            name,
                            method,
                            arguments: Arguments::default(),
                            base: true,
                            direct: false,
                        },
                        8,
                    );
                }
                // `closing(pool)` only closes it, and what has been handed on may have been closed by others.
                let escaped = world.heap.get(id).is_some_and(|object| object.escaped);
                match known.family {
                    Family::Pool if !escaped => self.settle_results(world, id, true),
                    Family::Executor => self.settle_results(world, id, false),
                    _ => {}
                }
                let entered = self.known.entered;
                if let Some(object) = world.heap.get_mut(id) {
                    object.states = States::CLOSED;
                    object.fields.remove(entered);
                }
            }
            _ => {}
        }
    }

    /// What a `closing(…)` is about.
    fn to_be_closed(&self, world: &World, id: ObjectId) -> Value {
        let inner = world
            .heap
            .get(id)
            .and_then(|object| object.fields.get(self.known.object));
        inner.cloned().unwrap_or_else(Value::unknown)
    }

    /// The lock of a shared value or a condition, where it was given one; else the object is its own.
    pub(super) fn lock_of(&self, world: &World, id: ObjectId) -> Value {
        world
            .heap
            .get(id)
            .and_then(|object| object.fields.get(self.known.lock).cloned())
            .unwrap_or_else(|| id.into())
    }

    /// `with lock:`
    fn enter_lock(&mut self, world: &mut World, id: ObjectId) {
        if let Some(Atom::Object(lock)) = self.lock_of(world, id).single() {
            self.record(world, EventKind::TakeLock { lock }, 0);
        }
        self.take_lock(world, id);
    }

    /// Takes a lock, or the lock of an object that has one.
    pub(super) fn take_lock(&mut self, world: &mut World, id: ObjectId) {
        let Some(Atom::Object(lock)) = self.lock_of(world, id).single() else {
            world.maybe_locks = world.maybe_locks.saturating_add(1);
            return;
        };
        world.held.push(lock);
        if let Some(object) = world.heap.get_mut(lock) {
            object.states = States::HELD;
        }
    }

    /// Gives back what [`Self::take_lock`] has taken.
    pub(super) fn give_lock(&mut self, world: &mut World, id: ObjectId) {
        let Some(Atom::Object(lock)) = self.lock_of(world, id).single() else {
            world.maybe_locks = world.maybe_locks.saturating_sub(1);
            return;
        };
        world.maybe_held.retain(|held| *held != lock);
        if let Some(at) = world.held.iter().rposition(|&held| held == lock) {
            world.held.remove(at);
        }
        if let Some(object) = world.heap.get_mut(lock) {
            object.states = States::FREE;
        }
    }
}
