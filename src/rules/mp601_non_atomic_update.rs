//! A shared value is read, changed and written back without its lock, by several processes.

use rustc_hash::FxHashMap;

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Fix, Remedy};
use crate::model::Model;
use crate::model::events::{Argument, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut writers: FxHashMap<ObjectId, Vec<(ContextId, Option<i64>)>> = FxHashMap::default();
    for event in model.events() {
        if let EventKind::Update { object, part } = event.kind {
            let contexts = writers.entry(object).or_default();
            if !contexts.contains(&(event.context, part)) {
                contexts.push((event.context, part));
            }
        }
    }
    for event in model.events() {
        let EventKind::Update { object, part } = event.kind else {
            continue;
        };
        // A lock that the process made itself protects nothing either: that is MP503.
        if event.maybe_locked || event.held.iter().any(|&lock| is_of_processes(model, event, lock)) {
            continue;
        }
        // Two that are written down never meet where they are not the same.
        let meets = |other: Option<i64>| other.zip(part).is_none_or(|(one, other)| one == other);
        let mut contexts: Vec<ContextId> = Vec::new();
        for &(context, other) in writers.get(&object).map(Vec::as_slice).unwrap_or_default() {
            if meets(other) && !contexts.contains(&context) {
                contexts.push(context);
            }
        }
        let processes: usize = contexts
            .iter()
            .filter(|&&context| context == event.context || may_run_beside(model, event, object, context, &contexts))
            .map(|&context| processes_of(model, event, object, context))
            .sum();
        // Code that strangers call may all be called by one process.
        let strangers = contexts
            .iter()
            .filter(|&&context| matches!(model.context(context).kind, ContextKind::Main | ContextKind::Entry))
            .count();
        let processes = processes - strangers.saturating_sub(1).min(processes);
        if processes < 2 {
            continue;
        }
        let target = check.text(event.span);
        let draft = check
            .about(
                event,
                object,
                format!("`{target}` is read and written back in two steps, and another process may come in between"),
            )
            .related(check.made_at(object), "the shared object is made here")
            .race()
            .remedy(Remedy::InTurn)
            .help(if model.kind(&event.heap, object).is_some_and(|kind| kind.locks) {
                "do it under its lock, `with ….get_lock():`"
            } else {
                "do it under a lock that all of them share"
            })
            .fix(repair(check, event, object));
        check.report(draft);
    }
}

/// The update put under the lock that the object itself has, if that may be taken twice: reading and writing takes it too.
fn repair(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> Option<Fix> {
    let model = check.model;
    if !model.kind(&event.heap, object)?.locks {
        return None;
    }
    let makes = |made: &&Event<'_>| matches!(made.kind, EventKind::Make { object: other, .. } if other == object);
    let EventKind::Make { arguments, .. } = &model.events().iter().find(makes)?.kind else {
        return None;
    };
    let own = |lock: &Argument<'_>| lock.value.single() == Some(Atom::Bool(true));
    if arguments.open || !arguments.get("lock").is_none_or(own) {
        return None;
    }
    let (source, write) = check.source(event.span)?;
    let locked = source.under_own_lock(write)?;
    let message = "Do it under the lock of the shared object";
    Some(if locked.is_short {
        Fix::safe(message, locked.edits)
    } else {
        Fix::uncertain(message, locked.edits)
    })
}

/// Whether a lock is not one of threads, which keeps no process out.
fn is_of_processes(model: &Model<'_>, event: &Event<'_>, lock: ObjectId) -> bool {
    model.family(&event.heap, lock) != Some(Family::ThreadPrimitive)
}

/// Whether updates of two contexts can meet: one that only updates before the children start, or after they have been
/// joined, meets none.
fn may_run_beside(
    model: &Model<'_>,
    event: &Event<'_>,
    object: ObjectId,
    other: ContextId,
    writers: &[ContextId],
) -> bool {
    let parent_updates = |parent: ContextId| {
        model
            .events_in(parent)
            .filter(move |event| matches!(event.kind, EventKind::Update { object: updated, .. } if updated == object))
    };
    let children_run = |update: &Event<'_>| {
        writers.iter().any(|&writer| {
            // Not made yet, not started yet, or joined: not beside this update.
            model.context(writer).object.is_some_and(|process| {
                update.heap.get(process).is_some_and(|state| {
                    state.states.may(States::STARTED | States::LOST | States::OPEN) && !state.states.may(States::JOINED)
                })
            }) && !is_before_task(model, update, writer)
        })
    };
    let is_parent = |id: ContextId| matches!(model.context(id).kind, ContextKind::Main | ContextKind::Entry);
    if is_over_before(model, event.context, other) || is_over_before(model, other, event.context) {
        return false;
    }
    match (is_parent(event.context), is_parent(other)) {
        (false, true) => parent_updates(other).any(children_run),
        (true, false) => children_run(event),
        _ => true,
    }
}

/// Whether a process has been joined before another one is started.
fn is_over_before(model: &Model<'_>, first: ContextId, second: ContextId) -> bool {
    let (Some(first), Some(second)) = (model.context(first).object, model.context(second).object) else {
        return false;
    };
    let mut starts = model
        .method_events(Effect::Start)
        .filter(|(_, started)| *started == second)
        .peekable();
    first != second
        && starts.peek().is_some()
        && starts.all(|(start, _)| model.states(start, first).must(States::JOINED))
}

/// Whether an update is over before a pool, open though it is, is handed the task that a context is.
fn is_before_task(model: &Model<'_>, update: &Event<'_>, task: ContextId) -> bool {
    let (Some(pool), Some((chain, _, span))) = (model.context(task).object, model.context(task).started) else {
        return false;
    };
    // Events stand in the order in which they are first met; a loop that comes back meets the update once more.
    let first = |is: &dyn Fn(&Event<'_>) -> bool| model.events().iter().position(is);
    let handed = first(&|event| {
        event.chain == chain
            && event.span == span
            && matches!(event.effect(), Some((object, Effect::Submit)) if object == pool)
    });
    let updated = first(&|event| std::ptr::eq(event, update));
    model.context(task).kind == ContextKind::Task
        && handed.zip(updated).is_some_and(|(handed, updated)| updated < handed)
}

/// How many processes a context stands for, as far as this object goes: one each where each has an object of its own.
fn processes_of(model: &Model<'_>, event: &Event<'_>, object: ObjectId, context: ContextId) -> usize {
    let own = event.heap.get(object).is_some_and(|object| object.many);
    if own || !model.context(context).many { 1 } else { 2 }
}
