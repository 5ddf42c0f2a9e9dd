"""What is sent is a dict made of the environment."""

import multiprocessing
import os

HIDDEN = "NOTIFY_SOCKET"


def show(env):
    print(sorted(env)[:1], flush=True)


def main():
    context = multiprocessing.get_context("spawn")
    env = {p: os.environ[p] for p in os.environ if p != HIDDEN and not p.startswith("X_")}
    if "HOME" in env:
        env["OTHER"] = env.pop("HOME")
    pairs = {name: value for name, value in os.environ.items()}
    names = [name for name in os.environ]
    for arguments in (env, pairs, names, os.environ.copy(), dict(os.environ), {**os.environ}):
        process = context.Process(target=show, args=(arguments,))
        process.start()


if __name__ == "__main__":
    main()
