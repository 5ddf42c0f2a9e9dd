//! A process is used as if it ran, and was never started.

use rustc_hash::FxHashSet;

use super::unstarted::{failure, first_failure};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Severity, SymptomKind};
use crate::model::events::{ContextKind, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// Nothing fails, and the work is not done.
const NOT_DONE: Expectation = Expectation::always(SymptomKind::WrongResult);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    // The first use that fails ends the program: what follows is not another mistake.
    let mut failed = FxHashSet::default();
    for event in model.events() {
        match &event.kind {
            EventKind::Method { name, .. } => {
                let Some((object, shown)) = failure(model, event) else {
                    continue;
                };
                if is_named(check, object)
                    || model.method_events(Effect::Run).any(|(_, other)| other == object)
                    || !failed.insert(object)
                {
                    continue;
                }
                let draft = check
                    .about(
                        event,
                        object,
                        format!(
                            "`{}.{}` is used before the process is started",
                            check.receiver(event),
                            model.name(*name)
                        ),
                    )
                    .showing(shown)
                    .related(check.made_at(object), "the process is made here")
                    .help("call `start()` first");
                check.report(draft);
            }
            EventKind::Named { object, name } => {
                let is_start = model.name(*name) == "start";
                if !is_start || model.family(&event.heap, *object) != Some(Family::Process) {
                    continue;
                }
                let draft = check
                    .about(
                        event,
                        *object,
                        "`start` is named here and not called, so the process is not started",
                    )
                    .showing(first_failure(model, event.context, *object).unwrap_or(&[NOT_DONE]))
                    .severity(Severity::Warning)
                    .help("write `start()`");
                check.report(draft);
            }
            EventKind::Leave { dropped } => {
                for &object in dropped {
                    if model.family(&event.heap, object) != Some(Family::Process)
                        || !model.states(event, object).must(States::NEW)
                        || !never_used(check, object)
                    {
                        continue;
                    }
                    if model.context(event.context).kind == ContextKind::Main
                        && !event.main_only
                        && !made_in_main(check, object)
                    {
                        continue;
                    }
                    let draft = Draft::new(check.made_at(object), "this process is made and never started")
                        .showing(&[NOT_DONE])
                        .severity(Severity::Warning)
                        .help("call `start()`, or do not make it");
                    check.report(draft);
                }
            }
            _ => {}
        }
    }
}

/// Whether `start` is named and not called: that explains all that follows.
fn is_named(check: &Check<'_>, object: ObjectId) -> bool {
    let model = check.model;
    model
        .events()
        .iter()
        .any(|event| matches!(event.kind, EventKind::Named { object: other, name } if other == object && model.name(name) == "start"))
}

/// Whether nothing at all is done with the process: what is done with it is reported where it is done.
fn never_used(check: &Check<'_>, object: ObjectId) -> bool {
    let model = check.model;
    !model.events().iter().any(|event| match &event.kind {
        EventKind::Method {
            object: other,
            method,
            name,
            ..
        } => {
            *other == object
                && (!matches!(
                    method.effect,
                    Effect::None | Effect::IsAlive | Effect::Exitcode | Effect::Close
                ) || model.name(*name) == "sentinel")
        }
        EventKind::Named { object: other, .. } => *other == object,
        _ => false,
    })
}

/// Whether the process is made where only the main module gets.
fn made_in_main(check: &Check<'_>, object: ObjectId) -> bool {
    check
        .model
        .events()
        .iter()
        .any(|event| matches!(event.kind, EventKind::Make { object: other, .. } if other == object) && event.main_only)
}
