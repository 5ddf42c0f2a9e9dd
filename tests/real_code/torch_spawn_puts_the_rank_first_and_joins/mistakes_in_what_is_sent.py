import torch.multiprocessing as mp


def run(rank, size):
    print(rank, size, flush=True)


def launch(size):
    def main(rank):
        run(rank, size)

    mp.spawn(main, nprocs=size)  # MP101
    mp.start_processes(main, nprocs=size, start_method="fork")
    mp.start_processes(main, nprocs=size, start_method="spawn")  # MP101
    mp.spawn(run, args=(size), nprocs=size)
    mp.spawn(run, args=(2), nprocs=2)  # MP107
    mp.spawn(run, args=(open("ranks.txt"),), nprocs=size)  # MP102


mp.spawn(run, args=(4,), nprocs=4)  # MP001
