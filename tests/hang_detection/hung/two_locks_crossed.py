import multiprocessing as mp, say

def work(first, second, barrier):
    with first:
        barrier.wait()
        say.mark()
        with second:
            pass

if __name__ == "__main__":
    a, b, barrier = mp.Lock(), mp.Lock(), mp.Barrier(2)
    ps = [mp.Process(target=work, args=args) for args in ((a, b, barrier), (b, a, barrier))]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
