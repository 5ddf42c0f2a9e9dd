//! Classes of the program: how they are made, in which order bases are asked, and `super()`.

use smallvec::SmallVec;

use super::calls::{Actual, Actuals};
use super::frame::{Entry, Frame, State};
use super::{Run, World};
use crate::model::UnitId;
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::names::{MethodRef, PathId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{FunctionId, FunctionKind};

/// A class in the resolution order of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ancestor {
    /// Of the program.
    Program(ObjectId),
    /// Of a library, with the context it was reached through.
    Library(PathId, Option<ObjectId>),
    /// One that is not known.
    Unknown,
}

impl<'a> Run<'a> {
    /// An attribute that a class or one of its bases in the program defines, bound to the object it is asked of.
    pub(super) fn class_attribute(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        class: ObjectId,
        name: Symbol,
        receiver: Atom,
    ) -> Option<Value> {
        let defines = |class: ObjectId| Some((class, world.heap.get(class)?.fields.get(name)?.clone()));
        let inherits = || {
            let order = self.resolution_order(&world.heap, class);
            order.into_iter().find_map(|ancestor| match ancestor {
                Ancestor::Program(class) => defines(class),
                _ => None,
            })
        };
        let (class, value) = defines(class).or_else(inherits)?;
        Some(self.bind(frame, world, &value, receiver, class))
    }

    /// The classes in which an attribute is looked for, in order.
    pub(super) fn resolution_order(&self, heap: &Heap, class: ObjectId) -> SmallVec<[Ancestor; 4]> {
        let mut order = SmallVec::new();
        self.linearize(heap, class, 0, &mut order);
        order
    }

    /// Depth first, and of a base that is met twice the last place counts: what Python's order comes to for all but
    /// contrived hierarchies.
    fn linearize(&self, heap: &Heap, class: ObjectId, depth: u32, order: &mut SmallVec<[Ancestor; 4]>) {
        if depth > 12 || order.len() > 64 {
            return;
        }
        order.retain(|ancestor| *ancestor != Ancestor::Program(class));
        order.push(Ancestor::Program(class));
        let Some(bases) = heap.get(class).and_then(|object| object.items.clone()) else {
            return;
        };
        for base in bases.iter() {
            let ancestor = match base.single() {
                Some(Atom::Object(base)) if matches!(self.objects[base.0 as usize].kind, ObjectKind::Class(_)) => {
                    self.linearize(heap, base, depth + 1, order);
                    continue;
                }
                Some(Atom::Path(path)) => match self.names.entry(path) {
                    Some(entry) if entry.class => Ancestor::Library(path, None),
                    _ if self.names.dotted(path) == "builtins.object" => continue,
                    _ if self.api.exception(self.names.dotted(path)).is_some() => Ancestor::Library(path, None),
                    _ if self.container_named(path).is_some() => Ancestor::Library(path, None),
                    _ => Ancestor::Unknown,
                },
                Some(Atom::Member(context, path)) => Ancestor::Library(path, Some(context)),
                // Several alternatives: a library's class among them decides, as in `try: … except ImportError: …`.
                _ => base
                    .atoms()
                    .iter()
                    .find_map(|atom| match atom {
                        Atom::Path(path) if self.names.entry(*path).is_some_and(|entry| entry.class) => {
                            Some(Ancestor::Library(*path, None))
                        }
                        Atom::Member(context, path) => Some(Ancestor::Library(*path, Some(*context))),
                        _ => None,
                    })
                    .unwrap_or(Ancestor::Unknown),
            };
            order.retain(|other| *other != ancestor);
            order.push(ancestor);
        }
    }

    /// An attribute that an object of a class of the program has from the library class it is built on.
    pub(super) fn inherited_from_library(
        &mut self,
        world: &mut World,
        id: ObjectId,
        class: ObjectId,
        name: Symbol,
    ) -> Value {
        let Some(kind) = self
            .library_base(&world.heap, class, 0)
            .and_then(|(path, _)| self.names.entry(path)?.makes)
        else {
            // Of a class without a base that we cannot see, nothing else has the attribute.
            return self.names.bound(Atom::Object(id), MethodRef::Library(name)).into();
        };
        let known = self.api.kind(kind);
        let text = self.symbols.name(name);
        if let Some(attribute) = known.attributes.get(text) {
            return self.library_attribute(world, id, name, attribute, None);
        }
        self.names.bound(Atom::Object(id), MethodRef::Library(name)).into()
    }

    /// An attribute through `super()`.
    pub(super) fn super_attribute(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
    ) -> Value {
        let Some((receiver, class)) = world.heap.get(id).and_then(|object| {
            let receiver = object.fields.get(self.known.object)?.clone();
            let class = object.fields.get(self.known.function)?.objects().next()?;
            Some((receiver, class))
        }) else {
            return Value::unknown();
        };
        let Some(receiver) = receiver.single() else {
            return Value::unknown();
        };
        let start = match receiver {
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::Instance(class) => class,
                _ => id,
            },
            _ => class,
        };
        let order = self.resolution_order(&world.heap, start);
        let after = order
            .iter()
            .position(|ancestor| *ancestor == Ancestor::Program(class))
            .map_or(0, |at| at + 1);
        for ancestor in order.into_iter().skip(after) {
            match ancestor {
                Ancestor::Program(class) => {
                    if let Some(value) = world
                        .heap
                        .get(class)
                        .and_then(|object| object.fields.get(name).cloned())
                    {
                        return self.bind(frame, world, &value, receiver, class);
                    }
                }
                Ancestor::Library(path, context) if name == self.known.init => {
                    return self.names.bound(receiver, MethodRef::Init(path, context)).into();
                }
                Ancestor::Library(..) => return self.names.bound(receiver, MethodRef::Base(name)).into(),
                // Whatever the class that we do not see does, it may pass the call on.
                Ancestor::Unknown => {
                    self.escape(world, &receiver.into());
                    break;
                }
            }
        }
        // Of `object`.
        if name == self.known.new {
            return self.names.bound(receiver, MethodRef::Base(name)).into();
        }
        self.names.bound(Atom::Unknown, MethodRef::Library(name)).into()
    }

    /// `super()`
    pub(super) fn make_super(&mut self, frame: &Frame<'a>, world: &mut World, args: &[Value]) -> Value {
        let class = match args.first() {
            Some(class) => class.objects().next(),
            None => frame
                .class
                .filter(|_| !matches!(frame.function.kind, FunctionKind::ClassBody(_))),
        };
        let receiver = match args.get(1) {
            Some(receiver) => receiver.clone(),
            None => frame.receiver.clone(),
        };
        let Some(class) = class else { return Value::unknown() };
        let id = self.allocate(world, ObjectKind::Super, States::empty(), 7);
        let (object_name, function_name) = (self.known.object, self.known.function);
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(object_name, receiver);
            object.fields.set(function_name, class.into());
        }
        id.into()
    }

    /// Whether what a class inherits matters: where a method of its own does, or another of its bases. A linked module is
    /// run because something of it does.
    fn matters(&self, body: FunctionId, bases: &[Value]) -> bool {
        let bases_matter = || {
            bases.iter().flat_map(Value::atoms).any(|atom| {
                matches!(atom, Atom::Member(..))
                    || matches!(atom, Atom::Path(path) if self.names.entry(*path).is_some())
            })
        };
        let methods_matter = || {
            self.code
                .unit(UnitId::ROOT)
                .functions()
                .any(|at| self.relevant[at as usize] && self.code.function(FunctionId(at)).parent == Some(body))
        };
        bases.iter().any(|base| self.holds_unlinked(base))
            && (self.code.home(body) != UnitId::ROOT || bases_matter() || methods_matter())
    }

    pub(super) fn make_class(
        &mut self,
        frame: &mut Frame<'a>,
        state: &mut State,
        class: crate::python::ir::ClassId,
        bases: Vec<Value>,
        keywords: Actuals,
    ) -> Value {
        let body = self.code.class(class).body;
        let bases = if self.matters(body, &bases) {
            let world = &mut state.world;
            bases.iter().map(|base| self.settled(world, base)).collect()
        } else {
            bases
        };
        let id = self.allocate(&mut state.world, ObjectKind::Class(class), States::empty(), 0);
        if let Some(object) = state.world.heap.get_mut(id) {
            object.items = Some(std::rc::Rc::new(bases));
        }
        self.class_objects.insert(class, id);
        let here = self.here;
        let chain = self.chain(Some((here.chain, here.function, here.span, here.key)), body);
        let world = state.world.clone();
        let outcome = self.run_function(
            Entry {
                function: body,
                closure: frame.own,
                class: Some(id),
                chain,
                slots: Vec::new(),
            },
            world,
        );
        if let Some((_, world)) = outcome.result {
            state.world = world;
        }
        self.tell_names(&mut state.world, id);
        self.init_subclass(frame, &mut state.world, id, keywords);
        id.into()
    }

    /// A new class is shown to the `__init_subclass__` of its nearest base that has one.
    fn init_subclass(&mut self, frame: &Frame<'a>, world: &mut World, class: ObjectId, keywords: Actuals) {
        let name = self.known.init_subclass;
        let hook = self
            .resolution_order(&world.heap, class)
            .into_iter()
            .skip(1)
            .find_map(|ancestor| match ancestor {
                Ancestor::Program(base) => world.heap.get(base)?.fields.get(name)?.single(),
                _ => None,
            });
        if let Some(hook @ Atom::Function(..)) = hook {
            let mut actuals = Actuals::from_elem(Actual::positional(class.into(), self.here.span), 1);
            actuals.extend(keywords);
            self.call_value(frame, world, &hook.into(), &actuals);
        }
    }

    /// `Base.__subclasses__()`: the classes that have been made with it as a base of their own, in this order.
    pub(super) fn subclasses(&mut self, world: &mut World, base: ObjectId) -> Value {
        let mut heirs: Vec<ObjectId> = self.class_objects.values().copied().collect();
        heirs.retain(|heir| {
            let bases = world.heap.get(*heir).and_then(|heir| heir.items.as_deref());
            bases
                .into_iter()
                .flatten()
                .any(|own| own.single() == Some(Atom::Object(base)))
        });
        heirs.sort_unstable();
        let heirs = heirs.into_iter().map(Value::from).collect();
        self.allocate_container(world, ObjectKind::List, heirs, 34).into()
    }
}
