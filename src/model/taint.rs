//! What differs from round to round of a loop, followed through the operations of one function and into those that it
//! calls: by names of variables and attributes, without their values.

use rustc_hash::FxHashSet;

use super::rounds::{Body, each_op, leaves, places};
use crate::files::Span;
use crate::python::Symbol;
use crate::python::ir::{Arg, ArgKind, BuildItem, Function, OpKind, Place, Temp, Terminator, Test};

/// A variable, or an attribute by its name, whatever object it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Name {
    Variable(Place),
    Attribute(Symbol),
}

/// What has something of a source in it.
#[derive(Default, Debug)]
pub(super) struct Taint {
    pub(super) temps: FxHashSet<Temp>,
    pub(super) names: FxHashSet<Name>,
    /// Variables that hold what was imported: nothing is put into these.
    pub(super) imported: FxHashSet<Place>,
    /// What is called where it is known what becomes of the arguments, because the call is followed.
    pub(super) followed: FxHashSet<Temp>,
}

impl Taint {
    pub(super) fn has(&self, temp: Temp) -> bool {
        self.temps.contains(&temp)
    }
}

/// What differs between the rounds of a loop: what it draws, and what is computed from what a round before left.
pub(super) fn changing(function: &Function, body: Body, start: Taint) -> Taint {
    let fresh = || Taint {
        imported: start.imported.clone(),
        followed: start.followed.clone(),
        ..Taint::default()
    };
    let mut taint = fresh();
    each_op(function, Some(body), |op| {
        if let OpKind::Iterate { dst, .. } = op {
            taint.temps.insert(*dst);
        }
    });
    // A variable that a round assigns from itself: `step += 1`.
    let mut stored = FxHashSet::default();
    each_op(function, Some(body), |op| {
        if let OpKind::Store { place, .. } = op {
            stored.insert(*place);
        }
    });
    for place in stored {
        let mut own = fresh();
        own.names.insert(Name::Variable(place));
        spread_once(function, Some(body), &mut own);
        let mut again = false;
        each_op(function, Some(body), |op| {
            again |= matches!(op, OpKind::Store { place: other, value } if *other == place && own.has(*value));
        });
        if again {
            taint.names.insert(Name::Variable(place));
        }
    }
    spread(function, Some(body), &mut taint);
    taint
}

/// Follows what is computed from a taint until nothing new comes.
pub(super) fn spread(function: &Function, body: Option<Body>, taint: &mut Taint) {
    for _ in 0..8 {
        let before = taint.temps.len() + taint.names.len();
        spread_once(function, body, taint);
        if taint.temps.len() + taint.names.len() == before {
            return;
        }
    }
}

/// What one operation makes of a taint.
pub(super) fn step(op: &OpKind, taint: &mut Taint) {
    let mut inputs: Vec<Temp> = Vec::new();
    let output = match op {
        OpKind::Load { dst, place, .. } => {
            if taint.names.contains(&Name::Variable(*place)) {
                taint.temps.insert(*dst);
            }
            return;
        }
        OpKind::Store { place, value } => {
            if taint.has(*value) {
                taint.names.insert(Name::Variable(*place));
            }
            return;
        }
        OpKind::SetAttr { name, value, .. } => {
            if taint.has(*value) {
                taint.names.insert(Name::Attribute(*name));
            }
            return;
        }
        OpKind::Attr { dst, base, name } => {
            if taint.has(*base) || taint.names.contains(&Name::Attribute(*name)) {
                taint.temps.insert(*dst);
            }
            return;
        }
        OpKind::SetItem { base, value, .. } => {
            if taint.has(*value) {
                taint.temps.insert(*base);
                return;
            }
            return;
        }
        OpKind::Item { dst, base, index } => {
            inputs.push(*base);
            inputs.extend(index);
            dst
        }
        OpKind::Element { dst, src, .. } => {
            inputs.push(*src);
            dst
        }
        OpKind::Call { dst, callee, args, .. } => {
            inputs.push(*callee);
            inputs.extend(args.iter().map(|arg| arg.value));
            dst
        }
        OpKind::Build { dst, items, .. } => {
            for item in items {
                match *item {
                    BuildItem::Value(temp) | BuildItem::Star(temp) => inputs.push(temp),
                    BuildItem::Pair(key, value) => inputs.extend([key, value]),
                }
            }
            dst
        }
        OpKind::Binary { dst, left, right, .. } => {
            inputs.extend([*left, *right]);
            dst
        }
        OpKind::Unary { dst, value } | OpKind::Await { dst, value } => {
            inputs.push(*value);
            dst
        }
        OpKind::Logical { dst, values, .. } | OpKind::Select { dst, values, .. } => {
            inputs.extend(values.iter());
            dst
        }
        OpKind::Format { dst, parts } => {
            inputs.extend(parts.iter());
            dst
        }
        _ => return,
    };
    if inputs.iter().any(|temp| taint.has(*temp)) {
        taint.temps.insert(*output);
    }
}

fn spread_once(function: &Function, body: Option<Body>, taint: &mut Taint) {
    each_op(function, body, |op| step(op, taint));
    // What is put into a container: `results.append(x)` makes the variable that holds it one of them.
    let mut holders = Vec::new();
    each_op(function, body, |op| match op {
        OpKind::Call { callee, args, .. }
            if !taint.followed.contains(callee) && args.iter().any(|arg| taint.has(arg.value)) =>
        {
            holders.push(*callee);
        }
        OpKind::SetItem { base, .. } if taint.has(*base) => holders.push(*base),
        _ => {}
    });
    // The receiver of the call, and the variable that it was read from.
    let mut receivers = Vec::new();
    each_op(function, body, |op| {
        if let OpKind::Attr { dst, base, .. } = op
            && holders.contains(dst)
        {
            receivers.push(*base);
        }
    });
    receivers.extend(holders);
    each_op(function, body, |op| match op {
        OpKind::Load { dst, place, .. } if receivers.contains(dst) && !matches!(place, Place::Class(_)) => {
            // A function that is called by its name holds nothing.
            let is_callee = matches!(place, Place::Global(_)) && !is_receiver(function, body, *dst);
            if !is_callee && !taint.imported.contains(place) {
                taint.names.insert(Name::Variable(*place));
            }
        }
        OpKind::Attr { dst, name, .. } if receivers.contains(dst) && is_receiver(function, body, *dst) => {
            taint.names.insert(Name::Attribute(*name));
        }
        _ => {}
    });
}

/// What is called at a place.
pub(super) fn callees(function: &Function, call: Span) -> impl Iterator<Item = Temp> {
    places(function, call)
        .into_iter()
        .filter_map(|(block, op)| match &function.blocks.get(block)?.ops.get(op)?.kind {
            OpKind::Call { callee, .. } => Some(*callee),
            _ => None,
        })
}

/// Whether something is read from a value, or an item put into it.
fn is_receiver(function: &Function, body: Option<Body>, temp: Temp) -> bool {
    let mut found = false;
    each_op(function, body, |op| {
        found |= match op {
            OpKind::Attr { base, .. } | OpKind::SetItem { base, .. } => *base == temp,
            _ => false,
        };
    });
    found
}

/// What a function that is called gets of a taint: its parameters, and attributes by name.
pub(super) fn given(caller: &Function, call: Span, callee: &Function, is_method: bool, taint: &Taint) -> Taint {
    let mut inner = Taint::default();
    inner.names.extend(
        taint
            .names
            .iter()
            .filter(|name| matches!(name, Name::Attribute(_) | Name::Variable(Place::Global(_)))),
    );
    let parameter = |at: usize| Name::Variable(place_of(callee, at));
    let ops = places(caller, call)
        .into_iter()
        .map(|(block, op)| (block, &caller.blocks[block].ops[op].kind));
    let ops: Vec<(usize, &OpKind)> = ops.collect();
    let is_told = |(_, op): &(usize, &OpKind)| matches!(op, OpKind::Call { .. } | OpKind::Attr { .. });
    let is_any_told = ops.iter().any(is_told);
    for (block, op) in ops {
        let (called, args) = match op {
            OpKind::Call { callee, args, .. } => (callee, args),
            // A property, which is given nothing but its object.
            OpKind::Attr { base, .. } if !taint.has(*base) => continue,
            // The beginning and end of `with self.pool() as pool:`, which stand where the call does.
            OpKind::Enter { .. } | OpKind::Exit { .. } if is_any_told => continue,
            // Iterated: a generator, whose arguments were given elsewhere.
            _ => return everything(callee, inner),
        };
        let by_attribute = caller.blocks[block]
            .ops
            .iter()
            .any(|op| matches!(op.kind, OpKind::Attr { dst, .. } if dst == *called));
        let tainted: Vec<&Arg> = args.iter().filter(|arg| taint.has(arg.value)).collect();
        if taint.has(*called) {
            return everything(callee, inner);
        }
        if tainted
            .iter()
            .any(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::DoubleStar))
        {
            return everything(callee, inner);
        }
        for (at, arg) in args.iter().enumerate() {
            if !taint.has(arg.value) {
                continue;
            }
            match arg.kind {
                ArgKind::Positional => {
                    // Of a method or constructor the first parameter is the object: `runner.run(batch)` and
                    // `Runner(batch)`, but not `Runner.run(runner, batch)`. Where it is not sure, both.
                    let bound = is_method && args.len() < callee.params.len();
                    if !bound {
                        inner.names.insert(parameter(at));
                    }
                    if (by_attribute || is_method) && at + 1 < callee.params.len() {
                        inner.names.insert(parameter(at + 1));
                    }
                }
                ArgKind::Keyword(name) => match callee.params.iter().position(|param| param.name == name) {
                    Some(at) => {
                        inner.names.insert(parameter(at));
                    }
                    None => return everything(callee, inner),
                },
                ArgKind::Star | ArgKind::DoubleStar => return everything(callee, inner),
            }
        }
    }
    inner
}

fn everything(callee: &Function, mut inner: Taint) -> Taint {
    for at in 0..callee.params.len() {
        inner.names.insert(Name::Variable(place_of(callee, at)));
    }
    inner
}

/// Where a parameter lives.
fn place_of(function: &Function, at: usize) -> Place {
    let slot = crate::python::ir::Slot(u32::try_from(at).unwrap_or(u32::MAX));
    if function.captured.get(at).copied().unwrap_or(false) {
        Place::Cell { up: 0, slot }
    } else {
        Place::Local(slot)
    }
}

/// Whether a call, or what it is called on, is given something of a taint.
pub(super) fn is_given(function: &Function, call: Span, taint: &Taint) -> bool {
    places(function, call)
        .into_iter()
        .any(|(block, op)| match &function.blocks[block].ops[op].kind {
            OpKind::Call { callee, args, .. } => taint.has(*callee) || args.iter().any(|arg| taint.has(arg.value)),
            _ => false,
        })
}

/// Whether a taint decides anything inside a loop.
pub(super) fn decides(function: &Function, body: Body, taint: &Taint) -> bool {
    let Body::Blocks(head, end) = body else {
        return false;
    };
    (head..end).any(|at| match &function.blocks[at].end {
        Terminator::Branch {
            test, then, otherwise, ..
        } => {
            let leaves = [then, otherwise]
                .iter()
                .any(|to| leaves(function, to.0 as usize, head, end));
            leaves
                && match test {
                    Test::Truth { value, .. } | Test::IsNone { value, .. } => taint.has(*value),
                    Test::Compare { left, right, .. } => taint.has(*left) || taint.has(*right),
                    Test::Again => false,
                }
        }
        _ => false,
    })
}

/// Whether a call in a loop runs a function that the loop draws, another one in each round: `for step in (load, train): step()`.
/// What such a function makes may be gone through later in the round, as a generator is.
pub(super) fn calls_what_it_draws(function: &Function, body: Body, call: Span) -> bool {
    let mut drawn: FxHashSet<Temp> = FxHashSet::default();
    let mut made: FxHashSet<Temp> = FxHashSet::default();
    let mut variables: FxHashSet<Place> = FxHashSet::default();
    let mut kept: FxHashSet<Place> = FxHashSet::default();
    each_op(function, Some(body), |op| match op {
        OpKind::Iterate { dst, iterable, .. } if !kept.contains(&Place::Local(*iterable)) => {
            drawn.insert(*dst);
        }
        OpKind::Element { dst, src, .. } if drawn.contains(src) => {
            drawn.insert(*dst);
        }
        OpKind::Store { place, value } => {
            if drawn.contains(value) {
                variables.insert(*place);
            }
            if made.contains(value) {
                kept.insert(*place);
            }
        }
        OpKind::Load { dst, place, .. } => {
            if variables.contains(place) {
                drawn.insert(*dst);
            }
            if kept.contains(place) {
                made.insert(*dst);
            }
        }
        OpKind::Call { dst, callee, .. } if drawn.contains(callee) => {
            made.insert(*dst);
        }
        _ => {}
    });
    places(function, call)
        .into_iter()
        .filter_map(|(block, op)| function.blocks[block].ops.get(op))
        .any(|op| match &op.kind {
            OpKind::Call { callee, args, .. } => {
                drawn.contains(callee) || args.iter().any(|arg| made.contains(&arg.value))
            }
            OpKind::Iterate { iterable, .. } => kept.contains(&Place::Local(*iterable)),
            _ => false,
        })
}
