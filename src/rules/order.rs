//! In which order two things happen in the code of a function, be they a few calls down.

use crate::files::Span;
use crate::model::Model;
use crate::model::events::Event;
use crate::python::ir::{Function, FunctionId, OpKind, Terminator};

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

/// Whether an event happens however the code of its process goes, as long as no exception gets in its way and loops are
/// gone round: no condition chooses whether it does.
pub(super) fn is_unconditional(model: &Model<'_>, event: &Event<'_>) -> bool {
    let (mut function, mut chain, mut span) = (event.function, event.chain, event.span);
    loop {
        if !is_on_every_way(model.function(function), span) {
            return false;
        }
        match model.chain(chain).caller {
            // A child begins with a chain of its own, in which no code of the program runs.
            Some((caller, ..)) if model.chain(caller).caller.is_none() => return true,
            Some(caller) => (chain, function, span) = caller,
            None => return true,
        }
    }
}

/// Whether every way from the beginning of a function to a return passes an operation at a place.
fn is_on_every_way(function: &Function, place: Span) -> bool {
    let passes = |block: usize| {
        let code = function.blocks.get(block);
        code.is_some_and(|code| code.ops.iter().any(|op| op.span == place))
    };
    let places: Vec<usize> = (0..function.blocks.len()).filter(|block| passes(*block)).collect();
    let mut seen = vec![false; function.blocks.len()];
    let mut todo = vec![0usize];
    while let Some(at) = todo.pop() {
        let Some(block) = function.blocks.get(at) else { continue };
        if places.contains(&at) || std::mem::replace(&mut seen[at], true) {
            continue;
        }
        match &block.end {
            Terminator::Goto(next) => todo.push(next.0 as usize),
            Terminator::Branch { then, otherwise, .. } => {
                todo.push(then.0 as usize);
                // A loop over something is taken to have a first round.
                let is_loop = block.ops.iter().any(|op| matches!(op.kind, OpKind::Iterate { .. }));
                let holds = block
                    .loop_end
                    .is_some_and(|end| places.iter().any(|place| (at..end.0 as usize).contains(place)));
                if !(is_loop && holds) {
                    todo.push(otherwise.0 as usize);
                }
            }
            Terminator::Return(_) => return false,
            Terminator::Raise(_) => {}
        }
    }
    true
}
