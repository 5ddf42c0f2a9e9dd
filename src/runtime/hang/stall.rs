//! The weaker symptom: a tree that makes no progress because what still runs asks the same again and again, such as
//! `while process.is_alive(): sleep(.05)`. From outside it looks like a hang; a poller may find what it looks for at
//! any time, so this is never a proof.

use super::detector::{BlockedTask, Config, Judged, Said, ServiceTask, millis};
use super::syscalls::{Call, Place};
use super::task::{Id, Sample, number_after};
use super::tree::State;
use super::wait::Doubt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// A tree without progress: over a window no thread started or ended, next to nothing was computed, and every thread
/// stayed in one untimed wait within the tree or came back to the same waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stall {
    /// How long the window is.
    pub for_ms: u64,
    /// Threads that wake up by a timer and go back to sleep.
    pub pollers: Vec<Poller>,
    /// Threads in an untimed wait for another process of the tree. They may have answered the pollers.
    pub blocked: Vec<BlockedTask>,
    /// Threads that wake up only to serve, as the program says.
    pub services: Vec<ServiceTask>,
}

/// A thread that polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poller {
    /// Its process.
    pub pid: i32,
    /// Its own id.
    pub tid: i32,
    /// Its short name.
    pub name: String,
    /// How often it woke up within the window.
    pub wakeups: u64,
    /// The wait with a deadline that it was found in last.
    pub wait: String,
}

/// A stretch of time in which the same threads did next to nothing.
#[derive(Debug)]
pub(super) struct Window {
    since: Instant,
    noted: Instant,
    tasks: BTreeMap<Id, Task>,
}

#[derive(Debug)]
struct Task {
    starttime: u64,
    lives: bool,
    /// Time on a processor when the window was opened.
    nanos: u64,
    /// And how often the thread had gone to sleep by itself.
    sleeps: u64,
    /// The places that it was found blocked at.
    places: Vec<Place>,
}

/// How often the window is brought up to date: seldom enough to cost nothing.
const PERIOD: Duration = Duration::from_millis(100);
/// A loop that polls waits at one or two places; one that works comes to many.
const MOST_PLACES: usize = 4;

/// How often a thread has gone to sleep by itself. Turns on a processor do not tell: one that is starved in the middle of
/// its work has many.
fn sleeps((pid, tid): Id) -> u64 {
    let status = fs::read(format!("/proc/{pid}/task/{tid}/status")).unwrap_or_default();
    number_after(&String::from_utf8_lossy(&status), "voluntary_ctxt_switches:").unwrap_or_default()
}

impl Window {
    pub fn open(samples: &[Sample], now: Instant) -> Self {
        let task = |sample: &Sample| Task {
            starttime: sample.starttime,
            lives: sample.is_live(),
            nanos: sample.ran.nanos,
            sleeps: sleeps(sample.id),
            places: Vec::new(),
        };
        Self {
            since: now,
            noted: now,
            tasks: samples.iter().map(|sample| (sample.id, task(sample))).collect(),
        }
    }

    pub fn is_due(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.noted) >= PERIOD
    }

    pub fn is_old_enough(&self, now: Instant, config: &Config) -> bool {
        now.saturating_duration_since(self.since) >= config.stall
    }

    /// Brings the window up to date; `false` if there was progress, so that a new one begins.
    pub fn note(&mut self, samples: &[Sample], said: &Said, now: Instant, config: &Config) -> bool {
        self.noted = now;
        let span = now.saturating_duration_since(self.since);
        let mut computed: u64 = 0;
        if samples.len() != self.tasks.len() {
            return false;
        }
        for sample in samples {
            let Some(task) = self.tasks.get_mut(&sample.id) else {
                return false;
            };
            if task.starttime != sample.starttime || task.lives != sample.is_live() {
                return false;
            }
            if !task.lives || said.services.contains(&sample.id) {
                continue;
            }
            computed = computed.saturating_add(sample.ran.nanos.saturating_sub(task.nanos));
            match sample.state {
                State::Stopped => return false,
                State::Sleeping => {}
                _ => continue,
            }
            let Ok(call) = Call::read(sample.id.0, sample.id.1) else {
                continue;
            };
            if !task.places.contains(&call.place()) {
                task.places.push(call.place());
                if task.places.len() > MOST_PLACES {
                    return false;
                }
            }
        }
        // At the beginning one turn on a processor is a large share.
        let allowed = span.max(Duration::from_millis(500)).mul_f64(config.idle_share);
        Duration::from_nanos(computed) <= allowed
    }

    /// What is to be said of a window that is old enough.
    pub fn stall(
        &self,
        samples: &[Sample],
        now: Instant,
        said: &Said,
        config: &Config,
        judge: impl FnOnce() -> Judged,
    ) -> Option<Stall> {
        let wakeups = |sample: &Sample| {
            self.tasks
                .get(&sample.id)
                .map_or(0, |task| sleeps(sample.id).saturating_sub(task.sleeps))
        };
        // The judgement is the dear part, and without a poller there is no stall.
        let can_poll = |sample: &&Sample| !said.services.contains(&sample.id) && wakeups(sample) >= config.wakeups;
        if !samples.iter().any(|sample| can_poll(&sample)) {
            return None;
        }
        let judged = judge();
        let mut pollers = Vec::new();
        for veto in judged.vetoes {
            let Doubt::Timed { what } = veto.doubt else { return None };
            let sample = samples
                .iter()
                .find(|sample| sample.id == (veto.pid, veto.tid))
                .filter(can_poll)?;
            let wakeups = wakeups(sample);
            pollers.push(Poller {
                pid: veto.pid,
                tid: veto.tid,
                name: veto.name,
                wakeups,
                wait: what,
            });
        }
        let asked: u64 = pollers.iter().map(|poller| poller.wakeups).sum();
        // Who answers a poller, as a manager does, wakes up a few times for each question.
        let answered = |task: &BlockedTask| {
            let sample = samples.iter().find(|sample| sample.id == (task.pid, task.tid));
            sample.is_some_and(|sample| wakeups(sample) <= asked.saturating_mul(4))
        };
        if pollers.is_empty() || !judged.blocked.iter().all(answered) {
            return None;
        }
        let for_ms = millis(now.saturating_duration_since(self.since));
        Some(Stall {
            for_ms,
            pollers,
            blocked: judged.blocked,
            services: judged.services,
        })
    }
}
