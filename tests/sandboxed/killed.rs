//! mplint is killed in the middle: by SIGKILL, by Ctrl-C, its keeper, or both, at any moment and whatever runs. No process,
//! segment or temporary folder is left.
//!
//! At the level `full` the kernel itself ends all. Below it the first process cleans up after a keeper that was killed. If
//! somebody kills that as well, the program's main process ends, and the others when they have used up their processor
//! time. Names in `/dev/shm` are the machine's there.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::sandboxed::{Place, User, run};
use libtest_mimic::{Arguments, Failed, Trial};
use mplint::runtime::sandbox::Level;
use mplint::runtime::supervisor::Supervisor;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The folder with the job of the mplint that is to be killed.
const ROLE: &str = "MPLINT_TEST_KILLED";

/// What runs meanwhile.
const PROGRAMS: &[&str] = &[
    include_str!("../../fixtures/hostile/fork_bomb.py"),
    include_str!("../../fixtures/hostile/fork_chain.py"),
    include_str!("../../fixtures/hostile/innocent_exit.py"),
    include_str!("../../fixtures/hostile/daemon.py"),
    "from attack import *\nimport time\nopen(f'/dev/shm/{MARK}' if os.getpid() < 9 else 'file', 'w')\ntime.sleep(1000)",
];

/// How often each program is run for one way of killing.
const ROUNDS: u32 = 3;

/// Until all must be gone, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Killed {
    Mplint,
    Keeper,
    Both,
    Interrupted,
}

pub fn main() {
    // Whoever runs the tests in the background of a shell has it ignored, which those that are to be interrupted inherit.
    #[expect(unsafe_code, reason = "there is no safe way to give a signal its usual meaning back")]
    // SAFETY: no handler is installed, and the process has one thread.
    unsafe { nix::sys::signal::signal(Signal::SIGINT, nix::sys::signal::SigHandler::SigDfl) }.unwrap();
    if let Some(folder) = std::env::var_os(ROLE) {
        be_mplint(Path::new(&folder));
        return;
    }
    let mut trials = Vec::new();
    let ways = [Killed::Mplint, Killed::Keeper, Killed::Both, Killed::Interrupted];
    let full = User::all()
        .into_iter()
        .flat_map(|user| ways.map(|way| (Level::Full, user, way)));
    let landlock = ways.map(|way| (Level::Landlock, User::ordinary(), way));
    for (level, user, way) in full.chain(landlock) {
        let name = format!("{way:?}, {level}, {}", user.word()).to_lowercase();
        trials.push(Trial::test(name, move || kill_in_the_middle(level, user, way)));
    }
    let is_whole = crate::sandboxed::is_whole();
    let trials = trials
        .into_iter()
        .map(|trial| trial.with_ignored_flag(!is_whole))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn be_mplint(folder: &Path) {
    let job = serde_json::from_slice(&fs::read(folder.join("job.json")).unwrap()).unwrap();
    // Whatever it says, nobody listens.
    let _ = run(&Supervisor::new(folder.join("keeper")), &job);
}

fn kill_in_the_middle(level: Level, user: User, way: Killed) -> Result<(), Failed> {
    let rounds = (0..ROUNDS).flat_map(|round| PROGRAMS.iter().map(move |program| (round, program)));
    for (number, (round, program)) in rounds.enumerate() {
        let place = Place::new(user);
        let mut job = place.job(level.layers(), program);
        // Nothing but the killing ends it.
        job.limits.time = Duration::from_secs(60);
        job.limits.processes = 1000;
        fs::write(place.path().join("job.json"), serde_json::to_vec(&job)?)?;
        let _ = place.supervisor();
        let mut mplint = Command::new(std::env::current_exe()?)
            .env(ROLE, place.path())
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()?;
        // From the first moments on, in which the sandbox is only being made, to when all is under way.
        let noise = Instant::now().elapsed().subsec_nanos() % 20 + std::process::id() % 30;
        let delay = u32::try_from(number)? * 53 % 300 + round * 100 + noise;
        std::thread::sleep(Duration::from_millis(delay.into()));
        strike(&mut mplint, way);
        // A mplint whose keeper was killed says so, and ends.
        let began = Instant::now();
        while mplint.try_wait()?.is_none() || !left(&place, level).is_empty() {
            if began.elapsed() > PATIENCE {
                let left = left(&place, level).join("\n");
                let _ = mplint.kill();
                return Err(format!("after {delay} ms, of {program}\n{left}").into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}

/// What is left. Below `full`, a keeper that is killed in the instant between making its folder and starting the first
/// process leaves that folder, with nothing in it.
fn left(place: &Place, level: Level) -> Vec<String> {
    let is_empty = |path: &str| fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    let mut left = place.leftovers();
    if level < Level::Full {
        left.retain(|what| !what.strip_prefix("temporary file ").is_some_and(is_empty));
    }
    left
}

fn strike(mplint: &mut Child, way: Killed) {
    let pid = Pid::from_raw(mplint.id().cast_signed());
    let keeper = if matches!(way, Killed::Keeper | Killed::Both) {
        keeper_of(mplint)
    } else {
        None
    };
    let (victim, signal) = match (way, keeper) {
        (Killed::Keeper, Some(keeper)) => (keeper, Signal::SIGKILL),
        (Killed::Keeper, None) => return,
        (Killed::Mplint | Killed::Both, _) => (pid, Signal::SIGKILL),
        (Killed::Interrupted, _) => (Pid::from_raw(-pid.as_raw()), Signal::SIGINT),
    };
    // Either may be quicker: a program that finds no room for its tasks ends by itself.
    let _ = kill(victim, signal);
    if let (Killed::Both, Some(keeper)) = (way, keeper) {
        let _ = kill(keeper, Signal::SIGKILL);
    }
}

/// The keeper that a mplint has started, as soon as it has; `None` where that has ended.
fn keeper_of(mplint: &mut Child) -> Option<Pid> {
    let path = format!("/proc/{0}/task/{0}/children", mplint.id());
    while mplint.try_wait().unwrap().is_none() {
        let children = fs::read_to_string(&path).unwrap_or_default();
        if let Some(Ok(child)) = children.split_ascii_whitespace().next().map(str::parse) {
            return Some(Pid::from_raw(child));
        }
    }
    None
}
