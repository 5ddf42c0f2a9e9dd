//! A condition is waited for or notified by somebody who does not hold it, or waited for without a look at what it is about.

use super::supply::is_in_loop;
use super::waits::{HANGS, lock_of};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::python::ir::Terminator;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Method {
            object: condition,
            name,
            method,
            ..
        } = event.kind
        else {
            continue;
        };
        if model.family(&event.heap, condition) != Some(Family::Condition) {
            continue;
        }
        let waits = match method.effect {
            Effect::Wait => true,
            Effect::Set => false,
            _ => continue,
        };
        let receiver = check.receiver(event);
        if !is_held(model, event, condition) {
            // Whoever calls it may hold the condition.
            let known = model.context(event.context).kind != ContextKind::Entry;
            if known && !event.caught.intersects(Caught::ASSERTION | Caught::ANY) {
                let what = if waits { "waited for" } else { "notified" };
                let draft = check
                    .about(
                        event,
                        condition,
                        format!("`{receiver}` is {what} by code that does not hold it"),
                    )
                    .help(format!("put it under `with {receiver}:`"));
                check.report(draft);
            }
        } else if waits
            && model.name(name) == "wait"
            && !model.is_bounded(event)
            && !is_in_loop(model, event)
            && !is_asked_before(model, event)
        {
            let draft = check
                .about(
                    event,
                    condition,
                    format!("`{receiver}` is waited for without a look at what it is about, so a notification that came before is missed"),
                )
                .severity(Severity::Warning)
                .showing(&[HANGS])
                .help("wait in a loop that asks for the state, or with `wait_for`");
            check.report(draft);
        }
    }
}

/// Whether the lock of the condition is held, or may be.
fn is_held(model: &Model<'_>, event: &Event<'_>, condition: ObjectId) -> bool {
    let lock = lock_of(model, &event.heap, condition);
    event.held.contains(&lock) || event.held.contains(&condition) || event.maybe_locked
}

/// Whether the function decides anything before it waits: `if not ready.value: condition.wait()`.
fn is_asked_before(model: &Model<'_>, event: &Event<'_>) -> bool {
    model
        .function(event.function)
        .blocks
        .iter()
        .any(|block| match &block.end {
            Terminator::Branch { span, .. } => span.start < event.span.start,
            _ => false,
        })
}
