//! Rounds of loops, and what each of them draws.
//!
//! A loop is run as a whole: a first round with the state before it, then rounds with the state that the round before
//! left, until nothing changes. A loop over few known elements is run once for each. Objects that a loop draws from a
//! container are taken to be others in each round, in step with each other: a round sees an element as it was before
//! the loop, and after the loop all are as the last one.

use std::rc::Rc;

use super::frame::{Frame, State};
use super::{OpKey, Run, World};
use crate::api::{Effect, Family};
use crate::model::events::{Arguments, ChainId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, Object, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Block, FunctionId, OpKind, Slot};

/// Rounds of a loop after which no further change is followed.
const ROUNDS: usize = 4;

/// A container with at most this many known elements is run element by element.
const UNROLL: usize = 6;

/// A running loop.
pub(in crate::model) struct Loop {
    /// The objects before the loop.
    entry: Heap,
    /// The element that this round is about, where the loop runs over known elements.
    pub(super) element: Option<usize>,
    /// Whether the round is the last that a known number of elements allows.
    pub(super) last: bool,
    /// How often the loop runs, if that is known.
    pub times: Option<u64>,
    /// Whether it runs over something without a bound.
    pub unbounded: bool,
    /// What its iterator gives, where that is code of the program: it is run once for all rounds.
    drawn: Option<Rc<Drawn>>,
    /// Whether that iterator never comes to its end.
    pub(super) goes_on: bool,
}

/// What the code of an iterator gave.
struct Drawn {
    value: Value,
    /// The objects as it gives them.
    heap: Heap,
    /// The events by which it took something out of a queue: it does so for each round.
    takes: Vec<usize>,
}

/// What a `for` loop with this head iterates; none for `while`, whose condition may hold a comprehension.
fn iterated(head: &Block) -> Option<Slot> {
    match head.ops.first()?.kind {
        OpKind::Iterate { iterable, .. } => Some(iterable),
        _ => None,
    }
}

/// The queues out of which something has been taken, and nobody has said that it is done.
fn taken_in(heap: &Heap) -> Vec<ObjectId> {
    let taken = heap.iter().filter(|(_, object)| object.states.contains(States::TAKEN));
    taken.map(|(id, _)| id).collect()
}

impl<'a> Run<'a> {
    pub(super) fn run_loop(&mut self, frame: &mut Frame<'a>, head: usize, end: usize) {
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
            unbounded: iterated(&frame.function.blocks[head])
                .and_then(|slot| input.slots.get(slot.0 as usize))
                .is_some_and(|iterable| self.is_unbounded(&input.world, iterable)),
            drawn: None,
            goes_on: false,
        });
        self.visited_by_loops.push(Value::never());
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
        self.visited_by_loops.pop();
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
        // Whoever draws from a generator may leave it alone at any time.
        if !left && self.budget > 0 && !frame.function.is_generator {
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

    /// A loop or comprehension draws from a value: from the standard input line by line.
    pub(super) fn note_input_read(&mut self, world: &World, iterable: &Value) {
        let Some(Atom::Path(path)) = iterable.single() else {
            return;
        };
        if self.names.dotted(path) != "sys.stdin" {
            return;
        }
        let each = self.names.path("sys.stdin.__iter__");
        if let Some(entry) = self.names.entry(each) {
            let arguments = Arguments::default();
            self.record(world, EventKind::Call { entry, arguments }, 51);
        }
    }

    /// Whether a program cannot know how long it is, or it is long: a file, a listing of a folder, what a generator with
    /// a loop yields, a large range.
    pub(super) fn is_unbounded(&self, world: &World, iterable: &Value) -> bool {
        /// More than this is long.
        const LONG: u64 = 100;
        match iterable.single() {
            Some(Atom::Path(path)) => self.names.dotted(path) == "sys.stdin",
            Some(Atom::Object(id)) => match self.objects[id.0 as usize].kind {
                ObjectKind::Generator(Some(function)) => self
                    .code
                    .function(function)
                    .blocks
                    .iter()
                    .any(|block| block.loop_end.is_some()),
                ObjectKind::Library(kind) => {
                    let kind = self.api.kind(kind);
                    kind.family == Family::File || matches!(kind.name.as_str(), "database-cursor" | "directory-scan")
                }
                _ => {
                    let marked = world
                        .heap
                        .get(id)
                        .is_some_and(|object| object.fields.get(self.known.unbounded).is_some());
                    marked || self.length(world, id).is_some_and(|length| length > LONG)
                }
            },
            _ => false,
        }
    }

    /// Whether a loop or comprehension around the current operation runs over something without a bound.
    pub(super) fn is_unbounded_here(&self) -> bool {
        self.loops.iter().any(|each| each.unbounded) || self.unbounded.contains(&true)
    }

    /// The number of elements of a container, where it is known.
    pub(super) fn length(&self, world: &World, id: ObjectId) -> Option<u64> {
        let object = world.heap.get(id)?;
        if let Some(Atom::Int(length)) = object.fields.get(self.known.length).and_then(Value::single) {
            return u64::try_from(length).ok();
        }
        // Of a dict the elements are not kept one by one, but where all keys are constants, by these.
        if self.objects[id.0 as usize].kind == ObjectKind::Dict {
            if object.items.is_none() || object.uneven || object.escaped || object.fields.get(self.known.keys).is_some()
            {
                return None;
            }
            let keys = object
                .fields
                .iter()
                .filter(|(name, _)| !self.name(*name).starts_with('@'));
            return Some(keys.count() as u64);
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
            && let Some(item) = items.get(at).cloned()
        {
            if at > 0 {
                self.renew(world, &item);
            }
            return item;
        }
        let given = self.loops.last().filter(|_| in_loop).and_then(|top| top.drawn.clone());
        if let Some(drawn) = given {
            self.give_again(world, &drawn);
            self.take_again(world, &drawn);
            self.renew(world, &drawn.value);
            return drawn.value.clone();
        }
        self.goes_on = false;
        let before = self.events.len();
        let drawn = self.elements_of(world, iterable);
        if drawn.objects().count() > 1
            && let Some(visited) = self.visited_by_loops.last_mut()
        {
            visited.clone_from(&drawn);
        }
        let is_run = iterable.objects().any(|id| {
            matches!(
                self.objects[id.0 as usize].kind,
                ObjectKind::Instance(_) | ObjectKind::Generator(Some(_))
            )
        });
        if in_loop && is_run {
            // Not once more for each round of a loop of its own.
            let is_first = |at: &usize| {
                let event = &self.events[*at];
                let place = |event: &Event<'_>| (event.chain, event.span, event.effect());
                let Some((queue, Effect::Get)) = event.effect() else {
                    return false;
                };
                !self.says_done(event.function, queue)
                    && !self.events[before..*at]
                        .iter()
                        .any(|other| place(other) == place(event))
            };
            let drawn = Rc::new(Drawn {
                value: drawn.clone(),
                heap: world.heap.clone(),
                takes: (before..self.events.len()).filter(is_first).collect(),
            });
            if let Some(top) = self.loops.last_mut() {
                top.drawn = Some(drawn);
                top.goes_on = self.goes_on && iterable.single().is_some();
            }
        }
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
            let is_many = several || world.heap.get(id).is_some_and(|object| object.many);
            if is_many && (first != here || stranger) {
                self.lose_one_of_many(world, id, taken);
            }
        }
        if self.later == 0 {
            return;
        }
        for id in taken.objects() {
            for held in self.own_parts(&world.heap, id, taken) {
                for around in &self.loops {
                    if let (Some(old), Some(object)) = (around.entry.get(held), world.heap.get_mut(held))
                        && (several || old.many)
                    {
                        object.states |= old.states;
                    }
                }
            }
        }
    }

    /// What is taken out of a container by an index or key that is known is another object than what was taken by another one,
    /// where the container does not tell them apart.
    pub(super) fn blend_at(&mut self, world: &mut World, container: &Value, index: Atom, taken: &Value) {
        for id in taken.objects() {
            if !world.heap.get(id).is_some_and(|object| object.many)
                || container
                    .objects()
                    .all(|container| self.is_only_at(world, container, index, id))
            {
                continue;
            }
            if *self.taken_at.entry(id).or_insert(index) != index {
                self.lose_one_of_many(world, id, &id.into());
            }
        }
    }

    /// Whether a container is known to have an object at one place, and at no other.
    fn is_only_at(&self, world: &World, container: ObjectId, index: Atom, id: ObjectId) -> bool {
        let Some(object) = world.heap.get(container) else {
            return true;
        };
        let holds = |value: &Value| value.objects().any(|held| held == id);
        match (&object.items, index) {
            (_, Atom::Str(key)) if self.objects[container.0 as usize].kind == ObjectKind::Dict => {
                object.fields.get(key).is_some() && object.fields.iter().filter(|(_, value)| holds(value)).count() == 1
            }
            (Some(items), Atom::Int(_)) => items.iter().filter(|item| holds(item)).count() == 1,
            // An attribute, or what has no elements.
            (None, _) => !holds(&object.elements),
            _ => true,
        }
    }

    /// An object may be another one than was taken before, and so may what it holds for itself.
    fn lose_one_of_many(&self, world: &mut World, id: ObjectId, taken: &Value) {
        for held in self.own_parts(&world.heap, id, taken) {
            if let Some(object) = world.heap.get_mut(held)
                && !object.states.is_empty()
            {
                object.states |= States::LOST;
            }
        }
    }

    /// An object, and what it holds that was made for it alone: one of many has parts of which there are many, and one of
    /// several has parts that the others do not have.
    fn own_parts(&self, heap: &Heap, id: ObjectId, several: &Value) -> Vec<ObjectId> {
        let names = &self.names;
        let reach = |values: &[Value]| heap.reachable(values, |id| names.unbind(id).0);
        let is_many = |id: ObjectId| heap.get(id).is_some_and(|object| object.many);
        let others: Vec<Value> = several
            .objects()
            .filter(|other| *other != id)
            .map(Value::from)
            .collect();
        let of_others = reach(&others);
        let held = reach(&[id.into()]);
        let mut own: Vec<ObjectId> = held
            .into_iter()
            .filter(|part| *part == id || is_many(*part) || (!others.is_empty() && !of_others.contains(part)))
            .collect();
        own.sort_unstable();
        own
    }

    /// Of a part of a container it is not known which of the elements it has.
    pub(super) fn lose_elements(&self, world: &mut World, elements: &Value) {
        for id in elements.objects() {
            self.lose_one_of_many(world, id, elements);
        }
    }

    /// What an iterator has made for a round it makes anew for the next one.
    fn give_again(&self, world: &mut World, drawn: &Drawn) {
        let Some(top) = self.loops.last() else { return };
        let names = &self.names;
        for id in drawn.heap.reachable([&drawn.value], |id| names.unbind(id).0) {
            if top.entry.get(id).is_none()
                && let Some(old) = drawn.heap.get(id)
                && let Some(object) = world.heap.get_mut(id)
            {
                object.states = old.states;
                object.many = true;
            }
        }
    }

    /// The code of the iterator takes the next item out of its queue, with the queue as the round before left it.
    fn take_again(&mut self, world: &mut World, drawn: &Drawn) {
        let here = self.here;
        for (tag, &at) in (60..).zip(&drawn.takes) {
            let take = &self.events[at];
            let (kind, queue) = (take.kind.clone(), take.effect().map(|(queue, _)| queue));
            self.here.chain = take.chain;
            self.here.function = take.function;
            self.here.span = take.span;
            self.here.key = OpKey::MAX - 5;
            self.record(world, kind, tag);
            if let Some(queue) = queue.and_then(|queue| world.heap.get_mut(queue)) {
                queue.states |= States::READ | States::TAKEN;
            }
        }
        self.here = here;
    }

    /// At a `yield` whoever draws from the generator goes on, with what has been taken out of queues: before the generator
    /// takes more it is for them to say that it is done.
    pub(super) fn hand_out_taken(world: &mut World) {
        for queue in taken_in(&world.heap) {
            if let Some(queue) = world.heap.get_mut(queue) {
                queue.states.remove(States::TAKEN);
            }
        }
    }

    /// What a generator has taken out of queues at its `yield` is taken for whoever draws from it, if it does not say itself
    /// that it is done.
    pub(super) fn keep_taken(&self, world: &mut World, generator: FunctionId, at_yield: &Heap) {
        for id in taken_in(at_yield) {
            if !self.says_done(generator, id)
                && let Some(queue) = world.heap.get_mut(id)
            {
                queue.states |= States::TAKEN;
            }
        }
    }

    /// Whether a function, or what it calls, says of items of a queue that they are done.
    fn says_done(&self, function: FunctionId, queue: ObjectId) -> bool {
        let is_inside = |event: &Event<'_>| {
            let chain_of = |chain: ChainId| &self.chains[chain.0 as usize];
            let callers =
                std::iter::successors(Some(event.chain), |at| chain_of(*at).caller.map(|(caller, ..)| caller));
            callers.into_iter().any(|chain| chain_of(chain).function == function)
        };
        let says = |event: &&Event<'_>| event.effect() == Some((queue, Effect::TaskDone));
        self.events.iter().filter(says).any(is_inside)
    }

    /// Sets what a loop draws in a later round back to what it was before the loop: it is another object.
    fn renew(&mut self, world: &mut World, drawn: &Value) {
        let Some(entry) = self.loops.last().map(|top| top.entry.clone()) else {
            return;
        };
        let names = &self.names;
        for id in entry.reachable([drawn], |id| names.unbind(id).0) {
            let worth = matches!(
                self.objects[id.0 as usize].kind,
                ObjectKind::Library(_) | ObjectKind::Instance(_)
            );
            // One that is alone in its container is not given once more, either.
            let many = entry.get(id).is_some_and(|object: &Object| object.many)
                || drawn.objects().count() > 1
                || drawn.single() == Some(Atom::Object(id));
            if worth
                && many
                && let Some(old) = entry.get(id)
            {
                let states = old.states;
                let fields = drawn.objects().any(|one| one == id).then(|| old.fields.clone());
                if let Some(object) = world.heap.get_mut(id) {
                    object.states = states;
                    if let Some(fields) = fields {
                        object.fields = fields;
                    }
                }
            }
        }
    }
}
