import multiprocessing as mp, say

def work(event):
    say.mark()
    event.wait()

if __name__ == "__main__":
    event = mp.Event()
    p = mp.Process(target=work, args=(event,))
    p.start()
    p.join()
