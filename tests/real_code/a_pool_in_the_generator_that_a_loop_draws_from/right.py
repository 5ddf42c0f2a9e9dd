"""The loop draws from a generator, which makes one pool for all rounds."""

import multiprocessing


def analyse(name):
    return len(name)


def analysed(names, count):
    if count == 1:
        return map(analyse, names)
    return in_pool(names, count)


def in_pool(names, count):
    pool = multiprocessing.Pool(processes=count)
    try:
        for result in pool.imap_unordered(analyse, names):
            yield result
    except BaseException:
        pool.terminate()
        raise
    else:
        pool.close()
    finally:
        pool.join()


def all_of(names, extensions):
    source = result = analysed(names, 3)
    try:
        for extension in extensions:
            if hasattr(extension, "process"):
                result = extension.process(result)
        yield from result
    finally:
        source.close()


def show(results):
    for result in results:
        if result:
            print(result)


def main(names):
    show(all_of(names, []))
    for result in analysed(names, 2):
        print(result)


if __name__ == "__main__":
    main(["one", "three"])
