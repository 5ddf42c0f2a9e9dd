//! Methods of the objects of libraries: what they do to the object's states, and what they return.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::api::{Effect, Family, Method};
use crate::model::events::{Arguments, ContextKind, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;

impl<'a> Run<'a> {
    /// A method of an object, where no class of the program overrides it.
    pub(super) fn call_method(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        actuals: &Actuals,
    ) -> Option<Value> {
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return Some(self.container_method(world, id, name, actuals));
        };
        let known = self.api.kind(kind);
        if known.name == "exit-stack" {
            return Some(self.exit_stack_method(frame, world, id, name, actuals));
        }
        let Some(method) = known.methods.get(self.symbols.name(name)) else {
            // A method that the tables do not have: of an open file or a cursor, or new in a later version.
            self.escape_all(world, actuals);
            if known.family == Family::View {
                self.note_access(world, id, false);
                return Some(Value::unknown());
            }
            if !matches!(known.family, Family::Process | Family::Pool | Family::Executor) {
                return Some(Value::unknown());
            }
            self.escape(world, &id.into());
            return Some(Value::unknown());
        };
        let actuals = &self.settle_arguments(world, actuals);
        let arguments = self.bind_arguments(&method.params, actuals);
        self.method_result(frame, world, id, name, method, arguments, actuals, false)
    }

    /// A library's own method, reached past the program's override of it.
    pub(super) fn call_base_method(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        actuals: &Actuals,
    ) -> Option<Value> {
        let Some(method) = self
            .kind_of(&world.heap, id)
            .and_then(|kind| self.api.kind(kind).methods.get(self.symbols.name(name)))
        else {
            if self.is_exit_stack(world, id) {
                return Some(self.exit_stack_method(frame, world, id, name, actuals));
            }
            if let Some(inner) = self.contents(&world.heap, id) {
                return Some(self.container_method(world, inner, name, actuals));
            }
            return Some(Value::unknown());
        };
        let arguments = self.bind_arguments(&method.params, actuals);
        self.method_result(frame, world, id, name, method, arguments, actuals, true)
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, and each is a fact of the call")]
    pub(super) fn method_result(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        method: &'a Method,
        arguments: Arguments<'a>,
        actuals: &Actuals,
        base: bool,
    ) -> Option<Value> {
        if let Some(work) = method.work.as_ref().filter(|_| method.effect == Effect::Submit) {
            self.draw_tasks(world, work, &arguments);
        }
        self.method_event(world, id, name, method, arguments.clone(), base);
        self.put_in_proxy(world, id, name, actuals);
        let value = match method.effect {
            Effect::IsAlive => Atom::Alive(id).into(),
            Effect::Start => {
                self.note_start(world, id);
                self.start(frame, world, id);
                Atom::None.into()
            }
            Effect::Submit | Effect::Call => {
                if let Some(work) = &method.work {
                    let kind = if method.effect == Effect::Submit {
                        ContextKind::Task
                    } else {
                        ContextKind::Main
                    };
                    // `pool.apply` runs one task and waits for it.
                    self.one_by_one = method.waits && work.each.is_none() && work.each_args.is_none();
                    self.take_work(frame, world, Some(id), work, &arguments, kind);
                    self.one_by_one = false;
                }
                self.product(world, id, method, actuals)
            }
            Effect::RunInExecutor => {
                self.run_in_executor(frame, world, &arguments, actuals);
                Value::unknown()
            }
            Effect::Run => {
                self.run_target_here(frame, world, id);
                Atom::None.into()
            }
            Effect::Put => {
                if let Some(argument) = method.data.as_deref().and_then(|data| arguments.get(data)) {
                    let item = argument.value.clone();
                    let is_instance =
                        |id: ObjectId| matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_));
                    // A class says by itself what it means.
                    let is_class = matches!(item.single(), Some(Atom::Object(id))
                        if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_)));
                    let constant = is_class || world.heap.is_constant(&item, is_instance);
                    if let Some(queue) = world.heap.get_mut(id) {
                        queue.elements.join(&item);
                        queue.states.remove(States::SILENT | States::PUT | States::ENDED);
                        queue.states.insert(if constant { States::ENDED } else { States::PUT });
                    }
                    self.note_on_the_way(world, id, &item);
                }
                Atom::None.into()
            }
            Effect::Get | Effect::Recv => {
                let items = world
                    .heap
                    .get(id)
                    .map(|queue| queue.elements.clone())
                    .unwrap_or_default();
                // What other processes put is not seen here.
                let mut found = items.filter(|atom| !matches!(atom, Atom::None)).or(&Value::unknown());
                found.insert(Atom::Received(id));
                found
            }
            Effect::Shared => {
                self.note_access(world, id, false);
                Atom::ReadFrom(id).into()
            }
            Effect::LockOf => self.lock_of(world, id),
            Effect::RawOf => id.into(),
            Effect::Acquire => Atom::Scalar.into(),
            _ => {
                if method.keeps
                    || (method.effect == Effect::None && method.product.is_none() && method.params.is_empty())
                {
                    self.escape_all(world, actuals);
                }
                self.product(world, id, method, actuals)
            }
        };
        Some(value)
    }

    pub(super) fn product(&mut self, world: &mut World, id: ObjectId, method: &'a Method, actuals: &Actuals) -> Value {
        match method.product {
            Some(kind) => {
                let made = self.allocate_library(world, kind, None, None, 5);
                let object_name = self.known.object;
                // A view of a view is one on the same memory.
                let source = self.memory_of(world, id);
                if let Some(object) = world.heap.get_mut(made) {
                    object.fields.set(object_name, source.into());
                    if source != id {
                        self.keeps_memory = true;
                        object.fields.set(self.known.keeps, Atom::Bool(true).into());
                    }
                }
                // `manager.list([[], []])`
                if let Some(Atom::Object(content)) = actuals.first().and_then(|actual| actual.value.single())
                    && let Some(elements) = world.heap.get(content).map(|content| content.elements.clone())
                {
                    self.keep_in_proxy(world, made, &elements);
                }
                made.into()
            }
            None => self.returned(method.returns, actuals),
        }
    }

    /// Records the call of a method and moves its object to its next state.
    pub(super) fn method_event(
        &mut self,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        method: &'a Method,
        arguments: Arguments<'a>,
        base: bool,
    ) {
        if world.expecting > 0
            && let Some(object) = world.heap.get_mut(id)
        {
            object.escaped = true;
        }
        let bounded = method
            .timeout
            .as_deref()
            .and_then(|timeout| arguments.get(timeout))
            .is_some_and(|argument| argument.value.single() != Some(Atom::None));
        // `shutdown(wait=False)`
        let shuts_down_without_waiting = arguments.open
            || arguments
                .get("wait")
                .is_some_and(|wait| wait.value.single() != Some(Atom::Bool(true)));
        self.record(
            world,
            EventKind::Method {
                object: id,
                name,
                method,
                arguments,
                base,
                direct: !self.handed_on,
            },
            0,
        );
        // Whoever has waited has given the feeder threads their time.
        if matches!(
            method.effect,
            Effect::Get
                | Effect::Recv
                | Effect::Join
                | Effect::Wait
                | Effect::JoinTasks
                | Effect::GetResult
                | Effect::Flush
                | Effect::Terminate
        ) {
            self.note_gone_out(world);
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let family = self.api.kind(kind).family;
        // Before `start()` these raise, and change nothing.
        let unstarted = family == Family::Process
            && matches!(method.effect, Effect::Join | Effect::Terminate)
            && world.heap.get(id).is_some_and(|object| object.states.must(States::NEW));
        if unstarted {
            // The process can still be started, and has been found fault with once.
            if let Some(object) = world.heap.get_mut(id) {
                object.states = States::NEW | States::JOINED;
            }
            return;
        }
        match (family, method.effect) {
            (Family::Result, effect) => {
                self.advance_result(world, id, effect, bounded);
                return;
            }
            (Family::Pool, Effect::Terminate) => self.settle_results(world, id, true),
            (Family::Pool, Effect::Join) => self.settle_results(world, id, false),
            (Family::Executor, Effect::Close) if !shuts_down_without_waiting => self.settle_results(world, id, false),
            _ => {}
        }
        let next = match (family, method.effect) {
            (Family::Process | Family::Thread, Effect::Start) => States::STARTED,
            (Family::Process | Family::ProcessGroup, Effect::Join) | (Family::Thread, Effect::JoinThread)
                if bounded =>
            {
                States::STARTED | States::JOINED
            }
            (Family::Process | Family::ProcessGroup, Effect::Join) | (Family::Thread, Effect::JoinThread) => {
                States::JOINED
            }
            (Family::Process, Effect::Terminate) => States::TERMINATED,
            (Family::Process, Effect::Close) => States::CLOSED,
            (Family::Pool | Family::ThreadPool, Effect::Close | Effect::Terminate) => States::CLOSED,
            (Family::Pool | Family::ThreadPool, Effect::Join) => States::JOINED,
            (
                Family::Executor | Family::Manager | Family::Connection | Family::Segment | Family::View,
                Effect::Close,
            ) => States::CLOSED,
            (Family::Manager, Effect::StartWorkers) => States::OPEN,
            (Family::Queue | Family::Connection, Effect::Get | Effect::Recv) => {
                let puts = world.heap.get(id).map_or(States::empty(), |object| object.states);
                States::READ | States::TAKEN | (puts & (States::SILENT | States::PUT | States::ENDED))
            }
            (Family::Queue, Effect::TaskDone) => {
                if let Some(queue) = world.heap.get_mut(id) {
                    queue.states.remove(States::TAKEN);
                }
                return;
            }
            (Family::Event, Effect::Set) => {
                if let Some(event) = world.heap.get_mut(id) {
                    event.states.remove(States::SILENT);
                }
                return;
            }
            (Family::Lock | Family::Shared | Family::Condition | Family::ThreadPrimitive, Effect::Acquire) => {
                self.take_lock(world, id);
                return;
            }
            (Family::Lock | Family::Shared | Family::Condition | Family::ThreadPrimitive, Effect::Release) => {
                self.give_lock(world, id);
                return;
            }
            _ => return,
        };
        if let Some(object) = world.heap.get_mut(id) {
            // Code that is not followed may still have the object, whatever happens to it here.
            object.states = next | (object.states & States::LOST);
        }
    }
}
