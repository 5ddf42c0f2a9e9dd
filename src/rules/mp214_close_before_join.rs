//! A process is closed while it may run.

use super::lifetime::may_wait_between;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{Caught, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let EventKind::Method {
            object, method, base, ..
        } = event.kind
        else {
            continue;
        };
        if method.effect != Effect::Close
            || base
            || model.family(&event.heap, object) != Some(Family::Process)
            || event.caught.intersects(Caught::VALUE | Caught::ANY)
        {
            continue;
        }
        let states = model.states(event, object);
        // What the waits before it say is in the states: a join without a limit, or a look that finds it ended.
        if states.contains(States::LOST) || !states.may(States::STARTED | States::TERMINATED) {
            continue;
        }
        let Some((from, start)) = last(model, at, event, object, &[Effect::Start]) else {
            continue;
        };
        let receiver = check.receiver(event);
        let ended = last(model, at, event, object, &[Effect::Terminate]);
        let joined = last(model, at, event, object, &[Effect::Join]);
        // On some way it was asked to end, and no way has a join after that.
        let only_asked = states.may(States::TERMINATED)
            && ended.is_some_and(|(ended, _)| joined.is_none_or(|(joined, _)| joined < ended));
        let draft = if states.must(States::TERMINATED) || only_asked {
            check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is closed before it can have ended"),
                )
                .severity(Severity::Warning)
                .help("`terminate()` and `kill()` only ask: call `join()` before `close()`")
        } else if states.must(States::STARTED) {
            let draft = check.about(event, object, format!("`{receiver}` is closed while it runs"));
            let draft = if may_wait_between(model, event.context, from, Some(at)) {
                draft.severity(Severity::Warning)
            } else {
                draft
            };
            draft.help("call `join()` before `close()`")
        } else if states.must(States::STARTED | States::JOINED)
            && joined.is_some_and(|(joined, join)| {
                // After `kill()` the time is a guard only.
                model.is_bounded(join) && ended.is_none_or(|(ended, _)| ended > joined)
            })
        {
            check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is closed, whether or not it has ended in time"),
                )
                .severity(Severity::Warning)
                .help("ask `is_alive()` after `join(timeout)`, and end the process if it still runs")
        } else {
            continue;
        };
        if is_watched(model, event, object) {
            continue;
        }
        // A join with a limit is there because it may last.
        let none_since = joined.is_none_or(|(joined, _)| ended.is_some_and(|(ended, _)| joined < ended));
        let fix = if none_since {
            check.safe_fix(event.span, format!("Join `{receiver}` first"), |source, call| {
                source.after_call_of(call, "join")
            })
        } else {
            None
        };
        check.report(draft.related(start.span, "it is started here").fix(fix));
    }
}

/// The last event before another one, in the same context, that does one of these things to the process.
fn last<'m>(
    model: &'m Model<'m>,
    before: usize,
    event: &Event<'_>,
    process: ObjectId,
    effects: &[Effect],
) -> Option<(usize, &'m Event<'m>)> {
    let earlier = model.events().get(..before).unwrap_or_default();
    earlier.iter().enumerate().rev().find(|(_, other)| {
        other.context == event.context
            && matches!(other.effect(), Some((object, effect)) if object == process && effects.contains(&effect))
    })
}

/// Whether its `sentinel` has been asked for, which is how to wait for one of several.
fn is_watched(model: &Model<'_>, event: &Event<'_>, process: ObjectId) -> bool {
    model.events_in(event.context).any(|other| {
        matches!(other.kind, EventKind::Method { object, name, .. } if object == process && model.name(name) == "sentinel")
    })
}
