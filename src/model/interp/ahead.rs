//! What becomes of the result of a call later on in its function, by a look over names.
//!
//! A function of a module that has nothing to do with processes is not followed. But what it returns may be given to a
//! process, perhaps many lines later: `model = load(path)` … `pool.map(model.score, rows)`. What comes later has not been
//! run, so all that can be looked at there are names.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::frame::{Frame, State};
use super::{Run, World};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{
    Arg, ArgKind, BuildItem, Function, FunctionId, FunctionKind, OpKind, ParamKind, Place, Slot, Temp,
};

/// Functions that a result is given to, one inside the other.
const MOST_INSIDE: usize = 3;
/// Variables that hold what other variables hold, one from the other.
const MOST_COPIES: u32 = 6;

/// What has been looked up.
#[derive(Default)]
pub(super) struct Ahead<'a> {
    uses: FxHashMap<FunctionId, Rc<Uses<'a>>>,
    /// Whether the result of a call goes on to a process library, by its function and number.
    kept: FxHashMap<(FunctionId, Temp, bool), bool>,
    /// Whether a function returns the result of a call, or something that holds it.
    pub returned: FxHashMap<(FunctionId, Temp), bool>,
    /// What was taken out of other modules' objects because it goes on to a process library.
    pub opened: FxHashSet<(FunctionId, Temp)>,
    /// Whether methods of a class hand over its object, by the class's body.
    pub sent_by_class: FxHashMap<FunctionId, bool>,
    /// Whether loops over a value have to do with processes.
    pub rounds: FxHashMap<(FunctionId, Temp), bool>,
    /// Whether what has such a name hands over what it is given, and whether it makes an object of a process library.
    names: FxHashMap<Symbol, (bool, bool)>,
}

/// Where the values and variables of a function are used.
#[derive(Default)]
pub(super) struct Uses<'a> {
    pub definitions: FxHashMap<Temp, &'a OpKind>,
    pub users: FxHashMap<Temp, Vec<&'a OpKind>>,
    loads: FxHashMap<Place, Vec<Temp>>,
    stores: FxHashMap<Place, Vec<Temp>>,
    attributes: FxHashMap<Symbol, Vec<Temp>>,
}

impl<'a> Uses<'a> {
    fn of(function: &'a Function) -> Self {
        let mut uses = Self::default();
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            let kind = &op.kind;
            if let Some(dst) = kind.result() {
                uses.definitions.insert(dst, kind);
            }
            let mut user = |temp: Temp| uses.users.entry(temp).or_default().push(kind);
            match kind {
                OpKind::Store { place, value } => {
                    user(*value);
                    uses.stores.entry(*place).or_default().push(*value);
                }
                OpKind::Load { dst, place, .. } => uses.loads.entry(*place).or_default().push(*dst),
                OpKind::Enter { dst, manager, .. } => {
                    uses.loads.entry(Place::Local(*manager)).or_default().push(*dst);
                }
                OpKind::SetAttr { base, value, .. } | OpKind::SetItem { base, value, .. } => {
                    user(*base);
                    user(*value);
                }
                OpKind::Binary { left, right, .. } => {
                    user(*left);
                    user(*right);
                }
                OpKind::Attr { dst, base, name } => {
                    user(*base);
                    uses.attributes.entry(*name).or_default().push(*dst);
                }
                OpKind::Iterate { dst, iterable, .. } => {
                    uses.loads.entry(Place::Local(*iterable)).or_default().push(*dst);
                }
                OpKind::Item { base, .. } | OpKind::Element { src: base, .. } => user(*base),
                OpKind::Build { items, .. } => items.iter().for_each(|item| match *item {
                    BuildItem::Value(item) | BuildItem::Star(item) | BuildItem::Pair(_, item) => user(item),
                }),
                OpKind::Call { callee, args, .. } => {
                    user(*callee);
                    args.iter().for_each(|arg| user(arg.value));
                }
                _ => {}
            }
        }
        uses
    }

    /// Where a variable is read.
    pub(super) fn loads_of(&self, place: Place) -> impl Iterator<Item = Temp> {
        self.loads.get(&place).into_iter().flatten().copied()
    }

    /// Where a container is read that something is put into.
    pub(super) fn loads_of_container(&self, container: Temp) -> impl Iterator<Item = Temp> {
        let place = match self.definitions.get(&container) {
            Some(OpKind::Load { place, .. }) => Some(*place),
            _ => None,
        };
        place.into_iter().flat_map(|place| self.loads_of(place))
    }
}

/// Whether a method puts its arguments into its container, by its name.
pub(super) fn adds(method: &str) -> bool {
    matches!(
        method,
        "append" | "add" | "extend" | "insert" | "update" | "setdefault" | "appendleft"
    )
}

/// Whether a method gives elements of its container, by its name.
fn takes_out(method: &str) -> bool {
    matches!(
        method,
        "values" | "items" | "get" | "pop" | "popleft" | "popitem" | "copy"
    )
}

/// The function that is running, as far as a look ahead needs it.
pub(super) struct Now<'r, 'a> {
    pub frame: &'r Frame<'a>,
    pub state: &'r State,
    /// Whether what is called is in a module that is linked by now.
    pub linked: bool,
    /// The functions that are being looked over, from the one that runs on.
    pub inside: Vec<FunctionId>,
}

impl Now<'_, '_> {
    pub fn function(&self) -> FunctionId {
        self.inside.last().copied().unwrap_or(self.frame.id)
    }
}

impl<'a> Run<'a> {
    /// Whether the result of a call goes on to a process library, as it is, as a part of something or one of its
    /// attributes, by way of variables and attributes of `self`; or comes together with an object of one in a call.
    /// `linked` says that what is called is in a module that is linked by now, and costs less: a function of the program
    /// that has to do with processes will do then, too.
    pub(super) fn is_kept_for_library(
        &mut self,
        frame: &Frame<'a>,
        state: &State,
        call: &OpKind,
        linked: bool,
    ) -> bool {
        let OpKind::Call { dst, .. } = *call else { return false };
        self.leads_to_library(frame, state, dst, &[], linked)
    }

    /// Whether a call that gives nothing fills a container or object that goes on to a process library later:
    /// `fill(rows)`.
    pub(super) fn fills_for_library(&mut self, frame: &Frame<'a>, state: &State, call: &OpKind) -> bool {
        let OpKind::Call { dst, args, .. } = call else {
            return false;
        };
        let uses = self.uses_in(frame.id);
        // Whoever takes the result is looked at for that.
        if uses.users.contains_key(dst) {
            return false;
        }
        args.iter().any(|arg| {
            let Some(OpKind::Load { place, .. }) = uses.definitions.get(&arg.value) else {
                return false;
            };
            let is_filled = |id: ObjectId| {
                matches!(
                    self.objects[id.0 as usize].kind,
                    ObjectKind::List | ObjectKind::Dict | ObjectKind::Set | ObjectKind::Instance(_)
                )
            };
            let value = self.temp(frame, arg.value);
            if !value.objects().any(is_filled) {
                return false;
            }
            let others: Vec<Temp> = uses.loads_of(*place).filter(|temp| *temp != arg.value).collect();
            others
                .into_iter()
                .any(|other| self.leads_to_library(frame, state, other, &[], false))
        })
    }

    /// The same of what is taken out of another module's object, and of what a call of that gives: `STEPS[name]`,
    /// `Steps.shorten`, `STEPS.get(name)`.
    pub(super) fn is_taken_for_library(&mut self, frame: &Frame<'a>, state: &State, taken: Temp, linked: bool) -> bool {
        let uses = self.uses_in(frame.id);
        let users = uses.users.get(&taken).into_iter().flatten();
        let results = users.filter_map(|user| match user {
            OpKind::Call { dst, callee, .. } if *callee == taken => Some(*dst),
            _ => None,
        });
        let results: Vec<Temp> = results.collect();
        self.leads_to_library(frame, state, taken, &results, linked)
    }

    fn leads_to_library(
        &mut self,
        frame: &Frame<'a>,
        state: &State,
        value: Temp,
        others: &[Temp],
        linked: bool,
    ) -> bool {
        if let Some(&known) = self.ahead.kept.get(&(frame.id, value, linked)) {
            return known;
        }
        // Nothing goes on to a library in what names none and has been given nothing of one.
        let matters = self.relevant[frame.id.0 as usize];
        if !matters && !state.slots.iter().any(|value| self.holds_library_object(value)) {
            return false;
        }
        let mut now = Now {
            frame,
            state,
            linked,
            inside: vec![frame.id],
        };
        let mut attributes = FxHashSet::default();
        let waiting = others.iter().copied().chain([value]).collect();
        let known = self.goes_on(&mut now, waiting, &mut attributes)
            || frame.function.parent.is_some_and(|class| {
                self.goes_on_in_class(&mut now, class, &attributes)
                    || (!attributes.is_empty() && self.sends_itself(&now, class))
            });
        self.ahead.kept.insert((frame.id, value, linked), known);
        known
    }

    /// Follows what is kept in attributes through the methods of a class.
    fn goes_on_in_class(&mut self, now: &mut Now<'_, 'a>, class: FunctionId, attributes: &FxHashSet<Symbol>) -> bool {
        if attributes.is_empty() || !matches!(self.code.function(class).kind, FunctionKind::ClassBody(_)) {
            return false;
        }
        let functions = self.code.functions();
        let methods: Vec<FunctionId> = functions
            .filter(|(id, method)| method.parent == Some(class) && !now.inside.contains(id))
            .map(|(id, _)| id)
            .collect();
        methods.into_iter().any(|method| {
            let uses = self.uses_in(method);
            let read = attributes.iter().filter_map(|name| uses.attributes.get(name));
            let read: Vec<Temp> = read.flatten().copied().collect();
            now.inside.push(method);
            let goes_on = self.goes_on(now, read, &mut FxHashSet::default());
            now.inside.pop();
            goes_on
        })
    }

    pub(super) fn uses_in(&mut self, id: FunctionId) -> Rc<Uses<'a>> {
        if let Some(uses) = self.ahead.uses.get(&id) {
            return Rc::clone(uses);
        }
        let uses = Rc::new(Uses::of(self.code.function(id)));
        self.ahead.uses.insert(id, Rc::clone(&uses));
        uses
    }

    /// Follows values through the function that is looked over, and notes the attributes that they are kept in.
    fn goes_on(&mut self, now: &mut Now<'_, 'a>, mut waiting: Vec<Temp>, attributes: &mut FxHashSet<Symbol>) -> bool {
        if waiting.is_empty() {
            return false;
        }
        let uses = self.uses_in(now.function());
        let mut seen = FxHashSet::default();
        while let Some(temp) = waiting.pop() {
            if !seen.insert(temp) {
                continue;
            }
            for &user in uses.users.get(&temp).into_iter().flatten() {
                match user {
                    OpKind::Store { place, .. } => {
                        waiting.extend(uses.loads_of(*place));
                    }
                    // `fleet[name] = process`, `report.process = process`
                    OpKind::SetItem { base, value, .. } | OpKind::SetAttr { base, value, .. } if *base == temp => {
                        let other = *value;
                        if other != temp && self.is_library_object(now, &uses, other, 0) {
                            return true;
                        }
                    }
                    OpKind::Binary { left, right, .. } => {
                        let other = if *left == temp { *right } else { *left };
                        if other != temp
                            && (self.is_library_object(now, &uses, other, 0) || self.is_holder(now, &uses, other))
                        {
                            return true;
                        }
                    }
                    OpKind::SetItem { base, .. } => waiting.extend(uses.loads_of_container(*base)),
                    // What an object of a process class has goes to the child with it.
                    OpKind::SetAttr { .. } if self.is_method_of_library_class(now) => return true,
                    OpKind::SetAttr { name, .. } => {
                        attributes.insert(*name);
                        waiting.extend(uses.attributes.get(name).into_iter().flatten());
                    }
                    OpKind::Attr { dst, .. }
                    | OpKind::Build { dst, .. }
                    | OpKind::Item { dst, .. }
                    | OpKind::Element { dst, .. } => waiting.push(*dst),
                    OpKind::Call { dst, callee, args, .. } => {
                        let called = uses.definitions.get(callee).copied();
                        // What it gives when it is called, or a method of it: `grinders(names).items()`.
                        if *callee == temp {
                            waiting.push(*dst);
                        }
                        let is_given = args.iter().any(|arg| arg.value == temp);
                        if is_given && (self.hands_over(now, called) || self.is_given_on(now, called, args, temp)) {
                            return true;
                        }
                        // `dispatcher.send(job)`, of an object of the program that holds a queue or pool.
                        if is_given
                            && let Some(OpKind::Attr { base, .. }) = called
                            && self.is_holder(now, &uses, *base)
                        {
                            return true;
                        }
                        if is_given && self.is_partial(now, called) {
                            waiting.push(*dst);
                        }
                        if let Some(OpKind::Attr { base, name, .. }) = called
                            && is_given
                            && adds(self.symbols.name(*name))
                        {
                            waiting.extend(uses.loads_of_container(*base));
                        }
                        let is_object = |run: &mut Self, arg: &Arg| {
                            arg.value != temp && run.is_library_object(now, &uses, arg.value, 0)
                        };
                        // A method of it, or something that is given both.
                        let is_asked = matches!(called, Some(OpKind::Attr { .. }));
                        if (is_given || is_asked) && args.iter().any(|arg| is_object(self, arg)) {
                            return true;
                        }
                    }
                    _ => {}
                }
            }
        }
        false
    }

    /// Whether what is called hands over its arguments, by its name: `pool.map`, `Process`, or a subclass of it.
    pub(super) fn hands_over(&mut self, now: &Now<'_, 'a>, called: Option<&OpKind>) -> bool {
        match called {
            Some(OpKind::Attr { name, .. }) => self.told_by_name(*name).0,
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let world = &now.state.world;
                let value = self.global_of(now.function(), world, *name);
                value.atoms().iter().any(|atom| match *atom {
                    Atom::Path(path) | Atom::Member(_, path) => {
                        let entry = self.names.entry(path);
                        entry.is_some_and(|entry| entry.work.is_some())
                    }
                    Atom::Function(function, _) => now.linked && self.relevant[function.0 as usize],
                    Atom::Object(id) => self.is_library_subclass(world, id),
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// Whether what is called is code of the program that has to do with processes and leads on what it is given: a
    /// function, a method of the same class, or a class that keeps it for its methods.
    fn is_given_on(&mut self, now: &mut Now<'_, 'a>, called: Option<&OpKind>, args: &[Arg], value: Temp) -> bool {
        if now.inside.len() > MOST_INSIDE {
            return false;
        }
        let mut functions: Vec<(FunctionId, usize)> = Vec::new();
        match called {
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let world = &now.state.world;
                for &atom in self.global_of(now.function(), world, *name).atoms() {
                    match atom {
                        Atom::Function(function, _) => functions.push((function, 0)),
                        Atom::Object(class) => {
                            let class = world.heap.get(class);
                            let init = class.and_then(|class| class.fields.get(self.known.init));
                            if let Some(Atom::Function(init, _)) = init.and_then(Value::single) {
                                functions.push((init, 1));
                            }
                        }
                        _ => {}
                    }
                }
            }
            Some(OpKind::Attr { base, name, .. }) => {
                functions.extend(self.method_beside(now, *name).map(|id| (id, 1)));
                functions.extend(self.method_of(now, *base, *name).map(|id| (id, 1)));
            }
            _ => {}
        }
        functions.into_iter().any(|(id, shift)| {
            if now.inside.contains(&id) {
                return false;
            }
            let callee = self.code.function(id);
            let uses = self.uses_in(id);
            let taken = parameters(callee, shift, args, value);
            let places = taken.flat_map(|slot| [Place::Local(slot), Place::Cell { up: 0, slot }]);
            let taken: Vec<Temp> = places.flat_map(|place| uses.loads_of(place)).collect();
            let is_init = callee.name == self.known.init && callee.parent.is_some();
            if taken.is_empty() || !(self.relevant[id.0 as usize] || is_init) {
                return false;
            }
            let mut attributes = FxHashSet::default();
            now.inside.push(id);
            let goes_on = self.goes_on(now, taken, &mut attributes)
                || callee
                    .parent
                    .is_some_and(|class| is_init && self.goes_on_in_class(now, class, &attributes));
            now.inside.pop();
            goes_on
        })
    }

    /// Whether what is called is `functools.partial`, which holds what it is given.
    fn is_partial(&mut self, now: &Now<'_, 'a>, called: Option<&OpKind>) -> bool {
        match called {
            Some(OpKind::Attr { name, .. }) => self.symbols.name(*name) == "partial",
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let value = self.global_of(now.function(), &now.state.world, *name);
                matches!(value.single(), Some(Atom::Path(path)) if self.names.dotted(path) == "functools.partial")
            }
            _ => false,
        }
    }

    pub(super) fn is_library_subclass(&self, world: &World, id: ObjectId) -> bool {
        matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_))
            && self.library_base(&world.heap, id, 0).is_some()
    }

    /// Whether a value is an object of a process library, as far as that is known by now or told by names.
    fn is_library_object(&mut self, now: &Now<'_, 'a>, uses: &Uses<'a>, temp: Temp, copies: u32) -> bool {
        if copies > MOST_COPIES {
            return false;
        }
        let place = match uses.definitions.get(&temp) {
            Some(OpKind::Load { place, or_else, .. }) => {
                if now.inside.len() == 1 {
                    let value = self.read(now.frame, now.state, *place, *or_else);
                    if self.holds_library_object(&value) {
                        return true;
                    }
                }
                *place
            }
            Some(OpKind::Enter { manager, .. }) => Place::Local(*manager),
            Some(OpKind::Iterate { iterable, .. }) => Place::Local(*iterable),
            // Any element of a container of them.
            Some(OpKind::Item { base, .. } | OpKind::Element { src: base, .. }) => {
                return self.is_library_object(now, uses, *base, copies + 1);
            }
            Some(OpKind::Build { items, .. }) => {
                let last = |item: &BuildItem| match *item {
                    BuildItem::Value(item) | BuildItem::Star(item) | BuildItem::Pair(_, item) => item,
                };
                let mut items = items.iter().take(4).map(last);
                return items.any(|item| self.is_library_object(now, uses, item, copies + 1));
            }
            Some(OpKind::Attr { base, name, .. }) => {
                let value = self.attribute_now(now, uses, *base, *name);
                return value.is_some_and(|value| self.holds_library_deep(&now.state.world, &value));
            }
            Some(OpKind::Call { callee, .. }) => {
                return match uses.definitions.get(callee) {
                    Some(OpKind::Attr { base, name, .. }) if takes_out(self.symbols.name(*name)) => {
                        self.is_library_object(now, uses, *base, copies + 1)
                    }
                    Some(OpKind::Attr { name, .. }) => self.told_by_name(*name).1,
                    Some(OpKind::Load {
                        place: Place::Global(name),
                        ..
                    }) => {
                        let value = self.global_of(now.function(), &now.state.world, *name);
                        value.atoms().iter().any(|atom| match *atom {
                            Atom::Path(path) | Atom::Member(_, path) => {
                                let entry = self.names.entry(path);
                                entry.is_some_and(|entry| entry.makes.is_some())
                            }
                            Atom::Object(class) => self.is_library_subclass(&now.state.world, class),
                            _ => false,
                        })
                    }
                    _ => false,
                };
            }
            _ => return false,
        };
        let stored = uses.stores.get(&place).into_iter().flatten();
        stored
            .into_iter()
            .any(|&temp| self.is_library_object(now, uses, temp, copies + 1))
    }

    /// What an attribute of a variable holds by now; only of the function that runs.
    fn attribute_now(&mut self, now: &Now<'_, 'a>, uses: &Uses<'a>, base: Temp, name: Symbol) -> Option<Value> {
        let Some(OpKind::Load { place, or_else, .. }) = uses.definitions.get(&base).filter(|_| now.inside.len() == 1)
        else {
            return None;
        };
        match self.read(now.frame, now.state, *place, *or_else).single()? {
            Atom::Object(id) => now.state.world.heap.get(id)?.fields.get(name).cloned(),
            _ => None,
        }
    }

    /// Whether a value is an object of a library, or a container of such.
    fn holds_library_deep(&self, world: &World, value: &Value) -> bool {
        let is_library = |id| self.kind_of(&world.heap, id).is_some();
        value.objects().any(|id| {
            let elements = world.heap.get(id).map(|object| object.elements.clone());
            is_library(id) || elements.is_some_and(|elements| elements.objects().any(is_library))
        })
    }

    pub(super) fn holds_library_object(&self, value: &Value) -> bool {
        let mut objects = value.objects();
        objects.any(|id| matches!(self.objects[id.0 as usize].kind, ObjectKind::Library(_)))
    }

    /// Whether what has such a name hands over what it is given, and whether it makes an object of a process library.
    pub(super) fn told_by_name(&mut self, name: Symbol) -> (bool, bool) {
        let text = self.symbols.name(name);
        let api = self.api;
        let names = &mut self.ahead.names;
        *names
            .entry(name)
            .or_insert_with(|| (api.hands_over(text), api.makes(text)))
    }
}

/// The slots of the parameters of a function that get a value. `shift` of them come before the arguments.
fn parameters(function: &Function, shift: usize, args: &[Arg], value: Temp) -> impl Iterator<Item = Slot> {
    let spread = args
        .iter()
        .position(|arg| matches!(arg.kind, ArgKind::Star | ArgKind::DoubleStar));
    let args = args.get(..spread.unwrap_or(args.len())).unwrap_or_default();
    let given = args.iter().enumerate().filter(move |(_, arg)| arg.value == value);
    given.filter_map(move |(at, arg)| {
        let at = match arg.kind {
            ArgKind::Positional => {
                let by_place = |kind| matches!(kind, ParamKind::PositionalOnly | ParamKind::Positional);
                Some(at + shift).filter(|at| function.params.get(*at).is_some_and(|param| by_place(param.kind)))
            }
            ArgKind::Keyword(name) => function.params.iter().position(|param| param.name == name),
            ArgKind::Star | ArgKind::DoubleStar => None,
        };
        at.map(|at| Slot(at as u32))
    })
}
