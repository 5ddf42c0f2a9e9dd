//! Imports that lead to other files of the project: which module is meant, what it holds, and when its code runs.
//!
//! A module of the project is an object of its own, the namespace, in which its globals are. Its code runs when it is
//! first imported in a world, and what it does is done in the context, and under the guards, of whoever imports it.
//!
//! Not every module is linked, and the code of those that are does not run before there is need: every object that it makes
//! makes the rest of the run dearer. A module that reaches no process library is not even read; of the others a look over
//! names tells which of their globals have to do with processes ([`Outlook`]). The code runs where one of these is asked
//! for, or at the import if it does something with processes itself. Until then a module is only a name: what is read from
//! it is a dotted name, as of a library of which nothing is known. Where such a name is handed to a process library, or
//! called with a process, pool or queue, the module is linked after all ([`Run::settled`]).

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::frame::{Entry, Frame, State};
use super::{OpKey, Run, World};
use crate::files::SourceFile;
use crate::model::code::UnitId;
use crate::model::heap::{Object, ObjectId, ObjectKind};
use crate::model::names::PathId;
use crate::model::relevance::{self, Lead, Leads};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::program::{self, Outlook};
use crate::python::Symbol;
use crate::python::ir::{Dotted, Module, Op, OpKind};

/// Bytes of a module that is always parsed as a whole.
const WHOLE_BYTES: usize = 8 << 10;
/// Modules whose code runs because another whose code runs imports them, one inside the other.
const DEEPEST_IMPORTS: u32 = 12;

/// Number of a module of the project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct SpaceId(u32);

/// A module of the project, as far as the run has met it.
struct Space {
    name: Arc<str>,
    /// Its file; a namespace package has none.
    path: Option<Arc<Path>>,
    /// The namespace.
    object: ObjectId,
    unit: Option<UnitId>,
    /// Whether there is no use in trying to link it (again), because that failed or is going on.
    closed: bool,
    /// Imports between it and the root, on the way on which it was met first.
    distance: usize,
}

impl Space {
    /// Whether it is a package, which may have modules in it.
    fn may_hold_modules(&self) -> bool {
        self.path.as_deref().is_none_or(program::is_package)
    }
}

/// The modules of the project that the run has met.
#[derive(Default)]
pub(in crate::model) struct Spaces {
    all: Vec<Space>,
    by_path: FxHashMap<Arc<Path>, SpaceId>,
    /// Namespace packages.
    by_name: FxHashMap<Arc<str>, SpaceId>,
    by_object: FxHashMap<ObjectId, SpaceId>,
    of_unit: Vec<SpaceId>,
    resolved: FxHashMap<(SpaceId, u32, Box<str>), Option<SpaceId>>,
    /// Names of modules that are not linked.
    pub(super) unlinked: FxHashMap<PathId, (SpaceId, Symbol)>,
    /// Attributes of these, with what each is an attribute of.
    pub(super) members: FxHashMap<PathId, (PathId, Symbol)>,
    importing: u32,
    /// Whether each module is linked when it is imported, because the program is small.
    whole: bool,
}

impl Spaces {
    /// The namespaces with the names of their modules.
    pub fn into_names(self) -> FxHashMap<ObjectId, Arc<str>> {
        self.all.into_iter().map(|space| (space.object, space.name)).collect()
    }

    fn get(&self, id: SpaceId) -> &Space {
        &self.all[id.0 as usize]
    }

    /// The namespace of a module.
    pub(super) fn object(&self, id: SpaceId) -> ObjectId {
        self.get(id).object
    }
}

impl<'a> Run<'a> {
    /// Makes the root a module that others may import.
    pub(super) fn begin_root(&mut self) {
        let root = self.code.unit(UnitId::ROOT);
        let (name, path) = (Arc::clone(&root.name), Arc::clone(&root.path));
        let id = self.new_space(name, Some(path), 0);
        self.spaces.all[id.0 as usize].unit = Some(UnitId::ROOT);
        self.begin_unit(UnitId::ROOT, id);
    }

    /// Decides whether the modules of the program are linked as soon as they are imported.
    pub fn begin_linking(&mut self) {
        self.spaces.whole = self.files.is_small(&self.code.unit(UnitId::ROOT).path);
    }

    fn new_space(&mut self, name: Arc<str>, path: Option<Arc<Path>>, distance: usize) -> SpaceId {
        let number = self.spaces.all.len();
        let id = SpaceId(number as u32);
        // An object is known by the place that makes it, and a namespace is made by none.
        let outer = self.here;
        self.here = super::Here {
            chain: super::ChainId(0),
            function: super::FunctionId::MODULE,
            key: OpKey::MAX - 20,
            span: super::Span::default(),
        };
        let object = self.new_object(ObjectKind::Namespace, number as u16);
        self.here = outer;
        match &path {
            Some(path) => self.spaces.by_path.insert(Arc::clone(path), id),
            None => self.spaces.by_name.insert(Arc::clone(&name), id),
        };
        self.spaces.by_object.insert(object, id);
        self.spaces.all.push(Space {
            name,
            path,
            object,
            unit: None,
            closed: false,
            distance,
        });
        id
    }

    /// The namespace of a module that becomes part of the program.
    pub(super) fn adopt(&mut self, unit: UnitId, space: SpaceId) -> ObjectId {
        debug_assert_eq!(
            self.spaces.of_unit.len(),
            unit.0 as usize,
            "units are numbered in order"
        );
        self.spaces.of_unit.push(space);
        self.spaces.get(space).object
    }

    /// The module of the project that a name leads to, as a file of the program sees it. What the tables describe is the
    /// library, even where a file of the same name lies in the project.
    fn find_space(&mut self, importer: SpaceId, level: u32, dotted: &str) -> Option<SpaceId> {
        if level == 0 && (self.api.is_module(dotted) || self.api.leads_to_process(dotted)) {
            return None;
        }
        let key = (importer, level, Box::from(dotted));
        if let Some(&known) = self.spaces.resolved.get(&key) {
            return known;
        }
        let found = self.spaces.get(importer).path.clone().and_then(|path| {
            // Numbers of modules are tags of their namespaces.
            if self.spaces.all.len() >= usize::from(u16::MAX) {
                return None;
            }
            let file = self.files.resolve(&path, level, dotted)?;
            let known = match &file.path {
                Some(path) => self.spaces.by_path.get(path),
                None => self.spaces.by_name.get(&file.name),
            };
            Some(match known {
                Some(&id) => id,
                None => {
                    let distance = self.spaces.get(importer).distance + 1;
                    self.new_space(file.name, file.path, distance)
                }
            })
        });
        self.spaces.resolved.insert(key, found);
        found
    }

    /// Makes a module part of the program, if that is possible.
    fn link(&mut self, id: SpaceId) -> Option<UnitId> {
        let space = &mut self.spaces.all[id.0 as usize];
        if space.unit.is_some() || std::mem::replace(&mut space.closed, true) {
            return space.unit;
        }
        let (name, path) = (Arc::clone(&space.name), space.path.clone()?);
        if !self.code.has_room(0) {
            return None;
        }
        let file = self.files.read(&path)?;
        let (module, bytes) = self.parsed(id, &file)?;
        let functions = self.relevance(&module, id);
        let unit = self.code.link(file, path, name, module, bytes)?;
        self.spaces.all[id.0 as usize].unit = Some(unit);
        let before = self.operations;
        self.begin_unit(unit, id);
        let first = self.relevant.len() - functions.len();
        self.relevant.truncate(first);
        self.relevant.extend(functions);
        if self.budget > 0 {
            self.budget += (self.operations - before) * super::BUDGET_PER_OPERATION;
        }
        Some(unit)
    }

    /// The code of a module, with the number of bytes that were parsed for it; none where that is more than there is room
    /// for. Of a large module only what matters is parsed, what the program so far has a name for, and what these use.
    fn parsed(&mut self, id: SpaceId, file: &SourceFile) -> Option<(Module, usize)> {
        let text = file.text();
        if text.len() > WHOLE_BYTES && !file.is_notebook() {
            let outlook = self.outlook(id);
            let matters = |name: &str| outlook.as_ref().is_some_and(|outlook| outlook.has(name));
            let needed = |name: &str| self.symbols.get(name).is_some() || matters(name);
            if let Some(excerpt) = file.sketch().excerpt(text, needed) {
                if !self.code.has_room(excerpt.bytes) {
                    return None;
                }
                let lowered = self.files.lowered(file.path(), file, Some(&excerpt));
                let module = lowered.module_with(self.symbols);
                // A sketch understands less than a parser, and may have cut in the wrong place.
                if lowered.errors.is_empty() {
                    return Some((module, excerpt.bytes));
                }
            }
        }
        if !self.code.has_room(text.len()) {
            return None;
        }
        let lowered = self.files.lowered(file.path(), file, None);
        Some((lowered.module_with(self.symbols), text.len()))
    }

    /// What a module may have to do with processes; none where that is nothing. The further it is from the root, the less
    /// far it is looked on from there.
    fn outlook(&self, id: SpaceId) -> Option<Arc<Outlook>> {
        let space = self.spaces.get(id);
        let depth = (program::IMPORTS_DEEP + 1).checked_sub(space.distance)?;
        self.files.outlook(space.path.as_deref()?, depth)
    }

    /// Whether what a name of a module that is not linked stands for may raise an exception, or be one, that does not get out
    /// of a task as others do.
    pub(super) fn may_raise(&self, path: PathId) -> bool {
        self.global_with(path).is_some_and(|(id, name)| {
            let file = self.spaces.get(id).path.as_deref();
            file.is_some_and(|file| self.files.raises(file, self.name(name)))
        })
    }

    /// Which functions of the root matter.
    pub fn relevance_of_root(&mut self) -> Vec<bool> {
        let root = self.code.unit(UnitId::ROOT).module();
        self.relevance(root, SpaceId(0))
    }

    pub fn set_relevant(&mut self, root: Vec<bool>) {
        self.relevant.splice(..root.len(), root);
    }

    /// Which functions of a file matter, with regard to what it imports from the project.
    fn relevance(&mut self, module: &Module, space: SpaceId) -> Vec<bool> {
        let mut leads = Leads::default();
        for (at, function) in module.functions.iter().enumerate() {
            for (block, ops) in function.blocks.iter().enumerate() {
                for (number, op) in ops.ops.iter().enumerate() {
                    if let Some(lead) = self.lead(space, op) {
                        leads.insert((at, block, number), lead);
                    }
                }
            }
        }
        relevance::relevance(module, &leads, self.symbols, self.api)
    }

    /// What an import of a module of the project brings that has to do with processes.
    fn lead(&mut self, importer: SpaceId, op: &Op) -> Option<Lead> {
        match &op.kind {
            OpKind::Import { module, .. } => {
                let dotted = self.dotted(module);
                let id = self.find_space(importer, 0, &dotted)?;
                Some(Lead::Module(self.outlook(id)?))
            }
            OpKind::ImportFrom {
                module, level, name, ..
            } => {
                let dotted = self.dotted(module);
                let id = self.find_space(importer, *level, &dotted)?;
                if self.outlook(id).is_some_and(|outlook| outlook.has(self.name(*name))) {
                    return Some(Lead::Matters);
                }
                if !self.spaces.get(id).may_hold_modules() {
                    return None;
                }
                let dotted = self.inside(&dotted, *name);
                let id = self.find_space(importer, *level, &dotted)?;
                Some(Lead::Module(self.outlook(id)?))
            }
            OpKind::ImportStar { module, level } => {
                let dotted = self.dotted(module);
                let id = self.find_space(importer, *level, &dotted)?;
                Some(Lead::All(self.outlook(id)?))
            }
            _ => None,
        }
    }

    fn inside(&self, package: &str, name: Symbol) -> String {
        match package {
            "" => self.name(name).to_owned(),
            _ => format!("{package}.{}", self.name(name)),
        }
    }

    /// `import a.b.c`: the module `a`, or with `as` the module `a.b.c`. None where that is no module of the project.
    pub(super) fn import(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        parts: &[Symbol],
        whole: bool,
    ) -> Option<Value> {
        let importer = self.space_of(frame);
        let mut dotted = String::new();
        let mut first = None;
        let mut last = None;
        for &part in parts {
            dotted = self.inside(&dotted, part);
            let Some(id) = self.find_space(importer, 0, &dotted) else {
                // Something below a package of the project that is not to be found: built, or made while running.
                last = None;
                break;
            };
            let module = self.enter_space(world, id, None);
            if let Some(package) = last {
                self.set_submodule(world, package, part, module);
            }
            first.get_or_insert(module);
            last = Some(module);
        }
        let first = first?;
        Some(match (whole, last) {
            (false, _) => first.into(),
            (true, Some(last)) => last.into(),
            (true, None) => Value::unknown(),
        })
    }

    /// `from module import name`. None where that is no module of the project.
    pub(super) fn import_from(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        (module, level): (&str, u32),
        name: Symbol,
    ) -> Option<Value> {
        let importer = self.space_of(frame);
        let id = self.find_space(importer, level, module)?;
        let space = self.enter_space(world, id, Some(name));
        let own = world
            .heap
            .get(space)
            .and_then(|object| object.fields.get(name).cloned());
        if let Some(value) = own.filter(|value| !value.is_never()) {
            return Some(value);
        }
        let dotted = self.inside(module, name);
        if self.spaces.get(id).may_hold_modules()
            && let Some(id) = self.find_space(importer, level, &dotted)
        {
            let module = self.enter_space(world, id, None);
            self.set_submodule(world, space, name, module);
            return Some(module.into());
        }
        Some(self.module_attribute(world, space, name))
    }

    /// `from module import *`; says whether that is a module of the project.
    pub(super) fn import_all(&mut self, frame: &Frame<'a>, state: &mut State, module: &Dotted, level: u32) -> bool {
        let importer = self.space_of(frame);
        let dotted = self.dotted(module);
        let Some(id) = self.find_space(importer, level, &dotted) else {
            return false;
        };
        let space = self.enter_space(&mut state.world, id, None);
        if self.spaces.whole || self.outlook(id).is_some() {
            self.link_and_run(&mut state.world, id);
        }
        let all = self.symbols.intern("__all__");
        let Some(object) = state.world.heap.get(space) else {
            return true;
        };
        let listed: Option<Vec<Symbol>> = object
            .fields
            .get(all)
            .and_then(|all| state.world.heap.get(all.objects().next()?))
            .map(|list| {
                let names = list.elements.atoms().iter();
                names
                    .filter_map(|atom| match atom {
                        Atom::Str(name) => Some(*name),
                        _ => None,
                    })
                    .collect()
            });
        let taken: Vec<(Symbol, Value)> = match listed {
            Some(names) => names
                .into_iter()
                .filter_map(|name| Some((name, object.fields.get(name)?.clone())))
                .collect(),
            None => object
                .fields
                .iter()
                .filter(|(name, _)| !self.name(*name).starts_with(['_', '@']))
                .map(|(name, value)| (name, value.clone()))
                .collect(),
        };
        let own = self.namespace_of(frame.id);
        if let Some(own) = state.world.heap.get_mut(own) {
            for (name, value) in taken {
                own.fields.set(name, value);
            }
        }
        true
    }

    /// `importlib.import_module("a.b")`. None where that is no module of the project.
    pub(super) fn import_by_name(&mut self, frame: &Frame<'a>, world: &mut World, dotted: &str) -> Option<Value> {
        let name = dotted.trim_start_matches('.');
        let level = (dotted.len() - name.len()) as u32;
        if level > 0 {
            let importer = self.space_of(frame);
            let id = self.find_space(importer, level, name)?;
            return Some(self.enter_space(world, id, None).into());
        }
        let parts: Vec<Symbol> = name.split('.').map(|part| self.symbols.intern(part)).collect();
        self.import(frame, world, &parts, true)
    }

    fn space_of(&self, frame: &Frame<'a>) -> SpaceId {
        self.spaces.of_unit[self.code.home(frame.id).0 as usize]
    }

    fn set_submodule(&mut self, world: &mut World, package: ObjectId, name: Symbol, module: ObjectId) {
        if let Some(object) = world.heap.get_mut(package) {
            object.fields.set(name, module.into());
        }
    }

    /// The namespace of a module that is imported, for a name in it if one is asked for. Its code has run if there is need.
    fn enter_space(&mut self, world: &mut World, id: SpaceId, name: Option<Symbol>) -> ObjectId {
        let object = self.spaces.get(id).object;
        if world.heap.get(object).is_none() {
            world.heap.put(object, Object::new(States::empty()));
        }
        if self.spaces.whole {
            self.link_and_run(world, id);
        } else if let Some(outlook) = self.outlook(id)
            && (outlook.acts || name.is_some_and(|name| outlook.has(self.name(name))))
        {
            self.link_and_run(world, id);
        }
        object
    }

    pub(super) fn link_and_run(&mut self, world: &mut World, id: SpaceId) {
        let ran = self.known.ran;
        let object = self.spaces.get(id).object;
        let Some(unit) = self.link(id) else { return };
        if unit == UnitId::ROOT
            || self.spaces.importing >= DEEPEST_IMPORTS
            || world
                .heap
                .get(object)
                .is_some_and(|object| object.fields.get(ran).is_some())
        {
            return;
        }
        // What has been set from outside would have been set after it ran.
        let set: Vec<(Symbol, Value)> = world
            .heap
            .get(object)
            .iter()
            .flat_map(|object| object.fields.iter())
            .map(|(name, value)| (name, value.clone()))
            .collect();
        // Whoever imports it once more before it has run to its end sees what it has so far.
        if let Some(object) = world.heap.get_mut(object) {
            object.fields.set(ran, Atom::Bool(true).into());
        }
        let body = self.code.unit(unit).body();
        let here = self.here;
        let chain = self.chain(Some((here.chain, here.function, here.span, here.key)), body);
        let entry = Entry {
            function: body,
            closure: None,
            class: None,
            chain,
            slots: Vec::new(),
        };
        // An import is no call: the calls in the module are as deep as its own code makes them.
        let stack = std::mem::take(&mut self.stack);
        self.spaces.importing += 1;
        let outcome = self.run_function(entry, world.clone());
        self.spaces.importing -= 1;
        self.stack = stack;
        if let Some((_, after)) = outcome.result {
            *world = after;
        }
        if let Some(object) = world.heap.get_mut(object) {
            for (name, value) in set {
                object.fields.set(name, value);
            }
        }
    }

    /// What a module of the project has under a name that its code has not set.
    pub(super) fn module_attribute(&mut self, world: &mut World, object: ObjectId, name: Symbol) -> Value {
        let Some(&id) = self.spaces.by_object.get(&object) else {
            return Value::unknown();
        };
        let module = Arc::clone(&self.spaces.get(id).name);
        match self.name(name) {
            "__name__" => return Atom::Str(self.symbols.intern(&module)).into(),
            "__file__" | "__doc__" | "__package__" => return Atom::Text.into(),
            _ => {}
        }
        let ran = self.known.ran;
        let has_run = world
            .heap
            .get(object)
            .is_some_and(|object| object.fields.get(ran).is_some());
        let space = self.spaces.get(id);
        if has_run || space.unit == Some(UnitId::ROOT) || space.path.is_none() {
            return Value::unknown();
        }
        if self.outlook(id).is_some_and(|outlook| outlook.has(self.name(name))) {
            self.link_and_run(world, id);
            let found = world
                .heap
                .get(object)
                .and_then(|object| object.fields.get(name).cloned());
            if let Some(found) = found {
                return found;
            }
        }
        let dotted = self.inside(&module, name);
        let path = self.names.path(&dotted);
        self.spaces.unlinked.insert(path, (id, name));
        Atom::Path(path).into()
    }
}
