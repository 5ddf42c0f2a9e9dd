//! Results of tasks: when they are there, who asks for them, and what the end of their pool does to them.
//!
//! A result is [`States::STARTED`] while its task may be at work, [`States::JOINED`] once somebody has waited for it, and
//! [`States::CLOSED`] where its pool was terminated before: it never comes.

use super::{Run, World};
use crate::api::{Effect, Entry, Family};
use crate::model::events::{Arguments, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

impl<'a> Run<'a> {
    fn is_result(&self, id: ObjectId) -> bool {
        matches!(self.objects[id.0 as usize].kind, ObjectKind::Library(kind) if self.api.kind(kind).family == Family::Result)
    }

    /// Somebody may ask for the results in a value.
    pub(super) fn ask(&mut self, world: &World, value: &Value) {
        if value.objects().next().is_none() {
            return;
        }
        let names = &self.names;
        for id in world.heap.reachable([value], |id| names.unbind(id).0) {
            if self.is_result(id) {
                self.asked.insert(id);
            }
        }
    }

    /// A generator gives these results to code that may read them while the generator waits, or after it.
    pub(super) fn yield_results(&mut self, world: &mut World, value: &Value) {
        self.ask(world, value);
        for id in value.objects().collect::<Vec<_>>() {
            if self.is_result(id)
                && let Some(object) = world.heap.get_mut(id)
            {
                object.states |= States::LOST;
            }
        }
    }

    /// The results of a pool or executor that ends: its tasks are waited for, or lost with its workers.
    pub(super) fn settle_results(&mut self, world: &mut World, pool: ObjectId, lost: bool) {
        let owner = Some(Atom::Object(pool));
        let results: Vec<ObjectId> = world
            .heap
            .iter()
            .filter(|(id, object)| {
                object.states.may(States::STARTED)
                    && self.is_result(*id)
                    && object.fields.get(self.known.object).and_then(Value::single) == owner
            })
            .map(|(id, _)| id)
            .collect();
        for id in results {
            if let Some(object) = world.heap.get_mut(id) {
                object.states.remove(States::STARTED);
                object.states.insert(if lost { States::CLOSED } else { States::JOINED });
            }
        }
    }

    /// What a call of a result's method says of it.
    pub(super) fn advance_result(&mut self, world: &mut World, id: ObjectId, effect: Effect, bounded: bool) {
        self.asked.insert(id);
        let one_of_many = matches!(
            self.objects[id.0 as usize].kind,
            ObjectKind::Library(kind) if self.api.kind(kind).name == "result-iterator"
        );
        let next = match effect {
            Effect::GetResult if !one_of_many => States::JOINED,
            Effect::Wait if !bounded => States::JOINED,
            _ => States::STARTED | States::JOINED,
        };
        if let Some(object) = world.heap.get_mut(id) {
            // What is lost stays lost, unless it was there before.
            let lost = object.states & (States::LOST | States::CLOSED);
            let next = if lost.contains(States::CLOSED) {
                next - States::STARTED
            } else {
                next
            };
            object.states = if lost.contains(States::CLOSED) && effect == Effect::GetResult {
                object.states
            } else {
                next | lost
            };
        }
    }

    /// The results of an iterator are read one after another.
    pub(super) fn read_results(&mut self, world: &mut World, id: ObjectId) {
        if !self.is_result(id) {
            return;
        }
        self.asked.insert(id);
        let states = world.heap.get(id).map_or(States::empty(), |object| object.states);
        if states.may(States::STARTED | States::CLOSED) {
            self.record(world, EventKind::Iterate { object: id }, 13);
        }
        if !states.may(States::CLOSED)
            && let Some(object) = world.heap.get_mut(id)
        {
            object.states = States::JOINED | (states & States::LOST);
        }
    }

    /// `as_completed(futures)` and `wait(futures)`.
    pub(super) fn wait_for_results(&mut self, world: &mut World, entry: &'a Entry, arguments: &Arguments<'a>) -> Value {
        let Some(futures) = arguments.list.first().map(|argument| argument.value.clone()) else {
            return Value::unknown();
        };
        let elements = self.elements_of(world, &futures);
        self.ask(world, &elements);
        let one_by_one = entry.canonical.ends_with("as_completed");
        let bounded = arguments
            .get("timeout")
            .is_some_and(|timeout| timeout.value.single() != Some(Atom::None))
            || arguments.get("return_when").is_some()
            || arguments.open;
        for id in elements.objects().collect::<Vec<_>>() {
            if self.is_result(id)
                && let Some(object) = world.heap.get_mut(id)
                && object.states.may(States::STARTED)
            {
                // `as_completed` gives only what is done.
                let open = if bounded && !one_by_one {
                    States::STARTED
                } else {
                    States::empty()
                };
                object.states.remove(States::STARTED);
                object.states |= States::JOINED | open;
            }
        }
        if one_by_one {
            return match futures.single() {
                Some(Atom::Object(id)) if self.objects[id.0 as usize].kind != ObjectKind::Dict => futures,
                _ => self.allocate_elements(world, ObjectKind::Iterable, elements, 12).into(),
            };
        }
        let sets =
            [14, 15].map(|tag| Value::from(self.allocate_elements(world, ObjectKind::Set, elements.clone(), tag)));
        let both = self.allocate_container(world, ObjectKind::Tuple, sets.to_vec(), 16);
        let fields = ["done", "not_done"].map(|name| self.symbols.intern(name));
        if let Some(object) = world.heap.get_mut(both) {
            for (name, set) in fields.into_iter().zip(sets) {
                object.fields.set(name, set);
            }
        }
        both.into()
    }
}
