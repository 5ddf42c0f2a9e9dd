//! `join()` with no timeout can wait for ever.

use super::waits::{Wait, longest_wait};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Fix, Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The timeout that a repair puts in.
const SECONDS: u32 = 5;

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
        let unstarted = States::NEW | States::BARE;
        let ended = States::JOINED | States::TERMINATED;
        let known = states - States::LOST;
        if states.must(unstarted) || (known.may(ended) && known.must(unstarted | ended)) {
            continue;
        }
        let receiver = check.receiver(event);
        let wait = if has_been_watched(model, event, object) {
            Wait::Ends
        } else {
            longest_wait(model, event, object)
        };
        // Neither what it runs is known nor what has been done to it.
        let wait = match wait {
            Wait::Unknown if model.is_number_known(object) => Wait::Ends,
            wait => wait,
        };
        let fix = match &wait {
            // What plainly ends needs no end by force.
            Wait::Ends => None,
            Wait::May { at, .. } if is_missed(model, event, *at) => None,
            Wait::May { .. } | Wait::Unknown => repair(check, event, &receiver),
        };
        let may_not_end = !matches!(wait, Wait::Ends);
        let draft = match wait {
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
            Wait::May { at, why, shown } => check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is waited for without a timeout, and it may never end"),
                )
                .severity(Severity::Warning)
                .showing(shown)
                .related(at, why),
        };
        let help = "pass a timeout, then look at `exitcode` and end the process if it still runs";
        let draft = if may_not_end {
            draft.remedy(Remedy::Killed)
        } else {
            draft
        };
        check.report(draft.help(help).fix(fix));
    }
}

/// Whether somebody will miss the process if it is ended where it waits. Who wakes the waiters of an event waits until each
/// has woken: for ever, if one of them is dead; and who sends to the dead has a broken pipe.
fn is_missed(model: &Model<'_>, join: &Event<'_>, at: Span) -> bool {
    let later_sends = || {
        let after = model.events().iter().skip_while(|event| !std::ptr::eq(*event, join));
        after.filter(|event| event.context == join.context).any(|event| {
            matches!(event.effect(), Some((object, Effect::Put))
                if model.family(&event.heap, object) == Some(Family::Connection))
        })
    };
    model.events().iter().any(|event| {
        let EventKind::Method { object, .. } = event.kind else {
            return false;
        };
        event.span == at
            && match model.family(&event.heap, object) {
                Some(Family::Event | Family::Condition | Family::Barrier) => true,
                Some(Family::Connection) => later_sends(),
                _ => false,
            }
    })
}

/// A timeout, and the end of the process when it passes. How long the work may take only its author knows.
fn repair(check: &Check<'_>, event: &Event<'_>, receiver: &str) -> Option<Fix> {
    let (source, call) = check.source(event.span)?;
    let edits = source.join_or_kill(call, SECONDS)?;
    Some(Fix::uncertain(
        format!("Wait for `{receiver}` for {SECONDS} seconds, then end it"),
        edits,
    ))
}

/// Whether the function asks for the `sentinel` of the process, which is how to wait for one of several to end: the join
/// only reaps it.
fn has_been_watched(model: &Model<'_>, join: &Event<'_>, process: ObjectId) -> bool {
    model.events_in(join.context).any(|event| {
        matches!(event.kind, EventKind::Method { object, name, .. } if object == process && model.name(name) == "sentinel")
            && event.function == join.function
    })
}
