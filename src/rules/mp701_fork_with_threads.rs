//! A process is forked while threads of the program are alive.

use super::methods::chosen_method;
use super::order::follows;
use super::starting::starter;
use super::threads::thread_of;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Severity, StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let (methods, named) = match forks(model, event) {
            Some(Fork::Plain) => (StartMethods::all(), true),
            // By which method is an option's or another library's to say.
            Some(Fork::By(starter)) if chosen_method(model, &event.heap, starter).is_none() => continue,
            Some(Fork::By(starter)) => {
                let (methods, named) = check.methods_of(event, starter);
                (methods & StartMethods::from(StartMethod::Fork), named)
            }
            None => continue,
        };
        if methods.is_empty() {
            continue;
        }
        let Some((thread, certain)) = alive(model, at, event) else {
            continue;
        };
        let noun = model.kind(&event.heap, thread).map_or("thread", |kind| &kind.noun);
        let message = if certain {
            format!(
                "this forks while a {noun} of the program is alive: a lock that it holds is never released in the child"
            )
        } else {
            format!(
                "this may fork while a {noun} of the program is alive: a lock that it holds is never released in the child"
            )
        };
        let mut draft = Draft::new(event.span, message)
            .under(methods, named)
            .related(check.made_at(thread), format!("the {noun}"))
            .help("start the processes before the threads, or use a context of `spawn` or `forkserver`");
        if !certain {
            draft = draft.severity(Severity::Warning);
        }
        check.report(draft);
    }
}

/// How processes are forked.
enum Fork {
    /// `os.fork()`
    Plain,
    /// As this process, pool or executor does.
    By(ObjectId),
}

/// Whether an event starts processes.
fn forks(model: &Model<'_>, event: &Event<'_>) -> Option<Fork> {
    match &event.kind {
        EventKind::Call { entry, .. } if entry.effect == Effect::Fork => Some(Fork::Plain),
        // What a thread does that was handed `process.start` it does alone.
        EventKind::Method { direct: false, .. } => None,
        _ => starter(model, event).map(Fork::By),
    }
}

/// A thread of the process that forks, other than the one that does it, and whether it is alive for certain.
fn alive(model: &Model<'_>, at: usize, event: &Event<'_>) -> Option<(ObjectId, bool)> {
    let here = model.process_of(event.context);
    let own = thread_of(model, event.chain).map(|(_, thread, _)| thread);
    let mut possible = None;
    for (id, object) in event.heap.iter() {
        if Some(id) == own || model.process_of(model.chain(model.object(id).chain).context) != here {
            continue;
        }
        let Some(kind) = model.kind(&event.heap, id) else {
            continue;
        };
        match kind.family {
            Family::Thread
                if object.states.must(States::STARTED)
                    && !object.optional
                    && !is_of_another_call(model, at, event, id) =>
            {
                return Some((id, true));
            }
            Family::Thread if object.states.may(States::STARTED) && may_run(model, at, event, id) => {
                possible.get_or_insert((id, false));
            }
            Family::ThreadPool
                if object.states.must(States::OPEN) && !object.optional && works(model, at, event, id) =>
            {
                return Some((id, true));
            }
            _ => {}
        }
    }
    possible
}

/// Whether a thread is started later in the same call of a stranger: it is alive before only if there was another call.
fn is_of_another_call(model: &Model<'_>, at: usize, event: &Event<'_>, thread: ObjectId) -> bool {
    let later = model.events().get(at..).unwrap_or_default();
    let earlier = model.events().get(..at).unwrap_or_default();
    let starts = |start: &Event<'_>| matches!(start.effect(), Some((object, Effect::Start)) if object == thread);
    model.context(event.context).kind == ContextKind::Entry
        && later
            .iter()
            .any(|start| starts(start) && start.context == event.context)
        && !earlier.iter().any(starts)
}

/// Whether a thread is started before an event on some way there, and nobody waits for its end.
fn may_run(model: &Model<'_>, at: usize, event: &Event<'_>, thread: ObjectId) -> bool {
    let earlier = model.events().get(..at).unwrap_or_default();
    let is_started = earlier.iter().any(|start| {
        start.context == event.context
            && matches!(start.effect(), Some((object, Effect::Start)) if object == thread)
            && start.span != event.span
            && follows(model, event, start)
    });
    let is_waited_for = model
        .method_events(Effect::JoinThread)
        .any(|(_, joined)| joined == thread);
    is_started && !is_waited_for && !model.was_lost(thread)
}

/// Whether a pool of threads has been given something to do: only then does an executor have threads.
fn works(model: &Model<'_>, at: usize, event: &Event<'_>, pool: ObjectId) -> bool {
    let earlier = model.events().get(..at).unwrap_or_default();
    earlier.iter().any(|other| {
        other.context == event.context && matches!(other.effect(), Some((object, Effect::Call)) if object == pool)
    })
}
