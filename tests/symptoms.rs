//! What findings say that a form of a mistake shows, for forms that stand on no rule page. Each was run under every start
//! method on 3.8, 3.11 and 3.13; where two symptoms are named, both ways were.

#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::BTreeSet;

use mplint::findings::{Severity, StartMethod};
use mplint::rules::page::ExampleFile;

const BEGIN: &str = "\
import multiprocessing as mp
import sys

def work(n=0):
    return None

def either(n):
    return None if n else 5

async def serve():
    pass

class Reader(mp.Process):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue

    def run(self):
        print(self.queue.get())

class Loops(mp.Process):
    def run(self):
        while True:
            pass
";

/// What the findings of a rule say that a program shows under a start method, of the code after [`BEGIN`].
fn shown(code: &str, method: StartMethod, end: &str) -> BTreeSet<String> {
    let file = ExampleFile {
        file: "main.py".to_owned(),
        line: 1,
        listed: Vec::new(),
        text: format!("{BEGIN}\n{end}"),
    };
    support::findings_from(&[file], Severity::Warning)
        .iter()
        .filter(|finding| finding.rule.code == code)
        .flat_map(|finding| &finding.fails_under)
        .filter(|condition| condition.start_method == method)
        .map(|condition| condition.symptom.to_string())
        .collect()
}

#[track_caller]
fn shows(code: &str, end: &str, fork: &[&str], spawn: &[&str]) {
    for (method, expected) in [(StartMethod::Fork, fork), (StartMethod::Spawn, spawn)] {
        let expected = expected.iter().map(|&symptom| symptom.to_owned()).collect();
        assert_eq!(shown(code, method, end), expected, "{code} under {method}:\n{end}");
    }
}

/// The statements run under a main guard, and show the same under every start method.
#[track_caller]
fn always_shows(code: &str, statements: &str, expected: &[&str]) {
    let end = format!(
        "if __name__ == '__main__':\n    {}\n",
        statements.replace('\n', "\n    ")
    );
    shows(code, &end, expected, expected);
}

#[test]
fn a_wrong_guard_shows_what_is_started_behind_it() {
    let start = "p = mp.Process(target=work)\np.start()\np.join(5)\n";
    let inside = start.replace("\np.", "\n    p.");
    shows(
        "MP002",
        &format!("if not __name__ == 'main':\n    {inside}"),
        &[],
        &["raises RuntimeError"],
    );
    shows(
        "MP002",
        &format!("if __name__ == 'main':\n    pass\nelse:\n    {inside}"),
        &[],
        &["raises RuntimeError"],
    );
    let kept_out = format!("if __name__ != 'main':\n    sys.exit()\n{start}");
    shows("MP002", &kept_out, &["wrong-result"], &["wrong-result"]);
}

#[test]
fn what_is_passed_for_a_function_decides() {
    always_shows("MP106", "mp.Process(target=serve()).start()", &["raises TypeError"]);
    let both = &["raises TypeError", "wrong-result"];
    always_shows("MP106", "mp.Process(target=either(len(sys.argv))).start()", both);
    always_shows(
        "MP106",
        "with mp.Pool(2) as pool:\n    pool.map(work(), [1])",
        &["raises TypeError"],
    );
    let pool = "with mp.Pool(2, initializer=either(len(sys.argv))) as pool:\n        pool.map(work, [1])";
    let guarded = format!("if __name__ == '__main__':\n    {pool}\n");
    shows("MP106", &guarded, &["raises TypeError"], both);
}

#[test]
fn the_use_of_an_unstarted_process_decides() {
    let make = "p = mp.Process(target=work)\n";
    always_shows("MP203", &format!("{make}p.kill()"), &["raises AttributeError"]);
    always_shows(
        "MP203",
        &format!("{make}p.start\np.terminate()"),
        &["raises AttributeError"],
    );
    always_shows(
        "MP203",
        &format!("{make}p.start\nprint(p.sentinel)"),
        &["raises ValueError"],
    );
    always_shows("MP204", &format!("{make}p.run()\np.kill()"), &["raises AttributeError"]);
    always_shows(
        "MP204",
        &format!("for n in range(1):\n    {make}    p.run()"),
        &["wrong-result"],
    );
    let closed = "p.start()\np.join(5)\nif len(sys.argv) > 1:\n    p.close()\np.start()";
    always_shows(
        "MP209",
        &format!("{make}{closed}"),
        &["raises AssertionError", "raises ValueError"],
    );
}

#[test]
fn the_order_of_giving_and_taking_decides() {
    let make = "queue = mp.Queue()\nreader = Reader(queue)\n";
    always_shows("MP204", &format!("{make}reader.run()\nqueue.put(1)"), &["hangs"]);
    always_shows("MP204", &format!("{make}queue.put(1)\nreader.run()"), &["wrong-result"]);
}

#[test]
fn a_child_that_loops_stalls() {
    always_shows("MP201", "p = Loops()\np.start()\np.join()", &["stalls"]);
}
