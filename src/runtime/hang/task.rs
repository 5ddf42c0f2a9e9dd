//! One thread as a watcher sees it: what it is in, and how much it has ever run.

use super::tree::{self, State};
use std::fs;

/// A thread: its process and its own id.
pub(super) type Id = (i32, i32);

/// What is cheap to read of a thread. Two equal samples mean that it did not run between them: the kernel counts every
/// turn on a processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub id: Id,
    pub name: String,
    pub state: State,
    pub starttime: u64,
    pub ran: Ran,
}

/// How much a thread has run since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ran {
    /// Time on a processor, in nanoseconds.
    pub nanos: u64,
    /// Turns on a processor; where the kernel does not count them, context switches.
    pub turns: u64,
}

impl Sample {
    /// `None` where the thread has vanished.
    pub fn take(pid: i32, tid: i32) -> Option<Self> {
        // The counters come first: whoever runs in between is seen running, or shows it in the next sample.
        let ran = Ran::read(pid, tid);
        let stat = tree::task_stat(pid, tid)?;
        if stat.state.has_ended() {
            // The dead may lose their counters; all that matters of them is that they are dead.
            return Some(Self {
                id: (pid, tid),
                name: stat.name,
                state: stat.state,
                starttime: stat.starttime,
                ran: Ran::default(),
            });
        }
        Some(Self {
            id: (pid, tid),
            name: stat.name,
            state: stat.state,
            starttime: stat.starttime,
            ran: ran?,
        })
    }

    pub fn is_live(&self) -> bool {
        !self.state.has_ended()
    }

    /// Whether it is the same thread in the same state and has not run since `earlier`.
    pub fn is_unmoved_since(&self, earlier: &Self) -> bool {
        self.id == earlier.id
            && self.starttime == earlier.starttime
            && self.state == earlier.state
            && self.ran == earlier.ran
    }
}

impl Ran {
    fn read(pid: i32, tid: i32) -> Option<Self> {
        let path = format!("/proc/{pid}/task/{tid}");
        if let Ok(text) = fs::read_to_string(format!("{path}/schedstat")) {
            let mut numbers = text.split_ascii_whitespace().map(str::parse);
            if let (Some(Ok(nanos)), Some(Ok(_waited)), Some(Ok(turns))) =
                (numbers.next(), numbers.next(), numbers.next())
            {
                return Some(Self { nanos, turns });
            }
        }
        // Kernels without CONFIG_SCHED_INFO: ticks are coarse, the switches are not.
        let status = fs::read(format!("{path}/status")).ok()?;
        let status = String::from_utf8_lossy(&status);
        let switches = |key: &str| number_after(&status, key);
        let turns = switches("voluntary_ctxt_switches:")?.saturating_add(switches("nonvoluntary_ctxt_switches:")?);
        Some(Self {
            nanos: tree::task_stat(pid, tid)?.ticks.saturating_mul(10_000_000),
            turns,
        })
    }
}

/// The number of the line that begins with `key`.
pub(super) fn number_after(text: &str, key: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(key))?
        .split_ascii_whitespace()
        .next()?
        .parse()
        .ok()
}

/// The part of `/proc/PID/status` that bears on a proof.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    /// The debugger of the process, or 0.
    pub tracer: i32,
    /// Whether it has a handler for SIGALRM.
    pub handles_alarm: bool,
    /// Its id in the PID namespace of the process itself.
    pub own_pid: i32,
}

impl Status {
    pub fn read(pid: i32) -> Option<Self> {
        let text = fs::read(format!("/proc/{pid}/status")).ok()?;
        let text = String::from_utf8_lossy(&text);
        let line = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let caught = u64::from_str_radix(line("SigCgt:")?, 16).ok()?;
        let own_pid = line("NSpid:")
            .and_then(|ids| ids.split_ascii_whitespace().last())
            .and_then(|id| id.parse().ok());
        Some(Self {
            tracer: line("TracerPid:")?.parse().ok()?,
            handles_alarm: caught & (1 << (libc::SIGALRM - 1)) != 0,
            own_pid: own_pid.unwrap_or(pid),
        })
    }
}
