import multiprocessing as mp


def main():
    def work(n):
        print(n, flush=True)

    process = mp.Process(target=work, args=(1,))
    process.start()
    process.join()


if __name__ == "__main__":
    main()
