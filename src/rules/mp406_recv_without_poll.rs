//! `Connection.recv()` with no look at whether there is a message can wait for ever.

use super::receiving::{is_asked_before, is_known_elsewhere, unlimited};
use super::waits::is_called_by;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Caught, Event, EventKind};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Recv) {
        if model.family(&event.heap, object) != Some(Family::Connection)
            || is_asked_before(model, event, object)
            || waits_for_several(model, event)
            || is_known_elsewhere(model, event)
        {
            continue;
        }
        let message = format!("`{}` is read without a limit to the wait", check.receiver(event));
        // It counts on the end of the other side, which MP405 looks at.
        let draft = if event.caught.intersects(Caught::EOF) {
            check.about(event, object, message).severity(Severity::Note)
        } else {
            unlimited(check, event, object, &message)
        };
        check.report(draft.remedy(Remedy::WaitEnds).help("ask `poll(timeout)` first"));
    }
}

/// Whether the function, or one that calls it, asks `multiprocessing.connection.wait` which of several connections have something.
fn waits_for_several(model: &Model<'_>, recv: &Event<'_>) -> bool {
    model.events_in(recv.context).any(|event| {
        matches!(&event.kind, EventKind::Call { entry, .. } if entry.effect == Effect::Poll)
            && is_called_by(model, recv, event.function)
    })
}
