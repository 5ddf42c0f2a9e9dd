//! `mplint verify PATHS`: looks for mistakes, and puts each finding to the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;
use nix::sys::signal::{SigSet, Signal};

use super::{Args, Format, interpreters, laboratory, progress, write_out};
use crate::cli::output::{Colour, Messages};
use crate::cli::{check, exit};
use crate::findings::verification::Verdict;
use crate::lint;
use crate::report::verdicts;
use crate::runtime::sandbox::Level;
use crate::verify::run::{self, Options};

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let stop = stop_on_interrupt().context("failed to wait for Ctrl-C")?;
    let linter = args.selected.linter(messages, |_| {})?;
    let api = linter.api()?;
    let outcome = linter.run(&api, |options| lint::check_paths(&args.paths, options))?;
    check::tell(&outcome, &args.paths, false, messages);
    if outcome.findings.is_empty() {
        if args.output_format == Format::Json {
            write_out(args, colour, "[]\n")?;
        }
        return Ok(check::exit_code_of_errors(&outcome).unwrap_or(exit::CLEAN));
    }
    let interpreters = interpreters(&args.experiments, messages)?;
    let laboratory = laboratory(&args.experiments, messages)?;
    let methods = args.methods();
    let bar = progress(outcome.findings.len() * interpreters.len(), messages);
    let options = Options {
        interpreters: &interpreters,
        methods: &methods,
        jobs: args.jobs(),
        whole_programs: args.run_programs,
        replay: args.replay.as_deref(),
        discover: &linter.discover,
        keep: args.keep.as_deref(),
        stop: &stop,
    };
    let verifications = run::run(&outcome, &api, &laboratory, &options, &|done, _| {
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let verifications = verifications.context("failed to keep a copy")?;
    if stop.load(Ordering::Relaxed) {
        messages.warning("stopped: this is what was known by then");
    }
    let mut text = Vec::new();
    match args.output_format {
        Format::Json => verdicts::write_json(&mut text, &outcome.findings, &verifications)?,
        Format::Full | Format::Markdown => verdicts::write_full(&mut text, &outcome.findings, &verifications)?,
    }
    write_out(args, colour, &String::from_utf8_lossy(&text))?;
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
    Ok(match check::exit_code_of_errors(&outcome) {
        Some(error) => error,
        None if count(Verdict::Confirmed) > 0 => exit::FOUND,
        None => exit::CLEAN,
    })
}

/// A flag that Ctrl-C sets: the command ends with what is known by then. A second Ctrl-C ends it at once.
///
/// The signal is kept from all threads that begin after this, and waited for by one. What is executed gets it as ever.
fn stop_on_interrupt() -> nix::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.thread_block()?;
    let flag = Arc::clone(&stop);
    thread::spawn(move || {
        while signals.wait().is_ok() {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(i32::from(exit::ERROR));
            }
        }
    });
    Ok(stop)
}
