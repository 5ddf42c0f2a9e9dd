//! A result is waited for when its pool has been terminated.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, StartMethods, VersionRange};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

/// With a timeout the wait does end.
const RAISES: Expectation = Expectation::raises("TimeoutError", StartMethods::all(), VersionRange::ANY);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let (result, iterates) = match (&event.kind, event.effect()) {
            (_, Some((result, Effect::GetResult | Effect::Wait))) => (result, false),
            (EventKind::Iterate { object }, _) => (*object, true),
            _ => continue,
        };
        if model.family(&event.heap, result) != Some(Family::Result)
            || !model.states(event, result).must(States::CLOSED)
        {
            continue;
        }
        let bounded = !iterates && model.is_bounded(event);
        let waits = matches!(event.effect(), Some((_, Effect::Wait)));
        // `wait(timeout)` just returns.
        if bounded && waits {
            continue;
        }
        let what = if iterates {
            "these results are read".to_owned()
        } else {
            format!("`{}` is waited for", check.receiver(event))
        };
        let mut draft = check
            .about(
                event,
                result,
                format!("{what} after the pool was terminated: what was not finished by then never comes"),
            )
            .remedy(Remedy::TasksDone)
            .help("read the results inside the `with` block, or `close()` and `join()` the pool before it ends");
        if let Some(end) = end_of(model, event, result) {
            draft = draft.related(end.span, "the pool is terminated here");
        }
        if bounded {
            draft = draft.showing(&[RAISES]);
        }
        check.report(draft);
    }
}

/// Where the pool of a result was terminated.
fn end_of<'m, 'a>(model: &'m Model<'a>, event: &Event<'_>, result: ObjectId) -> Option<&'m Event<'a>> {
    let pool = model.owner_of(&event.heap, result)?;
    model
        .method_events(Effect::Terminate)
        .filter(|(_, ended)| *ended == pool)
        .map(|(end, _)| end)
        .last()
}
