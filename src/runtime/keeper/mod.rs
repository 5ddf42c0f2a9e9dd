//! The keeper: a process of its own for each program, mplint executed anew. It makes the sandbox, watches the program
//! from outside, ends it, and says what was seen.
//!
//! ```text
//! mplint ── keeper ── first process ── the program ── its children …
//!           outside │ inside the sandbox
//! ```
//!
//! The keeper lives outside the sandbox, so that the program cannot reach it; the first process lives inside, is the
//! parent of whatever loses its own, and in a PID namespace takes everything with it when it is killed. The job comes on
//! standard input as one line of JSON, and the answer goes to standard output as another. Standard input then stays
//! open: when it ends, mplint is gone, and the keeper ends everything at once. When the keeper itself is killed, the
//! first process goes with it, or without a PID namespace does the keeper's last work.

mod census;
mod disk;
mod ending;
mod exits;
mod init;
mod memory;
mod program;
mod scratch;
mod watch;

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Pid, pipe2, setsid};
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::observation::Observation;
use super::sandbox::{Identity, Layers, SetupError, Step, namespaces, raw};
use init::First;

/// How long the sandbox may take to be made: a loaded machine included.
const SETUP_TIME: Duration = Duration::from_secs(30);

/// What a keeper answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// What was seen.
    Seen(Box<Observation>),
    /// The sandbox could not be made, or the program not be executed.
    Failed(SetupError),
}

/// Runs a keeper: reads the job, answers, and leaves nothing behind.
///
/// # Errors
///
/// Where the job cannot be read or the answer not be written. What fails in between is part of the answer.
pub fn run() -> io::Result<()> {
    let mut job = String::new();
    // A terminal's Ctrl-C is for mplint; the keeper ends when mplint does, and has something to clean up.
    let _ = setsid();
    // The program is another user, perhaps: what is made for it must be readable whatever mplint was started with.
    umask(Mode::from_bits_truncate(0o022));
    io::stdin().lock().read_line(&mut job)?;
    let job: Job = serde_json::from_str(&job).map_err(io::Error::other)?;
    let answer = match keep(&job) {
        Ok(Some(observation)) => Answer::Seen(Box::new(observation)),
        Ok(None) => return Ok(()),
        Err(error) => Answer::Failed(error),
    };
    let mut answer = serde_json::to_vec(&answer).map_err(io::Error::other)?;
    answer.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&answer)?;
    out.flush()
}

/// Runs one program; `None` where mplint has gone meanwhile.
fn keep(job: &Job) -> Result<Option<Observation>, SetupError> {
    // Orphans of a sandbox without a PID namespace come to the first process, and when that is gone, here.
    prctl::set_child_subreaper(true).step("adopt orphans")?;
    let in_namespaces = job.layers.intersects(Layers::NAMESPACES);
    let identity = Identity::choose(in_namespaces);
    let (go_read, go_write) = pipe2(OFlag::O_CLOEXEC).step("make a pipe")?;
    let (setup_read, setup_write) = pipe2(OFlag::O_CLOEXEC).step("make a pipe")?;
    let (exits_read, exits_write) = pipe2(OFlag::O_CLOEXEC).step("make a pipe")?;
    // The keeper never waits for an exit, but the first process waits for the keeper: no exit is lost.
    fcntl(exits_read.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).step("make a pipe")?;
    let streams = [stream("stdout")?, stream("stderr")?];
    let inside = [
        streams[0].try_clone().step("share a stream")?,
        streams[1].try_clone().step("share a stream")?,
    ];
    // The last thing before the first process is there, which knows of it, and removes it if the keeper is killed.
    let (folder, scratch) = scratch::make(job.layers)?;
    let Some(first) = raw::fork_into(namespaces::flags(job.layers)).step("make the namespaces")? else {
        drop((go_write, setup_read, exits_read, streams));
        init::run(First {
            job,
            identity,
            scratch,
            folder,
            keeper: go_read,
            setup: setup_write,
            exits: exits_write,
            streams: inside,
        })
    };
    drop((go_read, setup_write, exits_write, inside));
    let mut go = File::from(go_write);
    let begun = begin(job, first, identity, &mut go, setup_read);
    let result = match begun {
        Ok(()) => {
            let outside = match &folder {
                Some(_) => scratch,
                None => scratch.below(&PathBuf::from(format!("/proc/{first}/root"))),
            };
            watch::watch(job, first, &outside, exits_read, streams)
        }
        Err(error) => Err(error),
    };
    ending::end_all(first, job.layers, identity, folder);
    // Only now: while this is open, the first process knows that the keeper is there.
    drop(go);
    result
}

/// Memory that serves as an output stream: it cannot block the program, and nothing of it stays on a disk.
fn stream(name: &str) -> Result<OwnedFd, SetupError> {
    let stream = memfd_create(name, MFdFlags::MFD_CLOEXEC).step("make an output stream")?;
    // All processes write at its end, wherever that is.
    fcntl(stream.as_fd(), FcntlArg::F_SETFL(OFlag::O_APPEND)).step("make an output stream")?;
    Ok(stream)
}

/// Lets the first process go, and waits until the program is being executed.
fn begin(job: &Job, first: Pid, identity: Identity, go: &mut File, setup: OwnedFd) -> Result<(), SetupError> {
    if job.layers.intersects(Layers::NAMESPACES) {
        namespaces::map_identities(first, &identity)?;
    }
    go.write_all(&[1]).step("start the first process")?;
    let mut waiting = [PollFd::new(setup.as_fd(), PollFlags::POLLIN)];
    let milliseconds = PollTimeout::try_from(SETUP_TIME).unwrap_or(PollTimeout::MAX);
    let ready = loop {
        match poll(&mut waiting, milliseconds) {
            Err(nix::errno::Errno::EINTR) => {}
            result => break result.step("wait for the sandbox")?,
        }
    };
    if ready == 0 {
        return Err(format!("it was not there after {} seconds", SETUP_TIME.as_secs())).step("make the sandbox");
    }
    let mut said = Vec::new();
    File::from(setup).read_to_end(&mut said).step("wait for the sandbox")?;
    match said.strip_prefix(&[init::READY]) {
        Some([]) => Ok(()),
        None if said.is_empty() => Err("a process died meanwhile").step("make the sandbox"),
        rest => Err(serde_json::from_slice(rest.unwrap_or(&said)).step("read what the first process said")?),
    }
}
