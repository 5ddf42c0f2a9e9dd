//! What came out: rule and start method by Python.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::record::Record;
use super::trial::sentence;
use crate::findings::StartMethod;
use crate::runtime::interpreter::Version;

/// What the bad examples of a rule showed under one start method, by version; and how many of the others were clean.
struct Row {
    cells: BTreeMap<Version, BTreeMap<String, usize>>,
    right: (usize, usize),
}

/// The matrix as a Markdown table: for each rule and start method, what its bad examples showed under each Python (how
/// many of them, where it is not one), and how many runs of fixed and good examples were clean.
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
            *cell.entry(sentence(&record.shown)).or_default() += 1;
        } else {
            row.right.0 += usize::from(record.holds == Some(true));
            row.right.1 += 1;
        }
    }
    rows
}

fn cell(shown: &BTreeMap<String, usize>) -> String {
    let words = shown.iter().map(|(what, count)| match (what.as_str(), count) {
        ("", _) => format!("{count} not seen"),
        (what, 1) => what.to_owned(),
        (what, count) => format!("{count} {what}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The matrix as a page of the documentation.
#[must_use]
pub fn page(records: &[Record]) -> String {
    let never = "Windows and macOS are not among the conditions that were run.";
    let tally = super::run::tally(records);
    format!(
        "# Evidence\n\n\
         Every example of the rule pages that can run was run on Linux under each Python and each start method, forced from\n\
         outside. A bad example has to show what its page expects under the conditions that the page names, and to be clean\n\
         under the others; fixed and good examples have to be clean under all. {never}\n\n\
         `mplint verify --rules --output-format markdown` wrote this page: {} runs as the pages say, {} not, {} that could not\n\
         be seen.\n\n\
         A cell says what the bad examples of a rule showed, and how many of them where it is not one; the pages say which\n\
         example shows what, and when.\n\n{}",
        tally.hold,
        tally.fail,
        tally.unclear,
        markdown(records)
    )
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
