//! What the tables say: of names, of the objects that they make, and of the methods of those.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::findings::{PythonVersion, StartMethod};

/// What calling something does to the object it belongs to, or to the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing that matters.
    #[default]
    None,
    /// Starts the process or thread.
    Start,
    /// Starts worker processes as soon as it is called.
    StartWorkers,
    /// Waits for the end of the process or pool.
    Join,
    /// Waits for the end of the thread.
    JoinThread,
    /// Runs the work in the caller.
    Run,
    /// Asks whether it still runs.
    IsAlive,
    /// Asks for the exit code.
    Exitcode,
    /// Gives its worker processes, for somebody to end them.
    Workers,
    /// Ends it by force.
    Terminate,
    /// Closes it.
    Close,
    /// Hands a task to worker processes.
    Submit,
    /// Calls a function in this process, perhaps in another thread.
    Call,
    /// Hands a task to the executor in the first argument.
    RunInExecutor,
    /// Waits for the result of a task.
    GetResult,
    /// Puts an item in.
    Put,
    /// Takes an item out.
    Get,
    /// Takes a message from a connection.
    Recv,
    /// Looks without waiting.
    Poll,
    /// Waits for the feeder thread.
    Flush,
    /// Gives up what the feeder thread still holds.
    CancelJoinThread,
    /// Says that an item is done.
    TaskDone,
    /// Waits until all items are done.
    JoinTasks,
    /// Takes a lock.
    Acquire,
    /// Gives a lock back.
    Release,
    /// Waits for an event, condition, barrier or result.
    Wait,
    /// Wakes those who wait.
    Set,
    /// Gives the lock of a shared value.
    LockOf,
    /// Gives the unlocked content of a shared value.
    RawOf,
    /// Is the content of a shared value.
    Shared,
    /// Gives a context.
    GetContext,
    /// Fixes the start method.
    SetStartMethod,
    /// Asks which start method is set.
    GetStartMethod,
    /// Does the work of a child where the program is a frozen one that was started as a child.
    FreezeSupport,
    /// Joins the children that have ended and lists the others.
    ActiveChildren,
    /// Tells which process this is.
    WhoAmI,
    /// Forks this process.
    Fork,
    /// Leaves something in a file, or in a folder.
    Writes,
    /// Reads the standard input of this process.
    ReadsInput,
    /// Writes a record of a log.
    Logs,
    /// Says where records go, or which.
    ConfiguresLogging,
    /// Removes the name of a shared memory segment.
    Unlink,
    /// Reads from or writes to what has a place of its own in the kernel or a partner: a file, a socket, a database.
    Use,
    /// Draws a random number.
    Draw,
    /// Begins a generator of random numbers anew.
    Seed,
    /// Reads a variable of the environment.
    ReadEnvironment,
    /// Sets or removes a variable of the environment.
    SetEnvironment,
    /// Has a function called when the interpreter ends.
    AtExit,
    /// Ends this process by an exception.
    Exit,
    /// Ends this process at once.
    ExitNow,
}

/// What kinds have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// A handle of a child process.
    Process,
    /// Processes that one call starts, with one handle for all of them: torch's `spawn`.
    ProcessGroup,
    /// A pool of worker processes that ends at its `with`.
    Pool,
    /// An executor over worker processes, which waits at its `with`.
    Executor,
    /// The same over threads or subinterpreters.
    ThreadPool,
    /// A thread.
    Thread,
    /// What a task will return.
    Result,
    /// A queue between processes.
    Queue,
    /// A queue between threads.
    ThreadQueue,
    /// The pair of connections that `Pipe()` returns.
    Pipe,
    /// One end of a pipe.
    Connection,
    /// A lock or semaphore between processes.
    Lock,
    /// An event between processes.
    Event,
    /// A condition between processes.
    Condition,
    /// A barrier between processes.
    Barrier,
    /// A value or array that processes share.
    Shared,
    /// A segment of shared memory.
    Segment,
    /// The memory of a segment, or a part of it, as this process sees it.
    View,
    /// A generator of random numbers.
    Random,
    /// A manager.
    Manager,
    /// A context, which names a start method.
    Context,
    /// A lock, event or the like between threads.
    ThreadPrimitive,
    /// An asyncio event loop.
    EventLoop,
    /// torch's data loader.
    DataLoader,
    /// An open file.
    File,
    /// An iterator that may not pickle.
    Iterator,
    /// Something that is bound to its process.
    Resource,
    /// Anything else.
    Other,
}

/// Whether an object of a kind can be pickled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pickle {
    /// It can.
    #[default]
    Yes,
    /// Only while a process is being started.
    Inherit,
    /// It cannot.
    Never,
}

/// What pickle raises for an object that it cannot send.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PickleError {
    /// `TypeError`, which the objects of C have from `object.__reduce_ex__`.
    #[default]
    Type,
    /// `NotImplementedError`, which a class raises by itself.
    NotImplemented,
    /// `RuntimeError`: it may only go along with a process that is being started.
    Runtime,
    /// What a name that is local to a function raises: it holds such a function.
    Local,
    /// `TypeError`, and from 3.14 on what a local name raises.
    LocalSince314,
}

/// What a call returns, where it is no object of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// Nothing is known of it.
    #[default]
    Unknown,
    /// A number or truth value.
    Scalar,
    /// A string or bytes.
    Text,
    /// A list of unknown things.
    List,
    /// The number of processors of the machine.
    Processors,
    /// The first argument.
    FirstArgument,
}

/// A parameter of a wrapper, by position or name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum ParamRef {
    /// From 0.
    Position(usize),
    /// By its name.
    Name(String),
}

/// Which arguments are work for another process.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Work {
    /// The parameter that is the function.
    pub func: String,
    /// The parameter that is the tuple of its arguments.
    pub args: Option<String>,
    /// The parameter that is the dict of its keyword arguments.
    pub kwargs: Option<String>,
    /// The parameter whose elements are each the one argument of a task.
    pub each: Option<String>,
    /// The parameter whose elements are each the tuple of arguments of a task.
    pub each_args: Option<String>,
    /// The remaining arguments of the call are the arguments of the function.
    #[serde(default)]
    pub rest: bool,
    /// The remaining arguments of the call are iterables, one for each argument of the function.
    #[serde(default)]
    pub each_rest: bool,
    /// The function gets its rank before the other arguments.
    #[serde(default)]
    pub rank: bool,
    /// The work begins with this very call.
    #[serde(default)]
    pub starts: bool,
}

/// An index into the kinds of an [`Api`](super::Api).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KindId(pub u16);

/// A method or attribute of a kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Method {
    /// What it does.
    #[serde(default)]
    pub effect: Effect,
    /// The parameters after `self`; `*` begins the keyword-only ones, `*name` takes the rest.
    #[serde(default)]
    pub params: Vec<String>,
    /// The parameter that bounds the wait.
    pub timeout: Option<String>,
    /// The parameter that turns waiting off.
    pub block: Option<String>,
    /// Whether it never waits.
    #[serde(default)]
    pub nowait: bool,
    /// Whether it waits for the work to end.
    #[serde(default)]
    pub waits: bool,
    /// The parameter that is sent.
    pub data: Option<String>,
    /// The work it hands over.
    pub work: Option<Work>,
    /// The kind of object it returns.
    pub(super) makes: Option<String>,
    /// What else it returns.
    #[serde(default)]
    pub returns: Returns,
    /// Whether it keeps its arguments.
    #[serde(default)]
    pub keeps: bool,
    /// The kind of object it returns, resolved.
    #[serde(skip)]
    pub product: Option<KindId>,
}

/// What an object is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Kind {
    /// Its name in the tables.
    pub name: String,
    /// What messages call it.
    pub noun: String,
    /// What it has in common with others.
    pub family: Family,
    /// Whether it pickles.
    #[serde(default)]
    pub pickle: Pickle,
    /// The first version on which it does not pickle; none where that is so on all.
    #[serde(default, deserialize_with = "version")]
    pub pickle_fails_from: Option<PythonVersion>,
    /// What pickle raises where it does not pickle.
    #[serde(default)]
    pub pickle_raises: PickleError,
    /// Whether the members of its library are its attributes.
    #[serde(default)]
    pub members: bool,
    /// Whether it is its own lock.
    #[serde(default)]
    pub locks: bool,
    /// Whether what is put waits in the putting process until it is read.
    #[serde(default)]
    pub feeder: bool,
    /// The methods that end it.
    #[serde(default)]
    pub closes: Vec<String>,
    /// What its methods do.
    #[serde(default)]
    pub methods: FxHashMap<String, Method>,
    /// What its attributes are.
    #[serde(default)]
    pub attributes: FxHashMap<String, Method>,
}

fn version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PythonVersion>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// A function or class of a library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name under which the tables know it, such as `multiprocessing.Process`.
    pub canonical: String,
    /// Whether it is a class, so that it has subclasses and a constructor.
    pub class: bool,
    /// The kind of object that a call returns.
    pub makes: Option<KindId>,
    /// The parameters.
    pub params: Vec<String>,
    /// The work it is given.
    pub work: Option<Work>,
    /// What a call does.
    pub effect: Effect,
    /// The start method that it names by itself.
    pub method: Option<StartMethod>,
    /// What it returns where `makes` is none.
    pub returns: Returns,
    /// Whether its library pickles by plain pickle; dill and cloudpickle send functions by value.
    pub plain_pickle: bool,
    /// Where a call asks for the default context of the program, and so fixes it: the parameters that keep it from that,
    /// when one is given.
    pub asks_default: Option<Vec<String>>,
    /// Whether its library has a default context of its own, beside that of multiprocessing.
    pub own_default: bool,
}

/// A project's own function or class that behaves like one of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapper {
    /// Its dotted name.
    pub name: String,
    /// What it behaves like, such as `multiprocessing.Process`.
    pub like: String,
    /// Which of its parameters is the function; as in `like` where none.
    pub target: Option<ParamRef>,
    /// Which is the tuple of arguments.
    pub args: Option<ParamRef>,
    /// Which is the dict of keyword arguments.
    pub kwargs: Option<ParamRef>,
}
