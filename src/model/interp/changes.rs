//! What a child changes of the program's own objects and globals, and what the main process reads of them later.
//!
//! A child works on copies: of what it is given, and of what its module holds. So only those objects are of interest that have
//! gone to a child, or that a child finds in a module, and only from then on.

use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::Actuals;
use super::{Run, World};
use crate::api::Family;
use crate::files::Span;
use crate::model::code::UnitId;
use crate::model::events::{ContextKind, EventKind, process_of};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{ArgKind, FunctionId, FunctionKind, OpKind, Place};

/// Objects of one start that are looked at; a child that gets more gets a whole data structure.
const MOST_OBJECTS: usize = 200;

/// What children have copies of.
#[derive(Default)]
pub(super) struct Copied {
    objects: FxHashSet<ObjectId>,
    /// Globals that functions set, by module.
    pub(super) globals: FxHashSet<(ObjectId, Symbol)>,
    /// Whether a child has been started.
    any: bool,
    /// Globals, by module, that no import sets: where, and whether the main program does so, under the main guard or in what
    /// is called from there, and not only a function that a stranger may call.
    late_globals: FxHashMap<(ObjectId, Symbol), (Span, bool)>,
    /// Objects of modules that only the main process has changed.
    late_objects: FxHashMap<ObjectId, Span>,
}

impl<'a> Run<'a> {
    /// Notes which globals of a module its functions set.
    pub(super) fn note_set_globals(&mut self, functions: std::ops::Range<u32>, namespace: ObjectId) {
        for id in functions.map(FunctionId) {
            let function = self.code.function(id);
            if function.kind == FunctionKind::Module {
                continue;
            }
            let ops = function.blocks.iter().flat_map(|block| &block.ops);
            let set = ops.filter_map(|op| match op.kind {
                OpKind::Store {
                    place: Place::Global(name),
                    ..
                } => Some((namespace, name)),
                _ => None,
            });
            self.copied.globals.extend(set);
        }
    }

    /// A child begins: what it gets, and what it finds in its modules, are copies from now on.
    pub(super) fn note_copies(&mut self, world: &World, function: &Value, actuals: &Actuals) {
        self.copied.any = true;
        let names = &self.names;
        let given = actuals.iter().map(|actual| &actual.value).chain([function]);
        let mut objects: Vec<ObjectId> = world
            .heap
            .reachable(given, |id| names.unbind(id).0)
            .into_iter()
            .take(MOST_OBJECTS)
            .collect();
        for &namespace in &self.namespaces {
            let Some(namespace) = world.heap.get(namespace) else {
                continue;
            };
            objects.extend(namespace.fields.iter().filter_map(|(_, value)| match value.single() {
                Some(Atom::Object(id)) => Some(id),
                _ => None,
            }));
        }
        objects.retain(|id| self.is_of_program(&world.heap, *id));
        self.copied.objects.extend(objects);
    }

    /// Whether an object is a container, or one of a class of the program that is no process.
    fn is_of_program(&self, heap: &Heap, id: ObjectId) -> bool {
        match self.objects[id.0 as usize].kind {
            ObjectKind::List | ObjectKind::Dict | ObjectKind::Set => true,
            ObjectKind::Instance(_) => !self
                .kind_of(heap, id)
                .is_some_and(|kind| matches!(self.api.kind(kind).family, Family::Process | Family::Thread)),
            _ => false,
        }
    }

    /// Something is added to a container, or an attribute or key is set.
    pub(super) fn note_change(&mut self, world: &World, object: ObjectId, field: Option<Symbol>) {
        if self.is_only_main(world) && self.code.is_module_body(self.objects[object.0 as usize].function) {
            self.copied.late_objects.entry(object).or_insert(self.here.span);
        }
        if self.copied.objects.contains(&object) {
            self.record(world, EventKind::Change { object, field }, 41);
        }
        self.note_change_on_the_way(world, object);
    }

    /// Whether this is done by the main process alone, and never by a child that imports the module.
    fn is_only_main(&self, world: &World) -> bool {
        world.main_only && process_of(&self.contexts, self.context).is_none() && !self.is_importing()
    }

    /// Whether what happens is part of the import of another module: done by its own code, or by what that calls. Whenever
    /// the main process imports a module, a child imports it, too.
    pub(super) fn is_importing(&self) -> bool {
        let mut at = Some(self.here.chain);
        while let Some(id) = at {
            let chain = &self.chains[id.0 as usize];
            if self.code.is_module_body(chain.function) && self.code.home(chain.function) != UnitId::ROOT {
                return true;
            }
            at = chain.caller.map(|(caller, ..)| caller);
        }
        false
    }

    /// A global of a module is set.
    pub(super) fn note_set(&mut self, world: &World, module: ObjectId, name: Symbol) {
        let by_main = self.is_only_main(world);
        // `setUp()` of a test, `configure()` of a library.
        let by_stranger = self.contexts[self.context.0 as usize].kind == ContextKind::Entry
            && !self.code.is_module_body(self.here.function);
        if by_main || by_stranger {
            let set = (self.here.span, by_main);
            let known = self.copied.late_globals.entry((module, name)).or_insert(set);
            if by_main && !known.1 {
                *known = set;
            }
        }
    }

    /// A child reads a global of a module.
    pub(super) fn note_late_read(&mut self, world: &World, module: ObjectId, name: Symbol, value: &Value) {
        if !self.copied.any || process_of(&self.contexts, self.context).is_none() {
            return;
        }
        let late = self.copied.late_globals.get(&(module, name)).map(|set| (*set, None));
        let late = late.or_else(|| match value.single() {
            Some(Atom::Object(id)) => self.copied.late_objects.get(&id).map(|set| ((*set, true), Some(id))),
            _ => None,
        });
        if let Some(((set, by_main), inside)) = late {
            self.record(
                world,
                EventKind::LateRead {
                    module,
                    name,
                    set,
                    by_main,
                    inside,
                },
                46,
            );
        }
    }

    /// A function sets a global of its own module or of another.
    pub(super) fn note_global_change(&mut self, world: &World, function: FunctionId, object: ObjectId, name: Symbol) {
        self.note_set(world, object, name);
        if self.code.function(function).kind != FunctionKind::Module {
            let field = Some(name);
            self.record(world, EventKind::Change { object, field }, 42);
        }
    }

    /// A variable or attribute is read.
    pub(super) fn note_read(&mut self, world: &World, value: &Value) {
        if self.copied.any
            && let Some(Atom::Object(object)) = value.single()
            && self.copied.objects.contains(&object)
            && process_of(&self.contexts, self.context).is_none()
        {
            self.record(world, EventKind::Read { object, field: None }, 43);
        }
    }

    /// An attribute of an object of the program is read, or a global of a module.
    pub(super) fn note_field_read(&mut self, world: &World, base: &Value, name: Symbol) {
        if !self.copied.any {
            return;
        }
        let Some(Atom::Object(object)) = base.single() else {
            return;
        };
        let is_copy = match self.objects[object.0 as usize].kind {
            ObjectKind::Instance(_) => self.copied.objects.contains(&object),
            ObjectKind::Namespace => self.copied.globals.contains(&(object, name)),
            _ => false,
        };
        if is_copy && process_of(&self.contexts, self.context).is_none() {
            let field = Some(name);
            self.record(world, EventKind::Read { object, field }, 44);
        }
    }

    /// A manager's list or dict holds a value.
    pub(super) fn keep_in_proxy(&mut self, world: &mut World, proxy: ObjectId, value: &Value) {
        if self.is_proxy(&world.heap, proxy)
            && let Some(object) = world.heap.get_mut(proxy)
        {
            object.elements.join(value);
        }
    }

    /// A method of a manager's list or dict puts something into it: `topics.setdefault(name, [])`.
    pub(super) fn put_in_proxy(&mut self, world: &mut World, proxy: ObjectId, method: Symbol, actuals: &Actuals) {
        if !self.is_proxy(&world.heap, proxy) {
            return;
        }
        let argument = |at: usize| actuals.get(at).map(|actual| actual.value.clone());
        let value = match self.name(method) {
            "append" => argument(0),
            "insert" | "setdefault" => argument(1),
            "extend" => argument(0).map(|items| self.elements_of(world, &items)),
            "update" => {
                let named = actuals
                    .iter()
                    .filter(|actual| matches!(actual.kind, ArgKind::Keyword(_)));
                let named = named.fold(Value::never(), |all, actual| all.or(&actual.value));
                let given =
                    argument(0).filter(|_| actuals.first().is_some_and(|first| first.kind == ArgKind::Positional));
                // Of a dict its values, of anything else it is not known.
                let given = given.map_or_else(Value::never, |given| match given.single() {
                    Some(Atom::Object(id)) if self.objects[id.0 as usize].kind == ObjectKind::Dict => {
                        world.heap.get(id).map(|dict| dict.elements.clone()).unwrap_or_default()
                    }
                    _ => Value::unknown(),
                });
                Some(named.or(&given))
            }
            _ => None,
        };
        if let Some(value) = value {
            self.keep_in_proxy(world, proxy, &value);
        }
    }

    fn is_proxy(&self, heap: &Heap, id: ObjectId) -> bool {
        self.kind_of(heap, id)
            .is_some_and(|kind| self.api.kind(kind).name == "proxy")
    }

    /// Something in a manager's list or dict is about to be changed, which is a copy.
    pub(super) fn note_proxy_change(&mut self, world: &World, base: &Value) {
        for &atom in base.atoms() {
            if let Atom::ReadFrom(object) = atom
                && self.is_proxy(&world.heap, object)
            {
                self.record(world, EventKind::CopyChange { object }, 45);
            }
        }
    }
}

/// Whether a method of a list, dict or set adds something to it.
pub(super) fn adds(method: &str) -> bool {
    matches!(
        method,
        "append" | "add" | "appendleft" | "extend" | "insert" | "update" | "setdefault"
    )
}
