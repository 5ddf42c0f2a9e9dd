//! Judges one thread: which wait of the tree's own it is in, or why that is not known.

use super::files::{self, File};
use super::memory;
use super::sockets::Socket;
use super::syscalls::{Asked, Call, Interest, Which, Word};
use super::task::{Status, number_after};
use super::tree;
use super::view::View;
use super::wait::{Doubt, Wait};
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

/// What holds for all threads of a process: nothing from outside its calls can wake them.
pub(super) fn process(view: &View<'_>, pid: i32) -> Result<(), Doubt> {
    let status = Status::read(pid).ok_or_else(|| Doubt::no_access("status"))?;
    if status.tracer != 0 {
        return Err(Doubt::Traced { tracer: status.tracer });
    }
    if status.handles_alarm {
        // Whether an alarm is set cannot be seen. Who handles it has set one, as a rule.
        return Err(Doubt::Timer {
            what: "it has a handler for SIGALRM".to_owned(),
        });
    }
    // Kernels without CONFIG_CHECKPOINT_RESTORE do not list timers. Of those that are listed it is not said whether they
    // run.
    if fs::read(format!("/proc/{pid}/timers")).is_ok_and(|timers| !timers.is_empty()) {
        return Err(Doubt::Timer {
            what: "it has made a timer".to_owned(),
        });
    }
    if let Some(child) = tree::children(pid).into_iter().find(|&child| !view.watches(child)) {
        return Err(Doubt::Unwatched { child });
    }
    let descriptors = view.process(pid).and_then(|process| process.descriptors.as_ref());
    let descriptors = descriptors.ok_or_else(|| Doubt::no_access("open files"))?;
    if descriptors.iter().any(|open| open.file == File::Uring) {
        return Err(Doubt::unknown("io_uring, whose requests are not seen"));
    }
    Ok(())
}

/// Where the kernel holds a thread before it lets it make its call, or return from it, the call is still shown. It names
/// such places; a kernel that hides them is believed.
fn is_held(pid: i32, tid: i32) -> Result<(), Doubt> {
    let place = fs::read_to_string(format!("/proc/{pid}/task/{tid}/wchan")).unwrap_or_default();
    if place.contains("freezer") || place.contains("signal_stop") || place.contains("ptrace_stop") {
        return Err(Doubt::Stopped);
    }
    if place.contains("seccomp") {
        return Err(Doubt::external("a system call that a supervisor decides on"));
    }
    if place.contains("userfault") {
        Err(Doubt::external("memory that is supplied on demand"))
    } else {
        Ok(())
    }
}

/// What a thread waits for that is asleep.
pub(super) fn thread(view: &View<'_>, pid: i32, tid: i32, call: &Call) -> Result<Wait, Doubt> {
    is_held(pid, tid)?;
    let thread = Thread { view, pid, tid };
    match call.asked(tid)? {
        Asked::Words(words) => any_of(
            words
                .into_iter()
                .map(|word| thread.word(word))
                .collect::<Result<_, _>>()?,
        ),
        Asked::Children(which) => thread.children(which),
        Asked::Files { files, through } => {
            let mut waits = Vec::new();
            for (fd, interest) in files {
                waits.extend(thread.file(fd, interest, through, 0)?);
            }
            any_of(waits)
        }
        Asked::Epoll(fd) => any_of(thread.epoll(fd, 0)?),
        Asked::Signal => Ok(Wait::Signal),
        Asked::FileLock(fd) => thread.file_lock(fd),
    }
}

/// An epoll set may hold another one.
const MOST_NESTED: usize = 4;

fn any_of(mut waits: Vec<Wait>) -> Result<Wait, Doubt> {
    // A list may name a descriptor more than once.
    let mut distinct: Vec<Wait> = Vec::new();
    for wait in waits.drain(..) {
        if !distinct.contains(&wait) {
            distinct.push(wait);
        }
    }
    match distinct.len() {
        0 => Err(Doubt::unknown("a wait for nothing")),
        1 => Ok(distinct.remove(0)),
        _ => Ok(Wait::AnyOf { waits: distinct }),
    }
}

struct Thread<'a> {
    view: &'a View<'a>,
    pid: i32,
    tid: i32,
}

impl Thread<'_> {
    fn word(&self, word: Word) -> Result<Wait, Doubt> {
        if word.private {
            return Ok(Wait::Lock);
        }
        let mapping = self.view.mapping(self.pid, word.address)?;
        if mapping.shared {
            return Ok(Wait::SharedLock {
                among: self.view.sharers(mapping)?,
            });
        }
        // The C library waits in this way for the end of a thread: the kernel clears the word, which holds its id.
        let value = memory::i32_at(&memory::read(self.tid, word.address, 4)?, 0);
        let is_thread = tree::tasks(self.pid).into_iter().any(|tid| {
            let status = fs::read_to_string(format!("/proc/{}/task/{tid}/status", self.pid)).unwrap_or_default();
            let own = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
            own.and_then(|ids| ids.split_ascii_whitespace().last()?.parse().ok()) == value
        });
        Ok(if is_thread { Wait::ThreadEnd } else { Wait::Lock })
    }

    fn children(&self, which: Which) -> Result<Wait, Doubt> {
        let mut children = tree::children(self.pid);
        match which {
            Which::Any => {}
            Which::Pid(own) => {
                children.retain(|&child| Status::read(child).is_some_and(|status| status.own_pid == own))
            }
            Which::Pidfd(fd) => return self.pidfd(fd),
        }
        if children.is_empty() {
            return Err(Doubt::unknown("a child that is not there"));
        }
        if let Some(&child) = children.iter().find(|&&child| !self.view.watches(child)) {
            return Err(Doubt::Unwatched { child });
        }
        // One that has ended would do, so the waiting process is about to run.
        if children.iter().any(|&child| tree::is_zombie(child)) {
            return Err(Doubt::Runs);
        }
        Ok(Wait::ChildEnd { children })
    }

    fn pidfd(&self, fd: i32) -> Result<Wait, Doubt> {
        let info = files::info(self.pid, self.tid, fd).ok_or_else(|| Doubt::no_access("open files"))?;
        let number = number_after(&info, "Pid:").and_then(|pid| i32::try_from(pid).ok());
        match number {
            Some(pid) if self.view.is_live(pid) => Ok(Wait::ProcessEnd { pid }),
            Some(pid) if pid > 0 && !self.view.watches(pid) => Err(Doubt::external(format!(
                "the end of process {pid}, which is not in the tree"
            ))),
            _ => Err(Doubt::Runs),
        }
    }

    fn file(&self, fd: i32, interest: Interest, through: bool, depth: usize) -> Result<Vec<Wait>, Doubt> {
        let file = files::file(self.pid, self.tid, fd).ok_or_else(|| Doubt::no_access("open files"))?;
        match &file {
            File::Pipe(number) => self.pipe(&file, *number, interest),
            File::Socket(number) => Socket {
                pid: self.pid,
                tid: self.tid,
                fd,
                number: *number,
            }
            .waits(self.view, interest, through),
            File::Eventfd(_) => {
                self.view.is_internal(&file)?;
                let mappings = self
                    .view
                    .mappings(self.pid)
                    .ok_or_else(|| Doubt::no_access("memory map"))?;
                if mappings.iter().any(|mapping| mapping.name.contains("[aio]")) {
                    return Err(Doubt::unknown("asynchronous reads, which are not seen"));
                }
                Ok(vec![Wait::Event])
            }
            File::Pidfd => self.pidfd(fd).map(|wait| vec![wait]),
            File::Epoll => self.epoll(fd, depth + 1),
            File::Named(name) => {
                let fifo = fs::metadata(files::path(self.pid, self.tid, fd)).ok();
                let fifo = fifo.filter(|file| file.file_type().is_fifo());
                let fifo = fifo.ok_or_else(|| Doubt::external(name.clone()))?;
                let bare = name.strip_suffix(" (deleted)").unwrap_or(name);
                if !self.view.keeps_secret(self.pid, Path::new(bare)) {
                    return Err(Doubt::external(format!("anybody could open {name}")));
                }
                self.pipe(&file, fifo.ino(), interest)
            }
            File::Uring => Err(Doubt::unknown("io_uring")),
            File::Nameless(name) if name.contains("timerfd") => Err(Doubt::Timer {
                what: "a timerfd".to_owned(),
            }),
            File::Nameless(name) => Err(Doubt::external(name.clone())),
        }
    }

    fn pipe(&self, file: &File, pipe: u64, interest: Interest) -> Result<Vec<Wait>, Doubt> {
        self.view.is_internal(file)?;
        let mut waits = Vec::new();
        if interest.read {
            waits.push(Wait::PipeData {
                pipe,
                writers: self.view.holders(file, |_, writes| writes),
            });
        }
        if interest.write {
            waits.push(Wait::PipeRoom {
                pipe,
                readers: self.view.holders(file, |reads, _| reads),
            });
        }
        Ok(waits)
    }

    /// What is in an epoll set is listed with the inode that each number had when it was put in.
    fn epoll(&self, set: i32, depth: usize) -> Result<Vec<Wait>, Doubt> {
        if depth >= MOST_NESTED {
            return Err(Doubt::TooMany {
                what: "epoll sets within each other".to_owned(),
            });
        }
        let info = files::info(self.pid, self.tid, set).ok_or_else(|| Doubt::no_access("open files"))?;
        let mut waits = Vec::new();
        for line in info.lines().filter(|line| line.starts_with("tfd:")) {
            let target = Target::parse(line).ok_or_else(|| Doubt::unknown("an unreadable epoll set"))?;
            let now = fs::metadata(files::path(self.pid, self.tid, target.fd))
                .ok()
                .map(|file| file.ino());
            if now != Some(target.inode) {
                return Err(Doubt::unknown("an epoll set with a file that was closed"));
            }
            waits.extend(self.file(target.fd, target.interest, false, depth)?);
        }
        // An empty set waits for a signal, or for another thread to put something in.
        if waits.is_empty() {
            waits.push(Wait::Signal);
        }
        Ok(waits)
    }

    fn file_lock(&self, fd: i32) -> Result<Wait, Doubt> {
        let path = files::path(self.pid, self.tid, fd);
        let file = fs::metadata(&path).map_err(|_| Doubt::no_access("open files"))?;
        let locks = fs::read_to_string("/proc/locks").map_err(|_| Doubt::no_access("file locks"))?;
        let mut holders: Vec<i32> = locks.lines().filter_map(|line| holder(line, file.ino())).collect();
        holders.sort_unstable();
        holders.dedup();
        if holders.is_empty() {
            return Err(Doubt::unknown("a file lock that nobody is seen to hold"));
        }
        if holders.iter().any(|&pid| !self.view.is_live(pid)) {
            return Err(Doubt::external("a file lock of another process"));
        }
        let name = fs::read_link(&path)
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Ok(Wait::FileLock { path: name, holders })
    }
}

/// The process that holds the lock which a line of `/proc/locks` tells of, if it is on this inode. A lock that belongs to
/// an open file, not to a process, shows -1.
fn holder(line: &str, inode: u64) -> Option<i32> {
    // 1: POSIX  ADVISORY  WRITE 26581 fd:00:12345 0 EOF; one that waits has "->" after the number.
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    if fields.get(1) == Some(&"->") {
        return None;
    }
    let number = fields.get(5)?.rsplit(':').next()?.parse::<u64>().ok()?;
    if number == inode {
        fields.get(4)?.parse().ok()
    } else {
        None
    }
}

/// A line of an epoll set: `tfd: 16 events: 19 data: 10 pos:0 ino:9e61 sdev:d`.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    fd: i32,
    interest: Interest,
    inode: u64,
}

impl Target {
    fn parse(line: &str) -> Option<Self> {
        let after = |key: &str| line.split_once(key)?.1.split_ascii_whitespace().next();
        Some(Self {
            fd: after("tfd:")?.parse().ok()?,
            interest: Interest::from_bits(u32::from_str_radix(after("events:")?, 16).ok()?),
            inode: u64::from_str_radix(after("ino:")?, 16).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_of_locks_are_told_from_waiters() {
        assert_eq!(
            holder("1: POSIX  ADVISORY  WRITE 26581 fd:00:12345 0 EOF", 12345),
            Some(26581)
        );
        assert_eq!(
            holder("1: -> POSIX  ADVISORY  WRITE 26582 fd:00:12345 0 EOF", 12345),
            None
        );
        assert_eq!(
            holder("2: OFDLCK ADVISORY  WRITE -1 fd:00:12345 0 EOF", 12345),
            Some(-1)
        );
        assert_eq!(holder("1: FLOCK  ADVISORY  WRITE 7 fd:00:99 0 EOF", 12345), None);
    }

    #[test]
    fn a_line_of_an_epoll_set_is_read() {
        let target = Target::parse("tfd:       16 events:       19 data: 10  pos:0 ino:9e61 sdev:d");
        assert_eq!(
            target,
            Some(Target {
                fd: 16,
                interest: Interest::READ,
                inode: 0x9e61
            })
        );
        assert_eq!(Target::parse("tfd: x"), None);
    }
}
