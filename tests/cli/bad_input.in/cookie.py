# coding: nonsense
import multiprocessing as mp
