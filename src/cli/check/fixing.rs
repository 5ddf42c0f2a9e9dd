//! `mplint check --fix` and `--diff`: what can be repaired is repaired, or shown.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Args, exit_code, tell, write_findings, write_out};
use crate::cli::{Colour, Messages, exit};
use crate::config::Settings;
use crate::files::{FileReader, SourceFile, Unwritten, cleaned};
use crate::fix::rounds::read_again;
use crate::fix::{self, FixedFile, Fixes, Wanted};
use crate::lang::Translation;
use crate::lint::{self, Options, Outcome};
use crate::report;
use crate::rules;

/// What came on standard input.
pub(super) struct Stream {
    name: String,
    bytes: Vec<u8>,
}

impl Stream {
    /// All of standard input, under a name.
    pub fn read(name: &str) -> anyhow::Result<Self> {
        let bytes = FileReader::new()
            .read_stream(lint::standard_input())
            .context("standard input cannot be read")?
            .to_vec();
        Ok(Self {
            name: name.to_owned(),
            bytes,
        })
    }
}

/// Makes the fixes, or shows them.
pub(super) fn run(
    args: &Args,
    settings: &Settings,
    options: &Options<'_>,
    stream: Option<&Stream>,
    wanted: Wanted,
    colour: Colour,
    messages: Messages,
) -> anyhow::Result<u8> {
    let base = &options.discover.working_directory;
    let absolute = |path: &Path| -> PathBuf { cleaned(&base.join(path)) };
    let lint_with = |unwritten: &Unwritten| match stream {
        Some(stream) => {
            let bytes = unwritten
                .get(&absolute(Path::new(&stream.name)))
                .unwrap_or(&stream.bytes);
            lint::check_stream(bytes, &stream.name, options)
        }
        None => lint::check_paths_with(&args.paths, unwritten, options),
    };
    let read = |file: &SourceFile| match stream {
        // Its findings may lie in files that it imports, which nobody asked to have changed.
        Some(stream) => (file.name() == stream.name).then(|| stream.bytes.clone()),
        None => read_again(&absolute(file.path())),
    };
    let fixes = fix::fix(&lint_with, &absolute, &read, wanted);
    for dropped in &fixes.dropped {
        let place = match dropped.row {
            0 => format!("`{}` is not fixed", dropped.file),
            row => format!("the fix of {} at `{}:{row}` is left out", dropped.code, dropped.file),
        };
        messages.warning(&format!("{place}: {}", dropped.why));
    }
    tell_of_notebooks(&fixes.outcome, messages);
    if args.fixes.diff {
        return show(args, &fixes, colour, messages);
    }
    if let Some(stream) = stream {
        let bytes = fixes.files.first().map_or(&stream.bytes, |file| &file.new);
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        // Where the text goes the findings cannot.
        let write = |out: &mut dyn report::termcolor::WriteColor| {
            report::write(
                settings.output_format.value,
                out,
                &fixes.outcome.findings,
                settings.targets(),
                Translation::to(settings.lang.value),
            )
        };
        write_out(args, colour.stderr(), &write)?;
        tell_fixed(fixes.files.iter(), messages);
        tell(&fixes.outcome, &args.paths, false, messages);
        return Ok(exit_code(&fixes.outcome, settings, args.output.exit_zero));
    }
    let (mut written, mut failed) = (Vec::new(), false);
    for file in &fixes.files {
        match fix::write::replace(&absolute(file.file.path()), &file.old, &file.new) {
            Ok(()) => written.push(file),
            Err(error) => {
                failed = true;
                messages.error(&format!("`{}` is not fixed: it {error}", file.file.name()));
            }
        }
    }
    // What was not written is as it was.
    let outcome = if failed {
        lint_with(&Unwritten::default())
    } else {
        fixes.outcome
    };
    write_findings(args, settings, colour, &outcome.findings)?;
    tell_fixed(written.iter().copied(), messages);
    tell(&outcome, &args.paths, false, messages);
    Ok(match failed {
        true => exit::ERROR,
        false => exit_code(&outcome, settings, args.output.exit_zero),
    })
}

fn show(args: &Args, fixes: &Fixes, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    write_out(args, colour.stdout(), &|out| {
        fixes
            .files
            .iter()
            .try_for_each(|file| fix::diff::write(out, file.file.name(), file.file.text(), &file.text))
    })?;
    super::tell_missing(&fixes.outcome.missing, messages);
    super::tell_internal_errors(&fixes.outcome, messages);
    messages.remark(&match counted(fixes.files.iter()) {
        Some(counted) => format!("Would fix {counted}."),
        None => "Nothing to fix.".to_owned(),
    });
    let failed = !fixes.outcome.missing.is_empty() || !fixes.outcome.internal_errors.is_empty();
    Ok(match fixes.files.is_empty() {
        _ if failed => exit::ERROR,
        false if !args.output.exit_zero => exit::FOUND,
        _ => exit::CLEAN,
    })
}

fn tell_fixed<'f>(files: impl Iterator<Item = &'f FixedFile>, messages: Messages) {
    if let Some(counted) = counted(files) {
        messages.remark(&format!("Fixed {counted}."));
    }
}

fn counted<'f>(files: impl Iterator<Item = &'f FixedFile>) -> Option<String> {
    let (mut fixed, mut number) = (0, 0);
    for file in files {
        fixed += file.fixed;
        number += 1;
    }
    (number > 0).then(|| {
        format!(
            "{} in {}",
            report::counted(fixed, "finding"),
            report::counted(number, "file")
        )
    })
}

/// Notebooks are looked at and not changed: their text is not what their files hold.
fn tell_of_notebooks(outcome: &Outcome, messages: Messages) {
    let is_fixable = |code: &str| rules::by_code(code).is_some_and(|rule| rule.fix.is_some());
    let notebooks: BTreeSet<&str> = outcome
        .findings
        .iter()
        .filter(|finding| finding.location.file.is_notebook() && is_fixable(finding.rule.code))
        .map(|finding| finding.location.file.name())
        .collect();
    for name in notebooks {
        messages.warning(&format!("`{name}` is a notebook, and notebooks are not fixed"));
    }
}
