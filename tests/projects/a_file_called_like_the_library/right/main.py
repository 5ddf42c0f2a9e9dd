import multiprocessing

import topics


def work(topic):
    print("read", topic, flush=True)


if __name__ == "__main__":
    for topic in topics.ALL:
        process = multiprocessing.Process(target=work, args=(topic,))
        process.start()
        process.join(10)
