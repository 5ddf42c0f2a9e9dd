"""The workers of each round know the function that the round has defined, because they are forked after it."""

import multiprocessing


class Frames:
    def __init__(self, frames):
        self.frames = frames
        self.scale = 1

    def measure(self, index):
        return self.frames[index] * self.scale

    def measure_all(self):
        global measured

        def measured(index):
            return index, self.measure(index)

        with multiprocessing.Pool(2) as pool:
            return list(pool.imap_unordered(measured, range(len(self.frames))))


def compare(frames, scales):
    results = []
    for scale in scales:
        frames.scale = scale
        results.append(frames.measure_all())
    return results


def main():
    print(compare(Frames([1, 2, 3]), [1, 2, 3]))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
