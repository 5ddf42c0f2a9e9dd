//! Lists, dicts, sets and text: how they are made from others, and what their methods do.

use super::calls::Actuals;
use super::frame::Frame;
use super::{Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{ArgKind, BuildItem, BuildKind};

impl<'a> Run<'a> {
    /// A new container with the elements of another value.
    pub(super) fn copied(
        &mut self,
        world: &mut World,
        kind: ObjectKind,
        source: Option<&Value>,
        in_order: bool,
    ) -> Value {
        let Some(source) = source else {
            return self.allocate_container(world, kind, Vec::new(), 0).into();
        };
        let items = match source.single() {
            Some(Atom::Object(id)) if self.objects[id.0 as usize].kind != ObjectKind::Dict => {
                world.heap.get(id).and_then(|object| object.items.clone())
            }
            _ => None,
        };
        if let Some(items) = items
            && in_order
        {
            return self.allocate_container(world, kind, items.to_vec(), 0).into();
        }
        let elements = self.elements_of(world, source);
        let length = match source.single() {
            Some(Atom::Object(id)) => self.length(world, id).and_then(|length| i64::try_from(length).ok()),
            _ => None,
        };
        let id = self.allocate_elements(world, kind, elements, 0);
        self.set_length(world, id, length);
        let unbounded = self.known.unbounded;
        if self.is_unbounded(world, source)
            && let Some(object) = world.heap.get_mut(id)
        {
            object.fields.set(unbounded, Atom::Bool(true).into());
        }
        id.into()
    }

    pub(super) fn new_dict(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let id = self.allocate(world, ObjectKind::Dict, States::empty(), 0);
        let mut elements = Value::never();
        let mut fields = Vec::new();
        let mut uneven = false;
        for actual in actuals {
            match actual.kind {
                ArgKind::Keyword(name) => {
                    elements.join(&actual.value);
                    fields.push((name, actual.value.clone()));
                }
                _ => {
                    let factory = actual
                        .value
                        .atoms()
                        .iter()
                        .any(|atom| matches!(atom, Atom::Function(..)));
                    if factory {
                        // `defaultdict(factory)`: the factory goes where the dict goes.
                        fields.push((self.known.function, actual.value.clone()));
                    } else if let Some(Atom::Object(source)) = actual.value.single()
                        && self.objects[source.0 as usize].kind == ObjectKind::Dict
                        && let Some(source) = world.heap.get(source)
                    {
                        elements.join(&source.elements);
                        uneven |= source.uneven;
                        fields.extend(source.fields.iter().map(|(name, value)| (name, value.clone())));
                    } else {
                        // `dict(pool.imap(…))`
                        let pairs = self.elements_of(world, &actual.value.clone());
                        // `dict(zip(names, workers))`
                        if let Some(values) = self.second_of_pairs(world, &pairs) {
                            elements.join(&values);
                            uneven = true;
                            continue;
                        }
                        // A class as the factory of a default dict adds nothing that is not known.
                        if !matches!(actual.value.single(), Some(Atom::Path(_))) {
                            elements.insert(Atom::Unknown);
                        }
                    }
                }
            }
        }
        if let Some(object) = world.heap.get_mut(id) {
            object.elements = elements;
            object.uneven = uneven;
            for (name, value) in fields {
                object.fields.set(name, value);
            }
        }
        id.into()
    }

    /// A function that does with a list what one of its methods does, but for the order.
    pub(super) fn of_list(&mut self, world: &mut World, method: &str, actuals: Actuals, list: Option<Value>) -> Value {
        match list.as_ref().and_then(Value::single) {
            Some(Atom::Object(id)) => {
                let method = self.symbols.intern(method);
                self.container_method(world, id, method, &actuals)
            }
            _ => {
                self.escape_all(world, &actuals);
                Value::unknown()
            }
        }
    }

    /// What the second of some pairs may be, if nothing but pairs of known parts are among them.
    fn second_of_pairs(&self, world: &World, pairs: &Value) -> Option<Value> {
        let mut seconds = Value::never();
        for &atom in pairs.atoms() {
            let Atom::Object(id) = atom else { return None };
            let items = world.heap.get(id)?.items.as_deref()?;
            let [_, second] = items.as_slice() else { return None };
            seconds.join(second);
        }
        (!seconds.is_never()).then_some(seconds)
    }

    /// `defaultdict(factory, …)`: what the factory makes stands for any value of the dict.
    pub(super) fn new_default_dict(&mut self, frame: &Frame<'a>, world: &mut World, actuals: &Actuals) -> Value {
        let dict = self.new_dict(world, actuals);
        let Some(factory) = actuals.first().map(|actual| actual.value.clone()) else {
            return dict;
        };
        let key = self.here.key;
        // A place of its own for what the factory makes.
        self.here.key ^= 0x8000_0000;
        self.comprehensions += 1;
        let made = self
            .call_values(frame, world, &factory, Vec::new())
            .unwrap_or_else(Value::unknown);
        self.comprehensions -= 1;
        self.here.key = key;
        for id in dict.objects() {
            if let Some(object) = world.heap.get_mut(id) {
                object.elements.join(&made);
            }
        }
        dict
    }

    /// A method of a string of known or unknown content.
    pub(super) fn text_method(&mut self, world: &mut World, text: Atom, name: Symbol, actuals: &Actuals) -> Value {
        if let Atom::Str(text) = text
            && let Some(made) = known_text(self.name(text), self.name(name)).filter(|_| actuals.is_empty())
        {
            return Atom::Str(self.symbols.intern(&made)).into();
        }
        match self.name(name) {
            "join" => {
                if let Some(first) = actuals.first() {
                    let value = first.value.clone();
                    self.elements_of(world, &value);
                }
                Atom::Text.into()
            }
            "split" | "splitlines" | "rsplit" | "partition" | "rpartition" => self
                .allocate_elements(world, ObjectKind::List, Atom::Text.into(), 0)
                .into(),
            "startswith" | "endswith" | "isdigit" | "find" | "index" | "count" | "isalpha" => Atom::Scalar.into(),
            _ => Atom::Text.into(),
        }
    }

    /// A method of a list, dict, set, generator or object without a known class.
    pub(super) fn container_method(
        &mut self,
        world: &mut World,
        id: ObjectId,
        name: Symbol,
        actuals: &Actuals,
    ) -> Value {
        if let Some(inner) = self.contents(&world.heap, id) {
            return self.container_method(world, inner, name, actuals);
        }
        let kind = self.objects[id.0 as usize].kind;
        let first = actuals.first().map(|actual| actual.value.clone());
        // In a round for each known element it is done once.
        let in_loop = self.loops.iter().any(|around| around.element.is_none()) || self.comprehensions > 0;
        let text = self.symbols.name(name).to_owned();
        let (adds, takes_away) = (super::changes::adds(&text), super::in_queues::takes_away(&text));
        if adds {
            self.note_change(world, id, None);
        } else if takes_away {
            self.note_change_on_the_way(world, id);
        }
        if (adds || takes_away)
            && let Some(object) = world.heap.get_mut(id)
            && object.fields.get(self.known.length).is_some()
        {
            object.fields.remove(self.known.length);
        }
        match (kind, text.as_str()) {
            (ObjectKind::List | ObjectKind::Set | ObjectKind::Iterable, "append" | "add" | "appendleft" | "put") => {
                if let (Some(value), Some(object)) = (first, world.heap.get_mut(id)) {
                    self.named.extend(value.objects());
                    object.elements.join(&value);
                    // More alternatives than a value holds: nothing more is said of those that it lost.
                    if !object.elements.holds_objects_of(&value) {
                        object.items = None;
                        self.escape(world, &value);
                        return Atom::None.into();
                    }
                    match &mut object.items {
                        Some(items) if !in_loop => std::rc::Rc::make_mut(items).push(value),
                        _ => object.items = None,
                    }
                }
                Atom::None.into()
            }
            (ObjectKind::List, "insert") => {
                if let (Some(value), Some(object)) = (actuals.get(1), world.heap.get_mut(id)) {
                    object.elements.join(&value.value);
                    object.items = None;
                }
                Atom::None.into()
            }
            (ObjectKind::List | ObjectKind::Set, "extend" | "update" | "extendleft") => {
                if let Some(source) = first {
                    let more = match source.single() {
                        Some(Atom::Object(other)) => world.heap.get(other).and_then(|object| object.items.clone()),
                        _ => None,
                    };
                    let elements = self.elements_of(world, &source);
                    if let Some(object) = world.heap.get_mut(id) {
                        object.elements.join(&elements);
                        match (&mut object.items, more) {
                            (Some(items), Some(more)) if !in_loop => {
                                std::rc::Rc::make_mut(items).extend(more.iter().cloned())
                            }
                            _ => object.items = None,
                        }
                    }
                }
                Atom::None.into()
            }
            (ObjectKind::List | ObjectKind::Set | ObjectKind::Dict, "pop" | "popleft" | "popitem") => {
                let key = first.as_ref().and_then(Value::single);
                let object = world.heap.get_mut(id);
                let mut exact = false;
                let value = object.map_or_else(Value::unknown, |object| {
                    let at = match (text.as_str(), key, &object.items) {
                        ("pop", None, Some(items)) => items.len().checked_sub(1),
                        ("pop", Some(Atom::Int(0)), Some(_)) | ("popleft", None, Some(_)) => Some(0),
                        _ => None,
                    };
                    if let (Some(at), Some(items), false) = (at, &mut object.items, in_loop)
                        && at < items.len()
                    {
                        exact = true;
                        return std::rc::Rc::make_mut(items).remove(at);
                    }
                    if let Some(Atom::Str(key)) = key
                        && let Some(value) = object.fields.get(key).cloned()
                    {
                        exact = true;
                        object.fields.remove(key);
                        return value;
                    }
                    object.items = None;
                    object.uneven = true;
                    object.elements.clone()
                });
                if !exact {
                    self.blend(world, &value);
                }
                if text == "popitem" {
                    let value = if value.is_never() { Value::unknown() } else { value };
                    let keys = self.elements_of(world, &id.into());
                    return self
                        .allocate_container(world, ObjectKind::Tuple, vec![keys, value], 14)
                        .into();
                }
                if value.is_never() { Value::unknown() } else { value }
            }
            (ObjectKind::List | ObjectKind::Set | ObjectKind::Dict, "copy") => {
                // One object stands for both, and either may be changed without the other.
                if let Some(object) = world.heap.get_mut(id) {
                    object.uneven = true;
                }
                id.into()
            }
            (
                ObjectKind::List | ObjectKind::Set | ObjectKind::Dict,
                "clear" | "remove" | "discard" | "sort" | "reverse",
            ) => {
                if let Some(object) = world.heap.get_mut(id) {
                    object.items = None;
                    object.uneven = true;
                }
                Atom::None.into()
            }
            (ObjectKind::Tuple | ObjectKind::List, "index" | "count") => Atom::Scalar.into(),
            // `super().__setitem__(key, value)` of a class that is built on it.
            (ObjectKind::List | ObjectKind::Dict, "__setitem__") => {
                if let [key, value] = actuals.as_slice() {
                    let (key, value) = (key.value.clone(), value.value.clone());
                    self.set_item(world, &id.into(), Some(&key), value, false);
                }
                Atom::None.into()
            }
            (ObjectKind::List | ObjectKind::Dict, "__getitem__") => {
                let frame = self.outermost();
                let key = first.unwrap_or_else(Value::unknown);
                self.item(&frame, world, &id.into(), &key)
            }
            (ObjectKind::List | ObjectKind::Dict | ObjectKind::Set, "__iter__") => {
                self.copied(world, ObjectKind::Iterable, Some(&id.into()), true)
            }
            (ObjectKind::List | ObjectKind::Dict | ObjectKind::Set, "__len__" | "__contains__") => Atom::Scalar.into(),
            (ObjectKind::Dict, "get" | "setdefault") => {
                let key = first.as_ref().and_then(Value::single);
                let default = actuals
                    .get(1)
                    .map_or_else(|| Atom::None.into(), |actual| actual.value.clone());
                if text == "setdefault"
                    && let Some(object) = world.heap.get_mut(id)
                {
                    object.uneven = true;
                    object.elements.join(&default);
                }
                let Some(object) = world.heap.get(id) else {
                    return Value::unknown();
                };
                let found = match key {
                    Some(Atom::Str(key)) => object.fields.get(key).cloned(),
                    _ => None,
                };
                // A key that is there for certain needs no default.
                let is_certain = found.is_some() && !object.uneven && !object.escaped && text == "get";
                let found = found.unwrap_or_else(|| object.elements.clone());
                let value = if is_certain { found } else { found.or(&default) };
                if value.is_never() { Value::unknown() } else { value }
            }
            (ObjectKind::Dict, "values") => {
                let elements = world
                    .heap
                    .get(id)
                    .map(|object| object.elements.clone())
                    .unwrap_or_default();
                self.dict_view(world, id, elements)
            }
            (ObjectKind::Dict, "keys") => {
                let keys = self.elements_of(world, &id.into());
                self.dict_view(world, id, keys)
            }
            (ObjectKind::Dict, "items") => {
                let elements = world
                    .heap
                    .get(id)
                    .map(|object| object.elements.clone())
                    .unwrap_or_default();
                let elements = if elements.is_never() {
                    Value::unknown()
                } else {
                    elements
                };
                let keys = self.elements_of(world, &id.into());
                let pair = self.allocate_container(world, ObjectKind::Tuple, vec![keys, elements], 11);
                self.dict_view(world, id, pair.into())
            }
            (ObjectKind::Dict, "update") => {
                for actual in actuals {
                    let (elements, fields, exact) = match (actual.kind, actual.value.single()) {
                        (ArgKind::Keyword(name), _) => (actual.value.clone(), vec![(name, actual.value.clone())], true),
                        (_, Some(Atom::Object(other))) => match world.heap.get(other) {
                            Some(other) => (
                                other.elements.clone(),
                                other.fields.iter().map(|(name, value)| (name, value.clone())).collect(),
                                other.items.is_some() && !other.uneven,
                            ),
                            None => continue,
                        },
                        _ => (Value::unknown(), Vec::new(), false),
                    };
                    if let Some(object) = world.heap.get_mut(id) {
                        object.elements.join(&elements);
                        object.uneven |= !exact;
                        for (name, value) in fields {
                            object.fields.set(name, value);
                        }
                    }
                }
                Atom::None.into()
            }
            (ObjectKind::Generator(Some(_)), "send" | "__next__") => self.elements_of(world, &id.into()),
            // `@name.setter`: the property, with one more function.
            (ObjectKind::Descriptor(_), "setter") => {
                let setter = self.known.setter;
                if let (Some(value), Some(object)) = (first, world.heap.get_mut(id)) {
                    object.fields.set(setter, value);
                }
                id.into()
            }
            (ObjectKind::Class(_) | ObjectKind::Descriptor(_), _) => {
                self.escape_all(world, actuals);
                id.into()
            }
            _ => {
                if !self.api.is_harmless_method(&text) {
                    self.escape_all(world, actuals);
                }
                // What an unknown method of a container does with its elements is not known.
                self.ask(world, &id.into());
                Value::unknown()
            }
        }
    }

    fn dict_view(&mut self, world: &mut World, dict: ObjectId, elements: Value) -> Value {
        let Some(kind) = self.api.kind_named("dict-view") else {
            return Value::unknown();
        };
        let id = self.allocate_library(world, kind, None, None, 13);
        if let Some(object) = world.heap.get_mut(id) {
            object.elements = elements;
        }
        let length = self.length(world, dict).and_then(|length| i64::try_from(length).ok());
        self.set_length(world, id, length);
        id.into()
    }

    pub(super) fn build(
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
        let mut keys = Value::never();
        let mut uneven = false;
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
                    uneven |= value
                        .objects()
                        .any(|id| world.heap.get(id).is_some_and(|object| object.uneven));
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
                    keys.join(&key.filter(|atom| matches!(atom, Atom::Object(_))));
                    elements.join(&value);
                    known = None;
                }
            }
        }
        if many {
            known = None;
        }
        self.named.extend(elements.objects());
        self.named.extend(keys.objects());
        if !keys.is_never() {
            fields.push((self.known.keys, keys));
        }

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
            object.uneven = uneven;
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
}

/// What a method without arguments makes of a text: registries go by such names.
fn known_text(text: &str, method: &str) -> Option<String> {
    match method {
        "lower" | "casefold" if text.is_ascii() => Some(text.to_ascii_lowercase()),
        "upper" if text.is_ascii() => Some(text.to_ascii_uppercase()),
        "strip" => Some(text.trim().to_owned()),
        _ => None,
    }
}
