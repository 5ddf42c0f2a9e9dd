from multiprocessing.shared_memory import SharedMemory

import numpy as np

if __name__ == "__main__":
    block = SharedMemory(create=True, size=80)
    numbers = np.ndarray((10,), dtype=float, buffer=block.buf)
    block.close()
    print(numbers[0])
    block.unlink()
