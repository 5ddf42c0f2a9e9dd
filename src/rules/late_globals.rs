//! Globals that a worker reads and that only the main process has set: a child that imports the module has them not, or has
//! what the import left in them.

use super::check::{Check, Draft};
use super::waits::is_same_worker;
use crate::files::Span;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::python::Symbol;
use crate::python::ir::{Function, OpKind, Place};

/// A worker's read of such a global.
pub(super) struct LateRead<'m> {
    /// The read.
    pub event: &'m Event<'m>,
    /// The name of the global.
    pub name: Symbol,
    /// Where the main process sets it, or changes what it holds.
    pub set: Span,
    /// Whether the main program does so for certain.
    pub by_main: bool,
    /// Whether an import of the module sets the global, too.
    pub bound: bool,
}

/// All reads by workers that have not set the global themselves.
pub(super) fn late_reads<'m>(model: &'m Model<'m>) -> impl Iterator<Item = LateRead<'m>> {
    model.events().iter().filter_map(move |event| {
        let EventKind::LateRead {
            module,
            name,
            set,
            by_main,
            inside,
        } = event.kind
        else {
            return None;
        };
        let is_set_here = model.events().iter().any(|other| {
            let sets =
                matches!(other.kind, EventKind::Change { object, field } if object == module && field == Some(name));
            // A cache that each process fills for itself.
            let fills = matches!(other.kind, EventKind::Change { object, .. } if inside == Some(object));
            (sets || fills) && is_same_worker(model, other.context, event.context)
        });
        // `if connection is None: connection = connect()`: where the main process has none to give, the worker makes its own.
        let sets_itself = sets_global(model.function(event.function), name);
        (!is_set_here && !sets_itself).then(|| LateRead {
            event,
            name,
            set,
            by_main,
            bound: inside.is_some() || model.is_bound_at_import(module, name),
        })
    })
}

/// Whether the code of a function sets a global, or an item of what it holds: a cache that whoever finds nothing in it fills.
fn sets_global(function: &Function, name: Symbol) -> bool {
    let mut ops = function.blocks.iter().flat_map(|block| &block.ops);
    ops.any(|op| match op.kind {
        OpKind::Store {
            place: Place::Global(set),
            ..
        } => set == name,
        OpKind::SetItem { base, .. } => matches!(
            function.definition(base),
            Some(OpKind::Load { place: Place::Global(filled), .. }) if *filled == name
        ),
        _ => false,
    })
}

/// A finding at the read.
pub(super) fn draft(check: &Check<'_>, late: &LateRead<'_>, message: String) -> Draft {
    let starter = check
        .model
        .process_of(late.event.context)
        .and_then(|process| check.model.context(process).object);
    let draft = Draft::new(late.event.span, message).related(late.set, "only the main process gets here");
    match starter {
        Some(starter) => {
            let (methods, named) = check.methods_of(late.event, starter);
            draft.under(methods, named)
        }
        None => draft,
    }
}
