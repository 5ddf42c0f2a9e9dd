//! When the name of a module that was not linked turns out to be needed after all.

use std::rc::Rc;

use super::calls::Actuals;
use super::frame::Frame;
use super::imports::SpaceId;
use super::{Run, World};
use crate::model::heap::{Object, ObjectKind};
use crate::model::names::{MethodRef, PathId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::OpKind;

impl<'a> Run<'a> {
    /// Whether a dotted name is one of a module of the project that is not linked.
    pub(super) fn is_unlinked(&self, path: PathId) -> bool {
        self.spaces.unlinked.contains_key(&path)
    }

    pub(super) fn holds_unlinked(&self, value: &Value) -> bool {
        let mut atoms = value.atoms().iter();
        atoms.any(|atom| matches!(atom, Atom::Path(path) if self.is_unlinked(*path)))
    }

    /// A value with the names of modules that were not linked so far led to what they stand for.
    pub(super) fn settled(&mut self, world: &mut World, value: &Value) -> Value {
        let names: Vec<(SpaceId, Symbol)> = value
            .atoms()
            .iter()
            .filter_map(|atom| match atom {
                Atom::Path(path) => self.spaces.unlinked.get(path).copied(),
                _ => None,
            })
            .collect();
        if names.is_empty() || self.budget == 0 {
            return value.clone();
        }
        let mut settled = value.filter(|atom| !matches!(atom, Atom::Path(path) if self.is_unlinked(path)));
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

    /// Whether what is called here goes straight on to a process library: `Process(target=work())`. What another module's
    /// function returns is asked for then.
    pub(super) fn is_given_to_library(&self, frame: &Frame<'a>, call: &OpKind) -> bool {
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
                    _ => false,
                },
                _ => false,
            })
        })
    }
}
