//! What builtins and a few functions of the standard library do with the values that pass through them.

use super::calls::{Actual, Actuals};
use super::frame::Frame;
use super::operators::{ATTRIBUTE, CALL, ITEM};
use super::records::RECORD;
use super::{Run, World, constants};
use crate::model::events::{Caught, EventKind};
use crate::model::heap::{Descriptor, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::ArgKind;

/// Stands for `multiprocessing.current_process().name`.
pub(super) const CURRENT_PROCESS_NAME: &str = "multiprocessing.current_process.name";

/// Stands for the `__name__` of a module that is imported, and so is not the main one.
pub(super) const IMPORTED_NAME: &str = "__name__ of an import";

/// Stands for the set of processors that the process may use.
const USABLE_PROCESSORS: &str = "os.sched_getaffinity()";

/// A logger, whichever it is: what is done to one may be done to all.
const LOGGER: &str = "logging.getLogger()";

/// Stands for a context manager that is certainly no lock; behind it, what it swallows.
pub(super) const NOTHING_TO_LOCK: &str = "contextlib.suppress()";

/// Stands for a context manager of a test that waits for an exception.
pub(super) const EXPECTING: &str = "pytest.raises()";

/// What a stand-in for a context manager swallows.
pub(super) fn swallowed(stand_in: &str) -> Caught {
    let names = stand_in.strip_prefix(NOTHING_TO_LOCK).unwrap_or_default();
    names
        .split(' ')
        .fold(Caught::empty(), |all, name| all | Caught::by_name(name))
}

/// Stands for the number of the parent process.
pub(in crate::model) const PARENT_NUMBER: &str = "os.getppid()";

/// Stands for a decorator that gives back what it is given.
const IDENTITY: &str = "functools.lru_cache()";

/// What goes through all that it is given, or asks how much that is.
const READERS: &[&str] = &[
    "len", "list", "tuple", "set", "dict", "sorted", "sum", "min", "max", "any", "all",
];

/// Stands for the answer to a question that is certain.
pub(super) const YES: &str = "builtins.isinstance()";

/// The texts that a value may be, where it is nothing else.
fn names_in(value: &Value) -> Option<Vec<Symbol>> {
    let name = |atom: &Atom| match *atom {
        Atom::Str(name) => Some(name),
        _ => None,
    };
    let names: Vec<Symbol> = value.atoms().iter().map(name).collect::<Option<_>>()?;
    (!names.is_empty()).then_some(names)
}

impl<'a> Run<'a> {
    /// A call of a function that no table describes.
    pub(super) fn call_builtin(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        dotted: &str,
        actuals: &Actuals,
    ) -> Option<Value> {
        let first = actuals.first().map(|actual| actual.value.clone());
        let name = dotted.strip_prefix("builtins.").unwrap_or(dotted);
        if READERS.contains(&name) {
            for actual in actuals {
                self.note_lines(world, &actual.value);
            }
        }
        let own = match dotted.starts_with("builtins.") {
            true => self.ask_by_builtin(world, name, actuals),
            false => None,
        };
        let value = match name {
            "print" => {
                let keyword = |name: &str| {
                    actuals
                        .iter()
                        .find(|actual| matches!(actual.kind, ArgKind::Keyword(k) if self.symbols.name(k) == name))
                        .map(|actual| actual.value.clone())
                };
                let flushed = match keyword("flush") {
                    Some(flush) => flush.single() != Some(Atom::Bool(false)),
                    None => actuals.iter().any(|actual| actual.kind == ArgKind::DoubleStar),
                };
                let elsewhere = keyword("file").is_some_and(|file| {
                    !matches!(file.single(), Some(Atom::Path(path)) if self.names.dotted(path) == "sys.stdout")
                        && file.single() != Some(Atom::None)
                });
                self.record(
                    world,
                    EventKind::Print {
                        flushed: flushed || elsewhere,
                    },
                    0,
                );
                Atom::None.into()
            }
            // To standard error, which is not kept back.
            "traceback.print_exc" | "traceback.print_exception" | "traceback.print_stack" => {
                self.record(world, EventKind::Print { flushed: true }, 0);
                Atom::None.into()
            }
            "sys.stdout.flush" | "sys.stdout.reconfigure" => {
                self.record(world, EventKind::FlushOutput, 0);
                Atom::None.into()
            }
            "isinstance" => match self.is_instance_of(frame, world, actuals) {
                // A truth value of the program decides nothing; this answer does.
                Some(true) => Atom::Path(self.names.path(YES)).into(),
                Some(false) => Atom::None.into(),
                None => Atom::Scalar.into(),
            },
            "len" | "sum" | "abs" | "round" | "int" | "float" | "bool" | "id" | "hash" | "issubclass" | "callable"
            | "hasattr" | "any" | "all" | "ord" | "os.getpid" | "random.random" | "random.randint" | "divmod"
            | "pow" => {
                if let Some(first) = &first
                    && matches!(name, "sum" | "any" | "all")
                {
                    let elements = self.elements_of(world, first);
                    if let Some(answer) = constants::any_alive(name, &elements) {
                        return Some(answer);
                    }
                }
                match first.as_ref().and_then(Value::single) {
                    Some(Atom::Path(path)) if name == "len" && self.names.dotted(path) == USABLE_PROCESSORS => {
                        Atom::Processors { least: 1, all: false }.into()
                    }
                    Some(Atom::Object(id)) if name == "len" => {
                        self.counted(world, id).map_or(Atom::Scalar, Atom::Int).into()
                    }
                    Some(atom @ Atom::Processors { .. }) if name == "int" => atom.into(),
                    Some(atom @ Atom::IsMain(_)) if name == "bool" => atom.into(),
                    Some(atom @ Atom::ReadFrom(_)) if matches!(name, "int" | "float" | "abs" | "round") => atom.into(),
                    // What is read from a shared value by a method of the program is still that.
                    _ if own
                        .as_ref()
                        .is_some_and(|own| matches!(own.single(), Some(Atom::ReadFrom(_)))) =>
                    {
                        own.unwrap_or_default()
                    }
                    _ => Atom::Scalar.into(),
                }
            }
            "os.listdir" | "os.walk" | "glob.glob" | "glob.iglob" | "csv.reader" | "csv.DictReader" => {
                let element = if matches!(name, "os.listdir" | "glob.glob" | "glob.iglob") {
                    Atom::Text
                } else {
                    Atom::Unknown
                };
                self.listing(world, element.into())
            }
            "os.cpu_count" => Atom::Processors { least: 1, all: true }.into(),
            "os.process_cpu_count" => Atom::Processors { least: 1, all: false }.into(),
            "os.sched_getaffinity" => Atom::Path(self.names.path(USABLE_PROCESSORS)).into(),
            "time.time"
            | "time.perf_counter"
            | "time.monotonic"
            | "time.process_time"
            | "time.perf_counter_ns"
            | "time.monotonic_ns"
            | "time.time_ns"
            | "timeit.default_timer" => {
                self.unfollowed.note_clock(self.here.chain, self.here.span);
                Atom::Scalar.into()
            }
            "time.sleep" => {
                self.note_pause();
                self.note_gone_out(world);
                if let Some(seconds) = actuals.first() {
                    let at = (self.context, self.here.chain, seconds.span);
                    let times = self.times();
                    self.unfollowed.note_sleep(at, seconds.value.clone(), times);
                }
                if self.contexts[self.context.0 as usize].kind == crate::model::events::ContextKind::Task {
                    let seconds = first.unwrap_or_else(Value::unknown);
                    self.record(world, EventKind::Pause { seconds }, 0);
                }
                Atom::None.into()
            }
            "gc.collect" => Atom::None.into(),
            super::exit_stacks::LEAVE => {
                self.exit_context(frame, world, &first.unwrap_or_default(), false);
                Atom::None.into()
            }
            "os.wait" | "os.waitpid" | "os.wait3" | "os.wait4" | "os.waitid" => {
                self.note_pause();
                self.unfollowed.note_reaping();
                Value::unknown()
            }
            "signal.signal" => {
                let signal = first.as_ref().and_then(Value::single);
                if matches!(signal, Some(Atom::Path(path)) if matches!(self.names.dotted(path), "signal.SIGCHLD" | "signal.SIGCLD"))
                {
                    self.unfollowed.note_reaping();
                }
                self.escape_all(world, actuals);
                Value::unknown()
            }
            "importlib.import_module" | "__import__" => match first.as_ref().and_then(Value::single) {
                Some(Atom::Str(module)) if actuals.len() == 1 || name != "__import__" => {
                    let dotted = self.name(module).to_owned();
                    if name != "__import__"
                        && let Some(module) = self.import_by_name(frame, world, &dotted)
                    {
                        return Some(module);
                    }
                    Atom::Path(self.names.path(&dotted)).into()
                }
                _ => Value::unknown(),
            },
            // Never the number of this process, which is what `os.getpid()` gives.
            "os.getppid" => Atom::Path(self.names.path(PARENT_NUMBER)).into(),
            "os.kill" => {
                // `os.kill(p.pid, signal.SIGKILL)`; the signal 0 only asks whether there is such a process.
                let is_question = actuals
                    .get(1)
                    .is_some_and(|signal| signal.value.single() == Some(Atom::Int(0)));
                if let Some(Atom::Started(process)) = first.as_ref().and_then(Value::single)
                    && !is_question
                {
                    let name = self.symbols.intern("kill");
                    self.call_method(frame, world, process, name, &Actuals::new());
                }
                Atom::None.into()
            }
            "logging.getLogger" | "logging.getLogger().getChild" => Atom::Path(self.names.path(LOGGER)).into(),
            "str" | "repr" | "format" | "chr" | "hex" | "bin" | "oct" | "ascii" => Atom::Text.into(),
            // As long as what they are given says.
            "bytes" | "bytearray" => match first.as_ref().and_then(Value::single) {
                Some(Atom::Int(length)) => Atom::Sized(length.clamp(0, i64::from(u32::MAX)) as u32).into(),
                // A copy of what a segment or an array holds.
                Some(Atom::Object(_)) => Atom::Text.into(),
                _ => Value::unknown(),
            },
            "min" | "max" => self.extreme(world, actuals),
            "list" | "sorted" => self.copied(world, ObjectKind::List, first.as_ref(), name == "list"),
            "tuple" => self.copied(world, ObjectKind::Tuple, first.as_ref(), true),
            "set" | "frozenset" => self.copied(world, ObjectKind::Set, first.as_ref(), false),
            "collections.deque" => self.copied(world, ObjectKind::List, first.as_ref(), false),
            "reversed" | "iter" | "tqdm.tqdm" | "tqdm.auto.tqdm" | "tqdm" => {
                if actuals.len() == 2 && name == "iter" {
                    self.note_end_mark(world, &actuals[0].value, &actuals[1].value);
                    return Some(self.iterate_calls(frame, world, &actuals[0].value));
                }
                self.copied(world, ObjectKind::Iterable, first.as_ref(), name != "reversed")
            }
            "filter" => {
                let source = actuals.get(1).map(|actual| actual.value.clone());
                self.copied(world, ObjectKind::Iterable, source.as_ref(), false)
            }
            "next" => {
                let element = first.map_or_else(Value::unknown, |first| self.next_of(world, &first));
                self.blend(world, &element);
                element
            }
            "enumerate" => {
                let length = first.as_ref().and_then(Value::single).and_then(|first| match first {
                    Atom::Object(id) => self.length(world, id).and_then(|length| i64::try_from(length).ok()),
                    _ => None,
                });
                let element = first.map_or_else(Value::unknown, |first| self.elements_of(world, &first));
                let pair = self.allocate_container(world, ObjectKind::Tuple, vec![Atom::Scalar.into(), element], 11);
                let id = self.allocate_elements(world, ObjectKind::Iterable, pair.into(), 12);
                self.set_length(world, id, length);
                id.into()
            }
            // `zip(*columns)`: how many there are is not known.
            "zip" | "itertools.product" | "itertools.zip_longest"
                if actuals.iter().any(|actual| actual.kind == ArgKind::Star) =>
            {
                let tuple = self.allocate_elements(world, ObjectKind::Tuple, Value::unknown(), 11);
                self.allocate_elements(world, ObjectKind::Iterable, tuple.into(), 12)
                    .into()
            }
            "zip" | "itertools.product" | "itertools.zip_longest" => {
                let parts = actuals
                    .iter()
                    .filter(|actual| actual.kind == ArgKind::Positional)
                    .map(|actual| actual.value.clone())
                    .collect::<Vec<_>>();
                let parts = parts.iter().map(|part| self.elements_of(world, part)).collect();
                let tuple = self.allocate_container(world, ObjectKind::Tuple, parts, 11);
                self.allocate_elements(world, ObjectKind::Iterable, tuple.into(), 12)
                    .into()
            }
            "map" => {
                let mut elements = Vec::new();
                for actual in actuals.iter().skip(1) {
                    elements.push(self.elements_of(world, &actual.value));
                }
                self.comprehensions += 1;
                let mapped = match &first {
                    Some(function) => self.call_values(frame, world, function, elements),
                    None => None,
                };
                self.comprehensions -= 1;
                let mapped = mapped.unwrap_or_else(Value::unknown);
                self.allocate_elements(world, ObjectKind::Iterable, mapped, 12).into()
            }
            "range" => {
                let id = self.allocate_elements(world, ObjectKind::Iterable, Atom::Scalar.into(), 0);
                // `range(settings.WORKERS)`
                let actuals = &self.settle_arguments(world, actuals);
                let bounds: Vec<Option<Atom>> = actuals.iter().map(|actual| actual.value.single()).collect();
                let length = match bounds.as_slice() {
                    [Some(Atom::Int(end))] => Some(*end),
                    [Some(Atom::Int(start)), Some(Atom::Int(end))] => Some(end.saturating_sub(*start)),
                    _ => None,
                };
                self.set_length(world, id, length);
                id.into()
            }
            "collections.defaultdict" => self.new_default_dict(frame, world, actuals),
            "dict" | "collections.OrderedDict" | "collections.Counter" => self.new_dict(world, actuals),
            "types.SimpleNamespace" => self.new_dict(world, actuals),
            "collections.namedtuple" => self.record_class(world, actuals),
            RECORD => self.new_record(world, actuals),
            "dataclasses.replace" | "copy.replace" => self.replaced(world, actuals),
            "operator.methodcaller" => self.operator_with(world, CALL, actuals),
            "operator.attrgetter" if actuals.len() == 1 => self.operator_with(world, ATTRIBUTE, actuals),
            "operator.itemgetter" if actuals.len() == 1 => self.operator_with(world, ITEM, actuals),
            CALL | ATTRIBUTE | ITEM => return self.operate_on(frame, world, name, actuals),
            "functools.reduce" => self.reduce(frame, world, actuals),
            // In a thread, which shares all objects.
            "asyncio.to_thread" => {
                if let Some((function, rest)) = actuals.split_first() {
                    let rest: Actuals = rest.iter().cloned().collect();
                    self.call_aside(frame, world, &function.value.clone(), &rest);
                }
                Value::unknown()
            }
            "getattr" => match (&first, actuals.get(1).map(|actual| names_in(&actual.value))) {
                // One of several names, each of which is known.
                (Some(object), Some(Some(names))) => {
                    let mut value = Value::never();
                    for name in names {
                        value.join(&self.attribute(frame, world, &object.clone(), name));
                    }
                    if let Some(default) = actuals.get(2) {
                        value.join(&default.value);
                    }
                    value
                }
                (object, _) => {
                    // A name that is not known: any method may be meant.
                    if let Some(object) = object.clone() {
                        self.escape(world, &object);
                    }
                    Value::unknown()
                }
            },
            "setattr" => {
                if let [object, name, value] = actuals.as_slice() {
                    match name.value.single() {
                        Some(Atom::Str(name)) => {
                            self.set_attribute(world, &object.value.clone(), name, value.value.clone())
                        }
                        _ => self.set_some_attribute(world, &object.value, actuals),
                    }
                }
                Atom::None.into()
            }
            "super" => {
                let args: Vec<Value> = actuals.iter().map(|actual| actual.value.clone()).collect();
                self.make_super(frame, world, &args)
            }
            "property" => self.descriptor(world, Descriptor::Property, first),
            "functools.cached_property" => self.descriptor(world, Descriptor::Cached, first),
            "staticmethod" => self.descriptor(world, Descriptor::Static, first),
            "classmethod" => self.descriptor(world, Descriptor::Class, first),
            "heapq.heappush" | "bisect.insort" | "bisect.insort_left" | "bisect.insort_right" => {
                self.of_list(world, "append", actuals.get(1).into_iter().cloned().collect(), first)
            }
            "heapq.heappop" => {
                let any = Actual::positional(Value::unknown(), self.here.span);
                self.of_list(world, "pop", std::iter::once(any).collect(), first)
            }
            "functools.partial" => self.partial(world, actuals),
            "functools.partialmethod" => self.partial_method(world, actuals),
            "functools.wraps" => self.wraps(world, actuals),
            "functools.update_wrapper" => self.update_wrapper(world, actuals),
            "contextlib.suppress" | "contextlib.redirect_stdout" | "contextlib.redirect_stderr" => {
                self.swallowing(actuals)
            }
            "pytest.raises" | "pytest.warns" => Atom::Path(self.names.path(EXPECTING)).into(),
            "dataclasses.field" => self.field(world, actuals),
            "contextlib.nullcontext" => match first {
                Some(inner) => inner,
                None => Atom::Path(self.names.path(NOTHING_TO_LOCK)).into(),
            },
            // `numpy.ndarray(shape, buffer=segment.buf)`
            "numpy.ndarray" | "numpy.frombuffer" | "numpy.asarray" | "numpy.array"
                if actuals.iter().any(|actual| self.is_view(world, &actual.value)) =>
            {
                self.array_on_view(world, dotted, actuals)
            }
            // A device is as good as its name.
            "torch.device" => first.unwrap_or_else(Value::unknown),
            "weakref.finalize" => {
                for actual in actuals {
                    self.hand_over(world, &actual.value.clone());
                }
                first.unwrap_or_else(Value::unknown)
            }
            IDENTITY
            | "functools.lru_cache"
            | "functools.cache"
            | "contextlib.contextmanager"
            | "contextlib.asynccontextmanager"
            | "dataclasses.dataclass"
            | "typing.cast"
            | "copy.copy"
            | "copy.deepcopy"
            | "atexit.unregister"
            | "typing.final"
            | "abc.abstractmethod"
            | "asyncio.coroutine" => {
                if name.starts_with("copy.") {
                    self.note_copied(world, first.as_ref());
                }
                // `typing.cast(T, x)` gives its second argument, the others their first.
                let inner = if name == "typing.cast" {
                    actuals.get(1).map(|a| a.value.clone())
                } else {
                    first
                };
                match inner {
                    Some(inner) if name != "functools.lru_cache" || !inner.is_scalar() => inner,
                    _ => Atom::Path(self.names.path(IDENTITY)).into(),
                }
            }
            "type" => match first.as_ref().and_then(Value::single) {
                Some(Atom::Object(id)) if actuals.len() == 1 => match self.objects[id.0 as usize].kind {
                    ObjectKind::Instance(class) => class.into(),
                    _ => Value::unknown(),
                },
                _ => Value::unknown(),
            },
            "object" => match self.api.kind_named("plain-object") {
                Some(kind) if actuals.is_empty() => self.allocate_library(world, kind, None, None, 48).into(),
                _ => Value::unknown(),
            },
            "globals" | "locals" | "vars" | "dir" => Value::unknown(),
            _ if dotted.starts_with("pathlib.") => {
                self.call_of_path(world, dotted, actuals).unwrap_or_else(Value::unknown)
            }
            _ if self.api.is_harmless(dotted) => {
                for actual in actuals {
                    self.ask(world, &actual.value);
                }
                Value::unknown()
            }
            // The class stands for what it makes: no rule needs to know more of it.
            _ if self.api.exception(dotted).is_some() => {
                self.escape_all(world, actuals);
                Atom::Path(self.names.path(dotted)).into()
            }
            _ => {
                self.note_slow();
                self.escape_all(world, actuals);
                Value::unknown()
            }
        };
        Some(value)
    }

    /// `functools.wraps(function)`: `update_wrapper` with its second argument given already.
    fn wraps(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let update = Value::from(Atom::Path(self.names.path("functools.update_wrapper")));
        let id = self.allocate(world, ObjectKind::Partial, States::empty(), 0);
        let (function, wrapped) = (self.known.function, self.known.wrapped);
        let original = actuals
            .first()
            .map_or_else(Value::unknown, |actual| actual.value.clone());
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(function, update);
            object.fields.set(wrapped, original);
            object.items = Some(std::rc::Rc::new(Vec::new()));
        }
        id.into()
    }

    /// `functools.update_wrapper(wrapper, wrapped)` gives back the wrapper, under the name of what it wraps.
    fn update_wrapper(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let mut positional = actuals.iter().filter(|actual| actual.kind == ArgKind::Positional);
        let Some(wrapper) = positional.next() else {
            return Value::unknown();
        };
        let wrapped = actuals
            .iter()
            .find(|actual| actual.kind == ArgKind::Keyword(self.known.wrapped))
            .or_else(|| positional.next())
            .map_or_else(Value::unknown, |actual| actual.value.clone());
        for &atom in wrapper.value.atoms() {
            match atom {
                Atom::Function(function, closure) => {
                    self.named_after.entry((function, closure)).or_default().join(&wrapped);
                }
                // Its `__wrapped__` is an attribute like any other.
                Atom::Object(id) if matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_)) => {
                    let name = self.symbols.intern("__wrapped__");
                    self.set_attribute(world, &atom.into(), name, wrapped.clone());
                }
                _ => {}
            }
        }
        wrapper.value.clone()
    }

    /// A context manager that swallows the exceptions that it is given.
    fn swallowing(&mut self, actuals: &Actuals) -> Value {
        let mut stand_in = NOTHING_TO_LOCK.to_owned();
        for actual in actuals {
            for atom in actual.value.atoms() {
                if let Atom::Path(path) = atom {
                    stand_in.push(' ');
                    stand_in.push_str(self.names.dotted(*path).rsplit('.').next().unwrap_or_default());
                }
            }
        }
        Atom::Path(self.names.path(&stand_in)).into()
    }

    fn extreme(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let positional: Vec<Value> = actuals
            .iter()
            .filter(|actual| actual.kind == ArgKind::Positional)
            .map(|actual| actual.value.clone())
            .collect();
        match positional.as_slice() {
            [one] => self.elements_of(world, one),
            many => {
                let mut any = Value::never();
                for value in many {
                    any.join(value);
                }
                if let Some(&read) = any.atoms().iter().find(|atom| matches!(atom, Atom::ReadFrom(_))) {
                    return read.into();
                }
                if any.is_scalar() {
                    Atom::Scalar.into()
                } else {
                    any.or(&Value::unknown())
                }
            }
        }
    }

    /// `iter(function, sentinel)`: an iterator over what the calls return.
    fn iterate_calls(&mut self, frame: &Frame<'a>, world: &mut World, function: &Value) -> Value {
        self.comprehensions += 1;
        let element = self
            .call_values(frame, world, function, Vec::new())
            .unwrap_or_else(Value::unknown);
        self.comprehensions -= 1;
        self.allocate_elements(world, ObjectKind::Iterable, element, 12).into()
    }

    fn descriptor(&mut self, world: &mut World, kind: Descriptor, function: Option<Value>) -> Value {
        let id = self.allocate(world, ObjectKind::Descriptor(kind), States::empty(), 0);
        let name = self.known.function;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(name, function.unwrap_or_else(Value::unknown));
        }
        id.into()
    }

    /// `dataclasses.field(default_factory=…)`; with a default, that is what the class has under the name.
    fn field(&mut self, world: &mut World, actuals: &Actuals) -> Value {
        let given = |run: &Self, keyword: &str| {
            let is_it = |kind| matches!(kind, ArgKind::Keyword(name) if run.symbols.name(name) == keyword);
            let found = actuals.iter().find(|actual| is_it(actual.kind));
            found.map(|actual| actual.value.clone())
        };
        match given(self, "default_factory") {
            Some(factory) => self.descriptor(world, Descriptor::Field, Some(factory)),
            None => given(self, "default").unwrap_or_else(Value::unknown),
        }
    }
}
