# No guard: the child is about to start another one while it imports this.
import multiprocessing as mp

process = mp.get_context("spawn").Process(target=print)
process.start()
process.join()
print(process.exitcode)
mp.set_start_method("fork")
mp.set_start_method("spawn")
