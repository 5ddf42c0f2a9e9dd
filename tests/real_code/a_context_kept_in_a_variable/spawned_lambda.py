import multiprocessing

context = multiprocessing.get_context("spawn")


def serve(port):
    server = context.Process(target=lambda: print("serving on", port, flush=True))  # MP101
    server.start()
    return server


if __name__ == "__main__":
    serve(8080).join(timeout=30)
