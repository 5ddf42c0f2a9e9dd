//! `--fix` together with experiments: only what holds in them is made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::api::Api;
use crate::cli::check::Linter;
use crate::cli::output::{Colour, Messages};
use crate::files::{SourceFile, Unwritten, cleaned};
use crate::findings::verification::{Verdict, Verification};
use crate::findings::{Finding, fingerprint};
use crate::fix::rounds::read_again;
use crate::fix::{self, Wanted};
use crate::lint::{self, Outcome};
use crate::report;

/// The fixes of a check, and what experiments say of them.
pub struct Proved<'a> {
    /// What is looked at.
    pub paths: &'a [PathBuf],
    /// How.
    pub linter: &'a Linter,
    /// What is known of libraries.
    pub api: &'a Api,
    /// The findings.
    pub outcome: &'a Outcome,
    /// What experiments say of them, in their order.
    pub verifications: &'a [Verification],
    /// Which fixes are made.
    pub wanted: Wanted,
    /// Whether they are only shown.
    pub diff: bool,
}

/// What came of it.
pub struct Applied {
    /// What the linter says afterwards.
    pub outcome: Outcome,
    /// Whether a file could not be written.
    pub failed: bool,
    /// Whether a confirmed finding is left.
    pub is_left: bool,
    /// How many files are changed.
    pub changed: usize,
}

impl Proved<'_> {
    /// Makes or shows the fixes that hold, and says of the others why they are not made.
    pub fn apply(&self, colour: Colour, messages: Messages) -> anyhow::Result<Applied> {
        let ids = fingerprint::of_all(&self.outcome.findings);
        let all = || self.outcome.findings.iter().zip(&ids).zip(self.verifications);
        let mut holding: BTreeSet<(&str, &str)> = BTreeSet::new();
        for ((finding, id), verification) in all() {
            if verification.fix_holds == Some(true) {
                holding.insert((finding.rule.code, id));
            } else if finding.fix.as_ref().is_some_and(|fix| self.wanted.admits(fix)) {
                let row = finding.location.file.line_column(finding.location.span.start).row;
                messages.warning(&format!(
                    "the fix of {} at `{}:{row}` is not made: {}",
                    finding.rule.code,
                    finding.location.file.name(),
                    why_not(verification)
                ));
            }
        }
        let base = &self.linter.discover.working_directory;
        let absolute = |path: &Path| -> PathBuf { cleaned(&base.join(path)) };
        let read = |file: &SourceFile| read_again(&absolute(file.path()));
        let fixes = self.linter.run(self.api, |options| {
            let lint = |unwritten: &Unwritten| {
                let mut outcome = lint::check_paths_with(self.paths, unwritten, options);
                let ids = fingerprint::of_all(&outcome.findings);
                let take = |(finding, id): (&mut Finding, &String)| {
                    if !holding.contains(&(finding.rule.code, id.as_str())) {
                        finding.fix = None;
                    }
                };
                outcome.findings.iter_mut().zip(&ids).for_each(take);
                outcome
            };
            fix::fix(&lint, &absolute, &read, self.wanted)
        })?;
        for dropped in &fixes.dropped {
            messages.warning(&format!(
                "the fix of {} at `{}:{}` is left out: {}",
                dropped.code, dropped.file, dropped.row, dropped.why
            ));
        }
        let mut failed = false;
        let (mut made, mut changed) = (0, 0);
        for file in &fixes.files {
            if self.diff {
                let mut out = colour.stdout();
                fix::diff::write(&mut out, file.file.name(), file.file.text(), &file.text)?;
                std::io::Write::flush(&mut out)?;
            } else if let Err(error) = fix::write::replace(&absolute(file.file.path()), &file.old, &file.new) {
                failed = true;
                messages.error(&format!("`{}` is not fixed: it {error}", file.file.name()));
                continue;
            }
            made += file.fixed;
            changed += 1;
        }
        if changed > 0 {
            messages.remark(&format!(
                "{} {} in {}, each after an experiment with it.",
                if self.diff { "Would fix" } else { "Fixed" },
                report::counted(made, "finding"),
                report::counted(changed, "file")
            ));
        }
        let confirmed = self
            .verifications
            .iter()
            .filter(|one| one.verdict == Verdict::Confirmed);
        Ok(Applied {
            is_left: confirmed.count() > made,
            outcome: fixes.outcome,
            failed,
            changed,
        })
    }
}

/// Why a fix is not made.
fn why_not(verification: &Verification) -> String {
    let mut tried = verification
        .runs
        .iter()
        .filter_map(|run| Some((run, run.after_fix.as_ref()?)));
    match tried.find(|(_, after)| !after.holds) {
        Some((run, after)) => format!("under Python {} and {}, {}", run.python, run.start_method, after.detail),
        None => format!("the finding is not confirmed, but {}", verification.verdict),
    }
}
