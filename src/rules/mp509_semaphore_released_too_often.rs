//! A semaphore is released by a process that has taken it and given it back already.

use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::{Expectation, StartMethods, VersionRange};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

const COUNTS: &[Expectation] = &[Expectation::raises(
    "ValueError",
    StartMethods::all(),
    VersionRange::ANY,
)];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, semaphore) in model.method_events(Effect::Release) {
        let is_semaphore = model
            .kind(&event.heap, semaphore)
            .is_some_and(|kind| kind.name == "semaphore");
        if !is_semaphore || !model.states(event, semaphore).must(States::FREE) || event.held.contains(&semaphore) {
            continue;
        }
        let object = event.heap.get(semaphore);
        if object.is_none_or(|object| object.escaped || object.many) || !begins_open(model, semaphore) {
            continue;
        }
        let Some(taken) = taken_before(model, event, semaphore) else {
            continue;
        };
        if is_handed_over(model, event, semaphore) {
            continue;
        }
        let receiver = check.receiver(event);
        let mut draft = check
            .about(
                event,
                semaphore,
                format!(
                    "`{receiver}` has been given back already, and this release lets one more in than it was made for"
                ),
            )
            .related(taken, "it is taken here, and released once")
            .help("release it once for each `acquire()`, best by `with`");
        if is_bounded(model, semaphore) {
            draft = draft.showing(COUNTS);
        }
        check.report(draft);
    }
}

fn is_bounded(model: &Model<'_>, semaphore: ObjectId) -> bool {
    let path = model.object(semaphore).path;
    path.is_some_and(|path| model.dotted(path).ends_with("BoundedSemaphore"))
}

/// Whether the semaphore lets somebody in when it is made: else it is a signal.
fn begins_open(model: &Model<'_>, semaphore: ObjectId) -> bool {
    model.events().iter().any(|event| match &event.kind {
        EventKind::Make { object, arguments, .. } if *object == semaphore && !arguments.open => arguments
            .get("value")
            .is_none_or(|value| matches!(value.value.single(), Some(Atom::Int(value)) if value > 0)),
        _ => false,
    })
}

fn takes(event: &Event<'_>, semaphore: ObjectId) -> bool {
    match event.kind {
        EventKind::TakeLock { lock } => lock == semaphore,
        _ => event.effect() == Some((semaphore, Effect::Acquire)),
    }
}

/// Where the same context has taken it before.
fn taken_before(model: &Model<'_>, release: &Event<'_>, semaphore: ObjectId) -> Option<crate::files::Span> {
    model
        .events()
        .iter()
        .take_while(|event| !std::ptr::eq(*event, release))
        .find(|event| event.context == release.context && takes(event, semaphore))
        .map(|event| event.span)
}

/// Whether some other process takes it and does not give it back: the release may be meant for that one.
fn is_handed_over(model: &Model<'_>, release: &Event<'_>, semaphore: ObjectId) -> bool {
    model.events().iter().any(|event| {
        let is_other = model.process_of(event.context) != model.process_of(release.context);
        let by_hand = event.effect() == Some((semaphore, Effect::Acquire));
        is_other
            && by_hand
            && !model
                .events_in(event.context)
                .any(|other| other.effect() == Some((semaphore, Effect::Release)))
    })
}
