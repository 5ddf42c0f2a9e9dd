"""Whatever it is told, nobody ever starts the process."""

import multiprocessing as mp
import queue
import threading


def serve():
    print("served", flush=True)


def call(function, *arguments):
    function(*arguments)  # MP203


def watch(process, messages):
    while True:
        message = messages.get()
        if message == "terminate":
            call(process.terminate)
        else:
            break


def main():
    process = mp.Process(target=serve)
    messages = queue.Queue()
    watcher = threading.Thread(target=watch, args=(process, messages))
    watcher.start()
    messages.put("terminate")
    watcher.join()


if __name__ == "__main__":
    main()
