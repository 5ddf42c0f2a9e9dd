//! What a function works out and returns, and whether working it out is all that it does.

use crate::model::Model;
use crate::model::value::Atom;
use crate::python::Symbol;
use crate::python::ir::{
    Arg, ArgKind, Block, Function, FunctionId, FunctionKind, Op, OpKind, ParamKind, Place, Slot, Temp, Terminator,
};

/// Calls of functions are followed so many levels down.
const DEEPEST: u32 = 4;

/// Builtins that only work something out.
const PURE: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "chr",
    "dict",
    "divmod",
    "enumerate",
    "float",
    "frozenset",
    "int",
    "isinstance",
    "len",
    "list",
    "max",
    "min",
    "ord",
    "pow",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
];

/// Methods of strings and other values that change nothing.
const PURE_METHODS: &[&str] = &[
    "count",
    "decode",
    "encode",
    "endswith",
    "format",
    "index",
    "items",
    "join",
    "keys",
    "lower",
    "lstrip",
    "replace",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "title",
    "upper",
    "values",
    "bit_length",
];

/// Methods that change what they belong to, which does not matter where that is the function's own.
const FILLING: &[&str] = &[
    "add",
    "append",
    "extend",
    "insert",
    "pop",
    "remove",
    "setdefault",
    "sort",
    "update",
    "get",
];

/// The expressions after `return` whose value is worked out, with their places.
pub(super) fn worked_out<'f>(model: &Model<'f>, id: FunctionId) -> Vec<&'f Op> {
    worked_out_below(model, id, 0)
}

fn worked_out_below<'f>(model: &Model<'f>, id: FunctionId, depth: u32) -> Vec<&'f Op> {
    let function = model.function(id);
    let mut found = Vec::new();
    for block in &function.blocks {
        if let Terminator::Return(Some(temp)) = block.end
            && let Some(op) = definition(block, temp)
            && is_worked_out(model, id, block, op, depth)
        {
            found.push(op);
        }
    }
    found
}

/// The operation that gives a value within a block.
fn definition(block: &Block, temp: Temp) -> Option<&Op> {
    block.ops.iter().find(|op| result(&op.kind) == Some(temp))
}

/// The value that an operation gives.
pub(super) fn result(op: &OpKind) -> Option<Temp> {
    match op {
        OpKind::Const { dst, .. }
        | OpKind::Load { dst, .. }
        | OpKind::Attr { dst, .. }
        | OpKind::Item { dst, .. }
        | OpKind::Element { dst, .. }
        | OpKind::Call { dst, .. }
        | OpKind::MakeFunction { dst, .. }
        | OpKind::MakeClass { dst, .. }
        | OpKind::Build { dst, .. }
        | OpKind::Binary { dst, .. }
        | OpKind::Unary { dst, .. }
        | OpKind::Logical { dst, .. }
        | OpKind::Select { dst, .. }
        | OpKind::Format { dst, .. }
        | OpKind::Iterate { dst, .. }
        | OpKind::Enter { dst, .. }
        | OpKind::Await { dst, .. } => Some(*dst),
        _ => None,
    }
}

fn is_worked_out(model: &Model<'_>, id: FunctionId, block: &Block, op: &Op, depth: u32) -> bool {
    let function = model.function(id);
    if depth > DEEPEST {
        return false;
    }
    match &op.kind {
        OpKind::Binary { .. } | OpKind::Format { .. } => true,
        OpKind::Build { items, .. } => !items.is_empty(),
        OpKind::Load {
            place: Place::Local(slot),
            ..
        } => {
            let is_param = (slot.0 as usize) < function.params.len();
            let is_filled = is_filled(model, id, *slot, depth);
            !is_param
                && (is_filled
                    || stores(function, *slot).any(|(block, op)| is_worked_out(model, id, block, op, depth + 1)))
        }
        OpKind::Call { callee, .. } => match definition(block, *callee).map(|op| &op.kind) {
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => match called(model, id, *name) {
                Some(callee) => !worked_out_below(model, callee, depth + 1).is_empty(),
                None => PURE.contains(&model.name(*name)),
            },
            _ => false,
        },
        _ => false,
    }
}

/// What is stored in a variable of the function.
fn stores(function: &Function, slot: Slot) -> impl Iterator<Item = (&Block, &Op)> {
    function.blocks.iter().flat_map(move |block| {
        block.ops.iter().filter_map(move |op| match op.kind {
            OpKind::Store {
                place: Place::Local(to),
                value,
            } if to == slot => definition(block, value).map(|op| (block, op)),
            _ => None,
        })
    })
}

/// Whether a variable holds a container of the function's own that it fills, or has filled by a function that it calls.
fn is_filled(model: &Model<'_>, id: FunctionId, slot: Slot, depth: u32) -> bool {
    is_fresh(model, model.function(id), slot) && fills(model, id, slot, depth)
}

/// Whether a function fills the container in a variable.
fn fills(model: &Model<'_>, id: FunctionId, slot: Slot, depth: u32) -> bool {
    depth <= DEEPEST
        && model.function(id).blocks.iter().any(|block| {
            block.ops.iter().any(|op| match &op.kind {
                OpKind::SetItem { base, .. } => loads(block, *base) == Some(slot),
                OpKind::Call { callee, args, .. } => match definition(block, *callee).map(|op| &op.kind) {
                    Some(OpKind::Attr { base, name, .. }) => {
                        FILLING.contains(&model.name(*name)) && loads(block, *base) == Some(slot)
                    }
                    Some(OpKind::Load {
                        place: Place::Global(name),
                        ..
                    }) => called(model, id, *name).is_some_and(|callee| {
                        let function = model.function(callee);
                        let is_it = |temp| loads(block, temp) == Some(slot);
                        given(function, args, is_it)
                            .into_iter()
                            .any(|param| fills(model, callee, param, depth + 1))
                    }),
                    _ => false,
                },
                _ => false,
            })
        })
}

/// The parameters of a function that arguments by position of some kind are bound to.
fn given(function: &Function, args: &[Arg], is_it: impl Fn(Temp) -> bool) -> Vec<Slot> {
    let takes = |at: &usize| {
        let param = function.params.get(*at);
        param.is_some_and(|param| matches!(param.kind, ParamKind::Positional | ParamKind::PositionalOnly))
    };
    let by_position = args.iter().take_while(|arg| arg.kind == ArgKind::Positional);
    let places = by_position
        .enumerate()
        .filter(|(_, arg)| is_it(arg.value))
        .map(|(at, _)| at);
    places.filter(takes).map(|at| Slot(at as u32)).collect()
}

/// The variable that a value was read from.
fn loads(block: &Block, temp: Temp) -> Option<Slot> {
    match definition(block, temp)?.kind {
        OpKind::Load {
            place: Place::Local(slot),
            ..
        } => Some(slot),
        _ => None,
    }
}

/// Whether a variable only ever holds containers that the function makes.
fn is_fresh(model: &Model<'_>, function: &Function, slot: Slot) -> bool {
    let mut any = false;
    let mut all = true;
    for (block, op) in stores(function, slot) {
        any = true;
        all &= match &op.kind {
            OpKind::Build { .. } => true,
            OpKind::Call { callee, .. } => matches!(
                definition(block, *callee).map(|op| &op.kind),
                Some(OpKind::Load { place: Place::Global(name), .. })
                    if matches!(model.name(*name), "list" | "dict" | "set" | "sorted")
            ),
            _ => false,
        };
    }
    any && all && (slot.0 as usize) >= function.params.len()
}

/// The function that a name of the module stands for, in the file of a function.
fn called(model: &Model<'_>, from: FunctionId, name: Symbol) -> Option<FunctionId> {
    let home = model.code.home(from);
    let mut named = model.code.functions().filter(|(id, function)| {
        function.name == name
            && function.kind == FunctionKind::Def
            && model.code.home(*id) == home
            && function.parent.is_some_and(|parent| model.code.is_module_body(parent))
    });
    named.next().map(|(id, _)| id)
}

/// Whether a function does nothing that anybody could see but to return a value.
pub(super) fn only_returns(model: &Model<'_>, id: FunctionId, depth: u32) -> bool {
    only_returns_or_fills(model, id, &[], depth)
}

/// The same for a function that may fill some of its parameters.
fn only_returns_or_fills(model: &Model<'_>, id: FunctionId, filled: &[Slot], depth: u32) -> bool {
    let function = model.function(id);
    if depth > DEEPEST || function.is_generator || function.kind != FunctionKind::Def {
        return false;
    }
    let is_filled = |slot: Slot| filled.contains(&slot) && stores(function, slot).next().is_none();
    let is_own = |block: &Block, temp: Temp| {
        loads(block, temp).is_some_and(|slot| is_filled(slot) || is_fresh(model, function, slot))
    };
    function.blocks.iter().all(|block| {
        block.ops.iter().all(|op| match &op.kind {
            OpKind::Const { .. }
            | OpKind::Load { .. }
            | OpKind::Attr { .. }
            | OpKind::Item { .. }
            | OpKind::Element { .. }
            | OpKind::Build { .. }
            | OpKind::Binary { augmented: false, .. }
            | OpKind::Unary { .. }
            | OpKind::Logical { .. }
            | OpKind::Select { .. }
            | OpKind::Format { .. }
            | OpKind::Iterate { .. }
            | OpKind::LoopEnter
            | OpKind::LoopExit
            | OpKind::Discard { .. } => true,
            OpKind::Store {
                place: Place::Local(_), ..
            } => true,
            // `x += y` changes a list in place: of the function's own, or a number.
            OpKind::Binary { left, .. } => {
                loads(block, *left).is_some_and(|slot| is_filled(slot) || !is_param(function, slot))
            }
            OpKind::SetItem { base, .. } => is_own(block, *base),
            OpKind::Call { callee, args, .. } => is_pure_call(model, id, block, (*callee, args), is_own, depth),
            _ => false,
        })
    })
}

fn is_param(function: &Function, slot: Slot) -> bool {
    (slot.0 as usize) < function.params.len()
}

fn is_pure_call(
    model: &Model<'_>,
    id: FunctionId,
    block: &Block,
    (callee, args): (Temp, &[Arg]),
    is_own: impl Fn(&Block, Temp) -> bool,
    depth: u32,
) -> bool {
    match definition(block, callee).map(|op| &op.kind) {
        Some(OpKind::Load {
            place: Place::Global(name),
            ..
        }) => match called(model, id, *name) {
            Some(callee) if callee == id => true,
            Some(callee) => {
                let filled = given(model.function(callee), args, |temp| is_own(block, temp));
                only_returns_or_fills(model, callee, &filled, depth + 1)
            }
            None => PURE.contains(&model.name(*name)),
        },
        Some(OpKind::Attr { base, name, .. }) => {
            let name = model.name(*name);
            let of_module = matches!(
                definition(block, *base).map(|op| &op.kind),
                Some(OpKind::Load { place: Place::Global(module), .. }) if model.name(*module) == "math"
            );
            of_module || PURE_METHODS.contains(&name) || (FILLING.contains(&name) && is_own(block, *base))
        }
        _ => false,
    }
}

/// Whether a value is more than nothing, a truth value or a constant: what somebody wants to have.
pub(super) fn is_result(atoms: &[Atom]) -> bool {
    !atoms.contains(&Atom::Unknown)
        && atoms.iter().any(|atom| {
            matches!(
                atom,
                Atom::Object(_) | Atom::Text | Atom::Sized(_) | Atom::Processors { .. } | Atom::Scalar
            )
        })
}
