//! One sentence that says what was found.

use std::collections::HashSet;

use super::text::{and_list, counted};
use crate::findings::{Applicability, Finding, Severity};

/// The sentence. `checked` is the number of files that were looked at.
#[must_use]
pub fn summary(findings: &[Finding], checked: usize) -> String {
    if findings.is_empty() {
        return format!("No findings in {}.", counted(checked, "file"));
    }
    let parts: Vec<_> = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ]
    .into_iter()
    .filter_map(|(severity, noun)| {
        let number = findings.iter().filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| counted(number, noun))
    })
    .collect();
    let files: HashSet<_> = findings.iter().map(|finding| finding.location.file.name()).collect();
    format!("Found {} in {}.", and_list(&parts), counted(files.len(), "file"))
}

/// A sentence on what `--fix` would do about the findings, and with unsafe fixes; none where that is nothing.
#[must_use]
pub fn fixable(findings: &[Finding]) -> Option<String> {
    let count = |wanted: Applicability| {
        let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == wanted).count()
    };
    match (count(Applicability::Safe), count(Applicability::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} can be fixed with `--fix`.")),
        (0, others) => Some(format!("{others} can be fixed with `--fix --unsafe-fixes`.")),
        (safe, others) => Some(format!(
            "{safe} can be fixed with `--fix`, and {others} more with `--unsafe-fixes`."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::summary;

    #[test]
    fn numbers_and_nouns_agree() {
        assert_eq!(summary(&[], 1), "No findings in 1 file.");
        assert_eq!(summary(&[], 0), "No findings in 0 files.");
        assert_eq!(summary(&[samples::two_files()], 7), "Found 1 error in 1 file.");
        insta::assert_snapshot!(summary(&samples::all(), 9), @"Found 6 errors, 1 warning and 1 note in 8 files.");
    }
}
