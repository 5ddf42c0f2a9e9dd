//! What becomes of a process after its start: who waits for it, who asks about it, what it hands over, and what the
//! parent does meanwhile.

use crate::api::{Effect, Family};
use crate::files::Span;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::Atom;

/// Where the program asks for the start: an override of `start()` only passes it on.
pub(super) fn start_place(model: &Model<'_>, event: &Event<'_>) -> Span {
    match event.kind {
        EventKind::Method { base: true, .. } => {
            let caller = model.chain(event.chain).caller;
            caller.map_or(event.span, |(_, _, span)| span)
        }
        _ => event.span,
    }
}

/// The starts of processes, each with its place among all events.
pub(super) fn starts<'m>(model: &'m Model<'m>) -> impl Iterator<Item = (usize, &'m Event<'m>, ObjectId)> {
    model
        .events()
        .iter()
        .enumerate()
        .filter_map(|(at, event)| match event.effect() {
            Some((object, Effect::Start)) if model.family(&event.heap, object) == Some(Family::Process) => {
                Some((at, event, object))
            }
            _ => None,
        })
}

/// Whether two objects are made at the same place: what happens to one is what the program means to do with both.
pub(super) fn is_same(model: &Model<'_>, one: ObjectId, other: ObjectId) -> bool {
    one == other || {
        let (one, other) = (model.object(one), model.object(other));
        one.kind == other.kind && one.span == other.span && one.function == other.function
    }
}

/// Whether anything in the program waits for the process, asks about it or ends it, or may do so unseen.
pub(super) fn is_looked_after(model: &Model<'_>, process: ObjectId) -> bool {
    may_be_looked_after_unseen(model, process)
        || model.events().iter().any(|event| match &event.kind {
            EventKind::Method { object, method, .. } => is_a_look(method.effect) && is_same(model, *object, process),
            EventKind::Named { object, .. } => is_same(model, *object, process),
            _ => false,
        })
}

/// Whether code that is not followed may look after the process.
pub(super) fn may_be_looked_after_unseen(model: &Model<'_>, process: ObjectId) -> bool {
    model.was_lost(process) || model.asks_unknown_processes() || reaps_all(model)
}

/// What tells a parent of the end of a process, or brings it about.
fn is_a_look(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Join | Effect::IsAlive | Effect::Exitcode | Effect::Terminate
    )
}

/// Whether the program reaps its children whichever they are.
fn reaps_all(model: &Model<'_>) -> bool {
    model.reaps_by_number()
        || model
            .events()
            .iter()
            .any(|event| matches!(&event.kind, EventKind::Call { entry, .. } if entry.effect == Effect::ActiveChildren))
}

/// Whether a process is certainly daemonic, or may be; `None` where it may be either.
pub(super) fn is_daemonic(model: &Model<'_>, heap: &Heap, process: ObjectId) -> Option<bool> {
    match model.role(heap, process, "daemon") {
        // Not said: as the process that makes it, which may have no children if it is daemonic.
        None => Some(false),
        Some(daemon) => match daemon.single() {
            Some(Atom::Bool(daemonic)) => Some(daemonic),
            Some(Atom::None) => Some(false),
            _ => None,
        },
    }
}

/// What may keep the code that runs it for a while, or tells it of another process.
fn waits(event: &Event<'_>) -> bool {
    match &event.kind {
        EventKind::Method { method, .. } => matches!(
            method.effect,
            Effect::Join
                | Effect::Get
                | Effect::Recv
                | Effect::Poll
                | Effect::Wait
                | Effect::JoinTasks
                | Effect::GetResult
                | Effect::Submit
                | Effect::StartWorkers
                | Effect::Acquire
                | Effect::IsAlive
                | Effect::Exitcode
                | Effect::Run
                | Effect::RunInExecutor
                | Effect::Flush
        ),
        EventKind::Make { entry, .. } => entry.effect == Effect::StartWorkers,
        EventKind::Call { entry, .. } => {
            matches!(
                entry.effect,
                Effect::ActiveChildren | Effect::Fork | Effect::RunInExecutor
            )
        }
        EventKind::Iterate { .. } => true,
        _ => false,
    }
}

/// Whether a context does something after one event and before another (or its end) that may take long enough for a
/// process to end, or that tells of one.
pub(super) fn may_wait_between(model: &Model<'_>, context: ContextId, from: usize, to: Option<usize>) -> bool {
    let events = model.events();
    let between = events.get(from + 1..to.unwrap_or(events.len())).unwrap_or_default();
    model.may_tarry(context, from, to) || between.iter().any(|event| event.context == context && waits(event))
}

/// Whether the parent of a process takes what the process puts into a queue or pipe, waits for an event that it sets, or
/// asks again and again for a value that it sets.
pub(super) fn hands_over(model: &Model<'_>, process: ObjectId) -> bool {
    let children: Vec<ContextId> = model.contexts_of(process).map(|(id, _)| id).collect();
    let given: Vec<ObjectId> = model
        .events()
        .iter()
        .filter(|event| children.contains(&event.context))
        .filter_map(|event| match event.effect() {
            Some((object, Effect::Put | Effect::Set | Effect::TaskDone | Effect::Wait | Effect::Release)) => {
                Some(object)
            }
            _ => None,
        })
        .collect();
    let set: Vec<ObjectId> = model
        .events()
        .iter()
        .filter(|event| children.contains(&event.context))
        .filter_map(|event| match event.kind {
            EventKind::Access { object, sets: true } | EventKind::Update { object, .. } => Some(object),
            _ => None,
        })
        .collect();
    model.events().iter().any(|event| {
        if children.contains(&event.context) {
            return false;
        }
        // `while done.value < 5:`
        if let EventKind::Access { object, sets: false } = event.kind {
            return event.asked_again && set.contains(&object);
        }
        match event.effect() {
            Some((object, Effect::Get | Effect::Poll | Effect::Wait | Effect::JoinTasks | Effect::Acquire)) => {
                given.contains(&object)
            }
            // Which end belongs to which is not asked: any message may be the one.
            Some((_, Effect::Recv)) => true,
            _ => false,
        }
    })
}

/// Whether a context belongs to the process that starts others: the main program, or code that anybody may call.
pub(super) fn is_parent(model: &Model<'_>, context: ContextId) -> bool {
    matches!(model.context(context).kind, ContextKind::Main | ContextKind::Entry)
}
