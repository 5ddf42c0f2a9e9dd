import concurrent.futures


def gather(executor, urls):
    def visit(url):
        return url

    return list(executor.map(visit, urls))  # MP101


def gather_in_threads(executor, urls):
    def visit(url):
        return url

    return list(executor.map(visit, urls))


def main(urls):
    with concurrent.futures.ProcessPoolExecutor() as executor:
        gather(executor, urls)
    with concurrent.futures.ThreadPoolExecutor() as executor:
        gather_in_threads(executor, urls)
