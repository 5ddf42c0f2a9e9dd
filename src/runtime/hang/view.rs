//! The tree at one moment, while all of it stands still: what has to be known of several processes to judge one.

use super::files::{self, Descriptor, File, Outside};
use super::memory::{self, Mapping};
use super::tree;
use super::wait::Doubt;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

/// A process of the tree that has a live thread.
#[derive(Debug)]
pub(super) struct Process {
    /// A live thread of it: what `/proc` shows of the first one is empty when that has ended.
    pub tid: i32,
    /// `None` where they may not be read.
    pub descriptors: Option<Vec<Descriptor>>,
    mappings: OnceCell<Option<Vec<Mapping>>>,
}

#[derive(Debug)]
pub(super) struct View<'a> {
    live: BTreeMap<i32, Process>,
    /// All that were told of, the ended ones too.
    watched: HashSet<i32>,
    /// All that ever were in the tree, as far as the watcher has seen them.
    kin: &'a HashSet<i32>,
    outside: OnceCell<Option<Outside>>,
    mapped_outside: OnceCell<HashSet<(String, u64)>>,
}

impl<'a> View<'a> {
    /// `live` is one live thread of each process that has any.
    pub fn new(live: &BTreeMap<i32, i32>, watched: &[i32], kin: &'a HashSet<i32>) -> Self {
        let process = |(&pid, &tid): (&i32, &i32)| {
            (
                pid,
                Process {
                    tid,
                    descriptors: files::descriptors(pid, tid),
                    mappings: OnceCell::new(),
                },
            )
        };
        Self {
            live: live.iter().map(process).collect(),
            watched: watched.iter().copied().collect(),
            kin,
            outside: OnceCell::new(),
            mapped_outside: OnceCell::new(),
        }
    }

    pub fn process(&self, pid: i32) -> Option<&Process> {
        self.live.get(&pid)
    }

    pub fn watches(&self, pid: i32) -> bool {
        self.watched.contains(&pid)
    }

    pub fn is_live(&self, pid: i32) -> bool {
        self.live.contains_key(&pid)
    }

    /// Whether the process is of the tree or was.
    pub fn is_kin(&self, pid: i32) -> bool {
        self.watched.contains(&pid) || self.kin.contains(&pid)
    }

    /// `Err` if a process outside the tree has the file open, the watcher among them.
    ///
    /// Processes that the watcher may not read are taken not to have it: a file that was made in the tree gets out of it
    /// only by being sent, and one that came in from outside was handed down by the watcher or by its ancestors.
    pub fn is_internal(&self, file: &File) -> Result<(), Doubt> {
        match self.outside.get_or_init(|| Outside::read(|pid| self.watches(pid))) {
            None => Err(Doubt::TooMany {
                what: "open files of other processes".to_owned(),
            }),
            Some(outside) if outside.has(file) => Err(Doubt::external("another process has the other end, too")),
            Some(_) => Ok(()),
        }
    }

    /// The processes of the tree that have the file open in a way that `fits`: for reading, for writing.
    pub fn holders(&self, file: &File, fits: impl Fn(bool, bool) -> bool) -> Vec<i32> {
        let holds = |(&pid, process): (&i32, &Process)| {
            let mut descriptors = process.descriptors.iter().flatten().filter(|open| open.file == *file);
            descriptors
                .any(|open| {
                    let (reads, writes) = files::rights(pid, process.tid, open.fd);
                    fits(reads, writes)
                })
                .then_some(pid)
        };
        self.live.iter().filter_map(holds).collect()
    }

    /// The mapping of a process that holds an address.
    pub fn mapping(&self, pid: i32, address: u64) -> Result<&Mapping, Doubt> {
        let mappings = self.mappings(pid).ok_or_else(|| Doubt::no_access("memory map"))?;
        let found = mappings.iter().find(|mapping| mapping.holds(address));
        found.ok_or_else(|| Doubt::unknown("a lock at an address that is not mapped"))
    }

    /// The memory map of a process of the tree.
    pub fn mappings(&self, pid: i32) -> Option<&[Mapping]> {
        let process = self.live.get(&pid)?;
        process
            .mappings
            .get_or_init(|| memory::mappings(pid, process.tid))
            .as_deref()
    }

    /// The processes of the tree that share a mapping; `Err` if one outside shares it too.
    pub fn sharers(&self, mapping: &Mapping) -> Result<Vec<i32>, Doubt> {
        let outside = self.mapped_outside.get_or_init(|| {
            let others = tree::processes().into_iter().filter(|&pid| !self.watches(pid));
            others
                .filter(|&pid| memory::uses_shared(pid))
                .flat_map(memory::shared_files)
                .collect()
        });
        if !mapping.is_of_memory() {
            return Err(Doubt::external(format!("a lock in the file {}", mapping.name)));
        }
        if outside.contains(&mapping.file) {
            return Err(Doubt::external("another process shares the lock's memory"));
        }
        let shares = |&pid: &i32| {
            let mut mappings = self.mappings(pid).into_iter().flatten();
            mappings.any(|other| other.shared && other.file == mapping.file)
        };
        Ok(self.live.keys().copied().filter(shares).collect())
    }

    /// Whether the process sees other mounts (`mnt`) or another network (`net`) than the watcher.
    pub fn has_own(&self, pid: i32, namespace: &str) -> bool {
        let Some(process) = self.live.get(&pid) else {
            return false;
        };
        let theirs = fs::read_link(format!("/proc/{pid}/task/{}/ns/{namespace}", process.tid));
        let ours = fs::read_link(format!("/proc/self/ns/{namespace}"));
        matches!((theirs, ours), (Ok(theirs), Ok(ours)) if theirs != ours)
    }

    /// Whether nobody outside the tree can come upon a name in the file system that a process has given to a socket or
    /// FIFO: it is in mounts of the tree's own, is gone, or is in a folder that only its user may enter.
    pub fn keeps_secret(&self, pid: i32, name: &Path) -> bool {
        if self.has_own(pid, "mnt") {
            return true;
        }
        let Some(process) = self.live.get(&pid) else {
            return false;
        };
        // A relative name is relative to where the process was when it gave it; the present place is a good guess, and
        // a wrong one finds nothing or finds another folder, whose rights decide.
        let base = Path::new("/proc")
            .join(pid.to_string())
            .join("task")
            .join(process.tid.to_string());
        let place = if name.is_absolute() {
            base.join("root").join(name.strip_prefix("/").unwrap_or(name))
        } else {
            return false;
        };
        use std::os::unix::fs::MetadataExt as _;
        let closed = |folder: &Path| fs::metadata(folder).is_ok_and(|folder| folder.mode() & 0o077 == 0);
        match fs::symlink_metadata(&place) {
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
            Ok(_) => place.parent().is_some_and(closed),
        }
    }
}
