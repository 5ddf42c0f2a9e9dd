//! The contexts of a program, one after another: the main module, and every process, task and initializer.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::calls::Actuals;
use super::frame::Entry;
use super::{Here, OpKey, Run, World};
use crate::api::Family;
use crate::files::Span;
use crate::model::code::UnitId;
use crate::model::events::{Chain, ChainId, Context, ContextId, ContextKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::FunctionId;

/// A context that is yet to run.
struct Pending {
    id: ContextId,
    function: Value,
    actuals: Actuals,
    world: World,
}

impl Pending {
    /// It may be started with this as well: where its function is run once for each of several answers, one start does
    /// not take the place of the other.
    fn also(&mut self, function: &Value, actuals: &Actuals, world: &World) {
        self.function.join(function);
        for (mine, other) in self.actuals.iter_mut().zip(actuals) {
            mine.value.join(&other.value);
        }
        self.world.join(world);
    }
}

/// The contexts that are yet to run, in the order in which they were started.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Pending>,
    by_start: FxHashMap<(ChainId, FunctionId, OpKey, Option<ObjectId>, ContextKindKey), ContextId>,
}

type ContextKindKey = u8;

/// Contexts that are run one inside the other and start at one place of the code.
const MOST_LIKE_THIS: usize = 2;

/// Contexts that one module may have; further ones are not run.
const MOST_CONTEXTS: usize = 400;

impl<'a> Run<'a> {
    /// Runs the whole program.
    pub fn run_all(&mut self) {
        let mut world = World::default();
        world.heap.put(
            self.namespace_of(FunctionId::MODULE),
            crate::model::heap::Object::new(States::empty()),
        );
        // A notebook has no file that a child could import again.
        world.main_only = self.code.unit(UnitId::ROOT).module().is_notebook;
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
        if let Some((_, world)) = &outcome.result {
            self.default_context.fixed = world.default_context.fixed;
            self.run_at_exit(world);
        }
        let end = outcome.result.map(|(_, mut world)| {
            self.hand_over_stacks(&mut world);
            world
        });
        self.close(main, end);
        let heap = self.contexts[main.0 as usize].exit.clone().unwrap_or(world.heap);
        self.drain();
        self.run_entries(heap);
        self.drain();
    }

    pub(super) fn open(
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
            returns: false,
            exit: None,
            function: None,
            returned: Value::never(),
        });
        id
    }

    /// Makes a context the current one, and gives the chain of its first function.
    pub(super) fn begin(&mut self, id: ContextId, function: FunctionId) -> ChainId {
        self.context = id;
        self.later = 0;
        self.asked_again = 0;
        self.comprehensions = 0;
        self.unbounded.clear();
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

    pub(super) fn close(&mut self, id: ContextId, world: Option<World>) {
        let out_of_budget = self.budget == 0;
        let context = &mut self.contexts[id.0 as usize];
        context.cut_short |= out_of_budget;
        context.returns |= world.is_some();
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
        let is_group = object
            .and_then(|id| self.kind_of(&world.heap, id))
            .is_some_and(|kind| self.api.kind(kind).family == Family::ProcessGroup);
        let many = match kind {
            ContextKind::Child if is_group => !alone,
            ContextKind::Child => started.map_or(self.later > 0 || self.comprehensions > 0, |object| object.many),
            _ => !alone && !self.one_by_one,
        };
        self.note_copies(world, &function, &actuals);
        let mut world = world.clone();
        world.main_only = true;
        world.held.clear();
        world.maybe_held.clear();
        world.swallowed.clear();
        world.expecting = 0;
        self.begin_silent(&mut world);
        world.compared.clear();
        world.maybe_locks = 0;
        if let Some(&id) = self.queue.by_start.get(&key) {
            let context = &mut self.contexts[id.0 as usize];
            context.many |= many;
            context.known &= known;
            let of_several_ways = self.repeated.ways > 1;
            if let Some(pending) = self.queue.waiting.iter_mut().find(|pending| pending.id == id) {
                if of_several_ways {
                    pending.also(&function, &actuals, &world);
                } else {
                    pending.function = function;
                    pending.actuals = actuals;
                    pending.world = world;
                }
            }
            return;
        }
        if self.contexts.len() >= MOST_CONTEXTS {
            return;
        }
        // A process that starts its like, or a task that hands on its own function: once more is enough to see what that
        // does, and what lies behind is not run.
        let goes_on = self.starts_like_this() < MOST_LIKE_THIS;
        let id = self.open(kind, object, Some(self.context), known);
        self.contexts[id.0 as usize].many = many;
        self.queue.by_start.insert(key, id);
        if !goes_on {
            self.contexts[id.0 as usize].cut_short = true;
            return;
        }
        self.queue.waiting.push_back(Pending {
            id,
            function,
            actuals,
            world,
        });
    }

    /// How many of the contexts above were started at this very place.
    fn starts_like_this(&self) -> usize {
        let (function, span) = (self.here.function, self.here.span);
        let above = std::iter::successors(Some(self.context), |id| self.contexts[id.0 as usize].parent);
        above
            .filter(|id| {
                let started = self.contexts[id.0 as usize].started;
                started.is_some_and(|(_, its, place)| its == function && place == span)
            })
            .count()
    }

    /// Whether a context that was started runs the function, or will.
    pub(super) fn is_work(&self, function: FunctionId) -> bool {
        let is_it = |atom: &Atom| matches!(atom, Atom::Function(other, _) if *other == function);
        let mut waiting = self.queue.waiting.iter();
        self.contexts.iter().any(|context| context.function == Some(function))
            || waiting.any(|pending| pending.function.atoms().iter().any(is_it))
    }

    /// A new process has put nothing into any queue, and has set no event.
    fn begin_silent(&self, world: &mut World) {
        let silent: Vec<ObjectId> = world
            .heap
            .iter()
            .filter(|(id, _)| {
                self.kind_of(&world.heap, *id)
                    .is_some_and(|kind| matches!(self.api.kind(kind).family, Family::Queue | Family::Event))
            })
            .map(|(id, _)| id)
            .collect();
        for id in silent {
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

    /// The function of the program that a call of a value runs.
    fn first_function(&self, world: &World, atom: Atom, depth: u32) -> Option<FunctionId> {
        match atom {
            Atom::Function(function, _) => Some(function),
            Atom::Bound(id) => match self.names.unbind(id).1 {
                MethodRef::User(function, _) => Some(function),
                _ => None,
            },
            Atom::Object(id) if depth < 8 => match self.objects[id.0 as usize].kind {
                ObjectKind::Partial => {
                    let (function, _) = self.partial_parts(world, id);
                    let mut atoms = function.atoms().iter();
                    atoms.find_map(|atom| self.first_function(world, *atom, depth + 1))
                }
                ObjectKind::Instance(class) => {
                    let method = self.in_program(&world.heap, class, self.known.call)?;
                    self.first_function(world, method, depth + 1)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether processes are started to run a function.
    pub(super) fn is_work_of_children(&self, id: FunctionId) -> bool {
        let is_child = |context: ContextId| self.contexts[context.0 as usize].kind == ContextKind::Child;
        let runs = |chain: &Chain| chain.caller.is_none() && chain.function == id && is_child(chain.context);
        let is_it = |work: &Pending, atom: &Atom| self.first_function(&work.world, *atom, 0) == Some(id);
        let waits = |work: &Pending| work.function.atoms().iter().any(|atom| is_it(work, atom));
        let mut waiting = self.queue.waiting.iter().filter(|work| is_child(work.id));
        self.chains.iter().any(runs) || waiting.any(waits)
    }

    pub(super) fn drain(&mut self) {
        while let Some(pending) = self.queue.waiting.pop_front() {
            if self.budget == 0 {
                self.contexts[pending.id.0 as usize].cut_short = true;
                continue;
            }
            self.run_context(pending);
        }
    }

    /// A worker has what its initializer left in the globals, and not what they held before that.
    fn take_prepared(&self, id: ContextId, world: &mut World) {
        let object = self.contexts[id.0 as usize].object;
        let mut prepared = self
            .contexts
            .iter()
            .filter(|context| context.kind == ContextKind::Initializer && object.is_some() && context.object == object)
            .filter_map(|context| context.exit.clone());
        let Some(mut left) = prepared.next() else { return };
        for heap in prepared {
            left.join(&heap);
        }
        for (space, left) in left.iter() {
            if self.objects[space.0 as usize].kind == ObjectKind::Namespace
                && let Some(globals) = world.heap.get_mut(space)
            {
                for (name, value) in left.fields.iter() {
                    globals.fields.set(name, value.clone());
                }
            }
        }
        world.heap.join(&left);
    }

    fn run_context(&mut self, pending: Pending) {
        let Pending {
            id,
            function,
            actuals,
            mut world,
        } = pending;
        self.take_prepared(id, &mut world);
        let first = function
            .atoms()
            .iter()
            .find_map(|atom| self.first_function(&world, *atom, 0));
        self.begin(id, first.unwrap_or(FunctionId::MODULE));
        self.loops.clear();
        self.visited_by_loops.clear();
        self.here.key = OpKey::MAX - 1;
        // A function of a library, such as `print`, has no place of its own: what it does is seen where it is handed
        // over.
        if let Some((_, _, span)) = self.contexts[id.0 as usize].started {
            self.here.span = span;
        }
        let frame = self.outermost();
        let result = self.call_value(&frame, &mut world, &function, &actuals);
        let context = &mut self.contexts[id.0 as usize];
        context.function = first;
        if let Some(returned) = &result {
            context.returned.join(returned);
        }
        self.close(id, result.map(|_| world));
    }

    /// A frame for code that no function of the program runs.
    pub(super) fn outermost(&self) -> super::frame::Frame<'a> {
        super::frame::Frame::outermost(self.code.function(FunctionId::MODULE), self.here.chain)
    }
}
