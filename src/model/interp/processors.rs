//! Numbers that are computed: from constants, and what a program makes of `cpu_count()` before it asks for so many workers.

use super::frame::State;
use super::{Run, World};
use crate::model::events::ContextKind;
use crate::model::heap::{Object, ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::ir::BinaryOp;

/// A number of processors with a constant added, taken away, multiplied or divided; none where neither side is one.
pub(super) fn computed(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let is_one = |value: &Value| value.atoms().iter().any(|atom| matches!(atom, Atom::Processors { .. }));
    let (number, constant) = match (is_one(left), is_one(right)) {
        (true, false) => (left, right.single()),
        // `2 * cpu_count()`
        (false, true) if matches!(op, BinaryOp::Add | BinaryOp::Mul) => (right, left.single()),
        (true, true) | (false, true) => return Some(Atom::Scalar.into()),
        (false, false) => return None,
    };
    let Some(by) = constant.and_then(|atom| match atom {
        Atom::Int(by) => i32::try_from(by).ok(),
        _ => None,
    }) else {
        return Some(Atom::Scalar.into());
    };
    let apply = |least: i32| match op {
        BinaryOp::Add => least.checked_add(by),
        BinaryOp::Sub => least.checked_sub(by),
        BinaryOp::Mul if by > 0 => least.checked_mul(by),
        BinaryOp::FloorDiv if by > 0 => Some(least.div_euclid(by)),
        _ => None,
    };
    let all = number
        .atoms()
        .iter()
        .filter(|atom| **atom != Atom::None)
        .map(|atom| match *atom {
            Atom::Processors { least, all } => apply(least).map(|least| Atom::Processors {
                least,
                all: all && matches!(op, BinaryOp::Add | BinaryOp::Mul),
            }),
            Atom::Int(least) => i32::try_from(least)
                .ok()
                .and_then(apply)
                .map(|n| Atom::Int(i64::from(n))),
            _ => None,
        });
    let all: Value = all.map(|atom| atom.unwrap_or(Atom::Scalar)).collect();
    // `(cpu_count() or 1) - 1`: what it is where the number is not known, it is on a machine with one processor as well.
    let is_least = |number: i64| {
        let mut atoms = all.atoms().iter();
        atoms.any(|atom| matches!(atom, Atom::Processors { least, .. } if i64::from(*least) == number))
    };
    Some(all.filter(|atom| !matches!(atom, Atom::Int(number) if is_least(number))))
}

impl Run<'_> {
    /// What comes of two known numbers. Where the code may run again, the computation may go on with what has come of it, and
    /// how often is not known.
    pub(super) fn computed(&self, op: BinaryOp, left: &Value, right: &Value) -> Option<Atom> {
        let (Atom::Int(left), Atom::Int(right)) = (left.single()?, right.single()?) else {
            return None;
        };
        let result = match op {
            BinaryOp::Add => left.checked_add(right),
            BinaryOp::Sub => left.checked_sub(right),
            BinaryOp::Mul => left.checked_mul(right),
            BinaryOp::FloorDiv if right != 0 => Some(left.div_euclid(right)).filter(|_| right > 0),
            _ => None,
        };
        result.map(Atom::Int).filter(|_| self.runs_once())
    }

    /// How many elements a list, tuple or dict has that nobody else may have changed.
    pub(super) fn counted(&self, world: &World, id: ObjectId) -> Option<i64> {
        let is_exact = |object: &Object| !object.escaped && !object.uneven && !object.many;
        let kind = self.objects[id.0 as usize].kind;
        let counts = matches!(kind, ObjectKind::List | ObjectKind::Tuple | ObjectKind::Dict)
            && world.heap.get(id).is_some_and(is_exact)
            && self.runs_once();
        let length = self.length(world, id).filter(|_| counts)?;
        i64::try_from(length).ok()
    }

    /// Whether the code runs once in its context, as far as that can be seen.
    fn runs_once(&self) -> bool {
        let stranger = self.contexts[self.context.0 as usize].kind == ContextKind::Entry;
        self.loops.is_empty() && self.comprehensions == 0 && !stranger
    }
}

/// One of several values, `a or b` or `a if c else b`. Where a constant stands in for the number of processors, somebody
/// has thought of too few.
pub(super) fn chosen(value: Value) -> Value {
    if !value.atoms().iter().any(|atom| matches!(atom, Atom::Int(1..))) {
        return value;
    }
    let safe = |atom: &Atom| match *atom {
        Atom::Processors { least, all } => Atom::Processors {
            least: least.max(1),
            all,
        },
        other => other,
    };
    value.atoms().iter().map(safe).collect()
}

/// Whoever compares the number knows that it may be too small: from there on it is a number like any other.
pub(super) fn forget(state: &mut State, compared: &Value) {
    let doubtful = |atom: Atom| matches!(atom, Atom::Processors { least: ..=0, .. });
    if compared
        .atoms()
        .iter()
        .any(|atom| matches!(atom, Atom::Processors { .. }))
    {
        state.world.knows_processors = true;
    }
    if !compared.atoms().iter().any(|atom| doubtful(*atom)) {
        return;
    }
    let is_it = |value: &Value| {
        value
            .atoms()
            .iter()
            .any(|atom| doubtful(*atom) && compared.atoms().contains(atom))
    };
    let plain = |value: &Value| -> Value {
        let atoms = value.atoms().iter();
        atoms
            .map(|atom| if doubtful(*atom) { Atom::Scalar } else { *atom })
            .collect()
    };
    if state.slots.iter().any(is_it) {
        for slot in std::rc::Rc::make_mut(&mut state.slots) {
            if is_it(slot) {
                *slot = plain(slot);
            }
        }
    }
    let mut fields = Vec::new();
    for (id, object) in state.world.heap.iter() {
        let found = object.fields.iter().filter(|(_, value)| is_it(value));
        fields.extend(found.map(|(name, value)| (id, name, plain(value))));
    }
    for (id, name, value) in fields {
        if let Some(object) = state.world.heap.get_mut(id) {
            object.fields.set(name, value);
        }
    }
}
