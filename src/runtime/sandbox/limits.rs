//! What a program under experiment may use up.

use std::time::Duration;

use nix::sys::resource::{Resource, setrlimit};
use serde::{Deserialize, Serialize};

use super::{SetupError, Step};

/// The bounds of one experiment. The keeper watches those of the whole tree; the kernel enforces those of one process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// How long it may run.
    pub time: Duration,
    /// Bytes of memory that all its processes may hold together.
    pub memory: u64,
    /// Bytes of address space of one process.
    pub address_space: u64,
    /// Processes at once.
    pub processes: usize,
    /// Threads and processes at once. The kernel counts no others with them only inside a user namespace.
    pub tasks: u64,
    /// Bytes of one file, and of each of the two output streams.
    pub file_size: u64,
    /// Open files of one process.
    pub open_files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            memory: 2 << 30,
            address_space: 8 << 30,
            processes: 64,
            tasks: 512,
            file_size: 64 << 20,
            open_files: 1024,
        }
    }
}

impl Limits {
    /// Bytes of all files in scratch.
    #[must_use]
    pub const fn scratch(&self) -> u64 {
        self.file_size.saturating_mul(2)
    }

    /// Puts the limits of one process on the calling one; its children inherit them.
    pub(super) fn apply(&self) -> Result<(), SetupError> {
        // Processor time is bounded too, so that a process that escaped every watcher would still end.
        let processor = self.time.as_secs().saturating_mul(4).saturating_add(10);
        for (resource, limit) in [
            (Resource::RLIMIT_AS, self.address_space),
            // Not 0: the kernel would still start a handler of crashes. 1 is its word for neither file nor handler.
            (Resource::RLIMIT_CORE, 1),
            (Resource::RLIMIT_CPU, processor),
            (Resource::RLIMIT_FSIZE, self.file_size),
            (Resource::RLIMIT_MEMLOCK, 1 << 20),
            (Resource::RLIMIT_MSGQUEUE, 1 << 20),
            (Resource::RLIMIT_NOFILE, self.open_files),
            (Resource::RLIMIT_NPROC, self.tasks),
            (Resource::RLIMIT_NICE, 0),
            (Resource::RLIMIT_RTPRIO, 0),
        ] {
            let (_, most) = nix::sys::resource::getrlimit(resource).step(format!("read {resource:?}"))?;
            let limit = limit.min(most);
            setrlimit(resource, limit, limit).step(format!("set {resource:?} to {limit}"))?;
        }
        Ok(())
    }
}
