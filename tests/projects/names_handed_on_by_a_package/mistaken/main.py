import kit

if __name__ == "__main__":
    process = kit.begin(kit.Job())
    process.start()  # MP209
