//! Profiles: what is looked for, and how gravely it is taken, by one word.

use std::io;

use serde_json::{Value, json};

use crate::audit::{self, AFTER, BEFORE};
use crate::config::{Overrides, PythonRange};
use crate::findings::{Platform, Severity};
use crate::lang::Translation;
use crate::lint::Outcome;
use crate::report;
use crate::report::termcolor::WriteColor;

/// The rules that are off by default and tell of a program that leaves its start method to the platform.
const IMPLICIT: &str = "MP708";

/// What a check is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Profile {
    /// What fails, and advice beside it
    #[default]
    Default,
    /// All rules, and advice counts as a warning
    Strict,
    /// Whether programs survive the change from fork to forkserver in Python 3.14, on Linux
    Py314,
}

impl Profile {
    /// What the profile says, below what else the command line says.
    pub fn apply(self, overrides: &mut Overrides) {
        match self {
            Self::Default => {}
            Self::Strict => {
                if overrides.select.is_none() {
                    overrides.extend_select.push("ALL".to_owned());
                }
            }
            Self::Py314 => {
                overrides.extend_select.push(IMPLICIT.to_owned());
                overrides.target_python.get_or_insert(PythonRange {
                    oldest: BEFORE,
                    newest: AFTER,
                });
                if overrides.platforms.is_empty() {
                    overrides.platforms.push(Platform::Linux);
                }
            }
        }
    }

    /// How gravely findings are taken.
    pub fn grade(self, outcome: &mut Outcome) {
        if self == Self::Strict {
            for finding in &mut outcome.findings {
                finding.severity = finding.severity.max(Severity::Warning);
            }
        }
    }
}

/// Writes what becomes of the programs.
pub fn write_audit(out: &mut dyn WriteColor, outcome: &Outcome, translation: Translation) -> io::Result<()> {
    report::write_audit(out, &audit::audit(outcome), translation)
}

/// The findings, which are an array already, together with what becomes of the programs.
pub fn write_json(
    out: &mut dyn WriteColor,
    findings: &[u8],
    outcome: &Outcome,
    translation: Translation,
) -> io::Result<()> {
    let findings: Value = serde_json::from_slice(findings)?;
    let programs = report::audit_json(&audit::audit(outcome), translation);
    serde_json::to_writer_pretty(&mut *out, &json!({"programs": programs, "findings": findings}))?;
    writeln!(out)
}
