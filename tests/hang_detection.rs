//! The hang detection, shown on real programs: those under `hung/` must be proved hung, those under `alive/` never.
//!
//! Nothing here is a sandbox: each program runs in a process group of its own, with files for its output, and is ended
//! with all that it started.
//!
//! | variable | what it sets |
//! | --- | --- |
//! | `MPLINT_HANG_PYTHON` | the interpreter, `python3` by default |
//! | `MPLINT_HANG_RUNS` | at least so many runs of living programs in all; one of each by default |
//! | `MPLINT_HANG_ROUNDS` | so many runs of each hung program; one by default |
//! | `MPLINT_HANG_JOBS` | so many programs at once, 6 by default |
//! | `MPLINT_HANG_NICE` | how much less than the test the programs matter to the scheduler; 0 by default |
//! | `MPLINT_HANG_HOGS` | so many processes that burn a processor beside them; none by default |
#![cfg(target_os = "linux")]

use mplint::runtime::hang::{Config, Detector, Doubt, HangProof, Look, Said, Stall, Veto, Wait, tree};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// As often as the keeper looks.
const PERIOD: Duration = Duration::from_millis(5);
/// After so long a standstill the test plays the part of an outsider: continues, writes, connects.
const MEDDLES_MS: u64 = 700;
const GIVES_UP: Duration = Duration::from_secs(90);

#[test]
fn every_hang_is_proved() {
    let programs = programs("hung");
    let rounds = setting("MPLINT_HANG_ROUNDS", 1);
    let total = programs.len() * rounds;
    let runs = run(repeated(&programs, rounds));
    let mut late: Vec<Duration> = Vec::new();
    let mut failures = Vec::new();
    for run in &runs {
        match &run.end {
            End::Hung {
                proof,
                after: Some(after),
            } => {
                late.push(*after);
                assert!(!proof.tasks.is_empty() && proof.still_ms >= 150, "{proof:?}");
                println!("{}: proved after {} ms", run.name, after.as_millis());
                proof.tasks.iter().for_each(|task| println!("    {task}"));
            }
            other => failures.push(format!("{}: {other:?}\n{}", run.name, run.output)),
        }
    }
    late.sort_unstable();
    println!("proved {} of {total} runs of {} programs", late.len(), programs.len());
    if let (Some(median), Some(max)) = (late.get(late.len() / 2), late.last()) {
        println!(
            "from the last call to the proof: median {} ms, at most {} ms",
            median.as_millis(),
            max.as_millis()
        );
    }
    println!("{}", Cost::report(&runs));
    assert!(
        failures.is_empty(),
        "{} not proved:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn nothing_alive_is_called_hung() {
    let programs = programs("alive");
    let rounds = setting("MPLINT_HANG_RUNS", programs.len()).div_ceil(programs.len());
    let runs = run(repeated(&programs, rounds));
    let bad: Vec<String> = runs
        .iter()
        .filter(|run| !matches!(run.end, End::Over { well: true }))
        .map(|run| format!("{}: {:?}\n{}", run.name, run.end, run.output))
        .collect();
    // It is not by luck that they are not called hung: where there was time for a close look, it found the reason.
    for run in runs.iter().filter(|run| !run.vetoes.is_empty()) {
        let found = |doubt: &Doubt| match run.name.as_str() {
            "sleeps" | "subprocess_sleeps" | "socket_with_its_own_timeout" => matches!(doubt, Doubt::Timed { .. }),
            "alarm_with_handler" | "alarm_that_kills_a_child" | "posix_timer" | "timerfd" => {
                matches!(doubt, Doubt::Timer { .. })
            }
            "reads_from_outside" | "outsiders_may_connect" => matches!(doubt, Doubt::External { .. }),
            "stopped_child" => *doubt == Doubt::Stopped,
            "service_ends_when_told" => matches!(doubt, Doubt::ServicePending | Doubt::Timed { .. }),
            _ => true,
        };
        assert!(
            run.vetoes.iter().any(|veto| found(&veto.doubt)),
            "{}: {:?}",
            run.name,
            run.vetoes
        );
    }
    let judged = runs.iter().filter(|run| !run.vetoes.is_empty()).count();
    let hung = runs.iter().filter(|run| matches!(run.end, End::Hung { .. })).count();
    let stalled: Vec<&str> = runs
        .iter()
        .filter(|run| run.stall.is_some())
        .map(|run| run.name.as_str())
        .collect();
    println!(
        "{} runs of {} living programs: {hung} called hung, called stalled for a while: {stalled:?}, {judged} looked at closely",
        runs.len(),
        programs.len()
    );
    println!("{}", Cost::report(&runs));
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn who_polls_in_vain_is_stalled_and_not_hung() {
    let runs = run([
        fixture("stalled/polls_for_ever.py"),
        fixture("stalled/asks_a_manager_for_ever.py"),
    ]
    .into());
    for run in runs {
        let End::Stalled = run.end else {
            panic!("{}: {:?}\n{}", run.name, run.end, run.output)
        };
        let stall = run.stall.expect("a stall");
        assert_eq!(stall.pollers.len(), 1, "{stall:?}");
        assert!(stall.pollers[0].wakeups >= 10 && !stall.blocked.is_empty(), "{stall:?}");
    }
}

#[test]
fn a_proof_says_who_waits_for_whom() {
    let run = run([fixture("hung/join_before_drain.py")].into()).remove(0);
    let End::Hung { proof, .. } = run.end else {
        panic!("{:?}", run.end)
    };
    let child = proof.tasks.iter().find_map(|task| match &task.wait {
        Wait::ChildEnd { children } => children.first().copied(),
        _ => None,
    });
    let (reader, writer) = proof
        .tasks
        .iter()
        .find_map(|task| match &task.wait {
            Wait::PipeRoom { readers, .. } => Some((readers.first().copied(), task.pid)),
            _ => None,
        })
        .expect("a full pipe");
    assert_eq!(child, Some(writer));
    assert_eq!(
        reader,
        proof.tasks.iter().map(|task| task.pid).find(|&pid| pid != writer)
    );
    let json = serde_json::to_string(&proof).expect("JSON");
    assert_eq!(serde_json::from_str::<HangProof>(&json).expect("a proof"), proof);
}

/// How one run came out.
#[derive(Debug)]
enum End {
    Hung {
        proof: HangProof,
        /// Since the program said that its last call blocks for good; `None` if it had not said so.
        after: Option<Duration>,
    },
    Over {
        well: bool,
    },
    Stalled,
    GivenUp {
        #[expect(dead_code, reason = "for the message of a failed test")]
        last: Look,
    },
}

struct Run {
    name: String,
    end: End,
    stall: Option<Stall>,
    /// What the last close look had against a hang.
    vetoes: Vec<Veto>,
    cost: Cost,
    output: String,
}

/// Runs the programs, a few at a time, in one loop that looks at each.
fn run(mut waiting: VecDeque<PathBuf>) -> Vec<Run> {
    nix::sys::prctl::set_child_subreaper(true).expect("to be the reaper of orphans");
    let jobs = setting("MPLINT_HANG_JOBS", 6);
    let _hogs = Hogs::start(setting("MPLINT_HANG_HOGS", 0));
    let me = i32::try_from(std::process::id()).expect("an id");
    let (mut running, mut over): (Vec<Program>, Vec<Run>) = (Vec::new(), Vec::new());
    while !(waiting.is_empty() && running.is_empty()) {
        while running.len() < jobs {
            let Some(path) = waiting.pop_front() else { break };
            running.push(Program::start(&path));
        }
        // First who has ended, then who is left: the other way round a program could fork and end in between.
        running.iter_mut().for_each(Program::reap);
        let mut groups: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for stat in tree::descendants(me).into_iter().filter_map(tree::stat) {
            groups.entry(stat.pgrp).or_default().push(stat.pid);
        }
        running.retain_mut(|program| match program.look(groups.get(&program.root)) {
            Some(end) => {
                over.push(program.close(end));
                false
            }
            None => true,
        });
        sleep(PERIOD);
    }
    over
}

/// A program that runs, and the watcher of its processes.
struct Program {
    name: String,
    expects_stall: bool,
    root: i32,
    folder: tempfile::TempDir,
    input: Option<ChildStdin>,
    meddled: bool,
    began: Instant,
    detector: Detector,
    status: Option<WaitStatus>,
    stall: Option<Stall>,
    /// What the last close look had against a hang.
    vetoes: Vec<Veto>,
    cost: Cost,
}

/// What the looks at one program took of a processor.
#[derive(Default)]
struct Cost {
    looks: u32,
    whole: Duration,
    dearest: Duration,
}

impl Cost {
    fn add(&mut self, time: Duration) {
        self.looks += 1;
        self.whole += time;
        self.dearest = self.dearest.max(time);
    }

    fn report(runs: &[Run]) -> String {
        let looks: u32 = runs.iter().map(|run| run.cost.looks).sum();
        let whole: Duration = runs.iter().map(|run| run.cost.whole).sum();
        let dearest = runs.iter().map(|run| run.cost.dearest).max().unwrap_or_default();
        format!(
            "{looks} looks, {:?} each, the dearest {dearest:?}",
            whole / looks.max(1)
        )
    }
}

impl Program {
    #[expect(
        clippy::zombie_processes,
        reason = "`reap` takes its status, with those of its orphans"
    )]
    fn start(path: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let output = File::create(folder.path().join("out")).expect("a file");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let mut child = at_leisure()
            .arg(path)
            .current_dir(folder.path())
            .env("PYTHONPATH", fixture(""))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("TMPDIR", folder.path())
            .stdin(if name == "reads_from_outside" {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(output.try_clone().expect("a file"))
            .stderr(output)
            .process_group(0)
            .spawn()
            .expect("a Python");
        Self {
            name,
            expects_stall: path.components().any(|part| part.as_os_str() == "stalled"),
            root: i32::try_from(child.id()).expect("an id"),
            folder,
            input: child.stdin.take(),
            meddled: false,
            began: Instant::now(),
            detector: Detector::new(Config::default()),
            status: None,
            stall: None,
            vetoes: Vec::new(),
            cost: Cost::default(),
        }
    }

    fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.path().join("out")).unwrap_or_default()).into_owned()
    }

    fn look(&mut self, members: Option<&Vec<i32>>) -> Option<End> {
        let no_one = Vec::new();
        let output = self.output();
        let before = processor_time();
        let look = self
            .detector
            .look(members.unwrap_or(&no_one), &said(&output), Instant::now());
        self.cost.add(processor_time().saturating_sub(before));
        if let Some(stall) = self.detector.stall() {
            self.stall = Some(stall.clone());
            if self.expects_stall {
                return Some(End::Stalled);
            }
        }
        if let Look::Hung(proof) = look {
            return Some(End::Hung {
                proof,
                after: since_mark(&output),
            });
        }
        if look == Look::Ended && self.status.is_some() {
            return Some(End::Over {
                well: matches!(self.status, Some(WaitStatus::Exited(_, 0))),
            });
        }
        if self.began.elapsed() > GIVES_UP {
            return Some(End::GivenUp { last: look });
        }
        if let Look::Waiting { vetoes, .. } = &look {
            self.vetoes.clone_from(vetoes);
        }
        if let Look::Waiting {
            still_ms: MEDDLES_MS.., ..
        } = look
            && !self.meddled
        {
            self.meddle();
        }
        None
    }

    /// What only somebody outside the tree can do.
    fn meddle(&mut self) {
        self.meddled = true;
        match self.name.as_str() {
            "stopped_child" => killpg(Pid::from_raw(self.root), Signal::SIGCONT).expect("to continue it"),
            "reads_from_outside" => {
                self.input
                    .take()
                    .expect("the other end")
                    .write_all(b"\n")
                    .expect("to write");
            }
            "outsiders_may_connect" => {
                let name = format!("mplint-test-{}", self.root);
                let address = SocketAddr::from_abstract_name(name).expect("an address");
                UnixStream::connect_addr(&address).expect("to connect");
            }
            _ => {}
        }
    }

    /// Takes the exit statuses of the program and of its orphans, as an init would.
    fn reap(&mut self) {
        while let Ok(status) = waitpid(Pid::from_raw(-self.root), Some(WaitPidFlag::WNOHANG)) {
            match status.pid() {
                None => break,
                Some(pid) if pid.as_raw() == self.root => self.status = Some(status),
                Some(_) => {}
            }
        }
    }

    fn close(&mut self, end: End) -> Run {
        let output = self.output();
        self.kill();
        Run {
            name: self.name.clone(),
            end,
            stall: self.stall.take(),
            vetoes: std::mem::take(&mut self.vetoes),
            cost: std::mem::take(&mut self.cost),
            output,
        }
    }

    /// The resource tracker goes last, by itself: it removes the names of semaphores that the others have left.
    fn kill(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(3);
        loop {
            self.reap();
            let me = i32::try_from(std::process::id()).expect("an id");
            let members = tree::descendants(me).into_iter().filter_map(tree::stat);
            let members: Vec<i32> = members
                .filter(|stat| stat.pgrp == self.root)
                .map(|stat| stat.pid)
                .collect();
            if members.is_empty() {
                return;
            }
            let is_late = Instant::now() > deadline;
            for pid in members {
                let tracks = tree::cmdline(pid).iter().any(|word| word.contains("resource_tracker"));
                if is_late || !tracks {
                    let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
                }
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Processes that burn processors as long as this lives.
struct Hogs(Vec<std::process::Child>);

impl Hogs {
    fn start(count: usize) -> Self {
        let hog = || {
            at_leisure()
                .args(["-c", "while True: pass"])
                .process_group(0)
                .spawn()
                .expect("a Python")
        };
        Self((0..count).map(|_| hog()).collect())
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        for hog in &mut self.0 {
            let _ = hog.kill();
            let _ = hog.wait();
        }
    }
}

/// How long this thread has been on a processor.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(
        text.split(' ')
            .next()
            .and_then(|nanos| nanos.parse().ok())
            .unwrap_or_default(),
    )
}

/// What `say.py` lets a program say of itself.
fn said(output: &str) -> Said {
    let mut said = Said::default();
    for line in output.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |index: usize| words.get(index).and_then(|word| word.parse().ok());
        match (words.first(), number(1), number(2)) {
            (Some(&"service"), Some(pid), Some(tid)) => drop(said.services.insert((pid, tid))),
            (Some(&"timer"), Some(pid), _) => drop(said.timers.insert(pid)),
            _ => {}
        }
    }
    said
}

/// The time since the last process said that its next call blocks for good.
fn since_mark(output: &str) -> Option<Duration> {
    let marks = output
        .lines()
        .filter_map(|line| line.strip_prefix("mark ")?.parse::<f64>().ok());
    let last = marks.fold(None, |last: Option<f64>, mark| {
        Some(last.map_or(mark, |last| last.max(mark)))
    })?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    now.checked_sub(Duration::from_secs_f64(last))
}

/// The interpreter itself, not a script in its place that costs as much as the program.
fn python() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let name = std::env::var("MPLINT_HANG_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let itself = Command::new(&name)
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        let itself = itself.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        itself.ok().filter(|path| !path.is_empty()).unwrap_or(name)
    })
}

/// The interpreter, less urgent than the test where that is asked for: starved programs under a watcher that is awake are
/// the hardest to judge.
fn at_leisure() -> Command {
    let nice = setting("MPLINT_HANG_NICE", 0);
    if nice == 0 {
        return Command::new(python());
    }
    let mut command = Command::new("nice");
    command.args(["-n", &nice.to_string(), python()]);
    command
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/hang_detection")
        .join(name)
}

fn programs(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture(kind)).expect("the programs");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    found.sort();
    found
}

fn repeated(programs: &[PathBuf], rounds: usize) -> VecDeque<PathBuf> {
    (0..rounds).flat_map(|_| programs.iter().cloned()).collect()
}
