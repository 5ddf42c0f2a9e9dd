//! The loops around a place, in its own function and in those that call it, and what differs from round to round.
//!
//! A loop that a rule finds fault with often stands two calls up: `for batch in batches: process(batch)`, where the
//! function it calls makes a pool. So loops are looked for along the chain of calls, and what changes from round to round
//! is followed down it, from the operations of each function: by names of variables and attributes, without their values.

use rustc_hash::FxHashSet;

use super::Model;
use super::events::ChainId;
use super::taint::{Taint, callees, calls_what_it_draws, changing, decides, given, is_given, spread, step};
use crate::files::Span;
use crate::python::Symbol;
use crate::python::ir::{Const, Function, FunctionId, FunctionKind, OpKind, Place, Temp, Terminator, Test};

/// The operations that a loop repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Body {
    /// The blocks of a `for` or `while`: its head, and one past its end.
    Blocks(usize, usize),
    /// The operations of a comprehension: the block, and the first and last operation.
    Comprehension(usize, usize, usize),
}

/// A loop around a call, somewhere up its chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Round {
    /// The chain of the function that has the loop.
    pub chain: ChainId,
    /// The call in the loop that leads there, or is there.
    pub call: Span,
    pub(super) body: Body,
}

impl<'a> Model<'a> {
    /// The loops around a call that make it again and again, from the inside out, up its chain.
    #[must_use]
    pub fn rounds(&self, chain: ChainId, span: Span) -> Vec<Round> {
        let mut rounds = Vec::new();
        let (mut chain, mut span) = (chain, span);
        loop {
            let at = self.chain(chain);
            let function = self.function(at.function);
            let bodies = bodies(function, span).into_iter();
            let repeat = bodies.filter(|body| !calls_what_it_draws(function, *body, span));
            rounds.extend(repeat.map(|body| Round {
                chain,
                call: span,
                body,
            }));
            match at.caller {
                Some((caller, _, call)) => (chain, span) = (caller, call),
                None => return rounds,
            }
        }
    }

    /// Whether two calls are made in the same round of a loop.
    #[must_use]
    pub fn is_same_loop(&self, one: &Round, other: &Round) -> bool {
        one.chain == other.chain && one.body == other.body
    }

    /// Whether a loop has no end of its own, as that of a service: `while True`.
    #[must_use]
    pub fn is_endless(&self, round: &Round) -> bool {
        let Body::Blocks(head, end) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        let Some(block) = function.blocks.get(head) else {
            return false;
        };
        if block.ops.iter().any(|op| matches!(op.kind, OpKind::Iterate { .. })) {
            return false;
        }
        match &block.end {
            Terminator::Branch {
                test: Test::Truth { value, .. },
                ..
            } => block.ops.iter().any(|op| {
                matches!(&op.kind, OpKind::Const { dst, value: Const::Bool(true) | Const::Int(1) } if dst == value)
            }),
            Terminator::Goto(to) => (to.0 as usize) < end,
            _ => false,
        }
    }

    /// Whether a loop asks a condition, and draws nothing: a `while`.
    #[must_use]
    pub fn is_while(&self, round: &Round) -> bool {
        let Body::Blocks(head, _) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        function
            .blocks
            .get(head)
            .is_some_and(|block| !block.ops.iter().any(|op| matches!(op.kind, OpKind::Iterate { .. })))
    }

    /// Whether the loop is left after the call unless something raises: what follows in it never leads to another round.
    #[must_use]
    pub fn runs_once(&self, round: &Round) -> bool {
        let Body::Blocks(head, end) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        let starts = places(function, round.call);
        !starts.iter().any(|&(block, _)| {
            let mut seen = vec![false; function.blocks.len()];
            let mut todo = vec![block];
            while let Some(at) = todo.pop() {
                for next in successors(function, at) {
                    if next == head || (next < end && next >= head && is_latch(function, next, head)) {
                        return true;
                    }
                    if (head..end).contains(&next) && !std::mem::replace(&mut seen[next], true) {
                        todo.push(next);
                    }
                }
            }
            false
        })
    }

    /// Whether a way leads out of the loop from inside its body, by `break` or `return`.
    #[must_use]
    pub fn may_be_left(&self, round: &Round) -> bool {
        let Body::Blocks(head, end) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        (head + 1..end).any(|at| {
            let Some(block) = function.blocks.get(at) else {
                return false;
            };
            if is_latch(function, at, head) {
                return false;
            }
            matches!(block.end, Terminator::Return(_))
                || (!is_while_test(function, at, head)
                    && successors(function, at).iter().any(|next| !(head..end).contains(next)))
        })
    }

    /// The variables of a function and those around it that hold what was imported.
    fn imported(&self, id: FunctionId) -> FxHashSet<Place> {
        let mut imported = FxHashSet::default();
        let mut at = Some(id);
        while let Some(id) = at {
            let function = self.function(id);
            let mut temps = FxHashSet::default();
            each_op(function, None, |op| match op {
                OpKind::Import { dst, .. } | OpKind::ImportFrom { dst, .. } => {
                    temps.insert(*dst);
                }
                OpKind::Store { place, value } if temps.contains(value) => {
                    imported.insert(*place);
                }
                _ => {}
            });
            // Of the functions around it only the globals are named alike.
            at = match function.parent {
                Some(_) => Some(self.outermost(id)).filter(|outer| *outer != id),
                None => None,
            };
        }
        imported
    }

    /// The body of the module that a function stands in.
    fn outermost(&self, mut id: FunctionId) -> FunctionId {
        while let Some(parent) = self.function(id).parent {
            id = parent;
        }
        id
    }

    /// Whether what a call is given differs from round to round of a loop: it comes of what the loop draws, or of what one
    /// round leaves to the next.
    #[must_use]
    pub fn differs(&self, round: &Round, chain: ChainId, span: Span) -> bool {
        let path = self.path(round.chain, chain, span);
        let function = self.function(self.chain(round.chain).function);
        let start = Taint {
            imported: self.imported(self.chain(round.chain).function),
            followed: callees(function, round.call).filter(|_| !path.is_empty()).collect(),
            ..Taint::default()
        };
        let mut taint = changing(function, round.body, start);
        let mut call = round.call;
        let mut at = function;
        let mut path = path.into_iter().peekable();
        while let Some((inner, next)) = path.next() {
            // Down into the function that is called.
            let callee = self.function(self.chain(inner).function);
            let is_method = callee
                .parent
                .is_some_and(|parent| matches!(self.function(parent).kind, FunctionKind::ClassBody(_)));
            taint = given(at, call, callee, is_method, &taint);
            taint.imported = self.imported(self.chain(inner).function);
            taint.followed = callees(callee, next).filter(|_| path.peek().is_some()).collect();
            spread(callee, None, &mut taint);
            (at, call) = (callee, next);
        }
        is_given(at, call, &taint)
    }

    /// Whether what a round of the loop gives out of one call goes into a call of the next round, or decides whether there
    /// is one.
    #[must_use]
    pub fn depends_on_itself(&self, from: &Round, into: &Round, submit: (ChainId, Span), get: (ChainId, Span)) -> bool {
        // In each function on the way: what comes out of it may go in again through an attribute or a variable.
        let function = self.function(self.chain(into.chain).function);
        let imported = |chain: ChainId| self.imported(self.chain(chain).function);
        let mut levels = vec![(function, Some(into.body), from.call, into.call, imported(into.chain))];
        let downs = self.path(into.chain, submit.0, submit.1);
        let ups = self.path(from.chain, get.0, get.1);
        for ((chain, call), (other, out)) in downs.into_iter().zip(ups) {
            if chain != other {
                break;
            }
            levels.push((
                self.function(self.chain(chain).function),
                None,
                out,
                call,
                imported(chain),
            ));
        }
        levels.into_iter().any(|(function, body, out, call, imported)| {
            let mut taint = Taint {
                imported,
                ..Taint::default()
            };
            for (block, op) in places(function, out) {
                if let Some(OpKind::Call { dst, .. }) = function.blocks[block].ops.get(op).map(|op| &op.kind) {
                    taint.temps.insert(*dst);
                }
            }
            spread(function, body, &mut taint);
            is_given(function, call, &taint) || body.is_some_and(|body| decides(function, body, &taint))
        })
    }

    /// Up to the function that two calls have in common: its chain, and the calls in it that lead to either.
    fn common(&self, submit: (ChainId, Span), get: (ChainId, Span)) -> Option<(ChainId, Span, Span)> {
        let ups = |(chain, span): (ChainId, Span)| {
            let mut all = vec![(chain, span)];
            let mut at = chain;
            while let Some((caller, _, call)) = self.chain(at).caller {
                all.push((caller, call));
                at = caller;
            }
            all
        };
        let others = ups(get);
        ups(submit).into_iter().find_map(|(chain, span)| {
            let other = others.iter().find(|other| other.0 == chain)?;
            Some((chain, span, other.1))
        })
    }

    /// Whether what one call gives is what a later call in the same round is made on, as far as can be seen.
    #[must_use]
    pub fn flows(&self, submit: (ChainId, Span), get: (ChainId, Span)) -> bool {
        let Some((chain, first, last)) = self.common(submit, get) else {
            return false;
        };
        let function = self.function(self.chain(chain).function);
        if first == last {
            return true;
        }
        let mut taint = Taint::default();
        let mut begun = false;
        for block in &function.blocks {
            for op in &block.ops {
                if let OpKind::Call { dst, .. } = &op.kind {
                    if op.span == first {
                        taint.temps.insert(*dst);
                        begun = true;
                        continue;
                    }
                    if op.span == last && begun {
                        return is_given(function, last, &taint);
                    }
                }
                if begun {
                    step(&op.kind, &mut taint);
                }
            }
        }
        false
    }

    /// Whether something is called between two calls of one round, other than the few things that take no time.
    #[must_use]
    pub fn works_between(&self, submit: (ChainId, Span), get: (ChainId, Span)) -> bool {
        let Some((chain, first, last)) = self.common(submit, get) else {
            return true;
        };
        let function = self.function(self.chain(chain).function);
        let (Some(&(block, op)), Some(&(last_block, last_op))) =
            (places(function, first).first(), places(function, last).first())
        else {
            return true;
        };
        if first == last || (block, op) == (last_block, last_op) {
            return false;
        }
        let works = |block: usize, from: usize, to: usize| {
            function.blocks[block]
                .ops
                .iter()
                .enumerate()
                .filter(|(at, _)| (from..to).contains(at))
                .any(|(at, op)| match &op.kind {
                    OpKind::Call { callee, .. } => !self.is_quick(function, block, at, *callee),
                    OpKind::Yield { .. } | OpKind::Await { .. } | OpKind::Enter { .. } => true,
                    _ => false,
                })
        };
        if block == last_block && op < last_op {
            return works(block, op + 1, last_op);
        }
        let mut seen = vec![false; function.blocks.len()];
        let mut todo = vec![(block, op + 1)];
        while let Some((at, from)) = todo.pop() {
            let to = if at == last_block && from == 0 {
                last_op
            } else {
                usize::MAX
            };
            if works(at, from, to) {
                return true;
            }
            if to != usize::MAX {
                continue;
            }
            for next in successors(function, at) {
                if next > block && !std::mem::replace(&mut seen[next], true) {
                    todo.push((next, 0));
                }
            }
        }
        false
    }

    /// Whether the operation that is called is one of those that take no time: a print, a log, an append.
    fn is_quick(&self, function: &Function, block: usize, before: usize, callee: Temp) -> bool {
        function.blocks[block].ops.iter().take(before).any(|op| match &op.kind {
            OpKind::Attr { dst, name, .. } if *dst == callee => {
                let name = self.name(*name);
                matches!(
                    name,
                    "append" | "add" | "put" | "items" | "pop" | "popleft" | "time" | "monotonic" | "perf_counter"
                ) || self.api.is_harmless_method(name)
            }
            OpKind::Load {
                dst,
                place: Place::Global(name),
                ..
            } if *dst == callee => matches!(
                self.name(*name),
                "print" | "len" | "str" | "range" | "repr" | "int" | "tuple" | "list"
            ),
            _ => false,
        })
    }

    /// The global variables that a loop assigns, in its own body and in the functions down to a call.
    #[must_use]
    pub fn globals_assigned(&self, round: &Round, chain: ChainId, span: Span) -> FxHashSet<Symbol> {
        let mut globals = FxHashSet::default();
        let mut add = |function: &Function, body: Option<Body>| {
            each_op(function, body, |op| {
                if let OpKind::Store {
                    place: Place::Global(name),
                    ..
                } = op
                {
                    globals.insert(*name);
                }
            });
        };
        add(self.function(self.chain(round.chain).function), Some(round.body));
        for (inner, _) in self.path(round.chain, chain, span) {
            add(self.function(self.chain(inner).function), None);
        }
        globals
    }

    /// The calls that lead down from a chain to a place: each function with the next call in it.
    fn path(&self, from: ChainId, chain: ChainId, span: Span) -> Vec<(ChainId, Span)> {
        let mut path = Vec::new();
        let (mut chain, mut span) = (chain, span);
        while chain != from {
            path.push((chain, span));
            match self.chain(chain).caller {
                Some((caller, _, call)) => (chain, span) = (caller, call),
                None => break,
            }
        }
        path.reverse();
        path
    }
}

/// The loops around a call in one function, from the inside out.
fn bodies(function: &Function, call: Span) -> Vec<Body> {
    let mut found = Vec::new();
    for (block, op) in places(function, call) {
        let mut open = Vec::new();
        let mut comprehensions = Vec::new();
        for (at, here) in function.blocks[block].ops.iter().enumerate() {
            match here.kind {
                OpKind::LoopEnter => open.push(at),
                OpKind::LoopExit => {
                    // What a comprehension draws from is code that runs once for all of its rounds.
                    let draws = |from: usize| {
                        op == from + 1 && matches!(function.blocks[block].ops[op].kind, OpKind::Iterate { .. })
                    };
                    if let Some(from) = open.pop()
                        && from < op
                        && op < at
                        && !draws(from)
                    {
                        comprehensions.push(Body::Comprehension(block, from, at));
                    }
                }
                _ => {}
            }
        }
        found.extend(comprehensions);
        let mut around: Vec<(usize, usize)> = function
            .blocks
            .iter()
            .enumerate()
            .filter_map(|(head, code)| Some((head, code.loop_end?.0 as usize)))
            .filter(|&(head, end)| (head..end).contains(&block))
            // What a `for` loop draws from is code that runs once for all rounds, and gives an element at a time.
            .filter(|&(head, _)| {
                head != block || op > 0 || !matches!(function.blocks[block].ops[op].kind, OpKind::Iterate { .. })
            })
            .collect();
        around.sort_unstable_by_key(|&(head, end)| end - head);
        found.extend(around.into_iter().map(|(head, end)| Body::Blocks(head, end)));
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// Where an expression is a call: block and operation. A `finally` stands in several blocks.
pub(super) fn places(function: &Function, call: Span) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (block, code) in function.blocks.iter().enumerate() {
        for (at, op) in code.ops.iter().enumerate() {
            let fits = match op.kind {
                OpKind::Call { .. } | OpKind::Iterate { .. } | OpKind::Exit { .. } => op.span == call,
                // What calls a special method, or the function of a property.
                OpKind::Attr { .. }
                | OpKind::SetAttr { .. }
                | OpKind::Item { .. }
                | OpKind::SetItem { .. }
                | OpKind::Binary { .. }
                | OpKind::Format { .. }
                | OpKind::Logical { .. }
                | OpKind::Enter { .. } => op.span == call,
                _ => false,
            };
            if fits {
                places.push((block, at));
            }
        }
    }
    places
}

fn successors(function: &Function, at: usize) -> Vec<usize> {
    match function.blocks.get(at).map(|block| &block.end) {
        Some(Terminator::Goto(to)) => vec![to.0 as usize],
        Some(Terminator::Branch { then, otherwise, .. }) => vec![then.0 as usize, otherwise.0 as usize],
        _ => Vec::new(),
    }
}

/// Whether a block is the one that goes back to the head of a `for`.
fn is_latch(function: &Function, at: usize, head: usize) -> bool {
    matches!(
        &function.blocks[at].end,
        Terminator::Branch { test: Test::Again, then, otherwise, .. }
            if then.0 as usize == head || otherwise.0 as usize == head
    )
}

/// Whether a block is a part of the condition of a `while`: nothing but tests lead to it from the head.
fn is_while_test(function: &Function, at: usize, head: usize) -> bool {
    let is_for = function.blocks[head]
        .ops
        .iter()
        .any(|op| matches!(op.kind, OpKind::Iterate { .. }));
    if is_for || !matches!(function.blocks[at].end, Terminator::Branch { .. }) {
        return false;
    }
    // `while a and b`: the blocks of the condition follow the head directly and hold no statement.
    (head..=at).all(|block| {
        function.blocks[block].ops.iter().all(|op| {
            !matches!(
                op.kind,
                OpKind::Store { .. } | OpKind::Discard { .. } | OpKind::Enter { .. }
            )
        }) && matches!(function.blocks[block].end, Terminator::Branch { .. })
    })
}

pub(super) fn each_op<'f>(function: &'f Function, body: Option<Body>, mut see: impl FnMut(&'f OpKind)) {
    let (blocks, ops) = match body {
        None => (0..function.blocks.len(), 0..usize::MAX),
        Some(Body::Blocks(head, end)) => (head..end.min(function.blocks.len()), 0..usize::MAX),
        Some(Body::Comprehension(block, from, to)) => (block..block + 1, from..to),
    };
    for block in blocks {
        for (at, op) in function.blocks[block].ops.iter().enumerate() {
            if ops.contains(&at) {
                see(&op.kind);
            }
        }
    }
}

/// Whether control that gets to a block leaves the loop without another round.
pub(super) fn leaves(function: &Function, from: usize, head: usize, end: usize) -> bool {
    let mut seen = vec![false; function.blocks.len()];
    let mut todo = vec![from];
    while let Some(at) = todo.pop() {
        if !(head..end).contains(&at) {
            continue;
        }
        if at == head || is_latch(function, at, head) {
            return false;
        }
        for next in successors(function, at) {
            if !std::mem::replace(&mut seen[next], true) {
                todo.push(next);
            }
        }
    }
    true
}
