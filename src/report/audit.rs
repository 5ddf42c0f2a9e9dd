//! What becomes of each program under Python 3.14: a table for a person, an object for a program.

use std::io;

use serde_json::{Value, json};

use super::termcolor::WriteColor;
use super::text::{counted, visible};
use crate::audit::{Fate, Program};
use crate::findings::Finding;
use crate::lang::Translation;

/// Writes one line for each program, and under it what breaks it.
///
/// # Errors
/// What the writer returns.
pub fn write_audit(out: &mut dyn WriteColor, programs: &[Program<'_>], translation: Translation) -> io::Result<()> {
    let text = |english: &'static str| translation.text(english);
    if programs.is_empty() {
        return writeln!(out, "{}", text("No program here starts processes."));
    }
    let head = "From fork to forkserver, the default on Linux since Python 3.14:";
    writeln!(out, "{}", text(head))?;
    for program in programs {
        let what = match program.as_script {
            true => String::new(),
            false => format!(" ({})", text("functions that others call")),
        };
        let fate = text(program.fate.as_str());
        writeln!(out, "  {fate:<15}  {}{what}", visible(program.file))?;
        for (fate, finding) in &program.breaks {
            let how = match fate {
                Fate::BreaksSilently => "silently",
                _ => "loudly",
            };
            writeln!(
                out,
                "      {:<8}  {}  {}: {}",
                text(how),
                place(finding),
                finding.rule.code,
                visible(&translation.message(finding))
            )?;
        }
        if let Some(why) = program.unknown {
            writeln!(out, "      {:<8}  {}", text("unknown"), text(why))?;
        }
    }
    let count = |fate: Fate| programs.iter().filter(|program| program.fate == fate).count();
    let summary = format!(
        "{}: {} silently, {} loudly; {} unknown, {} survive.",
        counted(programs.len(), "program"),
        count(Fate::BreaksSilently),
        count(Fate::BreaksLoudly),
        count(Fate::Unknown),
        count(Fate::Survives),
    );
    writeln!(out, "{}", translation.text(&summary))
}

/// The programs as a JSON array.
#[must_use]
pub fn audit_json(programs: &[Program<'_>], translation: Translation) -> Value {
    let program = |program: &Program<'_>| {
        let breaks = program.breaks.iter().map(|(fate, finding)| {
            let start = finding.location.file.line_column(finding.location.span.start);
            json!({
                "how": fate,
                "code": finding.rule.code,
                "filename": finding.location.file.name(),
                "location": {"row": start.row, "column": start.column},
                "message": translation.message(finding),
            })
        });
        json!({
            "filename": program.file,
            "as_script": program.as_script,
            "fate": program.fate,
            "breaks": breaks.collect::<Vec<_>>(),
            "unknown": program.unknown.map(|why| translation.text(why)),
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
