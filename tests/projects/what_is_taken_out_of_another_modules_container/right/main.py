import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from steps import STEPS, Steps


def run(name, texts):
    step = STEPS[name]
    with ProcessPoolExecutor(max_workers=2) as executor:
        return list(executor.map(step, texts))


def main():
    print(run("upper", ["a"]))
    with multiprocessing.Pool(2) as pool:
        print(pool.map(Steps.lower, ["A"]))
        print(pool.map(STEPS.get("upper"), ["a"]))


if __name__ == "__main__":
    main()
