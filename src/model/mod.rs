//! The program as processes: what its contexts do, in which states its objects are, and what crosses between them.
//!
//! [`Model::of`] runs one program abstractly (see `interp`) and keeps what the run saw. A rule asks the model in the
//! field's own terms: which events have this effect, in which state was this object then, which contexts does it
//! start, under which start methods, what of this value cannot be pickled.
//!
//! A program is a root file and the files of the project that it imports, as far as there is need of them (see [`code`]
//! and `interp::imports`): each is a namespace of its own in the same run.

pub mod by_name;
mod classes;
pub mod code;
mod counting;
pub mod crossing;
mod ending;
pub mod events;
mod functions;
pub mod heap;
mod imported;
mod interp;
pub mod loop_items;
pub mod names;
pub mod naming;
pub mod raising;
mod relevance;
mod results;
pub mod rounds;
pub mod shadows;
pub mod signature;
mod start_method;
mod taint;
pub mod typestate;
mod unfollowed;
pub mod value;

pub use interp::looks_like_main;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::{Api, Effect, Family, Kind};
use crate::files::Span;
use crate::findings::{StartMethods, Targets};
use crate::program::Modules;
use crate::python::ir::{ClassId, FunctionId, OpKind};
use crate::python::{Symbol, Symbols};
use code::{Code, Program, UnitId};
use events::{Chain, ChainId, Context, ContextId, ContextKind, Event, EventKind};
use heap::{Heap, ObjectId, ObjectInfo, ObjectKind};
use names::Names;
use typestate::States;
use value::{Atom, Value};

/// What is known of one program's processes.
#[derive(Debug)]
pub struct Model<'a> {
    /// The code.
    pub code: Code<'a>,
    symbols: &'a Symbols,
    names: Names<'a>,
    api: &'a Api,
    objects: Vec<ObjectInfo>,
    chains: Vec<Chain>,
    contexts: Vec<Context>,
    events: Vec<Event<'a>>,
    class_objects: FxHashMap<ClassId, ObjectId>,
    decorated: FxHashSet<FunctionId>,
    wrapped: FxHashSet<FunctionId>,
    imported: imported::Imported,
    named_after: FxHashMap<(FunctionId, Option<ObjectId>), Value>,
    renamed: FxHashSet<(FunctionId, Option<ObjectId>)>,
    namespaces: Vec<ObjectId>,
    modules: FxHashSet<names::PathId>,
    /// Blocks of other files than the root that have been run.
    run_blocks: FxHashSet<(FunctionId, u32)>,
    /// The namespaces of the modules of the project, with their names.
    module_names: FxHashMap<ObjectId, Arc<str>>,
    kept: FxHashSet<ObjectId>,
    stored: FxHashSet<ObjectId>,
    unfollowed: unfollowed::Unfollowed,
    asked: FxHashSet<ObjectId>,
    open_to_others: FxHashSet<ObjectId>,
    in_attributes: FxHashSet<ObjectId>,
    /// Processes whose numbers were handed to code that is not followed.
    numbered: FxHashSet<ObjectId>,
    named_methods: StartMethods,
    targets: Targets,
    shadows: Vec<shadows::Shadow>,
    cut_short: bool,
}

impl<'a> Model<'a> {
    /// Runs a module abstractly. A module in which nothing has to do with processes has a model without events.
    #[must_use]
    pub fn of(
        program: &'a Program,
        modules: &'a dyn Modules,
        symbols: &'a mut Symbols,
        api: &'a Api,
        targets: Targets,
    ) -> Self {
        let mut run = interp::Run::new(Code::new(program), modules, symbols, api);
        let relevance = run.relevance_of_root();
        if relevance.contains(&true) {
            run.set_relevant(relevance);
            run.begin_linking();
            run.run_all();
        }
        let shadows = match run.events.is_empty() {
            true => Vec::new(),
            false => run.shadows(),
        };
        let mut model = run.into_model(targets);
        model.shadows = shadows;
        model.named_methods = start_method::named(&model);
        model
    }

    /// Whether the run ended before the module did, because its budget was used up.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// Files beside the root that hide a module of the standard library which multiprocessing needs.
    #[must_use]
    pub fn shadows(&self) -> &[shadows::Shadow] {
        &self.shadows
    }

    /// All that happened, in the order in which it was first met.
    #[must_use]
    pub fn events(&self) -> &[Event<'a>] {
        &self.events
    }

    /// Whether what happens at a place rests on nothing but what a stranger might do with the root: on calls of functions
    /// that nothing calls, or on the run of a file as a script that does not ask whether it is one.
    #[must_use]
    pub fn is_isolated(&self, span: Span) -> bool {
        let (mut at, mut around) = (Vec::new(), Vec::new());
        for event in &self.events {
            if event.span == span {
                at.push(event.context);
            } else if event.span.contains(span) || span.contains(event.span) {
                around.push(event.context);
            }
        }
        let contexts = if at.is_empty() { around } else { at };
        contexts.iter().all(|context| {
            let first = self.first_of(*context);
            first.kind == ContextKind::Entry || (first.kind == ContextKind::Main && !self.asks_for_main())
        })
    }

    /// Whether a context comes from the main module, run as a script.
    #[must_use]
    pub fn is_of_script(&self, id: ContextId) -> bool {
        self.first_of(id).kind == ContextKind::Main
    }

    /// The context that a context comes from, however far up.
    fn first_of(&self, mut id: ContextId) -> &Context {
        while let Some(parent) = self.context(id).parent {
            id = parent;
        }
        self.context(id)
    }

    /// Whether the root asks somewhere if it is the main module.
    fn asks_for_main(&self) -> bool {
        self.events.iter().any(|event| {
            matches!(event.kind, EventKind::NameTest { .. }) && self.code.home(event.function) == UnitId::ROOT
        })
    }

    /// The places in other files than the root whose code has been run, as often as it would be by whoever imports the
    /// root.
    pub fn run_elsewhere(&self) -> impl Iterator<Item = Span> {
        self.run_blocks.iter().flat_map(|(function, block)| {
            let ops = self
                .code
                .function(*function)
                .blocks
                .get(*block as usize)
                .map(|block| &block.ops);
            ops.into_iter().flatten().filter_map(|op| {
                let defines = matches!(op.kind, OpKind::MakeFunction { .. } | OpKind::MakeClass { .. });
                (!defines).then_some(op.span)
            })
        })
    }

    /// Whether the import of a module by a child binds a global, or may: of a module that was not followed it is not known.
    #[must_use]
    pub fn is_bound_at_import(&self, module: ObjectId, name: Symbol) -> bool {
        let bound = &self.imported.bound;
        bound.contains(&(module, name)) || !bound.iter().any(|(other, _)| *other == module)
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

    /// The context in which the process of a context began; none in the main process.
    #[must_use]
    pub fn process_of(&self, id: ContextId) -> Option<ContextId> {
        events::process_of(&self.contexts, id)
    }

    /// A chain of calls.
    #[must_use]
    pub fn chain(&self, id: ChainId) -> Chain {
        self.chains[id.0 as usize]
    }

    /// All chains of calls.
    pub fn chains(&self) -> impl Iterator<Item = (ChainId, Chain)> {
        self.chains
            .iter()
            .enumerate()
            .map(|(at, chain)| (ChainId(at as u32), *chain))
    }

    /// What never changes of an object.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> &ObjectInfo {
        &self.objects[id.0 as usize]
    }

    /// Whether the number of a process was handed to code that is not followed, which may have sent it a signal.
    #[must_use]
    pub fn is_number_known(&self, process: ObjectId) -> bool {
        self.numbered.contains(&process)
    }

    /// Whether an object is one of a class of the program.
    #[must_use]
    pub fn is_instance(&self, id: ObjectId) -> bool {
        matches!(self.object(id).kind, ObjectKind::Instance(_))
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

    /// Whether a dotted name is a module for certain, because the program imports it by `import`.
    #[must_use]
    pub fn is_module(&self, path: names::PathId) -> bool {
        self.modules.contains(&path) || self.api.is_module(self.dotted(path))
    }

    /// The name of a module of the project, given its namespace.
    #[must_use]
    pub fn module_name(&self, object: ObjectId) -> Option<&str> {
        self.module_names.get(&object).map(|name| &**name)
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

    /// All objects that go along when a value is pickled. Classes and modules go by their names, and what they hold stays
    /// behind.
    #[must_use]
    pub fn pickled_with(&self, heap: &Heap, value: &Value) -> FxHashSet<ObjectId> {
        let goes_by_name = |id| matches!(self.object(id).kind, ObjectKind::Class(_) | ObjectKind::Namespace);
        heap.reachable_by([value], |id| self.names.unbind(id).0, |id| !goes_by_name(id))
    }

    /// The contexts that an object starts.
    pub fn contexts_of(&self, object: ObjectId) -> impl Iterator<Item = (ContextId, &Context)> {
        self.contexts()
            .filter(move |(_, context)| context.object == Some(object))
    }

    /// Whether a context runs in a process that another one has started, however far down.
    #[must_use]
    pub fn is_child(&self, id: ContextId) -> bool {
        self.process_of(id).is_some()
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
            code: self.code,
            symbols: self.symbols,
            names: self.names,
            api: self.api,
            objects: self.objects,
            chains: self.chains,
            contexts: self.contexts,
            events: self.events,
            class_objects: self.class_objects,
            decorated: self.decorated,
            wrapped: self.wrapped,
            imported: self.imported,
            named_after: self.named_after,
            renamed: self.renamed,
            namespaces: self.namespaces,
            modules: self.modules,
            run_blocks: self.run_blocks,
            module_names: self.spaces.into_names(),
            kept: self.named,
            stored: self.stored,
            unfollowed: self.unfollowed,
            asked: self.asked,
            open_to_others: self.open_to_others,
            in_attributes: self.in_attributes,
            numbered: self.numbered,
            named_methods: StartMethods::empty(),
            targets,
            shadows: Vec::new(),
            cut_short: self.budget == 0,
        }
    }
}
