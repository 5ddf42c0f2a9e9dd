//! What each operation does to values and objects.

use super::flow::{Entry, Flow, Frame, Guard, State};
use super::{Run, World};
use crate::model::events::EventKind;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{
    BinaryOp, BuildItem, BuildKind, Const, Dotted, FunctionKind, LogicalTest, OpKind, Place, Temp,
};

impl<'a> Run<'a> {
    pub(super) fn execute(&mut self, frame: &mut Frame<'a>, state: &mut State, op: &'a OpKind) -> Flow {
        match op {
            OpKind::Const { dst, value } => {
                let atom = match *value {
                    Const::None => Atom::None,
                    Const::Bool(b) => Atom::Bool(b),
                    Const::Int(i) => Atom::Int(i),
                    Const::BigInt | Const::Float | Const::Ellipsis => Atom::Scalar,
                    Const::Str(symbol) => Atom::Str(symbol),
                    Const::Bytes => Atom::Text,
                };
                self.set(frame, *dst, atom.into());
            }
            OpKind::Load { dst, place, or_else } => {
                let value = self.read(frame, state, *place, *or_else);
                self.set(frame, *dst, value);
            }
            OpKind::Store { place, value } => {
                let value = self.temp(frame, *value);
                self.write(frame, state, *place, value);
            }
            OpKind::Delete { place } => self.write(frame, state, *place, Value::never()),
            OpKind::Attr { dst, base, name } => {
                let base = self.temp(frame, *base);
                let value = self.attribute(frame, &mut state.world, &base, *name);
                self.set(frame, *dst, value);
            }
            OpKind::SetAttr { base, name, value, .. } => {
                let (base, value) = (self.temp(frame, *base), self.temp(frame, *value));
                self.set_attribute(&mut state.world, &base, *name, value);
            }
            OpKind::DelAttr { base, name } => {
                let base = self.temp(frame, *base);
                if let Some(Atom::Object(id)) = base.single()
                    && let Some(object) = state.world.heap.get_mut(id)
                {
                    object.fields.remove(*name);
                }
            }
            OpKind::Item { dst, base, index } => {
                let base = self.temp(frame, *base);
                let value = match index {
                    Some(index) => {
                        let index = self.temp(frame, *index);
                        let value = self.item(frame, &mut state.world, &base, &index);
                        if !matches!(index.single(), Some(Atom::Int(_) | Atom::Str(_))) {
                            self.blend(&mut state.world, &value);
                        }
                        value
                    }
                    // A slice: another part in each round.
                    None => self.slice(&mut state.world, &base),
                };
                self.set(frame, *dst, value);
            }
            OpKind::SetItem { base, index, value, .. } => {
                let own = index.is_some_and(|index| self.is_own_index(frame, index));
                let (base, value) = (self.temp(frame, *base), self.temp(frame, *value));
                let index = index.map(|index| self.temp(frame, index));
                self.set_item(&mut state.world, &base, index.as_ref(), value, own);
            }
            OpKind::DelItem { base, index } => {
                let base = self.temp(frame, *base);
                let key = index.and_then(|index| self.temp(frame, index).single());
                if let (Some(Atom::Object(id)), Some(Atom::Str(key))) = (base.single(), key)
                    && let Some(object) = state.world.heap.get_mut(id)
                {
                    object.fields.remove(key);
                }
            }
            OpKind::Element { dst, src, index } => {
                let src = self.temp(frame, *src);
                let value = self.element(&mut state.world, &src, *index);
                self.set(frame, *dst, value);
            }
            OpKind::Call {
                dst,
                callee,
                args,
                decorator,
            } => {
                let target = self.temp(frame, *callee);
                return match self.call(frame, &mut state.world, &target, args, *decorator) {
                    Some(value) => {
                        self.set(frame, *dst, value);
                        Flow::Next
                    }
                    None => Flow::Ends,
                };
            }
            OpKind::MakeFunction {
                dst,
                function,
                defaults,
            } => {
                let defaults = defaults
                    .iter()
                    .map(|(at, temp)| (*at, self.temp(frame, *temp)))
                    .collect();
                self.defaults.insert(*function, defaults);
                if let FunctionKind::ClassBody(_) = frame.function.kind
                    && let Some(class) = frame.class
                {
                    self.function_class.insert(*function, class);
                }
                let closure = frame.own;
                self.set(frame, *dst, Atom::Function(*function, closure).into());
            }
            OpKind::MakeClass { dst, class, bases } => {
                let bases: Vec<Value> = bases.iter().map(|temp| self.temp(frame, *temp)).collect();
                let value = self.make_class(frame, state, *class, bases);
                self.set(frame, *dst, value);
            }
            OpKind::Build {
                dst,
                kind,
                items,
                comprehension,
            } => {
                let value = self.build(frame, &mut state.world, *kind, items, *comprehension);
                self.set(frame, *dst, value);
            }
            OpKind::Binary {
                dst, op, left, right, ..
            } => {
                let (left, right) = (self.temp(frame, *left), self.temp(frame, *right));
                let value = self.binary(&mut state.world, *op, &left, &right);
                self.set(frame, *dst, value);
            }
            OpKind::Unary { dst, value } => {
                let value = self.temp(frame, *value);
                let value = match value.single() {
                    Some(Atom::Int(_) | Atom::Bool(_) | Atom::Scalar) => Atom::Scalar.into(),
                    Some(Atom::ReadFrom(_)) => value,
                    _ => Value::unknown(),
                };
                self.set(frame, *dst, value);
            }
            OpKind::Logical { dst, values, test } => {
                let values: Vec<Value> = values.iter().map(|temp| self.temp(frame, *temp)).collect();
                let atom = self.logical(&state.world, *test, &values);
                self.set(frame, *dst, atom.into());
            }
            OpKind::Select { dst, values, every } => {
                let mut any = Value::never();
                let main = Value::from(Atom::IsMain(true));
                if *every && values.iter().any(|temp| self.temp(frame, *temp) == main) {
                    self.set(frame, *dst, main);
                    return Flow::Next;
                }
                for temp in values {
                    any.join(&self.temp(frame, *temp));
                }
                self.set(frame, *dst, any);
            }
            OpKind::Format { dst, .. } => self.set(frame, *dst, Atom::Text.into()),
            OpKind::Iterate { dst, iterable, .. } => {
                let value = state.slots.get(iterable.0 as usize).cloned().unwrap_or_default();
                let in_loop = self.comprehensions == 0;
                let drawn = self.draw(&mut state.world, &value, in_loop);
                self.set(frame, *dst, drawn);
            }
            OpKind::LoopEnter => self.comprehensions += 1,
            OpKind::LoopExit => self.comprehensions = self.comprehensions.saturating_sub(1),
            OpKind::Enter { dst, manager, .. } => {
                let value = state.slots.get(manager.0 as usize).cloned().unwrap_or_default();
                let entered = self.enter_context(frame, &mut state.world, &value);
                self.set(frame, *dst, entered);
            }
            OpKind::Exit { manager, exceptional } => {
                let value = state.slots.get(manager.0 as usize).cloned().unwrap_or_default();
                self.exit_context(frame, &mut state.world, &value, *exceptional);
            }
            OpKind::Import { dst, module, whole } => {
                let dotted = if *whole {
                    self.dotted(module)
                } else {
                    self.dotted(&module[..module.len().min(1)])
                };
                let path = self.names.path(&dotted);
                self.modules.insert(path);
                self.set(frame, *dst, Atom::Path(path).into());
            }
            OpKind::ImportFrom {
                dst,
                module,
                level,
                name,
            } => {
                let dotted = format!(
                    "{}{}.{}",
                    ".".repeat(*level as usize),
                    self.dotted(module),
                    self.name(*name)
                );
                let path = self.names.path(&dotted);
                self.set(frame, *dst, Atom::Path(path).into());
            }
            OpKind::ImportStar { module, level } => self.import_star(state, module, *level),
            OpKind::Yield { dst, value, from } => {
                if let Some(temp) = value {
                    let value = self.temp(frame, *temp);
                    let value = if *from {
                        self.elements_of(&mut state.world, &value)
                    } else {
                        value
                    };
                    frame.yielded.join(&value);
                    match &mut frame.yielded_in {
                        Some(world) => {
                            world.join(&state.world);
                        }
                        None => frame.yielded_in = Some(state.world.clone()),
                    }
                }
                self.set(frame, *dst, Value::unknown());
            }
            OpKind::Await { dst, value } => {
                let value = self.temp(frame, *value);
                self.set(frame, *dst, value);
            }
            OpKind::Discard { value } => {
                let value = self.temp(frame, *value);
                let named = match value.single() {
                    // `[p.start for p in processes]`
                    Some(Atom::Object(list)) => state.world.heap.get(list).and_then(|object| object.elements.single()),
                    atom => atom,
                };
                if let Some(Atom::Bound(id)) = named
                    && let (Atom::Object(object), MethodRef::Library(name)) = self.names.unbind(id)
                {
                    self.record(&state.world, EventKind::Named { object, name }, 0);
                }
            }
            OpKind::Unknown { dst } => self.set(frame, *dst, Value::unknown()),
        }
        Flow::Next
    }

    /// A slice of a container: which of its elements it holds is not followed.
    fn slice(&mut self, world: &mut World, base: &Value) -> Value {
        let shared = base.objects().find(|id| self.is_shared(world, *id));
        if let Some(shared) = shared {
            return Atom::ReadFrom(shared).into();
        }
        let elements = self.elements_of(world, base);
        for id in elements.objects() {
            if let Some(object) = world.heap.get_mut(id)
                && !object.states.is_empty()
            {
                object.states |= States::LOST;
            }
        }
        base.clone()
    }

    /// Whether writing a value to a shared object writes back what was read from it.
    fn is_made_of(&self, world: &World, value: &Value, id: ObjectId) -> bool {
        value.atoms().contains(&Atom::ReadFrom(id))
            || value.objects().any(|container| {
                world
                    .heap
                    .get(container)
                    .is_some_and(|object| object.elements.atoms().contains(&Atom::ReadFrom(id)))
            })
    }

    /// What a test is as a value.
    fn logical(&mut self, world: &World, test: LogicalTest, values: &[Value]) -> Atom {
        match (test, values) {
            (LogicalTest::Not, [value]) => match value.single() {
                Some(Atom::IsMain(main)) => Atom::IsMain(!main),
                _ => Atom::Scalar,
            },
            (LogicalTest::Compare(op), [left, right]) => match self.main_test(world, op, left, right) {
                Some(Guard::Main(holds)) => Atom::IsMain(holds),
                _ => Atom::Scalar,
            },
            _ => Atom::Scalar,
        }
    }

    pub(super) fn dotted(&self, parts: &[Symbol]) -> String {
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(self.symbols.name(*part));
        }
        text
    }

    /// `from library import *` binds what the library offers; of other modules nothing is known.
    fn import_star(&mut self, state: &mut State, module: &Dotted, level: u32) {
        if level > 0 {
            return;
        }
        let dotted = self.dotted(module);
        for member in self.api.members(&dotted) {
            let name = self.symbols.intern(member);
            let path = self.names.path(&format!("{dotted}.{member}"));
            if let Some(space) = state.world.heap.get_mut(self.namespace) {
                space.fields.set(name, Atom::Path(path).into());
            }
        }
    }

    fn build(
        &mut self,
        frame: &mut Frame<'a>,
        world: &mut World,
        kind: BuildKind,
        items: &[BuildItem],
        many: bool,
    ) -> Value {
        let object_kind = match kind {
            BuildKind::Tuple => ObjectKind::Tuple,
            BuildKind::List => ObjectKind::List,
            BuildKind::Set => ObjectKind::Set,
            BuildKind::Dict => ObjectKind::Dict,
            BuildKind::Generator => ObjectKind::Generator(None),
        };
        let mut elements = Value::never();
        let mut known = Some(Vec::new());
        let mut fields = Vec::new();
        for item in items {
            match *item {
                BuildItem::Value(temp) => {
                    let value = self.temp(frame, temp);
                    elements.join(&value);
                    if let Some(known) = &mut known {
                        known.push(value);
                    }
                }
                BuildItem::Star(temp) => {
                    let value = self.temp(frame, temp);
                    let inner = match value.single() {
                        Some(Atom::Object(id)) if self.objects[id.0 as usize].kind != ObjectKind::Dict => {
                            world.heap.get(id).and_then(|object| object.items.clone())
                        }
                        _ => None,
                    };
                    if kind == BuildKind::Dict
                        && let Some(Atom::Object(id)) = value.single()
                        && let Some(object) = world.heap.get(id)
                    {
                        fields.extend(object.fields.iter().map(|(name, value)| (name, value.clone())));
                    }
                    match (inner, &mut known) {
                        (Some(inner), Some(known)) => known.extend(inner.iter().cloned()),
                        _ => known = None,
                    }
                    elements.join(&self.elements_of(world, &value));
                }
                BuildItem::Pair(key, value) => {
                    let (key, value) = (self.temp(frame, key), self.temp(frame, value));
                    if let Some(Atom::Str(name)) = key.single()
                        && !many
                    {
                        fields.push((name, value.clone()));
                    }
                    elements.join(&value);
                    known = None;
                }
            }
        }
        if many {
            known = None;
        }
        self.named.extend(elements.objects());

        let all_keys_known = kind == BuildKind::Dict
            && !many
            && items.iter().all(|item| match item {
                BuildItem::Pair(key, _) => matches!(self.temp(frame, *key).single(), Some(Atom::Str(_))),
                _ => false,
            });
        if all_keys_known {
            known = Some(Vec::new());
        }
        self.note_overflow(world, &elements, frame, items);
        let id = self.allocate(world, object_kind, States::empty(), 0);
        if let Some(object) = world.heap.get_mut(id) {
            object.elements = elements;
            object.items = known.map(std::rc::Rc::new);
            for (name, value) in fields {
                object.fields.set(name, value);
            }
        }
        id.into()
    }

    /// More alternatives than a value holds: nothing more is said of those that it lost.
    fn note_overflow(&mut self, world: &mut World, elements: &Value, frame: &Frame<'a>, items: &[BuildItem]) {
        for item in items {
            let (BuildItem::Value(temp) | BuildItem::Star(temp) | BuildItem::Pair(_, temp)) = *item;
            let value = self.temp(frame, temp);
            // What `*values` spreads is not itself among the elements.
            if !matches!(item, BuildItem::Star(_)) && !elements.holds_objects_of(&value) {
                self.escape(world, &value);
            }
        }
    }

    fn binary(&mut self, world: &mut World, op: BinaryOp, left: &Value, right: &Value) -> Value {
        let read = left
            .atoms()
            .iter()
            .chain(right.atoms())
            .find(|atom| matches!(atom, Atom::ReadFrom(_)));
        if let Some(&read) = read {
            return read.into();
        }
        if let (Some(Atom::Object(a)), Some(b)) = (left.single(), right.single())
            && matches!(self.objects[a.0 as usize].kind, ObjectKind::List | ObjectKind::Tuple)
        {
            let kind = self.objects[a.0 as usize].kind;
            let (mine, items) = match world.heap.get(a) {
                Some(object) => (object.elements.clone(), object.items.clone()),
                None => return Value::unknown(),
            };
            match (op, b) {
                // `[Process(...)] * 4` is one object four times.
                (BinaryOp::Mul, times) => {
                    let length = match (items, times) {
                        (Some(items), Atom::Int(times)) => Some((items.len() as i64).saturating_mul(times)),
                        _ => None,
                    };
                    let id = self.allocate_elements(world, kind, mine, 0);
                    self.set_length(world, id, length);
                    return id.into();
                }
                (BinaryOp::Add, Atom::Object(b)) => {
                    let theirs = self.elements_of(world, &b.into());
                    let other = world.heap.get(b).and_then(|object| object.items.clone());
                    return match (items, other) {
                        (Some(a), Some(b)) => {
                            let all = a.iter().chain(b.iter()).cloned().collect();
                            self.allocate_container(world, kind, all, 0).into()
                        }
                        _ => self.allocate_elements(world, kind, mine.or(&theirs), 0).into(),
                    };
                }
                _ => {}
            }
        }
        let is_number = |value: &Value| {
            !value.is_never()
                && value
                    .atoms()
                    .iter()
                    .all(|a| matches!(a, Atom::Int(_) | Atom::Bool(_) | Atom::Scalar))
        };
        let is_text = |value: &Value| value.single().is_some_and(|a| matches!(a, Atom::Str(_) | Atom::Text));
        if is_number(left) && is_number(right) {
            return Atom::Scalar.into();
        }
        if op == BinaryOp::Mul
            && let (Some(text), Some(Atom::Int(times))) = (left.single(), right.single())
        {
            let length = match text {
                Atom::Str(text) => Some(self.name(text).len() as i64),
                Atom::Sized(length) => Some(i64::from(length)),
                _ => None,
            };
            if let Some(length) = length {
                let all = length.saturating_mul(times).clamp(0, i64::from(u32::MAX));
                return Atom::Sized(all as u32).into();
            }
        }
        match op {
            BinaryOp::Add | BinaryOp::Mod if is_text(left) => Atom::Text.into(),
            _ => Value::unknown(),
        }
    }

    /// Notes how many elements a container has.
    pub(super) fn set_length(&self, world: &mut World, id: ObjectId, length: Option<i64>) {
        let name = self.known.length;
        if let (Some(length), Some(object)) = (length, world.heap.get_mut(id)) {
            object.fields.set(name, Atom::Int(length.max(0)).into());
        }
    }

    fn make_class(
        &mut self,
        frame: &mut Frame<'a>,
        state: &mut State,
        class: crate::python::ir::ClassId,
        bases: Vec<Value>,
    ) -> Value {
        let id = self.allocate(&mut state.world, ObjectKind::Class(class), States::empty(), 0);
        if let Some(object) = state.world.heap.get_mut(id) {
            object.items = Some(std::rc::Rc::new(bases));
        }
        self.class_objects.insert(class, id);
        let body = self.module.class(class).body;
        let here = self.here;
        let chain = self.chain(Some((here.chain, here.function, here.span, here.key)), body);
        let world = state.world.clone();
        let outcome = self.run_function(
            Entry {
                function: body,
                closure: frame.own,
                class: Some(id),
                chain,
                slots: Vec::new(),
            },
            world,
        );
        if let Some((_, world)) = outcome.result {
            state.world = world;
        }
        self.init_subclass(frame, &mut state.world, id);
        id.into()
    }

    /// A new class is shown to the `__init_subclass__` of its nearest base that has one.
    fn init_subclass(&mut self, frame: &Frame<'a>, world: &mut World, class: ObjectId) {
        let name = self.known.init_subclass;
        let hook = self
            .resolution_order(&world.heap, class)
            .into_iter()
            .skip(1)
            .find_map(|ancestor| match ancestor {
                super::attributes::Ancestor::Program(base) => world.heap.get(base)?.fields.get(name)?.single(),
                _ => None,
            });
        if let Some(hook @ Atom::Function(..)) = hook {
            self.call_values(frame, world, &hook.into(), vec![class.into()]);
        }
    }

    /// What any element of a value may be.
    pub(super) fn elements_of(&mut self, world: &mut World, value: &Value) -> Value {
        let mut elements = Value::never();
        for &atom in value.atoms() {
            match atom {
                Atom::Object(id) => {
                    let found = match self.objects[id.0 as usize].kind {
                        ObjectKind::Generator(Some(_)) => self.run_generator(world, id),
                        ObjectKind::Dict => Value::unknown(),
                        ObjectKind::Instance(_) => self.iterate_instance(world, id),
                        _ => match world.heap.get(id) {
                            Some(object) => object.elements.clone(),
                            None => Value::unknown(),
                        },
                    };
                    let known = matches!(
                        self.objects[id.0 as usize].kind,
                        ObjectKind::List
                            | ObjectKind::Tuple
                            | ObjectKind::Set
                            | ObjectKind::Iterable
                            | ObjectKind::Generator(None)
                    );
                    // An empty list that is filled where we do not see it holds something unknown.
                    elements.join(&if found.is_never() && !known {
                        Value::unknown()
                    } else {
                        found
                    });
                }
                Atom::Str(_) | Atom::Text => {
                    elements.insert(Atom::Text);
                }
                Atom::ReadFrom(id) => {
                    elements.insert(Atom::ReadFrom(id));
                }
                Atom::Path(path) if self.names.dotted(path) == "builtins.range" => {
                    elements.insert(Atom::Scalar);
                }
                _ => {
                    elements.insert(Atom::Unknown);
                }
            }
        }
        if elements.is_never() {
            Value::unknown()
        } else {
            elements
        }
    }

    fn item(&mut self, frame: &Frame<'a>, world: &mut World, base: &Value, index: &Value) -> Value {
        let mut found = Value::never();
        for &atom in base.atoms() {
            let Atom::Object(id) = atom else {
                found.insert(match atom {
                    Atom::Str(_) | Atom::Text => Atom::Text,
                    Atom::ReadFrom(id) => Atom::ReadFrom(id),
                    // `Queue[int]`, `list[Process]`: a generic alias stands for its class.
                    Atom::Path(path) => Atom::Path(path),
                    _ => Atom::Unknown,
                });
                continue;
            };
            if let Some(kind) = self.kind_of(&world.heap, id)
                && self.api.kind(kind).family == crate::api::Family::Shared
            {
                found.insert(Atom::ReadFrom(id));
                continue;
            }
            if let ObjectKind::Class(_) = self.objects[id.0 as usize].kind {
                found.insert(atom);
                continue;
            }
            if let ObjectKind::Instance(class) = self.objects[id.0 as usize].kind
                && let Some(method) = self.class_attribute(frame, world, class, self.known.get_item, atom)
            {
                let value = self.call_values(frame, world, &method, vec![index.clone()]);
                found.join(&value.unwrap_or_else(Value::unknown));
                continue;
            }
            let Some(object) = world.heap.get(id) else {
                found.insert(Atom::Unknown);
                continue;
            };
            let exact = match (index.single(), &object.items) {
                (Some(Atom::Int(at)), Some(items)) => {
                    let at = if at < 0 { at + items.len() as i64 } else { at };
                    usize::try_from(at).ok().and_then(|at| items.get(at))
                }
                (Some(Atom::Str(name)), _) => object.fields.get(name),
                _ => None,
            };
            match exact {
                Some(value) => {
                    found.join(value);
                }
                None if object.elements.is_never() => {
                    found.insert(Atom::Unknown);
                }
                None => {
                    found.join(&object.elements);
                }
            }
        }
        if found.is_never() { Value::unknown() } else { found }
    }

    /// Whether an index is what the function was given, or an attribute of its object: another one for each process,
    /// as far as can be seen.
    fn is_own_index(&self, frame: &Frame<'a>, index: Temp) -> bool {
        let known = self.temp(frame, index);
        if matches!(known.single(), Some(Atom::Int(_) | Atom::Str(_))) {
            return false;
        }
        let block = (self.here.key >> 12) as usize;
        let Some(block) = frame.function.blocks.get(block) else {
            return false;
        };
        // In a helper the index is its caller's, whatever that is.
        let is_first = self.chains[frame.chain.0 as usize].caller.is_none();
        block.ops.iter().any(|op| match &op.kind {
            OpKind::Load { dst, place, .. } if *dst == index => match place {
                Place::Local(slot) => {
                    let given = (slot.0 as usize) < frame.function.params.len() && (is_first || known.is_scalar());
                    given
                        && !frame
                            .function
                            .blocks
                            .iter()
                            .flat_map(|block| &block.ops)
                            .any(|op| matches!(&op.kind, OpKind::Store { place: stored, .. } if stored == place))
                }
                _ => false,
            },
            OpKind::Attr { dst, .. } => *dst == index,
            _ => false,
        })
    }

    fn set_item(&mut self, world: &mut World, base: &Value, index: Option<&Value>, value: Value, own: bool) {
        let certain = base.atoms().len() == 1;
        self.named.extend(value.objects());
        for id in base.objects().collect::<Vec<_>>() {
            if self.is_shared(world, id) {
                if self.is_made_of(world, &value, id) && !own {
                    self.record(world, EventKind::Update { object: id }, 1);
                }
                self.escape(world, &value);
                continue;
            }
            let Some(object) = world.heap.get_mut(id) else { continue };
            object.elements.join(&value);
            match index.and_then(Value::single) {
                Some(Atom::Str(name)) if certain => object.fields.set(name, value.clone()),
                Some(Atom::Str(name)) => object.fields.add(name, &value),
                Some(Atom::Int(at)) => {
                    if let Some(items) = &mut object.items
                        && let Some(item) = usize::try_from(at)
                            .ok()
                            .and_then(|at| std::rc::Rc::make_mut(items).get_mut(at))
                    {
                        item.join(&value);
                    }
                }
                _ => object.items = None,
            }
        }
        if base.objects().next().is_none() {
            self.escape(world, &value);
        }
    }

    pub(super) fn is_shared(&self, world: &World, id: ObjectId) -> bool {
        self.kind_of(&world.heap, id)
            .is_some_and(|kind| self.api.kind(kind).family == crate::api::Family::Shared)
    }

    /// An element of an unpacked value.
    fn element(&mut self, world: &mut World, src: &Value, index: Option<u32>) -> Value {
        if let (Some(at), Some(Atom::Object(id))) = (index, src.single())
            && let Some(items) = world.heap.get(id).and_then(|object| object.items.clone())
        {
            return items.get(at as usize).cloned().unwrap_or_else(Value::unknown);
        }
        if let Some(at) = index
            && src.atoms().len() > 1
        {
            // Several tuples of known shape: position by position.
            let mut any = Value::never();
            for id in src.objects() {
                match world
                    .heap
                    .get(id)
                    .and_then(|object| object.items.as_ref()?.get(at as usize))
                {
                    Some(item) => any.join(item),
                    None => any.insert(Atom::Unknown),
                };
            }
            if src.objects().count() < src.atoms().len() {
                any.insert(Atom::Unknown);
            }
            return any;
        }
        self.elements_of(world, src)
    }
}
