//! `Queue.get()` with no timeout can wait for ever.

use super::supply::{is_ended_by_sentinel, is_in_loop, is_supplied};
use super::threads::is_in_daemon_thread;
use super::waits::{HANGS, Wait, blocks, is_other_process};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Get) {
        if model.family(&event.heap, object) != Some(Family::Queue) || model.is_bounded(event) {
            continue;
        }
        if is_known_elsewhere(model, event) {
            continue;
        }
        let receiver = check.receiver(event);
        let message = format!("`{receiver}` is read without a timeout");
        let draft = if is_ended_by_sentinel(model, event, object)
            || is_asked_before(model, event, object)
            || is_daemonic(model, event)
            || is_in_daemon_thread(model, event)
            || is_supplied(model, object, 0, None)
        {
            check.about(event, object, message).severity(Severity::Note)
        } else if event.many
            && is_other_process(model, event.context)
            && model.context(event.context).kind == ContextKind::Child
        {
            check
                .about(
                    event,
                    object,
                    format!("{message}, and nothing is sure to end the loop that reads it"),
                )
                .severity(Severity::Warning)
        } else {
            match other_side(model, event, object) {
                Wait::Ends => check.about(event, object, message).severity(Severity::Note),
                Wait::Unknown => check
                    .about(
                        event,
                        object,
                        format!("{message}, and it is not known what is put into it"),
                    )
                    .severity(Severity::Warning),
                Wait::May { at, why, .. } => check
                    .about(
                        event,
                        object,
                        format!("{message}, and what puts into it may never do so"),
                    )
                    .severity(Severity::Warning)
                    .related(at, why),
            }
        };
        check.report(draft.help("pass a timeout and handle `queue.Empty`"));
    }
}

/// What is known of those who put into the queue.
fn other_side(model: &Model<'_>, get: &Event<'_>, queue: ObjectId) -> Wait {
    let mut longest = Wait::Unknown;
    for (event, object) in model.method_events(Effect::Put) {
        if object != queue || (event.context == get.context && is_other_process(model, get.context)) {
            continue;
        }
        longest = Wait::Ends;
        // What has been waited for does not wait any more.
        if !is_other_process(model, event.context) || has_been_joined(model, get, event.context) {
            continue;
        }
        if let Some(found) = blocks(model, event.context) {
            return found;
        }
        // Of processes that are told apart by their rank one puts for all.
        let context = model.context(event.context);
        let has_rank = context
            .object
            .is_some_and(|object| model.family(&get.heap, object) == Some(Family::ProcessGroup));
        // A loop that takes and puts may run not once, for want of tasks: that is no path around its put.
        let answers = is_in_loop(model, event)
            && model.events_in(event.context).any(|other| {
                matches!(other.effect(), Some((_, Effect::Get | Effect::Recv))) && other.chain == event.chain
            });
        let exit = context.exit.as_ref().filter(|_| !has_rank && !answers);
        if exit
            .and_then(|heap| heap.get(queue))
            .is_some_and(|queue| queue.states.contains(States::SILENT))
        {
            return Wait::May {
                at: event.span,
                why: "this put is not reached on every path".to_owned(),
                shown: &[HANGS],
            };
        }
    }
    longest
}

/// Whether the process of a context has ended before something is read, because the reader has waited for it.
fn has_been_joined(model: &Model<'_>, get: &Event<'_>, context: ContextId) -> bool {
    model
        .context(context)
        .object
        .is_some_and(|process| model.states(get, process).must(States::JOINED))
}

/// Whether the same function, or one that it calls for that, asks the queue first whether there is something in it.
fn is_asked_before(model: &Model<'_>, get: &Event<'_>, queue: ObjectId) -> bool {
    model.events_in(get.context).any(|event| {
        let caller = model.chain(event.chain).caller.map(|(_, function, _)| function);
        matches!(event.effect(), Some((other, Effect::Poll)) if other == queue)
            && (event.function == get.function || caller == Some(get.function))
    })
}

/// Whether a stranger's call is looked at where the program itself hands the same code to a process: that one tells who
/// puts.
fn is_known_elsewhere(model: &Model<'_>, get: &Event<'_>) -> bool {
    model.context(get.context).kind == ContextKind::Entry
        && model.events().iter().any(|event| {
            event.function == get.function && event.span == get.span && is_other_process(model, event.context)
        })
}

/// Whether the reader is a daemonic process, which ends with the main process however it waits.
fn is_daemonic(model: &Model<'_>, get: &Event<'_>) -> bool {
    let Some(process) = model.context(get.context).object else {
        return false;
    };
    model
        .role(&get.heap, process, "daemon")
        .is_some_and(|daemon| daemon.single() == Some(Atom::Bool(true)))
}
