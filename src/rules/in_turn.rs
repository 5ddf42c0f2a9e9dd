//! What a loop draws and hands over in each of its rounds: `for job in jobs: executor.submit(work, job)`. All that the
//! argument may be is sent then, where else it is one of several.

use rustc_hash::FxHashSet;

use super::ways::{copies, is_always_done, next};
use crate::files::Span;
use crate::model::Model;
use crate::model::events::Event;
use crate::python::ir::{Function, Op, OpKind, Place, Slot, Temp, Terminator, Test};

/// Callers that are looked at for where an argument comes from.
const MOST_CALLERS: u32 = 4;

/// The temporary that an argument of the call of an event is in.
pub(super) fn argument_of(model: &Model<'_>, event: &Event<'_>, argument: Span) -> Option<Temp> {
    let ops = model
        .function(event.function)
        .blocks
        .iter()
        .flat_map(|block| &block.ops);
    ops.filter(|op| op.span == event.span).find_map(|op| match &op.kind {
        OpKind::Call { args, .. } => args.iter().find(|arg| arg.span == argument).map(|arg| arg.value),
        _ => None,
    })
}

/// Whether a temporary at an event holds what a loop around it draws, and each round of that loop comes to the event. It
/// may have been handed down by callers.
pub(super) fn is_drawn_in_turn(model: &Model<'_>, event: &Event<'_>, value: Temp) -> bool {
    let (mut chain, mut function, mut call, mut value) = (event.chain, event.function, event.span, value);
    for _ in 0..MOST_CALLERS {
        let code = model.function(function);
        let Some(OpKind::Load {
            place: Place::Local(slot),
            ..
        }) = code.definition(value)
        else {
            return false;
        };
        let mut stored = code.stores(*slot);
        match (stored.next(), stored.next()) {
            (Some(drawn), None) => return is_in_each_round(code, drawn, *slot, call),
            (None, _) if is_always_done(code, call) => {}
            _ => return false,
        }
        let Some((caller, by, at)) = model.chain(chain).caller else {
            return false;
        };
        let outer = model.function(by);
        let mut calls = outer
            .blocks
            .iter()
            .flat_map(|block| &block.ops)
            .filter(|op| op.span == at);
        let given = calls.find_map(|op| match &op.kind {
            OpKind::Call { callee, args, .. } => {
                let is_bound = matches!(outer.definition(*callee), Some(OpKind::Attr { .. }));
                let mut given = code.given_to(args, is_bound);
                given.find(|(other, _)| other == slot).map(|(_, value)| value)
            }
            _ => None,
        });
        let Some(given) = given else { return false };
        (chain, function, call, value) = (caller, by, at, given);
    }
    false
}

/// Steps from a value back to the table that it comes from.
const MOST_STEPS: u32 = 8;

/// Whether a value is taken from a table by a key that is only known when the program runs, or is what came of that:
/// `ACTIONS[kind]().run(job)`. What stands in a table is there to be used, all of it.
pub(super) fn is_chosen_by_key(function: &Function, mut value: Temp) -> bool {
    for _ in 0..MOST_STEPS {
        value = match function.definition(value) {
            Some(OpKind::Load {
                place: Place::Local(slot),
                ..
            }) => {
                let mut stored = function.stores(*slot);
                match (stored.next(), stored.next()) {
                    (Some(stored), None) => stored,
                    _ => return false,
                }
            }
            Some(OpKind::Call { callee, .. }) => *callee,
            Some(OpKind::Attr { base, .. }) => *base,
            Some(OpKind::Item {
                base, index: Some(key), ..
            }) => {
                // A caller that gives a key by name means one of them.
                let is_given = match function.definition(*key) {
                    Some(OpKind::Const { .. }) => true,
                    Some(OpKind::Load {
                        place: Place::Local(slot),
                        ..
                    }) => function.stores(*slot).next().is_none(),
                    _ => false,
                };
                let is_global = matches!(
                    function.definition(*base),
                    Some(
                        OpKind::Load {
                            place: Place::Global(_) | Place::Class(_),
                            ..
                        } | OpKind::Attr { .. }
                    )
                );
                return is_global && !is_given;
            }
            _ => return false,
        };
    }
    false
}

/// Whether a value is an element that a loop draws, or a part of one, and no round of the loop goes by a call.
fn is_in_each_round(function: &Function, drawn: Temp, slot: Slot, call: Span) -> bool {
    let element = match function.definition(drawn) {
        Some(OpKind::Element { src, .. }) => *src,
        _ => drawn,
    };
    let head = function.blocks.iter().enumerate().find_map(|(at, block)| {
        let mut ops = block.ops.iter();
        let draws = |op: &OpKind| matches!(op, OpKind::Iterate { dst, .. } if *dst == element);
        ops.position(|op| draws(&op.kind)).map(|number| (at, number))
    });
    let Some((head, number)) = head else { return false };
    let calls = copies(function, call);
    match function.blocks[head].loop_end {
        Some(end) if number == 0 => !goes_by(function, head, end.0 as usize, &calls),
        // The conditions of a comprehension stand before what it makes: one that asks for the element lets some go by.
        _ => calls.iter().any(|&(block, at)| {
            let between = || function.blocks[head].ops.iter().take(at).skip(number);
            let loads = |op: &&Op| matches!(op.kind, OpKind::Load { place: Place::Local(read), .. } if read == slot);
            block == head && at > number && between().filter(loads).count() == 1
        }),
    }
}

/// Whether a round of a loop may come to its end without a call.
fn goes_by(function: &Function, head: usize, end: usize, calls: &[(usize, usize)]) -> bool {
    let closed: FxHashSet<usize> = calls.iter().map(|(block, _)| *block).collect();
    let mut seen = FxHashSet::default();
    let mut todo: Vec<usize> = next(&function.blocks[head]).to_vec();
    while let Some(at) = todo.pop() {
        if !(head..end).contains(&at) || closed.contains(&at) || !seen.insert(at) {
            continue;
        }
        let Some(block) = function.blocks.get(at) else { continue };
        if at == head || matches!(block.end, Terminator::Branch { test: Test::Again, .. }) {
            return true;
        }
        todo.extend(next(block));
    }
    false
}
