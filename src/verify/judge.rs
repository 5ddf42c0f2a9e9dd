//! One finding under one interpreter and one start method: is what it predicts there, at its lines, twice of two, and is
//! it gone in the control?

use std::collections::BTreeSet;

use super::bench::{Bench, How, Seen};
use super::compare;
use super::control::Control;
use super::harness::{Harness, Start};
use super::oracle::{self, Look, Sight};
use super::places::{self, Place};
use super::slow::SLOW_RUNS;
use super::stand_ins;
use super::timeline;
use crate::findings::verification::{Run, Verdict};
use crate::findings::{Condition, Finding, PythonVersion, Remedy, StartMethod, Symptom, SymptomKind};
use crate::runtime::interpreter::Interpreter;
use crate::runtime::observation::{Exit, Observation, Stop};
use crate::runtime::probe::events::{Event, Kind, What};

/// A finding, and one way to run it.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What is run.
    pub harness: &'a Harness,
    /// The lines that it speaks of.
    pub places: &'a [Place],
    /// The own lines of the other findings that are tried by this harness.
    pub others: &'a [Place],
    /// The lines that are asked about: those of all findings that are tried by this harness.
    pub lines: &'a str,
    /// Where it is run.
    pub bench: &'a Bench<'a>,
    /// Under which interpreter.
    pub interpreter: &'a Interpreter,
    /// Its version.
    pub python: PythonVersion,
    /// Whether each step of the finding's lines takes longer than it would.
    pub slow: bool,
    /// Whether a wait with a timeout of some seconds goes on without one.
    pub patient: bool,
    /// Whether it is asked for what the processes did.
    pub timelines: bool,
}

/// Why an exception that the program catches proves nothing.
pub(super) const CAUGHT: &str =
    "it is raised, and the program catches it and ends well: whether that is meant, a run cannot tell";

/// Runs of the same program, of which the second was traced.
pub(super) const PLAIN: How = How {
    time: 0,
    traced: false,
    unbuffered: false,
    threads: false,
    no_daemons: false,
    remedy: None,
    lenient: false,
    patient: false,
    named: false,
};
pub(super) const TRACED: How = How {
    time: 1,
    traced: true,
    ..PLAIN
};

impl Trial<'_> {
    /// What comes out under a start method; none where the finding predicts nothing there.
    #[must_use]
    pub fn judge(&self, method: StartMethod, replay: String) -> Option<Run> {
        let predicted = self.finding.predicted(self.python, method);
        let first = predicted.first()?;
        let mut run = Run {
            python: self.interpreter.version.to_string(),
            start_method: method,
            predicted: Some(in_words(&predicted)),
            verdict: Verdict::Inconclusive,
            reason: None,
            symptom: "clean".to_owned(),
            detail: None,
            at: None,
            source: None,
            stacks: Vec::new(),
            leaked: Vec::new(),
            seen: (0, 0),
            seconds: 0.0,
            control: None,
            compared_with: None,
            given: Vec::new(),
            amplified: None,
            after_fix: None,
            timelines: Vec::new(),
            replay,
        };
        // Of several symptoms any will do; what is said of none is said of the first.
        for condition in predicted.iter().rev().chain([first]) {
            self.look_for(&condition.symptom, method, &mut run);
            if run.verdict == Verdict::Confirmed {
                break;
            }
        }
        Some(run)
    }

    fn look_for(&self, symptom: &Symptom, method: StartMethod, run: &mut Run) {
        run.reason = None;
        run.verdict = Verdict::Inconclusive;
        let runs = match self.twice(self.harness, method, PLAIN, TRACED, self.lines) {
            Ok(runs) => runs,
            Err(reason) => {
                run.reason = Some(reason);
                return;
            }
        };
        let (Ok(plain), Ok(traced)) = (&*runs[0], &*runs[1]) else {
            return;
        };
        run.seconds = plain.seconds;
        if self.timelines && run.timelines.is_empty() {
            run.timelines.push(timeline::of("the program as it is", traced));
        }
        run.symptom = oracle::instead(plain).unwrap_or_else(|| "clean".to_owned());
        run.given = stand_ins::arguments(traced);
        if let Some(reason) = stand_ins::on_the_way(traced, self.places) {
            run.reason = Some(reason);
            return;
        }
        match symptom.kind {
            SymptomKind::WrongResult | SymptomKind::Serial | SymptomKind::LostOutput => {
                compare::judge(self, symptom.kind, method, &[plain, traced], run);
            }
            _ => self.look_twice(symptom, method, runs.clone(), run),
        }
        if self.finding.hints.is_race
            && !self.slow
            && matches!(run.verdict, Verdict::NotReproduced | Verdict::Inconclusive)
        {
            Trial { slow: true, ..*self }.look_slowly(symptom, method, run);
        }
        if self.is_worth_patience(symptom) && run.verdict != Verdict::Confirmed {
            Trial { patient: true, ..*self }.look_patiently(symptom, method, run);
        }
        if !self.slow && !self.patient && matches!(run.verdict, Verdict::Inconclusive | Verdict::NotReproduced) {
            self.look_for_consequences(symptom, method, &runs, run);
        }
    }

    pub(super) fn look_twice(&self, symptom: &Symptom, method: StartMethod, runs: [Seen; 2], run: &mut Run) {
        let (Ok(plain), Ok(traced)) = (&*runs[0], &*runs[1]) else {
            return;
        };
        let mut first = oracle::look(symptom, self.places, plain);
        let second = oracle::look(symptom, self.places, traced);
        // What the program catches itself is only seen where its lines are traced.
        let again;
        if matches!((&first, &second), (Look::Not(_), Look::Seen(_))) {
            again = self.run(self.harness, method, How { time: 2, ..TRACED }, self.lines, self.places);
            if let Ok(again) = &*again {
                first = oracle::look(symptom, self.places, again);
            }
        }
        match (first, second) {
            (Look::Seen(_), Look::Seen(sight)) => {
                run.seen = (2, 2);
                show(run, &sight);
                if sight.is_caught && oracle::is_clean(plain, symptom.kind) {
                    run.reason = Some(CAUGHT.to_owned());
                    return;
                }
                if self.waits_alone(symptom.kind, traced) {
                    run.reason = Some(
                        "called by itself it waits, and in the program others may end that: it started no process"
                            .to_owned(),
                    );
                    return;
                }
                self.compare_with_control(symptom, method, &sight, traced, run);
            }
            (Look::Seen(sight), Look::Not(_)) | (Look::Not(_), Look::Seen(sight)) => {
                run.seen = (1, 2);
                show(run, &sight);
                run.reason = Some("it was seen in one of two runs only".to_owned());
            }
            (Look::Not(_), Look::Not(why)) => {
                run.seen = (0, 2);
                let (verdict, reason) = self.not_seen(why, traced);
                run.verdict = verdict;
                run.reason = Some(reason);
                // It is said that nothing that goes over there can: what has come is enough to say that this is not so.
                let says_all_fail = self.finding.hints.says_all_fail && symptom.kind == SymptomKind::Raises;
                let is_script = matches!(self.harness.start, Start::Script);
                if verdict == Verdict::NotReproduced
                    && says_all_fail
                    && is_script
                    && oracle::is_clean(plain, symptom.kind)
                    && oracle::is_clean(traced, symptom.kind)
                    && let Some(how) = oracle::arrival(self.places, traced)
                {
                    run.verdict = Verdict::Refuted;
                    run.reason = Some(how);
                }
            }
        }
    }

    /// Whether a function that a driver calls waits for what it has nobody of its own to give: in the program there may be
    /// somebody.
    fn waits_alone(&self, kind: SymptomKind, seen: &Observation) -> bool {
        let is_wait = matches!(kind, SymptomKind::Hangs | SymptomKind::Stalls);
        let is_called = matches!(self.harness.start, Start::Driver { .. });
        let starts = |event: &Event| matches!(event.what, What::Start { .. });
        is_wait && is_called && !seen.said.iter().any(starts)
    }

    /// What it means that a symptom was not seen.
    pub(super) fn not_seen(&self, why: Option<String>, traced: &Observation) -> (Verdict, String) {
        let own = self.places.first();
        let ran = oracle::lines_run(traced);
        let reached = own.is_some_and(|own| {
            ran.iter()
                .any(|(file, row)| *file == own.file && own.rows.contains(row))
        });
        // That a function or class is defined is no use of it.
        let is_head = own.is_some_and(|own| self.is_head(own));
        match (reached, why) {
            (true, None) if is_head => (
                Verdict::Inconclusive,
                "the program came to its end, and what the line defines may not have been used".to_owned(),
            ),
            (_, Some(why)) => (Verdict::Inconclusive, format!("{why}{}", self.last_words(traced))),
            (true, None) => (
                Verdict::NotReproduced,
                "the line was run, and nothing was wrong".to_owned(),
            ),
            (false, None) => (
                Verdict::Inconclusive,
                "the program came to its end without running the line".to_owned(),
            ),
        }
    }

    /// Whether a place is the head of a function or a class.
    fn is_head(&self, place: &Place) -> bool {
        let file = self.harness.program.files.iter().find(|file| file.path == place.file);
        let at = (*place.rows.start() as usize).saturating_sub(1);
        let line = file
            .and_then(|file| file.text.lines().nth(at))
            .unwrap_or_default()
            .trim_start();
        ["def ", "class ", "async def ", "@"]
            .iter()
            .any(|head| line.starts_with(head))
    }

    /// Why a program did not get far, as far as its exit and its last line tell.
    fn last_words(&self, seen: &Observation) -> String {
        let exit = match (&seen.stopped, seen.main) {
            (Some(Stop::Hang { .. }), _) => return String::new(),
            // Where all stood still, what kept that from being a proof.
            (Some(Stop::Time { vetoes, .. }), _) if !vetoes.is_empty() => {
                return format!(" (stopped: time, and it is not sure to hang: {})", vetoes.join("; "));
            }
            (Some(stop), _) => return format!(" (stopped: {})", stop.as_str()),
            (None, Some(exit @ (Exit::Code(1..) | Exit::Signal(_)))) => exit,
            (None, _) => return String::new(),
        };
        let last = seen.stderr.text.lines().rev().find(|line| !line.trim().is_empty());
        let last: String = last.unwrap_or_default().trim().chars().take(160).collect();
        match last.is_empty() {
            true => format!(" ({exit})"),
            false => format!(" ({exit}: {last})"),
        }
    }

    pub(super) fn compare_with_control(
        &self,
        symptom: &Symptom,
        method: StartMethod,
        sight: &Sight,
        traced: &Observation,
        run: &mut Run,
    ) {
        if let Some(name) = self.harness.is_made_up_at(self.places) {
            run.reason = Some(format!("`{name}` holds a stand-in, and the finding's lines use it"));
            return;
        }
        let needed: BTreeSet<(String, u32)> = oracle::lines_run(traced)
            .into_iter()
            .filter(|(file, row)| places::hold(self.places, file, *row))
            .collect();
        let mut problems = Vec::new();
        for control in self.controls(method, sight, traced) {
            match self.run_control(&control, symptom.kind, &needed, traced) {
                Ok(seen) => {
                    self.note_control(&control, &seen, run);
                    run.verdict = Verdict::Confirmed;
                    run.control = Some("clean".to_owned());
                    run.compared_with = Some(control.words);
                    return;
                }
                Err(problem) => problems.push(format!("{}: {problem}", control.words)),
            }
        }
        run.reason = Some(match problems.as_slice() {
            [] => "it was seen, and there is nothing to compare it with: it is predicted under every start method, and has no fix".to_owned(),
            problems => format!("it was seen, and no control was clean: {}", problems.join("; ")),
        });
    }

    /// Keeps what the processes of a control did, where that is asked for.
    pub(super) fn note_control(&self, control: &Control, [_, seen]: &[Seen; 2], run: &mut Run) {
        if let (true, Ok(seen)) = (self.timelines, &**seen) {
            run.timelines.push(timeline::of(&control.words, seen));
        }
    }

    /// The two runs of a control that is as it should be: it comes to its end without the symptom, and runs the same lines.
    pub(super) fn run_control(
        &self,
        control: &Control,
        question: SymptomKind,
        needed: &BTreeSet<(String, u32)>,
        as_it_is: &Observation,
    ) -> Result<[Seen; 2], String> {
        let places = control.moved.places(self.places);
        let is_same = control.harness.program.files == self.harness.program.files;
        let lines = if is_same {
            self.lines.to_owned()
        } else {
            places::for_probe(&places)
        };
        let (plain, traced) = (control.how(PLAIN), control.how(TRACED));
        // What holds for runs that are slowed down has to hold for as many of the control, and each is traced.
        if self.slow {
            let lines = places::for_probe(&places);
            for time in 2..SLOW_RUNS {
                let one = self.run(
                    &control.harness,
                    control.method,
                    How { time, ..traced },
                    &lines,
                    &places,
                );
                self.is_clean(&one, question, control, as_it_is)?;
            }
        }
        // The second run is only made where the first is clean.
        let first = self.run(&control.harness, control.method, plain, &lines, &places);
        self.is_clean(&first, question, control, as_it_is)?;
        let second = self.run(&control.harness, control.method, traced, &lines, &places);
        self.is_clean(&second, question, control, as_it_is)?;
        let Ok(seen) = &*second else {
            return Err("it was not run".to_owned());
        };
        if let Some(reason) = stand_ins::on_the_way(seen, &places) {
            return Err(reason);
        }
        let ran = oracle::lines_run(seen);
        let missed = needed.iter().find_map(|(file, row)| {
            let row = control.moved.line(file, *row)?;
            (!ran.contains(&(file.clone(), row))).then(|| format!("{file}:{row}"))
        });
        if let Some(line) = missed {
            return Err(format!("it does not run line {line}"));
        }
        // Where a fix has changed all of the lines, one of the new ones must have been run.
        if !is_same && !ran.iter().any(|(file, row)| places::hold(&places, file, *row)) && !places.is_empty() {
            return Err("it runs none of the lines".to_owned());
        }
        Ok([first, second])
    }

    fn is_clean(
        &self,
        seen: &Seen,
        question: SymptomKind,
        control: &Control,
        as_it_is: &Observation,
    ) -> Result<(), String> {
        match &**seen {
            Err(error) => Err(error.clone()),
            Ok(seen) if oracle::is_clean(seen, question) || control.may_end_so(seen, question, as_it_is) => Ok(()),
            Ok(seen) => {
                let shown = oracle::instead(seen).unwrap_or_else(|| "it did not end well".to_owned());
                Err(format!("{shown}{}", self.last_words(seen)))
            }
        }
    }

    pub(super) fn twice(
        &self,
        harness: &Harness,
        method: StartMethod,
        one: How,
        other: How,
        lines: &str,
    ) -> Result<[Seen; 2], String> {
        let first = self.run(harness, method, one, lines, self.places);
        if let Err(error) = &*first {
            return Err(error.clone());
        }
        let second = self.run(harness, method, other, lines, self.places);
        if let Err(error) = &*second {
            return Err(error.clone());
        }
        Ok([first, second])
    }

    /// One run of a harness.
    pub(super) fn run(&self, harness: &Harness, method: StartMethod, how: How, lines: &str, places: &[Place]) -> Seen {
        let (mut ready, _) = harness.ready(self.interpreter, lines.to_owned());
        let mut how = how;
        ready.at = match how.remedy {
            // What is done in one go is done at several lines.
            Some(Remedy::InTurn | Remedy::ResultLater) => places::for_probe(self.places),
            Some(_) => places::for_probe(self.places.first()),
            None => String::new(),
        };
        how.patient = self.patient;
        if self.slow {
            how.traced = true;
            ready.slow = places::for_probe(places);
        }
        self.bench.run(&ready, self.interpreter, Some(method), how)
    }
}

/// Whether the program made a pool or an executor.
pub(super) fn has_workers(seen: &Observation) -> bool {
    seen.said.iter().any(|event| match &event.what {
        What::Start { process, .. } => matches!(process.kind, Kind::PoolWorker | Kind::ExecutorWorker),
        What::Waits { .. } => true,
        // An executor that could not even start a worker.
        What::Exception { chain, .. } => chain.iter().flat_map(|raised| &raised.frames).any(|frame| {
            frame.file.ends_with("multiprocessing/pool.py") || frame.file.ends_with("concurrent/futures/process.py")
        }),
        _ => false,
    })
}

/// Whether the program made a daemonic process itself.
pub(super) fn has_daemons(seen: &Observation) -> bool {
    seen.said.iter().any(|event| match &event.what {
        What::Start { process, .. } => process.daemon && process.kind == Kind::Child,
        _ => false,
    })
}

fn in_words(predicted: &[Condition]) -> String {
    let mut words: Vec<String> = predicted
        .iter()
        .map(|condition| condition.symptom.to_string())
        .collect();
    words.dedup();
    words.join(" or ")
}

/// Puts what was seen into a result.
pub(super) fn show(run: &mut Run, sight: &Sight) {
    run.symptom = sight.shown.to_string();
    run.detail = Some(sight.detail.clone());
    run.at = Some(format!("{}:{}", sight.at.0, sight.at.1));
    run.source = Some(sight.source);
    run.stacks.clone_from(&sight.stacks);
    run.leaked.clone_from(&sight.leaked);
}
