from concurrent.futures import ProcessPoolExecutor

from ledger import book


def main():
    with ProcessPoolExecutor(2) as clerks:
        waiting = [clerks.submit(book, "food", entries) for entries in ([30, -30], [30, -20])]
        print([str(future.exception(timeout=30)) for future in waiting], flush=True)


if __name__ == "__main__":
    main()
