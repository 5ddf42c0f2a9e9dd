//! A reader waits for the end of a pipe of which its own process, or the one that waits for it, keeps the other end open.

use super::order::place_in;
use super::receiving::is_asked_before;
use super::supply::{is_in_loop, other_end};
use super::waits::is_ended_by_force;
use super::ways::{copies, loop_around, next};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Remedy, StartMethods};
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event};
use crate::model::heap::{Heap, ObjectId};
use crate::model::typestate::States;
use crate::python::ir::{Function, FunctionId, OpKind, Terminator};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, end) in model.method_events(Effect::Recv) {
        if model.family(&event.heap, end) != Some(Family::Connection)
            || !event.caught.intersects(Caught::EOF | Caught::ANY)
            || !is_in_loop(model, event)
            || model.context(event.context).kind == ContextKind::Entry
            || is_asked_before(model, event, end)
            || !only_the_end_ends(model, event)
        {
            continue;
        }
        let Some(other) = other_end(model, &event.heap, end) else {
            continue;
        };
        let writes = |(writer, object): (&Event<'_>, ObjectId)| {
            object == other && model.process_of(writer.context) != model.process_of(event.context)
        };
        if !is_open(&event.heap, other) || !model.method_events(Effect::Put).any(writes) {
            continue;
        }
        let receiver = check.receiver(event);
        let made = check.made_at(other);
        let Some(process) = model.process_of(event.context) else {
            // A child that writes has closed its own copy at the latest when it ended.
            let own = |(writer, object): (&Event<'_>, ObjectId)| {
                object == other && model.process_of(writer.context).is_none()
            };
            if !model.method_events(Effect::Put).any(own) {
                let draft = check
                    .about(
                        event,
                        end,
                        format!(
                            "`{receiver}` is read to its end, which does not come: this process has the other end open"
                        ),
                    )
                    .related(
                        made,
                        "both ends are made here, and the one that was handed on is not closed",
                    )
                    .remedy(Remedy::PipeEnds)
                    .help("close the other end here, right after `start()`");
                check.report(draft);
            }
            continue;
        };
        let Some(starter) = model.context(process).object else {
            continue;
        };
        if model.family(&event.heap, starter) != Some(Family::Process) || is_ended_by_force(model, event) {
            continue;
        }
        let given = model.reachable(&event.heap, &starter.into()).contains(&other);
        let (methods, named) = check.methods_of(event, starter);
        let waited = joined_while_open(model, starter, other);
        let draft = if given || waited.is_none() {
            let under = if given { methods } else { methods & StartMethods::FORK };
            check
                .about(
                    event,
                    end,
                    format!(
                        "`{receiver}` is read to its end, which does not come: this process has the other end open"
                    ),
                )
                .under(under, named)
                .related(
                    made,
                    if given {
                        "both ends are made here, and given to this process"
                    } else {
                        "both ends are made here, and a fork inherits them"
                    },
                )
                .remedy(Remedy::PipeEnds)
                .help("close the other end in this process first")
        } else {
            check
                .about(
                    event,
                    end,
                    format!(
                        "`{receiver}` is read to its end, which does not come while the parent has the other end open"
                    ),
                )
                .under(methods, named)
                .related(waited.unwrap_or(made), "the parent waits here, with its end open")
                .remedy(Remedy::PipeEnds)
                .help("close the end that is written to before the process is waited for")
        };
        check.report(draft);
    }
}

/// Whether an end is open in a process, whatever way was taken.
fn is_open(heap: &Heap, end: ObjectId) -> bool {
    heap.get(end)
        .is_some_and(|end| !end.escaped && !end.states.intersects(States::CLOSED | States::LOST))
}

/// Where the parent waits for the reader and has not closed its end.
fn joined_while_open(model: &Model<'_>, process: ObjectId, end: ObjectId) -> Option<Span> {
    model
        .method_events(Effect::Join)
        .find(|(join, object)| *object == process && !model.is_bounded(join) && is_open(&join.heap, end))
        .map(|(join, _)| join.span)
}

/// Whether nothing but an exception leads out of the loop around a call, be it a few calls down.
fn only_the_end_ends(model: &Model<'_>, event: &Event<'_>) -> bool {
    let (mut function, mut chain, mut span) = (event.function, event.chain, event.span);
    let mut called: Option<FunctionId> = None;
    loop {
        let code = model.function(function);
        let places = copies(code, span);
        // `for entry in stream:`, where what is read is what the stream gives.
        let drawn = called.filter(|called| model.name(model.function(*called).name) == "__next__");
        let draw = places.iter().copied().find(|place| is_draw(code, *place));
        let draws = drawn.filter(|_| draw.is_some());
        let place = draw.filter(|_| draws.is_some()).or(places.first().copied());
        if draws.is_some_and(|drawn| raises_by_itself(model.function(drawn))) {
            return false;
        }
        if let Some(around) = place.and_then(|(block, _)| loop_around(code, block)) {
            return !leaves_by_itself(code, &around, draws.is_some()) && place_in(model, function, event).is_some();
        }
        let Some(caller) = model.chain(chain).caller else {
            return false;
        };
        called = Some(function);
        let next: (crate::model::events::ChainId, FunctionId, Span) = caller;
        (chain, function, span) = next;
    }
}

/// Whether an operation draws the next element of what a loop goes over.
fn is_draw(code: &Function, (block, op): (usize, usize)) -> bool {
    let op = code.blocks.get(block).and_then(|block| block.ops.get(op));
    op.is_some_and(|op| matches!(op.kind, OpKind::Iterate { .. }))
}

/// Whether a function raises an exception where it has caught none, such as `StopIteration` behind a count.
fn raises_by_itself(function: &Function) -> bool {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut todo = vec![0];
    while let Some(at) = todo.pop() {
        let Some(block) = function.blocks.get(at).filter(|_| seen.insert(at)) else {
            continue;
        };
        if matches!(block.end, Terminator::Raise(_) | Terminator::Unwind) {
            return true;
        }
        todo.extend(next(block));
    }
    false
}

/// Whether a way leads out of a loop that is no exception; `drawn` says that the end of what it goes over is one.
fn leaves_by_itself(function: &Function, around: &std::ops::Range<usize>, drawn: bool) -> bool {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut todo = vec![around.start];
    while let Some(at) = todo.pop() {
        if !around.contains(&at) {
            return true;
        }
        if !seen.insert(at) {
            continue;
        }
        let Some(block) = function.blocks.get(at) else { continue };
        if matches!(block.end, Terminator::Return(_)) {
            return true;
        }
        match block.end {
            // The loop goes round for as long as there is something to draw.
            Terminator::Branch { then, .. } if drawn && then.0 as usize == around.start => todo.push(around.start),
            _ => todo.extend(next(block)),
        }
    }
    false
}
