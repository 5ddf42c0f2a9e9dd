import multiprocessing

import pandas as pd


def prepare(path, limit):
    frame = pd.read_csv(path)
    frame["short"] = frame["text"].map(lambda text: text[:limit])
    with multiprocessing.Pool(2) as pool:
        frame["long"] = pool.map(lambda text: text * 2, frame["text"])  # MP101
        chunks = pool.map(count, [frame["text"][:limit], frame["text"][limit:]])
    frame["sum"] = frame["short"].apply(lambda text: len(text), args=())
    return frame, chunks


def count(texts):
    return len(texts)
