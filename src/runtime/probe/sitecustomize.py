"""The part of mplint that runs inside the program that it watches, on CPython 3.8 and later.

Python imports this file at its start, before the program. It appends what happens to `ev.PID` in the folder that
MPLINT_PROBE_EVENTS names, a line of JSON for each event, and has `faulthandler` write the stacks of all threads to
`stack.PID` whenever the signal MPLINT_PROBE_SIGNAL comes. MPLINT_PROBE_METHOD is the start method that the program is
given in place of its default and of the one that it sets, and with MPLINT_PROBE_NAMED of those that it asks for by name. MPLINT_PROBE_LINES (`file.py:3-4,9-9;other.py:1-2`) are lines of
the program of which is noted when each process first runs them, and what exceptions go through them. With
MPLINT_PROBE_THREADS pools and executors of processes are ones of threads, and with MPLINT_PROBE_NO_DAEMONS no process
that the program makes itself is daemonic. MPLINT_PROBE_REMEDY says what else the library does otherwise, at the lines of
MPLINT_PROBE_AT, so that there is a program to compare with; with MPLINT_PROBE_LENIENT a process that was never
started can be waited for. At the lines of MPLINT_PROBE_SLOW each step takes longer, so that others come in between who might
have. With MPLINT_PROBE_PATIENT a wait with a timeout of two seconds or more goes on without one, and with
MPLINT_PROBE_ARGUMENTS a program that is started without arguments has those that its parser asks for.

The program must not feel it: nothing here prints or raises, no file is imported that Python would not have read anyway,
and while code of the program runs, no frame of this file is on its stack. So methods are not wrapped where it can be
helped: an attribute that is looked up, read or set at the right moment is made a descriptor that takes note.
"""
import _thread
import atexit
import os
import sys
from time import monotonic

FOLDER = os.environ.get("MPLINT_PROBE_EVENTS")
SIGNAL = os.environ.get("MPLINT_PROBE_SIGNAL")
METHOD = os.environ.get("MPLINT_PROBE_METHOD")
NAMED = os.environ.get("MPLINT_PROBE_NAMED")
LINES = os.environ.get("MPLINT_PROBE_LINES")
SLOW = os.environ.get("MPLINT_PROBE_SLOW")
NO_DAEMONS = os.environ.get("MPLINT_PROBE_NO_DAEMONS")
REMEDY = os.environ.get("MPLINT_PROBE_REMEDY")
AT = os.environ.get("MPLINT_PROBE_AT")
LENIENT = os.environ.get("MPLINT_PROBE_LENIENT")
PATIENT = os.environ.get("MPLINT_PROBE_PATIENT")
ARGUMENTS = os.environ.get("MPLINT_PROBE_ARGUMENTS")
THREADS = os.environ.get("MPLINT_PROBE_THREADS") or REMEDY in ("shared-memory", "result-kept")
# Where the program's own files lie.
PROGRAM = os.path.dirname(FOLDER or "") + "/program/"
# Files are held under high numbers: a program that closes all it inherits and opens its own never gets one of ours.
NUMBERS = (1013, 1012, 253, 252, 63, 62)
ESCAPES = {**{code: "\\u%04x" % code for code in range(32)}, ord('"'): '\\"', ord("\\"): "\\\\"}


def quietly(function, *args):
    try:
        return function(*args)
    except Exception:
        return None


def inode(number):
    try:
        return os.fstat(number).st_ino
    except OSError:
        return None


class File:
    """A file of this process in the folder, opened anew where a fork or the program took it away."""

    def __init__(self, kind):
        self.kind, self.number, self.inode, self.pid = kind, -1, -1, 0

    def get(self):
        is_ours = inode(self.number) == self.inode
        if self.pid != os.getpid() or not is_ours:
            # Neither a link nor a pipe that the program laid out here is followed or waited for.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            low = os.open("%s/%s.%d" % (FOLDER, self.kind, os.getpid()), flags, 0o666)
            # After a fork, the number is taken by the parent's file, which makes room.
            free = [self.number] if is_ours else [number for number in NUMBERS if inode(number) is None]
            for high in free:
                try:
                    self.number = os.dup2(low, high, inheritable=False)
                    os.close(low)
                    break
                except OSError:  # The number lies above what the process may use.
                    continue
            else:
                self.number = low
            self.inode, self.pid = inode(self.number), os.getpid()
        return self.number


EVENTS, STACKS = File("ev"), File("stack")


def json(value):
    """`json.dumps`, without the import of a module that the program may never use."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return ("%d" if isinstance(value, int) else "%.6f") % value
    if isinstance(value, dict):
        return "{" + ",".join([json(key) + ":" + json(item) for key, item in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([json(item) for item in value]) + "]"
    return '"' + str.translate(value, ESCAPES) + '"'


def note(event, **fields):
    head = {"event": event, "time": monotonic(), "pid": os.getpid(), "tid": _thread.get_native_id()}
    line = json({**head, **fields}) + "\n"
    # One write, so that lines of several threads never mix.
    quietly(lambda: os.write(EVENTS.get(), line.encode("utf-8", "replace")))


class Told:
    """A method that takes note of who looks it up, which is who is about to call it."""

    def __init__(self, method, tell):
        self.method, self.tell = method, tell

    def __get__(self, instance, owner=None):
        if instance is not None:
            quietly(self.tell, instance, sys._getframe(1))
        return self.method.__get__(instance, owner)


class Instead(Told):
    """A method in whose place whoever looks it up may get another."""

    def __get__(self, instance, owner=None):
        other = instance is not None and quietly(self.tell, instance, sys._getframe(1))
        return other or self.method.__get__(instance, owner)


class Field:
    """An attribute of instances that takes note of who reads or who sets it."""

    def __init__(self, name, reads=None, sets=None):
        self.name, self.reads, self.sets = name, reads, sets

    def __get__(self, instance, owner=None):
        if instance is None or self.name not in instance.__dict__:
            raise AttributeError("%r object has no attribute %r" % ((owner or type(instance)).__name__, self.name))
        if self.reads:
            quietly(self.reads, instance, sys._getframe(1))
        return instance.__dict__[self.name]

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value
        if self.sets:
            quietly(self.sets, instance, sys._getframe(1))

    def __delete__(self, instance):
        if instance.__dict__.pop(self.name, self) is self:
            raise AttributeError(self.name)


def like(function, wrapped):
    """Gives a function the looks of the one that it stands for, as functools.wraps does."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(wrapped, name, None))
    function.__wrapped__ = wrapped
    return function


def below(file):
    """The path of one of the program's own files, as it stands in the program's folder."""
    if file.startswith(PROGRAM):
        return file[len(PROGRAM):]
    # The main program's, before 3.9; or ours.
    return None if file[:1] in ("", "/", "<") or file == below.__code__.co_filename else file


def called_from(frame):
    """The deepest call in the program's own files."""
    while frame is not None and below(frame.f_code.co_filename) is None:
        frame = frame.f_back
    return frame and [below(frame.f_code.co_filename), frame.f_lineno, frame.f_code.co_name]


def lines_of(text):
    """The lines in `file.py:3-4,9-9;other.py:1-2`, by file."""
    lines = {}
    for part in (text or "").split(";"):
        name, _, ranges = part.rpartition(":")
        for one in filter(None, ranges.split(",")):
            first, _, last = one.partition("-")
            lines.setdefault(name, set()).update(range(int(first), int(last) + 1))
    return lines


MEANT = lines_of(AT)


def is_meant(at):
    return bool(at) and at[1] in MEANT.get(os.path.normpath(at[0]), ())


def is_there(frame):
    """Whether one of the lines that the remedy is for is being run."""
    while frame is not None:
        file = below(frame.f_code.co_filename)
        if file is not None and is_meant((file, frame.f_lineno)):
            return True
        frame = frame.f_back
    return False


def full_name(thing):
    return "%s.%s" % (thing.__module__, thing.__qualname__)


# Where things were made that show only later what is wrong with them, by their ids: processes, results, items of queues.
MADE = {}
# And in which process.
OWNERS = {}
# Whose methods say it.
LATER = [("multiprocessing.pool", "get"), ("concurrent.futures._base", "result")]
LATER += [("multiprocessing.process", name) for name in ("start", "join", "terminate", "kill", "close", "is_alive")]
LATER += [("multiprocessing.process", name) for name in ("daemon", "name", "ident", "exitcode", "sentinel", "_check_closed")]


def is_made(thing, caller):
    MADE[id(thing)] = called_from(caller)
    OWNERS[id(thing)] = os.getpid()


def is_made_as(value, thing):
    """An exception is kept in a result, to be raised again by whoever asks for that."""
    if isinstance(value, BaseException) and id(thing) in MADE:
        MADE[id(value)] = MADE[id(thing)]


def is_kept(thing, value):
    """An exception is kept where a result would be; or a result is."""
    is_made_as(value, thing)
    if getattr(thing, "_success", False) is True:
        has_come(thing, value)
    if REMEDY == "failure-told" and isinstance(value, BaseException) and is_meant(MADE.get(id(thing))):
        os.write(1, b"a task failed: %s\n" % type(value).__name__.encode())


def has_come(thing, value):
    """A result is there: whatever it took has gone to another process and come back."""
    made = MADE.get(id(thing))
    if made and made[1] in ASKED.get(os.path.normpath(made[0]), ()) and ("come", str(made)) not in SEEN:
        SEEN.add(("come", str(made)))
        note("arrived", made=made)


def made_by_executor(frame):
    """Where the executor was made that starts a worker."""
    while frame is not None and below(frame.f_code.co_filename) is None:
        if frame.f_globals.get("__name__") == "concurrent.futures.process" and id(frame.f_locals.get("self")) in MADE:
            return MADE[id(frame.f_locals["self"])]
        frame = frame.f_back


def note_wait(thing, caller):
    """Somebody is about to wait for a result that may never come."""
    at, made = called_from(caller), MADE.get(id(thing))
    if at and made and (str(at), str(made)) not in SEEN:
        SEEN.add((str(at), str(made)))
        note("waits", at=at, made=made)


def begins(function):
    """The head of a function of the program's own."""
    code = getattr(function, "__code__", None)
    file = code and below(code.co_filename)
    return [file, code.co_firstlineno, code.co_name] if file else None


def made_by(tb):
    """Where the thing was made that an exception comes from."""
    while tb is not None:
        frame = tb.tb_frame
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in LATER:
            thing = frame.f_locals.get("self")
            return MADE.get(id(thing)) or begins(type(thing).__init__)
        tb = tb.tb_next


def note_exception(where, value, seen=None, **more):
    """The exception and up to three that it came of, each with its frames, the deepest last."""
    chain = []
    more.setdefault("made", quietly(made_by, seen or value.__traceback__) or MADE.get(id(value)))
    while value is not None and len(chain) < 4:
        frames, tb, seen = [], seen or value.__traceback__, None
        while tb is not None:
            code = tb.tb_frame.f_code
            frames.append([code.co_filename, tb.tb_lineno, code.co_name])
            tb = tb.tb_next
            if len(frames) > 60:
                del frames[20]
        mro = [full_name(cls) for cls in type(value).__mro__[:16]]
        text = quietly(str, value) or ""
        chain.append({"type": mro[0], "mro": mro, "message": text[:4000], "frames": frames})
        value = value.__cause__ or (None if value.__suppress_context__ else value.__context__)
    note("exception", where=where, chain=chain, **more)


# --- What is loaded is changed -------------------------------------------------------------------------------------

CHANGES = {"argparse": on_argparse, "threading": on_threading, "logging.handlers": on_handlers, "signal": on_signal, "concurrent.futures.process": on_executor, "concurrent.futures._base": on_futures}
for _name in ("process", "util", "context", "pool", "managers", "queues", "resource_tracker", "reduction", "shared_memory", "connection", "synchronize", "spawn"):
    CHANGES["multiprocessing." + _name] = globals()["on_" + _name]


class Finder:
    """Finds the modules above as Python does, and has each changed once it is loaded."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name not in CHANGES:
            return None
        finders = [finder for finder in sys.meta_path if finder is not cls and hasattr(finder, "find_spec")]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in finders)), None)
        if hasattr(getattr(spec, "loader", None), "exec_module"):
            spec.loader = Loader(spec.loader)
        return spec


class Loader:
    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def exec_module(self, module):
        # The module keeps no trace of this.
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        quietly(CHANGES[module.__name__], module)


# --- The lines that were asked about --------------------------------------------------------------------------------

ASKED, FILES, SEEN = lines_of(LINES), {}, set()


def asked(file):
    lines = FILES.get(file, FILES)
    if lines is FILES:
        name = below(file)
        wanted = name and ASKED.get(os.path.normpath(name))
        lines = FILES[file] = wanted and (name, wanted, max(wanted))
    return lines


def trace(frame, event, arg):
    lines = asked(frame.f_code.co_filename)
    if not lines or frame.f_code.co_firstlineno > lines[2]:
        return None
    frame.f_trace_opcodes = bool(SLOW)
    return trace_line


TRACE = trace_turns if REMEDY == "in-turn" else trace
SLOW_LINES, STEPS = lines_of(SLOW), {}


def dawdle(name, line, seconds=0.002):
    """Waits a little before a step of a line, and at most a second or so in all."""
    from time import sleep

    steps = STEPS[os.getpid()] = STEPS.get(os.getpid(), 0) + 1
    if line in SLOW_LINES.get(os.path.normpath(name), ()) and steps < 200:
        sleep(seconds)


def trace_line(frame, event, arg):
    line = frame.f_lineno
    name, lines, _ = asked(frame.f_code.co_filename)
    if frame in HELD and event in ("line", "return"):
        quietly(let_go, frame)
    if line in lines:
        if event == "opcode":
            quietly(dawdle, name, line)
        elif event == "line" and (name, line) not in SEEN:
            SEEN.add((name, line))
            note("line", file=name, line=line)
            # Once for each process, so long that those that were started together all come to it.
            quietly(dawdle, name, line, 0.3)
        elif event == "exception" and not issubclass(arg[0], (StopIteration, StopAsyncIteration, GeneratorExit)):
            if (name, line, arg[0]) not in SEEN:
                SEEN.add((name, line, arg[0]))
                quietly(note_exception, "passing", arg[1], arg[2])
        if event == "line":
            quietly(hold, frame, name, line)
    return trace_line


# --- The process itself ----------------------------------------------------------------------------------------------

ROLES = {"resource_tracker import main": "tracker", "forkserver import main": "forkserver", "spawn import spawn_main": "spawn"}


def begin(forked):
    SEEN.clear()
    if SIGNAL:
        quietly(dump_on_signal)
    argv = [] if forked else quietly(command_line) or []
    roles = [ROLES[text] for text in ROLES for arg in argv if "from multiprocessing." + text in arg]
    note(
        "process",
        role="fork" if forked else roles[0] if roles else "program",
        ppid=os.getppid(),
        argv=[arg[:400] for arg in argv[:12]],
        python="%d.%d.%d" % sys.version_info[:3],
        main_thread=_thread.get_ident(),
    )


def dump_on_signal():
    import faulthandler  # Not at the top: a subinterpreter must not try it.

    faulthandler.register(int(SIGNAL), file=STACKS.get(), all_threads=True, chain=False)


def command_line():
    number = os.open("/proc/self/cmdline", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.fsdecode(os.read(number, 8192)).rstrip("\0").split("\0")
    finally:
        os.close(number)


def install():
    mine = "%s/ev.%d" % (FOLDER, os.getpid())
    if any(quietly(os.readlink, "/proc/self/fd/%d" % number) == mine for number in NUMBERS):
        return  # The process has this already, so this is a subinterpreter: it is left alone.
    begin(forked=False)
    os.register_at_fork(after_in_child=lambda: quietly(begin, True))
    sys.meta_path.insert(0, Finder)
    for name in CHANGES:
        if name in sys.modules:
            quietly(CHANGES[name], sys.modules[name])


def hook_exceptions():
    plain, noted = sys.excepthook, []

    def excepthook(kind, value, traceback):
        noted[:] = [id(value)]
        quietly(note_exception, "main", value)
        return plain(kind, value, traceback)

    def at_end():
        # Where the program has put a hook of its own in place of this one.
        value = getattr(sys, "last_value", None)
        if value is not None and id(value) not in noted:
            quietly(note_exception, "main", value)

    sys.excepthook = like(excepthook, plain)
    atexit.register(at_end)


if FOLDER:
    quietly(install)
    if REMEDY in ("arguments-fit", "task-alone", "same-object", "result-later"):
        quietly(offer)
    if REMEDY == "result-later":
        quietly(promises)
    if REMEDY in ("exits-as-usual", "task-alone"):
        quietly(exits_as_usual)
    if REMEDY == "file-grows":
        quietly(file_grows)
    if REMEDY == "own-files":
        os.register_at_fork(after_in_child=lambda: quietly(own_files))
# As if this file were not there: the `sitecustomize` that it shadows is imported in its place, and where there is none,
# `site` is told so by the very error that it expects.
sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(__file__)]
del sys.modules[__name__]
try:
    import sitecustomize
finally:
    if EVENTS.pid:
        quietly(hook_exceptions)
        if LINES or REMEDY == "in-turn":
            sys.settrace(TRACE)
