//! Hangs that a program ends itself: where its waits have timeouts of some seconds, it gets on at last, without what it waited
//! for. The same is looked for with these waits going on for ever, in the program and in what it is compared with.

use super::judge::{PLAIN, TRACED, Trial};
use super::oracle::{self, Look};
use crate::findings::verification::{Run, Verdict};
use crate::findings::{Severity, StartMethod, Symptom, SymptomKind};

/// What makes it stand still for good.
const PATIENTLY: &str = "waits with a timeout of two seconds or more go on without one, in the control as well";

impl Trial<'_> {
    /// Only what is said to hang for certain is looked for so: a program that looks now and then whether something has come
    /// would stand still with such waits, mistaken or not.
    pub(super) fn is_worth_patience(&self, symptom: &Symptom) -> bool {
        symptom.kind == SymptomKind::Hangs && self.finding.severity == Severity::Error && !self.slow && !self.patient
    }

    /// Two runs in which waits go on.
    pub(super) fn look_patiently(&self, symptom: &Symptom, method: StartMethod, run: &mut Run) {
        let Ok(seen) = self.twice(self.harness, method, PLAIN, TRACED, self.lines) else {
            return;
        };
        let (Ok(plain), Ok(traced)) = (&*seen[0], &*seen[1]) else {
            return;
        };
        let sees = |seen| matches!(oracle::look(symptom, self.places, seen), Look::Seen(_));
        if !sees(plain) || !sees(traced) {
            return;
        }
        let mut patient = run.clone();
        patient.reason = None;
        patient.verdict = Verdict::Inconclusive;
        patient.amplified = Some(PATIENTLY.to_owned());
        patient.timelines.clear();
        self.look_twice(symptom, method, seen, &mut patient);
        // It was seen, so that it cannot be said that it was not.
        if patient.verdict == Verdict::Confirmed || run.verdict == Verdict::NotReproduced {
            *run = patient;
        }
    }
}
