//! `mplint rules`: the catalogue as a table or as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::{Colour, exit};
use crate::findings::{Applicability, Severity};
use crate::report::termcolor::{ColorSpec, WriteColor};
use crate::report::{rule_url, severity_colour};
use crate::rules::{self, Rule};

/// How the list is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    /// A table
    Text,
    /// An array of objects
    Json,
}

/// The arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How the list is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output_format: Format,
}

/// What is said of one rule.
#[derive(Serialize)]
struct Entry {
    code: &'static str,
    name: &'static str,
    severity: Severity,
    fix: Option<Applicability>,
    default: bool,
    title: &'static str,
    subsumes: &'static [&'static str],
    url: String,
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour) -> anyhow::Result<u8> {
    let mut out = colour.stdout();
    match args.output_format {
        Format::Text => table(&mut out, rules::all())?,
        Format::Json => {
            let entries: Vec<_> = rules::all()
                .iter()
                .map(|rule| Entry {
                    code: rule.info.code,
                    name: rule.info.name,
                    severity: rule.severity,
                    fix: rule.fix,
                    default: rule.default_on,
                    title: rule.title,
                    subsumes: rule.subsumes,
                    url: rule_url(rule.info),
                })
                .collect();
            serde_json::to_writer_pretty(&mut out, &entries)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(exit::CLEAN)
}

fn table(out: &mut dyn WriteColor, rules: &[Rule]) -> io::Result<()> {
    const HEAD: [&str; 5] = ["code", "name", "severity", "fix", "what it finds"];
    let name_width = rules
        .iter()
        .map(|rule| rule.info.name.len())
        .chain([HEAD[1].len()])
        .max()
        .unwrap_or_default();
    out.set_color(ColorSpec::new().set_underline(true))?;
    write!(
        out,
        "{:<5}  {:<name_width$}  {:<8}  {:<7}  {}",
        HEAD[0], HEAD[1], HEAD[2], HEAD[3], HEAD[4]
    )?;
    out.reset()?;
    writeln!(out)?;
    for rule in rules {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{:<5}", rule.info.code)?;
        out.reset()?;
        write!(out, "  {:<name_width$}  ", rule.info.name)?;
        out.set_color(&severity_colour(rule.severity))?;
        write!(out, "{:<8}", rule.severity)?;
        out.reset()?;
        let fix = match rule.fix {
            Some(Applicability::Safe) => "safe",
            Some(Applicability::Unsafe) => "unsafe",
            Some(Applicability::Display) => "display",
            None => "",
        };
        let off = if rule.default_on { "" } else { " (off by default)" };
        writeln!(out, "  {fix:<7}  {}{off}", rule.title)?;
    }
    Ok(())
}
