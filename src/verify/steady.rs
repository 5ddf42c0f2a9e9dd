//! What a program prints each time, among lines that come out otherwise every time: a duration, a process number, a random number.

use std::collections::BTreeSet;

use super::bench::{How, Seen};
use super::compare::lines;
use super::control::Control;
use super::judge::{TRACED, Trial};
use super::oracle;
use crate::findings::SymptomKind;
use crate::runtime::observation::Observation;

/// How many runs of each have to agree: of what comes out by chance, as many do so by chance.
pub(super) const RUNS: u8 = 4;

/// In words what the program prints, and a line that all runs of the control print and none of the program as it is; none where
/// there is no such line. The runs of both that are there already count.
pub(super) fn difference(
    trial: &Trial<'_>,
    control: &Control,
    kind: SymptomKind,
    seen: &[&Observation],
    right: [&Observation; 2],
) -> Option<(String, String)> {
    let more = |run: &dyn Fn(How) -> Seen| -> Vec<Seen> { (2..RUNS).map(|time| run(How { time, ..TRACED })).collect() };
    let as_it_is = more(&|how| trial.run(trial.harness, control.method, how, trial.lines, trial.places));
    let places = control.moved.places(trial.places);
    let put_right = more(&|how| trial.run(&control.harness, control.method, control.how(how), "", &places));
    let is_right = |one: &Observation| {
        let plain = seen.first().copied().unwrap_or(one);
        oracle::is_clean(one, kind) || control.may_end_so(one, kind, plain)
    };
    let mut wrong: Vec<BTreeSet<&str>> = seen.iter().map(|one| distinct(one)).collect();
    let mut well: Vec<BTreeSet<&str>> = right.iter().map(|one| distinct(one)).collect();
    for one in &as_it_is {
        wrong.push(distinct((**one).as_ref().ok().filter(|one| one.stopped.is_none())?));
    }
    for one in &put_right {
        well.push(distinct((**one).as_ref().ok().filter(|one| is_right(one))?));
    }
    let line = only_in(&well, &wrong)?;
    let instead = only_in(&wrong, &well).unwrap_or_else(|| "something else each time".to_owned());
    Some((instead, line))
}

fn distinct(seen: &Observation) -> BTreeSet<&str> {
    lines(seen).into_iter().collect()
}

/// A line of all of these that is in none of those.
fn only_in(these: &[BTreeSet<&str>], those: &[BTreeSet<&str>]) -> Option<String> {
    let (first, rest) = these.split_first()?;
    let line = first
        .iter()
        .find(|line| rest.iter().all(|one| one.contains(**line)) && !those.iter().any(|one| one.contains(**line)))?;
    Some(format!("{:?}", line.chars().take(80).collect::<String>()))
}
