import multiprocessing

try:
    WorkerProcess = multiprocessing.get_context("fork").Process
except ValueError:
    WorkerProcess = multiprocessing.get_context("spawn").Process


def run_isolated(function, *args):
    def call():
        function(*args)

    process = WorkerProcess(target=call)  # MP101
    process.start()
    process.join(timeout=60)
    return process.exitcode
