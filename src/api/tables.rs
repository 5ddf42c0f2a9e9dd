//! Reading the tables under `rules/api` and the wrappers of a project.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{Api, Effect, Entry, ExceptionClass, Family, Kind, KindId, ParamRef, Returns, Work, Wrapper};
use crate::findings::StartMethod;

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
    /// Two kinds of one name.
    #[error("two kinds are called `{kind}`")]
    SameKind {
        /// The name.
        kind: String,
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
    exceptions: Option<Exceptions>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryRow {
    modules: Vec<String>,
    canonical: String,
    like: Option<String>,
    pickler: Option<String>,
    #[serde(default, rename = "own-default")]
    own_default: bool,
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
    #[serde(rename = "asks-default")]
    asks_default: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Harmless {
    names: Vec<String>,
    prefixes: Vec<String>,
    methods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    plain: Vec<String>,
    os: Vec<String>,
    base: Vec<String>,
    exit: Vec<String>,
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
            process_prefixes: FxHashSet::default(),
            making: FxHashSet::default(),
            handing: FxHashSet::default(),
            harmless_names: FxHashSet::default(),
            harmless_prefixes: Vec::new(),
            harmless_methods: FxHashSet::default(),
            exceptions: FxHashMap::default(),
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
                let id = KindId(api.kinds.len() as u16);
                if api.kind_names.insert(kind.name.clone(), id).is_some() {
                    return Err(TableError::SameKind { kind: kind.name });
                }
                api.kinds.push(kind);
            }
            if let Some(harmless) = table.harmless {
                api.harmless_names.extend(harmless.names);
                api.harmless_prefixes.extend(harmless.prefixes);
                api.harmless_methods.extend(harmless.methods);
            }
            if let Some(exceptions) = table.exceptions {
                for (names, class) in [
                    (exceptions.plain, ExceptionClass::Plain),
                    (exceptions.os, ExceptionClass::Os),
                    (exceptions.base, ExceptionClass::Base),
                    (exceptions.exit, ExceptionClass::Exit),
                ] {
                    api.exceptions.extend(names.into_iter().map(|name| (name, class)));
                }
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
                                if let Some(entry) = api.entries.get_mut(&copy) {
                                    entry.own_default = library.own_default;
                                }
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
        api.note_last_names();
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
                asks_default: row.asks_default.clone(),
                own_default: false,
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
            entry.canonical.clone_from(&wrapper.name);
            api.entries.insert(wrapper.name.clone(), entry);
        }
        api.note_process_prefixes();
        api.note_last_names();
        Ok(api)
    }

    /// Whether what a name stands for starts processes, or makes what is shared between them.
    #[must_use]
    pub fn is_process_entry(&self, entry: &Entry) -> bool {
        entry.makes.is_some_and(|kind| self.is_process_kind(kind))
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

    /// Whether objects of a kind start processes, or are made to be shared between them.
    #[must_use]
    pub fn is_process_kind(&self, kind: KindId) -> bool {
        !matches!(
            self.kind(kind).family,
            Family::ThreadPool
                | Family::Thread
                | Family::ThreadQueue
                | Family::ThreadPrimitive
                | Family::EventLoop
                | Family::File
                | Family::Iterator
                | Family::Random
                | Family::View
                | Family::Resource
                | Family::Other
        )
    }

    fn note_last_names(&mut self) {
        let members = |wanted: fn(&Entry) -> bool| {
            let wanted = self.entries.iter().filter(move |(_, entry)| wanted(entry));
            wanted.filter_map(|(dotted, _)| dotted.rsplit_once('.').map(|(_, member)| member.to_owned()))
        };
        let making = members(|entry| entry.makes.is_some()).collect();
        let methods = self.kinds.iter().flat_map(|kind| &kind.methods);
        let methods = methods.filter(|(_, method)| method.work.is_some() || method.effect == Effect::Put);
        let handing = members(|entry| entry.work.is_some()).chain(methods.map(|(name, _)| name.clone()));
        let handing = handing.collect();
        (self.making, self.handing) = (making, handing);
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
}
