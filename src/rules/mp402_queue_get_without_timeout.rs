//! `Queue.get()` with no timeout can wait for ever.

use super::receiving::{is_asked_before, is_known_elsewhere, unlimited};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Get) {
        if model.family(&event.heap, object) != Some(Family::Queue) || model.is_bounded(event) {
            continue;
        }
        if is_known_elsewhere(model, event) {
            continue;
        }
        let message = format!("`{}` is read without a timeout", check.receiver(event));
        let draft = if is_asked_before(model, event, object) {
            check.about(event, object, message).severity(Severity::Note)
        } else {
            unlimited(check, event, object, &message)
        };
        check.report(
            draft
                .remedy(Remedy::WaitEnds)
                .help("pass a timeout and handle `queue.Empty`"),
        );
    }
}
