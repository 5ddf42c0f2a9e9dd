"""The part of the probe for results that are waited for where they are used, in a program to compare with. It stands before
`sitecustomize.py`, as one file, and uses its names.
"""


class Promise:
    """A value that is asked for only when something is done with it. What is worked out of it is one as well."""

    __slots__ = ("ask", "known")

    def __init__(self, ask):
        object.__setattr__(self, "ask", ask)

    __class__ = property(lambda self: type(value_of(self)))

    def __getattr__(self, name):
        return getattr(value_of(self), name)

    def __setattr__(self, name, value):
        setattr(value_of(self), name, value)

    def __reduce_ex__(self, protocol):
        return value_of, (value_of(self),)


def value_of(thing):
    if type(thing) is not Promise:
        return thing
    if not is_known(thing):
        object.__setattr__(thing, "known", object.__getattribute__(thing, "ask")())
    return object.__getattribute__(thing, "known")


def is_known(promise):
    try:
        object.__getattribute__(promise, "known")
    except AttributeError:
        return False
    return True


def promises():
    """Gives promises what any value may have."""
    import operator

    def now(function):
        return lambda *args: function(*map(value_of, args))

    def later(function, turned=False):
        return lambda *args: Promise(lambda: function(*map(value_of, reversed(args) if turned else args)))

    for name in "add sub mul matmul truediv floordiv mod pow lshift rshift and or xor".split():
        function = getattr(operator, "__%s__" % name)
        setattr(Promise, "__%s__" % name, later(function))
        setattr(Promise, "__r%s__" % name, later(function, turned=True))
    for name in "eq ne lt le gt ge neg pos abs invert index contains getitem setitem delitem".split():
        setattr(Promise, "__%s__" % name, now(getattr(operator, "__%s__" % name)))
    for function in (len, iter, next, reversed, hash, bool, str, repr, bytes, int, float, complex, round, format):
        setattr(Promise, "__%s__" % function.__name__, now(function))
    Promise.__call__ = lambda promise, *args, **kwargs: value_of(promise)(*args, **kwargs)
    for name in ("enter", "exit"):
        name = "__%s__" % name
        setattr(Promise, name, lambda promise, *args, name=name: getattr(type(value_of(promise)), name)(value_of(promise), *args))


PROMISED = []


def keep_promises(pool, caller):
    """A pool is about to end, and with it what has not been done."""
    for promise in PROMISED:
        quietly(value_of, promise)


def asked_later(cls, name, begin=None):
    """Has a method that waits for a result promise it, at the lines in question."""
    plain = cls.__dict__[name]

    def take(thing, caller):
        if not is_there(caller):
            return None

        def promise(*args, **kwargs):
            ask = lambda: plain.__get__(thing, type(thing))(*args, **kwargs)
            PROMISED.append(Promise(ask if begin is None else getattr(thing, begin)(*args, **kwargs).get))
            return PROMISED[-1]

        return promise

    setattr(cls, name, Instead(plain, take))


def call_late(function, *args, **kwargs):
    pause(2)
    return function(*args, **kwargs)


def first_late(cls, name, tasks):
    """Has the first of several tasks that are open begin last: who counts on their order has it not by luck."""
    plain = cls.__dict__[name]

    def take(thing, caller):
        if not is_there(caller) or getattr(thing, tasks):
            return None
        from functools import partial

        hand_over = plain.__get__(thing, type(thing))
        return lambda function, *args, **kwargs: hand_over(partial(call_late, function), *args, **kwargs)

    setattr(cls, name, Instead(plain, take))


