"""The part of the probe that changes the work of other processes, in a program to compare with: where it is done, with what it is
called, what it finds there and how it ends. It stands before `sitecustomize.py`, as one file, and uses its names.
"""

# What a parameter may be given that nothing was given for.
ANYTHING = (None, 1, "", (), {})


def fitting(signature, args, kwargs):
    """What is given to which parameter, and which are left without."""
    from difflib import get_close_matches

    values, left, spare, params = {}, list(args), dict(kwargs), list(signature.parameters.values())
    for param in params:
        kind = param.kind.name
        if kind == "VAR_POSITIONAL":
            values[param.name], left = tuple(left), []
        elif kind == "VAR_KEYWORD":
            values[param.name], spare = spare, {}
        elif kind != "POSITIONAL_ONLY" and param.name in spare:
            values[param.name] = spare.pop(param.name)
        elif kind != "KEYWORD_ONLY" and left:
            values[param.name] = left.pop(0)
    # A name that there is not most likely means one that is like it.
    for name in list(spare):
        near = get_close_matches(name, [param.name for param in params if param.name not in values], 1)
        if near:
            values[near[0]] = spare.pop(name)
    needed = [param.name for param in params if param.name not in values and param.default is param.empty]
    values.update(zip(needed, [*spare.values(), *left]))
    return values, [name for name in needed if name not in values]


def call_fitting(function, *args, **kwargs):
    """Calls a function with what it has parameters for."""
    from inspect import BoundArguments, signature

    signature = signature(function)
    values, needed = fitting(signature, args, kwargs)
    # One sequence most likely holds what was meant for the parameters one by one.
    if needed and len(args) == 1 and isinstance(args[0], (tuple, list)):
        spread, missing = fitting(signature, args[0], kwargs)
        if not missing:
            values, needed = spread, missing
    failed = None
    for anything in ANYTHING:
        bound = BoundArguments(signature, {**values, **dict.fromkeys(needed, anything)})
        try:
            return function(*bound.args, **bound.kwargs)
        except Exception as error:
            failed = failed or error
            if not needed:
                break
    raise failed


class Left:
    """What comes of a task that ends its process."""


def call_alone(function, *args, **kwargs):
    """Calls a function, and ends with it where it ends the process at one of the lines in question."""
    try:
        return function(*args, **kwargs)
    except SystemExit as error:
        tb = error.__traceback__
        while tb is not None:
            file = below(tb.tb_frame.f_code.co_filename)
            if file is not None and is_meant((file, tb.tb_lineno)):
                return Left
            tb = tb.tb_next
        raise


def wrapped(function):
    from functools import partial

    return partial(call_fitting if REMEDY == "arguments-fit" else call_alone, function)


def with_wrapped(cls, *names):
    """Has methods hand over functions that are called by one of those above."""

    def taken(method):
        def take(thing, caller):
            if REMEDY == "task-alone" or is_there(caller):
                return lambda function, *args, **kwargs: method(thing, wrapped(function), *args, **kwargs)

        return take

    for name in names:
        method = getattr(cls, name)
        setattr(cls, name, Instead(method, taken(method)))


def fits_initializer(pool, caller):
    initializer = pool.__dict__["_initializer"]
    if initializer is not None and is_there(caller):
        pool.__dict__["_initializer"] = wrapped(initializer)


def leave_out(thing, name):
    """Whoever collects results gets none of what was left: of one task None, and of many one less."""
    value = thing.__dict__.get(name)
    if isinstance(value, list) and Left in value:
        value[:] = [one for one in value if one is not Left]
    elif value is Left:
        thing.__dict__[name] = None


def next_but_left(plain):
    def following(results, timeout=None):
        while True:
            value = plain(results, timeout)
            if isinstance(value, list) and Left in value:
                value[:] = [one for one in value if one is not Left]
            if value is not Left:
                return value

    return like(following, plain)


def mend_tasks(module):
    """Of pools: a task that ends its process ends alone."""
    names = ("apply", "apply_async", "map", "map_async", "imap", "imap_unordered", "starmap", "starmap_async")
    with_wrapped(module.Pool, *names)
    if REMEDY == "task-alone":
        result = module.ApplyResult

        def reads(result, caller):
            # Only when all is there: until then each has its place.
            if caller.f_code.co_name == "get":
                leave_out(result, "_value")

        result._value = Field("_value", reads=reads, sets=lambda result, caller: is_kept(result, result.__dict__["_value"]))
        module.IMapIterator.next = module.IMapIterator.__next__ = next_but_left(module.IMapIterator.next)


# --- Where it is done -------------------------------------------------------------------------------------------------


def runs_apart(process, name):
    # Only where the program's own line asks for it: a child that was forked at such a line has it on its stack, too.
    frame = sys._getframe(1)
    if name == "run" and quietly(is_asked_at, frame):
        if REMEDY == "started-and-awaited":
            return lambda: start_and_await(process, frame)
        name = "start"
    return object.__getattribute__(process, name)


# The processes that are waited for when a frame has gone through its loop, by frame.
AWAITED = {}


def start_and_await(process, frame):
    process.start()
    if frame in AWAITED:
        AWAITED[frame].append(process)
    else:
        AWAITED[frame] = [process]
        when_left(frame, quietly(loop_around, frame) or {frame.f_lineno}, lambda: await_all(frame))


def await_all(frame):
    for process in AWAITED.pop(frame, ()):
        process.join(10)


def loop_around(frame):
    """The lines of the innermost loop around the one that a frame is at; those of the statement where there is none."""
    import ast
    import linecache

    row, first = frame.f_lineno, frame.f_code.co_firstlineno
    tree = ast.parse("".join(linecache.getlines(frame.f_code.co_filename)))
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and first <= node.lineno <= row <= node.end_lineno]
    loops = [node for node in around if isinstance(node, (ast.For, ast.While, ast.AsyncFor))]
    rows = [range(node.lineno, node.end_lineno + 1) for node in loops or [node for node in around if not hasattr(node, "body")]]
    return min(rows, key=len)


def when_left(frame, rows, then):
    """Does something once a frame comes to a line besides these, if they are told, or is left."""
    plain = frame.f_trace

    def watch(frame, event, arg):
        nonlocal plain
        if plain is not None:
            plain = plain(frame, event, arg)
        if event == "return" or (event == "line" and rows and frame.f_lineno not in rows):
            then()
            frame.f_trace = plain
            return plain
        return watch

    frame.f_trace = watch
    if sys.gettrace() is None:
        sys.settrace(lambda *args: None)


def keep_work(process):
    """What a process was made for, which it forgets when it is started."""
    if "_target" in process.__dict__:
        KEPT[id(process)] = {name: process.__dict__[name] for name in ("_target", "_args", "_kwargs")}


def begin_anew(process):
    """Has a process that has ended forget that, so that it can be started."""
    if process.__dict__.get("_popen") is not None:
        process.join(10)
        process.__dict__.update(KEPT.get(id(process), {}), _popen=None)


# --- What it finds there ----------------------------------------------------------------------------------------------

SENT = []


def programs_modules():
    """The modules of the program, with their files."""
    for name, module in list(sys.modules.items()):
        file = below(getattr(module, "__file__", None) or "/")
        if file is not None:
            yield name, module, os.path.normpath(file)


def globals_named():
    """The globals that the lines in question name: modules, names, and what these hold here."""
    import linecache
    from re import findall

    values = []
    for _, module, file in programs_modules():
        text = " ".join(linecache.getline(module.__file__, row) for row in MEANT.get(file, ()))
        words = set(findall(r"[^\W\d]\w*", text))
        named = [vars(module)[word] for word in words if word in vars(module)]
        # `tables.rates`: what another module of the program holds.
        others = [other for _, other, _ in programs_modules() if any(other is value for value in named)]
        named += [vars(other)[word] for other in others for word in words if word in vars(other)]
        values += [(words, value) for value in named if not isinstance(value, (type, type(offer), type(len), type(sys)))]
    found = []
    for words, value in values:
        for name, module, _ in programs_modules():
            found += [(name, bound, value) for bound, other in list(vars(module).items()) if bound in words and other is value]
    return found


class Given:
    """The globals in question, pickled when the child is made: locks and shared values can be sent then, and only then."""

    def __reduce__(self):
        from multiprocessing.reduction import ForkingPickler

        return bytes, (quietly(lambda: bytes(ForkingPickler.dumps(globals_named()))) or b"",)


def mend_spawn(module):
    """A child is sent what the globals in question hold in its parent."""
    gives, takes = module.get_preparation_data, module.prepare

    def give(name):
        return {**gives(name), "mplint": Given()}

    def take(data):
        SENT.append(data.pop("mplint", None))
        return takes(data)

    module.get_preparation_data, module.prepare = like(give, gives), like(take, takes)


def take_globals():
    from importlib import import_module
    from pickle import loads

    for sent in filter(None, SENT):
        for module, name, value in loads(sent):
            here = sys.modules.get("__mp_main__") if module == "__main__" else import_module(module)
            for names in namespaces(here):
                names[name] = value


def namespaces(module):
    """Where functions look for the globals of a module: those of a main program have another place than it has itself."""
    found = [vars(module)]
    for value in list(vars(module).values()):
        for inner in [value, *(vars(value).values() if isinstance(value, type) else ())]:
            names = getattr(inner, "__globals__", None)
            if names is not None and names.get("__name__") == module.__name__ and all(names is not other for other in found):
                found.append(names)
    return found


# --- How it ends ------------------------------------------------------------------------------------------------------


def ends_itself(process, caller):
    is_own = process.__dict__.get("_popen") is None and process.__dict__.get("_parent_pid") != os.getpid()
    return leave if is_own and is_there(caller) else None


def leave():
    raise SystemExit(0)


