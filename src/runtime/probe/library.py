"""The part of the probe that changes modules of the standard library, right after each is loaded: what is noted of them, and what
the controls need. It stands before `sitecustomize.py`, as one file, and uses its names.
"""

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
            quietly(own_random, process)
        if REMEDY == "state-sent":
            quietly(take_globals)
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
    if forced and NAMED:
        module._concrete_contexts.update(dict.fromkeys(module._concrete_contexts, forced))
    mend_context(module)


def enough(workers):
    """Threads enough for tasks that wait for others, where nothing but that is asked of them."""
    return workers if REMEDY or not workers else max(workers, 16)


def on_pool(module):
    def is_begun(result, caller):
        is_made(result, caller)
        # Of many tasks in one call nobody asks whether they are open together.
        note_open(MADE.get(id(result)), len(result._pool._cache) + 1 if type(result) is module.ApplyResult else 2)

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
    if REMEDY == "own-workers":
        asks = lambda pool, caller: own_workers(pool, OWNERS.get(id(pool)), own_pool)
        module.Pool._check_running = Told(module.Pool._check_running, asks)
    module.ApplyResult.get = Told(module.ApplyResult.get, note_wait)
    module.ApplyResult._event = Field("_event", sets=is_begun)
    module.ApplyResult._value = Field("_value", sets=lambda result, caller: is_kept(result, result._value))
    if REMEDY in ("arguments-fit", "task-alone"):
        mend_tasks(module)
    if REMEDY == "result-later":
        module.Pool.terminate = Told(module.Pool.terminate, keep_promises)
        first_late(module.Pool, "apply_async", "_cache")
        asked_later(module.Pool, "apply", "apply_async")
        asked_later(module.ApplyResult, "get")
    if REMEDY == "loop-goes-on":
        loop_goes_on(module, Pool="map starmap apply join", ApplyResult="get wait", IMapIterator="next __next__")
    if REMEDY == "arguments-fit":
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
    if REMEDY == "loop-goes-on":
        loop_goes_on(module, Queue="get", SimpleQueue="get", JoinableQueue="join")
    patient(module.Queue, "get", at=1)
    if REMEDY == "queue-stays-open":
        for name in ("close", "join_thread"):
            setattr(module.Queue, name, Instead(getattr(module.Queue, name), lambda queue, caller: below(caller.f_code.co_filename) and nothing))
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
    if LINES or REMEDY == "in-turn":
        module.settrace(TRACE)


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
    if REMEDY == "result-later":
        asked_later(module.Future, "result")
    if REMEDY == "loop-goes-on":
        loop_goes_on(module, Future="result exception")
    patient(module.Future, "result", "exception")

    def sets_result(future, caller):
        if caller.f_code.co_name == "set_result":
            has_come(future, future.__dict__["_result"])
            if REMEDY == "task-alone":
                leave_out(future, "_result")

    module.Future._result = Field("_result", sets=sets_result)
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
    elif REMEDY in ("task-alone", "arguments-fit"):
        with_wrapped(module.ProcessPoolExecutor, "submit", "map")
    if REMEDY == "arguments-fit" and not THREADS:
        module.ProcessPoolExecutor._initializer = Field("_initializer", sets=fits_initializer)
    module.ProcessPoolExecutor._max_workers = Field("_max_workers", sets=is_made)
    if LINES or REMEDY == "workers-killed":
        module.ProcessPoolExecutor.__exit__ = leaves_workers(module.ProcessPoolExecutor.__exit__)
    if not THREADS:

        def submits(pool, caller):
            if REMEDY == "own-workers":
                own_workers(pool, OWNERS.get(id(pool)), own_executor)
            note_open(called_from(caller), len(pool._pending_work_items) + 1)

        # What may stand in its place already is kept.
        module.ProcessPoolExecutor.submit = Told(module.ProcessPoolExecutor.__dict__["submit"], submits)
    if REMEDY == "result-later":
        first_late(module.ProcessPoolExecutor, "submit", "_pending_work_items")


def on_reduction(module):
    if REMEDY == "same-object":
        module.ForkingPickler.reducer_override = reduce_global


def on_shared_memory(module):
    if REMEDY in ("segment-stays", "segment-owned"):
        mend_segments(module)


def on_connection(module):
    patient(module._ConnectionBase, "poll")
    if REMEDY == "messages-whole":
        messages_whole(module.Connection)
    if REMEDY == "loop-goes-on":
        loop_goes_on(module, _ConnectionBase="recv recv_bytes")
    if REMEDY == "room-for-all":
        room_in_pipes(module)
    if REMEDY == "pipe-ends":
        for name in ("recv", "recv_bytes"):
            wait_ends(module._ConnectionBase, name, pipe_ends)
    if REMEDY == "wait-ends":
        for name in ("recv", "recv_bytes"):
            wait_ends(module._ConnectionBase, name, lambda end, receive: receive(end) if end.poll(1) else None)


def on_handlers(module):
    if REMEDY == "file-grows":
        for cls in (module.RotatingFileHandler, module.TimedRotatingFileHandler):
            cls.shouldRollover = like(lambda handler, record: 0, cls.shouldRollover)


def on_spawn(module):
    if REMEDY == "state-sent":
        mend_spawn(module)


def on_synchronize(module):
    if REMEDY == "loop-goes-on":
        # Who takes a lock has to be who gives it back, so that those are left alone.
        loop_goes_on(module, Event="wait", Barrier="wait")
    if REMEDY == "given-back":
        module.SemLock.acquire = given_back()
    if REMEDY == "barrier-opens":
        barrier = module.Barrier
        barrier.wait = Instead(barrier.wait, opens_in_time(barrier.wait))
    if REMEDY == "wait-ends":
        for cls in (module.Event, module.Condition):
            wait_ends(cls, "wait", lambda thing, wait: wait(thing, 1))
    for cls in (module.Event, module.Condition):
        patient(cls, "wait")

