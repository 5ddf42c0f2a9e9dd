//! What the process libraries offer: which names make processes, pools, queues and locks, and what their methods do.
//!
//! The facts are in tables under `rules/api/*.toml`, which are part of the program. A project's own wrappers
//! (`[[tool.mplint.api]]`) are added to them.

mod imported;
mod tables;
#[cfg(test)]
mod tests;
mod types;

use rustc_hash::{FxHashMap, FxHashSet};

pub use tables::TableError;
pub use types::{Effect, Entry, Family, Kind, KindId, Method, ParamRef, Pickle, PickleError, Returns, Work, Wrapper};

/// All that is known of libraries.
#[derive(Clone, Debug)]
pub struct Api {
    entries: FxHashMap<String, Entry>,
    kinds: Vec<Kind>,
    kind_names: FxHashMap<String, KindId>,
    /// Module name → the canonical name of its library.
    modules: FxHashMap<String, String>,
    /// What has to do with processes, and every dotted name that leads to it.
    process_prefixes: FxHashSet<String>,
    /// The last names of what makes objects.
    making: FxHashSet<String>,
    /// The names of methods, and last names of what else, that hand their arguments to another process.
    handing: FxHashSet<String>,
    harmless_names: FxHashSet<String>,
    harmless_prefixes: Vec<String>,
    harmless_methods: FxHashSet<String>,
    /// What is known of the exceptions that come with Python.
    exceptions: FxHashMap<String, ExceptionClass>,
}

/// How an exception class that comes with Python treats the arguments that it is called with, and who catches it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExceptionClass {
    /// `args` are what it is called with, or what its `__init__` is given later.
    Plain,
    /// A class of the program that overrides `__init__` has no `args` before that calls the class's own.
    Os,
    /// No `Exception`: a worker of a pool ends with it.
    Base,
    /// `SystemExit`.
    Exit,
}

impl Api {
    /// The dotted name under which the tables know a dotted name: submodules of a library share its members.
    #[must_use]
    pub fn canonical<'a>(&'a self, dotted: &'a str) -> std::borrow::Cow<'a, str> {
        if let Some(library) = self.modules.get(dotted) {
            return library.as_str().into();
        }
        if let Some((module, member)) = dotted.rsplit_once('.')
            && let Some(library) = self.modules.get(module)
            && library != module
        {
            return format!("{library}.{member}").into();
        }
        dotted.into()
    }

    /// What is known of a dotted name.
    #[must_use]
    pub fn entry(&self, dotted: &str) -> Option<&Entry> {
        self.entries
            .get(dotted)
            .or_else(|| self.entries.get(self.canonical(dotted).as_ref()))
    }

    /// Whether a dotted name is a process library or something of one: what starts processes, or is made to be shared
    /// between them.
    #[must_use]
    pub fn is_process_path(&self, dotted: &str) -> bool {
        let canonical = self.canonical(dotted);
        if let Some(entry) = self.entries.get(canonical.as_ref()) {
            return self.is_process_entry(entry);
        }
        self.modules.contains_key(dotted) && self.process_prefixes.contains(canonical.as_ref())
    }

    /// Whether a dotted name is a process library or something of one, or leads to one.
    #[must_use]
    pub fn leads_to_process(&self, dotted: &str) -> bool {
        self.is_process_path(dotted) || self.process_prefixes.contains(dotted)
    }

    /// The members of a library's module, for `from module import *`.
    pub fn members<'s>(&'s self, module: &'s str) -> impl Iterator<Item = &'s str> + 's {
        let library = self.modules.get(module);
        self.entries.keys().filter_map(move |name| {
            let (owner, member) = name.rsplit_once('.')?;
            (Some(owner) == library.map(String::as_str)).then_some(member)
        })
    }

    /// Whether the dotted name is a module of one of the libraries.
    #[must_use]
    pub fn is_module(&self, dotted: &str) -> bool {
        self.modules.contains_key(dotted)
    }

    /// The first parts of the names of all libraries, once each.
    #[must_use]
    pub fn libraries(&self) -> FxHashSet<&str> {
        let first = |name: &str| name.split('.').next().unwrap_or_default().len();
        self.modules.keys().map(|name| &name[..first(name)]).collect()
    }

    /// The first parts of all dotted names that are described, once each.
    #[must_use]
    pub fn first_names(&self) -> FxHashSet<&str> {
        let names = self
            .entries
            .keys()
            .chain(self.modules.keys())
            .chain(&self.process_prefixes);
        names.filter_map(|name| name.split('.').next()).collect()
    }

    /// A kind by its number.
    #[must_use]
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    /// A kind by its name in the tables.
    #[must_use]
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        self.kind_names.get(name).copied()
    }

    /// Whether a method or a member of a library may by its name be one that hands its arguments to another process.
    #[must_use]
    pub fn hands_over(&self, name: &str) -> bool {
        self.handing.contains(name)
    }

    /// Whether a member of a library may by its name be one that makes an object.
    #[must_use]
    pub fn makes(&self, name: &str) -> bool {
        self.making.contains(name)
    }

    /// Whether a function is known to read its arguments only.
    #[must_use]
    pub fn is_harmless(&self, dotted: &str) -> bool {
        self.harmless_names.contains(dotted)
            || self
                .harmless_prefixes
                .iter()
                .any(|prefix| dotted.starts_with(prefix.as_str()))
    }

    /// What is known of an exception class, by its dotted name.
    #[must_use]
    pub fn exception(&self, dotted: &str) -> Option<ExceptionClass> {
        self.exceptions.get(dotted).copied()
    }

    /// Whether a method of an unknown object is by its name one that reads its arguments only.
    #[must_use]
    pub fn is_harmless_method(&self, name: &str) -> bool {
        self.harmless_methods.contains(name)
    }
}
