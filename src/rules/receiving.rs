//! How long somebody may wait who takes from a queue or a connection, by who puts into it.

use super::Check;
use super::check::Draft;
use super::supply::{is_ended_by_sentinel, is_in_loop, is_supplied, source};
use super::threads::is_in_daemon_thread;
use super::waits::{HANGS, Wait, blocks, is_called_by, is_daemon, is_other_process};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

/// What is said of taking from a queue or connection without a limit: `message` says that it is so, and what makes it more
/// than a precaution is added to it.
pub(super) fn unlimited(check: &Check<'_>, event: &Event<'_>, object: ObjectId, message: &str) -> Draft {
    let model = check.model;
    let ends = is_ended_by_sentinel(model, event, object)
        || is_daemon(model, event)
        || is_in_daemon_thread(model, event)
        || is_supplied(model, object, 0, None);
    if ends {
        return check.about(event, object, message).severity(Severity::Note);
    }
    let said = |more: &str| {
        check
            .about(event, object, format!("{message}, and {more}"))
            .severity(Severity::Warning)
    };
    if event.many && is_other_process(model, event.context) && model.context(event.context).kind == ContextKind::Child {
        return said("nothing is sure to end the loop that reads it");
    }
    match other_side(model, event, object) {
        Wait::Ends => check.about(event, object, message).severity(Severity::Note),
        Wait::Unknown if all_have_ended(model, event, object) => {
            check.about(event, object, message).severity(Severity::Note)
        }
        Wait::Unknown => said("it is not known what is put into it"),
        Wait::May { at, why, .. } => said("what puts into it may never do so").related(at, why),
    }
}

/// What is known of those who put into what is taken from.
fn other_side(model: &Model<'_>, get: &Event<'_>, taken: ObjectId) -> Wait {
    let Some(source) = source(model, &get.heap, taken) else {
        return Wait::Unknown;
    };
    let mut longest = Wait::Unknown;
    for (event, object) in model.method_events(Effect::Put) {
        if object != source || (event.context == get.context && is_other_process(model, get.context)) {
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
            .and_then(|heap| heap.get(source))
            .is_some_and(|source| source.states.contains(States::SILENT))
        {
            return Wait::May {
                at: event.span,
                why: "this is not reached on every path".to_owned(),
                shown: &[HANGS],
            };
        }
    }
    longest
}

/// Whether all processes that were given what is taken from have ended, whatever they have put.
fn all_have_ended(model: &Model<'_>, get: &Event<'_>, taken: ObjectId) -> bool {
    let processes = get.heap.iter().map(|(id, _)| id);
    let mut given = processes
        .filter(|id| model.family(&get.heap, *id) == Some(Family::Process))
        .filter(|id| model.reachable(&get.heap, &(*id).into()).contains(&taken))
        .peekable();
    given.peek().is_some() && given.all(|process| model.states(get, process).must(States::JOINED))
}

/// Whether the process of a context has ended before something is read, because the reader has waited for it.
fn has_been_joined(model: &Model<'_>, get: &Event<'_>, context: ContextId) -> bool {
    model
        .context(context)
        .object
        .is_some_and(|process| model.states(get, process).must(States::JOINED))
}

/// Whether the same function, one that it calls for that, or one that calls it asks first whether there is something to
/// take.
pub(super) fn is_asked_before(model: &Model<'_>, get: &Event<'_>, taken: ObjectId) -> bool {
    model.events_in(get.context).any(|event| {
        let caller = model.chain(event.chain).caller.map(|(_, function, _)| function);
        matches!(event.effect(), Some((other, Effect::Poll)) if other == taken)
            && (event.function == get.function
                || caller == Some(get.function)
                || is_called_by(model, get, event.function))
    })
}

/// Whether a stranger's call is looked at where the program itself hands the same code to a process: that one tells who
/// puts.
pub(super) fn is_known_elsewhere(model: &Model<'_>, get: &Event<'_>) -> bool {
    model.context(get.context).kind == ContextKind::Entry
        && model.events().iter().any(|event| {
            event.function == get.function && event.span == get.span && is_other_process(model, event.context)
        })
}
