//! A program that is to be frozen starts processes before it calls `freeze_support()`.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::StartMethods;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if !event.main_only || model.context(event.context).kind != ContextKind::Main {
            continue;
        }
        if let EventKind::Call { entry, .. } = &event.kind
            && entry.effect == Effect::FreezeSupport
        {
            return;
        }
        let Some(object) = started(check, event) else { continue };
        let (methods, named) = check.methods_of(event, object);
        if !methods.contains(StartMethods::SPAWN) {
            continue;
        }
        check.report(
            Draft::new(
                event.span,
                "the first process is started without a call of `freeze_support()` before: as a frozen executable, the child would be the program once more",
            )
            .under(StartMethods::SPAWN, named)
            .help("call `multiprocessing.freeze_support()` first of all under the main guard"),
        );
        return;
    }
}

/// What an event starts processes for.
fn started(check: &Check<'_>, event: &Event<'_>) -> Option<ObjectId> {
    let family = |object| check.model.family(&event.heap, object);
    match &event.kind {
        EventKind::Make { object, entry, .. } if entry.effect == Effect::StartWorkers => Some(*object),
        EventKind::Method { object, method, .. } => match (family(*object)?, method.effect) {
            (Family::Process, Effect::Start)
            | (Family::Executor, Effect::Submit)
            | (Family::Manager, Effect::StartWorkers) => Some(*object),
            _ => None,
        },
        _ => None,
    }
}
