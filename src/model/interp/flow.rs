//! Running the control flow graph of one function.
//!
//! Blocks are run in the order of their numbers, each once with the join of all that leads to it. A loop is run as a
//! whole: a first round with the state before it, then rounds with the state that the round before left, until
//! nothing changes. Objects that a loop draws from a container are taken to be others in each round, in step with
//! each other: a round sees an element as it was before the loop, and after the loop all are as the last one.

use rustc_hash::FxHashMap;

use super::attributes::Ancestor;
use super::{OpKey, Run, World, builtins};
use crate::model::events::{Caught, ChainId, ContextKind, EventKind, NameTest};
use crate::model::heap::{Heap, Object, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{
    Block, CompareOp, Function, FunctionId, FunctionKind, OpKind, Place, Slot, Temp, Terminator, Test, TestPlace,
};

/// Rounds of a loop after which no further change is followed.
const ROUNDS: usize = 4;
/// A container with at most this many known elements is run element by element.
const UNROLL: usize = 6;

/// The local variables at one point, and the world.
#[derive(Clone, Debug)]
pub(in crate::model) struct State {
    pub slots: Vec<Value>,
    pub world: World,
}

impl State {
    fn join(&mut self, other: &Self) -> bool {
        let mut changed = self.world.join(&other.world);
        for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
            changed |= mine.join(theirs);
        }
        changed
    }
}

/// A running loop.
pub(in crate::model) struct Loop {
    /// The objects before the loop.
    entry: Heap,
    /// The element that this round is about, where the loop runs over known elements.
    element: Option<usize>,
    /// Whether the round is the last that a known number of elements allows.
    last: bool,
    /// How often the loop runs, if that is known.
    pub times: Option<u64>,
}

/// A generator function that waits at its `yield`, as a context manager does inside its block. It goes on once for each
/// way out of the block.
#[derive(Clone)]
pub(in crate::model) struct Suspended {
    entry: Entry,
    own: Option<ObjectId>,
    block: usize,
    op: usize,
    slots: Vec<Value>,
}

/// One running function.
pub(in crate::model) struct Frame<'a> {
    pub function: &'a Function,
    pub id: FunctionId,
    pub chain: ChainId,
    /// The object with the variables that inner functions share.
    pub own: Option<ObjectId>,
    /// The frame around it.
    pub closure: Option<ObjectId>,
    /// For a class body, the class; for a method, the class it is written in.
    pub class: Option<ObjectId>,
    /// The first argument of a method.
    pub receiver: Value,
    pub temps: Vec<Value>,
    pending: Vec<Option<State>>,
    back: FxHashMap<usize, State>,
    result: Option<(Value, World)>,
    pub yielded: Value,
    /// The objects at the `yield`s.
    pub yielded_in: Option<World>,
    /// Stop at the first `yield` and keep what is needed to go on.
    suspends: bool,
    stopped: Option<(usize, usize, State, Value)>,
    /// Whether an exception may leave the function.
    raised: bool,
}

impl<'a> Frame<'a> {
    /// A frame for what no code of the program does.
    pub(super) fn outermost(module: &'a crate::python::ir::Module, chain: ChainId) -> Self {
        Self {
            function: module.function(FunctionId::MODULE),
            id: FunctionId::MODULE,
            chain,
            own: None,
            closure: None,
            class: None,
            receiver: Value::never(),
            temps: Vec::new(),
            pending: Vec::new(),
            back: FxHashMap::default(),
            result: None,
            yielded: Value::never(),
            yielded_in: None,
            suspends: false,
            stopped: None,
            raised: false,
        }
    }
}

/// What a call left.
pub(in crate::model) struct Outcome {
    /// The value and the world, if it may return.
    pub result: Option<(Value, World)>,
    /// What it yields.
    pub yielded: Value,
    /// The world at its `yield`s, if it reaches one.
    pub yielded_in: Option<World>,
}

/// A condition that tells the main module or process from the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::model) enum Guard {
    /// It holds in the main module only, or everywhere else.
    Main(bool),
    /// It holds in a process called `MainProcess` only, or everywhere else.
    ProcessName(bool),
}

/// Whether somebody who wrote this meant `__main__`: the same letters, another number of underscores, blanks or case.
pub fn looks_like_main(text: &str) -> bool {
    let mut letters = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase);
    let meant = "main".chars().all(|c| letters.next() == Some(c)) && letters.next().is_none();
    meant && text != "__main__"
}

/// The truth of a parameter that the caller gives as `True` or `False`. Defaults do not count: other callers may say
/// otherwise.
fn given_truth(function: &Function, place: Option<TestPlace>, value: &Value) -> Option<bool> {
    match (place, value.single()) {
        (
            Some(TestPlace {
                base: Place::Local(slot) | Place::Cell { up: 0, slot },
                attribute: None,
            }),
            Some(Atom::Bool(given)),
        ) if (slot.0 as usize) < function.params.len() => Some(given),
        _ => None,
    }
}

/// What a `for` loop with this head iterates; none for `while`, whose condition may hold a comprehension.
fn iterated(head: &Block) -> Option<Slot> {
    match head.ops.first()?.kind {
        OpKind::Iterate { iterable, .. } => Some(iterable),
        _ => None,
    }
}

/// Whether a value tells by being `None` whether a process has been started, or has ended.
fn is_started_mark(value: &Value) -> bool {
    matches!(value.single(), Some(Atom::Started(_) | Atom::Ended(_)))
}

/// What a test of a process's `pid` or `exitcode` says of the process. False where no state of it fits.
fn is_possible(world: &mut World, value: &Value, given: bool) -> bool {
    let (process, fits) = match (value.single(), given) {
        (Some(Atom::Started(process)), true) => (process, States::all() - States::NEW - States::BARE),
        (Some(Atom::Started(process)), false) => (process, States::NEW | States::BARE | States::LOST),
        (Some(Atom::Alive(process)), true) => (process, States::all() - States::NEW - States::BARE),
        (Some(Atom::Ended(process)), true) => {
            has_ended(world, process);
            return true;
        }
        _ => return true,
    };
    let Some(object) = world.heap.get_mut(process) else {
        return true;
    };
    if object.states.is_empty() || object.states.contains(States::LOST) {
        return true;
    }
    object.states &= fits;
    !object.states.is_empty()
}

/// A process that is known not to run any more needs no wait.
fn has_ended(world: &mut World, process: ObjectId) {
    if let Some(object) = world.heap.get_mut(process)
        && object
            .states
            .intersects(States::STARTED | States::TERMINATED | States::LOST)
    {
        object.states.remove(States::STARTED | States::TERMINATED);
        object.states.insert(States::JOINED);
    }
}

pub(in crate::model) enum Flow {
    Next,
    /// Control does not get past the operation.
    Ends,
}

/// How a function is entered.
#[derive(Clone)]
pub(in crate::model) struct Entry {
    pub function: FunctionId,
    pub closure: Option<ObjectId>,
    pub class: Option<ObjectId>,
    pub chain: ChainId,
    /// Values of the parameters.
    pub slots: Vec<Value>,
}

impl<'a> Run<'a> {
    /// Runs a function from its entry.
    pub(in crate::model) fn run_function(&mut self, entry: Entry, world: World) -> Outcome {
        let mut frame = self.frame(entry, false);
        let slots = std::mem::take(&mut frame.temps);
        self.enter(&mut frame, slots, world);
        Self::leave(&mut frame)
    }

    /// Runs a generator function up to its first `yield`; returns what it yields and the world there.
    pub(in crate::model) fn run_to_yield(
        &mut self,
        manager: ObjectId,
        entry: Entry,
        world: World,
    ) -> Option<(Value, World)> {
        let mut frame = self.frame(entry, true);
        let slots = std::mem::take(&mut frame.temps);
        self.enter(&mut frame, slots, world);
        let (block, op, state, value) = frame.stopped.take()?;
        self.suspended.insert(
            manager,
            Suspended {
                entry: Entry {
                    function: frame.id,
                    closure: frame.closure,
                    class: frame.class,
                    chain: frame.chain,
                    slots: vec![frame.receiver.clone()],
                },
                own: frame.own,
                block,
                op,
                slots: state.slots,
            },
        );
        Some((value, state.world))
    }

    /// Runs a generator function on from its `yield`.
    pub(in crate::model) fn run_from_yield(&mut self, manager: ObjectId, world: World) -> Option<World> {
        let Suspended {
            entry,
            own,
            block,
            op,
            slots,
        } = self.suspended.get(&manager)?.clone();
        let mut frame = self.frame(entry, false);
        frame.own = own;
        frame.temps = vec![Value::never(); frame.function.temps as usize];
        let backup = world.clone();
        let here = self.here;
        self.stack.push(frame.id);
        self.run_block(&mut frame, block, op + 1, State { slots, world });
        let count = frame.function.blocks.len();
        self.run_range(&mut frame, block + 1, count);
        self.stack.pop();
        self.here = here;
        Some(frame.result.take().map_or(backup, |(_, world)| world))
    }

    /// Makes the frame; the values of the parameters wait in `temps` until the function is entered.
    fn frame(&mut self, entry: Entry, suspends: bool) -> Frame<'a> {
        let module = self.module;
        let function = module.function(entry.function);
        Frame {
            function,
            id: entry.function,
            chain: entry.chain,
            own: None,
            closure: entry.closure,
            class: entry.class,
            receiver: entry.slots.first().cloned().unwrap_or_default(),
            temps: entry.slots,
            pending: vec![None; function.blocks.len()],
            back: FxHashMap::default(),
            result: None,
            yielded: Value::never(),
            yielded_in: None,
            suspends,
            stopped: None,
            raised: false,
        }
    }

    fn enter(&mut self, frame: &mut Frame<'a>, mut slots: Vec<Value>, mut world: World) {
        let here = self.here;
        self.visited[frame.id.0 as usize] = true;
        let handed_on = std::mem::replace(&mut self.handed_on, false);
        self.stack.push(frame.id);
        self.here.chain = frame.chain;
        self.here.function = frame.id;
        self.here.key = OpKey::MAX;
        self.here.span = frame.function.name_span;
        slots.resize(frame.function.slots.len(), Value::never());
        if self.needs_frame[frame.id.0 as usize] {
            let own = self.allocate(&mut world, ObjectKind::Frame(frame.id), States::empty(), 0);
            self.objects[own.0 as usize].outer = frame.closure;
            if let Some(object) = world.heap.get_mut(own) {
                object.items = Some(std::rc::Rc::new(slots.clone()));
            }
            frame.own = Some(own);
        }
        frame.temps = vec![Value::never(); frame.function.temps as usize];
        frame.pending[0] = Some(State { slots, world });
        let count = frame.function.blocks.len();
        self.run_range(frame, 0, count);
        self.stack.pop();
        self.handed_on = handed_on;
        self.here = here;
    }

    fn leave(frame: &mut Frame<'a>) -> Outcome {
        Outcome {
            result: frame.result.take(),
            yielded: std::mem::take(&mut frame.yielded),
            yielded_in: frame.yielded_in.take(),
        }
    }

    fn context_is_child(&self) -> bool {
        matches!(
            self.contexts[self.context.0 as usize].kind,
            ContextKind::Child | ContextKind::Task
        )
    }

    /// Records which objects that were made in this call end with it: where it returns, nothing outside can reach
    /// them. Each return is looked at alone, so that what one way leaves open is not excused by another.
    fn note_leaving(&mut self, frame: &Frame<'a>, value: &Value, state: &State) {
        let heap = &state.world.heap;
        let is_function = matches!(
            frame.function.kind,
            FunctionKind::Def | FunctionKind::AsyncDef | FunctionKind::Lambda
        );
        if !is_function && frame.id != FunctionId::MODULE {
            return;
        }
        let interesting: Vec<ObjectId> = heap
            .iter()
            .filter(|(id, object)| {
                let info = &self.objects[id.0 as usize];
                (info.chain == frame.chain || self.chain_within(info.chain, frame.chain))
                    && !object.states.is_empty()
                    && !object.escaped
                    && self.born.contains(id)
                    && matches!(info.kind, ObjectKind::Library(_) | ObjectKind::Instance(_))
            })
            .map(|(id, _)| id)
            .collect();
        if interesting.is_empty() {
            return;
        }
        let names = &self.names;
        let own = frame.own.map(Value::from);
        let variables = heap.reachable(state.slots.iter().chain(own.as_ref()), |id| names.unbind(id).0);
        let outside = if is_function {
            // Whatever a caller can reach: the result, the arguments, globals, the frames around, and objects that
            // were made before this call.
            let mut roots: Vec<Value> = vec![value.clone(), frame.receiver.clone(), self.namespace.into()];
            roots.extend(frame.closure.map(Value::from));
            for (id, _) in heap.iter() {
                let chain = self.objects[id.0 as usize].chain;
                if chain != frame.chain && !self.chain_within(chain, frame.chain) {
                    roots.push(id.into());
                }
            }
            heap.reachable(&roots, |id| names.unbind(id).0)
        } else {
            rustc_hash::FxHashSet::default()
        };
        let globals = heap.reachable(&[Value::from(self.namespace)], |id| names.unbind(id).0);
        // An object of the program that no variable has held ends with the expression that made it, and with it what it
        // holds. One that has a `__del__` may close what it holds.
        let mut temporary = Vec::new();
        let mut finalized = Vec::new();
        for (id, _) in heap.iter() {
            let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
                continue;
            };
            if !self.named.contains(&id) {
                temporary.push(Value::from(id));
            }
            let finalizes = self
                .resolution_order(heap, class)
                .iter()
                .any(|ancestor| match ancestor {
                    Ancestor::Program(class) => heap
                        .get(*class)
                        .is_some_and(|object| object.fields.get(self.known.finalizer).is_some()),
                    _ => false,
                });
            if finalizes {
                finalized.push(Value::from(id));
            }
        }
        let temporary = heap.reachable(&temporary, |id| names.unbind(id).0);
        let finalized = heap.reachable(&finalized, |id| names.unbind(id).0);
        // What variables hold elsewhere but not here was not made on the way here, or ended with a call. What no
        // variable ever held, and something else does, ends with that.
        let dropped: Box<[ObjectId]> = interesting
            .into_iter()
            .filter(|id| !outside.contains(id) && !finalized.contains(id))
            .filter(|id| {
                let held = variables.contains(id) || (!is_function && (globals.contains(id) || temporary.contains(id)));
                self.named.contains(id) == held
            })
            .collect();
        if !dropped.is_empty() {
            self.record(&state.world, EventKind::Leave { dropped }, 3);
        }
    }

    /// Records that an `__init__` returns on a way on which the library's constructor has not run.
    fn note_bare(&mut self, frame: &Frame<'a>, state: &State) {
        if frame.function.name != self.known.init {
            return;
        }
        let Some(Atom::Object(object)) = frame.receiver.single() else {
            return;
        };
        // An `__init__` that another one has called is only a part of it.
        let caller = self.chains[frame.chain.0 as usize].caller;
        if caller.is_some_and(|(_, function, _)| self.module.function(function).name == self.known.init) {
            return;
        }
        let bare = state
            .world
            .heap
            .get(object)
            .is_some_and(|object| object.states.must(States::BARE));
        if bare {
            self.record(&state.world, EventKind::Instance { object }, 6);
        }
    }

    /// Whether a chain begins in another one.
    fn chain_within(&self, mut chain: ChainId, outer: ChainId) -> bool {
        while let Some((caller, ..)) = self.chains[chain.0 as usize].caller {
            if caller == outer {
                return true;
            }
            chain = caller;
        }
        false
    }

    fn run_range(&mut self, frame: &mut Frame<'a>, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            if frame.pending[at].is_some() {
                if let Some(end) = frame.function.blocks[at].loop_end {
                    self.run_loop(frame, at, end.0 as usize);
                    at = end.0 as usize;
                    continue;
                }
                if let Some(state) = frame.pending[at].take() {
                    self.run_block(frame, at, 0, state);
                }
            }
            at += 1;
        }
    }

    fn run_loop(&mut self, frame: &mut Frame<'a>, head: usize, end: usize) {
        let Some(mut input) = frame.pending[head].take() else {
            return;
        };
        let known = self.known_elements(frame, head, &input);
        let rounds = known.unwrap_or(ROUNDS);
        self.loops.push(Loop {
            entry: input.world.heap.clone(),
            element: None,
            last: true,
            times: self.times_of(frame, head, &input),
        });
        // `while`, not `for`: it asks its condition again.
        let iterates = iterated(&frame.function.blocks[head]).is_some();
        let outer_round = self.round;
        let mut previous: Option<State> = None;
        for round in 0..rounds {
            if let Some(top) = self.loops.last_mut() {
                top.element = known.map(|_| round);
                top.last = known.is_none_or(|count| round + 1 == count);
            }
            match known {
                Some(_) => self.round = outer_round.wrapping_mul(8).wrapping_add(round as u8),
                None => {
                    self.later += u32::from(round > 0);
                    self.asked_again += u32::from(round > 0 && !iterates);
                }
            }
            self.run_block(frame, head, 0, input);
            self.run_range(frame, head + 1, end);
            if known.is_none() {
                self.later -= u32::from(round > 0);
                self.asked_again -= u32::from(round > 0 && !iterates);
            }
            let Some(back) = frame.back.remove(&head) else { break };
            if known.is_some() {
                input = back;
                continue;
            }
            match &mut previous {
                Some(seen) => {
                    if !seen.join(&back) {
                        break;
                    }
                    input = seen.clone();
                }
                None => {
                    previous = Some(back.clone());
                    input = back;
                }
            }
        }
        self.round = outer_round;
        self.loops.pop();
        frame.back.remove(&head);
        // No way leads out of the loop: not past it, not by a return, not by an exception or the end of the process.
        let left = frame.result.is_some()
            || frame.raised
            || frame
                .pending
                .get(end..)
                .is_some_and(|after| after.iter().any(Option::is_some))
            || self.contexts[self.context.0 as usize].exit.is_some();
        if !left && self.budget > 0 {
            self.contexts[self.context.0 as usize].endless.get_or_insert(frame.id);
        }
    }

    /// How often a `for` runs, where it runs over a `range` of a constant or over known elements.
    fn times_of(&self, frame: &Frame<'a>, head: usize, state: &State) -> Option<u64> {
        let iterable = iterated(&frame.function.blocks[head])?;
        let Some(Atom::Object(id)) = state.slots.get(iterable.0 as usize)?.single() else {
            return None;
        };
        self.length(&state.world, id)
    }

    /// The number of elements of a container, where it is known.
    pub(super) fn length(&self, world: &World, id: ObjectId) -> Option<u64> {
        let object = world.heap.get(id)?;
        if let Some(Atom::Int(length)) = object.fields.get(self.known.length).and_then(Value::single) {
            return u64::try_from(length).ok();
        }
        // Of a dict the elements are not kept one by one.
        if self.objects[id.0 as usize].kind == ObjectKind::Dict {
            return None;
        }
        object.items.as_ref().map(|items| items.len() as u64)
    }

    /// The number of elements of what a `for` runs over, if it is small, known and worth a round for each.
    fn known_elements(&self, frame: &Frame<'a>, head: usize, state: &State) -> Option<usize> {
        let iterable = iterated(&frame.function.blocks[head])?;
        let Some(Atom::Object(id)) = state.slots.get(iterable.0 as usize)?.single() else {
            return None;
        };
        let object = state.world.heap.get(id)?;
        let items = object.items.as_ref()?;
        if matches!(
            self.objects[id.0 as usize].kind,
            ObjectKind::Frame(_) | ObjectKind::Class(_) | ObjectKind::Dict
        ) || items.len() > UNROLL
        {
            return None;
        }
        let tracked = |value: &Value| {
            value
                .atoms()
                .iter()
                .any(|a| matches!(a, Atom::Object(_) | Atom::Bound(_)))
        };
        (!items.is_empty() && items.iter().any(tracked)).then_some(items.len())
    }

    /// The element that the innermost loop or a comprehension draws from a value.
    pub(super) fn draw(&mut self, world: &mut World, iterable: &Value, in_loop: bool) -> Value {
        let element = match self.loops.last() {
            Some(top) if in_loop => top.element,
            _ => None,
        };
        if let (Some(at), Some(Atom::Object(id))) = (element, iterable.single())
            && let Some(items) = world.heap.get(id).and_then(|object| object.items.clone())
            && let Some(item) = items.get(at)
        {
            return item.clone();
        }
        let drawn = self.elements_of(world, iterable);
        if in_loop && self.later > 0 {
            self.renew(world, &drawn);
        }
        drawn
    }

    /// What a later round of a loop takes from a container by an index or key that is not known, or out of it, may be
    /// another object than in the rounds before: it may be as it was before the loop, too.
    pub(super) fn blend(&mut self, world: &mut World, taken: &Value) {
        let several = taken.objects().count() > 1;
        for id in taken.objects() {
            // Taken once more, at another place: another element, or the same one.
            let here = (self.here.chain, self.here.key);
            let first = *self.taken.entry(id).or_insert(here);
            // Anybody may have called the method that filled the container, any number of times.
            let stranger = self.contexts[self.context.0 as usize].kind == ContextKind::Entry;
            if (first != here || stranger)
                && let Some(object) = world.heap.get_mut(id)
                && (object.many || several)
                && !object.states.is_empty()
            {
                object.states |= States::LOST;
            }
        }
        if self.later == 0 {
            return;
        }
        for id in taken.objects() {
            for around in &self.loops {
                if let (Some(old), Some(object)) = (around.entry.get(id), world.heap.get_mut(id))
                    && (old.many || several)
                {
                    object.states |= old.states;
                }
            }
        }
    }

    /// Sets what a loop draws in a later round back to what it was before the loop: it is another object.
    fn renew(&mut self, world: &mut World, drawn: &Value) {
        let Some(entry) = self.loops.last().map(|top| top.entry.clone()) else {
            return;
        };
        let names = &self.names;
        for id in entry.reachable([drawn], |id| names.unbind(id).0) {
            let worth = match self.objects[id.0 as usize].kind {
                ObjectKind::Library(_) | ObjectKind::Instance(_) => true,
                _ => false,
            };
            let many = entry.get(id).is_some_and(|object: &Object| object.many) || drawn.objects().count() > 1;
            if worth
                && many
                && let Some(old) = entry.get(id)
            {
                let states = old.states;
                if let Some(object) = world.heap.get_mut(id) {
                    object.states = states;
                }
            }
        }
    }

    fn edge(&mut self, frame: &mut Frame<'a>, from: usize, to: usize, state: State) {
        let slot = if to <= from {
            match frame.back.entry(to) {
                std::collections::hash_map::Entry::Occupied(mut old) => {
                    old.get_mut().join(&state);
                    return;
                }
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(state);
                    return;
                }
            }
        } else {
            &mut frame.pending[to]
        };
        match slot {
            Some(old) => {
                old.join(&state);
            }
            None => *slot = Some(state),
        }
    }

    fn run_block(&mut self, frame: &mut Frame<'a>, at: usize, first: usize, mut state: State) {
        let function = frame.function;
        let block: &'a Block = &function.blocks[at];
        let handler = block.handler.and_then(|h| function.handlers.get(h as usize));
        let outer_caught = self.caught;
        self.caught |= self.caught_by(function, block);
        if let Some(handler) = handler {
            let target = handler.target.0 as usize;
            self.edge(frame, at, target, state.clone());
        }
        let mut alive = true;
        for (number, op) in block.ops.iter().enumerate().skip(first) {
            if self.budget == 0 {
                alive = false;
                break;
            }
            self.budget -= 1;
            self.here.chain = frame.chain;
            self.here.function = frame.id;
            self.here.key = ((at as u32) << 12) | (number as u32).min(0xfff);
            self.here.span = op.span;
            if frame.suspends
                && let OpKind::Yield { dst, value, .. } = &op.kind
            {
                let yielded = value.map_or(Atom::None.into(), |temp| self.temp(frame, temp));
                frame.temps[dst.0 as usize] = Value::unknown();
                if frame.stopped.is_none() {
                    frame.stopped = Some((at, number, state.clone(), yielded));
                }
                alive = false;
                break;
            }
            if let Flow::Ends = self.execute(frame, &mut state, &op.kind) {
                alive = false;
                break;
            }
            if let Some(handler) = handler
                && matches!(
                    op.kind,
                    OpKind::Call { .. } | OpKind::Enter { .. } | OpKind::Exit { .. } | OpKind::Iterate { .. }
                )
            {
                self.edge(frame, at, handler.target.0 as usize, state.clone());
            }
        }
        self.caught = outer_caught;
        if alive {
            self.terminate(frame, at, block, state);
        }
    }

    fn terminate(&mut self, frame: &mut Frame<'a>, at: usize, block: &'a Block, mut state: State) {
        match &block.end {
            Terminator::Goto(to) => self.edge(frame, at, to.0 as usize, state),
            Terminator::Return(temp) => {
                let value = temp.map_or(Atom::None.into(), |temp| self.temp(frame, temp));
                self.here.key = ((at as u32) << 12) | 0xffe;
                self.note_leaving(frame, &value, &state);
                self.note_bare(frame, &state);
                match &mut frame.result {
                    Some((old, world)) => {
                        old.join(&value);
                        world.join(&state.world);
                    }
                    None => frame.result = Some((value, state.world)),
                }
            }
            Terminator::Raise(raised) => {
                if let Some(handler) = block.handler.and_then(|h| frame.function.handlers.get(h as usize)) {
                    self.edge(frame, at, handler.target.0 as usize, state);
                } else {
                    frame.raised = true;
                    if raised.is_none() {
                        return;
                    }
                    self.here.key = ((at as u32) << 12) | 0xffe;
                    self.note_leaving(frame, &Value::never(), &state);
                    if self.caught.is_empty() && self.context_is_child() {
                        self.note_exit(&state.world);
                    }
                }
            }
            Terminator::Branch {
                test,
                then,
                otherwise,
                span,
            } => {
                self.here.span = *span;
                self.here.key = ((at as u32) << 12) | 0xfff;
                let (then, otherwise) = (then.0 as usize, otherwise.0 as usize);
                match test {
                    Test::Again => {
                        let latch = then <= at || otherwise <= at;
                        let last = !latch || self.loops.last().is_none_or(|top| top.last);
                        let unrolled = latch && self.loops.last().is_some_and(|top| top.element.is_some());
                        for to in [then, otherwise] {
                            let again = to <= at;
                            if (again && !(unrolled && last)) || (!again && last) {
                                self.edge(frame, at, to, state.clone());
                            }
                        }
                    }
                    Test::Truth { value, place } => {
                        let value = self.temp(frame, *value);
                        let truth = self
                            .truth(&state.world, &value)
                            .or_else(|| given_truth(frame.function, *place, &value));
                        if let Some(Atom::Str(name)) = value.single()
                            && place.is_none()
                        {
                            self.record(
                                &state.world,
                                EventKind::NameTest {
                                    value: name,
                                    how: NameTest::Bare,
                                },
                                0,
                            );
                        }
                        let mut state_if_true = state.clone();
                        if truth != Some(false) && is_possible(&mut state_if_true.world, &value, true) {
                            let mut state = state_if_true;
                            if value.single() == Some(Atom::IsMain(true)) {
                                state.world.main_only = true;
                            }
                            self.note_compared(&mut state.world, &value);
                            self.narrow(frame, &mut state, *place, |atom| {
                                !matches!(atom, Atom::None | Atom::Bool(false) | Atom::Int(0))
                            });
                            self.edge(frame, at, then, state);
                        }
                        if truth != Some(true) {
                            if !is_possible(&mut state.world, &value, false) {
                                return;
                            }
                            match value.single() {
                                Some(Atom::IsMain(false)) => state.world.main_only = true,
                                Some(Atom::Alive(process)) => has_ended(&mut state.world, process),
                                _ => {}
                            }
                            self.narrow(frame, &mut state, *place, |atom| {
                                matches!(
                                    atom,
                                    Atom::Unknown
                                        | Atom::None
                                        | Atom::Bool(_)
                                        | Atom::Int(_)
                                        | Atom::Str(_)
                                        | Atom::Scalar
                                        | Atom::Text
                                        | Atom::Sized(_)
                                        | Atom::ReadFrom(_)
                                        | Atom::Object(_)
                                        | Atom::Alive(_)
                                        | Atom::IsMain(_)
                                        | Atom::Started(_)
                                        | Atom::Ended(_)
                                )
                            });
                            self.edge(frame, at, otherwise, state);
                        }
                    }
                    Test::IsNone { value, place } => {
                        let value = self.temp(frame, *value);
                        let may_be_none = value.atoms().iter().any(|a| matches!(a, Atom::None | Atom::Unknown));
                        let may_be_other = value.is_never() || value.atoms().iter().any(|a| !matches!(a, Atom::None));
                        let mut state_if_none = state.clone();
                        if (may_be_none || value.is_never() || is_started_mark(&value))
                            && is_possible(&mut state_if_none.world, &value, false)
                        {
                            let mut state = state_if_none;
                            self.narrow(frame, &mut state, *place, |atom| matches!(atom, Atom::None));
                            self.edge(frame, at, then, state);
                        }
                        if may_be_other && is_possible(&mut state.world, &value, true) {
                            self.narrow(frame, &mut state, *place, |atom| !matches!(atom, Atom::None));
                            self.edge(frame, at, otherwise, state);
                        }
                    }
                    Test::Compare { op, left, right } => {
                        let (left, right) = (self.temp(frame, *left), self.temp(frame, *right));
                        let main = self.main_test(&state.world, *op, &left, &right);
                        let mut yes = state.clone();
                        match main {
                            Some(Guard::Main(true)) => yes.world.main_only = true,
                            Some(Guard::Main(false)) => state.world.main_only = true,
                            Some(Guard::ProcessName(true)) => yes.world.by_process_name = true,
                            Some(Guard::ProcessName(false)) => state.world.by_process_name = true,
                            None => {}
                        }
                        self.note_compared(&mut yes.world, &left);
                        self.note_compared(&mut yes.world, &right);
                        self.edge(frame, at, then, yes);
                        self.edge(frame, at, otherwise, state);
                    }
                }
            }
        }
    }

    /// Notes which shared objects a condition that holds has read.
    fn note_compared(&self, world: &mut World, value: &Value) {
        for atom in value.atoms() {
            if let Atom::ReadFrom(object) = atom
                && !world.compared.contains(object)
            {
                world.compared.push(*object);
            }
        }
    }

    /// Whether a comparison asks if this is the main module or process, and where it holds.
    pub(super) fn main_test(&mut self, world: &World, op: CompareOp, left: &Value, right: &Value) -> Option<Guard> {
        let (left, right) = (left.single()?, right.single()?);
        let name = Atom::Path(self.names.path("builtins.__name__"));
        let main = Atom::Str(self.known.main);
        let other = if left == name {
            right
        } else if right == name {
            left
        } else if self.is_main_process_name(left) && right == Atom::Str(self.known.current_name) {
            return match op {
                CompareOp::Eq => Some(Guard::ProcessName(true)),
                CompareOp::NotEq => Some(Guard::ProcessName(false)),
                _ => None,
            };
        } else {
            let quoted = Atom::Str(self.known.quoted_name);
            if (left == quoted && right == main) || (left == main && right == quoted) {
                let value = self.known.quoted_name;
                self.record(
                    world,
                    EventKind::NameTest {
                        value,
                        how: NameTest::Quoted,
                    },
                    0,
                );
                return match op {
                    CompareOp::Eq => Some(Guard::Main(true)),
                    CompareOp::NotEq => Some(Guard::Main(false)),
                    _ => None,
                };
            }
            return None;
        };
        if let Atom::Str(value) = other
            && op != CompareOp::Order
        {
            let how = match op {
                CompareOp::Is | CompareOp::IsNot => NameTest::Identity,
                CompareOp::In | CompareOp::NotIn => NameTest::Contains,
                _ => NameTest::Equal,
            };
            self.record(world, EventKind::NameTest { value, how }, 0);
        }
        // What was meant as the guard keeps out what the guard would: another rule says that it never matches.
        if let Atom::Str(value) = other
            && looks_like_main(self.name(value))
        {
            return match op {
                CompareOp::Eq | CompareOp::Is => Some(Guard::Main(true)),
                CompareOp::NotEq | CompareOp::IsNot => Some(Guard::Main(false)),
                _ => None,
            };
        }
        let holds_main = match other {
            atom if atom == main => true,
            Atom::Object(id) => {
                let elements = world
                    .heap
                    .get(id)
                    .map(|object| object.elements.clone())
                    .unwrap_or_default();
                let known = elements.atoms().iter().all(|atom| matches!(atom, Atom::Str(_)));
                if known && !elements.atoms().contains(&main) {
                    let mut meant = false;
                    for atom in elements.atoms() {
                        if let Atom::Str(value) = *atom {
                            meant |= looks_like_main(self.name(value));
                            self.record(
                                world,
                                EventKind::NameTest {
                                    value,
                                    how: NameTest::Contains,
                                },
                                0,
                            );
                        }
                    }
                    if meant && op == CompareOp::In {
                        return Some(Guard::Main(true));
                    }
                }
                // What the main module is called in a child lets the child in.
                elements.atoms().contains(&main) && !elements.atoms().contains(&Atom::Str(self.known.mp_main))
            }
            _ => false,
        };
        if !holds_main {
            return None;
        }
        match op {
            CompareOp::Eq | CompareOp::Is | CompareOp::In => Some(Guard::Main(true)),
            CompareOp::NotEq | CompareOp::IsNot | CompareOp::NotIn => Some(Guard::Main(false)),
            CompareOp::Order => None,
        }
    }

    fn is_main_process_name(&self, atom: Atom) -> bool {
        matches!(atom, Atom::Path(path) if self.names.dotted(path) == builtins::CURRENT_PROCESS_NAME)
    }

    /// What a value is when tested, where that does not depend on what the program is given.
    pub(super) fn truth(&self, world: &World, value: &Value) -> Option<bool> {
        let mut all = value.atoms().iter().map(|atom| match atom {
            Atom::None => Some(false),
            Atom::Path(_) | Atom::Member(..) | Atom::Function(..) | Atom::Bound(_) => Some(true),
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::Library(_) | ObjectKind::Class(_) | ObjectKind::Generator(_) | ObjectKind::Partial => {
                    Some(true)
                }
                // An object of a class of the program is true unless the class says otherwise.
                ObjectKind::Instance(_) => None,
                ObjectKind::List | ObjectKind::Tuple | ObjectKind::Set => world
                    .heap
                    .get(*id)
                    .filter(|object| !object.escaped)
                    .and_then(|object| object.items.as_ref())
                    .filter(|items| !items.is_empty())
                    .map(|_| true),
                _ => None,
            },
            _ => None,
        });
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// Leaves only those alternatives of a tested variable that pass the test.
    fn narrow(&mut self, frame: &Frame<'a>, state: &mut State, place: Option<TestPlace>, keep: impl Fn(Atom) -> bool) {
        let Some(place) = place else { return };
        let base = self.read(frame, state, place.base, None);
        match place.attribute {
            None => {
                if base.atoms().len() > 1 {
                    let narrowed = base.filter(&keep);
                    self.write(frame, state, place.base, narrowed);
                }
            }
            Some(attribute) => {
                let Some(Atom::Object(id)) = base.single() else { return };
                if let Some(object) = state.world.heap.get_mut(id)
                    && let Some(value) = object.fields.get(attribute)
                    && value.atoms().len() > 1
                {
                    let narrowed = value.filter(&keep);
                    object.fields.set(attribute, narrowed);
                }
            }
        }
    }

    /// What the handlers around a block catch.
    fn caught_by(&self, function: &Function, block: &Block) -> Caught {
        let mut caught = Caught::empty();
        let mut handler = block.handler;
        // The chain of handlers is as deep as the nesting of `try`.
        for _ in 0..64 {
            let Some(here) = handler.and_then(|h| function.handlers.get(h as usize)) else {
                break;
            };
            for name in &here.catches {
                caught |= name
                    .last()
                    .map_or(Caught::empty(), |last| Caught::by_name(self.name(*last)));
            }
            if here.catches_all {
                caught |= Caught::ANY;
            }
            handler = here.outer;
        }
        caught
    }

    pub(super) fn temp(&self, frame: &Frame<'a>, temp: Temp) -> Value {
        frame.temps.get(temp.0 as usize).cloned().unwrap_or_default()
    }

    pub(super) fn set(&self, frame: &mut Frame<'a>, temp: Temp, value: Value) {
        if let Some(slot) = frame.temps.get_mut(temp.0 as usize) {
            *slot = value;
        }
    }

    /// The object with the variables of the function `up` levels outward.
    fn frame_at(&self, frame: &Frame<'a>, up: u32) -> Option<ObjectId> {
        if up == 0 {
            return frame.own;
        }
        let mut at = frame.closure?;
        for _ in 1..up {
            at = self.objects[at.0 as usize].outer?;
        }
        Some(at)
    }

    /// The value of a variable.
    pub(super) fn read(&mut self, frame: &Frame<'a>, state: &State, place: Place, or_else: Option<Place>) -> Value {
        match place {
            Place::Local(Slot(slot)) => state.slots.get(slot as usize).cloned().unwrap_or_default(),
            Place::Cell { up, slot } => self
                .frame_at(frame, up)
                .and_then(|own| state.world.heap.get(own)?.items.as_ref()?.get(slot.0 as usize).cloned())
                .filter(|value| !value.is_never())
                .unwrap_or_else(Value::unknown),
            Place::Global(name) => self.read_global(&state.world, name),
            Place::Class(name) => {
                let own = frame
                    .class
                    .and_then(|class| state.world.heap.get(class)?.fields.get(name).cloned());
                match (own, or_else) {
                    (Some(value), _) => value,
                    (None, Some(place)) => self.read(frame, state, place, None),
                    (None, None) => Value::unknown(),
                }
            }
        }
    }

    fn read_global(&mut self, world: &World, name: crate::python::Symbol) -> Value {
        if let Some(value) = world.heap.get(self.namespace).and_then(|space| space.fields.get(name)) {
            return value.clone();
        }
        let text = self.symbols.name(name);
        if super::builtins::is_builtin(text) {
            let dotted = format!("builtins.{text}");
            return Atom::Path(self.names.path(&dotted)).into();
        }
        Value::unknown()
    }

    /// Sets a variable.
    pub(super) fn write(&mut self, frame: &Frame<'a>, state: &mut State, place: Place, value: Value) {
        self.named.extend(value.objects());
        match place {
            Place::Local(Slot(slot)) => {
                if let Some(variable) = state.slots.get_mut(slot as usize) {
                    *variable = value;
                }
            }
            Place::Cell { up, slot } => {
                if let Some(own) = self.frame_at(frame, up)
                    && let Some(object) = state.world.heap.get_mut(own)
                    && let Some(items) = &mut object.items
                    && let Some(variable) = std::rc::Rc::make_mut(items).get_mut(slot.0 as usize)
                {
                    *variable = value;
                }
            }
            Place::Global(name) => {
                self.stored.extend(value.objects());
                if let Some(space) = state.world.heap.get_mut(self.namespace) {
                    space.fields.set(name, value);
                }
            }
            Place::Class(name) => {
                if let Some(class) = frame.class
                    && let Some(object) = state.world.heap.get_mut(class)
                {
                    object.fields.set(name, value);
                }
            }
        }
    }
}
