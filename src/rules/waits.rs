//! Whether the other side can wait or loop for ever: what grades the timeout rules.

use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, SymptomKind};
use crate::model::Model;
use crate::model::events::{Context, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::FunctionId;

use super::supply::{is_ended_by_sentinel, is_supplied, is_told_to_end, is_woken};
use super::threads::is_in_daemon_thread;

/// Every process sleeps.
pub(super) const HANGS: Expectation = Expectation::always(SymptomKind::Hangs);

/// Some process is awake, and gets nowhere.
pub(super) const STALLS: Expectation = Expectation::always(SymptomKind::Stalls);

/// How long another process may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// It plainly ends.
    Ends,
    /// It may wait or loop for ever.
    May {
        /// Here,
        at: Span,
        /// and so.
        why: String,
        /// How a program shows that waits for it.
        shown: &'static [Expectation],
    },
    /// Nothing is known of it.
    Unknown,
}

/// How long a process may take.
pub(super) fn longest_wait(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> Wait {
    if model.states(event, object).contains(States::LOST) && model.contexts_of(object).next().is_none() {
        return Wait::Unknown;
    }
    longest(model.contexts_of(object), |id| blocks_within(model, id, 0, Some(event)))
}

/// How long the longest of several contexts may take, where `held_up` says what may hold up one of them.
pub(super) fn longest<'c>(
    contexts: impl Iterator<Item = (ContextId, &'c Context)>,
    held_up: impl Fn(ContextId) -> Option<Wait>,
) -> Wait {
    let mut any = false;
    let mut longest = Wait::Ends;
    for (id, context) in contexts {
        any = true;
        // What was not run for want of time is not held against the program.
        if context.cut_short {
            continue;
        }
        if !context.known {
            longest = Wait::Unknown;
            continue;
        }
        if let Some(found) = held_up(id) {
            return found;
        }
    }
    if any { longest } else { Wait::Unknown }
}

/// Where a context can wait or loop for ever.
pub(super) fn blocks(model: &Model<'_>, id: ContextId) -> Option<Wait> {
    blocks_within(model, id, 0, None)
}

/// The same, a few levels down: what a process waits for may itself wait. Whoever waits for the context may have told it
/// to end.
pub(super) fn blocks_within(model: &Model<'_>, id: ContextId, depth: u32, waiting: Option<&Event<'_>>) -> Option<Wait> {
    // Of a lock of threads every process has its own.
    let is_held = |lock: ObjectId| waiting.is_some_and(|waiting| waiting.held.contains(&lock));
    for event in model.events_in(id) {
        if let EventKind::TakeLock { lock } = event.kind
            && is_held(lock)
            && model.family(&event.heap, lock) != Some(Family::ThreadPrimitive)
        {
            return Some(Wait::May {
                at: event.span,
                why: "it needs the lock here that is held meanwhile".to_owned(),
                shown: &[HANGS],
            });
        }
        let EventKind::Method { object, method, .. } = &event.kind else {
            continue;
        };
        let family = model.family(&event.heap, *object)?;
        let what = match method.effect {
            Effect::Get | Effect::Recv
                if is_ended_by_sentinel(model, event, *object)
                    || is_supplied(model, *object, depth, waiting)
                    || waiting.is_some_and(|waiting| is_told_to_end(model, waiting, event, *object)) =>
            {
                continue;
            }
            Effect::Get => "takes from a queue",
            Effect::Recv if !is_polled(model, id, *object) => "takes from a connection",
            Effect::Acquire if family != Family::ThreadPrimitive && is_held(*object) => {
                "acquires the lock that is held meanwhile"
            }
            // What takes a lock and gives it back does not keep others waiting.
            Effect::Acquire if family != Family::ThreadPrimitive && !gives_back(model, id, *object) => {
                "acquires a lock"
            }
            Effect::Wait if waiting.is_some_and(|waiting| is_woken(model, waiting, *object)) => continue,
            Effect::Wait => "waits for another process",
            Effect::Join if family == Family::Process && !plainly_ends(model, event, *object, depth) => {
                "waits for a process"
            }
            Effect::JoinTasks => "waits until all tasks are done",
            Effect::GetResult => "waits for a result",
            _ => continue,
        };
        if !model.is_bounded(event) && !is_in_daemon_thread(model, event) {
            return Some(Wait::May {
                at: event.span,
                why: format!("it {what} here, without a timeout"),
                shown: &[HANGS],
            });
        }
    }
    let endless = model.context(id).endless?;
    Some(Wait::May {
        at: model.function(endless).name_span,
        why: "it loops here for ever".to_owned(),
        shown: &[STALLS],
    })
}

/// Whether the process that a child waits for plainly ends. A few levels down nothing is assumed.
fn plainly_ends(model: &Model<'_>, event: &Event<'_>, object: ObjectId, depth: u32) -> bool {
    let states = model.states(event, object);
    depth < 4
        && !states.contains(States::LOST)
        && model.contexts_of(object).next().is_some()
        && model
            .contexts_of(object)
            .all(|(id, context)| context.known && blocks_within(model, id, depth + 1, Some(event)).is_none())
}

fn is_polled(model: &Model<'_>, id: ContextId, connection: ObjectId) -> bool {
    model
        .events_in(id)
        .any(|event| matches!(event.effect(), Some((other, Effect::Poll)) if other == connection))
}

fn gives_back(model: &Model<'_>, id: ContextId, lock: ObjectId) -> bool {
    model
        .events_in(id)
        .any(|event| matches!(event.effect(), Some((other, Effect::Release)) if other == lock))
}

/// Whether what happens is done by a process that is ended from outside, whatever it waits for: a daemon, or one that is
/// terminated, or whose number somebody knows.
pub(super) fn is_ended_by_force(model: &Model<'_>, event: &Event<'_>) -> bool {
    let process = model
        .process_of(event.context)
        .and_then(|process| model.context(process).object);
    is_daemon(model, event)
        || process.is_some_and(|process| {
            model.is_number_known(process)
                || model
                    .method_events(Effect::Terminate)
                    .any(|(_, other)| other == process)
        })
}

/// Whether what happens is done by a daemonic process, which ends with the main process however it waits.
pub(super) fn is_daemon(model: &Model<'_>, event: &Event<'_>) -> bool {
    let process = model
        .process_of(event.context)
        .and_then(|process| model.context(process).object);
    let daemon = process.and_then(|process| model.role(&event.heap, process, "daemon"));
    daemon.and_then(Value::single) == Some(Atom::Bool(true))
}

/// Whether two contexts run in the same process, or in workers of the same pool, which run its initializer and its tasks.
pub(super) fn is_same_worker(model: &Model<'_>, one: ContextId, other: ContextId) -> bool {
    let (Some(one), Some(other)) = (model.process_of(one), model.process_of(other)) else {
        return false;
    };
    let pool = |id| {
        let context = model.context(id);
        let is_of_pool = matches!(context.kind, ContextKind::Task | ContextKind::Initializer);
        context.object.filter(|_| is_of_pool)
    };
    one == other || (pool(one).is_some() && pool(one) == pool(other))
}

/// Whether the process of a context is one of several that come from the same place of the program: a loop makes or starts
/// them, or they are workers of a pool.
pub(super) fn is_one_of_several(model: &Model<'_>, process: ContextId) -> bool {
    let context = model.context(process);
    let is_repeated = |starter: ObjectId| {
        model.events().iter().any(|event| {
            let about = match &event.kind {
                EventKind::Make { object, .. } => Some(*object),
                EventKind::Method { object, method, .. } if method.effect == Effect::Start => Some(*object),
                _ => None,
            };
            about == Some(starter) && event.many
        })
    };
    context.many || context.object.is_some_and(is_repeated)
}

/// Whether something happens in the code of a function, or in what it calls.
pub(super) fn is_called_by(model: &Model<'_>, event: &Event<'_>, function: FunctionId) -> bool {
    let (mut running, mut chain) = (event.function, event.chain);
    while running != function {
        let Some((caller, by, _)) = model.chain(chain).caller else {
            return false;
        };
        (running, chain) = (by, caller);
    }
    true
}

/// The lock that taking an object takes: a condition and a shared value may have been given one.
pub(super) fn lock_of(model: &Model<'_>, heap: &Heap, object: ObjectId) -> ObjectId {
    match model.role(heap, object, "@lock").and_then(Value::single) {
        Some(Atom::Object(lock)) => lock,
        _ => object,
    }
}

/// Whether a context belongs to another process than the main one.
pub(super) fn is_other_process(model: &Model<'_>, id: ContextId) -> bool {
    model.context(id).kind.is_of_other_process()
}

/// Whether the lock is one of several that may be taken here, as after `first, second = sorted(pair)`: it may be the other one.
pub(super) fn is_one_of_several_locks(model: &Model<'_>, event: &Event<'_>, lock: ObjectId) -> bool {
    model.events_in(event.context).any(|other| match other.kind {
        EventKind::TakeLock { lock: taken } => taken != lock && other.chain == event.chain && other.span == event.span,
        _ => false,
    })
}
