//! How many elements a list comprehension makes.

use super::Run;
use super::frame::{Frame, State};
use crate::model::value::{Atom, Value};
use crate::python::ir::{BuildKind, OpKind, Temp};

/// A longer list is one that a program makes of whatever it is given: how long it is decides nothing.
const MOST: u64 = 100;

impl<'a> Run<'a> {
    /// The number of elements of a list comprehension with one `for` and no `if`, where it is known how many there are of
    /// what it runs over.
    pub(super) fn comprehension_length(&mut self, frame: &Frame<'a>, state: &State, list: Temp) -> Option<i64> {
        let is_it = |op: &crate::python::ir::Op| matches!(&op.kind, OpKind::Build { dst, kind: BuildKind::List, comprehension: true, .. } if *dst == list);
        let ops = frame
            .function
            .blocks
            .iter()
            .find_map(|block| block.ops.get(..block.ops.iter().position(is_it)?))?;
        // The end of the one clause, and not of two.
        let [rest @ .., last] = ops else { return None };
        if !matches!(last.kind, OpKind::LoopExit) || matches!(rest.last()?.kind, OpKind::LoopExit) {
            return None;
        }
        let mut depth = 1usize;
        let start = rest.iter().rposition(|op| {
            match op.kind {
                OpKind::LoopExit => depth += 1,
                OpKind::LoopEnter => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let body = rest.get(start + 1..)?;
        let OpKind::Iterate { iterable, .. } = body.first()?.kind else {
            return None;
        };
        // The value of a condition is looked at by nothing else.
        let uses = self.uses_in(frame.id);
        let is_condition = |op: &crate::python::ir::Op| {
            !matches!(op.kind, OpKind::Const { .. })
                && op
                    .kind
                    .result()
                    .is_some_and(|temp| uses.users.get(&temp).is_none_or(|users| users.is_empty()))
        };
        if body.iter().any(is_condition) {
            return None;
        }
        let source = state.slots.get(iterable.0 as usize).and_then(Value::single)?;
        let Atom::Object(source) = source else { return None };
        let length = self.length(&state.world, source).filter(|length| *length <= MOST)?;
        i64::try_from(length).ok()
    }
}
