//! Reading and setting attributes: of modules, contexts, objects of libraries, and classes of the program.

use smallvec::SmallVec;

use super::flow::Frame;
use super::{Run, World, builtins};
use crate::api::{Effect, Family, Returns};
use crate::model::events::{Arguments, EventKind};
use crate::model::heap::{Descriptor, Heap, ObjectId, ObjectKind};
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
    /// `base.name`
    pub(super) fn attribute(&mut self, frame: &Frame<'a>, world: &mut World, base: &Value, name: Symbol) -> Value {
        let mut found = Value::never();
        for &atom in base.atoms() {
            // `None` has none of the attributes that programs ask for: that alternative ends here.
            if atom == Atom::None && base.atoms().len() > 1 {
                continue;
            }
            found.join(&self.attribute_of(frame, world, atom, name));
        }
        if found.is_never() { Value::unknown() } else { found }
    }

    fn attribute_of(&mut self, frame: &Frame<'a>, world: &mut World, atom: Atom, name: Symbol) -> Value {
        match atom {
            Atom::Path(path) => Atom::Path(self.child(path, name)).into(),
            Atom::Member(context, path) => Atom::Member(context, self.child(path, name)).into(),
            Atom::Str(_) | Atom::Text | Atom::Sized(_) => self.names.bound(atom, MethodRef::Library(name)).into(),
            Atom::Object(id) => self.attribute_of_object(frame, world, id, name),
            Atom::Function(..) | Atom::Bound(_)
                if matches!(self.name(name), "__name__" | "__qualname__" | "__module__" | "__doc__") =>
            {
                Atom::Text.into()
            }
            Atom::Function(function, _) => self
                .function_attributes(world, function, false)
                .and_then(|id| world.heap.get(id)?.fields.get(name).cloned())
                .unwrap_or_else(Value::unknown),
            Atom::Unknown => self.names.bound(Atom::Unknown, MethodRef::Library(name)).into(),
            _ => Value::unknown(),
        }
    }

    /// What holds the attributes that a program sets on a function. It hangs on the module's namespace, so that it
    /// lives as long and goes to workers the same way.
    fn function_attributes(&mut self, world: &mut World, function: FunctionId, make: bool) -> Option<ObjectId> {
        let name = self.symbols.intern(&format!("@attributes {}", function.0));
        let found = world
            .heap
            .get(self.namespace)
            .and_then(|space| space.fields.get(name)?.objects().next());
        if found.is_some() || !make {
            return found;
        }
        let id = self.allocate(world, ObjectKind::Namespace, States::empty(), 23);
        if let Some(space) = world.heap.get_mut(self.namespace) {
            space.fields.set(name, id.into());
        }
        Some(id)
    }

    pub(super) fn child(&mut self, path: PathId, name: Symbol) -> PathId {
        let text = self.symbols.name(name);
        self.names.child(path, name, text)
    }

    fn attribute_of_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId, name: Symbol) -> Value {
        let info_kind = self.objects[id.0 as usize].kind;
        let own = world.heap.get(id).and_then(|object| object.fields.get(name).cloned());
        match info_kind {
            ObjectKind::Library(kind) => {
                let known = self.api.kind(kind);
                let text = self.symbols.name(name);
                if let Some(attribute) = known.attributes.get(text) {
                    return self.library_attribute(world, id, name, attribute, own);
                }
                if known.methods.contains_key(text) {
                    return self.names.bound(Atom::Object(id), MethodRef::Library(name)).into();
                }
                if known.members {
                    return self.member(id, name);
                }
                // A field of a shared structure, or of a manager's namespace.
                if known.family == Family::Shared {
                    return Atom::ReadFrom(id).into();
                }
                own.unwrap_or_else(|| self.names.bound(Atom::Object(id), MethodRef::Library(name)).into())
            }
            ObjectKind::Instance(class) => {
                let inherited = self.class_attribute(frame, world, class, name, Atom::Object(id));
                match (own, inherited) {
                    (Some(own), _) => own,
                    (None, Some(value)) => value,
                    (None, None) => self
                        .computed_attribute(frame, world, id, class, name)
                        .unwrap_or_else(|| self.inherited_from_library(world, id, class, name)),
                }
            }
            ObjectKind::Class(_) => self
                .class_attribute(frame, world, id, name, Atom::Object(id))
                .or_else(|| {
                    let (path, context) = self.library_base(&world.heap, id, 0)?;
                    let child = self.child(path, name);
                    Some(match context {
                        Some(context) => Atom::Member(context, child).into(),
                        None => Atom::Path(child).into(),
                    })
                })
                .unwrap_or_else(Value::unknown),
            ObjectKind::Super => self.super_attribute(frame, world, id, name),
            ObjectKind::Namespace => own.unwrap_or_else(Value::unknown),
            _ => own.unwrap_or_else(|| self.names.bound(Atom::Object(id), MethodRef::Library(name)).into()),
        }
    }

    /// An attribute that the class makes up in its `__getattr__`, most often by asking another object for it.
    fn computed_attribute(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: ObjectId,
        class: ObjectId,
        name: Symbol,
    ) -> Option<Value> {
        if self.name(name).starts_with("__") {
            return None;
        }
        let method = self.symbols.intern("__getattr__");
        let getter = self.class_attribute(frame, world, class, method, Atom::Object(id))?;
        self.call_values(frame, world, &getter, vec![Atom::Str(name).into()])
    }

    fn library_attribute(
        &mut self,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        attribute: &'a crate::api::Method,
        own: Option<Value>,
    ) -> Value {
        match attribute.effect {
            Effect::Shared => return Atom::ReadFrom(id).into(),
            Effect::None => {}
            _ => {
                self.record(
                    world,
                    EventKind::Method {
                        object: id,
                        name,
                        method: attribute,
                        arguments: Arguments::default(),
                        base: false,
                        direct: true,
                    },
                    0,
                );
            }
        }
        if let ObjectKind::Library(kind) = self.objects[id.0 as usize].kind
            && self.api.kind(kind).name == "process-handle"
            && self.name(name) == "name"
        {
            return Atom::Path(self.names.path(builtins::CURRENT_PROCESS_NAME)).into();
        }
        let is_process = self
            .kind_of(&world.heap, id)
            .is_some_and(|kind| self.api.kind(kind).family == Family::Process);
        if is_process {
            match self.name(name) {
                "pid" | "ident" => return Atom::Started(id).into(),
                "exitcode" => return Atom::Ended(id).into(),
                _ => {}
            }
        }
        own.unwrap_or_else(|| match attribute.returns {
            Returns::Scalar => Atom::Scalar.into(),
            Returns::Text => Atom::Text.into(),
            _ => Value::unknown(),
        })
    }

    /// A member of the library that a context belongs to.
    fn member(&mut self, context: ObjectId, name: Symbol) -> Value {
        let library = self.objects[context.0 as usize]
            .path
            .and_then(|path| {
                self.names
                    .dotted(path)
                    .rsplit_once('.')
                    .map(|(library, _)| library.to_owned())
            })
            .unwrap_or_else(|| "multiprocessing".to_owned());
        let path = self.names.path(&format!("{library}.{}", self.symbols.name(name)));
        Atom::Member(context, path).into()
    }

    /// An attribute that a class or one of its bases in the program defines, bound to the object it is asked of.
    pub(super) fn class_attribute(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        class: ObjectId,
        name: Symbol,
        receiver: Atom,
    ) -> Option<Value> {
        let found = self
            .resolution_order(&world.heap, class)
            .into_iter()
            .find_map(|ancestor| match ancestor {
                Ancestor::Program(class) => Some((class, world.heap.get(class)?.fields.get(name)?.clone())),
                _ => None,
            });
        let (class, value) = found?;
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

    /// A class attribute as seen through an object of the class, or through the class itself.
    fn bind(&mut self, frame: &Frame<'a>, world: &mut World, value: &Value, receiver: Atom, class: ObjectId) -> Value {
        let through_class = matches!(
            receiver,
            Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_))
        );
        let mut bound = Value::never();
        for &atom in value.atoms() {
            match atom {
                Atom::Function(function, closure) if !through_class => {
                    bound.insert(self.names.bound(receiver, MethodRef::User(function, closure)));
                }
                Atom::Object(id) => match self.objects[id.0 as usize].kind {
                    ObjectKind::Descriptor(descriptor) => {
                        let inner = world
                            .heap
                            .get(id)
                            .and_then(|object| object.fields.get(self.known.function).cloned())
                            .unwrap_or_else(Value::unknown);
                        for &atom in inner.atoms() {
                            match (descriptor, atom) {
                                (Descriptor::Class, Atom::Function(function, closure)) => {
                                    bound.insert(
                                        self.names
                                            .bound(Atom::Object(class), MethodRef::User(function, closure)),
                                    );
                                }
                                (Descriptor::Property | Descriptor::Cached, Atom::Function(function, _))
                                    if !through_class =>
                                {
                                    let value = self
                                        .call_values(frame, world, &atom.into(), vec![receiver.into()])
                                        .unwrap_or_else(Value::unknown);
                                    // The value becomes an attribute of the object, under the function's name.
                                    if descriptor == Descriptor::Cached
                                        && let Atom::Object(owner) = receiver
                                        && let Some(object) = world.heap.get_mut(owner)
                                    {
                                        let name = self.module.function(function).name;
                                        object.fields.set(name, value.clone());
                                        self.named.extend(value.objects());
                                        self.stored.extend(value.objects());
                                    }
                                    bound.join(&value);
                                }
                                (_, atom) => {
                                    bound.insert(atom);
                                }
                            }
                        }
                    }
                    _ => {
                        bound.insert(atom);
                    }
                },
                atom => {
                    bound.insert(atom);
                }
            }
        }
        bound
    }

    /// An attribute that an object of a class of the program has from the library class it is built on.
    fn inherited_from_library(&mut self, world: &mut World, id: ObjectId, class: ObjectId, name: Symbol) -> Value {
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
    fn super_attribute(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId, name: Symbol) -> Value {
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
        self.names.bound(Atom::Unknown, MethodRef::Library(name)).into()
    }

    /// `base.name = value`
    pub(super) fn set_attribute(&mut self, world: &mut World, base: &Value, name: Symbol, value: Value) {
        let certain = base.atoms().len() == 1;
        self.named.extend(value.objects());
        self.stored.extend(value.objects());
        let mut followed = false;
        for &atom in base.atoms() {
            let Atom::Object(id) = atom else {
                // A function that is given another name may be found under it.
                if let Atom::Function(function, _) = atom
                    && name == self.known.qualname
                {
                    self.decorated.insert(function);
                }
                if let Atom::Function(function, _) = atom
                    && let Some(attributes) = self.function_attributes(world, function, true)
                    && let Some(object) = world.heap.get_mut(attributes)
                {
                    if certain {
                        object.fields.set(name, value.clone());
                    } else {
                        object.fields.add(name, &value);
                    }
                    followed = true;
                }
                continue;
            };
            followed = true;
            if self.is_shared(world, id) {
                // Setting a constant where it is not set yet is the same however often it is done.
                let constant = matches!(
                    value.single(),
                    Some(Atom::Bool(_) | Atom::Int(_) | Atom::Str(_) | Atom::None)
                );
                if value.atoms().contains(&Atom::ReadFrom(id)) || (world.compared.contains(&id) && !constant) {
                    self.record(world, EventKind::Update { object: id }, 0);
                }
                continue;
            }
            if self.kind_of(&world.heap, id).is_some() {
                self.record(world, EventKind::SetAttribute { object: id, name }, 0);
            }
            if let Some(object) = world.heap.get_mut(id) {
                // A field of an object that stands for several keeps what it had.
                if certain && !(object.many && self.comprehensions > 0) {
                    object.fields.set(name, value.clone());
                } else {
                    object.fields.add(name, &value);
                }
            }
        }
        if !followed && !base.is_never() {
            self.escape(world, &value);
        }
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

    /// `with value as …`: what `__enter__` gives.
    pub(super) fn enter_context(&mut self, frame: &Frame<'a>, world: &mut World, value: &Value) -> Value {
        let mut entered = Value::never();
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => entered.join(&self.enter_object(frame, world, id)),
                Atom::None => false,
                Atom::Path(path) if self.names.dotted(path) == builtins::EXPECTING => {
                    world.expecting = world.expecting.saturating_add(1);
                    entered.insert(Atom::Unknown)
                }
                Atom::Path(path) if self.names.dotted(path) == builtins::EXPECTING => {
                    world.expecting = world.expecting.saturating_add(1);
                    entered.insert(Atom::Unknown)
                }
                Atom::Path(path) if self.names.dotted(path).starts_with(builtins::NOTHING_TO_LOCK) => {
                    let caught = builtins::swallowed(self.names.dotted(path));
                    world.swallowed.push(caught);
                    entered.insert(Atom::None)
                }
                _ => {
                    world.maybe_locks = world.maybe_locks.saturating_add(1);
                    entered.insert(Atom::Unknown)
                }
            };
        }
        if entered.is_never() { Value::unknown() } else { entered }
    }

    fn enter_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId) -> Value {
        if let ObjectKind::Generator(Some(_)) = self.objects[id.0 as usize].kind {
            return self.enter_generator(world, id);
        }
        if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind {
            for name in [self.known.enter, self.known.aenter] {
                if let Some(method) = self.class_attribute(frame, world, class, name, Atom::Object(id)) {
                    return self
                        .call_values(frame, world, &method, Vec::new())
                        .unwrap_or_else(Value::unknown);
                }
            }
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return id.into();
        };
        let known = self.api.kind(kind);
        match known.family {
            Family::Lock | Family::Condition | Family::ThreadPrimitive => self.take_lock(world, id),
            Family::Shared if known.locks => {
                let lock = self.lock_of(world, id);
                match lock.single() {
                    Some(Atom::Object(lock)) => self.take_lock(world, lock),
                    _ => world.maybe_locks = world.maybe_locks.saturating_add(1),
                }
            }
            Family::Manager if known.name == "unstarted-manager" => {
                if let Some(method) = known.methods.get("start") {
                    let name = self.symbols.intern("start");
                    self.method_event(world, id, name, method, Arguments::default(), false);
                }
            }
            _ => {}
        }
        id.into()
    }

    /// The end of a `with` block.
    pub(super) fn exit_context(&mut self, frame: &Frame<'a>, world: &mut World, value: &Value, exceptional: bool) {
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => self.exit_object(frame, world, id, exceptional),
                Atom::None => {}
                Atom::Path(path) if self.names.dotted(path) == builtins::EXPECTING => {
                    world.expecting = world.expecting.saturating_sub(1);
                }
                Atom::Path(path) if self.names.dotted(path).starts_with(builtins::NOTHING_TO_LOCK) => {
                    world.swallowed.pop();
                }
                _ => world.maybe_locks = world.maybe_locks.saturating_sub(1),
            }
        }
    }

    fn exit_object(&mut self, frame: &Frame<'a>, world: &mut World, id: ObjectId, exceptional: bool) {
        if let ObjectKind::Generator(Some(_)) = self.objects[id.0 as usize].kind {
            self.exit_generator(world, id);
            return;
        }
        if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind {
            for name in [self.known.exit, self.known.aexit] {
                if let Some(method) = self.class_attribute(frame, world, class, name, Atom::Object(id)) {
                    let arguments = vec![Value::unknown(), Value::unknown(), Value::unknown()];
                    self.call_values(frame, world, &method, arguments);
                    return;
                }
            }
        }
        let Some(kind) = self.kind_of(&world.heap, id) else {
            return;
        };
        let known = self.api.kind(kind);
        match known.family {
            Family::Lock | Family::Condition | Family::ThreadPrimitive => self.give_lock(world, id),
            Family::Shared if known.locks => match self.lock_of(world, id).single() {
                Some(Atom::Object(lock)) => self.give_lock(world, lock),
                _ => world.maybe_locks = world.maybe_locks.saturating_sub(1),
            },
            Family::Pool | Family::ThreadPool | Family::Executor | Family::Manager => {
                let open = world.heap.get(id).is_some_and(|object| object.states.may(States::OPEN));
                if open
                    && !exceptional
                    && let Some(method) = known.methods.get("terminate")
                {
                    // What leaving the block does to a pool.
                    let name = self.symbols.intern("terminate");
                    self.record(
                        world,
                        EventKind::Method {
                            object: id,
                            name,
                            method,
                            arguments: Arguments::default(),
                            base: true,
                            direct: false,
                        },
                        8,
                    );
                }
                if let Some(object) = world.heap.get_mut(id) {
                    object.states = States::CLOSED;
                }
            }
            _ => {}
        }
    }

    /// The lock that guards a shared value.
    pub(super) fn lock_of(&self, world: &World, id: ObjectId) -> Value {
        world
            .heap
            .get(id)
            .and_then(|object| object.fields.get(self.known.lock).cloned())
            .unwrap_or_else(|| id.into())
    }

    pub(super) fn take_lock(&mut self, world: &mut World, id: ObjectId) {
        world.held.push(id);
        if let Some(object) = world.heap.get_mut(id) {
            object.states = States::HELD;
        }
    }

    pub(super) fn give_lock(&mut self, world: &mut World, id: ObjectId) {
        if let Some(at) = world.held.iter().rposition(|&held| held == id) {
            world.held.remove(at);
        }
        if let Some(object) = world.heap.get_mut(id) {
            object.states = States::FREE;
        }
    }
}
