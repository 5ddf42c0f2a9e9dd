import state


def run():
    process = state.context.Process(target=lambda: None)
    process.start()
    process.join(5)
    other = state.Registry.context.Process(target=lambda: None)
    other.start()
    other.join(5)
