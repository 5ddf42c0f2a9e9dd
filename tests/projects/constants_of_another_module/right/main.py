import multiprocessing

from constants import START_METHOD

if __name__ == "__main__":
    multiprocessing.set_start_method(START_METHOD)
    process = multiprocessing.Process(target=lambda: None)
    process.start()
    process.join(5)
