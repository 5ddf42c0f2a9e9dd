//! What was seen of one program: by the keeper from outside, and in the words of the program itself.
//!
//! The two are kept apart. Exits, signals, waits, leftovers and the time come from outside, and a program cannot forge
//! them; what it printed, and what the probe inside it noted, is its own word.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::hang::{HangProof, Stall};
use super::probe::events::Event;
use super::probe::stacks::Thread;
use super::sandbox::Layers;

/// What was seen of one program.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Observation {
    /// How the main process ended; none where it had not ended when everything was stopped.
    pub main: Option<Exit>,
    /// Why the keeper stopped the program; none where all of it ended by itself.
    pub stopped: Option<Stop>,
    /// Seconds from the execution of the program to its end or its being stopped.
    pub seconds: f64,
    /// The processes that were seen, in the order of their appearance; those that live for less than the time between
    /// two looks may be missing.
    pub processes: Vec<ProcessSeen>,
    /// What was there when the main process had ended.
    pub left: Left,
    /// What the program wrote to its standard output.
    pub stdout: Capture,
    /// What it wrote to its standard error.
    pub stderr: Capture,
    /// What the probe inside its processes noted, in the order of the times.
    pub said: Vec<Event>,
    /// The sandbox that it ran in.
    pub layers: Layers,
}

/// What the threads of each process ran, in Python's terms: the program's own word.
pub type Stacks = BTreeMap<u32, Vec<Thread>>;

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl Exit {
    /// Reads a status as `wait` gives it.
    #[must_use]
    pub fn from_status(status: i32) -> Self {
        match status & 0x7f {
            0 => Self::Code((status >> 8) & 0xff),
            signal => Self::Signal(signal),
        }
    }

    /// Whether it ended well.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(number) => match nix::sys::signal::Signal::try_from(number) {
                Ok(signal) => write!(f, "{signal}"),
                Err(_) => write!(f, "signal {number}"),
            },
        }
    }
}

/// Why a program was stopped.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Every process waited for another one of them, and would have for ever.
    Hang {
        /// Which wait each thread was in.
        proof: HangProof,
        /// What the threads ran, in Python's terms.
        stacks: Stacks,
    },
    /// The time was up. Nothing had got anywhere, but some thread kept waking up.
    Stall {
        /// Since when, and who woke up.
        stall: Stall,
        /// What the threads ran, in Python's terms.
        stacks: Stacks,
    },
    /// The time was up.
    Time {
        /// Where all stood still at that moment: why it is no hang.
        vetoes: Vec<String>,
        /// What the threads ran, in Python's terms.
        stacks: Stacks,
    },
    /// The main process had ended, and others went on for longer than they were given.
    Leftovers,
    /// A limit was passed.
    Limit {
        /// Which one.
        limit: Exhausted,
    },
}

impl Stop {
    /// A word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Hang { .. } => "hang",
            Self::Stall { .. } => "stall",
            Self::Time { .. } => "time",
            Self::Leftovers => "leftovers",
            Self::Limit { limit } => limit.as_str(),
        }
    }
}

/// A limit that was passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exhausted {
    /// The memory of all processes together.
    Memory,
    /// The number of processes.
    Processes,
    /// The size of an output stream.
    Output,
    /// The size of scratch.
    Disk,
}

impl Exhausted {
    /// A word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Processes => "processes",
            Self::Output => "output",
            Self::Disk => "disk",
        }
    }
}

/// A process, as it was seen from outside.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProcessSeen {
    /// Its id, as it sees itself.
    pub pid: i32,
    /// The id of its first parent, as that sees itself; 0 for the main process.
    pub parent: i32,
    /// What it is, by its command line.
    pub role: Role,
    /// Seconds after the start of the program when it was first seen.
    pub appeared: f64,
    /// Seconds after the start of the program when it was gone; none where it was still there at the end.
    pub gone: Option<f64>,
    /// How it ended; none where it had not, or where nobody could tell.
    pub exit: Option<Exit>,
}

/// What a process is there for, by its command line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The first process of the program.
    Main,
    /// multiprocessing's tracker of resources.
    ResourceTracker,
    /// multiprocessing's fork server.
    ForkServer,
    /// Any other: a child that does work.
    Other,
}

impl Role {
    /// The role that a command line names.
    #[must_use]
    pub fn of_command(command: &[String]) -> Self {
        let names = |module: &str| command.iter().any(|word| word.contains(module));
        if names("multiprocessing.resource_tracker") || names("multiprocessing.semaphore_tracker") {
            Self::ResourceTracker
        } else if names("multiprocessing.forkserver") {
            Self::ForkServer
        } else {
            Self::Other
        }
    }
}

/// What was there when the main process had ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Left {
    /// Ids of children that had ended and that their parent, the main process, had not waited for.
    pub zombies: Vec<i32>,
    /// Ids of processes that were still there a moment after the main process had ended, trackers left out.
    pub orphans: Vec<i32>,
    /// Names in the program's own `/dev/shm` when all its processes had ended by themselves; none where the program was
    /// stopped, or where `/dev/shm` is the machine's.
    pub segments: Option<Vec<String>>,
}

/// What came out of a stream.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Capture {
    /// The first part of it; what is no UTF-8 is replaced.
    pub text: String,
    /// Bytes in all.
    pub bytes: u64,
}

impl Capture {
    /// Bytes of a stream that are kept.
    pub const KEPT: u64 = 256 << 10;

    /// Whether something was cut off.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.bytes > Self::KEPT
    }
}
