"""The part of the probe that says who has to wait: what an event loop could not do while a line of it stood still, how many tasks
of a pool are open at a time, and, in a program to compare with, whose turn it is at a line. It stands before
`sitecustomize.py`, as one file, and uses its names.
"""

# --- Event loops ------------------------------------------------------------------------------------------------------

# The lines that are being run while an event loop waits for them, by frame: since when, and what was to be run then.
HELD = {}


def running_loop():
    """The event loop that runs in this thread, if there is one."""
    module = sys.modules.get("asyncio.events")
    return module and module._get_running_loop()


def hold(frame, name, line):
    loop = running_loop()
    if loop is not None:
        HELD[frame] = (name, line, loop, loop.time(), [handle for handle in loop._ready if not handle._cancelled])


def let_go(frame):
    """Notes what was due in the meantime, and had to wait."""
    name, line, loop, since, ready = HELD.pop(frame)
    now, there = loop.time(), set(map(id, loop._ready))
    late = [now - since for handle in ready if id(handle) in there and not handle._cancelled]
    late += [now - max(since, handle._when) for handle in loop._scheduled if handle._when < now and not handle._cancelled]
    note("held", at=[name, line, frame.f_code.co_name], seconds=max(late, default=0.0), count=len(late))


def loop_goes_on(module, **classes):
    """Has methods that wait let the event loop go on meanwhile, at the lines in question."""

    def taken(method):
        def take(thing, caller):
            loop = running_loop()
            if loop is not None and is_there(caller):
                call = method.__get__(thing, type(thing))
                return lambda *args, **kwargs: meanwhile(loop, lambda: call(*args, **kwargs))

        return take

    for name, methods in classes.items():
        cls = getattr(module, name)
        for name in methods.split():
            plain = cls.__dict__[name]
            setattr(cls, name, Instead(plain, taken(plain)))


def meanwhile(loop, wait):
    """Waits in a thread, and runs the event loop until that has come back."""
    import asyncio
    import threading

    done = []

    def run():
        try:
            done.append((wait(), None))
        except BaseException as error:
            done.append((None, error))
        loop.call_soon_threadsafe(nothing)

    threading.Thread(target=run, daemon=True).start()
    task, before = asyncio.current_task(loop), len(loop._ready)
    if task is not None:
        asyncio.tasks._leave_task(loop, task)
    try:
        while not done:
            loop._run_once()
    finally:
        if task is not None:
            asyncio.tasks._enter_task(loop, task)
        # Whoever has called this counts on as many as there were.
        while len(loop._ready) < before:
            spare = asyncio.Handle(nothing, (), loop)
            spare.cancel()
            loop._ready.append(spare)
    value, error = done[0]
    if error is not None:
        raise error
    return value


def leaves_workers(plain):
    """How long the end of a block waits for the tasks of an executor is noted; in a program to compare with it kills them."""

    # Not what is looked up on an executor, as elsewhere: an `ExitStack` looks it up on the class.
    def leave(pool, *args):
        if not MADE.get(id(pool)):
            return plain(pool, *args)
        since = monotonic()
        if REMEDY == "workers-killed" and pool._pending_work_items:
            for process in list(pool._processes.values()):
                process.kill()
        result = plain(pool, *args)
        note("held", at=MADE.get(id(pool)), seconds=monotonic() - since, count=1)
        return result

    return like(leave, plain)


# --- Tasks ------------------------------------------------------------------------------------------------------------


def note_open(at, count):
    """One task more is handed over, so that this many are open: those that have no result yet."""
    if at and at[1] in ASKED.get(os.path.normpath(at[0]), ()) and ("open", str(at), min(count, 2)) not in SEEN:
        SEEN.add(("open", str(at), min(count, 2)))
        note("open", at=at, count=count)


# --- Whose turn it is -------------------------------------------------------------------------------------------------

TURNS, TURN_ROWS = {}, {}


def turn_rows(file):
    """The lines in question, with the blocks that they are the heads of."""
    import ast
    import linecache

    if file not in TURN_ROWS:
        name = below(file)
        rows = set(MEANT.get(os.path.normpath(name), ()) if name else ())
        if rows:
            for node in ast.walk(ast.parse("".join(linecache.getlines(file)))):
                if isinstance(node, ast.With) and node.lineno in rows:
                    rows.update(range(node.lineno, node.end_lineno + 1))
        TURN_ROWS[file] = rows
    return TURN_ROWS[file]


def take_turn(frame, takes=True):
    """Waits for the lock of a function, or gives it back."""
    from fcntl import LOCK_EX, LOCK_UN, flock

    flock(turn_file(frame), LOCK_EX if takes else LOCK_UN)


def turn_file(frame):
    """The lock of a function, in this process."""
    return turn_of(frame.f_code.co_firstlineno, sum(frame.f_code.co_filename.encode()))


def turn_of(*what):
    name = "%s/turn.%s" % (FOLDER, "-".join(map(str, what)))
    if (os.getpid(), name) not in TURNS:
        TURNS[os.getpid(), name] = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    return TURNS[os.getpid(), name]


def trace_turns(frame, event, arg):
    """Lets one process at a time go through the lines in question."""
    plain = trace(frame, event, arg) if LINES else None
    rows = quietly(turn_rows, frame.f_code.co_filename)
    if not rows:
        return plain
    is_mine = False

    def watch(frame, event, arg):
        nonlocal is_mine
        is_inside = event != "return" and frame.f_lineno in rows
        if event == "line" and is_inside and not is_mine:
            quietly(take_turn, frame)
            is_mine = True
        if plain is not None:
            plain(frame, event, arg)
        if is_mine and not is_inside and event in ("line", "return"):
            quietly(take_turn, frame, False)
            is_mine = False
        return watch

    return watch


def messages_whole(cls):
    """Has each message be written, and each be read, by one process at a time at the same end of a pipe."""
    from fcntl import LOCK_EX, LOCK_UN, flock

    def whole(plain):
        def pass_on(end, *args):
            turn = turn_of("end", plain.__name__, inode(end._handle))
            flock(turn, LOCK_EX)
            try:
                return plain(end, *args)
            finally:
                flock(turn, LOCK_UN)

        return like(pass_on, plain)

    for name in ("_send_bytes", "_recv_bytes"):
        setattr(cls, name, whole(getattr(cls, name)))


# --- What is taken and given back -------------------------------------------------------------------------------------


def given_back():
    """How a lock is taken: at the lines in question it is given back when the function is left."""

    class GivenBack(Field):
        def __get__(self, lock, owner=None):
            acquire, frame = Field.__get__(self, lock, owner), sys._getframe(1)
            return taking(lock, acquire, frame) if quietly(is_asked_at, frame) else acquire

    return GivenBack("acquire")


def taking(lock, acquire, frame):
    def acquires(*args, **kwargs):
        taken = acquire(*args, **kwargs)
        if taken:
            when_left(frame, None, lambda: lock._semlock._is_mine() and lock.release())
        return taken

    return acquires


def file_grows():
    """A file that a child opens at the lines in question keeps what others have written into it."""
    import builtins

    plain = builtins.open

    def is_child():
        process = sys.modules.get("multiprocessing.process")
        # While a spawned child imports what its parent had, it is not said yet whose child it is.
        return process and (process.parent_process() or getattr(process.current_process(), "_inheriting", False))

    def opens(file, mode="r", *args, **kwargs):
        if isinstance(mode, str) and mode.startswith("w") and is_there(sys._getframe(1)) and is_child():
            mode = "a" + mode[1:]
        return plain(file, mode, *args, **kwargs)

    builtins.open = like(opens, plain)


def own_files():
    """A child that was forked opens the files anew that it reads and has from its parent, where that had come to in them.

    Those that it writes have one position for all, and what they write stands one after the other for that very reason.
    """
    from fcntl import F_GETFL, fcntl
    from stat import S_ISREG

    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2 and S_ISREG(os.fstat(number).st_mode) and fcntl(number, F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            own = os.open("/proc/self/fd/%d" % number, os.O_RDONLY)
            os.lseek(own, os.lseek(number, 0, os.SEEK_CUR), os.SEEK_SET)
            os.dup2(own, number, inheritable=os.get_inheritable(number))
            os.close(own)


