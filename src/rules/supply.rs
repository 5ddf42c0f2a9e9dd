//! What a reader of a queue or connection can count on: who puts into it, how much, and what they put last.

use rustc_hash::FxHashMap;

use super::sent::is_in_turn;
use super::waits::{blocks_within, is_other_process};
use crate::api::{Effect, Family};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::Atom;

/// Processes that wait for one another are looked at this many levels down; further down nothing is assumed.
const DEEPEST: u32 = 4;

/// The other end of a pipe.
pub(super) fn other_end(model: &Model<'_>, heap: &Heap, end: ObjectId) -> Option<ObjectId> {
    let info = model.object(end);
    heap.iter().map(|(id, _)| id).find(|&id| {
        let other = model.object(id);
        id != end
            && other.path.is_some()
            && other.path == info.path
            && other.chain == info.chain
            && other.span == info.span
    })
}

/// Where that is put which comes out of a queue, or out of this end of a pipe.
pub(super) fn source(model: &Model<'_>, heap: &Heap, object: ObjectId) -> Option<ObjectId> {
    match model.family(heap, object)? {
        Family::Connection => other_end(model, heap, object),
        _ => Some(object),
    }
}

/// Whether a reader's loop is ended by something that everybody who puts sends last: each child that puts on every way
/// it ends, and the main process once for each reader. A reader may have put it there itself.
pub(super) fn is_ended_by_sentinel(model: &Model<'_>, get: &Event<'_>, from: ObjectId) -> bool {
    if !is_taken_in_loop(model, get, from) || model.context(get.context).endless.is_some() {
        return false;
    }
    if get.times.is_none() && ends_with_constant(model.states(get, from)) {
        return true;
    }
    let Some(source) = source(model, &get.heap, from) else {
        return false;
    };
    let many_readers = is_other_process(model, get.context) && model.context(get.context).many;
    let mut sent = false;
    for (event, object) in model.method_events(Effect::Put) {
        if object != source || event.context == get.context {
            continue;
        }
        if is_other_process(model, event.context) {
            let exit = model.context(event.context).exit.as_ref();
            let states = exit
                .and_then(|heap| heap.get(source))
                .map_or(States::empty(), |source| source.states);
            if has_ended_before_sentinel(model, event.context, source) {
                continue;
            }
            if !ends_with_constant(states) {
                return false;
            }
            sent = true;
        } else if puts_constant(model, event) {
            sent |= !many_readers || event.many;
        }
    }
    sent
}

/// Whether whoever waits for a reader to end has put the sentinel before, whatever others put, and wherever else the reader
/// may be waited for.
pub(super) fn is_told_to_end(model: &Model<'_>, join: &Event<'_>, get: &Event<'_>, from: ObjectId) -> bool {
    if !is_taken_in_loop(model, get, from) || model.context(get.context).endless.is_some() {
        return false;
    }
    let Some(source) = source(model, &get.heap, from) else {
        return false;
    };
    // Which of several queues it is may not be known, nor how many there are.
    model
        .events()
        .iter()
        .take_while(|event| !std::ptr::eq(*event, join))
        .any(|event| {
            event.context == join.context
                && matches!(event.effect(), Some((object, Effect::Put)) if object == source)
                && puts_constant(model, event)
                && (event.many || !model.context(get.context).many)
        })
}

/// Whether whoever waits for a process has set the event before that the process waits for, or has come to the barrier.
pub(super) fn is_woken(model: &Model<'_>, join: &Event<'_>, awaited: ObjectId) -> bool {
    let meets = |event: &Event<'_>| {
        event.context == join.context && model.family(&event.heap, awaited) == Some(Family::Barrier)
    };
    let met = model.method_events(Effect::Wait).filter(|(event, _)| meets(event));
    model.method_events(Effect::Set).chain(met).any(|(event, object)| {
        object == awaited
            && event.chain == join.chain
            && event.function == join.function
            && event.span.start < join.span.start
    })
}

/// Whether the process of a context has been waited for by the time that the main process puts the sentinel: what it put
/// stands before that.
fn has_ended_before_sentinel(model: &Model<'_>, context: ContextId, source: ObjectId) -> bool {
    model.context(context).object.is_some_and(|process| {
        model.method_events(Effect::Put).any(|(event, object)| {
            object == source
                && !is_other_process(model, event.context)
                && puts_constant(model, event)
                && (model.states(event, process) - States::LOST).must(States::JOINED)
        })
    })
}

/// Whether what happens here happens again: the first round of a loop is an event of its own.
pub(super) fn is_in_loop(model: &Model<'_>, event: &Event<'_>) -> bool {
    event.many
        || model
            .events_in(event.context)
            .any(|other| other.many && other.chain == event.chain && other.span == event.span)
}

/// Whether items are taken in a loop, or one before it where the loop takes the next.
fn is_taken_in_loop(model: &Model<'_>, get: &Event<'_>, from: ObjectId) -> bool {
    is_in_loop(model, get)
        || model.events_in(get.context).any(|other| {
            other.many
                && other.chain == get.chain
                && matches!(other.effect(), Some((object, Effect::Get | Effect::Recv)) if object == from)
        })
}

fn ends_with_constant(states: States) -> bool {
    states.contains(States::ENDED) && !states.intersects(States::PUT | States::SILENT)
}

fn puts_constant(model: &Model<'_>, event: &Event<'_>) -> bool {
    let EventKind::Method { method, arguments, .. } = &event.kind else {
        return false;
    };
    method
        .data
        .as_deref()
        .and_then(|data| arguments.get(data))
        .is_some_and(|argument| {
            let is_class = |id: ObjectId| matches!(model.object(id).kind, ObjectKind::Class(_));
            matches!(argument.value.single(), Some(Atom::Object(id)) if is_class(id))
                || event.heap.is_constant(&argument.value, |id| model.is_instance(id))
                // `for item in [*items, None]`
                || (argument.value.atoms().contains(&Atom::None) && is_in_turn(model, event, argument))
        })
}

/// Whether an event comes after another one of its context, and not before it in another round of a loop.
fn is_later(model: &Model<'_>, event: &Event<'_>, than: &Event<'_>) -> bool {
    event.context == than.context
        && !is_in_loop(model, than)
        && !is_in_loop(model, event)
        && model
            .events()
            .iter()
            .take_while(|other| !std::ptr::eq(*other, event))
            .any(|other| std::ptr::eq(other, than))
}

/// Whether at least as much is put in as is ever taken out, by processes that get so far: as many times as their loops
/// are known to run. What is put in only by whoever waits, and only after that, does not arrive.
pub(super) fn is_supplied(model: &Model<'_>, from: ObjectId, depth: u32, waiting: Option<&Event<'_>>) -> bool {
    if depth >= DEEPEST {
        return false;
    }
    let mut takes: FxHashMap<_, u64> = FxHashMap::default();
    let mut source_of_all = None;
    for (event, object) in model.events().iter().filter_map(|event| match event.effect() {
        Some((object, Effect::Get | Effect::Recv)) => Some((event, object)),
        _ => None,
    }) {
        if object != from {
            continue;
        }
        let Some(times) = event.times.filter(|_| !model.context(event.context).many) else {
            return false;
        };
        takes.insert((event.chain, event.span), times);
        source_of_all = source(model, &event.heap, from);
    }
    let Some(source) = source_of_all else { return false };
    let mut puts: FxHashMap<_, u64> = FxHashMap::default();
    for (event, object) in model.method_events(Effect::Put) {
        if object != source || waiting.is_some_and(|waiting| is_later(model, event, waiting)) {
            continue;
        }
        let context = model.context(event.context);
        let arrives = !is_other_process(model, event.context)
            || (context.known
                && !context.cut_short
                && context
                    .exit
                    .as_ref()
                    .and_then(|heap| heap.get(source))
                    .is_some_and(|source| !source.states.contains(States::SILENT))
                && blocks_within(model, event.context, depth + 1, None).is_none());
        if arrives {
            puts.insert((event.chain, event.span), event.times.unwrap_or_default());
        }
    }
    let sum = |all: FxHashMap<_, u64>| all.into_values().fold(0u64, u64::saturating_add);
    sum(puts) >= sum(takes)
}
