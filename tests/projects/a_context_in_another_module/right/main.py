import settings


def main():
    process = settings.ctx.Process(target=lambda: None)
    process.start()
    process.join(5)


if __name__ == "__main__":
    main()
