//! Calls into libraries: what the tables say that they do.

use smallvec::SmallVec;

use super::calls::{Actual, Actuals};
use super::flow::Frame;
use super::{Run, World};
use crate::api::{Effect, Entry, Family, Kind, Method, Returns, Work};
use crate::model::events::{Argument, Arguments, ContextKind, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::PathId;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::ArgKind;

/// The states of an object that its library has just made.
pub(super) fn first_states(kind: &Kind) -> States {
    match kind.family {
        Family::Process | Family::Thread => States::NEW,
        Family::Pool | Family::Executor => States::OPEN,
        Family::ThreadPool if kind.name == "thread-pool" => States::OPEN,
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
            return self.call_entry(frame, world, path, entry, context, actuals);
        }
        // `Process.__init__(self, …)`, `Process.start(self)`
        let dotted = self.names.dotted(path).to_owned();
        if let Some((owner, member)) = dotted.rsplit_once('.') {
            let owner = self.names.path(owner);
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
            Effect::ActiveChildren => return Some(self.active_children(world)),
            Effect::WhoAmI if entry.canonical.ends_with("parent_process") => return Some(Value::unknown()),
            _ => {}
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
            if let Some(work) = &entry.work {
                self.take_work(frame, world, None, work, &arguments, ContextKind::Child);
            }
            return Some(self.returned(entry.returns, actuals));
        };
        let family = self.api.kind(kind).family;
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
        let Some(entry) = self.names.entry(path) else { return };
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
        self.construct_object(world, id, entry, arguments, actuals);
    }

    /// The processes that may be running.
    fn active_children(&mut self, world: &mut World) -> Value {
        let ids: Vec<ObjectId> = world
            .heap
            .iter()
            .filter(|(id, object)| {
                object.states.may(States::STARTED)
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
        self.construct_object(world, object, entry, arguments.clone(), actuals);
        let Some(work) = &entry.work else { return };
        let Some(kind) = self.kind_of(&world.heap, object) else {
            return;
        };
        match self.api.kind(kind).family {
            Family::Pool | Family::Executor => {
                self.take_work(frame, world, Some(object), work, &arguments, ContextKind::Initializer);
            }
            _ if work.starts => self.take_work(frame, world, Some(object), work, &arguments, ContextKind::Child),
            _ => {}
        }
    }

    /// Notes what an object was made of.
    fn construct_object(
        &mut self,
        world: &mut World,
        object: ObjectId,
        entry: &'a Entry,
        arguments: Arguments<'a>,
        actuals: &Actuals,
    ) {
        let known = [
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
                    .find(|param| matches!(param.as_str(), "processes" | "max_workers"))
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
        let keeps_elements = self
            .kind_of(&world.heap, object)
            .is_some_and(|kind| self.api.kind(kind).family == Family::Iterator);
        if keeps_elements {
            let mut elements = Value::never();
            for actual in actuals {
                elements.join(&self.elements_of(world, &actual.value));
            }
            if let Some(object) = world.heap.get_mut(object) {
                object.elements = elements;
            }
        }
        self.record(
            world,
            EventKind::Make {
                object,
                entry,
                arguments,
            },
            0,
        );
    }

    fn returned(&self, returns: Returns, actuals: &[Actual]) -> Value {
        match returns {
            Returns::Unknown | Returns::List => Value::unknown(),
            Returns::Scalar => Atom::Scalar.into(),
            Returns::Text => Atom::Text.into(),
            Returns::FirstArgument => actuals.first().map_or_else(Value::unknown, |first| first.value.clone()),
        }
    }

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
            return Some(self.container_method(frame, world, id, name, actuals));
        };
        let known = self.api.kind(kind);
        let Some(method) = known.methods.get(self.symbols.name(name)) else {
            // A method that the tables do not have: of an open file or a cursor, or new in a later version.
            self.escape_all(world, actuals);
            if !matches!(known.family, Family::Process | Family::Pool | Family::Executor) {
                return Some(Value::unknown());
            }
            self.escape(world, &id.into());
            return Some(Value::unknown());
        };
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
            return Some(Value::unknown());
        };
        let arguments = self.bind_arguments(&method.params, actuals);
        self.method_result(frame, world, id, name, method, arguments, actuals, true)
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, and each is a fact of the call")]
    fn method_result(
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
        self.method_event(world, id, name, method, arguments.clone(), base);
        let value = match method.effect {
            Effect::IsAlive => Atom::Alive(id).into(),
            Effect::Start => {
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
                    let constant = matches!(
                        item.single(),
                        Some(Atom::None | Atom::Str(_) | Atom::Bool(_) | Atom::Int(_) | Atom::Path(_))
                    );
                    if let Some(queue) = world.heap.get_mut(id) {
                        queue.elements.join(&item);
                        queue.states.remove(States::SILENT | States::PUT | States::ENDED);
                        queue.states.insert(if constant { States::ENDED } else { States::PUT });
                    }
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
                items.filter(|atom| !matches!(atom, Atom::None)).or(&Value::unknown())
            }
            Effect::Shared => Atom::ReadFrom(id).into(),
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

    fn product(&mut self, world: &mut World, id: ObjectId, method: &'a Method, actuals: &Actuals) -> Value {
        match method.product {
            Some(kind) => {
                let made = self.allocate_library(world, kind, None, None, 5);
                let object_name = self.known.object;
                if let Some(object) = world.heap.get_mut(made) {
                    object.fields.set(object_name, id.into());
                }
                made.into()
            }
            None => self.returned(method.returns, actuals),
        }
    }

    /// Records the call of a method and moves its object to its next state.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of the call")]
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
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let family = self.api.kind(kind).family;
        // Before `start()` these raise, and change nothing.
        let unstarted = family == Family::Process
            && matches!(method.effect, Effect::Join | Effect::Terminate)
            && world.heap.get(id).is_some_and(|object| object.states.must(States::NEW));
        if unstarted {
            return;
        }
        let next = match (family, method.effect) {
            (Family::Process | Family::Thread, Effect::Start) => States::STARTED,
            // It raises: the process can still be started, and has been found fault with once.
            (Family::Process, Effect::Join | Effect::Terminate)
                if world.heap.get(id).is_some_and(|process| process.states.must(States::NEW)) =>
            {
                States::NEW | States::JOINED
            }
            (Family::Process, Effect::Join) if bounded => States::STARTED | States::JOINED,
            (Family::Process, Effect::Join) => States::JOINED,
            (Family::Process, Effect::Terminate) => States::TERMINATED,
            (Family::Process, Effect::Close) => States::CLOSED,
            (Family::Pool | Family::ThreadPool, Effect::Close | Effect::Terminate) => States::CLOSED,
            (Family::Pool | Family::ThreadPool, Effect::Join) => States::JOINED,
            (Family::Executor | Family::Manager | Family::Connection, Effect::Close) => States::CLOSED,
            (Family::Manager, Effect::StartWorkers) => States::OPEN,
            (Family::Queue | Family::Connection, Effect::Get | Effect::Recv) => {
                let puts = world.heap.get(id).map_or(States::empty(), |object| object.states);
                States::READ | (puts & (States::SILENT | States::PUT | States::ENDED))
            }
            (Family::Lock | Family::Shared | Family::Condition | Family::ThreadPrimitive, Effect::Acquire) => {
                let lock = if family == Family::Shared {
                    self.lock_of(world, id)
                } else {
                    id.into()
                };
                match lock.single() {
                    Some(Atom::Object(lock)) => self.take_lock(world, lock),
                    _ => world.maybe_locks = world.maybe_locks.saturating_add(1),
                }
                return;
            }
            (Family::Lock | Family::Shared | Family::Condition | Family::ThreadPrimitive, Effect::Release) => {
                let lock = if family == Family::Shared {
                    self.lock_of(world, id)
                } else {
                    id.into()
                };
                match lock.single() {
                    Some(Atom::Object(lock)) => self.give_lock(world, lock),
                    _ => world.maybe_locks = world.maybe_locks.saturating_sub(1),
                }
                return;
            }
            _ => return,
        };
        if let Some(object) = world.heap.get_mut(id) {
            // Code that is not followed may still have the object, whatever happens to it here.
            object.states = next | (object.states & States::LOST);
        }
    }

    /// Hands work to another process, or to a thread or the caller itself (`ContextKind::Main`).
    fn take_work(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        object: Option<ObjectId>,
        work: &'a Work,
        arguments: &Arguments<'a>,
        kind: ContextKind,
    ) {
        let function = match arguments.get(&work.func) {
            Some(argument) => argument.value.clone(),
            None if arguments.open => Value::unknown(),
            None => return,
        };
        let mut actuals = Actuals::new();
        let span = self.here.span;
        let mut push = |value: Value| {
            actuals.push(Actual {
                kind: ArgKind::Positional,
                value,
                span,
                shape: crate::python::ir::ArgShape::Other,
                parenthesized: false,
            });
        };
        if work.rank {
            push(Atom::Scalar.into());
        }
        let mut open = arguments.open;
        let spread = |run: &mut Self, world: &mut World, value: &Value| -> Option<SmallVec<[Value; 4]>> {
            let mut all: Option<SmallVec<[Value; 4]>> = None;
            for &atom in value.atoms() {
                let Atom::Object(id) = atom else { return None };
                if !matches!(run.objects[id.0 as usize].kind, ObjectKind::Tuple | ObjectKind::List) {
                    return None;
                }
                let items = world.heap.get(id)?.items.clone()?;
                match &mut all {
                    Some(all) if all.len() == items.len() => {
                        for (all, item) in all.iter_mut().zip(items.iter()) {
                            all.join(item);
                        }
                    }
                    Some(_) => return None,
                    None => all = Some(items.iter().cloned().collect()),
                }
            }
            all
        };
        if let Some(args) = work.args.as_deref().and_then(|name| arguments.get(name)) {
            match spread(self, world, &args.value.clone()) {
                Some(values) => values.into_iter().for_each(&mut push),
                None => open = true,
            }
        }
        if let Some(each) = work.each.as_deref().and_then(|name| arguments.get(name)) {
            push(self.elements_of(world, &each.value.clone()));
        }
        if let Some(each) = work.each_args.as_deref().and_then(|name| arguments.get(name)) {
            let element = self.elements_of(world, &each.value.clone());
            match spread(self, world, &element) {
                Some(values) => values.into_iter().for_each(&mut push),
                None => open = true,
            }
        }
        if work.rest || work.each_rest {
            for argument in arguments.list.iter().filter(|argument| argument.param.is_empty()) {
                let value = if work.each_rest {
                    self.elements_of(world, &argument.value)
                } else {
                    argument.value.clone()
                };
                push(value);
            }
        }
        if let Some(kwargs) = work.kwargs.as_deref().and_then(|name| arguments.get(name)) {
            match kwargs.value.single() {
                Some(Atom::Object(id)) if self.objects[id.0 as usize].kind == ObjectKind::Dict => {
                    let fields: Vec<(Symbol, Value)> = world
                        .heap
                        .get(id)
                        .into_iter()
                        .flat_map(|o| o.fields.iter().map(|(n, v)| (n, v.clone())))
                        .collect();
                    for (name, value) in fields {
                        actuals.push(Actual {
                            kind: ArgKind::Keyword(name),
                            value,
                            span,
                            shape: crate::python::ir::ArgShape::Other,
                            parenthesized: false,
                        });
                    }
                }
                Some(Atom::None) => {}
                _ => open = true,
            }
        }
        if open {
            actuals.push(Actual {
                kind: ArgKind::Star,
                value: Value::unknown(),
                span,
                shape: crate::python::ir::ArgShape::Other,
                parenthesized: false,
            });
        }
        if kind == ContextKind::Main {
            self.call_aside(frame, world, &function, &actuals);
            return;
        }
        self.enqueue(world, kind, object, function, actuals);
    }

    /// Starts a process or thread.
    fn start(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) {
        let run = self.known.run;
        let overridden = match self.objects[id.0 as usize].kind {
            ObjectKind::Instance(class) => self.class_attribute(frame, world, class, run, Atom::Object(id)),
            _ => None,
        };
        let (function, actuals) = match overridden {
            Some(method) => (method, Actuals::new()),
            None => self.work_of(world, id),
        };
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        if self.api.kind(kind).family == Family::Thread {
            self.call_aside(frame, world, &function, &actuals);
            return;
        }
        self.enqueue(world, ContextKind::Child, Some(id), function, actuals);
    }

    /// A call in a thread, which shares all objects: what it does may have happened.
    fn call_aside(&mut self, frame: &Frame<'a>, world: &mut World, function: &Value, actuals: &Actuals) {
        let mut aside = world.clone();
        let outer = std::mem::replace(&mut self.handed_on, true);
        self.call_value(frame, &mut aside, function, actuals);
        self.handed_on = outer;
        world.join(&aside);
    }

    /// The target of a process and its arguments.
    pub(super) fn work_of(&mut self, world: &mut World, id: ObjectId) -> (Value, Actuals) {
        let span = self.objects[id.0 as usize].span;
        let Some(object) = world.heap.get(id) else {
            return (Value::unknown(), Actuals::new());
        };
        let lost = object.states.contains(States::LOST);
        let target = object.fields.get(self.known.target).cloned();
        let args = object.fields.get(self.known.args).cloned();
        let kwargs = object.fields.get(self.known.kwargs).cloned();
        let mut actuals = Actuals::new();
        let mut add = |kind: ArgKind, value: Value| {
            actuals.push(Actual {
                kind,
                value,
                span,
                shape: crate::python::ir::ArgShape::Other,
                parenthesized: false,
            });
        };
        if let Some(args) = args {
            let items = match args.single() {
                Some(Atom::Object(id)) => world.heap.get(id).and_then(|object| object.items.clone()),
                _ => None,
            };
            match items {
                Some(items) => items.iter().for_each(|item| add(ArgKind::Positional, item.clone())),
                None => add(ArgKind::Star, args),
            }
        }
        if let Some(kwargs) = kwargs {
            match kwargs.single() {
                Some(Atom::Object(id)) if self.objects[id.0 as usize].kind == ObjectKind::Dict => {
                    if let Some(object) = world.heap.get(id) {
                        for (name, value) in object.fields.iter() {
                            add(ArgKind::Keyword(name), value.clone());
                        }
                    }
                }
                Some(Atom::None) => {}
                _ => add(ArgKind::DoubleStar, Value::unknown()),
            }
        }
        let unknown = if lost { Value::unknown() } else { Atom::None.into() };
        (target.unwrap_or(unknown), actuals)
    }

    /// `Process.run` in the caller's own process.
    fn run_target_here(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) {
        let (function, actuals) = self.work_of(world, id);
        if function.single() != Some(Atom::None) {
            self.call_value(frame, world, &function, &actuals);
        }
    }

    /// `loop.run_in_executor(executor, function, …)`
    fn run_in_executor(&mut self, frame: &Frame<'a>, world: &mut World, arguments: &Arguments<'a>, actuals: &Actuals) {
        let executor = arguments.get("executor").and_then(|argument| argument.value.single());
        let rest: Actuals = actuals.iter().skip(1).cloned().collect();
        if let Some(Atom::Object(id)) = executor
            && let Some(kind) = self.kind_of(&world.heap, id)
            && let Some(submit) = self.api.kind(kind).methods.get("submit")
        {
            let name = self.symbols.intern("submit");
            let arguments = self.bind_arguments(&submit.params, &rest);
            self.method_result(frame, world, id, name, submit, arguments, &rest, false);
            return;
        }
        if let Some((function, rest)) = rest.split_first() {
            let rest: Actuals = rest.iter().cloned().collect();
            self.call_aside(frame, world, &function.value.clone(), &rest);
        }
    }
}
