import multiprocessing as mp


def read(paths, raw):
    for path in paths:
        raw.put(path)
    raw.put(None)


def parse(raw, parsed, lock, total):
    while True:
        item = raw.get()
        if item is None:
            break
        with lock:
            total.value += 1
        parsed.put(item)
    parsed.put(None)


def write(parsed, done):
    while True:
        item = parsed.get()
        if item is None:
            break
    done.set()


def main():
    ctx = mp.get_context("spawn")
    raw = ctx.Queue()
    parsed = ctx.Queue()
    lock = ctx.Lock()
    total = ctx.Value("i", 0)
    done = ctx.Event()
    reader = ctx.Process(target=read, args=(["a"], raw))
    parser1 = ctx.Process(target=parse, args=(raw, parsed, lock, total))
    parser2 = ctx.Process(target=parse, args=(raw, parsed, lock, total))
    writer = ctx.Process(target=write, args=(parsed, done))
    for p in (reader, parser1, parser2, writer):
        p.start()
    done.wait()
    for p in (reader, parser1, parser2, writer):
        p.join()
    print(total.value)


if __name__ == "__main__":
    main()
