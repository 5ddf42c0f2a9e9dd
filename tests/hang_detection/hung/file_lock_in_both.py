import fcntl, os, tempfile, say

file = tempfile.NamedTemporaryFile()
fcntl.flock(file, fcntl.LOCK_EX)
pid = os.fork()
if pid == 0:
    with open(file.name) as again:
        say.mark()
        fcntl.flock(again, fcntl.LOCK_EX)
    os._exit(0)
os.waitpid(pid, 0)
