import multiprocessing as mp


def poll(url, interval):
    print("polling", url, interval, flush=True)


def create_poller(url, interval=5, daemon=False):
    process = mp.Process(target=poll, args=(url, interval), name=f"poll-{url}")
    process.daemon = daemon
    return process


def main():
    poller = create_poller("http://localhost")
    poller.join(timeout=5)  # MP203
    second = create_poller("http://localhost/2")
    second.start()
    second.start()  # MP209
    second.join(timeout=5)


def poll_once():
    third = create_poller("http://localhost/3")
    third.run()  # MP204


if __name__ == "__main__":
    main()
    poll_once()
