//! What becomes of each program under Python 3.14: a table for a person, an object for a program.

use std::io;

use serde_json::{Value, json};

use super::termcolor::WriteColor;
use super::text::{counted, visible};
use crate::audit::{Fate, Program};
use crate::findings::Finding;

/// Writes one line for each program, and under it what breaks it.
///
/// # Errors
/// What the writer returns.
pub fn write_audit(out: &mut dyn WriteColor, programs: &[Program<'_>]) -> io::Result<()> {
    if programs.is_empty() {
        return writeln!(out, "No program here starts processes.");
    }
    writeln!(out, "From fork to forkserver, the default on Linux since Python 3.14:")?;
    for program in programs {
        let what = if program.as_script {
            ""
        } else {
            " (functions that others call)"
        };
        writeln!(out, "  {:<15}  {}{what}", program.fate.as_str(), visible(program.file))?;
        for (fate, finding) in &program.breaks {
            let how = match fate {
                Fate::BreaksSilently => "silently",
                _ => "loudly",
            };
            writeln!(
                out,
                "      {how:<8}  {}  {}: {}",
                place(finding),
                finding.rule.code,
                visible(&finding.message)
            )?;
        }
        if let Some(why) = program.unknown {
            writeln!(out, "      unknown   {why}")?;
        }
    }
    let count = |fate: Fate| programs.iter().filter(|program| program.fate == fate).count();
    writeln!(
        out,
        "{}: {} silently, {} loudly; {} unknown, {} survive.",
        counted(programs.len(), "program"),
        count(Fate::BreaksSilently),
        count(Fate::BreaksLoudly),
        count(Fate::Unknown),
        count(Fate::Survives),
    )
}

/// The programs as a JSON array.
#[must_use]
pub fn audit_json(programs: &[Program<'_>]) -> Value {
    let program = |program: &Program<'_>| {
        let breaks = program.breaks.iter().map(|(fate, finding)| {
            let start = finding.location.file.line_column(finding.location.span.start);
            json!({
                "how": fate,
                "code": finding.rule.code,
                "filename": finding.location.file.name(),
                "location": {"row": start.row, "column": start.column},
                "message": finding.message,
            })
        });
        json!({
            "filename": program.file,
            "as_script": program.as_script,
            "fate": program.fate,
            "breaks": breaks.collect::<Vec<_>>(),
            "unknown": program.unknown,
        })
    };
    Value::Array(programs.iter().map(program).collect())
}

fn place(finding: &Finding) -> String {
    let file = &finding.location.file;
    format!(
        "{}:{}",
        visible(file.name()),
        file.line_column(finding.location.span.start).row
    )
}
