import multiprocessing as mp


def bake(orders):
    print("bánh mì", orders.get(), flush=True)


if __name__ == "__main__":
    orders = mp.Queue()
    baker = mp.Process(target=bake, args=(orders,))
    baker.start()
    baker.join()
