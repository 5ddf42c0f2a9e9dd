//! The program as processes: what its contexts do, in which states its objects are, and what crosses between them.
//!
//! [`Model::of`] runs one module abstractly (see [`interp`]) and keeps what the run saw. A rule asks the model in the
//! field's own terms: which events have this effect, in which state was this object then, which contexts does it
//! start, under which start methods, what of this value cannot be pickled.
//!
//! Today a model is one module. A program of several is the same run over several namespaces: an import would lead to
//! a namespace object instead of a dotted name of which nothing is known.

pub mod crossing;
pub mod events;
pub mod heap;
mod interp;
pub mod names;
mod relevance;
mod start_method;
pub mod typestate;
pub mod value;

pub use interp::looks_like_main;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::{Api, Effect, Family, Kind};
use crate::findings::{StartMethods, Targets};
use crate::python::ir::{ClassId, Function, FunctionId, FunctionKind, Module};
use crate::python::{Symbol, Symbols};
use events::{Chain, ChainId, Context, ContextId, ContextKind, Event, EventKind};
use heap::{Heap, ObjectId, ObjectInfo, ObjectKind};
use names::Names;
use typestate::States;
use value::{Atom, Value};

/// What is known of one module's processes.
#[derive(Debug)]
pub struct Model<'a> {
    /// The code.
    pub module: &'a Module,
    symbols: &'a Symbols,
    names: Names<'a>,
    api: &'a Api,
    objects: Vec<ObjectInfo>,
    chains: Vec<Chain>,
    contexts: Vec<Context>,
    events: Vec<Event<'a>>,
    class_objects: FxHashMap<ClassId, ObjectId>,
    decorated: FxHashSet<FunctionId>,
    modules: FxHashSet<names::PathId>,
    kept: FxHashSet<ObjectId>,
    stored: FxHashSet<ObjectId>,
    named_methods: StartMethods,
    targets: Targets,
}

impl<'a> Model<'a> {
    /// Runs a module abstractly. A module in which nothing has to do with processes has a model without events.
    #[must_use]
    pub fn of(module: &'a Module, symbols: &'a mut Symbols, api: &'a Api, targets: Targets) -> Self {
        let relevant = relevance::relevant(module, symbols, api);
        let mut run = interp::Run::new(module, symbols, api);
        if let Some(relevant) = relevant {
            run.relevant = relevant;
            run.run_all();
        }
        let mut model = run.into_model(targets);
        model.named_methods = start_method::named(&model);
        model
    }

    /// All that happened, in the order in which it was first met.
    #[must_use]
    pub fn events(&self) -> &[Event<'a>] {
        &self.events
    }

    /// The contexts.
    pub fn contexts(&self) -> impl Iterator<Item = (ContextId, &Context)> {
        self.contexts
            .iter()
            .enumerate()
            .map(|(at, context)| (ContextId(at as u32), context))
    }

    /// A context.
    #[must_use]
    pub fn context(&self, id: ContextId) -> &Context {
        &self.contexts[id.0 as usize]
    }

    /// A chain of calls.
    #[must_use]
    pub fn chain(&self, id: ChainId) -> Chain {
        self.chains[id.0 as usize]
    }

    /// What never changes of an object.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> &ObjectInfo {
        &self.objects[id.0 as usize]
    }

    /// What the project runs on.
    #[must_use]
    pub fn targets(&self) -> Targets {
        self.targets
    }

    /// What is known of libraries.
    #[must_use]
    pub fn api(&self) -> &'a Api {
        self.api
    }

    /// The text of a name.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> &str {
        self.symbols.name(symbol)
    }

    /// The symbol of a name, if the program uses it.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name)
    }

    /// The dotted name of a library path.
    #[must_use]
    pub fn dotted(&self, path: names::PathId) -> &str {
        self.names.dotted(path)
    }

    /// The object and method of a bound method.
    #[must_use]
    pub fn unbind(&self, id: value::BoundId) -> (Atom, names::MethodRef) {
        self.names.unbind(id)
    }

    /// The function with this number.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &'a Function {
        self.module.function(id)
    }

    /// The name of a function as messages show it.
    #[must_use]
    pub fn function_name(&self, id: FunctionId) -> &str {
        self.name(self.function(id).name)
    }

    /// Whether the function is one that `pickle` cannot find again by name: a lambda, or defined inside another.
    #[must_use]
    pub fn is_local_function(&self, id: FunctionId) -> bool {
        let function = self.function(id);
        if function.kind == FunctionKind::Lambda {
            return true;
        }
        let mut parent = function.parent;
        while let Some(id) = parent {
            match self.function(id).kind {
                FunctionKind::Module => return false,
                FunctionKind::ClassBody(_) => parent = self.function(id).parent,
                _ => return true,
            }
        }
        false
    }

    /// Whether a decorator gave this function in place of the one that was defined.
    #[must_use]
    pub fn is_decorator_result(&self, id: FunctionId) -> bool {
        self.decorated.contains(&id)
    }

    /// Whether a dotted name is a module for certain, because the program imports it by `import`.
    #[must_use]
    pub fn is_module(&self, path: names::PathId) -> bool {
        self.modules.contains(&path) || self.api.is_module(self.dotted(path))
    }

    /// Whether some variable, attribute or container has held the object.
    #[must_use]
    pub fn was_kept(&self, object: ObjectId) -> bool {
        self.kept.contains(&object)
    }

    /// Whether an attribute or a global, or a container in one, has held the object.
    #[must_use]
    pub fn was_stored(&self, heap: &Heap, object: ObjectId) -> bool {
        self.stored.contains(&object)
            || self.stored.iter().any(|&holder| {
                heap.get(holder)
                    .is_some_and(|holder| holder.elements.objects().any(|element| element == object))
            })
    }

    /// Whether a class says itself how its objects are pickled, or has a base of which nothing is known.
    #[must_use]
    pub fn pickles_its_own_way(&self, heap: &Heap, class: ObjectId) -> bool {
        let Some(object) = heap.get(class) else { return true };
        let own = [
            "__getstate__",
            "__reduce__",
            "__reduce_ex__",
            "__getnewargs__",
            "__getnewargs_ex__",
            "__deepcopy__",
            "__slots__",
        ]
        .iter()
        .any(|name| self.symbol(name).is_some_and(|name| object.fields.get(name).is_some()));
        own || object
            .items
            .iter()
            .flat_map(|bases| bases.iter())
            .any(|base| match base.single() {
                Some(Atom::Object(base)) => base == class || self.pickles_its_own_way(heap, base),
                Some(Atom::Path(path)) => {
                    !matches!(self.dotted(path), "builtins.object" | "abc.ABC" | "typing.Generic")
                }
                _ => true,
            })
    }

    /// The functions that lead to an event, the module's own code left out.
    #[must_use]
    pub fn callers(&self, chain: ChainId) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        let mut at = Some(chain);
        while let Some(chain) = at {
            let chain = self.chain(chain);
            if chain.function != FunctionId::MODULE {
                functions.push(chain.function);
            }
            at = chain.caller.map(|(caller, ..)| caller);
        }
        functions
    }

    /// The objects of the classes of the module, with the class each is.
    pub fn classes(&self) -> impl Iterator<Item = (ClassId, ObjectId)> {
        let mut classes: Vec<(ClassId, ObjectId)> = self
            .class_objects
            .iter()
            .map(|(class, object)| (*class, *object))
            .collect();
        classes.sort_unstable();
        classes.into_iter()
    }

    /// The kind of an object, also of an instance of a subclass of a library's class.
    #[must_use]
    pub fn kind(&self, heap: &Heap, id: ObjectId) -> Option<&'a Kind> {
        let kind = match self.object(id).kind {
            ObjectKind::Library(kind) => kind,
            ObjectKind::Instance(class) => self.names.entry(self.library_base(heap, class, 0)?)?.makes?,
            _ => return None,
        };
        Some(self.api.kind(kind))
    }

    /// The library class that a class of the program is built on.
    #[must_use]
    pub fn library_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<names::PathId> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        bases.iter().flat_map(|base| base.atoms()).find_map(|&atom| {
            let path = match atom {
                Atom::Path(path) | Atom::Member(_, path) => path,
                Atom::Object(id) => return self.library_base(heap, id, depth + 1),
                _ => return None,
            };
            self.names.entry(path).filter(|entry| entry.class).map(|_| path)
        })
    }

    /// What the kinds of an object have in common.
    #[must_use]
    pub fn family(&self, heap: &Heap, id: ObjectId) -> Option<Family> {
        self.kind(heap, id).map(|kind| kind.family)
    }

    /// The states of an object at an event.
    #[must_use]
    pub fn states(&self, event: &Event<'_>, id: ObjectId) -> States {
        event.heap.get(id).map_or(States::empty(), |object| object.states)
    }

    /// A field that the analysis keeps under a name that no program can use.
    #[must_use]
    pub fn role<'h>(&self, heap: &'h Heap, id: ObjectId, role: &str) -> Option<&'h Value> {
        heap.get(id)?.fields.get(self.symbols.get(role)?)
    }

    /// All objects that can be reached from a value.
    #[must_use]
    pub fn reachable(&self, heap: &Heap, value: &Value) -> FxHashSet<ObjectId> {
        heap.reachable([value], |id| self.names.unbind(id).0)
    }

    /// The contexts that an object starts.
    pub fn contexts_of(&self, object: ObjectId) -> impl Iterator<Item = (ContextId, &Context)> {
        self.contexts()
            .filter(move |(_, context)| context.object == Some(object))
    }

    /// Whether a context runs in a process that another one has started, however far down.
    #[must_use]
    pub fn is_child(&self, id: ContextId) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            let context = self.context(id);
            if matches!(
                context.kind,
                ContextKind::Child | ContextKind::Task | ContextKind::Initializer
            ) {
                return true;
            }
            at = context.parent;
        }
        false
    }

    /// The events of a context.
    pub fn events_in(&self, id: ContextId) -> impl Iterator<Item = &Event<'a>> {
        self.events.iter().filter(move |event| event.context == id)
    }

    /// The events that are calls of a method with this effect.
    pub fn method_events(&self, effect: Effect) -> impl Iterator<Item = (&Event<'a>, ObjectId)> {
        self.events.iter().filter_map(move |event| match event.effect() {
            Some((object, found)) if found == effect => Some((event, object)),
            _ => None,
        })
    }

    /// Whether a call of a waiting method has a bound: a timeout that is not `None`, or no waiting at all.
    #[must_use]
    pub fn is_bounded(&self, event: &Event<'_>) -> bool {
        let EventKind::Method { method, arguments, .. } = &event.kind else {
            return false;
        };
        if method.nowait || arguments.open {
            return true;
        }
        let given = |param: &Option<String>| param.as_deref().and_then(|name| arguments.get(name));
        if let Some(timeout) = given(&method.timeout) {
            return timeout.value.single() != Some(Atom::None);
        }
        given(&method.block).is_some_and(|block| block.value.single() != Some(Atom::Bool(true)))
    }

    /// Whether what goes through an object is pickled by plain pickle, which does not send functions by value.
    #[must_use]
    pub fn is_plain_pickle(&self, heap: &Heap, id: ObjectId) -> bool {
        let path = self.object(id).path.or_else(|| match self.object(id).kind {
            ObjectKind::Instance(class) => self.library_base(heap, class, 0),
            _ => None,
        });
        path.and_then(|path| self.names.entry(path))
            .is_none_or(|entry| entry.plain_pickle)
    }

    /// Whether a class of the program, or a base of it, may be iterated.
    #[must_use]
    pub fn may_iterate(&self, heap: &Heap, class: ObjectId) -> bool {
        let Some(object) = heap.get(class) else { return true };
        let own = ["__iter__", "__getitem__"]
            .iter()
            .any(|name| self.symbol(name).is_some_and(|name| object.fields.get(name).is_some()));
        own || object
            .items
            .iter()
            .flat_map(|bases| bases.iter())
            .any(|base| match base.single() {
                Some(Atom::Object(base)) => base == class || self.may_iterate(heap, base),
                Some(Atom::Path(path)) => self.dotted(path) != "builtins.object",
                _ => true,
            })
    }

    /// Whether a class of the program is built on Process.
    #[must_use]
    pub fn is_process_class(&self, class: ObjectId) -> bool {
        self.events.last().is_some_and(|event| {
            self.library_base(&event.heap, class, 0)
                .and_then(|path| self.names.entry(path)?.makes)
                .is_some_and(|kind| self.api.kind(kind).family == Family::Process)
        })
    }

    /// Whether a class or a base of it in the program defines a name.
    #[must_use]
    pub fn class_defines(&self, class: ObjectId, name: &str) -> bool {
        let (Some(event), Some(name)) = (self.events.last(), self.symbol(name)) else {
            return false;
        };
        let mut todo = vec![class];
        let mut seen = FxHashSet::default();
        while let Some(class) = todo.pop() {
            let Some(object) = event.heap.get(class).filter(|_| seen.insert(class)) else {
                continue;
            };
            if matches!(self.object(class).kind, ObjectKind::Class(_)) {
                if object.fields.get(name).is_some() {
                    return true;
                }
                todo.extend(
                    object
                        .items
                        .iter()
                        .flat_map(|bases| bases.iter())
                        .flat_map(Value::objects),
                );
            }
        }
        false
    }

    /// Whether a function belongs to a test: by its name, or as a method of a test case.
    #[must_use]
    pub fn is_test(&self, function: FunctionId) -> bool {
        if self.function_name(function).starts_with("test") {
            return true;
        }
        let Some(FunctionKind::ClassBody(class)) =
            self.function(function).parent.map(|parent| self.function(parent).kind)
        else {
            return false;
        };
        let name = self.name(self.module.class(class).name);
        name.starts_with("Test") || name.ends_with("Test") || name.ends_with("Tests") || name.ends_with("TestCase")
    }

    /// Whether a function is a method of a class that is built on Process.
    #[must_use]
    pub fn is_process_method(&self, function: FunctionId) -> bool {
        let Some(FunctionKind::ClassBody(class)) =
            self.function(function).parent.map(|parent| self.function(parent).kind)
        else {
            return false;
        };
        self.class_objects
            .get(&class)
            .is_some_and(|&object| self.is_process_class(object))
    }

    /// The `__init__` of a class of the program, if the class has one of its own.
    #[must_use]
    pub fn init_of(&self, class: ClassId) -> Option<FunctionId> {
        let body = self.module.class(class).body;
        self.module
            .functions
            .iter()
            .position(|function| {
                function.parent == Some(body)
                    && function.kind == FunctionKind::Def
                    && self.name(function.name) == "__init__"
            })
            .map(|at| FunctionId(at as u32))
    }

    /// The class whose `__init__` was reached last when an object of a class was made, with that function.
    #[must_use]
    pub fn last_init(&self, class: ObjectId) -> Option<(ClassId, FunctionId)> {
        let heap = &self.events.last()?.heap;
        let mut found: Option<(ClassId, FunctionId)> = None;
        let mut todo = vec![class];
        let mut seen = 0;
        while let Some(class) = todo.pop() {
            seen += 1;
            if seen > 32 {
                break;
            }
            if let ObjectKind::Class(id) = self.object(class).kind
                && self.library_base(heap, class, 0).is_some()
                && let Some(init) = self.init_of(id)
            {
                let reached = found.is_none_or(|(_, caller)| {
                    self.chains.iter().any(|chain| {
                        chain.function == init && chain.caller.is_some_and(|(_, function, _)| function == caller)
                    })
                });
                if !reached {
                    break;
                }
                found = Some((id, init));
            }
            let bases = heap.get(class).and_then(|object| object.items.clone());
            let mut next: Vec<ObjectId> = bases
                .iter()
                .flat_map(|bases| bases.iter())
                .flat_map(Value::objects)
                .collect();
            next.reverse();
            todo.extend(next);
        }
        found
    }

    /// The function of the program that a context runs first.
    #[must_use]
    pub fn first_function(&self, id: ContextId) -> Option<FunctionId> {
        self.chains
            .iter()
            .find(|chain| chain.context == id && chain.function != FunctionId::MODULE)
            .map(|chain| chain.function)
    }

    /// The start methods under which an object may have to work: named by its context, or the program's, or those that
    /// the targets use by default.
    #[must_use]
    pub fn start_methods(&self, heap: &Heap, id: ObjectId) -> StartMethods {
        start_method::of_object(self, heap, id)
    }

    /// The start methods of what does not come from a context.
    #[must_use]
    pub fn default_start_methods(&self) -> StartMethods {
        if self.named_methods.is_empty() {
            self.targets.default_methods()
        } else {
            self.named_methods
        }
    }

    /// Whether the program itself names its start methods.
    #[must_use]
    pub fn names_start_method(&self) -> bool {
        !self.named_methods.is_empty()
    }
}

impl<'a> interp::Run<'a> {
    fn into_model(self, targets: Targets) -> Model<'a> {
        Model {
            module: self.module,
            symbols: self.symbols,
            names: self.names,
            api: self.api,
            objects: self.objects,
            chains: self.chains,
            contexts: self.contexts,
            events: self.events,
            class_objects: self.class_objects,
            decorated: self.decorated,
            modules: self.modules,
            kept: self.named,
            stored: self.stored,
            named_methods: StartMethods::empty(),
            targets,
        }
    }
}
