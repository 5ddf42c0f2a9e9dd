import multiprocessing as mp

from kit import convert

if __name__ == "__main__":
    process = mp.Process(target=convert, args=(7, 2))
    process.start()
    process.join(5)
    # A letter for each parameter.
    other = mp.Process(target=convert, args="72")
    other.start()
    other.join(5)
