//! What the abstract run saw: contexts, chains of calls, and events.

use smallvec::SmallVec;

use super::heap::{Heap, ObjectId};
use super::value::{Atom, Value};
use crate::api::{Effect, Entry, Method};
use crate::files::Span;
use crate::findings::StartMethods;
use crate::python::Symbol;
use crate::python::ir::{ArgShape, FunctionId};

/// Number of a context.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContextId(pub u32);

/// Number of a chain of calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ChainId(pub u32);

/// How a running function came to be called.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    /// The chain of the caller and the call, or none where a context begins.
    pub caller: Option<(ChainId, FunctionId, Span)>,
    /// The function that is called.
    pub function: FunctionId,
    /// The context it runs in.
    pub context: ContextId,
}

/// A role in which code runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContextKind {
    /// The main module, run as a script.
    Main,
    /// A function or method that nothing in the module calls: anybody may, with anything.
    Entry,
    /// The child that a process object starts.
    Child,
    /// A task of a pool or executor.
    Task,
    /// The initializer of the workers of a pool or executor.
    Initializer,
}

impl ContextKind {
    /// Whether it begins in another process than the main one.
    #[must_use]
    pub const fn is_of_other_process(self) -> bool {
        matches!(self, Self::Child | Self::Task | Self::Initializer)
    }
}

/// Of some contexts, by number, the one in which the process of a context began; none in the main process.
#[must_use]
pub fn process_of(contexts: &[Context], id: ContextId) -> Option<ContextId> {
    let mut at = Some(id);
    while let Some(id) = at {
        let context = &contexts[id.0 as usize];
        if context.kind.is_of_other_process() {
            return Some(id);
        }
        at = context.parent;
    }
    None
}

/// A context: code that runs in one process, from its first function on.
#[derive(Clone, Debug)]
pub struct Context {
    /// The role.
    pub kind: ContextKind,
    /// The context that started this one.
    pub parent: Option<ContextId>,
    /// The process, pool or executor that it runs for.
    pub object: Option<ObjectId>,
    /// Where it is started: chain, function and place.
    pub started: Option<(ChainId, FunctionId, Span)>,
    /// Whether it stands for several processes, or runs several times.
    pub many: bool,
    /// The function with a loop that no way leads out of, if it comes to one.
    pub endless: Option<FunctionId>,
    /// Whether it was not run, or not to its end, because the budget was used up.
    pub cut_short: bool,
    /// Whether the function that it runs is known.
    pub known: bool,
    /// Whether its first function may come to its end, and not only leave by an exception or end the process.
    pub returns: bool,
    /// The heap when it ends, if it does.
    pub exit: Option<Heap>,
    /// The function that it begins with, if that is one of the program.
    pub function: Option<FunctionId>,
    /// What that function returns.
    pub returned: Value,
}

/// An argument, matched to the parameter it goes to.
#[derive(Clone, Debug)]
pub struct Argument<'a> {
    /// The parameter; empty for the rest of a call and for what matches none.
    pub param: &'a str,
    /// What it may be.
    pub value: Value,
    /// The expression.
    pub span: Span,
    /// The name by which it is passed, where it is.
    pub keyword: Option<Symbol>,
    /// How it is written.
    pub shape: ArgShape,
    /// Whether parentheses stand around it that make no tuple.
    pub parenthesized: bool,
}

/// The arguments of a call of a library.
#[derive(Clone, Debug, Default)]
pub struct Arguments<'a> {
    /// What is known. A `Vec`, because a `SmallVec` would make the lifetime invariant.
    pub list: Vec<Argument<'a>>,
    /// Whether there may be more, from `*` or `**`.
    pub open: bool,
}

impl<'a> Arguments<'a> {
    /// The argument for a parameter.
    #[must_use]
    pub fn get(&self, param: &str) -> Option<&Argument<'a>> {
        self.list.iter().find(|argument| argument.param == param)
    }
}

bitflags::bitflags! {
    /// Exceptions that the code around an event is ready for.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Caught: u16 {
        /// RuntimeError
        const RUNTIME = 1;
        /// AssertionError
        const ASSERTION = 2;
        /// ValueError
        const VALUE = 4;
        /// Exception, BaseException, or anything.
        const ANY = 8;
        /// TimeoutError
        const TIMEOUT = 16;
        /// BrokenProcessPool
        const BROKEN = 32;
        /// EOFError
        const EOF = 64;
        /// NameError
        const NAME = 128;
        /// SystemExit
        const EXIT = 256;
        /// queue.Empty
        const EMPTY = 512;
        /// BufferError
        const BUFFER = 1024;
    }
}

impl Caught {
    /// What catching an exception of this name means.
    #[must_use]
    pub fn by_name(name: &str) -> Self {
        match name {
            "RuntimeError" => Self::RUNTIME,
            "AssertionError" => Self::ASSERTION,
            "ValueError" => Self::VALUE,
            "TimeoutError" => Self::TIMEOUT,
            "BrokenProcessPool" | "BrokenExecutor" => Self::BROKEN,
            "EOFError" => Self::EOF,
            "NameError" => Self::NAME,
            "SystemExit" => Self::EXIT,
            "Empty" => Self::EMPTY,
            "BufferError" => Self::BUFFER,
            "Exception" | "BaseException" => Self::ANY,
            _ => Self::empty(),
        }
    }
}

/// What is known of the default context of the program at one point.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DefaultContext {
    /// Where it was fixed, if it is fixed on every way here.
    pub fixed: Option<Span>,
    /// The start methods that a comparison rules out here.
    pub excluded: StartMethods,
    /// The same of the method that a context object was asked for: `context.get_start_method() == "fork"`.
    pub excluded_of_contexts: StartMethods,
}

impl DefaultContext {
    /// What holds where two ways meet.
    pub(super) fn join(&mut self, other: &Self) {
        self.fixed = match (self.fixed, other.fixed) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            _ => None,
        };
        self.excluded &= other.excluded;
        self.excluded_of_contexts &= other.excluded_of_contexts;
    }
}

/// How a program asks whether it is the main module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameTest {
    /// `==`, `!=`
    Equal,
    /// `is`, `is not`
    Identity,
    /// `in`, `not in`
    Contains,
    /// The string alone.
    Bare,
    /// The name in quotes, compared with the string.
    Quoted,
}

/// What a test of an exit code tells apart. It is `None` before the end, and negative after a death by signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitTest {
    /// Whether there is one: `is None`.
    IsNone,
    /// Failures by signal from success, or something that is not known to be less.
    Failure,
    /// Some failures only: a death by signal is on the side of success.
    SomeFailures,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum EventKind<'a> {
    /// A library made an object.
    Make {
        /// The object.
        object: ObjectId,
        /// How it was made.
        entry: &'a Entry,
        /// From what.
        arguments: Arguments<'a>,
    },
    /// A function of a library was called that makes nothing.
    Call {
        /// Which.
        entry: &'a Entry,
        /// With what.
        arguments: Arguments<'a>,
    },
    /// A method of an object was called, or an attribute with an effect was read.
    Method {
        /// The object.
        object: ObjectId,
        /// The name of the method.
        name: Symbol,
        /// What it does.
        method: &'a Method,
        /// With what.
        arguments: Arguments<'a>,
        /// Whether it is reached through `super()` or the class, as an override does.
        base: bool,
        /// Whether the call stands in the code, and is not made by what was handed a method.
        direct: bool,
    },
    /// A value made of a shared object's content is written back to it.
    Update {
        /// The shared object.
        object: ObjectId,
        /// The index, where it is written down.
        part: Option<i64>,
    },
    /// The content of a shared object is read or set.
    Access {
        /// The shared object.
        object: ObjectId,
        /// Whether it is set.
        sets: bool,
    },
    /// A segment of shared memory is closed while a variable or an attribute holds a view that keeps the memory.
    Refused {
        /// The segment.
        segment: ObjectId,
        /// The view.
        view: ObjectId,
    },
    /// The exit code of a process is tested.
    ExitTest {
        /// The process.
        object: ObjectId,
        /// For what.
        how: ExitTest,
    },
    /// `print(...)`
    Print {
        /// Whether it flushes, or writes to a stream of its own.
        flushed: bool,
    },
    /// `sys.stdout.flush()`
    FlushOutput,
    /// A task pauses: `time.sleep(seconds)`.
    Pause {
        /// How long.
        seconds: Value,
    },
    /// A `with` block takes a lock, and waits for it without a limit.
    TakeLock {
        /// The lock.
        lock: ObjectId,
    },
    /// A data loader with worker processes is iterated.
    Iterate {
        /// The loader.
        object: ObjectId,
    },
    /// A method is named and not called: `p.start` as a statement.
    Named {
        /// The object.
        object: ObjectId,
        /// The method.
        name: Symbol,
    },
    /// A string that was compared with `__name__`, or stands alone as a condition.
    NameTest {
        /// The other side.
        value: Symbol,
        /// How it was compared.
        how: NameTest,
    },
    /// An object of a class of the program was made.
    Instance {
        /// The object.
        object: ObjectId,
    },
    /// An attribute of an object of a library was set.
    SetAttribute {
        /// The object.
        object: ObjectId,
        /// The attribute.
        name: Symbol,
        /// What it is set to.
        value: Value,
    },
    /// Something that cannot be called is called, because it hides a method of an object of a library.
    HiddenCall {
        /// The object.
        object: ObjectId,
        /// The method.
        name: Symbol,
    },
    /// The function of a task returns: this value is sent back.
    Return {
        /// The value.
        value: Value,
    },
    /// A task raises an exception, which a handler may catch before it leaves the task.
    Raise {
        /// The exception, or the class of one that comes with Python.
        value: Value,
    },
    /// Something is added to an object of the program that a child has, or an attribute or key of it is set; or a function
    /// sets a global of its module, which is then the object.
    Change {
        /// The object.
        object: ObjectId,
        /// The attribute, constant key or global.
        field: Option<Symbol>,
    },
    /// The main process reads a variable that holds such an object, or an attribute of it, or such a global, after a child was
    /// started.
    Read {
        /// The object.
        object: ObjectId,
        /// The attribute or global.
        field: Option<Symbol>,
    },
    /// A child reads a global that only the main process has set, or one that holds what only the main process has changed.
    LateRead {
        /// The module.
        module: ObjectId,
        /// The global.
        name: Symbol,
        /// Where the main process sets or changes it.
        set: Span,
        /// Whether the main program does so, and not only a function that a stranger may call.
        by_main: bool,
        /// What it holds, where that was changed and not the global itself.
        inside: Option<ObjectId>,
    },
    /// The GPU is used, which gives the process a context of the driver.
    Gpu,
    /// A variable of the environment is read or set through `os.environ[…]`.
    Environment {
        /// Which, where that is known.
        key: Option<Symbol>,
        /// Whether it is set or removed.
        sets: bool,
        /// Whether it is set to what is written down there.
        constant: bool,
    },
    /// A copy of what a manager's list or dict holds is changed: `shared["key"].append(...)`.
    CopyChange {
        /// The list or dict.
        object: ObjectId,
    },
    /// A list, dict, set or object of the program is changed that has been put into a queue and may not have gone out yet.
    ChangeOnTheWay {
        /// The object.
        object: ObjectId,
        /// Where it was put into the queue.
        put: Span,
    },
    /// What came out of a queue or connection is compared with an object, by `is` or by `==`, or with a constant by `is`.
    Recognise {
        /// The queue or connection; none where it is the object itself.
        from: Option<ObjectId>,
        /// Whether it may be the object itself, and not what came out.
        itself: bool,
        /// The object or constant.
        mark: Atom,
        /// Whether it is asked for the identity.
        identity: bool,
    },
    /// An attribute was read that an object of a library does not have.
    Missing {
        /// The object.
        object: ObjectId,
        /// The attribute.
        name: Symbol,
    },
    /// A function that made objects ends: they are out of reach unless it hands them on.
    Leave {
        /// Objects that were made in this call and that nothing outside it can reach.
        dropped: Box<[ObjectId]>,
    },
}

/// One thing that happened, with all that was the case just before.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// What happened.
    pub kind: EventKind<'a>,
    /// In which context.
    pub context: ContextId,
    /// Through which calls.
    pub chain: ChainId,
    /// In the code of which function.
    pub function: FunctionId,
    /// Where.
    pub span: Span,
    /// The objects just before.
    pub heap: Heap,
    /// Whether it runs in the main module only, never when a child imports it.
    pub main_only: bool,
    /// Whether it runs only in a process that is called `MainProcess`, which the fork server of 3.14 is too.
    pub by_process_name: bool,
    /// The default context of the program, just before.
    pub default_context: DefaultContext,
    /// Whether it happens in a loop, again and again.
    pub many: bool,
    /// Whether it happens once more because the condition of a `while` loop still holds.
    pub asked_again: bool,
    /// How often the loops around it run in all, where that is known.
    pub times: Option<u64>,
    /// Whether a loop around it runs over something whose length the program does not bound, or that is long.
    pub unbounded: bool,
    /// What handlers around it catch.
    pub caught: Caught,
    /// The locks that are held.
    pub held: SmallVec<[ObjectId; 2]>,
    /// Whether something that is not known, and may be a lock, is held too.
    pub maybe_locked: bool,
    /// Whether its object is one of several that it may be, and not one after the other.
    pub one_of_several: bool,
}

impl Event<'_> {
    /// The method effect of the event, with its object.
    #[must_use]
    pub fn effect(&self) -> Option<(ObjectId, Effect)> {
        match &self.kind {
            EventKind::Method { object, method, .. } => Some((*object, method.effect)),
            _ => None,
        }
    }
}
