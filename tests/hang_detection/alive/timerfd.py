import ctypes, os, select, struct

libc = ctypes.CDLL(None)
fd = libc.timerfd_create(1, 0)
libc.timerfd_settime(fd, 0, struct.pack("qqqq", 0, 0, 0, 800_000_000), None)
poll = select.epoll()
poll.register(fd, select.EPOLLIN)
poll.poll()
os.read(fd, 8)
