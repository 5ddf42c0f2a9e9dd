import multiprocessing

import state
from run import run

if __name__ == "__main__":
    state.context = multiprocessing.get_context("spawn")
    state.Registry.context = state.context
    run()
