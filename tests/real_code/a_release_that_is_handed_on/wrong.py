"""Nobody is told to give it back."""

import multiprocessing as mp


def note(pencil, metres):
    pencil.acquire()  # MP501
    if metres > 8:
        raise ValueError(metres)
    print(100 // metres, flush=True)
    pencil.release()


if __name__ == "__main__":
    pencil = mp.Lock()
    climbers = [mp.Process(target=note, args=(pencil, metres)) for metres in (3, 5)]
    for climber in climbers:
        climber.start()
    for climber in climbers:
        climber.join(10)
