//! A process is started for each item of something whose length the program does not bound.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Make { object, .. } = &event.kind else {
            continue;
        };
        if !event.unbounded
            || model.family(&event.heap, *object) != Some(Family::Process)
            || model.contexts_of(*object).next().is_none()
            || is_held_back(model, event)
        {
            continue;
        }
        check.report(
            Draft::new(
                check.made_at(*object),
                "this makes a process for each item, however many there are",
            )
            .severity(Severity::Note)
            .help("hand the items to a `Pool` or `ProcessPoolExecutor`, which starts a few processes"),
        );
    }
}

/// Whether the loop that makes the processes also waits, so that few of them run at a time.
fn is_held_back(model: &Model<'_>, make: &Event<'_>) -> bool {
    model.events_in(make.context).any(|event| {
        event.unbounded
            && match &event.kind {
                EventKind::Method { method, .. } => matches!(
                    method.effect,
                    Effect::Join
                        | Effect::Acquire
                        | Effect::Wait
                        | Effect::Get
                        | Effect::IsAlive
                        | Effect::GetResult
                        | Effect::Exitcode
                ),
                EventKind::Call { entry, .. } => entry.effect == Effect::ActiveChildren,
                _ => false,
            }
    })
}
