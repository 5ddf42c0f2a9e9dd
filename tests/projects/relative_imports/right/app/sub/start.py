from ..pools import run


def start():
    run()
