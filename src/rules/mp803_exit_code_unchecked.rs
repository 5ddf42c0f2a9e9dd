//! A process may fail, and nobody looks at its exit code.

use rustc_hash::FxHashSet;

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{ContextId, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::Atom;
use crate::python::ir::Terminator;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for (event, process) in model.method_events(Effect::Join) {
        let object = event.heap.get(process);
        if model.family(&event.heap, process) != Some(Family::Process)
            || object
                .is_none_or(|process| process.escaped || process.states.intersects(States::LOST | States::TERMINATED))
            || is_looked_at(model, process)
            || said.contains(&process)
        {
            continue;
        }
        let failure = model.contexts_of(process).find_map(|(id, context)| {
            (context.known && !context.cut_short)
                .then(|| fails_at(model, id))
                .flatten()
        });
        let Some(failure) = failure else { continue };
        said.insert(process);
        let receiver = check.receiver(event);
        let draft = check
            .about(
                event,
                process,
                format!("`{receiver}` may fail, and nobody looks at its `exitcode`"),
            )
            .severity(Severity::Note)
            .related(failure, "the process may end with a failure here")
            .help("look at `exitcode` after the join: it is 0 after success");
        check.report(draft);
    }
}

/// Whether anybody asks how a process has ended.
fn is_looked_at(model: &Model<'_>, process: ObjectId) -> bool {
    model.events().iter().any(|event| match event.kind {
        EventKind::ExitTest { object, .. } => object == process,
        _ => matches!(event.effect(), Some((object, Effect::Exitcode)) if object == process),
    })
}

/// Where the work of a context ends its process with a failure, or raises what nothing in the same function catches.
fn fails_at(model: &Model<'_>, id: ContextId) -> Option<Span> {
    let exit = model.events_in(id).find(|event| match &event.kind {
        EventKind::Call { entry, arguments } if matches!(entry.effect, Effect::Exit | Effect::ExitNow) => {
            let code = arguments.list.first().and_then(|code| code.value.single());
            !matches!(code, None | Some(Atom::Int(0) | Atom::None | Atom::Bool(false))) && event.caught.is_empty()
        }
        _ => false,
    });
    exit.map(|event| event.span).or_else(|| {
        model
            .chains()
            .filter(|(_, chain)| chain.context == id)
            .find_map(|(_, chain)| {
                let blocks = model.function(chain.function).blocks.iter();
                blocks
                    .filter(|block| block.handler.is_none() && matches!(block.end, Terminator::Raise(Some(_))))
                    .find_map(|block| block.ops.last().map(|op| op.span))
            })
    })
}
