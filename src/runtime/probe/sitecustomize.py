"""The part of mplint that runs inside the program that it watches, on CPython 3.8 and later.

Python imports this file at its start, before the program. It appends what happens to `ev.PID` in the folder that
MPLINT_PROBE_EVENTS names, a line of JSON for each event, and has `faulthandler` write the stacks of all threads to
`stack.PID` whenever the signal MPLINT_PROBE_SIGNAL comes. MPLINT_PROBE_METHOD is the start method that the program is
given in place of its default and of the one that it sets. MPLINT_PROBE_LINES (`file.py:3-4,9-9;other.py:1-2`) are lines of
the program of which is noted when each process first runs them, and what exceptions go through them. With
MPLINT_PROBE_THREADS pools and executors of processes are ones of threads, and with MPLINT_PROBE_NO_DAEMONS no process
that the program makes itself is daemonic. MPLINT_PROBE_REMEDY says what else the library does otherwise, at the lines of
MPLINT_PROBE_AT, so that there is a program to compare with; with MPLINT_PROBE_LENIENT a process that was never
started can be waited for. At the lines of MPLINT_PROBE_SLOW each step takes longer, so that others come in between who might
have. With MPLINT_PROBE_PATIENT a wait with a timeout of two seconds or more goes on without one.

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
LINES = os.environ.get("MPLINT_PROBE_LINES")
SLOW = os.environ.get("MPLINT_PROBE_SLOW")
NO_DAEMONS = os.environ.get("MPLINT_PROBE_NO_DAEMONS")
REMEDY = os.environ.get("MPLINT_PROBE_REMEDY")
AT = os.environ.get("MPLINT_PROBE_AT")
LENIENT = os.environ.get("MPLINT_PROBE_LENIENT")
PATIENT = os.environ.get("MPLINT_PROBE_PATIENT")
THREADS = os.environ.get("MPLINT_PROBE_THREADS") or REMEDY == "shared-memory"
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
# Whose methods say it.
LATER = [("multiprocessing.pool", "get"), ("concurrent.futures._base", "result")]
LATER += [("multiprocessing.process", name) for name in ("start", "join", "terminate", "kill", "close", "is_alive")]
LATER += [("multiprocessing.process", name) for name in ("daemon", "name", "ident", "exitcode", "sentinel", "_check_closed")]


def is_made(thing, caller):
    MADE[id(thing)] = called_from(caller)


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


# --- What is changed in modules of the standard library, right after each is loaded ----------------------------------

KINDS = {
    "multiprocessing.pool.worker": "pool-worker",
    "concurrent.futures.process._process_worker": "executor-worker",
    "multiprocessing.managers.BaseManager._run_server": "manager-server",
}


def on_process(module):
    base = module.BaseProcess
    bootstrap, name = base._bootstrap, base.name

    def described(process):
        # No code of the program's is run to learn this: what is neither function nor class is told by its class.
        target = process.__dict__.get("_target") if type(process).run is base.run else type(process).run
        for _ in range(8):
            kind = full_name(type(target))
            target = target.__func__ if kind == "builtins.method" else target.func if kind == "functools.partial" else target
        code = target.__code__ if type(target).__name__ == "function" else None
        named = target if code or isinstance(target, (type, type(len))) else type(target)
        target = None if target is None else full_name(named)
        return {
            "name": process._name,
            "class": full_name(type(process)),
            "daemon": bool(process._config.get("daemon")),
            "kind": KINDS.get(target, "child"),
            "target": target,
            "file": code and code.co_filename,
            "line": code and code.co_firstlineno,
        }

    def started(process, caller):
        popen = process.__dict__.get("_popen")
        without_daemons(process)
        if popen is not None and not isinstance(popen, ThreadPopen):
            made = quietly(made_by_executor, caller) or MADE.get(id(process))
            note("start", child=popen.pid, method=popen.method, at=called_from(caller), made=made, **described(process))
        if popen is not None and REMEDY == "ended" and is_there(caller):
            popen.wait()

    def without_daemons(process):
        if NO_DAEMONS and described(process)["kind"] == "child":
            process._config["daemon"] = False

    def bootstraps(process, caller):
        if REMEDY == "own-random":
            own_random(process)
        note("bootstrap", method=process._start_method, **described(process))
        without_daemons(process)

    def get_name(process):
        # `_bootstrap` asks for it where it has caught what the child raised, and is about to print that.
        if sys._getframe(1).f_code is bootstrap.__code__ and sys.exc_info()[1] is not None:
            quietly(note_exception, "process", sys.exc_info()[1])
        return name.__get__(process)

    base._parent_pid = Field("_parent_pid", sets=is_made)
    # `start` sets it as soon as the child is there, and before it forgets the target.
    base._sentinel = Field("_sentinel", sets=started)
    base._bootstrap = Told(bootstrap, bootstraps)
    base.name = property(like(get_name, name.fget), name.fset, doc=name.__doc__)
    mend_process(module, described)


def on_util(module):
    plain = module._flush_std_streams

    def flush():
        # The last thing that `_bootstrap` does.
        caller = sys._getframe(1)
        if caller.f_code.co_name == "_bootstrap":
            quietly(lambda: note("exit", code=caller.f_locals.get("exitcode")))
        return plain()

    module._flush_std_streams = like(flush, plain)


def on_context(module):
    forced = module._concrete_contexts.get(METHOD)

    def note_name(call, method, user, replaced):
        note("named", call=call, method=method, replaced=replaced, file=user.f_code.co_filename, line=user.f_lineno)

    def is_set(context, caller):
        # Only what the program sets: not the default where nothing was set, nor what a child is told by its parent.
        method, user = caller.f_locals.get("method"), caller.f_back
        if caller.f_code.co_name == "set_start_method" and method and user.f_globals.get("__name__") != "multiprocessing.spawn":
            if forced:
                context.__dict__["_actual_context"] = forced
            note_name("set_start_method", method, user, METHOD if forced else None)

    def is_asked(context, caller):
        while caller.f_globals.get("__name__") == module.__name__:
            if caller.f_code.co_name == "set_start_method":
                return
            caller = caller.f_back
        note_name("get_context", context._name, caller, None)

    for cls in (module.BaseContext, module.ForkServerContext):
        # What `get_context` calls for a method that is named, and for no other.
        cls._check_available = Told(cls._check_available, is_asked)
    module.DefaultContext._actual_context = Field("_actual_context", sets=is_set)
    if THREADS:

        def pool(context, processes=None, initializer=None, initargs=(), maxtasksperchild=None):
            from multiprocessing.pool import ThreadPool

            return ThreadPool(enough(processes), initializer, initargs)

        module.BaseContext.Pool = like(pool, module.BaseContext.Pool)
    if forced:
        module._default_context._default_context = forced
    mend_context(module)


def enough(workers):
    """Threads enough for tasks that wait for others, where nothing but that is asked of them."""
    return workers if REMEDY or not workers else max(workers, 16)


def on_pool(module):
    end, make = module.Pool.__del__, module.Pool.__init__

    def state(pool, caller):
        # Where Python gives a ResourceWarning, whether or not anybody gets to see that.
        if caller.f_code is end.__code__ and pool.__dict__["_state"] == module.RUN:
            name = full_name(type(pool))
            text = "unclosed running multiprocessing pool <%s state=RUN pool_size=%d>" % (name, len(pool._pool))
            note("unclosed", text=text, at=MADE.get(id(pool)), **{"class": name})

    def sets(pool, caller):
        if caller.f_code is make.__code__:
            is_made(pool, caller)
            if REMEDY == "pool-ended" and "_cache" not in pool.__dict__ and is_there(caller):
                atexit.register(pool.terminate)

    module.Pool._state = Field("_state", reads=state, sets=sets)
    module.ApplyResult.get = Told(module.ApplyResult.get, note_wait)
    module.ApplyResult._event = Field("_event", sets=is_made)
    module.ApplyResult._value = Field("_value", sets=lambda result, caller: is_kept(result, result._value))
    if REMEDY == "arguments-fit":
        names = ("apply", "apply_async", "map", "map_async", "imap", "imap_unordered", "starmap", "starmap_async")
        with_fitting(module.Pool, *names)
        module.Pool._initializer = Field("_initializer", sets=fits_initializer)
    if REMEDY == "wait-ends":
        wait_ends(module.ApplyResult, "get", lambda result, get: result.wait(1) or (get(result) if result.ready() else None))
    if REMEDY == "tasks-done":
        module.Pool.terminate = Told(module.Pool.terminate, tasks_done)
    if THREADS:
        # Who takes the class itself, and not what a context makes of it. Its own code goes on calling it by its name.
        def makes(cls, *args, **kwargs):
            return object.__new__(module.ThreadPool if cls is module.Pool else cls)

        def begins_with(pool, processes=None, initializer=None, initargs=(), maxtasksperchild=None, context=None):
            module.Pool.__init__(pool, enough(processes), initializer, initargs)

        module.Pool.__new__ = makes
        module.ThreadPool.__init__ = begins_with
    patient(module.ApplyResult, "get", "wait")


def on_managers(module):
    # Set first thing by `serve_forever`, whose thread then waits a second at a time for as long as the manager lives.
    module.Server.stop_event = Field("stop_event", sets=lambda server, caller: note("service", what="manager"))
    if REMEDY == "shared-memory":
        module.SyncManager.dict = lambda manager, *args, **kwargs: dict(*args, **kwargs)
        module.SyncManager.list = lambda manager, *args: list(*args)
        module.SyncManager.Namespace = lambda manager, **kwargs: module.Namespace(**kwargs)
    if REMEDY == "manager-stays":
        manager_stays(module)


def on_queues(module):
    plain = module.Queue._on_queue_feeder_error

    def feeder_error(e, obj):
        quietly(lambda: note_exception("feeder", e, made=MADE.get(id(obj))))
        return plain(e, obj)

    class Buffer(module.collections.deque):
        def append(self, item):
            quietly(is_made, item, sys._getframe(1))
            super().append(item)

    def buffered(queue, caller):
        queue.__dict__["_buffer"] = Buffer(queue.__dict__["_buffer"])

    if REMEDY == "wait-ends":
        wait_ends(module.Queue, "get", got_in_time)
        wait_ends(module.SimpleQueue, "get", lambda queue, get: get(queue) if queue._poll(1) else None)

        wait_ends(module.JoinableQueue, "join", lambda queue, join: until(queue._unfinished_tasks._semlock._is_zero, 1))
    patient(module.Queue, "get", at=1)
    if REMEDY == "taken-at-once":
        module.Queue.put = Instead(module.Queue.put, takes_at_once(module.Queue.put))
    if REMEDY == "asked-later":
        for name in ("empty", "qsize", "full"):
            setattr(module.Queue, name, Told(getattr(module.Queue, name), lambda queue, caller: is_there(caller) and pause(0.3)))

    if LINES:
        module.Queue._buffer = Field("_buffer", sets=buffered)

    module.Queue._on_queue_feeder_error = staticmethod(like(feeder_error, plain))


def on_resource_tracker(module):
    def sends(tracker, caller):
        if caller.f_code.co_name in ("register", "unregister"):
            seen = caller.f_locals
            note("resource", action=caller.f_code.co_name, name=seen["name"], kind=seen["rtype"], at=called_from(caller))

    module.ResourceTracker._send = Told(module.ResourceTracker._send, sends)


def on_threading(module):
    def invoked(thread, caller):
        value = sys.exc_info()[1]
        if caller.f_code.co_name == "_bootstrap_inner" and not isinstance(value, (SystemExit, type(None))):
            note_exception("thread", value, thread=thread._name)

    module.Thread._invoke_excepthook = Field("_invoke_excepthook", reads=invoked)
    if LINES:
        module.settrace(trace)


def on_signal(module):
    def timer(plain):
        def armed(*args):
            result = plain(*args)
            clock, seconds, *interval = args if plain.__name__ == "setitimer" else (module.ITIMER_REAL, *args)
            if clock == module.ITIMER_REAL:
                quietly(lambda: note("timer", seconds=float(seconds), interval=float(interval[0] if interval else 0)))
            return result

        return like(armed, plain)

    for name in ("alarm", "setitimer"):
        # In the module of C too: that is where pickle looks for it.
        function = timer(getattr(module, name))
        setattr(module, name, function)
        setattr(sys.modules["_signal"], name, function)


def on_futures(module):
    module.Future._state = Field("_state", sets=lambda future, caller: caller.f_code.co_name == "__init__" and is_made(future, caller))
    module.Future.result = Told(module.Future.result, note_wait)
    if REMEDY == "wait-ends":
        wait_ends(module.Future, "result", lambda future, result: result(future) if done_in_time(future) else None)
    patient(module.Future, "result", "exception")
    module.Future._result = Field("_result", sets=lambda future, caller: caller.f_code.co_name == "set_result" and has_come(future, future._result))
    module.Future._exception = Field("_exception", sets=lambda future, caller: is_kept(future, future._exception))
    # What an initializer raises goes to the log and no further.
    logger = type(module.LOGGER)
    name = "critical"
    told = Told(logger.critical, lambda logger, caller: sys.exc_info()[1] and note_exception("process", sys.exc_info()[1]))
    module.LOGGER.__class__ = type(logger.__name__, (logger,), {name: told})


def on_executor(module):
    if THREADS:
        from concurrent.futures.thread import ThreadPoolExecutor

        class ProcessPoolExecutor(ThreadPoolExecutor):
            def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *, max_tasks_per_child=None):
                super().__init__(enough(max_workers), "", initializer, initargs)

        module.ProcessPoolExecutor = like(ProcessPoolExecutor, module.ProcessPoolExecutor)
    elif REMEDY == "one-pool":
        mend_executor(module)
    elif REMEDY == "arguments-fit":
        with_fitting(module.ProcessPoolExecutor, "submit")
        module.ProcessPoolExecutor._initializer = Field("_initializer", sets=fits_initializer)
    module.ProcessPoolExecutor._max_workers = Field("_max_workers", sets=is_made)


def on_reduction(module):
    if REMEDY == "same-object":
        module.ForkingPickler.reducer_override = reduce_global


def on_shared_memory(module):
    if REMEDY in ("segment-stays", "segment-owned"):
        mend_segments(module)


def on_connection(module):
    if REMEDY == "pipe-ends":
        for name in ("recv", "recv_bytes"):
            wait_ends(module._ConnectionBase, name, pipe_ends)
    if REMEDY == "wait-ends":
        for name in ("recv", "recv_bytes"):
            wait_ends(module._ConnectionBase, name, lambda end, receive: receive(end) if end.poll(1) else None)


def on_synchronize(module):
    if REMEDY == "wait-ends":
        for cls in (module.Event, module.Condition):
            wait_ends(cls, "wait", lambda thing, wait: wait(thing, 1))
    for cls in (module.Event, module.Condition):
        patient(cls, "wait")


CHANGES = {"threading": on_threading, "signal": on_signal, "concurrent.futures.process": on_executor, "concurrent.futures._base": on_futures}
for _name in ("process", "util", "context", "pool", "managers", "queues", "resource_tracker", "reduction", "shared_memory", "connection", "synchronize"):
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
    if REMEDY in ("arguments-fit", "same-object"):
        quietly(offer)
    if REMEDY == "exits-as-usual":
        quietly(exits_as_usual)
# As if this file were not there: the `sitecustomize` that it shadows is imported in its place, and where there is none,
# `site` is told so by the very error that it expects.
sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(__file__)]
del sys.modules[__name__]
try:
    import sitecustomize
finally:
    if EVENTS.pid:
        quietly(hook_exceptions)
        if LINES:
            sys.settrace(trace)
