//! What a manager's list or dict holds is changed in place: a copy of it is.

use super::order::follows;
use super::{Check, Hook};
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Atom;
use crate::python::ir::{Const, OpKind};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::CopyChange { object } = event.kind else {
            continue;
        };
        if !holds_plain(model, event, object) || is_written_back(model, event, object) {
            continue;
        }
        let draft = check
            .about(
                event,
                object,
                "this changes a copy of what the manager holds, and the change is lost",
            )
            .related(check.made_at(object), "the manager's object is made here")
            .remedy(Remedy::SharedMemory)
            .help("assign the changed value to the proxy again, or keep a proxy in it: `shared[key] = manager.list()`");
        check.report(draft);
    }
}

/// Whether what is known to be in a manager's list or dict are containers of the program: a proxy in it is changed where it
/// lies.
fn holds_plain(model: &Model<'_>, event: &Event<'_>, proxy: ObjectId) -> bool {
    let Some(object) = event.heap.get(proxy) else {
        return false;
    };
    let is_plain = |atom: &Atom| match *atom {
        Atom::Object(id) => matches!(
            model.object(id).kind,
            ObjectKind::List | ObjectKind::Dict | ObjectKind::Set | ObjectKind::Instance(_)
        ),
        Atom::None | Atom::Bool(_) | Atom::Int(_) | Atom::Str(_) | Atom::Scalar | Atom::Text => true,
        // What was made of something in it: a proxy would be here itself.
        Atom::ReadFrom(from) => from == proxy,
        _ => false,
    };
    let atoms = object.elements.atoms();
    atoms.iter().all(is_plain) && atoms.iter().any(|atom| matches!(atom, Atom::Object(_)))
}

/// Whether an item of the proxy is set afterwards, which sends the changed copy back.
fn is_written_back(model: &Model<'_>, change: &Event<'_>, proxy: ObjectId) -> bool {
    model.events_in(change.context).any(|event| {
        matches!(event.kind, EventKind::Access { object, sets: true } if object == proxy)
            && (follows(model, event, change) || is_end_of_block(model, event))
            && !sets_number(model, event)
    })
}

/// Whether what is set is a number that is worked out there: `shared["count"] += 1` sends nothing else back.
fn sets_number(model: &Model<'_>, set: &Event<'_>) -> bool {
    let function = model.function(set.function);
    let ops = function.blocks.iter().flat_map(|block| &block.ops);
    let value = ops.filter(|op| op.span == set.span).find_map(|op| match op.kind {
        OpKind::SetItem { value, .. } => Some(value),
        _ => None,
    });
    let is_number = |temp| {
        matches!(
            function.definition(temp),
            Some(OpKind::Const {
                value: Const::Int(_) | Const::Float(_) | Const::Bool(_),
                ..
            })
        )
    };
    value.is_some_and(|value| {
        is_number(value)
            || matches!(function.definition(value), Some(OpKind::Binary { left, right, .. }) if is_number(*left) || is_number(*right))
    })
}

/// Whether something is done by a generator after its `yield`: where it is the manager of a `with` block, at the end of that.
fn is_end_of_block(model: &Model<'_>, event: &Event<'_>) -> bool {
    let mut ops = model
        .function(event.function)
        .blocks
        .iter()
        .flat_map(|block| &block.ops);
    ops.any(|op| matches!(op.kind, OpKind::Yield { .. }) && op.span.end <= event.span.start)
}
