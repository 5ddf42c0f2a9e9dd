//! `join(timeout)` may time out, and nobody looks.

use super::lifetime::{is_daemonic, is_same, may_be_looked_after_unseen};
use super::waits::blocks;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let Some(object) = bounded_join(model, event) else {
            continue;
        };
        let states = model.states(event, object);
        if !states.may(States::STARTED)
            || states.intersects(States::LOST | States::TERMINATED | States::CLOSED | States::NEW | States::BARE)
            || may_be_looked_after_unseen(model, object)
            || is_checked(model, at, event, object)
            || has_answered(model, event.context, object)
        {
            continue;
        }
        // Whoever asks a process to end, or makes it end with the program, does not wait for work to be done; and both
        // together take care of one that does not listen.
        let is_asked = is_asked_to_end(model, at, event, object);
        let ends_with_program = is_daemonic(model, &event.heap, object) != Some(false);
        if is_asked && ends_with_program {
            continue;
        }
        let is_needed = reads_what_it_sets(model, at, event, object);
        let takes_longer = match takes(check, object) {
            Takes::AtMost(most) => match timeout_of(event) {
                Some(timeout) if most < timeout => continue,
                None if most == 0.0 => continue,
                Some(_) => true,
                None => is_needed,
            },
            // Half a minute is a guard against the worst, and not a guess at how long the work takes.
            Takes::Unknown => is_needed && timeout_of(event).is_none_or(|timeout| timeout < GENEROUS),
            Takes::Ever => true,
        };
        let receiver = check.receiver(event);
        let message = format!("nothing looks whether `{receiver}` has ended when this join comes back");
        let draft = check.about(event, object, message);
        let draft = if is_asked || ends_with_program || !takes_longer {
            draft.severity(Severity::Note).showing(&[])
        } else {
            draft.severity(Severity::Warning).remedy(Remedy::Ended)
        };
        check.report(draft.help("ask `is_alive()` or `exitcode` afterwards, and end the process if it still runs"));
    }
}

/// The process of a join that is certainly given a time.
fn bounded_join(model: &Model<'_>, event: &Event<'_>) -> Option<ObjectId> {
    let EventKind::Method {
        object,
        method,
        arguments,
        base: false,
        ..
    } = &event.kind
    else {
        return None;
    };
    let is_join = method.effect == Effect::Join && model.family(&event.heap, *object) == Some(Family::Process);
    let timeout = method.timeout.as_deref().and_then(|name| arguments.get(name))?;
    (is_join && !arguments.open && !timeout.value.atoms().contains(&Atom::None)).then_some(*object)
}

/// Seconds that nobody gives work which is expected to need them.
const GENEROUS: f64 = 30.0;

/// How long a process takes.
enum Takes {
    /// It plainly ends, after at most so many seconds of sleep.
    AtMost(f64),
    /// It may wait or loop for ever.
    Ever,
    /// Nobody knows.
    Unknown,
}

fn takes(check: &Check<'_>, process: ObjectId) -> Takes {
    let model = check.model;
    let mut most = 0.0;
    let mut known = false;
    let mut is_unknown = false;
    for (id, context) in model.contexts_of(process) {
        known = true;
        if context.endless.is_some() || blocks(model, id).is_some() {
            return Takes::Ever;
        }
        is_unknown |= !context.known || context.cut_short || model.calls_unknown_code(id);
        for (seconds, times) in model.sleeps(id) {
            match (seconds.seconds(), times) {
                (Some(seconds), Some(times)) => most += seconds * times as f64,
                _ => is_unknown = true,
            }
        }
    }
    if is_unknown || !known {
        Takes::Unknown
    } else {
        Takes::AtMost(most)
    }
}

/// The timeout of a join, in seconds.
fn timeout_of(join: &Event<'_>) -> Option<f64> {
    let EventKind::Method { method, arguments, .. } = &join.kind else {
        return None;
    };
    let timeout = arguments.get(method.timeout.as_deref()?)?;
    timeout.value.seconds()
}

/// Whether the parent reads, after the join, what the process sets.
fn reads_what_it_sets(model: &Model<'_>, at: usize, join: &Event<'_>, process: ObjectId) -> bool {
    let children = children(model, process);
    let later = model.events().get(at + 1..).unwrap_or_default();
    later.iter().any(|event| {
        let EventKind::Access { object, sets: false } = event.kind else {
            return false;
        };
        event.context == join.context
            && children.iter().any(|&child| {
                model.events_in(child).any(|event| match event.kind {
                    EventKind::Access {
                        object: set,
                        sets: true,
                    }
                    | EventKind::Update { object: set, .. } => set == object,
                    _ => false,
                })
            })
    })
}

/// Whether anything looks at the process afterwards, waits for it without a bound, or ends it. In another context any
/// time may be afterwards.
fn is_checked(model: &Model<'_>, at: usize, join: &Event<'_>, process: ObjectId) -> bool {
    model
        .events()
        .iter()
        .enumerate()
        .any(|(other, event)| match &event.kind {
            EventKind::Method { object, method, .. } if is_same(model, *object, process) => {
                let looks = match method.effect {
                    // A close raises where the process still runs.
                    Effect::IsAlive | Effect::Exitcode | Effect::Terminate | Effect::Close => true,
                    Effect::Join => !model.is_bounded(event),
                    _ => false,
                };
                // In a loop, what stands before is asked again afterwards.
                let afterwards = other > at || (event.many && join.many);
                looks && (afterwards || event.context != join.context || event.chain != join.chain)
            }
            EventKind::Named { object, .. } => is_same(model, *object, process),
            _ => false,
        })
}

/// The contexts of a process.
fn children(model: &Model<'_>, process: ObjectId) -> Vec<ContextId> {
    model.contexts_of(process).map(|(id, _)| id).collect()
}

/// Whether the parent hears from the process by another way: a message, an item, an event.
fn has_answered(model: &Model<'_>, parent: ContextId, process: ObjectId) -> bool {
    let children = children(model, process);
    let given: Vec<ObjectId> = model
        .events()
        .iter()
        .filter(|event| children.contains(&event.context))
        .filter_map(|event| match event.effect() {
            Some((object, Effect::Put | Effect::Set | Effect::TaskDone | Effect::Release)) => Some(object),
            _ => None,
        })
        .collect();
    model.events_in(parent).any(|event| match event.effect() {
        Some((object, Effect::Get | Effect::Poll | Effect::Wait | Effect::JoinTasks | Effect::Acquire)) => {
            given.contains(&object)
        }
        Some((_, Effect::Recv)) => !given.is_empty(),
        _ => false,
    })
}

/// Whether the parent has done something before the join by which it asks the process to end: it has set an event, put a
/// constant into a queue or pipe, closed its end, or set a shared value that the process reads.
fn is_asked_to_end(model: &Model<'_>, at: usize, join: &Event<'_>, process: ObjectId) -> bool {
    let children = children(model, process);
    let earlier = model.events().get(..at).unwrap_or_default();
    earlier.iter().any(|event| {
        if event.context != join.context {
            return false;
        }
        match &event.kind {
            EventKind::Method { method, .. } => {
                matches!(
                    method.effect,
                    Effect::Set | Effect::Put | Effect::Close | Effect::Release
                ) && event.effect().is_some_and(|(object, _)| {
                    model.family(&event.heap, object) == Some(Family::Connection)
                        || children.iter().any(|&child| uses(model, child, object))
                })
            }
            EventKind::Access { object, sets: true } => children.iter().any(|&child| uses(model, child, *object)),
            _ => false,
        }
    })
}

/// Whether a context has to do with an object.
fn uses(model: &Model<'_>, context: ContextId, object: ObjectId) -> bool {
    model.events_in(context).any(|event| match &event.kind {
        EventKind::Method { object: other, .. } | EventKind::Access { object: other, .. } => *other == object,
        _ => false,
    })
}
