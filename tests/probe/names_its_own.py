import multiprocessing as mp


def work():
    pass


if __name__ == "__main__":
    mp.set_start_method("spawn")
    print("first", mp.get_start_method(), flush=True)
    try:
        mp.set_start_method("forkserver")
    except RuntimeError as error:
        print("refused", error, flush=True)
    mp.set_start_method("fork", force=True)
    print("forced", mp.get_start_method(), flush=True)
    mp.set_start_method(None, force=True)
    print(mp.get_start_method(allow_none=True), flush=True)
    print("again", mp.get_start_method(), flush=True)
    process = mp.Process(target=work)
    process.start()
    process.join()
    print("process", process.exitcode, flush=True)
