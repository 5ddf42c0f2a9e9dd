import multiprocessing as mp, say

def work(barrier):
    say.mark()
    barrier.wait()

if __name__ == "__main__":
    barrier = mp.Barrier(3)
    ps = [mp.Process(target=work, args=(barrier,)) for _ in range(2)]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
