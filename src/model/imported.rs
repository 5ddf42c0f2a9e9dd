//! What a child that imports the main module finds in it, and what only the main program has made.

use rustc_hash::FxHashSet;

use super::heap::ObjectId;
use crate::python::Symbol;
use crate::python::ir::{ClassId, FunctionId};

/// What the run saw of the names of a module.
#[derive(Debug, Default)]
pub(super) struct Imported {
    /// Names that some way through the import binds, by namespace. Code that only the main program gets to is left out.
    pub bound: FxHashSet<(ObjectId, Symbol)>,
    /// Names that some function binds which a child runs.
    pub bound_by_children: FxHashSet<(ObjectId, Symbol)>,
    /// Nested functions whose name is declared global: pickle finds them in the module.
    pub global_functions: FxHashSet<FunctionId>,
    /// The same of classes.
    pub global_classes: FxHashSet<ClassId>,
}
