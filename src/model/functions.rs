//! What a rule asks of the functions of the program: where they are defined, what leads to them, what they are for.

use super::Model;
use super::code::UnitId;
use super::events::ChainId;
use super::names::MethodRef;
use super::value::{Atom, Value};
use crate::files::Span;
use crate::python::ir::{Class, ClassId, Function, FunctionId, FunctionKind, ParamKind};

impl<'a> Model<'a> {
    /// The function with this number.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &'a Function {
        self.code.function(id)
    }

    /// The class with this number.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &'a Class {
        self.code.class(id)
    }

    /// The name of a function as messages show it.
    #[must_use]
    pub fn function_name(&self, id: FunctionId) -> &str {
        self.name(self.function(id).name)
    }

    /// Whether the function is one that `pickle` cannot find again by name: a lambda, or defined inside another.
    #[must_use]
    pub fn is_local_function(&self, id: FunctionId) -> bool {
        self.function(id).kind == FunctionKind::Lambda || self.is_in_function(id)
    }

    /// Whether a function is made anew whenever another one runs, though `global` may make its name one of the module.
    #[must_use]
    pub fn is_made_by_another(&self, id: FunctionId) -> bool {
        let mut at = id;
        while let Some(parent) = self.function(at).parent {
            match self.function(parent).kind {
                FunctionKind::Module => return false,
                FunctionKind::ClassBody(_) => at = parent,
                _ => return true,
            }
        }
        false
    }

    /// Whether a function is defined inside another one, so that its name is no name of the module.
    #[must_use]
    pub fn is_in_function(&self, id: FunctionId) -> bool {
        let mut at = id;
        while let Some(parent) = self.function(at).parent {
            let is_global = match self.function(at).kind {
                FunctionKind::ClassBody(class) => self.imported.global_classes.contains(&class),
                _ => self.imported.global_functions.contains(&at),
            };
            if is_global {
                return false;
            }
            match self.function(parent).kind {
                FunctionKind::Module => return false,
                FunctionKind::ClassBody(_) => at = parent,
                _ => return true,
            }
        }
        false
    }

    /// The calls of a function that the program makes itself: where a process, a task or a stranger begins with it, nobody
    /// called it.
    pub fn direct_calls(&self, function: FunctionId) -> impl Iterator<Item = (FunctionId, Span)> {
        self.chains.iter().filter_map(move |chain| {
            let (caller, from, span) = chain.caller.filter(|_| chain.function == function)?;
            let caller = self.chain(caller);
            let is_beginning = caller.caller.is_none() && caller.function == function;
            (!is_beginning).then_some((from, span))
        })
    }

    /// Whether the program calls a function itself.
    #[must_use]
    pub fn is_called_directly(&self, function: FunctionId) -> bool {
        self.direct_calls(function).next().is_some()
    }

    /// Whether a decorator gave this function in place of the one that was defined.
    #[must_use]
    pub fn is_decorator_result(&self, id: FunctionId) -> bool {
        self.decorated.contains(&id)
    }

    /// Whether the function stands under a decorator of which nothing is known, so that what its name leads to may be
    /// something else.
    #[must_use]
    pub fn is_wrapped(&self, id: FunctionId) -> bool {
        self.wrapped.contains(&id)
    }

    /// Whether what stands at a place may be run because the root is run as a script, so that a child imports it. What pytest
    /// loads by its name never is one, and only tests import it; `__main__.py` is one, and a child leaves it alone.
    #[must_use]
    pub fn may_be_script(&self, place: Span) -> bool {
        let root = &self.code.unit(UnitId::ROOT).file;
        [root, self.code.locate(place).0].iter().all(|file| {
            file.path()
                .file_name()
                .is_none_or(|name| name != "conftest.py" && name != "__main__.py")
        })
    }

    /// Whether a function belongs to a test: by its name, or as a method of a test case.
    #[must_use]
    pub fn is_test(&self, function: FunctionId) -> bool {
        if self.function_name(function).starts_with("test") {
            return true;
        }
        let Some(FunctionKind::ClassBody(class)) =
            self.function(function).parent.map(|parent| self.function(parent).kind)
        else {
            return false;
        };
        let name = self.name(self.class(class).name);
        name.starts_with("Test") || name.ends_with("Test") || name.ends_with("Tests") || name.ends_with("TestCase")
    }

    /// Whether a value is certainly a function of the program that can be called with so many positional arguments.
    #[must_use]
    pub fn takes(&self, function: &Value, arguments: usize) -> bool {
        let (function, given) = match function.single() {
            Some(Atom::Function(function, _)) => (function, 0),
            Some(Atom::Bound(bound)) => match self.unbind(bound).1 {
                MethodRef::User(function, _) => (function, 1),
                _ => return false,
            },
            _ => return false,
        };
        let (mut least, mut most, mut any) = (0, 0, false);
        for param in &self.function(function).params {
            match param.kind {
                ParamKind::PositionalOnly | ParamKind::Positional => {
                    most += 1;
                    least += usize::from(!param.has_default);
                }
                ParamKind::KeywordOnly if !param.has_default => return false,
                ParamKind::VarArgs => any = true,
                ParamKind::KeywordOnly | ParamKind::KeywordArgs => {}
            }
        }
        let arguments = arguments + given;
        arguments >= least && (any || arguments <= most)
    }

    /// Whether a call gives a coroutine, because an `async` function is called there. The run is only interested in what
    /// comes of it when it is awaited.
    #[must_use]
    pub fn makes_coroutine(&self, caller: ChainId, call: Span) -> bool {
        self.chains.iter().any(|chain| {
            self.function(chain.function).kind == FunctionKind::AsyncDef
                && matches!(chain.caller, Some((from, _, at)) if from == caller && at == call)
        })
    }

    /// Whether a call is one of a function of the program that runs at once, and gives no coroutine.
    #[must_use]
    pub fn is_own_call(&self, caller: ChainId, call: Span) -> bool {
        let mut called = self
            .chains
            .iter()
            .filter(|chain| matches!(chain.caller, Some((from, _, at)) if from == caller && at == call))
            .peekable();
        called.peek().is_some()
            && called.all(|chain| {
                let function = self.function(chain.function);
                function.kind == FunctionKind::Def && !function.is_generator
            })
    }

    /// The functions that lead to an event, the bodies of modules left out.
    #[must_use]
    pub fn callers(&self, chain: ChainId) -> Vec<FunctionId> {
        let mut functions = Vec::new();
        let mut at = Some(chain);
        while let Some(chain) = at {
            let chain = self.chain(chain);
            if !self.code.is_module_body(chain.function) {
                functions.push(chain.function);
            }
            at = chain.caller.map(|(caller, ..)| caller);
        }
        functions
    }
}
