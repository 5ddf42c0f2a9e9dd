"""A process calls so much that nobody looks any more at the next one, which reads."""

import multiprocessing as mp


def a(lines, n):
    b(lines, n + 1)
    b(lines, n + 2)
    b(lines, n + 3)
    b(lines, n + 4)


def b(lines, n):
    c(lines, n + 1)
    c(lines, n + 2)
    c(lines, n + 3)
    c(lines, n + 4)


def c(lines, n):
    d(lines, n + 1)
    d(lines, n + 2)
    d(lines, n + 3)
    d(lines, n + 4)


def d(lines, n):
    e(lines, n + 1)
    e(lines, n + 2)
    e(lines, n + 3)
    e(lines, n + 4)


def e(lines, n):
    f(lines, n + 1)
    f(lines, n + 2)
    f(lines, n + 3)
    f(lines, n + 4)


def f(lines, n):
    g(lines, n + 1)
    g(lines, n + 2)
    g(lines, n + 3)
    g(lines, n + 4)


def g(lines, n):
    h(lines, n + 1)
    h(lines, n + 2)
    h(lines, n + 3)
    h(lines, n + 4)


def h(lines, n):
    i(lines, n + 1)
    i(lines, n + 2)
    i(lines, n + 3)
    i(lines, n + 4)


def i(lines, n):
    j(lines, n + 1)
    j(lines, n + 2)
    j(lines, n + 3)
    j(lines, n + 4)


def j(lines, n):
    if lines.full():
        print(n, flush=True)


def work(items, lines):
    for item in items:
        lines.put([item] * 1000)


def write(lines):
    while True:
        line = lines.get(timeout=60)
        if line is None:
            break
        print(line, flush=True)


def main(items):
    lines, spare = mp.Queue(), mp.Queue()
    worker = mp.Process(target=work, args=(items, lines))
    worker.start()
    burner = mp.Process(target=a, args=(spare, 0))
    burner.start()
    writer = mp.Process(target=write, args=(lines,))
    writer.start()
    worker.join()
    lines.put(None)
    writer.join(60)
    print(writer.exitcode)


if __name__ == "__main__":
    main(range(3))
