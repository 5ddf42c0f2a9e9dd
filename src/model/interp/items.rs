//! Elements of containers: what iteration, an index or a key gives, and what setting one does.

use super::frame::Frame;
use super::frame::State;
use super::{Run, World};
use crate::model::events::{ContextKind, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};

/// The variables of the environment, as a mapping.
pub(super) const ENVIRONMENT: &str = "os.environ";

impl<'a> Run<'a> {
    /// The list that a starred target gets of a value that is unpacked.
    pub(super) fn rest(&mut self, world: &mut World, src: &Value, before: usize, behind: usize) -> Value {
        let items = src.single().and_then(|atom| match atom {
            Atom::Object(id) => world.heap.get(id).filter(|object| !object.uneven)?.items.clone(),
            _ => None,
        });
        let known = items.and_then(|items| Some(items.get(before..items.len().checked_sub(behind)?)?.to_vec()));
        match known {
            Some(items) => self.allocate_container(world, ObjectKind::List, items, 25).into(),
            None => {
                let elements = self.elements_of(world, src);
                self.allocate_elements(world, ObjectKind::List, elements, 25).into()
            }
        }
    }

    /// A slice of a container: which of its elements it holds is not followed.
    pub(super) fn slice(&mut self, world: &mut World, base: &Value) -> Value {
        let shared = base.objects().find(|id| self.is_shared(world, *id));
        if let Some(shared) = shared {
            self.note_access(world, shared, false);
            return Atom::ReadFrom(shared).into();
        }
        if let Some(view) = self.slice_of_view(world, base) {
            return view;
        }
        let elements = self.elements_of(world, base);
        self.lose_elements(world, &elements);
        for id in base.objects() {
            if let Some(object) = world.heap.get_mut(id) {
                object.uneven = true;
            }
        }
        base.clone()
    }

    /// A container turns out to be empty: what would be in it, and in no other, was never made. A variable that has one of many
    /// got it from there.
    pub(super) fn forget_elements(&self, state: &mut State, container: &Value) {
        let Some(Atom::Object(container)) = container.single() else {
            return;
        };
        if !matches!(
            self.objects[container.0 as usize].kind,
            ObjectKind::List | ObjectKind::Set | ObjectKind::Dict
        ) {
            return;
        }
        let heap = &state.world.heap;
        let Some(elements) = heap.get(container).map(|object| object.elements.clone()) else {
            return;
        };
        let is_one_of_many = |id: ObjectId| {
            heap.get(id)
                .is_some_and(|object| object.many && !object.states.is_empty())
        };
        let mut unmade: Vec<ObjectId> = elements.objects().filter(|id| is_one_of_many(*id)).collect();
        if unmade.is_empty() {
            return;
        }
        let is_here = |atom: Atom| !matches!(atom, Atom::Object(id) if id == container || unmade.contains(&id));
        let spaces = self.namespaces.iter().map(|space| Value::from(*space));
        let roots: Vec<Value> = state
            .slots
            .iter()
            .map(|slot| slot.filter(is_here))
            .chain(spaces)
            .collect();
        let names = &self.names;
        let elsewhere = heap.reachable_by(&roots, |id| names.unbind(id).0, |id| id != container);
        unmade.retain(|id| !elsewhere.contains(id));
        for id in unmade {
            state.world.heap.forget(id);
        }
    }

    /// Whether writing a value to a shared object writes back what was read from it.
    fn is_made_of(&self, world: &World, value: &Value, id: ObjectId) -> bool {
        value.atoms().contains(&Atom::ReadFrom(id))
            || value.objects().any(|container| {
                world
                    .heap
                    .get(container)
                    .is_some_and(|object| object.elements.atoms().contains(&Atom::ReadFrom(id)))
            })
    }

    /// Notes how many elements a container has.
    pub(super) fn set_length(&self, world: &mut World, id: ObjectId, length: Option<i64>) {
        let name = self.known.length;
        if let (Some(length), Some(object)) = (length, world.heap.get_mut(id)) {
            object.fields.set(name, Atom::Int(length.max(0)).into());
        }
    }

    /// The keys of a dict: nothing is known of them, but objects are kept.
    fn keys_of(&self, world: &World, id: ObjectId) -> Value {
        let keys = world.heap.get(id).and_then(|object| object.fields.get(self.known.keys));
        keys.map_or_else(Value::unknown, |keys| keys.clone().or(&Value::unknown()))
    }

    /// What any element of a value may be.
    pub(super) fn elements_of(&mut self, world: &mut World, value: &Value) -> Value {
        let mut elements = Value::never();
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => {
                    if self.is_shared(world, id) {
                        self.note_access(world, id, false);
                    }
                    let found = match self.objects[id.0 as usize].kind {
                        ObjectKind::Generator(Some(_)) => self.run_generator(world, id),
                        ObjectKind::Dict => self.keys_of(world, id),
                        ObjectKind::Library(_) => {
                            self.read_results(world, id);
                            world
                                .heap
                                .get(id)
                                .map_or_else(Value::unknown, |object| object.elements.clone())
                        }
                        ObjectKind::Instance(_) => self.iterate_instance(world, id),
                        _ => match world.heap.get(id) {
                            Some(object) => object.elements.clone(),
                            None => Value::unknown(),
                        },
                    };
                    let known = matches!(
                        self.objects[id.0 as usize].kind,
                        ObjectKind::List
                            | ObjectKind::Tuple
                            | ObjectKind::Set
                            | ObjectKind::Iterable
                            | ObjectKind::Generator(None)
                    );
                    // An empty list that is filled where we do not see it holds something unknown.
                    elements.join(&if found.is_never() && !known {
                        Value::unknown()
                    } else {
                        found
                    });
                }
                Atom::Str(_) | Atom::Text => {
                    elements.insert(Atom::Text);
                }
                Atom::ReadFrom(_) | Atom::Received(_) => {
                    elements.insert(atom);
                }
                Atom::Path(path) if self.names.dotted(path) == "builtins.range" => {
                    elements.insert(Atom::Scalar);
                }
                _ => {
                    elements.insert(Atom::Unknown);
                }
            }
        }
        if elements.is_never() {
            Value::unknown()
        } else {
            elements
        }
    }

    pub(super) fn item(&mut self, frame: &Frame<'a>, world: &mut World, base: &Value, index: &Value) -> Value {
        let mut found = Value::never();
        for &atom in base.atoms() {
            let Atom::Object(id) = atom else {
                found.insert(match atom {
                    Atom::Str(_) | Atom::Text => Atom::Text,
                    Atom::ReadFrom(id) => Atom::ReadFrom(id),
                    Atom::Received(id) => Atom::Received(id),
                    Atom::Path(path) if self.names.dotted(path) == ENVIRONMENT => {
                        self.note_environment(world, Some(index), None);
                        Atom::Text
                    }
                    // An element of a container of another module, which is not linked: nothing is known of it.
                    Atom::Path(path)
                        if self.is_unlinked(path)
                            && !index
                                .atoms()
                                .iter()
                                .all(|atom| matches!(atom, Atom::Path(_) | Atom::Object(_))) =>
                    {
                        Atom::Unknown
                    }
                    // `Queue[int]`, `list[Process]`: a generic alias stands for its class.
                    Atom::Path(path) => Atom::Path(path),
                    _ => Atom::Unknown,
                });
                continue;
            };
            if let Some(kind) = self.kind_of(&world.heap, id)
                && self.api.kind(kind).family == crate::api::Family::Shared
            {
                self.note_access(world, id, false);
                found.insert(Atom::ReadFrom(id));
                continue;
            }
            if self.is_view(world, &id.into()) {
                self.note_access(world, id, false);
                found.insert(Atom::Scalar);
                continue;
            }
            if let ObjectKind::Class(_) = self.objects[id.0 as usize].kind {
                found.insert(atom);
                continue;
            }
            if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind
                && let Some(method) = self.class_attribute(frame, world, class, self.known.get_item, atom)
            {
                let value = self.call_values(frame, world, &method, vec![index.clone()]);
                found.join(&value.unwrap_or_else(Value::unknown));
                continue;
            }
            if let Some(inner) = self.contents(&world.heap, id) {
                found.join(&self.item(frame, world, &inner.into(), index));
                continue;
            }
            let Some(object) = world.heap.get(id) else {
                found.insert(Atom::Unknown);
                continue;
            };
            let exact = match (index.single(), &object.items) {
                (Some(Atom::Int(at)), Some(items)) => {
                    let at = if at < 0 { at + items.len() as i64 } else { at };
                    usize::try_from(at).ok().and_then(|at| items.get(at))
                }
                (Some(Atom::Str(name)), _) => object.fields.get(name),
                _ => None,
            };
            match exact {
                Some(value) => {
                    found.join(value);
                }
                None if object.elements.is_never() => {
                    found.insert(Atom::Unknown);
                }
                None => {
                    found.join(&object.elements);
                }
            }
        }
        if found.is_never() { Value::unknown() } else { found }
    }

    pub(super) fn set_item(&mut self, world: &mut World, base: &Value, index: Option<&Value>, value: Value, own: bool) {
        // `registry.PENDING[name] = process`, of a module that has nothing to do with processes until then.
        let settled;
        let base = if self.holds_unlinked(base) && value.objects().next().is_some() {
            settled = self.settled(world, base);
            &settled
        } else {
            base
        };
        let certain = base.atoms().len() == 1;
        let stranger = self.contexts[self.context.0 as usize].kind == ContextKind::Entry;
        self.named.extend(value.objects());
        if let Some(Atom::Path(path)) = base.single()
            && self.names.dotted(path) == ENVIRONMENT
        {
            self.note_environment(world, index, Some(&value));
        }
        for id in base.objects().collect::<Vec<_>>() {
            if self.is_view(world, &id.into()) {
                self.note_access(world, id, true);
                continue;
            }
            if self.is_shared(world, id) {
                self.note_access(world, id, true);
                if self.is_made_of(world, &value, id) && !own {
                    let part = match index.and_then(Value::single) {
                        Some(Atom::Int(at)) => Some(at),
                        _ => None,
                    };
                    self.record(world, EventKind::Update { object: id, part }, 1);
                }
                self.keep_in_proxy(world, id, &value);
                self.escape(world, &value);
                continue;
            }
            // `fleet[name] = process`
            let arguments = [index.cloned().unwrap_or_else(Value::unknown), value.clone()];
            if self.special(world, &id.into(), &["__setitem__"], &arguments).is_some() {
                continue;
            }
            if let Some(inner) = self.contents(&world.heap, id) {
                self.set_item(world, &inner.into(), index, value.clone(), own);
                continue;
            }
            let keys = self.known.keys;
            let is_dict = self.objects[id.0 as usize].kind == ObjectKind::Dict;
            let key = match index.and_then(Value::single) {
                Some(Atom::Str(key)) => Some(key),
                _ => None,
            };
            self.note_change(world, id, key);
            let Some(object) = world.heap.get_mut(id) else { continue };
            if let Some(key) = index.filter(|key| key.objects().next().is_some()) {
                object.fields.add(keys, key);
            }
            object.elements.join(&value);
            // A method that anybody calls, any number of times, fills the container with several.
            let several = stranger && !matches!(index.and_then(Value::single), Some(Atom::Int(_) | Atom::Str(_)));
            match index.and_then(Value::single) {
                Some(Atom::Str(name)) if certain => object.fields.set(name, value.clone()),
                Some(Atom::Str(name)) => {
                    object.fields.add(name, &value);
                    object.uneven = true;
                }
                Some(Atom::Int(at)) if !is_dict => {
                    if let Some(items) = &mut object.items
                        && let Some(item) = usize::try_from(at)
                            .ok()
                            .and_then(|at| std::rc::Rc::make_mut(items).get_mut(at))
                    {
                        item.join(&value);
                    }
                }
                _ => object.items = None,
            }
            if several {
                for id in value.objects() {
                    if let Some(object) = world.heap.get_mut(id) {
                        object.many = true;
                    }
                }
            }
        }
        if base.objects().next().is_none() {
            self.escape(world, &value);
        }
    }

    /// Records that the content of a shared object is read or set.
    pub(super) fn note_access(&mut self, world: &World, object: ObjectId, sets: bool) {
        self.record(world, EventKind::Access { object, sets }, 30 + u16::from(sets));
    }

    /// A variable of the environment is read, or set to a value, which is none where it is removed.
    pub(super) fn note_environment(&mut self, world: &World, key: Option<&Value>, set: Option<&Value>) {
        let sets = set.is_some();
        let constant = set.is_some_and(|value| matches!(value.single(), Some(Atom::Str(_))));
        let key = match key.and_then(Value::single) {
            Some(Atom::Str(key)) => Some(key),
            _ => None,
        };
        self.record(
            world,
            EventKind::Environment { key, sets, constant },
            50 + u16::from(sets),
        );
    }

    pub(super) fn is_shared(&self, world: &World, id: ObjectId) -> bool {
        self.kind_of(&world.heap, id)
            .is_some_and(|kind| self.api.kind(kind).family == crate::api::Family::Shared)
    }

    /// An element of an unpacked value.
    pub(super) fn element(&mut self, world: &mut World, src: &Value, index: Option<u32>) -> Value {
        if let (Some(at), Some(Atom::Object(id))) = (index, src.single())
            && let Some(items) = world.heap.get(id).and_then(|object| object.items.clone())
        {
            return items.get(at as usize).cloned().unwrap_or_else(Value::unknown);
        }
        if let Some(at) = index
            && src.atoms().len() > 1
        {
            // Several tuples of known shape: position by position.
            let mut any = Value::never();
            for id in src.objects() {
                match world
                    .heap
                    .get(id)
                    .and_then(|object| object.items.as_ref()?.get(at as usize))
                {
                    Some(item) => any.join(item),
                    None => any.insert(Atom::Unknown),
                };
            }
            if src.objects().count() < src.atoms().len() {
                any.insert(Atom::Unknown);
            }
            // A part of what came from another process.
            for atom in src.atoms().iter().filter(|atom| matches!(atom, Atom::Received(_))) {
                any.insert(*atom);
            }
            return any;
        }
        self.elements_of(world, src)
    }
}
