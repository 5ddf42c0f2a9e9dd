#!/usr/bin/env python3
"""Install mplint as users do, and lint with it: `pip install .`, and both pre-commit hooks by `pre-commit try-repo`.

Needs Rust, git and PyPI, and builds the release binary several times over: `just pre-commit` runs it, CI does not.
Everything it makes lies under target/pre-commit.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "target" / "pre-commit"

BAD = '''\
import multiprocessing as mp


def work(n):
    print(n, flush=True)


if __name__ == "__main__":
    p = mp.Process(target=work, args=(3))
    p.start()
    p.join(timeout=5)
'''
GOOD = BAD.replace("(3)", "(3,)")

# One build folder for all: the crates are compiled once. pre-commit must not touch the user's own cache.
ENVIRONMENT = dict(os.environ, CARGO_TARGET_DIR=str(PLACE / "build"), PRE_COMMIT_HOME=str(PLACE / "home"))


def run(*command, cwd=None, check=True):
    words = [str(word) for word in command]
    print("$", *words, flush=True)
    result = subprocess.run(words, cwd=str(cwd) if cwd else None, env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True)
    print(result.stdout, flush=True)
    if check and result.returncode:
        sys.exit(f"left with {result.returncode}")
    return result


def venv(name, *packages):
    """A fresh virtual environment with packages; its folder of programs."""
    folder = PLACE / name
    run(sys.executable, "-m", "venv", "--clear", folder)
    programs = folder / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", *packages)
    return programs


def judge(what, result):
    if result.returncode != 1 or "MP107" not in result.stdout or "bad.py" not in result.stdout:
        sys.exit(f"{what}: the mistake in bad.py was not reported")
    if "good.py" in result.stdout:
        sys.exit(f"{what}: good.py was reported")
    print(f"{what}: as it should be\n", flush=True)


def main():
    scratch = PLACE / "scratch"
    shutil.rmtree(str(scratch), ignore_errors=True)
    scratch.mkdir(parents=True)
    (scratch / "bad.py").write_text(BAD)
    (scratch / "good.py").write_text(GOOD)
    run("git", "init", "--quiet", scratch)
    run("git", "add", ".", cwd=scratch)

    wheel = venv("wheel", ROOT)
    judge("pip install .", run(wheel / "mplint", "bad.py", "good.py", cwd=scratch, check=False))

    pre_commit = venv("tool", "pre-commit>=4,<5") / "pre-commit"
    for hook in ("mplint", "mplint-rust"):
        command = (pre_commit, "try-repo", ROOT, hook, "--verbose", "--files", "bad.py", "good.py")
        judge(f"the hook {hook}", run(*command, cwd=scratch, check=False))


if __name__ == "__main__":
    main()
