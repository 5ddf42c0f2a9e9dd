import os, signal

signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
signal.alarm(1)
signal.pause()
