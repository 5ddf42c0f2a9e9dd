//! Files that several processes open under one name.

use crate::model::Model;
use crate::model::code::UnitId;
use crate::model::events::{Arguments, Event};
use crate::model::value::Atom;
use crate::python::Symbol;
use crate::python::ir::{OpKind, Place};

/// Names that a path of each process is made with.
pub(super) const OF_EACH: &[&str] = &[
    "getpid",
    "current_process",
    "uuid4",
    "uuid1",
    "strftime",
    "now",
    "mkstemp",
    "mkdtemp",
    "NamedTemporaryFile",
    "TemporaryDirectory",
];

/// A file that has one name in all processes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SharedFile {
    /// Written down.
    Named(Symbol),
    /// What a module calls so, and sets once.
    Global(UnitId, Symbol),
}

impl SharedFile {
    /// Its name, or that of what holds it.
    pub fn name(self) -> Symbol {
        match self {
            Self::Named(name) | Self::Global(_, name) => name,
        }
    }
}

/// The file that an argument of a call names, where it is the same in every process.
pub(super) fn shared_file(
    model: &Model<'_>,
    event: &Event<'_>,
    arguments: &Arguments<'_>,
    param: &str,
) -> Option<SharedFile> {
    let path = arguments.get(param)?;
    if let Some(Atom::Str(name)) = path.value.single() {
        return Some(SharedFile::Named(name));
    }
    let ops = model
        .function(event.function)
        .blocks
        .iter()
        .flat_map(|block| &block.ops);
    let global = ops.filter(|op| op.span == path.span).find_map(|op| match op.kind {
        OpKind::Load {
            place: Place::Global(name),
            ..
        } => Some(name),
        _ => None,
    })?;
    let unit = model.code.home(event.function);
    is_alike_everywhere(model, unit, global).then_some(SharedFile::Global(unit, global))
}

/// Whether a global is set once, by the module itself, from names that mean the same in every process.
fn is_alike_everywhere(model: &Model<'_>, unit: UnitId, global: Symbol) -> bool {
    let functions = model.code.functions().filter(|(id, _)| model.code.home(*id) == unit);
    let mut sets = functions.flat_map(|(id, function)| {
        let blocks = function.blocks.iter();
        blocks.flat_map(move |block| {
            let ops = block.ops.iter().enumerate();
            let sets = ops.filter(
                move |(_, op)| matches!(op.kind, OpKind::Store { place: Place::Global(name), .. } if name == global),
            );
            sets.map(move |(at, _)| (id, &block.ops[..at]))
        })
    });
    let (Some((function, before)), None) = (sets.next(), sets.next()) else {
        return false;
    };
    let statement = before.iter().rev();
    let mut statement = statement.take_while(|op| !matches!(op.kind, OpKind::Store { .. }));
    let defines = |name: Symbol| {
        let mut functions = model.code.functions();
        functions.any(|(id, function)| function.name == name && model.code.home(id) == unit)
    };
    model.code.is_module_body(function)
        && statement.all(|op| match op.kind {
            OpKind::Attr { name, .. }
            | OpKind::ImportFrom { name, .. }
            | OpKind::Load {
                place: Place::Global(name),
                ..
            } => !OF_EACH.contains(&model.name(name)) && !defines(name),
            _ => true,
        })
}
