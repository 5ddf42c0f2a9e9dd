"""The part of the probe that makes a program to compare with: the library acts as if a mistake were put right, at the lines
that MPLINT_PROBE_AT names. It stands before `sitecustomize.py`, as one file, and uses its names.
"""

# What is made at the lines in question only once, and what ends it.
KEPT = {}


def global_of(module, name):
    return getattr(sys.modules[module], name)


def offer():
    """Puts what is called, and what comes of it, where other processes look it up."""
    sys.modules["mplint_probe"] = type(sys)("mplint_probe")
    for thing in (call_fitting, call_alone, call_late, Left, global_of, value_of):
        thing.__module__ = "mplint_probe"
        setattr(sys.modules["mplint_probe"], thing.__name__, thing)


def reduce_global(pickler, value):
    """Sends an object that is a global of the program by its name, as a function is sent."""
    if isinstance(value, (type, type(offer), type(len), type(sys))):
        return NotImplemented
    for name, module in list(sys.modules.items()):
        if name == "__main__" or below(getattr(module, "__file__", None) or "/") is not None:
            for bound, other in list(vars(module).items()):
                if other is value:
                    return global_of, (name, bound)
    return NotImplemented


def nothing(*args, **kwargs):
    return None


def kept(at, make):
    if at not in KEPT:
        KEPT[at] = make()
    return KEPT[at]


def tasks_done(pool, caller):
    if pool._state == "RUN":
        pool.close()
        pool.join()


class ThreadPopen:
    """A process that is a thread."""

    method = "thread"

    def __init__(self, process):
        import threading

        self.pid, self.returncode, self.done, self.value = os.getpid(), None, threading.Event(), None
        self.sentinel, self.end = os.pipe()
        self.work = {name: process.__dict__[name] for name in ("_target", "_args", "_kwargs")}
        threading.Thread(target=self.run, args=(process,), daemon=True).start()

    def run(self, process):
        # `start` forgets these; a `run` of the program's may want them.
        while "_kwargs" in process.__dict__:
            self.done.wait(0.001)
        process.__dict__.update(self.work)
        code = 0
        try:
            if REMEDY == "result-kept" and "run" not in type(process).__dict__ and process.__dict__.get("_target"):
                self.value = process._target(*process._args, **process._kwargs)
            else:
                self.value = process.run()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except BaseException as error:
            code = 1
            quietly(note_exception, "process", error)
            sys.excepthook(type(error), error, error.__traceback__)
        self.ended(code)

    def ended(self, code):
        if self.returncode is None:
            self.returncode = code
            os.close(self.end)
            self.done.set()

    def poll(self, flag=0):
        return self.returncode

    def wait(self, timeout=None):
        self.done.wait(timeout)
        return self.returncode

    def terminate(self):
        self.ended(-15)

    def kill(self):
        self.ended(-9)

    def close(self):
        os.close(self.sentinel)


def mend_process(module, described):
    base = module.BaseProcess

    def ended(process, caller):
        popen = process.__dict__.get("_popen")
        if popen is None or not is_there(caller):
            return
        if REMEDY == "ended":
            popen.wait()
        elif popen.wait(1) is None:
            popen.kill()
            popen.wait()

    def starts_first(process, caller):
        if process.__dict__.get("_popen") is None and is_there(caller):
            process.start()

    def starts(process, caller):
        if REMEDY == "started-anew":
            keep_work(process)
        if not (is_there(caller) or is_meant(MADE.get(id(process)))):
            return None
        if REMEDY == "started-anew":
            return begin_anew(process)
        if REMEDY == "started-once":
            has_been = process.__dict__.get("_popen") is not None or process.__dict__.get("_closed")
            return nothing if has_been else None
        if described(process)["kind"] == "child" and type(process).run is base.run:
            if REMEDY == "arguments-fit":
                process._target = fits(process._target)
            else:
                # With whatever it is called, it makes an object and no more; and it can be pickled.
                from functools import partial

                process._target, process._args = partial, (dict, *process._args)

    if REMEDY in ("ended", "killed"):
        base.join = Told(base.join, ended)
    if REMEDY == "ended":
        exitcode = base.exitcode

        def get_exitcode(process):
            quietly(ended, process, sys._getframe(1))
            return exitcode.__get__(process)

        base.exitcode = property(like(get_exitcode, exitcode.fget), doc=exitcode.__doc__)
        base.is_alive = Told(base.is_alive, ended)
    if REMEDY == "result-kept":
        for name in ("start", "join"):
            plain = getattr(base, name)
            setattr(base, name, Instead(plain, gives_result(plain)))
        base.__getattr__ = result_of
    if REMEDY == "joined-later":
        base.join = Instead(base.join, lambda process, caller: nothing if is_there(caller) else None)
        base.close = Instead(base.close, lambda process, caller: nothing if process.is_alive() else None)
    if REMEDY in ("runs-apart", "started-and-awaited"):
        base.__getattribute__ = runs_apart
    if REMEDY == "set-up":
        base.__new__ = set_up(base)
    if REMEDY == "loop-goes-on":
        loop_goes_on(module, BaseProcess="join")
    if REMEDY == "ends-itself":
        for name in ("terminate", "kill"):
            setattr(base, name, Instead(getattr(base, name), ends_itself))
    patient(base, "join")
    if REMEDY == "one-lock":
        # Made before the first child, so that children that are forked have it too.
        base.start = Told(base.start, lambda process, caller: sys.modules["multiprocessing"].Lock())
    if REMEDY == "started-first":
        for name in ("join", "terminate", "kill"):
            setattr(base, name, Told(getattr(base, name), starts_first))
    if LENIENT:
        for name in ("join", "terminate", "kill"):
            setattr(base, name, Instead(getattr(base, name), lambda process, caller: nothing if process.__dict__.get("_popen") is None else None))
    if REMEDY in ("started-once", "started-anew", "arguments-fit", "no-work"):
        base.start = Instead(base.start, starts)


def gives_result(plain):
    def takes(process, caller):
        def call(*args):
            plain(process, *args)
            process._popen.wait()
            return process._popen.value

        return call if is_there(caller) else None

    return takes


def result_of(process, name):
    popen = process.__dict__.get("_popen")
    if name.startswith("_") or popen is None or not quietly(is_asked_at, sys._getframe(1)):
        raise AttributeError("%r object has no attribute %r" % (type(process).__name__, name))
    popen.wait()
    return popen.value


def is_asked_at(frame):
    file = below(frame.f_code.co_filename)
    return file is not None and is_meant((file, frame.f_lineno))


def set_up(base):
    def __new__(cls, *args, **kwargs):
        process = object.__new__(cls)
        base.__init__(process)
        return process

    return __new__


class Stays:
    """What ends a manager, which is done with the program, and not when the program asks for it."""

    def __get__(self, manager, owner=None):
        ends = manager is not None and manager.__dict__["shutdown"]
        return nothing if ends and below(sys._getframe(1).f_code.co_filename) else ends or self

    def __set__(self, manager, value):
        manager.__dict__["shutdown"] = value
        KEPT[id(manager)] = manager


def manager_stays(module):
    module.BaseManager.shutdown = Stays()
    module.BaseManager.__exit__ = nothing


def exits_as_usual():
    plain = os._exit

    def leave(code):
        # The library itself ends a child so, with the program's line still on the stack of one that was forked.
        if is_asked_at(sys._getframe(1)):
            raise SystemExit(code)
        plain(code)

    os._exit = like(leave, plain)


def own_random(process):
    from gc import get_objects

    # Who has not drawn anything yet need not have the module; what is sent to the process comes with its state.
    from random import Random

    for thing in get_objects():
        if full_name(type(thing)) == "random.Random":
            thing.seed(str(process._identity))
    plain, number = Random.__setstate__, iter(range(1 << 30))

    def restore(generator, state):
        plain(generator, state)
        generator.seed(str((process._identity, next(number))))

    Random.__setstate__ = like(restore, plain)


def pause(seconds):
    from time import sleep

    sleep(seconds)


def takes_at_once(plain):
    def takes(queue, caller):
        def put(obj, *args, **kwargs):
            from multiprocessing.reduction import ForkingPickler
            from pickle import loads

            taken = quietly(lambda: loads(ForkingPickler.dumps(obj)))
            return plain(queue, obj if taken is None else taken, *args, **kwargs)

        return put

    return takes


def pipe_ends(end, receive):
    if end.poll(1):
        return receive(end)
    raise EOFError


def mend_segments(module):
    cls = module.SharedMemory
    begin, unlink = cls.__init__, cls.unlink

    def remove(segment, pid):
        if os.getpid() == pid:
            quietly(unlink, segment)

    def begins(segment, caller):
        def init(name=None, create=False, *args, **kwargs):
            from multiprocessing import resource_tracker
            from multiprocessing.util import Finalize

            register = resource_tracker.register
            if not create and REMEDY == "segment-owned":
                resource_tracker.register = nothing
            try:
                begin(segment, name, create, *args, **kwargs)
            finally:
                resource_tracker.register = register
            if create and REMEDY == "segment-stays":
                Finalize(None, remove, (segment, os.getpid()), exitpriority=-100)

        return init

    cls.__init__ = Instead(begin, begins)
    if REMEDY == "segment-stays":
        for name in ("close", "unlink"):
            is_asked = lambda segment, caller: below(caller.f_code.co_filename) and nothing
            setattr(cls, name, Instead(getattr(cls, name), is_asked))


SHARED = ("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier")
SHARED += ("Queue", "JoinableQueue", "SimpleQueue", "Value", "Array")


def made_by_context(plain, context):
    return like(lambda own, *args, **kwargs: plain(context, *args, **kwargs), plain)


def with_known_method(plain):
    def takes(context, caller):
        def ask(method=None, *args, **kwargs):
            return plain(context, method if method in ("fork", "spawn", "forkserver") else None, *args, **kwargs)

        return ask

    return takes


def mend_context(module):
    if REMEDY == "known-method":
        for name in ("get_context", "set_start_method"):
            plain = getattr(module.DefaultContext, name)
            setattr(module.DefaultContext, name, Instead(plain, with_known_method(plain)))
    if REMEDY == "room-for-all":
        room_in_queues(module)
    if REMEDY == "one-context":
        for name in SHARED:
            plain = getattr(module.BaseContext, name)
            setattr(module.BaseContext, name, made_by_context(plain, module._concrete_contexts["spawn"]))
    if REMEDY in ("shared-memory", "result-kept"):
        for name in ("ForkProcess", "SpawnProcess", "ForkServerProcess"):
            cls = getattr(module, name)
            cls._Popen = staticmethod(thread_or(cls._Popen))
        for name in ("Lock", "RLock"):
            setattr(module.BaseContext, name, once(getattr(module.BaseContext, name)))
    if REMEDY == "reentrant":
        module.BaseContext.Lock = module.BaseContext.RLock
    if REMEDY == "one-lock":
        plain_lock = module.BaseContext.RLock
        for name in ("Lock", "RLock"):
            setattr(module.BaseContext, name, lambda context: kept("lock", lambda: plain_lock(context)))
    if REMEDY == "one-pool":
        plain = module.BaseContext.Pool

        def make(context, *args, **kwargs):
            pool = plain(context, *args, **kwargs)
            atexit.register(pool.terminate)
            pool.__dict__.update(close=nothing, terminate=nothing, join=lambda: until(lambda: not pool._cache))
            return pool

        def pool(context, *args, **kwargs):
            if is_there(sys._getframe(1)):
                return kept("pool", lambda: make(context, *args, **kwargs))
            return plain(context, *args, **kwargs)

        module.BaseContext.Pool = like(pool, plain)


def mend_executor(module):
    class ProcessPoolExecutor(module.ProcessPoolExecutor):
        def __new__(cls, *args, **kwargs):
            make = lambda: super(ProcessPoolExecutor, cls).__new__(cls)
            return kept("executor", make) if is_there(sys._getframe(1)) else make()

        def __init__(self, *args, **kwargs):
            if KEPT.get("executor") is not self:
                super().__init__(*args, **kwargs)
            elif "shutdown" not in self.__dict__:
                super().__init__(*args, **kwargs)
                self.shutdown = lambda *args, **kwargs: until(lambda: not self._pending_work_items)

    module.ProcessPoolExecutor = like(ProcessPoolExecutor, module.ProcessPoolExecutor)


def own_workers(pool, owner, anew):
    """Sets a pool up anew in a process that is not the one that has made it."""
    if owner != os.getpid():
        from multiprocessing.util import Finalize

        anew(pool)
        # A pool ends itself; an executor, only when the process waits for it.
        if hasattr(pool, "shutdown"):
            Finalize(None, pool.shutdown, exitpriority=100)


def own_pool(pool):
    pool.__init__(pool._processes, pool._initializer, pool._initargs, pool._maxtasksperchild, pool._ctx)


def own_executor(pool):
    pool.__init__(pool._max_workers, pool._mp_context, pool._initializer, pool._initargs)


def wait_ends(cls, name, wait):
    """Has a method that waits for ever give None after a second, at the lines in question."""
    plain = getattr(cls, name)

    def ends(thing, caller):
        if is_there(caller):
            return lambda *args, **kwargs: wait(thing, plain)

    setattr(cls, name, Instead(plain, ends))


def opens_in_time(plain):
    def takes(barrier, caller):
        def wait(timeout=None):
            from threading import BrokenBarrierError

            try:
                return plain(barrier, 3)
            except BrokenBarrierError:
                return 0

        return wait if below(caller.f_code.co_filename) else None

    return takes


def got_in_time(queue, plain):
    from queue import Empty

    try:
        return plain(queue, True, 1)
    except Empty:
        return None


def done_in_time(future):
    from concurrent.futures import wait

    return wait([future], 1).done


def until(is_so, seconds=1000000):
    from time import sleep

    ends = monotonic() + seconds
    while not is_so() and monotonic() < ends:
        sleep(0.01)


def patient(cls, *names, at=0):
    """Has methods wait without a timeout where they are given a long one, as their argument of this number."""
    if not PATIENT:
        return

    def waits(plain):
        def take(thing, caller):
            def wait(*args, **kwargs):
                timeout = kwargs.get("timeout", args[at] if len(args) > at else None)
                if isinstance(timeout, (int, float)) and timeout >= 2:
                    # Not left out: a pipe is looked into at once where nothing is said.
                    kwargs["timeout"] = None
                    args = args[:at]
                return method(*args, **kwargs)

            method = plain.__get__(thing)
            return wait if below(caller.f_code.co_filename) else None

        return take

    for name in names:
        plain = cls.__dict__[name]
        setattr(cls, name, Instead(plain, waits(plain)))


def thread_or(plain):
    def popen(process):
        target = process.__dict__.get("_target")
        is_service = target is not None and getattr(target, "__name__", "") in ("_run_server", "worker", "_process_worker")
        return plain(process) if is_service else ThreadPopen(process)

    return popen


def once(plain):
    def make(context):
        caller = sys._getframe(1)
        return kept(str(called_from(caller)), lambda: plain(context)) if is_there(caller) else plain(context)

    return like(make, plain)


