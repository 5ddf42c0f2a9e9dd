import multiprocessing as mp

from report import Report
from work import solve


def main():
    report = Report()
    solvers = [mp.Process(target=solve, args=(size,)) for size in (3, 8)]
    for solver in solvers:
        solver.start()
    for solver in solvers:
        solver.join()
        report.add(solver)
    print("failed:", report.failed, flush=True)


if __name__ == "__main__":
    main()
