import multiprocessing as mp


def serve(outbox):
    def answer(request):
        return request.upper()

    outbox.put(answer("a"))
    outbox.put(answer)  # MP102


def main():
    ctx = mp.get_context("spawn")
    outbox = ctx.Queue()
    server = ctx.Process(target=serve, args=(outbox,))
    server.start()
    print(outbox.get(timeout=10), outbox.get(timeout=10))
    server.join(timeout=10)


if __name__ == "__main__":
    main()
