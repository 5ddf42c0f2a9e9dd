"""The function is called at once, before the start."""

import multiprocessing as mp


def serve():
    print("served", flush=True)


def main():
    server = mp.Process(target=serve)

    def stop():
        server.terminate()  # MP203

    stop()
    server.start()
    server.join()


if __name__ == "__main__":
    main()
