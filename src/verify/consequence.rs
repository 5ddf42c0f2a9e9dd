//! Programs that fail otherwise than predicted: who waits with a timeout for what never comes does not hang, but ends with an
//! error of its own.
//!
//! That a program fails is no evidence. But where it fails both times, and comes to a good end both times when nothing is
//! changed but what the finding's own line does, the line is to blame. Only a whole program can say so, and only by its fix
//! or by a remedy that leaves the rest of the program alone.

use std::collections::BTreeSet;

use super::bench::Seen;
use super::harness::Start;
use super::judge::Trial;
use super::oracle;
use super::places;
use crate::findings::verification::{Run, Source, Verdict};
use crate::findings::{Severity, StartMethod, Symptom, SymptomKind};
use crate::runtime::observation::{Exit, Observation, Stop};

impl Trial<'_> {
    /// Looks for a failure of another kind that is gone in a control.
    pub(super) fn look_for_consequences(
        &self,
        symptom: &Symptom,
        method: StartMethod,
        runs: &[Seen; 2],
        run: &mut Run,
    ) {
        let [Ok(plain), Ok(traced)] = [&*runs[0], &*runs[1]] else {
            return;
        };
        let own_line = self.places.first().map(|own| (own.file.clone(), *own.rows.start()));
        let (Some(at), Some(shown)) = (own_line, oracle::instead(plain)) else {
            return;
        };
        if !matches!(self.harness.start, Start::Script) || !self.fails(symptom, plain) || !self.fails(symptom, traced) {
            return;
        }
        let needed: BTreeSet<(String, u32)> = oracle::lines_run(traced)
            .into_iter()
            .filter(|(file, row)| places::hold(self.places, file, *row))
            .collect();
        let own = self.places.first();
        if !needed
            .iter()
            .any(|(file, row)| own.is_some_and(|own| own.file == *file && own.rows.contains(row)))
        {
            return;
        }
        let remedy = self.finding.hints.remedy.filter(|remedy| remedy.is_narrow());
        let remedy = remedy.and_then(|_| self.remedies(method).next());
        for control in self.fix(method).into_iter().chain(remedy) {
            let Ok(seen) = self.run_control(&control, symptom.kind, &needed, traced) else {
                continue;
            };
            let ends_well = |seen: &Seen| matches!(&**seen, Ok(seen) if oracle::is_clean(seen, symptom.kind));
            if !seen.iter().all(ends_well) {
                continue;
            }
            self.note_control(&control, &seen, run);
            run.verdict = Verdict::Confirmed;
            run.reason = None;
            run.detail = Some(format!(
                "the program fails otherwise than predicted, and not in the control: {shown}"
            ));
            run.symptom = shown;
            run.at = Some(format!("{}:{}", at.0, at.1));
            run.source = Some(Source::Seen);
            run.seen = (2, 2);
            run.control = Some("clean".to_owned());
            run.compared_with = Some(control.words);
            return;
        }
    }

    /// Whether a program fails for good. One that is still at work may be meant to be; but who goes round and round where it
    /// should stand still gets no further, either.
    fn fails(&self, symptom: &Symptom, seen: &Observation) -> bool {
        match &seen.stopped {
            Some(Stop::Hang { .. }) => true,
            Some(Stop::Stall { .. }) => symptom.kind == SymptomKind::Hangs && self.finding.severity == Severity::Error,
            Some(_) => false,
            None => seen.main.is_some_and(|exit| !Exit::is_success(exit)),
        }
    }
}
