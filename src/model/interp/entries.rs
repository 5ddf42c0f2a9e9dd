//! What a stranger may call: functions and methods that nothing in the module calls, and what they are given.

use rustc_hash::FxHashMap;

use super::calls::Actuals;
use super::frame::Entry;
use super::{OpKey, Run, World};
use crate::api::Family;
use crate::model::code::UnitId;
use crate::model::events::{ChainId, ContextId, ContextKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Dotted, FunctionId, FunctionKind, ParamKind};

impl<'a> Run<'a> {
    /// Runs every function that nothing has called, with arguments of which nothing is known. Methods share one object
    /// of their class, and see what any of the others may have left in it.
    pub(super) fn run_entries(&mut self, heap: Heap) {
        let mut shared = World {
            heap,
            ..World::default()
        };
        shared.default_context = self.default_context;
        let instances = self.entry_instances(&mut shared);
        self.start_instances(&shared, &instances);
        self.run_tests(&shared, &instances);
        let entries: Vec<FunctionId> = self
            .code
            .unit(UnitId::ROOT)
            .functions()
            .map(FunctionId)
            .filter(|id| !self.visited[id.0 as usize] || self.half_run.contains(id))
            .filter(|id| self.relevant[id.0 as usize] && self.is_entry(*id))
            .collect();
        let mut contexts: FxHashMap<FunctionId, (ContextId, ChainId)> = FxHashMap::default();
        // The second round sees what the first has left in globals and objects; where it left nothing that the analysis
        // follows, it would see the same.
        let assigns_globals = self.assigns_globals(&entries);
        for round in 0..2 {
            let mut left: Vec<(FunctionId, World)> = Vec::new();
            for &id in &entries {
                if self.budget == 0 {
                    return;
                }
                let instance = self.function_class.get(&id).and_then(|class| instances.get(class));
                if round > 0 && !assigns_globals && !instance.is_some_and(|id| self.holds_library(&shared, *id)) {
                    continue;
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
                if let Some((value, world)) = &outcome.result {
                    self.ask(world, value);
                    self.run_at_exit(world);
                    left.push((id, world.clone()));
                }
                self.contexts[context.0 as usize].exit = None;
                self.close(context, outcome.result.map(|(_, world)| world));
            }
            for (id, world) in left {
                // What a process is started for happens in that process, to an object of its own.
                if !self.is_work_of_children(id) {
                    shared.join(&world);
                }
            }
        }
        self.run_left_at_exit(&shared);
        self.run_strays(&shared);
    }

    /// A process or thread class that nothing in the module starts is started by somebody else.
    fn start_instances(&mut self, shared: &World, instances: &FxHashMap<ObjectId, ObjectId>) {
        let mut processes: Vec<(ObjectId, ObjectId)> =
            instances.iter().map(|(class, instance)| (*class, *instance)).collect();
        processes.sort_unstable();
        for (_, instance) in processes {
            let family = self
                .kind_of(&shared.heap, instance)
                .map(|kind| self.api.kind(kind).family);
            if !matches!(family, Some(Family::Process | Family::Thread)) {
                continue;
            }
            let frame = self.outermost();
            let mut world = shared.clone();
            self.here.key = OpKey::MAX - 3;
            self.start(&frame, &mut world, instance);
        }
        self.drain();
    }

    /// Nested functions that were handed to code that is not followed. When that calls them is not known, nor what has
    /// become by then of what they have from around them.
    fn run_strays(&mut self, shared: &World) {
        let strays = std::mem::take(&mut self.strays);
        for (function, closure, heap) in strays {
            if self.visited[function.0 as usize] || self.budget == 0 {
                continue;
            }
            let mut world = World { heap, ..shared.clone() };
            if let Some(closure) = closure {
                self.lose_held(&mut world, closure);
            }
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
            if let Some((value, world)) = &outcome.result {
                self.ask(world, value);
            }
            self.close(context, outcome.result.map(|(_, world)| world));
        }
    }

    fn lose_held(&self, world: &mut World, instance: ObjectId) {
        let names = &self.names;
        for id in world.heap.reachable([&Value::from(instance)], |id| names.unbind(id).0) {
            if let Some(object) = world.heap.get_mut(id)
                && !object.states.is_empty()
            {
                object.states |= States::LOST;
            }
        }
    }

    /// Whether an object holds anything of a library, however deep.
    pub(super) fn holds_library(&self, world: &World, instance: ObjectId) -> bool {
        let names = &self.names;
        world
            .heap
            .reachable([&Value::from(instance)], |id| names.unbind(id).0)
            .into_iter()
            .any(|id| matches!(self.objects[id.0 as usize].kind, ObjectKind::Library(_)))
    }

    fn assigns_globals(&self, entries: &[FunctionId]) -> bool {
        entries.iter().any(|id| {
            self.code
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

    pub(super) fn is_entry(&self, id: FunctionId) -> bool {
        let function = self.code.function(id);
        if !matches!(function.kind, FunctionKind::Def | FunctionKind::AsyncDef) {
            return false;
        }
        match function.parent {
            Some(parent) if self.code.is_module_body(parent) => true,
            // A method of a class whose body has run.
            Some(parent) => {
                matches!(self.code.function(parent).kind, FunctionKind::ClassBody(_))
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
            let body = self.code.class(class_id).body;
            // The functions of other files are entries of their own files' runs.
            if self.code.home(body) != UnitId::ROOT {
                continue;
            }
            let has_entries = self.code.unit(UnitId::ROOT).functions().any(|at| {
                let parent = self.code.function(FunctionId(at)).parent;
                parent == Some(body) && !self.visited[at as usize] && self.relevant[at as usize]
            });
            if !has_entries || self.budget == 0 {
                continue;
            }
            let context = self.open(ContextKind::Entry, None, None, true);
            self.begin(context, body);
            self.here.span = self.code.class(class_id).name_span;
            self.here.key = OpKey::MAX - 2;
            let frame = self.outermost();
            let before = shared.clone();
            // With arguments of which nothing is known: two stars that may hold anything.
            let span = self.here.span;
            let mut actuals = Actuals::new();
            for kind in [crate::python::ir::ArgKind::Star, crate::python::ir::ArgKind::DoubleStar] {
                actuals.push(super::calls::Actual {
                    kind,
                    value: Value::unknown(),
                    span,
                    shape: crate::python::ir::ArgShape::Other,
                    parenthesized: false,
                });
            }
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
    pub(super) fn stranger_arguments(
        &mut self,
        world: &mut World,
        id: FunctionId,
        instance: Option<ObjectId>,
    ) -> Vec<Value> {
        let function = self.code.function(id);
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
                    let declared = self.declared(world, id, &param.annotation, 40 + at as u16);
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

    pub(super) fn is_decorated(&self, function: &crate::python::ir::Function, by: &str) -> bool {
        function
            .decorators
            .iter()
            .any(|decorator| decorator.last().is_some_and(|last| self.name(*last) == by))
    }

    /// An object of the class that an annotation names, if it is one of a library: somebody else's, in any state.
    fn declared(&mut self, world: &mut World, function: FunctionId, annotation: &[Dotted], tag: u16) -> Option<Value> {
        for name in annotation {
            let (first, rest) = name.split_first()?;
            let mut value = world.heap.get(self.namespace_of(function))?.fields.get(*first)?.clone();
            let frame = self.outermost();
            for part in rest {
                value = self.attribute(&frame, world, &value, *part);
            }
            for &atom in value.atoms() {
                let (Atom::Path(path) | Atom::Member(_, path)) = atom else {
                    continue;
                };
                if self.is_path_class(path) {
                    return Some(self.declared_path());
                }
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
}
