//! Whether a process comes to its end right after something, before anybody could end it by force.

use super::Model;
use super::events::{ContextId, ContextKind, Event, EventKind};
use crate::api::Effect;
use crate::files::Span;
use crate::python::ir::{Block, Function, OpKind, Temp, Terminator};

/// What follows a call in its function, on every way.
enum Rest {
    /// Something that may take its time.
    Takes,
    /// Nothing, and the function is left.
    Nothing,
    /// Nothing, and the process ends in good order.
    Exits,
}

impl Model<'_> {
    /// Whether a process that was started ends right after an event: nothing but prints and signals comes between the event and
    /// an exit in good order, or the end of a child's first function.
    #[must_use]
    pub fn ends_right_after(&self, event: &Event<'_>) -> bool {
        // The worker of a pool goes on with the next task, unless this one leaves by an exit.
        let is_worker = match self.context(event.context).kind {
            ContextKind::Child => false,
            ContextKind::Task => true,
            _ => return false,
        };
        let (mut chain, mut span) = (event.chain, event.span);
        loop {
            let at = self.chain(chain);
            match self.rest(self.function(at.function), event.context, span) {
                Rest::Takes => return false,
                Rest::Exits => return true,
                Rest::Nothing => {}
            }
            match at.caller {
                // A context begins with a chain of its own, in which no code of the program runs.
                Some((caller, ..)) if self.chain(caller).caller.is_none() => return !is_worker,
                Some((caller, _, call)) => (chain, span) = (caller, call),
                None => return !is_worker,
            }
        }
    }

    /// What follows the call at a place.
    fn rest(&self, function: &Function, context: ContextId, call: Span) -> Rest {
        let is_call = |op: &crate::python::ir::Op| op.span == call && matches!(op.kind, OpKind::Call { .. });
        let found = function.blocks.iter().enumerate().find_map(|(block, code)| {
            let op = code.ops.iter().position(is_call)?;
            Some((block, op + 1))
        });
        let Some(start) = found else { return Rest::Takes };
        let mut exits = true;
        let mut seen = vec![false; function.blocks.len()];
        let mut todo = vec![start];
        while let Some((block, from)) = todo.pop() {
            let Some(code) = function.blocks.get(block) else {
                return Rest::Takes;
            };
            let mut ended = false;
            for op in code.ops.iter().skip(from) {
                match op.kind {
                    OpKind::Call { callee, .. } if is_quick_by_name(self, code, callee) => {}
                    OpKind::Call { .. } => match self.quick(context, op.span) {
                        Some(Effect::Exit) => {
                            ended = true;
                            break;
                        }
                        Some(_) => {}
                        None => return Rest::Takes,
                    },
                    OpKind::Enter { .. } | OpKind::Iterate { .. } | OpKind::Yield { .. } | OpKind::Await { .. } => {
                        return Rest::Takes;
                    }
                    _ => {}
                }
            }
            if ended {
                continue;
            }
            let next: &[usize] = match &code.end {
                Terminator::Goto(to) => &[to.0 as usize],
                Terminator::Branch { then, otherwise, .. } => &[then.0 as usize, otherwise.0 as usize],
                Terminator::Return(_) => {
                    exits = false;
                    &[]
                }
                Terminator::Raise(_) | Terminator::Unwind => {
                    match code.handler.and_then(|at| function.handlers.get(at as usize)) {
                        Some(handler) => &[handler.target.0 as usize],
                        None => {
                            exits = false;
                            &[]
                        }
                    }
                }
            };
            for &to in next {
                if !std::mem::replace(&mut seen[to], true) {
                    todo.push((to, 0));
                }
            }
        }
        if exits { Rest::Exits } else { Rest::Nothing }
    }

    /// What a call that takes no time does: it prints, wakes those who wait, or leaves in good order.
    fn quick(&self, context: ContextId, call: Span) -> Option<Effect> {
        self.events_in(context)
            .filter(|event| event.span == call)
            .find_map(|event| match &event.kind {
                EventKind::Print { .. } | EventKind::FlushOutput => Some(Effect::None),
                EventKind::Method { method, .. } if matches!(method.effect, Effect::Set | Effect::Release) => {
                    Some(method.effect)
                }
                EventKind::Call { entry, .. } if entry.effect == Effect::Exit => Some(Effect::Exit),
                _ => None,
            })
    }
}

/// Whether a call sends a signal, asks for the number to send it to, or writes to a log: whatever logger it is, it goes by
/// these names.
fn is_quick_by_name(model: &Model<'_>, block: &Block, callee: Temp) -> bool {
    let is_quick = |name| {
        matches!(
            name,
            "kill"
                | "killpg"
                | "getpid"
                | "getppid"
                | "debug"
                | "info"
                | "warning"
                | "error"
                | "exception"
                | "critical"
        )
    };
    block
        .ops
        .iter()
        .any(|op| matches!(&op.kind, OpKind::Attr { dst, name, .. } if *dst == callee && is_quick(model.name(*name))))
}
