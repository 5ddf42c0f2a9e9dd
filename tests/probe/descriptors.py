"""Files, signals and timers where a program counts on them."""
import os
import pickle
import resource
import signal
import tempfile

number = os.open("/dev/null", os.O_RDONLY)
print(number)
for arguments in (("x",), (), (-1, 2, 3, 4), (signal.ITIMER_REAL, -1)):
    try:
        signal.setitimer(*arguments)
    except Exception as error:
        print(type(error), error)
print(signal.alarm(30), signal.alarm(0) > 28, signal.setitimer(signal.ITIMER_REAL, 20.5, 2))
print(signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.setitimer(signal.ITIMER_VIRTUAL, 100)[1])
print(pickle.loads(pickle.dumps(signal.setitimer)) is signal.setitimer)
os.closerange(3, 4096)
with tempfile.TemporaryFile() as file:
    print(file.fileno())
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    print(file.read())
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
files = []
try:
    while True:
        files.append(open("/dev/null"))
except OSError as error:
    print(error, len(files))
