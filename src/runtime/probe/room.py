"""The part of the probe that makes room in pipes and queues for all that is put into them, in a program to compare with. It
stands before `sitecustomize.py`, as one file, and uses its names.
"""

# Larger messages lie in files, and only their names go through the pipe. What is smaller has room in a pipe of this size,
# the largest that Linux gives to everybody.
SMALL, PIPE_BYTES = 64, 1 << 20
BY_NAME = b"mplint-probe-message:"


def widen(end):
    """Makes a pipe, or what a socket keeps for its other end, as large as can be."""
    import fcntl
    import socket

    number = end.fileno()
    try:
        fcntl.fcntl(number, getattr(fcntl, "F_SETPIPE_SZ", 1031), PIPE_BYTES)
    except OSError:
        with socket.socket(fileno=os.dup(number)) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIPE_BYTES)


def by_name(content):
    from tempfile import mkstemp

    number, path = mkstemp()
    with open(number, "wb") as file:
        file.write(content)
    return BY_NAME + path.encode()


def content_of(message):
    if not message.startswith(BY_NAME):
        return message
    path = message[len(BY_NAME) :].decode()
    with open(path, "rb") as file:
        content = file.read()
    os.remove(path)
    return content


def room_in_pipes(module):
    cls, sends, receives = module.Connection, module.Connection._send_bytes, module.Connection._recv_bytes

    def send_bytes(end, content):
        return sends(end, content if len(content) <= SMALL else by_name(content))

    def recv_bytes(end, most=None):
        # How much may come is not asked of the name, which is shorter.
        return module.io.BytesIO(content_of(receives(end).getvalue()))

    cls._send_bytes, cls._recv_bytes = like(send_bytes, sends), like(recv_bytes, receives)

    def wide(pipe):
        def make(*args, **kwargs):
            ends = pipe(*args, **kwargs)
            for end in ends:
                quietly(widen, end)
            return ends

        return like(make, pipe)

    module.Pipe = wide(module.Pipe)


def room_in_queues(module):
    """A queue that the program makes may hold any number of items."""
    for name in ("Queue", "JoinableQueue"):
        plain = getattr(module.BaseContext, name)
        make = lambda context, maxsize=0, plain=plain: plain(context)
        setattr(module.BaseContext, name, like(make, plain))
