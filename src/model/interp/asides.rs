//! Coroutines that run beside the code that made them: `asyncio.create_task(tick())`.

use super::Run;
use super::frame::Frame;
use crate::model::value::{Atom, Value};
use crate::python::ir::{FunctionKind, OpKind, Temp};

impl<'a> Run<'a> {
    /// Whether a call makes a coroutine that is not waited for where it is made: it is kept, or given to what runs it later.
    pub(super) fn runs_aside(&mut self, frame: &Frame<'a>, called: &Value, made: Temp) -> bool {
        let is_coroutine = called.atoms().iter().all(|atom| {
            let function = match *atom {
                Atom::Function(function, _) => Some(function),
                Atom::Bound(id) => match self.names.unbind(id).1 {
                    crate::model::names::MethodRef::User(function, _) => Some(function),
                    _ => None,
                },
                _ => None,
            };
            function.is_some_and(|function| self.code.function(function).kind == FunctionKind::AsyncDef)
        });
        if !is_coroutine || called.is_never() {
            return false;
        }
        let uses = self.uses_in(frame.id);
        uses.users.get(&made).into_iter().flatten().any(|user| match user {
            OpKind::Store { .. } => true,
            OpKind::Call { callee, .. } => match uses.definitions.get(callee) {
                Some(OpKind::Attr { name, .. }) => self.is_of_later(*name),
                Some(OpKind::Load {
                    place: crate::python::ir::Place::Global(name),
                    ..
                }) => self.is_of_later(*name),
                _ => false,
            },
            _ => false,
        })
    }

    /// Whether what has this name runs a coroutine some time.
    fn is_of_later(&self, name: crate::python::Symbol) -> bool {
        matches!(
            self.name(name),
            "create_task" | "ensure_future" | "Task" | "start_soon" | "run_coroutine_threadsafe"
        )
    }
}
