//! `start()` is called twice on one process.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::model::events::Caught;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Start) {
        if model.family(&event.heap, object) != Some(Family::Process)
            || event.caught.contains(Caught::ASSERTION)
            || !model.states(event, object).must(States::STARTED | States::JOINED | States::TERMINATED | States::CLOSED)
        {
            continue;
        }
        let first = model
            .method_events(Effect::Start)
            .find(|(other, started)| *started == object && other.context == event.context && other.span != event.span)
            .map(|(other, _)| other.span);
        let draft = Draft::new(
            event.span,
            format!(
                "`{}` has been started before: a process is started once",
                check.receiver(event)
            ),
        )
        .help("make a new process for each run");
        let draft = match first {
            Some(span) => draft.related(span, "it is started here"),
            None => draft.related(check.made_at(object), "the process is made here"),
        };
        check.report(draft);
    }
}
