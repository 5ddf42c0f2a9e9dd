//! What exceptions of the program are like, and who catches them on their way out of a task.

use super::Model;
use super::events::{ChainId, Event};
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::Atom;
use crate::api::ExceptionClass;
use crate::files::Span;
use crate::python::ir::{Block, Dotted, Function, FunctionId, ParamKind};

impl<'a> Model<'a> {
    /// What is known of the exception class of Python's own that a class of the program is built on. None where a base
    /// is not known.
    #[must_use]
    pub fn exception_class(&self, heap: &Heap, class: ObjectId) -> Option<ExceptionClass> {
        self.exception_base(heap, class, 0)
    }

    fn exception_base(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<ExceptionClass> {
        if depth > 12 {
            return None;
        }
        let bases = heap.get(class)?.items.clone()?;
        let mut found = None;
        for base in bases.iter() {
            let here = match base.single()? {
                Atom::Path(path) if self.dotted(path) == "builtins.object" => continue,
                Atom::Path(path) => self.api.exception(self.dotted(path))?,
                // A mixin of the program that is no exception by itself.
                Atom::Object(id) => match self.exception_base(heap, id, depth + 1) {
                    Some(class) => class,
                    None if self.is_plain_class(heap, id) => continue,
                    None => return None,
                },
                _ => return None,
            };
            found.get_or_insert(here);
        }
        found
    }

    /// Whether all bases of a class are known and no exceptions.
    fn is_plain_class(&self, heap: &Heap, class: ObjectId) -> bool {
        heap.get(class)
            .and_then(|class| class.items.as_deref())
            .is_some_and(|bases| {
                bases.iter().all(
                    |base| matches!(base.single(), Some(Atom::Path(path)) if self.dotted(path) == "builtins.object"),
                )
            })
    }

    /// The `__init__` of an exception that cannot be called with the exception's `args`, with how many those are. None
    /// where it can, where the class says itself how it is rebuilt, and where something is not known.
    #[must_use]
    pub fn args_misfit(&self, heap: &Heap, exception: ObjectId) -> Option<ArgsMisfit> {
        let ObjectKind::Instance(class) = self.object(exception).kind else {
            return None;
        };
        self.exception_class(heap, class)?;
        let own = ["__reduce__", "__reduce_ex__", "__setstate__", "__new__", "__getstate__"];
        if own.iter().any(|name| self.class_defines(class, name)) {
            return None;
        }
        let object = heap.get(exception)?;
        // `self.args = …`
        let count = match self.symbol("args").and_then(|args| object.fields.get(args)) {
            Some(value) => match value.single()? {
                Atom::Object(tuple) => heap.get(tuple)?.items.as_ref()?.len(),
                _ => return None,
            },
            None => match self.role(heap, exception, "@given")?.single()? {
                Atom::Int(count) => usize::try_from(count).ok()?,
                _ => return None,
            },
        };
        let init = self.init_in_order(heap, class, 0)?;
        let fits = self.fits(self.function(init), count)?;
        (!fits).then_some(ArgsMisfit { init, count })
    }

    /// Whether a method can be called with so many arguments by position, and nothing else.
    fn fits(&self, function: &Function, arguments: usize) -> Option<bool> {
        // What a decorator makes of it is not known.
        if !function.decorators.is_empty() {
            return None;
        }
        let (mut least, mut most, mut any) = (0, 0, false);
        for param in &function.params {
            match param.kind {
                ParamKind::PositionalOnly | ParamKind::Positional => {
                    most += 1;
                    least += usize::from(!param.has_default);
                }
                ParamKind::KeywordOnly if !param.has_default => return Some(false),
                ParamKind::VarArgs => any = true,
                ParamKind::KeywordOnly | ParamKind::KeywordArgs => {}
            }
        }
        let arguments = arguments + 1;
        Some(arguments >= least && (any || arguments <= most))
    }

    /// The `__init__` that a class has or inherits in the program.
    fn init_in_order(&self, heap: &Heap, class: ObjectId, depth: u32) -> Option<FunctionId> {
        let object = heap.get(class)?;
        if depth > 12 {
            return None;
        }
        if let Some(init) = self.symbol("__init__").and_then(|name| object.fields.get(name)) {
            return match init.single()? {
                Atom::Function(function, _) => Some(function),
                _ => None,
            };
        }
        object
            .items
            .iter()
            .flat_map(|bases| bases.iter())
            .find_map(|base| match base.single()? {
                Atom::Object(base) => self.init_in_order(heap, base, depth + 1),
                _ => None,
            })
    }

    /// Whether some handler between where an exception is raised and the beginning of its context may catch it.
    #[must_use]
    pub fn is_caught(&self, event: &Event<'_>, names: &ExceptionNames) -> bool {
        let function = self.function(event.function);
        let block = function.blocks.iter().find(|block| holds(block, event.span));
        if block.is_none_or(|block| self.may_catch(function, block, names)) {
            return true;
        }
        let mut at: ChainId = event.chain;
        for _ in 0..64 {
            let Some((caller, function, span)) = self.chain(at).caller else {
                return false;
            };
            // What begins a context stands in no code.
            if self.chain(caller).caller.is_none() && self.chain(caller).context == event.context {
                let begins = self.context(event.context).started.is_some_and(|(.., at)| at == span);
                if begins {
                    return false;
                }
            }
            let function = self.function(function);
            match function.blocks.iter().find(|block| holds(block, span)) {
                Some(block) if !self.may_catch(function, block, names) => {}
                _ => return true,
            }
            at = caller;
        }
        true
    }

    fn may_catch(&self, function: &Function, block: &Block, names: &ExceptionNames) -> bool {
        let mut handler = block.handler;
        for _ in 0..64 {
            let Some(here) = handler.and_then(|at| function.handlers.get(at as usize)) else {
                return false;
            };
            if here.catches_all || here.catches.iter().any(|name| self.may_be_caught_as(name, names)) {
                return true;
            }
            handler = here.outer;
        }
        true
    }

    fn may_be_caught_as(&self, name: &Dotted, names: &ExceptionNames) -> bool {
        let Some(last) = name.last().map(|last| self.name(*last)) else {
            return true;
        };
        if names.all.iter().any(|known| known == last) {
            return true;
        }
        // Another class, of Python's own or of the program. A name of anything else may stand for a tuple of classes.
        let other = self.api.exception(&format!("builtins.{last}")).is_some()
            || self
                .class_objects
                .keys()
                .any(|&class| self.name(self.class(class).name) == last);
        !other
    }

    /// The names of the classes that catch an exception.
    #[must_use]
    pub fn exception_names(&self, heap: &Heap, class: ObjectId) -> ExceptionNames {
        let mut all = Vec::new();
        let mut todo = vec![class];
        let mut plain = true;
        while let Some(class) = todo.pop() {
            if all.len() > 32 {
                break;
            }
            if let ObjectKind::Class(id) = self.object(class).kind {
                all.push(self.name(self.class(id).name).to_owned());
            }
            for base in heap
                .get(class)
                .and_then(|class| class.items.clone())
                .iter()
                .flat_map(|bases| bases.iter())
            {
                match base.single() {
                    Some(Atom::Object(base)) => todo.push(base),
                    Some(Atom::Path(path)) => {
                        let dotted = self.dotted(path);
                        plain &= self.api.exception(dotted) != Some(ExceptionClass::Base);
                        if let Some(last) = dotted.rsplit('.').next() {
                            all.push(last.to_owned());
                            all.extend(parents(last).iter().map(|&name| name.to_owned()));
                        }
                    }
                    _ => {}
                }
            }
        }
        all.push("BaseException".to_owned());
        if plain {
            all.push("Exception".to_owned());
        }
        ExceptionNames { all }
    }
}

/// An `__init__` that the `args` of an exception do not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ArgsMisfit {
    /// The `__init__`.
    pub init: FunctionId,
    /// How many `args` there are.
    pub count: usize,
}

/// The names under which an exception is caught.
#[derive(Clone, Debug)]
pub struct ExceptionNames {
    all: Vec<String>,
}

impl ExceptionNames {
    /// Those of a class of Python's own that is no `Exception`.
    #[must_use]
    pub fn of_base(name: &str) -> Self {
        Self {
            all: vec![name.to_owned(), "BaseException".to_owned()],
        }
    }
}

/// The classes between one of Python's own and `Exception`.
fn parents(name: &str) -> &'static [&'static str] {
    match name {
        "KeyError" | "IndexError" => &["LookupError"],
        "ZeroDivisionError" | "OverflowError" | "FloatingPointError" => &["ArithmeticError"],
        "NotImplementedError" | "RecursionError" => &["RuntimeError"],
        "ModuleNotFoundError" => &["ImportError"],
        "UnicodeError" => &["ValueError"],
        "UnboundLocalError" => &["NameError"],
        "IndentationError" | "TabError" => &["SyntaxError"],
        "IOError" | "EnvironmentError" | "error" => &["OSError"],
        "ConnectionResetError" | "ConnectionRefusedError" | "ConnectionAbortedError" | "BrokenPipeError" => {
            &["ConnectionError", "OSError", "IOError"]
        }
        "FileNotFoundError" | "FileExistsError" | "PermissionError" | "TimeoutError" | "ConnectionError"
        | "InterruptedError" | "BlockingIOError" | "ChildProcessError" | "IsADirectoryError" | "NotADirectoryError"
        | "ProcessLookupError" => &["OSError", "IOError", "EnvironmentError"],
        "OSError" => &["IOError", "EnvironmentError", "error"],
        _ => &[],
    }
}

/// Whether an operation of a block stands at a place.
fn holds(block: &Block, span: Span) -> bool {
    block.ops.iter().any(|op| op.span == span)
}
