//! What crosses from one process to another, and what of it cannot be pickled.

use rustc_hash::FxHashSet;

use super::Model;
use super::events::Event;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::names::MethodRef;
use super::value::{Atom, Value};
use crate::api::Pickle;
use crate::files::Span;
use crate::findings::{Expectation, PythonVersion, StartMethods, VersionRange};
use crate::python::ir::{FunctionId, FunctionKind};

/// Why a value does not get to the other process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A lambda.
    Lambda(FunctionId),
    /// A function defined inside another one.
    Local(FunctionId),
    /// An instance of a class defined inside a function.
    LocalClass(ObjectId),
    /// A generator.
    Generator(ObjectId),
    /// An object of a library's kind that does not pickle.
    Kind {
        /// What messages call it.
        noun: String,
        /// The object.
        object: ObjectId,
        /// The first version on which it fails; none where it fails on all.
        from: Option<PythonVersion>,
    },
    /// A module.
    Module(String),
}

impl Obstacle {
    /// Whether it is a function, so that it is the callable that is at fault.
    #[must_use]
    pub fn is_function(&self) -> bool {
        matches!(self, Self::Lambda(_) | Self::Local(_) | Self::LocalClass(_))
    }

    /// What pickle raises.
    #[must_use]
    pub fn raises(&self, model: &Model<'_>) -> &'static [Expectation] {
        const ANYWHERE: StartMethods = StartMethods::all();
        /// Before 3.14 pickle looked for a local name in vain before it could say so.
        const LOCAL: &[Expectation] = &[
            Expectation::raises("AttributeError", ANYWHERE, VersionRange::below(PythonVersion(3, 14))),
            Expectation::raises("PicklingError", ANYWHERE, VersionRange::since(PythonVersion(3, 14))),
        ];
        match self {
            Self::Lambda(id) if !model.is_in_function(*id) => &const { [Expectation::always_raises("PicklingError")] },
            Self::Lambda(_) | Self::Local(_) | Self::LocalClass(_) => LOCAL,
            Self::Generator(_) | Self::Kind { .. } | Self::Module(_) => {
                &const { [Expectation::always_raises("TypeError")] }
            }
        }
    }

    /// Where the thing is defined or made.
    #[must_use]
    pub fn defined_at(&self, model: &Model<'_>) -> Option<Span> {
        match self {
            Self::Lambda(id) | Self::Local(id) => Some(model.function(*id).name_span),
            Self::LocalClass(id) | Self::Generator(id) | Self::Kind { object: id, .. } => Some(model.object(*id).span),
            Self::Module(_) => None,
        }
    }

    /// What a message calls it.
    #[must_use]
    pub fn describe(&self, model: &Model<'_>) -> String {
        match self {
            Self::Lambda(_) => "a lambda".to_owned(),
            Self::Local(id) => format!("the nested function `{}`", model.function_name(*id)),
            Self::LocalClass(id) => match model.object(*id).kind {
                ObjectKind::Class(class) => {
                    format!(
                        "an instance of the local class `{}`",
                        model.name(model.class(class).name)
                    )
                }
                _ => "an instance of a local class".to_owned(),
            },
            Self::Generator(_) => "a generator".to_owned(),
            Self::Kind { noun, .. } => {
                let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
                    "an"
                } else {
                    "a"
                };
                format!("{article} {noun}")
            }
            Self::Module(name) if matches!(name.as_str(), "sys.stdout" | "sys.stderr" | "sys.stdin" | "os.environ") => {
                format!("`{name}`")
            }
            Self::Module(name) => format!("the module `{name}`"),
        }
    }
}

/// What is looked for in a value.
struct Search<'m, 'a> {
    model: &'m Model<'a>,
    heap: &'m Heap,
    seen: FxHashSet<ObjectId>,
    /// Whether objects that may only be inherited count.
    inherit_is_fine: bool,
}

/// The first thing in a value that cannot be pickled. `None` where there is none, or where the value is not known.
///
/// `each` says that the alternatives of the value are elements of a container, all of which are sent.
#[must_use]
pub fn obstacle(model: &Model<'_>, event: &Event<'_>, value: &Value, each: bool) -> Option<Obstacle> {
    Search {
        model,
        heap: &event.heap,
        seen: FxHashSet::default(),
        inherit_is_fine: true,
    }
    .value(value, each, 0)
}

impl Search<'_, '_> {
    /// `each` says that the alternatives are elements of a container, each of which is sent; otherwise one of them is,
    /// on the condition that chose it, and what the program sends may be none that fails.
    fn value(&mut self, value: &Value, each: bool, depth: u32) -> Option<Obstacle> {
        if depth > 8 {
            return None;
        }
        if value.may_be_unknown() {
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

    fn atom(&mut self, atom: Atom, depth: u32) -> Option<Obstacle> {
        match atom {
            Atom::Function(id, _) if self.model.function(id).kind == FunctionKind::Lambda => Some(Obstacle::Lambda(id)),
            Atom::Function(id, _) if self.model.is_local_function(id) && !self.model.is_decorator_result(id) => {
                Some(Obstacle::Local(id))
            }
            Atom::Bound(id) => match self.model.unbind(id) {
                // A bound method pickles with its object; what the object holds is a rule of its own.
                (_, MethodRef::User(..)) => None,
                _ => None,
            },
            Atom::Object(id) => self.object(id, depth),
            Atom::Path(path) => {
                let dotted = self.model.dotted(path);
                if matches!(dotted, "sys.stdout" | "sys.stderr" | "sys.stdin" | "os.environ") {
                    return Some(Obstacle::Module(dotted.to_owned()));
                }
                self.model.is_module(path).then(|| Obstacle::Module(dotted.to_owned()))
            }
            _ => None,
        }
    }

    fn object(&mut self, id: ObjectId, depth: u32) -> Option<Obstacle> {
        if !self.seen.insert(id) {
            return None;
        }
        let object = self.heap.get(id)?;
        match self.model.object(id).kind {
            ObjectKind::Generator(_) => return Some(Obstacle::Generator(id)),
            // Not what it holds: that stays where it is.
            ObjectKind::Namespace => {
                let name = self.model.module_name(id)?;
                return Some(Obstacle::Module(name.to_owned()));
            }
            ObjectKind::Library(_) => {
                let kind = self.model.kind(self.heap, id)?;
                let fails = match kind.pickle {
                    Pickle::Never => true,
                    Pickle::Inherit => !self.inherit_is_fine,
                    Pickle::Yes => false,
                };
                return fails.then(|| Obstacle::Kind {
                    noun: kind.noun.clone(),
                    object: id,
                    from: kind.pickle_fails_from,
                });
            }
            ObjectKind::Instance(class) => {
                if let ObjectKind::Class(class_id) = self.model.object(class).kind
                    && self.model.is_local_function(self.model.class(class_id).body)
                {
                    return Some(Obstacle::LocalClass(class));
                }
                if self.model.pickles_its_own_way(self.heap, class) {
                    return None;
                }
                return object
                    .fields
                    .iter()
                    .find_map(|(_, value)| self.value(value, false, depth + 1));
            }
            _ => {}
        }
        // One element that fails is enough.
        for (_, value) in object.fields.iter() {
            if let Some(found) = self.value(value, false, depth + 1) {
                return Some(found);
            }
        }
        // All keys of the dict are known, and what stood under those that are gone with them.
        if self.model.object(id).kind == ObjectKind::Dict && object.items.is_some() {
            return None;
        }
        if let Some(items) = &object.items {
            return items.iter().find_map(|item| self.value(item, false, depth + 1));
        }
        if matches!(
            self.model.object(id).kind,
            ObjectKind::List
                | ObjectKind::Tuple
                | ObjectKind::Set
                | ObjectKind::Dict
                | ObjectKind::Partial
                | ObjectKind::Iterable
        ) {
            return self.value(&object.elements, true, depth + 1);
        }
        None
    }
}
