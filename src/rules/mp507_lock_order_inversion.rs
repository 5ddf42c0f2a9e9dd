//! Two processes take two locks, each in another order.

use rustc_hash::FxHashSet;

use super::waits::{is_one_of_several_locks, lock_of};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;

pub(super) const HOOK: Hook = Hook::Model(check);

/// One lock is taken while others are held.
struct Nested<'m> {
    event: &'m Event<'m>,
    outer: ObjectId,
    inner: ObjectId,
}

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let all = nested(model);
    let mut said: FxHashSet<(Span, Span)> = FxHashSet::default();
    for (at, first) in all.iter().enumerate() {
        let opposite = all
            .iter()
            .skip(at + 1)
            .find(|second| is_opposite(first, second) && run_at_once(model, first.event, second.event));
        let Some(second) = opposite else { continue };
        // The order of the process that was started first is taken for the right one.
        let started = |nested: &Nested<'_>| model.process_of(nested.event.context);
        let (first, second) = match started(first) <= started(second) {
            true => (first, second),
            false => (second, first),
        };
        if !said.insert((first.event.span, second.event.span)) {
            continue;
        }
        let (outer, inner) = (
            check.text(check.made_at(second.outer)),
            check.text(check.made_at(second.inner)),
        );
        let draft = check
            .about(
                second.event,
                second.inner,
                format!(
                    "a lock is taken here while another is held, and elsewhere the two are taken the other way round: \
                     `{outer}`, then `{inner}`"
                ),
            )
            .related(first.event.span, "the same locks are taken in the other order here")
            .related(check.made_at(second.outer), "the one that is held")
            .related(check.made_at(second.inner), "the one that is taken")
            .race()
            .remedy(Remedy::OneLock)
            .help("take the locks in one order everywhere");
        check.report(draft);
    }
}

fn nested<'m>(model: &'m Model<'m>) -> Vec<Nested<'m>> {
    let mut all = Vec::new();
    for event in model.events() {
        let inner = match &event.kind {
            EventKind::TakeLock { lock } => *lock,
            EventKind::Method { object, method, .. }
                if method.effect == Effect::Acquire && !model.is_bounded(event) =>
            {
                lock_of(model, &event.heap, *object)
            }
            _ => continue,
        };
        for &outer in &event.held {
            let is_certain = is_one(model, event, outer)
                && is_one(model, event, inner)
                && !is_one_of_several_locks(model, event, inner);
            if outer != inner && is_certain {
                all.push(Nested { event, outer, inner });
            }
        }
    }
    all
}

/// Whether an object is one lock between processes, and not one of several.
fn is_one(model: &Model<'_>, event: &Event<'_>, lock: ObjectId) -> bool {
    let is_lock = model.kind(&event.heap, lock).is_some_and(|kind| {
        kind.family == Family::Condition
            || (kind.family == Family::Lock && matches!(kind.name.as_str(), "lock" | "rlock"))
            || (kind.family == Family::Shared && kind.locks)
    });
    is_lock && event.heap.get(lock).is_some_and(|object| !object.many)
}

/// Whether two places take the same locks in opposite orders, with none around both that keeps them apart.
fn is_opposite(first: &Nested<'_>, second: &Nested<'_>) -> bool {
    first.outer == second.inner
        && first.inner == second.outer
        && !first
            .event
            .held
            .iter()
            .any(|lock| *lock != first.outer && second.event.held.contains(lock))
}

/// Whether two events may happen at the same time: in two processes, or in two of a kind.
fn run_at_once(model: &Model<'_>, first: &Event<'_>, second: &Event<'_>) -> bool {
    let process = |event: &Event<'_>| model.process_of(event.context);
    match (process(first), process(second)) {
        (None, None) => false,
        (one, other) if one == other => one.is_some_and(|one: ContextId| model.context(one).many),
        _ => true,
    }
}
