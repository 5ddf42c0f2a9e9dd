//! Calls of functions and classes of libraries: what the tables say that they do, and the objects that they make.

use super::calls::{Actual, Actuals};
use super::frame::Frame;
use super::{Run, World};
use crate::api::{Effect, Entry, Family, Kind, Returns};
use crate::model::events::{Argument, Arguments, ContextKind, EventKind, process_of};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::PathId;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{ArgKind, FunctionKind};

/// The states of an object that its library has just made.
pub(super) fn first_states(kind: &Kind) -> States {
    match kind.family {
        Family::Process | Family::Thread => States::NEW,
        Family::ProcessGroup | Family::Result => States::STARTED,
        Family::Pool | Family::Executor | Family::Segment | Family::View => States::OPEN,
        Family::ThreadPool if kind.name != "interpreter-executor" => States::OPEN,
        Family::Manager if kind.name == "manager" => States::OPEN,
        Family::Manager => States::NEW,
        Family::Queue | Family::Connection => States::UNREAD,
        Family::Lock | Family::Condition | Family::ThreadPrimitive => States::FREE,
        Family::Shared if kind.locks => States::FREE,
        _ => States::empty(),
    }
}

/// The states of an object of a subclass before the library's constructor has run.
pub(super) fn bare_states(kind: &Kind) -> States {
    match kind.family {
        Family::Process | Family::Thread => States::BARE,
        _ => first_states(kind),
    }
}

impl<'a> Run<'a> {
    /// Matches the arguments of a call to the parameters of a library's function.
    pub(super) fn bind_arguments(&mut self, params: &'a [String], actuals: &[Actual]) -> Arguments<'a> {
        let mut bound = Arguments::default();
        let mut position = 0;
        let mut keyword_only = false;
        for actual in actuals {
            let mut param = "";
            match actual.kind {
                ArgKind::Positional => {
                    if let Some(next) = params.get(position)
                        && !keyword_only
                    {
                        if next == "*" {
                            keyword_only = true;
                        } else if !next.starts_with('*') {
                            param = next;
                            position += 1;
                        }
                    }
                }
                ArgKind::Keyword(name) => {
                    let text = self.symbols.name(name);
                    param = params.iter().find(|param| *param == text).map_or("", String::as_str);
                }
                ArgKind::Star | ArgKind::DoubleStar => {
                    bound.open = true;
                    continue;
                }
            }
            bound.list.push(Argument {
                param,
                value: actual.value.clone(),
                span: actual.span,
                keyword: match actual.kind {
                    ArgKind::Keyword(name) => Some(name),
                    _ => None,
                },
                shape: actual.shape,
                parenthesized: actual.parenthesized,
            });
        }
        bound
    }

    /// A call of something that is known by its dotted name.
    pub(super) fn call_path(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        path: PathId,
        context: Option<ObjectId>,
        actuals: &Actuals,
    ) -> Option<Value> {
        if let Some(entry) = self.names.entry(path) {
            let actuals = self.settle_arguments(world, actuals);
            return self.call_entry(frame, world, path, entry, context, &actuals);
        }
        // `Process.__init__(self, …)`, `Process.start(self)`
        let dotted = self.names.dotted(path).to_owned();
        self.note_gpu_call(world, &dotted, actuals);
        if let Some((owner, member)) = dotted.rsplit_once('.') {
            let owner = self.names.path(owner);
            // `Exception.__init__(self, …)`
            if member == "__init__"
                && self.api.exception(self.names.dotted(owner)).is_some()
                && let Some((receiver, rest)) = actuals.split_first()
                && let Some(Atom::Object(id)) = receiver.value.single()
            {
                let rest: Actuals = rest.iter().cloned().collect();
                self.init_library(world, id, owner, context, &rest);
                return Some(Atom::None.into());
            }
            if let Some(entry) = self.names.entry(owner)
                && entry.class
                && let Some((receiver, rest)) = actuals.split_first()
                && let Some(Atom::Object(id)) = receiver.value.single()
            {
                let rest: Actuals = rest.iter().cloned().collect();
                if member == "__init__" {
                    self.init_library(world, id, owner, context, &rest);
                    return Some(Atom::None.into());
                }
                let name = self.symbols.intern(member);
                // In an override the class's own method is meant; anywhere else it is a call like any other.
                if frame.receiver.single() == Some(Atom::Object(id)) {
                    return self.call_base_method(frame, world, id, name, &rest);
                }
                return self.call_method(frame, world, id, name, &rest);
            }
        }
        self.call_builtin(frame, world, &dotted, actuals)
    }

    fn call_entry(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        path: PathId,
        entry: &'a Entry,
        context: Option<ObjectId>,
        actuals: &Actuals,
    ) -> Option<Value> {
        let arguments = self.bind_arguments(&entry.params, actuals);
        match entry.effect {
            Effect::Exit | Effect::ExitNow => {
                self.record(world, EventKind::Call { entry, arguments }, 0);
                self.note_exit(world);
                return None;
            }
            Effect::ActiveChildren => {
                self.record(world, EventKind::Call { entry, arguments }, 0);
                return Some(self.active_children(world));
            }
            Effect::ReadsInput => self.note_pause(),
            // Of those in the main process nobody asks.
            Effect::Logs => {
                for actual in actuals {
                    self.ask(world, &actual.value);
                }
                if process_of(&self.contexts, self.context).is_none() {
                    return Some(Value::unknown());
                }
            }
            Effect::WhoAmI if entry.canonical.ends_with("parent_process") => return Some(Value::unknown()),
            Effect::AtExit => {
                self.record(world, EventKind::Call { entry, arguments }, 0);
                self.register_at_exit(actuals);
                for actual in actuals {
                    self.hand_over(world, &actual.value.clone());
                }
                return Some(self.returned(entry.returns, actuals));
            }
            _ => {}
        }
        // `memoryview(segment.buf)`
        if let Some(view) = self.view_of_view(world, entry, actuals) {
            return Some(view);
        }
        let Some(kind) = entry.makes else {
            self.record(
                world,
                EventKind::Call {
                    entry,
                    arguments: arguments.clone(),
                },
                0,
            );
            self.note_default_context(world, entry, context, &arguments);
            if entry.effect == Effect::GetStartMethod {
                return Some(self.start_method_name(context.is_some()));
            }
            if let Some(work) = &entry.work {
                self.take_work(frame, world, None, work, &arguments, ContextKind::Child);
            }
            if entry.effect == Effect::Wait {
                return Some(self.wait_for_results(world, entry, &arguments));
            }
            return Some(self.returned(entry.returns, actuals));
        };
        let family = self.api.kind(kind).family;
        // `subprocess.run(…)`
        if family == Family::Other {
            self.note_pause();
        }
        if family == Family::Pipe {
            let connection = self.api.kind_named("connection").unwrap_or(kind);
            let ends =
                [1, 2].map(|tag| Value::from(self.allocate_library(world, connection, Some(path), context, tag)));
            for (end, tag) in ends.iter().zip([1, 2]) {
                if let Some(object) = end.objects().next() {
                    self.record(
                        world,
                        EventKind::Make {
                            object,
                            entry,
                            arguments: arguments.clone(),
                        },
                        tag,
                    );
                }
            }
            return Some(
                self.allocate_container(world, ObjectKind::Tuple, ends.to_vec(), 3)
                    .into(),
            );
        }
        let object = self.allocate_library(world, kind, Some(path), context, 0);
        self.construct(frame, world, object, entry, arguments, actuals);
        Some(object.into())
    }

    /// The constructor of a library's class, applied to an object of a subclass.
    pub(super) fn init_library(
        &mut self,
        world: &mut World,
        id: ObjectId,
        path: PathId,
        context: Option<ObjectId>,
        actuals: &Actuals,
    ) {
        let Some(entry) = self.names.entry(path) else {
            if self.api.exception(self.names.dotted(path)).is_some() {
                self.set_given(world, id, actuals);
            } else if let Some(container) = self.container_named(path) {
                self.begin_contents(world, id, container, actuals);
            }
            return;
        };
        let actuals = &self.settle_arguments(world, actuals);
        let info = &mut self.objects[id.0 as usize];
        info.path = Some(path);
        info.context = context;
        if let Some(kind) = entry.makes {
            let states = first_states(self.api.kind(kind));
            if let Some(object) = world.heap.get_mut(id) {
                object.states = states;
            }
        }
        let arguments = self.bind_arguments(&entry.params, actuals);
        self.construct_object(world, id, entry, arguments);
    }

    /// The children of this process that may be running: not those of its parent.
    fn active_children(&mut self, world: &mut World) -> Value {
        let here = process_of(&self.contexts, self.context);
        let ids: Vec<ObjectId> = world
            .heap
            .iter()
            .filter(|(id, object)| {
                let chain = self.objects[id.0 as usize].chain;
                let owner = process_of(&self.contexts, self.chains[chain.0 as usize].context);
                owner == here
                    && object.states.may(States::STARTED)
                    && self
                        .kind_of(&world.heap, *id)
                        .is_some_and(|kind| self.api.kind(kind).family == Family::Process)
            })
            .map(|(id, _)| id)
            .collect();
        let elements: Value = ids.into_iter().map(Atom::Object).collect();
        self.allocate_elements(world, ObjectKind::List, elements, 21).into()
    }

    fn construct(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        object: ObjectId,
        entry: &'a Entry,
        arguments: Arguments<'a>,
        actuals: &Actuals,
    ) {
        let Some(kind) = self.kind_of(&world.heap, object) else {
            self.construct_object(world, object, entry, arguments);
            return;
        };
        if self.api.kind(kind).family == Family::Iterator {
            let name = self.objects[object.0 as usize]
                .path
                .map(|path| self.names.dotted(path).to_owned());
            let elements = self.iterated_elements(frame, world, name.as_deref().unwrap_or_default(), actuals);
            if let Some(object) = world.heap.get_mut(object) {
                object.elements = elements;
            }
        }
        self.construct_object(world, object, entry, arguments.clone());
        let Some(work) = &entry.work else { return };
        match self.api.kind(kind).family {
            Family::Pool | Family::Executor => {
                self.take_work(frame, world, Some(object), work, &arguments, ContextKind::Initializer);
            }
            _ if work.starts => {
                self.take_work(frame, world, Some(object), work, &arguments, ContextKind::Child);
                // It waits for what it has started, unless it is told not to.
                let joins = arguments.get("join").map(|join| join.value.single());
                if let Some(object) = world.heap.get_mut(object) {
                    object.states = match joins {
                        None | Some(Some(Atom::Bool(true))) => States::JOINED,
                        Some(Some(Atom::Bool(false))) => States::STARTED,
                        Some(_) => States::STARTED | States::JOINED,
                    };
                }
            }
            _ => {}
        }
    }

    /// Notes what an object was made of.
    fn construct_object(&mut self, world: &mut World, object: ObjectId, entry: &'a Entry, arguments: Arguments<'a>) {
        let known = [
            (
                self.known.object,
                entry.params.iter().find(|param| *param == "thing").map(String::as_str),
            ),
            (self.known.target, entry.work.as_ref().map(|work| work.func.as_str())),
            (
                self.known.args,
                entry.work.as_ref().and_then(|work| work.args.as_deref()),
            ),
            (
                self.known.kwargs,
                entry.work.as_ref().and_then(|work| work.kwargs.as_deref()),
            ),
            (
                self.known.lock,
                entry.params.iter().find(|param| *param == "lock").map(String::as_str),
            ),
            (self.known.daemon, Some("daemon")),
            (
                self.known.size,
                entry
                    .params
                    .iter()
                    .find(|param| matches!(param.as_str(), "processes" | "max_workers" | "nprocs"))
                    .map(String::as_str),
            ),
            (
                self.known.method,
                entry
                    .params
                    .iter()
                    .find(|param| matches!(param.as_str(), "method" | "start_method"))
                    .map(String::as_str),
            ),
            (
                self.known.context,
                entry
                    .params
                    .iter()
                    .find(|param| *param == "mp_context" || *param == "context")
                    .map(String::as_str),
            ),
        ];
        let open = arguments.open;
        for (field, param) in known {
            let Some(param) = param else { continue };
            let value = match arguments.get(param) {
                Some(argument) => argument.value.clone(),
                None if open => Value::unknown(),
                None => continue,
            };
            // `lock=True` and `lock=False` say whether there is one, not which.
            if field == self.known.lock && value.objects().next().is_none() {
                continue;
            }
            if let Some(object) = world.heap.get_mut(object) {
                object.fields.set(field, value);
            }
        }
        self.record(
            world,
            EventKind::Make {
                object,
                entry,
                arguments: arguments.clone(),
            },
            0,
        );
        let context = self.objects[object.0 as usize].context;
        self.note_default_context(world, entry, context, &arguments);
    }

    /// Whether it was made by calling a `def` that yields.
    fn is_generator(&self, id: ObjectId) -> bool {
        matches!(self.objects[id.0 as usize].kind, ObjectKind::Generator(Some(function))
            if self.code.function(function).kind == FunctionKind::Def)
    }

    pub(super) fn returned(&self, returns: Returns, actuals: &[Actual]) -> Value {
        match returns {
            Returns::Unknown | Returns::List => Value::unknown(),
            Returns::Scalar => Atom::Scalar.into(),
            Returns::Text => Atom::Text.into(),
            Returns::Processors => Atom::Processors { least: 1, all: true }.into(),
            // `gather(*coroutines)` has one for each, or none.
            Returns::FirstArgument => match actuals.first() {
                // A coroutine is what it returns; one that yields is refused.
                Some(first) if first.value.objects().any(|id| self.is_generator(id)) => Value::unknown(),
                Some(first) if matches!(first.kind, ArgKind::Positional | ArgKind::Keyword(_)) => first.value.clone(),
                _ => Value::unknown(),
            },
        }
    }
}
