//! Who waits until all items of a queue are done waits for ever where a consumer does not say so.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Confidence, Remedy};
use crate::model::Model;
use crate::model::events::{ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::python::ir::{Function, FunctionId, OpKind};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, queue) in model.method_events(Effect::JoinTasks) {
        if model.family(&event.heap, queue) != Some(Family::Queue)
            || model.context(event.context).kind == ContextKind::Entry
            || is_out_of_sight(model, event, queue)
        {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = match undone(model, queue) {
            Some(Undone::Never(taken)) => check
                .about(
                    event,
                    queue,
                    format!("`{receiver}` is waited for until all its items are done, and nothing says that one is"),
                )
                .related(taken, "an item is taken here"),
            Some(Undone::Sometimes(taken)) => check
                .about(
                    event,
                    queue,
                    format!("`{receiver}` is waited for until all its items are done, and a consumer does not say so of each"),
                )
                .confidence(Confidence::Medium)
                .related(taken, "the next item is taken here, on some way without `task_done()` for the last one"),
            None => continue,
        };
        let draft = draft.remedy(Remedy::WaitEnds);
        check.report(draft.help("call `task_done()` once for each item, in a `finally`"));
    }
}

/// Whether code that is not followed may say what is done.
fn is_out_of_sight(model: &Model<'_>, join: &Event<'_>, queue: ObjectId) -> bool {
    let is_known = |object: &crate::model::heap::Object| !object.escaped && !object.states.contains(States::LOST);
    !join.heap.get(queue).is_some_and(is_known)
        || model.contexts().any(|(_, context)| !context.known || context.cut_short)
}

enum Undone {
    /// No consumer ever says that an item is done.
    Never(Span),
    /// A consumer takes the next item on some way without that.
    Sometimes(Span),
}

fn undone(model: &Model<'_>, queue: ObjectId) -> Option<Undone> {
    let made = model.object(queue).span;
    let of_this = |effect| {
        let events = model.method_events(effect);
        events
            .filter(|(_, object)| model.object(*object).span == made)
            .map(|(event, _)| event)
    };
    let takes: Vec<&Event<'_>> = of_this(Effect::Get).collect();
    let done: Vec<&Event<'_>> = of_this(Effect::TaskDone).collect();
    let first = takes.first()?;
    if done.is_empty() {
        return Some(Undone::Never(first.span));
    }
    takes.iter().find_map(|take| {
        let left = take
            .heap
            .get(queue)
            .is_some_and(|queue| queue.states.contains(States::TAKEN));
        // Items that are taken in one loop and said to be done in another are counted by somebody.
        let in_step = done
            .iter()
            .filter(|done| done.context == take.context)
            .all(|done| is_in_step(model, take, done));
        (left && in_step && done.iter().any(|done| done.context == take.context))
            .then_some(Undone::Sometimes(take.span))
    })
}

/// Whether two events are in the same round of the same loop of one function, be they a few calls down.
fn is_in_step(model: &Model<'_>, take: &Event<'_>, done: &Event<'_>) -> bool {
    let (mut function, mut chain) = (take.function, take.chain);
    loop {
        if let (Some(take), Some(done)) = (loop_in(model, function, take), loop_in(model, function, done)) {
            return take == done && take != Round::Below;
        }
        match model.chain(chain).caller {
            Some((caller, by, _)) => (chain, function) = (caller, by),
            None => return false,
        }
    }
}

/// The loop around an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// The innermost loop of the function, by its first block.
    Of(Option<usize>),
    /// A loop of a function that it calls.
    Below,
}

/// Around what loop of a function an event happens; none where it does not happen in it or in what it calls.
fn loop_in(model: &Model<'_>, function: FunctionId, event: &Event<'_>) -> Option<Round> {
    let (mut running, mut chain, mut span) = (event.function, event.chain, event.span);
    let mut below = false;
    while running != function {
        let around = innermost_loop(model.function(running), span);
        below |= around.is_some_and(|head| !yields_in(model.function(running), head));
        (chain, running, span) = model.chain(chain).caller?;
    }
    Some(match below {
        true => Round::Below,
        false => Round::Of(innermost_loop(model.function(function), span)),
    })
}

/// Whether a loop of a generator gives something out in each round: it goes round with the loop that draws from it.
fn yields_in(function: &Function, head: usize) -> bool {
    let end = function.blocks[head].loop_end.map_or(head, |end| end.0 as usize);
    let mut ops = function.blocks[head..end].iter().flat_map(|block| &block.ops);
    ops.any(|op| matches!(op.kind, OpKind::Yield { .. }))
}

/// The first block of the innermost loop around an operation. What a `for` runs over has the span of its drawing, which is
/// in the loop.
fn innermost_loop(function: &Function, span: Span) -> Option<usize> {
    let block_with = |is_it: &dyn Fn(&OpKind) -> bool| {
        let mut blocks = function.blocks.iter();
        blocks.position(|block| block.ops.iter().any(|op| op.span == span && is_it(&op.kind)))
    };
    let draws = |op: &OpKind| matches!(op, OpKind::Iterate { .. });
    let at = block_with(&draws).or_else(|| block_with(&|_| true))?;
    (0..=at)
        .rev()
        .find(|head| function.blocks[*head].loop_end.is_some_and(|end| end.0 as usize > at))
}
