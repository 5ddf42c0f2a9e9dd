"""A thread does what it is told, and is told to start the process first."""

import multiprocessing as mp
import queue
import threading


def serve():
    print("served", flush=True)


def call(function, *arguments):
    function(*arguments)


def watch(process, messages):
    def start():
        process.start()

    while True:
        message = messages.get()
        if message == "start":
            call(start)
        elif message == "terminate":
            call(process.terminate)
        elif message == "wait":
            process.join(10)
        else:
            break


def main():
    process = mp.Process(target=serve)
    messages = queue.Queue()
    watcher = threading.Thread(target=watch, args=(process, messages))
    watcher.start()
    for message in ("start", "wait", "terminate", "stop"):
        messages.put(message)
    watcher.join()


if __name__ == "__main__":
    main()
