import state


def run():
    process = state.context.Process(target=lambda: None)  # MP101
    process.start()
    process.join(5)
    other = state.Registry.context.Process(target=lambda: None)  # MP101
    other.start()
    other.join(5)
