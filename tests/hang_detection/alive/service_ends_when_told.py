import os, threading, time, say

told = False

def serve():
    while not told:
        time.sleep(0.5)

for _ in range(2):
    told = False
    t = threading.Thread(target=serve)
    t.start()
    say.service(os.getpid(), t.native_id)
    time.sleep(0.6)
    told = True
    t.join()
