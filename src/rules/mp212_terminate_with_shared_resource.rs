//! A process is ended by force while it may be inside what others use.

use super::lifetime::is_same;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Severity, SymptomKind};
use crate::model::Model;
use crate::model::events::{ContextId, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

/// Who wants the same thing afterwards waits for ever.
const HANGS: Expectation = Expectation::always(SymptomKind::Hangs);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let Some((object, Effect::Terminate)) = event.effect() else {
            continue;
        };
        if model.family(&event.heap, object) != Some(Family::Process)
            || !model.states(event, object).must(States::STARTED)
            || model.was_lost(object)
            || is_last_resort(model, at, event, object)
        {
            continue;
        }
        let Some((resource, place, what)) = held(model, at, event, object) else {
            continue;
        };
        let noun = model
            .kind(&event.heap, resource)
            .map_or("object", |kind| kind.noun.as_str());
        let draft = check
            .about(
                event,
                object,
                format!("the process is ended by force while it may {what} a {noun} that others go on using"),
            )
            .severity(Severity::Note)
            .showing(&[HANGS])
            .related(place, format!("the process uses the {noun} here"))
            .help("ask it to end, give it time with `join(timeout)`, and end it by force only if it still runs");
        check.report(draft);
    }
}

/// Whether the function has given the process time before, or looked whether it runs.
fn is_last_resort(model: &Model<'_>, at: usize, end: &Event<'_>, process: ObjectId) -> bool {
    let earlier = model.events().get(..at).unwrap_or_default();
    earlier.iter().any(|event| {
        event.context == end.context
            && matches!(event.effect(), Some((object, Effect::Join | Effect::IsAlive | Effect::Exitcode))
                if is_same(model, object, process))
    })
}

/// Something that the process works with and that somebody uses after its end, where the process does so, and how it
/// holds it.
fn held(model: &Model<'_>, at: usize, end: &Event<'_>, process: ObjectId) -> Option<(ObjectId, Span, &'static str)> {
    for (id, _) in model.contexts_of(process) {
        for event in model.events_in(id) {
            let Some((resource, effect)) = event.effect() else {
                continue;
            };
            let Some(kind) = model.kind(&event.heap, resource) else {
                continue;
            };
            let what = match (kind.family, effect) {
                // What a manager keeps lives in its own process.
                (Family::Queue, Effect::Put | Effect::Get) if kind.name != "manager-queue" => "be inside",
                (Family::Connection, Effect::Put | Effect::Recv) => "be in the middle of",
                (Family::Lock | Family::Condition | Family::Shared, Effect::Acquire)
                    if !kind.name.starts_with("manager") =>
                {
                    "hold"
                }
                _ => continue,
            };
            if is_used_after(model, at, end, resource, process) {
                return Some((resource, event.span, what));
            }
        }
        // `with lock:` is no call of a method.
        let held = model.events_in(id).find_map(|event| {
            let lock = event.held.iter().copied().find(|&lock| {
                model
                    .kind(&event.heap, lock)
                    .is_some_and(|kind| kind.family != Family::ThreadPrimitive && !kind.name.starts_with("manager"))
                    && is_used_after(model, at, end, lock, process)
            })?;
            Some((lock, event.span, "hold"))
        });
        if held.is_some() {
            return held;
        }
    }
    None
}

/// Whether the parent uses it after the end, or another process at any time.
fn is_used_after(model: &Model<'_>, at: usize, end: &Event<'_>, resource: ObjectId, process: ObjectId) -> bool {
    let own: Vec<ContextId> = model
        .contexts()
        .filter(|(_, context)| context.object.is_some_and(|object| is_same(model, object, process)))
        .map(|(id, _)| id)
        .collect();
    // The ends of a pipe are two objects.
    let is_connection = model.family(&end.heap, resource) == Some(Family::Connection);
    model.events().iter().enumerate().any(|(other, event)| {
        if own.contains(&event.context) || (event.context == end.context && other <= at) {
            return false;
        }
        let uses = match event.effect() {
            Some((object, Effect::Get | Effect::Put | Effect::Recv | Effect::Acquire)) => {
                object == resource || (is_connection && model.family(&event.heap, object) == Some(Family::Connection))
            }
            _ => false,
        };
        uses || event.held.contains(&resource)
    })
}
