//! Where the findings of a check are written, and how.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use anyhow::Context;

use super::{Args, profile};
use crate::cli::Colour;
use crate::config::{OutputFormat, Settings};
use crate::findings::Finding;
use crate::lang::Translation;
use crate::lint::Outcome;
use crate::report;
use crate::report::termcolor::{NoColor, WriteColor};

/// Writes the findings, or how many there are of each rule.
pub fn write_findings(args: &Args, settings: &Settings, colour: Colour, findings: &[Finding]) -> anyhow::Result<()> {
    let translation = Translation::to(settings.lang.value);
    write_out(args, colour.stdout(), &|out| {
        let format = settings.output_format.value;
        if !args.output.statistics {
            report::write(format, out, findings, settings.targets(), translation)?;
        } else if format == OutputFormat::Json {
            report::write_statistics_json(out, findings)?;
        } else {
            report::write_statistics(out, findings)?;
        }
        Ok(())
    })
}

/// The findings, and what becomes of each program.
pub fn write_audited(args: &Args, settings: &Settings, colour: Colour, outcome: &Outcome) -> anyhow::Result<()> {
    let format = settings.output_format.value;
    let translation = Translation::to(settings.lang.value);
    write_out(args, colour.stdout(), &|out| {
        if format == OutputFormat::Json {
            let mut findings = NoColor::new(Vec::new());
            report::write(
                format,
                &mut findings,
                &outcome.findings,
                settings.targets(),
                translation,
            )?;
            return profile::write_json(out, findings.get_ref(), outcome, translation);
        }
        report::write(format, out, &outcome.findings, settings.targets(), translation)?;
        // Annotations are all that CI reads of the other format.
        match format {
            OutputFormat::Github => Ok(()),
            _ => profile::write_audit(out, outcome, translation),
        }
    })
}

/// Writes what is asked for, to a file if that is asked for.
pub fn write_out(
    args: &Args,
    mut out: impl WriteColor,
    write: &dyn Fn(&mut dyn WriteColor) -> io::Result<()>,
) -> anyhow::Result<()> {
    match &args.output.output_file {
        Some(path) => File::create(path)
            .and_then(|file| {
                let mut out = NoColor::new(BufWriter::new(file));
                write(&mut out)?;
                out.flush()
            })
            .with_context(|| format!("cannot write `{}`", path.display())),
        None => {
            write(&mut out)?;
            Ok(out.flush()?)
        }
    }
}
