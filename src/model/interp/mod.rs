//! The abstract run of a program: a function is run anew for each chain of calls that leads to it.
//!
//! A module is run as the main script, then every function that nothing called is run as if by a stranger, then every
//! process that was started, every task and every initializer runs in a context of its own, with the objects as they
//! were when it was started. Calls inside the module are followed into the callee, with the caller's objects, so that
//! a helper, a method, a factory or a decorator needs no special care. What the run sees is recorded as
//! [`Event`](super::events::Event)s. A budget bounds the work; what is not followed is unknown, and unknown is silent.

mod ahead;
mod ahead_of_classes;
mod asides;
mod at_exit;
mod attributes;
mod blocks;
mod builtin_names;
mod builtins;
mod callbacks;
mod calls;
mod carrying;
mod changes;
mod classes;
mod comprehension_length;
mod conditions;
mod constants;
mod containers;
mod contexts;
mod default_context;
mod demands;
mod descriptors;
mod entries;
mod exceptions;
mod exit_codes;
mod exit_stacks;
mod frame;
mod generators;
mod going_round;
mod gpu;
mod imports;
mod in_queues;
mod in_turn;
mod instances;
mod items;
mod iterators;
mod kinship;
mod known;
mod leaving;
mod library;
mod loops;
mod making;
mod methods;
mod operators;
mod ops;
mod own_parts;
mod parameters;
mod partials;
mod paths;
mod processors;
mod protocols;
mod questions;
mod records;
mod repeated;
mod results;
mod returning;
mod suites;
mod variables;
mod views;
mod with_blocks;
mod work;
mod world;

pub(super) use builtins::PARENT_NUMBER;
pub use conditions::looks_like_main;
use known::Known;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
pub(super) use world::World;

use super::code::{Code, UnitId};
use super::events::{Caught, Chain, ChainId, Context, ContextId, DefaultContext, Event, EventKind};
use super::heap::{Heap, ObjectId, ObjectInfo, ObjectKind};
use super::names::{Names, PathId};
use super::typestate::States;
use super::unfollowed::Unfollowed;
use super::value::{Atom, Value};
use crate::api::{Api, Family, KindId};
use crate::files::Span;
use crate::program::Modules;
use crate::python::ir::{ClassId, FunctionId};
use crate::python::{Symbol, Symbols};

/// Operations that a run may execute for each operation of the module, and in any case.
const BUDGET_PER_OPERATION: u64 = 5;
const BUDGET_AT_LEAST: u64 = 30_000;
/// Objects and events of one module: past these the run ends as if its budget were used up, so that memory is bounded.
/// Each event keeps the objects as they were, which costs a few bytes for each object that there is.
const MOST_OBJECTS: usize = 12_000;
const MOST_EVENTS: usize = 8_000;
/// Calls inside calls that are followed.
const DEEPEST: usize = 14;

/// One place in the code of a function: block and operation.
pub(super) type OpKey = u32;

/// An object is known by the chain and place that made it, and a tag where one place makes several.
type Site = (ChainId, FunctionId, OpKey, u16);

/// An event is known by its context, chain and place, a tag where one place causes several, by which round of the loops
/// around it caused it, and by its object: a receiver may be one of several.
type EventKey = (ChainId, FunctionId, OpKey, u16, u8, Option<ObjectId>);

/// The state of a whole run.
pub(super) struct Run<'a> {
    pub code: Code<'a>,
    /// The other files of the project.
    pub files: &'a dyn Modules,
    pub symbols: &'a mut Symbols,
    pub names: Names<'a>,
    pub api: &'a Api,
    known: Known,

    pub objects: Vec<ObjectInfo>,
    sites: FxHashMap<Site, ObjectId>,
    pub chains: Vec<Chain>,
    chain_ids: FxHashMap<(ChainId, FunctionId, OpKey, FunctionId), ChainId>,
    pub contexts: Vec<Context>,
    pub events: Vec<Event<'a>>,
    event_ids: FxHashMap<EventKey, usize>,

    /// The globals of each file of the program.
    pub namespaces: Vec<ObjectId>,
    pub spaces: imports::Spaces,
    /// Blocks of other files than the root that have been run; those of module bodies, not only in the main module.
    pub run_blocks: rustc_hash::FxHashSet<(FunctionId, u32)>,
    /// Functions that can matter at all.
    pub relevant: Vec<bool>,
    /// Functions that have been run in some context.
    pub visited: Vec<bool>,
    /// Functions whose activation needs an object for the variables that inner functions share.
    needs_frame: Vec<bool>,
    pub class_objects: FxHashMap<ClassId, ObjectId>,
    /// The class in whose body a function was made.
    pub function_class: FxHashMap<FunctionId, ObjectId>,
    defaults: FxHashMap<FunctionId, Vec<(u32, Value)>>,
    generators: FxHashMap<ObjectId, generators::GeneratorCall>,
    suspended: FxHashMap<ObjectId, frame::Suspended>,
    /// Nested functions handed to code that is not followed, with the heap they close over.
    strays: Vec<(FunctionId, Option<ObjectId>, Heap)>,
    /// Processes whose numbers were handed to code that is not followed.
    pub numbered: rustc_hash::FxHashSet<ObjectId>,
    queue: contexts::Queue,

    context: ContextId,
    stack: SmallVec<[(FunctionId, Option<ObjectId>); 16]>,
    /// Loops and comprehensions around the current operation that are past their first round.
    later: u32,
    /// How many `while` loops are past their first round.
    asked_again: u32,
    /// Comprehensions around the current operation: their one round stands for all.
    comprehensions: u32,
    /// Whether what is called now is a method of one of several objects.
    one_of_several: bool,
    /// How many of them are around the call of the function that is running.
    comprehensions_around: u32,
    /// For each of those comprehensions: whether it runs over something without a bound.
    unbounded: Vec<bool>,
    loops: Vec<loops::Loop>,
    /// What the loops and comprehensions that are running draw, where that is several objects.
    visited_by_loops: Vec<Value>,
    /// Whether the generator that was run last goes on for ever.
    goes_on: bool,
    /// The round of the innermost unrolled loop, for telling its events apart.
    round: u8,
    caught: Caught,
    /// The call that is being made was handed over, not written here.
    handed_on: bool,
    pub budget: u64,
    /// What children have copies of.
    copied: changes::Copied,
    on_the_way: in_queues::OnTheWay,
    /// Operations of all files, which the budget is made of.
    operations: u64,
    /// The task that is being handed over runs alone: its caller waits for it.
    one_by_one: bool,
    /// How many calls of values are being made, one inside the other.
    calls: u32,
    /// How many calls are being made whose results are known to be needed, one inside the other.
    demanded: u32,
    /// Where the run is: for events and objects.
    here: Here,
    /// Objects that some variable, attribute or container has held.
    pub named: rustc_hash::FxHashSet<ObjectId>,
    /// Objects with states that the entry that is being run has made, in order.
    born: Vec<ObjectId>,
    /// Objects that an attribute or a global has held.
    pub stored: rustc_hash::FxHashSet<ObjectId>,
    /// What is met and not followed.
    pub unfollowed: Unfollowed,
    /// Objects that a global has held that others may import, or an attribute of a class or module.
    pub open_to_others: rustc_hash::FxHashSet<ObjectId>,
    /// Objects that an attribute of another object has held.
    pub in_attributes: rustc_hash::FxHashSet<ObjectId>,
    /// Results of tasks that somebody has asked for, or may.
    pub asked: rustc_hash::FxHashSet<ObjectId>,
    /// Where an element was taken out of a container of several.
    taken: FxHashMap<ObjectId, (ChainId, OpKey)>,
    /// By which known index or key an element was taken out of a container that does not tell its elements apart.
    taken_at: FxHashMap<ObjectId, Atom>,
    /// What a look ahead over names has told.
    ahead: ahead::Ahead<'a>,
    /// What functions under `lru_cache` have returned.
    cached: FxHashMap<FunctionId, Value>,
    /// Dotted names that `import` has bound: modules for certain.
    pub modules: rustc_hash::FxHashSet<PathId>,
    /// Functions that a decorator gave in place of another: what their name leads to is for another rule to say.
    pub decorated: rustc_hash::FxHashSet<FunctionId>,
    /// Functions under a decorator of which nothing is known.
    pub wrapped: rustc_hash::FxHashSet<FunctionId>,
    /// What the import of the main module in a child defines.
    pub imported: super::imported::Imported,
    /// The default context as the main module leaves it.
    default_context: DefaultContext,
    /// Functions that have taken the name of others, by `functools.wraps` or by hand.
    pub named_after: FxHashMap<(FunctionId, Option<ObjectId>), Value>,
    /// Functions whose `__name__` or `__qualname__` the program sets by hand. Methods are sent by the first.
    pub renamed: rustc_hash::FxHashSet<(FunctionId, Option<ObjectId>)>,
    /// Threads and the like around the current operation.
    aside: u32,
    /// How many callbacks of children have been followed.
    callbacks: u32,
    /// What is to be called at the end of the program.
    at_exit: Vec<at_exit::AtExit>,
    /// Exit stacks that hold something and that no `with` has entered.
    open_stacks: Vec<ObjectId>,
    /// What functions ask more than once.
    looked_over: questions::LookedOver,
    /// The runs of functions for each answer to that.
    repeated: repeated::Repeated,
    /// Functions in which the default of a parameter has decided a condition.
    half_run: rustc_hash::FxHashSet<FunctionId>,
    /// Whether an attribute of a name is set by others than constructors, as far as that was asked.
    set_later: FxHashMap<Symbol, bool>,
    /// Whether a view that keeps shared memory has been made.
    keeps_memory: bool,
}

/// The operation that is being executed.
#[derive(Clone, Copy)]
struct Here {
    chain: ChainId,
    function: FunctionId,
    key: OpKey,
    span: Span,
}

impl<'a> Run<'a> {
    pub fn new(code: Code<'a>, files: &'a dyn Modules, symbols: &'a mut Symbols, api: &'a Api) -> Self {
        let known = Known::new(symbols);
        let mut run = Self {
            code,
            files,
            symbols,
            names: Names::new(api),
            api,
            known,
            objects: Vec::new(),
            sites: FxHashMap::default(),
            chains: Vec::new(),
            chain_ids: FxHashMap::default(),
            contexts: Vec::new(),
            events: Vec::new(),
            event_ids: FxHashMap::default(),
            namespaces: Vec::new(),
            spaces: imports::Spaces::default(),
            run_blocks: rustc_hash::FxHashSet::default(),
            relevant: Vec::new(),
            visited: Vec::new(),
            needs_frame: Vec::new(),
            class_objects: FxHashMap::default(),
            function_class: FxHashMap::default(),
            defaults: FxHashMap::default(),
            generators: FxHashMap::default(),
            suspended: FxHashMap::default(),
            strays: Vec::new(),
            numbered: rustc_hash::FxHashSet::default(),
            queue: contexts::Queue::default(),
            context: ContextId(0),
            stack: SmallVec::new(),
            later: 0,
            asked_again: 0,
            comprehensions: 0,
            comprehensions_around: 0,
            one_of_several: false,
            unbounded: Vec::new(),
            loops: Vec::new(),
            visited_by_loops: Vec::new(),
            goes_on: false,
            round: 0,
            caught: Caught::empty(),
            handed_on: false,
            one_by_one: false,
            calls: 0,
            demanded: 0,
            budget: 0,
            copied: changes::Copied::default(),
            on_the_way: in_queues::OnTheWay::default(),
            operations: 0,
            here: Here {
                chain: ChainId(0),
                function: FunctionId::MODULE,
                key: 0,
                span: Span::default(),
            },
            named: rustc_hash::FxHashSet::default(),
            born: Vec::new(),
            stored: rustc_hash::FxHashSet::default(),
            unfollowed: Unfollowed::default(),
            open_to_others: rustc_hash::FxHashSet::default(),
            in_attributes: rustc_hash::FxHashSet::default(),
            asked: rustc_hash::FxHashSet::default(),
            taken: FxHashMap::default(),
            taken_at: FxHashMap::default(),
            ahead: ahead::Ahead::default(),
            cached: FxHashMap::default(),
            modules: rustc_hash::FxHashSet::default(),
            decorated: rustc_hash::FxHashSet::default(),
            wrapped: rustc_hash::FxHashSet::default(),
            imported: super::imported::Imported::default(),
            default_context: DefaultContext::default(),
            named_after: FxHashMap::default(),
            renamed: rustc_hash::FxHashSet::default(),
            aside: 0,
            callbacks: 0,
            at_exit: Vec::new(),
            open_stacks: Vec::new(),
            looked_over: questions::LookedOver::default(),
            repeated: repeated::Repeated::default(),
            keeps_memory: false,
            half_run: rustc_hash::FxHashSet::default(),
            set_later: FxHashMap::default(),
        };
        run.begin_root();
        run.budget = BUDGET_AT_LEAST.max(run.operations * BUDGET_PER_OPERATION);
        run
    }

    /// Makes room for what belongs to each function of a file that has become part of the program.
    fn begin_unit(&mut self, unit: UnitId, space: imports::SpaceId) {
        let numbers = self.code.unit(unit).functions();
        let (first, count) = (numbers.start as usize, numbers.len());
        let function = |at: usize| self.code.function(FunctionId((first + at) as u32));
        let operations: usize = (0..count)
            .flat_map(|at| &function(at).blocks)
            .map(|block| block.ops.len() + 1)
            .sum();
        let of_parent = |at: usize| (function(at).parent?.0 as usize).checked_sub(first);
        let mut children = vec![false; count];
        for at in 0..count {
            if let Some(child) = of_parent(at).and_then(|parent| children.get_mut(parent)) {
                *child = true;
            }
        }
        // Parents come before their children, so one pass is enough.
        let mut needs_frame = vec![false; count];
        for at in 0..count {
            let outer = of_parent(at).is_some_and(|parent| needs_frame.get(parent).copied().unwrap_or(false));
            needs_frame[at] = function(at).captured.contains(&true) || (outer && children[at]);
        }
        self.operations += operations as u64;
        self.needs_frame.extend(needs_frame);
        self.relevant.resize(first + count, true);
        self.visited.resize(first + count, false);
        let namespace = self.adopt(unit, space);
        self.namespaces.push(namespace);
        self.note_set_globals(numbers, namespace);
        self.set_later.clear();
    }

    /// The globals that the code of a function sees.
    pub fn namespace_of(&self, function: FunctionId) -> ObjectId {
        self.namespaces[self.code.home(function).0 as usize]
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.symbols.name(symbol)
    }

    fn record(&mut self, world: &World, kind: EventKind<'a>, tag: u16) {
        // What is met when the budget is used up has been left in the middle.
        if world.expecting > 0 || self.budget == 0 {
            return;
        }
        let round = if self.later > 0 {
            self.round.saturating_add(1).max(1)
        } else {
            self.round
        };
        let object = match kind {
            EventKind::Method { object, .. }
            | EventKind::Update { object, .. }
            | EventKind::Instance { object }
            | EventKind::SetAttribute { object, .. }
            | EventKind::TakeLock { lock: object } => Some(object),
            _ => None,
        };
        let key = (self.here.chain, self.here.function, self.here.key, tag, round, object);
        let event = Event {
            kind,
            context: self.context,
            chain: self.here.chain,
            function: self.here.function,
            span: self.here.span,
            heap: world.heap.clone(),
            main_only: world.main_only,
            many: self.later > 0 || self.comprehensions > 0,
            asked_again: self.asked_again > 0,
            times: self.times(),
            unbounded: self.is_unbounded_here(),
            by_process_name: world.by_process_name,
            default_context: world.default_context,
            caught: world.swallowed.iter().fold(self.caught, |all, more| all | *more),
            held: world.held.clone(),
            maybe_locked: world.maybe_locks > 0 || !world.maybe_held.is_empty(),
            one_of_several: std::mem::take(&mut self.one_of_several),
        };
        if let Some(&at) = self.event_ids.get(&key) {
            self.events[at] = event;
            return;
        }
        if self.events.len() >= MOST_EVENTS || self.objects.len() >= MOST_OBJECTS {
            self.budget = 0;
            return;
        }
        self.event_ids.insert(key, self.events.len());
        self.events.push(event);
    }

    /// How often the loops around the current operation run in all, where that is known.
    fn times(&self) -> Option<u64> {
        if self.comprehensions > 0 {
            return None;
        }
        self.loops
            .iter()
            .try_fold(1u64, |all, each| Some(all.saturating_mul(each.times?)))
    }

    fn chain(&mut self, caller: Option<(ChainId, FunctionId, Span, OpKey)>, function: FunctionId) -> ChainId {
        let next = ChainId(self.chains.len() as u32);
        if let Some((chain, from, span, key)) = caller {
            let id = *self.chain_ids.entry((chain, from, key, function)).or_insert(next);
            if id == next {
                self.chains.push(Chain {
                    caller: Some((chain, from, span)),
                    function,
                    context: self.context,
                });
            }
            return id;
        }
        self.chains.push(Chain {
            caller: None,
            function,
            context: self.context,
        });
        next
    }

    /// What is known of the kind of an object, also of an instance of a subclass of a library's class.
    pub fn kind_of(&self, heap: &Heap, id: ObjectId) -> Option<KindId> {
        match self.objects[id.0 as usize].kind {
            ObjectKind::Library(kind) => Some(kind),
            ObjectKind::Instance(class) => {
                let (path, _) = self.library_base(heap, class, 0)?;
                self.names.entry(path)?.makes
            }
            _ => None,
        }
    }

    /// The library class that a class of the program is built on, with the context it was reached through.
    pub fn library_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<(PathId, Option<ObjectId>)> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        for base in bases.iter() {
            for &atom in base.atoms() {
                let found = match atom {
                    Atom::Path(path) => Some((path, None)),
                    Atom::Member(context, path) => Some((path, Some(context))),
                    Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_)) => {
                        self.library_base(heap, id, depth + 1)
                    }
                    _ => None,
                };
                if let Some((path, context)) = found
                    && self.names.entry(path).is_some_and(|entry| entry.class)
                {
                    return Some((path, context));
                }
            }
        }
        None
    }

    /// Gives an object to something that will end it: what is known of it stays known.
    fn hand_over(&mut self, world: &mut World, value: &Value) {
        for &atom in value.atoms() {
            let atom = match atom {
                Atom::Bound(id) => self.names.unbind(id).0,
                atom => atom,
            };
            if let Atom::Function(function, closure) = atom
                && !self.visited[function.0 as usize]
            {
                self.strays.push((function, closure, world.heap.clone()));
            }
            if let Atom::Object(id) = atom
                && let Some(object) = world.heap.get_mut(id)
            {
                object.escaped = true;
                self.unfollowed.note_lost(id);
            }
        }
        self.ask(world, value);
    }

    /// A call that is not followed may take any time.
    fn note_slow(&mut self) {
        self.unfollowed.note_call(self.context, self.events.len(), true);
    }

    /// A call that is known to wait.
    fn note_pause(&mut self) {
        self.unfollowed.note_call(self.context, self.events.len(), false);
    }

    /// Gives an object and all that can be reached from it to code that is not followed.
    fn escape(&mut self, world: &mut World, value: &Value) {
        for atom in value.atoms() {
            if let Atom::Started(process) = atom {
                self.numbered.insert(*process);
            }
        }
        if value
            .atoms()
            .iter()
            .all(|atom| !matches!(atom, Atom::Object(_) | Atom::Bound(_) | Atom::Function(..)))
        {
            return;
        }
        for &atom in value.atoms() {
            let atom = match atom {
                Atom::Bound(id) => match self.names.unbind(id) {
                    (receiver, super::names::MethodRef::User(function, closure)) => {
                        self.strays.push((function, closure, world.heap.clone()));
                        receiver
                    }
                    (receiver, _) => receiver,
                },
                atom => atom,
            };
            if let Atom::Function(function, closure) = atom
                && !self.visited[function.0 as usize]
            {
                self.strays.push((function, closure, world.heap.clone()));
            }
        }
        self.ask(world, value);
        let names = &self.names;
        // Who has a view has the memory, but not the segment.
        let leads_on = |id: ObjectId| !self.is_of_family(world, id, Family::View);
        let reached = world.heap.reachable_by([value], |id| names.unbind(id).0, leads_on);
        for id in reached {
            if matches!(
                self.objects[id.0 as usize].kind,
                ObjectKind::Namespace | ObjectKind::Class(_) | ObjectKind::Frame(_)
            ) {
                continue;
            }
            if let Some(object) = world.heap.get_mut(id) {
                object.escaped = true;
                object.states |= States::LOST;
                self.unfollowed.note_lost(id);
                if object.items.is_some()
                    && matches!(self.objects[id.0 as usize].kind, ObjectKind::List | ObjectKind::Dict)
                {
                    object.items = None;
                    object.elements.insert(Atom::Unknown);
                }
            }
        }
    }
}
