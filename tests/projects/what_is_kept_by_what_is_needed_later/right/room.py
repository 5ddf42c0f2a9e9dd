from history import History


class Room:
    def __init__(self, name):
        self.name = name

    @classmethod
    def opened(cls, name):
        room = cls(name)
        room.history = History.of(name)
        return room

    def greet(self, guest):
        return f"{self.name}: hello {guest}"
