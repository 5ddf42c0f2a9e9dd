//! Tests of exit codes: which of their three kinds of value a test keeps apart.

use super::{Run, World};
use crate::model::events::{EventKind, ExitTest};
use crate::model::value::{Atom, Value};
use crate::python::ir::CompareOp;

/// What a comparison of an exit code with a number keeps apart.
fn compared(op: CompareOp, number: i64) -> ExitTest {
    // On which side are success, and a death by signal?
    let holds = |code: i64| match op {
        CompareOp::Eq => Some(code == number),
        CompareOp::NotEq => Some(code != number),
        CompareOp::Less => Some(code < number),
        CompareOp::LessEq => Some(code <= number),
        CompareOp::Greater => Some(code > number),
        CompareOp::GreaterEq => Some(code >= number),
        _ => None,
    };
    const BY_SIGNAL: [i64; 3] = [-15, -9, -11];
    // A code that the program gives on purpose is asked for; it is 1 that stands for whatever went wrong.
    if matches!(op, CompareOp::Eq | CompareOp::NotEq) && !matches!(number, 0 | 1) {
        return ExitTest::Failure;
    }
    match holds(0) {
        Some(success) if BY_SIGNAL.iter().all(|&code| holds(code) == Some(success)) => ExitTest::SomeFailures,
        _ => ExitTest::Failure,
    }
}

/// The operator with its sides exchanged.
fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEq => CompareOp::GreaterEq,
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEq => CompareOp::LessEq,
        op => op,
    }
}

impl Run<'_> {
    /// Records that the exit codes among the alternatives of a value are tested.
    pub(super) fn note_exit_test(&mut self, world: &World, value: &Value, how: ExitTest) {
        let mut tag = 40;
        for &atom in value.atoms() {
            if let Atom::Ended(object) = atom {
                self.record(world, EventKind::ExitTest { object, how }, tag);
                tag += 1;
            }
        }
    }

    /// The same for a comparison.
    pub(super) fn note_exit_compared(&mut self, world: &World, op: CompareOp, left: &Value, right: &Value) {
        for (code, op, other) in [(left, op, right), (right, mirrored(op), left)] {
            let how = match other.single() {
                Some(Atom::None) => ExitTest::IsNone,
                Some(Atom::Int(number)) => compared(op, number),
                _ => ExitTest::Failure,
            };
            self.note_exit_test(world, code, how);
        }
    }
}
