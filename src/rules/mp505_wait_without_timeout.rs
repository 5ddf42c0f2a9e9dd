//! The wait for an event, condition or barrier has no limit.

use super::mp511_wait_for_nobody::is_for_nobody;
use super::threads::is_in_daemon_thread;
use super::waits::{HANGS, Wait, blocks, is_ended_by_force, is_other_process};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Wait) {
        let family = model.family(&event.heap, object);
        if !matches!(family, Some(Family::Event | Family::Condition | Family::Barrier)) || model.is_bounded(event) {
            continue;
        }
        if is_for_nobody(model, event, object) || is_known_elsewhere(model, event) {
            continue;
        }
        let receiver = check.receiver(event);
        let message = format!("`{receiver}` is waited for without a timeout");
        let draft = match waker(model, event, object) {
            Wait::Ends => check.about(event, object, message).severity(Severity::Note),
            Wait::Unknown => check
                .about(
                    event,
                    object,
                    format!("{message}, and it is not known who ends the wait"),
                )
                .severity(Severity::Warning),
            Wait::May { at, why, shown } => check
                .about(
                    event,
                    object,
                    format!("{message}, and what should end the wait may never do so"),
                )
                .severity(Severity::Warning)
                .showing(shown)
                .related(at, why),
        };
        check.report(
            draft
                .remedy(Remedy::WaitEnds)
                .help("pass a timeout and look at what `wait()` returns"),
        );
    }
}

/// What is known of those who end a wait.
fn waker(model: &Model<'_>, wait: &Event<'_>, awaited: ObjectId) -> Wait {
    if is_in_daemon_thread(model, wait) || is_ended_by_force(model, wait) {
        return Wait::Ends;
    }
    // At a barrier those who wait wake one another.
    if model.family(&wait.heap, awaited) == Some(Family::Barrier) {
        return Wait::Ends;
    }
    let mut longest = Wait::Unknown;
    for (event, object) in model.method_events(Effect::Set) {
        if object != awaited {
            continue;
        }
        longest = Wait::Ends;
        if event.context == wait.context || !is_other_process(model, event.context) {
            continue;
        }
        // What comes before the call may wait for ever; what comes after it does not matter here.
        if let Some(Wait::May { at, why, shown }) = blocks(model, event.context)
            && at.start < event.span.start
        {
            return Wait::May { at, why, shown };
        }
        let exit = model.context(event.context).exit.as_ref();
        if exit
            .and_then(|heap| heap.get(awaited))
            .is_some_and(|awaited| awaited.states.contains(States::SILENT))
        {
            return Wait::May {
                at: event.span,
                why: "this is not reached on every path".to_owned(),
                shown: &[HANGS],
            };
        }
    }
    longest
}

/// Whether a stranger's call is looked at where the program itself runs the same code.
fn is_known_elsewhere(model: &Model<'_>, wait: &Event<'_>) -> bool {
    model.context(wait.context).kind == ContextKind::Entry
        && model.events().iter().any(|event| {
            event.function == wait.function
                && event.span == wait.span
                && model.context(event.context).kind != ContextKind::Entry
        })
}
