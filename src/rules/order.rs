//! In which order two things happen in the code of a function, be they a few calls down.

use crate::files::Span;
use crate::model::Model;
use crate::model::events::Event;
use crate::python::ir::FunctionId;

/// Whether one event follows another in the source of the innermost function that both happen in.
pub(super) fn follows(model: &Model<'_>, then: &Event<'_>, first: &Event<'_>) -> bool {
    let (mut function, mut chain, mut span) = (first.function, first.chain, first.span);
    loop {
        if let Some(then) = place_in(model, function, then) {
            return then.start > span.start;
        }
        let Some(caller) = model.chain(chain).caller else {
            return false;
        };
        (chain, function, span) = caller;
    }
}

/// The operation of a function that an event happens in.
pub(super) fn place_in(model: &Model<'_>, function: FunctionId, event: &Event<'_>) -> Option<Span> {
    let (mut running, mut chain, mut span) = (event.function, event.chain, event.span);
    while running != function {
        (chain, running, span) = model.chain(chain).caller?;
    }
    Some(span)
}
