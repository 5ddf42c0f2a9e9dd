//! `start()` is called twice on one process.

use super::lifetime::start_place;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy};
use crate::model::Model;
use crate::model::events::{Caught, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const STARTED: Expectation = Expectation::always_raises("AssertionError");
const CLOSED: Expectation = Expectation::always_raises("ValueError");

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Start) {
        if model.family(&event.heap, object) != Some(Family::Process)
            || event.caught.contains(Caught::ASSERTION)
            || !was_started(model, event, object)
            || (event.one_of_several && may_be_new(model, event))
        {
            continue;
        }
        let states = model.states(event, object);
        // The exception depends on whether the object is closed, and on some ways it may be.
        let shown: &[Expectation] = if states.must(States::CLOSED) {
            &[CLOSED]
        } else if states.may(States::CLOSED) {
            &[CLOSED, STARTED]
        } else {
            &[STARTED]
        };
        let place = start_place(model, event);
        let first = model
            .method_events(Effect::Start)
            .filter(|(other, started)| *started == object && other.context == event.context)
            .map(|(other, _)| start_place(model, other))
            .find(|other| *other != place);
        let draft = Draft::new(
            place,
            format!(
                "`{}` has been started before: a process is started once",
                check.receiver_at(event, place)
            ),
        )
        .showing(shown)
        .remedy(Remedy::StartedOnce)
        .help("make a new process for each run");
        let draft = match first {
            Some(span) => draft.related(span, "it is started here"),
            None => draft.related(check.made_at(object), "the process is made here"),
        };
        check.report(draft);
    }
}

fn was_started(model: &Model<'_>, event: &Event<'_>, process: ObjectId) -> bool {
    let states = model.states(event, process);
    states.must(States::STARTED | States::JOINED | States::TERMINATED | States::CLOSED)
}

/// Whether another process that the call may be about has not been started: `service.process = Process(…)` of one of several
/// services leaves what the others have.
fn may_be_new(model: &Model<'_>, event: &Event<'_>) -> bool {
    model.method_events(Effect::Start).any(|(other, process)| {
        (other.chain, other.span) == (event.chain, event.span) && !was_started(model, other, process)
    })
}
