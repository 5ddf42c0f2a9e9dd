"""Group rows into batches and send each full batch to a writer."""
import multiprocessing as mp

END = None
BATCH = 3


class Batcher:
    def __init__(self, channel, size=BATCH):
        self.channel = channel
        self.size = size
        self.rows = []

    def add(self, row):
        self.rows.append(row)
        if len(self.rows) >= self.size:
            self.flush()

    def flush(self):
        if self.rows:
            self.channel.put(list(self.rows))
            self._reset()

    def _reset(self):
        del self.rows[:]

    def close(self):
        self.flush()
        self.channel.put(END)


def write(channel, counts):
    total = 0
    for batch in iter(lambda: channel.get(timeout=20), END):
        total += len(batch)
    counts.put(total)


def main():
    channel = mp.Queue()
    counts = mp.Queue()
    writer = mp.Process(target=write, args=(channel, counts))
    writer.start()
    batcher = Batcher(channel)
    for number in range(10):
        batcher.add({"id": number, "name": f"row {number}"})
    batcher.close()
    print("rows written:", counts.get(timeout=20), "of 10")
    writer.join(timeout=10)


if __name__ == "__main__":
    main()
