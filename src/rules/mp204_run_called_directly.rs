//! `run()` is called, and the work is done in the process that calls it.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Run) {
        let meant = matches!(
            event.kind,
            EventKind::Method { base: true, .. } | EventKind::Method { direct: false, .. }
        );
        if model.family(&event.heap, object) != Some(Family::Process) || meant || is_on_purpose(check, event, object) {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = check
            .about(
                event,
                object,
                format!("`{receiver}.run()` does the work in this process; no process is started"),
            )
            .help("call `start()`");
        check.report(draft);
    }
}

/// Whether the program means to do the work here: in a test, in an override of `start()` or `run()`, or in a function
/// that also starts the process, on another way.
fn is_on_purpose(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let model = check.model;
    let function = model.function_name(event.function);
    if model.is_test(event.function) || (matches!(function, "start" | "run") && model.is_process_method(event.function))
    {
        return true;
    }
    let callers = model.callers(event.chain);
    let kind = model.object(object).kind;
    model.method_events(Effect::Start).any(|(other, started)| {
        let alike = match kind {
            ObjectKind::Instance(_) => model.object(started).kind == kind,
            _ => started == object,
        };
        alike && model.callers(other.chain).iter().any(|caller| callers.contains(caller))
    })
}
