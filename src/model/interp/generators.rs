//! Calls of generator functions and iterators of the program.

use super::{DEEPEST, Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::ir::FunctionId;

/// The call that made a generator: its body runs when it is iterated or entered.
#[derive(Clone, Debug)]
pub(in crate::model) struct GeneratorCall {
    pub(super) function: FunctionId,
    pub(super) closure: Option<ObjectId>,
    pub(super) slots: Vec<Value>,
}

impl<'a> Run<'a> {
    /// Runs the body of a generator and gives what it yields.
    pub(super) fn run_generator(&mut self, world: &mut World, id: ObjectId) -> Value {
        let Some(call) = self.generators.get(&id).cloned() else {
            return Value::unknown();
        };
        if self.is_running(call.function) || self.stack.len() >= DEEPEST || self.budget == 0 {
            return Value::unknown();
        }
        let outcome = self.follow(world, call.function, call.closure, call.slots);
        self.goes_on = outcome.result.is_none() && !outcome.raised && outcome.yielded_in.is_some() && self.budget > 0;
        let taken = outcome.yielded_in.as_ref().map(|world| world.heap.clone());
        if let Some(after) = outcome.result.map(|(_, after)| after).or(outcome.yielded_in) {
            *world = after;
        }
        if let Some(taken) = taken {
            self.keep_taken(world, call.function, &taken);
        }
        if outcome.yielded.is_never() {
            Value::unknown()
        } else {
            outcome.yielded
        }
    }

    /// A generator that yields methods, alone or in tuples, gives them to whoever calls them at last: steps of a plan. Which is called is
    /// not followed.
    pub(super) fn hand_on_methods(&mut self, world: &mut World, yielded: &Value) {
        let of_tuples = yielded.objects().filter_map(|id| {
            let is_tuple = self.objects[id.0 as usize].kind == ObjectKind::Tuple;
            world
                .heap
                .get(id)
                .filter(|_| is_tuple)
                .map(|tuple| tuple.elements.clone())
        });
        let values: Vec<Value> = of_tuples.chain([yielded.clone()]).collect();
        for value in values {
            if value.atoms().iter().any(|atom| matches!(atom, Atom::Bound(_))) {
                self.escape(world, &value);
            }
        }
    }

    /// Code that is not followed may draw from the generators that it is given.
    pub(super) fn draw_given(&mut self, world: &mut World, given: &Value) {
        for id in given.objects() {
            if matches!(self.objects[id.0 as usize].kind, ObjectKind::Generator(Some(_))) {
                let untouched = world.clone();
                self.run_generator(world, id);
                world.join(&untouched);
            }
        }
    }

    /// Enters a generator that is a context manager.
    pub(super) fn enter_generator(&mut self, world: &mut World, id: ObjectId) -> Value {
        let Some(call) = self.generators.get(&id).cloned() else {
            return Value::unknown();
        };
        if self.is_running(call.function) || self.stack.len() >= DEEPEST || self.budget == 0 {
            return Value::unknown();
        }
        let entry = self.entry(call.function, call.closure, call.slots);
        match self.run_to_yield(id, entry, world.clone()) {
            Some((value, after)) => {
                *world = after;
                value
            }
            None => Value::unknown(),
        }
    }

    /// Leaves a generator that is a context manager. What is raised in the block is raised at its `yield`: where no `try` is
    /// around that, nothing that follows it is done.
    pub(super) fn exit_generator(&mut self, world: &mut World, id: ObjectId, exceptional: bool) {
        if exceptional && !self.waits_in_try(id) {
            return;
        }
        if let Some(after) = self.run_from_yield(id, world.clone()) {
            *world = after;
        }
    }
}
