import second

if __name__ == "__main__":
    second.everything()
