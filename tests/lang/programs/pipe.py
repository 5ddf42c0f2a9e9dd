import multiprocessing as mp


def work(reader):
    while True:
        try:
            print(reader.recv(), flush=True)
        except EOFError:
            break


if __name__ == "__main__":
    context = mp.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    p = context.Process(target=work, args=(reader,))
    p.start()
    writer.send(1)
    p.join()
    writer.close()
