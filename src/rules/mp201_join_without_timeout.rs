//! `join()` with no timeout can wait for ever.

use super::waits::{Wait, longest_wait};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::events::EventKind;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Join) {
        if model.family(&event.heap, object) != Some(Family::Process) || model.is_bounded(event) {
            continue;
        }
        // An override that hands the call on: its callers are looked at.
        if matches!(event.kind, EventKind::Method { base: true, .. }) {
            continue;
        }
        let states = model.states(event, object);
        // Not started, known to have ended, or asked to end just before: the join only reaps.
        let known = states - States::LOST;
        if states.must(States::NEW | States::BARE) || known.must(States::JOINED | States::TERMINATED) {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = match longest_wait(model, event, object) {
            Wait::Ends => check
                .about(event, object, format!("`{receiver}` is waited for without a timeout"))
                .severity(Severity::Note),
            Wait::Unknown => check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is waited for without a timeout, and it is not known what it runs"),
                )
                .severity(Severity::Warning),
            Wait::May(span, why) => check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is waited for without a timeout, and it may never end"),
                )
                .severity(Severity::Warning)
                .related(span, why),
        };
        check.report(draft.help("pass a timeout, then look at `exitcode` and end the process if it still runs"));
    }
}
