//! When the name of a module that was not linked turns out to be needed after all.

use std::rc::Rc;

use super::calls::Actuals;
use super::frame::{Frame, State};
use super::imports::SpaceId;
use super::{Run, World};
use crate::model::heap::{Object, ObjectId, ObjectKind};
use crate::model::names::{MethodRef, PathId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{OpKind, Temp};

/// Packages that hand a name on, one from the other.
const MOST_HANDED_ON: usize = 8;

impl<'a> Run<'a> {
    /// Whether a dotted name is one of a module of the project that is not linked.
    pub(super) fn is_unlinked(&self, path: PathId) -> bool {
        self.spaces.unlinked.contains_key(&path) || self.spaces.members.contains_key(&path)
    }

    /// Notes that a dotted name is an attribute of another one: of a module that is not linked, or of what is in it.
    pub(super) fn note_member(&mut self, of: PathId, name: Symbol, member: PathId) {
        if !self.spaces.unlinked.is_empty() && self.is_unlinked(of) {
            self.spaces.members.entry(member).or_insert((of, name));
        }
    }

    /// The global of a module that is not linked which a dotted name begins with.
    pub(super) fn global_with(&self, mut path: PathId) -> Option<(SpaceId, Symbol)> {
        for _ in 0..MOST_HANDED_ON {
            if let Some(&global) = self.spaces.unlinked.get(&path) {
                return Some(global);
            }
            (path, _) = *self.spaces.members.get(&path)?;
        }
        None
    }

    pub(super) fn holds_unlinked(&self, value: &Value) -> bool {
        let mut atoms = value.atoms().iter();
        atoms.any(|atom| matches!(atom, Atom::Path(path) if self.is_unlinked(*path)))
    }

    /// Whether a value is a name of a module that was not linked when it was imported, and whose code has run by now.
    pub(super) fn holds_run(&self, world: &World, value: &Value) -> bool {
        let ran = self.known.ran;
        value.atoms().iter().any(|atom| {
            let Atom::Path(path) = atom else { return false };
            let module = self.global_with(*path).map(|(id, _)| self.spaces.object(id));
            let module = module.and_then(|module| world.heap.get(module));
            module.is_some_and(|module| module.fields.get(ran).is_some())
        })
    }

    /// What names of other modules stand for, where the modules have been linked since the names were imported: constants
    /// and containers, what processes run, and classes that hold objects of process libraries or from which others inherit.
    /// Other functions and classes are not followed for that.
    pub(super) fn what_it_is_now(&mut self, world: &mut World, value: Value) -> Value {
        if self.spaces.unlinked.is_empty() || !self.holds_run(world, &value) {
            return value;
        }
        let settled = self.settled(world, &value);
        let matters = |atom: &Atom| match *atom {
            Atom::Function(function, _) => self.is_work(function),
            Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_)) => {
                let fields = world.heap.get(id).into_iter().flat_map(|class| class.fields.iter());
                fields.into_iter().any(|(_, field)| self.holds_library_object(field)) || self.is_base(world, id)
            }
            Atom::Path(_) | Atom::Unknown | Atom::Received(_) => false,
            _ => true,
        };
        if settled.atoms().iter().all(matters) {
            settled
        } else {
            value
        }
    }

    /// Whether a class of the program inherits from this one itself.
    fn is_base(&self, world: &World, class: ObjectId) -> bool {
        self.class_objects.values().any(|heir| {
            let bases = world.heap.get(*heir).and_then(|heir| heir.items.as_deref());
            bases
                .into_iter()
                .flatten()
                .any(|base| base.objects().any(|base| base == class))
        })
    }

    /// What something is taken out of, by an index or as an attribute: where it is a name of a module that is not linked, and
    /// what is taken goes on to a process library, what that stands for.
    pub(super) fn opened(&mut self, frame: &Frame<'a>, state: &mut State, base: Value, taken: Temp) -> Value {
        let Some(Atom::Path(path)) = base.single() else {
            return base;
        };
        if !self.is_unlinked(path) {
            return base;
        }
        let linked = self.holds_run(&state.world, &base);
        if self.is_taken_for_library(frame, state, taken, linked) {
            self.ahead.opened.insert((frame.id, taken));
            self.settled(&mut state.world, &base)
        } else {
            base
        }
    }

    /// What a name of another module stands for, where a loop goes over it that has to do with processes.
    pub(super) fn known_for_rounds(&mut self, frame: &Frame<'a>, state: &mut State, value: Value, temp: Temp) -> Value {
        if self.spaces.unlinked.is_empty()
            || !self.holds_unlinked(&value)
            || !self.goes_round_with_processes(frame, state, temp)
        {
            return value;
        }
        self.settled(&mut state.world, &value)
    }

    /// A value with the names of modules that were not linked so far led to what they stand for. What a package hands on
    /// may be a name of a module that is not linked either.
    pub(super) fn settled(&mut self, world: &mut World, value: &Value) -> Value {
        let mut settled = value.clone();
        for _ in 0..MOST_HANDED_ON {
            if self.budget == 0 || !self.holds_unlinked(&settled) {
                break;
            }
            settled = self.settled_once(world, &settled);
        }
        settled
    }

    fn settled_once(&mut self, world: &mut World, value: &Value) -> Value {
        let mut settled = value.filter(|atom| !matches!(atom, Atom::Path(path) if self.is_unlinked(path)));
        let members = value.atoms().iter().filter_map(|atom| match atom {
            Atom::Path(path) => self.spaces.members.get(path).copied(),
            _ => None,
        });
        let members: Vec<(PathId, Symbol)> = members.collect();
        for (of, name) in members {
            let of = self.settled(world, &Atom::Path(of).into());
            let frame = self.outermost();
            let of = of.filter(|atom| !matches!(atom, Atom::Path(path) if self.is_unlinked(path)));
            settled.join(&self.attribute(&frame, world, &of, name));
        }
        let names = value.atoms().iter().filter_map(|atom| match atom {
            Atom::Path(path) => self.spaces.unlinked.get(path).copied(),
            _ => None,
        });
        let names: Vec<(SpaceId, Symbol)> = names.collect();
        for (id, name) in names {
            let object = self.spaces.object(id);
            if world.heap.get(object).is_none() {
                world.heap.put(object, Object::new(States::empty()));
            }
            self.link_and_run(world, id);
            let found = world
                .heap
                .get(object)
                .and_then(|object| object.fields.get(name).cloned());
            settled.join(&found.unwrap_or_else(Value::unknown));
        }
        settled
    }

    /// Settles the arguments of a call of a library.
    pub(super) fn settle_arguments(&mut self, world: &mut World, actuals: &Actuals) -> Actuals {
        if self.spaces.unlinked.is_empty() {
            return actuals.clone();
        }
        let mut settled = actuals.clone();
        for actual in &mut settled {
            actual.value = self.settled(world, &actual.value);
            // `args=(a, b)`
            let Some(Atom::Object(id)) = actual.value.single() else {
                continue;
            };
            if !matches!(
                self.objects[id.0 as usize].kind,
                ObjectKind::Tuple | ObjectKind::Partial
            ) {
                continue;
            }
            let Some(items) = world.heap.get(id).and_then(|object| object.items.clone()) else {
                continue;
            };
            let function = self.known.function;
            let inner = world
                .heap
                .get(id)
                .and_then(|object| object.fields.get(function).cloned());
            let new: Vec<Value> = items.iter().map(|item| self.settled(world, item)).collect();
            let new_inner = inner.as_ref().map(|inner| self.settled(world, inner));
            if (*items != new || inner != new_inner)
                && let Some(object) = world.heap.get_mut(id)
            {
                for item in &new {
                    object.elements.join(item);
                }
                object.items = Some(Rc::new(new));
                if let Some(inner) = new_inner {
                    object.fields.set(function, inner);
                }
            }
        }
        settled
    }

    /// Whether a value decorates a function here: `@traced`, or `traced("cube")` of `@traced("cube")`.
    pub(super) fn is_decorating(&self, frame: &Frame<'a>, call: &OpKind) -> bool {
        let OpKind::Call { dst, decorator, .. } = call else {
            return false;
        };
        *decorator
            || frame
                .function
                .blocks
                .iter()
                .flat_map(|block| &block.ops)
                .any(|op| matches!(op.kind, OpKind::Call { callee, decorator: true, .. } if callee == *dst))
    }

    /// Whether what is called here goes straight on to a process library: `Process(target=work())`, or to an object of the
    /// program that holds something of one: `dispatcher.send(job())`. What another module's function returns is asked for
    /// then.
    pub(super) fn is_given_to_library(&self, frame: &Frame<'a>, world: &World, call: &OpKind) -> bool {
        let OpKind::Call { dst, .. } = call else {
            return false;
        };
        let ops = frame.function.blocks.iter().flat_map(|block| &block.ops);
        ops.filter_map(|op| match &op.kind {
            OpKind::Call { callee, args, .. } if args.iter().any(|arg| arg.value == *dst) => Some(*callee),
            _ => None,
        })
        .any(|callee| {
            self.temp(frame, callee).atoms().iter().any(|&atom| match atom {
                Atom::Path(path) | Atom::Member(_, path) => self.names.entry(path).is_some(),
                Atom::Bound(bound) => match self.names.unbind(bound) {
                    (Atom::Object(object), MethodRef::Library(_)) => {
                        matches!(self.objects[object.0 as usize].kind, ObjectKind::Library(_))
                    }
                    (Atom::Object(object), MethodRef::User(..)) => {
                        matches!(self.objects[object.0 as usize].kind, ObjectKind::Instance(_))
                            && (self.holds_library(world, object) || self.holds_process_name(world, object))
                    }
                    _ => false,
                },
                _ => false,
            })
        })
    }
}
