//! What a program under experiment may touch: nothing but its scratch folder.
//!
//! The sandbox is made of [`Layers`], each of which stops something that the others let through; `tests/sandbox.rs` takes
//! each away in turn and shows the attack that then succeeds. How much of it a machine offers is found by trying, not
//! from version numbers, and has a name, the [`Level`]:
//!
//! | level | what holds |
//! | --- | --- |
//! | `full` | own user, mount, PID, IPC and network namespaces; a root that holds only the system's and the interpreter's files, read-only; private `/tmp` and `/dev/shm`; Landlock; seccomp; limits |
//! | `landlock` | no writing outside scratch and `/dev/shm`, no signals to strangers; no network; no SysV IPC; seccomp; limits. Names in `/dev/shm`, what can be read, and services that listen on a socket in the file system are the machine's |
//! | `seccomp` | no network and no dangerous system calls; limits. Files that the user may write can be written |
//! | `none` | the limits of the supervisor only: time, memory, processes, output |
//!
//! Whatever the machine offers is switched on; the level says what can be relied on.

mod calls;
pub mod filesystem;
mod identity;
mod landlock;
mod limits;
pub mod namespaces;
pub mod raw;
mod seccomp;

use std::fmt;

use bitflags::bitflags;
use serde::{Deserialize, Serialize};

pub use identity::Identity;
pub use limits::Limits;

bitflags! {
    /// The parts of a sandbox. Any of the first four brings a user namespace with it.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct Layers: u8 {
        /// A file system of its own: what is not needed is not there, and what is there is read-only.
        const MOUNTS = 1;
        /// Processes of its own: others are neither seen nor signalled, and all end with the first.
        const PROCESSES = 1 << 1;
        /// SysV and POSIX message queues, semaphores and segments of its own.
        const IPC = 1 << 2;
        /// A network of its own, with nothing but a loopback.
        const NETWORK = 1 << 3;
        /// Landlock: writing only where scratch is, no signals to the outside.
        const LANDLOCK = 1 << 4;
        /// seccomp: system calls that a Python program has no use for are refused.
        const SECCOMP = 1 << 5;
        /// Limits of the kernel on each process: memory, file size, open files, number of processes.
        const LIMITS = 1 << 6;
    }
}

impl Layers {
    /// The layers that need namespaces, and with them a user namespace.
    pub const NAMESPACES: Self = Self::MOUNTS
        .union(Self::PROCESSES)
        .union(Self::IPC)
        .union(Self::NETWORK);

    /// What a machine must have for these layers, for a user who wants them: to be read after the error.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        if self.intersects(Self::NAMESPACES) {
            "namespaces must be allowed to users: see the sysctls user.max_user_namespaces, \
             kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns, and in a container its \
             security options; or accept less with --sandbox landlock"
        } else if self.intersects(Self::LANDLOCK) {
            "the kernel must be Linux 6.2 or newer, 6.12 where namespaces are refused, with `landlock` among the security \
             modules that it was started with (lsm=); or accept less with --sandbox seccomp"
        } else if self.intersects(Self::SECCOMP) {
            "the kernel must have seccomp filters; or accept less with --sandbox none"
        } else {
            "the limits of this session must not be in the way: see `ulimit -a`"
        }
    }
}

/// How strong a sandbox is: what can be relied on, from the weakest to the strongest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing but supervision.
    None,
    /// System calls are filtered.
    Seccomp,
    /// Writing and signals are confined as well.
    Landlock,
    /// All of it.
    Full,
}

impl Level {
    /// The levels, the strongest first.
    pub const LADDER: [Self; 4] = [Self::Full, Self::Landlock, Self::Seccomp, Self::None];

    /// The layers that a level promises.
    #[must_use]
    pub const fn layers(self) -> Layers {
        match self {
            Self::None => Layers::empty(),
            Self::Seccomp => Layers::SECCOMP.union(Layers::LIMITS),
            Self::Landlock => Self::Seccomp.layers().union(Layers::LANDLOCK),
            Self::Full => Layers::all(),
        }
    }

    /// The strongest level whose promise these layers keep.
    #[must_use]
    pub fn of(layers: Layers) -> Self {
        let holds = |level: &Self| layers.contains(level.layers());
        Self::LADDER.into_iter().find(holds).unwrap_or(Self::None)
    }

    /// The word for it, as it is typed after `--sandbox`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Seccomp => "seccomp",
            Self::Landlock => "landlock",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step of making the sandbox that failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("failed to {step}: {cause}")]
pub struct SetupError {
    /// What was tried: a verb and its object.
    pub step: String,
    /// What the system said.
    pub cause: String,
}

/// Names the step that an error belongs to.
pub trait Step<T> {
    /// The result, with the step named where it is an error.
    ///
    /// # Errors
    ///
    /// The error, as a [`SetupError`].
    fn step(self, step: impl Into<String>) -> Result<T, SetupError>;
}

impl<T, E: fmt::Display> Step<T> for Result<T, E> {
    fn step(self, step: impl Into<String>) -> Result<T, SetupError> {
        self.map_err(|error| SetupError {
            step: step.into(),
            cause: error.to_string(),
        })
    }
}

/// Confines the calling process and all that it will start. The last step before a program is executed: it cannot be
/// undone.
///
/// # Errors
///
/// Where a layer cannot be had. What was switched on before stays on.
pub fn confine(layers: Layers, identity: &Identity, limits: &Limits, writable: &Writable) -> Result<(), SetupError> {
    if layers.contains(Layers::LIMITS) {
        limits.apply()?;
    }
    identity.assume()?;
    raw::drop_capabilities().step("give up capabilities")?;
    nix::sys::prctl::set_no_new_privs().step("give up new privileges")?;
    if layers.contains(Layers::LANDLOCK) {
        landlock::apply(writable, layers.contains(Layers::PROCESSES | Layers::NETWORK))?;
    }
    if layers.contains(Layers::SECCOMP) {
        seccomp::apply(layers)?;
    }
    Ok(())
}

/// Where a confined program may write.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Writable {
    /// Folders: everything below them.
    pub folders: Vec<std::path::PathBuf>,
    /// Devices that are there and may be written.
    pub devices: Vec<std::path::PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::{Layers, Level};

    #[test]
    fn a_level_is_what_all_its_layers_promise() {
        for level in Level::LADDER {
            assert_eq!(Level::of(level.layers()), level);
        }
        assert_eq!(Level::of(Layers::all() - Layers::LANDLOCK), Level::Seccomp);
        assert_eq!(Level::of(Layers::all() - Layers::MOUNTS), Level::Landlock);
        assert_eq!(Level::of(Layers::NAMESPACES), Level::None);
        assert!(Level::LADDER.is_sorted_by(|a, b| a > b));
    }
}
