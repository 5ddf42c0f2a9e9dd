//! Work that is handed over: to processes and threads that are started, to pools, and to executors.

use smallvec::SmallVec;

use super::calls::{Actual, Actuals};
use super::frame::Frame;
use super::{Run, World};
use crate::api::{Family, Work};
use crate::model::events::{Arguments, ContextKind, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::ArgKind;

impl<'a> Run<'a> {
    /// Hands work to another process, or to a thread or the caller itself (`ContextKind::Main`).
    pub(super) fn take_work(
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
                    Some(all) => {
                        // What only some alternatives pass is left to its default by the others.
                        for at in 0..all.len().max(items.len()) {
                            match (all.get_mut(at), items.get(at)) {
                                (Some(mine), Some(item)) => {
                                    mine.join(item);
                                }
                                (Some(mine), None) => {
                                    mine.insert(Atom::Unknown);
                                }
                                (None, Some(item)) => all.push(item.clone().or(&Value::unknown())),
                                (None, None) => {}
                            }
                        }
                    }
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
            push(self.drawn(world, &each.value));
        }
        if let Some(each) = work.each_args.as_deref().and_then(|name| arguments.get(name)) {
            let element = self.drawn(world, &each.value);
            match spread(self, world, &element) {
                Some(values) => values.into_iter().for_each(&mut push),
                None => open = true,
            }
        }
        if work.rest || work.each_rest {
            for argument in arguments.list.iter().filter(|argument| argument.param.is_empty()) {
                let value = if work.each_rest {
                    self.drawn(world, &argument.value)
                } else {
                    argument.value.clone()
                };
                actuals.push(Actual {
                    kind: argument.keyword.map_or(ArgKind::Positional, ArgKind::Keyword),
                    value,
                    span,
                    shape: crate::python::ir::ArgShape::Other,
                    parenthesized: false,
                });
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

    /// Runs the generators that a pool is going to draw its tasks from, so that what they give is known when the call is
    /// recorded. They are run here once, and not again for the tasks.
    pub(super) fn draw_tasks(&mut self, world: &mut World, work: &Work, arguments: &Arguments<'a>) {
        let named = [&work.each, &work.each_args].into_iter().flatten();
        let named = named.filter_map(|name| arguments.get(name));
        let rest = arguments
            .list
            .iter()
            .filter(|argument| work.each_rest && argument.param.is_empty());
        let iterables: Vec<ObjectId> = named
            .chain(rest)
            .flat_map(|argument| argument.value.objects())
            .collect();
        for id in iterables {
            let is_run = matches!(
                self.objects[id.0 as usize].kind,
                ObjectKind::Generator(Some(_)) | ObjectKind::Instance(_)
            );
            if is_run && self.kind_of(&world.heap, id).is_none() {
                let elements = self.elements_of(world, &id.into());
                let drawn = self.known.drawn;
                if let Some(object) = world.heap.get_mut(id) {
                    object.fields.set(drawn, elements);
                }
            }
        }
    }

    /// What any element of an iterable may be that a pool draws its tasks from.
    fn drawn(&mut self, world: &mut World, value: &Value) -> Value {
        let mut rest = Value::never();
        let mut all = Value::never();
        for &atom in value.atoms() {
            let drawn = match atom {
                Atom::Object(id) => world
                    .heap
                    .get(id)
                    .and_then(|object| object.fields.get(self.known.drawn)),
                _ => None,
            };
            match drawn {
                Some(elements) => {
                    all.join(elements);
                }
                None => {
                    rest.insert(atom);
                }
            }
        }
        if !rest.is_never() || all.is_never() {
            all.join(&self.elements_of(world, &rest));
        }
        all
    }

    /// Starts a process or thread.
    pub(super) fn start(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) {
        let run = self.known.run;
        let overridden = match self.objects[id.0 as usize].kind {
            ObjectKind::Instance(class) => self.class_attribute(frame, world, class, run, Atom::Object(id)),
            _ => None,
        };
        // The child calls what stands there.
        let own = world.heap.get(id).and_then(|object| object.fields.get(run).cloned());
        if let Some(own) = &own
            && !own.is_never()
            && own.atoms().iter().all(|&atom| self.is_no_callable(atom))
        {
            self.record(world, EventKind::HiddenCall { object: id, name: run }, 33);
        }
        let (function, actuals) = match own.or(overridden) {
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
    pub(super) fn call_aside(&mut self, frame: &Frame<'a>, world: &mut World, function: &Value, actuals: &Actuals) {
        let mut aside = world.clone();
        // What holds a lock is the thread that took it; whether it still does when the other one runs is not known.
        if !aside.held.is_empty() {
            let held = std::mem::take(&mut aside.held);
            aside.maybe_held.extend(held);
        }
        let outer = std::mem::replace(&mut self.handed_on, true);
        self.aside += 1;
        self.call_value(frame, &mut aside, function, actuals);
        self.aside -= 1;
        self.handed_on = outer;
        if aside.held != world.held || aside.maybe_held != world.maybe_held {
            aside.held = world.held.clone();
            aside.maybe_held = world.maybe_held.clone();
        }
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
    pub(super) fn run_target_here(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) {
        let (function, actuals) = self.work_of(world, id);
        if function.single() != Some(Atom::None) {
            self.call_value(frame, world, &function, &actuals);
        }
    }

    /// `loop.run_in_executor(executor, function, …)`
    pub(super) fn run_in_executor(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        arguments: &Arguments<'a>,
        actuals: &Actuals,
    ) {
        let executor = arguments.get("executor").and_then(|argument| argument.value.single());
        let rest: Actuals = actuals.iter().skip(1).cloned().collect();
        if let Some(Atom::Object(id)) = executor
            && let Some(kind) = self.kind_of(&world.heap, id)
            && let Some(submit) = self.api.kind(kind).methods.get("submit")
        {
            let name = self.symbols.intern("submit");
            let arguments = self.bind_arguments(&submit.params, &rest);
            let future = self.method_result(frame, world, id, name, submit, arguments, &rest, false);
            // What asyncio makes of it is asyncio's to ask for.
            if let Some(future) = future {
                self.escape(world, &future);
            }
            return;
        }
        if let Some((function, rest)) = rest.split_first() {
            let rest: Actuals = rest.iter().cloned().collect();
            self.call_aside(frame, world, &function.value.clone(), &rest);
        }
    }
}
