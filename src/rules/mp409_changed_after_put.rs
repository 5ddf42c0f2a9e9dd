//! An object is changed that has been put into a queue and may not have been pickled yet.

use super::{Check, Hook};
use crate::findings::{Confidence, Remedy};
use crate::model::events::EventKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::ChangeOnTheWay { object, put } = event.kind else {
            continue;
        };
        // One object may stand for several that a loop or a container gives.
        if event.heap.get(object).is_none_or(|object| object.many || object.uneven) {
            continue;
        }
        let draft = Draft::new(
            event.span,
            "this changes what has been put into a queue, and what is sent may be the changed object",
        )
        .confidence(Confidence::Medium)
        .related(put, "it is put here, and pickled by a thread a moment later")
        .remedy(Remedy::TakenAtOnce)
        .help("put a copy, or make a new object for the next item");
        check.report(draft);
    }
}
