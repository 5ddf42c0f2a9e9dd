//! The one system call of the hang detection that has no safe wrapper: a copy of another process's file descriptor.

#![expect(unsafe_code, reason = "no crate in use wraps pidfd_open and pidfd_getfd")]

use nix::errno::Errno;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// A descriptor of our own for the file that `fd` is in process `pid`. It closes on exec and when it is dropped.
pub(super) fn duplicate(pid: i32, fd: i32) -> nix::Result<OwnedFd> {
    // SAFETY: both calls take plain integers and touch no memory of ours; what they return is a new descriptor that
    // nobody else owns.
    unsafe {
        let process = owned(libc::syscall(libc::SYS_pidfd_open, pid, 0))?;
        owned(libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0))
    }
}

/// # Safety
///
/// `result` is what a system call returned that opens a descriptor.
unsafe fn owned(result: libc::c_long) -> nix::Result<OwnedFd> {
    let fd = RawFd::try_from(Errno::result(result)?).map_err(|_| Errno::EBADF)?;
    // SAFETY: by the contract above the descriptor is new and open.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
