//! Tells from outside when every process of a tree waits for another one of them, and proves it.
//!
//! # What a proof is
//!
//! A tree of processes is dead when every live thread of it is blocked in a wait without a deadline that only another
//! thread of the tree could end. All of them are blocked, so none ever will. [`Detector::look`] says so
//! ([`Look::Hung`]) after it has seen, in several looks over at least [`Config::still`], that no thread has been on a
//! processor (the kernel counts every turn), and has then found for each thread the wait that it is in. The counters are
//! compared once more after that: there was an instant at which all of them were blocked in these very waits.
//!
//! # What vetoes
//!
//! Whatever is not known to be such a wait. In particular
//!
//! - a wait with a deadline: `sleep`, a poll, lock, epoll or socket with a timeout;
//! - a timer that may interrupt a wait: a POSIX timer, a timerfd that is waited on, a handler for SIGALRM, an alarm that
//!   the program's probe tells of ([`Said::timers`]);
//! - a wait that somebody outside the tree may end: a pipe, socket, eventfd or shared memory that another process has
//!   too (the watcher itself, for one), a connection to another process, a terminal or device, a socket or FIFO with an
//!   address that others can know;
//! - a thread that is stopped, traced, in an uninterruptible wait, in an unknown system call, in none at all, or of a
//!   process that uses io_uring;
//! - a child that the caller did not name among the processes of the tree;
//! - what may not be read, and more threads or files than the bounds allow.
//!
//! Threads that wake up by a timer for ever and only to serve ([`Said::services`]) do not veto. They rest on the
//! program's own word and stand apart in the proof; each must have had its turn since all others stand still.
//!
//! # What is not seen
//!
//! An alarm without a handler of which nobody tells; a signal, a connection or a file that somebody outside sends to the
//! tree of their own accord; files of the tree in a process that the watcher may not read.
//!
//! # The weaker symptom
//!
//! A tree whose threads poll for what never comes does run. [`Detector::stall`] names the pollers, and is no proof.

mod detector;
mod duplicate;
mod files;
mod judge;
mod memory;
mod renumber;
mod sockets;
mod stall;
mod syscalls;
mod task;
pub mod tree;
mod view;
mod wait;

pub use detector::{BlockedTask, Config, Detector, HangProof, Look, Said, ServiceTask, Veto};
pub use renumber::Ids;
pub use stall::{Poller, Stall};
pub use wait::{Doubt, Wait};
