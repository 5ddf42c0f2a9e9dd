//! The objects of the program, and their state at one point of it.
//!
//! An object stands for all that its place in the program makes in one chain of calls. What never changes of it is in
//! [`ObjectInfo`]; what does is an [`Object`] in a [`Heap`]. A heap is cheap to copy: it shares what is equal, so an
//! event can keep the heap as it was when it happened.

use std::rc::Rc;

use smallvec::SmallVec;

use super::events::ChainId;
use super::names::PathId;
use super::typestate::States;
use super::value::{Atom, Value};
use crate::api::KindId;
use crate::files::Span;
use crate::python::Symbol;
use crate::python::ir::{ClassId, FunctionId};

/// Number of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectId(pub u32);

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ObjectKind {
    /// Of a kind that the tables know.
    Library(KindId),
    /// An instance of a class of the program; the class is an object too.
    Instance(ObjectId),
    /// A class of the program.
    Class(ClassId),
    /// The variables of a running function that inner functions share.
    Frame(FunctionId),
    /// The module's globals.
    Namespace,
    /// A list.
    List,
    /// A tuple.
    Tuple,
    /// A set.
    Set,
    /// A dict.
    Dict,
    /// A generator: of this function, or of an expression.
    Generator(Option<FunctionId>),
    /// A `functools.partial`.
    Partial,
    /// `property`, `staticmethod` or `classmethod` around a function.
    Descriptor(Descriptor),
    /// What `super()` returns.
    Super,
    /// Something iterable whose elements are known, and which pickles: the result of `zip`, `map`, `reversed` …
    Iterable,
}

/// A wrapper of a function in a class body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Descriptor {
    /// `@property`
    Property,
    /// `@cached_property`
    Cached,
    /// `@staticmethod`
    Static,
    /// `@classmethod`
    Class,
    /// `dataclasses.field(default_factory=…)`
    Field,
}

/// What never changes of an object.
#[derive(Clone, Debug)]
pub struct ObjectInfo {
    /// What it is.
    pub kind: ObjectKind,
    /// For an object of a library: the name by which it was made.
    pub path: Option<PathId>,
    /// For an object of a library: the context object it was made through.
    pub context: Option<ObjectId>,
    /// For a frame: the frame around it.
    pub outer: Option<ObjectId>,
    /// The chain of calls that made it.
    pub chain: ChainId,
    /// The function whose code made it.
    pub function: FunctionId,
    /// The expression that made it.
    pub span: Span,
}

/// What an object is at one point of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// The states it may be in.
    pub states: States,
    /// Whether it stands for several objects.
    pub many: bool,
    /// Whether code that is not followed may have it.
    pub escaped: bool,
    /// Whether some way here does not make it.
    pub optional: bool,
    /// Whether its keys or its length may not be what `fields` and `items` say: some way here sets a key that another
    /// does not, or what is looked at is a part or a copy.
    pub uneven: bool,
    /// Whether it has been put into a queue on every way here and may not have been pickled yet.
    pub on_the_way: bool,
    /// Attributes, dict items with constant string keys, or for a namespace the globals.
    pub fields: Fields,
    /// Any element of a container, any value of a dict.
    pub elements: Value,
    /// The elements one by one, where their number is known; the variables of a frame.
    pub items: Option<Rc<Vec<Value>>>,
}

impl Object {
    /// An object in a state, empty.
    #[must_use]
    pub fn new(states: States) -> Self {
        Self {
            states,
            many: false,
            escaped: false,
            optional: false,
            uneven: false,
            on_the_way: false,
            fields: Fields::default(),
            elements: Value::never(),
            items: None,
        }
    }

    fn join(&mut self, other: &Self) -> bool {
        let mut changed = false;
        let states = self.states | other.states;
        changed |= states != self.states;
        self.states = states;
        changed |= (other.many && !self.many) || (other.escaped && !self.escaped) || (other.optional && !self.optional);
        let uneven = other.uneven || !self.fields.has_names_of(&other.fields);
        changed |= uneven && !self.uneven;
        self.uneven |= uneven;
        self.optional |= other.optional;
        self.many |= other.many;
        self.escaped |= other.escaped;
        changed |= self.on_the_way && !other.on_the_way;
        self.on_the_way &= other.on_the_way;
        changed |= self.fields.join(&other.fields);
        changed |= self.elements.join(&other.elements);
        match (&mut self.items, &other.items) {
            (Some(mine), Some(theirs)) if mine.len() == theirs.len() => {
                if !Rc::ptr_eq(mine, theirs) && mine != theirs {
                    for (mine, theirs) in Rc::make_mut(mine).iter_mut().zip(theirs.iter()) {
                        changed |= mine.join(theirs);
                    }
                }
            }
            (None, _) => {}
            (Some(_), _) => {
                self.items = None;
                changed = true;
            }
        }
        changed
    }
}

/// Attributes by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fields(Option<Rc<Vec<(Symbol, Value)>>>);

impl Fields {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: Symbol) -> Option<&Value> {
        let fields = self.0.as_deref()?;
        let at = fields.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        Some(&fields[at].1)
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: Symbol, value: Value) {
        let fields = Rc::make_mut(self.0.get_or_insert_default());
        match fields.binary_search_by_key(&name, |(name, _)| *name) {
            Ok(at) => fields[at].1 = value,
            Err(at) => fields.insert(at, (name, value)),
        }
    }

    /// Removes an attribute.
    pub fn remove(&mut self, name: Symbol) {
        if let Some(fields) = &mut self.0
            && let Ok(at) = fields.binary_search_by_key(&name, |(name, _)| *name)
        {
            Rc::make_mut(fields).remove(at);
        }
    }

    /// Adds an alternative to an attribute.
    pub fn add(&mut self, name: Symbol, value: &Value) {
        let joined = self.get(name).cloned().unwrap_or_default().or(value);
        self.set(name, joined);
    }

    /// All attributes, by the numbers of their names.
    pub fn iter(&self) -> impl Iterator<Item = (Symbol, &Value)> {
        self.0
            .iter()
            .flat_map(|fields| fields.iter().map(|(name, value)| (*name, value)))
    }

    /// Whether both have the same attributes.
    fn has_names_of(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(mine), Some(theirs)) => {
                Rc::ptr_eq(mine, theirs)
                    || (mine.len() == theirs.len() && mine.iter().zip(theirs.iter()).all(|(a, b)| a.0 == b.0))
            }
            (Some(some), None) | (None, Some(some)) => some.is_empty(),
        }
    }

    fn join(&mut self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (_, None) => return false,
            (None, Some(theirs)) => {
                self.0 = Some(Rc::clone(theirs));
                return true;
            }
            (Some(mine), Some(theirs)) if Rc::ptr_eq(mine, theirs) || mine == theirs => return false,
            _ => {}
        }
        let mut changed = false;
        for (name, value) in other.iter() {
            match self.get(name) {
                Some(mine) => {
                    let mut joined = mine.clone();
                    if joined.join(value) {
                        self.set(name, joined);
                        changed = true;
                    }
                }
                None => {
                    self.set(name, value.clone());
                    changed = true;
                }
            }
        }
        changed
    }
}

const CHUNK: usize = 16;

type Chunk = [Option<Rc<Object>>; CHUNK];

/// What only one of two ways has made may not be there where they meet.
fn make_optional(chunk: &mut Rc<Chunk>, slot: usize) {
    if let Some(old) = &chunk[slot]
        && !old.optional
    {
        let mut joined = Object::clone(old);
        joined.optional = true;
        Rc::make_mut(chunk)[slot] = Some(Rc::new(joined));
    }
}

/// The objects at one point of the program.
#[derive(Clone, Debug, Default)]
pub struct Heap {
    chunks: Rc<Vec<Rc<Chunk>>>,
}

impl Heap {
    /// Whether nothing has been written to either heap since one was copied from the other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.chunks, &other.chunks)
    }

    /// The object, if it has been made on the way here.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<&Object> {
        self.chunks.get(id.0 as usize / CHUNK)?[id.0 as usize % CHUNK].as_deref()
    }

    /// The object, to be changed. Copies what other heaps share.
    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        self.get(id)?;
        let chunks = Rc::make_mut(&mut self.chunks);
        let chunk = Rc::make_mut(chunks.get_mut(id.0 as usize / CHUNK)?);
        chunk[id.0 as usize % CHUNK].as_mut().map(Rc::make_mut)
    }

    /// Puts an object in its place.
    pub fn put(&mut self, id: ObjectId, object: Object) {
        self.put_shared(id, Rc::new(object));
    }

    /// Takes an object away: on this way it was never made.
    pub fn forget(&mut self, id: ObjectId) {
        let (chunk, at) = (id.0 as usize / CHUNK, id.0 as usize % CHUNK);
        if self.get(id).is_some()
            && let Some(chunk) = Rc::make_mut(&mut self.chunks).get_mut(chunk)
        {
            Rc::make_mut(chunk)[at] = None;
        }
    }

    /// The object as another heap can share it.
    #[must_use]
    pub fn shared(&self, id: ObjectId) -> Option<Rc<Object>> {
        self.chunks.get(id.0 as usize / CHUNK)?[id.0 as usize % CHUNK].clone()
    }

    /// Puts an object of another heap in its place.
    pub fn put_shared(&mut self, id: ObjectId, object: Rc<Object>) {
        let chunks = Rc::make_mut(&mut self.chunks);
        let chunk = id.0 as usize / CHUNK;
        while chunks.len() <= chunk {
            chunks.push(Rc::new(std::array::from_fn(|_| None)));
        }
        Rc::make_mut(&mut chunks[chunk])[id.0 as usize % CHUNK] = Some(object);
    }

    /// Joins another heap into this one; says whether that changed anything.
    pub fn join(&mut self, other: &Self) -> bool {
        if Rc::ptr_eq(&self.chunks, &other.chunks) {
            return false;
        }
        let mut changed = false;
        let chunks = Rc::make_mut(&mut self.chunks);
        for (at, theirs) in other.chunks.iter().enumerate() {
            while chunks.len() <= at {
                chunks.push(Rc::new(std::array::from_fn(|_| None)));
            }
            let mine = &mut chunks[at];
            if Rc::ptr_eq(mine, theirs) {
                continue;
            }
            for slot in 0..CHUNK {
                let Some(object) = &theirs[slot] else {
                    make_optional(mine, slot);
                    continue;
                };
                match &mine[slot] {
                    Some(old) if Rc::ptr_eq(old, object) || old == object => {}
                    Some(old) => {
                        let mut joined = Object::clone(old);
                        if joined.join(object) {
                            Rc::make_mut(mine)[slot] = Some(Rc::new(joined));
                            changed = true;
                        }
                    }
                    None => {
                        let mut joined = Object::clone(object);
                        joined.optional = true;
                        Rc::make_mut(mine)[slot] = Some(Rc::new(joined));
                        changed = true;
                    }
                }
            }
        }
        // A heap in which nothing was made for a while is shorter.
        for mine in chunks.iter_mut().skip(other.chunks.len()) {
            for slot in 0..CHUNK {
                make_optional(mine, slot);
            }
        }
        changed
    }

    /// Whether a value is a constant, such as a sentinel is, or is made of nothing but constants: `(None, None)`. An
    /// object of a class of the program that has no attributes says all by its class.
    #[must_use]
    pub fn is_constant(&self, value: &Value, is_instance: impl Fn(ObjectId) -> bool) -> bool {
        let plain = |value: &Value| {
            matches!(
                value.single(),
                Some(Atom::None | Atom::Str(_) | Atom::Bool(_) | Atom::Int(_) | Atom::Path(_))
            )
        };
        if plain(value) {
            return true;
        }
        let Some(Atom::Object(id)) = value.single() else {
            return false;
        };
        let Some(object) = self.get(id) else { return false };
        let items = object.items.iter().flat_map(|items| items.iter());
        let fields = object.fields.iter().map(|(_, value)| value);
        let mut parts = items.chain(fields).peekable();
        (parts.peek().is_some() || is_instance(id)) && parts.all(plain)
    }

    /// All objects made so far.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectId, &Object)> {
        self.chunks.iter().enumerate().flat_map(|(chunk, slots)| {
            slots
                .iter()
                .enumerate()
                .filter_map(move |(slot, object)| Some((ObjectId((chunk * CHUNK + slot) as u32), object.as_deref()?)))
        })
    }

    /// Whether an object is as it was in an earlier heap.
    #[must_use]
    pub fn is_unchanged(&self, before: &Self, id: ObjectId) -> bool {
        let slot = |heap: &Self| {
            heap.chunks.get(id.0 as usize / CHUNK)?[id.0 as usize % CHUNK]
                .as_ref()
                .map(Rc::as_ptr)
        };
        slot(self).is_some_and(|object| slot(before) == Some(object))
    }

    /// The objects that are not as they were in an earlier heap.
    pub fn changed_since<'h>(&'h self, before: &'h Self) -> impl Iterator<Item = ObjectId> + 'h {
        let chunks = self.chunks.iter().enumerate();
        let changed = chunks.filter(|(at, chunk)| before.chunks.get(*at).is_none_or(|old| !Rc::ptr_eq(old, chunk)));
        changed.flat_map(move |(at, _)| {
            let ids = (0..CHUNK).map(move |slot| ObjectId((at * CHUNK + slot) as u32));
            ids.filter(|id| self.get(*id).is_some() && !self.is_unchanged(before, *id))
        })
    }

    /// All objects that can be reached from some values, themselves included.
    #[must_use]
    pub fn reachable<'v>(
        &self,
        roots: impl IntoIterator<Item = &'v Value>,
        unbind: impl Fn(super::value::BoundId) -> super::value::Atom,
    ) -> rustc_hash::FxHashSet<ObjectId> {
        self.reach(None, roots, unbind, |_| true)
    }

    /// The same, by way of objects only that lead on.
    #[must_use]
    pub fn reachable_by<'v>(
        &self,
        roots: impl IntoIterator<Item = &'v Value>,
        unbind: impl Fn(super::value::BoundId) -> super::value::Atom,
        leads_on: impl Fn(ObjectId) -> bool,
    ) -> rustc_hash::FxHashSet<ObjectId> {
        self.reach(None, roots, unbind, leads_on)
    }

    /// The same, but what is as it was in an earlier heap leads no further: it cannot hold what has been made since.
    #[must_use]
    pub fn reachable_since<'v>(
        &self,
        before: Option<&Self>,
        roots: impl IntoIterator<Item = &'v Value>,
        unbind: impl Fn(super::value::BoundId) -> super::value::Atom,
    ) -> rustc_hash::FxHashSet<ObjectId> {
        self.reach(before, roots, unbind, |_| true)
    }

    fn reach<'v>(
        &self,
        before: Option<&Self>,
        roots: impl IntoIterator<Item = &'v Value>,
        unbind: impl Fn(super::value::BoundId) -> super::value::Atom,
        leads_on: impl Fn(ObjectId) -> bool,
    ) -> rustc_hash::FxHashSet<ObjectId> {
        use super::value::Atom;
        let mut seen = rustc_hash::FxHashSet::default();
        let mut todo: SmallVec<[ObjectId; 16]> = SmallVec::new();
        let visit = |value: &Value, todo: &mut SmallVec<[ObjectId; 16]>| {
            for &atom in value.atoms() {
                let atom = if let Atom::Bound(id) = atom { unbind(id) } else { atom };
                match atom {
                    Atom::Object(id) | Atom::Function(_, Some(id)) => todo.push(id),
                    _ => {}
                }
            }
        };
        for root in roots {
            visit(root, &mut todo);
        }
        while let Some(id) = todo.pop() {
            if !seen.insert(id) || before.is_some_and(|before| self.is_unchanged(before, id)) || !leads_on(id) {
                continue;
            }
            let Some(object) = self.get(id) else { continue };
            for (_, value) in object.fields.iter() {
                visit(value, &mut todo);
            }
            visit(&object.elements, &mut todo);
            for value in object.items.iter().flat_map(|items| items.iter()) {
                visit(value, &mut todo);
            }
        }
        seen
    }
}
