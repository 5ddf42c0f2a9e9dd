//! Whether programs survive the change of Python 3.14: on Linux the default start method is forkserver, where it was fork.
//!
//! The change breaks what fails under forkserver on 3.14 and did not fail under fork on 3.13. That is asked of the findings;
//! nothing is looked for that no rule looks for.

use serde::Serialize;

use crate::findings::{Condition, Finding, Platforms, PythonVersion, Severity, StartMethod, SymptomKind};
use crate::lint::{Outcome, place_of};

/// The last version whose default is fork.
pub const BEFORE: PythonVersion = PythonVersion(3, 13);

/// The first version whose default is forkserver.
pub const AFTER: PythonVersion = PythonVersion(3, 14);

/// What becomes of a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Nothing that is known of it fails because of the change.
    Survives,
    /// Not all of it is known.
    Unknown,
    /// It raises, hangs or crashes.
    BreaksLoudly,
    /// It goes on, and does something else than before.
    BreaksSilently,
}

impl Fate {
    /// What a report calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::Unknown => "unknown",
            Self::BreaksLoudly => "breaks loudly",
            Self::BreaksSilently => "breaks silently",
        }
    }
}

/// What is said of one program.
#[derive(Debug)]
pub struct Program<'o> {
    /// The file that it begins with.
    pub file: &'o str,
    /// Whether the file starts processes when it is run as a script; else functions of it do, whoever calls them.
    pub as_script: bool,
    /// What becomes of it. Of several things the one that is hardest to notice.
    pub fate: Fate,
    /// What breaks it, loudly or silently.
    pub breaks: Vec<(Fate, &'o Finding)>,
    /// Why it is not known what becomes of it, or of a part of it.
    pub unknown: Option<&'static str>,
}

/// What becomes of each program that starts processes, by the names of the files.
#[must_use]
pub fn audit(outcome: &Outcome) -> Vec<Program<'_>> {
    let programs = outcome.programs.iter();
    programs
        .map(|(file, starts)| {
            let of_program = |finding: &&Finding| {
                let from = outcome.reached_from.get(&place_of(finding));
                finding.location.file.name() == file || from.is_some_and(|from| from.contains(file))
            };
            let findings = outcome.findings.iter().filter(of_program);
            let breaks: Vec<_> = findings
                .filter_map(|finding| Some((fate_by(finding)?, finding)))
                .collect();
            let unknown = if outcome.cut_short.contains(file) {
                Some("it is too large to be followed to its end")
            } else if !starts.all_known {
                Some("it is not known what all of its processes run")
            } else {
                None
            };
            let worst = breaks.iter().map(|(fate, _)| *fate).max();
            let otherwise = if unknown.is_some() {
                Fate::Unknown
            } else {
                Fate::Survives
            };
            Program {
                file,
                as_script: starts.as_script,
                fate: worst.unwrap_or(otherwise),
                breaks,
                unknown,
            }
        })
        .collect()
}

/// How a finding breaks a program that was run under fork, if it does.
fn fate_by(finding: &Finding) -> Option<Fate> {
    let on = |method: StartMethod, version: PythonVersion| {
        let is_met = move |condition: &&Condition| {
            condition.start_method == method
                && condition.python.contains(version)
                && condition.platforms.contains(Platforms::LINUX)
        };
        finding.fails_under.iter().filter(is_met)
    };
    if finding.severity < Severity::Warning || on(StartMethod::Fork, BEFORE).next().is_some() {
        return None;
    }
    let fates = on(StartMethod::Forkserver, AFTER).map(|condition| match condition.symptom.kind {
        SymptomKind::Raises
        | SymptomKind::Hangs
        | SymptomKind::Stalls
        | SymptomKind::Crashes
        | SymptomKind::Timeout => Fate::BreaksLoudly,
        _ => Fate::BreaksSilently,
    });
    fates.max()
}
