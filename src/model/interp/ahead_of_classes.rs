//! The part of the look ahead that is about classes: methods of the same class, objects that are sent with their methods, and
//! objects that hold something of a process library.

use rustc_hash::FxHashSet;

use super::Run;
use super::ahead::{Now, Uses};
use super::classes::Ancestor;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Atom;
use crate::python::Symbol;
use crate::python::ir::{Arg, FunctionId, OpKind, Place, Slot, Temp};

impl<'a> Run<'a> {
    /// Whether a method of a class hands over its object, be it as that of a bound method: `Process(target=self.work)`.
    pub(super) fn sends_itself(&mut self, now: &Now<'_, 'a>, class: FunctionId) -> bool {
        if let Some(&known) = self.ahead.sent_by_class.get(&class) {
            return known;
        }
        let functions = self.code.functions();
        let methods: Vec<(FunctionId, Symbol)> = functions
            .filter(|(_, method)| method.parent == Some(class))
            .map(|(id, method)| (id, method.name))
            .collect();
        let names: FxHashSet<Symbol> = methods.iter().map(|(_, name)| *name).collect();
        let methods = methods.into_iter().map(|(id, _)| id);
        let methods: Vec<FunctionId> = methods.filter(|id| self.relevant[id.0 as usize]).collect();
        let sent = methods.into_iter().any(|method| {
            let uses = self.uses_in(method);
            let is_self = |temp: &Temp| {
                matches!(
                    uses.definitions.get(temp),
                    Some(OpKind::Load {
                        place: Place::Local(Slot(0)) | Place::Cell { up: 0, slot: Slot(0) },
                        ..
                    })
                )
            };
            let is_sent = |arg: &Arg| match uses.definitions.get(&arg.value) {
                Some(OpKind::Attr { base, name, .. }) => names.contains(name) && is_self(base),
                _ => is_self(&arg.value),
            };
            let calls = uses.definitions.values().filter_map(|op| match op {
                OpKind::Call { callee, args, .. } if args.iter().any(is_sent) => Some(*callee),
                _ => None,
            });
            let calls: Vec<Option<&OpKind>> = calls.map(|callee| uses.definitions.get(&callee).copied()).collect();
            calls.into_iter().any(|called| self.hands_over(now, called))
        });
        self.ahead.sent_by_class.insert(class, sent);
        sent
    }

    /// The method of a name that the class of the function that is looked over has, or inherits in the program.
    pub(super) fn method_beside(&self, now: &Now<'_, 'a>, name: Symbol) -> Option<FunctionId> {
        let class = *self.function_class.get(&now.function())?;
        self.method_in(now, class, name)
    }

    /// The method of a name that an object of the program has, which a variable of the function that runs holds by now.
    pub(super) fn method_of(&mut self, now: &Now<'_, 'a>, base: Temp, name: Symbol) -> Option<FunctionId> {
        if now.inside.len() > 1 {
            return None;
        }
        let uses = self.uses_in(now.frame.id);
        let Some(OpKind::Load { place, or_else, .. }) = uses.definitions.get(&base) else {
            return None;
        };
        match self.read(now.frame, now.state, *place, *or_else).single()? {
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::Instance(class) => self.method_in(now, class, name),
                _ => None,
            },
            _ => None,
        }
    }

    /// The method of a name that a class has, or inherits in the program.
    fn method_in(&self, now: &Now<'_, 'a>, class: ObjectId, name: Symbol) -> Option<FunctionId> {
        let heap = &now.state.world.heap;
        let method = self
            .resolution_order(heap, class)
            .into_iter()
            .find_map(|ancestor| match ancestor {
                Ancestor::Program(class) => heap.get(class)?.fields.get(name)?.single(),
                _ => None,
            });
        match method {
            Some(Atom::Function(method, _)) => Some(method),
            _ => None,
        }
    }

    /// Whether the function that is looked over is a method of a class that is built on one of a process library.
    pub(super) fn is_method_of_library_class(&self, now: &Now<'_, 'a>) -> bool {
        let class = self.function_class.get(&now.function());
        class.is_some_and(|class| self.is_library_subclass(&now.state.world, *class))
    }

    /// Whether a value is an object of the program that holds something of a process library by now; only of the function
    /// that runs, and not the object whose method that is, or each method would be asked for all that it calls.
    pub(super) fn is_holder(&mut self, now: &Now<'_, 'a>, uses: &Uses<'a>, temp: Temp) -> bool {
        let Some(OpKind::Load { place, or_else, .. }) = uses.definitions.get(&temp).filter(|_| now.inside.len() == 1)
        else {
            return false;
        };
        match self.read(now.frame, now.state, *place, *or_else).single() {
            Some(atom @ Atom::Object(id)) => {
                matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_))
                    && now.frame.receiver.single() != Some(atom)
                    && (self.holds_library(&now.state.world, id) || self.holds_process_name(&now.state.world, id))
            }
            _ => false,
        }
    }
}
