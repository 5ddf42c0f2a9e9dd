//! From what was seen of a program to a word for it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::observation::{Exit, Observation, Stop};
use super::probe::events::{Event, What};
use super::traceback;
use crate::findings::SymptomKind;

/// One thing that a program showed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// What kind of thing.
    pub kind: SymptomKind,
    /// What is known of it: the name of an exception, what leaked, which limit was passed.
    pub detail: Option<String>,
}

impl Shown {
    /// A symptom without more.
    #[must_use]
    pub const fn plain(kind: SymptomKind) -> Self {
        Self { kind, detail: None }
    }

    /// A symptom of which something is known.
    #[must_use]
    pub fn with(kind: SymptomKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: Some(detail.into()),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        match &self.detail {
            Some(detail) => write!(f, " {detail}"),
            None => Ok(()),
        }
    }
}

/// Signals by which a process dies of its own fault.
const FATAL: [i32; 6] = [
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSEGV,
    libc::SIGSYS,
];

/// What one run shows by itself; [`SymptomKind::Clean`] alone where nothing is wrong. What only a comparison shows (a
/// wrong result, lost output, work done one after another) is not among it.
#[must_use]
pub fn symptoms(seen: &Observation) -> Vec<Shown> {
    let mut shown: Vec<Shown> = traceback::raised(&seen.stderr.text)
        .into_iter()
        .map(|name| Shown::with(SymptomKind::Raises, name))
        .collect();
    shown.extend(stopped(seen));
    shown.extend(crashes(seen));
    shown.extend(leaks(seen));
    // A status is no symptom of its own where an exception explains it.
    if let Some(exit) = seen.main.filter(|exit| !exit.is_success())
        && shown.is_empty()
    {
        shown.push(Shown::with(SymptomKind::Raises, exit.to_string()));
    }
    if shown.is_empty() {
        shown.push(Shown::plain(SymptomKind::Clean));
    }
    shown.sort();
    shown.dedup();
    shown
}

fn stopped(seen: &Observation) -> Option<Shown> {
    Some(match seen.stopped.as_ref()? {
        Stop::Hang { .. } => Shown::plain(SymptomKind::Hangs),
        Stop::Stall { .. } => Shown::plain(SymptomKind::Stalls),
        Stop::Time { .. } => Shown::plain(SymptomKind::Timeout),
        Stop::Leftovers => Shown::with(SymptomKind::Leaks, "processes that go on"),
        Stop::Limit { limit } => Shown::with(SymptomKind::Timeout, format!("{} used up", limit.as_str())),
    })
}

fn crashes(seen: &Observation) -> Vec<Shown> {
    let fatal = |exit: Option<Exit>| match exit {
        Some(Exit::Signal(signal)) if FATAL.contains(&signal) => exit,
        _ => None,
    };
    // What the keeper ended itself is no crash.
    let ends = seen.processes.iter().map(|process| process.exit).chain([seen.main]);
    ends.filter_map(fatal)
        .map(|exit| Shown::with(SymptomKind::Crashes, exit.to_string()))
        .collect()
}

fn leaks(seen: &Observation) -> Vec<Shown> {
    let mut leaks = Vec::new();
    let mut leak = |what: &str| leaks.push(Shown::with(SymptomKind::Leaks, what));
    // CPython's own warning, whether or not its filters let it be seen. A pool of threads leaves no process behind.
    let is_pool = |event: &Event| matches!(&event.what, What::Unclosed { class, .. } if !class.ends_with("ThreadPool"));
    if seen.said.iter().any(is_pool) {
        leak("pool");
    }
    // A program that was stopped had no chance to clean up.
    if seen.stopped.is_none() {
        if !seen.left.zombies.is_empty() {
            leak("zombies");
        }
        if !seen.left.orphans.is_empty() {
            leak("processes");
        }
        // The fork server ends without cleaning up, so that the tracker speaks, harmlessly, of the semaphores of every
        // lock that a main module makes at import. Segments are another matter.
        let is_segment = |line: &str| line.contains("leaked shared_memory objects");
        if seen.left.segments.as_ref().is_some_and(|names| !names.is_empty())
            || seen.stderr.text.lines().any(is_segment)
        {
            leak("segments");
        }
    }
    leaks
}
