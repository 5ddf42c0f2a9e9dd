"""All that starts processes without naming a method. Line numbers are part of the test."""
import multiprocessing as mp
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory


def work(n=3):
    return n * n


def fill(name):
    shared = SharedMemory(name=name)
    shared.buf[0] = 7
    shared.close()


def nested():
    child = mp.Process(target=work)
    child.start()
    child.join()
    sys.exit(child.exitcode)


def run(target, *args):
    child = mp.Process(target=target, args=args)
    child.start()
    child.join()
    return child.exitcode


if __name__ == "__main__":
    print("method", mp.get_start_method(), mp.get_context().get_start_method(), mp.get_context()._name, flush=True)
    print("process", run(work), flush=True)
    with mp.Pool(2) as pool:
        print("pool", pool.map(work, range(3)), flush=True)
    with ProcessPoolExecutor(2) as executor:
        print("executor", list(executor.map(work, range(3))), flush=True)
    with mp.Manager() as manager:
        shared = manager.dict()
        shared["a"] = 1
        print("manager", dict(shared), flush=True)
    memory = SharedMemory(create=True, size=16)
    run(fill, memory.name)
    print("shared", memory.buf[0], flush=True)
    memory.close()
    memory.unlink()
    print("nested", run(nested), flush=True)
