//! What experiments say of findings: for a person, and as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::visible;
use crate::findings::verification::{Run, Source, Verdict, Verification};
use crate::findings::{Finding, StartMethod};

/// Writes each finding with its verdict and the evidence, and a table of all.
///
/// # Errors
/// What the writer returns.
pub fn write_full(out: &mut dyn Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    for (finding, verification) in findings.iter().zip(verifications) {
        one(out, finding, verification)?;
    }
    table(out, findings, verifications)
}

fn place(finding: &Finding) -> String {
    let file = &finding.location.file;
    let at = file.line_column(finding.location.span.start);
    format!("{}:{}:{}", file.name(), at.row, at.column)
}

fn one(out: &mut dyn Write, finding: &Finding, verification: &Verification) -> io::Result<()> {
    writeln!(
        out,
        "{}: {} {} {}",
        visible(&place(finding)),
        finding.rule.code,
        verification.verdict,
        visible(&finding.message)
    )?;
    if let Some(reason) = &verification.reason {
        writeln!(out, "  why: {}", visible(reason))?;
    }
    if let Some(harness) = &verification.harness {
        writeln!(out, "  run: {}", visible(harness))?;
    }
    for stand_in in &verification.stand_ins {
        writeln!(out, "  stand-in: {}", visible(stand_in))?;
    }
    for amplified in &verification.amplified {
        writeln!(out, "  amplified: {}", visible(amplified))?;
    }
    for group in groups(&verification.runs) {
        let Some(run) = group.first() else { continue };
        let conditions: Vec<String> = conditions(&group);
        writeln!(out, "  {}: {}", conditions.join("; "), run.verdict)?;
        if let Some(detail) = &run.detail {
            let word = match run.source {
                Some(Source::Seen) => "seen from outside",
                _ => "the program's own word",
            };
            writeln!(
                out,
                "    {}: {} ({word}, {} of {} runs)",
                run.symptom,
                visible(detail),
                run.seen.0,
                run.seen.1
            )?;
        }
        for stack in &run.stacks {
            writeln!(
                out,
                "    {}: {}",
                visible(&stack.process),
                visible(&stack.frames.join(" < "))
            )?;
        }
        if let Some(control) = &run.compared_with {
            writeln!(
                out,
                "    control: {}: {}",
                visible(control),
                run.control.as_deref().unwrap_or("clean")
            )?;
        }
        if let Some(after) = &run.after_fix {
            let word = if after.holds { "holds" } else { "does not hold" };
            let fix = finding.fix.as_ref().map_or("", |fix| fix.message.as_str());
            writeln!(out, "    the fix {word}: {}: {}", visible(fix), visible(&after.detail))?;
        }
        if run.verdict != Verdict::Confirmed
            && let Some(reason) = &run.reason
        {
            writeln!(out, "    {}", visible(reason))?;
        }
        writeln!(out, "    again: --replay {}", run.replay)?;
    }
    writeln!(out)
}

/// Runs that came to the same, put together.
fn groups(runs: &[Run]) -> Vec<Vec<&Run>> {
    let mut groups: Vec<Vec<&Run>> = Vec::new();
    for run in runs {
        let same = |group: &&mut Vec<&Run>| {
            group.first().is_some_and(|other| {
                other.verdict == run.verdict
                    && other.symptom == run.symptom
                    && other.at == run.at
                    && other.compared_with == run.compared_with
                    && other.stacks.len() == run.stacks.len()
                    && other.after_fix == run.after_fix
                    && (other.verdict == Verdict::Confirmed || other.reason == run.reason)
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(run),
            None => groups.push(vec![run]),
        }
    }
    groups
}

/// `Python 3.11.7, 3.13.0 under spawn`, by start method.
fn conditions(group: &[&Run]) -> Vec<String> {
    let mut pythons: BTreeMap<StartMethod, Vec<&str>> = BTreeMap::new();
    for run in group {
        pythons.entry(run.start_method).or_default().push(&run.python);
    }
    let mut by_pythons: Vec<(Vec<&str>, Vec<StartMethod>)> = Vec::new();
    for (method, pythons) in pythons {
        match by_pythons.iter_mut().find(|(known, _)| *known == pythons) {
            Some((_, methods)) => methods.push(method),
            None => by_pythons.push((pythons, vec![method])),
        }
    }
    let words = by_pythons.iter().map(|(pythons, methods)| {
        let methods: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
        format!("Python {} under {}", pythons.join(", "), methods.join(", "))
    });
    words.collect()
}

/// The interpreters and start methods under which anything was run.
pub(super) fn columns(verifications: &[Verification]) -> Vec<(&str, StartMethod)> {
    let mut columns: Vec<(&str, StartMethod)> = Vec::new();
    for run in verifications.iter().flat_map(|verification| &verification.runs) {
        let column = (run.python.as_str(), run.start_method);
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let key = |python: &str| -> Vec<u32> { python.split('.').map(|part| part.parse().unwrap_or(0)).collect() };
    columns.sort_by_key(|&(python, method)| (key(python), method));
    columns
}

/// Finding by interpreter by start method.
fn table(out: &mut dyn Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    let columns = columns(verifications);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let heads = |word: fn(&(&str, StartMethod)) -> String| columns.iter().map(word);
    lines.push(
        [String::new()]
            .into_iter()
            .chain(heads(|(python, _)| (*python).to_owned()))
            .chain([String::new()])
            .collect(),
    );
    let second = heads(|(_, method)| method.to_string());
    lines.push(
        ["finding".to_owned()]
            .into_iter()
            .chain(second)
            .chain(["verdict".to_owned()])
            .collect(),
    );
    for (finding, verification) in findings.iter().zip(verifications) {
        let mut line = vec![format!("{} {}", finding.rule.code, visible(&place(finding)))];
        for &(python, method) in &columns {
            let run = verification
                .runs
                .iter()
                .find(|run| run.python == python && run.start_method == method);
            line.push(run.map_or_else(|| "·".to_owned(), cell));
        }
        line.push(verification.verdict.to_string());
        lines.push(line);
    }
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len() + 2).map(width).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// What is said of a run in one or two words.
pub(super) fn cell(run: &Run) -> String {
    match run.verdict {
        Verdict::Confirmed => run.symptom.clone(),
        Verdict::Refuted => "refuted".to_owned(),
        Verdict::NotReproduced => "not seen".to_owned(),
        Verdict::Inconclusive | Verdict::NotRun => "?".to_owned(),
    }
}

/// Writes the findings as `check` does, each with its verification.
///
/// # Errors
/// What the writer returns.
pub fn write_json(out: &mut dyn Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    super::json::write_verified(out, findings, verifications)
}
