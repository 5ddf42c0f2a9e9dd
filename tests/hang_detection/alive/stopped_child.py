# The test continues it.
import multiprocessing as mp, os, signal

def work():
    os.kill(os.getpid(), signal.SIGSTOP)

if __name__ == "__main__":
    p = mp.Process(target=work)
    p.start()
    p.join()
