import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor


def launch(port, mp_context):
    handle = open("/tmp/server.log", "a")
    process = mp_context.Process(target=print, args=("serving on", port), kwargs={"file": handle})  # MP102
    process.start()
    process.join(timeout=5)


def in_threads(mp_context=None):
    mp_context = mp_context or mp.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=mp_context) as executor:
        return executor.submit(lambda: 1).result(timeout=5)  # MP101


if __name__ == "__main__":
    launch(8080, mp_context=mp.get_context("forkserver"))
    in_threads()
