//! Special methods: what Python calls of an object of a class of the program where the program itself writes no call. And
//! what such an object has from the builtin container that its class is built on.
//!
//! What the container part of an object holds is a list, dict or set of its own, in an attribute: `data` of a `UserDict` or
//! `UserList`, which programs know by that name, else one that no program can name.

use super::calls::Actuals;
use super::{Run, World};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::names::PathId;
use crate::model::value::{Atom, Value};
use crate::python::ir::BinaryOp;

/// A builtin container, or one of `collections`, as the base of a class.
#[derive(Clone, Copy)]
pub(super) struct ContainerBase {
    kind: ObjectKind,
    /// Whether programs know its content as `data`.
    is_open: bool,
}

/// The special methods of an operator, of the left side, of the right side, and of an assignment.
fn of_operator(op: BinaryOp) -> [&'static str; 3] {
    match op {
        BinaryOp::Add => ["__add__", "__radd__", "__iadd__"],
        BinaryOp::Sub => ["__sub__", "__rsub__", "__isub__"],
        BinaryOp::Mul => ["__mul__", "__rmul__", "__imul__"],
        BinaryOp::Mod => ["__mod__", "__rmod__", "__imod__"],
        BinaryOp::BitOr => ["__or__", "__ror__", "__ior__"],
        BinaryOp::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
        BinaryOp::Div => ["__truediv__", "__rtruediv__", "__itruediv__"],
        BinaryOp::Pow => ["__pow__", "__rpow__", "__ipow__"],
        BinaryOp::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
        BinaryOp::ShiftLeft => ["__lshift__", "__rlshift__", "__ilshift__"],
        BinaryOp::ShiftRight => ["__rshift__", "__rrshift__", "__irshift__"],
        BinaryOp::BitAnd => ["__and__", "__rand__", "__iand__"],
        BinaryOp::BitXor => ["__xor__", "__rxor__", "__ixor__"],
    }
}

/// The special method that a builtin function calls.
pub(super) fn of_builtin(function: &str) -> &'static [&'static str] {
    match function {
        "len" => &["__len__"],
        "bool" => &["__bool__", "__len__"],
        "str" | "print" => &["__str__", "__repr__"],
        "format" => &["__format__", "__str__", "__repr__"],
        "repr" => &["__repr__"],
        "int" => &["__int__", "__index__"],
        "float" => &["__float__"],
        "abs" => &["__abs__"],
        "round" => &["__round__"],
        "hash" => &["__hash__"],
        "reversed" => &["__reversed__"],
        _ => &[],
    }
}

impl<'a> Run<'a> {
    /// Calls the first of some special methods that the class of an object has in the program; none where it has none.
    pub(super) fn special(
        &mut self,
        world: &mut World,
        value: &Value,
        names: &[&str],
        values: &[Value],
    ) -> Option<Value> {
        let Some(receiver @ Atom::Object(id)) = value.single() else {
            return None;
        };
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return None;
        };
        let frame = self.outermost();
        let method = names.iter().find_map(|name| {
            let name = self.symbols.get(name)?;
            self.class_attribute(&frame, world, class, name, receiver)
        })?;
        let result = self.call_values(&frame, world, &method, values.to_vec());
        Some(result.unwrap_or_else(Value::unknown))
    }

    /// What an operator gives for an object of a class of the program.
    pub(super) fn operate(
        &mut self,
        world: &mut World,
        op: BinaryOp,
        (left, right): (&Value, &Value),
        augmented: bool,
    ) -> Option<Value> {
        let is_instance = |value: &Value| match value.single() {
            Some(Atom::Object(id)) => matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_)),
            _ => false,
        };
        let (of_left, of_right) = (is_instance(left), is_instance(right));
        if !of_left && !of_right {
            return None;
        }
        let [plain, reflected, in_place] = of_operator(op);
        if of_left {
            let names: &[&str] = if augmented { &[in_place, plain] } else { &[plain] };
            let found = self.special(world, left, names, std::slice::from_ref(right));
            if found.is_some() {
                return found;
            }
        }
        self.special(world, right, &[reflected], std::slice::from_ref(left))
    }

    /// What iterating an object of a class of the program gives.
    pub(super) fn iterate_instance(&mut self, world: &mut World, id: ObjectId) -> Value {
        let Some(iterator) = self.special(world, &id.into(), &["__iter__", "__aiter__"], &[]) else {
            return match self.contents(&world.heap, id) {
                Some(inner) => self.elements_of(world, &inner.into()),
                None => Value::unknown(),
            };
        };
        let mut elements = Value::never();
        let mut rest = Value::never();
        for &atom in iterator.atoms() {
            match atom {
                // An object that is its own iterator, or another one, gives what its `__next__` returns, again and again.
                Atom::Object(other) if matches!(self.objects[other.0 as usize].kind, ObjectKind::Instance(_)) => {
                    self.comprehensions += 1;
                    let next = self.special(world, &atom.into(), &["__next__", "__anext__"], &[]);
                    self.comprehensions -= 1;
                    elements.join(&next.unwrap_or_else(Value::unknown));
                }
                atom => {
                    rest.insert(atom);
                }
            }
        }
        if !rest.is_never() || elements.is_never() {
            elements.join(&self.elements_of(world, &rest));
        }
        elements
    }

    /// The builtin container that a class of the program is built on.
    pub(super) fn container_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<ContainerBase> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        bases.iter().find_map(|base| match base.single()? {
            Atom::Path(path) => self.container_named(path),
            Atom::Object(base) if matches!(self.objects[base.0 as usize].kind, ObjectKind::Class(_)) => {
                self.container_base(heap, base, depth + 1)
            }
            _ => None,
        })
    }

    /// The container that a dotted name stands for, as a base of classes.
    pub(super) fn container_named(&self, path: PathId) -> Option<ContainerBase> {
        let (kind, is_open) = match self.names.dotted(path) {
            "builtins.list" | "typing.List" | "collections.deque" => (ObjectKind::List, false),
            "builtins.dict" | "typing.Dict" | "collections.OrderedDict" => (ObjectKind::Dict, false),
            "builtins.set" | "builtins.frozenset" | "typing.Set" => (ObjectKind::Set, false),
            "builtins.tuple" | "typing.Tuple" => (ObjectKind::Tuple, false),
            "collections.UserList" => (ObjectKind::List, true),
            "collections.UserDict" => (ObjectKind::Dict, true),
            _ => return None,
        };
        Some(ContainerBase { kind, is_open })
    }

    /// Makes the container part of an object, with what its class is called with.
    pub(super) fn begin_contents(&mut self, world: &mut World, id: ObjectId, base: ContainerBase, given: &Actuals) {
        let key = self.here.key;
        // A place of its own: the object itself is made here too.
        self.here.key ^= 0x2000_0000;
        let first = given.first().map(|actual| actual.value.clone());
        let made = match base.kind {
            ObjectKind::Dict => self.new_dict(world, given),
            kind => self.copied(world, kind, first.as_ref(), kind != ObjectKind::Set),
        };
        self.here.key = key;
        let name = if base.is_open {
            self.known.data
        } else {
            self.known.contents
        };
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, made);
        }
    }

    /// The container part of an object of a class that is built on a container.
    pub(super) fn contents(&self, heap: &Heap, id: ObjectId) -> Option<ObjectId> {
        let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind else {
            return None;
        };
        let fields = &heap.get(id)?.fields;
        let value = match (fields.get(self.known.contents), fields.get(self.known.data)) {
            (Some(value), _) => value,
            (None, Some(value)) if self.container_base(heap, class, 0).is_some_and(|base| base.is_open) => value,
            _ => return None,
        };
        match value.single()? {
            Atom::Object(inner) if inner != id => Some(inner),
            _ => None,
        }
    }

    /// Calls what builtin functions call of the objects that they are given.
    pub(super) fn ask_by_builtin(&mut self, world: &mut World, function: &str, actuals: &Actuals) -> Option<Value> {
        let names = of_builtin(function);
        if names.is_empty() {
            return None;
        }
        let mut last = None;
        for actual in actuals {
            last = self.special(world, &actual.value.clone(), names, &[]).or(last);
        }
        last
    }

    /// `next(object)`
    pub(super) fn next_of(&mut self, world: &mut World, object: &Value) -> Value {
        match self.special(world, object, &["__next__"], &[]) {
            Some(value) => value,
            None => self.elements_of(world, object),
        }
    }
}
