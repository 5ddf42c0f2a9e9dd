import multiprocessing as mp


def größe(text, more):
    print(text, more)


if __name__ == "__main__":
    prozeß = mp.Process(target=größe, args=("a \"b\" <c> & [d] {e} | #f; `g`", """two
lines \\ 並列 👍"""))
    prozeß.start()
    prozeß.join(10)
