//! Loops that only count: what they count is told, and nothing is done with it.

use super::Model;
use super::rounds::{Body, Round, each_op};
use super::taint::{Taint, spread};
use crate::python::ir::{Function, OpKind, Place, Temp};

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
        let drawn = function.blocks.get(head).and_then(|block| {
            block.ops.iter().find_map(|op| match op.kind {
                OpKind::Iterate { dst, iterable, .. } => Some((dst, iterable)),
                _ => None,
            })
        });
        let Some((number, iterable)) = drawn else { return false };
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
