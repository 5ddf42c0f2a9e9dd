//! The contexts of a program, one after another: the main module, what a stranger may call, and every child.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::calls::Actuals;
use super::flow::Entry;
use super::{Here, OpKey, Run, World};
use crate::files::Span;
use crate::model::events::{ChainId, Context, ContextId, ContextKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Dotted, FunctionId, FunctionKind, ParamKind};

/// A context that is yet to run.
struct Pending {
    id: ContextId,
    function: Value,
    actuals: Actuals,
    world: World,
}

/// The contexts that are yet to run, in the order in which they were started.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Pending>,
    by_start: FxHashMap<(ChainId, FunctionId, OpKey, Option<ObjectId>, ContextKindKey), ContextId>,
}

type ContextKindKey = u8;

/// Contexts that one module may have; further ones are not run.
const MOST_CONTEXTS: usize = 400;

impl<'a> Run<'a> {
    /// Runs the whole program.
    pub fn run_all(&mut self) {
        let mut world = World::default();
        world
            .heap
            .put(self.namespace, crate::model::heap::Object::new(States::empty()));
        let main = self.open(ContextKind::Main, None, None, true);
        let chain = self.begin(main, FunctionId::MODULE);
        let outcome = self.run_function(
            Entry {
                function: FunctionId::MODULE,
                closure: None,
                class: None,
                chain,
                slots: Vec::new(),
            },
            world.clone(),
        );
        self.close(main, outcome.result.map(|(_, world)| world));
        let heap = self.contexts[main.0 as usize].exit.clone().unwrap_or(world.heap);
        self.drain();
        self.run_entries(heap);
        self.drain();
    }

    fn open(
        &mut self,
        kind: ContextKind,
        object: Option<ObjectId>,
        parent: Option<ContextId>,
        known: bool,
    ) -> ContextId {
        let id = ContextId(self.contexts.len() as u32);
        let started = parent.map(|_| (self.here.chain, self.here.function, self.here.span));
        self.contexts.push(Context {
            kind,
            parent,
            object,
            started,
            many: false,
            endless: None,
            cut_short: false,
            known,
            exit: None,
        });
        id
    }

    /// Makes a context the current one, and gives the chain of its first function.
    fn begin(&mut self, id: ContextId, function: FunctionId) -> ChainId {
        self.context = id;
        self.later = 0;
        self.asked_again = 0;
        self.comprehensions = 0;
        self.round = 0;
        self.caught = super::Caught::empty();
        self.handed_on = false;
        let chain = self.chain(None, function);
        self.here = Here {
            chain,
            function,
            key: 0,
            span: Span::default(),
        };
        chain
    }

    fn close(&mut self, id: ContextId, world: Option<World>) {
        let out_of_budget = self.budget == 0;
        let context = &mut self.contexts[id.0 as usize];
        context.cut_short |= out_of_budget;
        if let Some(world) = world {
            match &mut context.exit {
                Some(exit) => {
                    exit.join(&world.heap);
                }
                None => context.exit = Some(world.heap),
            }
        }
    }

    /// The process ends here, whatever follows in the code.
    pub(super) fn note_exit(&mut self, world: &World) {
        let context = &mut self.contexts[self.context.0 as usize];
        match &mut context.exit {
            Some(exit) => {
                exit.join(&world.heap);
            }
            None => context.exit = Some(world.heap.clone()),
        }
    }

    /// Starts a context: it runs later, with the objects as they are now.
    pub(super) fn enqueue(
        &mut self,
        world: &World,
        kind: ContextKind,
        object: Option<ObjectId>,
        function: Value,
        actuals: Actuals,
    ) {
        let key = (
            self.here.chain,
            self.here.function,
            self.here.key,
            object,
            kind as ContextKindKey,
        );
        let known = function.atoms().iter().all(|atom| self.is_followed(world, *atom, 0)) && !function.is_never();
        let started = object.and_then(|id| world.heap.get(id));
        let alone = started
            .is_some_and(|object| object.fields.get(self.known.size).and_then(Value::single) == Some(Atom::Int(1)));
        let many = match kind {
            ContextKind::Child => started.map_or(self.later > 0 || self.comprehensions > 0, |object| object.many),
            _ => !alone && !self.one_by_one,
        };
        let mut world = world.clone();
        world.main_only = true;
        world.held.clear();
        world.swallowed.clear();
        world.expecting = 0;
        self.begin_queues(&mut world);
        world.compared.clear();
        world.maybe_locks = 0;
        if let Some(&id) = self.queue.by_start.get(&key) {
            let context = &mut self.contexts[id.0 as usize];
            context.many |= many;
            context.known &= known;
            if let Some(pending) = self.queue.waiting.iter_mut().find(|pending| pending.id == id) {
                pending.function = function;
                pending.actuals = actuals;
                pending.world = world;
            }
            return;
        }
        if self.contexts.len() >= MOST_CONTEXTS {
            return;
        }
        let id = self.open(kind, object, Some(self.context), known);
        self.contexts[id.0 as usize].many = many;
        self.queue.by_start.insert(key, id);
        self.queue.waiting.push_back(Pending {
            id,
            function,
            actuals,
            world,
        });
    }

    /// A new process has put nothing into any queue.
    fn begin_queues(&self, world: &mut World) {
        let queues: Vec<ObjectId> = world
            .heap
            .iter()
            .filter(|(id, _)| {
                self.kind_of(&world.heap, *id)
                    .is_some_and(|kind| self.api.kind(kind).family == crate::api::Family::Queue)
            })
            .map(|(id, _)| id)
            .collect();
        for id in queues {
            if let Some(queue) = world.heap.get_mut(id) {
                queue.states.remove(States::PUT | States::ENDED);
                queue.states.insert(States::SILENT);
            }
        }
    }

    /// Whether a call of the value is followed into code of the program.
    fn is_followed(&self, world: &World, atom: Atom, depth: u32) -> bool {
        match atom {
            Atom::Function(..) => true,
            Atom::Bound(id) => matches!(self.names.unbind(id).1, MethodRef::User(..)),
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::Partial => {
                    let (function, _) = self.partial_parts(world, id);
                    depth < 8
                        && function
                            .atoms()
                            .iter()
                            .all(|atom| self.is_followed(world, *atom, depth + 1))
                }
                ObjectKind::Instance(_) | ObjectKind::Class(_) => true,
                _ => false,
            },
            // `time.sleep`, `print` … end; what another module does is not known, but it is no loop of ours.
            Atom::Path(path) => {
                let dotted = self.names.dotted(path);
                dotted.starts_with("builtins.") || dotted.starts_with("time.") || dotted.starts_with("os.")
            }
            Atom::None => true,
            _ => false,
        }
    }

    fn drain(&mut self) {
        while let Some(pending) = self.queue.waiting.pop_front() {
            if self.budget == 0 {
                self.contexts[pending.id.0 as usize].cut_short = true;
                continue;
            }
            self.run_context(pending);
        }
    }

    fn run_context(&mut self, pending: Pending) {
        let Pending {
            id,
            function,
            actuals,
            mut world,
        } = pending;
        // A worker has what its initializer left in the globals.
        let object = self.contexts[id.0 as usize].object;
        let prepared: Vec<Heap> = self
            .contexts
            .iter()
            .filter(|context| context.kind == ContextKind::Initializer && object.is_some() && context.object == object)
            .filter_map(|context| context.exit.clone())
            .collect();
        for heap in prepared {
            world.heap.join(&heap);
        }
        let first = function.atoms().iter().find_map(|atom| match atom {
            Atom::Function(function, _) => Some(*function),
            Atom::Bound(id) => match self.names.unbind(*id).1 {
                MethodRef::User(function, _) => Some(function),
                _ => None,
            },
            _ => None,
        });
        self.begin(id, first.unwrap_or(FunctionId::MODULE));
        self.loops.clear();
        self.here.key = OpKey::MAX - 1;
        // A function of a library, such as `print`, has no place of its own: what it does is seen where it is handed
        // over.
        if let Some((_, _, span)) = self.contexts[id.0 as usize].started {
            self.here.span = span;
        }
        let frame = self.outermost();
        let result = self.call_value(&frame, &mut world, &function, &actuals);
        self.close(id, result.map(|_| world));
    }

    /// Runs every function that nothing has called, with arguments of which nothing is known. Methods share one object
    /// of their class, and see what any of the others may have left in it.
    fn run_entries(&mut self, heap: Heap) {
        let mut shared = World {
            heap,
            ..World::default()
        };
        let instances = self.entry_instances(&mut shared);
        self.start_instances(&shared, &instances);
        let entries: Vec<FunctionId> = (0..self.module.functions.len() as u32)
            .map(FunctionId)
            .filter(|id| !self.visited[id.0 as usize] && self.relevant[id.0 as usize] && self.is_entry(*id))
            .collect();
        let mut contexts: FxHashMap<FunctionId, (ContextId, ChainId)> = FxHashMap::default();
        // The second round sees what the first has left in globals and objects.
        let touches_shared =
            entries.iter().any(|id| self.function_class.contains_key(id)) || self.assigns_globals(&entries);
        for _ in 0..if touches_shared { 2 } else { 1 } {
            let mut after = shared.clone();
            for &id in &entries {
                if self.budget == 0 {
                    return;
                }
                let (context, chain) = match contexts.get(&id) {
                    Some(&(context, chain)) => {
                        self.context = context;
                        self.here.chain = chain;
                        self.here.function = id;
                        (context, chain)
                    }
                    None => {
                        let context = self.open(ContextKind::Entry, None, None, true);
                        let chain = self.begin(context, id);
                        contexts.insert(id, (context, chain));
                        (context, chain)
                    }
                };
                let mut world = shared.clone();
                self.born.clear();
                let class = self.function_class.get(&id).copied();
                // In which order a stranger calls the methods is not known: nor what they have done to what the
                // object holds.
                if let Some(instance) = class.and_then(|class| instances.get(&class)) {
                    self.lose_held(&mut world, *instance);
                }
                let slots =
                    self.stranger_arguments(&mut world, id, class.and_then(|class| instances.get(&class)).copied());
                let outcome = self.run_function(
                    Entry {
                        function: id,
                        closure: None,
                        class,
                        chain,
                        slots,
                    },
                    world,
                );
                if let Some((_, world)) = &outcome.result {
                    after.join(world);
                }
                self.contexts[context.0 as usize].exit = None;
                self.close(context, outcome.result.map(|(_, world)| world));
            }
            shared.join(&after);
        }
        self.run_strays(&shared);
    }

    /// A process class that nothing in the module starts is started by somebody else.
    fn start_instances(&mut self, shared: &World, instances: &FxHashMap<ObjectId, ObjectId>) {
        let mut processes: Vec<(ObjectId, ObjectId)> =
            instances.iter().map(|(class, instance)| (*class, *instance)).collect();
        processes.sort_unstable();
        for (class, instance) in processes {
            let is_process = self
                .kind_of(&shared.heap, instance)
                .is_some_and(|kind| self.api.kind(kind).family == crate::api::Family::Process);
            if !is_process {
                continue;
            }
            let frame = self.outermost();
            let mut world = shared.clone();
            self.here.key = OpKey::MAX - 3;
            if let Some(run) = self.class_attribute(&frame, &mut world, class, self.known.run, Atom::Object(instance)) {
                self.enqueue(&world, ContextKind::Child, Some(instance), run, Actuals::new());
            }
        }
        self.drain();
    }

    /// Nested functions that were handed to code that is not followed.
    fn run_strays(&mut self, shared: &World) {
        let strays = std::mem::take(&mut self.strays);
        for (function, closure, heap) in strays {
            if self.visited[function.0 as usize] || self.budget == 0 {
                continue;
            }
            let mut world = World { heap, ..shared.clone() };
            let context = self.open(ContextKind::Entry, None, None, true);
            let chain = self.begin(context, function);
            let slots = self.stranger_arguments(&mut world, function, None);
            let class = self.function_class.get(&function).copied();
            let outcome = self.run_function(
                Entry {
                    function,
                    closure,
                    class,
                    chain,
                    slots,
                },
                world,
            );
            self.close(context, outcome.result.map(|(_, world)| world));
        }
    }

    fn lose_held(&self, world: &mut World, instance: ObjectId) {
        let names = &self.names;
        for id in world.heap.reachable([&Value::from(instance)], |id| names.unbind(id).0) {
            if id == instance {
                continue;
            }
            if let Some(object) = world.heap.get_mut(id)
                && !object.states.is_empty()
            {
                object.states |= States::LOST;
            }
        }
    }

    fn assigns_globals(&self, entries: &[FunctionId]) -> bool {
        entries.iter().any(|id| {
            self.module
                .function(*id)
                .blocks
                .iter()
                .flat_map(|block| &block.ops)
                .any(|op| {
                    matches!(
                        op.kind,
                        crate::python::ir::OpKind::Store {
                            place: crate::python::ir::Place::Global(_),
                            ..
                        }
                    )
                })
        })
    }

    fn is_entry(&self, id: FunctionId) -> bool {
        let function = self.module.function(id);
        if !matches!(function.kind, FunctionKind::Def | FunctionKind::AsyncDef) {
            return false;
        }
        match function.parent {
            Some(FunctionId::MODULE) => true,
            // A method of a class whose body has run.
            Some(parent) => {
                matches!(self.module.function(parent).kind, FunctionKind::ClassBody(_))
                    && self.function_class.contains_key(&id)
            }
            None => false,
        }
    }

    /// One object for each class of the module, as its `__init__` leaves it.
    fn entry_instances(&mut self, shared: &mut World) -> FxHashMap<ObjectId, ObjectId> {
        let mut classes: Vec<(crate::python::ir::ClassId, ObjectId)> = self
            .class_objects
            .iter()
            .map(|(class, object)| (*class, *object))
            .collect();
        classes.sort_unstable();
        let mut instances = FxHashMap::default();
        for (class_id, class) in classes {
            let body = self.module.class(class_id).body;
            let has_entries = self
                .module
                .functions
                .iter()
                .enumerate()
                .any(|(at, function)| function.parent == Some(body) && !self.visited[at] && self.relevant[at]);
            if !has_entries || self.budget == 0 {
                continue;
            }
            let context = self.open(ContextKind::Entry, None, None, true);
            self.begin(context, body);
            self.here.span = self.module.class(class_id).name_span;
            self.here.key = OpKey::MAX - 2;
            let frame = self.outermost();
            let before = shared.clone();
            // With arguments of which nothing is known: one star that may hold anything.
            let span = self.here.span;
            let mut actuals = Actuals::new();
            actuals.push(super::calls::Actual {
                kind: crate::python::ir::ArgKind::Star,
                value: Value::unknown(),
                span,
                shape: crate::python::ir::ArgShape::Other,
                parenthesized: false,
            });
            let value = self.call_value(&frame, shared, &class.into(), &actuals);
            match value.and_then(|value| value.objects().next()) {
                Some(instance) => {
                    instances.insert(class, instance);
                    if let Some(object) = shared.heap.get_mut(instance) {
                        object.escaped = true;
                    }
                }
                None => *shared = before,
            }
            self.close(context, Some(shared.clone()));
        }
        instances
    }

    /// The arguments of a function that anybody may call.
    fn stranger_arguments(&mut self, world: &mut World, id: FunctionId, instance: Option<ObjectId>) -> Vec<Value> {
        let function = self.module.function(id);
        let mut slots = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            if at == 0
                && let Some(instance) = instance
                && !self.is_decorated(function, "staticmethod")
            {
                let class = self.function_class.get(&id).copied();
                match class.filter(|_| self.is_decorated(function, "classmethod")) {
                    Some(class) => slots.push(class.into()),
                    None => slots.push(instance.into()),
                }
                continue;
            }
            let value = match param.kind {
                ParamKind::VarArgs => self
                    .allocate_elements(world, ObjectKind::Tuple, Value::unknown(), 40 + at as u16)
                    .into(),
                ParamKind::KeywordArgs => {
                    let dict = self.allocate_elements(world, ObjectKind::Dict, Value::unknown(), 40 + at as u16);
                    if let Some(object) = world.heap.get_mut(dict) {
                        object.escaped = true;
                    }
                    dict.into()
                }
                _ => {
                    let declared = self.declared(world, &param.annotation, 40 + at as u16);
                    let default = self
                        .defaults
                        .get(&id)
                        .and_then(|defaults| defaults.iter().find(|(index, _)| *index as usize == at))
                        .map(|(_, value)| value.clone());
                    match (declared, default) {
                        (Some(declared), default) => declared.or(&default.unwrap_or_default()),
                        (None, default) => Value::unknown().or(&default.unwrap_or_default()),
                    }
                }
            };
            slots.push(value);
        }
        slots
    }

    fn is_decorated(&self, function: &crate::python::ir::Function, by: &str) -> bool {
        function
            .decorators
            .iter()
            .any(|decorator| decorator.last().is_some_and(|last| self.name(*last) == by))
    }

    /// An object of the class that an annotation names, if it is one of a library: somebody else's, in any state.
    fn declared(&mut self, world: &mut World, annotation: &[Dotted], tag: u16) -> Option<Value> {
        for name in annotation {
            let (first, rest) = name.split_first()?;
            let mut value = world.heap.get(self.namespace)?.fields.get(*first)?.clone();
            let frame = self.outermost();
            for part in rest {
                value = self.attribute(&frame, world, &value, *part);
            }
            for &atom in value.atoms() {
                let (Atom::Path(path) | Atom::Member(_, path)) = atom else {
                    continue;
                };
                let Some(kind) = self
                    .names
                    .entry(path)
                    .filter(|entry| entry.class)
                    .and_then(|entry| entry.makes)
                else {
                    continue;
                };
                let id = self.allocate_library(world, kind, Some(path), None, tag);
                if let Some(object) = world.heap.get_mut(id) {
                    object.escaped = true;
                    object.states = States::LOST;
                }
                return Some(id.into());
            }
        }
        None
    }

    /// A frame for code that no function of the program runs.
    pub(super) fn outermost(&self) -> super::flow::Frame<'a> {
        super::flow::Frame::outermost(self.module, self.here.chain)
    }
}
