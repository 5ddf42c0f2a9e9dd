from concurrent.futures import ProcessPoolExecutor
from app.jobs import Job, work


def main():
    with ProcessPoolExecutor(2) as ex:
        print(list(ex.map(work, [Job(1), Job(2)])))


if __name__ == "__main__":
    main()
