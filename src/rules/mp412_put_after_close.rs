//! Something is put into a queue that the process has closed, or that will not wait for it at the end.

use super::waits::HANGS;
use super::ways::precedes;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    puts_after_close(check);
    forgotten(check);
}

/// Whether an object is a queue with a thread that writes what is put, and of which all is known.
fn is_fed(model: &Model<'_>, event: &Event<'_>, queue: ObjectId) -> bool {
    let has_thread = model.kind(&event.heap, queue).is_some_and(|kind| {
        kind.family == Family::Queue && kind.methods.values().any(|method| method.effect == Effect::Flush)
    });
    has_thread
        && event
            .heap
            .get(queue)
            .is_some_and(|queue| !queue.many && !queue.states.contains(States::LOST))
}

fn puts_after_close(check: &mut Check<'_>) {
    let model = check.model;
    for (at, put) in model.events().iter().enumerate() {
        let Some((queue, Effect::Put)) = put.effect() else {
            continue;
        };
        if !is_fed(model, put, queue) || put.caught.intersects(Caught::VALUE | Caught::ANY) {
            continue;
        }
        // The end of a `with` block stands where the block begins, and comes later all the same.
        let mut earlier = model.events().get(..at).unwrap_or_default().iter();
        let closed = earlier.find(|close| {
            close.effect() == Some((queue, Effect::Close))
                && close.context == put.context
                && !close.many
                && precedes(model, close, put)
        });
        let Some(close) = closed else { continue };
        let receiver = check.receiver(put);
        let draft = check
            .about(
                put,
                queue,
                format!("`{receiver}` has been closed by this process, and takes nothing more"),
            )
            .related(close.span, "it is closed here")
            .remedy(Remedy::QueueStaysOpen)
            .help("put everything first, and close the queue last");
        check.report(draft);
    }
}

/// `cancel_join_thread()` in a child that puts what somebody waits for.
fn forgotten(check: &mut Check<'_>) {
    let model = check.model;
    for (cancel, queue) in model.method_events(Effect::CancelJoinThread) {
        if !is_fed(model, cancel, queue) || model.context(cancel.context).kind != ContextKind::Child {
            continue;
        }
        let of_queue = |effect| {
            let events = model.method_events(effect).filter(move |(_, object)| *object == queue);
            events.map(|(event, _)| event)
        };
        let own = |event: &&Event<'_>| model.process_of(event.context) == model.process_of(cancel.context);
        let Some(put) = of_queue(Effect::Put).find(own) else {
            continue;
        };
        // Whoever waits for the thread by himself, or for an answer, knows that all has gone out.
        let is_answered = model.events_in(cancel.context).any(|event| {
            matches!(
                event.effect(),
                Some((
                    _,
                    Effect::Flush
                        | Effect::Get
                        | Effect::Recv
                        | Effect::Wait
                        | Effect::Join
                        | Effect::JoinTasks
                        | Effect::GetResult
                ))
            )
        });
        let wait = of_queue(Effect::Get).find(|get| !own(get) && !model.is_bounded(get));
        let Some(wait) = wait.filter(|_| !is_answered) else {
            continue;
        };
        let receiver = check.receiver(cancel);
        let draft = check
            .about(
                cancel,
                queue,
                format!("the process may end before what it puts into `{receiver}` has gone out, and it is lost"),
            )
            .severity(Severity::Warning)
            .showing(&[HANGS])
            .related(put.span, "it is put here")
            .related(wait.span, "and waited for here")
            .help("leave `cancel_join_thread()` out: the end of the process then waits for the queue");
        check.report(draft);
    }
}
