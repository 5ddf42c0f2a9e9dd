//! The first process of a sandbox: it makes the sandbox from inside, starts the program, takes the exit status of every
//! process that lost its parent, and stays until the keeper has seen all and ends it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::scratch::{Folder, Scratch};
use super::{disk, ending, program};
use crate::runtime::job::Job;
use crate::runtime::sandbox::filesystem::{self, Room};
use crate::runtime::sandbox::{Identity, Layers, SetupError, Step, raw};

/// What the first process needs of the keeper.
pub(super) struct First<'a> {
    /// What is to be run.
    pub job: &'a Job,
    /// As whom.
    pub identity: Identity,
    /// Where the scratch folder is, as seen inside.
    pub scratch: Scratch,
    /// The folder of the machine that it is, if it is one. The keeper removes it, unless it is gone.
    pub folder: Option<Folder>,
    /// Something to read when the keeper is ready; its end where the keeper is gone.
    pub keeper: OwnedFd,
    /// Where an error goes. It ends without a word when the program is being executed.
    pub setup: OwnedFd,
    /// Where the exits go, a line each.
    pub exits: OwnedFd,
    /// The program's standard output and error.
    pub streams: [OwnedFd; 2],
}

/// A line that the first process writes: the program's id, an exit, or that no process is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Line {
    /// The id of the main process, as it sees itself.
    Main(i32),
    /// The id of a process and its status.
    Exit(i32, i32),
    /// All have ended.
    Empty,
}

impl Line {
    fn write(self, to: &mut impl Write) {
        let line = match self {
            Self::Main(pid) => format!("main {pid}\n"),
            Self::Exit(pid, status) => format!("exit {pid} {status}\n"),
            Self::Empty => "empty\n".to_owned(),
        };
        // Where the keeper is gone there is nobody to tell, and this process is about to be killed.
        let _ = to.write_all(line.as_bytes());
    }

    /// Reads a line.
    pub(super) fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["main", pid] => Some(Self::Main(pid.parse().ok()?)),
            ["exit", pid, status] => Some(Self::Exit(pid.parse().ok()?, status.parse().ok()?)),
            ["empty"] => Some(Self::Empty),
            _ => None,
        }
    }
}

/// The time between two looks at whether the keeper is there and children have ended.
const INTERVAL: Duration = Duration::from_millis(5);

/// Runs the first process. Never returns.
pub(super) fn run(mut first: First<'_>) -> ! {
    let folder = first.folder.take();
    let started = start(&mut first);
    let First {
        setup,
        exits,
        keeper,
        identity,
        ..
    } = first;
    let mut exits = File::from(exits);
    match started {
        Ok(main) => Line::Main(main.as_raw()).write(&mut exits),
        Err(error) => tell(&setup, &error),
    }
    drop(setup);
    reap(&mut exits, &keeper);
    // The keeper is gone, and cannot clean up. With a PID namespace this process is killed when the keeper is, and comes
    // nowhere near this line.
    ending::end_below(Pid::this(), identity);
    drop(folder);
    leave()
}

/// Ends at once, without what a Rust program does at its end: this is a copy of the keeper.
pub(super) fn leave() -> ! {
    raw::exit_now(0)
}

/// What is written to the keeper when nothing is left to be done but to execute the program. Without it, the end of the
/// pipe means that a process died on the way.
pub(super) const READY: u8 = b'+';

fn tell(setup: &OwnedFd, error: &SetupError) {
    if let Ok(text) = serde_json::to_vec(error) {
        let _ = nix::unistd::write(setup, &text);
    }
}

/// Makes the sandbox and starts the program. Returns its id.
fn start(first: &mut First<'_>) -> Result<Pid, SetupError> {
    if first.job.layers.contains(Layers::PROCESSES) {
        prctl::set_pdeathsig(Signal::SIGKILL).step("end with the keeper")?;
    }
    // Not before the keeper has written the identities; and if it is gone, nothing happens at all.
    let mut keeper = File::from(first.keeper.try_clone().step("wait for the keeper")?);
    if keeper.read(&mut [0]).step("wait for the keeper")? == 0 {
        return Err("the keeper is gone").step("begin");
    }
    let job = first.job;
    if job.layers.contains(Layers::MOUNTS) {
        let room = Room {
            bytes: job.limits.scratch(),
            files: disk::FILES as u64,
        };
        filesystem::enter(&job.visible, job.layers.contains(Layers::PROCESSES), room)?;
    }
    if job.layers.contains(Layers::NETWORK) {
        raw::switch_loopback_on().step("switch the loopback on")?;
    }
    if !job.layers.contains(Layers::PROCESSES) {
        prctl::set_child_subreaper(true).step("adopt orphans")?;
    }
    program::fill(&first.scratch, job, &first.identity)?;

    if let Some(main) = raw::fork_into(0).step("fork")? {
        return Ok(main);
    }
    let Err(error) = program::execute(first);
    tell(&first.setup, &error);
    // Nothing may be dropped any more: most descriptors are closed already.
    leave()
}

/// Takes the exits of all processes, for as long as the keeper is there: it looks at what is here, and ends this process
/// when it is done.
fn reap(exits: &mut File, keeper: &OwnedFd) {
    let interval = PollTimeout::try_from(INTERVAL).unwrap_or(PollTimeout::ZERO);
    let mut is_empty = false;
    loop {
        match raw::take_status() {
            Ok(Some((pid, status))) => Line::Exit(pid, status).write(exits),
            result => {
                // Only the lack of children is an error here.
                if result.is_err() && !is_empty {
                    is_empty = true;
                    Line::Empty.write(exits);
                }
                // Nothing more comes from the keeper but the end.
                if poll(&mut [PollFd::new(keeper.as_fd(), PollFlags::POLLIN)], interval).is_ok_and(|ready| ready > 0) {
                    return;
                }
            }
        }
    }
}
