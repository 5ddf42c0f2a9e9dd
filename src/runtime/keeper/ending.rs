//! The end of everything that a keeper has started.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::census::command;
use super::scratch::Folder;
use crate::runtime::hang::tree;
use crate::runtime::observation::Role;
use crate::runtime::sandbox::{Identity, Layers, raw};

/// How long the trackers of resources have to remove what their processes left, once those are gone.
const TRACKERS: Duration = Duration::from_millis(500);

/// How long processes are ended one by one. Who is still there then forks faster than it is killed.
const POLITELY: Duration = Duration::from_secs(1);

/// How long processes that fork faster than they are killed are chased. Only a PID namespace, or a user of their own,
/// ends such a tree for sure.
const CHASE: Duration = Duration::from_secs(10);

/// How long the kernel may take to end a PID namespace: hundreds of processes, on a machine that is busy.
const NAMESPACE: Duration = Duration::from_secs(40);

/// Ends the first process and all below it, takes their statuses, and removes the folder of the experiment.
pub(super) fn end_all(first: Pid, layers: Layers, identity: Identity, mut folder: Option<Folder>) {
    if !layers.contains(Layers::PROCESSES) {
        end_below(first, identity);
        // While the first process is there: it removes the folder if this one is killed meanwhile.
        drop(folder.take());
    }
    let _ = kill(first, Signal::SIGKILL);
    // A PID namespace ends with its first process, and that is gone only when all the others are.
    let began = Instant::now();
    while raw::take_status().is_ok() && began.elapsed() < NAMESPACE {
        // Orphans that came here when the first process was gone.
        for pid in tree::descendants(Pid::this().as_raw()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Ends all processes below one, the trackers last: they remove the names that the others left in the machine's own
/// `/dev/shm`. Takes the statuses of those that are this process's children.
pub(super) fn end_below(root: Pid, identity: Identity) {
    let began = Instant::now();
    let mut only_trackers_since = None;
    let mut looks_at_nobody = 0;
    while began.elapsed() < CHASE {
        while let Ok(Some(_)) = raw::take_status() {}
        let living: Vec<i32> = tree::descendants(root.as_raw())
            .into_iter()
            .filter(|&pid| tree::is_alive(pid))
            .collect();
        // One look can miss a child whose sister is just being reaped.
        looks_at_nobody = if living.is_empty() { looks_at_nobody + 1 } else { 0 };
        if looks_at_nobody == 3 {
            return;
        }
        if began.elapsed() > POLITELY {
            end_at_once(&living, identity);
        }
        let is_tracker = |pid: &i32| Role::of_command(&command(*pid)) == Role::ResourceTracker;
        let (trackers, others): (Vec<i32>, Vec<i32>) = living.into_iter().partition(is_tracker);
        let had_time = |since: &mut Option<Instant>| since.get_or_insert_with(Instant::now).elapsed() >= TRACKERS;
        let doomed = if !others.is_empty() {
            others
        } else if !trackers.is_empty() && had_time(&mut only_trackers_since) {
            trackers
        } else {
            Vec::new()
        };
        for pid in doomed {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Ends many processes by one signal, which no fork escapes: all of a group, or all of a user that nobody else is.
fn end_at_once(living: &[i32], identity: Identity) {
    let mut groups: Vec<i32> = living.iter().filter_map(|&pid| Some(tree::stat(pid)?.pgrp)).collect();
    groups.sort_unstable();
    groups.dedup();
    let own = nix::unistd::getpgrp().as_raw();
    for group in groups.into_iter().filter(|&group| group > 1 && group != own) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    if identity.is_alone && matches!(raw::fork_into(0), Ok(None)) {
        if identity.assume_outside().is_ok() {
            let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
        }
        raw::exit_now(0)
    }
}
