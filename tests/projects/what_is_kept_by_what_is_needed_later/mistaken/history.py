import sqlite3
from dataclasses import dataclass


@dataclass
class History:
    database: sqlite3.Connection

    @staticmethod
    def of(name):
        return History(sqlite3.connect(":memory:"))
