//! Which ways lead through the code of a function: whether one operation always comes before another, or is always come to,
//! and what the answer of a call decides.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use super::order::place_in;
use crate::files::Span;
use crate::model::Model;
use crate::model::events::{ChainId, Event};
use crate::python::ir::{Block, BlockId, Const, Function, FunctionId, OpKind, Place, Slot, Temp, Terminator, Test};

/// An operation of a function: block and position in it.
pub(super) type At = (usize, usize);

/// Callers that are looked at to see what becomes of an answer.
const MOST_CALLERS: u32 = 4;

/// All copies of an operation: what stands in a `finally` is written once for each way out.
pub(super) fn copies(function: &Function, span: Span) -> Vec<At> {
    let blocks = function.blocks.iter().enumerate();
    blocks
        .flat_map(|(at, block)| {
            let ops = block.ops.iter().enumerate();
            ops.filter(move |(_, op)| op.span == span)
                .map(move |(number, _)| (at, number))
        })
        .collect()
}

/// Where a block goes on when nothing is raised. The condition of `while True` has one side only.
pub(super) fn next(block: &Block) -> SmallVec<[usize; 2]> {
    let at = |id: &BlockId| id.0 as usize;
    match &block.end {
        Terminator::Goto(to) => SmallVec::from_slice(&[at(to)]),
        Terminator::Branch {
            test, then, otherwise, ..
        } => match is_always(block, test) {
            Some(true) => SmallVec::from_slice(&[at(then)]),
            Some(false) => SmallVec::from_slice(&[at(otherwise)]),
            None => SmallVec::from_slice(&[at(then), at(otherwise)]),
        },
        Terminator::Return(_) | Terminator::Raise(_) | Terminator::Unwind => SmallVec::new(),
    }
}

/// Whether a condition is a constant.
fn is_always(block: &Block, test: &Test) -> Option<bool> {
    let Test::Truth { value, .. } = test else { return None };
    block.ops.iter().find_map(|op| match op.kind {
        OpKind::Const { dst, value: constant } if dst == *value => match constant {
            Const::Bool(truth) => Some(truth),
            Const::Int(number) => Some(number != 0),
            _ => None,
        },
        _ => None,
    })
}

/// The blocks that control may come to from the beginning without passing through some others, handlers included.
fn reached_without(function: &Function, closed: &FxHashSet<usize>) -> FxHashSet<usize> {
    let mut seen = FxHashSet::default();
    let mut todo = vec![0];
    while let Some(at) = todo.pop() {
        let Some(block) = function.blocks.get(at) else { continue };
        if !seen.insert(at) || closed.contains(&at) {
            continue;
        }
        todo.extend(next(block));
        let handler = block
            .handler
            .and_then(|handler| function.handlers.get(handler as usize));
        todo.extend(handler.map(|handler| handler.target.0 as usize));
    }
    seen
}

/// Whether one operation has always been done when another is come to.
fn comes_before(function: &Function, first: Span, then: Span) -> bool {
    let (firsts, thens) = (copies(function, first), copies(function, then));
    if firsts.is_empty() || thens.is_empty() {
        return false;
    }
    let closed: FxHashSet<usize> = firsts.iter().map(|(block, _)| *block).collect();
    let reached = reached_without(function, &closed);
    thens.iter().all(|then| {
        let here = firsts.iter().filter(|first| first.0 == then.0);
        let same_block = here.clone().any(|first| first.1 < then.1);
        // A block that is closed is reached, and what stands in it behind the other one comes after it.
        same_block || (!closed.contains(&then.0) && !reached.contains(&then.0))
    })
}

/// Whether a function that is left in good order has always come to one of some operations.
pub(super) fn is_always_done(function: &Function, done: Span) -> bool {
    let closed: FxHashSet<usize> = copies(function, done).into_iter().map(|(block, _)| block).collect();
    if closed.is_empty() {
        return false;
    }
    let mut seen = FxHashSet::default();
    let mut todo = vec![0];
    while let Some(at) = todo.pop() {
        if closed.contains(&at) || !seen.insert(at) {
            continue;
        }
        let Some(block) = function.blocks.get(at) else { continue };
        if matches!(block.end, Terminator::Return(_)) {
            return false;
        }
        todo.extend(next(block));
    }
    true
}

/// Whether one event has happened whenever another one does: it stands before it in the innermost function that both happen
/// in, and in the functions that are called there it is always come to.
pub(super) fn precedes(model: &Model<'_>, first: &Event<'_>, then: &Event<'_>) -> bool {
    let (mut function, mut chain, mut span) = (first.function, first.chain, first.span);
    loop {
        if let Some(then) = place_in(model, function, then) {
            return then != span && comes_before(model.function(function), span, then);
        }
        if !is_always_done(model.function(function), span) {
            return false;
        }
        let Some(caller) = model.chain(chain).caller else {
            return false;
        };
        (chain, function, span) = caller;
    }
}

/// Whether an event happens on every way through its context that ends in good order.
pub(super) fn always_happens(model: &Model<'_>, event: &Event<'_>) -> bool {
    let (mut function, mut chain, mut span) = (event.function, event.chain, event.span);
    loop {
        if !is_always_done(model.function(function), span) {
            return false;
        }
        match model.chain(chain).caller {
            // A context begins with a chain of its own, in which no code of the program runs.
            Some((caller, ..)) if model.chain(caller).caller.is_none() => return true,
            Some(caller) => (chain, function, span) = caller,
            None => return true,
        }
    }
}

/// What the answer of a call decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    /// The function in which the decision is taken: that of the call, or one that it returns to.
    pub function: FunctionId,
    /// The chain of calls that runs it.
    pub chain: ChainId,
    /// The block that decides.
    pub block: usize,
    /// Whether the answer is the number of rounds of a loop.
    pub counts: bool,
}

/// Functions that give in other words what they are given.
const SAME_IN_OTHER_WORDS: &[&str] = &["range", "bool", "int", "min", "max", "abs"];

/// What the answer of a call decides: a condition, or how often a loop runs. An answer that a function returns is followed
/// to its caller.
pub(super) fn decision(model: &Model<'_>, event: &Event<'_>) -> Option<Decision> {
    let (mut function, mut chain, mut span) = (event.function, event.chain, event.span);
    for _ in 0..MOST_CALLERS {
        match becomes_of(model, model.function(function), span)? {
            Becomes::Decided { block, counts } => {
                return Some(Decision {
                    function,
                    chain,
                    block,
                    counts,
                });
            }
            Becomes::Returned => (chain, function, span) = model.chain(chain).caller?,
        }
    }
    None
}

enum Becomes {
    Decided { block: usize, counts: bool },
    Returned,
}

fn becomes_of(model: &Model<'_>, function: &Function, call: Span) -> Option<Becomes> {
    let mut temps: FxHashSet<Temp> = FxHashSet::default();
    let mut slots: FxHashSet<Slot> = FxHashSet::default();
    let ops = || function.blocks.iter().flat_map(|block| &block.ops);
    for op in ops().filter(|op| op.span == call) {
        // A property is a call, too.
        if matches!(op.kind, OpKind::Call { .. } | OpKind::Attr { .. }) {
            temps.extend(op.kind.result());
        }
    }
    let same = |callee: Temp| {
        ops().any(|op| match op.kind {
            OpKind::Load {
                dst,
                place: Place::Global(name),
                ..
            } => dst == callee && SAME_IN_OTHER_WORDS.contains(&model.name(name)),
            _ => false,
        })
    };
    loop {
        let before = (temps.len(), slots.len());
        for op in ops() {
            let is_made = match &op.kind {
                OpKind::Logical { values, .. } | OpKind::Select { values, .. } => {
                    values.iter().any(|value| temps.contains(value))
                }
                OpKind::Binary { left, right, .. } => temps.contains(left) || temps.contains(right),
                OpKind::Call { callee, args, .. } => args.iter().any(|arg| temps.contains(&arg.value)) && same(*callee),
                OpKind::Load {
                    place: Place::Local(slot),
                    ..
                } => slots.contains(slot),
                OpKind::Store {
                    place: Place::Local(slot),
                    value,
                } => {
                    if temps.contains(value) {
                        slots.insert(*slot);
                    }
                    false
                }
                _ => false,
            };
            if is_made {
                temps.extend(op.kind.result());
            }
        }
        if (temps.len(), slots.len()) == before {
            break;
        }
    }
    let mut returned = false;
    for (at, block) in function.blocks.iter().enumerate() {
        let counts = |op: &crate::python::ir::Op| matches!(op.kind, OpKind::Iterate { iterable, .. } if slots.contains(&iterable));
        if block.ops.iter().any(counts) {
            return Some(Becomes::Decided {
                block: at,
                counts: true,
            });
        }
        match &block.end {
            Terminator::Branch { test, .. } => {
                let asked = match test {
                    Test::Truth { value, .. } | Test::IsNone { value, .. } => temps.contains(value),
                    Test::Compare { left, right, .. } => temps.contains(left) || temps.contains(right),
                    Test::Again => false,
                };
                if asked {
                    return Some(Becomes::Decided {
                        block: at,
                        counts: false,
                    });
                }
            }
            Terminator::Return(Some(value)) => returned |= temps.contains(value),
            _ => {}
        }
    }
    returned.then_some(Becomes::Returned)
}

/// The innermost loop around a block: its blocks.
pub(super) fn loop_around(function: &Function, block: usize) -> Option<std::ops::Range<usize>> {
    (0..=block).rev().find_map(|head| {
        let end = function.blocks.get(head)?.loop_end?.0 as usize;
        (end > block).then_some(head..end)
    })
}

/// Whether a loop stands around a block, or around a call that leads to the function, other than the one that is left out.
pub(super) fn is_in_other_loop(
    model: &Model<'_>,
    (function, chain, block): (FunctionId, ChainId, usize),
    but: Option<usize>,
) -> bool {
    let code = model.function(function);
    let is_around = |head: usize, at: usize, code: &Function| {
        code.blocks
            .get(head)
            .and_then(|block| block.loop_end)
            .is_some_and(|end| head <= at && at < end.0 as usize)
    };
    if (0..=block).any(|head| Some(head) != but && is_around(head, block, code)) {
        return true;
    }
    let mut chain = chain;
    while let Some((caller, function, span)) = model.chain(chain).caller {
        let code = model.function(function);
        let is_looped = copies(code, span).into_iter().any(|(at, number)| {
            // A generator that a loop draws from is run once for all of its rounds.
            let draws = number == 0 && matches!(code.blocks[at].ops[number].kind, OpKind::Iterate { .. });
            (0..=at).any(|head| is_around(head, at, code) && !(draws && head == at))
        });
        if is_looped {
            return true;
        }
        chain = caller;
    }
    false
}

/// Whether a way leads out of a loop at once: nothing is called on it.
pub(super) fn leads_out(function: &Function, around: &std::ops::Range<usize>, mut at: usize) -> bool {
    for _ in 0..function.blocks.len() {
        if !around.contains(&at) {
            return true;
        }
        let Some(block) = function.blocks.get(at) else {
            return false;
        };
        if block.ops.iter().any(|op| matches!(op.kind, OpKind::Call { .. })) {
            return false;
        }
        match &block.end {
            Terminator::Return(_) => return true,
            Terminator::Goto(to) if to.0 as usize > at => at = to.0 as usize,
            _ => return false,
        }
    }
    false
}

/// Whether an operation is only come to by one side of a decision.
pub(super) fn depends_on(function: &Function, decides: usize, place: Span) -> bool {
    let Some(Terminator::Branch { then, otherwise, .. }) = function.blocks.get(decides).map(|block| &block.end) else {
        return false;
    };
    [then, otherwise]
        .into_iter()
        .any(|side| only_by(function, decides, side.0 as usize, place))
}

/// Whether an operation is only come to by one side of the branch at the end of a block.
pub(super) fn only_by(function: &Function, decides: usize, side: usize, place: Span) -> bool {
    let Some(block) = function.blocks.get(decides) else {
        return false;
    };
    let places = copies(function, place);
    // From the beginning, past the branch on the other side only.
    let mut seen = FxHashSet::default();
    let mut todo = vec![0];
    while let Some(at) = todo.pop() {
        let Some(block) = function.blocks.get(at) else { continue };
        if !seen.insert(at) {
            continue;
        }
        let others = next(block).into_iter().filter(|to| at != decides || *to != side);
        todo.extend(others);
        let handler = block
            .handler
            .and_then(|handler| function.handlers.get(handler as usize));
        todo.extend(handler.map(|handler| handler.target.0 as usize));
    }
    next(block).len() > 1 && !places.is_empty() && places.iter().all(|(at, _)| !seen.contains(at))
}
