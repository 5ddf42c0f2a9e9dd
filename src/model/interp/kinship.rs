//! `isinstance()`: whether an object of the program is one of a class of the program.

use rustc_hash::FxHashSet;

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::api::{Family, KindId};
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
        // A constant is an object of no class of the program.
        let is_constant = matches!(
            atom,
            Atom::None | Atom::Bool(_) | Atom::Int(_) | Atom::Float(_) | Atom::Str(_)
        );
        if is_constant && self.classes_named(world, &classes.value).is_some() {
            return Some(false);
        }
        let Atom::Object(id) = atom else { return None };
        // Of a library's class, or of one that inherits from it.
        if let Some(kind) = self.kind_of(&world.heap, id)
            && let Some(other) = self.kind_made_by(&classes.value)
        {
            let family = |kind| self.api.kind(kind).family;
            return match other == kind {
                // A lock and an event of threads are of one kind, and of two classes.
                true => (family(kind) != Family::ThreadPrimitive).then_some(true),
                false => are_strangers(family(kind), family(other)).then_some(false),
            };
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

    /// What objects a class of a library makes.
    fn kind_made_by(&self, class: &Value) -> Option<KindId> {
        let Some(Atom::Path(path) | Atom::Member(_, path)) = class.single() else {
            return None;
        };
        let entry = self.names.entry(path)?;
        entry.makes.filter(|_| entry.class)
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

/// Whether no class of one family inherits from one of the other. A pool of threads is one of processes by its class.
fn are_strangers(one: Family, other: Family) -> bool {
    let stands_alone = |family| {
        matches!(
            family,
            Family::Process
                | Family::Thread
                | Family::Queue
                | Family::ThreadQueue
                | Family::ThreadPrimitive
                | Family::Connection
                | Family::Lock
                | Family::Event
                | Family::Condition
                | Family::Barrier
        )
    };
    one != other && stands_alone(one) && stands_alone(other)
}
