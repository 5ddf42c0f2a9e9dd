//! Reading and setting attributes: of modules, contexts, objects of libraries, and classes of the program.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World, builtins};
use crate::api::{Effect, Family, Returns};
use crate::model::events::{Arguments, EventKind};
use crate::model::heap::{Descriptor, ObjectId, ObjectKind};
use crate::model::names::{MethodRef, PathId};
use crate::model::typestate::States;
use crate::model::unfollowed::is_asked_of_processes;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::FunctionId;

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
            Atom::Path(path) => match self.path_attribute(path, name) {
                Some(value) => value,
                None => {
                    let child = self.child(path, name);
                    self.note_member(path, name, child);
                    Atom::Path(child).into()
                }
            },
            Atom::Member(context, path) => Atom::Member(context, self.child(path, name)).into(),
            // The value of a member of an enumeration: nothing else that is known has such an attribute.
            Atom::Str(_) | Atom::Int(_) | Atom::Float(_) if self.name(name) == "value" => atom.into(),
            Atom::Str(_) | Atom::Text | Atom::Sized(_) => self.names.bound(atom, MethodRef::Library(name)).into(),
            Atom::Object(id) => self.attribute_of_object(frame, world, id, name),
            // A program may set it by hand.
            Atom::Function(function, _)
                if name == self.known.quoted_name && self.function_attributes(world, function, false).is_none() =>
            {
                Atom::Str(self.code.function(function).name).into()
            }
            Atom::Function(..) | Atom::Bound(_)
                if matches!(self.name(name), "__name__" | "__qualname__" | "__module__" | "__doc__") =>
            {
                Atom::Text.into()
            }
            Atom::Function(function, _) => self
                .function_attributes(world, function, false)
                .and_then(|id| world.heap.get(id)?.fields.get(name).cloned())
                .unwrap_or_else(Value::unknown),
            Atom::Unknown | Atom::Received(_) if is_asked_of_processes(self.symbols.name(name)) => {
                self.unfollowed.note_asked();
                self.names.bound(Atom::Unknown, MethodRef::Library(name)).into()
            }
            Atom::Unknown | Atom::Received(_) => self.names.bound(Atom::Unknown, MethodRef::Library(name)).into(),
            _ => Value::unknown(),
        }
    }

    /// `setattr(base, name, value)`, and nobody knows which attribute that is. It sets up no process.
    pub(super) fn set_some_attribute(&mut self, world: &mut World, base: &Value, actuals: &Actuals) {
        let is_process = |id| self.is_of_family(world, id, Family::Process);
        let Some(Atom::Object(process)) = base.single().filter(|_| base.objects().all(is_process)) else {
            self.escape_all(world, actuals);
            return;
        };
        for value in actuals.iter().skip(1) {
            self.escape(world, &value.value);
        }
        if let Some(object) = world.heap.get_mut(process) {
            let names: Vec<Symbol> = object.fields.iter().map(|(name, _)| name).collect();
            for name in names {
                object.fields.add(name, &Value::unknown());
            }
        }
    }

    /// What holds the attributes that a program sets on a function. It hangs on the module's namespace, so that it
    /// lives as long and goes to workers the same way.
    fn function_attributes(&mut self, world: &mut World, function: FunctionId, make: bool) -> Option<ObjectId> {
        let name = self.symbols.intern(&format!("@attributes {}", function.0));
        let space = self.namespace_of(function);
        let found = world
            .heap
            .get(space)
            .and_then(|space| space.fields.get(name)?.objects().next());
        if found.is_some() || !make {
            return found;
        }
        let id = self.allocate(world, ObjectKind::Namespace, States::empty(), 23);
        if let Some(space) = world.heap.get_mut(space) {
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
                    self.note_access(world, id, false);
                    return Atom::ReadFrom(id).into();
                }
                own.unwrap_or_else(|| {
                    self.note_missing(world, id, name);
                    self.names.bound(Atom::Object(id), MethodRef::Library(name)).into()
                })
            }
            ObjectKind::Instance(class) if name == self.known.class => class.into(),
            // Where an object keeps its attributes: asked for one by its name, it gives what the object itself would.
            ObjectKind::Instance(_) if name == self.known.dict => id.into(),
            ObjectKind::Instance(class) => match own {
                // The function of a `cached_property` is called once.
                Some(own) => own,
                None => match self.class_attribute(frame, world, class, name, Atom::Object(id)) {
                    Some(value) => self.get_by_class(world, id, name).unwrap_or(value),
                    None => self
                        .computed_attribute(frame, world, id, class, name)
                        .unwrap_or_else(|| {
                            self.note_missing(world, id, name);
                            self.inherited_from_library(world, id, class, name)
                        }),
                },
            },
            ObjectKind::Class(_) if self.name(name) == "__subclasses__" => {
                self.names.bound(Atom::Object(id), MethodRef::Library(name)).into()
            }
            ObjectKind::Class(_) => self
                .class_attribute(frame, world, id, name, Atom::Object(id))
                .or_else(|| match info_kind {
                    ObjectKind::Class(class) if name == self.known.quoted_name => {
                        Some(Atom::Str(self.code.class(class).name).into())
                    }
                    _ => None,
                })
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
            ObjectKind::Namespace => own.unwrap_or_else(|| self.module_attribute(world, id, name)),
            _ => own.unwrap_or_else(|| self.names.bound(Atom::Object(id), MethodRef::Library(name)).into()),
        }
    }

    /// Notes that a process object is asked for something that it does not have.
    fn note_missing(&mut self, world: &World, id: ObjectId, name: Symbol) {
        let text = self.symbols.name(name);
        let is_missing = self.kind_of(&world.heap, id).is_some_and(|kind| {
            let kind = self.api.kind(kind);
            let has = kind.methods.contains_key(text) || kind.attributes.contains_key(text);
            kind.family == Family::Process && !has && !text.starts_with('_')
        });
        if is_missing {
            self.record(world, EventKind::Missing { object: id, name }, 0);
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

    pub(super) fn library_attribute(
        &mut self,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        attribute: &'a crate::api::Method,
        own: Option<Value>,
    ) -> Value {
        match attribute.effect {
            Effect::Shared => {
                self.note_access(world, id, false);
                return Atom::ReadFrom(id).into();
            }
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
        if attribute.product.is_some() {
            return self.product(world, id, attribute, &super::calls::Actuals::new());
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

    /// A class attribute as seen through an object of the class, or through the class itself.
    pub(super) fn bind(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        value: &Value,
        receiver: Atom,
        class: ObjectId,
    ) -> Value {
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
                                    // `cls` is the class that was asked, not the one that defines the method.
                                    let asked = match receiver {
                                        Atom::Object(id) => match self.objects[id.0 as usize].kind {
                                            ObjectKind::Class(_) => id,
                                            ObjectKind::Instance(class) => class,
                                            _ => class,
                                        },
                                        _ => class,
                                    };
                                    let method = MethodRef::User(function, closure);
                                    bound.insert(self.names.bound(Atom::Object(asked), method));
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
                                        let name = self.code.function(function).name;
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
                    ObjectKind::Partial if !through_class => {
                        bound.join(
                            &self
                                .bound_partial_method(world, id, receiver)
                                .unwrap_or_else(|| atom.into()),
                        );
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

    /// `base.name = value`
    pub(super) fn set_attribute(&mut self, world: &mut World, base: &Value, name: Symbol, value: Value) {
        let certain = base.atoms().len() == 1;
        self.named.extend(value.objects());
        self.stored.extend(value.objects());
        let is_instance = |id| matches!(self.objects[id as usize].kind, ObjectKind::Instance(_));
        if base
            .atoms()
            .iter()
            .all(|atom| matches!(atom, Atom::Object(id) if is_instance(id.0)))
        {
            self.in_attributes.extend(value.objects());
        } else {
            self.open_to_others.extend(value.objects());
        }
        let mut followed = false;
        // `settings.Config.context = …`, of a module that has nothing to do with processes until then.
        let settled;
        let base = if self.holds_unlinked(base) && value.objects().next().is_some() {
            settled = self.settled(world, base);
            &settled
        } else {
            base
        };
        for &atom in base.atoms() {
            let Atom::Object(id) = atom else {
                // A function that is given another name may be found under it.
                if let Atom::Function(function, closure) = atom
                    && (name == self.known.qualname || name == self.known.quoted_name)
                {
                    self.renamed.insert((function, closure));
                    if name == self.known.qualname {
                        self.decorated.insert(function);
                        self.named_after
                            .entry((function, closure))
                            .or_default()
                            .join(&Value::unknown());
                    }
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
            if self.set_by_class(world, id, name, &value) {
                continue;
            }
            if self.is_shared(world, id) {
                self.note_access(world, id, true);
                self.keep_in_proxy(world, id, &value);
                // Setting a constant where it is not set yet is the same however often it is done.
                let constant = matches!(
                    value.single(),
                    Some(Atom::Bool(_) | Atom::Int(_) | Atom::Str(_) | Atom::None)
                );
                if value.atoms().contains(&Atom::ReadFrom(id)) || (world.compared.contains(&id) && !constant) {
                    self.record(world, EventKind::Update { object: id, part: None }, 0);
                }
                continue;
            }
            match self.objects[id.0 as usize].kind {
                ObjectKind::Instance(_) => self.note_change(world, id, Some(name)),
                // `settings.debug = True`
                ObjectKind::Namespace => {
                    self.note_global_change(world, self.here.function, id, name);
                }
                _ => {}
            }
            if self.kind_of(&world.heap, id).is_some() {
                let value = value.clone();
                self.record(
                    world,
                    EventKind::SetAttribute {
                        object: id,
                        name,
                        value,
                    },
                    0,
                );
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
}
