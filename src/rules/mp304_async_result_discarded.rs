//! Nobody asks for the result of a task, so its exception is never seen.

use super::task_ends::may_raise;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::events::EventKind;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    // Who asks may be in what was not run.
    if model.is_cut_short() {
        return;
    }
    for (event, pool) in model.method_events(Effect::Submit) {
        let EventKind::Method {
            method,
            arguments,
            direct: true,
            ..
        } = &event.kind
        else {
            continue;
        };
        if method.product.is_none()
            || !matches!(model.family(&event.heap, pool), Some(Family::Pool | Family::Executor))
            || model.context(event.context).cut_short
        {
            continue;
        }
        let takes_callbacks = method.params.iter().any(|param| param == "error_callback");
        let has_callback = arguments.get("callback").is_some();
        if arguments.get("error_callback").is_some() || (takes_callbacks && arguments.open) {
            continue;
        }
        let Some(result) = model.result_of(event) else {
            continue;
        };
        if model.is_asked_for(result) || model.may_be_found(event.context, result) {
            continue;
        }
        let mut tasks = model.tasks_of(result).peekable();
        if tasks.peek().is_none() || !tasks.any(|(id, _)| may_raise(model, event, pool, id)) {
            continue;
        }
        let (message, help) = if has_callback {
            (
                "the callback is called for a result only: an exception in this task is never seen",
                "pass an `error_callback` too, or ask the result",
            )
        } else if model.was_kept(result) {
            (
                "the result of this task is kept, and nobody asks for it: an exception in it is never seen",
                "ask the result for its value or exception",
            )
        } else {
            (
                "the result of this task is thrown away: an exception in it is never seen",
                "keep the result, and ask it for its value or exception",
            )
        };
        let draft = check
            .about(event, pool, message)
            .severity(Severity::Warning)
            .help(help)
            .remedy(Remedy::FailureTold);
        check.report(draft);
    }
}
