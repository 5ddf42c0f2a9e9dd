"""A member of an enumeration is the same object on both sides."""
import enum
import multiprocessing as mp


class Marker(enum.Enum):
    END = "end"


class Stage(mp.Process):
    def __init__(self, source):
        super().__init__(daemon=True)
        self.source = source

    def is_finished(self, item):
        return item is Marker.END

    def run(self):
        while True:
            item = self.source.get(timeout=10)
            if self.is_finished(item):
                return
            print(item, flush=True)


if __name__ == "__main__":
    source = mp.Queue()
    stage = Stage(source)
    stage.start()
    source.put("red")
    source.put(Marker.END)
    stage.join(timeout=10)
