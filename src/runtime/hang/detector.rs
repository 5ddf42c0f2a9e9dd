//! Watches a tree look by look, and calls it hung when it can prove it.

use super::judge;
use super::stall::{Stall, Window};
use super::syscalls::Call;
use super::task::{Id, Ran, Sample};
use super::tree::{self, State};
use super::view::View;
use super::wait::{Doubt, Wait};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, Instant};

/// How long to look before anything is said, and how much to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// So many looks in a row must find every task as it was.
    pub samples: u32,
    /// And so long must the tree have stood still: a kernel under load finishes late what it does on its own.
    pub still: Duration,
    /// After so long a window without progress a tree is called stalled.
    pub stall: Duration,
    /// A poller has woken up so often within that window.
    pub wakeups: u64,
    /// The share of one processor that pollers may use.
    pub idle_share: f64,
    /// Of more threads than this nothing is proved.
    pub max_tasks: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            samples: 5,
            still: Duration::from_millis(150),
            stall: Duration::from_secs(2),
            wakeups: 10,
            idle_share: 0.05,
            max_tasks: 1000,
        }
    }
}

/// What the program says of itself, through its probe. Ids are those that the watcher sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Threads, by process and thread id, that wake up by a timer for ever and only to serve others.
    pub services: BTreeSet<(i32, i32)>,
    /// Processes with an armed `signal.alarm` or `signal.setitimer`, which `/proc` does not show.
    pub timers: BTreeSet<i32>,
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Something runs, or has run since the look before.
    Moving,
    /// All stand still, not yet for long enough.
    Quiet {
        /// For how long.
        still_ms: u64,
    },
    /// All stand still, and it may end by itself or from outside.
    Waiting {
        /// For how long.
        still_ms: u64,
        /// What speaks against a hang.
        vetoes: Vec<Veto>,
    },
    /// No process of the tree can ever run again by itself.
    Hung(HangProof),
    /// None of the processes named is left but ended ones. One that was started after the caller made its list may live:
    /// only a list made after the last exit was seen is sure to be whole.
    Ended,
}

/// That every live task of a tree waits, without a deadline, for another one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HangProof {
    /// Each live thread and what it waits for. At one instant all of them were blocked.
    pub tasks: Vec<BlockedTask>,
    /// Threads that do wake up, of which the program itself says that they only serve.
    pub services: Vec<ServiceTask>,
    /// How long none of the tasks had run.
    pub still_ms: u64,
    /// In how many looks.
    pub samples: u32,
}

/// A thread that waits for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedTask {
    /// Its process.
    pub pid: i32,
    /// Its own id.
    pub tid: i32,
    /// Its short name.
    pub name: String,
    /// What it waits for.
    pub wait: Wait,
}

/// A thread that wakes up only to serve. This rests on the program's own word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTask {
    /// Its process.
    pub pid: i32,
    /// Its own id.
    pub tid: i32,
    /// Its short name.
    pub name: String,
}

/// A reason why nothing is proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Veto {
    /// The process.
    pub pid: i32,
    /// The thread; 0 where it concerns the whole process.
    pub tid: i32,
    /// The short name.
    pub name: String,
    /// The reason.
    pub doubt: Doubt,
}

impl std::fmt::Display for Veto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}/{}): {}", self.name, self.pid, self.tid, self.doubt)
    }
}

impl std::fmt::Display for BlockedTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}/{}) waits for {}", self.name, self.pid, self.tid, self.wait)
    }
}

/// The watcher of one tree.
#[derive(Debug)]
pub struct Detector {
    config: Config,
    /// The last sample of every thread.
    last: Vec<Sample>,
    still: Option<Still>,
    /// Every process that was ever seen in the tree.
    kin: HashSet<i32>,
    window: Option<Window>,
    stall: Option<Stall>,
}

/// A stretch of time in which nothing but services has run.
#[derive(Debug)]
struct Still {
    since: Instant,
    looks: u32,
    /// How much each service had run when it was first seen asleep in this stretch.
    services: BTreeMap<Id, Ran>,
    /// What the last close look said, and when the next one is due. Nobody runs, so only what lies outside the tree can
    /// have changed meanwhile.
    vetoes: Vec<Veto>,
    next: Instant,
    pause: Duration,
}

/// The first pause between two close looks at a tree that stands still; it doubles up to the second.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What each live thread was found to wait for.
pub(super) struct Judged {
    pub blocked: Vec<BlockedTask>,
    pub services: Vec<ServiceTask>,
    pub vetoes: Vec<Veto>,
}

impl Detector {
    /// A watcher that has not looked yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            last: Vec::new(),
            still: None,
            kin: HashSet::new(),
            window: None,
            stall: None,
        }
    }

    /// Looks once at the processes of the tree, all of them: one that is left out counts as outside.
    pub fn look(&mut self, pids: &[i32], said: &Said, now: Instant) -> Look {
        let Some(samples) = self.sample(pids) else {
            self.forget();
            return Look::Waiting {
                still_ms: 0,
                vetoes: vec![too_many_tasks()],
            };
        };
        self.kin.extend(pids);
        if !samples.iter().any(Sample::is_live) {
            self.forget();
            return Look::Ended;
        }
        self.watch_for_stall(&samples, pids, said, now);
        let unmoved = is_unmoved(&self.last, &samples, said);
        self.last = samples;
        if !unmoved {
            self.still = None;
            return Look::Moving;
        }
        self.stand_still(pids, said, now)
    }

    /// The tree makes no progress, as far as can be seen: pollers ask the same again and again. Never a proof.
    #[must_use]
    pub fn stall(&self) -> Option<&Stall> {
        self.stall.as_ref()
    }

    fn forget(&mut self) {
        self.last.clear();
        self.still = None;
        self.window = None;
        self.stall = None;
    }

    /// One sample of every thread; `None` past the bound.
    fn sample(&self, pids: &[i32]) -> Option<Vec<Sample>> {
        let mut samples = Vec::new();
        // Once each and in the same order every time, whatever the caller's.
        for pid in pids.iter().copied().collect::<BTreeSet<i32>>() {
            let tasks = tree::tasks(pid);
            if samples.len() + tasks.len() > self.config.max_tasks {
                return None;
            }
            samples.extend(tasks.into_iter().filter_map(|tid| Sample::take(pid, tid)));
        }
        Some(samples)
    }

    fn stand_still(&mut self, pids: &[i32], said: &Said, now: Instant) -> Look {
        let still = self.still.get_or_insert_with(|| Still {
            since: now,
            looks: 0,
            services: BTreeMap::new(),
            vetoes: Vec::new(),
            next: now + self.config.still,
            pause: FIRST_PAUSE,
        });
        still.looks += 1;
        for service in self.last.iter().filter(|sample| is_service(sample, said)) {
            if service.state == State::Sleeping {
                still.services.entry(service.id).or_insert(service.ran);
            }
        }
        let still_ms = millis(now.saturating_duration_since(still.since));
        if still.looks < self.config.samples || now < still.next {
            return match still.vetoes.as_slice() {
                [] => Look::Quiet { still_ms },
                vetoes => Look::Waiting {
                    still_ms,
                    vetoes: vetoes.to_vec(),
                },
            };
        }
        let looks = still.looks;
        let mut judged = judge(&self.last, pids, &self.kin, said);
        // The threads were looked at one after the other. That none has run since before the first was looked at shows
        // that all were blocked at once.
        let after = self.sample(pids);
        if !after.is_some_and(|after| is_unmoved(&self.last, &after, said)) {
            self.still = None;
            return Look::Moving;
        }
        judged.vetoes.extend(self.pending_services(&judged.services));
        if judged.vetoes.is_empty() {
            let (tasks, services) = (judged.blocked, judged.services);
            return Look::Hung(HangProof {
                tasks,
                services,
                still_ms,
                samples: looks,
            });
        }
        if let Some(still) = &mut self.still {
            still.vetoes.clone_from(&judged.vetoes);
            still.next = now + still.pause;
            still.pause = (still.pause * 2).min(LONGEST_PAUSE);
        }
        Look::Waiting {
            still_ms,
            vetoes: judged.vetoes,
        }
    }

    /// A service acts only when its timer wakes it, on what it finds then. So it has nothing to do only if it has had its
    /// turn since everybody else stands still, and nobody has moved for it.
    fn pending_services(&self, services: &[ServiceTask]) -> Vec<Veto> {
        let Some(still) = &self.still else { return Vec::new() };
        let asleep_after_a_turn = |service: &&Sample| {
            service.state == State::Sleeping && still.services.get(&service.id).is_some_and(|then| *then != service.ran)
        };
        let had_turn = |service: &&ServiceTask| {
            let mut samples = self
                .last
                .iter()
                .filter(|sample| sample.id == (service.pid, service.tid));
            samples.any(|sample| asleep_after_a_turn(&sample))
        };
        let pending = services.iter().filter(|service| !had_turn(service)).cloned();
        pending
            .map(|ServiceTask { pid, tid, name }| Veto {
                pid,
                tid,
                name,
                doubt: Doubt::ServicePending,
            })
            .collect()
    }

    fn watch_for_stall(&mut self, samples: &[Sample], pids: &[i32], said: &Said, now: Instant) {
        let continued = match &mut self.window {
            Some(window) if !window.is_due(now) => return,
            Some(window) => window.note(samples, said, now, &self.config),
            None => false,
        };
        if !continued {
            self.window = Some(Window::open(samples, now));
            self.stall = None;
            return;
        }
        let Some(window) = &self.window else { return };
        if window.is_old_enough(now, &self.config) {
            self.stall = window.stall(samples, now, said, &self.config, || {
                judge(samples, pids, &self.kin, said)
            });
        }
    }
}

fn is_service(sample: &Sample, said: &Said) -> bool {
    sample.is_live() && said.services.contains(&sample.id)
}

/// Whether both are of the same threads and none has run between them; services may.
fn is_unmoved(before: &[Sample], after: &[Sample], said: &Said) -> bool {
    let same = |(before, after): (&Sample, &Sample)| {
        if is_service(before, said) {
            return before.id == after.id && before.starttime == after.starttime && after.is_live();
        }
        after.state != State::Running && after.is_unmoved_since(before)
    };
    before.len() == after.len() && before.iter().zip(after).all(same)
}

/// The close look: what every live thread waits for.
pub(super) fn judge(samples: &[Sample], pids: &[i32], kin: &HashSet<i32>, said: &Said) -> Judged {
    let mut judged = Judged {
        blocked: Vec::new(),
        services: Vec::new(),
        vetoes: Vec::new(),
    };
    let mut live = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.is_live()) {
        live.entry(sample.id.0).or_insert(sample.id.1);
    }
    let view = View::new(&live, pids, kin);
    for &pid in live.keys() {
        let doubt = if said.timers.contains(&pid) {
            Err(Doubt::Timer {
                what: "an alarm, as the program says".to_owned(),
            })
        } else {
            judge::process(&view, pid)
        };
        if let Err(doubt) = doubt {
            let name = samples
                .iter()
                .find(|sample| sample.id.0 == pid)
                .map(|sample| sample.name.clone());
            judged.vetoes.push(Veto {
                pid,
                tid: 0,
                name: name.unwrap_or_default(),
                doubt,
            });
        }
    }
    for sample in samples.iter().filter(|sample| sample.is_live()) {
        let (pid, tid) = sample.id;
        let name = sample.name.clone();
        match thread(&view, sample) {
            Ok(wait) => judged.blocked.push(BlockedTask { pid, tid, name, wait }),
            // What a service does at this moment is its own affair, as long as it sleeps by a timer.
            Err(Doubt::Timed { .. } | Doubt::Runs) if is_service(sample, said) => {
                judged.services.push(ServiceTask { pid, tid, name });
            }
            Err(doubt) => judged.vetoes.push(veto(sample, doubt)),
        }
    }
    judged
}

fn thread(view: &View<'_>, sample: &Sample) -> Result<Wait, Doubt> {
    let (pid, tid) = sample.id;
    match sample.state {
        State::Sleeping => judge::thread(view, pid, tid, &Call::read(pid, tid)?),
        State::Stopped => Err(Doubt::Stopped),
        State::Uninterruptible => Err(Doubt::Uninterruptible),
        State::Running | State::Zombie | State::Dead => Err(Doubt::Runs),
        State::Other(letter) => Err(Doubt::unknown(format!("state {letter}"))),
    }
}

fn veto(sample: &Sample, doubt: Doubt) -> Veto {
    Veto {
        pid: sample.id.0,
        tid: sample.id.1,
        name: sample.name.clone(),
        doubt,
    }
}

fn too_many_tasks() -> Veto {
    Veto {
        pid: 0,
        tid: 0,
        name: String::new(),
        doubt: Doubt::TooMany {
            what: "threads".to_owned(),
        },
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
