//! The names that the run asks for again and again, as symbols.

use crate::python::{Symbol, Symbols};

/// Names that the run looks for.
pub(super) struct Known {
    pub main: Symbol,
    pub init: Symbol,
    pub call: Symbol,
    pub enter: Symbol,
    pub exit: Symbol,
    pub aenter: Symbol,
    pub aexit: Symbol,
    pub run: Symbol,
    pub target: Symbol,
    pub args: Symbol,
    pub kwargs: Symbol,
    pub lock: Symbol,
    pub function: Symbol,
    pub object: Symbol,
    /// Of a view: that it keeps the memory of its segment from being given up.
    pub keeps: Symbol,
    pub method: Symbol,
    pub context: Symbol,
    pub length: Symbol,
    pub unbounded: Symbol,
    pub daemon: Symbol,
    pub mp_main: Symbol,
    pub finalizer: Symbol,
    pub init_subclass: Symbol,
    pub post_init: Symbol,
    pub get_item: Symbol,
    pub qualname: Symbol,
    pub size: Symbol,
    pub quoted_name: Symbol,
    pub class: Symbol,
    pub current_name: Symbol,
    /// A module whose code has been run has it.
    pub ran: Symbol,
    pub wrapped: Symbol,
    pub given: Symbol,
    pub entered: Symbol,
    pub keys: Symbol,
    /// What an object holds whose class is built on a builtin container.
    pub contents: Symbol,
    pub data: Symbol,
    pub setter: Symbol,
    /// What is drawn from a generator or an iterable of the program that is handed to a pool.
    pub drawn: Symbol,
    /// Of a `partial`: that it is a method of whatever object it is asked of.
    pub partial_method: Symbol,
    pub dict: Symbol,
    pub new: Symbol,
}

impl Known {
    pub(super) fn new(symbols: &mut Symbols) -> Self {
        let mut s = |name| symbols.intern(name);
        Self {
            main: s("__main__"),
            init: s("__init__"),
            call: s("__call__"),
            enter: s("__enter__"),
            exit: s("__exit__"),
            aenter: s("__aenter__"),
            aexit: s("__aexit__"),
            run: s("run"),
            // Not names that Python code can have: they never meet an attribute of the program.
            target: s("@target"),
            args: s("@args"),
            kwargs: s("@kwargs"),
            lock: s("@lock"),
            function: s("@function"),
            object: s("@object"),
            keeps: s("@keeps"),
            method: s("@method"),
            context: s("@context"),
            length: s("@length"),
            unbounded: s("@unbounded"),
            daemon: s("daemon"),
            mp_main: s("__mp_main__"),
            finalizer: s("__del__"),
            init_subclass: s("__init_subclass__"),
            post_init: s("__post_init__"),
            get_item: s("__getitem__"),
            qualname: s("__qualname__"),
            size: s("@size"),
            quoted_name: s("__name__"),
            class: s("__class__"),
            current_name: s("MainProcess"),
            ran: s("@ran"),
            wrapped: s("wrapped"),
            given: s("@given"),
            entered: s("@entered"),
            keys: s("@keys"),
            contents: s("@contents"),
            data: s("data"),
            setter: s("@setter"),
            drawn: s("@drawn"),
            partial_method: s("@partialmethod"),
            dict: s("__dict__"),
            new: s("__new__"),
        }
    }
}
