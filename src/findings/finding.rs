//! One place where a rule applies.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Condition, Fix, Hints, StartMethods};
use crate::files::{SourceFile, Span};

/// How bad it is. The order is the order of gravity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice: shown, never fails a run.
    Note,
    /// Fails only under a start method that is not the default, or can fail, or leaks.
    Warning,
    /// Fails, hangs, corrupts or computes a wrong result under the default or named start method of a target.
    Error,
}

impl Severity {
    /// The word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the analysis is of its facts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess from names or shapes.
    Low,
    /// Some fact on the way is likely rather than known.
    Medium,
    /// Every fact was followed to its source.
    High,
}

/// What a finding says about the rule it comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleInfo {
    /// The code, such as `MP401`.
    pub code: &'static str,
    /// The name of the bad pattern, such as `join-before-drain`.
    pub name: &'static str,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub struct Location {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes of its decoded text.
    pub span: Span,
}

/// Another place that helps to understand a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// What happens there: a lower-case fragment, such as "the item is put here".
    pub message: String,
    /// Where.
    pub location: Location,
}

/// One place where a rule applies.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleInfo,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One sentence, without a full stop, that names the things of the program it speaks of.
    pub message: String,
    /// Where.
    pub location: Location,
    /// Under what it fails; empty where that has no meaning (syntax, suppressions).
    pub fails_under: Vec<Condition>,
    /// Other places that explain it, in reading order.
    pub related: Vec<Related>,
    /// What to do instead, as one sentence.
    pub help: Option<String>,
    /// A repair, where one is known.
    pub fix: Option<Fix>,
    /// For who puts it to the test.
    pub hints: Hints,
}

impl Finding {
    /// The start methods under which it fails.
    #[must_use]
    pub fn start_methods(&self) -> StartMethods {
        self.fails_under
            .iter()
            .fold(StartMethods::empty(), |all, c| all | c.start_method.into())
    }
}
