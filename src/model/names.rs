//! Dotted names of libraries and bound methods, interned so that values stay small.

use rustc_hash::FxHashMap;

use super::value::{Atom, BoundId};
use crate::api::{Api, Entry};
use crate::python::Symbol;
use crate::python::ir::FunctionId;

use super::heap::ObjectId;

/// An interned dotted name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PathId(pub u32);

/// What a bound method runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MethodRef {
    /// A function of the program, with the frame it closes over.
    User(FunctionId, Option<ObjectId>),
    /// A method of a library's kind or of a builtin container, by name.
    Library(Symbol),
    /// The same, reached through `super()` or through the class.
    Base(Symbol),
    /// The constructor of a library's class, applied to an object that exists; with the context it comes from.
    Init(PathId, Option<ObjectId>),
}

/// The tables of interned names of one unit.
#[derive(Debug)]
pub struct Names<'a> {
    api: &'a Api,
    paths: Vec<PathInfo<'a>>,
    by_path: FxHashMap<Box<str>, PathId>,
    children: FxHashMap<(PathId, Symbol), PathId>,
    bounds: Vec<(Atom, MethodRef)>,
    by_bound: FxHashMap<(Atom, MethodRef), BoundId>,
}

#[derive(Debug)]
struct PathInfo<'a> {
    dotted: Box<str>,
    entry: Option<&'a Entry>,
}

impl<'a> Names<'a> {
    /// Empty tables over what is known of libraries.
    #[must_use]
    pub fn new(api: &'a Api) -> Self {
        Self {
            api,
            paths: Vec::new(),
            by_path: FxHashMap::default(),
            children: FxHashMap::default(),
            bounds: Vec::new(),
            by_bound: FxHashMap::default(),
        }
    }

    /// What is known of libraries.
    #[must_use]
    pub fn api(&self) -> &'a Api {
        self.api
    }

    /// The number of a dotted name. Submodules that share the members of their library become that library.
    pub fn path(&mut self, dotted: &str) -> PathId {
        if let Some(&id) = self.by_path.get(dotted) {
            return id;
        }
        // A name such as `torch.multiprocessing.spawn` is both a function and a submodule; the function wins.
        let canonical = if self.api.entry(dotted).is_some_and(|entry| entry.canonical == dotted) {
            dotted.into()
        } else {
            self.api.canonical(dotted)
        };
        let id = PathId(self.paths.len() as u32);
        self.paths.push(PathInfo {
            dotted: canonical.as_ref().into(),
            entry: self.api.entry(&canonical),
        });
        self.by_path.insert(dotted.into(), id);
        id
    }

    /// The member of a dotted name.
    pub fn child(&mut self, parent: PathId, name: Symbol, text: &str) -> PathId {
        if let Some(&id) = self.children.get(&(parent, name)) {
            return id;
        }
        let dotted = format!("{}.{text}", self.dotted(parent));
        let id = self.path(&dotted);
        self.children.insert((parent, name), id);
        id
    }

    /// The dotted name.
    #[must_use]
    pub fn dotted(&self, id: PathId) -> &str {
        &self.paths[id.0 as usize].dotted
    }

    /// What the tables know of a dotted name.
    #[must_use]
    pub fn entry(&self, id: PathId) -> Option<&'a Entry> {
        self.paths[id.0 as usize].entry
    }

    /// The value of a method bound to an object.
    pub fn bound(&mut self, receiver: Atom, method: MethodRef) -> Atom {
        let next = BoundId(self.bounds.len() as u32);
        let id = *self.by_bound.entry((receiver, method)).or_insert(next);
        if id == next {
            self.bounds.push((receiver, method));
        }
        Atom::Bound(id)
    }

    /// The object and method of a bound method.
    #[must_use]
    pub fn unbind(&self, id: BoundId) -> (Atom, MethodRef) {
        self.bounds[id.0 as usize]
    }
}
