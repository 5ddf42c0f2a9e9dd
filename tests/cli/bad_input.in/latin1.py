import multiprocessing as mp
s = "é"
