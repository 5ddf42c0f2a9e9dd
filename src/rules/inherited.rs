//! What a child has from the process that it was forked from, and under which start methods that is so.

use crate::api::Effect;
use crate::findings::{Expectation, PythonVersion, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::code::UnitId;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::Value;
use crate::python::ir::OpKind;

/// A forked child has what the parent had.
pub(super) const FORKED: &[Expectation] = &[Expectation::shows(
    SymptomKind::WrongResult,
    StartMethods::FORK,
    VersionRange::since(PythonVersion(3, 8)),
)];

/// The children of the fork server have what it has imported, which from 3.14 on is the main module.
pub(super) const IMPORTED_ONCE: &[Expectation] = &[
    FORKED[0],
    Expectation::shows(
        SymptomKind::WrongResult,
        StartMethods::FORKSERVER,
        VersionRange::since(PythonVersion(3, 14)),
    ),
];

/// Whether an object is made by the import of a module: not only where the main program gets to, and not by a function.
pub(super) fn is_made_at_import(model: &Model<'_>, object: ObjectId) -> bool {
    made(model, object).is_some_and(|event| {
        // Whenever the main process imports a module, a child imports it, too.
        model.code.is_module_body(event.function)
            && (!event.main_only || model.code.home(event.function) != UnitId::ROOT)
    })
}

/// Whether the main process has an object before a child begins, and it is one, not several.
pub(super) fn is_inherited(model: &Model<'_>, heap: &Heap, object: ObjectId) -> bool {
    // A module may be followed within a loop, and is imported once all the same.
    if heap.get(object).is_none_or(|object| object.many) && !is_made_at_import(model, object) {
        return false;
    }
    let maker = model.chain(model.object(object).chain).context;
    if model.process_of(maker).is_none() {
        return true;
    }
    // A module is followed as soon as there is need of it, which may be in a child only, wherever it is imported. What a
    // function of the child imports is its own.
    let Some(event) = made(model, object).filter(|event| model.code.is_module_body(event.function)) else {
        return false;
    };
    let importer = model.chain(event.chain).caller;
    !importer.is_some_and(|(_, function, place)| {
        let mut ops = model.function(function).blocks.iter().flat_map(|block| &block.ops);
        !model.code.is_module_body(function)
            && ops.any(|op| op.span == place && matches!(op.kind, OpKind::Import { .. }))
    })
}

/// Whether an object goes along with the work of the process that an event belongs to: with the arguments of a process, which
/// under fork stay where they are, or with those of a task, which are pickled under every start method.
pub(super) fn is_given(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let starter = model
        .process_of(event.context)
        .and_then(|process| model.context(process).object);
    let Some(starter) = starter else { return false };
    let holds = |value: &Value| model.pickled_with(&event.heap, value).contains(&object);
    let with_process = holds(&starter.into());
    with_process || is_sent_with_task(model, event, starter, object)
}

/// Whether an object is among the arguments of the tasks of a pool or executor.
pub(super) fn is_sent_with_task(model: &Model<'_>, event: &Event<'_>, pool: ObjectId, object: ObjectId) -> bool {
    model.events().iter().any(|other| match &other.kind {
        EventKind::Method {
            object: by,
            arguments,
            method,
            ..
        } if *by == pool && method.effect == Effect::Submit => {
            let mut sent = arguments.list.iter();
            sent.any(|argument| model.pickled_with(&event.heap, &argument.value).contains(&object))
        }
        _ => false,
    })
}

fn made<'m>(model: &'m Model<'m>, object: ObjectId) -> Option<&'m Event<'m>> {
    let mut events = model.events().iter();
    events.find(|event| matches!(event.kind, EventKind::Make { object: made, .. } if made == object))
}
