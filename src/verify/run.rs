//! All findings, all interpreters, many at once.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::bench::Bench;
use super::driver::{self, Goal};
use super::entries::entries;
use super::harness::{Harness, Start};
use super::judge::{CAUGHT, Trial};
use super::keep;
use super::places::{self, Outlines, Place};
use super::program::Program;
use super::prove;
use crate::api::Api;
use crate::files::discover::DiscoverOptions;
use crate::findings::verification::{Level, Run, Verdict, Verification};
use crate::findings::{Edit, Finding, Fix, PythonVersion, Severity, StartMethod, fingerprint};
use crate::fix::Wanted;
use crate::lint::Outcome;
use crate::program::ProjectFiles;
use crate::python::outline::Outline;
use crate::runtime::experiment::Laboratory;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::sandbox;

/// What is asked for.
#[derive(Debug)]
pub struct Options<'a> {
    /// The interpreters.
    pub interpreters: &'a [Interpreter],
    /// The start methods.
    pub methods: &'a [StartMethod],
    /// Programs that are run at once.
    pub jobs: usize,
    /// Only whole programs, with nothing that stands in.
    pub whole_programs: bool,
    /// Only the experiment with this id.
    pub replay: Option<&'a str>,
    /// How the walk goes, and what is left out of it.
    pub discover: &'a DiscoverOptions,
    /// Where copies of what is run are left.
    pub keep: Option<&'a Path>,
    /// Which fixes are tried, where findings are confirmed.
    pub fixes: Option<Wanted>,
    /// Whether it is asked for what the processes of each experiment did.
    pub timelines: bool,
    /// Set from elsewhere, to end with what is known.
    pub stop: &'a AtomicBool,
}

/// A finding and the ways to run it.
struct Case<'a> {
    finding: &'a Finding,
    id: String,
    ways: Vec<Way>,
    /// Why there is none, or no other.
    obstacle: Option<String>,
}

struct Way {
    harness: Arc<Harness>,
    places: Vec<Place>,
}

/// Verifies all findings of an outcome, and returns what was learned of each, in their order. `done` is told how many
/// parts of the work are done, of how many.
///
/// # Errors
///
/// Where a copy cannot be written.
pub fn run(
    outcome: &Outcome,
    api: &Api,
    laboratory: &Laboratory,
    options: &Options<'_>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> io::Result<Vec<Verification>> {
    let bench = Bench::new(laboratory, options.stop);
    let cases = cases(outcome, api, options);
    let lines = lines(&cases);
    if let (Some(folder), Some(interpreter)) = (options.keep, options.interpreters.first()) {
        let harnesses: BTreeMap<usize, &Harness> = cases
            .iter()
            .flat_map(|case| &case.ways)
            .map(|way| (key(&way.harness), &*way.harness))
            .collect();
        for (number, harness) in harnesses.into_values().enumerate() {
            keep::write(folder, number + 1, harness, interpreter)?;
        }
    }
    // One part is a finding under an interpreter: its start methods and ways are tried one after another.
    let parts: Vec<(usize, &Interpreter)> = (0..cases.len())
        .flat_map(|at| options.interpreters.iter().map(move |interpreter| (at, interpreter)))
        .collect();
    let next = AtomicUsize::new(0);
    let finished = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<usize, Tried>> = Mutex::default();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(&(case, interpreter)) = parts.get(at) else {
                break;
            };
            let Some(known) = cases.get(case) else { break };
            let tried = try_case(known, &cases, &lines, interpreter, &bench, options);
            results.lock().unwrap_or_else(PoisonError::into_inner).insert(at, tried);
            done(finished.fetch_add(1, Ordering::Relaxed) + 1, parts.len());
        }
    };
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(work);
        }
    });
    let mut all = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(wanted) = options.fixes {
        prove_together(&mut all, &cases, &lines, &bench, options, wanted);
    }
    let sandbox = sandbox::Level::of(laboratory.layers).to_string();
    let per_case = options.interpreters.len().max(1);
    let mut verifications = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let tried: Vec<Tried> = (at * per_case..(at + 1) * per_case)
            .filter_map(|part| all.remove(&part))
            .collect();
        verifications.push(conclude(case, tried, &sandbox));
    }
    Ok(verifications)
}

/// What came of one finding under one interpreter.
struct Tried {
    runs: Vec<Run>,
    /// By which way.
    way: Option<usize>,
    stand_ins: Vec<String>,
}

fn cases<'a>(outcome: &'a Outcome, api: &Api, options: &Options<'_>) -> Vec<Case<'a>> {
    let project = ProjectFiles::new(options.discover, api);
    let ids = fingerprint::of_all(&outcome.findings);
    let mut outlines = Outlines::default();
    let mut workshop = Workshop {
        project: &project,
        options,
        programs: BTreeMap::new(),
        harnesses: BTreeMap::new(),
    };
    let mut cases = Vec::new();
    for (finding, id) in outcome.findings.iter().zip(ids) {
        let mut case = Case {
            finding,
            id: format!("{}-{id}", finding.rule.code),
            ways: Vec::new(),
            obstacle: None,
        };
        if !finding.can_show() {
            case.obstacle = Some("it predicts nothing that a run on this platform could show".to_owned());
            cases.push(case);
            continue;
        }
        if finding.location.file.is_notebook() {
            case.obstacle = Some("cells of a notebook are not run".to_owned());
            cases.push(case);
            continue;
        }
        let base = &options.discover.working_directory;
        let outline = outlines.of(&finding.location.file);
        let is_called = outline.is_some_and(|outline| outline.routine_of(finding.location.span).is_some());
        let leads = |script: &Path, file: &Path| {
            // What is only imported by a name made at run time lies beside. A line in no function is run by its own file.
            let leads = |program: &Program| program.imports(file) || (is_called && program.name_of(file).is_some());
            workshop.program(script).is_ok_and(|program| leads(&program))
        };
        let entries = entries(finding, outcome, base, &mut outlines, leads);
        let mut drivers = Vec::new();
        for entry in entries {
            let program = match workshop.program(&entry) {
                Ok(program) => program,
                Err(error) => {
                    case.obstacle.get_or_insert(error);
                    continue;
                }
            };
            let places = places::of_finding(finding, &mut outlines, |path| program.name_of(path));
            if places.is_empty() {
                case.obstacle
                    .get_or_insert_with(|| "the file is no part of a program that could be copied".to_owned());
                continue;
            }
            let way = |harness| Way {
                harness,
                places: places.clone(),
            };
            case.ways.push(way(workshop.harness(&program, Start::Script)));
            if options.whole_programs {
                continue;
            }
            match drivers_for(finding, &program, &mut outlines) {
                Ok(starts) => drivers.extend(starts.into_iter().map(|start| way(workshop.harness(&program, start)))),
                Err(reason) => {
                    case.obstacle.get_or_insert(reason);
                }
            }
        }
        case.ways.extend(drivers.into_iter().take(driver::MOST_DRIVERS));
        cases.push(case);
    }
    cases
}

fn drivers_for(finding: &Finding, program: &Program, outlines: &mut Outlines) -> Result<Vec<Start>, String> {
    let file = &finding.location.file;
    let unknown = || "the file is nested too deeply".to_owned();
    let outline = outlines.of(file).cloned().ok_or_else(unknown)?;
    let goal = Goal {
        outline: &outline,
        text: file.text(),
        span: finding.location.span,
    };
    let text = program
        .files
        .iter()
        .find(|one| one.path == program.script)
        .map_or("", |one| one.text.as_str());
    let entry = Outline::of(text).ok_or_else(unknown)?;
    driver::drivers(goal, (&entry, text), program)
}

/// Makes programs and harnesses, each once.
struct Workshop<'a> {
    project: &'a ProjectFiles<'a>,
    options: &'a Options<'a>,
    programs: BTreeMap<PathBuf, Result<Arc<Program>, String>>,
    harnesses: BTreeMap<(PathBuf, String), Arc<Harness>>,
}

impl Workshop<'_> {
    fn program(&mut self, entry: &Path) -> Result<Arc<Program>, String> {
        let (project, options) = (self.project, self.options);
        let known = self.programs.entry(entry.to_owned());
        let gather = || Program::gather(entry, project, options.discover);
        known
            .or_insert_with(|| gather().map(Arc::new).map_err(|error| error.to_string()))
            .clone()
    }

    fn harness(&mut self, program: &Arc<Program>, start: Start) -> Arc<Harness> {
        let text = match &start {
            Start::Script => String::new(),
            Start::Driver { text, .. } => text.clone(),
        };
        let level = if self.options.whole_programs {
            Level::Program
        } else {
            Level::Harness
        };
        let known = self.harnesses.entry((program.entry.clone(), text));
        let make = || {
            Arc::new(Harness {
                program: Arc::clone(program),
                start,
                level,
            })
        };
        Arc::clone(known.or_insert_with(make))
    }
}

/// The lines that are asked about of each harness: those of all findings, so that they share its runs.
fn lines(cases: &[Case<'_>]) -> BTreeMap<usize, String> {
    let mut all: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
    for way in cases.iter().flat_map(|case| &case.ways) {
        all.entry(key(&way.harness))
            .or_default()
            .extend(way.places.iter().cloned());
    }
    all.into_iter()
        .map(|(harness, places)| (harness, places::for_probe(&places)))
        .collect()
}

/// Whether an id is the one that is meant, or begins with it part by part.
fn is_meant(id: &str, wanted: &str) -> bool {
    let rest = id.strip_prefix(wanted.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// One number for each harness.
fn key(harness: &Arc<Harness>) -> usize {
    Arc::as_ptr(harness) as usize
}

/// The own lines of the other findings that are tried by the harness of a way.
fn others(cases: &[Case<'_>], case: &Case<'_>, way: &Way) -> Vec<Place> {
    let others = cases
        .iter()
        .filter(|other| !std::ptr::eq(*other, case) && other.finding.severity > Severity::Note);
    let ways = others.flat_map(|other| other.ways.iter().find(|one| Arc::ptr_eq(&one.harness, &way.harness)));
    ways.filter_map(|way| way.places.first().cloned()).collect()
}

fn try_case(
    case: &Case<'_>,
    cases: &[Case<'_>],
    lines: &BTreeMap<usize, String>,
    interpreter: &Interpreter,
    bench: &Bench<'_>,
    options: &Options<'_>,
) -> Tried {
    let mut best = Tried {
        runs: Vec::new(),
        way: None,
        stand_ins: Vec::new(),
    };
    for (at, way) in case.ways.iter().enumerate() {
        let no_lines = String::new();
        let lines = lines.get(&key(&way.harness)).unwrap_or(&no_lines);
        let others: Vec<Place> = others(cases, case, way);
        let trial = Trial {
            finding: case.finding,
            harness: &way.harness,
            places: &way.places,
            others: &others,
            lines,
            bench,
            interpreter,
            python: interpreter.version.minor_version().unwrap_or(PythonVersion(3, 8)),
            slow: false,
            patient: false,
            timelines: options.timelines,
        };
        let mut runs = Vec::new();
        for &method in options
            .methods
            .iter()
            .filter(|method| interpreter.start_methods.contains(method))
        {
            let id = format!("{}/{}/{method}", case.id, interpreter.version);
            if options.replay.is_none_or(|wanted| is_meant(&id, wanted)) {
                runs.extend(trial.judge(method, id));
            }
        }
        // That a call of ours shows nothing is no news where the program itself has shown it.
        let was_seen = best.runs.iter().any(|run| run.seen.0 > 0);
        let is_better = rank(&runs) < rank(&best.runs) && (!was_seen || rank(&runs) == Verdict::Confirmed);
        if at == 0 || is_better {
            let (_, mut stand_ins) = way.harness.ready(interpreter, String::new());
            if let Some(given) = runs.iter().map(|run| &run.given).find(|given| !given.is_empty()) {
                stand_ins.push(format!(
                    "the command line, which the program asks for: `{}`",
                    given.join(" ")
                ));
            }
            best = Tried {
                runs,
                way: Some(at),
                stand_ins,
            };
            if let Some(fix) = options.fixes.and_then(|wanted| wanted_fix(case.finding, wanted)) {
                best.runs.iter_mut().for_each(|run| trial.prove(fix, run));
            }
        }
        // Where the program itself has run the line, a made-up call says no more; least of all where a caller of the function
        // catches what it raises.
        let is_caught = best.runs.iter().any(|run| run.reason.as_deref() == Some(CAUGHT));
        if rank(&best.runs) <= Verdict::NotReproduced || is_caught {
            break;
        }
    }
    best
}

/// The fix of a finding, if it is one that is asked for.
fn wanted_fix(finding: &Finding, wanted: Wanted) -> Option<&Fix> {
    finding.fix.as_ref().filter(|fix| wanted.admits(fix))
}

/// Whether a fix holds wherever its finding is confirmed.
fn holds<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Option<bool> {
    let tried: Vec<bool> = runs
        .into_iter()
        .filter_map(|run| run.after_fix.as_ref().map(|after| after.holds))
        .collect();
    (!tried.is_empty()).then(|| tried.iter().all(|&holds| holds))
}

/// Fixes that hold each by itself have to hold together with the others of their program.
fn prove_together(
    all: &mut BTreeMap<usize, Tried>,
    cases: &[Case<'_>],
    lines: &BTreeMap<usize, String>,
    bench: &Bench<'_>,
    options: &Options<'_>,
    wanted: Wanted,
) {
    let per_case = options.interpreters.len().max(1);
    let parts = |case: usize| case * per_case..(case + 1) * per_case;
    let hold: Vec<usize> = (0..cases.len())
        .filter(|&case| {
            holds(
                parts(case)
                    .filter_map(|part| all.get(&part))
                    .flat_map(|tried| &tried.runs),
            ) == Some(true)
        })
        .collect();
    for &at in &hold {
        let Some(case) = cases.get(at) else { continue };
        for (part, interpreter) in parts(at).zip(options.interpreters) {
            let Some(tried) = all.get_mut(&part) else { continue };
            let Some(way) = tried.way.and_then(|way| case.ways.get(way)) else {
                continue;
            };
            let fixes: Vec<&Fix> = hold
                .iter()
                .filter_map(|&other| wanted_fix(cases.get(other)?.finding, wanted))
                .filter(|fix| {
                    let is_own = |edit: &Edit| way.harness.program.name_of(edit.location.file.path()).is_some();
                    fix.edits.iter().all(is_own)
                })
                .collect();
            let Some(fix) = prove::together(&fixes).filter(|_| fixes.len() > 1) else {
                continue;
            };
            let no_lines = String::new();
            let trial = Trial {
                finding: case.finding,
                harness: &way.harness,
                places: &way.places,
                others: &[],
                lines: lines.get(&key(&way.harness)).unwrap_or(&no_lines),
                bench,
                interpreter,
                python: interpreter.version.minor_version().unwrap_or(PythonVersion(3, 8)),
                slow: false,
                patient: false,
                timelines: false,
            };
            for run in &mut tried.runs {
                trial.prove(&fix, run);
                if let Some(after) = run.after_fix.as_mut().filter(|after| !after.holds) {
                    after.detail = format!("together with the other fixes, {}", after.detail);
                }
            }
        }
    }
}

/// The verdict over some runs, without the reasons: the first in the order of the verdicts.
fn rank(runs: &[Run]) -> Verdict {
    runs.iter().map(|run| run.verdict).min().unwrap_or(Verdict::NotRun)
}

fn conclude(case: &Case<'_>, tried: Vec<Tried>, sandbox: &str) -> Verification {
    let best = tried
        .iter()
        .filter(|tried| !tried.runs.is_empty())
        .min_by_key(|tried| rank(&tried.runs));
    let way = best.and_then(|tried| case.ways.get(tried.way?));
    let stand_ins = best.map(|tried| tried.stand_ins.clone()).unwrap_or_default();
    let runs: Vec<Run> = tried.into_iter().flat_map(|tried| tried.runs).collect();
    let confirmed = runs.iter().any(|run| run.verdict == Verdict::Confirmed);
    let all = |verdict| !runs.is_empty() && runs.iter().all(|run| run.verdict == verdict);
    let verdict = match () {
        () if confirmed => Verdict::Confirmed,
        () if runs.is_empty() => Verdict::NotRun,
        () if all(Verdict::Refuted) => Verdict::Refuted,
        () if runs
            .iter()
            .all(|run| matches!(run.verdict, Verdict::NotReproduced | Verdict::Refuted)) =>
        {
            Verdict::NotReproduced
        }
        () => Verdict::Inconclusive,
    };
    let reason = match verdict {
        Verdict::Confirmed => None,
        Verdict::NotRun => Some(
            case.obstacle
                .clone()
                .filter(|_| case.ways.is_empty())
                .unwrap_or_else(|| {
                    "it predicts nothing under the interpreters and start methods of this run".to_owned()
                }),
        ),
        _ => {
            let reason = runs
                .iter()
                .filter(|run| run.verdict == verdict)
                .find_map(|run| run.reason.clone());
            let is_reached = reason
                .as_ref()
                .is_none_or(|reason| !reason.contains("without running the line"));
            let obstacle = case.obstacle.as_ref().filter(|_| !is_reached);
            reason.map(|reason| match obstacle {
                Some(obstacle) => format!("{reason}, and {obstacle}"),
                None => reason,
            })
        }
    };
    Verification {
        verdict,
        level: way.map(|way| way.harness.level),
        harness: way.map(|way| way.harness.words()),
        reason,
        sandbox: sandbox.to_owned(),
        amplified: amplified(&runs),
        stand_ins,
        fix_holds: holds(&runs),
        replay: case.id.clone(),
        runs,
    }
}

/// What was made slower in any run.
fn amplified(runs: &[Run]) -> Vec<String> {
    let mut all: Vec<String> = runs.iter().filter_map(|run| run.amplified.clone()).collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn ids_are_meant_part_by_part() {
        let id = "MP302-8c/3.11.7/fork";
        assert!(
            ["MP302-8c", "MP302-8c/3.11.7", "MP302-8c/3.11.7/", id]
                .iter()
                .all(|wanted| is_meant(id, wanted))
        );
        assert!(!is_meant("MP302-8c/3.11.7/forkserver", id));
        assert!(!is_meant(id, "MP302"));
    }
}
