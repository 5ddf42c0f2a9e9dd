import os, tempfile

with tempfile.TemporaryFile() as file:
    for _ in range(20):
        file.write(os.urandom(200_000))
        file.flush()
        os.fsync(file.fileno())
