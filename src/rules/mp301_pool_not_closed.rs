//! A pool, executor or manager is not closed.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ContextKind, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Leave { dropped } = &event.kind else {
            continue;
        };
        // Of what was not run to its end it is not known what it closes.
        if model.context(event.context).cut_short {
            continue;
        }
        for &object in dropped {
            let Some(kind) = model.kind(&event.heap, object) else {
                continue;
            };
            let severity = match kind.family {
                Family::Pool => Severity::Warning,
                // They end in order when they are collected, and an executor's workers with the program.
                Family::Executor | Family::Manager => Severity::Note,
                _ => continue,
            };
            // A proxy keeps its manager, and both end together.
            if kind.family == Family::Manager && !model.was_kept(object) {
                continue;
            }
            // On self, in a global or in a container: a close anywhere counts as its end.
            if model.was_stored(&event.heap, object) && is_closed_somewhere(model, object) {
                continue;
            }
            let states = model.states(event, object);
            // What only some ways make may be closed on just those: the conditions are not compared.
            let optional = event.heap.get(object).is_some_and(|object| object.optional);
            if states.contains(States::LOST) || !states.may(States::OPEN) {
                continue;
            }
            let closed_somewhere = is_closed_somewhere(model, object);
            if optional && (closed_somewhere || !states.must(States::OPEN)) {
                continue;
            }
            if model.context(event.context).kind == ContextKind::Main
                && !event.main_only
                && !is_made_in_main(check, object)
            {
                continue;
            }
            let (noun, closes) = (&kind.noun, kind.closes.join("()` or `"));
            let draft = Draft::new(
                check.made_at(object),
                if states.must(States::OPEN) && !closed_somewhere {
                    format!("this {noun} is never closed")
                } else {
                    format!("this {noun} is not closed on every way out")
                },
            )
            .severity(severity)
            .related(event.span, "it is still open here")
            .remedy(Remedy::PoolEnded)
            .help(format!("use `with`, or call `{closes}()` in a `finally`"));
            check.report(draft);
        }
    }
}

/// Whether the object is made where only the main module gets: what a library makes at import is somebody else's to
/// close.
fn is_made_in_main(check: &Check<'_>, object: ObjectId) -> bool {
    check
        .model
        .events()
        .iter()
        .any(|event| matches!(event.kind, EventKind::Make { object: other, .. } if other == object) && event.main_only)
}

fn is_closed_somewhere(model: &Model<'_>, object: ObjectId) -> bool {
    model
        .events()
        .iter()
        .any(|event| matches!(event.effect(), Some((other, Effect::Close | Effect::Terminate)) if other == object))
}
