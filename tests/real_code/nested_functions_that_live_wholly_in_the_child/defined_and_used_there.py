import multiprocessing as mp
import threading


def serve(inbox, outbox):
    lock = threading.Lock()
    handle = open("/tmp/serve.log", "a")

    def answer(request):
        with lock:
            handle.write(request)
        return request.upper()

    class Session:
        def __init__(self, request):
            self.request = request

    handlers = {"echo": lambda request: request, "upper": answer}
    thread = threading.Thread(target=lambda: handle.flush())
    thread.start()
    for request in iter(inbox.get, None):
        session = Session(request)
        outbox.put(handlers["upper"](session.request))
    thread.join()


class Worker(mp.Process):
    def __init__(self, inbox):
        super().__init__()
        self.inbox = inbox

    def run(self):
        self.lock = threading.Lock()
        self.step = lambda item: item + 1
        for item in iter(self.inbox.get, None):
            with self.lock:
                self.step(item)


def main(requests):
    ctx = mp.get_context("spawn")
    inbox, outbox = ctx.Queue(), ctx.Queue()
    server = ctx.Process(target=serve, args=(inbox, outbox))
    server.start()
    for request in requests:
        inbox.put(request)
    inbox.put(None)
    answers = [outbox.get(timeout=10) for _ in requests]
    server.join(timeout=10)
    worker = Worker(inbox)
    worker.start()
    inbox.put(None)
    worker.join(timeout=10)
    return answers


if __name__ == "__main__":
    main(["a", "b"])
