//! Whether a fix holds: the same experiment before and after it.
//!
//! Before it the finding is confirmed. After it the symptom has to be gone, twice; the same lines have to be run; and the
//! program has to print what it should: what it prints under a start method for which nothing is predicted, or, where
//! there is none, all that it printed before, unless just that was wrong. Numbers are not compared, because most of those
//! that differ between two runs are ids and times.

use std::collections::BTreeSet;

use super::compare::{difference, lines};
use super::judge::{PLAIN, TRACED, Trial};
use super::oracle;
use super::places;
use super::timeline;
use crate::findings::verification::{AfterFix, Run, Verdict};
use crate::findings::{Edit, Fix, StartMethod, SymptomKind};
use crate::runtime::observation::Observation;

impl Trial<'_> {
    /// Tries a fix where a run has confirmed the finding.
    pub fn prove(&self, fix: &Fix, run: &mut Run) {
        if run.verdict != Verdict::Confirmed {
            return;
        }
        let trial = Trial {
            slow: run.amplified.is_some(),
            ..*self
        };
        run.after_fix = Some(match trial.after(fix, run) {
            Ok(detail) => AfterFix { holds: true, detail },
            Err(detail) => AfterFix { holds: false, detail },
        });
    }

    fn after(&self, fix: &Fix, run: &mut Run) -> Result<String, String> {
        let method = run.start_method;
        let predicted = self.finding.predicted(self.python, method);
        let shown = predicted
            .iter()
            .find(|condition| run.symptom.starts_with(condition.symptom.kind.as_str()));
        let kind = shown
            .or(predicted.first())
            .map_or(SymptomKind::Raises, |one| one.symptom.kind);
        let unfit = || "its edits do not fit the files that were run".to_owned();
        let control = self.fixed_by(fix, method).ok_or_else(unfit)?;
        let before = self.run(self.harness, method, PLAIN, self.lines, self.places);
        let traced = self.run(self.harness, method, TRACED, self.lines, self.places);
        let (Ok(before), Ok(traced)) = (&*before, &*traced) else {
            return Err("the program could not be run once more".to_owned());
        };
        let needed: BTreeSet<(String, u32)> = oracle::lines_run(traced)
            .into_iter()
            .filter(|(file, row)| places::hold(self.places, file, *row))
            .collect();
        let seen = self.run_control(&control, kind, &needed, before)?;
        let [Ok(first), Ok(second)] = [&*seen[0], &*seen[1]] else {
            return Err("it was not run".to_owned());
        };
        // The control may have been just this.
        let is_there = run.compared_with.as_ref() == Some(&control.words);
        if self.timelines && !is_there {
            run.timelines.push(timeline::of("with the fix", second));
        }
        if shape(first) != shape(second) {
            return Err("it does not print the same each time".to_owned());
        }
        // Where the program runs well as it is, it runs as well with the fix, and says what is expected.
        let mut expected = None;
        for clean in self.clean_methods(method) {
            let plain = self.run(self.harness, clean.method, clean.how(PLAIN), self.lines, self.places);
            let Ok(plain) = &*plain else { continue };
            if !oracle::is_clean(plain, kind) {
                continue;
            }
            let fixed = self.fixed_by(fix, clean.method).ok_or_else(unfit)?;
            let fixed = self.run(&fixed.harness, clean.method, clean.how(PLAIN), "", &[]);
            match &*fixed {
                Ok(fixed) if oracle::is_clean(fixed, kind) && shape(fixed) == shape(plain) => {}
                _ => {
                    return Err(format!(
                        "under {}, where the program runs well as it is, it does not do so any more",
                        clean.method
                    ));
                }
            }
            expected.get_or_insert((clean.method, shape(plain)));
        }
        self.is_as_expected(kind, before, first, expected)
    }

    fn is_as_expected(
        &self,
        kind: SymptomKind,
        before: &Observation,
        after: &Observation,
        expected: Option<(StartMethod, Vec<String>)>,
    ) -> Result<String, String> {
        let is_compared = matches!(kind, SymptomKind::WrongResult | SymptomKind::LostOutput);
        if is_compared && lines(before) != lines(after) {
            let (new, old) = difference(&lines(after), &lines(before));
            return Ok(format!("it ends well, and prints {new} where it printed {old}"));
        }
        if let Some((method, expected)) = expected {
            return match shape(after) == expected {
                true => Ok(format!(
                    "it ends well, and prints what the program prints under {method}"
                )),
                false => Err(format!("it does not print what the program prints under {method}")),
            };
        }
        let mut printed = shape(after);
        let lost = shape(before).into_iter().find(|line| {
            let at = printed.iter().position(|other| other == line);
            at.map(|at| printed.swap_remove(at)).is_none()
        });
        match lost {
            Some(line) if kind != SymptomKind::WrongResult => Err(format!("it does not print {line:?} any more")),
            _ => Ok("it ends well, and prints all that it printed before".to_owned()),
        }
    }
}

/// What a program printed, whichever of its processes was first, with `#` for each number.
fn shape(seen: &Observation) -> Vec<String> {
    let mut shape: Vec<String> = seen
        .stdout
        .text
        .lines()
        .map(|line| {
            let mut out = String::new();
            for c in line.chars() {
                match c.is_ascii_digit() {
                    true if out.ends_with('#') => {}
                    true => out.push('#'),
                    false => out.push(c),
                }
            }
            out
        })
        .collect();
    shape.sort_unstable();
    shape
}

/// Several fixes as one; none where they touch each other.
#[must_use]
pub fn together(fixes: &[&Fix]) -> Option<Fix> {
    let mut edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort_by(|a, b| {
        let key = |edit: &Edit| (edit.location.file.name().to_owned(), edit.location.span);
        key(a).cmp(&key(b))
    });
    let touch = |pair: &[Edit]| {
        pair[0].location.file.path() == pair[1].location.file.path()
            && pair[1].location.span.start <= pair[0].location.span.end
    };
    // The edits of one fix may lie side by side; those of two are made one after the other then.
    if fixes.len() > 1 && edits.windows(2).any(touch) {
        return None;
    }
    Some(Fix {
        edits,
        ..(*fixes.first()?).clone()
    })
}
