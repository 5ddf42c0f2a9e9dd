import multiprocessing as mp, say

if __name__ == "__main__":
    condition = mp.Condition()
    with condition:
        say.mark()
        condition.wait()
