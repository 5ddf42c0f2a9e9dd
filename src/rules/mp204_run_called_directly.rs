//! `run()` is called, and the work is done in the process that calls it.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::model::events::EventKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Run) {
        if model.family(&event.heap, object) != Some(Family::Process)
            || matches!(event.kind, EventKind::Method { base: true, .. })
        {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = Draft::new(
            event.span,
            format!("`{receiver}.run()` does the work in this process; no process is started"),
        )
        .help("call `start()`");
        check.report(draft);
    }
}
