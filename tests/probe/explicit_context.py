import multiprocessing as mp


def work(text=None):
    print(text or mp.get_start_method(), flush=True)


def run(context, *args):
    process = context.Process(target=work, args=args)
    process.start()
    process.join()


if __name__ == "__main__":
    print(mp.get_start_method(), flush=True)
    run(mp.get_context("fork"))
    run(mp.get_context("spawn"))
    run(mp, "plain " + mp.get_start_method())
