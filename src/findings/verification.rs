//! What experiments have said of a finding, as plain data.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::timeline::Timeline;
use super::{Condition, Finding, Platform, PythonVersion, StartMethod, SymptomKind};

/// What experiments say of a finding, or of it under one interpreter and one start method.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The predicted symptom was seen at the predicted place, twice of two, and a control was clean.
    Confirmed,
    /// The line was run under every predicted condition, what it does was checked, and it does not fail.
    Refuted,
    /// The line was run where it should fail, and nothing was seen. The finding stands.
    NotReproduced,
    /// Nothing was learned, for a reason that is given.
    Inconclusive,
    /// No experiment was made.
    NotRun,
}

impl Verdict {
    /// The word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
            Self::NotReproduced => "not-reproduced",
            Self::Inconclusive => "inconclusive",
            Self::NotRun => "not-run",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How much of the user's program an experiment ran.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The program as the user runs it.
    Program,
    /// The user's files, and whatever had to stand in for what they need.
    Harness,
}

/// On whose word an observation rests.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// It was seen from outside: a wait, an exit, a signal, a name that is left.
    Seen,
    /// The program said so itself: an exception, a printed value.
    Said,
}

/// What experiments have said of one finding.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Verification {
    /// Over all interpreters and start methods.
    pub verdict: Verdict,
    /// What was run; none where nothing was.
    pub level: Option<Level>,
    /// What was run, in words: `main.py as the main program`.
    pub harness: Option<String>,
    /// Why it is not confirmed.
    pub reason: Option<String>,
    /// The level of the sandbox.
    pub sandbox: String,
    /// What was made larger or slower, so that a rare thing shows.
    pub amplified: Vec<String>,
    /// What stood in for something that was missing.
    pub stand_ins: Vec<String>,
    /// Whether the finding's fix holds wherever the finding is confirmed; none where that was not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_holds: Option<bool>,
    /// The id of the finding, for `--replay`.
    pub replay: String,
    /// One for each interpreter and start method.
    pub runs: Vec<Run>,
}

/// What came out under one interpreter and one start method.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    /// The version of the interpreter.
    pub python: String,
    /// The start method that was forced.
    pub start_method: StartMethod,
    /// What the finding predicts here; none where it predicts that nothing is wrong.
    pub predicted: Option<String>,
    /// What this says of the finding.
    pub verdict: Verdict,
    /// Why it is not confirmed.
    pub reason: Option<String>,
    /// What was seen, in a word; of a prediction that was seen, that.
    pub symptom: String,
    /// What was seen, in a sentence.
    pub detail: Option<String>,
    /// Where: `main.py:12`.
    pub at: Option<String>,
    /// On whose word.
    pub source: Option<Source>,
    /// Of a hang, where each process stood.
    pub stacks: Vec<StackOf>,
    /// What was left behind.
    pub leaked: Vec<String>,
    /// How many runs showed it, of how many.
    pub seen: (u32, u32),
    /// Seconds of the last run.
    pub seconds: f64,
    /// What the control showed: `clean`; none where there was none.
    pub control: Option<String>,
    /// What the control was: `the same program under fork`.
    pub compared_with: Option<String>,
    /// The arguments that the program asked for on its command line and was given.
    #[serde(skip)]
    pub given: Vec<String>,
    /// What was made slower, so that a rare thing shows.
    pub amplified: Option<String>,
    /// What came of the same with the finding's fix, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_fix: Option<AfterFix>,
    /// What the processes did, as the program is and in what it is compared with; empty unless it was asked for.
    #[serde(skip)]
    pub timelines: Vec<Timeline>,
    /// Its id, for `--replay`.
    pub replay: String,
}

/// What came of a program with the fix of a finding, under one interpreter and one start method.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AfterFix {
    /// Whether the symptom is gone, the same lines run, and what the program prints is as expected.
    pub holds: bool,
    /// What was seen, or why it does not hold: a fragment.
    pub detail: String,
}

/// Where one thread of a hung program stood.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StackOf {
    /// The process, in words: `main process`, `child Process-1`.
    pub process: String,
    /// The calls, the deepest first: `main.py:12 in main`.
    pub frames: Vec<String>,
}

impl Finding {
    /// What this finding predicts on Linux under a version and a start method.
    #[must_use]
    pub fn predicted(&self, python: PythonVersion, method: StartMethod) -> Vec<Condition> {
        let holds = |condition: &&Condition| {
            condition.start_method == method
                && condition.python.contains(python)
                && condition.platforms.contains(Platform::Linux.into())
        };
        self.fails_under.iter().filter(holds).copied().collect()
    }

    /// Whether it predicts anything that a run on Linux could show.
    #[must_use]
    pub fn can_show(&self) -> bool {
        let shows = |condition: &Condition| {
            condition.platforms.contains(Platform::Linux.into())
                && !matches!(condition.symptom.kind, SymptomKind::Clean | SymptomKind::Timeout)
        };
        self.fails_under.iter().any(shows)
    }
}
