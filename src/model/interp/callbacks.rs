//! Functions that are handed to code that is not followed and calls them at once: `pattern.sub(self.expand, text)`. What
//! is kept for later, as the handler of a signal is, is not run.

use super::calls::Actual;
use super::frame::Frame;
use super::{Run, World};
use crate::model::events::{ContextKind, process_of};
use crate::model::names::MethodRef;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Arg, OpKind, Place, Temp};

/// Callbacks that are followed in one program.
const MOST: u32 = 100;

/// Functions and methods, of Python and of libraries that work on tables and trees, that call what they are given before they
/// come back.
const CALL_AT_ONCE: &[&str] = &[
    "sub",
    "subn",
    "sorted",
    "sort",
    "min",
    "max",
    "map",
    "filter",
    "reduce",
    "groupby",
    "apply",
    "applymap",
    "agg",
    "aggregate",
    "transform",
    "pipe",
    "foreach",
    "for_each",
    "walk",
    "visit",
    "traverse",
    "retry",
    "timeit",
];

/// Those of Python that order things.
const OF_PYTHON: &[&str] = &["sorted", "sort", "min", "max"];

impl<'a> Run<'a> {
    /// A child calls something that is not followed, and hands functions of the program to it.
    pub(super) fn run_callbacks(
        &mut self,
        frame: &Frame<'a>,
        world: &World,
        callee: Temp,
        target: &Value,
        args: &[Arg],
    ) {
        let is_followed = |atom: &Atom| matches!(atom, Atom::Function(..) | Atom::Object(_) | Atom::None);
        if target.atoms().iter().any(is_followed) {
            return;
        }
        let given = args.iter().flat_map(|arg| frame.temps.get(arg.value.0 as usize));
        let callbacks: Vec<Atom> = given.filter_map(Value::single).filter(is_callback).collect();
        if callbacks.is_empty() {
            return;
        }
        let name = match frame.function.definition(callee) {
            Some(
                OpKind::Attr { name, .. }
                | OpKind::Load {
                    place: Place::Global(name),
                    ..
                },
            ) => self.name(*name),
            _ => return,
        };
        // Of what the main process hands to others less is certain, and more of it is done.
        let calls_at_once = match process_of(&self.contexts, self.context) {
            Some(_) => CALL_AT_ONCE,
            None if self.contexts[self.context.0 as usize].kind == ContextKind::Main => OF_PYTHON,
            None => &[],
        };
        if calls_at_once.contains(&name) {
            for callback in callbacks {
                self.run_callback(world, callback);
            }
        }
    }

    /// Calls a function of the program with anything. How often it is called, and whether at all, is not known: what it does
    /// is seen, and changes nothing.
    fn run_callback(&mut self, world: &World, callback: Atom) {
        let function = match callback {
            Atom::Function(function, _) => function,
            Atom::Bound(id) => match self.names.unbind(id).1 {
                MethodRef::User(function, _) => function,
                _ => return,
            },
            _ => return,
        };
        let is_running = self.stack.iter().any(|(running, _)| *running == function);
        if is_running || self.callbacks >= MOST {
            return;
        }
        self.callbacks += 1;
        let here = self.here;
        let frame = self.outermost();
        let anything = std::iter::once(Actual::star(Value::unknown(), here.span)).collect();
        self.call_value(&frame, &mut world.clone(), &callback.into(), &anything);
        self.here = here;
    }
}

fn is_callback(value: &Atom) -> bool {
    matches!(value, Atom::Function(..) | Atom::Bound(_))
}
