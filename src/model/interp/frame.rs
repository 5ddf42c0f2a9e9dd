//! One running function: what belongs to it, how it is entered and left, and how a generator waits at its `yield`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::repeated::Answers;
use super::{OpKey, Run, World};
use crate::model::events::ChainId;
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::Value;
use crate::python::ir::{Function, FunctionId};

/// The local variables at one point, and the world. All of it is shared until it is changed: a copy costs next to nothing.
#[derive(Clone, Debug)]
pub(in crate::model) struct State {
    pub slots: Rc<Vec<Value>>,
    pub world: World,
    /// An exception that the function raises itself may be on its way.
    pub raised: bool,
}

impl State {
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut changed = self.world.join(&other.world);
        changed |= other.raised && !self.raised;
        self.raised |= other.raised;
        if self.slots != other.slots {
            for (mine, theirs) in Rc::make_mut(&mut self.slots).iter_mut().zip(other.slots.iter()) {
                changed |= mine.join(theirs);
            }
        }
        changed
    }
}

/// A generator function that waits at its `yield`, as a context manager does inside its block. It goes on once for each
/// way out of the block.
#[derive(Clone)]
pub(in crate::model) struct Suspended {
    entry: Entry,
    own: Option<ObjectId>,
    block: usize,
    op: usize,
    slots: Rc<Vec<Value>>,
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
    pub(super) pending: Vec<Option<State>>,
    pub(super) back: FxHashMap<usize, State>,
    pub(super) result: Option<(Value, World)>,
    pub yielded: Value,
    /// The objects at the `yield`s.
    pub yielded_in: Option<World>,
    /// Stop at the first `yield` and keep what is needed to go on.
    pub(super) suspends: bool,
    pub(super) stopped: Option<(usize, usize, State, Value)>,
    /// The heap when the function was entered.
    pub(super) before: Heap,
    /// How many objects had been made when the function was entered.
    pub(super) born_from: usize,
    /// Whether an exception may leave the function.
    pub(super) raised: bool,
    /// What this run of the function takes the conditions to be that it asks more than once.
    pub(super) answers: Option<Answers>,
}

impl<'a> Frame<'a> {
    /// A frame for what no code of the program does.
    pub(super) fn outermost(function: &'a Function, chain: ChainId) -> Self {
        Self {
            function,
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
            before: Heap::default(),
            born_from: 0,
            raised: false,
            answers: None,
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
    /// Whether it may raise by itself, with nobody in it to catch that.
    pub raised: bool,
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

    /// Whether a generator that waits at its `yield` has a handler for what is raised there.
    pub(in crate::model) fn waits_in_try(&self, manager: ObjectId) -> bool {
        self.suspended.get(&manager).is_none_or(|suspended| {
            let function = self.code.function(suspended.entry.function);
            function.blocks[suspended.block].handler.is_some()
        })
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
        self.stack.push((frame.id, frame.closure));
        self.run_block(
            &mut frame,
            block,
            op + 1,
            State {
                slots,
                world,
                raised: false,
            },
        );
        let count = frame.function.blocks.len();
        self.run_range(&mut frame, block + 1, count);
        self.stack.pop();
        self.here = here;
        Some(frame.result.take().map_or(backup, |(_, world)| world))
    }

    /// Makes the frame; the values of the parameters wait in `temps` until the function is entered.
    fn frame(&mut self, entry: Entry, suspends: bool) -> Frame<'a> {
        let function = self.code.function(entry.function);
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
            before: Heap::default(),
            born_from: 0,
            raised: false,
            answers: None,
        }
    }

    pub(super) fn enter(&mut self, frame: &mut Frame<'a>, mut slots: Vec<Value>, mut world: World) {
        let here = self.here;
        self.visited[frame.id.0 as usize] = true;
        frame.born_from = self.born.len();
        frame.before = world.heap.clone();
        let handed_on = std::mem::replace(&mut self.handed_on, false);
        let around = std::mem::replace(&mut self.comprehensions_around, self.comprehensions);
        self.stack.push((frame.id, frame.closure));
        self.here.chain = frame.chain;
        self.here.function = frame.id;
        self.here.key = OpKey::MAX;
        self.here.span = frame.function.name_span;
        slots.resize(frame.function.slots.len(), Value::never());
        if self.needs_frame[frame.id.0 as usize] {
            let own = self.allocate(&mut world, ObjectKind::Frame(frame.id), States::empty(), 0);
            self.objects[own.0 as usize].outer = frame.closure;
            if let Some(object) = world.heap.get_mut(own) {
                object.items = Some(Rc::new(slots.clone()));
            }
            frame.own = Some(own);
        }
        frame.temps = vec![Value::never(); frame.function.temps as usize];
        self.run_ways(frame, slots, world);
        self.stack.pop();
        self.comprehensions_around = around;
        self.handed_on = handed_on;
        self.here = here;
    }

    /// Runs a function from its first block, once for each answer to what it asks more than once.
    fn run_ways(&mut self, frame: &mut Frame<'a>, slots: Vec<Value>, world: World) {
        let ways = self.answers(frame, &slots, &world);
        let state = State {
            slots: Rc::new(slots),
            world,
            raised: false,
        };
        let blocks = frame.function.blocks.len();
        let (round, around) = (self.round, self.repeated.ways);
        self.repeated.ways = around.max(1) * ways.len() as u32;
        let many = ways.len() > 1;
        // Whether a lock is wanted is for the caller to say.
        let locks = many && ways.iter().flatten().any(Answers::lock);
        for (number, answers) in ways.into_iter().enumerate() {
            // So that what is seen on one way does not take the place of what was seen on another.
            if many {
                self.round = round.wrapping_mul(8).wrapping_add(7 - number as u8);
            }
            frame.answers = answers;
            let mut state = state.clone();
            let before = self.begin_way(frame, &mut state.world);
            if locks {
                state.world.maybe_locks += 1;
            }
            frame.pending[0] = Some(state);
            self.run_range(frame, 0, blocks);
            self.end_way(before);
        }
        if let (true, Some((_, world))) = (locks, &mut frame.result) {
            world.maybe_locks = world.maybe_locks.saturating_sub(1);
        }
        self.round = round;
        self.repeated.ways = around;
    }

    fn leave(frame: &mut Frame<'a>) -> Outcome {
        Outcome {
            result: frame.result.take(),
            yielded: std::mem::take(&mut frame.yielded),
            yielded_in: frame.yielded_in.take(),
            raised: frame.raised,
        }
    }
}
