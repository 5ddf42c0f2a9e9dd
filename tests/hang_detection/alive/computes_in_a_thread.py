import threading, time

def work():
    end = time.thread_time() + 0.5
    while time.thread_time() < end:
        pass

t = threading.Thread(target=work)
t.start()
t.join()
