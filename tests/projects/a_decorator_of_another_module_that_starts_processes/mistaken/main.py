from farm import prebuilt


@prebuilt(zooms=(2, 3))
class Europe:
    columns = 4


if __name__ == "__main__":
    print(Europe.columns, flush=True)
