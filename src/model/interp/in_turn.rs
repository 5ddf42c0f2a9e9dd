//! Methods of several objects that a loop comes to one after another.
//!
//! What a variable holds may be one of several objects, and a call of its method is a call of one of them. The variable of a
//! loop holds one after another, and behind the loop each has been called.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::model::value::{Atom, Value};

impl<'a> Run<'a> {
    /// Whether what is called are methods of objects that a loop around comes to one after another.
    pub(super) fn visits_each(&self, target: &Value) -> bool {
        target.atoms().len() > 1
            && self.visited_by_loops.iter().any(|visited| {
                target.atoms().iter().all(|atom| match atom {
                    Atom::Bound(id) => visited.atoms().contains(&self.names.unbind(*id).0),
                    _ => false,
                })
            })
    }

    /// A call of the same method of each of these.
    pub(super) fn call_in_turn(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        target: &Value,
        actuals: &Actuals,
    ) -> Option<Value> {
        let mut result: Option<Value> = None;
        for &atom in target.atoms() {
            let mut next = world.clone();
            if let Some(value) = self.call_atom(frame, &mut next, atom, actuals) {
                result.get_or_insert_with(Value::never).join(&value);
                *world = next;
            }
        }
        result
    }
}
