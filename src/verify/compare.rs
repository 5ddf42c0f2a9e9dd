//! Symptoms that one run does not show: a wrong result, lost output, work done one after another. They show in the
//! difference to a control that differs in nothing but the flagged lines, or in whether output waits in a buffer.

use std::collections::BTreeSet;

use super::bench::How;
use super::control::{self, Change, Control, Taken};
use super::judge::{PLAIN, TRACED, Trial, has_daemons, show};
use super::measure::{self, measured};
use super::oracle::{self, Sight};
use super::places::{self, Place};
use super::steady::{self, RUNS};
use crate::findings::verification::{Run, Source, Verdict};
use crate::findings::{Remedy, StartMethod, SymptomKind};
use crate::runtime::observation::{Observation, ProcessSeen, Role};
use crate::runtime::symptom::Shown;

/// Judges a finding of which two runs are known.
pub fn judge(trial: &Trial<'_>, kind: SymptomKind, method: StartMethod, seen: &[&Observation], run: &mut Run) {
    let [plain, .., traced] = seen else { return };
    // A program that did not end has not said what it would have said. That something is wrong besides is no obstacle:
    // the control has to be without it.
    if plain.stopped.is_some() || traced.stopped.is_some() {
        let (verdict, reason) = trial.not_seen(oracle::instead(plain), traced);
        (run.verdict, run.reason) = (verdict, Some(reason));
        return;
    }
    let ran = oracle::lines_run(traced);
    let needed: BTreeSet<(String, u32)> = ran
        .into_iter()
        .filter(|(file, row)| places::hold(trial.places, file, *row))
        .collect();
    let own = trial.places.first();
    let Some(own) = own.filter(|own| {
        needed
            .iter()
            .any(|(file, row)| *file == own.file && own.rows.contains(row))
    }) else {
        let (_, reason) = trial.not_seen(oracle::instead(plain), traced);
        run.reason = Some(reason);
        return;
    };
    if let Some(name) = trial.harness.is_made_up_at(trial.places) {
        run.reason = Some(format!("`{name}` holds a stand-in, and the finding's lines use it"));
        return;
    }
    let at = (own.file.clone(), *own.rows.start());
    if kind == SymptomKind::LostOutput {
        lost_output(trial, method, [plain, traced], at, run);
        return;
    }
    // That tasks may well be started together is shown by those that overtake each other, and by no fix.
    let is_one_by_one = trial.finding.hints.is_one_by_one;
    let mut controls: Vec<Control> = trial.fix(method).into_iter().filter(|_| !is_one_by_one).collect();
    controls.extend(trial.remedies(method));
    if kind == SymptomKind::WrongResult {
        controls.extend(trial.clean_methods(method));
    }
    if has_daemons(traced) {
        controls.extend(trial.changed(method, Change::NoDaemons));
    }
    if kind == SymptomKind::Serial {
        let related = trial
            .places
            .iter()
            .map(|place| (place.file.clone(), *place.rows.start()));
        controls.extend(trial.without(related, method));
    }
    if controls.is_empty() {
        run.reason = Some("only a comparison with a fixed program shows it, and no fix is known".to_owned());
        return;
    }
    let mut problems = Vec::new();
    for control in controls {
        match try_control(trial, &control, method, kind, seen, &needed) {
            Ok(Some((detail, source, times))) => {
                if let Ok(seen) = trial.run_control(&control, kind, &needed, traced) {
                    trial.note_control(&control, &seen, run);
                }
                run.seen = (times, seen.len() as u32);
                run.verdict = Verdict::Confirmed;
                run.control = Some("clean".to_owned());
                run.compared_with = Some(control.words);
                show(run, &sight(kind, detail, at, source));
                return;
            }
            Ok(None) => {
                // Only of a fixed program it can be said what it ought to do.
                if control.is_fix {
                    run.verdict = Verdict::NotReproduced;
                }
                problems.push(format!("{}: it does the same", control.words));
            }
            Err(problem) => problems.push(format!("{}: {problem}", control.words)),
        }
    }
    let head = match run.verdict {
        Verdict::NotReproduced => "the line was run, and nothing differs in the control",
        _ => "no control shows a difference",
    };
    run.seen = (0, 2);
    run.reason = Some(format!("{head}: {}", problems.join("; ")));
}

/// How two runs differ from two of a control, if they do.
fn try_control(
    trial: &Trial<'_>,
    control: &Control,
    method: StartMethod,
    kind: SymptomKind,
    seen: &[&Observation],
    needed: &BTreeSet<(String, u32)>,
) -> Result<Option<(String, Source, u32)>, String> {
    let [first, second] = trial.run_control(control, kind, needed, seen[0])?;
    let (Ok(first), Ok(second)) = (&*first, &*second) else {
        return Err("it was not run".to_owned());
    };
    if kind == SymptomKind::Serial {
        let is_serial = |seen: &Observation| at_once(&seen.processes) < 2;
        let differ = seen.iter().all(|one| is_serial(one)) && !is_serial(first) && !is_serial(second);
        let most = at_once(&second.processes);
        let detail = format!("no two children were ever there at once; in the control {most} were");
        return Ok(differ.then_some((detail, Source::Seen, 2)));
    }
    let printed = as_printed(trial, control, method, kind, seen, [first, second]);
    // Of what runs at another time it proves nothing that the program prints something else.
    let is_measured = measure::is_needed(trial, control);
    if let (Ok(Some(_)), false) = (&printed, is_measured) {
        return printed;
    }
    match measured(trial, control, kind, needed) {
        Some((detail, times)) => Ok(Some((detail, Source::Said, times))),
        None if is_measured => Ok(None),
        None => printed,
    }
}

/// How what two runs print differs from what two of a control do.
fn as_printed(
    trial: &Trial<'_>,
    control: &Control,
    method: StartMethod,
    kind: SymptomKind,
    seen: &[&Observation],
    [first, second]: [&Observation; 2],
) -> Result<Option<(String, Source, u32)>, String> {
    let is_wide = control.change == Change::Remedy(Remedy::SharedMemory) || control.is_other_method;
    let in_words = |(wrong, right)| format!("the program prints {wrong} where the control prints {right}");
    if lines(first) != lines(second) && !is_wide && !trial.slow {
        return match steady::difference(trial, control, kind, seen, [first, second]) {
            Some(difference) => Ok(Some((in_words(difference), Source::Said, 2))),
            None => Err("it does not print the same each time".to_owned()),
        };
    }
    // What is logged counts where all print the same otherwise.
    let is_as_printed = |one: &Observation| lines(one) == lines(first);
    let told: fn(&Observation) -> Vec<&str> = match is_as_printed(second) && seen.iter().all(|one| is_as_printed(one)) {
        true => logged,
        false => lines,
    };
    if told(first) != told(second) {
        return Err("it does not print the same each time".to_owned());
    }
    let others: Vec<&&Observation> = seen.iter().filter(|one| told(one) != told(first)).collect();
    // Of two runs both; of those that were slowed down, all but one.
    let enough = if trial.slow { seen.len() - 1 } else { seen.len() };
    let shown = others.first().filter(|_| others.len() >= enough);
    let detail = |wrong: &Observation| in_words(difference(&told(wrong), &told(first)));
    if shown.is_some() && is_wide {
        only_this_line(trial, control, method, seen, told)?;
    }
    Ok(shown.map(|wrong| (detail(wrong), Source::Said, others.len() as u32)))
}

/// Where all memory is shared, or under another start method, more than the finding's line may come out otherwise, and it may
/// be meant that each process has its own. It is this line's doing where the control without the line, or without the
/// other one that the finding speaks of, prints what the program prints as it is.
fn only_this_line(
    trial: &Trial<'_>,
    control: &Control,
    method: StartMethod,
    seen: &[&Observation],
    told: fn(&Observation) -> Vec<&str>,
) -> Result<(), String> {
    let is_explained = |place: &Place| {
        let taken = control::without(trial.harness, &place.file, *place.rows.start(), Taken::Binding);
        taken.is_some_and(|(texts, ..)| {
            let without = control::changed(trial.harness, &texts, control.method, String::new());
            (0..2).all(|time| {
                let how = control.how(How { time, ..PLAIN });
                let other = trial.run(&without.harness, control.method, how, "", trial.places);
                let Ok(other) = &*other else { return false };
                // What depends on who comes first takes some runs to come out in the same way.
                seen.iter().any(|seen| told(seen) == told(other))
                    || (2..RUNS).any(|time| {
                        let how = How { time, ..PLAIN };
                        let again = trial.run(trial.harness, method, how, "", trial.places);
                        matches!(&*again, Ok(again) if told(again) == told(other))
                    })
            })
        })
    };
    match trial.places.iter().any(is_explained) {
        true => Ok(()),
        false => Err("more than the finding's lines may make the difference there".to_owned()),
    }
}

/// Output is lost where the same program, with output that waits in no buffer, prints more.
fn lost_output(trial: &Trial<'_>, method: StartMethod, runs: [&Observation; 2], at: (String, u32), run: &mut Run) {
    let unbuffered = |time, traced| How {
        time,
        traced,
        unbuffered: true,
        ..TRACED
    };
    let first = trial.run(trial.harness, method, unbuffered(0, false), trial.lines, trial.places);
    let second = trial.run(trial.harness, method, unbuffered(1, true), trial.lines, trial.places);
    let (Ok(first), Ok(second)) = (&*first, &*second) else {
        run.reason = Some("the program could not be run without buffers".to_owned());
        return;
    };
    let words = "the same with output that waits in no buffer";
    for seen in [first, second] {
        if !oracle::is_clean(seen, SymptomKind::LostOutput) {
            let shown = oracle::instead(seen).unwrap_or_default();
            run.reason = Some(format!("no control was clean: {words}: {shown}"));
            return;
        }
    }
    if !oracle::lines_run(second).contains(&at) {
        run.reason = Some(format!("no control ran the line: {words}"));
        return;
    }
    let lost: Vec<Vec<&str>> = [(runs[0], first), (runs[1], second)]
        .into_iter()
        .map(|(buffered, all)| missing(&lines(buffered), &lines(all)))
        .collect();
    match lost.as_slice() {
        [one, other] if !one.is_empty() && !other.is_empty() => {
            let line = one.first().copied().unwrap_or_default();
            let detail = format!(
                "{} of the lines that the program prints never appear, such as {line:?}",
                one.len()
            );
            run.seen = (2, 2);
            run.verdict = Verdict::Confirmed;
            run.control = Some("clean".to_owned());
            run.compared_with = Some(words.to_owned());
            show(run, &sight(SymptomKind::LostOutput, detail, at, Source::Said));
        }
        _ => {
            run.verdict = Verdict::NotReproduced;
            run.reason = Some("the line was run, and no output was lost".to_owned());
        }
    }
}

fn sight(kind: SymptomKind, detail: String, at: (String, u32), source: Source) -> Sight {
    Sight {
        shown: Shown::plain(kind),
        detail,
        at,
        source,
        stacks: Vec::new(),
        leaked: Vec::new(),
        is_caught: false,
    }
}

/// What a program wrote, whichever of its processes was first.
pub(super) fn lines(seen: &Observation) -> Vec<&str> {
    let mut lines: Vec<&str> = seen.stdout.text.lines().collect();
    lines.sort_unstable();
    lines
}

/// What a program wrote to its standard error, likewise.
fn logged(seen: &Observation) -> Vec<&str> {
    let mut lines: Vec<&str> = seen.stderr.text.lines().collect();
    lines.sort_unstable();
    lines
}

/// The lines of one output that are not in another.
fn missing<'o>(some: &[&'o str], all: &[&'o str]) -> Vec<&'o str> {
    let mut there = some.to_vec();
    let mut missing = all.to_vec();
    missing.retain(|line| match there.binary_search(line) {
        Ok(at) => {
            there.remove(at);
            false
        }
        Err(_) => true,
    });
    missing
}

/// How two outputs differ: the first line of each that is not in the other.
pub(super) fn difference(one: &[&str], other: &[&str]) -> (String, String) {
    let quoted = |lines: &[&str]| match lines.first() {
        Some(line) => format!("{:?}", line.chars().take(80).collect::<String>()),
        None => "nothing more".to_owned(),
    };
    (quoted(&missing(other, one)), quoted(&missing(one, other)))
}

/// The most children that were there at one moment.
fn at_once(processes: &[ProcessSeen]) -> usize {
    let children = || processes.iter().filter(|process| process.role == Role::Other);
    let there = |process: &ProcessSeen, at: f64| process.appeared <= at && process.gone.is_none_or(|gone| gone > at);
    children()
        .map(|process| children().filter(|other| there(other, process.appeared)).count())
        .max()
        .unwrap_or(0)
}
