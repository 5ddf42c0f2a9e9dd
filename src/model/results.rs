//! What a rule asks of the results of tasks: which call made one, which tasks it stands for, whether anybody asks for it.

use super::Model;
use super::events::{Context, ContextId, Event};
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::{Atom, Value};
use crate::api::{Effect, Family};

impl<'a> Model<'a> {
    /// The result object of a call that hands a task over, if it has one.
    #[must_use]
    pub fn result_of(&self, submit: &Event<'_>) -> Option<ObjectId> {
        let is_it = |info: &super::heap::ObjectInfo| {
            info.span == submit.span
                && info.chain == submit.chain
                && matches!(info.kind, ObjectKind::Library(kind) if self.api.kind(kind).family == Family::Result)
        };
        let at = self.objects.iter().position(is_it)?;
        u32::try_from(at).ok().map(ObjectId)
    }

    /// The calls that may have made a result.
    pub fn submissions_of(&self, result: ObjectId) -> impl Iterator<Item = (&Event<'a>, ObjectId)> {
        let info = self.object(result);
        self.method_events(Effect::Submit)
            .filter(move |(event, _)| event.span == info.span && event.chain == info.chain)
    }

    /// The tasks that a result stands for.
    pub fn tasks_of(&self, result: ObjectId) -> impl Iterator<Item = (ContextId, &Context)> {
        let info = self.object(result);
        self.contexts().filter(move |(_, context)| {
            context
                .started
                .is_some_and(|(chain, _, span)| chain == info.chain && span == info.span)
        })
    }

    /// The pool or executor that a result comes from.
    #[must_use]
    pub fn owner_of(&self, heap: &Heap, result: ObjectId) -> Option<ObjectId> {
        match self.role(heap, result, "@object").and_then(Value::single) {
            Some(Atom::Object(pool)) => Some(pool),
            _ => None,
        }
    }

    /// Whether a result can be found through an attribute or a global when a context ends, by code that is not seen.
    #[must_use]
    pub fn may_be_found(&self, context: ContextId, result: ObjectId) -> bool {
        if self.open_to_others.contains(&result) {
            return true;
        }
        // A context that never ends in good order has nothing to show.
        let Some(heap) = &self.context(context).exit else {
            return true;
        };
        let holders: Vec<Value> = self
            .open_to_others
            .iter()
            .filter(|holder| heap.get(**holder).is_some())
            .map(|holder| Value::from(*holder))
            .collect();
        heap.reachable(&holders, |id| self.names.unbind(id).0).contains(&result)
    }

    /// Whether any code asks for a result, or may: it reads or waits for it, or hands it to code that is not followed.
    #[must_use]
    pub fn is_asked_for(&self, result: ObjectId) -> bool {
        self.asked.contains(&result)
    }
}
