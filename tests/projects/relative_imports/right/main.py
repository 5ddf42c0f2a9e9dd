from app.sub.start import start

if __name__ == "__main__":
    start()
