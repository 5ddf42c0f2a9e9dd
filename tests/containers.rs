//! Objects that go into a container in any way and come out in any other are still the same objects, each once.
//!
//! Right programs, one for each way to make a container of processes, pools, queues … and each way to begin and end what is
//! in it, called from one place of several. Each begins every object once and ends it once, so there is nothing to say.

#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use mplint::findings::Severity;
use mplint::rules::page::ExampleFile;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// What is in the container: how one is made, how it is begun, how it is ended. `X` stands for the object.
const OBJECTS: &[(&str, &str, &str, &str)] = &[
    (
        "process",
        "mp.Process(target=work, args=(n,))",
        "X.start()",
        "X.join(5)\nif X.is_alive():\n    X.kill()\n    X.join()",
    ),
    ("worker", "Worker(n)", "X.begin()", "X.end()"),
    ("pool", "mp.Pool(1)", "print(X.map(work, [1]))", "X.close()\nX.join()"),
    (
        "executor",
        "ProcessPoolExecutor(1)",
        "print(X.submit(work, 1).result(5))",
        "X.shutdown()",
    ),
    (
        "queue",
        "mp.Queue()",
        "X.put(1)\nprint(X.get(timeout=5))",
        "X.close()\nX.join_thread()",
    ),
    (
        "segment",
        "SharedMemory(create=True, size=8)",
        "X.buf[0] = 1",
        "X.close()\nX.unlink()",
    ),
];

/// How `xs` gets two of them. `MAKE` stands for what makes one.
const MAKERS: &[(&str, &str)] = &[
    ("a comprehension", "xs = [MAKE for n in range(2)]"),
    ("append", "xs = []\nfor n in range(2):\n    xs.append(MAKE)"),
    (
        "append in a loop over names",
        "xs = []\nfor n in (\"a\", \"b\"):\n    xs.append(MAKE)",
    ),
    ("a display", "n = 0\nxs = [MAKE, MAKE]"),
    ("list of a generator expression", "xs = list(MAKE for n in range(2))"),
    ("extend", "xs = []\nxs.extend(MAKE for n in range(2))"),
    ("an augmented sum", "xs = []\nfor n in range(2):\n    xs += [MAKE]"),
    ("a function", "xs = [build(n) for n in range(2)]"),
    ("map", "xs = list(map(build, range(2)))"),
    (
        "setdefault",
        "d = {}\nfor n in range(2):\n    d.setdefault(n, MAKE)\nxs = list(d.values())",
    ),
    (
        "a dict comprehension",
        "d = {n: MAKE for n in range(2)}\nxs = list(d.values())",
    ),
    ("a generator", "xs = list(builds(2))"),
    ("a starred generator", "xs = [*builds(2)]"),
];

/// How all of them are begun, and how ended. `B(…)` begins one and `E(…)` ends one.
const WAYS: &[(&str, &str, &str)] = &[
    ("constants", "B(xs[0])\nB(xs[1])", "E(xs[0])\nE(xs[1])"),
    ("unpacked", "one, two = xs\nB(one)\nB(two)", "E(one)\nE(two)"),
    ("loops", "for x in xs:\n    B(x)", "for x in xs:\n    E(x)"),
    (
        "enumerate",
        "for i, x in enumerate(xs):\n    B(x)",
        "for i, x in enumerate(xs):\n    E(x)",
    ),
    (
        "zip",
        "for x, k in zip(xs, \"ab\"):\n    B(x)",
        "for k, x in zip(\"ab\", xs):\n    E(x)",
    ),
    (
        "backwards",
        "for x in reversed(xs):\n    B(x)",
        "for x in xs[::-1]:\n    E(x)",
    ),
    (
        "range",
        "for i in range(len(xs)):\n    B(xs[i])",
        "for i in range(len(xs)):\n    E(xs[i])",
    ),
    (
        "while",
        "i = 0\nwhile i < len(xs):\n    B(xs[i])\n    i += 1",
        "i = 0\nwhile i < len(xs):\n    E(xs[i])\n    i += 1",
    ),
    (
        "slices",
        "B(xs[0])\nfor x in xs[1:]:\n    B(x)",
        "for x in xs[:1]:\n    E(x)\nfor x in xs[1:]:\n    E(x)",
    ),
    (
        "first and rest",
        "first, *rest = xs\nB(first)\nfor x in rest:\n    B(x)",
        "for x in [first, *rest]:\n    E(x)",
    ),
    (
        "next",
        "it = iter(xs)\nx = next(it)\nB(x)\ny = next(it)\nB(y)",
        "E(x)\nE(y)",
    ),
    (
        "the last",
        "B(xs[-1])\nfor x in xs[:-1]:\n    B(x)",
        "E(xs[-1])\nfor x in xs[:-1]:\n    E(x)",
    ),
    (
        "dict of zip",
        "named = dict(zip(\"ab\", xs))\nfor k in \"ab\":\n    x = named[k]\n    B(x)",
        "for k, x in named.items():\n    E(x)",
    ),
    (
        "keys",
        "named = {\"a\": xs[0], \"b\": xs[1]}\nx = named[\"a\"]\nB(x)\ny = named[\"b\"]\nB(y)",
        "for x in named.values():\n    E(x)",
    ),
    (
        "pairs",
        "pairs = [(i, x) for i, x in enumerate(xs)]\nfor i, x in pairs:\n    B(x)",
        "for pair in pairs:\n    x = pair[1]\n    E(x)",
    ),
    ("functions", "begin_all(xs)", "end_all(xs)"),
    (
        "sorted",
        "for x in sorted(xs, key=id):\n    B(x)",
        "for x in sorted(xs, key=id):\n    E(x)",
    ),
    ("variables", "a = xs[0]\nb = xs[1]\nB(a)\nB(b)", "E(a)\nE(b)"),
    (
        "halves",
        "half = len(xs) // 2\nfor x in xs[:half]:\n    B(x)\nfor x in xs[half:]:\n    B(x)",
        "for x in xs:\n    E(x)",
    ),
    (
        "every other",
        "evens, odds = xs[::2], xs[1::2]\nfor a, b in zip(evens, odds):\n    B(a)\n    B(b)",
        "for x in evens + odds:\n    E(x)",
    ),
];

/// From where that is called.
const CALLS: &[(&str, &str)] = &[
    ("once", "once(0)"),
    ("twice", "once(0)\nonce(1)"),
    ("a loop", "for k in \"ab\":\n    if k != \"a\":\n        once(k)"),
    (
        "a retry",
        "for k in range(3):\n    try:\n        once(k)\n        break\n    except OSError:\n        continue",
    ),
    ("a comprehension", "print([once(k) for k in range(2)])"),
    ("a generator", "for value in steps(2):\n    print(value)"),
    ("map", "print(list(map(once, range(2))))"),
];

const HEAD: &str = "\
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory


def work(n):
    return n


class Worker:
    def __init__(self, n):
        self.process = mp.Process(target=work, args=(n,))

    def begin(self):
        self.process.start()

    def end(self):
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def steps(count):
    for k in range(count):
        yield once(k)


";

/// Lines, so far to the right.
fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

/// Puts what begins or ends an object in place of `B(…)` or `E(…)`.
fn filled(text: &str, begin: &str, end: &str) -> String {
    let fill = |line: &str| {
        let blank = line.len() - line.trim_start().len();
        let call = line.trim_start();
        let statement = match call.get(..2) {
            Some("B(") => begin,
            Some("E(") => end,
            _ => return format!("{line}\n"),
        };
        let object = &call[2..call.len() - 1];
        indented(&statement.replace('X', object), blank)
    };
    text.lines().map(fill).collect()
}

/// One program: of what, made how, begun and ended how, called from where.
fn program(object: usize, maker: usize, way: usize, call: usize) -> (String, String) {
    let (what, make, begin, end) = OBJECTS[object];
    let (made, maker) = MAKERS[maker];
    let (how, begins, ends) = WAYS[way];
    let (called, call) = CALLS[call];
    let fill = |text: &str, by| indented(&filled(text, begin, end), by);
    let text = format!(
        "{HEAD}def build(n):\n    return {make}\n\n\n\
         def builds(count):\n    for n in range(count):\n        yield {make}\n\n\n\
         def begin_all(xs):\n{}\n\ndef end_all(xs):\n{}\n\n\
         def once(k):\n{}{}{}    return k\n\n\n\
         def main():\n{}\n\nif __name__ == \"__main__\":\n    main()\n",
        fill("for x in xs:\n    B(x)", 4),
        fill("for x in xs:\n    E(x)", 4),
        indented(&maker.replace("MAKE", make), 4),
        fill(begins, 4),
        fill(ends, 4),
        indented(call, 4),
    );
    (format!("{what}, {made}, {how}, {called}"), text)
}

#[test]
fn what_goes_in_comes_out() {
    let calls_of = |object: usize| match OBJECTS[object].0 {
        // A pool made anew in each round is told of, and rightly.
        "pool" | "executor" => 4,
        _ => CALLS.len(),
    };
    let mut all = Vec::new();
    for object in 0..OBJECTS.len() {
        for maker in 0..MAKERS.len() {
            // Every way is called from everywhere, but not with every maker.
            all.extend((0..WAYS.len()).map(|way| (object, maker, way, (maker + way) % calls_of(object))));
        }
    }
    assert!(all.len() > 1_500, "there are {} programs", all.len());
    let problems: Vec<String> = all
        .into_par_iter()
        .filter_map(|(object, maker, way, call)| {
            let (name, text) = program(object, maker, way, call);
            let file = ExampleFile {
                file: "main.py".to_owned(),
                text,
                line: 1,
                listed: Vec::new(),
            };
            let found = support::lint_from(&[file], Severity::Warning);
            (!found.is_empty()).then(|| format!("{name}: {found:?}"))
        })
        .collect();
    assert!(
        problems.is_empty(),
        "{} are told of:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// That the programs can fail: without their ends most of them are told of.
#[test]
fn what_does_not_come_out_is_told() {
    let (object, maker, way) = (0, 0, 2);
    let (_, text) = program(object, maker, way, 0);
    let text = text.replace(
        "    for x in xs:\n        x.start()\n    for",
        "    for x in xs:\n        x.start()\n        x.start()\n    for",
    );
    let file = ExampleFile {
        file: "main.py".to_owned(),
        text,
        line: 1,
        listed: Vec::new(),
    };
    let found = support::lint_from(&[file], Severity::Warning);
    assert_eq!(found.len(), 1, "{found:?}");
}
