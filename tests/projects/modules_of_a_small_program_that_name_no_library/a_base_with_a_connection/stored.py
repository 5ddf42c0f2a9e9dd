import sqlite3


class Stored:
    def __init__(self, location):
        self._db = sqlite3.connect(location)
        self._db.execute("CREATE TABLE numbers (number INTEGER)")

    def store(self, number):
        self._db.execute("INSERT INTO numbers VALUES (?)", (number,))

    def close(self):
        self._db.close()
