//! The processes of a program, as the keeper counts them.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use crate::runtime::hang::{self, tree};
use crate::runtime::observation::{Exit, ProcessSeen, Role};
use crate::runtime::sandbox::raw;

/// How long a process must have been a zombie to count as one that nobody waits for. Until then its parent may be on
/// its way.
const ZOMBIE_FOR: Duration = Duration::from_millis(150);

/// How long a process may take to execute a program of its own, which shows what it is there for.
const SETTLED: Duration = Duration::from_secs(2);

/// Processes that are described. A program that forks without end has more, and they are only counted.
const MOST: usize = 4096;

/// All processes that were seen so far.
pub(super) struct Census {
    begun: Instant,
    members: Vec<Member>,
    /// Where the process with an id is among the members; ids as the keeper sees them.
    present: HashMap<i32, usize>,
    /// Where the latest process with an id is among the members; ids as the processes see themselves.
    by_own_id: HashMap<i32, usize>,
    /// The id of the main process, as it sees itself.
    main: Option<i32>,
}

/// The processes that are there at one moment.
pub(super) struct Present {
    /// All of them.
    pub all: Vec<i32>,
    /// Those that have not ended.
    pub living: Vec<i32>,
}

struct Member {
    seen: ProcessSeen,
    /// When it started, by the kernel's clock: ids are used again.
    started: u64,
    handle: Option<OwnedFd>,
    zombie_since: Option<Instant>,
    /// Its id as the keeper sees it.
    outside: i32,
    parent_outside: i32,
}

impl Census {
    /// Nothing seen yet.
    pub(super) fn new(begun: Instant) -> Self {
        Self {
            begun,
            members: Vec::new(),
            present: HashMap::new(),
            by_own_id: HashMap::new(),
            main: None,
        }
    }

    /// Says which process is the main one, by its own id.
    pub(super) fn name_main(&mut self, pid: i32) {
        self.main = Some(pid);
        for member in &mut self.members {
            if member.seen.pid == pid {
                member.seen.role = Role::Main;
            }
        }
    }

    /// Notes how a process ended, by its own id: the first process took its status.
    pub(super) fn note_exit(&mut self, pid: i32, exit: Exit) {
        let at = self.by_own_id.get(&pid).copied();
        if let Some(member) = at.and_then(|at| self.members.get_mut(at)) {
            member.seen.exit.get_or_insert(exit);
        }
    }

    /// Looks at the processes below the first one. Ids are those that the keeper sees.
    pub(super) fn look(&mut self, first: i32, now: Instant) -> Present {
        let mut before = std::mem::take(&mut self.present);
        let (mut all, mut living) = (Vec::new(), Vec::new());
        for pid in tree::descendants(first) {
            let Some(stat) = tree::stat(pid) else { continue };
            let known = before.remove(&pid).filter(|&at| self.is_same(at, stat.starttime));
            let at = known.or_else(|| self.enter(pid, stat.ppid, stat.starttime, now));
            let is_zombie = stat.state.has_ended() && stat.num_threads <= 1;
            all.push(pid);
            if !is_zombie {
                living.push(pid);
            }
            if let Some(at) = at {
                self.present.insert(pid, at);
                self.refresh(at, is_zombie, now);
            }
        }
        for at in before.into_values() {
            self.leave(at, now);
        }
        Present { all, living }
    }

    fn is_same(&self, at: usize, started: u64) -> bool {
        self.members.get(at).is_some_and(|member| member.started == started)
    }

    fn refresh(&mut self, at: usize, is_zombie: bool, now: Instant) {
        let age = self.seconds(now);
        let Some(member) = self.members.get_mut(at) else { return };
        if is_zombie {
            member.zombie_since.get_or_insert(now);
        } else if age - member.seen.appeared <= SETTLED.as_secs_f64() {
            refresh_role(member);
        }
    }

    fn enter(&mut self, outside: i32, parent: i32, started: u64, now: Instant) -> Option<usize> {
        if self.members.len() >= MOST {
            return None;
        }
        let pid = own_id(&format!("/proc/{outside}/status")).unwrap_or(outside);
        let parent_pid = self.present.get(&parent).and_then(|&at| self.members.get(at));
        self.members.push(Member {
            seen: ProcessSeen {
                pid,
                parent: parent_pid.map_or(0, |member| member.seen.pid),
                role: if self.main == Some(pid) {
                    Role::Main
                } else {
                    Role::Other
                },
                appeared: self.seconds(now),
                gone: None,
                exit: None,
            },
            started,
            handle: raw::open_process(outside).ok(),
            zombie_since: None,
            outside,
            parent_outside: parent,
        });
        let at = self.members.len() - 1;
        self.by_own_id.insert(pid, at);
        Some(at)
    }

    fn leave(&mut self, at: usize, now: Instant) {
        let seconds = self.seconds(now);
        if let Some(member) = self.members.get_mut(at) {
            member.seen.gone = Some(seconds);
            let handle = member.handle.take();
            let status = handle.as_ref().and_then(raw::exit_status);
            if let Some(status) = status {
                member.seen.exit.get_or_insert(Exit::from_status(status));
            }
        }
    }

    fn seconds(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.begun).as_secs_f64()
    }

    /// The id of a process as the keeper sees it, by its own.
    pub(super) fn outside(&self, own: i32) -> Option<i32> {
        let member = self.members.get(*self.by_own_id.get(&own)?)?;
        self.present.contains_key(&member.outside).then_some(member.outside)
    }

    /// What is there now, of one kind or another, in the program's own ids.
    pub(super) fn present(&self, wanted: impl Fn(&ProcessSeen) -> bool) -> Vec<i32> {
        let mut found: Vec<i32> = self
            .present
            .values()
            .filter_map(|&at| self.members.get(at))
            .filter(|member| member.zombie_since.is_none() && wanted(&member.seen))
            .map(|member| member.seen.pid)
            .collect();
        found.sort_unstable();
        found
    }

    /// The children of the main process that have ended some time ago and that it has not waited for.
    pub(super) fn zombies(&self, now: Instant) -> Vec<i32> {
        let main = self.main.and_then(|pid| self.outside(pid));
        let mut found: Vec<i32> = self
            .present
            .values()
            .filter_map(|&at| self.members.get(at))
            .filter(|member| Some(member.parent_outside) == main)
            .filter(|member| {
                member
                    .zombie_since
                    .is_some_and(|since| now.duration_since(since) >= ZOMBIE_FOR)
            })
            .map(|member| member.seen.pid)
            .collect();
        found.sort_unstable();
        found
    }

    /// All that was seen.
    pub(super) fn into_seen(self) -> Vec<ProcessSeen> {
        self.members.into_iter().map(|member| member.seen).collect()
    }
}

impl hang::Ids for Census {
    fn process(&self, pid: i32) -> i32 {
        let at = self.present.get(&pid).and_then(|&at| self.members.get(at));
        at.map_or(pid, |member| member.seen.pid)
    }

    fn thread(&self, pid: i32, tid: i32) -> i32 {
        if tid == pid {
            self.process(pid)
        } else {
            own_id(&format!("/proc/{pid}/task/{tid}/status")).unwrap_or(tid)
        }
    }
}

/// A process shows its parent's command line until it executes a program of its own: a child of the fork server looks
/// like another one.
fn refresh_role(member: &mut Member) {
    if member.seen.role != Role::Other {
        return;
    }
    let words = command(member.outside);
    let role = Role::of_command(&words);
    if role != Role::Other && words != command(member.parent_outside) {
        member.seen.role = role;
    }
}

/// The beginning of a command line, in words. The whole of it may be megabytes, and is read again and again.
pub(super) fn command(pid: i32) -> Vec<String> {
    let mut bytes = Vec::new();
    // What is gone has no command line.
    let _ = File::open(format!("/proc/{pid}/cmdline")).map(|file| file.take(4096).read_to_end(&mut bytes));
    let words = bytes.split(|&byte| byte == 0);
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// The id of a thread of a process as the keeper sees it, by its own.
pub(super) fn outside_task(pid: i32, own: i32) -> Option<i32> {
    let is_it = |task: &i32| own_id(&format!("/proc/{pid}/task/{task}/status")) == Some(own);
    tree::tasks(pid).into_iter().find(is_it)
}

/// The id of a process or thread in its own, innermost namespace, by its status file.
fn own_id(status: &str) -> Option<i32> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    line.split_ascii_whitespace().last()?.parse().ok()
}
