from concurrent import futures as cf

RELEASES = {"1.0": ["a", "b"], "1.1": ["c", "d"], "2.0": ["e"]}


def describe(change):
    return f"change {change}"


class Changelog:
    def __init__(self, workers):
        self.workers = workers
        self.lines = []

    def release(self, version, changes):
        executor = cf.ProcessPoolExecutor(max_workers=self.workers)  # MP308
        try:
            for line in executor.map(describe, changes):
                self.lines.append(f"{version}: {line}")
        finally:
            executor.shutdown()


def main():
    changelog = Changelog(workers=2)
    for version in sorted(RELEASES):
        changelog.release(version, RELEASES[version])
    print(len(changelog.lines), flush=True)


if __name__ == "__main__":
    main()
