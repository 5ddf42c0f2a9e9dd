//! What crosses from one process to another, and what of it cannot be pickled.

use rustc_hash::FxHashSet;

use super::Model;
use super::events::Event;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::names::MethodRef;
use super::naming::Misnamed;
use super::typestate::States;
use super::value::{Atom, Value};
use crate::api::{Family, Pickle, PickleError};
use crate::files::Span;
use crate::findings::{Expectation, PythonVersion, StartMethods, VersionRange};
use crate::python::Symbol;
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
        /// What pickle raises.
        error: PickleError,
    },
    /// A process that has been started.
    Running(ObjectId),
    /// A test case while its test runs: it holds the result, with the stream that the runner prints to.
    TestCase(ObjectId),
    /// A function or method whose name does not lead back to it.
    Misnamed(Misnamed),
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
        /// Pools of threads of `concurrent.futures` hold such a name from 3.14 on.
        const SINCE_314: &[Expectation] = &[
            Expectation::raises("TypeError", ANYWHERE, VersionRange::below(PythonVersion(3, 14))),
            Expectation::raises("PicklingError", ANYWHERE, VersionRange::since(PythonVersion(3, 14))),
        ];
        const PICKLING: &[Expectation] = &[Expectation::always_raises("PicklingError")];
        const TYPE: &[Expectation] = &[Expectation::always_raises("TypeError")];
        match self {
            Self::Lambda(id) if !model.is_in_function(*id) => PICKLING,
            Self::Lambda(_) | Self::Local(_) | Self::LocalClass(_) => LOCAL,
            Self::Misnamed(Misnamed::Wrapper(_)) => LOCAL,
            Self::Misnamed(Misnamed::Method { .. }) => &const { [Expectation::always_raises("AttributeError")] },
            Self::Misnamed(_) => PICKLING,
            Self::Module(name) if name == "os.environ" => LOCAL,
            Self::Kind { error, .. } => match error {
                PickleError::Type => TYPE,
                PickleError::NotImplemented => &const { [Expectation::always_raises("NotImplementedError")] },
                PickleError::Runtime => &const { [Expectation::always_raises("RuntimeError")] },
                PickleError::Local => LOCAL,
                PickleError::LocalSince314 => SINCE_314,
            },
            Self::Generator(_) | Self::Running(_) | Self::TestCase(_) | Self::Module(_) => TYPE,
        }
    }

    /// Where the thing is defined or made.
    #[must_use]
    pub fn defined_at(&self, model: &Model<'_>) -> Option<Span> {
        match self {
            Self::Lambda(id) | Self::Local(id) => Some(model.function(*id).name_span),
            Self::LocalClass(id) | Self::Generator(id) | Self::Kind { object: id, .. } | Self::Running(id) => {
                Some(model.object(*id).span)
            }
            Self::Misnamed(misnamed) => Some(model.function(misnamed.function()).name_span),
            Self::TestCase(_) | Self::Module(_) => None,
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
            Self::Running(_) => "a process that has been started".to_owned(),
            Self::TestCase(_) => "the result of the running test".to_owned(),
            Self::Misnamed(misnamed) => misnamed.describe(model),
            Self::Module(name) if matches!(name.as_str(), "sys.stdout" | "sys.stderr" | "sys.stdin" | "os.environ") => {
                format!("`{name}`")
            }
            Self::Module(name) => format!("the module `{name}`"),
        }
    }
}

/// What to look for in a value, by the way it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// It goes along with a process that is being started, which lets more through than a task: locks and queues, and
    /// processes that have not been started.
    pub along: bool,
    /// The process that is being started: where it stands for several, those before it have been.
    pub starting: Option<ObjectId>,
    /// What may only be inherited counts. It goes with a task, so it does not get there.
    pub inherited: bool,
    /// The objects of bound methods count, which are sent with them.
    pub bound: bool,
    /// Functions count whose name does not lead back to them.
    pub names: bool,
}

impl Look {
    /// Into the objects of bound methods too.
    #[must_use]
    pub fn into_bound(self) -> Self {
        Self { bound: true, ..self }
    }
}

/// What is looked for in a value.
struct Search<'m, 'a> {
    model: &'m Model<'a>,
    heap: &'m Heap,
    seen: FxHashSet<ObjectId>,
    look: Look,
    /// How many containers are around what is looked at.
    containers: u32,
}

/// The first thing in a value that cannot be pickled. `None` where there is none, or where the value is not known.
///
/// `each` says that the alternatives of the value are elements of a container, all of which are sent.
#[must_use]
pub fn obstacle(model: &Model<'_>, event: &Event<'_>, value: &Value, each: bool) -> Option<Obstacle> {
    find(model, &event.heap, value, each, Look::default())
}

/// The first thing in a value that does not get to the other process by the way that is looked at.
#[must_use]
pub fn find(model: &Model<'_>, heap: &Heap, value: &Value, each: bool, look: Look) -> Option<Obstacle> {
    Search {
        model,
        heap,
        seen: FxHashSet::default(),
        look,
        containers: 0,
    }
    .value(value, each, 0)
}

/// The attributes of an object of a `Process` subclass that keep it from being sent to the child, with what does.
#[must_use]
pub fn attributes(model: &Model<'_>, heap: &Heap, process: ObjectId) -> Vec<(Symbol, Obstacle)> {
    let (ObjectKind::Instance(class), Some(object)) = (model.object(process).kind, heap.get(process)) else {
        return Vec::new();
    };
    if model.pickles_its_own_way_beside(heap, class, Family::Process) {
        return Vec::new();
    }
    let look = Look {
        along: true,
        starting: Some(process),
        bound: true,
        ..Look::default()
    };
    object
        .fields
        .iter()
        // What the analysis keeps for itself: target, arguments and the like have rules of their own.
        .filter(|(name, _)| !model.name(*name).starts_with('@'))
        .filter_map(|(name, value)| {
            let mut search = Search {
                model,
                heap,
                seen: FxHashSet::from_iter([process]),
                look,
                containers: 0,
            };
            Some((name, search.value(value, false, 0)?))
        })
        .collect()
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
            Atom::Function(id, closure) => self.function(atom, id, closure),
            Atom::Bound(id) => match self.model.unbind(id) {
                // A bound method pickles with its object; what the object holds is a rule of its own.
                (receiver, MethodRef::User(function, closure)) if self.look.bound => {
                    if self.look.names
                        && let Some(found) = self.model.misnamed_method(self.heap, receiver, (function, closure))
                    {
                        return Some(Obstacle::Misnamed(found));
                    }
                    match receiver {
                        Atom::Object(object) => self.receiver(object, depth),
                        _ => None,
                    }
                }
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

    fn function(&mut self, atom: Atom, id: FunctionId, closure: Option<ObjectId>) -> Option<Obstacle> {
        let model = self.model;
        if self.look.names
            && let Some(found) = model.misnamed_function(self.heap, atom, (id, closure))
        {
            return Some(Obstacle::Misnamed(found));
        }
        // One that has taken the name of another is looked for under that.
        if model.is_named_after(id, closure) {
            return None;
        }
        if model.function(id).kind == FunctionKind::Lambda {
            return Some(Obstacle::Lambda(id));
        }
        (model.is_local_function(id) && !model.is_decorator_result(id)).then_some(Obstacle::Local(id))
    }

    /// The object of a bound method.
    fn receiver(&mut self, id: ObjectId, depth: u32) -> Option<Obstacle> {
        if let ObjectKind::Instance(class) = self.model.object(id).kind
            && self.model.is_test_case(self.heap, class)
        {
            return Some(Obstacle::TestCase(id));
        }
        // A class is sent by its name.
        if matches!(self.model.object(id).kind, ObjectKind::Class(_)) {
            return None;
        }
        self.object(id, depth + 1)
    }

    fn object(&mut self, id: ObjectId, depth: u32) -> Option<Obstacle> {
        let object = self.heap.get(id)?;
        let family = self.model.family(self.heap, id);
        // The same process may be met twice, as itself and among those that were started before it.
        if family == Some(Family::Process) {
            return self.process(id);
        }
        if !self.seen.insert(id) {
            return None;
        }
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
                    Pickle::Inherit => self.look.inherited,
                    Pickle::Yes => false,
                };
                return fails.then(|| Obstacle::Kind {
                    noun: kind.noun.clone(),
                    object: id,
                    from: kind.pickle_fails_from,
                    error: kind.pickle_raises,
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
        self.containers += 1;
        let found = self.elements(id, depth);
        self.containers -= 1;
        found
    }

    /// What a container holds, by position or any of it.
    fn elements(&mut self, id: ObjectId, depth: u32) -> Option<Obstacle> {
        let object = self.heap.get(id)?;
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

    /// A process goes along with another one until it has been started, and never with a task.
    fn process(&mut self, id: ObjectId) -> Option<Obstacle> {
        let object = self.heap.get(id)?;
        if let ObjectKind::Instance(class) = self.model.object(id).kind
            && self.model.pickles_its_own_way_beside(self.heap, class, Family::Process)
        {
            return None;
        }
        let running = object
            .states
            .must(States::STARTED | States::JOINED | States::TERMINATED);
        if running {
            return Some(Obstacle::Running(id));
        }
        if self.look.along {
            let earlier = self.look.starting == Some(id) && object.many && self.containers > 0;
            return earlier.then_some(Obstacle::Running(id));
        }
        let kind = self.model.kind(self.heap, id)?;
        Some(Obstacle::Kind {
            noun: kind.noun.clone(),
            object: id,
            from: None,
            error: PickleError::Type,
        })
    }
}
