//! What each operation of a block does to values and objects.

use super::calls::Actual;
use super::frame::{Flow, Frame, State};
use super::items::ENVIRONMENT;
use super::{Run, World, changes, processors, protocols};
use crate::model::events::{ContextKind, EventKind};
use crate::model::heap::ObjectKind;
use crate::model::names::MethodRef;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{
    ArgKind, BinaryOp, Choice, CompareOp, Const, Dotted, FunctionKind, LogicalTest, OpKind, Place,
};

impl<'a> Run<'a> {
    pub(super) fn execute(&mut self, frame: &mut Frame<'a>, state: &mut State, op: &'a OpKind) -> Flow {
        match op {
            OpKind::Const { dst, value } => {
                let atom = match *value {
                    Const::None => Atom::None,
                    Const::Bool(b) => Atom::Bool(b),
                    Const::Int(i) => Atom::Int(i),
                    Const::Float(Some(thousandths)) => Atom::Float(thousandths),
                    Const::BigInt | Const::Float(None) | Const::Ellipsis => Atom::Scalar,
                    Const::Str(symbol) => Atom::Str(symbol),
                    Const::Bytes(length) => Atom::Sized(length),
                };
                self.set(frame, *dst, atom.into());
            }
            OpKind::Load { dst, place, or_else } => {
                let value = self.read(frame, state, *place, *or_else);
                let value = self.what_it_is_now(&mut state.world, value);
                let value = self.known_for_rounds(frame, state, value, *dst);
                self.note_read(&state.world, &value);
                if let Place::Global(name) = *place {
                    let space = self.namespace_of(frame.id);
                    self.note_field_read(&state.world, &space.into(), name);
                    self.note_late_read(&state.world, space, name, &value);
                }
                self.set(frame, *dst, value);
            }
            OpKind::Store { place, value } => {
                let value = self.temp(frame, *value);
                if let Place::Global(name) = *place {
                    self.note_global(frame, &state.world, name, &value);
                    self.note_global_change(&state.world, frame.id, self.namespace_of(frame.id), name);
                }
                self.write(frame, state, *place, value);
            }
            OpKind::Delete { place } => self.write(frame, state, *place, Value::never()),
            OpKind::Attr { dst, base, name } => {
                let base = self.temp(frame, *base);
                let base = self.opened(frame, state, base, *dst);
                if changes::adds(self.name(*name)) {
                    self.note_proxy_change(&state.world, &base);
                }
                let value = self.attribute(frame, &mut state.world, &base, *name);
                let value = self.known_for_rounds(frame, state, value, *dst);
                self.note_field_read(&state.world, &base, *name);
                if let Some(Atom::Object(module)) = base.single()
                    && self.objects[module.0 as usize].kind == ObjectKind::Namespace
                {
                    self.note_late_read(&state.world, module, *name, &value);
                }
                self.note_read(&state.world, &value);
                self.set(frame, *dst, value);
            }
            OpKind::SetAttr { base, name, value, .. } => {
                let (base, value) = (self.temp(frame, *base), self.temp(frame, *value));
                self.note_proxy_change(&state.world, &base);
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
                let base = self.opened(frame, state, base, *dst);
                let value = match index {
                    Some(index) => {
                        let index = self.temp(frame, *index);
                        let value = self.item(frame, &mut state.world, &base, &index);
                        match index.single() {
                            Some(at @ (Atom::Str(_) | Atom::Int(_))) => {
                                self.blend_at(&mut state.world, &base, at, &value);
                            }
                            _ => self.blend(&mut state.world, &value),
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
                self.note_proxy_change(&state.world, &base);
                self.set_item(&mut state.world, &base, index.as_ref(), value, own);
            }
            OpKind::DelItem { base, index } => {
                let base = self.temp(frame, *base);
                if let Some(Atom::Path(path)) = base.single()
                    && self.names.dotted(path) == ENVIRONMENT
                {
                    let key = index.map(|index| self.temp(frame, index));
                    self.note_environment(&state.world, key.as_ref(), Some(&Value::never()));
                }
                let key = index.and_then(|index| self.temp(frame, index).single());
                // `del rows[:]`
                for id in base.objects() {
                    self.note_change_on_the_way(&state.world, id);
                }
                if let Some(Atom::Object(id)) = base.single()
                    && let Some(object) = state.world.heap.get_mut(id)
                {
                    match key {
                        Some(Atom::Str(key)) => object.fields.remove(key),
                        _ => object.items = None,
                    };
                }
            }
            OpKind::Element { dst, src, index, rest } => {
                let src = self.temp(frame, *src);
                let value = match rest {
                    Some((before, behind)) => {
                        let rest = self.rest(&mut state.world, &src, *before as usize, *behind as usize);
                        let first = Atom::Int(i64::from(*before));
                        let parts = rest.objects().filter_map(|list| state.world.heap.get(list));
                        let parts = parts.fold(Value::never(), |all, list| all.or(&list.elements));
                        self.blend_at(&mut state.world, &src, first, &parts);
                        rest
                    }
                    None => {
                        let value = self.element(&mut state.world, &src, *index);
                        if let Some(index) = index {
                            self.blend_at(&mut state.world, &src, Atom::Int((*index).into()), &value);
                        }
                        value
                    }
                };
                self.set(frame, *dst, value);
            }
            OpKind::Call {
                dst,
                callee,
                args,
                decorator,
            } => {
                let mut target = self.temp(frame, *callee);
                let mut is_demanded = self.ahead.opened.contains(&(frame.id, *callee));
                // What a decorator of another module makes of a function decides under which name that is found.
                if let Some(Atom::Path(path)) = target.single()
                    && self.is_unlinked(path)
                    && (self.is_decorating(frame, op)
                        || self.is_given_to_library(frame, &state.world, op)
                        || self.is_kept_for_library(frame, state, op, self.holds_run(&state.world, &target))
                        || self.fills_for_library(frame, state, op)
                        || self.is_returned_by_task(frame, op)
                        || self.is_needed_by_caller(frame, *dst)
                        || self.is_in_task(&state.world) && self.may_raise(path))
                {
                    target = self.settled(&mut state.world, &target);
                    is_demanded = true;
                }
                self.demanded += u32::from(is_demanded);
                self.note_hidden_call(frame, &state.world, *callee, &target);
                let views = self.views_held(frame, state);
                self.run_callbacks(frame, &state.world, *callee, &target, args);
                let endless = self.contexts[self.context.0 as usize].endless;
                let result = self.call(frame, &mut state.world, &target, args, *decorator);
                self.demanded -= u32::from(is_demanded);
                self.note_refused(&state.world, &views);
                return match result {
                    Some(value) => {
                        self.set(frame, *dst, value);
                        Flow::Next
                    }
                    // A coroutine that goes on for ever beside this one.
                    None if self.runs_aside(frame, &target, *dst) => {
                        self.contexts[self.context.0 as usize].endless = endless;
                        self.set(frame, *dst, Value::unknown());
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
            OpKind::MakeClass {
                dst,
                class,
                bases,
                keywords,
            } => {
                let bases: Vec<Value> = bases.iter().map(|temp| self.temp(frame, *temp)).collect();
                let span = self.here.span;
                let keywords = keywords.iter().map(|(name, temp)| Actual {
                    kind: ArgKind::Keyword(*name),
                    ..Actual::positional(self.temp(frame, *temp), span)
                });
                let keywords = keywords.collect();
                let value = self.make_class(frame, state, *class, bases, keywords);
                self.set(frame, *dst, value);
            }
            OpKind::Build {
                dst,
                kind,
                items,
                comprehension,
            } => {
                let value = self.build(frame, &mut state.world, *kind, items, *comprehension);
                if *comprehension && let Some(Atom::Object(list)) = value.single() {
                    let length = self.comprehension_length(frame, state, *dst);
                    self.set_length(&mut state.world, list, length);
                }
                self.set(frame, *dst, value);
            }
            OpKind::Binary {
                dst,
                op,
                left,
                right,
                augmented,
            } => {
                let (left, right) = (self.temp(frame, *left), self.temp(frame, *right));
                // `rows += executor.map(…)`
                for side in [&left, &right] {
                    self.ask(&state.world, side);
                }
                let value = match self.operate(&mut state.world, *op, (&left, &right), *augmented) {
                    Some(value) => value,
                    None => self.binary(&mut state.world, *op, &left, &right),
                };
                self.set(frame, *dst, value);
            }
            OpKind::Unary { dst, value } => {
                let value = self.temp(frame, *value);
                let value = match value.single() {
                    Some(Atom::Int(_) | Atom::Float(_) | Atom::Bool(_) | Atom::Scalar) => Atom::Scalar.into(),
                    Some(Atom::ReadFrom(_)) => value,
                    _ => Value::unknown(),
                };
                self.set(frame, *dst, value);
            }
            OpKind::Logical { dst, values, test } => {
                let values: Vec<Value> = values.iter().map(|temp| self.temp(frame, *temp)).collect();
                if let (LogicalTest::Compare(CompareOp::In | CompareOp::NotIn), [item, container]) = (*test, &*values) {
                    let item = std::slice::from_ref(item);
                    self.special(&mut state.world, container, &["__contains__"], item);
                }
                if let (LogicalTest::Compare(op), [left, right]) = (*test, &*values) {
                    self.note_recognised(&state.world, op, left, right);
                }
                if let (LogicalTest::Not, [value]) = (*test, &*values) {
                    self.special(&mut state.world, value, &["__bool__", "__len__"], &[]);
                }
                let atom = self.logical(&state.world, *test, &values);
                self.set(frame, *dst, atom.into());
            }
            OpKind::Select { dst, values, choice } => {
                let mut any = Value::never();
                let main = Value::from(Atom::IsMain(true));
                if *choice == Choice::FirstFalse && values.iter().any(|temp| self.temp(frame, *temp) == main) {
                    self.set(frame, *dst, main);
                    return Flow::Next;
                }
                for (at, temp) in values.iter().enumerate() {
                    let value = self.temp(frame, *temp);
                    // `stages or []`: nothing is what is not chosen.
                    let is_left = *choice == Choice::FirstTrue && at + 1 < values.len();
                    if is_left && value.atoms().contains(&Atom::None) {
                        any.join(&value.filter(|atom| atom != Atom::None));
                    } else {
                        any.join(&value);
                    }
                }
                self.set(frame, *dst, processors::chosen(any));
            }
            OpKind::Format { dst, parts } => {
                for part in parts {
                    let part = self.temp(frame, *part);
                    self.special(&mut state.world, &part, protocols::of_builtin("format"), &[]);
                }
                self.set(frame, *dst, Atom::Text.into());
            }
            OpKind::Iterate { dst, iterable, .. } => {
                let value = state.slots.get(iterable.0 as usize).cloned().unwrap_or_default();
                self.note_lines(&mut state.world, &value);
                let in_loop = self.comprehensions == self.comprehensions_around;
                self.note_input_read(&state.world, &value);
                if !in_loop
                    && self.is_unbounded(&state.world, &value)
                    && let Some(source) = self.unbounded.last_mut()
                {
                    *source = true;
                }
                // What makes the iterator runs once for all rounds.
                let outer = self.comprehensions;
                self.comprehensions = outer.saturating_sub(1);
                let drawn = self.draw(&mut state.world, &value, in_loop);
                self.comprehensions = outer;
                self.set(frame, *dst, drawn);
            }
            OpKind::LoopEnter => {
                self.comprehensions += 1;
                self.unbounded.push(false);
                self.visited_by_loops.push(Value::never());
            }
            OpKind::LoopExit => {
                self.comprehensions = self.comprehensions.saturating_sub(1);
                self.unbounded.pop();
                self.visited_by_loops.pop();
            }
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
                if let Some(value) = self.import(frame, &mut state.world, module, *whole) {
                    self.set(frame, *dst, value);
                    return Flow::Next;
                }
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
                let module = self.dotted(module);
                if let Some(value) = self.import_from(frame, &mut state.world, (&module, *level), *name) {
                    self.set(frame, *dst, value);
                    return Flow::Next;
                }
                let dotted = format!("{}{module}.{}", ".".repeat(*level as usize), self.name(*name));
                let path = self.names.path(&dotted);
                self.set(frame, *dst, Atom::Path(path).into());
            }
            OpKind::ImportStar { module, level } => self.import_star(frame, state, module, *level),
            OpKind::Yield { dst, value, from } => {
                if let Some(temp) = value {
                    let value = self.temp(frame, *temp);
                    let value = if *from {
                        self.elements_of(&mut state.world, &value)
                    } else {
                        value
                    };
                    // What a generator that nobody here draws from gives is for strangers.
                    if self.stack.len() == 1 {
                        self.escape(&mut state.world, &value);
                    }
                    self.yield_results(&mut state.world, &value);
                    self.hand_on_methods(&mut state.world, &value);
                    frame.yielded.join(&value);
                    match &mut frame.yielded_in {
                        Some(world) => {
                            world.join(&state.world);
                        }
                        None => frame.yielded_in = Some(state.world.clone()),
                    }
                    Self::hand_out_taken(&mut state.world);
                }
                self.set(frame, *dst, Value::unknown());
            }
            OpKind::Await { dst, value } => {
                let value = self.temp(frame, *value);
                self.ask(&state.world, &value);
                let value = self
                    .special(&mut state.world, &value, &["__await__"], &[])
                    .unwrap_or(value);
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

    /// Notes what the import of the module binds a name to, and which nested functions and classes have a global name.
    fn note_global(&mut self, frame: &Frame<'a>, world: &World, name: Symbol, value: &Value) {
        let context = self.contexts[self.context.0 as usize].kind;
        let global = (self.namespace_of(frame.id), name);
        if context == ContextKind::Main && (!world.main_only || self.is_importing()) {
            self.imported.bound.insert(global);
        }
        if context.is_of_other_process() {
            self.imported.bound_by_children.insert(global);
        }
        if matches!(frame.function.kind, FunctionKind::Module) {
            return;
        }
        for &atom in value.atoms() {
            match atom {
                Atom::Function(function, _) => {
                    let code = self.code.function(function);
                    if code.parent == Some(frame.id) && code.name == name {
                        self.imported.global_functions.insert(function);
                    }
                }
                Atom::Object(id) => {
                    if let ObjectKind::Class(class) = self.objects[id.0 as usize].kind
                        && self.code.class(class).parent == frame.id
                        && self.code.class(class).name == name
                    {
                        self.imported.global_classes.insert(class);
                    }
                }
                _ => {}
            }
        }
    }

    /// `from library import *` binds what the library offers; of other modules nothing is known.
    fn import_star(&mut self, frame: &Frame<'a>, state: &mut State, module: &Dotted, level: u32) {
        if self.import_all(frame, state, module, level) || level > 0 {
            return;
        }
        let dotted = self.dotted(module);
        for member in self.api.members(&dotted) {
            let name = self.symbols.intern(member);
            let path = self.names.path(&format!("{dotted}.{member}"));
            if let Some(space) = state.world.heap.get_mut(self.namespace_of(frame.id)) {
                space.fields.set(name, Atom::Path(path).into());
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
        // `folder / "name"`
        if op == BinaryOp::Div
            && let Some(&path) = [left, right]
                .iter()
                .filter_map(|side| side.single())
                .find(|side| self.is_path_object(*side))
                .as_ref()
        {
            return path.into();
        }
        if let Some(number) = processors::computed(op, left, right) {
            // Whoever has looked at how many there are knows what is left of them.
            let is_known = world.knows_processors;
            return if is_known { Atom::Scalar.into() } else { number };
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
                    .all(|a| matches!(a, Atom::Int(_) | Atom::Float(_) | Atom::Bool(_) | Atom::Scalar))
        };
        let is_text = |value: &Value| {
            value
                .single()
                .is_some_and(|a| matches!(a, Atom::Str(_) | Atom::Text | Atom::Sized(_)))
        };
        let length = |value: &Value| match value.single()? {
            Atom::Str(text) => Some(self.name(text).len() as i64),
            Atom::Sized(length) => Some(i64::from(length)),
            _ => None,
        };
        let sized = |length: i64| Value::from(Atom::Sized(length.clamp(0, i64::from(u32::MAX)) as u32));
        if is_number(left) && is_number(right) {
            return self.computed(op, left, right).unwrap_or(Atom::Scalar).into();
        }
        if op == BinaryOp::Mul {
            let times = |value: &Value| match value.single() {
                Some(Atom::Int(times)) => Some(times),
                _ => None,
            };
            let all = length(left).zip(times(right)).or(length(right).zip(times(left)));
            if let Some((length, times)) = all {
                return sized(length.saturating_mul(times));
            }
        }
        // What two texts are together is of use by its length only where that of one was all that was known.
        if op == BinaryOp::Add
            && let (Some(left_length), Some(right_length)) = (length(left), length(right))
            && [left, right]
                .iter()
                .any(|text| matches!(text.single(), Some(Atom::Sized(_))))
        {
            return sized(left_length.saturating_add(right_length));
        }
        match op {
            BinaryOp::Add | BinaryOp::Mod if is_text(left) => Atom::Text.into(),
            _ => Value::unknown(),
        }
    }
}
