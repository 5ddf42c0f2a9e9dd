import hashlib, multiprocessing as mp

def work():
    hashlib.pbkdf2_hmac("sha256", b"", b"", 800_000)

if __name__ == "__main__":
    p = mp.Process(target=work)
    p.start()
    p.join()
