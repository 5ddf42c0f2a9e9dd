//! What fails of a process that has not been started, and how.

use crate::api::{Effect, Family};
use crate::findings::Expectation;
use crate::model::Model;
use crate::model::events::{Caught, ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

const JOIN: Expectation = Expectation::always_raises("AssertionError");
/// There is no child behind the object that could be ended.
const TERMINATE: Expectation = Expectation::always_raises("AttributeError");
const SENTINEL: Expectation = Expectation::always_raises("ValueError");

/// What an event shows that uses a process which has certainly not been started, with the process.
pub(super) fn failure(model: &Model<'_>, event: &Event<'_>) -> Option<(ObjectId, &'static [Expectation])> {
    let EventKind::Method {
        object,
        method,
        name,
        base: false,
        ..
    } = event.kind
    else {
        return None;
    };
    if model.family(&event.heap, object) != Some(Family::Process)
        || !model.states(event, object).must(States::NEW)
        || event.caught.contains(Caught::ASSERTION)
    {
        return None;
    }
    let shown: &[Expectation] = match method.effect {
        Effect::Join => &[JOIN],
        Effect::Terminate => &[TERMINATE],
        _ if model.name(name) == "sentinel" => &[SENTINEL],
        _ => return None,
    };
    Some((object, shown))
}

/// What the first use in a context shows of a process that is never started there.
pub(super) fn first_failure(
    model: &Model<'_>,
    context: ContextId,
    process: ObjectId,
) -> Option<&'static [Expectation]> {
    model
        .events_in(context)
        .filter_map(|event| failure(model, event))
        .find_map(|(object, shown)| (object == process).then_some(shown))
}
