//! Calls: what a called value is, which function of the program it leads to, and the way to those of libraries.

use smallvec::SmallVec;

use super::frame::{Entry, Frame, Outcome};
use super::generators::GeneratorCall;
use super::{DEEPEST, Run, World};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::model::events::{Arguments, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Arg, ArgKind, ArgShape, FunctionId, FunctionKind};

/// Calls of values inside calls of values.
const MOST_NESTED_CALLS: u32 = 40;

/// A function of at most this many blocks is followed whatever it is about.
const SMALL: usize = 24;

/// An argument as it is passed, with `*` and `**` of known content spread out.
#[derive(Clone, Debug)]
pub(in crate::model) struct Actual {
    pub kind: ArgKind,
    pub value: Value,
    pub span: Span,
    pub shape: ArgShape,
    pub parenthesized: bool,
}

impl Actual {
    pub(super) fn positional(value: Value, span: Span) -> Self {
        Self {
            kind: ArgKind::Positional,
            value,
            span,
            shape: ArgShape::Other,
            parenthesized: false,
        }
    }

    /// `*value`, of unknown content.
    pub(super) fn star(value: Value, span: Span) -> Self {
        Self {
            kind: ArgKind::Star,
            ..Self::positional(value, span)
        }
    }
}

pub(in crate::model) type Actuals = SmallVec<[Actual; 4]>;

impl<'a> Run<'a> {
    /// A call as an operation. `None` where it never returns.
    pub(super) fn call(
        &mut self,
        frame: &mut Frame<'a>,
        world: &mut World,
        target: &Value,
        args: &'a [Arg],
        decorator: bool,
    ) -> Option<Value> {
        let actuals = self.actuals(frame, world, args);
        let result = self.call_value(frame, world, target, &actuals)?;
        if decorator {
            for atom in result.atoms() {
                if let Atom::Function(function, _) = atom {
                    self.decorated.insert(*function);
                }
            }
        }
        // What an unknown decorator makes of a function is taken to be the function.
        if decorator
            && result
                .atoms()
                .iter()
                .all(|atom| matches!(atom, Atom::Unknown | Atom::Received(_)))
            && let Some(decorated) = actuals.first()
        {
            for atom in decorated.value.atoms() {
                if let Atom::Function(function, _) = atom {
                    self.wrapped.insert(*function);
                }
            }
            return Some(decorated.value.clone());
        }
        Some(result)
    }

    pub(super) fn actuals(&mut self, frame: &Frame<'a>, world: &mut World, args: &[Arg]) -> Actuals {
        let mut actuals = Actuals::new();
        for arg in args {
            let value = self.temp(frame, arg.value);
            let known = match (arg.kind, value.single()) {
                // A part of a list has another number of elements than the whole.
                (ArgKind::Star, Some(Atom::Object(id))) => world
                    .heap
                    .get(id)
                    .filter(|object| !object.uneven)
                    .and_then(|object| object.items.clone()),
                _ => None,
            };
            if let Some(items) = known {
                actuals.extend(items.iter().map(|item| Actual::positional(item.clone(), arg.span)));
                continue;
            }
            // `print(*executor.map(…))`, `print(*board)`
            if arg.kind == ArgKind::Star {
                for id in value.objects() {
                    self.read_results(world, id);
                    if matches!(
                        self.objects[id.0 as usize].kind,
                        ObjectKind::Instance(_) | ObjectKind::Generator(Some(_))
                    ) {
                        let elements = self.elements_of(world, &id.into());
                        self.ask(world, &elements);
                    }
                }
            }
            if arg.kind == ArgKind::DoubleStar
                && let Some(Atom::Object(id)) = value.single()
                && self.objects[id.0 as usize].kind == ObjectKind::Dict
                && let Some(object) = world.heap.get(id)
            {
                for (name, value) in object.fields.iter() {
                    actuals.push(Actual {
                        kind: ArgKind::Keyword(name),
                        ..Actual::positional(value.clone(), arg.span)
                    });
                }
                // Of a comprehension the keys are not known.
                let known = object
                    .fields
                    .iter()
                    .fold(Value::never(), |all, (_, value)| all.or(value));
                let has_more = object.items.is_none() && known != known.clone().or(&object.elements);
                if object.escaped || object.uneven || has_more {
                    actuals.push(Actual {
                        kind: ArgKind::DoubleStar,
                        ..Actual::positional(Value::unknown(), arg.span)
                    });
                }
                continue;
            }
            actuals.push(Actual {
                kind: arg.kind,
                value,
                span: arg.span,
                shape: arg.shape,
                parenthesized: arg.parenthesized,
            });
        }
        actuals
    }

    /// A call with plain positional values.
    pub(super) fn call_values(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        target: &Value,
        values: Vec<Value>,
    ) -> Option<Value> {
        let span = self.here.span;
        let actuals = values
            .into_iter()
            .map(|value| Actual::positional(value, span))
            .collect();
        self.call_value(frame, world, target, &actuals)
    }

    /// A call of a value. A value can lead to itself without any code of the program between: a `partial` of itself, an
    /// object whose `__call__` is an object. So the depth of these is bounded, too.
    pub(super) fn call_value(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        target: &Value,
        actuals: &Actuals,
    ) -> Option<Value> {
        if self.calls >= MOST_NESTED_CALLS {
            self.escape_all(world, actuals);
            return Some(Value::unknown());
        }
        self.calls += 1;
        let result = self.call_each(frame, world, target, actuals);
        self.calls -= 1;
        result
    }

    /// A call of a value. Where it may be several things, each is called in a world of its own.
    fn call_each(&mut self, frame: &Frame<'a>, world: &mut World, target: &Value, actuals: &Actuals) -> Option<Value> {
        if let Some(atom) = target.single() {
            return self.call_atom(frame, world, atom, actuals);
        }
        if self.visits_each(target) {
            return self.call_in_turn(frame, world, target, actuals);
        }
        let mut result: Option<Value> = None;
        let mut after: Option<World> = None;
        let mut ended: SmallVec<[(ObjectId, States); 2]> = SmallVec::new();
        // `try: from multiprocess import Pool`, else the one of `multiprocessing`: who asks for a library with a pickler of
        // its own has it, and sends what needs it.
        let pickler = |atom: Atom| match atom {
            Atom::Path(path) => self.names.entry(path).map(|entry| entry.plain_pickle),
            _ => None,
        };
        let has_own_pickler = target.atoms().iter().any(|&atom| pickler(atom) == Some(false));
        let fallback = |atom: Atom| has_own_pickler && pickler(atom) == Some(true);
        let fallbacks: SmallVec<[Atom; 2]> = target.atoms().iter().copied().filter(|&atom| fallback(atom)).collect();
        let several = target
            .atoms()
            .iter()
            .filter(|atom| self.is_library_method(**atom))
            .count()
            > 1;
        for &atom in target.atoms() {
            if atom == Atom::None || fallbacks.contains(&atom) {
                continue;
            }
            let mut world = world.clone();
            self.one_of_several = several && self.is_library_method(atom);
            let called = self.call_atom(frame, &mut world, atom, actuals);
            self.one_of_several = false;
            let Some(value) = called else { continue };
            result.get_or_insert_with(Value::never).join(&value);
            ended.extend(self.ended_by(&world, atom));
            match &mut after {
                Some(after) => {
                    after.join(&world);
                }
                None => after = Some(world),
            }
        }
        match after {
            Some(after) => *world = after,
            None if target.is_never() => {
                self.escape_all(world, actuals);
                return Some(Value::unknown());
            }
            None => return None,
        }
        // `p.terminate(); p.join()`, where `p` is one of two processes, or something unknown: the one that is joined is
        // the one that was ended. Whether it has been started is as open as it was.
        for (id, states) in ended {
            if let Some(object) = world.heap.get_mut(id) {
                object.states = states | (object.states & States::NEW);
            }
        }
        result
    }

    fn is_library_method(&self, atom: Atom) -> bool {
        matches!(atom, Atom::Bound(id) if matches!(self.names.unbind(id), (Atom::Object(_), MethodRef::Library(_))))
    }

    /// The object that a call of a method has ended, closed or waited for, with its states now.
    fn ended_by(&self, world: &World, method: Atom) -> Option<(ObjectId, States)> {
        let Atom::Bound(id) = method else { return None };
        let (Atom::Object(object), MethodRef::Library(name)) = self.names.unbind(id) else {
            return None;
        };
        let kind = self.kind_of(&world.heap, object)?;
        let method = self.api.kind(kind).methods.get(self.symbols.name(name))?;
        matches!(method.effect, Effect::Join | Effect::Terminate | Effect::Close).then_some(())?;
        Some((object, world.heap.get(object)?.states))
    }

    pub(super) fn call_atom(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        atom: Atom,
        actuals: &Actuals,
    ) -> Option<Value> {
        match atom {
            Atom::Function(function, closure) => self.call_user(world, function, closure, None, actuals),
            Atom::Bound(id) => {
                let (receiver, method) = self.names.unbind(id);
                self.call_bound(frame, world, receiver, method, actuals)
            }
            // A function of a module that had nothing to do with processes, until it is given some.
            Atom::Path(path)
                if self.is_unlinked(path)
                    && (self.carries(world, None, actuals) || self.module_holds_processes(world, path)) =>
            {
                let function = self.settled(world, &atom.into());
                if function.single() == Some(atom) {
                    return self.call_path(frame, world, path, None, actuals);
                }
                self.call_value(frame, world, &function, actuals)
            }
            Atom::Path(path) => self.call_path(frame, world, path, None, actuals),
            Atom::Member(context, path) => self.call_path(frame, world, path, Some(context), actuals),
            Atom::Object(id) => self.call_object(frame, world, id, actuals),
            _ => {
                self.note_slow();
                self.escape_all(world, actuals);
                Some(Value::unknown())
            }
        }
    }

    fn call_bound(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        receiver: Atom,
        method: MethodRef,
        actuals: &Actuals,
    ) -> Option<Value> {
        match method {
            MethodRef::User(function, closure) => {
                self.note_direct_run(frame, world, receiver, function);
                self.call_user(world, function, closure, Some(receiver.into()), actuals)
            }
            // `with self.assertRaises(…)` of a test case of which nothing else is known.
            MethodRef::Library(name)
                if matches!(self.name(name), "assertRaises" | "assertRaisesRegex") && actuals.len() < 3 =>
            {
                Some(Atom::Path(self.names.path(super::builtins::EXPECTING)).into())
            }
            MethodRef::Library(name) if self.is_assertion(world, name, actuals) => Some(Atom::None.into()),
            MethodRef::Library(name) => match receiver {
                Atom::Object(id) if self.name(name) == "__subclasses__" => Some(self.subclasses(world, id)),
                Atom::Object(id) => self.call_method(frame, world, id, name, actuals),
                Atom::Str(_) | Atom::Text | Atom::Sized(_) => Some(self.text_method(world, receiver, name, actuals)),
                _ => {
                    self.note_gpu_method(world, name, actuals);
                    match self.name(name) {
                        "enter_context" | "enter_async_context" => {
                            if let Some(manager) = actuals.first() {
                                let value = manager.value.clone();
                                let entered = self.enter_context(frame, world, &value);
                                self.hand_over(world, &value);
                                return Some(entered);
                            }
                        }
                        // `stack.callback(pool.terminate)`
                        "callback" | "push" | "addCleanup" | "addfinalizer" => {
                            for actual in actuals {
                                self.hand_over(world, &actual.value.clone());
                            }
                            return Some(Value::unknown());
                        }
                        "acquire" => world.maybe_locks = world.maybe_locks.saturating_add(1),
                        "release" => world.maybe_locks = world.maybe_locks.saturating_sub(1),
                        _ => {}
                    }
                    if self.name(name) == "join" && is_join_of_a_process(self, actuals) {
                        self.unfollowed.note_asked();
                    }
                    if self.api.is_harmless_method(self.symbols.name(name)) {
                        // An assertion may well read what it is given.
                        for actual in actuals {
                            self.ask(world, &actual.value);
                        }
                    } else {
                        self.note_slow();
                        self.escape_all(world, actuals);
                    }
                    Some(Value::unknown())
                }
            },
            MethodRef::Base(name) if name == self.known.new => {
                let class = actuals.first().map(|class| class.value.clone()).unwrap_or_default();
                Some(self.bare_instance(world, &class))
            }
            MethodRef::Base(name) => match receiver {
                Atom::Object(id) => self.call_base_method(frame, world, id, name, actuals),
                _ => Some(Value::unknown()),
            },
            MethodRef::Init(path, context) => {
                if let Atom::Object(id) = receiver {
                    self.init_library(world, id, path, context, actuals);
                }
                Some(Atom::None.into())
            }
        }
    }

    /// Records that code of the program calls `run()` of a process: an override of it is code of the program too.
    fn note_direct_run(&mut self, frame: &Frame<'a>, world: &World, receiver: Atom, function: FunctionId) {
        let Atom::Object(id) = receiver else { return };
        if self.stack.is_empty() || self.code.function(function).name != self.known.run {
            return;
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let known = self.api.kind(kind);
        if known.family == Family::Process
            && let Some(method) = known.methods.get("run")
        {
            let inside = frame.function.name == self.known.run && frame.receiver == receiver.into();
            self.record(
                world,
                EventKind::Method {
                    object: id,
                    name: self.known.run,
                    method,
                    arguments: Arguments::default(),
                    base: inside,
                    direct: !self.handed_on,
                },
                4,
            );
        }
    }

    fn call_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId, actuals: &Actuals) -> Option<Value> {
        match self.objects[id.0 as usize].kind {
            ObjectKind::Class(_) => self.instantiate(frame, world, id, actuals),
            ObjectKind::Partial => {
                let (function, given) = self.partial_parts(world, id);
                let all: Actuals = given.into_iter().chain(actuals.iter().cloned()).collect();
                self.call_value(frame, world, &function, &all)
            }
            ObjectKind::Instance(class) => {
                let call = self.known.call;
                match self.class_attribute(frame, world, class, call, Atom::Object(id)) {
                    Some(method) => self.call_value(frame, world, &method, actuals),
                    None => {
                        self.escape_all(world, actuals);
                        Some(Value::unknown())
                    }
                }
            }
            ObjectKind::Descriptor(_) => {
                let inner = world
                    .heap
                    .get(id)
                    .and_then(|object| object.fields.get(self.known.function).cloned());
                match inner {
                    // `@prop.setter` and the like: the property stays what it is.
                    Some(inner) if !inner.is_never() => Some(id.into()),
                    _ => Some(Value::unknown()),
                }
            }
            _ => {
                self.note_slow();
                self.escape_all(world, actuals);
                Some(Value::unknown())
            }
        }
    }

    pub(super) fn escape_all(&mut self, world: &mut World, actuals: &Actuals) {
        for actual in actuals {
            self.escape(world, &actual.value);
            self.draw_given(world, &actual.value);
        }
    }

    /// A call of a function of the program.
    pub(super) fn call_user(
        &mut self,
        world: &mut World,
        function: FunctionId,
        closure: Option<ObjectId>,
        receiver: Option<Value>,
        actuals: &Actuals,
    ) -> Option<Value> {
        // The wrappers that a decorator has put around two methods are two functions with one code.
        if self.stack.contains(&(function, closure)) || self.stack.len() >= DEEPEST || self.budget == 0 {
            self.note_slow();
            self.escape_all(world, actuals);
            return Some(Value::unknown());
        }
        let code = self.code.function(function);
        if !self.relevant[function.0 as usize]
            && code.blocks.len() > SMALL
            && !self.is_in_child()
            && !self.carries(world, receiver.as_ref(), actuals)
        {
            self.note_slow();
            self.escape_all(world, actuals);
            return Some(Value::unknown());
        }
        let slots = self.bind_parameters(world, function, receiver, actuals);
        if code.is_generator && code.kind != FunctionKind::Lambda {
            let id = self.allocate(world, ObjectKind::Generator(Some(function)), States::empty(), 0);
            self.generators.insert(
                id,
                GeneratorCall {
                    function,
                    closure,
                    slots,
                },
            );
            return Some(id.into());
        }
        let is_cached = actuals.is_empty()
            && code.decorators.iter().any(|name| {
                name.last()
                    .is_some_and(|last| matches!(self.name(*last), "lru_cache" | "cache"))
            });
        if is_cached
            && let Some(value) = self.cached.get(&function)
            && value.objects().all(|id| world.heap.get(id).is_some())
        {
            return Some(value.clone());
        }
        // What a decorator that is not known does around the call may be to take a lock.
        let wrapped = u8::from(self.wrapped.contains(&function));
        world.maybe_locks = world.maybe_locks.saturating_add(wrapped);
        let outcome = self.follow(world, function, closure, slots);
        world.maybe_locks = world.maybe_locks.saturating_sub(wrapped);
        let (value, mut after) = outcome.result?;
        after.maybe_locks = after.maybe_locks.saturating_sub(wrapped);
        if is_cached {
            self.named.extend(value.objects());
            self.stored.extend(value.objects());
            self.cached.insert(function, value.clone());
        }
        *world = after;
        Some(value)
    }

    /// Whether a function is running, whatever it closes over.
    pub(super) fn is_running(&self, function: FunctionId) -> bool {
        self.stack.iter().any(|(running, _)| *running == function)
    }

    /// Whether the code runs in a process that the program has started: there all of it matters.
    fn is_in_child(&self) -> bool {
        self.stack.is_empty() || self.contexts[self.context.0 as usize].kind.is_of_other_process()
    }

    pub(super) fn follow(
        &mut self,
        world: &World,
        function: FunctionId,
        closure: Option<ObjectId>,
        slots: Vec<Value>,
    ) -> Outcome {
        let entry = self.entry(function, closure, slots);
        self.run_function(entry, world.clone())
    }

    pub(super) fn entry(&mut self, function: FunctionId, closure: Option<ObjectId>, slots: Vec<Value>) -> Entry {
        let here = self.here;
        let chain = self.chain(Some((here.chain, here.function, here.span, here.key)), function);
        Entry {
            function,
            closure,
            class: self.function_class.get(&function).copied(),
            chain,
            slots,
        }
    }
}

/// Whether a method called `join` is called as that of a process or thread is: with nothing, or with a number of seconds.
/// The one of a text has an argument, and it is no number.
fn is_join_of_a_process(run: &Run<'_>, actuals: &Actuals) -> bool {
    match actuals.as_slice() {
        [] => true,
        [one] => match one.kind {
            ArgKind::Keyword(name) => run.name(name) == "timeout",
            _ => matches!(
                one.value.single(),
                Some(Atom::Int(_) | Atom::Float(_) | Atom::Scalar | Atom::None)
            ),
        },
        _ => false,
    }
}
