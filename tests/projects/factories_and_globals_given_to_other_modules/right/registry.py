RUNNING = {}
LAST = None


def settle():
    for process in [*RUNNING.values(), LAST]:
        process.start()
        process.join(5)
        if process.exitcode != 0:
            raise SystemExit("the work failed")
