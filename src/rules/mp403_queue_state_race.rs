//! A decision rests on whether a queue is empty, while others still put into it or take from it.

use super::order::{follows, place_in};
use super::waits::HANGS;
use super::ways::{Decision, copies, decision, depends_on, is_in_other_loop, leads_out, loop_around, next};
use super::{Check, Hook};
use crate::api::{Effect, Family, Returns};
use crate::files::Span;
use crate::findings::{Confidence, Remedy};
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::python::ir::{Function, OpKind, Place, Terminator};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, queue) in model.method_events(Effect::Poll) {
        let EventKind::Method { method, .. } = &event.kind else {
            continue;
        };
        // The end of the pipe inside is watched and answers nothing.
        let answers = method.returns == Returns::Scalar;
        if !answers || model.family(&event.heap, queue) != Some(Family::Queue) || is_out_of_sight(event, queue) {
            continue;
        }
        let Some(decided) = decision(model, event).and_then(|decision| Decided::new(model, decision)) else {
            continue;
        };
        let receiver = check.receiver(event);
        let draft = if let Some(taken) = takes_in_vain(model, event, queue, &decided) {
            check
                .about(
                    event,
                    queue,
                    format!("what `{receiver}` has may be taken by another reader before this one takes it"),
                )
                .showing(&[HANGS])
                .related(taken.span, "it is taken here, and waited for where there is nothing")
                .remedy(Remedy::AskedLater)
                .help(
                    "take with `get_nowait()` or a timeout and catch `queue.Empty`, or send a sentinel to each reader",
                )
        } else if let Some(put) = comes_late(model, event, queue)
            && !looks_again(model, event, queue, &decided)
            && !throws_away(model, event, queue, &decided)
        {
            check
                .about(
                    event,
                    queue,
                    format!("`{receiver}` may only be empty for the moment: what is put in later is not read"),
                )
                .related(put.span, "another process, which may still run, puts something in here")
                .remedy(Remedy::AskedLater)
                .help("take as many items as there will be, or until a sentinel, or until the producers have ended")
        } else {
            continue;
        };
        check.report(draft.confidence(Confidence::Medium));
    }
}

fn is_out_of_sight(event: &Event<'_>, queue: ObjectId) -> bool {
    let object = event.heap.get(queue);
    object.is_none_or(|queue| queue.escaped || queue.states.contains(States::LOST))
}

/// What ends, or is not begun, by the answer.
struct Decided {
    decision: Decision,
    /// The loop that it ends.
    ends: Option<std::ops::Range<usize>>,
}

impl Decided {
    /// None where the question is asked again.
    fn new(model: &Model<'_>, decision: Decision) -> Option<Self> {
        let function = model.function(decision.function);
        let around = loop_around(function, decision.block);
        let head = around.as_ref().map(|around| around.start);
        if is_in_other_loop(model, (decision.function, decision.chain, decision.block), head) {
            return None;
        }
        let Some(around) = around else {
            return Some(Self { decision, ends: None });
        };
        let ends = decision.counts || {
            let Terminator::Branch { then, otherwise, .. } = &function.blocks[decision.block].end else {
                return None;
            };
            let out = |side: usize| leads_out(function, &around, side);
            (out(then.0 as usize) || out(otherwise.0 as usize)) && is_always_asked(function, &around, decision.block)
        };
        ends.then_some(Self {
            decision,
            ends: Some(around),
        })
    }

    /// Whether something is done by one answer only.
    fn covers(&self, model: &Model<'_>, event: &Event<'_>) -> bool {
        let Some(place) = place_in(model, self.decision.function, event) else {
            return false;
        };
        let function = model.function(self.decision.function);
        match &self.ends {
            Some(around) => copies(function, place).iter().any(|(block, _)| around.contains(block)),
            None => depends_on(function, self.decision.block, place),
        }
    }
}

/// Whether no round of a loop goes without a question: `while process.is_alive() or not queue.empty()` does.
fn is_always_asked(function: &Function, around: &std::ops::Range<usize>, asks: usize) -> bool {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut todo = vec![around.start];
    while let Some(at) = todo.pop() {
        if at == asks || !seen.insert(at) {
            continue;
        }
        for to in next(&function.blocks[at]) {
            if to == around.start {
                return false;
            }
            if around.contains(&to) {
                todo.push(to);
            }
        }
    }
    true
}

/// Of several readers one takes what this one has seen, and this one then waits.
fn takes_in_vain<'m, 'a>(
    model: &'m Model<'a>,
    poll: &Event<'_>,
    queue: ObjectId,
    decided: &Decided,
) -> Option<&'m Event<'a>> {
    let here = model.process_of(poll.context)?;
    let takes = || {
        model
            .method_events(Effect::Get)
            .filter(move |(_, object)| *object == queue)
            .map(|(event, _)| event)
    };
    // One that each process makes for itself has no other readers.
    if model.process_of(model.chain(model.object(queue).chain).context) == Some(here) {
        return None;
    }
    let several = model.context(here).many
        || takes().any(|event| model.process_of(event.context).is_some_and(|process| process != here));
    if !several {
        return None;
    }
    takes().find(|event| {
        event.context == poll.context
            && !model.is_bounded(event)
            && event.held.is_empty()
            && !event.maybe_locked
            && decided.covers(model, event)
    })
}

/// Where another process puts something in that may still run.
fn comes_late<'m, 'a>(model: &'m Model<'a>, poll: &Event<'_>, queue: ObjectId) -> Option<&'m Event<'a>> {
    let here = model.process_of(poll.context);
    let puts = model.method_events(Effect::Put).filter(|(_, object)| *object == queue);
    puts.map(|(event, _)| event).find(|put| {
        let there = model.process_of(put.context);
        if there == here {
            return false;
        }
        let process = |context| {
            let process = model.context(context).object?;
            (model.family(&poll.heap, process) == Some(Family::Process)).then_some(process)
        };
        if let (Some(there), None) = (there, here)
            && model.context(there).kind == ContextKind::Task
        {
            return runs_meanwhile(model, poll, there);
        }
        match (there, here) {
            (Some(there), _) => process(there).is_some_and(|process| {
                let states = model.states(poll, process);
                // A brother may be started later.
                let runs = States::STARTED | if here.is_some() { States::NEW } else { States::empty() };
                states.may(runs) && !states.may(States::JOINED | States::LOST)
            }),
            // What the parent puts in once it has started the reader.
            (None, Some(here)) => process(here).is_some_and(|process| model.states(put, process).must(States::STARTED)),
            (None, None) => false,
        }
    })
}

/// Whether what is taken is looked at by nobody: the queue is only emptied.
fn throws_away(model: &Model<'_>, poll: &Event<'_>, queue: ObjectId, decided: &Decided) -> bool {
    let mut gets = model
        .method_events(Effect::Get)
        .filter(|(event, object)| *object == queue && event.context == poll.context && decided.covers(model, event))
        .peekable();
    gets.peek().is_some() && gets.all(|(event, _)| is_unused(model.function(event.function), event.span))
}

/// Whether the result of a call is dropped, or kept in a variable that nobody reads.
fn is_unused(function: &Function, call: Span) -> bool {
    let ops = || function.blocks.iter().flat_map(|block| &block.ops);
    let mut results = ops().filter(|op| op.span == call && matches!(op.kind, OpKind::Call { .. }));
    results.all(|op| {
        let Some(result) = op.kind.result() else { return true };
        let is_read = |place: Place| ops().any(|op| matches!(op.kind, OpKind::Load { place: its, .. } if its == place));
        ops().any(|op| match op.kind {
            OpKind::Discard { value } => value == result,
            OpKind::Store { place, value } => value == result && !is_read(place),
            _ => false,
        })
    })
}

/// Whether a task that was handed over may still run: its pool is open, and nobody has waited for any result before.
fn runs_meanwhile(model: &Model<'_>, poll: &Event<'_>, task: ContextId) -> bool {
    let context = model.context(task);
    let (Some(pool), Some((chain, _, span))) = (context.object, context.started) else {
        return false;
    };
    let is_asynchronous = model.method_events(Effect::Submit).any(|(submit, object)| {
        let result = match &submit.kind {
            EventKind::Method { method, .. } => method.product.map(|kind| model.api().kind(kind).name.as_str()),
            _ => None,
        };
        object == pool
            && submit.chain == chain
            && submit.span == span
            && matches!(result, Some("async-result" | "future"))
    });
    let has_waited = model.events_in(poll.context).any(|event| {
        let waits = match &event.kind {
            EventKind::Call { entry, .. } => entry.effect == Effect::Wait,
            _ => matches!(
                event.effect(),
                Some((
                    _,
                    Effect::GetResult | Effect::Wait | Effect::Join | Effect::Close | Effect::Get
                ))
            ),
        };
        waits && follows(model, poll, event)
    });
    is_asynchronous && !has_waited && model.states(poll, pool).must(States::OPEN)
}

/// Whether the same process takes or asks once more, whatever the answer was.
fn looks_again(model: &Model<'_>, poll: &Event<'_>, queue: ObjectId, decided: &Decided) -> bool {
    model.events().iter().any(|event| {
        matches!(event.effect(), Some((object, Effect::Get | Effect::Poll)) if object == queue)
            && event.span != poll.span
            && model.process_of(event.context) == model.process_of(poll.context)
            && follows(model, event, poll)
            && !decided.covers(model, event)
    })
}
