//! An exit code is tested too early, or so that a death by signal passes for success.

use super::lifetime::{is_same, may_wait_between};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Event, EventKind, ExitTest};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::python::ir::{OpKind, Terminator};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let EventKind::ExitTest { object, how } = event.kind else {
            continue;
        };
        if how == ExitTest::IsNone || model.family(&event.heap, object) != Some(Family::Process) {
            continue;
        }
        if is_too_early(model, at, event, object) {
            let draft = check
                .about(
                    event,
                    object,
                    "the exit code is tested while the process still runs: it is None",
                )
                .severity(Severity::Warning)
                .remedy(Remedy::Ended)
                .help("call `join()` first; `exitcode is None` asks whether it still runs");
            check.report(draft);
        } else if how == ExitTest::SomeFailures && !is_told_apart(model, object) && !is_asserted(model, event) {
            let draft = check
                .about(
                    event,
                    object,
                    "a process that was killed by a signal has a negative exit code, and passes here for one that did not fail",
                )
                .severity(Severity::Warning)
                .fix(check.shown_fix(event.span, "Compare with 0", |source, at| source.compared_with_zero(at)))
                .help("compare with 0: `exitcode != 0` is true for every kind of failure");
            check.report(draft);
        }
    }
}

/// Whether the process has just been started, and nothing has given it the time to end.
fn is_too_early(model: &Model<'_>, at: usize, test: &Event<'_>, process: ObjectId) -> bool {
    if !model.states(test, process).must(States::STARTED) || is_asked_again(model, test) {
        return false;
    }
    let earlier = model.events().get(..at).unwrap_or_default();
    let start = earlier.iter().rposition(|event| {
        event.context == test.context && matches!(event.effect(), Some((object, Effect::Start)) if object == process)
    });
    let Some(start) = start else { return false };
    // The look at the exit code that is tested is no wait, and one before it is none either.
    let asks = |event: &&Event<'_>| {
        event.context == test.context && matches!(event.effect(), Some((object, Effect::Exitcode)) if object == process)
    };
    let first = earlier
        .get(start..)
        .unwrap_or_default()
        .iter()
        .position(|event| asks(&event));
    !may_wait_between(
        model,
        test.context,
        start,
        Some(first.map_or(at, |first| start + first)),
    )
}

/// Whether a `while` loop around the test comes back to it.
fn is_asked_again(model: &Model<'_>, test: &Event<'_>) -> bool {
    model
        .events_in(test.context)
        .any(|event| event.asked_again && event.span == test.span && event.chain == test.chain)
}

/// Whether some other test keeps deaths by signal apart from success.
fn is_told_apart(model: &Model<'_>, process: ObjectId) -> bool {
    model.events().iter().any(|event| {
        matches!(event.kind, EventKind::ExitTest { object, how: ExitTest::Failure } if is_same(model, object, process))
    })
}

/// Whether the test is that of an assertion: it names the only end that is expected, and all else fails.
fn is_asserted(model: &Model<'_>, test: &Event<'_>) -> bool {
    let function = model.function(test.function);
    if model.is_test(test.function) {
        return true;
    }
    function.blocks.iter().any(|block| {
        let Terminator::Branch { span, otherwise, .. } = &block.end else {
            return false;
        };
        *span == test.span
            && function.blocks.get(otherwise.0 as usize).is_some_and(|failed| {
                matches!(failed.end, Terminator::Raise(Some(_)))
                    && failed
                        .ops
                        .last()
                        .is_some_and(|op| matches!(op.kind, OpKind::Unknown { .. }) && op.span.contains(*span))
            })
    })
}
