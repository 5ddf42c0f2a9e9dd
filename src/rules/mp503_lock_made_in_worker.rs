//! A worker makes the lock that it takes, so that it locks nobody out.

use super::sent::sent;
use super::waits::is_same_worker;
use super::{Check, Hook};
use crate::api::{Effect, Family, Pickle};
use crate::files::Span;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Make { object: lock, .. } = event.kind else {
            continue;
        };
        let Some(worker) = model.process_of(event.context) else {
            continue;
        };
        let is_lock = model
            .kind(&event.heap, lock)
            .is_some_and(|kind| kind.family == Family::Lock && kind.pickle == Pickle::Inherit);
        if !is_lock || !has_company(model, worker) || goes_on(check, worker, lock) {
            continue;
        }
        let Some((taken, what)) = guarded(model, worker, lock) else {
            continue;
        };
        let starter = model.context(worker).object.unwrap_or(lock);
        let (methods, named) = check.methods_of(event, starter);
        let draft = check
            .about(
                event,
                lock,
                "this lock is made in the worker: every process has one of its own, and none keeps another out",
            )
            .under(methods, named)
            .related(taken, format!("it is meant to guard {what} here"))
            .remedy(Remedy::OneLock)
            .race()
            .help("make the lock in the process that starts the workers, and give it to them as an argument or by an initializer");
        check.report(draft);
    }
}

/// Whether there are other processes that might do the same.
fn has_company(model: &Model<'_>, worker: ContextId) -> bool {
    let context = model.context(worker);
    context.many
        || model
            .contexts()
            .any(|(id, other)| id != worker && other.function == context.function && other.kind == context.kind)
}

/// Whether the worker hands the lock on, or has threads that it may be for.
fn goes_on(check: &Check<'_>, worker: ContextId, lock: ObjectId) -> bool {
    let model = check.model;
    let here = |event: &Event<'_>| is_same_worker(model, event.context, worker);
    model.events().iter().any(|event| {
        let is_out_of_sight = event
            .heap
            .get(lock)
            .is_some_and(|object| object.escaped || object.states.contains(States::LOST));
        let starts_thread = match event.kind {
            EventKind::Make { object, .. } | EventKind::Method { object, .. } => matches!(
                model.family(&event.heap, object),
                Some(Family::Thread | Family::ThreadPool)
            ),
            _ => false,
        };
        (here(event) && (is_out_of_sight || starts_thread))
            || sent(check, event)
                .iter()
                .any(|sent| model.pickled_with(&event.heap, &sent.value).contains(&lock))
    })
}

/// Where the worker holds the lock and has to do with something that other processes share; and what that is.
fn guarded(model: &Model<'_>, worker: ContextId, lock: ObjectId) -> Option<(Span, &'static str)> {
    model.events().iter().find_map(|event| {
        if !is_same_worker(model, event.context, worker) || !event.held.contains(&lock) {
            return None;
        }
        let from_outside = |object: ObjectId| {
            model
                .process_of(model.chain(model.object(object).chain).context)
                .is_none_or(|maker| maker != worker)
        };
        let what = match &event.kind {
            EventKind::Update { object, .. } | EventKind::Access { object, .. } if from_outside(*object) => {
                "a shared value"
            }
            EventKind::Method { object, method, .. } if method.effect == Effect::Shared && from_outside(*object) => {
                "a shared value"
            }
            EventKind::Print { .. } => "the output",
            _ => return None,
        };
        Some((event.span, what))
    })
}
