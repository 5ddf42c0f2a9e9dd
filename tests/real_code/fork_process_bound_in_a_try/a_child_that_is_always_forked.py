import multiprocessing
from typing import Optional

try:
    ForkProcess = multiprocessing.get_context("fork").Process
except ValueError:
    ForkProcess = None


def run_isolated(function, *args) -> Optional[int]:
    if ForkProcess is None:
        function(*args)
        return None

    def call():
        function(*args)

    process = ForkProcess(target=call)
    process.start()
    process.join(timeout=60)
    return process.exitcode
