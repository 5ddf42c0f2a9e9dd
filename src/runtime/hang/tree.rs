//! What `/proc` says of processes and their kin. Every function bears processes that vanish while they are read: what
//! is gone has no children, no tasks and no stat.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// The state of a process or thread, as the kernel shows it by one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On a processor, or ready to be.
    Running,
    /// In a wait that signals interrupt.
    Sleeping,
    /// In a wait that no signal interrupts: a disk, a page, a parent in `vfork`.
    Uninterruptible,
    /// Stopped by a signal or by a tracer.
    Stopped,
    /// Ended; its parent has not taken the exit status yet.
    Zombie,
    /// Ended and gone, seen in the last instant.
    Dead,
    /// A letter that this program does not know.
    Other(char),
}

impl State {
    fn from_letter(letter: char) -> Self {
        match letter {
            'R' => Self::Running,
            'S' => Self::Sleeping,
            'D' => Self::Uninterruptible,
            'T' | 't' => Self::Stopped,
            'Z' => Self::Zombie,
            'X' | 'x' => Self::Dead,
            other => Self::Other(other),
        }
    }

    /// Whether the task will never run again.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Zombie | Self::Dead)
    }
}

/// The fields of `/proc/PID/stat` (or of one thread's) that matter to a watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The id: of the process, or of the thread where a thread was asked for.
    pub pid: i32,
    /// The short name: of the program file, unless the program named itself.
    pub name: String,
    /// What it does at this moment. Of a process: what its first thread does.
    pub state: State,
    /// The parent; 0 where it lies outside the caller's PID namespace.
    pub ppid: i32,
    /// The process group.
    pub pgrp: i32,
    /// When it started, in clock ticks since boot. Together with the id it tells a process from a later one that got
    /// the same id.
    pub starttime: u64,
    /// Time on a processor in user and kernel mode, in clock ticks.
    pub ticks: u64,
    /// How many threads the process has; a zombie has one, unless its other threads live on.
    pub num_threads: i64,
}

/// The stat of a process; `None` if there is no such process.
#[must_use]
pub fn stat(pid: i32) -> Option<Stat> {
    read_stat(Path::new(&format!("/proc/{pid}/stat")))
}

/// The stat of one thread of a process.
#[must_use]
pub fn task_stat(pid: i32, tid: i32) -> Option<Stat> {
    read_stat(Path::new(&format!("/proc/{pid}/task/{tid}/stat")))
}

fn read_stat(path: &Path) -> Option<Stat> {
    // The name is the program's own choice: any bytes, so the text need not be UTF-8.
    parse_stat(&String::from_utf8_lossy(&fs::read(path).ok()?))
}

/// A name may hold spaces and parentheses; the fields begin after the *last* `)`.
fn parse_stat(text: &str) -> Option<Stat> {
    let open = text.find('(')?;
    let close = text.rfind(')')?;
    let pid = text.get(..open)?.trim().parse().ok()?;
    let name = text.get(open + 1..close)?.to_owned();
    let fields: Vec<&str> = text.get(close + 1..)?.split_ascii_whitespace().collect();
    // Field 3 of proc(5) is the first one here.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        pid,
        name,
        state: State::from_letter(fields.first()?.chars().next()?),
        ppid: fields.get(1)?.parse().ok()?,
        pgrp: fields.get(2)?.parse().ok()?,
        starttime: number(22)?,
        ticks: number(14)?.saturating_add(number(15)?),
        num_threads: fields.get(17)?.parse().ok()?,
    })
}

/// Whether the process has ended as a whole and waits to be reaped. A process whose first thread has ended while others
/// live is not a zombie: nobody can reap it yet.
#[must_use]
pub fn is_zombie(pid: i32) -> bool {
    stat(pid).is_some_and(|stat| stat.state.has_ended()) && tasks(pid).iter().all(|&tid| has_ended(pid, tid))
}

/// Whether the process is there and at least one of its threads has not ended.
#[must_use]
pub fn is_alive(pid: i32) -> bool {
    tasks(pid).iter().any(|&tid| !has_ended(pid, tid))
}

fn has_ended(pid: i32, tid: i32) -> bool {
    task_stat(pid, tid).is_none_or(|stat| stat.state.has_ended())
}

/// The command line, one string an argument; empty for a zombie and for what is gone.
#[must_use]
pub fn cmdline(pid: i32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = bytes.strip_suffix(&[0]).unwrap_or(&bytes);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|&byte| byte == 0)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// The threads of a process, its first one among them.
#[must_use]
pub fn tasks(pid: i32) -> Vec<i32> {
    numbered(Path::new(&format!("/proc/{pid}/task")))
}

/// Every process that the caller's `/proc` shows.
#[must_use]
pub fn processes() -> Vec<i32> {
    numbered(Path::new("/proc"))
}

/// The entries of a folder that are numbers.
fn numbered(folder: &Path) -> Vec<i32> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut numbers: Vec<i32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// The children of a process, of all its threads, zombies included.
///
/// The kernel's list can miss a child while another one is being reaped; who needs to be sure asks again.
#[must_use]
pub fn children(pid: i32) -> Vec<i32> {
    if !lists_children() {
        return by_parent().remove(&pid).unwrap_or_default();
    }
    let mut found: Vec<i32> = tasks(pid).iter().flat_map(|&tid| children_of_task(pid, tid)).collect();
    found.sort_unstable();
    found
}

/// All descendants of a process, without itself, zombies included; parents come before their children.
///
/// While a process ends, its children move to the next reaper, and one walk can miss them at both places. So the tree is
/// walked until two walks agree, or for long enough.
#[must_use]
pub fn descendants(root: i32) -> Vec<i32> {
    const MOST_WALKS: usize = 5;
    let mut found = walk(root);
    for _ in 1..MOST_WALKS {
        let again = walk(root);
        if again == found {
            break;
        }
        found = again;
    }
    found
}

fn walk(root: i32) -> Vec<i32> {
    // Without the kernel's lists one scan must serve for the whole tree.
    let scan = if lists_children() { None } else { Some(by_parent()) };
    let mut found = Vec::new();
    // Ids are reused: a tree that changes under the reader must not lead in circles.
    let mut seen = HashSet::from([root]);
    let mut next = vec![root];
    while let Some(pid) = next.pop() {
        let below = match &scan {
            Some(kin) => kin.get(&pid).cloned().unwrap_or_default(),
            None => children(pid),
        };
        for child in below {
            if seen.insert(child) {
                found.push(child);
                next.push(child);
            }
        }
    }
    found
}

fn children_of_task(pid: i32, tid: i32) -> Vec<i32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/children")).unwrap_or_default();
    text.split_ascii_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Kernels built without `CONFIG_PROC_CHILDREN` have no `children` files.
fn lists_children() -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| Path::new("/proc/thread-self/children").exists())
}

/// Every process under its parent, by one scan of `/proc`.
fn by_parent() -> HashMap<i32, Vec<i32>> {
    let mut kin: HashMap<i32, Vec<i32>> = HashMap::new();
    for stat in processes().into_iter().filter_map(stat) {
        kin.entry(stat.ppid).or_default().push(stat.pid);
    }
    kin
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_name_may_hold_parentheses_and_spaces() {
        let text = "12 (a) b (c) S 3 4 5 0 -1 4194560 1 2 3 4 70 30 0 0 20 0 7 0 9000 1 2 3";
        let stat = parse_stat(text).expect("a stat");
        assert_eq!(stat.name, "a) b (c");
        assert_eq!(
            (stat.pid, stat.ppid, stat.pgrp, stat.state),
            (12, 3, 4, State::Sleeping)
        );
        assert_eq!((stat.ticks, stat.num_threads, stat.starttime), (100, 7, 9000));
    }

    #[test]
    fn torn_text_is_no_stat() {
        for text in ["", "12", "12 (a", "12 (a)", "12 (a) S 3", ")12 (", "x (a) S 1 2 3"] {
            assert_eq!(parse_stat(text), None, "{text}");
        }
    }

    #[test]
    fn kin_are_found_either_way() {
        let mut child = Command::new("sh")
            .args(["-c", "sleep 60 & wait"])
            .stdin(Stdio::null())
            .spawn()
            .expect("sh");
        let pid = i32::try_from(child.id()).expect("an id");
        let me = i32::try_from(std::process::id()).expect("an id");
        let grandchild = loop {
            if let Some(&grandchild) = children(pid).first() {
                break grandchild;
            }
        };
        assert!(children(me).contains(&pid));
        assert_eq!(descendants(pid), [grandchild]);
        assert!(descendants(me).contains(&grandchild));
        assert_eq!(by_parent().get(&pid), Some(&vec![grandchild]));
        assert!(is_alive(grandchild) && !is_zombie(grandchild));
        assert_eq!(stat(grandchild).map(|stat| stat.ppid), Some(pid));

        child.kill().expect("kill");
        while !is_zombie(pid) {}
        assert!(!is_alive(pid) && cmdline(pid).is_empty());
        child.wait().expect("wait");
        assert!(stat(pid).is_none() && tasks(pid).is_empty() && children(pid).is_empty());
        Command::new("kill")
            .args(["-9", &grandchild.to_string()])
            .status()
            .expect("kill");
    }
}
