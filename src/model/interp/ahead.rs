//! What becomes of the result of a call later on in its function, by a look over names.
//!
//! A function of a module that has nothing to do with processes is not followed. But what it returns may be given to a
//! process, perhaps many lines later: `model = load(path)` … `pool.map(model.score, rows)`. What comes later has not been
//! run, so all that can be looked at there are names.

use rustc_hash::FxHashSet;

use super::frame::{Frame, State};
use super::{Run, World};
use crate::model::heap::ObjectKind;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{Block, BuildItem, Function, FunctionKind, OpKind, Place, Slot, Temp};

/// Looks over a function for one result: what comes round in a loop is seen in the next.
const MOST_LOOKS: usize = 3;

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
        if let Some(&known) = self.kept.get(&(frame.id, dst, linked)) {
            return known;
        }
        let mut kept = Flow::of([dst]);
        let mut known = self.goes_on(frame, (state, true, linked), frame.function, &mut kept);
        if !known
            && !kept.attributes.is_empty()
            && let Some(class) = frame.function.parent
            && let FunctionKind::ClassBody(_) = self.code.function(class).kind
        {
            let methods = self.code.functions();
            let methods: Vec<&'a Function> = methods
                .filter(|(id, method)| method.parent == Some(class) && *id != frame.id)
                .map(|(_, method)| method)
                .collect();
            known = methods.into_iter().any(|method| {
                let mut kept = Flow {
                    attributes: kept.attributes.clone(),
                    ..Flow::default()
                };
                self.goes_on(frame, (state, false, linked), method, &mut kept)
            });
        }
        self.kept.insert((frame.id, dst, linked), known);
        known
    }

    /// Follows what is kept through a function. `own` says that it is the one that runs, whose state this is.
    fn goes_on(
        &mut self,
        frame: &Frame<'a>,
        (state, own, linked): (&State, bool, bool),
        function: &'a Function,
        kept: &mut Flow,
    ) -> bool {
        // Objects of process libraries.
        let mut objects = Flow::default();
        for _ in 0..MOST_LOOKS {
            let before = (kept.size(), objects.size());
            for block in &function.blocks {
                for op in &block.ops {
                    kept.follow(&op.kind);
                    objects.follow(&op.kind);
                    match &op.kind {
                        OpKind::Load { dst, place, or_else } if own => {
                            let value = self.read(frame, state, *place, *or_else);
                            if self.holds_library_object(&value) {
                                objects.temps.insert(*dst);
                            }
                        }
                        OpKind::Call { dst, callee, args, .. } => {
                            let callee = definition(block, *callee);
                            if self.makes_object(frame, &state.world, callee) {
                                objects.temps.insert(*dst);
                            }
                            let given = |flow: &Flow| args.iter().any(|arg| flow.temps.contains(&arg.value));
                            let asked = match callee {
                                Some(OpKind::Attr { base, .. }) => kept.temps.contains(base),
                                _ => false,
                            };
                            if (given(kept) || asked) && given(&objects)
                                || given(kept) && self.hands_over(frame, &state.world, callee, linked)
                            {
                                return true;
                            }
                        }
                        _ => {}
                    }
                }
            }
            if (kept.size(), objects.size()) == before {
                break;
            }
        }
        false
    }

    /// Whether what is called hands over its arguments, by its name: `pool.map`, `Process`, or a subclass of it.
    fn hands_over(&mut self, frame: &Frame<'a>, world: &World, callee: Option<&OpKind>, linked: bool) -> bool {
        match callee {
            Some(OpKind::Attr { name, .. }) => self.api.hands_over(self.symbols.name(*name)),
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let value = self.read_global(frame, world, *name);
                value.atoms().iter().any(|atom| match *atom {
                    Atom::Path(path) | Atom::Member(_, path) => {
                        let entry = self.names.entry(path);
                        entry.is_some_and(|entry| entry.work.is_some())
                    }
                    Atom::Function(function, _) => linked && self.relevant[function.0 as usize],
                    Atom::Object(id) => {
                        matches!(self.objects[id.0 as usize].kind, ObjectKind::Class(_))
                            && self.library_base(&world.heap, id, 0).is_some()
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// Whether what is called makes an object of a process library, by its name.
    fn makes_object(&mut self, frame: &Frame<'a>, world: &World, callee: Option<&OpKind>) -> bool {
        match callee {
            Some(OpKind::Attr { name, .. }) => self.api.makes(self.symbols.name(*name)),
            Some(OpKind::Load {
                place: Place::Global(name),
                ..
            }) => {
                let value = self.read_global(frame, world, *name);
                value.atoms().iter().any(|atom| match *atom {
                    Atom::Path(path) | Atom::Member(_, path) => {
                        let entry = self.names.entry(path);
                        entry.is_some_and(|entry| entry.makes.is_some())
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }

    pub(super) fn holds_library_object(&self, value: &Value) -> bool {
        let mut objects = value.objects();
        objects.any(|id| matches!(self.objects[id.0 as usize].kind, ObjectKind::Library(_)))
    }
}

/// The operation that gives a value within a block.
fn definition(block: &Block, temp: Temp) -> Option<&OpKind> {
    let op = block.ops.iter().find(|op| op.kind.result() == Some(temp))?;
    Some(&op.kind)
}

/// Where something goes.
#[derive(Default)]
struct Flow {
    temps: FxHashSet<Temp>,
    places: FxHashSet<Place>,
    /// Attributes of anything.
    attributes: FxHashSet<Symbol>,
}

impl Flow {
    fn of(temps: impl IntoIterator<Item = Temp>) -> Self {
        Self {
            temps: temps.into_iter().collect(),
            ..Self::default()
        }
    }

    fn size(&self) -> usize {
        self.temps.len() + self.places.len() + self.attributes.len()
    }

    fn follow(&mut self, op: &OpKind) {
        let has = |temp: &Temp| self.temps.contains(temp);
        let is_kept = |slot: Slot| self.places.contains(&Place::Local(slot));
        let result = match op {
            OpKind::Store { place, value } if has(value) => {
                self.places.insert(*place);
                return;
            }
            OpKind::SetAttr { name, value, .. } if has(value) => {
                self.attributes.insert(*name);
                return;
            }
            OpKind::Load { dst, place, .. } if self.places.contains(place) => *dst,
            OpKind::Enter { dst, manager, .. } if is_kept(*manager) => *dst,
            OpKind::Attr { dst, base, name } if has(base) || self.attributes.contains(name) => *dst,
            OpKind::Build { dst, items, .. }
                if items.iter().any(|item| match item {
                    BuildItem::Value(item) | BuildItem::Star(item) | BuildItem::Pair(_, item) => has(item),
                }) =>
            {
                *dst
            }
            _ => return,
        };
        self.temps.insert(result);
    }
}
