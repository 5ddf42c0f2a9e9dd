//! The daemon flag is set when the process has been started.

use super::waits::STALLS;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Severity};
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The parent ends, whatever the child has set on its copy.
const HARMLESS: &[Expectation] = &[];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::SetAttribute { object, name, .. } = event.kind else {
            continue;
        };
        if model.name(name) != "daemon" || model.family(&event.heap, object) != Some(Family::Process) {
            continue;
        }
        if is_own_process(model, event, object) {
            let shown = if model.context(event.context).endless.is_some() {
                &[STALLS]
            } else {
                HARMLESS
            };
            let draft = check
                .about(
                    event,
                    object,
                    "`daemon` is set inside the process, where it has no effect: the parent does not hear of it",
                )
                .showing(shown)
                .severity(Severity::Warning)
                .help("set it before `start()` is called, or in `__init__`");
            check.report(draft);
            continue;
        }
        // A closed process is like a new one to the setter.
        let started = States::STARTED | States::JOINED | States::TERMINATED;
        if event.caught.contains(Caught::ASSERTION) || !model.states(event, object).must(started) {
            continue;
        }
        let start = model
            .method_events(Effect::Start)
            .find(|(_, other)| *other == object)
            .map(|(start, _)| start.span);
        let draft = check
            .about(
                event,
                object,
                "`daemon` is set after the process was started, which raises AssertionError",
            )
            .help("set it before `start()`, or pass `daemon=` to the constructor")
            .fix(
                check.safe_fix(event.span, "Set `daemon` before the start", |source, target| {
                    source.before_call_of(target, "start")
                }),
            );
        check.report(match start {
            Some(start) => draft.related(start, "it is started here"),
            None => draft.related(check.made_at(object), "the process is made here"),
        });
    }
}

/// Whether the code runs in the very process whose object it is about.
fn is_own_process(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let context = model.context(event.context);
    context.kind == ContextKind::Child && context.object == Some(object)
}
