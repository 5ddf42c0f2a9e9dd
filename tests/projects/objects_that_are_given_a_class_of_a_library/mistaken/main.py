import multiprocessing

from mill import Mill


def main():
    mill = Mill(multiprocessing.Pool, 2)
    try:
        print(mill.grind(["rye", "oat"]), flush=True)
    finally:
        mill.stones.halt()


if __name__ == "__main__":
    main()
