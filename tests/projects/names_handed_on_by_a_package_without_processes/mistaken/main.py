import multiprocessing as mp

from kit import convert

if __name__ == "__main__":
    process = mp.Process(target=convert(7, 2))  # MP106
    process.start()
    process.join(5)
    other = mp.Process(target=convert, args=(7))  # MP107
    other.start()
    other.join(5)
