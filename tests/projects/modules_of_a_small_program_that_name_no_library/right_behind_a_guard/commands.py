class Commands:
    def __init__(self):
        self._by_name = {}

    def command(self, name):
        def register(function):
            self._by_name[name] = function
            return function

        return register

    def call(self, name, *args):
        function = self._by_name.get(name)
        if function is None:
            raise SystemExit(f"no command {name}")
        return function(*args)
