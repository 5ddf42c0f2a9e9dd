//! What a rule asks of the results of tasks: which call made one, which tasks it stands for, whether anybody asks for it.

use super::Model;
use super::events::{Context, ContextId, ContextKind, Event};
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::{Atom, Value};
use crate::api::{Effect, Family};
use crate::python::ir::FunctionKind;

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
        // A context that never ends in good order has nothing to show.
        let Some(heap) = &self.context(context).exit else {
            return true;
        };
        let has_escaped = |holder: &ObjectId| heap.get(*holder).is_some_and(|object| object.escaped);
        // What a script holds in the objects of its own `main()` is gone with it, unless somebody got one of them.
        let is_seen_whole =
            self.context(context).kind == ContextKind::Main && self.asks_for_main() && self.is_alone(heap);
        let in_attributes = self
            .in_attributes
            .iter()
            .filter(|holder| !is_seen_whole || has_escaped(holder));
        let mut holders = self
            .open_to_others
            .iter()
            .chain(in_attributes)
            .copied()
            .collect::<Vec<_>>();
        if is_seen_whole {
            holders.extend(heap.iter().filter(|(_, object)| object.escaped).map(|(id, _)| id));
        }
        if holders.contains(&result) {
            return true;
        }
        holders.retain(|holder| heap.get(*holder).is_some());
        let holders: Vec<Value> = holders.into_iter().map(Value::from).collect();
        heap.reachable(&holders, |id| self.names.unbind(id).0).contains(&result)
    }

    /// Whether nothing goes on beside what the program does one after another in its main process, no thread and no
    /// coroutine: these may look later at what they share.
    fn is_alone(&self, heap: &Heap) -> bool {
        let is_thread = |id| {
            matches!(
                self.family(heap, id),
                Some(Family::Thread | Family::ThreadPool | Family::EventLoop)
            )
        };
        let is_coroutine = |function| self.function(function).kind == FunctionKind::AsyncDef;
        !heap.iter().any(|(id, _)| is_thread(id)) && !self.chains().any(|(_, chain)| is_coroutine(chain.function))
    }

    /// Whether any code asks for a result, or may: it reads or waits for it, or hands it to code that is not followed.
    #[must_use]
    pub fn is_asked_for(&self, result: ObjectId) -> bool {
        self.asked.contains(&result)
    }
}
