//! The tables under `rules/api`, read and made ready to be asked.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::findings::{PythonVersion, StartMethod};

/// The tables that are part of the program, with the name to show in errors.
const TABLES: [(&str, &str); 4] = [
    (
        "multiprocessing.toml",
        include_str!("../../rules/api/multiprocessing.toml"),
    ),
    ("futures.toml", include_str!("../../rules/api/futures.toml")),
    ("threads.toml", include_str!("../../rules/api/threads.toml")),
    ("python.toml", include_str!("../../rules/api/python.toml")),
];

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The text is not what a table may hold.
    #[error("table {name} is wrong: {source}")]
    Syntax {
        /// Which table.
        name: String,
        /// What is wrong.
        source: Box<toml::de::Error>,
    },
    /// A table speaks of a kind that none defines.
    #[error("`{name}` makes a `{kind}`, which no table defines")]
    UnknownKind {
        /// The entry.
        name: String,
        /// The kind.
        kind: String,
    },
    /// A wrapper is like something that is not in the tables.
    #[error("`{name}` is declared to be like `{like}`, which mplint does not know")]
    UnknownLike {
        /// The wrapper.
        name: String,
        /// What it is like.
        like: String,
    },
}

/// What calling something does to the object it belongs to, or to the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing that matters.
    #[default]
    None,
    /// Starts the process or thread.
    Start,
    /// Starts worker processes as soon as it is called.
    StartWorkers,
    /// Waits for the end of the process or pool.
    Join,
    /// Runs the work in the caller.
    Run,
    /// Asks whether it still runs.
    IsAlive,
    /// Asks for the exit code.
    Exitcode,
    /// Ends it by force.
    Terminate,
    /// Closes it.
    Close,
    /// Hands a task to worker processes.
    Submit,
    /// Calls a function in this process, perhaps in another thread.
    Call,
    /// Hands a task to the executor in the first argument.
    RunInExecutor,
    /// Waits for the result of a task.
    GetResult,
    /// Puts an item in.
    Put,
    /// Takes an item out.
    Get,
    /// Takes a message from a connection.
    Recv,
    /// Looks without waiting.
    Poll,
    /// Waits for the feeder thread.
    Flush,
    /// Gives up what the feeder thread still holds.
    CancelJoinThread,
    /// Says that an item is done.
    TaskDone,
    /// Waits until all items are done.
    JoinTasks,
    /// Takes a lock.
    Acquire,
    /// Gives a lock back.
    Release,
    /// Waits for an event, condition, barrier or result.
    Wait,
    /// Wakes those who wait.
    Set,
    /// Gives the lock of a shared value.
    LockOf,
    /// Gives the unlocked content of a shared value.
    RawOf,
    /// Is the content of a shared value.
    Shared,
    /// Gives a context.
    GetContext,
    /// Fixes the start method.
    SetStartMethod,
    /// Joins the children that have ended and lists the others.
    ActiveChildren,
    /// Tells which process this is.
    WhoAmI,
    /// Forks this process.
    Fork,
    /// Ends this process by an exception.
    Exit,
    /// Ends this process at once.
    ExitNow,
}

/// What kinds have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A handle of a child process.
    Process,
    /// A pool of worker processes that ends at its `with`.
    Pool,
    /// An executor over worker processes, which waits at its `with`.
    Executor,
    /// The same over threads or subinterpreters.
    ThreadPool,
    /// A thread.
    Thread,
    /// What a task will return.
    Result,
    /// A queue between processes.
    Queue,
    /// A queue between threads.
    ThreadQueue,
    /// The pair of connections that `Pipe()` returns.
    Pipe,
    /// One end of a pipe.
    Connection,
    /// A lock or semaphore between processes.
    Lock,
    /// An event between processes.
    Event,
    /// A condition between processes.
    Condition,
    /// A barrier between processes.
    Barrier,
    /// A value or array that processes share.
    Shared,
    /// A manager.
    Manager,
    /// A context, which names a start method.
    Context,
    /// A lock, event or the like between threads.
    ThreadPrimitive,
    /// An asyncio event loop.
    EventLoop,
    /// torch's data loader.
    DataLoader,
    /// An open file.
    File,
    /// An iterator that may not pickle.
    Iterator,
    /// Something that is bound to its process.
    Resource,
    /// Anything else.
    Other,
}

/// Whether an object of a kind can be pickled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pickle {
    /// It can.
    #[default]
    Yes,
    /// Only while a process is being started.
    Inherit,
    /// It cannot.
    Never,
}

/// What a call returns, where it is no object of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// Nothing is known of it.
    #[default]
    Unknown,
    /// A number or truth value.
    Scalar,
    /// A string or bytes.
    Text,
    /// A list of unknown things.
    List,
    /// The first argument.
    FirstArgument,
}

/// A parameter of a wrapper, by position or name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum ParamRef {
    /// From 0.
    Position(usize),
    /// By its name.
    Name(String),
}

/// Which arguments are work for another process.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Work {
    /// The parameter that is the function.
    pub func: String,
    /// The parameter that is the tuple of its arguments.
    pub args: Option<String>,
    /// The parameter that is the dict of its keyword arguments.
    pub kwargs: Option<String>,
    /// The parameter whose elements are each the one argument of a task.
    pub each: Option<String>,
    /// The parameter whose elements are each the tuple of arguments of a task.
    pub each_args: Option<String>,
    /// The remaining arguments of the call are the arguments of the function.
    #[serde(default)]
    pub rest: bool,
    /// The remaining arguments of the call are iterables, one for each argument of the function.
    #[serde(default)]
    pub each_rest: bool,
    /// The function gets its rank before the other arguments.
    #[serde(default)]
    pub rank: bool,
    /// The work begins with this very call.
    #[serde(default)]
    pub starts: bool,
}

/// An index into the kinds of an [`Api`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KindId(pub u16);

/// A method or attribute of a kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Method {
    /// What it does.
    #[serde(default)]
    pub effect: Effect,
    /// The parameters after `self`; `*` begins the keyword-only ones, `*name` takes the rest.
    #[serde(default)]
    pub params: Vec<String>,
    /// The parameter that bounds the wait.
    pub timeout: Option<String>,
    /// The parameter that turns waiting off.
    pub block: Option<String>,
    /// Whether it never waits.
    #[serde(default)]
    pub nowait: bool,
    /// Whether it waits for the work to end.
    #[serde(default)]
    pub waits: bool,
    /// The parameter that is sent.
    pub data: Option<String>,
    /// The work it hands over.
    pub work: Option<Work>,
    /// The kind of object it returns.
    makes: Option<String>,
    /// What else it returns.
    #[serde(default)]
    pub returns: Returns,
    /// Whether it keeps its arguments.
    #[serde(default)]
    pub keeps: bool,
    /// The kind of object it returns, resolved.
    #[serde(skip)]
    pub product: Option<KindId>,
}

/// What an object is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Kind {
    /// Its name in the tables.
    pub name: String,
    /// What messages call it.
    pub noun: String,
    /// What it has in common with others.
    pub family: Family,
    /// Whether it pickles.
    #[serde(default)]
    pub pickle: Pickle,
    /// The first version on which it does not pickle; none where that is so on all.
    #[serde(default, deserialize_with = "version")]
    pub pickle_fails_from: Option<PythonVersion>,
    /// Whether the members of its library are its attributes.
    #[serde(default)]
    pub members: bool,
    /// Whether it is its own lock.
    #[serde(default)]
    pub locks: bool,
    /// Whether what is put waits in the putting process until it is read.
    #[serde(default)]
    pub feeder: bool,
    /// The methods that end it.
    #[serde(default)]
    pub closes: Vec<String>,
    /// What its methods do.
    #[serde(default)]
    pub methods: FxHashMap<String, Method>,
    /// What its attributes are.
    #[serde(default)]
    pub attributes: FxHashMap<String, Method>,
}

fn version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PythonVersion>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// A function or class of a library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name under which the tables know it, such as `multiprocessing.Process`.
    pub canonical: String,
    /// Whether it is a class, so that it has subclasses and a constructor.
    pub class: bool,
    /// The kind of object that a call returns.
    pub makes: Option<KindId>,
    /// The parameters.
    pub params: Vec<String>,
    /// The work it is given.
    pub work: Option<Work>,
    /// What a call does.
    pub effect: Effect,
    /// The start method that it names by itself.
    pub method: Option<StartMethod>,
    /// What it returns where `makes` is none.
    pub returns: Returns,
    /// Whether its library pickles by plain pickle; dill and cloudpickle send functions by value.
    pub plain_pickle: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    library: Vec<LibraryRow>,
    #[serde(default)]
    name: Vec<NameRow>,
    #[serde(default)]
    kind: Vec<Kind>,
    harmless: Option<Harmless>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryRow {
    modules: Vec<String>,
    canonical: String,
    like: Option<String>,
    pickler: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct NameRow {
    names: Vec<String>,
    #[serde(default)]
    class: bool,
    makes: Option<String>,
    #[serde(default)]
    params: Vec<String>,
    work: Option<Work>,
    #[serde(default)]
    effect: Effect,
    method: Option<StartMethod>,
    #[serde(default)]
    returns: Returns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Harmless {
    names: Vec<String>,
    prefixes: Vec<String>,
    methods: Vec<String>,
}

/// A project's own function or class that behaves like one of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Its dotted name.
    pub name: String,
    /// What it behaves like, such as `multiprocessing.Process`.
    pub like: String,
    /// Which of its parameters is the function; as in `like` where none.
    pub target: Option<ParamRef>,
    /// Which is the tuple of arguments.
    pub args: Option<ParamRef>,
    /// Which is the dict of keyword arguments.
    pub kwargs: Option<ParamRef>,
}

/// All that is known of libraries.
#[derive(Clone, Debug)]
pub struct Api {
    entries: FxHashMap<String, Entry>,
    kinds: Vec<Kind>,
    kind_names: FxHashMap<String, KindId>,
    /// Module name → the canonical name of its library.
    modules: FxHashMap<String, String>,
    /// Every dotted prefix of a module or entry, so that attribute access knows what may lead somewhere.
    prefixes: FxHashSet<String>,
    /// The same for what has to do with processes.
    process_prefixes: FxHashSet<String>,
    harmless_names: FxHashSet<String>,
    harmless_prefixes: Vec<String>,
    harmless_methods: FxHashSet<String>,
}

static BUILT_IN: LazyLock<Result<Api, TableError>> = LazyLock::new(|| Api::from_tables(&TABLES));

impl Api {
    /// The tables of the program, without wrappers.
    ///
    /// # Errors
    /// A table is wrong, which a test of this module rules out.
    pub fn built_in() -> Result<&'static Self, &'static TableError> {
        BUILT_IN.as_ref()
    }

    fn from_tables(tables: &[(&str, &str)]) -> Result<Self, TableError> {
        let mut api = Self {
            entries: FxHashMap::default(),
            kinds: Vec::new(),
            kind_names: FxHashMap::default(),
            modules: FxHashMap::default(),
            prefixes: FxHashSet::default(),
            process_prefixes: FxHashSet::default(),
            harmless_names: FxHashSet::default(),
            harmless_prefixes: Vec::new(),
            harmless_methods: FxHashSet::default(),
        };
        let mut libraries = Vec::new();
        let mut names = Vec::new();
        for (name, text) in tables {
            let table: Table = toml::from_str(text).map_err(|source| TableError::Syntax {
                name: (*name).to_owned(),
                source: Box::new(source),
            })?;
            libraries.extend(table.library);
            names.extend(table.name);
            for kind in table.kind {
                api.kind_names.insert(kind.name.clone(), KindId(api.kinds.len() as u16));
                api.kinds.push(kind);
            }
            if let Some(harmless) = table.harmless {
                api.harmless_names.extend(harmless.names);
                api.harmless_prefixes.extend(harmless.prefixes);
                api.harmless_methods.extend(harmless.methods);
            }
        }
        api.resolve_products()?;
        for row in &names {
            for name in &row.names {
                api.add_entry(name, row, true)?;
            }
        }
        for library in &libraries {
            for module in &library.modules {
                api.modules.insert(module.clone(), library.canonical.clone());
                api.add_prefixes(module);
            }
            if let Some(like) = &library.like {
                let plain = library.pickler.is_none();
                for row in &names {
                    for name in &row.names {
                        // Only direct members: `multiprocessing.dummy.Pool` is not one of `multiprocessing`.
                        if let Some(member) = name.strip_prefix(like.as_str()).and_then(|rest| rest.strip_prefix('.'))
                            && !member.contains('.')
                        {
                            let copy = format!("{}.{member}", library.canonical);
                            if !api.entries.contains_key(&copy) {
                                api.add_entry(&copy, row, plain)?;
                            }
                        }
                    }
                }
            } else if library.pickler.is_some() {
                for (name, entry) in &mut api.entries {
                    if name
                        .strip_prefix(library.canonical.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
                    {
                        entry.plain_pickle = false;
                    }
                }
            }
        }
        api.note_process_prefixes();
        Ok(api)
    }

    fn resolve_products(&mut self) -> Result<(), TableError> {
        let names = self.kind_names.clone();
        for kind in &mut self.kinds {
            for (name, method) in kind.methods.iter_mut().chain(kind.attributes.iter_mut()) {
                if let Some(product) = &method.makes {
                    method.product = Some(*names.get(product).ok_or_else(|| TableError::UnknownKind {
                        name: name.clone(),
                        kind: product.clone(),
                    })?);
                }
            }
        }
        Ok(())
    }

    fn add_prefixes(&mut self, name: &str) {
        for (at, _) in name.match_indices('.') {
            self.prefixes.insert(name[..at].to_owned());
        }
        self.prefixes.insert(name.to_owned());
    }

    fn add_entry(&mut self, name: &str, row: &NameRow, plain_pickle: bool) -> Result<(), TableError> {
        let makes = match &row.makes {
            Some(kind) => Some(*self.kind_names.get(kind).ok_or_else(|| TableError::UnknownKind {
                name: name.to_owned(),
                kind: kind.clone(),
            })?),
            None => None,
        };
        let member = name.rsplit('.').next().unwrap_or(name);
        let method = row.method.or(match member {
            "SpawnProcess" => Some(StartMethod::Spawn),
            "ForkProcess" => Some(StartMethod::Fork),
            "ForkServerProcess" => Some(StartMethod::Forkserver),
            _ => None,
        });
        self.add_prefixes(name);
        self.entries.insert(
            name.to_owned(),
            Entry {
                canonical: name.to_owned(),
                class: row.class,
                makes,
                params: row.params.clone(),
                work: row.work.clone(),
                effect: row.effect,
                method,
                returns: row.returns,
                plain_pickle,
            },
        );
        Ok(())
    }

    /// These tables with a project's own wrappers added.
    ///
    /// # Errors
    /// A wrapper is like something that the tables do not have.
    pub fn with_wrappers(&self, wrappers: &[Wrapper]) -> Result<Self, TableError> {
        let mut api = self.clone();
        for wrapper in wrappers {
            let like = self.entry(&wrapper.like).ok_or_else(|| TableError::UnknownLike {
                name: wrapper.name.clone(),
                like: wrapper.like.clone(),
            })?;
            let mut entry = like.clone();
            // A function that behaves like `Process(...)` has started nothing yet and is a class to its callers.
            let mut params = entry.params.clone();
            let mut work = entry.work.clone().unwrap_or_default();
            let mut place = |param: &Option<ParamRef>, role: &mut Option<String>| match param {
                Some(ParamRef::Name(name)) => {
                    if !params.contains(name) {
                        params.push("*".to_owned());
                        params.push(name.clone());
                    }
                    *role = Some(name.clone());
                }
                Some(ParamRef::Position(position)) => {
                    while params.len() <= *position {
                        params.push(format!("_{}", params.len()));
                    }
                    let name = format!("mplint-{position}");
                    params[*position].clone_from(&name);
                    *role = Some(name);
                }
                None => {}
            };
            let mut func = Some(work.func.clone());
            place(&wrapper.target, &mut func);
            place(&wrapper.args, &mut work.args);
            place(&wrapper.kwargs, &mut work.kwargs);
            work.func = func.unwrap_or_default();
            entry.params = params;
            if entry.work.is_some() || wrapper.target.is_some() {
                entry.work = Some(work);
            }
            api.add_prefixes(&wrapper.name);
            entry.canonical.clone_from(&wrapper.name);
            api.entries.insert(wrapper.name.clone(), entry);
        }
        api.note_process_prefixes();
        Ok(api)
    }

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

    /// Whether a dotted name is an entry, a module of a library or leads to one.
    #[must_use]
    pub fn leads_somewhere(&self, dotted: &str) -> bool {
        self.prefixes.contains(dotted)
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

    /// Whether a dotted name is one of the above, or leads to one.
    #[must_use]
    pub fn leads_to_process(&self, dotted: &str) -> bool {
        self.is_process_path(dotted) || self.process_prefixes.contains(dotted)
    }

    fn is_process_entry(&self, entry: &Entry) -> bool {
        let of_processes = entry.makes.is_some_and(|kind| {
            !matches!(
                self.kind(kind).family,
                Family::ThreadPool
                    | Family::Thread
                    | Family::ThreadQueue
                    | Family::ThreadPrimitive
                    | Family::EventLoop
                    | Family::File
                    | Family::Iterator
                    | Family::Resource
                    | Family::Other
            )
        });
        of_processes
            || matches!(
                entry.effect,
                Effect::StartWorkers
                    | Effect::GetContext
                    | Effect::SetStartMethod
                    | Effect::ActiveChildren
                    | Effect::WhoAmI
            )
            || entry.canonical.starts_with("multiprocessing.")
    }

    fn note_process_prefixes(&mut self) {
        let mut prefixes = FxHashSet::default();
        let names = self
            .entries
            .values()
            .filter(|entry| self.is_process_entry(entry))
            .map(|entry| entry.canonical.as_str());
        let modules = self.modules.iter().filter(|(_, canonical)| {
            self.entries.values().any(|entry| {
                self.is_process_entry(entry)
                    && entry
                        .canonical
                        .rsplit_once('.')
                        .is_some_and(|(owner, _)| owner == canonical.as_str())
            })
        });
        for name in names.chain(modules.map(|(module, _)| module.as_str())) {
            for (at, _) in name.match_indices('.') {
                prefixes.insert(name[..at].to_owned());
            }
            prefixes.insert(name.to_owned());
        }
        self.process_prefixes = prefixes;
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

    /// Whether a function is known to read its arguments only.
    #[must_use]
    pub fn is_harmless(&self, dotted: &str) -> bool {
        self.harmless_names.contains(dotted)
            || self
                .harmless_prefixes
                .iter()
                .any(|prefix| dotted.starts_with(prefix.as_str()))
    }

    /// Whether a method of an unknown object is by its name one that reads its arguments only.
    #[must_use]
    pub fn is_harmless_method(&self, name: &str) -> bool {
        self.harmless_methods.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        Api::built_in().unwrap_or_else(|error| panic!("{error}"));
    }

    #[test]
    fn work_and_roles_name_parameters_that_exist() {
        let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
        let known = |params: &[String], name: &str| params.iter().any(|p| p.trim_start_matches('*') == name);
        let check = |owner: &str, params: &[String], work: &Work| {
            let roles = [
                Some(&work.func),
                work.args.as_ref(),
                work.kwargs.as_ref(),
                work.each.as_ref(),
                work.each_args.as_ref(),
            ];
            for role in roles.into_iter().flatten() {
                assert!(known(params, role), "{owner} has no parameter `{role}`");
            }
        };
        for entry in api.entries.values() {
            if let Some(work) = &entry.work {
                check(&entry.canonical, &entry.params, work);
            }
        }
        for kind in &api.kinds {
            for (name, method) in &kind.methods {
                let owner = format!("{}.{name}", kind.name);
                if let Some(work) = &method.work {
                    check(&owner, &method.params, work);
                }
                for role in [&method.timeout, &method.block, &method.data].into_iter().flatten() {
                    assert!(known(&method.params, role), "{owner} has no parameter `{role}`");
                }
            }
        }
    }

    #[test]
    fn submodules_and_like_libraries_share_members() {
        let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
        for name in [
            "multiprocessing.Process",
            "multiprocessing.context.Process",
            "torch.multiprocessing.Process",
            "billiard.Process",
        ] {
            let entry = api.entry(name).unwrap_or_else(|| panic!("{name} is not known"));
            assert_eq!(
                api.kind(entry.makes.expect("a process")).family,
                Family::Process,
                "{name}"
            );
        }
        assert!(!api.entry("multiprocess.Pool").expect("known").plain_pickle);
        assert!(
            api.entry("multiprocessing.dummy.Pool")
                .is_some_and(|e| api.kind(e.makes.expect("a kind")).family == Family::ThreadPool)
        );
    }
}
