# The test connects to the address.
import os, socket

with socket.socket(socket.AF_UNIX) as listener:
    listener.bind("\0mplint-test-%d" % os.getpid())
    listener.listen()
    listener.accept()
