#!/usr/bin/env python3
"""Time mplint, ripgrep and ruff in turn over the same tree.

    python3 benches/compare.py [TREE ...] [--rounds N] [--pinned] [--json FILE]

Each round runs the three as whole processes, one after the other (A B C A B C ...), so that a busy machine disturbs all
alike; what is compared is the ratio inside a round, and of these ratios the median. CPU is user plus system time of the
process and its threads, as the kernel accounts it at exit.

Without TREE two trees are made under target/: `corpus`, the packages of benches/corpus.txt, and `quiet`, the same
without the files that name a process library. Needs Rust, Python 3 and, for what is not there yet, PyPI and crates.io.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
CORPUS, QUIET, WHEELS, TOOLS = (TARGET / name for name in ("corpus", "quiet", "corpus-wheels", "bench-tools"))
CORPUS_LIST = ROOT / "benches" / "corpus.txt"

RIPGREP, RUFF = "15.1.0", "0.17.5"

# Wheels are chosen for this one platform wherever the script runs: every machine measures the same files.
WHEEL_OPTIONS = ["--no-deps", "--only-binary=:all:", "--implementation=cp", "--python-version=3.13"] + [
    "--platform=" + tag for tag in ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "any")
]

# The share of files that this finds is shown beside the figures, so that a reader can judge the tree.
NAMES_PROCESSES = re.compile(rb"multiprocess|ProcessPool|InterpreterPool|billiard|loky|joblib|\bfork(pty)?\b *\(")

# Wider than any reading of "this file matters": what is left without it is quiet for certain.
MAY_MATTER = re.compile(
    rb"multiprocess|concurrent|billiard|loky|joblib|fork|ProcessPool|InterpreterPool|DataLoader|mplint:|noqa:.*MP"
)

# Directories that some of the three skip by default. A tree without them is the same tree for all.
SKIPPED_BY_SOME = {"_build", "build", "dist", "env", "node_modules", "site-packages", "target", "venv", "__pypackages__"}

# What the project wants to reach, by tree: tool, measure, limit. `other` is a tree that the user named.
GOALS = {
    "corpus": {("ruff", "cpu"): 0.2, ("rg", "cpu"): 4.0},
    "quiet": {("rg", "cpu"): 2.0},
}
PEAK_GOAL_MIB = 150


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


# --- the trees ---------------------------------------------------------------------------------------------------


def python_files(tree):
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".py"):
                yield Path(folder, name)


def make_corpus():
    """Download the pinned wheels and unpack their *.py files, unless that is done already."""
    wanted = CORPUS_LIST.read_text()
    stamp = CORPUS / ".made-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say(f"downloading the packages of {CORPUS_LIST.relative_to(ROOT)} ...")
    WHEELS.mkdir(parents=True, exist_ok=True)
    run(sys.executable, "-m", "pip", "download", "--quiet", *WHEEL_OPTIONS, "-d", WHEELS, "-r", CORPUS_LIST)
    shutil.rmtree(CORPUS, ignore_errors=True)
    pins = [line.split("==") for line in wanted.split() if "==" in line]
    names = {(re.sub(r"[-_.]+", "_", name).lower(), version) for name, version in pins}
    for wheel in sorted(WHEELS.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        if (re.sub(r"[-_.]+", "_", name).lower(), version) not in names:
            continue
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                parts = Path(member.filename).parts
                hidden = any(part.startswith(".") or part in SKIPPED_BY_SOME for part in parts)
                if member.filename.endswith(".py") and not hidden:
                    archive.extract(member, CORPUS / f"{name}-{version}")
    stamp.write_text(wanted)


def make_quiet():
    """Copy the corpus without the files that name a process library."""
    stamp = QUIET / ".made-from"
    wanted = CORPUS_LIST.read_text() + MAY_MATTER.pattern.decode()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(QUIET, ignore_errors=True)
    for path in python_files(CORPUS):
        content = path.read_bytes()
        if not MAY_MATTER.search(content):
            copy = QUIET / path.relative_to(CORPUS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    stamp.write_text(wanted)


def describe(tree):
    files = size = matter = 0
    for path in python_files(tree):
        content = path.read_bytes()
        files += 1
        size += len(content)
        matter += bool(NAMES_PROCESSES.search(content))
    return {"files": files, "bytes": size, "matter": matter}


# --- the tools ---------------------------------------------------------------------------------------------------


def on_path(name):
    """The program on PATH, unless it is a script that starts the real one: its start-up would be measured too."""
    found = shutil.which(name)
    if found:
        with open(found, "rb") as file:
            if file.read(2) != b"#!":
                return found
    return None


def find_ruff(pinned):
    ruff = TOOLS / "venv" / "bin" / "ruff"
    found = None if pinned else on_path("ruff")
    if not found and not ruff.is_file():
        say(f"installing ruff {RUFF} into {TOOLS} ...")
        run(sys.executable, "-m", "venv", TOOLS / "venv")
        run(TOOLS / "venv" / "bin" / "pip", "install", "--quiet", f"ruff=={RUFF}")
    return found or str(ruff)


def find_ripgrep(pinned):
    rg = TOOLS / "bin" / "rg"
    found = None if pinned else on_path("rg")
    if not found and not rg.is_file():
        say(f"building ripgrep {RIPGREP} into {TOOLS} ...")
        build = TOOLS / "ripgrep-build"
        run("cargo", "install", "--quiet", "--locked", "ripgrep", "--version", RIPGREP, "--root", TOOLS,
            "--target-dir", build)
        shutil.rmtree(build, ignore_errors=True)
    return found or str(rg)


def build_mplint():
    run("cargo", "build", "--quiet", "--release", "--bin", "mplint", cwd=ROOT)
    return str(TARGET / "release" / "mplint")


def commands(tools, tree):
    """What is run: every rule of mplint, every file looked at afresh, output thrown away."""
    return {
        "mplint": [tools["mplint"], "check", "--isolated", "--select", "ALL", "--exit-zero", tree],
        "rg": [tools["rg"], "--no-config", "-l", "multiprocessing", tree],
        "ruff": [tools["ruff"], "check", "--isolated", "--no-cache", "--select", "F", "--exit-zero", tree],
    }


# --- the measure -------------------------------------------------------------------------------------------------


def measure(command):
    """Run once; seconds of CPU and wall time, and the peak of resident memory in MiB."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    # ripgrep leaves with 1 when nothing matches.
    if child.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}\nleft with {child.returncode}:\n{complaint.decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": wall,
        "peak": usage.ru_maxrss * unit / 2**20,
    }


def compare(tools, tree, rounds):
    runs = {name: [] for name in ("mplint", "rg", "ruff")}
    for number in range(rounds + 1):
        for name, command in commands(tools, str(tree)).items():
            sample = measure(command)
            if number:  # the first round only warms the file cache
                runs[name].append(sample)
    median = {
        name: {what: statistics.median(sample[what] for sample in samples) for what in ("cpu", "wall", "peak")}
        for name, samples in runs.items()
    }
    ratios = {}
    for other in ("rg", "ruff"):
        ratios[other] = {}
        for what in ("cpu", "wall"):
            pairs = sorted(a[what] / max(b[what], 1e-4) for a, b in zip(runs["mplint"], runs[other]))
            ratios[other][what] = {"median": statistics.median(pairs), "low": pairs[0], "high": pairs[-1]}
    return {"median": median, "ratio": ratios, "runs": runs}


def show(name, tree, about, result, floor):
    share = 100 * about["matter"] / max(about["files"], 1)
    print(f"\n{tree}: {about['files']} Python files, {about['bytes'] / 1e6:.0f} MB")
    print(f"{share:.1f} % of the files name a process library")
    print(f"\n  {'':8}{'CPU s':>9}{'wall s':>9}{'peak MiB':>10}")
    for tool, figures in result["median"].items():
        print(f"  {tool:8}{figures['cpu']:9.3f}{figures['wall']:9.3f}{figures['peak']:10.1f}")
    print(f"\n  {'mplint / …':12}{'CPU':>8}  {'(low – high)':16}{'wall':>8}  {'(low – high)':16}goal for CPU")
    for other, ratio in result["ratio"].items():
        cells = "".join(f"{r['median']:8.3f}  {'(%.3f – %.3f)' % (r['low'], r['high']):16}" for r in ratio.values())
        goal = GOALS.get(name, {}).get((other, "cpu"))
        verdict = "" if goal is None else f"≤ {goal:g}: " + ("met" if ratio["cpu"]["median"] <= goal else "missed")
        print(f"  {other:12}{cells}{verdict}")
    peak = result["median"]["mplint"]["peak"]
    if name == "corpus":
        print(f"  peak memory: ≤ {PEAK_GOAL_MIB} MiB: " + ("met" if peak <= PEAK_GOAL_MIB else "missed"))
    print(f"  (A peak cannot read below {floor:.0f} MiB: until its exec, a process carries the memory of this script.)")


def version(program):
    lines = subprocess.run([program, "--version"], stdout=subprocess.PIPE, universal_newlines=True).stdout.splitlines()
    return lines[0] if lines else "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", nargs="*", type=Path, help="what to measure on; default: the two trees made from PyPI")
    parser.add_argument("--rounds", type=int, default=9, help="measured rounds after the warm-up (default: 9)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample and the medians as JSON")
    parser.add_argument("--mplint", metavar="PROGRAM", help="measure this program instead of building mplint")
    parser.add_argument("--pinned", action="store_true", help="use the pinned rg and ruff even if others are on PATH")
    parser.add_argument("--prepare", action="store_true", help="only make the trees")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")

    if options.prepare:
        make_corpus()
        make_quiet()
        return
    trees = {str(tree): tree for tree in options.tree}
    for tree in trees.values():
        if not tree.exists():
            parser.error(f"{tree} does not exist")
    if not trees:
        # In a process of its own: the memory it needs would raise the floor of every peak measured here.
        run(sys.executable, __file__, "--prepare")
        trees = {"corpus": CORPUS, "quiet": QUIET}

    tools = {
        "mplint": options.mplint or build_mplint(),
        "rg": find_ripgrep(options.pinned),
        "ruff": find_ruff(options.pinned),
    }
    versions = {name: version(program) for name, program in tools.items()}
    print(" · ".join(versions.values()), f"· {os.cpu_count()} cores · {options.rounds} rounds after one warm-up")
    report = {"versions": versions, "cores": os.cpu_count(), "rounds": options.rounds, "trees": {}}
    for name, tree in trees.items():
        about, result = describe(tree), compare(tools, tree, options.rounds)
        unit = 1 if sys.platform == "darwin" else 1024
        floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
        show(name, tree, about, result, floor)
        report["trees"][name] = dict(about, path=str(tree), floor_mib=floor, **result)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
