//! What a program does not print, and the probe can measure at the finding's lines: how long an event loop could not do what was
//! due, and how many tasks are open at a time. It is compared with the same of the control, as what is printed is.

use std::collections::BTreeSet;

use super::bench::How;
use super::compare::lines;
use super::control::{Change, Control};
use super::judge::{TRACED, Trial};
use super::oracle::{self, place_of};
use super::places::{self, Place};
use crate::findings::{Remedy, SymptomKind};
use crate::runtime::observation::Observation;
use crate::runtime::probe::events::What;

/// How long something that is due has to wait before that is called standing still, in seconds.
const LONG: f64 = 0.1;

/// How many times as long as in the control.
const TIMES: f64 = 4.0;

/// Whether only what is measured can tell: where a control lets things happen at another time, whatever is printed may come out
/// otherwise, in a program that is right as well.
pub(super) fn is_needed(trial: &Trial<'_>, control: &Control) -> bool {
    trial.finding.hints.is_one_by_one
        || matches!(
            control.change,
            Change::Remedy(Remedy::LoopGoesOn | Remedy::WorkersKilled)
        )
}

/// In words how two runs differ from two of the control, and in how many; none where they do not, or where nothing of the kind is
/// asked about. Both are runs in which the lines are traced.
pub(super) fn measured(
    trial: &Trial<'_>,
    control: &Control,
    kind: SymptomKind,
    needed: &BTreeSet<(String, u32)>,
) -> Option<(String, u32)> {
    let is_loop = control.change == Change::Remedy(Remedy::LoopGoesOn);
    let is_block = control.change == Change::Remedy(Remedy::WorkersKilled);
    let is_tasks = control.change == Change::Remedy(Remedy::ResultLater);
    if !is_loop && !is_block && !is_tasks {
        return None;
    }
    let moved = control.moved.places(trial.places);
    let is_same = control.harness.program.files == trial.harness.program.files;
    let asked = if is_same {
        trial.lines.to_owned()
    } else {
        places::for_probe(&moved)
    };
    let mut seen = Vec::new();
    let mut right = Vec::new();
    for time in [1, 2] {
        let how = How { time, ..TRACED };
        seen.push(trial.run(trial.harness, control.method, how, trial.lines, trial.places));
        right.push(trial.run(&control.harness, control.method, control.how(how), &asked, &moved));
    }
    let seen: Vec<&Observation> = seen.iter().filter_map(|one| (**one).as_ref().ok()).collect();
    let right: Vec<&Observation> = right.iter().filter_map(|one| (**one).as_ref().ok()).collect();
    let is_whole = seen.len() == 2 && right.len() == 2;
    let runs_the_lines = |one: &&Observation| needed.is_subset(&oracle::lines_run(one));
    let is_well = |one: &&Observation| oracle::is_clean(one, kind) || control.may_end_so(one, kind, seen[0]);
    if !is_whole || !seen.iter().all(runs_the_lines) || !right.iter().all(is_well) {
        return None;
    }
    if is_loop || is_block {
        let [one, other] = [seen[0], seen[1]].map(|run| held(run, trial.places));
        let ((one, (file, row)), (other, _)) = (one?, other?);
        let least = one.min(other);
        let most = right
            .iter()
            .filter_map(|run| held(run, &moved))
            .map(|(seconds, _)| seconds)
            .fold(0.0, f64::max);
        return (least >= LONG && most * TIMES <= least).then(|| {
            let what = if is_loop {
                format!("the event loop stands still at {file}:{row}, and what was due waits")
            } else {
                format!("the end of the block with what is made at {file}:{row} waits")
            };
            let detail = format!("{what} for {least:.1} s; in the control for {most:.1} s");
            (detail, 2)
        });
    }
    let one_by_one = seen.iter().all(|run| open(run, trial.places) == Some(1));
    // Who hands over the next task only when the last is done may need what that has left.
    if right.iter().any(|run| lines(run) != lines(seen[0])) || lines(seen[0]) != lines(seen[1]) {
        return None;
    }
    let least = right.iter().map(|run| open(run, &moved).unwrap_or(0)).min()?;
    (one_by_one && least > 1).then(|| {
        (
            format!("never two of these tasks are open at a time; in the control {least} are"),
            2,
        )
    })
}

/// How long something had to wait for a line of the finding, at most, and for which.
fn held(seen: &Observation, places: &[Place]) -> Option<(f64, (String, u32))> {
    let waits = seen.said.iter().filter_map(|event| match &event.what {
        What::Held { at, seconds, .. } if seconds.is_finite() => {
            let (file, row) = place_of(at)?;
            places::hold(places, file, row).then(|| (*seconds, (file.to_owned(), row)))
        }
        _ => None,
    });
    waits.max_by(|one, other| one.0.total_cmp(&other.0))
}

/// How many tasks were open at a time at most, when another was handed over at a line of the finding.
fn open(seen: &Observation, places: &[Place]) -> Option<u32> {
    let counts = seen.said.iter().filter_map(|event| match &event.what {
        What::Open { at, count } => {
            let (file, row) = place_of(at)?;
            places::hold(places, file, row).then_some(*count)
        }
        _ => None,
    });
    counts.max()
}
