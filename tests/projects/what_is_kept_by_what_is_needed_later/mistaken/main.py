from concurrent.futures import ProcessPoolExecutor

from room import Room


def main():
    room = Room.opened("lobby")
    with ProcessPoolExecutor(1) as pool:
        print(pool.submit(room.greet, "ann").result(timeout=10), flush=True)  # MP104


if __name__ == "__main__":
    main()
