//! Which thread of its process something runs in.

use crate::api::{Effect, Family};
use crate::model::Model;
use crate::model::events::{ChainId, Event};
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};

/// The thread that a chain of calls runs in, with its first chain and the event that starts it; none in the main thread.
pub(super) fn thread_of<'m, 'a>(
    model: &'m Model<'a>,
    mut chain: ChainId,
) -> Option<(ChainId, ObjectId, &'m Event<'a>)> {
    loop {
        let (caller, _, span) = model.chain(chain).caller?;
        let start = model.events().iter().find_map(|event| match event.effect() {
            Some((thread, Effect::Start))
                if event.chain == caller
                    && event.span == span
                    && model.family(&event.heap, thread) == Some(Family::Thread) =>
            {
                Some((thread, event))
            }
            _ => None,
        });
        if let Some((thread, event)) = start {
            return Some((chain, thread, event));
        }
        chain = caller;
    }
}

/// Whether something happens in a daemon thread, which keeps nobody waiting: it ends with its process.
pub(super) fn is_in_daemon_thread(model: &Model<'_>, event: &Event<'_>) -> bool {
    thread_of(model, event.chain).is_some_and(|(_, thread, start)| {
        model.role(&start.heap, thread, "daemon").and_then(Value::single) == Some(Atom::Bool(true))
    })
}
