import multiprocessing as mp

import cloudpickle


class CloudpickleWrapper:
    def __init__(self, function):
        self.function = function

    def __getstate__(self):
        return cloudpickle.dumps(self.function)

    def __setstate__(self, data):
        self.function = cloudpickle.loads(data)

    def __call__(self, *args):
        return self.function(*args)


class PlainWrapper:
    def __init__(self, function):
        self.function = function

    def __call__(self, *args):
        return self.function(*args)


def worker(remote, make_env):
    env = make_env.function()
    remote.send(env)
    remote.close()


def start(env_id):
    ctx = mp.get_context("spawn")
    parent, child = ctx.Pipe()
    process = ctx.Process(target=worker, args=(child, CloudpickleWrapper(lambda: env_id)))
    process.start()
    print(parent.recv())
    process.join(timeout=5)
    other = ctx.Process(target=worker, args=(child, PlainWrapper(lambda: env_id)))  # MP102
    other.start()
    other.join(timeout=5)
