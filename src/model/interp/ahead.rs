//! What becomes of the result of a call later on in its function, by a look over names.
//!
//! A function of a module that has nothing to do with processes is not followed. But what it returns may be given to a
//! process, perhaps many lines later: `model = load(path)` … `pool.map(model.score, rows)`. What comes later has not been
//! run, so all that can be looked at there are names.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::frame::{Frame, State};
use super::{Run, World};
use crate::model::heap::ObjectKind;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{Arg, BuildItem, Function, FunctionId, FunctionKind, OpKind, Place, Temp};

/// Variables that hold what other variables hold, one from the other.
const MOST_COPIES: u32 = 4;

/// What has been looked up.
#[derive(Default)]
pub(super) struct Ahead<'a> {
    uses: FxHashMap<FunctionId, Rc<Uses<'a>>>,
    /// Whether the result of a call goes on to a process library, by its function and number.
    kept: FxHashMap<(FunctionId, Temp, bool), bool>,
    /// Whether what has such a name hands over what it is given, and whether it makes an object of a process library.
    names: FxHashMap<Symbol, (bool, bool)>,
}

/// Where the values and variables of a function are used.
#[derive(Default)]
struct Uses<'a> {
    definitions: FxHashMap<Temp, &'a OpKind>,
    users: FxHashMap<Temp, Vec<&'a OpKind>>,
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
                OpKind::SetAttr { value, .. } => user(*value),
                OpKind::Attr { dst, base, name } => {
                    user(*base);
                    uses.attributes.entry(*name).or_default().push(*dst);
                }
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
}

/// The function that is running, as far as a look ahead needs it.
struct Now<'r, 'a> {
    frame: &'r Frame<'a>,
    state: &'r State,
    /// Whether what is called is in a module that is linked by now.
    linked: bool,
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
        if let Some(&known) = self.ahead.kept.get(&(frame.id, dst, linked)) {
            return known;
        }
        // Nothing goes on to a library in what names none and has been given nothing of one.
        let matters = self.relevant[frame.id.0 as usize];
        if !matters && !state.slots.iter().any(|value| self.holds_library_object(value)) {
            return false;
        }
        let now = Now { frame, state, linked };
        let mut attributes = FxHashSet::default();
        let mut known = self.goes_on(&now, frame.id, vec![dst], &mut attributes);
        if !known
            && !attributes.is_empty()
            && let Some(class) = frame.function.parent
            && let FunctionKind::ClassBody(_) = self.code.function(class).kind
        {
            let functions = self.code.functions();
            let methods: Vec<FunctionId> = functions
                .filter(|(id, method)| method.parent == Some(class) && *id != frame.id)
                .map(|(id, _)| id)
                .collect();
            known = methods.into_iter().any(|method| {
                let uses = self.uses_in(method);
                let read = attributes.iter().filter_map(|name| uses.attributes.get(name));
                let read: Vec<Temp> = read.flatten().copied().collect();
                self.goes_on(&now, method, read, &mut FxHashSet::default())
            });
        }
        self.ahead.kept.insert((frame.id, dst, linked), known);
        known
    }

    fn uses_in(&mut self, id: FunctionId) -> Rc<Uses<'a>> {
        if let Some(uses) = self.ahead.uses.get(&id) {
            return Rc::clone(uses);
        }
        let uses = Rc::new(Uses::of(self.code.function(id)));
        self.ahead.uses.insert(id, Rc::clone(&uses));
        uses
    }

    /// Follows values through a function, and notes the attributes that they are kept in.
    fn goes_on(
        &mut self,
        now: &Now<'_, 'a>,
        function: FunctionId,
        mut waiting: Vec<Temp>,
        attributes: &mut FxHashSet<Symbol>,
    ) -> bool {
        if waiting.is_empty() {
            return false;
        }
        let uses = self.uses_in(function);
        let own = function == now.frame.id;
        let mut seen = FxHashSet::default();
        while let Some(temp) = waiting.pop() {
            if !seen.insert(temp) {
                continue;
            }
            for &user in uses.users.get(&temp).into_iter().flatten() {
                match user {
                    OpKind::Store { place, .. } => {
                        waiting.extend(uses.loads.get(place).into_iter().flatten());
                    }
                    OpKind::SetAttr { name, .. } => {
                        attributes.insert(*name);
                        waiting.extend(uses.attributes.get(name).into_iter().flatten());
                    }
                    OpKind::Attr { dst, .. } | OpKind::Build { dst, .. } => waiting.push(*dst),
                    OpKind::Call { callee, args, .. } => {
                        let called = uses.definitions.get(callee).copied();
                        let is_given = args.iter().any(|arg| arg.value == temp);
                        if is_given && self.hands_over(now, called) {
                            return true;
                        }
                        let is_object = |run: &mut Self, arg: &Arg| {
                            arg.value != temp && run.is_library_object(now, own, &uses, arg.value, 0)
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
    fn hands_over(&mut self, now: &Now<'_, 'a>, called: Option<&OpKind>) -> bool {
        match called {
            Some(OpKind::Attr { name, .. }) => self.told_by_name(*name).0,
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let world = &now.state.world;
                let value = self.read_global(now.frame, world, *name);
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

    fn is_library_subclass(&self, world: &World, id: crate::model::heap::ObjectId) -> bool {
        matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_))
            && self.library_base(&world.heap, id, 0).is_some()
    }

    /// Whether a value is an object of a process library, as far as that is known by now or told by names. `own` says that
    /// it is one of the function that runs.
    fn is_library_object(&mut self, now: &Now<'_, 'a>, own: bool, uses: &Uses<'a>, temp: Temp, copies: u32) -> bool {
        if copies > MOST_COPIES {
            return false;
        }
        let place = match uses.definitions.get(&temp) {
            Some(OpKind::Load { place, or_else, .. }) => {
                if own {
                    let value = self.read(now.frame, now.state, *place, *or_else);
                    if self.holds_library_object(&value) {
                        return true;
                    }
                }
                *place
            }
            Some(OpKind::Enter { manager, .. }) => Place::Local(*manager),
            Some(OpKind::Call { callee, .. }) => {
                return match uses.definitions.get(callee) {
                    Some(OpKind::Attr { name, .. }) => self.told_by_name(*name).1,
                    Some(OpKind::Load {
                        place: Place::Global(name),
                        ..
                    }) => {
                        let value = self.read_global(now.frame, &now.state.world, *name);
                        value.atoms().iter().any(|atom| match *atom {
                            Atom::Path(path) | Atom::Member(_, path) => {
                                let entry = self.names.entry(path);
                                entry.is_some_and(|entry| entry.makes.is_some())
                            }
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
            .any(|&temp| self.is_library_object(now, own, uses, temp, copies + 1))
    }

    pub(super) fn holds_library_object(&self, value: &Value) -> bool {
        let mut objects = value.objects();
        objects.any(|id| matches!(self.objects[id.0 as usize].kind, ObjectKind::Library(_)))
    }

    fn told_by_name(&mut self, name: Symbol) -> (bool, bool) {
        let text = self.symbols.name(name);
        let api = self.api;
        let names = &mut self.ahead.names;
        *names
            .entry(name)
            .or_insert_with(|| (api.hands_over(text), api.makes(text)))
    }
}
