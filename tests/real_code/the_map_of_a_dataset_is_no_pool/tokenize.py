import multiprocessing

import datasets
import tensorflow as tf
from torch.utils.data import Dataset


class Rows(Dataset):
    def __init__(self, rows):
        self.rows = rows

    def map(self, function):
        return Rows([function(row) for row in self.rows])


def prepare(path, tokenizer, limit):
    log = open(path + ".log", "w")
    rows = datasets.load_dataset("csv", data_files=path)
    rows = rows.map(lambda row: tokenizer(row["text"]), num_proc=multiprocessing.cpu_count())
    rows = rows.filter(lambda row: len(row["text"]) < limit)
    frames = tf.data.Dataset.from_tensor_slices([1, 2]).map(lambda value: value + limit)
    own = Rows([1, 2]).map(lambda value: log.write(str(value)))
    names = list(map(lambda row: row.name, rows))
    return rows, frames, own, names
