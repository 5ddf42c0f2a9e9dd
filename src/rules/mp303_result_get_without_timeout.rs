//! `get()` or `result()` with no timeout can wait for ever.

use super::task_ends::longest_task;
use super::waits::Wait;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((result, Effect::GetResult | Effect::Wait)) = event.effect() else {
            continue;
        };
        let Some(kind) = model
            .kind(&event.heap, result)
            .filter(|kind| kind.family == Family::Result)
        else {
            continue;
        };
        // The values of `imap` come one by one, most often by a loop.
        if kind.name == "result-iterator" || model.is_bounded(event) {
            continue;
        }
        // Only what nobody has waited for or looked at: the rest is there.
        if !(model.states(event, result) - States::LOST).must(States::STARTED) {
            continue;
        }
        let receiver = check.receiver(event);
        let message = format!("`{receiver}` is waited for without a timeout");
        let draft = match longest_task(model, event, result) {
            Wait::Ends => check.about(event, result, message).severity(Severity::Note),
            Wait::Unknown => check
                .about(
                    event,
                    result,
                    format!("{message}, and it is not known what its task does"),
                )
                .severity(Severity::Warning),
            Wait::May { at, why, shown } => check
                .about(event, result, format!("{message}, and its task may never end"))
                .severity(Severity::Warning)
                .showing(shown)
                .related(at, why),
        };
        check.report(
            draft
                .remedy(Remedy::WaitEnds)
                .help("pass a timeout and handle `TimeoutError`"),
        );
    }
}
