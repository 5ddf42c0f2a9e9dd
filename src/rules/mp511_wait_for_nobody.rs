//! An event or condition is waited for that nothing in the program sets or notifies.

use super::threads::is_in_daemon_thread;
use super::waits::is_daemon;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Wait) {
        if !is_for_nobody(model, event, object) {
            continue;
        }
        let receiver = check.receiver(event);
        let is_event = model.family(&event.heap, object) == Some(Family::Event);
        let message = if is_event {
            format!("`{receiver}` is waited for, and nothing in the program sets it")
        } else {
            format!("`{receiver}` is waited for, and nothing in the program notifies it")
        };
        let draft = check
            .about(event, object, message)
            .remedy(Remedy::WaitEnds)
            .related(check.made_at(object), "it is made here")
            .help(if is_event {
                "call `set()` where the wait should end, or wait with a timeout"
            } else {
                "call `notify()` where the wait should end, or wait with a timeout"
            });
        check.report(draft);
    }
}

/// Whether an unbounded wait for an event or condition can never end: all that the program does was followed, and nothing
/// of it wakes what waits.
pub(super) fn is_for_nobody(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let family = model.family(&event.heap, object);
    if !matches!(family, Some(Family::Event | Family::Condition)) || model.is_bounded(event) {
        return false;
    }
    // A stranger that calls the waiting function may well set what it waits for.
    if model.context(event.context).kind == ContextKind::Entry {
        return false;
    }
    // Somebody ends the process as it waits, and that is how it is meant.
    if is_in_daemon_thread(model, event) || is_meant_to_be_ended(model, event) {
        return false;
    }
    let is_out_of_sight = |id: ObjectId| {
        let object = event.heap.get(id);
        object.is_none_or(|object| object.escaped || object.states.contains(States::LOST))
    };
    if is_out_of_sight(object) || model.contexts().any(|(_, context)| !context.known || context.cut_short) {
        return false;
    }
    // Another object of the same place may be this one, seen by a stranger: a method `stop()` that nothing here calls.
    let made = model.object(object).span;
    model
        .method_events(Effect::Set)
        .all(|(_, other)| model.object(other).span != made)
}

/// Whether the process of a wait is a daemon, or is ended by force without being given time to end: whoever first waits for a
/// while reckons with it to end by itself.
fn is_meant_to_be_ended(model: &Model<'_>, event: &Event<'_>) -> bool {
    let process = model
        .process_of(event.context)
        .and_then(|process| model.context(process).object);
    is_daemon(model, event)
        || process.is_some_and(|process| {
            let mut forced = model.method_events(Effect::Terminate);
            model.is_number_known(process)
                || forced.any(|(end, other)| other == process && !model.states(end, process).may(States::JOINED))
        })
}
