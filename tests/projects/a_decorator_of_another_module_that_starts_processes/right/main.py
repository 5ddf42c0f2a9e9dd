from farm import prebuilt, build_all


@prebuilt(zooms=(2, 3))
class Europe:
    columns = 4


if __name__ == "__main__":
    build_all()
    print(Europe.columns, flush=True)
