import multiprocessing as mp
from multiprocessing.managers import SyncManager


def work():
    manager = SyncManager()
    manager.start()
    manager.shutdown()


if __name__ == "__main__":
    p = mp.Process(target=work, daemon=True)
    p.start()
    p.join()
