import sqlite3
from dataclasses import dataclass


@dataclass
class History:
    path: str

    @staticmethod
    def of(name):
        with sqlite3.connect(":memory:") as database:
            database.execute("create table lines (text)")
        return History(f"{name}.db")
