import multiprocessing as mp


def work(condition, flag):
    with condition:
        while not flag.value:
            condition.wait()


if __name__ == "__main__":
    condition = mp.Condition()
    flag = mp.Value("i", 0)
    p = mp.Process(target=work, args=(condition, flag))
    p.start()
    p.join(5)
