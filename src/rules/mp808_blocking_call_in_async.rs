//! A coroutine waits for another process by a call that stops the event loop.

use super::receiving::is_asked_before;
use super::ways::precedes;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{ChainId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::python::ir::{FunctionId, FunctionKind, OpKind, Place};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Method {
            object,
            method,
            base: false,
            direct: true,
            ..
        } = &event.kind
        else {
            continue;
        };
        if !waits(model, event, *object, method.effect, method.waits) || model.is_bounded(event) {
            continue;
        }
        let Some(coroutine) = coroutine_around(model, event) else {
            continue;
        };
        let receiver = check.receiver(event);
        let mut draft = check
            .about(
                event,
                *object,
                format!("this waits for `{receiver}` in a coroutine, and the event loop stands still meanwhile"),
            )
            .remedy(Remedy::LoopGoesOn)
            .help("wait in a thread: `await asyncio.to_thread(…)`, or `await loop.run_in_executor(…)`");
        if coroutine != event.function {
            draft = draft.related(model.function(coroutine).name_span, "the coroutine that comes here");
        }
        check.report(draft);
    }
}

/// Whether a call waits for another process, as things stand.
fn waits(model: &Model<'_>, event: &Event<'_>, object: ObjectId, effect: Effect, for_result: bool) -> bool {
    let family = model.family(&event.heap, object);
    let states = model.states(event, object) - States::LOST;
    match (effect, family) {
        (Effect::Join, Some(Family::Process | Family::ProcessGroup)) => states.must(States::STARTED),
        (Effect::Join, Some(Family::Pool)) => !states.may(States::JOINED),
        (Effect::Get | Effect::JoinTasks, Some(Family::Queue)) => {
            // What it has just put there itself is there.
            let own = |(put, queue): (&Event<'_>, ObjectId)| {
                queue == object && put.context == event.context && precedes(model, put, event)
            };
            let is_there = effect == Effect::Get && model.method_events(Effect::Put).any(own);
            !is_there && !is_asked_before(model, event, object)
        }
        (Effect::Recv, Some(Family::Connection)) => !is_asked_before(model, event, object),
        (Effect::Wait, Some(Family::Event | Family::Condition | Family::Barrier)) => true,
        // What has been handed to others may have been waited for there: `await asyncio.wrap_future(future)`.
        (Effect::GetResult, Some(Family::Result)) => {
            model.states(event, object).must(States::STARTED)
                && event.heap.get(object).is_some_and(|result| !result.escaped)
                && model.owner_of(&event.heap, object).is_some_and(|owner| {
                    matches!(model.family(&event.heap, owner), Some(Family::Pool | Family::Executor))
                })
        }
        (Effect::Submit, Some(Family::Pool | Family::Executor)) => for_result || is_iterated(model, event),
        _ => false,
    }
}

/// Whether a call gives an iterator of results that somebody goes over: each round waits for the next.
fn is_iterated(model: &Model<'_>, submit: &Event<'_>) -> bool {
    let gives_iterator = match &submit.kind {
        EventKind::Method { method, .. } => method
            .product
            .is_some_and(|kind| model.api().kind(kind).name == "result-iterator"),
        _ => false,
    };
    gives_iterator && model.result_of(submit).is_some_and(|result| model.is_asked_for(result))
}

/// The coroutine that comes to an event by plain calls: not by one that hands its function to a thread or a process.
fn coroutine_around(model: &Model<'_>, event: &Event<'_>) -> Option<FunctionId> {
    let (mut chain, mut function) = (event.chain, event.function);
    loop {
        if model.function(function).kind == FunctionKind::AsyncDef {
            return Some(function);
        }
        let (caller, by, span) = model.chain(chain).caller?;
        if hands_on(model, caller, by, span) {
            return None;
        }
        (chain, function) = (caller, by);
    }
}

/// Whether the call at a place hands a function to somebody else to run.
fn hands_on(model: &Model<'_>, chain: ChainId, function: FunctionId, span: Span) -> bool {
    let by_effect = model.events().iter().any(|event| {
        event.chain == chain
            && event.span == span
            && matches!(
                event.effect(),
                Some((_, Effect::RunInExecutor | Effect::Start | Effect::Call | Effect::Submit))
            )
    });
    by_effect || {
        let ops = || model.function(function).blocks.iter().flat_map(|block| &block.ops);
        let to_thread = |callee| {
            ops().any(|op| match op.kind {
                OpKind::Load {
                    dst,
                    place: Place::Global(name),
                    ..
                }
                | OpKind::Attr { dst, name, .. } => {
                    dst == callee && matches!(model.name(name), "to_thread" | "run_in_executor" | "run_sync")
                }
                _ => false,
            })
        };
        ops().any(|op| op.span == span && matches!(op.kind, OpKind::Call { callee, .. } if to_thread(callee)))
    }
}
