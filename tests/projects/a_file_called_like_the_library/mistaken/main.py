import multiprocessing

import topics


def work(topic):
    print("read", topic, flush=True)


if __name__ == "__main__":
    for topic in topics.ALL:
        process = multiprocessing.Process(target=work, args=(topic,))  # MP714
        process.start()
        process.join(10)
