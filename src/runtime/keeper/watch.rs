//! The watch over one program: from its execution until it has ended, hangs, or has used up what it was given.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::Pid;

use super::census::{Census, Present, outside_task};
use super::disk::Disk;
use super::exits::Exits;
use super::init::Line;
use super::memory::Memory;
use super::scratch::Scratch;
use crate::runtime::hang::{self, Detector, Look};
use crate::runtime::job::Job;
use crate::runtime::observation::{Capture, Exhausted, Exit, Left, Observation, Role, Stacks, Stop};
use crate::runtime::probe::events::{self, Event, What};
use crate::runtime::probe::{self, stacks};
use crate::runtime::sandbox::{Layers, SetupError, Step, raw};

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(5);

/// The time between two readings of what the probe says, and of sizes that grow slowly.
const SLOW_INTERVAL: Duration = Duration::from_millis(50);

/// How long processes may go on after the main one has ended before they count as orphans. On a loaded machine even the
/// end of an interpreter takes its time.
const ORPHANS_AFTER: Duration = Duration::from_millis(1500);

/// How long what the main process has left is watched in all.
const LEFTOVER_TIME: Duration = Duration::from_secs(4);

/// How long the processes have to write their Python stacks.
const STACK_TIME: Duration = Duration::from_millis(500);

/// Names of leftovers that are kept.
const NAMES: usize = 1000;

/// Watches the program below `first` until it is over. `None` where mplint has gone.
pub(super) fn watch(
    job: &Job,
    first: Pid,
    scratch: &Scratch,
    exits: OwnedFd,
    streams: [OwnedFd; 2],
) -> Result<Option<Observation>, SetupError> {
    let begun = Instant::now();
    let mut watch = Watch {
        job,
        first: first.as_raw(),
        scratch,
        begun,
        census: Census::new(begun),
        exits: Exits::new(exits),
        streams: streams.map(File::from),
        memory: Memory::new(job.limits.memory),
        disk: (!job.layers.contains(Layers::MOUNTS)).then(|| Disk::new(scratch, &job.limits)),
        detector: Detector::new(hang::Config::default()),
        said: hang::Said::default(),
        vetoes: Vec::new(),
        slow: None,
        main: None,
        main_pid: None,
        ended: None,
        left: Left::default(),
        is_empty: false,
    };
    loop {
        if !watch.rest()? {
            return Ok(None);
        }
        if let Some(stop) = watch.step() {
            return watch.finish(stop).map(Some);
        }
        if watch.exits.is_closed() {
            return Err("somebody has killed its first process").step("keep the sandbox");
        }
    }
}

/// What is known at one moment.
struct Watch<'a> {
    job: &'a Job,
    first: i32,
    scratch: &'a Scratch,
    begun: Instant,
    census: Census,
    exits: Exits,
    streams: [File; 2],
    memory: Memory,
    /// Where the program writes to file systems of the machine.
    disk: Option<Disk>,
    detector: Detector,
    said: hang::Said,
    /// What spoke against a hang at the last look, where all stood still.
    vetoes: Vec<String>,
    slow: Option<Instant>,
    main: Option<Exit>,
    main_pid: Option<i32>,
    /// When the main process had ended.
    ended: Option<Instant>,
    left: Left,
    /// Whether all processes have ended by themselves.
    is_empty: bool,
}

/// Whether it is over: by itself, or for a reason.
type Over = Option<Stop>;

impl Watch<'_> {
    /// Waits for the next look. False where mplint has gone.
    fn rest(&self) -> Result<bool, SetupError> {
        let stdin = io::stdin();
        let mut waiting = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        let interval = PollTimeout::try_from(INTERVAL).unwrap_or(PollTimeout::ZERO);
        match poll(&mut waiting, interval) {
            // Nothing ever comes on this pipe but its end.
            Ok(ready) => Ok(ready == 0),
            Err(nix::errno::Errno::EINTR) => Ok(true),
            Err(error) => Err(error).step("watch mplint"),
        }
    }

    /// One look. `Some` where it is over.
    fn step(&mut self) -> Option<Over> {
        let now = Instant::now();
        let zombies = self.census.zombies(now);
        let Present { all, living } = self.census.look(self.first, now);
        self.read_exits(now, zombies);
        if self.is_empty {
            return Some(None);
        }
        if living.len() > self.job.limits.processes {
            let limit = Exhausted::Processes;
            return Some(Some(Stop::Limit { limit }));
        }
        if self.memory.is_exhausted(&living, now) {
            let limit = Exhausted::Memory;
            return Some(Some(Stop::Limit { limit }));
        }
        if self.slow.is_none_or(|last| now.duration_since(last) >= SLOW_INTERVAL) {
            self.slow = Some(now);
            if let Some(limit) = self.exhausted() {
                return Some(Some(Stop::Limit { limit }));
            }
            self.listen();
        }
        let look = self.detector.look(&all, &self.said, now);
        if let Look::Hung(mut proof) = look {
            proof.renumber(&self.census);
            self.note_orphans();
            let stacks = self.stacks(&living);
            return Some(Some(Stop::Hang { proof, stacks }));
        }
        self.vetoes = match look {
            Look::Waiting { vetoes, .. } => vetoes.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        if let Some(ended) = self.ended {
            let since = now.duration_since(ended);
            if since >= ORPHANS_AFTER && self.left.orphans.is_empty() {
                self.note_orphans();
            }
            if since >= LEFTOVER_TIME {
                return Some(Some(Stop::Leftovers));
            }
        }
        if now.duration_since(self.begun) >= self.job.limits.time {
            let stacks = self.stacks(&living);
            return Some(Some(match self.detector.stall().cloned() {
                Some(mut stall) => {
                    stall.renumber(&self.census);
                    Stop::Stall { stall, stacks }
                }
                None => Stop::Time {
                    vetoes: std::mem::take(&mut self.vetoes),
                    stacks,
                },
            }));
        }
        None
    }

    fn read_exits(&mut self, now: Instant, zombies: Vec<i32>) {
        for line in self.exits.read() {
            match line {
                Line::Main(pid) => {
                    self.main_pid = Some(pid);
                    self.census.name_main(pid);
                }
                Line::Exit(pid, status) => {
                    let exit = Exit::from_status(status);
                    self.census.note_exit(pid, exit);
                    if self.main_pid == Some(pid) && self.main.is_none() {
                        self.main = Some(exit);
                        self.ended = Some(now);
                        self.left.zombies.clone_from(&zombies);
                    }
                }
                Line::Empty => self.is_empty = true,
            }
        }
    }

    fn note_orphans(&mut self) {
        if self.ended.is_some() {
            // The fork server and the trackers notice the end of the others by a pipe, and follow.
            self.left.orphans = self.census.present(|process| process.role == Role::Other);
        }
    }

    /// A limit that is passed, of what grows slowly.
    fn exhausted(&self) -> Option<Exhausted> {
        let size = |stream: &File| stream.metadata().map_or(0, |found| found.len());
        if self
            .streams
            .iter()
            .any(|stream| size(stream) >= self.job.limits.file_size)
        {
            return Some(Exhausted::Output);
        }
        self.disk.as_ref().and_then(Disk::exhausted)
    }

    /// Takes in what the probe has said of services and timers.
    fn listen(&mut self) {
        self.said = hang::Said::default();
        for event in self.events() {
            let own = i32::try_from(event.pid).unwrap_or(0);
            let Some(pid) = self.census.outside(own) else { continue };
            match event.what {
                What::Service { .. } => {
                    let task = outside_task(pid, i32::try_from(event.tid).unwrap_or(0));
                    self.said.services.extend(task.map(|task| (pid, task)));
                }
                What::Timer { seconds: Some(0.0), .. } => {
                    self.said.timers.remove(&pid);
                }
                What::Timer { .. } => {
                    self.said.timers.insert(pid);
                }
                _ => {}
            }
        }
    }

    fn events(&self) -> Vec<Event> {
        // A program that took its folder away has said nothing.
        events::read(&self.scratch.events()).unwrap_or_default().events
    }

    /// Asks the living for their Python stacks.
    fn stacks(&self, living: &[i32]) -> Stacks {
        let signal = probe::signal();
        let asked = living
            .iter()
            .filter(|&&pid| catches(pid, signal) && raw::send_signal(pid, signal).is_ok())
            .count();
        let began = Instant::now();
        let mut stacks = Stacks::new();
        let mut before = None;
        while asked > 0 && began.elapsed() < STACK_TIME {
            std::thread::sleep(Duration::from_millis(20));
            stacks = stacks::read(&self.scratch.events()).unwrap_or_default();
            // Complete when all have answered and none of them still writes.
            if stacks.len() >= asked && before.as_ref() == Some(&stacks) {
                break;
            }
            before = Some(stacks.clone());
        }
        stacks
    }

    /// Puts together what was seen. The first process still keeps the sandbox open.
    fn finish(mut self, stopped: Over) -> Result<Observation, SetupError> {
        let seconds = self.begun.elapsed().as_secs_f64();
        if self.is_empty && self.job.layers.contains(Layers::MOUNTS) {
            self.left.segments = Some(names(Path::new(&format!("/proc/{}/root/dev/shm", self.first))));
        }
        let said = self.events();
        let [stdout, stderr] = &self.streams;
        Ok(Observation {
            main: self.main,
            stopped,
            seconds,
            processes: self.census.into_seen(),
            left: self.left,
            stdout: capture(stdout).step("read the output")?,
            stderr: capture(stderr).step("read the errors")?,
            said,
            layers: self.job.layers,
        })
    }
}

/// Whether a process has a handler for a signal; without one it would be ended by it.
fn catches(pid: i32, signal: i32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else {
        return false;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.truncate(NAMES);
    names
}

/// The beginning of a stream. The program shares its position and may still be at work on it: neither matters here.
fn capture(stream: &File) -> io::Result<Capture> {
    let mut kept = vec![0; usize::try_from(Capture::KEPT).unwrap_or(0)];
    let mut length = 0;
    while let Some(rest) = kept.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match stream.read_at(rest, length as u64)? {
            0 => break,
            count => length += count,
        }
    }
    kept.truncate(length);
    Ok(Capture {
        text: String::from_utf8_lossy(&kept).into_owned(),
        bytes: stream.metadata()?.len(),
    })
}
