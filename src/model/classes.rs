//! What a rule asks of the classes of the program: what they are built on, what they define, how they pickle.

use rustc_hash::FxHashSet;

use super::Model;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::names;
use super::value::{Atom, Value};
use crate::api::Family;
use crate::python::ir::{ClassId, FunctionId, FunctionKind};

impl<'a> Model<'a> {
    /// Whether a class says itself how its objects are pickled, or has a base of which nothing is known.
    #[must_use]
    pub fn pickles_its_own_way(&self, heap: &Heap, class: ObjectId) -> bool {
        self.pickles_itself(heap, class, None, 0)
    }

    /// The same for a class that may be built on a library's class of this family.
    #[must_use]
    pub fn pickles_its_own_way_beside(&self, heap: &Heap, class: ObjectId, family: Family) -> bool {
        self.pickles_itself(heap, class, Some(family), 0)
    }

    fn pickles_itself(&self, heap: &Heap, class: ObjectId, beside: Option<Family>, depth: u32) -> bool {
        if depth > 12 {
            return true;
        }
        let Some(object) = heap.get(class) else { return true };
        let own = [
            "__getstate__",
            "__reduce__",
            "__reduce_ex__",
            "__getnewargs__",
            "__getnewargs_ex__",
            "__deepcopy__",
            "__slots__",
        ]
        .iter()
        .any(|name| self.symbol(name).is_some_and(|name| object.fields.get(name).is_some()));
        own || object
            .items
            .iter()
            .flat_map(|bases| bases.iter())
            .any(|base| match base.single() {
                Some(Atom::Object(base)) => base == class || self.pickles_itself(heap, base, beside, depth + 1),
                Some(Atom::Path(path)) if self.is_of_family(path, beside) => false,
                Some(Atom::Member(_, path)) => !self.is_of_family(path, beside),
                Some(Atom::Path(path)) => !pickles_plainly(self.dotted(path)),
                _ => true,
            })
    }

    fn is_of_family(&self, path: names::PathId, family: Option<Family>) -> bool {
        family.is_some()
            && self
                .names
                .entry(path)
                .and_then(|entry| entry.makes)
                .map(|kind| self.api.kind(kind).family)
                == family
    }

    /// The name of a class of the program.
    #[must_use]
    pub fn class_name(&self, class: ObjectId) -> String {
        match self.object(class).kind {
            ObjectKind::Class(id) => self.name(self.class(id).name).to_owned(),
            _ => String::new(),
        }
    }

    /// Whether a class is one of `unittest`'s test cases, and does not say itself how it is pickled.
    #[must_use]
    pub fn is_test_case(&self, heap: &Heap, class: ObjectId) -> bool {
        let mut class = class;
        for _ in 0..12 {
            let Some(object) = heap.get(class) else { return false };
            let own = ["__getstate__", "__reduce__", "__reduce_ex__"]
                .iter()
                .any(|name| self.symbol(name).is_some_and(|name| object.fields.get(name).is_some()));
            if own {
                return false;
            }
            // Mixins stand before it.
            let Some(base) = object.items.as_deref().and_then(|bases| bases.last()) else {
                return false;
            };
            match base.single() {
                Some(Atom::Path(path)) => return is_test_case_name(self.dotted(path)),
                Some(Atom::Object(base)) => class = base,
                _ => return false,
            }
        }
        false
    }

    /// The objects of the classes of the program, with the class each is.
    pub fn classes(&self) -> impl Iterator<Item = (ClassId, ObjectId)> {
        let mut classes: Vec<(ClassId, ObjectId)> = self
            .class_objects
            .iter()
            .map(|(class, object)| (*class, *object))
            .collect();
        classes.sort_unstable();
        classes.into_iter()
    }

    /// The library class that a class of the program is built on.
    #[must_use]
    pub fn library_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<names::PathId> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        bases.iter().flat_map(|base| base.atoms()).find_map(|&atom| {
            let path = match atom {
                Atom::Path(path) | Atom::Member(_, path) => path,
                Atom::Object(id) => return self.library_base(heap, id, depth + 1),
                _ => return None,
            };
            self.names.entry(path).filter(|entry| entry.class).map(|_| path)
        })
    }

    /// Whether all that an object inherits from is known: classes of the program and of libraries.
    #[must_use]
    pub fn has_known_bases(&self, heap: &Heap, object: ObjectId) -> bool {
        let ObjectKind::Instance(class) = self.object(object).kind else {
            return true;
        };
        let mut todo = vec![class];
        let mut seen = FxHashSet::default();
        while let Some(class) = todo.pop() {
            let Some(object) = heap.get(class) else { return false };
            if !seen.insert(class) {
                continue;
            }
            for base in object.items.iter().flat_map(|bases| bases.iter()) {
                match base.single() {
                    Some(Atom::Object(base)) => todo.push(base),
                    Some(Atom::Path(path) | Atom::Member(_, path))
                        if self.names.entry(path).is_some() || self.dotted(path) == "builtins.object" => {}
                    _ => return false,
                }
            }
        }
        true
    }

    /// Whether a class of the program, or a base of it, may be iterated.
    #[must_use]
    pub fn may_iterate(&self, heap: &Heap, class: ObjectId) -> bool {
        let Some(object) = heap.get(class) else { return true };
        let own = ["__iter__", "__getitem__"]
            .iter()
            .any(|name| self.symbol(name).is_some_and(|name| object.fields.get(name).is_some()));
        own || object
            .items
            .iter()
            .flat_map(|bases| bases.iter())
            .any(|base| match base.single() {
                Some(Atom::Object(base)) => base == class || self.may_iterate(heap, base),
                Some(Atom::Path(path)) => self.dotted(path) != "builtins.object",
                _ => true,
            })
    }

    /// Whether a class of the program is built on Process.
    #[must_use]
    pub fn is_process_class(&self, class: ObjectId) -> bool {
        self.heap_with(class).is_some_and(|heap| {
            self.library_base(heap, class, 0)
                .and_then(|path| self.names.entry(path)?.makes)
                .is_some_and(|kind| self.api.kind(kind).family == Family::Process)
        })
    }

    /// The objects as they were last where a class was among them: that of a module which only a child or a task imports
    /// is known to these alone.
    fn heap_with(&self, class: ObjectId) -> Option<&Heap> {
        let mut heaps = self.events.iter().rev().map(|event| &event.heap);
        heaps.find(|heap| heap.get(class).is_some())
    }

    /// Whether a class or a base of it in the program defines a name.
    #[must_use]
    pub fn class_defines(&self, class: ObjectId, name: &str) -> bool {
        let (Some(heap), Some(name)) = (self.heap_with(class), self.symbol(name)) else {
            return false;
        };
        let mut todo = vec![class];
        let mut seen = FxHashSet::default();
        while let Some(class) = todo.pop() {
            let Some(object) = heap.get(class).filter(|_| seen.insert(class)) else {
                continue;
            };
            if matches!(self.object(class).kind, ObjectKind::Class(_)) {
                if object.fields.get(name).is_some() {
                    return true;
                }
                todo.extend(
                    object
                        .items
                        .iter()
                        .flat_map(|bases| bases.iter())
                        .flat_map(Value::objects),
                );
            }
        }
        false
    }

    /// Whether a function is a method of a class that is built on Process.
    #[must_use]
    pub fn is_process_method(&self, function: FunctionId) -> bool {
        let Some(FunctionKind::ClassBody(class)) =
            self.function(function).parent.map(|parent| self.function(parent).kind)
        else {
            return false;
        };
        self.class_objects
            .get(&class)
            .is_some_and(|&object| self.is_process_class(object))
    }

    /// Whether the `__init__` that a class of the program would have, had it none of its own, is that of a library's class:
    /// it has one base, whose bases in the program have none either.
    #[must_use]
    pub fn inherits_init(&self, class: ClassId) -> bool {
        let Some(&object) = self.class_objects.get(&class) else {
            return false;
        };
        let Some(heap) = self.heap_with(object) else {
            return false;
        };
        let mut at = object;
        for _ in 0..8 {
            let bases = heap.get(at).and_then(|class| class.items.as_ref());
            let Some([base]) = bases.map(|bases| &bases[..]) else {
                return false;
            };
            match base.single() {
                Some(Atom::Path(_) | Atom::Member(..)) => return true,
                Some(Atom::Object(base)) => match self.object(base).kind {
                    ObjectKind::Class(id) if self.init_of(id).is_none() => at = base,
                    _ => return false,
                },
                _ => return false,
            }
        }
        false
    }

    /// Which of several bases of a class of the program is the library's, where the others are classes of the program that
    /// have nothing to do with it.
    #[must_use]
    pub fn process_among_bases(&self, class: ClassId) -> Option<usize> {
        let object = *self.class_objects.get(&class)?;
        let heap = self.heap_with(object)?;
        let bases = heap.get(object)?.items.as_ref()?;
        let mut found = None;
        for (at, base) in bases.iter().enumerate() {
            match base.single()? {
                Atom::Path(path) | Atom::Member(_, path)
                    if found.is_none() && self.names.entry(path).is_some_and(|entry| entry.class) =>
                {
                    found = Some(at);
                }
                Atom::Object(base) if self.library_base(heap, base, 0).is_none() => {}
                _ => return None,
            }
        }
        found.filter(|_| bases.len() > 1)
    }

    /// The `__init__` of a class of the program, if the class has one of its own.
    fn init_of(&self, class: ClassId) -> Option<FunctionId> {
        let body = self.class(class).body;
        self.code
            .functions()
            .find(|(_, function)| {
                function.parent == Some(body)
                    && function.kind == FunctionKind::Def
                    && self.name(function.name) == "__init__"
            })
            .map(|(id, _)| id)
    }

    /// The class whose `__init__` was reached last when an object of a class was made, with that function.
    #[must_use]
    pub fn last_init(&self, class: ObjectId) -> Option<(ClassId, FunctionId)> {
        let heap = self.heap_with(class)?;
        let mut found: Option<(ClassId, FunctionId)> = None;
        let mut todo = vec![class];
        let mut seen = 0;
        while let Some(class) = todo.pop() {
            seen += 1;
            if seen > 32 {
                break;
            }
            if let ObjectKind::Class(id) = self.object(class).kind
                && self.library_base(heap, class, 0).is_some()
                && let Some(init) = self.init_of(id)
            {
                let reached = found.is_none_or(|(_, caller)| {
                    self.chains.iter().any(|chain| {
                        chain.function == init && chain.caller.is_some_and(|(_, function, _)| function == caller)
                    })
                });
                if !reached {
                    break;
                }
                found = Some((id, init));
            }
            let bases = heap.get(class).and_then(|object| object.items.clone());
            let mut next: Vec<ObjectId> = bases
                .iter()
                .flat_map(|bases| bases.iter())
                .flat_map(Value::objects)
                .collect();
            next.reverse();
            todo.extend(next);
        }
        found
    }
}

/// Whether a class of Python's own leaves it to pickle how the objects of its subclasses are sent.
fn pickles_plainly(dotted: &str) -> bool {
    matches!(
        dotted,
        "builtins.object"
            | "builtins.list"
            | "builtins.dict"
            | "builtins.set"
            | "builtins.tuple"
            | "abc.ABC"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing.NamedTuple"
            | "collections.UserDict"
            | "collections.UserList"
            | "collections.deque"
            | "contextlib.ContextDecorator"
            | "contextlib.AbstractContextManager"
    ) || dotted.starts_with("collections.abc.")
}

/// The classes of `unittest`, and those of others that are built on them.
fn is_test_case_name(dotted: &str) -> bool {
    matches!(
        dotted,
        "unittest.TestCase"
            | "unittest.case.TestCase"
            | "unittest.IsolatedAsyncioTestCase"
            | "unittest2.TestCase"
            | "django.test.TestCase"
            | "django.test.SimpleTestCase"
            | "django.test.TransactionTestCase"
            | "absl.testing.absltest.TestCase"
    )
}
