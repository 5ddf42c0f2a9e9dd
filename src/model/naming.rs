//! Whether the name of a function leads back to it, which is how pickle finds it in the other process.

use super::Model;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::{Atom, Value};
use crate::python::ir::{FunctionId, FunctionKind};

/// Why the name of a function does not lead back to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misnamed {
    /// A decorator has made it, and it has kept the name that it has inside the decorator.
    Wrapper(FunctionId),
    /// Its name leads to something else.
    Elsewhere(FunctionId),
    /// Its name leads nowhere: it was deleted.
    Nowhere(FunctionId),
    /// A method that the class has under another name than the function's own.
    Method {
        /// The function.
        function: FunctionId,
        /// Because its name begins with two underscores.
        private: bool,
    },
    /// A function of a class whose name begins with two underscores.
    Private(FunctionId),
}

impl Misnamed {
    /// The function.
    #[must_use]
    pub fn function(self) -> FunctionId {
        match self {
            Self::Wrapper(function)
            | Self::Elsewhere(function)
            | Self::Nowhere(function)
            | Self::Method { function, .. }
            | Self::Private(function) => function,
        }
    }

    /// What a message says of it.
    #[must_use]
    pub fn describe(self, model: &Model<'_>) -> String {
        let name = model.function_name(self.function());
        match self {
            Self::Wrapper(_) => {
                format!("a decorator has put its own `{name}` here, which no module has under that name")
            }
            Self::Elsewhere(_) => format!("the name `{name}` leads to something else than the function that is sent"),
            Self::Nowhere(_) => format!("the name `{name}` is gone, so that the function is not found by it"),
            Self::Method { private: false, .. } => {
                format!(
                    "the method is sent as `{name}`, which is what its decorator calls it, and the class has no such method"
                )
            }
            Self::Method { private: true, .. } | Self::Private(_) => {
                format!("the private method is sent as `{name}`, and the class has it under another name")
            }
        }
    }
}

impl Model<'_> {
    /// The globals of the file that a function stands in.
    #[must_use]
    pub fn namespace_of(&self, function: FunctionId) -> Option<ObjectId> {
        self.namespaces.get(self.code.home(function).0 as usize).copied()
    }

    /// Whether a value stands for the number of the parent process.
    #[must_use]
    pub fn is_parent_number(&self, path: super::names::PathId) -> bool {
        self.dotted(path) == super::interp::PARENT_NUMBER
    }

    /// Whether a function has taken the name of another, by `functools.wraps` or by hand.
    #[must_use]
    pub fn is_named_after(&self, id: FunctionId, closure: Option<ObjectId>) -> bool {
        self.named_after.contains_key(&(id, closure))
    }

    /// Whether a function, sent as itself, is not found again by its name. Silent where its name is not known.
    #[must_use]
    pub fn misnamed_function(
        &self,
        heap: &Heap,
        atom: Atom,
        (id, closure): (FunctionId, Option<ObjectId>),
    ) -> Option<Misnamed> {
        if self.is_named_after(id, closure) {
            return self.found_as(heap, atom, (id, closure), 0);
        }
        if self.is_local_function(id) {
            let known = self.is_decorator_result(id) && !self.wrapped.contains(&id);
            let is_def = self.function(id).kind != FunctionKind::Lambda;
            return (known && is_def).then_some(Misnamed::Wrapper(id));
        }
        self.found_as(heap, atom, (id, closure), 0)
    }

    /// Whether the name of a function of the module, or of a class of it, leads to this value.
    fn found_as(
        &self,
        heap: &Heap,
        atom: Atom,
        (named, closure): (FunctionId, Option<ObjectId>),
        depth: u32,
    ) -> Option<Misnamed> {
        // The name may itself be taken from another.
        if let Some(original) = self.named_after.get(&(named, closure)) {
            let Some(Atom::Function(original, closure)) = original.single() else {
                return None;
            };
            return (depth < 8)
                .then(|| self.found_as(heap, atom, (original, closure), depth + 1))
                .flatten();
        }
        let function = self.function(named);
        match function.parent.map(|parent| (parent, self.function(parent).kind)) {
            Some((_, FunctionKind::Module)) if function.kind != FunctionKind::Lambda => {
                let global = heap.get(self.namespace_of(named)?)?.fields.get(function.name);
                match global {
                    Some(value) if value.is_never() => Some(Misnamed::Nowhere(named)),
                    Some(value) if leads_to(value, atom) => None,
                    Some(_) => Some(Misnamed::Elsewhere(named)),
                    None => None,
                }
            }
            Some((_, FunctionKind::ClassBody(_))) if self.is_private(named) => Some(Misnamed::Private(named)),
            _ => None,
        }
    }

    /// Whether a bound method is looked for in vain under its function's name.
    #[must_use]
    pub fn misnamed_method(
        &self,
        heap: &Heap,
        receiver: Atom,
        (id, closure): (FunctionId, Option<ObjectId>),
    ) -> Option<Misnamed> {
        let mut named = (id, closure);
        for _ in 0..8 {
            if self.renamed.contains(&named) {
                return None;
            }
            let Some(original) = self.named_after.get(&named) else {
                break;
            };
            let Some(Atom::Function(function, closure)) = original.single() else {
                return None;
            };
            named = (function, closure);
        }
        let named = named.0;
        if self.is_private(named) {
            return Some(Misnamed::Method {
                function: named,
                private: true,
            });
        }
        let wrapper = named == id && self.is_in_function(id) && self.is_decorator_result(id);
        if !wrapper || self.wrapped.contains(&id) {
            return None;
        }
        let Atom::Object(object) = receiver else { return None };
        let class = match self.object(object).kind {
            ObjectKind::Instance(class) => class,
            ObjectKind::Class(_) => object,
            _ => return None,
        };
        let has = self.class_defines(class, self.function_name(id)) || self.has_unknown_base(heap, class, 0);
        (!has).then_some(Misnamed::Method {
            function: id,
            private: false,
        })
    }

    /// Whether a class of the program has a base of which nothing is known, which may have any attribute.
    fn has_unknown_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> bool {
        let Some(bases) = heap.get(class).and_then(|object| object.items.as_deref()) else {
            return true;
        };
        depth > 12
            || bases.iter().any(|base| match base.single() {
                Some(Atom::Object(base)) => self.has_unknown_base(heap, base, depth + 1),
                Some(Atom::Path(path)) => {
                    !matches!(self.dotted(path), "builtins.object" | "abc.ABC" | "typing.Generic")
                        && self.names.entry(path).is_none()
                }
                Some(Atom::Member(..)) => false,
                _ => true,
            })
    }

    /// Whether a function of a class has a name that Python changes there.
    fn is_private(&self, id: FunctionId) -> bool {
        let name = self.function_name(id);
        let in_class = self
            .function(id)
            .parent
            .is_some_and(|parent| matches!(self.function(parent).kind, FunctionKind::ClassBody(_)));
        in_class && name.starts_with("__") && !name.ends_with("__")
    }
}

/// Whether a name that holds a value may lead to this one.
fn leads_to(value: &Value, wanted: Atom) -> bool {
    value.may_be_unknown()
        || value.atoms().iter().any(|&atom| match (atom, wanted) {
            // What another module offers may be anything.
            (Atom::Path(_) | Atom::Member(..), _) => true,
            _ => atom == wanted,
        })
}
