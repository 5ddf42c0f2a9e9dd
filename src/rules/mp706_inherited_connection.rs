//! Forked workers use a connection or an open file of the process that started them.

use rustc_hash::FxHashSet;

use super::foreign::asks_whose;
use super::inherited::{FORKED, IMPORTED_ONCE, is_inherited, is_made_at_import, is_sent_with_task};
use super::order::follows;
use super::waits::is_one_of_several;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, StartMethods};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some(object) = used(model, event) else { continue };
        let Some(process) = model.process_of(event.context) else {
            continue;
        };
        if !is_inherited(model, &event.heap, object) {
            continue;
        }
        // Who asks in which process it is keeps one for each.
        if asks_whose(model, model.object(object).chain) {
            continue;
        }
        // One at a time: what is read or written under a lock is meant to be shared.
        if !event.held.is_empty() || event.maybe_locked {
            continue;
        }
        let Some(starter) = model.context(process).object else {
            continue;
        };
        // A task gets what it is sent by pickle, and not by the fork.
        if is_sent_with_task(model, event, starter, object) {
            continue;
        }
        let (methods, named) = check.methods_of(event, starter);
        let Some(sharing) = sharing(model, object, process) else {
            continue;
        };
        if methods == StartMethods::SPAWN {
            continue;
        }
        let noun = model.kind(&event.heap, object).map_or("connection", |kind| &kind.noun);
        let draft = Draft::new(
            event.span,
            format!("the {noun} was made before the fork, and other processes use it too"),
        )
        .under(methods, named)
        .showing(if sharing == Sharing::Children && is_made_at_import(model, object) {
            IMPORTED_ONCE
        } else {
            FORKED
        })
        .related(check.made_at(object), format!("the {noun} is made here"))
        .remedy(Remedy::OwnFiles)
        .race()
        .help("open it in the process that uses it: in the worker, or in an initializer");
        check.report(draft);
    }
}

/// The connection or file that an event reads from or writes to.
fn used(model: &Model<'_>, event: &Event<'_>) -> Option<ObjectId> {
    let EventKind::Method { object, method, .. } = &event.kind else {
        return None;
    };
    let is_use = matches!(method.effect, Effect::Use | Effect::Writes);
    let family = model.family(&event.heap, *object)?;
    (is_use && matches!(family, Family::File | Family::Resource)).then_some(*object)
}

/// Who uses something besides one child.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    /// Other children.
    Children,
    /// The process that has started it.
    Parent,
}

/// Whether more than one process uses it: a context that stands for several, two of them, or the parent meanwhile.
fn sharing(model: &Model<'_>, object: ObjectId, process: ContextId) -> Option<Sharing> {
    if is_one_of_several(model, process) {
        return Some(Sharing::Children);
    }
    let uses = || model.events().iter().filter(|event| used(model, event) == Some(object));
    let users: FxHashSet<ContextId> = uses().filter_map(|event| model.process_of(event.context)).collect();
    if users.len() > 1 {
        return Some(Sharing::Children);
    }
    let mut of_parent = uses().filter(|event| model.process_of(event.context).is_none());
    of_parent
        .any(|event| counts(model, event, object, process))
        .then_some(Sharing::Parent)
}

/// Whether what the parent does with it gets in the way of the child: something after the start, or writing before it that
/// may still be in the buffer.
fn counts(model: &Model<'_>, used: &Event<'_>, object: ObjectId, process: ContextId) -> bool {
    let starter = model.context(process).object;
    let start = model
        .events()
        .iter()
        .find(|event| matches!(event.effect(), Some((started, Effect::Start)) if Some(started) == starter));
    let is_after = start.is_some_and(|start| used.context == start.context && follows(model, used, start));
    let writes = matches!(used.effect(), Some((_, Effect::Writes)));
    let is_flushed = || {
        model.events().iter().any(|event| match &event.kind {
            EventKind::Method {
                object: other, name, ..
            } => *other == object && model.name(*name) == "flush" && model.process_of(event.context).is_none(),
            _ => false,
        })
    };
    is_after || (writes && !is_flushed())
}
