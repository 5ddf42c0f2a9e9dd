//! Open files of processes, as far as `/proc` tells them apart.

use super::task::number_after;
use super::tree;
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// What an open file is. Equal values of the first four are one and the same object, in whichever process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum File {
    Pipe(u64),
    Socket(u64),
    Eventfd(u64),
    /// A file with a name: a regular one, a device, a FIFO.
    Named(String),
    Epoll,
    Pidfd,
    Uring,
    /// Anything else without a name: a timerfd, a signalfd, inotify.
    Nameless(String),
}

/// A descriptor of a process and the file behind it.
#[derive(Clone, Debug)]
pub(super) struct Descriptor {
    pub fd: i32,
    pub file: File,
}

/// Where `/proc` shows a descriptor. The folder of the thread, not of its process: that of the process is empty when
/// its first thread has ended.
pub(super) fn path(pid: i32, tid: i32, fd: i32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/task/{tid}/fd/{fd}"))
}

/// What the kernel says of a descriptor beyond its file.
pub(super) fn info(pid: i32, tid: i32, fd: i32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/task/{tid}/fdinfo/{fd}")).ok()
}

/// The file behind one descriptor.
pub(super) fn file(pid: i32, tid: i32, fd: i32) -> Option<File> {
    let link = fs::read_link(path(pid, tid, fd)).ok()?;
    let link = link.to_string_lossy();
    let numbered = |prefix: &str| link.strip_prefix(prefix)?.strip_suffix(']')?.parse().ok();
    if let Some(number) = numbered("pipe:[") {
        return Some(File::Pipe(number));
    }
    if let Some(number) = numbered("socket:[") {
        return Some(File::Socket(number));
    }
    if link.starts_with('/') {
        return Some(File::Named(link.into_owned()));
    }
    Some(match link.as_ref() {
        "anon_inode:[eventfd]" => match info(pid, tid, fd).and_then(|info| number_after(&info, "eventfd-id:")) {
            Some(id) => File::Eventfd(id),
            None => File::Nameless(link.into_owned()),
        },
        "anon_inode:[eventpoll]" => File::Epoll,
        "anon_inode:[io_uring]" => File::Uring,
        // A file system of its own since Linux 6.9.
        other if other == "anon_inode:[pidfd]" || other.starts_with("pidfd:") => File::Pidfd,
        other => File::Nameless(other.to_owned()),
    })
}

/// The descriptors of a thread; `None` where they may not be read.
pub(super) fn descriptors(pid: i32, tid: i32) -> Option<Vec<Descriptor>> {
    let entries = fs::read_dir(format!("/proc/{pid}/task/{tid}/fd")).ok()?;
    let fds = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Some(
        fds.filter_map(|fd| {
            Some(Descriptor {
                fd,
                file: file(pid, tid, fd)?,
            })
        })
        .collect(),
    )
}

/// Whether a descriptor can read and write: `/proc` shows it as the rights of the link.
pub(super) fn rights(pid: i32, tid: i32, fd: i32) -> (bool, bool) {
    let mode = fs::symlink_metadata(path(pid, tid, fd)).map_or(0, |link| link.mode());
    (mode & 0o400 != 0, mode & 0o200 != 0)
}

/// The files that processes outside the tree have open, as many as the watcher may see.
#[derive(Debug)]
pub(super) struct Outside(HashSet<File>);

impl Outside {
    /// More are not looked at.
    const MOST: usize = 200_000;

    /// `None` past the bound.
    pub fn read(is_inside: impl Fn(i32) -> bool) -> Option<Self> {
        let mut seen = HashSet::new();
        let mut count = 0;
        for pid in tree::processes().into_iter().filter(|&pid| !is_inside(pid)) {
            let open = descriptors(pid, pid).unwrap_or_default();
            count += open.len();
            if count > Self::MOST {
                return None;
            }
            seen.extend(open.into_iter().map(|open| open.file));
        }
        Some(Self(seen))
    }

    pub fn has(&self, file: &File) -> bool {
        self.0.contains(file)
    }
}
