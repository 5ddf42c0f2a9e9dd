//! The default context of the program: what fixes it, and what a comparison with its start method rules out.

use super::{Run, World};
use crate::api::{Effect, Entry, Family};
use crate::findings::{StartMethod, StartMethods};
use crate::model::events::Arguments;
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};
use crate::python::ir::CompareOp;

/// What `get_start_method()` returns: the start method of the program, whatever that is.
const START_METHOD: &str = "multiprocessing.get_start_method.result";
/// What a context object returns for the same question.
const METHOD_OF_CONTEXT: &str = "multiprocessing.get_context().get_start_method.result";

impl<'a> Run<'a> {
    /// Notes whether a call of a library fixes the default context.
    pub(super) fn note_default_context(
        &self,
        world: &mut World,
        entry: &'a Entry,
        context: Option<ObjectId>,
        arguments: &Arguments<'a>,
    ) {
        // What is reached through a context asks that one; billiard and multiprocess have defaults of their own.
        if context.is_some() || entry.own_default {
            return;
        }
        let is_given = |param: &str| {
            arguments
                .get(param)
                .is_some_and(|argument| !matches!(argument.value.single(), Some(Atom::None | Atom::Bool(false))))
        };
        if entry.effect == Effect::SetStartMethod {
            let may_be_none = match arguments.get("method") {
                Some(method) => method.value.atoms().contains(&Atom::None),
                None => true,
            };
            if is_given("force") && may_be_none {
                world.default_context.fixed = None;
            } else {
                self.fix_default_context(world);
            }
            return;
        }
        let Some(unless) = &entry.asks_default else { return };
        if arguments.open || unless.iter().any(|param| is_given(param)) {
            // A program that looks before it sets is taken to know what it does.
            if entry.effect == Effect::GetStartMethod {
                world.default_context.fixed = None;
            }
            return;
        }
        self.fix_default_context(world);
    }

    /// Notes that a process is started: one that comes from no context is started by the default one.
    pub(super) fn note_start(&self, world: &mut World, process: ObjectId) {
        let info = &self.objects[process.0 as usize];
        let entry = info.path.and_then(|path| self.names.entry(path));
        let is_process = self
            .kind_of(&world.heap, process)
            .is_some_and(|kind| self.api.kind(kind).family == Family::Process);
        let from_context =
            info.context.is_some() || entry.is_some_and(|entry| entry.method.is_some() || entry.own_default);
        if is_process && entry.is_some() && !from_context {
            self.fix_default_context(world);
        }
    }

    fn fix_default_context(&self, world: &mut World) {
        if world.default_context.fixed.is_none() {
            world.default_context.fixed = Some(self.here.span);
        }
    }

    /// The value of `get_start_method()`, of the program or of a context.
    pub(super) fn start_method_name(&mut self, of_context: bool) -> Value {
        let name = if of_context { METHOD_OF_CONTEXT } else { START_METHOD };
        Atom::Path(self.names.path(name)).into()
    }

    fn is_start_method(&self, value: &Value) -> bool {
        matches!(value.single(), Some(Atom::Path(path)) if matches!(self.names.dotted(path), START_METHOD | METHOD_OF_CONTEXT))
    }

    pub(super) fn is_method_of_context(&self, value: &Value) -> bool {
        matches!(value.single(), Some(Atom::Path(path)) if self.names.dotted(path) == METHOD_OF_CONTEXT)
    }

    /// What comes of asking whether no start method is set yet, where the answer is kept or returned: as where it is asked in a
    /// condition, there is one.
    pub(super) fn is_start_method_open(&self, op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
        let is_none = |value: &Value| value.single() == Some(Atom::None);
        let is_question =
            (self.is_start_method(left) && is_none(right)) || (is_none(left) && self.is_start_method(right));
        if !is_question {
            return None;
        }
        match op {
            CompareOp::Eq | CompareOp::Is => Some(false),
            CompareOp::NotEq | CompareOp::IsNot => Some(true),
            _ => None,
        }
    }

    /// The start methods that a comparison rules out, where it holds and where it does not.
    pub(super) fn excluded_methods(
        &self,
        op: CompareOp,
        left: &Value,
        right: &Value,
    ) -> Option<(StartMethods, StartMethods)> {
        let other = if self.is_start_method(left) {
            right
        } else if self.is_start_method(right) {
            left
        } else {
            return None;
        };
        let Some(Atom::Str(name)) = other.single() else {
            return None;
        };
        let method = StartMethods::from(StartMethod::from_name(self.name(name))?);
        match op {
            CompareOp::Eq | CompareOp::Is => Some((StartMethods::all() - method, method)),
            CompareOp::NotEq | CompareOp::IsNot => Some((method, StartMethods::all() - method)),
            _ => None,
        }
    }
}
