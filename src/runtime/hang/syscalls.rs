//! The system call that a thread is blocked in, and what it asked for by it.

use super::memory;
use super::wait::Doubt;
use std::fs;

/// A system call as `/proc/PID/task/TID/syscall` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    number: i64,
    args: [u64; 6],
    /// Stack pointer and instruction: with the number they tell one place of a program from another.
    sp: u64,
    pc: u64,
}

/// The place of a program that a call comes from. A poller comes back to the same one.
pub(super) type Place = (i64, u64, u64);

/// What a call waits for, before anybody has looked at who could end it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// One of the words of memory to change.
    Words(Vec<Word>),
    /// The end of children.
    Children(Which),
    /// One of the descriptors to be ready. `through` says whether the call itself moves data, so that the timeouts of a
    /// socket apply to it.
    Files { files: Vec<(i32, Interest)>, through: bool },
    /// One of the descriptors in an epoll set.
    Epoll(i32),
    /// A signal.
    Signal,
    /// A lock on a file.
    FileLock(i32),
}

/// A futex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub address: u64,
    /// Whether the caller promised that only its own process uses it.
    pub private: bool,
}

/// Which children are waited for; ids are those of the waiting process's own PID namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Any,
    Pid(i32),
    Pidfd(i32),
}

/// What a descriptor is to be ready for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Interest {
    pub read: bool,
    pub write: bool,
}

impl Interest {
    pub const READ: Self = Self {
        read: true,
        write: false,
    };
    pub const WRITE: Self = Self {
        read: false,
        write: true,
    };

    /// From the bits of poll, which are those of epoll too.
    pub fn from_bits(bits: u32) -> Self {
        let write = bits & 0x4 != 0; // POLLOUT
        // Whoever asks for nothing still hears of a hang-up, as a reader does.
        Self {
            read: !write || bits & 0x1 != 0,
            write,
        }
    }
}

/// More descriptors in one call are not looked at.
const MOST_FILES: usize = 1024;

impl Call {
    /// The call that a thread is blocked in.
    pub fn read(pid: i32, tid: i32) -> Result<Self, Doubt> {
        let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/syscall"))
            .map_err(|_| Doubt::no_access("system call"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, Doubt> {
        let mut words = text.split_ascii_whitespace();
        let number = match words.next() {
            Some("running") => return Err(Doubt::Runs),
            Some(word) => word
                .parse::<i64>()
                .map_err(|_| Doubt::unknown("an unreadable system call"))?,
            // The file is empty for a thread that has just ended.
            None => return Err(Doubt::Runs),
        };
        if number < 0 {
            return Err(Doubt::unknown("blocked outside a system call"));
        }
        let mut hex = || {
            let word = words.next().and_then(|word| word.strip_prefix("0x"));
            word.and_then(|word| u64::from_str_radix(word, 16).ok())
                .ok_or_else(|| Doubt::unknown("a torn system call"))
        };
        let args = [hex()?, hex()?, hex()?, hex()?, hex()?, hex()?];
        Ok(Self {
            number,
            args,
            sp: hex()?,
            pc: hex()?,
        })
    }

    pub fn place(&self) -> Place {
        (self.number, self.sp, self.pc)
    }

    /// An argument that is an `int`: the upper half of the register is not the caller's.
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is to be dropped")]
    fn int(&self, index: usize) -> i32 {
        self.args[index] as i32
    }

    fn flag(&self, index: usize, bit: i32) -> bool {
        self.int(index) & bit != 0
    }

    /// An untimed wait, or the doubt that the call leaves.
    pub fn asked(&self, tid: i32) -> Result<Asked, Doubt> {
        // A program of 32 bits numbers its calls otherwise. Its stack gives it away.
        if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) || self.sp <= u64::from(u32::MAX) {
            return Err(Doubt::unknown("the system calls of this architecture are not known"));
        }
        self.decode(tid)
    }

    fn one(&self, interest: Interest) -> Asked {
        Asked::Files {
            files: vec![(self.int(0), interest)],
            through: true,
        }
    }

    /// `Err` if the pointer to a deadline is set.
    fn without_deadline(&self, index: usize, what: &str) -> Result<(), Doubt> {
        if self.args[index] == 0 {
            Ok(())
        } else {
            Err(Doubt::timed(what))
        }
    }

    /// `Err` unless the milliseconds say "for ever".
    fn without_millis(&self, index: usize, what: &str) -> Result<(), Doubt> {
        if self.int(index) < 0 {
            Ok(())
        } else {
            Err(Doubt::timed(what))
        }
    }

    /// The calls of x86_64 and aarch64; the latter lacks the older ones and is untested.
    fn decode(&self, tid: i32) -> Result<Asked, Doubt> {
        match self.number {
            libc::SYS_futex => self.futex(),
            libc::SYS_futex_waitv => self.futex_waitv(tid),
            FUTEX_WAIT => {
                self.without_deadline(4, "a lock with a timeout")?;
                Ok(Asked::Words(vec![Word {
                    address: self.args[0],
                    private: self.flag(3, libc::FUTEX_PRIVATE_FLAG),
                }]))
            }
            libc::SYS_wait4 => match self.int(0) {
                _ if self.flag(2, libc::WNOHANG) => Err(Doubt::Runs),
                pid if pid > 0 => Ok(Asked::Children(Which::Pid(pid))),
                _ => Ok(Asked::Children(Which::Any)),
            },
            libc::SYS_waitid => match self.args[0] {
                _ if self.flag(3, libc::WNOHANG) => Err(Doubt::Runs),
                0 | 2 => Ok(Asked::Children(Which::Any)),
                1 => Ok(Asked::Children(Which::Pid(self.int(1)))),
                3 => Ok(Asked::Children(Which::Pidfd(self.int(1)))),
                _ => Err(Doubt::unknown("an unknown kind of waitid")),
            },
            libc::SYS_read
            | libc::SYS_readv
            | libc::SYS_pread64
            | libc::SYS_preadv
            | libc::SYS_recvfrom
            | libc::SYS_recvmsg
            | libc::SYS_accept
            | libc::SYS_accept4 => Ok(self.one(Interest::READ)),
            libc::SYS_write
            | libc::SYS_writev
            | libc::SYS_pwrite64
            | libc::SYS_pwritev
            | libc::SYS_sendto
            | libc::SYS_sendmsg => Ok(self.one(Interest::WRITE)),
            libc::SYS_ppoll => {
                self.without_deadline(2, "poll with a timeout")?;
                self.polled(tid)
            }
            libc::SYS_pselect6 => {
                self.without_deadline(4, "select with a timeout")?;
                self.selected(tid)
            }
            libc::SYS_epoll_pwait => {
                self.without_millis(3, "epoll with a timeout")?;
                Ok(Asked::Epoll(self.int(0)))
            }
            libc::SYS_epoll_pwait2 => {
                self.without_deadline(3, "epoll with a timeout")?;
                Ok(Asked::Epoll(self.int(0)))
            }
            libc::SYS_rt_sigsuspend => Ok(Asked::Signal),
            libc::SYS_rt_sigtimedwait => {
                self.without_deadline(2, "a signal, with a timeout")?;
                Ok(Asked::Signal)
            }
            libc::SYS_flock => Ok(Asked::FileLock(self.int(0))),
            libc::SYS_fcntl if matches!(self.int(1), libc::F_SETLKW | libc::F_OFD_SETLKW) => {
                Ok(Asked::FileLock(self.int(0)))
            }
            libc::SYS_nanosleep | libc::SYS_clock_nanosleep => Err(Doubt::timed("sleep")),
            // Only waits with a deadline are resumed by this call.
            libc::SYS_restart_syscall => Err(Doubt::timed("a wait that was interrupted and resumed")),
            // The kernel gives up after its own number of attempts.
            libc::SYS_connect => Err(Doubt::timed("a connection being made")),
            libc::SYS_io_uring_enter => Err(Doubt::unknown("io_uring")),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll => {
                self.without_millis(2, "poll with a timeout")?;
                self.polled(tid)
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_select => {
                self.without_deadline(4, "select with a timeout")?;
                self.selected(tid)
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_epoll_wait => {
                self.without_millis(3, "epoll with a timeout")?;
                Ok(Asked::Epoll(self.int(0)))
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_pause => Ok(Asked::Signal),
            number => Err(Doubt::unknown(format!("system call {number}"))),
        }
    }

    fn futex(&self) -> Result<Asked, Doubt> {
        let operation = self.int(1);
        let bare = operation & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
        if !matches!(
            bare,
            libc::FUTEX_WAIT
                | libc::FUTEX_WAIT_BITSET
                | libc::FUTEX_LOCK_PI
                | FUTEX_LOCK_PI2
                | libc::FUTEX_WAIT_REQUEUE_PI
        ) {
            return Err(Doubt::unknown(format!("futex operation {bare}")));
        }
        self.without_deadline(3, "a lock with a timeout")?;
        let private = operation & libc::FUTEX_PRIVATE_FLAG != 0;
        let mut words = vec![Word {
            address: self.args[0],
            private,
        }];
        if bare == libc::FUTEX_WAIT_REQUEUE_PI {
            words.push(Word {
                address: self.args[4],
                private,
            });
        }
        Ok(Asked::Words(words))
    }

    fn futex_waitv(&self, tid: i32) -> Result<Asked, Doubt> {
        /// The size of `struct futex_waitv`: value, address, flags, reserved.
        const ENTRY: usize = 24;
        self.without_deadline(3, "a lock with a timeout")?;
        let bytes = memory::read(tid, self.args[0], bounded(self.args[1])? * ENTRY)?;
        let word = |entry: &[u8]| {
            let flags = memory::i32_at(entry, 16)?;
            Some(Word {
                address: memory::u64_at(entry, 8)?,
                private: flags & libc::FUTEX_PRIVATE_FLAG != 0,
            })
        };
        Ok(Asked::Words(bytes.chunks_exact(ENTRY).filter_map(word).collect()))
    }

    fn polled(&self, tid: i32) -> Result<Asked, Doubt> {
        /// The size of `struct pollfd`: descriptor, events asked for, events seen.
        const ENTRY: usize = 8;
        let bytes = memory::read(tid, self.args[0], bounded(self.args[1])? * ENTRY)?;
        let file = |entry: &[u8]| {
            let events = memory::u16_at(entry, 4)?;
            Some((memory::i32_at(entry, 0)?, Interest::from_bits(events.into())))
        };
        // A negative descriptor is how poll is told to leave an entry out.
        Ok(files(
            bytes
                .chunks_exact(ENTRY)
                .filter_map(file)
                .filter(|&(fd, _)| fd >= 0)
                .collect(),
        ))
    }

    fn selected(&self, tid: i32) -> Result<Asked, Doubt> {
        let count = bounded(self.args[0] & u64::from(u32::MAX))?;
        let mut wanted = Vec::new();
        for (set, interest) in [(1, Interest::READ), (2, Interest::WRITE), (3, Interest::READ)] {
            if self.args[set] == 0 {
                continue;
            }
            // The kernel reads whole words of eight bytes.
            let bytes = memory::read(tid, self.args[set], count.div_ceil(64) * 8)?;
            let is_in = |&fd: &usize| bytes.get(fd / 8).is_some_and(|byte| byte & (1 << (fd % 8)) != 0);
            wanted.extend(
                (0..count)
                    .filter(is_in)
                    .filter_map(|fd| Some((i32::try_from(fd).ok()?, interest))),
            );
        }
        Ok(files(wanted))
    }
}

/// To poll nothing is to wait for a signal.
fn files(files: Vec<(i32, Interest)>) -> Asked {
    if files.is_empty() {
        Asked::Signal
    } else {
        Asked::Files { files, through: false }
    }
}

fn bounded(count: u64) -> Result<usize, Doubt> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count <= MOST_FILES {
        Ok(count)
    } else {
        Err(Doubt::TooMany {
            what: "descriptors in one call".to_owned(),
        })
    }
}

/// Not in the libc crate yet; the same number on both architectures.
const FUTEX_WAIT: i64 = 455;
/// As FUTEX_LOCK_PI, with a choice of clocks.
const FUTEX_LOCK_PI2: i32 = 13;

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: i64, args: [u64; 6]) -> Call {
        Call {
            number,
            args,
            sp: 0x7ffc_0000_0000,
            pc: 0x7f81_0000_0000,
        }
    }

    #[test]
    fn what_the_kernel_prints_is_read() {
        let text = "202 0x7f10 0x189 0x0 0x0 0x0 0xffffffff 0x7ffc16bec5b8 0x7f81f7bd0503\n";
        let call = Call::parse(text).expect("a call");
        assert_eq!((call.number, call.args[1], call.pc), (202, 0x189, 0x7f81_f7bd_0503));
        assert_eq!(Call::parse("running\n"), Err(Doubt::Runs));
        assert_eq!(Call::parse(""), Err(Doubt::Runs));
        assert!(matches!(Call::parse("-1 0x7ffc 0x7f81"), Err(Doubt::Unknown { .. })));
        assert!(matches!(Call::parse("202 0x7f10 0x1"), Err(Doubt::Unknown { .. })));
    }

    #[test]
    fn a_deadline_is_told_from_none() {
        let forever = call(libc::SYS_futex, [0x10, 0x189, 0, 0, 0, 0]);
        assert_eq!(
            forever.asked(1),
            Ok(Asked::Words(vec![Word {
                address: 0x10,
                private: true
            }]))
        );
        let shared = call(libc::SYS_futex, [0x10, 0x109, 0, 0, 0, 0]);
        assert_eq!(
            shared.asked(1),
            Ok(Asked::Words(vec![Word {
                address: 0x10,
                private: false
            }]))
        );
        let timed = call(libc::SYS_futex, [0x10, 0x189, 0, 0x7ffc, 0, 0]);
        assert!(matches!(timed.asked(1), Err(Doubt::Timed { .. })));
        // The upper half of the register is not the caller's: -1 as an int.
        let epoll = call(libc::SYS_epoll_pwait, [4, 0x10, 2, 0xffff_ffff, 0, 0]);
        assert_eq!(epoll.asked(1), Ok(Asked::Epoll(4)));
        assert!(matches!(
            call(libc::SYS_epoll_pwait, [4, 0x10, 2, 50, 0, 0]).asked(1),
            Err(Doubt::Timed { .. })
        ));
        assert!(matches!(
            call(libc::SYS_clock_nanosleep, [0; 6]).asked(1),
            Err(Doubt::Timed { .. })
        ));
    }

    #[test]
    fn waits_that_cannot_block_or_be_judged_are_doubts() {
        let nohang = call(libc::SYS_wait4, [u64::MAX, 0, 1, 0, 0, 0]);
        assert_eq!(nohang.asked(1), Err(Doubt::Runs));
        assert_eq!(
            call(libc::SYS_wait4, [7, 0, 0, 0, 0, 0]).asked(1),
            Ok(Asked::Children(Which::Pid(7)))
        );
        assert!(matches!(
            call(libc::SYS_openat, [0; 6]).asked(1),
            Err(Doubt::Unknown { .. })
        ));
        let old = Call {
            sp: 0xffff_0000,
            ..call(libc::SYS_rt_sigsuspend, [0; 6])
        };
        assert!(matches!(old.asked(1), Err(Doubt::Unknown { .. })));
    }
}
