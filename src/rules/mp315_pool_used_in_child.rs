//! A child hands work to a pool of its parent, or waits for a result that the parent asked for.

use super::foreign::{foreign, is_true_of_all};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, Severity, StartMethods, VersionRange};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// `pool.join()` waits for processes that are not the child's.
const NOT_A_CHILD: Expectation = Expectation::raises("AssertionError", StartMethods::FORK, VersionRange::ANY);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((object, effect)) = event.effect() else {
            continue;
        };
        let Some(family) = model.family(&event.heap, object) else {
            continue;
        };
        let is_use = match (family, effect) {
            (Family::Pool, Effect::Submit | Effect::Join) | (Family::Executor, Effect::Submit) => true,
            (Family::Result, Effect::GetResult | Effect::Wait) => !model.is_bounded(event),
            _ => false,
        };
        if !is_use || !is_true_of_all(model, event, |event, object| is_out_of_reach(check, event, object)) {
            continue;
        }
        let Some(found) = foreign(check, event, object) else {
            continue;
        };
        // What a task does to the pool that runs it is another mistake.
        if model.context(found.user).object == Some(object) {
            continue;
        }
        let receiver = check.receiver(event);
        let noun = model.kind(&event.heap, object).map_or("pool", |kind| &kind.noun);
        let mut draft = Draft::new(
            event.span,
            match family {
                Family::Result => {
                    format!("the parent asked for `{receiver}`, and its result never reaches this process")
                }
                _ => format!(
                    "`{receiver}` is the parent's {noun}, and nobody here takes its tasks or brings back results"
                ),
            },
        )
        .under(found.methods, found.named)
        .related(check.made_at(object), format!("the {noun} is made here"))
        .remedy(match family {
            Family::Result => Remedy::SharedMemory,
            _ => Remedy::OwnWorkers,
        })
        .help(match family {
            Family::Result => "let the parent wait for the result, and send it on",
            _ => "make a pool in the process that uses it, or let the parent hand out the work",
        });
        if effect == Effect::Join {
            draft = draft.showing(&[NOT_A_CHILD]);
        }
        if family == Family::Result {
            // It may have arrived before the process was made.
            draft = draft.severity(Severity::Warning);
        }
        check.report(draft);
    }
}

/// Whether the process of an event has the object from another one, in a state in which it cannot be used.
fn is_out_of_reach(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let model = check.model;
    foreign(check, event, object).is_some()
        && match model.family(&event.heap, object) {
            // An executor starts its processes and threads with its first task: before that it is anybody's.
            Some(Family::Executor) => is_used_outside(model, event, object, &[Effect::Submit]),
            Some(Family::Result) => !may_have_arrived(model, event, object),
            Some(Family::Pool) => !model.states(event, object).may(States::CLOSED | States::JOINED),
            _ => false,
        }
}

/// Whether some other context has called a method of the object.
fn is_used_outside(model: &Model<'_>, event: &Event<'_>, object: ObjectId, effects: &[Effect]) -> bool {
    model.events().iter().any(|other| {
        other.context != event.context
            && matches!(&other.kind, EventKind::Method { object: used, method, .. } if *used == object && effects.contains(&method.effect))
    })
}

/// Whether somebody else may have waited for a result before the process of an event was made: then it has the answer too.
fn may_have_arrived(model: &Model<'_>, event: &Event<'_>, result: ObjectId) -> bool {
    let started = model.process_of(event.context).and_then(|id| model.context(id).started);
    let is_start =
        |other: &Event<'_>| started.is_some_and(|(chain, _, span)| other.chain == chain && other.span == span);
    let start = model
        .events()
        .iter()
        .position(is_start)
        .filter(|&at| !model.events()[at].many);
    let mut events = model.events().iter().enumerate();
    events.any(|(at, other)| {
        let is_wait = matches!(other.effect(), Some((used, Effect::GetResult | Effect::Wait)) if used == result);
        // What the parent does after the start comes too late for the process.
        let is_later = start.is_some_and(|start| at > start && model.events()[start].context == other.context);
        is_wait && other.context != event.context && !is_later
    })
}
