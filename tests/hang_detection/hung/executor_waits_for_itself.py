import multiprocessing as mp, say
from concurrent.futures import ProcessPoolExecutor

def work(event):
    say.mark()
    event.wait()

def begin(event):
    global EVENT
    EVENT = event

def task():
    work(EVENT)

if __name__ == "__main__":
    event = mp.Event()
    with ProcessPoolExecutor(1, initializer=begin, initargs=(event,)) as pool:
        pool.submit(task).result()
