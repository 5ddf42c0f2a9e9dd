//! Whose an object is: of the process that uses it, or of one further up, from which it was inherited.

use super::Check;
use super::sent::sent;
use crate::findings::StartMethods;
use crate::model::Model;
use crate::model::events::{ChainId, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::python::Symbol;
use crate::python::ir::{OpKind, Place};

/// An object in the hands of a process that did not make it.
pub(super) struct Foreign {
    /// The context in which the process began that uses it.
    pub user: ContextId,
    /// The start methods under which it may get there.
    pub methods: StartMethods,
    /// Whether the program names them.
    pub named: bool,
}

/// The process that made an object, and whether an event belongs to another one that a chain of starts leads to.
///
/// A task's arguments, and the object of its bound method, are pickled under every start method: what is reached through
/// them cannot be foreign in this way.
pub(super) fn foreign(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> Option<Foreign> {
    let model = check.model;
    let user = model.process_of(event.context)?;
    let owner = model.process_of(model.chain(model.object(object).chain).context);
    if owner == Some(user) || owner.is_some_and(|owner| share_a_worker(model, owner, user)) {
        return None;
    }
    let mut methods = StartMethods::all();
    let mut named = false;
    let mut at = Some(user);
    while at != owner {
        // What another branch of the program made cannot have come here.
        let id = at?;
        let context = model.context(id);
        let starter = context.object?;
        let (possible, by_name) = check.methods_of(event, starter);
        methods &= possible;
        named |= by_name;
        if context.kind == ContextKind::Task && is_sent_along(check, id, object) {
            return None;
        }
        at = context.parent.and_then(|parent| model.process_of(parent));
    }
    (!asks_whose(model, event.chain)).then_some(Foreign { user, methods, named })
}

/// Whether one context is the initializer of the worker that the other runs in.
fn share_a_worker(model: &Model<'_>, one: ContextId, other: ContextId) -> bool {
    let (one, other) = (model.context(one), model.context(other));
    one.kind == ContextKind::Initializer && one.object.is_some() && one.object == other.object
}

/// Whether an object is among what a task was sent.
pub(super) fn is_sent_along(check: &Check<'_>, task: ContextId, object: ObjectId) -> bool {
    let model = check.model;
    let context = model.context(task);
    let Some((chain, _, span)) = context.started else {
        return false;
    };
    model
        .events()
        .iter()
        .filter(|event| event.chain == chain && event.span == span)
        .filter(|event| matches!(event.kind, EventKind::Method { object: pool, .. } if Some(pool) == context.object))
        .any(|event| {
            sent(check, event)
                .iter()
                .any(|sent| model.pickled_with(&event.heap, &sent.value).contains(&object))
        })
}

/// Whether every object that the call at an event may mean is one of which this holds.
pub(super) fn is_true_of_all(
    model: &Model<'_>,
    event: &Event<'_>,
    holds: impl Fn(&Event<'_>, ObjectId) -> bool,
) -> bool {
    model
        .events_in(event.context)
        .filter(|other| other.chain == event.chain && other.span == event.span)
        .all(|other| match (&event.kind, &other.kind) {
            (EventKind::Method { name, .. }, EventKind::Method { object, name: same, .. }) if name == same => {
                holds(other, *object)
            }
            _ => true,
        })
}

/// Whether the code that leads to a call, or a function that it calls, asks in which process it is.
pub(super) fn asks_whose(model: &Model<'_>, chain: ChainId) -> bool {
    let asks = asking_names(model);
    if asks.is_empty() {
        return false;
    }
    let mut above = Vec::new();
    let mut at = Some(chain);
    while let Some(chain) = at {
        above.push(chain);
        at = model.chain(chain).caller.map(|(caller, ..)| caller);
    }
    let called = model
        .chains()
        .filter(|(_, chain)| chain.caller.is_some_and(|(caller, ..)| above.contains(&caller)))
        .map(|(_, chain)| chain.function);
    model.callers(chain).into_iter().chain(called).any(|function| {
        let mut ops = model.function(function).blocks.iter().flat_map(|block| &block.ops);
        ops.any(|op| match &op.kind {
            OpKind::Attr { name, .. }
            | OpKind::Load {
                place: Place::Global(name),
                ..
            } => asks.contains(name),
            _ => false,
        })
    })
}

/// The names that tell in which process the code runs, also those under which a module imports them.
fn asking_names(model: &Model<'_>) -> Vec<Symbol> {
    let mut names: Vec<Symbol> = ["getpid", "parent_process"]
        .iter()
        .filter_map(|name| model.symbol(name))
        .collect();
    let blocks = model.code.functions().flat_map(|(_, function)| &function.blocks);
    for block in blocks {
        for op in &block.ops {
            let OpKind::ImportFrom { dst, name, .. } = &op.kind else {
                continue;
            };
            if !names.contains(name) {
                continue;
            }
            names.extend(block.ops.iter().filter_map(|op| match op.kind {
                OpKind::Store {
                    place: Place::Global(name),
                    value,
                } if value == *dst => Some(name),
                _ => None,
            }));
        }
    }
    names
}
