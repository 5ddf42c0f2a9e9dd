//! What came out: rule and start method by Python.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::plan::Subject;
use super::record::Record;
use crate::findings::StartMethod;
use crate::runtime::interpreter::Version;

/// What the bad examples of a rule showed under one start method, by version, and how many of them; and how many of the
/// others were clean.
struct Row {
    cells: BTreeMap<Version, BTreeMap<String, usize>>,
    right: (usize, usize),
}

/// The matrix as a Markdown table: for each rule and start method, what its bad examples showed under each Python and how
/// many of them did, and how many runs of fixed and good examples were clean.
#[must_use]
pub fn markdown(records: &[Record]) -> String {
    let versions: BTreeSet<Version> = records.iter().map(|record| record.python).collect();
    let mut table = String::from("| rule | start method |");
    for version in &versions {
        let _ = write!(table, " {version} |");
    }
    table.push_str(" fixed and good |\n| --- | --- |");
    table.push_str(&" --- |".repeat(versions.len() + 1));
    table.push('\n');
    for ((code, method), row) in rows(records) {
        let _ = write!(table, "| {code} | {method} |");
        for version in &versions {
            let cell = row.cells.get(version).map_or_else(|| "–".to_owned(), cell);
            let _ = write!(table, " {cell} |");
        }
        let (clean, all) = row.right;
        let _ = writeln!(table, " {clean} of {all} clean |");
    }
    table
}

fn rows(records: &[Record]) -> BTreeMap<(&str, StartMethod), Row> {
    let mut rows: BTreeMap<(&str, StartMethod), Row> = BTreeMap::new();
    for record in records {
        let row = rows
            .entry((record.code.as_str(), record.start_method))
            .or_insert_with(|| Row {
                cells: BTreeMap::new(),
                right: (0, 0),
            });
        if record.kind == "bad" {
            let cell = row.cells.entry(record.python).or_default();
            for shown in &record.shown {
                *cell.entry(shown.to_string()).or_default() += 1;
            }
            if record.shown.is_empty() {
                *cell.entry("nothing seen".to_owned()).or_default() += 1;
            }
        } else {
            row.right.0 += usize::from(record.holds == Some(true));
            row.right.1 += 1;
        }
    }
    rows
}

fn cell(shown: &BTreeMap<String, usize>) -> String {
    let words = shown.iter().map(|(what, count)| format!("{what} {count}"));
    words.collect::<Vec<_>>().join(", ")
}

/// The matrix as a page of the documentation, with the examples that are never run and why.
#[must_use]
pub fn page(records: &[Record], subjects: &[Subject]) -> String {
    let tally = super::run::tally(records);
    let levels: BTreeSet<&str> = records.iter().map(|record| record.sandbox.as_str()).collect();
    let levels: Vec<&str> = levels.into_iter().collect();
    let mut page = format!(
        "# Evidence\n\n\
         Every example of the rule pages that can run was run on Linux, in a sandbox, under each Python and each start method,\n\
         forced from outside. A bad example has to show what its page expects under the conditions that the page names, and to\n\
         be clean under the others; fixed and good examples have to be clean under all.\n\n\
         `mplint verify --rules --output-format markdown` wrote this page: {} trials as the pages say, {} not, {} that could\n\
         not be seen; sandbox: {}.\n\n\
         A cell says what the bad examples of a rule showed, and how many of them; one may show more than one thing. The pages\n\
         say which example shows what, and when.\n\n{}",
        tally.hold,
        tally.fail,
        tally.unclear,
        levels.join(", "),
        markdown(records)
    );
    let never = || {
        subjects
            .iter()
            .filter_map(|subject| Some((subject, subject.never.as_deref()?)))
    };
    if never().next().is_some() {
        page.push_str("\n## Never run\n\n| rule | line of its page | why |\n| --- | --- | --- |\n");
        for (subject, why) in never() {
            let _ = writeln!(page, "| {} | {} | {why} |", subject.code, subject.line);
        }
    }
    page
}

/// What is not as the pages say, with what was seen, and the matrix.
#[must_use]
pub fn text(records: &[Record]) -> String {
    let mut text = String::new();
    for record in records.iter().filter(|record| record.holds != Some(true)) {
        let _ = writeln!(text, "{}", super::run::complaint(record));
        for line in record.detail.as_deref().unwrap_or_default().lines() {
            let _ = writeln!(text, "    {}", crate::report::visible(line));
        }
        text.push('\n');
    }
    text.push_str(&columns(records));
    text
}

/// The matrix as a table of characters: one line a rule and start method.
fn columns(records: &[Record]) -> String {
    let versions: BTreeSet<Version> = records.iter().map(|record| record.python).collect();
    let mut lines = vec![
        ["rule", "start method"]
            .map(str::to_owned)
            .into_iter()
            .chain(versions.iter().map(ToString::to_string))
            .chain(["fixed and good".to_owned()])
            .collect::<Vec<String>>(),
    ];
    for ((code, method), row) in rows(records) {
        let mut line = vec![code.to_owned(), method.to_string()];
        for version in &versions {
            line.push(row.cells.get(version).map_or_else(|| "–".to_owned(), cell));
        }
        line.push(format!("{} of {} clean", row.right.0, row.right.1));
        lines.push(line);
    }
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..versions.len() + 3)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}
