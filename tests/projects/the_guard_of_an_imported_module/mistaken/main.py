import multiprocessing

from lib import work

if __name__ == "__main__":
    process = multiprocessing.Process(target=work, args=(1,))
    process.start()
    process.join(5)
