//! Many trials at once.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::plan::Trial;
use super::record::{Record, Records, key};
use super::trial::{Outcome, sentence};
use crate::runtime::experiment::Laboratory;
use crate::runtime::observation::{Observation, Stop};
use crate::runtime::sandbox::Level;
use crate::runtime::supervisor::SupervisorError;

/// Makes all trials, `jobs` at once, and returns what came out, in the order of the trials. Those that `records` knows
/// are not made again. `done` is told of each.
///
/// # Errors
///
/// Where a record cannot be kept.
pub fn run(
    trials: &[Trial<'_>],
    laboratory: &Laboratory,
    jobs: usize,
    records: &Records,
    done: &(dyn Fn(&Record) + Sync),
) -> io::Result<Vec<Record>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(vec![None; trials.len()]);
    let failure = Mutex::new(None);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(trial) = trials.get(at) else { break };
            let key = key(trial);
            let record = match records.get(&key) {
                // The page may have moved it.
                Some(known) => Record {
                    line: trial.subject.line,
                    ..known.clone()
                },
                None => {
                    let record = record(trial, key, trial.run(laboratory), laboratory);
                    if let Err(error) = records.keep(&record) {
                        failure
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .get_or_insert(error);
                        break;
                    }
                    record
                }
            };
            done(&record);
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(result) = results.get_mut(at) {
                *result = Some(record);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(work);
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(results.into_iter().flatten().collect())
}

fn record(trial: &Trial<'_>, key: String, result: Result<Outcome, SupervisorError>, laboratory: &Laboratory) -> Record {
    let subject = trial.subject;
    let mut record = Record {
        key,
        code: subject.code.to_owned(),
        line: subject.line,
        kind: subject.kind.as_str().to_owned(),
        name: subject.name.clone(),
        python: trial.interpreter.version,
        start_method: trial.method,
        expected: trial.expected(),
        shown: Vec::new(),
        holds: None,
        runs: 0,
        held: 0,
        sandbox: Level::of(laboratory.layers),
        seconds: 0.0,
        detail: None,
    };
    match result {
        Ok(outcome) => {
            record.runs = outcome.runs;
            record.held = outcome.held;
            record.seconds = outcome.seen.seconds;
            record.holds = outcome.obstacle.is_none().then_some(outcome.holds);
            if record.holds != Some(true) || outcome.held < outcome.runs {
                record.detail = Some(detail(&outcome.seen, outcome.obstacle.as_deref()));
            }
            record.shown = outcome.shown;
        }
        Err(error) => {
            let error: anyhow::Error = error.into();
            record.detail = Some(format!("{error:#}"));
        }
    }
    record
}

/// What helps to understand a run: how it ended, and the last lines that it wrote.
fn detail(seen: &Observation, obstacle: Option<&str>) -> String {
    let mut parts: Vec<String> = obstacle.into_iter().map(str::to_owned).collect();
    parts.push(match (&seen.stopped, seen.main) {
        (Some(stop), _) => format!("stopped ({}) after {:.1} s", stop.as_str(), seen.seconds),
        (None, Some(exit)) => format!("ended with {exit} after {:.1} s", seen.seconds),
        (None, None) => "gone".to_owned(),
    });
    match &seen.stopped {
        Some(Stop::Hang { proof, .. }) => parts.extend(proof.tasks.iter().map(ToString::to_string)),
        Some(Stop::Time { vetoes, .. }) => parts.extend(vetoes.iter().map(|veto| format!("no hang: {veto}"))),
        _ => {}
    }
    for (name, stream) in [("stdout", &seen.stdout), ("stderr", &seen.stderr)] {
        let lines: Vec<&str> = stream.text.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
        if !tail.is_empty() {
            parts.push(format!("{name}: {}", tail.join("\n  ")));
        }
    }
    parts.push(format!("processes: {}", seen.processes.len()));
    parts.join("\n")
}

/// The summary of a list of records: how many pages' claims hold, do not, and could not be seen.
#[must_use]
pub fn tally(records: &[Record]) -> Tally {
    let count = |holds| records.iter().filter(|record| record.holds == holds).count();
    Tally {
        hold: count(Some(true)),
        fail: count(Some(false)),
        unclear: count(None),
    }
}

/// Counts of trials.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// The page is right.
    pub hold: usize,
    /// The page is not right.
    pub fail: usize,
    /// Nothing could be seen.
    pub unclear: usize,
}

impl Tally {
    /// Whether all is as the pages say.
    #[must_use]
    pub const fn is_green(&self) -> bool {
        self.fail == 0 && self.unclear == 0
    }
}

/// One line for a record that is not as its page says.
#[must_use]
pub fn complaint(record: &Record) -> String {
    let Record {
        code,
        line,
        kind,
        python,
        start_method,
        expected,
        ..
    } = record;
    let seen = if record.shown.is_empty() {
        "nothing".to_owned()
    } else {
        sentence(&record.shown)
    };
    let times = if record.runs > 1 {
        format!(" ({} of {} runs as expected)", record.held, record.runs)
    } else {
        String::new()
    };
    format!("{code} line {line} ({kind}), Python {python}, {start_method}: expected {expected}, seen {seen}{times}")
}
