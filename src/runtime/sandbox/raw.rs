//! System calls for which there is no safe wrapper.
//!
//! All of them are made by the keeper and the first process of a sandbox, which have one thread each.
#![expect(unsafe_code, reason = "the calls below have no safe wrapper")]

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::unistd::Pid;

/// What a new mount may not be used for.
#[derive(Clone, Copy, Debug)]
pub enum Devices {
    /// Device files in it are dead.
    Dead,
    /// Device files in it work.
    Working,
}

fn check(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Continues in a child process, in the new namespaces of `flags`. `None` in the child, its process id in the parent.
///
/// # Errors
///
/// What the kernel refuses.
pub fn fork_into(flags: libc::c_int) -> io::Result<Option<Pid>> {
    let flags = libc::c_long::from(flags | libc::SIGCHLD);
    // SAFETY: without CLONE_VM this is fork, and the caller has one thread, so that the child may go on as it is.
    let pid = check(unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) })?;
    Ok((pid != 0).then(|| Pid::from_raw(i32::try_from(pid).unwrap_or(i32::MAX))))
}

/// Ends the process without running what was registered for its end.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: nothing is left to be done by this process.
    unsafe { libc::_exit(code) }
}

/// Takes the status of a child that has ended: its id, and the status as `wait` gives it. `None` where none has.
///
/// The wrapper of nix knows no real-time signals, and takes a child that died of one for an error.
///
/// # Errors
///
/// ECHILD where there is no child.
pub fn take_status() -> io::Result<Option<(i32, i32)>> {
    let mut status = 0;
    // SAFETY: the status lives longer than the call.
    let pid = check(unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG | libc::__WALL) }.into())?;
    Ok((pid != 0).then(|| (i32::try_from(pid).unwrap_or(i32::MAX), status)))
}

/// Lets a broken pipe end this process again, as it does any program: Rust's own start has it ignored, and that would be
/// handed on.
pub fn end_on_broken_pipe() {
    // SAFETY: the default action is no function of ours.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Gives up every capability of the calling thread. With no new privileges to be had, not even executing a program as
/// root brings them back.
///
/// # Errors
///
/// What the kernel refuses.
pub fn drop_capabilities() -> io::Result<()> {
    /// `_LINUX_CAPABILITY_VERSION_3`
    const VERSION: u32 = 0x2008_0522;
    let header = [VERSION, 0];
    // Effective, permitted and inheritable ones, twice: 64 bits in two halves.
    let none = [0_u32; 6];
    // SAFETY: both have the layout that this version of the call expects, and outlive it.
    check(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), none.as_ptr()) }).map(drop)
}

/// Bytes of a page of memory.
#[must_use]
pub fn page_size() -> u64 {
    // SAFETY: plain numbers.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// Sends a signal by its number: real-time signals have no names.
///
/// # Errors
///
/// Where there is no such process, or it may not be signalled.
pub fn send_signal(pid: i32, number: i32) -> io::Result<()> {
    // SAFETY: plain numbers.
    check(unsafe { libc::kill(pid, number) }.into()).map(drop)
}

/// Makes a mount read-only, without set-user-id, and with all that is mounted below it. Flags that it has are kept, which
/// a remount of a mount that belongs to another user namespace would have to repeat.
///
/// # Errors
///
/// What the kernel refuses, or ENOSYS before Linux 5.12.
pub fn make_read_only(mount: &CStr, devices: Devices) -> io::Result<()> {
    let mut attributes = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID;
    if matches!(devices, Devices::Dead) {
        attributes |= libc::MOUNT_ATTR_NODEV;
    }
    let attributes = libc::mount_attr {
        attr_set: attributes,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    // SAFETY: the path is a C string, and the structure and its size belong together.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            mount.as_ptr(),
            libc::AT_RECURSIVE,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    check(result).map(drop)
}

/// Switches the loopback of this network namespace on.
///
/// # Errors
///
/// What the kernel refuses.
pub fn switch_loopback_on() -> io::Result<()> {
    // SAFETY: plain calls with numbers; the descriptor is owned by nobody else.
    let socket = unsafe {
        let raw = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        check(raw.into())?;
        OwnedFd::from_raw_fd(raw)
    };
    // SAFETY: an interface request of zeros is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(c"lo".to_bytes()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request lives longer than the call, and is of the kind that the call expects.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    check(result.into()).map(drop)
}

/// Closes every descriptor from `first` up but those in `keep`.
///
/// # Errors
///
/// ENOSYS before Linux 5.9.
pub fn close_all_from(first: RawFd, keep: &[RawFd]) -> io::Result<()> {
    let mut keep: Vec<_> = keep.iter().copied().filter(|&fd| fd >= first).collect();
    keep.sort_unstable();
    let mut from = first;
    for kept in keep.into_iter().map(Some).chain([None]) {
        let to = kept.map_or(libc::c_uint::MAX, |fd| fd.cast_unsigned().saturating_sub(1));
        if from.cast_unsigned() <= to {
            // SAFETY: the caller is about to execute another program, and uses no descriptor but those it keeps.
            check(unsafe { libc::syscall(libc::SYS_close_range, from.cast_unsigned(), to, 0) })?;
        }
        from = kept.map_or(RawFd::MAX, |fd| fd.saturating_add(1));
    }
    Ok(())
}

/// A descriptor for a process that stays true when its number is given to another one.
///
/// # Errors
///
/// Where there is no such process.
pub fn open_process(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: plain numbers; the new descriptor is owned by nobody else.
    unsafe {
        let raw = check(libc::syscall(libc::SYS_pidfd_open, pid, 0))?;
        Ok(OwnedFd::from_raw_fd(RawFd::try_from(raw).unwrap_or(-1)))
    }
}

/// The status with which a process ended, as `wait` gives it, though it was somebody else's child and is gone. `None`
/// while it has not ended, or where the kernel does not say (before Linux 6.15).
#[must_use]
pub fn exit_status(process: &OwnedFd) -> Option<i32> {
    /// `struct pidfd_info` of linux/pidfd.h, in its first version.
    #[repr(C)]
    #[derive(Default)]
    struct Info {
        mask: u64,
        cgroup: u64,
        ids: [u32; 11],
        exit_code: i32,
    }
    /// `PIDFD_INFO_EXIT`
    const EXIT: u64 = 1 << 3;
    /// `PIDFD_GET_INFO`: read and write, type 0xFF, number 11, with the size of the structure.
    const GET_INFO: libc::c_ulong = (3 << 30) | ((size_of::<Info>() as libc::c_ulong) << 16) | (0xFF << 8) | 11;
    let mut info = Info {
        mask: EXIT,
        ..Info::default()
    };
    // SAFETY: the structure has the size that the request names, and lives longer than the call.
    let result = unsafe { libc::ioctl(process.as_raw_fd(), GET_INFO, &raw mut info) };
    (result == 0 && info.mask & EXIT != 0).then_some(info.exit_code)
}
