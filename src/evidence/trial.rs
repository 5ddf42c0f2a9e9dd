//! One trial: an example is run, with whatever it has to be compared with, and held against its page.

use crate::findings::{StartMethod, SymptomKind};
use crate::rules::page::{ExampleFile, MAIN_FILE};
use crate::runtime::experiment::{Entry, Experiment, Laboratory};
use crate::runtime::job::ProgramFile;
use crate::runtime::observation::{Observation, ProcessSeen, Role};
use crate::runtime::supervisor::SupervisorError;
use crate::runtime::symptom::{Shown, symptoms};

use super::plan::Trial;

/// Runs of one trial where the first does not show what the page says. A race need be seen in one of them only; of all
/// else, most must agree.
const RUNS: u32 = 3;

/// What runs a notebook, in place of a kernel.
const KERNEL_FILE: &str = "kernel.py";

/// As in a kernel, the cells run in a `__main__` that no file belongs to.
const KERNEL: &str = r#"
import json
import sys
import types

with open("NOTEBOOK") as file:
    cells = json.load(file)["cells"]
sys.modules["__main__"] = types.ModuleType("__main__")
for number, cell in enumerate(cells, 1):
    code = compile("".join(cell["source"]), f"<cell {number}>", "exec")
    exec(code, sys.modules["__main__"].__dict__)
"#;

/// What came out of a trial.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the last run showed.
    pub shown: Vec<Shown>,
    /// Whether the page is right.
    pub holds: bool,
    /// How often the trial was made.
    pub runs: u32,
    /// In how many of the runs the page was right.
    pub held: u32,
    /// The observation of the last run.
    pub seen: Observation,
    /// What it was compared with, where that was not as it should be.
    pub obstacle: Option<String>,
}

impl Trial<'_> {
    /// Makes the trial.
    ///
    /// # Errors
    ///
    /// Where nothing was seen, for reasons that are not the example's.
    pub fn run(&self, laboratory: &Laboratory) -> Result<Outcome, SupervisorError> {
        let expected = self.expected();
        // Two processes may by chance not get in each other's way.
        let is_race = matches!(
            expected.kind,
            SymptomKind::WrongResult | SymptomKind::LostOutput | SymptomKind::Serial
        );
        let (mut runs, mut held) = (0, 0);
        loop {
            let look = self.look(laboratory)?;
            runs += 1;
            held += u32::from(is_as_expected(&expected, &look.shown));
            let is_settled = held == runs || (is_race && held > 0);
            if is_settled || runs == RUNS {
                return Ok(Outcome {
                    holds: is_settled || held * 2 > runs,
                    shown: look.shown,
                    runs,
                    held,
                    seen: look.seen,
                    obstacle: look.obstacle,
                });
            }
        }
    }

    fn look(&self, laboratory: &Laboratory) -> Result<Look, SupervisorError> {
        let subject = self.subject;
        let run = |files: &[ExampleFile], environment: &[(&str, &str)]| self.experiment(laboratory, files, environment);
        let seen = run(&subject.files, &[])?;
        let mut shown = symptoms(&seen);
        let mut obstacle = None;
        let ended = seen.stopped.is_none();
        if ended && let Some(fixed) = &subject.fixed {
            let compares_results = subject.ever_shows(SymptomKind::WrongResult);
            let compares_times = subject.ever_shows(SymptomKind::Serial);
            if compares_results || compares_times {
                let right = run(fixed, &[])?;
                let is_right = symptoms(&right);
                if is_right != [Shown::plain(SymptomKind::Clean)] {
                    obstacle = Some(format!("the fixed program {}", sentence(&is_right)));
                } else if compares_results && lines(&seen) != lines(&right) {
                    shown.push(Shown::plain(SymptomKind::WrongResult));
                } else if compares_times && at_once(&seen.processes) < 2 && at_once(&right.processes) >= 2 {
                    shown.push(Shown::plain(SymptomKind::Serial));
                }
            }
        }
        if subject.page_shows(SymptomKind::LostOutput) {
            let unbuffered = run(&subject.files, &[("PYTHONUNBUFFERED", "1")])?;
            if lines(&unbuffered).len() > lines(&seen).len() {
                shown.push(Shown::plain(SymptomKind::LostOutput));
            }
        }
        if shown.len() > 1 {
            shown.retain(|shown| shown.kind != SymptomKind::Clean);
        }
        Ok(Look { shown, seen, obstacle })
    }

    fn experiment(
        &self,
        laboratory: &Laboratory,
        files: &[ExampleFile],
        environment: &[(&str, &str)],
    ) -> Result<Observation, SupervisorError> {
        let mut program: Vec<ProgramFile> = files
            .iter()
            .map(|file| ProgramFile {
                path: file.file.clone(),
                text: file.on_disk().into_owned(),
            })
            .collect();
        let has_main = files.iter().any(|file| file.file == MAIN_FILE);
        let mut first = files.first().map_or(MAIN_FILE, |file| file.file.as_str());
        if let Some(notebook) = files.first().filter(|file| file.is_notebook()) {
            first = KERNEL_FILE;
            program.push(ProgramFile {
                path: KERNEL_FILE.to_owned(),
                text: KERNEL.replace("NOTEBOOK", &notebook.file),
            });
        }
        laboratory.run(&Experiment {
            files: &program,
            entry: Entry::Script(if has_main { MAIN_FILE } else { first }),
            interpreter: self.interpreter,
            method: Some(self.method),
            environment,
        })
    }

    /// The start method that is forced.
    #[must_use]
    pub const fn method(&self) -> StartMethod {
        self.method
    }
}

struct Look {
    shown: Vec<Shown>,
    seen: Observation,
    obstacle: Option<String>,
}

fn is_as_expected(expected: &Shown, shown: &[Shown]) -> bool {
    if expected.kind == SymptomKind::Clean {
        return shown == [Shown::plain(SymptomKind::Clean)];
    }
    shown
        .iter()
        .any(|one| one.kind == expected.kind && (expected.detail.is_none() || one.detail == expected.detail))
}

/// What a program wrote, whichever of its processes was first.
fn lines(seen: &Observation) -> Vec<&str> {
    let mut lines: Vec<&str> = seen.stdout.text.lines().collect();
    lines.sort_unstable();
    lines
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

/// `raises TypeError and hangs`.
#[must_use]
pub fn sentence(shown: &[Shown]) -> String {
    let words: Vec<String> = shown.iter().map(ToString::to_string).collect();
    words.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::{Role, is_as_expected};
    use crate::findings::SymptomKind;
    use crate::runtime::observation::ProcessSeen;
    use crate::runtime::symptom::Shown;

    #[test]
    fn clean_means_nothing_else() {
        let clean = Shown::plain(SymptomKind::Clean);
        let raises = Shown::with(SymptomKind::Raises, "TypeError");
        assert!(is_as_expected(&clean, std::slice::from_ref(&clean)));
        assert!(!is_as_expected(&clean, std::slice::from_ref(&raises)));
        assert!(is_as_expected(
            &raises,
            &[Shown::plain(SymptomKind::Hangs), raises.clone()]
        ));
        assert!(!is_as_expected(
            &raises,
            &[Shown::with(SymptomKind::Raises, "KeyError")]
        ));
        assert!(is_as_expected(&Shown::plain(SymptomKind::Raises), &[raises]));
    }

    #[test]
    fn children_at_one_moment_are_counted() {
        let process = |appeared, gone| ProcessSeen {
            pid: 1,
            parent: 0,
            role: Role::Other,
            appeared,
            gone: Some(gone),
            exit: None,
        };
        assert_eq!(super::at_once(&[process(0.0, 1.0), process(1.0, 2.0)]), 1);
        assert_eq!(
            super::at_once(&[process(0.0, 1.5), process(1.0, 2.0), process(1.2, 1.3)]),
            3
        );
        assert_eq!(super::at_once(&[]), 0);
    }
}
