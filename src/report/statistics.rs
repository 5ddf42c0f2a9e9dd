//! How often each rule was found, instead of the findings.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::concise::colour;
use super::termcolor::{ColorSpec, WriteColor};
use crate::findings::{Finding, RuleInfo, Severity};

/// What is said of one rule.
#[derive(Serialize)]
struct Row {
    code: &'static str,
    name: &'static str,
    count: usize,
    /// The highest among its findings.
    severity: Severity,
}

/// The most frequent first, then by code.
fn rows(findings: &[Finding]) -> Vec<Row> {
    let mut counts: BTreeMap<RuleInfo, (usize, Severity)> = BTreeMap::new();
    for finding in findings {
        let (count, severity) = counts.entry(finding.rule).or_insert((0, finding.severity));
        *count += 1;
        *severity = finding.severity.max(*severity);
    }
    let mut rows: Vec<_> = counts
        .into_iter()
        .map(|(rule, (count, severity))| Row {
            code: rule.code,
            name: rule.name,
            count,
            severity,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows
}

/// Writes a table for people.
///
/// # Errors
/// What the writer returns.
pub fn write_statistics(out: &mut dyn WriteColor, findings: &[Finding]) -> io::Result<()> {
    let rows = rows(findings);
    let width = rows.iter().map(|row| row.count.to_string().len()).max().unwrap_or(0);
    for row in rows {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{:>width$}", row.count)?;
        out.reset()?;
        write!(out, "  ")?;
        out.set_color(&colour(row.severity))?;
        write!(out, "{}  {:<7}", row.code, row.severity)?;
        out.reset()?;
        writeln!(out, "  {}", row.name)?;
    }
    Ok(())
}

/// Writes the same as a JSON array.
///
/// # Errors
/// What the writer returns.
pub fn write_statistics_json(out: &mut dyn WriteColor, findings: &[Finding]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &rows(findings))?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, plain};

    #[test]
    fn the_most_frequent_first() {
        let mut findings = samples::all();
        findings.extend(samples::all().into_iter().filter(|f| f.rule.code == "MP401"));
        insta::assert_snapshot!(plain(|out| super::write_statistics(out, &findings)), @r#"
6  MP401  error    join-before-drain
1  MP101  error    unpicklable-callable
1  MP106  warning  target-called-not-passed
1  MP402  note     blocking-get
1  MP900  error    invalid-syntax
1  MP902  error    unreadable-file
"#);
        insta::assert_snapshot!(plain(|out| super::write_statistics_json(out, &findings[..1])), @r#"
[
  {
    "code": "MP401",
    "name": "join-before-drain",
    "count": 1,
    "severity": "error"
  }
]
"#);
        assert_eq!(plain(|out| super::write_statistics(out, &[])), "");
        assert_eq!(plain(|out| super::write_statistics_json(out, &[])), "[]\n");
    }
}
