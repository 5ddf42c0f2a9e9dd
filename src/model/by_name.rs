//! What pickle sends by its name only: functions and classes of a module. Whoever unpickles it looks the name up, in the
//! main module or in another that it imports for this.

use rustc_hash::FxHashSet;

use super::Model;
use super::code::UnitId;
use super::events::Event;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::{Atom, Value};
use crate::files::Span;
use crate::python::Symbol;
use crate::python::ir::{ClassId, FunctionId, FunctionKind};

/// A function or class that is sent by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// A function.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
}

impl Named {
    /// The global name under which it is looked up.
    #[must_use]
    pub fn name(self, model: &Model<'_>) -> Symbol {
        match self {
            Self::Function(id) => model.function(id).name,
            Self::Class(id) => model.class(id).name,
        }
    }

    /// The function, or the body of the class.
    fn function(self, model: &Model<'_>) -> FunctionId {
        match self {
            Self::Function(id) => id,
            Self::Class(id) => model.class(id).body,
        }
    }

    /// Where it is defined.
    #[must_use]
    pub fn defined_at(self, model: &Model<'_>) -> Span {
        match self {
            Self::Function(id) => model.function(id).name_span,
            Self::Class(id) => model.class(id).name_span,
        }
    }

    /// What a message calls it.
    #[must_use]
    pub fn describe(self, model: &Model<'_>) -> String {
        let name = model.name(self.name(model));
        match self {
            Self::Function(_) => format!("the function `{name}`"),
            Self::Class(_) => format!("the class `{name}`"),
        }
    }
}

/// The first thing in a value that is sent by name and for which a condition holds. `None` where there is none, or where
/// the value may be one without.
///
/// `each` says that the alternatives of the value are elements of a container, all of which are sent.
pub fn find_named(
    model: &Model<'_>,
    event: &Event<'_>,
    value: &Value,
    each: bool,
    condition: impl Fn(Named) -> bool,
) -> Option<Named> {
    Search {
        model,
        heap: &event.heap,
        seen: FxHashSet::default(),
        condition,
    }
    .value(value, each, 0)
}

impl Model<'_> {
    /// Whether the global name of something is bound at an event, or may be.
    #[must_use]
    pub fn is_bound(&self, heap: &Heap, named: Named) -> bool {
        heap.get(self.namespace(named))
            .is_some_and(|space| space.fields.get(named.name(self)).is_some())
    }

    /// Whether a child that imports the main module finds the global name of something there, or may.
    #[must_use]
    pub fn is_bound_by_import(&self, named: Named) -> bool {
        self.imported.bound.contains(&(self.namespace(named), named.name(self)))
    }

    /// Whether a child finds the global name of something in another module than the main one, or may: because the import
    /// binds it, or a function that a child runs. In the main module the latter is no help: there a child binds it in a
    /// copy of the module, in which nobody looks for it.
    fn is_bound_by_others(&self, named: Named) -> bool {
        let global = (self.namespace(named), named.name(self));
        self.is_bound_at_import(global.0, global.1) || self.imported.bound_by_children.contains(&global)
    }

    /// Whether something is defined in a notebook, whose cells run in a main module that has no file.
    #[must_use]
    pub fn is_of_notebook(&self, named: Named) -> bool {
        self.code
            .unit(self.code.home(named.function(self)))
            .module()
            .is_notebook
    }

    fn namespace(&self, named: Named) -> ObjectId {
        self.namespaces[self.code.home(named.function(self)).0 as usize]
    }
}

struct Search<'m, 'a, C> {
    model: &'m Model<'a>,
    heap: &'m Heap,
    seen: FxHashSet<ObjectId>,
    condition: C,
}

impl<C: Fn(Named) -> bool> Search<'_, '_, C> {
    fn value(&mut self, value: &Value, each: bool, depth: u32) -> Option<Named> {
        if depth > 8 || value.may_be_unknown() {
            return None;
        }
        if each {
            return value.atoms().iter().find_map(|&atom| self.atom(atom, depth));
        }
        let mut first = None;
        for &atom in value.atoms() {
            let found = self.atom(atom, depth)?;
            first.get_or_insert(found);
        }
        first
    }

    fn atom(&mut self, atom: Atom, depth: u32) -> Option<Named> {
        match atom {
            Atom::Function(id, _) => self.function(id),
            Atom::Bound(id) => match self.model.unbind(id).0 {
                Atom::Object(receiver) => self.object(receiver, depth),
                _ => None,
            },
            Atom::Object(id) => self.object(id, depth),
            _ => None,
        }
    }

    fn function(&self, id: FunctionId) -> Option<Named> {
        let model = self.model;
        // What cannot be sent at all is for another rule; and a decorator may have given it another name.
        if model.is_local_function(id) || model.is_wrapped(id) || model.is_decorator_result(id) {
            return None;
        }
        // A method goes by the name of its class.
        let mut named = Named::Function(id);
        let mut parent = model.function(id).parent;
        while let Some(at) = parent {
            let FunctionKind::ClassBody(class) = model.function(at).kind else {
                break;
            };
            named = Named::Class(class);
            parent = model.function(at).parent;
        }
        self.check(named)
    }

    /// Other modules are imported by whoever unpickles something of theirs, and have what their own code defines, but not
    /// what one of their functions has made global.
    fn check(&self, named: Named) -> Option<Named> {
        let model = self.model;
        let body = named.function(model);
        let is_main = model.code.home(body) == UnitId::ROOT;
        let may_be_missing = is_main || (model.is_made_by_another(body) && !model.is_bound_by_others(named));
        (may_be_missing && (self.condition)(named)).then_some(named)
    }

    fn class(&self, class: ClassId) -> Option<Named> {
        let model = self.model;
        let mut outermost = class;
        let mut parent = model.class(class).parent;
        if model.is_in_function(model.class(class).body) {
            return None;
        }
        while let FunctionKind::ClassBody(class) = model.function(parent).kind {
            outermost = class;
            parent = model.class(class).parent;
        }
        self.check(Named::Class(outermost))
    }

    fn object(&mut self, id: ObjectId, depth: u32) -> Option<Named> {
        if !self.seen.insert(id) {
            return None;
        }
        let object = self.heap.get(id)?;
        match self.model.object(id).kind {
            ObjectKind::Class(class) => return self.class(class),
            ObjectKind::Instance(class) => {
                if let ObjectKind::Class(class_id) = self.model.object(class).kind
                    && let Some(found) = self.class(class_id)
                {
                    return Some(found);
                }
                if self.model.pickles_its_own_way(self.heap, class) {
                    return None;
                }
            }
            ObjectKind::List
            | ObjectKind::Tuple
            | ObjectKind::Set
            | ObjectKind::Dict
            | ObjectKind::Partial
            | ObjectKind::Iterable => {}
            _ => return None,
        }
        for (_, value) in object.fields.iter() {
            if let Some(found) = self.value(value, false, depth + 1) {
                return Some(found);
            }
        }
        if let Some(items) = &object.items {
            return items.iter().find_map(|item| self.value(item, false, depth + 1));
        }
        if matches!(self.model.object(id).kind, ObjectKind::Instance(_)) {
            return None;
        }
        self.value(&object.elements, true, depth + 1)
    }
}
