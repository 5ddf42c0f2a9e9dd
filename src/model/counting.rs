//! How many rounds a loop has and what for: loops that only count, whose number is told and no more, and loops over a few
//! names.

use super::Model;
use super::rounds::{Body, Round, each_op};
use super::taint::{Taint, spread};
use crate::python::ir::{BuildItem, Function, OpKind, Place, Slot, Temp};

/// What is given a number to tell of it, or to wait for as long.
const TELLS: &[&str] = &[
    "print",
    "str",
    "repr",
    "format",
    "write",
    "log",
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "sleep",
    "min",
    "max",
    "pow",
];

impl Model<'_> {
    /// Whether the loop counts, and hands what it counts to nothing but what tells of it: `for attempt in range(3)`.
    #[must_use]
    pub fn only_counts(&self, round: &Round) -> bool {
        let Body::Blocks(head, _) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        let Some((number, iterable)) = drawn(function, head) else {
            return false;
        };
        let mut taint = Taint::default();
        taint.temps.insert(number);
        spread(function, Some(round.body), &mut taint);
        let is_range = |value: Temp| match function.definition(value) {
            Some(OpKind::Call { callee, .. }) => self.name_of(function, *callee) == Some("range"),
            _ => false,
        };
        let counts = function.stores(iterable).all(is_range);
        let (mut is_used, mut is_told) = (false, true);
        each_op(function, Some(round.body), |op| {
            is_used |= matches!(op, OpKind::Load { dst, .. } if taint.has(*dst));
            if let OpKind::Call { callee, args, .. } = op
                && args.iter().any(|arg| taint.has(arg.value))
            {
                let name = self.name_of(function, *callee).unwrap_or_default();
                is_told &= TELLS.contains(&name) || name.ends_with("Error") || name.ends_with("Exception");
            }
        });
        !is_used || (counts && is_told)
    }

    /// Whether the loop draws at most so many names or numbers, which are written down with it: `for name in
    /// ("train", "test")`.
    #[must_use]
    pub fn draws_a_few(&self, round: &Round, most: usize) -> bool {
        let Body::Blocks(head, _) = round.body else {
            return false;
        };
        let function = self.function(self.chain(round.chain).function);
        let Some((_, iterable)) = drawn(function, head) else {
            return false;
        };
        let is_name = |item: &BuildItem| match item {
            BuildItem::Value(value) => matches!(function.definition(*value), Some(OpKind::Const { .. })),
            _ => false,
        };
        function.stores(iterable).all(|value| match function.definition(value) {
            Some(OpKind::Build {
                items,
                comprehension: false,
                ..
            }) => items.len() <= most && items.iter().all(is_name),
            _ => false,
        })
    }

    /// The name of what is called: of a global, or of a method.
    fn name_of(&self, function: &Function, callee: Temp) -> Option<&str> {
        match function.definition(callee)? {
            OpKind::Load {
                place: Place::Global(name),
                ..
            }
            | OpKind::Attr { name, .. } => Some(self.name(*name)),
            _ => None,
        }
    }
}

/// What a loop draws at its head, and where what it runs over is kept.
fn drawn(function: &Function, head: usize) -> Option<(Temp, Slot)> {
    function.blocks.get(head)?.ops.iter().find_map(|op| match op.kind {
        OpKind::Iterate { dst, iterable, .. } => Some((dst, iterable)),
        _ => None,
    })
}
