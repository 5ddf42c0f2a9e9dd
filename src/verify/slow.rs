//! Races: a window that is too small for two runs is made larger, in the program and in what it is compared with.

use super::bench::How;
use super::compare;
use super::judge::{TRACED, Trial, show};
use super::oracle::{self, Look, Sight};
use super::timeline;
use crate::findings::verification::{Run, Verdict};
use crate::findings::{StartMethod, Symptom, SymptomKind};
use crate::runtime::observation::Observation;

/// Runs that are slowed down, and how many of them have to show what is looked for.
pub(super) const SLOW_RUNS: u8 = 3;
const ENOUGH_OF_SLOW: usize = 2;

/// What slows them down.
const SLOWLY: &str = "each step of the finding's lines takes some milliseconds longer, in the control as well";

impl Trial<'_> {
    /// Several runs at which others have more time to come in between.
    pub(super) fn look_slowly(&self, symptom: &Symptom, method: StartMethod, run: &mut Run) {
        let mut seen = Vec::new();
        for time in 0..SLOW_RUNS {
            let one = self.run(self.harness, method, How { time, ..TRACED }, self.lines, self.places);
            if one.is_err() {
                return;
            }
            seen.push(one);
        }
        let seen: Vec<&Observation> = seen.iter().filter_map(|one| (**one).as_ref().ok()).collect();
        let mut slow = run.clone();
        slow.reason = None;
        slow.amplified = Some(SLOWLY.to_owned());
        slow.timelines.clear();
        if let (true, Some(first)) = (self.timelines, seen.first()) {
            slow.timelines
                .push(timeline::of("the program as it is, slowed down", first));
        }
        if symptom.kind == SymptomKind::WrongResult {
            compare::judge(self, symptom.kind, method, &seen, &mut slow);
        } else {
            let looks = seen
                .iter()
                .map(|seen| (oracle::look(symptom, self.places, seen), *seen));
            let sights: Vec<(Box<Sight>, &Observation)> = looks
                .filter_map(|(look, seen)| match look {
                    Look::Seen(sight) => Some((sight, seen)),
                    Look::Not(_) => None,
                })
                .collect();
            if sights.len() < ENOUGH_OF_SLOW {
                return;
            }
            let Some((sight, traced)) = sights.first() else { return };
            slow.seen = (sights.len() as u32, u32::from(SLOW_RUNS));
            show(&mut slow, sight);
            self.compare_with_control(symptom, method, sight, traced, &mut slow);
        }
        if slow.verdict == Verdict::Confirmed {
            *run = slow;
        }
    }
}
