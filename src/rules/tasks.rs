//! What a task belongs to: who handed it over, and what becomes of its result.

use crate::api::{Effect, Family, Method};
use crate::model::Model;
use crate::model::events::{Arguments, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::value::{Atom, Value};
use crate::python::ir::{FunctionId, OpKind};

/// A task, as it is handed over.
pub(super) struct Task<'m, 'a> {
    /// The call that hands it over.
    pub event: &'m Event<'a>,
    /// The method that is called.
    pub method: &'a Method,
    /// Its arguments.
    pub arguments: &'m Arguments<'a>,
    /// Pool or executor.
    pub family: Family,
}

/// The task that a context is, if it is one that goes through plain pickle.
pub(super) fn task_of<'m, 'a>(model: &'m Model<'a>, id: ContextId) -> Option<Task<'m, 'a>> {
    let context = model.context(id);
    if context.kind != ContextKind::Task {
        return None;
    }
    let (chain, _, span) = context.started?;
    model.events().iter().find_map(|event| {
        if event.chain != chain || event.span != span {
            return None;
        }
        let task = submitted(model, event)?;
        matches!(event.kind, EventKind::Method { object, .. } if Some(object) == context.object).then_some(task)
    })
}

/// The task that an event hands over, if it does and the task goes through plain pickle.
pub(super) fn submitted<'m, 'a>(model: &'m Model<'a>, event: &'m Event<'a>) -> Option<Task<'m, 'a>> {
    let EventKind::Method {
        object,
        method,
        arguments,
        ..
    } = &event.kind
    else {
        return None;
    };
    let family = model.family(&event.heap, *object)?;
    let is_task = method.effect == Effect::Submit && matches!(family, Family::Pool | Family::Executor);
    (is_task && model.is_plain_pickle(&event.heap, *object)).then_some(Task {
        event,
        method,
        arguments,
        family,
    })
}

impl Task<'_, '_> {
    /// Whether nobody can ever ask for the result: the call stands alone as a statement and does not wait.
    pub fn is_dropped(&self, model: &Model<'_>) -> bool {
        if self.method.waits {
            return false;
        }
        let function = model.function(self.event.function);
        function.blocks.iter().any(|block| {
            let call = block.ops.iter().find_map(|op| match op.kind {
                OpKind::Call { dst, .. } if op.span == self.event.span => Some(dst),
                _ => None,
            });
            call.is_some_and(|call| {
                block
                    .ops
                    .iter()
                    .any(|op| matches!(op.kind, OpKind::Discard { value } if value == call))
            })
        })
    }
}

/// The function of the program that a call of a value comes to.
pub(super) fn function_of(model: &Model<'_>, heap: &Heap, value: &Value) -> Option<FunctionId> {
    let mut value = value.clone();
    for _ in 0..8 {
        match value.single()? {
            Atom::Function(function, _) => return Some(function),
            Atom::Bound(bound) => match model.unbind(bound).1 {
                MethodRef::User(function, _) => return Some(function),
                _ => return None,
            },
            Atom::Object(partial) if model.object(partial).kind == ObjectKind::Partial => {
                value = model.role(heap, partial, "@function")?.clone();
            }
            _ => return None,
        }
    }
    None
}
