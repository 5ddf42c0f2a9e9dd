//! `mplint rules`: the catalogue as a table or as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::{Colour, LangArg, exit};
use crate::findings::{Applicability, Severity};
use crate::lang::Translation;
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

    #[command(flatten)]
    language: LangArg,
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
    let translation = args.language.translation();
    let mut out = colour.stdout();
    match args.output_format {
        Format::Text => table(&mut out, rules::all(), translation)?,
        Format::Json => {
            let entries: Vec<_> = rules::all()
                .iter()
                .map(|rule| Entry {
                    code: rule.info.code,
                    name: rule.info.name,
                    severity: rule.severity,
                    fix: rule.fix,
                    default: rule.default_on,
                    title: translation.title(rule),
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

fn table(out: &mut dyn WriteColor, rules: &'static [Rule], translation: Translation) -> io::Result<()> {
    const HEAD: [&str; 5] = ["code", "name", "severity", "fix", "what it finds"];
    let head = HEAD.map(|word| translation.text(word));
    let severities = [Severity::Error, Severity::Warning, Severity::Note].map(Severity::as_str);
    let fixes = ["safe", "unsafe", "display"];
    // Counted in characters: a letter of Vietnamese may be several bytes and is one column.
    let width_of = |words: &[&str]| words.iter().map(|word| translation.text(word).chars().count()).max();
    let severity_width = width_of(&severities)
        .max(Some(head[2].chars().count()))
        .unwrap_or_default();
    let fix_width = width_of(&fixes).max(Some(head[3].chars().count())).unwrap_or_default();
    let code_width = head[0].chars().count().max(5);
    let name_width = rules
        .iter()
        .map(|rule| rule.info.name.len())
        .chain([head[1].chars().count()])
        .max()
        .unwrap_or_default();
    out.set_color(ColorSpec::new().set_underline(true))?;
    write!(
        out,
        "{:<code_width$}  {:<name_width$}  {:<severity_width$}  {:<fix_width$}  {}",
        head[0], head[1], head[2], head[3], head[4]
    )?;
    out.reset()?;
    writeln!(out)?;
    for rule in rules {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{:<code_width$}", rule.info.code)?;
        out.reset()?;
        write!(out, "  {:<name_width$}  ", rule.info.name)?;
        out.set_color(&severity_colour(rule.severity))?;
        write!(out, "{:<severity_width$}", translation.text(rule.severity.as_str()))?;
        out.reset()?;
        let fix = match rule.fix {
            Some(Applicability::Safe) => "safe",
            Some(Applicability::Unsafe) => "unsafe",
            Some(Applicability::Display) => "display",
            None => "",
        };
        let fix = translation.text(fix);
        let off = match rule.default_on {
            true => String::new(),
            false => format!(" ({})", translation.text("off by default")),
        };
        writeln!(out, "  {fix:<fix_width$}  {}{off}", translation.title(rule))?;
    }
    Ok(())
}
