//! What a loop gives to the calls in its body, and how it is left: read off the code, not off the run.

use rustc_hash::FxHashSet;

use super::Model;
use super::events::ChainId;
use crate::files::Span;
use crate::python::ir::{BuildItem, Function, FunctionId, Op, OpKind, Place, Temp, Terminator, Test};

/// A `for` loop, or a `while` that takes its items out of the container that it asks for more: `while jobs: jobs.pop()`.
#[derive(Debug)]
pub struct ForLoop<'f> {
    function: &'f Function,
    head: usize,
    end: usize,
    /// Whether it is a `for`, which asks for the next item at its end.
    is_for: bool,
    /// Temps and variables that hold what the loop draws, or something made of it.
    temps: FxHashSet<Temp>,
    places: FxHashSet<Place>,
}

impl<'a> Model<'a> {
    /// The loops over items around a call, or another expression, in a function: the innermost first.
    pub fn for_loops_around(&self, function: FunctionId, at: Span) -> impl Iterator<Item = ForLoop<'a>> {
        let function = self.function(function);
        let block = function
            .blocks
            .iter()
            .position(|block| block.ops.iter().any(|op| op.span == at));
        let heads = block.map(|block| (0..=block).rev().map(move |head| (block, head)));
        heads.into_iter().flatten().filter_map(move |(block, head)| {
            let end = function.blocks.get(head)?.loop_end?.0 as usize;
            (block < end).then_some(())?;
            ForLoop::new(self, function, head, end)
        })
    }

    /// Where a chain of calls leaves the function that another chain runs: the call there, or the place itself if it is
    /// that function's own.
    #[must_use]
    pub fn place_within(&self, mut chain: ChainId, place: Span, outer: ChainId) -> Option<Span> {
        let mut at = place;
        while chain != outer {
            let (caller, _, span) = self.chain(chain).caller?;
            (chain, at) = (caller, span);
        }
        Some(at)
    }
}

impl<'f> ForLoop<'f> {
    fn new(model: &Model<'f>, function: &'f Function, head: usize, end: usize) -> Option<Self> {
        let drawn = function.blocks.get(head)?.ops.iter().find_map(|op| match op.kind {
            OpKind::Iterate { dst, .. } => Some(dst),
            _ => None,
        });
        let mut found = Self {
            function,
            head,
            end,
            is_for: drawn.is_some(),
            temps: FxHashSet::default(),
            places: FxHashSet::default(),
        };
        let drawn = drawn.or_else(|| found.taken_out(model))?;
        found.temps.insert(drawn);
        found.spread();
        Some(found)
    }

    /// What the body of a `while` takes out of the container that its condition asks about.
    fn taken_out(&self, model: &Model<'_>) -> Option<Temp> {
        let Terminator::Branch {
            test: Test::Truth { place: Some(asked), .. },
            ..
        } = self.function.blocks.get(self.head)?.end
        else {
            return None;
        };
        let ops: Vec<&Op> = self.body().map(|(_, op)| op).collect();
        let made_by = |temp: Temp| {
            let op = ops.iter().find(|op| op.kind.result() == Some(temp));
            op.map(|op| &op.kind)
        };
        let is_asked = |temp: Temp| match (made_by(temp), asked.attribute) {
            (Some(OpKind::Load { place, .. }), None) => *place == asked.base,
            (Some(OpKind::Attr { base, name, .. }), Some(attribute)) => {
                *name == attribute && matches!(made_by(*base), Some(OpKind::Load { place, .. }) if *place == asked.base)
            }
            _ => false,
        };
        ops.iter().find_map(|op| {
            let OpKind::Call { dst, callee, .. } = op.kind else {
                return None;
            };
            let Some(OpKind::Attr { base, name, .. }) = made_by(callee) else {
                return None;
            };
            let takes_out = matches!(model.name(*name), "pop" | "popleft" | "popitem");
            (takes_out && is_asked(*base)).then_some(dst)
        })
    }

    fn body(&self) -> impl Iterator<Item = (usize, &Op)> {
        let blocks = self.function.blocks.get(self.head..self.end).unwrap_or_default();
        let ops = blocks.iter().enumerate();
        ops.flat_map(move |(at, block)| block.ops.iter().map(move |op| (self.head + at, op)))
    }

    /// Carries what is drawn through the body, until nothing changes.
    fn spread(&mut self) {
        loop {
            let mut more: Vec<(Option<Temp>, Option<Place>)> = Vec::new();
            for (_, op) in self.body() {
                match &op.kind {
                    OpKind::Store { place, value } => {
                        if self.temps.contains(value) && !self.places.contains(place) {
                            more.push((None, Some(*place)));
                        }
                    }
                    OpKind::Load { dst, place, .. } => {
                        if self.places.contains(place) && !self.temps.contains(dst) {
                            more.push((Some(*dst), None));
                        }
                    }
                    kind => {
                        if let Some((dst, operands)) = computed(kind)
                            && !self.temps.contains(&dst)
                            && operands.iter().any(|operand| self.temps.contains(operand))
                        {
                            more.push((Some(dst), None));
                        }
                    }
                }
            }
            if more.is_empty() {
                return;
            }
            for (temp, place) in more {
                self.temps.extend(temp);
                self.places.extend(place);
            }
        }
    }

    fn call(&self, at: Span) -> Option<(Temp, Vec<Temp>)> {
        self.body().find_map(|(_, op)| match &op.kind {
            OpKind::Call { callee, args, .. } if op.span == at => {
                Some((*callee, args.iter().map(|arg| arg.value).collect()))
            }
            _ => None,
        })
    }

    /// Whether an expression stands in the body.
    #[must_use]
    pub fn holds(&self, at: Span) -> bool {
        self.body().any(|(_, op)| op.span == at)
    }

    /// Whether an argument of a call in the body is what the loop draws, or made of it.
    #[must_use]
    pub fn gives(&self, call: Span) -> bool {
        self.call(call)
            .is_some_and(|(_, args)| args.iter().any(|arg| self.temps.contains(arg)))
    }

    /// Whether what a call in the body calls depends on what the loop draws.
    #[must_use]
    pub fn chooses(&self, call: Span) -> bool {
        self.call(call).is_some_and(|(callee, _)| self.temps.contains(&callee))
    }

    /// Whether some way leads out of the body before the loop has drawn all: a `break`, `return` or `raise`.
    #[must_use]
    pub fn is_left_early(&self) -> bool {
        let inside = |block: u32| (self.head..self.end).contains(&(block as usize));
        // The last block of a `for` asks for the next element: there the loop is left when there is none. A `while` asks at
        // its head.
        let body = match self.is_for {
            true => self.head..self.end - 1,
            false => self.head + 1..self.end,
        };
        let blocks = self.function.blocks.get(body).unwrap_or_default();
        blocks.iter().any(|block| match &block.end {
            Terminator::Goto(to) => !inside(to.0),
            Terminator::Branch { then, otherwise, .. } => !inside(then.0) || !inside(otherwise.0),
            Terminator::Return(_) | Terminator::Raise(Some(_)) => true,
            Terminator::Raise(None) | Terminator::Unwind => false,
        })
    }

    /// Whether a call in the body is given something that an earlier round has left: a variable that is set only
    /// behind the call.
    #[must_use]
    pub fn carries_into(&self, call: Span) -> bool {
        let ops: Vec<&Op> = self.body().map(|(_, op)| op).collect();
        let is_call = |op: &&Op| op.span == call && matches!(op.kind, OpKind::Call { .. });
        let Some(at) = ops.iter().position(is_call) else {
            return false;
        };
        let (before, after) = ops.split_at(at);
        // `number += 1` counts the rounds, and needs nothing of what they do.
        let counts = |value: Temp| {
            ops.iter().any(|op| match op.kind {
                OpKind::Binary {
                    dst,
                    right,
                    augmented: true,
                    ..
                } => dst == value && is_constant(&ops, right),
                _ => false,
            })
        };
        let sets = |ops: &[&Op], place: Place| {
            ops.iter().any(|op| match op.kind {
                OpKind::Store { place: other, value } => other == place && !counts(value),
                _ => false,
            })
        };
        before.iter().any(|op| match op.kind {
            OpKind::Load { place, .. } => sets(after, place) && !sets(before, place),
            _ => false,
        })
    }
}

fn is_constant(ops: &[&Op], temp: Temp) -> bool {
    ops.iter()
        .any(|op| matches!(op.kind, OpKind::Const { dst, .. } if dst == temp))
}

/// What an operation computes, and of what. Methods and attributes count as made of their object.
fn computed(kind: &OpKind) -> Option<(Temp, Vec<Temp>)> {
    Some(match kind {
        OpKind::Attr { dst, base, .. } => (*dst, vec![*base]),
        OpKind::Item { dst, base, index } => (*dst, index.iter().copied().chain([*base]).collect()),
        OpKind::Element { dst, src, .. } => (*dst, vec![*src]),
        OpKind::Call { dst, callee, args, .. } => {
            let args = args.iter().map(|arg| arg.value);
            (*dst, args.chain([*callee]).collect())
        }
        OpKind::Build { dst, items, .. } => (*dst, items.iter().flat_map(build_operands).collect()),
        OpKind::Binary { dst, left, right, .. } => (*dst, vec![*left, *right]),
        OpKind::Unary { dst, value } | OpKind::Await { dst, value } => (*dst, vec![*value]),
        OpKind::Select { dst, values, .. } => (*dst, values.to_vec()),
        OpKind::Format { dst, parts } => (*dst, parts.to_vec()),
        _ => return None,
    })
}

fn build_operands(item: &BuildItem) -> Vec<Temp> {
    match *item {
        BuildItem::Value(value) | BuildItem::Star(value) => vec![value],
        BuildItem::Pair(key, value) => vec![key, value],
    }
}
