//! Several processes read from one end of a pipe, or write to it, and nothing keeps them apart.

use rustc_hash::FxHashSet;

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::rounds::Round;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for event in model.events() {
        let Some((end, effect @ (Effect::Put | Effect::Recv))) = event.effect() else {
            continue;
        };
        let Some(process) = model.process_of(event.context) else {
            continue;
        };
        if !is_unguarded(model, event, end) || is_one_of_many(model, end) {
            continue;
        }
        let Some(other) = beside(model, event, process, (end, effect)) else {
            continue;
        };
        // Each of several like it has made a pipe of its own.
        if other.is_none() && model.process_of(model.chain(model.object(end).chain).context) == Some(process) {
            continue;
        }
        // One function that sends several messages is one mistake.
        if !said.insert((event.function, end, effect)) {
            continue;
        }
        let receiver = check.receiver(event);
        let does = if effect == Effect::Put { "write to" } else { "read from" };
        let mut draft = check
            .about(
                event,
                end,
                format!("several processes {does} `{receiver}` at once, and messages get mixed up"),
            )
            .related(check.made_at(end), "the pipe is made here")
            .remedy(Remedy::MessagesWhole)
            .help("give each process a pipe of its own, or use a queue, or hold a lock around each message");
        if let Some(other) = other.filter(|other| other.span != event.span) {
            draft = draft.related(other.span, "another process does so here");
        }
        check.report(draft);
    }
}

fn is_unguarded(model: &Model<'_>, event: &Event<'_>, end: ObjectId) -> bool {
    let known = |end: &crate::model::heap::Object| !end.escaped && !end.states.contains(States::LOST);
    model.family(&event.heap, end) == Some(Family::Connection)
        && event.held.is_empty()
        && !event.maybe_locked
        && event.heap.get(end).is_some_and(known)
}

/// Whether an object stands for several, of which each process may have one.
fn is_one_of_many(model: &Model<'_>, object: ObjectId) -> bool {
    model
        .events()
        .iter()
        .any(|event| event.heap.get(object).is_some_and(|object| object.many))
}

/// Whether one context comes from another, however far down.
fn is_below(model: &Model<'_>, mut context: ContextId, above: ContextId) -> bool {
    while let Some(parent) = model.context(context).parent {
        if parent == above {
            return true;
        }
        context = parent;
    }
    false
}

/// Whether the loop that starts a process waits for it as well, before it starts the next, by whatever functions it does so.
fn is_joined_in_turn(model: &Model<'_>, process: ObjectId) -> bool {
    let rounds = |effect| -> Vec<Round> {
        let events = model.method_events(effect).filter(|(_, object)| *object == process);
        events
            .flat_map(|(event, _)| model.rounds(event.chain, event.span))
            .collect()
    };
    let joins = rounds(Effect::Join);
    rounds(Effect::Start)
        .iter()
        .any(|start| joins.iter().any(|join| model.is_same_loop(start, join)))
}

/// Whether two processes are made on ways of one call that exclude each other: where one is made, the other is not.
fn is_one_or_the_other(model: &Model<'_>, one: ObjectId, other: ObjectId) -> bool {
    let is_made_without = |made: ObjectId, without: ObjectId| {
        let mut events = model.events().iter();
        events.any(|event| {
            matches!(event.kind, EventKind::Make { object, .. } if object == made) && event.heap.get(without).is_none()
        })
    };
    model.object(one).chain == model.object(other).chain && is_made_without(one, other) && is_made_without(other, one)
}

/// Another process that does the same at the same end, while this one may run. Nothing inside where that is another
/// process of the same context.
fn beside<'m, 'a>(
    model: &'m Model<'a>,
    event: &Event<'_>,
    process: ContextId,
    (end, effect): (ObjectId, Effect),
) -> Option<Option<&'m Event<'a>>> {
    let context = model.context(process);
    let starter = context.object?;
    let is_pool = context.kind == ContextKind::Task;
    if context.many && is_pool {
        return Some(None);
    }
    if context.many && is_one_of_many(model, starter) && !is_joined_in_turn(model, starter) {
        return Some(None);
    }
    model
        .events()
        .iter()
        .find(|other| {
            let there = model.process_of(other.context);
            let same = other.effect() == Some((end, effect)) && there != Some(process);
            // A function that starts itself anew in a child may leave the message to the last of them.
            let is_relay = other.span == event.span
                && there.is_some_and(|there| is_below(model, there, process) || is_below(model, process, there));
            same && !is_relay
                && is_unguarded(model, other, end)
                && model.context(other.context).kind != ContextKind::Entry
                && match there.and_then(|there| model.context(there).object) {
                    // One that has ended before the other begins, or begins after it.
                    Some(brother) => {
                        !model.states(event, brother).may(States::JOINED)
                            && !model.states(other, starter).may(States::JOINED)
                            && !is_one_or_the_other(model, starter, brother)
                    }
                    // The parent, while the child runs.
                    None => model.states(other, starter).must(States::STARTED),
                }
        })
        .map(Some)
}
