//! A lock that is not reentrant is taken again by whoever holds it.

use super::waits::{is_one_of_several_locks, lock_of};
use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let (lock, by_value) = match &event.kind {
            EventKind::TakeLock { lock } => (*lock, false),
            EventKind::Method { object, method, .. }
                if method.effect == Effect::Acquire && !model.is_bounded(event) =>
            {
                (lock_of(model, &event.heap, *object), false)
            }
            // `.value` takes the lock of the value for as long as it reads or writes.
            EventKind::Access { object, .. } => (lock_of(model, &event.heap, *object), true),
            _ => continue,
        };
        if !event.held.contains(&lock) || !is_plain(model, event, lock) || is_one_of_several_locks(model, event, lock) {
            continue;
        }
        let text = check.text(check.made_at(lock));
        let message = if by_value {
            format!(
                "this takes the lock of the shared value, `{text}`, which is held here already and is not reentrant"
            )
        } else {
            format!("this takes `{text}`, which is held here already and is not reentrant")
        };
        let draft = check
            .about(event, lock, message)
            .remedy(Remedy::Reentrant)
            .related(check.made_at(lock), "the lock is made here")
            .help("use an `RLock`, or take the lock in one place only");
        check.report(draft);
    }
}

/// Whether an object is one single `Lock`: what a loop or a comprehension makes may be several.
fn is_plain(model: &Model<'_>, event: &Event<'_>, lock: ObjectId) -> bool {
    model.kind(&event.heap, lock).is_some_and(|kind| kind.name == "lock")
        && event.heap.get(lock).is_some_and(|object| !object.many)
}
