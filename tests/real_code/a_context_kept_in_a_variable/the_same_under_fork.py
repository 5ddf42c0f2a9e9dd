import multiprocessing

context = multiprocessing.get_context("fork")


def serve(port):
    server = context.Process(target=lambda: print("serving on", port, flush=True))
    server.start()
    return server


if __name__ == "__main__":
    serve(8080).join(timeout=30)
