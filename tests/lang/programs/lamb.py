import multiprocessing as mp

work = lambda a: a

if __name__ == "__main__":
    p = mp.get_context("fork").Process(target=lambda a: a)
    p.start()
    p.join(5)
