//! What a comparison with a constant says: of a parameter that the caller gives as a constant, and of a process whose
//! exit code it asks for.

use super::frame::Frame;
use super::{Run, World, conditions};
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{CompareOp, Place, TestPlace};

use super::calls::Actuals;

impl<'a> Run<'a> {
    /// The answer to a comparison of a parameter that the caller gives with a constant. What is the default does not
    /// count, whoever gives it: other callers may say otherwise.
    pub(super) fn given_answer(
        &self,
        frame: &Frame<'a>,
        op: CompareOp,
        place: Option<TestPlace>,
        left: &Value,
        right: &Value,
    ) -> Option<bool> {
        let Some(TestPlace {
            base: Place::Local(slot) | Place::Cell { up: 0, slot },
            attribute: None,
        }) = place
        else {
            return None;
        };
        let at = slot.0 as usize;
        if at >= frame.function.params.len() {
            return None;
        }
        let (given, constant) = (left.single()?, right.single()?);
        let defaults = self.defaults.get(&frame.id);
        let default = defaults.and_then(|defaults| defaults.iter().find(|(index, _)| *index as usize == at));
        if default.is_some_and(|(_, default)| default.atoms().contains(&given)) {
            return None;
        }
        compared(op, given, constant)
    }

    /// `self.assertFalse(process.is_alive())` and the like in a test: from there on the process has ended.
    pub(super) fn is_assertion(&self, world: &mut World, name: Symbol, actuals: &Actuals) -> bool {
        let value = |at: usize| actuals.get(at).and_then(|actual| actual.value.single());
        let ended = match (self.name(name), value(0), value(1)) {
            ("assertFalse", Some(Atom::Alive(process)), _) => process,
            ("assertIsNotNone", Some(Atom::Ended(process)), _) => process,
            ("assertEqual", Some(Atom::Ended(process)), Some(Atom::Int(_))) => process,
            ("assertEqual", Some(Atom::Int(_)), Some(Atom::Ended(process))) => process,
            _ => return false,
        };
        conditions::has_ended(world, ended);
        true
    }
}

/// Whether two constants of one kind compare so.
fn compared(op: CompareOp, left: Atom, right: Atom) -> Option<bool> {
    match (left, right) {
        (Atom::Int(left), Atom::Int(right)) => match op {
            CompareOp::Eq => Some(left == right),
            CompareOp::NotEq => Some(left != right),
            CompareOp::Less => Some(left < right),
            CompareOp::LessEq => Some(left <= right),
            CompareOp::Greater => Some(left > right),
            CompareOp::GreaterEq => Some(left >= right),
            _ => None,
        },
        (Atom::Str(left), Atom::Str(right)) => match op {
            CompareOp::Eq => Some(left == right),
            CompareOp::NotEq => Some(left != right),
            _ => None,
        },
        _ => None,
    }
}

/// A process whose exit code is a number has ended. Both sides of the test are told what they may know.
pub(super) fn note_exit_code(holds: &mut World, fails: &mut World, op: CompareOp, left: &Value, right: &Value) {
    let (Some(Atom::Ended(process)), Some(Atom::Int(_))) = (left.single(), right.single()) else {
        return;
    };
    match op {
        CompareOp::Eq => conditions::has_ended(holds, process),
        CompareOp::NotEq => conditions::has_ended(fails, process),
        // `None` has no order.
        _ if op.is_order() => {
            conditions::has_ended(holds, process);
            conditions::has_ended(fails, process);
        }
        _ => {}
    }
}

/// The answer of `any(process.is_alive() for process in processes)`: it is no as soon as all of them have ended.
pub(super) fn any_alive(name: &str, answers: &Value) -> Option<Value> {
    let asked = !answers.is_never() && answers.atoms().iter().all(|atom| matches!(atom, Atom::Alive(_)));
    (name == "any" && asked).then(|| answers.clone())
}
