import os, signal, say

pid = os.fork()
if pid == 0:
    say.timer()
    signal.alarm(1)
    os.read(os.pipe()[0], 1)
os.waitpid(pid, 0)
