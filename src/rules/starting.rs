//! Where processes are started: by a process object, a pool, a manager, or the first task of an executor.

use crate::api::{Effect, Family};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;

/// What starts processes at an event.
pub(super) fn starter(model: &Model<'_>, event: &Event<'_>) -> Option<ObjectId> {
    match &event.kind {
        EventKind::Make { object, entry, .. } => (entry.effect == Effect::StartWorkers).then_some(*object),
        EventKind::Method { object, method, .. } => {
            let family = model.family(&event.heap, *object)?;
            let starts = match method.effect {
                Effect::Start => family == Family::Process,
                Effect::StartWorkers => family == Family::Manager,
                Effect::Submit => family == Family::Executor,
                _ => false,
            };
            starts.then_some(*object)
        }
        _ => None,
    }
}

/// All starts, each with its place among the events.
pub(super) fn starts<'m>(model: &'m Model<'m>) -> impl Iterator<Item = (usize, &'m Event<'m>, ObjectId)> {
    let events = model.events().iter().enumerate();
    events.filter_map(|(at, event)| Some((at, event, starter(model, event)?)))
}

/// Whether something that was seen earlier comes before: in the same call from outside, or while modules are imported.
/// Which of the functions that anybody may call is called first is not known.
pub(super) fn comes_before(model: &Model<'_>, earlier: &Event<'_>, later: &Event<'_>) -> bool {
    let begin = |event: &Event<'_>| {
        let mut at = event.chain;
        while let Some((caller, ..)) = model.chain(at).caller {
            at = caller;
        }
        at
    };
    let (first, second) = (begin(earlier), begin(later));
    first == second || model.code.is_module_body(model.chain(first).function)
}

/// The first start by a process, pool, manager or executor.
pub(super) fn first_start<'m>(model: &'m Model<'m>, starter: ObjectId) -> Option<(usize, &'m Event<'m>)> {
    let (at, event, _) = starts(model).find(|(.., object)| *object == starter)?;
    Some((at, event))
}
