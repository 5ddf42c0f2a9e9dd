//! What a blocked thread waits for, and why a thread is not known to be blocked for good.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An untimed wait that only a process of the same tree can end.
///
/// Processes are named by the ids that the watcher sees. Where a wait names none, they are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "for")]
pub enum Wait {
    /// A lock in memory that only its own process has: a `threading` lock, condition, event or queue.
    Lock,
    /// The end of another thread of its process.
    ThreadEnd,
    /// A lock in memory that several processes share: `multiprocessing`'s Lock, Semaphore, Condition, Event.
    SharedLock {
        /// The processes that have it, the waiting one among them.
        among: Vec<i32>,
    },
    /// The end of a child process.
    ChildEnd {
        /// The children that would do.
        children: Vec<i32>,
    },
    /// The end of a process, asked for by a pidfd.
    ProcessEnd {
        /// The process.
        pid: i32,
    },
    /// Data to read from a pipe.
    PipeData {
        /// The pipe's number, the same for both its ends.
        pipe: u64,
        /// The processes that hold an end to write to. The waiting one may be among them, and be the only one.
        writers: Vec<i32>,
    },
    /// Room to write in a pipe that is full.
    PipeRoom {
        /// The pipe's number.
        pipe: u64,
        /// The processes that hold an end to read from.
        readers: Vec<i32>,
    },
    /// Data to read from a connection: a `multiprocessing` Connection, a manager's client or server.
    SocketData {
        /// The number of the socket that is waited on; the other end has another one.
        socket: u64,
        /// The processes that hold this same end.
        holders: Vec<i32>,
        /// The process that made the other end.
        peer: Option<i32>,
    },
    /// Room to write in a connection that is full.
    SocketRoom {
        /// The number of the socket.
        socket: u64,
        /// The processes that hold this same end.
        holders: Vec<i32>,
        /// The process that made the other end.
        peer: Option<i32>,
    },
    /// Somebody who connects.
    Connection {
        /// The number of the listening socket.
        socket: u64,
    },
    /// An eventfd that is counted up.
    Event,
    /// A signal, sent by another process of the tree.
    Signal,
    /// A lock on a file.
    FileLock {
        /// The file.
        path: String,
        /// The processes that have it locked.
        holders: Vec<i32>,
    },
    /// Whichever of several comes first.
    AnyOf {
        /// What would do.
        waits: Vec<Wait>,
    },
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock => f.write_str("a lock or queue within its process"),
            Self::ThreadEnd => f.write_str("the end of a thread of its process"),
            Self::SharedLock { among } if among.len() == 1 => {
                f.write_str("a lock made to be shared, which no other process has")
            }
            Self::SharedLock { among } => write!(f, "a lock shared between {}", Pids(among)),
            Self::ChildEnd { children } => write!(f, "the end of child {}", Pids(children)),
            Self::ProcessEnd { pid } => write!(f, "the end of process {pid}"),
            Self::PipeData { pipe, writers } => {
                write!(f, "data to read from pipe {pipe}, which {} could write", Pids(writers))
            }
            Self::PipeRoom { pipe, readers } => {
                write!(f, "room to write in pipe {pipe}, which {} could read", Pids(readers))
            }
            Self::SocketData { socket, holders, peer } => {
                write!(f, "data to read from socket {socket}{}", Ends { holders, peer: *peer })
            }
            Self::SocketRoom { socket, holders, peer } => {
                write!(f, "room to write in socket {socket}{}", Ends { holders, peer: *peer })
            }
            Self::Connection { socket } => write!(f, "a connection to its socket {socket}"),
            Self::Event => f.write_str("an eventfd of its own"),
            Self::Signal => f.write_str("a signal"),
            Self::FileLock { path, holders } => write!(f, "a lock on {path}, held by {}", Pids(holders)),
            Self::AnyOf { waits } => {
                /// More would not be read.
                const SHOWN: usize = 4;
                f.write_str("any of: ")?;
                for (index, wait) in waits.iter().take(SHOWN).enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(f, "{separator}{wait}")?;
                }
                if waits.len() > SHOWN {
                    write!(f, "; and {} more", waits.len() - SHOWN)?;
                }
                Ok(())
            }
        }
    }
}

/// "process 4", "processes 4, 5", "nobody".
struct Pids<'a>(&'a [i32]);

impl fmt::Display for Pids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0 else {
            return f.write_str("nobody");
        };
        write!(f, "{} {first}", if rest.is_empty() { "process" } else { "processes" })?;
        rest.iter().try_for_each(|pid| write!(f, ", {pid}"))
    }
}

/// What is known of a connection's two ends.
struct Ends<'a> {
    holders: &'a [i32],
    peer: Option<i32>,
}

impl fmt::Display for Ends<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(peer) = self.peer {
            write!(f, " (its other end made by process {peer})")?;
        }
        if self.holders.len() > 1 {
            write!(f, " (this end held by {})", Pids(self.holders))?;
        }
        Ok(())
    }
}

/// Why nothing is proved of a thread. Each of these is a veto.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum Doubt {
    /// It runs, or is about to.
    Runs,
    /// Its wait has a deadline.
    Timed {
        /// The kind of wait.
        what: String,
    },
    /// A timer may interrupt its wait.
    Timer {
        /// How it is known.
        what: String,
    },
    /// Somebody outside the tree may end its wait.
    External {
        /// Who or what.
        what: String,
    },
    /// It is stopped, and may be continued.
    Stopped,
    /// It is in a wait that no signal interrupts, such as for a disk.
    Uninterruptible,
    /// A debugger has it.
    Traced {
        /// The debugger.
        tracer: i32,
    },
    /// What it waits for cannot be read.
    NoAccess {
        /// What was refused.
        what: String,
    },
    /// It waits for something that this program cannot judge.
    Unknown {
        /// What was seen.
        what: String,
    },
    /// Its process has a child that the watcher was not told of.
    Unwatched {
        /// The child.
        child: i32,
    },
    /// A service thread that has not woken up since all others stand still, so that it may be about to act.
    ServicePending,
    /// There is more to look at than the bound allows.
    TooMany {
        /// What there is too much of.
        what: String,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs => f.write_str("it runs"),
            Self::Timed { what } => write!(f, "its wait has a deadline: {what}"),
            Self::Timer { what } => write!(f, "a timer may interrupt it: {what}"),
            Self::External { what } => write!(f, "its wait may be ended from outside: {what}"),
            Self::Stopped => f.write_str("it is stopped by a signal and may be continued"),
            Self::Uninterruptible => f.write_str("it is in an uninterruptible wait"),
            Self::Traced { tracer } => write!(f, "process {tracer} traces it"),
            Self::NoAccess { what } => write!(f, "no right to read its {what}"),
            Self::Unknown { what } => write!(f, "it waits in a way that cannot be judged: {what}"),
            Self::Unwatched { child } => write!(f, "its child {child} is not watched"),
            Self::ServicePending => f.write_str("it serves, and has not had its turn yet"),
            Self::TooMany { what } => write!(f, "too many {what} to look at"),
        }
    }
}

impl Doubt {
    pub(super) fn timed(what: &str) -> Self {
        Self::Timed { what: what.to_owned() }
    }

    pub(super) fn external(what: impl Into<String>) -> Self {
        Self::External { what: what.into() }
    }

    pub(super) fn unknown(what: impl Into<String>) -> Self {
        Self::Unknown { what: what.into() }
    }

    pub(super) fn no_access(what: &str) -> Self {
        Self::NoAccess { what: what.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_read_as_sentences() {
        let pipe = Wait::PipeData {
            pipe: 7,
            writers: vec![3, 4],
        };
        assert_eq!(
            pipe.to_string(),
            "data to read from pipe 7, which processes 3, 4 could write"
        );
        let alone = Wait::PipeRoom {
            pipe: 7,
            readers: Vec::new(),
        };
        assert_eq!(alone.to_string(), "room to write in pipe 7, which nobody could read");
        let any = Wait::AnyOf {
            waits: vec![Wait::ChildEnd { children: vec![5] }, Wait::Signal],
        };
        assert_eq!(any.to_string(), "any of: the end of child process 5; a signal");
        let many = Wait::AnyOf {
            waits: vec![Wait::Event; 6],
        };
        assert!(many.to_string().ends_with("; and 2 more"));
    }

    #[test]
    fn doubts_and_waits_come_back_from_json() {
        let wait = Wait::AnyOf {
            waits: vec![
                Wait::Lock,
                Wait::SocketData {
                    socket: 1,
                    holders: vec![2],
                    peer: None,
                },
            ],
        };
        let json = serde_json::to_string(&wait).expect("JSON");
        assert_eq!(serde_json::from_str::<Wait>(&json).expect("a wait"), wait);
        let doubt = Doubt::Unwatched { child: 9 };
        let json = serde_json::to_string(&doubt).expect("JSON");
        assert_eq!(json, r#"{"because":"unwatched","child":9}"#);
        assert_eq!(serde_json::from_str::<Doubt>(&json).expect("a doubt"), doubt);
    }
}
