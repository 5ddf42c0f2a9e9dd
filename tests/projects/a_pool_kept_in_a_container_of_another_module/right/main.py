import session

session.settings["workers"] = 2


def main():
    session.open_session()
    try:
        print(session.run(abs, [-1, 2]))
    finally:
        session.close()


if __name__ == "__main__":
    main()
