//! A reader waits for the end of a pipe of which its own process, or the one that waits for it, keeps the other end open.

use super::order::place_in;
use super::receiving::is_asked_before;
use super::supply::{is_in_loop, other_end};
use super::waits::is_ended_by_force;
use super::ways::{copies, loop_around, next};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::StartMethods;
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event};
use crate::model::heap::{Heap, ObjectId};
use crate::model::typestate::States;
use crate::python::ir::{Function, FunctionId};

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
    loop {
        let code = model.function(function);
        let block = copies(code, span).first().map(|(block, _)| *block);
        if let Some(around) = block.and_then(|block| loop_around(code, block)) {
            return !leaves_by_itself(code, &around) && place_in(model, function, event).is_some();
        }
        let Some(caller) = model.chain(chain).caller else {
            return false;
        };
        let next: (crate::model::events::ChainId, FunctionId, Span) = caller;
        (chain, function, span) = next;
    }
}

fn leaves_by_itself(function: &Function, around: &std::ops::Range<usize>) -> bool {
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
        if matches!(block.end, crate::python::ir::Terminator::Return(_)) {
            return true;
        }
        todo.extend(next(block));
    }
    false
}
