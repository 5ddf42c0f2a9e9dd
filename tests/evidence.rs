//! The evidence for the rule pages: claims that hold, claims that do not, and what is said of each.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use mplint::evidence::plan::{self, Trial};
use mplint::evidence::trial::Outcome;
use mplint::findings::StartMethod;
use mplint::rules::page;
use mplint::runtime::experiment::Laboratory;
use mplint::runtime::interpreter::{self, Interpreter, Surroundings};
use mplint::runtime::observation::{Role, Stop};
use mplint::runtime::probe::frames::Frame;
use mplint::runtime::sandbox::Limits;
use mplint::runtime::supervisor::Supervisor;

fn laboratory() -> Laboratory {
    let supervisor = Supervisor::new(env!("CARGO_BIN_EXE_mplint").into());
    let layers = supervisor.offered().unwrap().layers;
    let limits = Limits {
        time: Duration::from_secs(8),
        ..Limits::default()
    };
    Laboratory::new(supervisor, layers, limits)
}

fn python() -> Interpreter {
    let found = interpreter::find(&["python3".to_owned()], &Surroundings::of_this_process(None)).unwrap();
    found.usable.into_iter().next().unwrap()
}

/// The outcome of each example of a page that claims what `expect` says, under fork.
fn outcomes(expect: &str, examples: &str) -> Vec<Outcome> {
    let page = format!(
        "---\ncode: MP999\nname: for-a-test\nseverity: error\nexpect:\n  - {{on: [fork], symptom: \"{expect}\"}}\n---\n\
         # A title\n\n{examples}"
    );
    let subjects = plan::of_page("MP999", &page::read(&page).unwrap());
    let (laboratory, python) = (laboratory(), python());
    let trials = subjects.iter().map(|subject| Trial {
        subject,
        interpreter: &python,
        method: StartMethod::Fork,
    });
    trials.map(|trial| trial.run(&laboratory).unwrap()).collect()
}

fn holds(expect: &str, examples: &str) -> Vec<bool> {
    outcomes(expect, examples).iter().map(|outcome| outcome.holds).collect()
}

#[test]
fn an_exception_is_expected_by_its_name() {
    let examples = "```python bad\n{}['key']\n```\n\n```python good\nprint(1)\n```\n";
    assert_eq!(holds("raises KeyError", examples), [true, true]);
    assert_eq!(holds("raises TypeError", examples), [false, true]);
    assert_eq!(holds("hangs", examples), [false, true]);
}

#[test]
fn what_is_clean_shows_nothing_at_all() {
    let failing = "```python good\nraise SystemExit(3)\n```\n";
    assert_eq!(holds("hangs", failing), [false]);
    let raising = "```python good\n1 / 0\n```\n";
    assert_eq!(holds("hangs", raising), [false]);
    let silent = "```python good\nimport os\nos.kill(os.getpid(), 11)\n```\n";
    assert_eq!(holds("hangs", silent), [false]);
}

#[test]
fn a_hang_is_no_exception_and_no_long_sleep() {
    let hang = "```python bad\nimport threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n```\n";
    assert_eq!(holds("hangs", hang), [true]);
    assert_eq!(holds("stalls", hang), [false]);
    let sleep = "```python bad\nimport time\ntime.sleep(1)\n```\n";
    assert_eq!(holds("hangs", sleep), [false]);
}

#[test]
fn a_hang_is_shown_by_its_waits_and_by_its_lines() {
    let program = "import multiprocessing as mp\n\ndef work(queue):\n    queue.get()\n\n\
                   if __name__ == '__main__':\n    queue = mp.Queue()\n    \
                   child = mp.Process(target=work, args=(queue,))\n    child.start()\n    child.join()\n";
    let seen = outcomes("hangs", &format!("```python bad\n{program}```\n"))
        .remove(0)
        .seen;
    let Some(Stop::Hang { proof, stacks }) = &seen.stopped else {
        panic!("{seen:#?}")
    };
    // The ids are those that the processes know themselves: of the program, and of its child.
    let pids: Vec<i32> = proof.tasks.iter().map(|task| task.pid).collect();
    let main = seen
        .processes
        .iter()
        .find(|process| process.role == Role::Main)
        .unwrap()
        .pid;
    let child = seen
        .processes
        .iter()
        .find(|process| process.parent == main)
        .unwrap()
        .pid;
    assert_eq!(pids, [main, child], "{proof:#?}");
    assert_eq!(
        proof.tasks[0].wait.to_string(),
        format!("the end of child process {child}")
    );
    // What was seen from outside agrees with what Python says it is doing, and in which line.
    let line = |pid: i32| {
        let threads = &stacks[&u32::try_from(pid).unwrap()];
        let is_main = |frame: &&Frame| frame.file.ends_with("main.py");
        let frame = threads.iter().flat_map(|thread| &thread.frames).find(is_main);
        frame.and_then(|frame| frame.line)
    };
    assert_eq!((line(main), line(child)), (Some(10), Some(4)), "{stacks:#?}");
}

#[test]
fn a_result_is_wrong_where_the_fixed_program_prints_another() {
    let page = |bad: &str, fixed: &str| format!("```python bad\n{bad}\n```\n\n```python fixed\n{fixed}\n```\n");
    assert_eq!(holds("wrong-result", &page("print(1)", "print(2)")), [true, true]);
    assert_eq!(holds("wrong-result", &page("print(1)", "print(1)")), [false, true]);
    // Which process is first is chance.
    let (one, other) = ("print(1)\nprint(2)", "print(2)\nprint(1)");
    assert_eq!(holds("wrong-result", &page(one, other)), [false, true]);
    // Against a program that fails nothing can be compared.
    let broken = outcomes("wrong-result", &page("print(1)", "1 / 0"));
    assert!(broken[0].obstacle.is_some() && !broken[1].holds);
}

#[test]
fn output_is_lost_where_it_would_have_come_unbuffered() {
    let lost = "```python bad\nimport os\nprint(1)\nos._exit(0)\n```\n\n```python good\nprint(1)\n```\n";
    assert_eq!(holds("lost-output", lost), [true, true]);
    let kept = "```python bad\nimport os\nprint(1, flush=True)\nos._exit(0)\n```\n";
    assert_eq!(holds("lost-output", kept), [false]);
}

#[test]
fn work_is_serial_where_the_fixed_program_does_it_side_by_side() {
    let program = |start: &str| {
        format!(
            "import multiprocessing as mp, time\nif __name__ == '__main__':\n    \
             ps = [mp.Process(target=time.sleep, args=(0.5,)) for _ in range(2)]\n    {start}"
        )
    };
    let serial = program("for p in ps: p.start(); p.join()");
    let parallel = program("[p.start() for p in ps]; [p.join() for p in ps]");
    let page = |bad: &str, fixed: &str| format!("```python bad\n{bad}\n```\n\n```python fixed\n{fixed}\n```\n");
    assert_eq!(holds("serial", &page(&serial, &parallel)), [true, true]);
    assert_eq!(holds("serial", &page(&parallel, &parallel)), [false, true]);
}

#[test]
fn a_pool_that_nobody_closes_leaks() {
    let program = |rest: &str| {
        format!("import multiprocessing as mp\nif __name__ == '__main__':\n    pool = mp.Pool(1)\n    {rest}")
    };
    let leaks = format!("```python bad\n{}\n```\n", program("print(pool.map(abs, [1]))"));
    assert_eq!(holds("leaks", &leaks), [true]);
    let closed = format!("```python bad\n{}\n```\n", program("pool.close(); pool.join()"));
    assert_eq!(holds("leaks", &closed), [false]);
}

fn verify(arguments: &[&str]) -> Output {
    let mplint = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["verify", "--rules", "--python", "python3"])
        .args(arguments)
        .output();
    mplint.unwrap()
}

#[test]
fn the_command_says_what_it_has_seen() {
    let output = verify(&["MP302", "--start-method", "fork"]);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(
        out.contains("raises ValueError") && err.contains(" 0 not, 0 could not be seen"),
        "{out}{err}"
    );
}

#[test]
fn wrong_usage_is_named() {
    for (arguments, message) in [
        (["MP999", "--start-method", "fork"], "`MP999` is no rule"),
        (["MP302", "--start-method", "frok"], "frok"),
        (["MP302", "--shard", "3/2"], "from 1 to the number of parts"),
        (["MP302", "--timeout", "0"], "--timeout"),
    ] {
        let output = verify(&arguments);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(err.contains(message), "{arguments:?}: {err}");
    }
}

#[test]
fn results_are_kept_and_not_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept.jsonl");
    let shard = |shard: &str| {
        let kept = file.to_str().unwrap();
        let output = verify(&["MP302", "--start-method", "fork", "--results", kept, "--shard", shard]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        records(&file)
    };
    let first = shard("1/2");
    let all = shard("2/2");
    assert!(first > 0 && first < all);
    // A run that was stopped in the middle of a line loses that line only.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.trim_end().trim_end_matches('}')).unwrap();
    assert_eq!(records(&file), all - 1);
    assert_eq!(shard("1/1"), all);
    assert_eq!(shard("1/1"), all);
}

fn records(file: &Path) -> usize {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| line.ends_with('}') && line.starts_with("{\"key\""))
        .count()
}
