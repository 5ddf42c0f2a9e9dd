//! `isinstance()`: whether an object of the program is one of a class of the program.

use rustc_hash::FxHashSet;

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::api::KindId;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};

impl<'a> Run<'a> {
    /// Whether the first argument is an object of the classes that the second names, where both are of the program and
    /// all bases are known. Of the object that a method is called on nothing is said: others may call it on theirs.
    pub(super) fn is_instance_of(&self, frame: &Frame<'a>, world: &World, actuals: &Actuals) -> Option<bool> {
        let [object, classes] = actuals.as_slice() else {
            return None;
        };
        let atom = object.value.single()?;
        let Atom::Object(id) = atom else { return None };
        // Of a library's class, or of one that inherits from it.
        if self
            .kind_of(&world.heap, id)
            .is_some_and(|kind| self.makes_kind(&classes.value, kind))
        {
            return Some(true);
        }
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return None;
        };
        if frame.receiver.single() == Some(atom) && self.function_class.contains_key(&frame.id) {
            return None;
        }
        let wanted = self.classes_named(world, &classes.value)?;
        let (ancestors, all_known) = self.ancestors(world, class);
        if wanted.iter().any(|class| ancestors.contains(class)) {
            return Some(true);
        }
        all_known.then_some(false)
    }

    /// Whether a class of a library makes objects of a kind.
    fn makes_kind(&self, class: &Value, kind: KindId) -> bool {
        let Some(Atom::Path(path) | Atom::Member(_, path)) = class.single() else {
            return false;
        };
        let entry = self.names.entry(path);
        entry.is_some_and(|entry| entry.class && entry.makes == Some(kind))
    }

    /// The classes of the program that a value names: one, or a tuple of them.
    fn classes_named(&self, world: &World, value: &Value) -> Option<Vec<ObjectId>> {
        let Atom::Object(id) = value.single()? else { return None };
        match self.objects[id.0 as usize].kind {
            ObjectKind::Class(_) => Some(vec![id]),
            ObjectKind::Tuple => {
                let items = world.heap.get(id)?.items.clone()?;
                let class = |item: &Value| match item.single()? {
                    Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_)) => Some(id),
                    _ => None,
                };
                items.iter().map(class).collect()
            }
            _ => None,
        }
    }

    /// A class with all that it inherits from, and whether that is all of it.
    fn ancestors(&self, world: &World, class: ObjectId) -> (FxHashSet<ObjectId>, bool) {
        let mut all_known = true;
        let mut seen = FxHashSet::default();
        let mut todo = vec![class];
        while let Some(class) = todo.pop() {
            if !seen.insert(class) {
                continue;
            }
            let Some(object) = world.heap.get(class) else {
                all_known = false;
                continue;
            };
            for base in object.items.iter().flat_map(|bases| bases.iter()) {
                match base.single() {
                    Some(Atom::Object(base)) => todo.push(base),
                    Some(Atom::Path(path) | Atom::Member(_, path))
                        if self.names.entry(path).is_some()
                            || matches!(
                                self.names.dotted(path),
                                "builtins.object" | "abc.ABC" | "typing.Protocol" | "typing.Generic"
                            ) => {}
                    _ => all_known = false,
                }
            }
        }
        (seen, all_known)
    }
}
