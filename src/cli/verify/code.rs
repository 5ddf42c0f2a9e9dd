//! `mplint verify PATHS`: looks for mistakes, and puts each finding to the test.

use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Context;

use super::proved::Proved;
use super::{Args, Experiments, Format, interpreters, interrupt, laboratory, progress, write_out};
use crate::api::Api;
use crate::cli::output::{Colour, Messages};
use crate::cli::{check, exit};
use crate::findings::verification::{Verdict, Verification};
use crate::fix::Wanted;
use crate::lang::Translation;
use crate::lint::{self, Outcome};
use crate::report::{html, verdicts};
use crate::runtime::sandbox::Level;
use crate::verify::run::{self, Options};

/// What is asked for besides the findings.
pub struct Asked<'a> {
    /// Under what.
    pub experiments: &'a Experiments,
    /// Only whole programs.
    pub whole_programs: bool,
    /// Only this experiment.
    pub replay: Option<&'a str>,
    /// Where copies are kept.
    pub keep: Option<&'a Path>,
    /// Which fixes are tried.
    pub fixes: Option<Wanted>,
    /// Whether a page is to show what the processes did.
    pub timelines: bool,
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let linter = args
        .selected
        .linter(messages, |overrides| overrides.lang = args.language.lang)?;
    let translation = linter.translation();
    let messages = messages.speaking(translation);
    let api = linter.api()?;
    let outcome = linter.run(&api, |options| lint::check_paths(&args.paths, options))?;
    check::tell(&outcome, &args.paths, false, messages);
    let asked = Asked {
        experiments: &args.experiments,
        whole_programs: args.run_programs,
        replay: args.replay.as_deref(),
        keep: args.keep.as_deref(),
        fixes: (args.fix || args.diff).then_some(match args.unsafe_fixes {
            true => Wanted::Unsafe,
            false => Wanted::Safe,
        }),
        timelines: args.report.is_some(),
    };
    let verifications = put_to_test(&asked, &outcome, &api, &linter, messages)?;
    write_out(
        args,
        colour,
        &written(
            args.output_format == Format::Json,
            &outcome,
            &verifications,
            translation,
        )?,
    )?;
    if let Some(path) = &args.report {
        write_report(path, &outcome, &verifications, translation)
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    if let Some(wanted) = asked.fixes {
        let proved = Proved {
            paths: &args.paths,
            linter: &linter,
            api: &api,
            outcome: &outcome,
            verifications: &verifications,
            wanted,
            diff: args.diff,
        };
        let result = proved.apply(colour, messages)?;
        return Ok(match check::exit_code_of_errors(&result.outcome) {
            Some(error) => error,
            None if result.failed => exit::ERROR,
            None if result.is_left || (args.diff && result.changed > 0) => exit::FOUND,
            None => exit::CLEAN,
        });
    }
    let is_confirmed = verifications.iter().any(|one| one.verdict == Verdict::Confirmed);
    Ok(match check::exit_code_of_errors(&outcome) {
        Some(error) => error,
        None if is_confirmed => exit::FOUND,
        None => exit::CLEAN,
    })
}

fn write_report(
    path: &Path,
    outcome: &Outcome,
    verifications: &[Verification],
    translation: Translation,
) -> std::io::Result<()> {
    let mut page = Vec::new();
    html::write(&mut page, &translation.findings(&outcome.findings), verifications)?;
    std::fs::write(path, page)
}

/// Findings with what was learned of them, as JSON or for a person.
pub fn written(
    as_json: bool,
    outcome: &Outcome,
    verifications: &[Verification],
    translation: Translation,
) -> anyhow::Result<String> {
    let findings = &*translation.findings(&outcome.findings);
    let mut text = Vec::new();
    match as_json {
        true => verdicts::write_json(&mut text, findings, verifications)?,
        false if findings.is_empty() => {}
        false => verdicts::write_full(&mut text, findings, verifications)?,
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Puts the findings of a check to the test, and says how many stood it.
pub fn put_to_test(
    asked: &Asked<'_>,
    outcome: &Outcome,
    api: &Api,
    linter: &check::Linter,
    messages: Messages,
) -> anyhow::Result<Vec<Verification>> {
    if outcome.findings.is_empty() {
        return Ok(Vec::new());
    }
    let stop = interrupt::flag().context("failed to wait for Ctrl-C")?;
    let interpreters = interpreters(asked.experiments, messages)?;
    let laboratory = laboratory(asked.experiments, messages)?;
    let methods = asked.experiments.methods();
    let bar = progress(outcome.findings.len() * interpreters.len(), messages);
    let options = Options {
        interpreters: &interpreters,
        methods: &methods,
        jobs: asked.experiments.jobs(),
        whole_programs: asked.whole_programs,
        replay: asked.replay,
        discover: &linter.discover,
        keep: asked.keep,
        fixes: asked.fixes,
        timelines: asked.timelines,
        stop,
    };
    let verifications = run::run(outcome, api, &laboratory, &options, &|done, _| {
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let verifications = verifications.context("failed to keep a copy")?;
    if stop.load(Ordering::Relaxed) {
        messages.warning("stopped: this is what was known by then");
    }
    let count = |verdict| verifications.iter().filter(|one| one.verdict == verdict).count();
    messages.remark(&format!(
        "{} confirmed, {} refuted, {} not reproduced, {} inconclusive, {} not run; sandbox: {}.",
        count(Verdict::Confirmed),
        count(Verdict::Refuted),
        count(Verdict::NotReproduced),
        count(Verdict::Inconclusive),
        count(Verdict::NotRun),
        Level::of(laboratory.layers),
    ));
    Ok(verifications)
}
