RUNNING = {}
LAST = None


def settle():
    for process in [*RUNNING.values(), LAST]:
        process.join(5)  # MP203
        if process.exitcode != 0:
            raise SystemExit("the work failed")
